# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows as a table that a person can read on a terminal."""

from __future__ import annotations

import typing as t


def text_table(rows: t.Sequence[t.Mapping[str, t.Any]], columns: t.Mapping[str, str]) -> list[str]:
    """Aligned lines, the first one with the titles.

    :param columns: keys of the rows, in order, each with its title.
    """
    cells = [[_cell(row.get(key)) for key in columns] for row in rows]
    table = [list(columns.values()), *cells]
    widths = [max(len(line[column]) for line in table) for column in range(len(columns))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in table]


def _cell(value: t.Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "" or value == []:
        return "-"
    if isinstance(value, (list, tuple)):
        return ", ".join(_cell(each) for each in value)
    if isinstance(value, t.Mapping):  # an error
        codes = "/".join(str(value[key]) for key in ("code", "extended_code") if value.get(key))
        return f"FAILED: {value.get('kind')} {codes}".rstrip()
    return " ".join(str(value).split())


def error_lines(rows: t.Sequence[t.Mapping[str, t.Any]]) -> list[str]:
    """For each row with an error: what it is about (a domain, or an e-mail address), what went wrong, what to do."""
    return [
        " ".join(f"{_subject(row)}: {row['error']['message']} {row['error'].get('hint') or ''}".split())
        for row in rows
        if row.get("error")
    ]


def _subject(row: t.Mapping[str, t.Any]) -> str:
    return str(row["domain"] if "domain" in row else row["email"])


def note_lines(rows: t.Sequence[t.Mapping[str, t.Any]]) -> list[str]:
    """For each note of a row: its domain, and what a person should look at although nothing failed."""
    return [" ".join(f"{row['domain']}: {note}".split()) for row in rows for note in row.get("notes") or ()]
