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
class Subject:
    """What a call is about, and where its answer may say so.

    :param kind: what it is, for messages.
    :param asked: where the request names it: names of parameters, from the outside in.
    :param named: names under which the answer may name it, as element or attribute, in upper or lower case. C(site_id)
        counts wherever it stands, C(accountInformation/id) only directly in that element.
    :param number: it is a whole number; otherwise it is a text.
    :param required: every documented answer names it.
    :param one: an answer names one only, asked for or not.
    """

    kind: str
    asked: tuple[str, ...]
    named: frozenset[str]
    number: bool = True
    required: bool = False
    one: bool = True


@dataclasses.dataclass(frozen=True)
class Method:
    """One method of the partner API.

    :param name: the element below the root of request and answer.
    :param attributes: parameters that are XML attributes of that element; all others are elements in it.
    :param repeats: elements of the answer that may stand more than once; they are always read as lists.
    :param answers_at_root: the answer stands directly below the root of the document, not below ``name``.
    :param subjects: what the call is about. Of a batch: what each of its items is about, what tells the items apart
        first.
    :param batch: the parameter that repeats in the request, and the element that answers each of its items.
    :param answers_secret: the answer holds a secret: of a text that cannot be read as an answer, nothing is shown.
    """

    name: str
    effect: Effect
    attributes: frozenset[str] = frozenset()
    repeats: frozenset[str] = frozenset()
    answers_at_root: bool = False
    subjects: tuple[Subject, ...] = ()
    batch: tuple[str, str] | None = None
    answers_secret: bool = False


_SITE = Subject("site", ("site_id",), frozenset({"site_id", "site/id"}))
_ACCOUNT = Subject("account", ("account_id",), frozenset({"account_id", "account/id"}))
_PLAN = Subject("plan", ("subscription",), frozenset({"subscription"}), number=False)

_ADDON_STATUSES = frozenset({"addonStatus", "dns_new_a", "dns_new_cname"})
_ADDON_BATCH = ("addonInfo", "addonStatus")

CREATE_TOKEN = Method("createToken", Effect.READ, answers_at_root=True, answers_secret=True, subjects=(_ACCOUNT,))
DELETE_ADDON = Method(
    "deleteAddon", Effect.DESTROY, repeats=_ADDON_STATUSES, subjects=(_SITE, _PLAN), batch=_ADDON_BATCH
)
GET_ACCOUNTS = Method("getAccounts", Effect.READ, repeats=frozenset({"account", "site"}))
GET_ANP_PROVISIONING_STATUS = Method(
    # For an SSL site whose TXT record is in place this call also starts the validation of the domain. It is a read
    # all the same: it changes nothing that is billed or served, and the vendor asks for it to be repeated.
    "getAnpProvisioningStatus",
    Effect.READ,
    attributes=frozenset({"site_id"}),
    repeats=frozenset({"dns_new_a", "dns_new_cname", "record", "orig_a_rec"}),
    # Orders and DNS records follow from this answer, so it has to say whose it is.
    subjects=(dataclasses.replace(_SITE, required=True),),
)
GET_SITELOCK_IPS = Method("getSiteLockIPs", Effect.READ, repeats=frozenset({"class"}))
GET_STATUS = Method(
    "getStatus",
    Effect.READ,
    repeats=frozenset({"addon", "site"}),
    # Its add-ons, and the sites of the account, name other sites as well.
    subjects=(
        Subject(
            "account",
            ("accountInformation", "id"),
            frozenset({"account_id", "account/id", "accountInformation/id", "getStatus/id"}),
        ),
        Subject(
            "site",
            ("accountInformation", "site_id"),
            frozenset({"accountInformation/site_id", "getStatus/site_id"}),
            one=False,
        ),
    ),
)
GET_WAF_ORIGIN = Method("getWafOrigin", Effect.READ, repeats=frozenset({"origins"}), subjects=(_SITE,))
MODIFY_ADDON = Method("modifyAddon", Effect.BUY, repeats=_ADDON_STATUSES, subjects=(_SITE, _PLAN), batch=_ADDON_BATCH)
PROVISION_ADDON = Method(
    "provisionAddon", Effect.BUY, repeats=_ADDON_STATUSES, subjects=(_SITE, _PLAN), batch=_ADDON_BATCH
)
SET_WAF_DNS_MANAGER = Method("setWAFDNSManager", Effect.CHANGE, subjects=(_SITE,))
SET_WAF_ORIGIN = Method("setWafOrigin", Effect.CHANGE, repeats=frozenset({"origins"}), subjects=(_SITE,))

METHODS = tuple(each for each in list(globals().values()) if isinstance(each, Method))
"""The whole table."""
