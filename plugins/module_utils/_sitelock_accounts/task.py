# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of M(hosting.websec.sitelock_accounts) to its result."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._approval.approval import Approval
from ansible_collections.hosting.websec.plugins.module_utils._approval.task import PlanTask
from ansible_collections.hosting.websec.plugins.module_utils._converge import (
    Action,
    Approve,
    Convergence,
    Outcome,
    results_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._limits import Limits
from ansible_collections.hosting.websec.plugins.module_utils._results import bulk_result, deferred_count
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.catalogue import (
    ACCOUNT,
    ADDON,
    BUNDLE,
    PLAN,
    SITE,
    Catalogue,
    read_products,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.approval import planned_writes
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.current import CurrentAccount
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.desired import (
    DesiredAccount,
    DesiredProduct,
    DesiredSite,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.entries import (
    Entry,
    read_entries,
    refuse_twice,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.entry_checks import name_of
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.plan import plan_account
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.reading import AccountReader
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.results import (
    AccountOutcome,
    Money,
    account_diff,
    account_result,
    account_warnings,
    refused_result,
    sent_summary,
    site_rows,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.writing import AccountWriter
from ansible_collections.hosting.websec.plugins.module_utils._texts import joined


class AccountResource:
    """Accounts for ``_converge``."""

    def __init__(self, client: SiteLockClient, catalogue: Catalogue, accounts: t.Mapping[str, DesiredAccount]) -> None:
        self._catalogue = catalogue
        self._reader = AccountReader(client)
        self._writer = AccountWriter(client, self._reader, accounts)

    def identity(self, desired: DesiredAccount) -> t.Hashable:
        """What tells accounts apart once they were looked up: the number, or the login that it would be made with."""
        return self._reader.account_id(desired.name) or (desired.login or desired.email or desired.name).lower()

    def observe(self, desired: DesiredAccount) -> CurrentAccount:
        return self._reader.observe(desired)

    def plan(self, current: CurrentAccount, desired: DesiredAccount) -> list[Action]:
        return plan_account(current, desired, self._catalogue)

    def apply(self, actions: t.Sequence[Action]) -> t.Sequence[WebsecError | None]:
        """One call for one action: two orders in one call could not be told apart in its answer."""
        return [self._writer.send(action.item) for action in actions]


def run_accounts(
    params: t.Mapping[str, t.Any], *, check_mode: bool, warn: t.Callable[[str], None], context: RunContext
) -> dict[str, t.Any]:
    """Bring all accounts to their desired state.

    :param params: the options of the module.
    :returns: the result of the task, failed if an account failed and O(on_error=fail).
    :raises WebsecError: nothing was sent. The options are wrong, or the plan is above a limit.
    """
    plan = PlanTask(params, "sitelock_accounts", check_mode=check_mode)
    plan.begin(params["accounts"])
    entries = read_entries(params["accounts"], params["entry_errors"])
    with SiteLockClient.from_options(params, read_only=check_mode, context=context) as client:
        # Nothing is asked for a file in which no account can be.
        some = any(isinstance(entry, DesiredAccount) for entry in entries)
        catalogue = (
            read_products(client, warn, "the ids of plans and add-ons were not checked, and prices are not known")
            if some
            else Catalogue({})
        )
        entries = [_resolved(entry, catalogue) for entry in entries]
        accounts = {entry.name: entry for entry in entries if isinstance(entry, DesiredAccount)}
        money = Money(catalogue, accounts)
        context.begin(len(accounts), "account")
        resource = AccountResource(client, catalogue, accounts)
        convergence: Convergence[DesiredAccount, CurrentAccount] = Convergence(
            resource,
            list(accounts.values()),
            check_mode=check_mode,
            concurrency=params["concurrency"],
            context=context,
            limits=Limits.from_options(params, len(entries) + sum(len(each.sites) for each in accounts.values())),
            name=lambda account: account.name,
            summary=money.summary,
            approve=_approve(plan.approved, money),
        )
        convergence.plan()
        convergence.withdraw(_shared(list(accounts.values()), resource.identity))
        outcomes = convergence.write()
    for warning in account_warnings(outcomes, catalogue):
        warn(warning)
    names = [
        params["entry_errors"].get(str(place), {}).get("name") or name_of(given, place)
        for place, given in enumerate(params["accounts"], 1)
    ]
    rows = _rows(names, entries, outcomes, catalogue)
    return bulk_result(
        "accounts",
        rows,
        key="account",
        on_error=params["on_error"],
        sites=site_rows(rows),
        deferred=deferred_count(rows),
        summary=sent_summary(outcomes, money, check_mode=check_mode),
        diff=account_diff(outcomes, money, check_mode=check_mode),
        **plan.write(
            [
                action
                for outcome in outcomes
                for action in planned_writes(outcome.desired, outcome.before, outcome.actions, money)
            ]
            if plan.is_used
            else ()
        ),
    )


def _approve(approved: Approval | None, money: Money) -> Approve[DesiredAccount, CurrentAccount] | None:
    if approved is None:
        return None
    plan = approved
    return lambda desired, before, actions: plan.refusal(planned_writes(desired, before, actions, money))


def _shared(
    accounts: t.Sequence[DesiredAccount], identity: t.Callable[[DesiredAccount], t.Hashable]
) -> t.Callable[[DesiredAccount], WebsecError | None]:
    """Why nothing is sent for an account: another entry is the same one, found in another way, and would order, or
    prune, without regard to this one."""
    names: dict[t.Hashable, list[str]] = {}
    for account in accounts:
        names.setdefault(identity(account), []).append(account.name)

    def why(account: DesiredAccount) -> WebsecError | None:
        number = identity(account)
        if len(names[number]) == 1:
            return None
        return BadInputError(
            f"The entries {joined(names[number])} are the same account at SiteLock ({number}). Nothing was sent for "
            "it.",
            hint="List each account once. If they are different accounts, set account_id of each.",
        )

    return why


def _resolved(entry: Entry, catalogue: Catalogue) -> Entry:
    """The entry with the ids of its products, which may be given by name."""
    if not isinstance(entry, DesiredAccount):
        return entry
    whose = f"Account {entry.name}"
    try:
        return dataclasses.replace(
            entry,
            sites=tuple(_resolved_site(site, catalogue, f"{whose}, site {site.domain}") for site in entry.sites),
            addons=_resolved_addons(entry.addons, catalogue, ACCOUNT, whose),
        )
    except WebsecError as error:
        return error


def _resolved_site(site: DesiredSite, catalogue: Catalogue, whose: str) -> DesiredSite:
    return dataclasses.replace(
        site,
        subscription=site.subscription and catalogue.resolved(site.subscription, (PLAN,), whose),
        bundle=site.bundle and catalogue.resolved(site.bundle, (BUNDLE,), whose),
        addons=_resolved_addons(site.addons, catalogue, SITE, whose),
    )


def _resolved_addons(
    addons: t.Sequence[DesiredProduct], catalogue: Catalogue, place: str, whose: str
) -> tuple[DesiredProduct, ...]:
    resolved = tuple(
        dataclasses.replace(addon, subscription=catalogue.resolved(addon.subscription, (ADDON,), whose))
        for addon in addons
    )
    # Once by its id and once by its name is twice.
    refuse_twice(whose, resolved)
    for addon in resolved:
        # One that is there can be ended wherever it is listed.
        if addon.state == "present":
            catalogue.refuse_other_place(addon.subscription, place, whose)
    return resolved


def _rows(
    names: t.Sequence[str],
    entries: t.Sequence[Entry],
    outcomes: t.Sequence[AccountOutcome],
    catalogue: Catalogue,
) -> list[dict[str, t.Any]]:
    """One row an entry, in their order."""

    def result(outcome: Outcome[DesiredAccount, CurrentAccount]) -> dict[str, t.Any]:
        return account_result(outcome, catalogue)

    done = iter(results_of(outcomes, result))
    rows = []
    for name, entry in zip(names, entries):
        rows.append(next(done) if isinstance(entry, DesiredAccount) else refused_result(name, entry))
    return rows
