# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Add-ons: Firewall & CDN, DNS, backup, PCI, VPN, training."""

from __future__ import annotations

import dataclasses

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import (
    ACCOUNT,
    PLAN,
    SITE,
    Method,
    Subject,
    names,
)

_STATUSES = names("addonStatus dns_new_a dns_new_cname")
_BATCH = ("addonInfo", "addonStatus")
_SUBJECTS = (SITE, PLAN, ACCOUNT)
_SUBSCRIPTION = Subject("subscription", ("subscription_id",), names("subscription_id"), number=False)

DELETE_ADDON = Method(
    # Firewall & CDN: site_id and prod_type. The others: subscription_id.
    "deleteAddon",
    Effect.DESTROY,
    nested=names("addonInfo/site_id addonInfo/prod_type addonInfo/subscription_id addonInfo/account_id"),
    repeats=_STATUSES,
    subjects=(*_SUBJECTS, _SUBSCRIPTION),
    batch=_BATCH,
)
GET_ANP_PROVISIONING_STATUS = Method(
    # For an SSL site with its TXT record in place, this call also starts the domain validation. It still counts as a
    # read: it changes nothing that is billed or served, and the vendor expects it to be repeated.
    "getAnpProvisioningStatus",
    Effect.READ,
    attributes=names("site_id"),
    repeats=names("dns_new_a dns_new_cname record orig_a_rec"),
    # Orders and DNS records depend on this response, so it must name its site.
    subjects=(dataclasses.replace(SITE, required=True),),
)
MODIFY_ADDON = Method(
    "modifyAddon",
    Effect.BUY,
    nested=names("addonInfo/site_id addonInfo/subscription"),
    repeats=_STATUSES,
    subjects=_SUBJECTS,
    batch=_BATCH,
)
PROVISION_ADDON = Method(
    # For a site (Firewall & CDN, DNS, backup) or an account (PCI). Inferred: the response for all but Firewall & CDN,
    # and the request for VPN and training, of which only the names are documented.
    "provisionAddon",
    Effect.BUY,
    nested=names(
        "addonInfo/site_id addonInfo/account_id addonInfo/subscription addonInfo/amount addonInfo/renewal_date "
        "addonInfo/waf_origin addonInfo/waf_force_ssl addonInfo/waf_dns_manager addonInfo/waf_skip_network_certificate "
        "addonInfo/waf_network_cert_type addonInfo/site_cert_cname"
    ),
    repeats=_STATUSES,
    subjects=_SUBJECTS,
    batch=_BATCH,
)
