# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of a report that are shown, as lines."""

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.hosting.websec.plugins.filter.waf_report_lines import waf_report_lines
from ansible_collections.hosting.websec.plugins.module_utils._next_pass import TIME_OVER

Rows = list[dict[str, t.Any]]

REASON = "the SiteLock API refused the credentials (HTTP 401)."


def fleet(number: int, **first: t.Any) -> Rows:
    quiet = {"state_before": "ready", "state": "ready", "steps": [], "waiting_for": None, "notes": [], "error": None}
    rows: Rows = [{**quiet, "changed": False, "domain": f"s{n}.example", "site_id": n} for n in range(number)]
    rows[0].update(first)
    return rows


@pytest.mark.parametrize(("show", "lines"), [("all", 252), ("auto", 3), ("attention", 3), ("changed", 1)])
def test_of_a_large_fleet_only_what_matters_is_shown(show: str, lines: int) -> None:
    shown = waf_report_lines(fleet(250, state="pending-dns", waiting_for="SiteLock"), show)
    assert len(shown) == lines
    hidden = {252: "", 3: " Not shown: 249.", 1: " Not shown: 250."}[lines]
    assert shown[-1] == f"250 sites: 249 ready, 1 pending-dns; nothing changed.{hidden}"


def test_a_small_fleet_is_shown_whole() -> None:
    shown = waf_report_lines(fleet(3, changed=True, steps=["provisionAddon"]))
    assert len(shown) == 5
    assert shown[-1] == "3 sites: 3 ready; 1 changed."


@pytest.mark.parametrize("show", ["auto", "attention", "changed"])
def test_sites_that_were_deferred_or_failed_are_always_shown(show: str) -> None:
    error = {"kind": "rejected", "code": None, "message": "No.", "hint": ""}
    rows = fleet(300, error=error)
    rows[1]["waiting_for"] = TIME_OVER
    shown = waf_report_lines(rows, show)
    assert [line.split(" ")[0] for line in shown[1:3]] == ["s0.example", "s1.example"]
    assert shown[-1].startswith("300 sites: 300 ready; 1 failed, 1 deferred to the next pass.")


def test_a_choice_that_is_none() -> None:
    with pytest.raises(AnsibleFilterError, match="not one of auto, all, attention, changed"):
        waf_report_lines([], "everything")


def test_deferred_sites_share_one_line() -> None:
    rows = fleet(250)
    for row in rows[3:]:
        row["waiting_for"] = f"the next pass, deferred: {REASON}"
    lines = waf_report_lines(rows)
    told = [line for line in lines if REASON in line]
    assert told == [
        "Deferred, nothing was sent for 247 sites (s3.example, s4.example, s5.example and 244 more): " + REASON
    ]
    assert "247 deferred" in lines[-1]
    assert sum(REASON in line for line in waf_report_lines(rows, "all")) == 247
