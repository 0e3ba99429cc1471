# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""observe -> plan -> apply -> verify, for one item or for thousands. Knows no vendor.

It implements check mode (stop after the plan), limits, concurrency, batches, an end at the deadline of a pass or on a
signal (between two calls; the rest is deferred to the next pass), and the handling of a lost response: after a write
without a response the item is observed again. If the observation shows the effect of the write, it succeeded. If it
shows that nothing happened, a ``CHANGE`` or ``DESTROY`` is sent once more, a ``BUY`` or ``ACTION`` never. Anything else
ends with ``outcome_unknown``. Every ``BUY`` is also preceded by one more observation, right before it is sent.

After every observation between two writes, the rest is planned again. An item succeeds only if its plan is empty at the
end. An unexpected exception is the error of the item that met it.
"""

from __future__ import annotations

import collections
import concurrent.futures
import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._bugs import bug, unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._effects import SENT_ONCE, Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    BugError,
    OutcomeUnknownError,
    RejectedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._limits import Limits
from ansible_collections.hosting.websec.plugins.module_utils._next_pass import APPROVAL
from ansible_collections.hosting.websec.plugins.module_utils._run_context import (
    DeferredError,
    NotApprovedError,
    RunContext,
)
from ansible_collections.hosting.websec.plugins.module_utils._texts import joined

D = t.TypeVar("D")
C = t.TypeVar("C")
T = t.TypeVar("T")
D_contra = t.TypeVar("D_contra", contravariant=True)


@dataclasses.dataclass(frozen=True)
class Action:
    """One write of a plan.

    :param method: the vendor's name of the call; actions of the same method may share a batch.
    :param item: the input of the call, for the resource that made the action.
    :param subject: tells apart the actions of one method in the plan of one item.
    :param fresh: its input repeats what was observed. It is planned once more right before it is sent: what another
        writer has changed since then must not be changed back.
    :param counts: it counts towards the limits. An end that began in an earlier run counted then.
    :param shown_by: whether an observation shows the effect of the write; required if the plan may ignore a property
        that the response omits. Without it, a plan that no longer contains the write shows its effect.
    """

    method: str
    effect: Effect
    item: t.Any
    batchable: bool = False
    counts: bool = True
    shown_by: t.Callable[[t.Any], bool] | None = dataclasses.field(default=None, compare=False, repr=False)
    subject: str = ""
    fresh: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What an action of a later plan has in common with this one, if it is the same write."""
        return self.method, self.subject


class Resource(t.Protocol[D_contra, C]):
    """One kind of item: ``D_contra`` is the desired state of an item, ``C`` the observed one."""

    def observe(self, desired: D_contra) -> C:
        """Read the current state; sends only reads."""

    def plan(self, current: C, desired: D_contra) -> list[Action]:
        """The writes from ``current`` to ``desired``, in order. Pure. May refuse with a ``WebsecError``."""

    def apply(self, actions: t.Sequence[Action]) -> t.Sequence[WebsecError | None]:
        """Send one call for all ``actions`` (one, or a batch of one method); return for each its refusal, or ``None``.

        A raised ``WebsecError`` applies to the whole call.
        """


@dataclasses.dataclass
class Outcome(t.Generic[D, C]):
    """The outcome of one item."""

    desired: D
    before: C | None = None
    after: C | None = None
    planned: list[Action] = dataclasses.field(default_factory=list)
    """From the first observation."""
    actions: list[Action] = dataclasses.field(default_factory=list)
    """The sent writes, in order; in check mode those that would be sent."""
    accepted: list[Action] = dataclasses.field(default_factory=list)
    """Those of them that the API accepted, or whose effect was seen."""
    changed: bool = False
    error: WebsecError | None = None
    unsettled: bool = False
    """Every write was accepted, but the plan still contains one: the observed state differs from the accepted one."""
    unread: bool = False
    """It was written, and could not be read again: ``after`` is from before the last write."""
    deferred: bool = False
    """The deadline passed, or the task was stopped, before this item was completed. The writes in ``sent`` were done;
    the observation is from before."""
    deferred_cause: WebsecError | None = None
    """The reason for all items why this one was not reached."""

    @property
    def sent(self) -> list[str]:
        """The methods of ``actions``."""
        return [action.method for action in self.actions]


@dataclasses.dataclass
class _Item(t.Generic[D, C]):
    """An unfinished outcome. ``due`` are the writes that are still to be sent."""

    outcome: Outcome[D, C]
    due: list[Action] = dataclasses.field(default_factory=list)
    lost: set[tuple[str, str]] = dataclasses.field(default_factory=set)
    """Writes that were sent without a clear response, and are sent once more."""
    plans: int = 0

    def end(self, error: WebsecError) -> None:
        self.due = []
        self.outcome.error = error


def results_of(outcomes: t.Iterable[Outcome[D, C]], build: t.Callable[[Outcome[D, C]], T]) -> list[T]:
    """Build the result of each outcome.

    After an unexpected exception, the error of the outcome is a bug in this collection, and its observations are
    dropped.
    The completed writes stay in its result, and all other results are unaffected.
    """

    def result(outcome: Outcome[D, C]) -> T:
        try:
            return build(outcome)
        except Exception as mistake:
            outcome.before = outcome.after = None
            outcome.error = bug(mistake)
            return build(outcome)

    return [result(outcome) for outcome in outcomes]


MOST_PLANS = 5
"""How often an item is planned again while another writer changes it."""


Approve = t.Callable[[D, t.Optional[C], t.Sequence[Action]], t.Optional[WebsecError]]
"""Why the plan of an item, made from this observation, is not carried out. C(None): it is."""


class Convergence(t.Generic[D, C]):
    """Brings items to their desired state: ``plan`` observes all of them, ``write`` changes them."""

    def __init__(
        self,
        resource: Resource[D, C],
        items: t.Sequence[D],
        *,
        check_mode: bool,
        concurrency: int = 1,
        batch_size: int = 1,
        context: RunContext | None = None,
        waits: t.Callable[[C], bool] = lambda _seen: False,
        limits: Limits | None = None,
        name: t.Callable[[D], str] = str,
        summary: t.Callable[[t.Iterable[Action]], str] | None = None,
        approve: Approve[D, C] | None = None,
    ) -> None:
        """
        :param concurrency: parallel calls.
        :param batch_size: maximum number of actions of one method per call.
        :param context: of the task: checked right before each call, and informed of each completed item.
        :param waits: whether an item in this state waits, for the progress.
        :param limits: on all planned writes, checked before the first one.
        :param name: the name of an item in messages.
        :param summary: one line about writes; shown for all planned ones, before the first one.
        :param approve: may refuse the plan of an item. Nothing else than what it allowed is sent then.
        """
        for option, value in (("concurrency", concurrency), ("batch_size", batch_size)):
            if value < 1:
                raise BadInputError(f"{option} is {value}; it must be 1 or greater.")
        self._resource = resource
        self._items: list[_Item[D, C]] = [_Item(Outcome(each)) for each in items]
        self._check_mode = check_mode
        self._concurrency = concurrency
        self._batch_size = batch_size
        self._context = context or RunContext()
        self._waits = waits
        self._limits = limits or Limits()
        self._name = name
        self._summary = summary
        self._approve = approve

    @property
    def outcomes(self) -> list[Outcome[D, C]]:
        """The outcomes so far, in the order of the items."""
        return [item.outcome for item in self._items]

    def plan(self) -> None:
        """Observe all items and plan their writes.

        :raises LimitError: the plan of all items is above a limit; nothing is sent.
        """
        self._for_each(self._observe, self._items)
        due = [action for item in self._items for action in item.due]
        told = self._summary(due) if self._summary is not None and due else ""
        self._limits.refuse_more({self._name(item.outcome.desired): item.due for item in self._items if item.due}, told)
        if told:
            self._context.announce(f"{'Would send' if self._check_mode else 'Sending'}: {told}.")
        for item in self._items:
            if self._check_mode and item.due:
                item.outcome.actions, item.due = item.due, []
                item.outcome.changed = True
                self._count(item.outcome)

    def withdraw(self, why: t.Callable[[D], WebsecError | None]) -> None:
        """Send nothing for the items that ``why`` has an error for, whatever was planned for them."""
        for item in self._items:
            error = why(item.outcome.desired) if item.due or item.outcome.actions else None
            if error is not None:
                counted = not item.due
                item.outcome.actions, item.outcome.changed = [], False
                item.end(error)
                if not counted:
                    self._count(item.outcome)

    def write(self) -> list[Outcome[D, C]]:
        """Send the planned writes, and observe the items again; in check mode nothing is sent.

        :returns: one outcome per item, in their order. In check mode their ``actions`` are what would be sent.
        """
        written = under_way = [item for item in self._items if item.due]
        # A write can make another one necessary, such as pausing a new website.
        for _round in range(2):
            self._write(under_way)
            # Verify after all writes: items that share a read (an account) share one response.
            self._for_each(self._verify, [item for item in under_way if item.outcome.changed])
            under_way = [item for item in under_way if item.due]
        for item in written:
            self._settle(item)
            self._count(item.outcome)
        return self.outcomes

    def _for_each(self, step: t.Callable[[T], None], items: t.Sequence[T]) -> None:
        if not items:
            return
        with concurrent.futures.ThreadPoolExecutor(max_workers=min(self._concurrency, len(items))) as pool:
            for _done in pool.map(step, items):
                pass

    def _count(self, outcome: Outcome[D, C]) -> None:
        if isinstance(outcome.error, DeferredError):
            outcome.deferred = True
            outcome.deferred_cause = outcome.error.cause
            outcome.error = None
        seen = outcome.after
        waiting = outcome.error is None and not outcome.deferred and seen is not None and self._waits(seen)
        self._context.done(waiting=waiting, failed=outcome.error is not None)

    # Observing and planning

    def _look(self, outcome: Outcome[D, C]) -> C:
        self._context.check()
        with unexpected_as_bug():
            return self._resource.observe(outcome.desired)

    def _plan(self, outcome: Outcome[D, C], seen: C) -> list[Action]:
        with unexpected_as_bug():
            return self._resource.plan(seen, outcome.desired)

    def _observe(self, item: _Item[D, C]) -> None:
        outcome = item.outcome
        try:
            outcome.before = outcome.after = self._look(outcome)
            outcome.planned = self._plan(outcome, outcome.before)
            item.due = list(outcome.planned)
            refusal = self._approve(outcome.desired, outcome.before, item.due) if item.due and self._approve else None
            if refusal is not None:
                outcome.planned = []
                item.end(refusal)
        except WebsecError as error:
            item.end(error)
        # At once, so that the progress of thousands of reads is seen.
        if not item.due:
            self._count(outcome)

    def _replace(self, item: _Item[D, C], due: list[Action], again: t.Sequence[Action] = ()) -> None:
        """The item has changed since it was planned: from now on, ``due`` is its plan.

        :param again: writes that were sent without effect, and are sent once more.
        """
        item.plans += 1
        if due and item.plans > MOST_PLANS:
            return item.end(
                RejectedError(
                    f"Another writer is changing it at the same time: it was planned {MOST_PLANS} times, and had "
                    "changed each time before the write.",
                    hint="Run again. If the error persists, find out what else changes it.",
                )
            )
        if self._is_beyond(item, due):
            return item.end(_beyond(due))
        # An accepted write is not sent again because an observation does not show it yet.
        planned, sent = _purchases_and_ends(item.outcome.planned), _purchases_and_ends(item.outcome.actions)
        new = _purchases_and_ends(due) - (planned - sent + _purchases_and_ends(again))
        if new:
            return item.end(
                RejectedError(
                    f"The state read between two writes requires {' and '.join(new)} which this run did not plan or "
                    "has already sent. Nothing more was sent.",
                    hint="Run again in a few minutes: the next pass reads the current state first. If the error "
                    "persists, another writer may be changing it at the same time.",
                )
            )
        item.due = due
        return None

    def _is_beyond(self, item: _Item[D, C], due: t.Sequence[Action]) -> bool:
        """Whether something else than the approved writes would be sent."""
        return self._approve is not None and any(action not in item.outcome.planned for action in due)

    # Writing

    def _write(self, items: t.Sequence[_Item[D, C]]) -> None:
        if self._batch_size == 1:
            self._for_each(self._write_alone, items)
            return
        # All items step by step, so that the writes of a step can share calls.
        while due := [item for item in items if item.due]:
            self._for_each(self._send, list(_batches(due, self._batch_size)))

    def _write_alone(self, item: _Item[D, C]) -> None:
        while item.due:
            self._send([item])

    def _send(self, items: t.Sequence[_Item[D, C]]) -> None:
        """Send one call for the next write of all ``items``, which have the same method."""
        call = [item for item in items if self._is_still_due(item)]
        if not call:
            return
        actions = [item.due[0] for item in call]
        try:
            self._context.check()
            for item, action in zip(call, actions):
                item.outcome.actions.append(action)
            with unexpected_as_bug(may_have_happened=True):
                answers: t.Sequence[WebsecError | None] = self._resource.apply(actions)
                if len(answers) != len(actions):
                    raise ValueError
        except DeferredError as error:
            for item, action in zip(call, actions):
                if item.outcome.actions and item.outcome.actions[-1] is action:
                    item.outcome.actions.pop()
                item.end(error)
            return
        except WebsecError as error:
            answers = [error] * len(call)
        for item, action, refusal in zip(call, actions, answers):
            if refusal is None:
                item.outcome.changed = True
                item.outcome.accepted.append(action)
                item.due = item.due[1:]
                self._context.sent()
            else:
                self._resolve(item, action, refusal)

    def _is_still_due(self, item: _Item[D, C]) -> bool:
        """Whether the next write is still needed, if somebody else may have done it since the observation. Checked as
        late as possible. A purchase cannot be undone."""
        action = item.due[0]
        if action.effect is not Effect.BUY and not action.fresh:
            return True
        try:
            item.outcome.after = self._look(item.outcome)
            due = self._plan(item.outcome, item.outcome.after)
        except WebsecError as error:
            item.end(error)
            return False
        # Only one of several with this key: the others are still due, and a plan that grew would never end.
        now = [each for each in due if action.fresh and each.key == action.key][:1]
        if now and not self._is_beyond(item, now):
            item.due = [*now, *item.due[1:]]
            return True
        if due and due[0] == action:
            return True
        self._replace(item, due)
        return False

    def _resolve(self, item: _Item[D, C], action: Action, error: WebsecError) -> None:
        """A call ended with ``error``: find out its effect, and decide."""
        outcome = item.outcome
        again = action.key not in item.lost
        if again and not error.may_have_happened:
            # Otherwise this was the second attempt, and the first one may have arrived late.
            return self._end_refused(item, action, error)
        try:
            outcome.after = self._look(outcome)
            due = self._plan(outcome, outcome.after)
        except WebsecError as blind:
            return item.end(_unknown(action, error, f"Re-reading the state failed too: {blind.message}"))
        still_due = any(each.key == action.key for each in due)
        shown = not still_due and (action.shown_by is None or action.shown_by(outcome.after))
        if shown:
            outcome.changed = True
            outcome.accepted.append(action)
        if isinstance(error, BugError):
            return item.end(error)
        if shown:
            return self._replace(item, due)
        if not still_due:
            return item.end(_unknown(action, error, "Re-reading the state was inconclusive."))
        if action.effect in SENT_ONCE or not again:
            return item.end(
                _unknown(action, error, "The state does not show it yet.") if error.may_have_happened else error
            )
        item.lost.add(action.key)
        return self._replace(item, due, again=[action])

    def _end_refused(self, item: _Item[D, C], action: Action, error: WebsecError) -> None:
        """A call was refused: unless somebody else has just done the same, that is the end."""
        if action.fresh and not isinstance(error, BugError):
            try:
                seen = self._look(item.outcome)
                due = self._plan(item.outcome, seen)
            except WebsecError:
                return item.end(error)
            if not any(each.key == action.key for each in due):
                item.outcome.after = seen
                return self._replace(item, due)
        return item.end(error)

    # The end

    def _verify(self, item: _Item[D, C]) -> None:
        outcome = item.outcome
        try:
            outcome.after = self._look(outcome)
            due = self._plan(outcome, outcome.after) if outcome.error is None else []
        except WebsecError as error:
            outcome.unread = True
            outcome.error = outcome.error or error
            return
        outcome.unread = False
        if self._is_beyond(item, due):
            outcome.error = outcome.error or _beyond(due)
            return
        outcome.unsettled = bool(due)
        # The item may now need a change that was not sent yet. Nothing is bought or ended this late: an effect that
        # does not show yet may only be slow.
        sent = {action.key for action in outcome.actions}
        new = all(each.effect is Effect.CHANGE and each.key not in sent for each in due)
        item.due = due if new else []

    @staticmethod
    def _settle(item: _Item[D, C]) -> None:
        outcome = item.outcome
        if outcome.unsettled and outcome.error is None:
            outcome.error = OutcomeUnknownError(
                f"{', '.join(dict.fromkeys(outcome.sent))} was accepted, but the state still differs from the desired "
                "one.",
                hint="Run the pass again in a few minutes: it reads the current state first. If this happens in every "
                "pass, something else changes it back, or the API returns the value in another form: then please "
                "report it.",
                may_have_happened=True,
            )


def run(resource: Resource[D, C], items: t.Sequence[D], **options: t.Any) -> list[Outcome[D, C]]:
    """Bring every item to its desired state as far as possible.

    :param options: as ``Convergence`` takes them.
    :raises LimitError: the plan of all items is above a limit; nothing was sent.
    """
    convergence = Convergence(resource, items, **options)
    convergence.plan()
    return convergence.write()


def _purchases_and_ends(actions: t.Iterable[Action]) -> collections.Counter[str]:
    """The number of purchases and of ends in ``actions``."""
    names = {Effect.BUY: "a purchase", Effect.DESTROY: "a removal"}
    return collections.Counter(names[action.effect] for action in actions if action.effect in names)


def _beyond(due: t.Iterable[Action]) -> NotApprovedError:
    methods = joined(dict.fromkeys(action.method for action in due))
    return NotApprovedError(
        f"{APPROVAL} the state has changed since the first read of this run. {methods} would be needed now, and is not "
        "in the approved plan"
    )


def _unknown(action: Action, error: WebsecError, seen: str) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        f"{action.method} was sent, but its outcome is unknown. {error.message} {seen}",
        hint="Nothing was sent again. Run the pass again in a few minutes: it reads the current state first. If the "
        "error persists, check the site in the vendor's dashboard before you order anything by hand."
        if action.effect is Effect.BUY
        else "Run the pass again: it reads the current state first.",
        code=error.code,
        http_status=error.http_status,
        may_have_happened=True,
    )


def _batches(due: t.Sequence[_Item[D, C]], size: int) -> list[list[_Item[D, C]]]:
    """Group the next writes by method if they are batchable, at most ``size`` per call, in the order of the items."""
    calls: list[list[_Item[D, C]]] = []
    open_calls: dict[str, list[_Item[D, C]]] = {}
    for item in due:
        action = item.due[0]
        call = open_calls.get(action.method) if action.batchable else None
        if call is None or len(call) >= size:
            call = []
            calls.append(call)
            if action.batchable:
                open_calls[action.method] = call
        call.append(item)
    return calls
