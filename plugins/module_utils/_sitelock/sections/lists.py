# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of a site of which an entry says C(exact), C(present) or C(absent)."""

from __future__ import annotations

import collections
import dataclasses
import functools
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import MAX_SHOWN, Given
from ansible_collections.hosting.websec.plugins.module_utils._texts import joined, listed, shortened

T = t.TypeVar("T", bound=t.Hashable)
MODES = ("exact", "present", "absent")


def itself(element: t.Hashable) -> t.Hashable:
    """The place of an element in a list that can hold any two elements."""
    return element


@dataclasses.dataclass(frozen=True)
class DesiredList(t.Generic[T]):
    """:param exact: the whole list; C(None): only ``present`` and ``absent`` count.
    :param where: the list, for messages.
    """

    where: str
    exact: tuple[T, ...] | None = None
    present: tuple[T, ...] = ()
    absent: tuple[T, ...] = ()

    @property
    def wanted(self) -> tuple[T, ...]:
        """What must be there."""
        return self.present if self.exact is None else self.exact

    @property
    def named(self) -> tuple[T, ...]:
        """All elements that the entry names."""
        return (*self.wanted, *self.absent)


class JoinedList(dict[str, t.Any]):
    """The lists of several policies, in place of the one list of an entry.

    :param steps: one after another. Each is applied to what the earlier ones made.
    """

    def __init__(self, steps: t.Sequence[t.Mapping[str, t.Any]]) -> None:
        super().__init__(steps[-1])
        self.steps = steps


def steps_of(value: t.Mapping[str, t.Any]) -> t.Sequence[t.Mapping[str, t.Any]]:
    """The lists in ``value``: those of a ``JoinedList``, or the only one."""
    return value.steps if isinstance(value, JoinedList) else [value]


def parse_list(
    given: Given,
    read: t.Callable[[Given, str], t.Iterable[T]],
    *,
    place: t.Callable[[T], t.Hashable] = itself,
    covers: t.Callable[[T, T], bool] | None = None,
    modes: t.Sequence[str] = MODES,
) -> DesiredList[T]:
    """The list in ``given``. An element that is listed twice is listed once.

    :param read: the elements at one of the keys C(exact), C(present), C(absent).
    :param place: where in the list an element stands. No two can stand at one place.
    :param covers: whether the first one, at C(absent), means the second one. By default it means what stands at its
        place.
    :raises BadInputError: C(exact) is given with another one, two elements have one place, or an element must be there
        and must not.
    """
    known = _Known(place, covers)
    steps = (_parse_step(given.entry(step, ""), read, known, modes) for step in steps_of(given.values))
    return functools.reduce(known.applied, steps)


@dataclasses.dataclass(frozen=True)
class _Known(t.Generic[T]):
    """What is known of the elements of a list; see ``parse_list``."""

    place: t.Callable[[T], t.Hashable]
    covers: t.Callable[[T, T], bool] | None

    def named(self, elements: t.Iterable[T], gone: t.Collection[T]) -> set[T]:
        """Those of ``elements`` that ``gone``, at C(absent), means."""
        if self.covers is not None:
            return {each for each in elements if any(self.covers(one, each) for one in gone)}
        places = set(map(self.place, gone))
        return {each for each in elements if self.place(each) in places}

    def applied(self, earlier: DesiredList[T], later: DesiredList[T]) -> DesiredList[T]:
        """Both as one list: ``later`` is applied to what ``earlier`` made."""
        if later.exact is not None:
            return later
        gone = self.named(earlier.wanted, later.absent)
        taken = set(map(self.place, later.present))
        wanted = (
            *(each for each in earlier.wanted if each not in gone and self.place(each) not in taken),
            *later.present,
        )
        if earlier.exact is not None:
            return dataclasses.replace(earlier, exact=wanted)
        absent = [
            each
            for each in earlier.absent
            if not (self.place(each) in taken if self.covers is None else self.named(later.present, [each]))
        ]
        return dataclasses.replace(earlier, present=wanted, absent=tuple(dict.fromkeys([*absent, *later.absent])))


def _parse_step(
    given: Given,
    read: t.Callable[[Given, str], t.Iterable[T]],
    known: _Known[T],
    modes: t.Sequence[str],
) -> DesiredList[T]:
    given.only(*modes)
    found: dict[str, tuple[T, ...]] = {}
    for name in modes:
        if given.has(name):
            with given.problems.of():
                found[name] = tuple(dict.fromkeys(read(given, name)))
    if "exact" in found and len(found) > 1:
        raise BadInputError(
            f"{given.at('exact')} is given together with {joined(name for name in found if name != 'exact')}.",
            hint="exact is the whole list. Give it alone, or give present and absent.",
        )
    for name, elements in found.items():
        counted = collections.Counter(map(known.place, elements))
        _refuse(given.at(name), (place for place, count in counted.items() if count > 1), "is listed twice", "once")
    desired = DesiredList(given.at(""), found.get("exact"), found.get("present", ()), found.get("absent", ()))
    both = known.named(desired.present, desired.absent)
    _refuse(given.at("present"), both if known.covers else map(known.place, both), "is also in absent", "in one")
    return desired


def _refuse(where: str, elements: t.Iterable[t.Hashable], problem: str, how: str) -> None:
    texts = sorted({shortened(shown(each), MAX_SHOWN) for each in elements})
    if texts:
        raise BadInputError(f"{where}: {listed(texts)} {problem}.", hint=f"List it {how}.")


def dumped_list(elements: t.Iterable[T], dumped: t.Callable[[T], t.Any]) -> dict[str, list[t.Any]]:
    """A list of a site in the form of an entry that changes nothing at this site.

    :param dumped: an element in the form of an entry; C(None): an entry cannot name it.
    """
    forms = [dumped(each) for each in dict.fromkeys(elements)]
    # As the whole list, it would remove what it cannot name.
    mode = "present" if None in forms else "exact"
    return {mode: [each for each in forms if each is not None]}


def additions(current: t.Collection[T], desired: DesiredList[T]) -> list[T]:
    """What is missing, in the order of the file."""
    there = set(current)
    return [each for each in desired.wanted if each not in there]


def removals(
    current: t.Iterable[T], desired: DesiredList[T], *, place: t.Callable[[T], t.Hashable] = itself
) -> list[T]:
    """What is there and must not be, in the order of the API: also what stands at the place of what must be there."""
    taken, wanted = {place(each) for each in desired.named}, set(desired.wanted)

    def surplus(element: T) -> bool:
        if element in wanted:
            return False
        return desired.exact is not None or place(element) in taken

    return [each for each in current if surplus(each)]


def shown(element: t.Hashable) -> str:
    """An element, for messages."""
    return " ".join(str(each) for each in element if each is not None) if isinstance(element, tuple) else str(element)
