# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of a fleet that a file can have, each with its check and its JSON Schema."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._botguard.hosting import (
    check_websites,
    claims_of_websites,
    website_schema,
)
from ansible_collections.hosting.websec.plugins.module_utils._botguard.users_file_check import (
    check_users,
    claims_of_users,
    user_schema,
)
from ansible_collections.hosting.websec.plugins.module_utils._problems import Claim, EntryProblem
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
    claims_of_products,
    products_schema,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.file_check import (
    account_schema,
    check_accounts,
    claims_of_accounts,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.file_check import (
    check_sites,
    claims_of_sites,
    site_schema,
)

SITES, POLICIES, CERTIFICATES = "sitelock_waf_sites", "sitelock_waf_policies", "sitelock_waf_certificates"
ACCOUNTS, PRODUCTS = "sitelock_accounts", "sitelock_products"
WEBSITES, USERS = "botguard_websites", "botguard_websites_users"


@dataclasses.dataclass(frozen=True)
class Variable:
    """
    :param form: C(list) or C(dict). :param noun: of one of its entries.
    :param check: all problems of its value. :param schema: of its value.
    :param claims: what its entries claim: the check finds it twice in one value, and this one in two files.
    """

    form: type
    noun: str
    check: t.Callable[[t.Any, datetime.datetime], list[EntryProblem]]
    schema: t.Callable[[], Schema]
    claims: t.Callable[[t.Any], t.Iterable[Claim]]


def _check_sites(given: t.Any, _now: datetime.datetime) -> list[EntryProblem]:
    return [*check_sites(given), *check_policy_keys(given)]


def _claims_of_policies(given: t.Mapping[t.Any, t.Any]) -> t.Iterator[Claim]:
    for name in map(str, given):
        yield Claim(name, name, "", "policy", name)


def _claims_of_certificates(given: t.Mapping[t.Any, t.Any]) -> t.Iterator[Claim]:
    for domain in map(str, given):
        yield Claim(domain, domain, "", "certificate of", domain.rstrip(".").lower())


VARIABLES: dict[str, Variable] = {
    SITES: Variable(list, "site", _check_sites, lambda: array(site_schema()), claims_of_sites),
    POLICIES: Variable(dict, "policy", check_policies, policies_schema, _claims_of_policies),
    CERTIFICATES: Variable(dict, "certificate", check_certificates, certificates_schema, _claims_of_certificates),
    ACCOUNTS: Variable(
        list,
        "account",
        lambda given, _now: check_accounts(given),
        lambda: array(account_schema()),
        claims_of_accounts,
    ),
    PRODUCTS: Variable(
        list, "site with products", check_products, lambda: array(products_schema()), claims_of_products
    ),
    WEBSITES: Variable(
        list,
        "website",
        lambda given, _now: check_websites(given),
        lambda: array(website_schema()),
        claims_of_websites,
    ),
    USERS: Variable(
        list, "sub-account", lambda given, _now: check_users(given), lambda: array(user_schema()), claims_of_users
    ),
}
