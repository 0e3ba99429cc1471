# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows as a CSV file that can be opened in a spreadsheet. Nothing in it can become a formula."""

from __future__ import annotations

import csv
import io
import typing as t

_FORMULA_STARTS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
"""Spreadsheets treat a cell that begins with one of these as a formula; some also accept the wide forms."""


def csv_table(rows: t.Iterable[t.Mapping[str, t.Any]], columns: t.Mapping[str, str]) -> str:
    """A line with the titles, and one line per row (RFC 4180, with line feeds).

    :param columns: keys of the rows, in order, each with its title.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_cell(title) for title in columns.values()])
    writer.writerows([_cell(row.get(key)) for key in columns] for row in rows)
    return text.getvalue()


def _cell(value: t.Any) -> str:
    """One line of text. A leading apostrophe makes a spreadsheet treat a formula as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        value = ", ".join(_cell(each) for each in value)
    # Spreadsheets also skip control characters before a formula.
    text = " ".join("".join(each if each.isprintable() else " " for each in str(value)).split())
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
