# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What differs between a report and what a target was told before. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._notify.report_file import Problem, Report
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, joined

Key = tuple[str, str, str]
"""Reason, codes, and the name of a site or an account. Texts may differ each time, and are not a difference."""


@dataclasses.dataclass(frozen=True)
class Told:
    """What a target knows.

    :param problems: the title of each, and whether it is about an account.
    :param states: the state of each site, by its domain.
    :param seen: the time of the report that each site was told from, by its domain. :param accounts_seen: the same of
        the accounts; empty if there were none.
    """

    problems: t.Mapping[Key, tuple[str, bool]] = dataclasses.field(default_factory=dict)
    states: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    seen: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    accounts_seen: str = ""


@dataclasses.dataclass(frozen=True)
class Known:
    """What a target knows, and what it may know.

    :param told: for sure. :param doubt: problems and states in messages of which nobody knows whether it took them.
        What it was told before, and such a message took back, is here too.
    """

    told: Told = dataclasses.field(default_factory=Told)
    doubt: Told = dataclasses.field(default_factory=Told)

    @property
    def is_sure(self) -> bool:
        """Whether no message is in doubt."""
        return not (self.doubt.problems or self.doubt.states)

    @property
    def problems(self) -> dict[Key, tuple[str, bool]]:
        """All that it may take for open."""
        return {**self.told.problems, **self.doubt.problems}


@dataclasses.dataclass(frozen=True)
class Changes:
    """What is new, grouped as the report groups it.

    :param solved: names by the title of the problem that they no longer have.
    :param states: names by their state before and now.
    """

    new: tuple[Problem, ...]
    solved: t.Mapping[str, tuple[str, ...]]
    states: t.Mapping[tuple[str, str], tuple[str, ...]]

    def __bool__(self) -> bool:
        return bool(self.new or self.solved or self.states)

    def mapped(self, change: t.Callable[[str], str]) -> Changes:
        """The same with ``change`` applied to every text of the report."""
        new = tuple(
            Problem(
                reason=change(each.reason),
                urgency=each.urgency,
                title=change(each.title),
                codes=change(each.codes),
                message=change(each.message),
                hint=change(each.hint),
                names=tuple(map(change, each.names)),
            )
            for each in self.new
        )
        return Changes(
            new,
            {change(title): tuple(map(change, names)) for title, names in self.solved.items()},
            {
                (change(before), change(state)): tuple(map(change, names))
                for (before, state), names in self.states.items()
            },
        )


def newest_part(report: Report, told: Told, now: str) -> tuple[Report, str]:
    """A report without the sites and accounts that the target was told about from a newer one.

    :param now: a newer one of the future is none: the clock was wrong when it was written.
    :returns: it, and what was left out, in words; empty if nothing was.
    """
    if not report.time:
        return report, ""
    old = {name for name in report.sites if report.time < told.seen.get(name, "") <= now}
    accounts_are_old = report.has_accounts and report.time < told.accounts_seen <= now
    if not old and not accounts_are_old:
        return report, ""

    def is_old(name: str) -> bool:
        return name in old if name in report.sites else accounts_are_old

    problems = [
        dataclasses.replace(each, names=tuple(name for name in each.names if not is_old(name)))
        for each in report.problems
    ]
    part = dataclasses.replace(
        report,
        problems=tuple(each for each in problems if each.names),
        sites={name: state for name, state in report.sites.items() if name not in old},
        has_accounts=report.has_accounts and not accounts_are_old,
    )
    return part, joined([*([counted(len(old), "site")] if old else []), *(["accounts"] if accounts_are_old else [])])


def compare(report: Report, known: Known, *, urgency: int, with_states: bool) -> tuple[Changes, Known]:
    """What to tell, and what the target knows when it took that.

    :param known: without anything in it nothing was told yet. Then only what needs a person is new, and no state is.
    :param urgency: problems with a greater number are not told.
    """
    told, possible = known.told, known.problems
    present = {(each.reason, each.codes, name) for each in report.problems for name in each.names}
    current = {
        (problem.reason, problem.codes, name): (problem.title, name not in report.sites)
        for problem in report.problems
        if problem.urgency <= urgency
        for name in problem.names
    }
    new = tuple(
        dataclasses.replace(problem, names=names)
        for problem in report.problems
        if (names := tuple(name for name in problem.names if _is_new(problem, name, current, told)))
    )
    # Those that the target knows, or is told, to need action.
    troubled = {key[2] for key in present if key in current or key in possible}
    # Of what is not in this report, such as one of a part of the sites, nothing is known. What is in it and less urgent
    # than before, or than the option allows now, is not solved.
    gone = {
        key: about
        for key, about in possible.items()
        if key not in present and (report.has_accounts if about[1] else key[2] in report.sites)
    }
    solved: dict[str, dict[str, None]] = {}
    for (_reason, _codes, name), (title, _is_account) in gone.items():
        if name not in troubled:
            solved.setdefault(title, {})[name] = None
    changes = Changes(
        new,
        {title: tuple(names) for title, names in solved.items()},
        _changed_states(report, known) if with_states else {},
    )
    after = Told(
        {**{key: about for key, about in told.problems.items() if key not in gone}, **current},
        {**told.states, **report.sites},
        {**told.seen, **dict.fromkeys(report.sites, report.time)},
        report.time if report.has_accounts else told.accounts_seen,
    )
    doubt = Told(
        {key: about for key, about in known.doubt.problems.items() if key not in gone and key not in current},
        {name: state for name, state in known.doubt.states.items() if name not in report.sites},
    )
    return changes, Known(after, doubt)


def in_doubt(before: Known, after: Known, changes: Changes) -> Known:
    """What a target knows that may have taken a message, or not.

    :param before: if it did not. :param after: if it did. :param changes: the message.
    """
    sure = {key: about for key, about in before.told.problems.items() if key in after.told.problems}
    maybe = {**before.problems, **after.problems}
    told = {name: state for (_before, state), names in changes.states.items() for name in names}
    return Known(
        dataclasses.replace(after.told, problems=sure, states=before.told.states),
        Told(
            {key: about for key, about in maybe.items() if key not in sure},
            # A state that it was told before stays in doubt, until a message arrives.
            {**before.doubt.states, **{name: state for name, state in told.items() if _differs(before, name, state)}},
        ),
    )


def may_be_known(changes: Changes, known: Known) -> bool:
    """Whether a message of unknown outcome had something about the same sites and problems."""
    doubt = known.doubt
    problems = {(about[0], name) for (_reason, _codes, name), about in doubt.problems.items()}
    return (
        any((each.reason, each.codes, name) in doubt.problems for each in changes.new for name in each.names)
        or any((title, name) in problems for title, names in changes.solved.items() for name in names)
        or any(name in doubt.states for names in changes.states.values() for name in names)
    )


def _differs(known: Known, name: str, state: str) -> bool:
    return known.told.states.get(name, state) != state


def _changed_states(report: Report, known: Known) -> dict[tuple[str, str], tuple[str, ...]]:
    states: dict[tuple[str, str], list[str]] = {}
    for name, state in report.sites.items():
        last = known.told.states.get(name, state)
        if last == state:
            last = known.doubt.states.get(name, state)
        if last != state:
            states.setdefault((last, state), []).append(name)
    return {key: tuple(names) for key, names in states.items()}


def _is_new(problem: Problem, name: str, current: t.Container[Key], told: Told) -> bool:
    key = (problem.reason, problem.codes, name)
    return key in current and key not in told.problems
