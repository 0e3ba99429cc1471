# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of a plan, as one text or in parts that systems show in full which cut long output."""

from __future__ import annotations

import dataclasses
import json
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._approval.planned import PlannedAction
from ansible_collections.hosting.websec.plugins.module_utils._report.table import text_table

_COLUMNS = {
    "subject": "subject",
    "method": "method",
    "arguments": "arguments",
    "price": "price",
    "rests_on": "rests on",
}


@dataclasses.dataclass(frozen=True)
class Part:
    """
    :param rows: the numbers of its actions. :param lines: of the table; the first part has the titles.
    """

    rows: str
    lines: list[str]


def plan_parts(actions: t.Iterable[PlannedAction], most_bytes: int) -> list[Part]:
    """
    :param most_bytes: of a part as Ansible shows it, in colours; a row alone may have more. 0: one part.
    """
    titles, *rows = text_table([action.as_row() for action in actions], _COLUMNS)
    parts: list[Part] = []
    first, lines = 1, [titles]
    for number, row in enumerate(rows, 1):
        if most_bytes and number > first and _shown_size([*lines, row]) > most_bytes:
            parts.append(Part(_told(first, number - 1), lines))
            first, lines = number, []
        lines.append(row)
    return [*parts, Part(_told(first, len(rows)), lines)]


_FIRST_LINE = 80
"""Bytes before a part: C(ok:), the name of the host, and the actions."""
_COLOUR = 11
"""Bytes of the codes with which Ansible colours one line."""


def _shown_size(lines: list[str]) -> int:
    text = json.dumps({"msg": lines}, indent=4)
    return _FIRST_LINE + len(text) + _COLOUR * (text.count("\n") + 1)


def _told(first: int, last: int) -> str:
    if last < first:
        return "no action"
    return f"action {first}" if first == last else f"actions {first} to {last}"
