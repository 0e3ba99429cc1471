# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter deferred_lines with the rows of each role that uses it."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.filter.deferred_lines import deferred_lines

WRONG = "The password is wrong."


@pytest.mark.parametrize(
    ("noun", "rows", "subject"),
    [
        ("website", [{"domain": "a.example"}, {"domain": "b.example"}], "2 websites (a.example, b.example)"),
        ("site", [{"domain": "a.example", "account": "a"}], "1 site (a.example)"),
        (
            "account",
            [
                {"account": "a@a.example", "domain": "a.example"},
                {"account": "a@a.example", "domain": "shop.a.example"},
                {"account": "b@b.example", "domain": None},
                {"account": "c@c.example", "domain": ""},
            ],
            "3 accounts (a@a.example, b@b.example, c@c.example)",
        ),
        (
            "message",
            [{"queue_id": 7, "domain": "a.example"}, {"queue_id": 8, "domain": "a.example"}],
            "2 messages (7, 8)",
        ),
        ("site", [{"domain": "a.example"}, {"domain": None}], "2 sites (a.example, (no name))"),
    ],
)
def test_rows_are_counted_and_named_by_what_they_are_about(
    noun: str, rows: list[dict[str, t.Any]], subject: str
) -> None:
    rows = [{**row, "deferred_reason": WRONG} for row in rows]
    rows += [{"domain": "done.example", "account": "done", "queue_id": 1, "deferred_reason": None}]
    assert deferred_lines(rows, noun) == [f"Deferred, nothing was sent for {subject}: {WRONG}"]
