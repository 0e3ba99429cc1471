# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of accounts, as tasks return it: one row an account, one row a site, the money in one line."""

from __future__ import annotations

import collections
import decimal
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._converge import Action, Outcome
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._results import deferred_fields
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.catalogue import Catalogue, parse_amount
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.current import CurrentAccount
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.desired import (
    DesiredAccount,
    DesiredSite,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.plan import (
    CHANGE_PLAN,
    END_ACCOUNT,
    END_ADDON,
    END_SITE,
    NEW_ACCOUNT,
    NEW_ADDON,
    NEW_SITE,
    Write,
    is_open,
    plan_of,
    unnamed_addons,
    wanted_addons,
)
from ansible_collections.hosting.websec.plugins.module_utils._texts import Told, by_cause, counted, joined, listed

AccountOutcome = Outcome[DesiredAccount, CurrentAccount]


_ORDERS = (NEW_ACCOUNT, NEW_SITE, NEW_ADDON, CHANGE_PLAN)


class Money:
    """What writes cost, from the amounts in the file and the prices of getPlanList."""

    def __init__(self, catalogue: Catalogue, accounts: t.Mapping[str, DesiredAccount]) -> None:
        self._catalogue = catalogue
        self._accounts = accounts

    def summary(self, actions: t.Iterable[Action]) -> str:
        """New accounts, orders by product with their prices, ends, and the total, in one line."""
        counts: collections.Counter[str] = collections.Counter()
        orders: collections.Counter[str] = collections.Counter()
        total, unpriced = decimal.Decimal(0), 0
        for action in actions:
            write: Write = action.item
            counts[write.kind] += 1
            if write.kind in _ORDERS:
                verb = "change to" if write.kind == CHANGE_PLAN else "order of"
                price = self.price(write)
                orders[f"{verb} {self.named(write.subscription)}{'' if price is None else f' at {price:.2f}'}"] += 1
                total += price or 0
                unpriced += price is None
        told = [counted(counts[NEW_ACCOUNT], "new account")] if counts[NEW_ACCOUNT] else []
        told += [f"{count} x {order}" for order, count in sorted(orders.items())]
        ends = {END_ACCOUNT: "account", END_SITE: "site", END_ADDON: "add-on"}
        told += [f"{counted(counts[kind], noun)} ended" for kind, noun in ends.items() if counts[kind]]
        if orders:
            told.append(f"total {total:.2f}")
        if unpriced:
            told.append(f"{counted(unpriced, 'order')} without a known price")
        return ", ".join(told) or "nothing"

    def named(self, subscription: str) -> str:
        """A product for people: its id and its name."""
        product = self._catalogue.find(subscription)
        return f"{subscription} ({product.name})" if product and product.name else subscription

    def told(self, write: Write) -> str | None:
        """The price of an order as a text, if it is known."""
        price = self.price(write) if write.kind in _ORDERS else None
        return None if price is None else f"{price:.2f}"

    def price(self, write: Write) -> decimal.Decimal | None:
        """What the write costs: C(amount) of the file, else the price of getPlanList."""
        desired = self._accounts[write.account]
        owner: DesiredAccount | DesiredSite = desired
        for site in desired.sites:
            if site.domain == write.domain:
                owner = site
        given: str | None = None
        if write.kind == NEW_ADDON:
            given = next(each.amount for each in owner.addons if each.subscription == write.subscription)
        elif isinstance(owner, DesiredSite):
            given = owner.amount
        product = self._catalogue.find(write.subscription)
        return parse_amount(given) if given else (product.price if product else None)


def sent_summary(outcomes: t.Iterable[AccountOutcome], money: Money, *, check_mode: bool) -> str:
    """What was sent and accepted, in one line; then what was refused, and what may have been done or not. In check mode
    what would be sent."""
    accepted: list[Action] = []
    refused: list[Action] = []
    unknown: list[Action] = []
    for outcome in outcomes:
        accepted += outcome.actions if check_mode else outcome.accepted
        done = {action.key for action in outcome.accepted}
        others = {} if check_mode else {action.key: action for action in outcome.actions if action.key not in done}
        is_known = outcome.error is not None and not outcome.error.may_have_happened
        (refused if is_known else unknown).extend(others.values())
    others_told = {"refused": refused, "outcome unknown": unknown}
    told = [f"{what}: {money.summary(actions)}" for what, actions in others_told.items() if actions]
    return "; ".join([money.summary(accepted), *told])


def account_result(outcome: AccountOutcome, catalogue: Catalogue) -> dict[str, t.Any]:
    """The row of an account with the rows of its sites."""
    desired = outcome.desired
    now = None if outcome.deferred else outcome.after
    return {
        "account": desired.name,
        "login": desired.login,
        "reseller_account_id": desired.reseller_account_id,
        "account_id": (now.account_id if now else None) or desired.account_id,
        "sites": [_site_row(outcome, site, now, catalogue) for site in desired.sites],
        "addons": _addons(now, None),
        "steps": [str(action.item) for action in outcome.actions],
        "actions": outcome.sent,
        "changed": outcome.changed,
        "failed": outcome.error is not None,
        "error": outcome.error.as_dict(login=desired.login) if outcome.error else None,
        **deferred_fields(outcome.deferred, outcome.deferred_cause),
    }


def refused_result(name: str, error: WebsecError) -> dict[str, t.Any]:
    """The row of an entry that was refused before the first call."""
    return account_result(Outcome(DesiredAccount(login=name), error=error), Catalogue({}))


def _site_row(
    outcome: AccountOutcome, site: DesiredSite, now: CurrentAccount | None, catalogue: Catalogue
) -> dict[str, t.Any]:
    found = now.site(site.domain) if now else None
    return {
        "domain": site.domain,
        "site_id": found.site_id if found else None,
        "subscription": plan_of(now, found, site.plan, catalogue) if now and found else None,
        "status": found.status if found else None,
        "addons": _addons(now, found.site_id) if found else [],
        "steps": [str(action.item) for action in outcome.actions if action.item.domain == site.domain],
    }


def _addons(now: CurrentAccount | None, site_id: int | None) -> list[dict[str, t.Any]]:
    return [
        {"subscription": addon.subscription, "subscription_id": addon.subscription_id}
        for addon in (now.addons if now else ())
        if addon.site_id == site_id
    ]


def site_rows(accounts: t.Iterable[t.Mapping[str, t.Any]]) -> list[dict[str, t.Any]]:
    """One flat row a site, from the rows of accounts.

    There is one more row without a domain for an account without sites, for one that was refused, and for steps that
    are about no site of the entry: add-ons of the account, its e-mail address, its end.
    """
    shared = ("account", "login", "account_id", "changed", "failed", "error", "deferred", "deferred_reason")
    return [{**{name: account[name] for name in shared}, **site} for account in accounts for site in _sites_of(account)]


def _sites_of(account: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
    sites = list(account["sites"])
    of_sites = {step for site in sites for step in site["steps"]}
    others = [step for step in account["steps"] if step not in of_sites]
    if others or not sites:
        no_site = dict.fromkeys(("domain", "site_id", "subscription", "status"))
        sites.append({**no_site, "addons": account["addons"], "steps": others})
    return sites


def account_diff(outcomes: t.Sequence[AccountOutcome], money: Money, *, check_mode: bool) -> dict[str, t.Any]:
    """Before and after of the accounts that change, by name. Holds no secret."""
    changed = [outcome for outcome in outcomes if outcome.changed]
    return {
        "before": {outcome.desired.name: described(outcome.before) for outcome in changed},
        "after": {
            outcome.desired.name: _foretold(outcome, money) if check_mode else described(outcome.after)
            for outcome in changed
        },
    }


def described(now: CurrentAccount | None) -> dict[str, t.Any]:
    """What is known of an account, for diffs and plans."""
    if now is None or not now.exists:
        return {"state": "absent"}
    told: dict[str, t.Any] = {"account_id": now.account_id}
    if "email" in now.told:
        told["email"] = now.told["email"]
    told["sites"] = {site.domain: site.site_id for site in now.sites.values() if not site.is_inactive}
    told["addons"] = sorted(addon.subscription for addon in now.addons)
    return told


def _foretold(outcome: AccountOutcome, money: Money) -> dict[str, t.Any]:
    """What is there before, and what would be sent."""
    sent = []
    for action in outcome.actions:
        price = money.told(action.item)
        named = action.item.text(money.named(action.item.subscription))
        sent.append(f"{named} at {price}" if price is not None else named)
    return {**described(outcome.before), "sent": sent}


def account_warnings(outcomes: t.Sequence[AccountOutcome], catalogue: Catalogue) -> list[str]:
    """What was left alone, because the API cannot change it or does not say enough: one sentence for each cause."""
    told: list[Told] = []
    for outcome in outcomes:
        desired, now = outcome.desired, outcome.after
        if now is None or not now.exists or outcome.error is not None or outcome.deferred:
            continue
        if desired.state == "present":
            told += [Told(desired.name, text) for text in _left_alone(desired, now, catalogue)]
    return by_cause(told, "account")


def _left_alone(desired: DesiredAccount, now: CurrentAccount, catalogue: Catalogue) -> t.Iterator[str]:
    other = [name for name, value in desired.properties if now.told.get(name, value) != value]
    if other:
        yield f"{joined(other)} differs from the file. The API cannot change it: change it in the dashboard."
    present = [site for site in desired.sites if site.state == "present"]
    if any(_plan_is_open(site, now, catalogue) for site in present):
        yield "getStatus does not say which plan its sites have, so the plans were not compared and not changed."
    bundled = unnamed_addons(now, desired, catalogue, bundled=True) if desired.prune_addons else []
    if bundled:
        yield (
            f"{listed(dict.fromkeys(addon.subscription for addon in bundled))} may be part of a bundle, so it was not "
            "pruned. Name it in the file, or end it in the dashboard."
        )
    if any(is_open(now, desired, wanted) for wanted in wanted_addons(desired, present)):
        yield (
            "getStatus does not say which site some add-ons belong to, so they were neither ordered nor ended where "
            "they may be those of another site."
        )


def _plan_is_open(site: DesiredSite, now: CurrentAccount, catalogue: Catalogue) -> bool:
    found = now.site(site.domain)
    return bool(site.plan and found and plan_of(now, found, site.plan, catalogue) is None)
