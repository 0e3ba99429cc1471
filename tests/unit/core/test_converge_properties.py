# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Invariants for every item, whatever fails."""

from __future__ import annotations

import typing as t

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._converge import Action, run
from ansible_collections.hosting.websec.plugins.module_utils._run_context import NotApprovedError
from ansible_collections.hosting.websec.tests.unit.core.model import (
    EFFECTS,
    FAULTS,
    ITEM_FAULTS,
    Desired,
    Model,
    Sight,
)

NAMES = ["a", "b", "c"]
THINGS = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 2))
DESIRED = st.lists(
    st.builds(Desired, st.sampled_from(NAMES), st.none() | st.integers(1, 2)),
    unique_by=lambda wanted: wanted.name,
    min_size=1,
)
LOOKS = ["fine", "fine", "untold", "fails"]


@st.composite
def models(draw: st.DrawFn) -> Model:
    return Model(
        draw(THINGS),
        faults=draw(st.lists(st.sampled_from(list(FAULTS)), min_size=1, max_size=8)),
        item_faults=draw(st.lists(st.sampled_from(list(ITEM_FAULTS)), max_size=8)),
        looks=draw(st.lists(st.sampled_from(LOOKS), min_size=2, max_size=10)),
    )


@settings(max_examples=200, deadline=None)
@given(models(), DESIRED, st.integers(1, 3), st.integers(1, 4), st.integers(1, 3))
def test_nothing_is_bought_twice_and_no_outcome_says_what_is_not_so(
    model: Model, desired: list[Desired], concurrency: int, batch_size: int, passes: int
) -> None:
    for _number in range(passes):
        before, effects, calls = dict(model.things), model.effects.copy(), len(model.calls)
        outcomes = run(model, desired, check_mode=False, concurrency=concurrency, batch_size=batch_size)
        assert [outcome.desired for outcome in outcomes] == desired
        new = model.effects - effects
        sent = [entry for call in model.calls[calls:] for entry in call]
        for outcome in outcomes:
            wanted, name = outcome.desired, outcome.desired.name
            happened = sum(count for (_method, of), count in new.items() if of == name)
            assert sent.count(("buy", name)) <= 1
            assert new["buy", name] <= 1
            assert len(outcome.sent) == sum(of == name for _method, of in sent) <= 2
            if outcome.changed:
                assert happened, "changed, and nothing happened"
            if happened:
                assert outcome.changed or outcome.error, "something happened, and the outcome says nothing of it"
            if outcome.sent and outcome.error is None:
                assert model.things.get(name) == wanted.value, "a plain success, and it is not so"
            if not outcome.sent:
                assert model.things.get(name) == before.get(name)
        assert not any(new[entry] for entry in new if entry[1] not in {wanted.name for wanted in desired})


@settings(max_examples=50, deadline=None)
@given(models(), DESIRED, st.integers(1, 4))
def test_check_mode_never_writes(model: Model, desired: list[Desired], batch_size: int) -> None:
    things = dict(model.things)
    outcomes = run(model, desired, check_mode=True, concurrency=2, batch_size=batch_size)
    assert model.calls == []
    assert model.things == things
    for outcome in outcomes:
        assert outcome.changed == bool(outcome.sent)
        if outcome.changed:
            assert outcome.error is None


@settings(max_examples=50, deadline=None)
@given(THINGS, DESIRED)
def test_without_faults_one_pass_is_enough(things: dict[str, int], desired: list[Desired]) -> None:
    model = Model(things)
    for outcome in run(model, desired, check_mode=False):
        assert outcome.error is None
        assert outcome.changed == (things.get(outcome.desired.name) != outcome.desired.value)
    assert not any(outcome.changed for outcome in run(model, desired, check_mode=False))


class Meddled(Model):
    """Somebody else changes the items: C(meddling) has a name and its new value for each observation."""

    meddling: t.ClassVar[list[tuple[str, int | None] | None]] = []

    def observe(self, desired: Desired) -> Sight:
        sight = super().observe(desired)
        if self.meddling and (change := self.meddling.pop(0)) is not None:
            name, value = change
            if value is None:
                self.things.pop(name, None)
            else:
                self.things[name] = value
        return sight


CHANGES = st.none() | st.tuples(st.sampled_from(NAMES), st.none() | st.integers(1, 3))


@settings(max_examples=300, deadline=None)
@given(models(), st.lists(CHANGES, max_size=12), DESIRED, st.integers(1, 3), st.integers(1, 3))
def test_whatever_somebody_else_does_an_item_that_is_not_as_wanted_is_never_fine(
    model: Model,
    meddling: list[tuple[str, int | None] | None],
    desired: list[Desired],
    concurrency: int,
    batch_size: int,
) -> None:
    model.__class__ = Meddled
    t.cast("Meddled", model).meddling = list(meddling)
    for outcome in run(model, desired, check_mode=False, concurrency=concurrency, batch_size=batch_size):
        assert outcome.sent.count("buy") <= 1
        if outcome.error is None:
            assert outcome.after is not None
            assert model.plan(outcome.after, outcome.desired) == []
        if "buy" in outcome.sent:
            assert "buy" in [action.method for action in outcome.planned]


class Shifting(Model):
    """Every observation differs, because of another writer or because of stale data: the plan after an observation is
    the next of C(plans), a list of methods."""

    plans: t.ClassVar[list[list[str]]] = []

    def plan(self, current: Sight, desired: Desired) -> list[Action]:
        return [self._action(method, desired) for method in (self.plans.pop(0) if self.plans else [])]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(list(EFFECTS)), max_size=4), min_size=1, max_size=10),
    st.lists(st.sampled_from(list(FAULTS)), max_size=8),
    st.integers(1, 2),
)
def test_whatever_is_read_between_the_writes_no_more_is_bought_or_ended_than_was_planned(
    plans: list[list[str]], faults: list[str], batch_size: int
) -> None:
    model = Shifting({"a": 1}, faults=faults)
    model.plans = [list(plan) for plan in plans]
    (outcome,) = run(model, [Desired("a")], check_mode=False, batch_size=batch_size)
    assert outcome.sent.count("buy") <= plans[0].count("buy")
    assert model.effects["end", "a"] <= plans[0].count("end") + faults.count("lost answer")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(list(EFFECTS)), max_size=4), min_size=1, max_size=10),
    st.lists(st.sampled_from(list(FAULTS)), max_size=8),
    st.integers(1, 2),
    st.booleans(),
)
def test_whatever_is_read_between_the_writes_nothing_else_is_sent_than_was_approved(
    plans: list[list[str]], faults: list[str], batch_size: int, approved: bool
) -> None:
    model = Shifting({"a": 1}, faults=faults)
    model.plans = [list(plan) for plan in plans]
    refusal = None if approved else NotApprovedError("approval: no")
    asked: list[list[str]] = []

    def approve(_desired: Desired, _before: Sight | None, due: t.Sequence[Action]) -> NotApprovedError | None:
        asked.append([action.method for action in due])
        return refusal

    (outcome,) = run(model, [Desired("a")], check_mode=False, batch_size=batch_size, approve=approve)
    assert asked == [plans[0]] * bool(plans[0])
    assert set(outcome.sent) <= set(plans[0])
    if plans[0] and not approved:
        assert (outcome.sent, outcome.deferred, outcome.deferred_cause, outcome.error) == ([], True, refusal, None)
