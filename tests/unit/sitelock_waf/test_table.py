# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report as lines on a terminal."""

from __future__ import annotations

import pytest

from ansible_collections.hosting.websec.plugins.filter.text_table import FilterModule

text_table = FilterModule().filters()["text_table"]


def test_lines_are_aligned_and_errors_and_notes_follow() -> None:
    rows = [
        {
            "domain": "a.example",
            "steps": ["provisionAddon", "publish TXT"],
            "error": None,
            "notes": ["The  end\nis near."],
        },
        {
            "domain": "long-name.example",
            "steps": [],
            "error": {
                "kind": "rejected",
                "code": "AEX",
                "extended_code": "3003",
                "message": "No.",
                "hint": "Pay more.",
            },
        },
    ]
    assert text_table(rows, {"domain": "site", "steps": "step taken", "error": "error"}) == [
        "site               step taken                   error",
        "a.example          provisionAddon, publish TXT  -",
        "long-name.example  -                            FAILED: rejected AEX/3003",
        "long-name.example: No. Pay more.",
        "a.example: The end is near.",
    ]


def test_values_of_any_kind() -> None:
    rows = [
        {"domain": "long-name.example", "steps": ["one", "two"], "changed": True, "error": None},
        {"domain": "b.example", "steps": [], "changed": False, "error": None},
        {"domain": "c.example", "error": {"kind": "bad_input", "message": "Two\nlines.", "hint": None}},
    ]
    assert text_table(rows, {"domain": "site", "steps": "done", "changed": "changed", "error": "error"}) == [
        "site               done      changed  error",
        "long-name.example  one, two  yes      -",
        "b.example          -         no       -",
        "c.example          -         -        FAILED: bad_input",
        "c.example: Two lines.",
    ]


def test_no_rows_are_a_line_of_titles() -> None:
    assert text_table([], {"domain": "site", "state": "state"}) == ["site  state"]


def test_all_errors_of_a_row_and_what_a_person_has_to_know_are_below_the_table() -> None:
    errors = [
        {"kind": "rejected", "message": f"Site 1: section {name}: no.", "hint": "Choose another value."}
        for name in ("rules", "cdn")
    ]
    told = "The firewall is bypassed, and no end is set."
    rows = [
        {"domain": "a.example", "site_id": 1, "error": errors[0], "errors": errors, "needs_person": []},
        {"domain": "b.example", "site_id": 2, "error": None, "errors": [], "needs_person": [told]},
        {"domain": "c.example", "site_id": 3, "error": None, "errors": [], "needs_person": [told, "It ends."]},
    ]
    assert text_table(rows, {"domain": "site", "needs_person": "needs a person", "error": "error"}) == [
        "site       needs a person  error",
        "a.example  -               FAILED: rejected",
        "b.example  yes             -",
        "c.example  yes             -",
        "a.example: Site 1: section rules: no. Choose another value.",
        "a.example: Site 1: section cdn: no. Choose another value.",
        f"2 sites (b.example, c.example): {told}",
        "c.example: It ends.",
    ]


def test_sites_without_a_domain_are_named_by_their_number() -> None:
    twice = {"kind": "bad_input", "message": "it is listed twice.", "hint": ""}
    rows = [
        {"domain": None, "site_id": 1, "error": {**twice, "message": "Site 1: unknown keys: smrt."}},
        {"domain": None, "site_id": 2, "error": None, "needs_person": ["smart: 530 Login incorrect."]},
        {"domain": None, "site_id": 3, "error": twice},
        {"domain": "a.example", "site_id": 3, "error": twice},
        {"domain": None, "site_id": None, "error": {**twice, "message": "Entry 5 of sites is no dictionary."}},
    ]
    assert text_table(rows, {"site_id": "site"})[6:] == [
        "Site 1: unknown keys: smrt.",
        "2 sites (Site 3, a.example): it is listed twice.",
        "Entry 5 of sites is no dictionary.",
        "Site 2: smart: 530 Login incorrect.",
    ]


@pytest.mark.parametrize("width", [1, 40, 60, 100, 10_000])
def test_a_table_fits(width: int) -> None:
    rows = [
        {"queue_id": "12345", "to": "somebody.with.a.long.name@a.very.long.domain.example", "subject": "x" * 300},
        {"queue_id": "6", "to": "a@b.example", "subject": "short"},
    ]
    lines = text_table(rows, {"queue_id": "message", "to": "to", "subject": "subject"}, width)
    # Three columns are not cut below eight characters.
    assert max(map(len, lines)) <= max(width, 3 * 8 + 2 * 2)
    assert [line.split()[0] for line in lines] == ["message", "12345", "6"]
    assert ("…" in lines[1]) is (width < 1000)
    assert "…" not in lines[2] or width < 40
    assert len(max(text_table(rows, {"queue_id": "message", "subject": "subject"}), key=len)) > 300


def test_a_table_that_does_not_fit_leaves_out_what_it_has_no_value_for() -> None:
    rows = [{"queue_id": None, "to": "a@b.example", "subject": "x" * 60, "error": None}]
    titles = {"queue_id": "message", "to": "to", "subject": "subject", "error": "error"}
    assert text_table(rows, titles, 60)[0].split() == ["message", "to", "subject"]
    assert text_table(rows, titles, 100)[0].split() == ["message", "to", "subject", "error"]
