# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Items with a state, for ``_converge``: they can be bought, set and ended, and their calls can fail."""

from __future__ import annotations

import collections
import dataclasses
import threading
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._converge import Action
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadResponseError,
    RejectedError,
    TimedOutError,
    UnavailableError,
    WebsecError,
)

EFFECTS = {"buy": Effect.BUY, "change": Effect.CHANGE, "end": Effect.DESTROY}


@dataclasses.dataclass(frozen=True)
class Desired:
    """The desired value of an item; C(None): it should be absent."""

    name: str
    value: int | None = 1


@dataclasses.dataclass(frozen=True)
class Sight:
    """An observation of an item. C(told) is false if it exists, but its value is unknown."""

    there: bool
    value: int | None = None
    told: bool = True


# Faults of a call: its response, and whether it has its effect on the items in it.
FAULTS: dict[str, tuple[t.Callable[[], WebsecError] | None, bool]] = {
    "fine": (None, True),
    "lost request": (lambda: TimedOutError("no answer", may_have_happened=True), False),
    "lost answer": (lambda: TimedOutError("no answer", may_have_happened=True), True),
    "not sent": (lambda: UnavailableError("refused connection"), False),
    "refused": (lambda: RejectedError("no"), False),
}
# The same for one item in the response to a call.
ITEM_FAULTS: dict[str, tuple[t.Callable[[], WebsecError] | None, bool]] = {
    "fine": (None, True),
    "refused": (lambda: RejectedError("not this one"), False),
    "unclear, without effect": (lambda: BadResponseError("not in the answer", may_have_happened=True), False),
    "unclear, with effect": (lambda: BadResponseError("not in the answer", may_have_happened=True), True),
}


class Model:
    """The items, and the calls for them.

    :param faults: of the write calls, in order; later calls are fine.
    :param item_faults: the same for each item of an answered call.
    :param looks: results of the observations: C(fine), C(fails), or C(untold), in order. With several items the order
        is not fixed, unless they share calls.
    :param unseen: names of items that cannot be observed.
    """

    def __init__(
        self,
        things: t.Mapping[str, int],
        *,
        faults: t.Iterable[str] = (),
        item_faults: t.Iterable[str] = (),
        looks: t.Iterable[str] = (),
        unseen: t.Collection[str] = (),
    ) -> None:
        self.things = dict(things)
        self.calls: list[list[tuple[str, str]]] = []
        self.effects: collections.Counter[tuple[str, str]] = collections.Counter()
        self.observed: collections.Counter[str] = collections.Counter()
        self._faults = collections.deque(faults)
        self._item_faults = collections.deque(item_faults)
        self._looks = collections.deque(looks)
        self._unseen = unseen
        self._lock = threading.Lock()

    def observe(self, desired: Desired) -> Sight:
        with self._lock:
            self.observed[desired.name] += 1
            look = self._looks.popleft() if self._looks else "fine"
            if look == "fails" or desired.name in self._unseen:
                raise UnavailableError("cannot look", may_have_happened=True)
            value = self.things.get(desired.name)
            return Sight(value is not None, None if look == "untold" else value, told=look != "untold")

    def plan(self, current: Sight, desired: Desired) -> list[Action]:
        if desired.value is None:
            return [self._action("end", desired)] if current.there else []
        if not current.there:
            return [self._action("buy", desired)]
        return [self._action("change", desired)] if current.told and current.value != desired.value else []

    def apply(self, actions: t.Sequence[Action]) -> list[WebsecError | None]:
        with self._lock:
            self.calls.append([(action.method, action.item.name) for action in actions])
            error, happens = FAULTS[self._faults.popleft() if self._faults else "fine"]
            if error is not None:
                if happens:
                    self._happen(actions)
                raise error()
            return [self._item(action) for action in actions]

    def _item(self, action: Action) -> WebsecError | None:
        error, happens = ITEM_FAULTS[self._item_faults.popleft() if self._item_faults else "fine"]
        if happens:
            self._happen([action])
        return error() if error else None

    def _happen(self, actions: t.Sequence[Action]) -> None:
        for action in actions:
            wanted: Desired = action.item
            self.effects[action.method, wanted.name] += 1
            if wanted.value is None:
                self.things.pop(wanted.name, None)
            else:
                self.things[wanted.name] = wanted.value

    @staticmethod
    def _action(method: str, desired: Desired) -> Action:
        return Action(
            method,
            EFFECTS[method],
            desired,
            batchable=True,
            shown_by=lambda seen: seen.there == (desired.value is not None) and (not seen.there or seen.told),
        )
