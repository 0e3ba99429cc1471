# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of a fleet that a file can have, each with its check and its JSON Schema."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._botguard.hosting import check_websites, website_schema
from ansible_collections.hosting.websec.plugins.module_utils._problems import EntryProblem
from ansible_collections.hosting.websec.plugins.module_utils._schemas import Schema, array
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.file_check import (
    certificates_schema,
    check_certificates,
    check_policies,
    check_policy_keys,
    policies_schema,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.file_check import (
    check_products,
    products_schema,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.file_check import (
    account_schema,
    check_accounts,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.file_check import check_sites, site_schema

SITES, POLICIES, CERTIFICATES = "sitelock_waf_sites", "sitelock_waf_policies", "sitelock_waf_certificates"
ACCOUNTS, PRODUCTS, WEBSITES = "sitelock_accounts", "sitelock_products", "botguard_websites"


@dataclasses.dataclass(frozen=True)
class Variable:
    """
    :param form: C(list) or C(dict). :param noun: of one of its entries.
    :param check: all problems of its value. :param schema: of its value.
    """

    form: type
    noun: str
    check: t.Callable[[t.Any, datetime.datetime], list[EntryProblem]]
    schema: t.Callable[[], Schema]


def _check_sites(given: t.Any, _now: datetime.datetime) -> list[EntryProblem]:
    return [*check_sites(given), *check_policy_keys(given)]


VARIABLES: dict[str, Variable] = {
    SITES: Variable(list, "site", _check_sites, lambda: array(site_schema())),
    POLICIES: Variable(dict, "policy", check_policies, policies_schema),
    CERTIFICATES: Variable(dict, "certificate", check_certificates, certificates_schema),
    ACCOUNTS: Variable(list, "account", lambda given, _now: check_accounts(given), lambda: array(account_schema())),
    PRODUCTS: Variable(list, "site with products", check_products, lambda: array(products_schema())),
    WEBSITES: Variable(list, "website", lambda given, _now: check_websites(given), lambda: array(website_schema())),
}
