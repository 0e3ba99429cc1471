# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a vendor has, as entries of the files that the roles read: applied unchanged, they change nothing. Pure.

What is not known for sure is left out, and noted: an entry that names a product could order it once more.
"""

from __future__ import annotations

import collections
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._problems import EntryProblem
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.catalogue import (
    ACCOUNT,
    BUNDLE,
    PLAN,
    SITE,
    Product,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.file_check import check_policies
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import ABSENT, READY
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.file_check import check_accounts
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.file_check import check_sites
from ansible_collections.hosting.websec.plugins.module_utils._texts import repeated
from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files.reading import steps

Row = t.Mapping[str, t.Any]
Entry = dict[str, t.Any]
ACTIVE = "active"
FIREWALL = "firewall"
_PLANS = ("subscription", "bundle")
_KEYS = ("account_id", "login", "reseller_account_id", "email")
"""What an account is found by, and its address. The rest of it cannot be changed by the API."""


def export_accounts(accounts: t.Iterable[Row], plans: t.Iterable[Row], notes: list[str]) -> list[Entry]:
    """Entries of C(sitelock_accounts) for the active accounts.

    :param accounts: C(accounts) of M(hosting.websec.sitelock_accounts_info), with subscriptions.
    :param plans: C(plans) of M(hosting.websec.sitelock_plans_info).
    :param notes: takes what is left out.
    """
    products = _products(plans)
    listed = [account for account in accounts if account["status"] == ACTIVE]
    domains = repeated(domain for account in listed for domain in _active_sites(account).values())
    entries = [_account(account, products, domains, notes) for account in listed]
    return _without_problems(entries, check_accounts, lambda entry: f"Account {entry['account_id']}", notes)


def _without_problems(
    entries: list[Entry],
    check: t.Callable[[t.Sequence[t.Any]], list[EntryProblem]],
    whose: t.Callable[[Entry], str],
    notes: list[str],
) -> list[Entry]:
    """The entries as a run takes them: what a vendor has was not always checked as what a file has.

    A key that is not valid is left out, if an entry can be without it, otherwise the whole entry.
    """
    while problems := _by_place(check(entries)):
        refused = []
        for place, of_it in problems.items():
            entry = entries[place - 1]
            keys = {str(path[0]) for problem in of_it if (path := steps(problem.key))}
            if keys & {*_CAN_BE_LEFT_OUT} & entry.keys():
                for key in sorted(keys & {*_CAN_BE_LEFT_OUT} & entry.keys()):
                    notes.append(f"{whose(entry)}: its {key} cannot be in a file. It is not in the file.")
                    del entry[key]
            else:
                notes.append(f"{whose(entry)} cannot be in a file: {of_it[0].message} It is not in the file.")
                refused.append(place - 1)
        entries = [entry for place, entry in enumerate(entries) if place not in refused]
    return entries


def _by_place(problems: t.Iterable[EntryProblem]) -> dict[int, list[EntryProblem]]:
    found: dict[int, list[EntryProblem]] = {}
    for problem in problems:
        if isinstance(problem.place, int):
            found.setdefault(problem.place, []).append(problem)
    return found


_CAN_BE_LEFT_OUT = ("login", "email", "reseller_account_id")
"""An account is found by its number, and a run does not change these."""


def _products(plans: t.Iterable[Row]) -> dict[str, Product]:
    return {str(plan["id"]): Product(str(plan["id"]), _texts(plan)) for plan in plans}


def _texts(plan: Row) -> dict[str, str]:
    return {name: str(plan[name]) for name in ("name", "type", "product_category") if plan.get(name)}


def _active_sites(account: Row) -> dict[int, str]:
    """The domains of the active sites of an account, by their numbers. One that is no domain is empty."""
    found = {}
    for site in account["sites"]:
        if site["status"] == ACTIVE:
            try:
                found[site["site_id"]] = normalise_domain(str(site["domain"]))
            except BadInputError:
                found[site["site_id"]] = ""
    return found


def _account(
    account: Row, products: t.Mapping[str, Product], shared: t.Collection[t.Hashable], notes: list[str]
) -> Entry:
    whose = f"Account {account['account_id']}"
    sites: dict[int, Entry] = {}
    for site_id, domain in _active_sites(account).items():
        problem = _problem_of_domain(domain, shared)
        if problem:
            notes.append(f"{whose}: site {site_id} {problem}. It is not in the file.")
        else:
            sites[site_id] = {"domain": domain, "site_id": site_id}
    addons: dict[int | None, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for paid in account["subscriptions"] or ():
        subscription, site = str(paid["subscription"]), sites.get(paid["site_id"])
        use = _use(paid, products.get(subscription))
        if use in _PLANS and site is not None:
            site[use] = subscription
        elif use == SITE and site is not None:
            addons[paid["site_id"]][subscription] += 1
        elif use == ACCOUNT:
            addons[None][subscription] += 1
        elif use != FIREWALL:
            notes.append(f"{whose}: it is unknown what the subscription {subscription} is for. It is not in the file.")
    for site_id, site in sites.items():
        site.update(_addons(addons[site_id]))
    found = {name: account[name] for name in _KEYS if account.get(name)}
    return {**found, "sites": [*sites.values()], **_addons(addons[None])}


def _problem_of_domain(domain: str, shared: t.Collection[t.Hashable]) -> str:
    if not domain:
        return "has no valid domain"
    return f"shares the domain {domain} with another site" if domain in shared else ""


def _addons(counted: t.Mapping[str, int]) -> Entry:
    entries = [
        {"subscription": subscription, **({"count": count} if count > 1 else {})}
        for subscription, count in counted.items()
    ]
    return {"addons": entries} if entries else {}


def _use(paid: Row, product: Product | None) -> str:
    """What a subscription is: the key of a plan, an add-on of C(SITE) or C(ACCOUNT), or maybe C(FIREWALL), which is in
    the site file. Empty: unknown."""
    if product is not None and product.type == BUNDLE:
        return "bundle"
    if paid["listed_as"] == SITE or (product is not None and product.type == PLAN):
        return "subscription"
    if product is not None and product.is_no_firewall:
        return product.place or ""
    return FIREWALL if paid["site_id"] is not None else ""


def export_sites(
    accounts: t.Iterable[Row], plans: t.Iterable[Row], statuses: t.Iterable[Row], notes: list[str]
) -> list[Entry]:
    """Entries of C(sitelock_waf_sites) for the active sites whose Firewall & CDN is ready.

    :param statuses: C(sites) of M(hosting.websec.sitelock_anp_status).
    :param notes: takes what is left out.
    """
    products = _products(plans)
    listed = [account for account in accounts if account["status"] == ACTIVE]
    shared = repeated(domain for account in listed for domain in _active_sites(account).values())
    by_site = {status["site_id"]: status for status in statuses}
    found = []
    for account in listed:
        firewalls: dict[int, set[str]] = collections.defaultdict(set)
        for paid in account["subscriptions"] or ():
            subscription = str(paid["subscription"])
            if _use(paid, products.get(subscription)) == FIREWALL:
                firewalls[paid["site_id"]].add(subscription)
        for site_id, domain in _active_sites(account).items():
            status = by_site.get(site_id)
            if status is None or status["state"] == ABSENT:
                continue
            is_ready = status["state"] == READY
            problem = _problem_of_domain(domain, shared) if is_ready else f"is in the state {status['state']}"
            if problem:
                notes.append(f"Site {site_id} {problem}. It is not in the file.")
            else:
                found.append(_site(site_id, domain, account, status, firewalls[site_id]))
    return _without_problems(found, check_sites, lambda entry: f"Site {entry['site_id']}", notes)


def _site(site_id: int, domain: str, account: Row, status: Row, firewalls: t.Collection[str]) -> Entry:
    # With two that may be it, one of them is another product.
    subscription = status.get("subscription") or (next(iter(firewalls)) if len(firewalls) == 1 else None)
    manager = status.get("waf_dns_manager")
    return {
        "domain": domain,
        "site_id": site_id,
        "account_id": account["account_id"],
        **({"subscription": subscription} if subscription else {}),
        **({"waf_dns_manager": manager} if manager else {}),
    }


def export_policies(
    sites: t.Sequence[Entry], dumps: t.Iterable[Row], now: datetime.datetime, notes: list[str]
) -> dict[str, Entry]:
    """The policies of the sites, and their names in C(policy) of each entry. Sites with the same settings share one,
    which has the name of the first of them.

    :param sites: from ``export_sites``; their entries get C(policy).
    :param dumps: C(sites) of M(hosting.websec.sitelock_waf_policies_info).
    :param now: the time. :param notes: takes what is left out.
    """
    by_site = {dump["site_id"]: dump for dump in dumps}
    policies: dict[str, Entry] = {}
    for site in sites:
        dump = by_site.get(site["site_id"], {})
        sections = {name: value for name, value in dump.items() if name not in ("site_id", "domain")}
        if sections:
            same = next((name for name, known in policies.items() if known == sections), site["domain"])
            policies[same] = sections
            site["policy"] = same
    refused = {str(problem.place): problem.message for problem in reversed(check_policies(policies, now))}
    notes += [f"{message} This policy is not in the file." for message in refused.values()]
    policies = {name: sections for name, sections in policies.items() if name not in refused}
    for site in sites:
        if site.get("policy") not in policies:
            site.pop("policy", None)
    return policies
