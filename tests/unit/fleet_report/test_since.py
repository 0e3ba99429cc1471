# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Since when sites have their findings, from report to report."""

from __future__ import annotations

import base64
import datetime
import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from ansible_collections.hosting.websec.plugins.module_utils._report.document import to_json
from ansible_collections.hosting.websec.plugins.module_utils._report.health import Health
from ansible_collections.hosting.websec.plugins.module_utils._report.metrics import to_metrics
from ansible_collections.hosting.websec.plugins.module_utils._report.overview import Overview, overview
from ansible_collections.hosting.websec.plugins.module_utils._report.page import page
from ansible_collections.hosting.websec.plugins.module_utils._report.previous import read_previous
from ansible_collections.hosting.websec.tests.unit.fleet_report.rows import NOW, Row, error, row

DAY = datetime.timedelta(days=1)
RED: Row = {"red": ["Content"]}
CLEAN: Row = {"red": []}
NOT_READ: Row = {"error": error("unavailable")}


def encoded(document: str) -> str:
    return base64.b64encode(document.encode()).decode()


class Reports:
    """One report after the other, each with what the one before it wrote."""

    def __init__(self) -> None:
        self.text = ""

    def next(self, days: float, scan: Row | None = None, **health: t.Any) -> Overview:
        """:param days: its time. :param scan: of a.example; C(None): scans were not read."""
        if scan is not None:
            health["scans"] = [{"domain": "a.example", "site_id": 1, **scan}]
        found = overview(
            [row("a.example", site_id=1)],
            NOW + days * DAY,
            health=Health(**health),
            past=read_previous(encoded(self.text) if self.text else "").findings,
        )
        self.text = to_json(found)
        return found


def since(found: Overview) -> list[tuple[str, str]]:
    return [(each.reason.key, each.since_text) for site in found.sites for each in site.findings]


FIRST = [("finding_red", "Since 2026-11-03 (first seen).")]


def test_a_finding_lasts_since_the_first_report_that_had_it() -> None:
    reports = Reports()
    assert since(reports.next(0, RED)) == FIRST
    found = reports.next(17, RED)
    assert since(found) == FIRST
    assert "Since 2026-11-03 (first seen)." in page(found, title="x")
    (kept,) = json.loads(reports.text)["sites"][0]["findings"]
    assert (kept["since"], kept["first_seen"]) == ("2026-11-03T14:00:00Z", True)
    (oldest,) = [
        sample
        for family in text_string_to_metric_families(to_metrics(found))
        if family.name == "websec_findings_oldest_timestamp_seconds"
        for sample in family.samples
    ]
    assert (oldest.labels, oldest.value) == ({"reason": "finding_red"}, NOW.timestamp())


def test_a_finding_that_was_gone_begins_anew() -> None:
    reports = Reports()
    reports.next(0, RED)
    assert since(reports.next(1, CLEAN)) == []
    assert since(reports.next(2, RED)) == [("finding_red", "Since 2026-11-05 (first seen).")]


@pytest.mark.parametrize("between", [NOT_READ, {"deferred": True}, None], ids=["failed", "deferred", "not looked"])
def test_a_report_that_could_not_read_the_site_forgets_nothing(between: Row | None) -> None:
    reports = Reports()
    reports.next(0, RED)
    assert since(reports.next(1, between, backups=[])) == []
    assert since(reports.next(2, between)) == []
    assert since(reports.next(29, RED)) == FIRST


def test_what_nobody_read_for_long_is_forgotten() -> None:
    reports = Reports()
    reports.next(0, RED)
    reports.next(31)
    assert json.loads(reports.text)["findings_kept"] == []
    assert since(reports.next(32, RED)) == [("finding_red", "Since 2026-12-05 (first seen).")]


def test_the_time_of_the_api_counts() -> None:
    reports = Reports()
    reports.next(0, RED)
    told: Row = {**RED, "findings_since": "2026-10-20 01:00:00"}
    assert since(reports.next(1, told)) == [("finding_red", "Since 2026-10-20.")]
    # A later answer without it.
    assert since(reports.next(2, RED)) == [("finding_red", "Since 2026-10-20.")]


@pytest.mark.parametrize("told", ["2999-01-01 00:00:00", "soon", "0000-00-00", 7, None])
def test_a_time_that_cannot_be_is_none(told: t.Any) -> None:
    assert since(Reports().next(0, {**RED, "findings_since": told})) == FIRST


@pytest.mark.parametrize("year", [1, 9999])
def test_any_time_of_a_report(year: int) -> None:
    """It can be a variable of the user."""
    time = datetime.datetime(year, 12 if year > 1 else 1, 31 if year > 1 else 1, tzinfo=datetime.timezone.utc)
    health = Health(scans=[{"domain": "a.example", "site_id": 1, **RED, "findings_since": "2026-10-20"}])
    reports = Reports()
    reports.next(0, RED)
    found = overview([], time, health=health, past=read_previous(encoded(reports.text)).findings)
    assert len(since(found)) == 1
    assert to_metrics(found)


def test_each_source_has_its_own_time() -> None:
    """The sign-in for backups may fail for longer than the one for scans."""
    reports = Reports()
    backup = {"domain": "a.example", "site_id": 1, "ftp_failed": True, "ftp_error": "530"}
    reports.next(0, CLEAN, backups=[backup])
    found = reports.next(1, {**CLEAN, "ftp_error": "530"}, backups=[backup])
    assert since(found) == [
        ("sign_in_failed", "Since 2026-11-04 (first seen)."),
        ("sign_in_failed", "Since 2026-11-03 (first seen)."),
    ]


def test_the_longest_is_the_first_of_its_group() -> None:
    def report(days: int, *names: str, past: str = "") -> Overview:
        scans = [{"domain": name, "site_id": number, **RED} for number, name in enumerate(names)]
        previous = read_previous(encoded(past) if past else "").findings
        return overview([], NOW + days * DAY, health=Health(scans=scans), past=previous)

    first = to_json(report(0, "z.example"))
    (problem,) = report(1, "z.example", "a.example", past=first).attention
    assert [site.domain for site in problem.sites] == ["z.example", "a.example"]


def test_another_site_does_not_inherit_it() -> None:
    reports = Reports()
    reports.next(0, RED)
    found = overview(
        [],
        NOW + DAY,
        health=Health(
            scans=[{"domain": "b.example", "site_id": 1, **RED}, {"domain": "a.example", "site_id": 2, **RED}]
        ),
        past=read_previous(encoded(reports.text)).findings,
    )
    assert {text for _reason, text in since(found)} == {"Since 2026-11-04 (first seen)."}


def test_the_same_fleet_gives_the_same_document() -> None:
    reports = Reports()
    reports.next(0, RED)
    reports.next(1, NOT_READ)
    before = reports.text
    reports.next(1, NOT_READ)
    assert reports.text == before


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", "not valid JSON"),
        (b"\xff\xfe\x00", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b"", ""),
        (b"null", "not a document of"),
        (b'{"format": "other", "version": 1}', "not a document of"),
        (b'{"format": "hosting.websec.fleet_report", "version": 2}', "not a document of"),
        (b'{"format": "hosting.websec.fleet_report", "version": 1, "time": 7}', "no valid time"),
    ],
    ids=range(8),
)
def test_a_broken_document_is_named_and_stops_nothing(content: bytes, problem: str) -> None:
    previous = read_previous(base64.b64encode(content).decode())
    assert (previous.findings, problem in previous.problem) == ((), True)
    assert bool(previous.problem) == bool(problem)


def test_what_is_no_base64() -> None:
    assert "too large" in read_previous("too large").problem


_anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=8) | st.just("2026-11-01T00:00:00Z"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["domain", "site_id", "reason", "source", "since", "first_seen", "seen", "findings"]), inner
        )
    ),
    max_leaves=20,
)


@given(sites=_anything, kept=_anything)
def test_any_document_of_this_form_is_read(sites: t.Any, kept: t.Any) -> None:
    document = {
        "format": "hosting.websec.fleet_report",
        "version": 1,
        "time": "2026-11-02T00:00:00Z",
        "sites": sites,
        "findings_kept": kept,
    }
    previous = read_previous(encoded(json.dumps(document)))
    found = overview(
        [], NOW, health=Health(scans=[{"domain": "a.example", "site_id": 1, **RED}]), past=previous.findings
    )
    assert len(since(found)) == 1
    assert json.loads(to_json(found))
