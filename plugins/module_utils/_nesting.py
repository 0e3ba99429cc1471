# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Data of a user as plain data, with an end.

YAML can hold a list in itself (C(&a [*a])), and a list of ten lists of ten lists. Whatever walks over data of a user
takes it through here first.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import MAX_DEPTH

MAX_VALUES = 100_000
"""Values in one entry, counted as often as they are repeated."""


def plain_data(value: t.Any, what: str) -> t.Any:
    """A copy of ``value`` of plain lists and mappings. Texts from a playbook can be subclasses of ``str``.

    :param what: of the user it is, for the message.
    :raises BadInputError: it contains itself, or is nested deeper than ``MAX_DEPTH``, or has more than ``MAX_VALUES``.
    """
    return _Walk(what).copy(value, 0)


class _Walk:
    def __init__(self, what: str) -> None:
        self._what = what
        self._values = 0

    def copy(self, value: t.Any, depth: int) -> t.Any:
        self._values += 1
        if depth > MAX_DEPTH:
            raise self._refused(f"is nested deeper than {MAX_DEPTH} levels, or contains itself")
        if self._values > MAX_VALUES:
            raise self._refused(f"has more than {MAX_VALUES:,} values")
        if isinstance(value, str):
            return str(value)
        if isinstance(value, (list, tuple)):
            return [self.copy(each, depth + 1) for each in value]
        if isinstance(value, t.Mapping):
            return {str(key): self.copy(each, depth + 1) for key, each in value.items()}
        return value

    def _refused(self, problem: str) -> BadInputError:
        return BadInputError(f"{self._what} {problem}.", hint="Check the YAML anchors (&name, *name) in it.")
