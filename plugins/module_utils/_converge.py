# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""observe -> plan -> apply -> verify, for one item or for thousands. Knows no vendor.

It gives check mode (stop after the plan), concurrency, batches, an end at the deadline of a pass or when somebody stops
it (between two calls; the rest is left for the next pass), and the handling of a lost answer: after a write whose
answer did not arrive the item is observed again. The write is a success when the observation shows it. Where it shows
that nothing happened, a ``CHANGE`` or ``DESTROY`` is sent once more, a ``BUY`` never. What stays open then ends with
``outcome_unknown``. Every ``BUY`` is also preceded by one more observation, right before it is sent.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import queue
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._course import Course, LeftError
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    OutcomeUnknownError,
    WebsecError,
)

D = t.TypeVar("D")
C = t.TypeVar("C")
T = t.TypeVar("T")
D_contra = t.TypeVar("D_contra", contravariant=True)


@dataclasses.dataclass(frozen=True)
class Action:
    """One write that a plan asks for.

    :param method: name of the call in the vendor's words; actions of the same method may share a batch.
    :param item: what the call needs, for the resource that made it.
    :param shown_by: tells from an observation whether the write had its effect; needed where the plan may leave a
        property alone because it was not told. Without it the write is shown by a plan that no longer asks for it.
    """

    method: str
    effect: Effect
    item: t.Any
    batchable: bool = False
    shown_by: t.Callable[[t.Any], bool] | None = dataclasses.field(default=None, compare=False, repr=False)


class Resource(t.Protocol[D_contra, C]):
    """What one kind of thing has to know: ``D_contra`` is the desired state of an item, ``C`` what was observed."""

    def observe(self, desired: D_contra) -> C:
        """Read the present state; reads only."""

    def plan(self, current: C, desired: D_contra) -> list[Action]:
        """The writes that lead from ``current`` to ``desired``, in order. Pure. May refuse with a ``WebsecError``."""

    def apply(self, actions: t.Sequence[Action]) -> t.Sequence[WebsecError | None]:
        """Send one call for all ``actions`` (one, or a batch of one method): for each its refusal, or ``None``.

        A ``WebsecError`` that is raised stands for the whole call.
        """


@dataclasses.dataclass
class Outcome(t.Generic[D, C]):
    """What became of one item."""

    desired: D
    before: C | None = None
    after: C | None = None
    planned: list[Action] = dataclasses.field(default_factory=list)
    sent: list[str] = dataclasses.field(default_factory=list)
    changed: bool = False
    error: WebsecError | None = None
    unsettled: bool = False
    """Every write was accepted, and yet the plan still asks for one: the API does not read back what it took."""
    left: bool = False
    """The time was over, or somebody stopped the task, before this item was done. What ``sent`` names was done; what
    was observed is from before."""


def run(
    resource: Resource[D, C],
    items: t.Sequence[D],
    *,
    check_mode: bool,
    concurrency: int = 1,
    batch_size: int = 1,
    course: Course | None = None,
    waits: t.Callable[[C], bool] = lambda _seen: False,
) -> list[Outcome[D, C]]:
    """Bring every item to its desired state as far as possible.

    :param concurrency: calls under way at the same time.
    :param batch_size: actions of one method that share one call, at the most.
    :param course: of the task: it is asked right before each call, and told of each item that is done.
    :param waits: whether an item that was seen so is on its way, for the progress.
    :returns: one outcome an item, in the order of ``items``. In check mode ``sent`` holds what would be sent.
    """
    for name, value in (("concurrency", concurrency), ("batch_size", batch_size)):
        if value < 1:
            raise BadInputError(f"{name} is {value}; it must be 1 or greater.")
    with concurrent.futures.ThreadPoolExecutor(max_workers=concurrency) as pool:
        return _Run(resource, pool, batch_size, course or Course(), waits).run(items, check_mode)


class _Run(t.Generic[D, C]):
    def __init__(
        self,
        resource: Resource[D, C],
        pool: concurrent.futures.Executor,
        batch_size: int,
        course: Course,
        waits: t.Callable[[C], bool],
    ) -> None:
        self._resource = resource
        self._pool = pool
        self._batch_size = batch_size
        self._course = course
        self._waits = waits
        self._finished: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()

    def run(self, items: t.Sequence[D], check_mode: bool) -> list[Outcome[D, C]]:
        outcomes: list[Outcome[D, C]] = [Outcome(desired) for desired in items]
        if check_mode or self._batch_size == 1:
            self._one_by_one(outcomes, check_mode)
        else:
            self._in_steps(outcomes)
        return outcomes

    def _one_by_one(self, outcomes: t.Sequence[Outcome[D, C]], check_mode: bool) -> None:
        """Each item is written to as soon as it was observed, so that a slow one holds nobody up.

        The pool takes what is due in its order: all items are observed first, and then written to. The last look at
        them comes when all is written: items that share what they read (an account) then share one answer.
        """
        for outcome in outcomes:
            self._submit(outcome, lambda outcome: self._begin(outcome, check_mode))
        self._wait_for(len(outcomes))
        changed = [] if check_mode else [outcome for outcome in outcomes if outcome.changed]
        for outcome in changed:
            self._submit(outcome, self._last_look)
        self._wait_for(len(changed))

    def _wait_for(self, items: int) -> None:
        for _item in range(items):
            mistake = self._finished.get()
            if mistake is not None:
                self._course.stop("a mistake of this collection")
                raise mistake

    def _submit(self, outcome: Outcome[D, C], step: t.Callable[[Outcome[D, C]], None]) -> None:
        def guarded() -> None:
            try:
                step(outcome)
            except BaseException as mistake:
                self._finished.put(mistake)

        self._pool.submit(guarded)

    def _begin(self, outcome: Outcome[D, C], check_mode: bool) -> None:
        self._observe(outcome)
        if check_mode:
            outcome.sent = [action.method for action in outcome.planned]
            outcome.changed = bool(outcome.sent)
            self._count(outcome)
            self._finished.put(None)
        else:
            self._go_on(outcome, 0)

    def _go_on(self, outcome: Outcome[D, C], step: int) -> None:
        if outcome.error is None and step < len(outcome.planned):
            self._submit(outcome, lambda outcome: self._step(outcome, step))
        else:
            if not outcome.changed:
                self._count(outcome)
            self._finished.put(None)

    def _step(self, outcome: Outcome[D, C], step: int) -> None:
        self._send([(outcome, outcome.planned[step])])
        self._go_on(outcome, step + 1)

    def _last_look(self, outcome: Outcome[D, C]) -> None:
        self._verify(outcome)
        self._count(outcome)
        self._finished.put(None)

    def _in_steps(self, outcomes: t.Sequence[Outcome[D, C]]) -> None:
        """All items together, one step after the other, so that the writes of a step can share calls."""
        _drain(self._pool.map(self._observe_in_steps, outcomes))
        for step in range(max((len(outcome.planned) for outcome in outcomes), default=0)):
            due = [outcome for outcome in outcomes if outcome.error is None and step < len(outcome.planned)]
            calls = _batches([(outcome, outcome.planned[step]) for outcome in due], self._batch_size)
            _drain(self._pool.map(self._send, calls))
        _drain(self._pool.map(self._end_in_steps, [outcome for outcome in outcomes if outcome.planned]))

    def _observe_in_steps(self, outcome: Outcome[D, C]) -> None:
        self._observe(outcome)
        if not outcome.planned:
            self._count(outcome)

    def _end_in_steps(self, outcome: Outcome[D, C]) -> None:
        if outcome.changed:
            self._verify(outcome)
        self._count(outcome)

    def _count(self, outcome: Outcome[D, C]) -> None:
        if isinstance(outcome.error, LeftError):
            outcome.left, outcome.error = True, None
        seen = outcome.after
        waiting = outcome.error is None and not outcome.left and seen is not None and self._waits(seen)
        self._course.done(waiting=waiting, failed=outcome.error is not None)

    def _look(self, outcome: Outcome[D, C]) -> C:
        self._course.check()
        return self._resource.observe(outcome.desired)

    def _observe(self, outcome: Outcome[D, C]) -> None:
        try:
            outcome.before = outcome.after = self._look(outcome)
            outcome.planned = self._resource.plan(outcome.before, outcome.desired)
        except WebsecError as error:
            outcome.error = error

    def _send(self, planned: list[tuple[Outcome[D, C], Action]]) -> None:
        call = [(outcome, action) for outcome, action in planned if self._still_due(outcome, action)]
        if not call:
            return
        for outcome, action in call:
            outcome.sent.append(action.method)
        try:
            self._course.check()
            refusals = self._resource.apply([action for _outcome, action in call])
        except LeftError as error:
            for outcome, _action in call:
                outcome.sent.pop()
                outcome.error = error
            return
        except WebsecError as error:
            for outcome, action in call:
                self._resolve(outcome, action, error)
            return
        for (outcome, action), refusal in zip(call, refusals):
            if refusal is None:
                outcome.changed = True
            else:
                self._resolve(outcome, action, refusal)

    def _still_due(self, outcome: Outcome[D, C], action: Action) -> bool:
        """Whether a purchase is needed still: looked at as late as possible, because somebody else may have made it
        since the item was observed, and a purchase cannot be taken back."""
        if action.effect is not Effect.BUY:
            return True
        try:
            outcome.after = self._look(outcome)
            return any(due.method == action.method for due in self._resource.plan(outcome.after, outcome.desired))
        except WebsecError as error:
            outcome.error = error
            return False

    def _resolve(self, outcome: Outcome[D, C], action: Action, error: WebsecError, *, again: bool = True) -> None:
        """A call ended with ``error``: find out what it did, and decide.

        :param again: it may be sent once more. Otherwise this was the second time, and the first one may have come
            through late.
        """
        if again and not error.may_have_happened:
            outcome.error = error
            return
        try:
            outcome.after = self._look(outcome)
            still_due = [a for a in self._resource.plan(outcome.after, outcome.desired) if a.method == action.method]
        except WebsecError as blind:
            outcome.error = _unknown(action, error, f"Looking at the state afterwards failed too: {blind.message}")
            return
        if not still_due and (action.shown_by is None or action.shown_by(outcome.after)):
            outcome.changed = True
        elif not still_due:
            outcome.error = _unknown(action, error, "The state afterwards does not tell.")
        elif action.effect is Effect.BUY or not again:
            outcome.error = (
                _unknown(action, error, "The state afterwards does not show it yet.")
                if error.may_have_happened
                else error
            )
        else:
            self._send_again(outcome, still_due[0])

    def _send_again(self, outcome: Outcome[D, C], action: Action) -> None:
        outcome.sent.append(action.method)
        try:
            self._course.check()
            (refusal,) = self._resource.apply([action])
        except LeftError as error:
            outcome.sent.pop()
            outcome.error = error
            return
        except WebsecError as error:
            refusal = error
        if refusal is None:
            outcome.changed = True
        else:
            self._resolve(outcome, action, refusal, again=False)

    def _verify(self, outcome: Outcome[D, C]) -> None:
        try:
            outcome.after = self._look(outcome)
            if outcome.error is None:
                outcome.unsettled = bool(self._resource.plan(outcome.after, outcome.desired))
        except WebsecError as error:
            outcome.error = outcome.error or error


def _unknown(action: Action, error: WebsecError, seen: str) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        f"{action.method} was sent, and it is not known whether it had its effect. {error.message} {seen}",
        hint="Nothing was sent again. Run the pass again in some minutes: it looks at the present state first. "
        "If this stays, look the site up in the vendor's dashboard before you order anything by hand."
        if action.effect is Effect.BUY
        else "Run the pass again: it looks at the present state first.",
        code=error.code,
        http_status=error.http_status,
        may_have_happened=True,
    )


def _batches(due: list[tuple[T, Action]], size: int) -> list[list[tuple[T, Action]]]:
    """Put batchable actions of one method together, at most ``size`` in a call, in the order of the items."""
    calls: list[list[tuple[T, Action]]] = []
    open_calls: dict[str, list[tuple[T, Action]]] = {}
    for entry in due:
        action = entry[1]
        call = open_calls.get(action.method) if action.batchable else None
        if call is None or len(call) >= size:
            call = []
            calls.append(call)
            if action.batchable:
                open_calls[action.method] = call
        call.append(entry)
    return calls


def _drain(results: t.Iterable[None]) -> None:
    """Wait for all results of a pool; an exception that is not a ``WebsecError`` is a bug and goes up."""
    for _result in results:
        pass
