# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cause that many sites share is shown once: on the terminal, on the page and in the data."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.filter.fleet_report_page import FilterModule as Page
from ansible_collections.hosting.websec.plugins.filter.text_table import FilterModule as Table
from ansible_collections.hosting.websec.plugins.filter.waf_preflight_lines import FilterModule as PreflightLines
from ansible_collections.hosting.websec.plugins.filter.waf_report_lines import FilterModule as Lines
from ansible_collections.hosting.websec.tests.unit.fleet_report.rows import DEFERRED_ACCOUNTS, Row, error, row

fleet_report_page: t.Callable[..., t.Any] = t.cast("t.Any", Page().filters()["fleet_report_page"])
waf_report_lines: t.Callable[..., list[str]] = t.cast("t.Any", Lines().filters()["waf_report_lines"])
waf_preflight_lines: t.Callable[..., list[str]] = t.cast("t.Any", PreflightLines().filters()["waf_preflight_lines"])
text_table: t.Callable[..., list[str]] = t.cast("t.Any", Table().filters()["text_table"])

TIME = "2026-11-03T14:00:00Z"
REFUSED = "The SiteLock API refused user or password."
UNCHECKED = "Whether the CAA records at example allow globalsign.com was not checked."


def fleet(size: int) -> list[Row]:
    """All sites with one cause each of two kinds, and one site with a cause of its own."""
    rows = [
        row(
            f"site{number:03d}.example",
            None,
            site_id=number,
            notes=[UNCHECKED],
            error=error("auth", message=f"Site {number}: {REFUSED}", hint="Check the vault."),
        )
        for number in range(size)
    ]
    return [*rows, row("other.example", None, site_id=999, error=error("not_found", message="No zone."))]


@pytest.mark.parametrize("size", [2, 200])
def test_on_the_terminal(size: int) -> None:
    lines = waf_report_lines(fleet(size))
    told = [line for line in lines if REFUSED in line or UNCHECKED in line]
    more = f", site002.example and {size - 3} more" if size > 3 else ""
    assert told == [
        f"{size} sites (site000.example, site001.example{more}): {REFUSED} Check the vault.",
        f"{size} sites (site000.example, site001.example{more}): {UNCHECKED}",
    ]
    shown = fleet_report_page(fleet(size), "open", time=TIME)
    table = text_table(shown["sites"], {"domain": "site", "error": "error"})
    assert [line for line in table if REFUSED in line or UNCHECKED in line] == told


def test_on_the_page_and_in_the_data() -> None:
    page = fleet_report_page(fleet(200), time=TIME)
    attention = page[page.index('id="attention"') : page.index('id="waiting"')]
    assert attention.count(REFUSED) == 1
    assert attention.count("Check the vault.") == 1
    document = json.loads(fleet_report_page(fleet(200), "data", time=TIME))
    assert [(each["reason"], each["message"], len(each["domains"])) for each in document["attention"]] == [
        ("auth", REFUSED, 200),
        ("not_found", "", 1),
    ]


def test_sites_with_causes_of_their_own_stay_together() -> None:
    rows = [row(f"n{number}.example", notes=[f"Note {number // 2}."]) for number in range(3)]
    document = json.loads(fleet_report_page(rows, "data", time=TIME))
    assert [(each["message"], each["domains"]) for each in document["attention"]] == [
        ("Note 0.", ["n0.example", "n1.example"]),
        ("", ["n2.example"]),
    ]


def test_deferred_accounts_stand_on_the_terminal_with_what_they_wait_for() -> None:
    shown = fleet_report_page([], "open", time=TIME, accounts=DEFERRED_ACCOUNTS)
    assert shown["headline"].startswith("0 sites, 3 accounts. Need action: 0. Waiting: 3. Changed: 1.")
    table = text_table(shown["sites"], {"domain": "site", "state": "state", "waiting_for": "waits for"})
    assert [line.split(None, 2) for line in table[1:]] == [
        ["half@g.example", "account", "the next pass (this one reached its time limit)"],
        ["late@e.example", "account", "the next pass (this one reached its time limit)"],
        ["late@h.example", "account", "the next pass, deferred: The password was refused."],
    ]


def test_findings_of_the_preflight() -> None:
    finding = {"severity": "warns", "code": "not_checked", "message": UNCHECKED, "remedy": "Set resolver."}
    sites = [{"domain": f"{name}.example", "findings": [finding]} for name in "abcd"]
    line = f"4 sites (a.example, b.example, c.example and 1 more): warns (not_checked): {UNCHECKED} Set resolver."
    assert waf_preflight_lines(sites) == [line]
    assert waf_preflight_lines(sites[:1]) == [f"a.example: warns (not_checked): {UNCHECKED} Set resolver."]


@pytest.mark.parametrize("size", [0, 1, 2, 1234])
def test_no_count_says_one_sites(size: int) -> None:
    rows = [row(f"s{number}.example", changed=True, waiting_for="rain", steps=["x"]) for number in range(size)]
    for text in (
        waf_report_lines(rows)[-1],
        fleet_report_page(rows, "open", time=TIME)["headline"],
        fleet_report_page(rows, time=TIME),
    ):
        assert "1 sites" not in text
        assert ("1 site" in text) is (size == 1)
