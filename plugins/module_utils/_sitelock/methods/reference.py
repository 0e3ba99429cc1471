# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Data that is the same for all customers: plans, countries, languages, the addresses of SiteLock."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import (
    Method,
    Subject,
    names,
)

GET_COUNTRIES_LIST = Method("getCountriesList", Effect.READ, repeats=names("country"))
GET_LANGUAGE_LIST = Method("getLanguageList", Effect.READ, repeats=names("language"))
# Inferred: the attribute type (bundle, addon). Unknown: the attributes after refundable_renewals.
GET_PLAN_LIST = Method("getPlanList", Effect.READ, repeats=names("product"))
GET_PLAN_SCAN_FREQUENCY = Method(
    "getPlanScanFrequency",
    Effect.READ,
    repeats=names("option"),
    may_be_empty=True,
    subjects=(Subject("plan", ("id",), names("getPlanScanFrequency/id"), number=False),),
)
GET_SITELOCK_IPS = Method("getSiteLockIPs", Effect.READ, repeats=names("class ip ipRange ipv6Range"))
