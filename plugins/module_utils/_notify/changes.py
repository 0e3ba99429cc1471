# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What differs between a report and what a target was told before. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._notify.report_file import Problem, Report

Key = tuple[str, str, str]
"""Reason, codes, and the name of a site or an account. Texts may differ each time, and are not a difference."""


@dataclasses.dataclass(frozen=True)
class Told:
    """What a target knows.

    :param problems: the title of each, and whether it is about an account.
    :param states: the state of each site, by its domain.
    """

    problems: t.Mapping[Key, tuple[str, bool]]
    states: t.Mapping[str, str]


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


def compare(report: Report, told: Told | None, *, urgency: int, with_states: bool) -> tuple[Changes, Told]:
    """What to tell, and what the target knows afterwards.

    :param told: C(None): nothing was sent yet. Then only what needs a person is new, and no state is.
    :param urgency: problems with a greater number are not told.
    """
    before = told or Told({}, {})
    current = {
        (problem.reason, problem.codes, name): (problem.title, name not in report.sites)
        for problem in report.problems
        if problem.urgency <= urgency
        for name in problem.names
    }
    new = tuple(
        dataclasses.replace(problem, names=names)
        for problem in report.problems
        if (names := tuple(name for name in problem.names if _is_new(problem, name, current, before)))
    )
    troubled = {name for _reason, _codes, name in current}
    # Of what is not in this report, such as one of a part of the sites, nothing is known.
    gone = [
        (key, known)
        for key, known in before.problems.items()
        if key not in current and (report.has_accounts if known[1] else key[2] in report.sites)
    ]
    solved: dict[str, dict[str, None]] = {}
    for (_reason, _codes, name), (title, _is_account) in gone:
        if name not in troubled:
            solved.setdefault(title, {})[name] = None
    ended = {key for key, _known in gone}
    kept = {key: known for key, known in before.problems.items() if key not in ended}
    after = Told({**kept, **current}, {**before.states, **report.sites})
    states: dict[tuple[str, str], list[str]] = {}
    for domain, state in report.sites.items() if with_states else ():
        last = before.states.get(domain, state)
        if last != state:
            states.setdefault((last, state), []).append(domain)
    return (
        Changes(
            new,
            {title: tuple(names) for title, names in solved.items()},
            {key: tuple(names) for key, names in states.items()},
        ),
        after,
    )


def _is_new(problem: Problem, name: str, current: t.Container[Key], before: Told) -> bool:
    key = (problem.reason, problem.codes, name)
    return key in current and key not in before.problems
