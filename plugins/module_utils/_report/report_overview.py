# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A pass in short: counts, and the sites in groups that a person can read."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._report.report_site import (
    UNKNOWN_STATE,
    Reason,
    Row,
    Site,
    site,
)
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted

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
    """Sites that wait for the same thing, or for which the same was done; C(title) says it."""

    title: str
    sites: tuple[Site, ...]


@dataclasses.dataclass(frozen=True)
class Concern:
    """Sites that a person has to look at for the same reason, those that have been in their state for longest first.

    :param codes: the vendor's codes if the reason is an error.
    :param told: what is said about all of them, once; empty when it is not the same.
    :param hint: what to do, if it is the same for all of them.
    """

    reason: Reason
    codes: str
    hint: str
    told: tuple[str, ...]
    sites: tuple[Site, ...]


@dataclasses.dataclass(frozen=True)
class Overview:
    """One pass. ``sites`` are in the order of their domains; ``states`` counts them, also those without a site.

    ``by_urgency`` has what needs a person first, then what waits, then what was changed, then the others.
    """

    time: datetime.datetime
    check_mode: bool
    sites: tuple[Site, ...]
    by_urgency: tuple[Site, ...]
    states: dict[str, int]
    attention: tuple[Concern, ...]
    waiting: tuple[Group, ...]
    changed: tuple[Group, ...]

    def summary(self) -> dict[str, t.Any]:
        """The counts as plain data."""
        return {
            "sites": len(self.sites),
            "attention": _count(self.attention),
            "waiting": _count(self.waiting),
            "changed": _count(self.changed),
            "failed": sum(each.error is not None for each in self.sites),
            "states": dict(self.states),
        }

    def headline(self) -> str:
        """The pass in one line."""
        count = self.summary()
        changed = "Would be changed" if self.check_mode else "Changed"
        states = ", ".join(f"{state} {amount}" for state, amount in self.states.items() if amount)
        return (
            f"{counted(count['sites'], 'site')}. Need a person: {count['attention']}. Waiting: {count['waiting']}. "
            f"{changed}: {count['changed']}. States: {states or 'none'}."
        )


def overview(rows: t.Sequence[Row], time: datetime.datetime, *, check_mode: bool = False) -> Overview:
    """From the rows of C(sitelock_waf_report). Takes O(n log n) in the number of sites."""
    sites = sorted((site(row) for row in rows), key=lambda each: (each.domain, str(each.site_id)))
    urgent = sorted(sites, key=lambda each: each.order)
    amounts = collections.Counter(each.shown_state for each in sites)
    return Overview(
        time=time,
        check_mode=check_mode,
        sites=tuple(sites),
        by_urgency=tuple(urgent),
        states={state: amounts[state] for state in (*STATES, *sorted(amounts.keys() - set(STATES)))},
        attention=_attention(each for each in urgent if each.reason),
        waiting=_groups((each for each in urgent if each.waits), lambda each: str(each.waiting_for)),
        changed=_groups((each for each in urgent if each.changed), lambda each: ", ".join(each.steps) or "changed"),
    )


def _attention(urgent: t.Iterable[Site]) -> tuple[Concern, ...]:
    """What is most urgent first, then what concerns most sites."""
    found: dict[tuple[Reason, str], list[Site]] = collections.defaultdict(list)
    for each in urgent:
        if each.reason:
            found[each.reason, each.codes if each.error_is_reason else ""].append(each)
    concerns = [
        Concern(reason, codes, _same_hint(group), told, tuple(group))
        for (reason, codes), sites in found.items()
        for told, group in _by_cause(sites)
    ]
    return tuple(
        sorted(
            concerns,
            key=lambda each: (each.reason.urgency, -len(each.sites), each.reason.key, each.codes, each.told),
        )
    )


def _by_cause(sites: t.Sequence[Site]) -> list[tuple[tuple[str, ...], list[Site]]]:
    """Sites about which the same is said; at the end those about which something else is said each time."""
    found: dict[tuple[str, ...], list[Site]] = collections.defaultdict(list)
    for each in sites:
        found[each.told].append(each)
    shared = [(told, group) for told, group in found.items() if told and len(group) > 1]
    others = [each for each in sites if not each.told or len(found[each.told]) == 1]
    return [*shared, ((), others)] if others else shared


def _same_hint(sites: t.Sequence[Site]) -> str:
    return sites[0].hint if len({each.hint for each in sites}) == 1 else ""


def _groups(urgent: t.Iterable[Site], title: t.Callable[[Site], str]) -> tuple[Group, ...]:
    """The largest group first."""
    found: dict[str, list[Site]] = collections.defaultdict(list)
    for each in urgent:
        found[title(each)].append(each)
    groups = [Group(title, tuple(sites)) for title, sites in found.items()]
    return tuple(sorted(groups, key=lambda group: (-len(group.sites), group.title)))


def _count(groups: t.Iterable[Group | Concern]) -> int:
    return sum(len(group.sites) for group in groups)
