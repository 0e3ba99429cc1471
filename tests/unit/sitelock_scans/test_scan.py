# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starting scans, and waiting for their end by scanInfo."""

from __future__ import annotations

import typing as t

import pytest
from lxml import etree

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.modules import sitelock_scan
from ansible_collections.hosting.websec.tests.unit.core.clients import QuickContext
from ansible_collections.hosting.websec.tests.unit.scripted_server import Reply
from ansible_collections.hosting.websec.tests.unit.sitelock_scans.tasks import Tasks, Vendor


@pytest.fixture(name="scan")
def _scan(monkeypatch: pytest.MonkeyPatch) -> Tasks:
    return Tasks(sitelock_scan, monkeypatch, scan_codes=[], wait=False, wait_timeout=600, wait_interval=60)


class Vendors:
    """A vendor whose scans end after some looks. C(last) is the time of the last scan before."""

    def __init__(self, looks: int, *, last: str = 'last_scan="2026-11-28 03:00:00"', status: str = "") -> None:
        self.looks = looks
        self.status = status
        self.last = last
        self.started: dict[str, int] = {}

    def __call__(self, method: str, element: etree._Element) -> str | Reply:
        number = element.findtext("site_id") or ""
        if method == "scanNow":
            assert number not in self.started, "started twice"
            self.started[number] = 0
            return "<scanNow><status>ok</status></scanNow>"
        shown, flag, status = self.last, "green", ""
        if number in self.started:
            self.started[number] += 1
            done = self.started[number] >= self.looks
            status = "" if done else self.status
            if done:
                shown, flag = 'last_scan="2026-11-29 12:00:00"', "red"
        return (
            f'<scanInfo account_id="570" site_id="{number}"><product name="Content" attention_flag="{flag}">'
            f"<malware_scan {shown}>{status}</malware_scan></product></scanInfo>"
        )


def done(_method: str, _element: etree._Element) -> str:
    return "<scanNow><status>ok</status></scanNow>"


def test_the_requests(scan: Tasks) -> None:
    result = scan(done, check_mode=False, sites=[{"site_id": 5}])
    assert scan.sent == ["<scanNow><site_id>5</site_id></scanNow>"]
    (row,) = result["sites"]
    assert (row["changed"], row["answer"], row["finished"]) == (True, {"status": "ok"}, None)
    scan(done, check_mode=False, sites=[{"site_id": 5}], scan_codes=["malware_scan", "ssl_scan", "malware_scan"])
    codes = "<scan_code>malware_scan</scan_code><scan_code>ssl_scan</scan_code>"
    assert scan.sent == [f"<scanNow><site_id>5</site_id>{codes}</scanNow>"]


def test_check_mode_starts_nothing(scan: Tasks) -> None:
    result = scan(done, check_mode=True, sites=[{"site_id": 5}], wait=True)
    assert (result["changed"], result["sites"][0]["changed"], scan.sent) == (True, True, [])


@pytest.mark.parametrize("reply", [Reply(fault="close"), Reply(b"", 503), Reply(b"", 429), Reply(b"<html>")])
def test_a_scan_is_never_started_twice(scan: Tasks, reply: Reply) -> None:
    def vendor(_method: str, element: etree._Element) -> str | Reply:
        return reply if element.findtext("site_id") == "5" else done("", element)

    result = scan(vendor, check_mode=False, sites=[{"site_id": 5}, {"site_id": 6}], retries=3)
    assert len(scan.sent) == 2
    lost, other = result["sites"]
    assert (lost["failed"], lost["changed"], other["failed"], other["changed"]) == (True, False, False, True)
    assert (lost["error"]["kind"] == "outcome_unknown") == (reply.status != 429)


@pytest.mark.parametrize(
    "vendor",
    [
        Vendors(3),
        Vendors(3, status="<status>running</status>"),
        # The first scan of this site.
        Vendors(3, last=""),
        # The end is not there yet, although a first time is new.
        Vendors(3, last='last_scan="2026-11-29 11:00:00"', status="<pending>1</pending>"),
    ],
)
def test_waiting_ends_with_the_scan(scan: Tasks, vendor: Vendors) -> None:
    result = scan(vendor, check_mode=False, sites=[{"site_id": 5}, {"site_id": 6}], wait=True)
    assert [(row["finished"], row["attention_flag"], row["findings"]) for row in result["sites"]] == [
        (True, "red", ["Content"])
    ] * 2
    assert result["sites"][0]["last_scan_at"] == "2026-11-29 12:00:00"
    assert scan.context.pauses == [60, 60, 60]
    # One look before, one call that starts, three looks after, for each of both.
    assert len(scan.sent) == 10


def test_a_scan_that_runs_when_the_time_is_newer_is_not_done(scan: Tasks) -> None:
    """Of several scans of a site, one is done and another one runs."""
    looks = iter(["", "running", "running", "ok"])

    def vendor(method: str, element: etree._Element) -> str:
        if method == "scanNow":
            return done("", element)
        state = next(looks)
        day = "28" if state == "" else "29"
        return (
            f'<scanInfo site_id="5"><product name="Content" attention_flag="green"><ssl_scan><last_scan>2026-11-{day} '
            f"10:00:00</last_scan><status>{state}</status></ssl_scan></product></scanInfo>"
        )

    result = scan(vendor, check_mode=False, sites=[{"site_id": 5}], wait=True)
    assert (result["sites"][0]["finished"], len(scan.context.pauses)) == (True, 3)


def test_waiting_has_an_end(scan: Tasks) -> None:
    result = scan(Vendors(99), check_mode=False, sites=[{"site_id": 5}, {"site_id": 6}], wait=True, wait_timeout=130)
    assert scan.context.pauses == [60, 60, 10]
    for row in result["sites"]:
        assert (row["finished"], row["failed"], row["changed"], row["error"]["kind"]) == (False, True, True, "timeout")
        assert "shows no newer scan after 130 seconds" in row["error"]["message"]
    assert result["changed"]
    running = Vendors(99, status="<status>queued</status>")
    result = scan(running, check_mode=False, sites=[{"site_id": 5}], wait=True, wait_timeout=60)
    assert "is still running after 60 seconds" in result["sites"][0]["error"]["message"]


def test_trouble_while_waiting_passes(scan: Tasks) -> None:
    vendor = Vendors(2)
    trouble = iter([None, Reply(b"", 503), Reply(fault="close")])

    def now_and_then(method: str, element: etree._Element) -> str | Reply:
        return (next(trouble, None) if method == "scanInfo" else None) or vendor(method, element)

    result = scan(now_and_then, check_mode=False, sites=[{"site_id": 5}], wait=True)
    assert (result["sites"][0]["finished"], result["sites"][0]["error"]) == (True, None)
    assert len(scan.context.pauses) == 4


def test_a_refusal_while_waiting_is_the_error_of_its_site(scan: Tasks) -> None:
    vendor = Vendors(1)

    def refusing(method: str, element: etree._Element) -> str | Reply:
        if method == "scanInfo" and element.findtext("site_id") == "5" and "5" in vendor.started:
            return "<scanInfo><error>Not today</error></scanInfo>"
        return vendor(method, element)

    result = scan(refusing, check_mode=False, sites=[{"site_id": 5}, {"site_id": 6}], wait=True)
    refused, other = result["sites"]
    assert (refused["changed"], refused["finished"], refused["error"]["kind"]) == (True, False, "rejected")
    assert (other["finished"], other["failed"]) == (True, False)


def test_a_task_that_is_stopped_while_it_waits_defers_its_sites(scan: Tasks) -> None:
    class Stopping(QuickContext):
        def sleep(self, seconds: float) -> None:
            self.stop("stopped by SIGTERM")
            super().sleep(seconds)

    stopping: RunContext = Stopping()
    result = scan(Vendors(2), check_mode=False, sites=[{"site_id": 5}], wait=True, context=stopping)
    (row,) = result["sites"]
    assert (row["changed"], row["finished"], row["deferred"], row["failed"]) == (True, False, True, False)


@pytest.mark.parametrize("wrong", [{"wait_timeout": 0}, {"wait_interval": -1}])
def test_a_wait_without_time_is_refused(scan: Tasks, wrong: dict[str, t.Any]) -> None:
    vendor: Vendor = done
    with pytest.raises(BadInputError, match="must be greater than 0 seconds"):
        scan(vendor, check_mode=False, sites=[{"site_id": 5}], wait=True, **wrong)
    assert scan.sent == []
