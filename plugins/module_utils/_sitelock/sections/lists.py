# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of a site of which an entry says C(exact), C(present) or C(absent)."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given
from ansible_collections.hosting.websec.plugins.module_utils._texts import joined

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


def parse_list(
    given: Given,
    read: t.Callable[[Given, str], t.Iterable[T]],
    *,
    place: t.Callable[[T], t.Hashable] = itself,
    modes: t.Sequence[str] = MODES,
) -> DesiredList[T]:
    """The list in ``given``. An element that is listed twice is listed once.

    :param read: the elements at one of the keys C(exact), C(present), C(absent).
    :param place: where in the list an element stands. No two can stand at one place.
    :raises BadInputError: C(exact) is given with another one, two elements have one place, or an element must be there
        and must not.
    """
    given.only(*modes)
    found = {name: tuple(dict.fromkeys(read(given, name))) for name in modes if given.has(name)}
    if "exact" in found and len(found) > 1:
        raise BadInputError(
            f"{given.at('exact')} is given together with {joined(name for name in found if name != 'exact')}.",
            hint="exact is the whole list. Give it alone, or give present and absent.",
        )
    for name, elements in found.items():
        places = [place(each) for each in elements]
        twice = sorted({shown(each) for each in places if places.count(each) > 1})
        if twice:
            raise BadInputError(f"{given.at(name)}: {', '.join(twice)} is listed twice.", hint="List it once.")
    absent = set(map(place, found.get("absent", ())))
    both = sorted({shown(place(each)) for each in found.get("present", ()) if place(each) in absent})
    if both:
        raise BadInputError(f"{given.at('present')}: {', '.join(both)} is also in absent.", hint="List it in one.")
    return DesiredList(given.at(""), found.get("exact"), found.get("present", ()), found.get("absent", ()))


def refuse_common(given: Given, desired: DesiredList[T], covers: t.Callable[[T, T], bool]) -> None:
    """For lists where an element of C(absent) can mean several.

    :param covers: whether the first one, in C(absent), means the second one, in C(present).
    :raises BadInputError: an element must be there and must not.
    """
    both = [shown(each) for each in desired.present if any(covers(gone, each) for gone in desired.absent)]
    if both:
        raise BadInputError(f"{given.at('present')}: {', '.join(both)} is also in absent.", hint="List it in one.")


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
    return [each for each in desired.wanted if each not in current]


def removals(
    current: t.Iterable[T], desired: DesiredList[T], *, place: t.Callable[[T], t.Hashable] = itself
) -> list[T]:
    """What is there and must not be, in the order of the API: also what stands at the place of what must be there."""
    taken = {place(each) for each in desired.named}

    def surplus(element: T) -> bool:
        if element in desired.wanted:
            return False
        return desired.exact is not None or place(element) in taken

    return [each for each in current if surplus(each)]


def shown(element: t.Hashable) -> str:
    """An element, for messages."""
    return " ".join(str(each) for each in element if each is not None) if isinstance(element, tuple) else str(element)
