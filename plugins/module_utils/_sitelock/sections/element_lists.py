# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sections that are one list of a site: a getter, a method that adds, and one that removes.

The getter decides what is there. What adding and removing answer is not used: the vendor's pages contradict each other
about it.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._schemas import Schema
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import refuse_unread
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.lists import (
    DesiredList,
    additions,
    itself,
    parse_list,
    removals,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import Data, SectionReader
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import Plain, Write

T = t.TypeVar("T", bound=t.Hashable)


@dataclasses.dataclass(frozen=True)
class CurrentList(t.Generic[T]):
    """:param elements: in the order of the API. :param kept: those of the vendor, which nobody can remove or add."""

    elements: tuple[T, ...]
    kept: t.Callable[[T], bool] = lambda _element: False

    def without(self, gone: t.Collection[T]) -> CurrentList[T]:
        """The list without some elements."""
        places = set(gone)
        return dataclasses.replace(self, elements=tuple(each for each in self.elements if each not in places))


@dataclasses.dataclass(frozen=True)
class ElementListSection(Plain[DesiredList[T], CurrentList[T]], t.Generic[T]):
    """
    :param parse_elements: the elements at a key of an entry.
    :param holder: the element of an answer of ``getter`` that holds them. :param elements_of: those in the answer.
    :param added: parameters of ``adder`` for elements.
    :param removed: parameters of ``remover`` for elements.
    :param dumped: elements in the form of an entry.
    :param place: where in the list an element stands (see ``lists``).
    :param kept: whether an element is the vendor's. It may ask the API, once a run.
    :param too_much: what is wrong with a list for a site; empty: nothing. What is there already is not refused.
    :param check: refuses what the API does not know. It may ask the API, once a run.
    """

    name: str
    schema: Schema
    getter: Method
    adder: Method
    remover: Method
    parse_elements: t.Callable[[Given, str], t.Iterable[T]]
    holder: str
    elements_of: t.Callable[[Data], t.Iterable[T]]
    added: t.Callable[[t.Sequence[T]], Data]
    removed: t.Callable[[t.Sequence[T]], Data]
    dumped: t.Callable[[t.Sequence[T]], t.Any]
    place: t.Callable[[T], t.Hashable] = itself
    kept: t.Callable[[SectionReader], t.Callable[[T], bool]] | None = None
    check: t.Callable[[SectionReader, DesiredList[T]], None] | None = None
    too_much: t.Callable[[t.Iterable[T]], str] = lambda _elements: ""

    def parse(self, given: Given) -> DesiredList[T]:
        return parse_list(given, self.parse_elements, place=self.place)

    def read(self, reader: SectionReader, site_id: int, desired: DesiredList[T] | None) -> CurrentList[T]:
        if desired is not None and self.check is not None:
            self.check(reader, desired)
        data = reader.of_site(self.getter, site_id)
        # One that is there in two spellings is removed in both.
        elements = tuple({(each, str(each)): each for each in self.elements_of(data)}.values())
        refuse_unread(self.getter.name, data.get(self.holder), elements)
        return CurrentList(elements) if self.kept is None else CurrentList(elements, self.kept(reader))

    def refuse(self, current: CurrentList[T], desired: DesiredList[T]) -> None:
        _surplus, missing = self._differences(current, desired)
        problem = self.too_much(self.expected(current, desired).elements) if missing else ""
        if problem and not self.too_much(current.elements):
            raise BadInputError(
                f"{desired.where}: {problem}.",
                hint="Check what templates made of it. If it is meant so, set it in the vendor's dashboard: what is "
                "there already is not refused.",
            )

    def plan(self, current: CurrentList[T], desired: DesiredList[T]) -> list[Write]:
        surplus, missing = self._differences(current, desired)
        removal = [Write(self.remover, self.removed(surplus))] if surplus else []
        addition = [Write(self.adder, self.added(missing))] if missing else []
        if set(map(self.place, surplus)) & set(map(self.place, missing)):
            return [*removal, *addition]
        # If the addition is refused, nothing is lost.
        return [*addition, *removal]

    def expected(self, current: CurrentList[T], desired: DesiredList[T]) -> CurrentList[T]:
        surplus, missing = self._differences(current, desired)
        left = current.without(surplus)
        return dataclasses.replace(left, elements=(*left.elements, *missing))

    def dump(self, current: CurrentList[T]) -> t.Any:
        """Without what the vendor keeps, which is not for anybody to set."""
        return {"exact": self.dumped([each for each in current.elements if not current.kept(each)])}

    def _differences(self, current: CurrentList[T], desired: DesiredList[T]) -> tuple[list[T], list[T]]:
        """What is to be removed, and what is to be added."""
        surplus = removals(current.elements, desired, place=self.place)
        missing = additions(current.elements, desired)
        return [each for each in surplus if not current.kept(each)], [
            each for each in missing if not current.kept(each)
        ]
