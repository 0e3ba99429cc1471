# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
import dataclasses
import threading
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._converge import (
    Action,
    Convergence,
    Outcome,
    results_of,
    run,
)
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    LimitError,
    RejectedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._limits import Limits
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.tests.unit.core.model import Desired, Model, Sight
from ansible_collections.hosting.websec.tests.unit.patience import PATIENCE

Done = Outcome[Desired, Sight]


def converge(model: Model, desired: t.Sequence[Desired], **options: t.Any) -> list[Done]:
    return run(model, desired, **{"check_mode": False, **options})


def single(model: Model, wanted: Desired, **options: t.Any) -> Done:
    (outcome,) = converge(model, [wanted], **options)
    return outcome


def looks_before(method: str) -> list[str]:
    """Number of observations before a write: one more right before a purchase."""
    return ["fine", "fine"] if method == "buy" else ["fine"]


# ---- without faults


@pytest.mark.parametrize(
    ("things", "wanted", "method"),
    [({}, Desired("a", 1), "buy"), ({"a": 2}, Desired("a", 1), "change"), ({"a": 1}, Desired("a", None), "end")],
)
def test_a_difference_is_written_and_looked_at_again(things: dict[str, int], wanted: Desired, method: str) -> None:
    model = Model(things)
    outcome = single(model, wanted)
    assert (outcome.changed, outcome.error, outcome.sent) == (True, None, [method])
    assert outcome.before == Sight("a" in things, things.get("a"))
    assert outcome.after == Sight(wanted.value is not None, wanted.value)
    assert not outcome.unsettled
    assert model.calls == [[(method, "a")]]
    assert model.observed["a"] == (3 if method == "buy" else 2)


@pytest.mark.parametrize(("things", "wanted"), [({"a": 1}, Desired("a", 1)), ({}, Desired("a", None))])
def test_what_is_as_it_should_be_causes_no_write_and_is_looked_at_once(things: dict[str, int], wanted: Desired) -> None:
    model = Model(things)
    outcome = single(model, wanted)
    assert (outcome.changed, outcome.error, outcome.sent) == (False, None, [])
    assert outcome.after == outcome.before
    assert model.calls == []
    assert model.observed["a"] == 1


def test_a_second_run_changes_nothing() -> None:
    model, desired = Model({"b": 5, "c": 1}), [Desired("a"), Desired("b"), Desired("c", None)]
    assert all(outcome.changed for outcome in converge(model, desired))
    assert not any(outcome.changed or outcome.error for outcome in converge(model, desired))


@pytest.mark.parametrize("concurrency", [1, 3, 50])
@pytest.mark.parametrize("batch_size", [1, 4, 100])
def test_outcomes_have_the_order_of_the_input(concurrency: int, batch_size: int) -> None:
    desired = [Desired(f"w{number}", number % 3 or None) for number in range(30)]
    another = threading.Event()

    class FirstIsLast(Model):
        def observe(self, desired: Desired) -> Sight:
            if desired.name != "w0":
                another.set()
            elif concurrency > 1:
                assert another.wait(PATIENCE)
            return super().observe(desired)

    model = FirstIsLast({f"w{number}": 1 for number in range(0, 30, 2)})
    outcomes = converge(model, desired, concurrency=concurrency, batch_size=batch_size)
    assert [outcome.desired for outcome in outcomes] == desired
    for outcome in outcomes:
        assert outcome.after == Sight(outcome.desired.value is not None, outcome.desired.value)


def test_nothing_to_do_for_nobody() -> None:
    assert converge(Model({}), []) == []


def test_writes_of_one_item_are_sent_in_the_order_of_the_plan() -> None:
    class InSteps(Model):
        def plan(self, current: Sight, desired: Desired) -> list[Action]:
            steps = [] if current.value == desired.value else ["buy", "change", "end"]
            return [self._action(step, desired) for step in steps]

    model = InSteps({"a": 2, "b": 2})
    assert [outcome.sent for outcome in converge(model, [Desired("a"), Desired("b")], batch_size=9)] == [
        ["buy", "change", "end"],
        ["buy", "change", "end"],
    ]
    assert model.calls == [[(step, "a"), (step, "b")] for step in ("buy", "change", "end")]


def test_after_a_failed_step_the_next_ones_are_not_sent() -> None:
    class InSteps(Model):
        def plan(self, current: Sight, desired: Desired) -> list[Action]:
            return [self._action("change", desired), self._action("end", desired)]

    model = InSteps({"a": 2}, faults=["refused"])
    outcome = single(model, Desired("a"))
    assert (outcome.sent, outcome.changed) == (["change"], False)
    assert model.calls == [[("change", "a")]]


# ---- check mode


def test_in_check_mode_nothing_is_applied_and_everything_is_told() -> None:
    model = Model({"b": 5, "c": 1, "d": 1})
    outcomes = converge(model, [Desired("a"), Desired("b"), Desired("c", None), Desired("d")], check_mode=True)
    assert [outcome.sent for outcome in outcomes] == [["buy"], ["change"], ["end"], []]
    assert [outcome.changed for outcome in outcomes] == [True, True, True, False]
    assert all(outcome.after == outcome.before for outcome in outcomes)
    assert model.calls == []
    assert model.things == {"b": 5, "c": 1, "d": 1}
    assert set(model.observed.values()) == {1}


def test_in_check_mode_an_item_that_cannot_be_read_fails_alone() -> None:
    first, second = converge(Model({}, unseen=["a"]), [Desired("a"), Desired("b")], check_mode=True)
    assert first.error is not None
    assert (first.changed, second.error, second.changed) == (False, None, True)


# ---- batches


@pytest.mark.parametrize(("batch_size", "sizes"), [(1, [1] * 7), (3, [3, 3, 1]), (7, [7]), (100, [7])])
def test_batches_have_at_most_the_given_size(batch_size: int, sizes: list[int]) -> None:
    model = Model({})
    converge(model, [Desired(f"w{number}") for number in range(7)], batch_size=batch_size)
    assert [len(call) for call in model.calls] == sizes
    assert [name for call in model.calls for _method, name in call] == [f"w{number}" for number in range(7)]


def test_a_batch_has_one_method() -> None:
    model = Model({"b": 5, "d": 5})
    converge(model, [Desired("a"), Desired("b"), Desired("c"), Desired("d"), Desired("e")], batch_size=2)
    assert model.calls == [[("buy", "a"), ("buy", "c")], [("change", "b"), ("change", "d")], [("buy", "e")]]


def test_what_is_not_batchable_has_calls_of_its_own() -> None:
    class Alone(Model):
        @staticmethod
        def _action(method: str, desired: Desired) -> Action:
            return Action(method, Effect.CHANGE, desired)

    model = Alone({})
    converge(model, [Desired("a"), Desired("b")], batch_size=10)
    assert model.calls == [[("buy", "a")], [("buy", "b")]]


@pytest.mark.parametrize("faults", ["refused", "unclear, without effect"])
def test_a_refused_item_leaves_its_neighbours_alone(faults: str) -> None:
    model = Model({}, item_faults=["fine", faults, "fine"])
    first, second, third = converge(model, [Desired("a"), Desired("b"), Desired("c")], batch_size=3)
    assert (first.changed, second.changed, third.changed) == (True, False, True)
    assert (first.error, third.error) == (None, None)
    assert second.error is not None
    assert model.things == {"a": 1, "c": 1}
    assert model.calls == [[("buy", "a"), ("buy", "b"), ("buy", "c")]]


def test_a_lost_batch_is_settled_for_each_item_by_itself() -> None:
    model = Model({"a": 5, "b": 5, "c": 5}, faults=["lost request"], looks=["fine"] * 4 + ["fails"])
    first, second, third = converge(model, [Desired("a"), Desired("b"), Desired("c")], batch_size=3)
    assert (first.error, third.error) == (None, None)
    assert second.error is not None
    assert second.error.kind == "outcome_unknown"
    assert model.calls == [[("change", "a"), ("change", "b"), ("change", "c")], [("change", "a"), ("change", "c")]]
    assert model.things == {"a": 1, "b": 5, "c": 1}


# ---- one bad item


def test_an_item_that_cannot_be_read_does_not_stop_the_others() -> None:
    model = Model({}, unseen=["b"])
    first, second, third = converge(model, [Desired("a"), Desired("b"), Desired("c")])
    assert second.error is not None
    assert (second.error.kind, second.before, second.after, second.sent) == ("unavailable", None, None, [])
    assert (first.changed, second.changed, third.changed) == (True, False, True)


def test_an_item_that_the_plan_refuses_does_not_stop_the_others() -> None:
    class Refusing(Model):
        def plan(self, current: Sight, desired: Desired) -> list[Action]:
            if desired.name == "b":
                raise RejectedError("not while it is used")
            return super().plan(current, desired)

    model = Refusing({"b": 1})
    first, second = converge(model, [Desired("a"), Desired("b", None)])
    assert first.changed
    assert second.error is not None
    assert (second.error.message, second.before) == ("not while it is used", Sight(True, 1))
    assert model.things == {"a": 1, "b": 1}


class Broken(Model):
    """For the item C(b), the given call of ``method`` raises an unexpected exception."""

    def __init__(self, method: str, call: int, mistake: Exception, *, happens: bool = False) -> None:
        super().__init__({"c": 2})
        self._broken = (method, call, mistake, happens)
        self._count = 0

    def observe(self, desired: Desired) -> Sight:
        self._break("observe", desired)
        return super().observe(desired)

    def plan(self, current: Sight, desired: Desired) -> list[Action]:
        self._break("plan", desired)
        return super().plan(current, desired)

    def apply(self, actions: t.Sequence[Action]) -> list[WebsecError | None]:
        for action in actions:
            self._break("apply", action.item)
        return super().apply(actions)

    def _break(self, method: str, wanted: Desired) -> None:
        broken, call, mistake, happens = self._broken
        if method == broken and wanted.name == "b":
            self._count += 1
            if self._count == call:
                if happens:
                    self.things["b"] = t.cast("int", wanted.value)
                raise mistake


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("batch_size", [1, 2])
@pytest.mark.parametrize(
    "mistake", [ZeroDivisionError("pass=s3cret"), RecursionError(), UnicodeEncodeError("a", "", 0, 1, "")]
)
@pytest.mark.parametrize(("method", "call"), [("observe", 1), ("observe", 2), ("observe", 3), ("plan", 1), ("plan", 2)])
def test_an_unexpected_exception_is_the_error_of_its_item_and_costs_no_other(
    method: str, call: int, mistake: Exception, concurrency: int, batch_size: int
) -> None:
    model = Broken(method, call, mistake)
    outcomes = converge(
        model, [Desired("a"), Desired("b"), Desired("c")], concurrency=concurrency, batch_size=batch_size
    )
    first, second, third = outcomes
    assert [(each.changed, each.error) for each in (first, third)] == [(True, None), (True, None)]
    assert second.error is not None
    assert second.error.kind == "bug"
    assert type(mistake).__name__ in second.error.message
    assert "s3cret" not in second.error.message
    assert second.changed == (model.things.get("b") == 1)


@pytest.mark.parametrize("happens", [True, False])
def test_an_unexpected_exception_while_writing_is_a_failure_and_what_happened_is_told(happens: bool) -> None:
    model = Broken("apply", 1, ZeroDivisionError(), happens=happens)
    first, second, third = converge(model, [Desired("a"), Desired("b"), Desired("c")])
    assert (first.error, third.error) == (None, None)
    assert second.error is not None
    assert (second.error.kind, second.changed, second.sent) == ("bug", happens, ["buy"])
    assert model.effects["buy", "b"] == 0, "a purchase whose answer was not understood is not sent again"


@pytest.mark.parametrize("name", ["concurrency", "batch_size"])
@pytest.mark.parametrize("value", [0, -1])
def test_less_than_one_at_a_time_is_refused_before_the_first_call(name: str, value: int) -> None:
    model = Model({})
    with pytest.raises(BadInputError, match=f"{name} is {value}; it must be 1 or greater"):
        converge(model, [Desired("a")], **{name: value})
    assert model.observed == {}


@pytest.mark.parametrize("concurrency", [1, 2, 5])
def test_no_more_calls_than_allowed_are_under_way_at_the_same_time(concurrency: int) -> None:
    counting, together = threading.Lock(), threading.Barrier(concurrency, timeout=PATIENCE)
    at_once, most, met = 0, 0, set[tuple[str, str]]()

    @contextlib.contextmanager
    def call(what: str, name: str) -> t.Iterator[None]:
        nonlocal at_once, most
        with counting:
            first = (what, name) not in met
            met.add((what, name))
            at_once += 1
            most = max(most, at_once)
        if first:
            # All workers must reach this point.
            together.wait()
        try:
            yield
        finally:
            with counting:
                at_once -= 1

    class Together(Model):
        def observe(self, desired: Desired) -> Sight:
            with call("observe", desired.name):
                return super().observe(desired)

        def apply(self, actions: t.Sequence[Action]) -> list[WebsecError | None]:
            with call("apply", actions[0].item.name):
                return super().apply(actions)

    model = Together({f"w{number}": 5 for number in range(0, 20, 2)}, faults=["lost request"] * 5)
    converge(model, [Desired(f"w{number}") for number in range(20)], concurrency=concurrency)
    assert len(met) == 40
    assert most == concurrency


# ---- answers that do not come

METHODS: dict[str, tuple[dict[str, int], Desired]] = {
    "buy": ({}, Desired("a", 1)),
    "change": ({"a": 2}, Desired("a", 1)),
    "end": ({"a": 1}, Desired("a", None)),
}
UNCLEAR = [("faults", "lost answer"), ("item_faults", "unclear, with effect")]
WITHOUT_EFFECT = [("faults", "lost request"), ("item_faults", "unclear, without effect")]


def faulty(things: dict[str, int], where: str, fault: str) -> Model:
    return Model(things, faults=[fault]) if where == "faults" else Model(things, item_faults=[fault])


def is_there(model: Model, wanted: Desired) -> bool:
    return model.things.get("a") == wanted.value


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("where", "fault"), UNCLEAR)
def test_a_lost_answer_to_what_happened_is_a_success_and_nothing_is_sent_again(
    method: str, where: str, fault: str
) -> None:
    things, wanted = METHODS[method]
    model = faulty(things, where, fault)
    outcome = single(model, wanted)
    assert (outcome.changed, outcome.error, outcome.sent) == (True, None, [method])
    assert len(model.calls) == 1
    assert is_there(model, wanted)


@pytest.mark.parametrize("method", ["change", "end"])
@pytest.mark.parametrize(("where", "fault"), WITHOUT_EFFECT)
def test_a_lost_write_that_did_not_happen_is_sent_once_more(method: str, where: str, fault: str) -> None:
    things, wanted = METHODS[method]
    model = faulty(things, where, fault)
    outcome = single(model, wanted)
    assert (outcome.changed, outcome.error, outcome.sent) == (True, None, [method, method])
    assert is_there(model, wanted)


@pytest.mark.parametrize(("where", "fault"), WITHOUT_EFFECT)
def test_a_lost_order_that_does_not_show_is_never_sent_again(where: str, fault: str) -> None:
    model = faulty({}, where, fault)
    outcome = single(model, Desired("a"))
    assert (outcome.changed, outcome.sent) == (False, ["buy"])
    assert len(model.calls) == 1
    assert outcome.error is not None
    assert outcome.error.kind == "outcome_unknown"
    assert outcome.error.message.startswith("buy was sent, but its outcome is unknown. ")
    assert "before you order anything by hand" in outcome.error.hint


def test_a_lost_action_that_does_not_show_is_never_sent_again() -> None:
    class Acting(Model):
        @staticmethod
        def _action(method: str, desired: Desired) -> Action:
            return Action(method, Effect.ACTION, desired)

    model = Acting({"a": 5}, faults=["lost request"])
    outcome = single(model, Desired("a"))
    assert len(model.calls) == 1
    assert outcome.error is not None
    assert outcome.error.kind == "outcome_unknown"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fault", ["lost request", "lost answer"])
def test_when_nothing_can_be_seen_afterwards_nothing_is_sent_again(method: str, fault: str) -> None:
    things, wanted = METHODS[method]
    model = Model(things, faults=[fault], looks=[*looks_before(method), "fails"])
    outcome = single(model, wanted)
    assert (outcome.changed, outcome.sent) == (False, [method])
    assert len(model.calls) == 1
    assert outcome.error is not None
    assert outcome.error.kind == "outcome_unknown"
    assert "no answer" in outcome.error.message
    assert "cannot look" in outcome.error.message


@pytest.mark.parametrize("fault", ["lost request", "lost answer"])
def test_a_lost_change_that_the_answer_afterwards_does_not_tell_is_unknown_and_no_success(fault: str) -> None:
    model = Model({"a": 2}, faults=[fault], looks=["fine", "untold"])
    outcome = single(model, Desired("a", 1))
    assert (outcome.changed, outcome.sent) == (False, ["change"])
    assert outcome.error is not None
    assert outcome.error.kind == "outcome_unknown"
    assert "Re-reading the state was inconclusive" in outcome.error.message


@pytest.mark.parametrize("method", ["change", "end"])
def test_a_write_that_is_lost_twice_is_unknown_when_it_does_not_show(method: str) -> None:
    things, wanted = METHODS[method]
    model = Model(things, faults=["lost request", "lost request"])
    outcome = single(model, wanted)
    assert (outcome.changed, outcome.sent) == (False, [method, method])
    assert outcome.error is not None
    assert outcome.error.kind == "outcome_unknown"


@pytest.mark.parametrize("method", ["change", "end"])
@pytest.mark.parametrize(("where", "fault"), UNCLEAR)
def test_a_write_that_is_lost_twice_is_a_success_when_it_shows(method: str, where: str, fault: str) -> None:
    things, wanted = METHODS[method]
    faults = ["lost request", fault] if where == "faults" else ["lost request"]
    model = Model(things, faults=faults, item_faults=[fault] if where == "item_faults" else [])
    outcome = single(model, wanted)
    assert (outcome.changed, outcome.error, outcome.sent) == (True, None, [method, method])
    assert is_there(model, wanted)


@pytest.mark.parametrize("method", ["change", "end"])
def test_a_write_that_is_refused_the_second_time_ends_with_the_refusal(method: str) -> None:
    things, wanted = METHODS[method]
    model = Model(things, faults=["lost request", "refused"])
    outcome = single(model, wanted)
    assert (outcome.changed, outcome.sent) == (False, [method, method])
    assert outcome.error is not None
    assert (outcome.error.kind, outcome.error.message) == ("rejected", "no")


def test_a_write_that_came_through_late_is_a_success_though_the_second_one_is_refused() -> None:
    class Late(Model):
        def apply(self, actions: t.Sequence[Action]) -> list[WebsecError | None]:
            if self.calls:
                self._happen(actions)
            return super().apply(actions)

    model = Late({"a": 1}, faults=["lost request", "refused"])
    outcome = single(model, Desired("a", None))
    assert (outcome.changed, outcome.error, outcome.sent) == (True, None, ["end", "end"])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("fault", "kind"), [("refused", "rejected"), ("not sent", "unavailable")])
def test_a_clear_failure_is_passed_on_and_nothing_is_sent_again(method: str, fault: str, kind: str) -> None:
    things, wanted = METHODS[method]
    model = Model(things, faults=[fault])
    outcome = single(model, wanted)
    assert (outcome.changed, outcome.sent) == (False, [method])
    assert outcome.error is not None
    assert outcome.error.kind == kind
    assert model.things == things
    assert model.observed["a"] == len(looks_before(method))


# ---- after the writes


def test_a_write_that_cannot_be_looked_at_afterwards_is_a_change_and_a_failure() -> None:
    model = Model({}, looks=[*looks_before("buy"), "fails"])
    outcome = single(model, Desired("a"))
    assert outcome.changed
    assert outcome.error is not None
    assert outcome.error.kind == "unavailable"
    assert model.things == {"a": 1}


def test_a_write_that_was_taken_and_does_not_show_is_never_reported_as_fine() -> None:
    class Forgetful(Model):
        def _happen(self, actions: t.Sequence[Action]) -> None:
            """Reports success and does nothing."""

    outcome = single(Forgetful({"a": 2}), Desired("a", 1))
    assert (outcome.changed, outcome.unsettled, outcome.sent) == (True, True, ["change"])
    assert outcome.error is not None
    assert outcome.error.kind == "outcome_unknown"
    assert outcome.after == Sight(True, 2)


def test_a_purchase_that_somebody_else_made_in_between_is_not_made_again() -> None:
    class Raced(Model):
        def observe(self, desired: Desired) -> Sight:
            sight = super().observe(desired)
            # Somebody else buys it right after the first observation.
            self.things.setdefault(desired.name, t.cast("int", desired.value))
            return sight

    model = Raced({})
    outcome = single(model, Desired("a", 1))
    assert (outcome.changed, outcome.error, outcome.sent) == (False, None, [])
    assert outcome.after == Sight(True, 1)
    assert model.calls == []


@pytest.mark.parametrize("batch_size", [1, 3])
def test_what_somebody_else_bought_in_between_is_changed_to_what_is_wanted(batch_size: int) -> None:
    class Raced(Model):
        def observe(self, desired: Desired) -> Sight:
            sight = super().observe(desired)
            self.things.setdefault(desired.name, 7)
            return sight

    model = Raced({})
    for outcome in converge(model, [Desired("a"), Desired("b", 7)], batch_size=batch_size):
        assert outcome.error is None
        assert outcome.sent == (["change"] if outcome.desired.name == "a" else [])
    assert model.things == {"a": 1, "b": 7}


@pytest.mark.parametrize("batch_size", [1, 2])
def test_a_write_that_repeats_what_was_observed_is_planned_again_right_before_it_is_sent(batch_size: int) -> None:
    class Fresh(Model):
        def plan(self, current: Sight, desired: Desired) -> list[Action]:
            planned = super().plan(current, desired)
            return [dataclasses.replace(each, item=(each.item, current.value), fresh=True) for each in planned]

        def apply(self, actions: t.Sequence[Action]) -> list[WebsecError | None]:
            repeated.extend(action.item[1] for action in actions)
            return super().apply([dataclasses.replace(action, item=action.item[0]) for action in actions])

    repeated: list[int | None] = []
    model = Fresh({"a": 5, "b": 5, "c": 5})
    convergence = Convergence(
        model, [Desired("a"), Desired("b"), Desired("c", 2)], check_mode=False, batch_size=batch_size
    )
    convergence.plan()
    # Others do what is wanted, change it to something else, and remove it.
    model.things = {"a": 1, "b": 7}
    done, changed, removed = convergence.write()
    assert (done.sent, done.changed, done.error, done.after) == ([], False, None, Sight(True, 1))
    assert (changed.sent, changed.error, repeated) == (["change"], None, [7])
    # What is gone is not bought because a change of it was planned.
    assert (removed.sent, removed.changed) == ([], False)
    assert removed.error is not None
    assert "requires a purchase" in removed.error.message
    assert model.things == {"a": 1, "b": 1}


@pytest.mark.parametrize(
    ("meanwhile", "error", "calls"),
    [({"a": 1}, None, 1), ({"a": 5}, "no", 1), ({"a": 7}, "no", 1)],
)
def test_a_refusal_of_what_somebody_else_has_just_done_is_no_failure(
    meanwhile: dict[str, int], error: str | None, calls: int
) -> None:
    class Fresh(Model):
        def plan(self, current: Sight, desired: Desired) -> list[Action]:
            return [dataclasses.replace(each, fresh=True) for each in super().plan(current, desired)]

        def apply(self, actions: t.Sequence[Action]) -> list[WebsecError | None]:
            self.things = dict(meanwhile)
            return super().apply(actions)

    model = Fresh({"a": 5}, faults=["refused"])
    outcome = single(model, Desired("a", 1))
    assert (outcome.error and outcome.error.message, outcome.changed, len(model.calls)) == (error, False, calls)


@pytest.mark.parametrize("batch_size", [1, 2])
def test_writes_with_one_key_that_never_show_an_effect_are_sent_once_each(batch_size: int) -> None:
    class Stubborn(Model):
        def plan(self, current: Sight, desired: Desired) -> list[Action]:
            return [dataclasses.replace(each, fresh=True) for each in super().plan(current, desired) * 2]

        def apply(self, actions: t.Sequence[Action]) -> list[WebsecError | None]:
            self.calls.append([(action.method, "a") for action in actions])
            if len(self.calls) > 10:
                raise RejectedError("That is enough.")
            return [None] * len(actions)

    model = Stubborn({"a": 5})
    outcome = single(model, Desired("a", 1), batch_size=batch_size)
    assert (outcome.sent, len(model.calls)) == (["change", "change"], 2)
    assert outcome.error is not None
    assert outcome.error.kind == "outcome_unknown"


def test_somebody_who_never_stops_changing_an_item_makes_it_a_failure_and_not_a_loop() -> None:
    class Flapping(Model):
        def plan(self, current: Sight, desired: Desired) -> list[Action]:
            self.plans = getattr(self, "plans", 0) + 1
            return [Action(f"buy {self.plans}", Effect.BUY, desired)]

    model = Flapping({})
    outcome = single(model, Desired("a"))
    assert (outcome.sent, outcome.changed) == ([], False)
    assert outcome.error is not None
    assert outcome.error.kind == "rejected"
    assert model.calls == []


def test_a_change_that_only_shows_as_needed_after_a_write_follows_in_the_same_run() -> None:
    class Defaulting(Model):
        """Gives new items the value 7, whatever was requested."""

        def _happen(self, actions: t.Sequence[Action]) -> None:
            super()._happen(actions)
            for action in actions:
                if action.method == "buy":
                    self.things[action.item.name] = 7

    outcome = single(Defaulting({}), Desired("a", 1))
    assert (outcome.sent, outcome.error, outcome.after) == (["buy", "change"], None, Sight(True, 1))


@pytest.mark.parametrize("batch_size", [1, 2])
def test_a_resource_that_forgets_an_answer_is_a_mistake_and_not_a_loop(batch_size: int) -> None:
    class Forgetful(Model):
        def apply(self, actions: t.Sequence[Action]) -> list[WebsecError | None]:
            return super().apply(actions)[1:]

    outcomes = converge(Forgetful({}), [Desired("a"), Desired("b")], batch_size=batch_size)
    assert [(outcome.error and outcome.error.kind, outcome.changed) for outcome in outcomes] == [("bug", True)] * 2


# ---- limits


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("limits", "allowed"),
    [
        (Limits(), True),
        (Limits(orders=2, removals=1), True),
        (Limits(orders=1), False),
        (Limits(removals=0), False),
        (Limits(orders=1, removals=0), False),
    ],
)
def test_above_a_limit_nothing_at_all_is_sent(limits: Limits, allowed: bool, check_mode: bool) -> None:
    model = Model({"c": 2, "d": 1})
    desired = [Desired("a"), Desired("b"), Desired("c"), Desired("d", None)]
    if allowed:
        assert all(outcome.changed for outcome in converge(model, desired, limits=limits, check_mode=check_mode))
        return
    with pytest.raises(LimitError, match="Nothing was sent"):
        converge(model, desired, limits=limits, check_mode=check_mode)
    assert model.calls == []
    assert model.things == {"c": 2, "d": 1}


def test_nothing_is_bought_that_was_not_planned_and_counted() -> None:
    class Growing(Model):
        """After the first observation it also needs a purchase."""

        def plan(self, current: Sight, desired: Desired) -> list[Action]:
            needed = super().plan(current, desired)
            return [*needed, self._action("buy", desired)] if needed and sum(self.observed.values()) > 1 else needed

    model = Growing({"a": 2}, faults=["lost request"])
    outcome = single(model, Desired("a"))
    assert outcome.error is not None
    assert "a purchase which this run did not plan" in outcome.error.message
    assert model.effects["buy", "a"] == 0


# ---- the progress


@pytest.mark.parametrize("check_mode", [False, True])
def test_an_item_without_a_difference_is_counted_once_it_is_read(check_mode: bool) -> None:
    model = Model({"a": 1, "b": 2, "c": 1}, unseen=["c"])
    read_when_counted = []

    class Context(RunContext):
        def done(self, *, waiting: bool = False, failed: bool = False) -> None:
            assert not waiting
            read_when_counted.append((sum(model.observed.values()), failed))

    desired = [Desired("a"), Desired("c"), Desired("b")]
    converge(model, desired, context=Context(), check_mode=check_mode)
    # The last one, which differs, is written and read once more before it is counted.
    assert read_when_counted == [(1, False), (2, True), (3 if check_mode else 4, False)]


# ---- what is returned


def test_an_outcome_that_cannot_be_described_keeps_what_was_done_and_costs_no_other() -> None:
    outcomes = converge(Model({}), [Desired("a"), Desired("b")])

    def build(outcome: Done) -> tuple[str, list[str], str | None]:
        if outcome.desired.name == "a" and outcome.after is not None:
            raise UnicodeDecodeError("utf-8", b"", 0, 1, "")
        return outcome.desired.name, outcome.sent, outcome.error and outcome.error.kind

    assert results_of(outcomes, build) == [("a", ["buy"], "bug"), ("b", ["buy"], None)]
    assert all(outcome.changed for outcome in outcomes)


# ---- in two steps


def test_nothing_is_written_between_the_plan_and_the_write() -> None:
    model = Model({"b": 2, "c": 1})
    convergence = Convergence(model, [Desired("a"), Desired("b"), Desired("c", None)], check_mode=False)
    convergence.plan()
    assert model.calls == []
    assert (model.things, dict(model.observed)) == ({"b": 2, "c": 1}, {"a": 1, "b": 1, "c": 1})
    outcomes = convergence.write()
    assert [outcome.sent for outcome in outcomes] == [["buy"], ["change"], ["end"]]
    assert model.things == {"a": 1, "b": 1}


def test_what_changed_since_the_plan_is_not_bought_again() -> None:
    model = Model({})
    convergence = Convergence(model, [Desired("a")], check_mode=False)
    convergence.plan()
    model.things["a"] = 1
    (outcome,) = convergence.write()
    assert (outcome.sent, outcome.error, model.calls) == ([], None, [])


def test_a_plan_above_a_limit_is_refused_when_it_is_made() -> None:
    model = Model({})
    convergence = Convergence(model, [Desired("a"), Desired("b")], check_mode=False, limits=Limits(orders=1))
    with pytest.raises(LimitError, match="max_orders allows 1"):
        convergence.plan()
    assert model.calls == []


def test_in_check_mode_both_steps_write_nothing() -> None:
    model = Model({})
    convergence = Convergence(model, [Desired("a")], check_mode=True)
    convergence.plan()
    (outcome,) = convergence.write()
    assert (outcome.sent, outcome.changed, model.calls) == (["buy"], True, [])
