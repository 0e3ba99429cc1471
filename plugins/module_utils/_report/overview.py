# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The summary of a pass: counts, and the sites in readable groups."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._report.account import accounts as read_accounts
from ansible_collections.hosting.websec.plugins.module_utils._report.changes import (
    notable,
    with_policies,
    with_products,
)
from ansible_collections.hosting.websec.plugins.module_utils._report.health import Health, not_read, with_health
from ansible_collections.hosting.websec.plugins.module_utils._report.reasons import HEALTH, Reason
from ansible_collections.hosting.websec.plugins.module_utils._report.since import PastFinding, with_times
from ansible_collections.hosting.websec.plugins.module_utils._report.site import UNKNOWN_STATE, Row, Site, site
from ansible_collections.hosting.websec.plugins.module_utils._report.unmanaged import unmanaged_row
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, number

STATES = (
    "pending-domain-validation",
    "pending-retry",
    "pending-dns",
    "ready",
    "error",
    "absent",
    UNKNOWN_STATE,
)
"""In the order of a site's life; others follow in alphabetical order."""


@dataclasses.dataclass(frozen=True)
class Group:
    """Sites that wait for the same, or got the same steps, the longest in their state first.

    :param title: of the group; a search for it in the table of all sites finds them.
    """

    title: str
    sites: tuple[Site, ...]

    @property
    def words(self) -> str:
        return self.title


@dataclasses.dataclass(frozen=True)
class Problem:
    """Sites that need manual action for the same reason, the longest in their state first.

    :param codes: the vendor's codes if the reason is an error; a search for them in the table finds the sites.
    :param messages: the texts about all of them, once; empty if they differ.
    """

    reason: Reason
    codes: str
    messages: tuple[str, ...]
    sites: tuple[Site, ...]

    @property
    def title(self) -> str:
        return f"{self.reason.title} ({self.codes})" if self.codes else self.reason.title

    @property
    def words(self) -> str:
        return self.codes

    @property
    def hint(self) -> str:
        """What to do, if it is the same for all of them."""
        return self.sites[0].hint if len({each.hint for each in self.sites}) == 1 else ""

    def messages_about(self, each: Site) -> list[str]:
        """The texts about one of its sites in addition to those about all of them."""
        said = self.messages and each.error_as_reason
        messages = [each.error["message"]] if each.error and not said else []
        waits = [f"Waits for {each.waiting_for}"] if each.waiting_for else []
        # What is told about all of them is not told again, but each has its own time.
        own = [found.since_text if found.text in self.messages else found.told for found in each.own_findings]
        told = [*messages, *own, *waits, *each.notes, *each.other_findings]
        return [text for text in dict.fromkeys(told) if text and text not in self.messages]


@dataclasses.dataclass(frozen=True)
class Overview:
    """One pass. ``sites`` are in the order of their domains; ``states`` counts them, also those without a site.

    ``by_urgency`` has the sites that need manual action first, then waiting, then changed, then other sites.
    ``accounts`` are those with an error or a change, or deferred; C(None) if nobody gave their rows. They are also in
    ``by_urgency``, ``attention``, ``waiting`` and ``changed``. ``all_accounts`` counts all of them.
    ``unmanaged`` are the rows of subscriptions that are in no file; C(None) if they were not compared.
    ``policies`` are the rows of sites whose firewall differed from its policy, could not be brought to it, or needs a
    person, or was not reached; C(None) without policies. What they say is in the sites, too. ``products`` are the same
    about the other products.
    ``health`` counts the sites by their findings; C(None) if nobody looked. ``health_not_read`` counts the sites of
    which it could not be read, or not all of it. ``findings_kept`` are earlier findings of sites that were not read.
    """

    time: datetime.datetime
    check_mode: bool
    sites: tuple[Site, ...]
    by_urgency: tuple[Site, ...]
    states: dict[str, int]
    attention: tuple[Problem, ...]
    waiting: tuple[Group, ...]
    changed: tuple[Group, ...]
    unmanaged: tuple[dict[str, t.Any], ...] | None = None
    accounts: tuple[Site, ...] | None = None
    all_accounts: int = 0
    policies: tuple[dict[str, t.Any], ...] | None = None
    products: tuple[dict[str, t.Any], ...] | None = None
    health: dict[str, int] | None = None
    health_not_read: int = 0
    findings_kept: tuple[PastFinding, ...] = ()

    @property
    def is_health_only(self) -> bool:
        """Whether nobody read the states of the sites, but only their health."""
        return self.health is not None and not any(each.state for each in self.sites)

    @property
    def rows(self) -> tuple[Site, ...]:
        """The sites, then the accounts."""
        return (*self.sites, *(self.accounts or ()))

    def summary(self) -> dict[str, t.Any]:
        """The counts as plain data."""
        return {
            "sites": len(self.sites),
            "attention": sum(each.reason is not None for each in self.rows),
            "waiting": sum(each.is_waiting for each in self.rows),
            "changed": sum(each.changed for each in self.rows),
            "failed": sum(each.error is not None for each in self.rows),
            "states": dict(self.states),
            "accounts": None if self.accounts is None else self.all_accounts,
            "health": None if self.health is None else dict(self.health),
            "health_not_read": None if self.health is None else self.health_not_read,
        }

    def headline(self) -> str:
        """The pass in one line."""
        count = self.summary()
        changed = "Would be changed" if self.check_mode else "Changed"
        states = ", ".join(f"{state} {amount}" for state, amount in self.states.items() if amount)
        accounts = "" if self.accounts is None else f", {counted(self.all_accounts, 'account')}"
        unmanaged = "" if self.unmanaged is None else f" Paid for, in no file: {number(len(self.unmanaged))}."
        found = ", ".join(
            f"{name.replace('_', ' ')} {amount}" for name, amount in (self.health or {}).items() if amount
        )
        unread = f", {counted(self.health_not_read, 'site')} not read" if self.health_not_read else ""
        health = "" if self.health is None else f" Health: {found or 'nothing found'}{unread}."
        by_state = "" if self.is_health_only else f" States: {states or 'none'}."
        return (
            f"{counted(count['sites'], 'site')}{accounts}. Need action: {count['attention']}. "
            f"Waiting: {count['waiting']}. {changed}: {count['changed']}."
            f"{by_state}{health}{unmanaged}"
        )


def overview(
    rows: t.Sequence[Row],
    time: datetime.datetime,
    *,
    check_mode: bool = False,
    unmanaged: t.Sequence[Row] | None = None,
    accounts: t.Sequence[Row] | None = None,
    policies: t.Sequence[Row] | None = None,
    products: t.Sequence[Row] | None = None,
    health: Health | None = None,
    past: t.Sequence[PastFinding] = (),
) -> Overview:
    """From the rows of C(sitelock_waf_report). Takes O(n log n) in the number of sites.

    :param unmanaged: rows of the filter C(unmanaged_subscriptions).
    :param accounts: rows of C(sitelock_accounts_report).
    :param policies: rows of C(sitelock_waf_policy_report). :param products: rows of C(sitelock_products_report).
    :param past: findings of the previous report.
    """
    health = health or Health()
    # Only what is read here counts as a finding.
    rows = [{key: value for key, value in row.items() if key not in ("findings", "read")} for row in rows]
    rows = with_products(with_policies(rows, policies or ()), products or ())
    rows = with_health(rows, health, accounts or (), time)
    customers = read_accounts(accounts or ())
    shown = [each for each in customers if each.is_open]
    dated, kept = with_times(map(site, rows), past, time)
    sites = sorted(dated, key=lambda each: (each.domain, str(each.site_id)))
    urgent = sorted([*sites, *shown], key=lambda each: each.order)
    findings = collections.Counter(reason for each in sites for reason in {found.reason for found in each.findings})
    amounts = collections.Counter(each.shown_state for each in sites)
    return Overview(
        time=time,
        check_mode=check_mode,
        sites=tuple(sites),
        by_urgency=tuple(urgent),
        states={state: amounts[state] for state in (*STATES, *sorted(amounts.keys() - set(STATES)))},
        attention=_problems(each for each in urgent if each.reason),
        waiting=_groups((each for each in urgent if each.is_waiting), lambda each: str(each.waiting_for)),
        changed=_groups((each for each in urgent if each.changed), lambda each: ", ".join(each.steps) or "changed"),
        unmanaged=None if unmanaged is None else tuple(map(unmanaged_row, unmanaged)),
        accounts=None if accounts is None else tuple(shown),
        all_accounts=len(customers),
        policies=None if policies is None else tuple(notable(policies)),
        products=None if products is None else tuple(notable(products)),
        health={reason.key: findings[reason] for reason in HEALTH} if health.is_given else None,
        health_not_read=not_read(health),
        findings_kept=tuple(kept),
    )


def _problems(sites: t.Iterable[Site]) -> tuple[Problem, ...]:
    """The most urgent first, then by the number of sites."""
    problems = [
        Problem(reason, codes, messages, tuple(group))
        for (reason, codes, _is_account), same in _grouped(sites, _reason_and_codes).items()
        for messages, group in _by_messages(same)
    ]
    return tuple(
        sorted(
            problems,
            key=lambda each: (each.reason.urgency, -len(each.sites), each.reason.key, each.codes, each.messages),
        )
    )


def _reason_and_codes(each: Site) -> tuple[t.Any, str, bool]:
    return each.reason, each.codes if each.error_as_reason else "", each.is_account


def _by_messages(sites: t.Sequence[Site]) -> list[tuple[tuple[str, ...], t.Sequence[Site]]]:
    """Sites with the same texts; at the end those with different ones."""
    found = _grouped(sites, lambda each: each.messages)
    shared = {messages: group for messages, group in found.items() if messages and len(group) > 1}
    others = [each for each in sites if each.messages not in shared]
    return [*shared.items(), *([((), others)] if others else [])]


def _groups(sites: t.Iterable[Site], title: t.Callable[[Site], str]) -> tuple[Group, ...]:
    """The largest group first. Sites and accounts are in groups of their own."""
    found = _grouped(sites, lambda each: (title(each), each.is_account))
    groups = [Group(text, tuple(group)) for (text, _is_account), group in found.items()]
    return tuple(sorted(groups, key=lambda group: (-len(group.sites), group.title)))


def _grouped(sites: t.Iterable[Site], key: t.Callable[[Site], t.Any]) -> dict[t.Any, list[Site]]:
    found: dict[t.Any, list[Site]] = collections.defaultdict(list)
    for each in sites:
        found[key(each)].append(each)
    return found
