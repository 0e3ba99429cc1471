# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows as a CSV file for a spreadsheet."""

from __future__ import annotations

import csv
import io
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.filter.csv_table import table


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_titles_and_rows_in_the_order_of_the_columns() -> None:
    rows: list[dict[str, object]] = [
        {"b": "two, or more", "a": 1, "more": "left out"},
        {"a": None, "b": ["x", 'say "y"']},
        {"a": True, "b": "one\nline"},
    ]
    text = table(rows, {"a": "A", "b": "B"})
    assert text.splitlines()[0] == "A,B"
    assert read(text)[1:] == [["1", "two, or more"], ["", 'x, say "y"'], ["yes", "one line"]]


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r\n@x", "\x00=1", "\ufeff=1", "\u200b-1", "\uff1d1", ["=1"]],
)
def test_a_cell_is_never_a_formula(cell: t.Any) -> None:
    (_title, (shown,)) = read(table([{"a": cell}], {"a": "A"}))
    assert shown[0] == "'"


@given(st.text(), st.text())
def test_any_text_is_one_cell_of_one_line_and_no_formula(title: str, value: str) -> None:
    text = table([{"a": value, "b": "last"}], {"a": title, "b": "B"})
    lines = read(text)
    assert len(text.splitlines()) == len(lines) == 2
    assert [len(line) for line in lines] == [2, 2]
    for line in lines:
        assert line[0][:1] not in tuple("=+-@\t\r\n")
        assert line[0] == line[0].strip()
