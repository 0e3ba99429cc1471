# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever happens to messages: a target that took the last one knows what is so, and was told nothing false."""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._notify.changes import (
    Changes,
    Known,
    compare,
    in_doubt,
    may_be_known,
)
from ansible_collections.hosting.websec.plugins.module_utils._notify.report_file import Problem, Report

SITES = ("a.example", "b.example")
URGENCIES = {"red": 3, "orange": 5}


@dataclasses.dataclass
class Target:
    """What it believes, from the messages that it took."""

    problems: dict[str, set[str]] = dataclasses.field(default_factory=lambda: collections.defaultdict(set))
    states: dict[str, str] = dataclasses.field(default_factory=dict)

    def take(self, changes: Changes) -> None:
        for problem in changes.new:
            for name in problem.names:
                self.problems[name].add(problem.title)
        for names in changes.solved.values():
            for name in names:
                self.problems[name].clear()
        for (_before, state), names in changes.states.items():
            for name in names:
                self.states[name] = state


World = dict[str, tuple[str, frozenset[str]]]
"""State and problems of the sites that are in a report."""


def report_of(world: World) -> Report:
    problems = [
        Problem(title, urgency, title, "", "", "", tuple(name for name, (_state, has) in world.items() if title in has))
        for title, urgency in URGENCIES.items()
    ]
    states = {name: state for name, (state, _has) in world.items()}
    return Report("", False, tuple(each for each in problems if each.names), states, False)


worlds = st.dictionaries(
    st.sampled_from(SITES), st.tuples(st.sampled_from("xy"), st.frozensets(st.sampled_from(sorted(URGENCIES))))
)
steps = st.tuples(worlds, st.sampled_from(["taken", "refused", "unknown, taken", "unknown"]), st.sampled_from([3, 5]))


BOTH, ORANGE = frozenset(URGENCIES), frozenset(["orange"])


@given(st.lists(steps, max_size=8))
# With a lower urgency it still has the problem that the target was told about.
@example([({"a.example": ("x", BOTH)}, "taken", 5), ({"a.example": ("x", ORANGE)}, "taken", 3)])
def test_a_target_knows_what_is_so(runs: list[tuple[World, str, int]]) -> None:
    target = Target(states=dict.fromkeys(SITES, "x"))
    start: World = dict.fromkeys(SITES, ("x", frozenset()))
    _changes, known = compare(report_of(start), Known(), urgency=5, with_states=True)
    latest = dict(start)
    unsure: set[tuple[str, str]] = set()
    last: tuple[None, str, int] = (None, "taken", 5)
    for world, outcome, urgency in [*runs, last]:
        # At last there is a report of all sites, and its message arrives.
        report = report_of(latest if world is None else world)
        latest.update(world or {})
        changes, after = compare(report, known, urgency=urgency, with_states=True)
        for title, names in changes.solved.items():
            assert not any(title in latest[name][1] for name in names), "it is not solved"
        if unsure & _subjects(changes):
            assert may_be_known(changes, known), "the repetition says so"
        if not changes or outcome == "taken":
            target.take(changes)
            known = after
            unsure = {(what, name) for what, name in unsure if name not in report.sites}
        elif outcome.startswith("unknown"):
            if outcome == "unknown, taken":
                target.take(changes)
            known = in_doubt(known, after, changes)
            unsure |= _subjects(changes)
            again, _after = compare(report, known, urgency=urgency, with_states=True)
            assert _told(again) == _told(changes), "the repetition has the same id"
    for name, (state, problems) in latest.items():
        assert target.states[name] == state
        assert target.problems[name] >= problems
        assert bool(target.problems[name]) == bool(problems)
    changes, _after = compare(report_of(latest), known, urgency=5, with_states=True)
    assert not changes


def _subjects(changes: Changes) -> set[tuple[str, str]]:
    new = {(each.title, name) for each in changes.new for name in each.names}
    solved = {(title, name) for title, names in changes.solved.items() for name in names}
    return new | solved | {("state", name) for names in changes.states.values() for name in names}


def _told(changes: Changes) -> t.Any:
    return (
        [(each.title, each.names) for each in changes.new],
        list(changes.solved.items()),
        list(changes.states.items()),
    )
