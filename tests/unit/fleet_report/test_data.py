# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON document of a report."""

from __future__ import annotations

import json

from hypothesis import given, settings

from ansible_collections.hosting.websec.plugins.module_utils._next_pass import TIME_OVER
from ansible_collections.hosting.websec.plugins.module_utils._report.document import to_json
from ansible_collections.hosting.websec.plugins.module_utils._report.overview import overview
from ansible_collections.hosting.websec.tests.unit.fleet_report.rows import (
    ACCOUNTS,
    DEFERRED_ACCOUNTS,
    NOW,
    Row,
    failed,
    fleets,
    row,
)


def test_the_document_as_the_readme_describes_it() -> None:
    rows = [
        failed("z.example", code="SNF", message="Site 10900: Site Not Found.", hint="Check site_id."),
        row("a.example"),
    ]
    assert json.loads(to_json(overview(rows, NOW, check_mode=True))) == {
        "format": "hosting.websec.fleet_report",
        "version": 1,
        "time": "2026-11-03T14:00:00Z",
        "check_mode": True,
        "summary": {
            "sites": 2,
            "attention": 1,
            "waiting": 0,
            "changed": 0,
            "failed": 1,
            "states": {
                "pending-domain-validation": 0,
                "pending-retry": 0,
                "pending-dns": 0,
                "ready": 1,
                "error": 0,
                "absent": 0,
                "unknown": 1,
            },
            "accounts": None,
            "health": None,
            "health_not_read": None,
        },
        "attention": [
            {
                "reason": "rejected",
                "urgency": 4,
                "title": "Refused",
                "codes": "SNF",
                "message": "",
                "hint": "Check site_id.",
                "domains": ["z.example"],
            }
        ],
        "unmanaged_subscriptions": None,
        "policies": None,
        "products": None,
        "findings_kept": [],
        "accounts": None,
        "sites": [
            {
                "domain": "a.example",
                "site_id": 10900,
                "state_before": "ready",
                "state": "ready",
                "since": "2026-11-01T08:00:00Z",
                "steps": [],
                "waiting_for": None,
                "changed": False,
                "attention": None,
                "notes": [],
                "findings": [],
                "error": None,
            },
            {
                "domain": "z.example",
                "site_id": 10900,
                "state_before": None,
                "state": None,
                "since": None,
                "steps": [],
                "waiting_for": None,
                "changed": False,
                "attention": "rejected",
                "notes": [],
                "findings": [],
                "error": {
                    "kind": "rejected",
                    "code": "SNF",
                    "extended_code": None,
                    "message": "Site 10900: Site Not Found.",
                    "hint": "Check site_id.",
                    "http_status": None,
                },
            },
        ],
    }


def test_each_site_has_a_line_so_that_a_diff_names_it() -> None:
    before = to_json(overview([row("a.example"), row("b.example"), row("c.example")], NOW)).splitlines()
    after = to_json(overview([row("a.example"), row("b.example", "error"), row("c.example")], NOW)).splitlines()
    assert [line for line in after if "b.example" in line and "site_id" in line] == [
        line for line in after if line not in before and line.startswith('    {"domain"')
    ]
    assert sum('{"domain": "' in line for line in after) == 3


def test_the_document_of_an_empty_fleet() -> None:
    document = json.loads(to_json(overview([], NOW)))
    assert (document["sites"], document["attention"], document["summary"]["sites"]) == ([], [], 0)


def test_nothing_but_the_fields_of_a_report_is_written() -> None:
    secret = "s3cr3t-of-tomorrow"
    rows = [row("a.example", answer={"password": secret}, api_key=secret), failed("b.example", request=secret)]
    assert secret not in to_json(overview(rows, NOW))


@settings(deadline=None)
@given(fleets)
def test_every_text_survives(rows: list[Row]) -> None:
    text = to_json(overview(rows, NOW))
    assert text.isascii()
    assert text.endswith("}\n")
    document = json.loads(text)
    assert sorted(str(each["waiting_for"]) for each in document["sites"]) == sorted(
        str(each["waiting_for"] or None) for each in rows
    )
    messages = [each["error"]["message"] for each in document["sites"] if each["error"]]
    assert sorted(messages) == sorted(each["error"]["message"] for each in rows if each["error"])


def test_what_is_paid_for_and_in_no_file_has_a_line_each_and_nothing_but_its_fields() -> None:
    rows = [{"account_id": 570, "product": "Backup", "price": "5.00", "in_file": True, "details": {"secret": "x"}}]
    document = json.loads(to_json(overview([], NOW, unmanaged=rows)))
    (found,) = document["unmanaged_subscriptions"]
    assert {name: value for name, value in found.items() if value is not None} == {
        "account_id": 570,
        "product": "Backup",
        "price": "5.00",
        "in_file": True,
    }
    assert json.loads(to_json(overview([], NOW, unmanaged=[])))["unmanaged_subscriptions"] == []


def test_accounts_with_an_error_or_a_change_are_in_the_document() -> None:
    document = json.loads(to_json(overview([row("a.example")], NOW, accounts=ACCOUNTS)))
    assert [site["domain"] for site in document["sites"]] == ["a.example"]
    refused, changed = document["accounts"]
    assert (refused["account"], refused["account_id"], refused["attention"]) == ("bad@b.example", 571, "rejected")
    assert refused["error"]["message"] == "Account bad@b.example: Site already exists."
    assert (changed["account"], changed["changed"], changed["attention"]) == ("owner@a.example", True, None)
    assert changed["steps"] == ["new site a.example, order of 8", "order of the add-on 7001 for owner@a.example"]
    (problem,) = document["attention"]
    assert (problem["domains"], problem["hint"]) == (["bad@b.example"], "List it once.")
    counts = document["summary"]
    assert [counts[name] for name in ("sites", "accounts", "attention", "changed", "failed")] == [1, 3, 1, 1, 1]
    assert counts["states"]["unknown"] == 0


def test_deferred_accounts_are_in_the_document_with_what_they_wait_for() -> None:
    document = json.loads(to_json(overview([row("a.example")], NOW, accounts=DEFERRED_ACCOUNTS)))
    assert [(each["account"], each["waiting_for"], each["changed"]) for each in document["accounts"]] == [
        ("half@g.example", TIME_OVER, True),
        ("late@e.example", TIME_OVER, False),
        ("late@h.example", "the next pass, deferred: The password was refused.", False),
    ]
    counts = document["summary"]
    assert [counts[name] for name in ("accounts", "attention", "waiting", "changed", "failed")] == [3, 0, 3, 1, 0]
