# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sites of a pass that need action, wait, or were changed."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._report.overview import overview
from ansible_collections.hosting.websec.tests.unit.fleet_report.rows import (
    NOW,
    SEES_DNS,
    Row,
    error,
    failed,
    fleets,
    row,
)


def reasons(rows: t.Sequence[Row]) -> list[tuple[str, list[str]]]:
    """The reasons for manual action, in their order, each with its domains."""
    return [(concern.reason.key, [site.domain for site in concern.sites]) for concern in overview(rows, NOW).attention]


def test_the_counts() -> None:
    found = overview(
        [
            row("a.example"),
            row("b.example", "pending-dns", waiting_for=SEES_DNS, changed=True, steps=["change A/CNAME"]),
            row("c.example", "error", waiting_for="a person: it is broken"),
            failed("d.example"),
            row("e.example", "of-tomorrow"),
        ],
        NOW,
    )
    assert found.summary() == {
        "sites": 5,
        "attention": 2,
        "waiting": 1,
        "changed": 1,
        "failed": 1,
        "states": {
            "pending-domain-validation": 0,
            "pending-retry": 0,
            "pending-dns": 1,
            "ready": 1,
            "error": 1,
            "absent": 0,
            "unknown": 1,
            "of-tomorrow": 1,
        },
        "accounts": None,
        "health": None,
        "health_not_read": None,
    }
    assert found.headline() == (
        "5 sites. Need action: 2. Waiting: 1. Changed: 1. States: pending-dns 1, ready 1, error 1, unknown 1, "
        "of-tomorrow 1."
    )


def test_the_headline_of_check_mode_and_of_an_empty_fleet() -> None:
    assert overview([row()], NOW, check_mode=True).headline() == (
        "1 site. Need action: 0. Waiting: 0. Would be changed: 0. States: ready 1."
    )
    assert overview([], NOW).headline() == "0 sites. Need action: 0. Waiting: 0. Changed: 0. States: none."


def test_what_is_most_urgent_stands_first() -> None:
    kinds = ["timeout", "bad_input", "unavailable", "auth", "outcome_unknown", "bad_response", "of_tomorrow"]
    rows = [failed(f"{kind}.example", kind) for kind in kinds]
    rows += [row("vendor.example", "error"), row("note.example", notes=["It takes long."]), row()]
    assert [reason for reason, _domains in reasons(rows)] == [
        "outcome_unknown",
        "auth",
        "vendor_error",
        "bad_input",
        "of_tomorrow",
        "note",
        "bad_response",
        "timeout",
        "unavailable",
    ]


def test_the_most_urgent_reason_of_a_site_counts() -> None:
    assert reasons([row("a.example", "error", notes=["x"], error=error("timeout"))]) == [
        ("vendor_error", ["a.example"])
    ]
    assert reasons([row("a.example", "error", error=error("outcome_unknown"))]) == [("outcome_unknown", ["a.example"])]
    assert reasons([row("a.example", notes=["x"], error=error("timeout"))]) == [("note", ["a.example"])]


def test_sites_with_the_same_problem_stand_together_the_longest_first() -> None:
    rows = [
        row("new.example", "error", since="2026-11-03T00:00:00Z"),
        row("unknown.example", "error", since=None),
        row("old.example", "error", since="2026-10-01T00:00:00Z"),
        failed("z.example", code="AEX", extended_code="3003", hint="Choose a higher plan."),
        failed("y.example", code="AEX", extended_code="3003", hint="Choose a higher plan."),
        failed("x.example", code="FI4", hint="Look at x."),
        failed("w.example", code="FI4", hint="Look at w."),
        failed("v.example", code="FI4", hint="Look at v."),
    ]
    found = overview(rows, NOW).attention
    assert [(each.reason.key, each.codes, each.hint, [site.domain for site in each.sites]) for each in found] == [
        (
            "vendor_error",
            "",
            "Ask SiteLock's support to check the site, and give its site id.",
            ["old.example", "new.example", "unknown.example"],
        ),
        ("rejected", "FI4", "", ["v.example", "w.example", "x.example"]),
        ("rejected", "AEX/3003", "Choose a higher plan.", ["y.example", "z.example"]),
    ]


def test_codes_of_an_error_that_is_not_the_reason_do_not_divide_a_group() -> None:
    rows = [row("a.example", "error", error=error("timeout", code="T1")), row("b.example", "error")]
    assert reasons(rows) == [("vendor_error", ["a.example", "b.example"])]


def test_what_waits_and_what_was_changed() -> None:
    rows = [
        row("a.example", "pending-dns", waiting_for=SEES_DNS, since="2026-11-03T12:00:00Z"),
        row("b.example", "pending-dns", waiting_for=SEES_DNS, since="2026-11-02T12:00:00Z"),
        row(
            "c.example", "pending-retry", waiting_for="SiteLock", changed=True, steps=["provisionAddon", "publish TXT"]
        ),
        row("d.example", changed=True),
        row("e.example", "error", waiting_for="a person"),
        row("f.example", error=error(), waiting_for="nothing that comes by itself"),
    ]
    found = overview(rows, NOW)
    assert [(group.title, [site.domain for site in group.sites]) for group in found.waiting] == [
        (SEES_DNS, ["b.example", "a.example"]),
        ("SiteLock", ["c.example"]),
    ]
    assert [(group.title, [site.domain for site in group.sites]) for group in found.changed] == [
        ("changed", ["d.example"]),
        ("provisionAddon, publish TXT", ["c.example"]),
    ]
    # First sites that need action, then waiting and changed ones; in each group the longest in their state first.
    assert [site.domain for site in found.by_urgency] == [
        "e.example",
        "f.example",
        "c.example",
        "b.example",
        "a.example",
        "d.example",
    ]


@pytest.mark.parametrize(
    "given_row",
    [
        {},
        {"domain": None, "site_id": None, "error": error("bad_input")},
        {"domain": "a.example", "error": "out of order"},
        {"domain": "a.example", "error": {}},
        {"domain": "a.example", "notes": "one note", "steps": "one step", "since": 17, "site_id": True},
    ],
)
def test_a_row_may_lack_what_it_has_not(given_row: Row) -> None:
    (site,) = overview([given_row], NOW).sites
    plain = site.as_dict()
    assert plain["domain"] in ("a.example", "(no domain)")
    assert (plain["attention"] is None) == (given_row in ({},))
    if "error" in given_row:
        assert plain["error"].keys() == {"kind", "code", "extended_code", "message", "hint", "http_status"}
        assert all(isinstance(plain["error"][key], str) for key in ("kind", "message", "hint"))


def test_one_note_is_a_list_of_one() -> None:
    (site,) = overview([row(notes="one note", steps="one step")], NOW).sites
    assert (site.as_dict()["notes"], site.as_dict()["steps"]) == (["one note"], ["one step"])


@settings(deadline=None)
@given(fleets)
def test_no_site_is_lost_or_counted_twice(rows: list[Row]) -> None:
    found = overview(rows, NOW)
    count = found.summary()
    assert count["sites"] == len(rows) == sum(count["states"].values()) == len(found.by_urgency)
    assert count["attention"] == sum(
        bool(each["notes"]) or each["error"] is not None or each["state"] == "error" for each in rows
    )
    assert count["changed"] == sum(each["changed"] for each in rows)
    assert count["failed"] == sum(each["error"] is not None for each in rows)
    looked_at = [site.domain for concern in found.attention for site in concern.sites]
    assert sorted(looked_at) == sorted(site.domain for site in found.sites if site.reason)
    urgencies = [concern.reason.urgency for concern in found.attention]
    assert urgencies == sorted(urgencies)
    assert [site.domain for site in found.by_urgency[: len(looked_at)] if not site.reason] == []


@settings(deadline=None)
@given(fleets, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows: list[Row], random: t.Any) -> None:
    distinct = [{**each, "domain": f"site{number}.example"} for number, each in enumerate(rows)]
    shuffled = random.sample(distinct, len(distinct))
    assert overview(distinct, NOW) == overview(shuffled, NOW)
