# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Format rows as a table for a terminal."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._nesting import plain_data
from ansible_collections.hosting.websec.plugins.module_utils._texts import Told, by_cause, vendor_codes

_NAMES = ("domain", "email", "account_id")
"""The keys with the name of a row; the first that it has counts."""


_LEAST_WIDTH = 8
"""Of a column that is cut."""


def text_table(rows: t.Sequence[t.Mapping[str, t.Any]], columns: t.Mapping[str, str], most_width: int = 0) -> list[str]:
    """Aligned lines, the first one with the titles.

    :param columns: keys of the rows, in order, each with its title.
    :param most_width: maximum length of a line, for which columns without a value are left out, and then the widest
        columns are cut; 0: none.
    """
    cells = [[_cell_of(row, key) for key in columns] for row in rows]
    table = [list(columns.values()), *cells]
    widths = [max(len(line[column]) for line in table) for column in range(len(columns))]
    if most_width > 0 and sum(widths) + 2 * (len(widths) - 1) > most_width:
        said = [
            column for column in range(len(columns)) if not column or any(line[column] != "-" for line in table[1:])
        ]
        table = [[line[column] for column in said] for line in table]
        widths = [min(widths[column], max(most_width, _LEAST_WIDTH)) for column in said]
        _narrow(widths, most_width - 2 * (len(widths) - 1))
    return ["  ".join(_cut(cell, width).ljust(width) for cell, width in zip(line, widths)).rstrip() for line in table]


def _narrow(widths: list[int], most: int) -> None:
    """Make the widest columns narrower until all of them fit."""
    while sum(widths) > most and max(widths) > _LEAST_WIDTH:
        widths[widths.index(max(widths))] -= 1


def _cut(cell: str, width: int) -> str:
    return cell if len(cell) <= width else f"{cell[: width - 1]}…"


def _cell_of(row: t.Mapping[str, t.Any], key: str) -> str:
    value = plain_data(row.get(key), f"{key} of a row")
    # Its sentences are below the table: one of them made all lines longer than a terminal is wide.
    return _cell(bool(value) or None if key == "needs_person" else value)


def _cell(value: t.Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "" or value == []:
        return "-"
    if isinstance(value, (list, tuple)):
        return ", ".join(_cell(each) for each in value)
    if isinstance(value, t.Mapping):  # an error
        return f"FAILED: {value.get('kind')} {vendor_codes(value)}".rstrip()
    return " ".join(str(value).split())


def error_lines(rows: t.Sequence[t.Mapping[str, t.Any]]) -> list[str]:
    """The errors with their domains or e-mail addresses, and what to do: a line for each cause."""
    failed = [(row, error) for row in rows if row.get("error") for error in row.get("errors") or [row["error"]]]
    return _lines([(row, f"{error['message']} {error.get('hint') or ''}") for row, error in failed])


def note_lines(rows: t.Sequence[t.Mapping[str, t.Any]]) -> list[str]:
    """What needs attention although nothing failed: a line for each cause."""
    noted = ((row, [*(row.get("notes") or ()), *(row.get("needs_person") or ())]) for row in rows)
    return _lines([(row, note) for row, notes in noted for note in notes])


def _lines(texts: t.Sequence[tuple[t.Mapping[str, t.Any], str]]) -> list[str]:
    noun = _noun(texts[0][0]) if texts else ""
    return by_cause([about(row, text) for row, text in texts], noun)


def about(row: t.Mapping[str, t.Any], text: str) -> Told:
    """A text about the site, website, sub-account or customer of a row."""
    number = f"Site {row.get('site_id')}"
    # An entry with neither has no name; its message says which entry it is.
    unnamed = number if row.get("site_id") is not None else ""
    return Told(str(row[next(key for key in _NAMES if key in row)] or unnamed), text, (number,))


def _noun(row: t.Mapping[str, t.Any]) -> str:
    if "domain" not in row:
        return "sub-account" if "email" in row else "customer"
    return "site" if "site_id" in row else "website"
