# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a pass: one row per site."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._next_pass import CROSSED, TIME_OVER
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf import decision
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf import sites as sites_module
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Defaults, Entry, prepare
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.rows import counts_of, failure_text, rows_of
from ansible_collections.hosting.websec.plugins.module_utils._state_record import (
    StateRecord,
    to_text,
)
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.results import LOST, read, result
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import (
    BEFORE,
    MARK,
    NOON,
    ORIGIN,
    TARGET,
    WWW,
    ZONE,
    entry,
    known,
    status,
    verify,
)

MOVED = StateRecord(1, original=BEFORE, target=TARGET, state="pending-dns", since=NOON)


def row(
    site: Entry,
    statuses: t.Sequence[t.Any],
    changed: t.Sequence[t.Any],
    *,
    asked_again: t.Sequence[t.Any] = (),
    origins: t.Sequence[t.Any] = (),
    **more: t.Any,
) -> dict[str, t.Any]:
    (made,) = rows_of(known(site, statuses=statuses, **more), changed, asked_again, origins)
    return made


def test_an_order_and_its_txt_record() -> None:
    told = status(
        "pending-domain-validation",
        dns_ssl_verify=verify(),
        state_before="absent",
        actions=["provisionAddon"],
        changed=True,
    )
    made = row(entry(), [told], [result(ZONE, "TXT"), result(MARK, "TXT")])
    assert (made["domain"], made["site_id"]) == (ZONE, 1)
    assert (made["state_before"], made["state"]) == ("absent", "pending-domain-validation")
    assert made["steps"] == ["provisionAddon", "publish TXT"]
    assert "certificate authority" in made["waiting_for"]
    assert (made["since"], made["changed"], made["error"], made["notes"]) == ("2026-11-21T12:00:00Z", True, None, [])


def test_the_last_answer_counts() -> None:
    told = status("pending-domain-validation", dns_ssl_verify=verify())
    made = row(entry(), [told], [], asked_again=[status("pending-dns")])
    assert (made["state_before"], made["state"]) == ("pending-domain-validation", "pending-dns")
    assert made["waiting_for"] == "the next pass, which continues from here"
    failed = {**status("pending-dns"), "failed": True, "error": LOST}
    assert row(entry(), [told], [], asked_again=[failed])["state"] == "pending-domain-validation"


def test_nothing_to_do() -> None:
    observed = [read(MARK, "TXT", to_text(MOVED))]
    made = row(entry(), [status("ready")], [result(ZONE, "A", changed=False)], read=observed)
    assert (made["steps"], made["changed"], made["waiting_for"]) == ([], False, None)


def test_drift() -> None:
    observed = [read(MARK, "TXT", to_text(MOVED))]
    made = row(entry(), [status("ready")], [result(ZONE, "A")], read=observed)
    assert (made["steps"], made["changed"]) == (["change A/CNAME"], True)


def test_a_change_that_the_server_refused() -> None:
    refused = {"kind": "rejected", "message": "Refused.", "hint": "Look.", "code": None}
    observed = [read(name, kind) for name in (ZONE, WWW) for kind in ("A", "AAAA", "CNAME")]
    made = row(entry(), [status("pending-dns")], [result(ZONE, "A", changed=False, error=refused)], read=observed)
    assert made["error"] == {**refused, "domain": ZONE, "site_id": 1}
    assert (made["waiting_for"], made["steps"]) == (None, [])


def test_an_answer_that_failed() -> None:
    failed = {**status("absent"), "state": None, "failed": True, "error": LOST, "actions": ["provisionAddon"]}
    made = row(entry(), [failed], [])
    assert (made["error"]["kind"], made["error"]["domain"]) == ("unavailable", ZONE)
    assert made["steps"] == ["provisionAddon"]
    assert known(entry(), statuses=[failed]).records() == []


def test_present_records_that_could_not_be_read() -> None:
    observed = [read(name, kind) for name in (ZONE, WWW) for kind in ("A", "AAAA", "CNAME")]
    observed[0].update(failed=True, error=LOST)
    made = row(entry(), [status("pending-dns")], [], read=observed)
    assert made["error"]["message"] == "No answer."
    assert known(entry(), read=observed, statuses=[status("pending-dns")]).records() == []


def test_the_address_of_an_origin() -> None:
    site = entry(origin_name="o", waf_origin=ORIGIN)
    made = row(site, [status("pending-retry")], [], origins=[result(f"o.{ZONE}", "A")])
    assert (made["steps"], made["changed"]) == (["change origin"], True)
    made = row(site, [status("pending-retry")], [], origins=[result(f"o.{ZONE}", "A", changed=False, error=LOST)])
    assert (made["steps"], made["changed"], made["error"]["message"]) == ([], False, "No answer.")


def test_a_wrong_entry() -> None:
    first, second = rows_of(
        known(*prepare([{"domain": ZONE, "site_id": 1, "ttl": "x"}, 5], [], Defaults())), [], [], []
    )
    assert "ttl is 'x'" in first["error"]["message"]
    assert (second["domain"], second["state"]) == (None, None)
    assert "Entry 2" in second["error"]["message"]


def test_rows_come_in_the_order_of_the_file() -> None:
    sites = [
        entry(domain=f"{name}.example", zone=f"{name}.example", site_id=number) for name, number in (("z", 3), ("a", 1))
    ]
    assert [each["domain"] for each in rows_of(known(*sites), [], [], [])] == ["z.example", "a.example"]


@pytest.mark.parametrize("function", ["decide", "from_values"])
def test_a_mistake_about_one_site_is_its_error_and_costs_no_other_its_row(
    monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    real = getattr(sites_module if function == "from_values" else decision, function)

    def broken(first: t.Any, *more: t.Any) -> t.Any:
        if "b.example" in (first if isinstance(first, str) else first["domain"]):
            raise ZeroDivisionError
        return real(first, *more)

    monkeypatch.setattr(sites_module, function, unexpected_as_bug()(broken) if function == "decide" else broken)
    ordered = {"state_before": "absent", "actions": ["provisionAddon"], "changed": True}
    sites = known(
        entry(),
        entry(domain="b.example", zone="b.example", site_id=2),
        read=[read(MARK, "TXT"), read("_websec.b.example", "TXT")],
        statuses=[status("pending-retry", **ordered, site_id=number) for number in (1, 2)],
    )
    rows = rows_of(sites, [], [], [])
    assert [row["steps"] for row in rows] == [["provisionAddon"], ["provisionAddon"]]
    assert [row["error"] and row["error"]["kind"] for row in rows] == [None, "bug"]


def test_counts() -> None:
    quiet = {"domain": "a.example", "changed": False, "error": None, "waiting_for": None}
    rows = [
        quiet,
        {**quiet, "changed": True, "waiting_for": "SiteLock"},
        {**quiet, "changed": True, "error": LOST},
        {**quiet, "domain": None, "error": LOST},
        {**quiet, "waiting_for": TIME_OVER},
        {**quiet, "waiting_for": CROSSED},
        {**quiet, "waiting_for": "the next pass, deferred: wrong password."},
    ]
    assert counts_of(rows) == {"sites": 7, "changed": 2, "failed": 2, "waiting": 1, "deferred": 3, "settled": 1}
    assert failure_text(rows).startswith("2 of 7 sites failed: a.example, (no domain).")
