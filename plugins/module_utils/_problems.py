# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with an entry of a file: the first problem for a run, all of them for a check of the file.

The checks are the same. A run refuses an entry at its first problem, because nothing is sent for it anyway.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError


class Problems:
    """Takes each problem that a check finds.

    :param collect: keep them in ``found``; otherwise the first one is raised.
    """

    def __init__(self, *, collect: bool = False) -> None:
        self.collects = collect
        self.found: list[BadInputError] = []

    def add(self, problem: BadInputError, key: str = "") -> None:
        """
        :param key: of the entry, that the problem is about.
        :raises BadInputError: the problem, if problems are not collected.
        """
        problem.key = problem.key or key
        if not self.collects:
            raise problem
        self.found.append(problem)

    def add_unknown(self, problem: BadInputError, key: str) -> None:
        """The same, of a key that is not known."""
        problem.is_unknown = True
        self.add(problem, key)

    def of(self, key: str = "") -> _Taken:
        """A context: a problem that is raised in it is taken. One about no key follows from one that was found before,
        because a value that is not valid counts as missing; it is dropped.

        :param key: see ``add``.
        """
        return _Taken(self, key)


class _Taken:
    """See ``Problems.of``. A class, because it is entered for each value of a fleet."""

    __slots__ = ("_key", "_problems")

    def __init__(self, problems: Problems, key: str) -> None:
        self._problems = problems
        self._key = key

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> bool:
        if not isinstance(error, BadInputError) or not self._problems.collects:
            return False
        if self._key or error.key or not self._problems.found:
            self._problems.add(error, self._key)
        return True


@dataclasses.dataclass(frozen=True)
class EntryProblem:
    """A problem of an entry, for the check of a file.

    :param place: of the entry, from 1; for what is a mapping of names, the name; C(None): the whole variable.
    :param name: of what the entry is about, such as its domain; empty: unknown.
    :param key: see ``BadInputError``. :param is_unknown: there also.
    """

    place: int | str | None
    name: str
    key: str
    message: str
    hint: str = ""
    is_unknown: bool = False

    @classmethod
    def of(cls, place: int | str | None, name: str, problem: BadInputError) -> EntryProblem:
        """One that a check has found."""
        return cls(place, name, problem.key, problem.message, problem.hint, problem.is_unknown)


@dataclasses.dataclass(frozen=True)
class Claim:
    """What an entry names as its own: no other entry of a fleet may name it.

    :param place: see C(EntryProblem). :param name: there also. :param key: there also.
    :param what: it is, for messages, such as C(domain). :param value: it is.
    """

    place: int | str
    name: str
    key: str
    what: str
    value: t.Hashable


FIRST = Problems()
"""Raises the first problem."""
