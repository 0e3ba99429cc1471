# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of SiteLock methods: element name, form of the request, what repeats in the answer, and the effect.

Source: the method pages below C(docs.sectigo.com/sitelock/sitelock-api-docs/). Spelling follows their examples.
"""

from __future__ import annotations

import dataclasses

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect


@dataclasses.dataclass(frozen=True)
class Method:
    """One method of the partner API.

    :param name: the element below the root of request and answer.
    :param attributes: parameters that are XML attributes of that element; all others are elements in it.
    :param repeats: elements of the answer that may stand more than once; they are always read as lists.
    :param answers_at_root: the answer stands directly below the root of the document, not below ``name``.
    """

    name: str
    effect: Effect
    attributes: frozenset[str] = frozenset()
    repeats: frozenset[str] = frozenset()
    answers_at_root: bool = False


_ADDON_STATUSES = frozenset({"addonStatus", "dns_new_a", "dns_new_cname"})

CREATE_TOKEN = Method("createToken", Effect.READ, answers_at_root=True)
DELETE_ADDON = Method("deleteAddon", Effect.DESTROY, repeats=_ADDON_STATUSES)
GET_ACCOUNTS = Method("getAccounts", Effect.READ, repeats=frozenset({"account", "site"}))
GET_ANP_PROVISIONING_STATUS = Method(
    # For an SSL site whose TXT record is in place this call also starts the validation of the domain. It is a read
    # all the same: it changes nothing that is billed or served, and the vendor asks for it to be repeated.
    "getAnpProvisioningStatus",
    Effect.READ,
    attributes=frozenset({"site_id"}),
    repeats=frozenset({"dns_new_a", "dns_new_cname", "record", "orig_a_rec"}),
)
GET_SITELOCK_IPS = Method("getSiteLockIPs", Effect.READ, repeats=frozenset({"class"}))
GET_STATUS = Method("getStatus", Effect.READ, repeats=frozenset({"addon", "site"}))
GET_WAF_ORIGIN = Method("getWafOrigin", Effect.READ, repeats=frozenset({"origins"}))
MODIFY_ADDON = Method("modifyAddon", Effect.BUY, repeats=_ADDON_STATUSES)
PROVISION_ADDON = Method("provisionAddon", Effect.BUY, repeats=_ADDON_STATUSES)
SET_WAF_DNS_MANAGER = Method("setWAFDNSManager", Effect.CHANGE)
SET_WAF_ORIGIN = Method("setWafOrigin", Effect.CHANGE, repeats=frozenset({"origins"}))
