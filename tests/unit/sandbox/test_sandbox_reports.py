# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports about all sites: files, formats, and their end."""

from __future__ import annotations

import csv
import gzip
import http.client
import json
import tracemalloc
import typing as t
import zlib

import pytest
from websec_sandbox.reports import Report

from ansible_collections.hosting.websec.tests.unit.sandbox.conftest import PASSWORD, USER
from ansible_collections.hosting.websec.tests.unit.sandbox.firewalls import refusal

if t.TYPE_CHECKING:
    from conftest import Response, Sandbox

PARSE_ERROR = (None, "Could not parse XML request")
HEADERS = {"X_Sitelock_Login": USER, "X_Sitelock_Password": PASSWORD, "Accept_Encoding": "gzip"}
JSON = {**HEADERS, "Content_Type": "application/json"}
XML = {**HEADERS, "Content_Type": "application/xml"}
PATH = "/v2/partner/bulkreports"


def ask(sandbox: Sandbox, counter: str = "1", kind: str = "scan_status", **more: str) -> Response:
    report = {"type": kind, "file_period": "24", "file_counter": counter, **more}
    return sandbox.send("POST", PATH, json.dumps({"report": report}).encode(), **JSON)


def table(answer: Response) -> list[list[str]]:
    assert answer.status == 200, answer.body
    return list(csv.reader(gzip.decompress(answer.body).decode().splitlines()))


def files(sandbox: Sandbox) -> list[list[list[str]]]:
    """All files of a report."""
    found, counter = [], "1"
    while counter != "EOF":
        answer = ask(sandbox, counter)
        found.append(table(answer))
        counter = str(answer.headers["X-Sitelock-Next-File-Id"])
    return found


def test_a_report_in_json_and_in_xml(sandbox: Sandbox) -> None:
    answer = ask(sandbox, group_resellers="yes")
    assert answer.headers["X-Sitelock-Next-File-Id"] == "EOF"
    assert [line[:3] for line in table(answer)] == [
        ["account_id", "site_id", "domain"],
        ["570", "1", "ssl.example"],
        ["570", "2", "plain.example"],
        ["571", "3", "shop.sub.example"],
        ["571", "4", "late.example"],
        ["571", "5", "hopeless.example"],
        ["571", "6", "broken.example"],
    ]
    report = (
        b"<report><type>scan_status</type><file_period>24</file_period><file_counter>1</file_counter>"
        b"<group_resellers>yes</group_resellers></report>"
    )
    assert table(sandbox.send("POST", PATH, report, **XML)) == table(answer)


def test_reports_contain_findings(sandbox: Sandbox) -> None:
    sandbox.admin(
        "POST",
        "products",
        site_id="2",
        smart={"ftp_user": "web"},
        ftp_error="530 Login incorrect.",
        findings=[
            {"code": "malware_scan", "days_ago": 2, "flag": "yellow"},
            {"code": "platform_scan", "days_ago": 2, "name": "WordPress"},
        ],
    )
    rows = {}
    for kind in ("scan_status", "risk_score", "external_scan", "internal_scan"):
        names, *lines = table(ask(sandbox, kind=kind))
        rows[kind] = dict(zip(names, next(line for line in lines if line[1] == "2")))
    assert (rows["scan_status"]["content"], rows["scan_status"]["application"]) == ("yellow", "yellow")
    assert rows["risk_score"]["risk_score"] == "35"
    external = rows["external_scan"]
    assert (external["site_health_score"], external["site_health_status"]) == ("65", "yellow")
    assert (external["malware_medium_issues"], external["wp_outdated"]) == ("1", "yes")
    assert (rows["internal_scan"]["ftp_status"], rows["internal_scan"]["ftp_error"]) == (
        "error",
        "530 Login incorrect.",
    )


@pytest.mark.parametrize(("form", "known"), [("number", True), ("opaque", False)])
def test_setting_ids_of_report_files(sandbox: Sandbox, form: str, known: bool) -> None:
    sandbox.admin("POST", "settings", report_rows=50, report_rows_per_file=20, report_file_ids=form)
    parts = files(sandbox)
    assert [len(part) - 1 for part in parts] == [20, 20, 10]
    sites = [line[1] for part in parts for line in part[1:]]
    assert len(set(sites)) == 50
    assert sites[:7] == ["1", "2", "3", "4", "5", "6", "20000006"]
    assert (ask(sandbox, "2").status == 200) == known
    assert ask(sandbox, "4").json == {"status": "error", "error": "File not found"}


@pytest.mark.parametrize(("form", "headers"), [("each", [True, True]), ("first", [True, False])])
def test_setting_header_in_each_file(sandbox: Sandbox, form: str, headers: list[bool]) -> None:
    sandbox.admin("POST", "settings", report_rows_per_file=3, report_headers=form)
    parts = files(sandbox)
    assert [part[0][0] == "account_id" for part in parts] == headers
    assert sum(line[0] != "account_id" for part in parts for line in part) == 6


@pytest.mark.parametrize(
    ("form", "encoding", "kind"),
    [("content_encoding", "gzip", "text/csv; charset=utf-8"), ("gzip_file", None, "application/gzip")],
)
def test_setting_compression_of_reports(sandbox: Sandbox, form: str, encoding: str | None, kind: str) -> None:
    sandbox.admin("POST", "settings", report_encoding=form)
    answer = ask(sandbox)
    assert (answer.headers["Content-Encoding"], answer.headers["Content-Type"]) == (encoding, kind)
    assert len(table(answer)) == 7


@pytest.mark.parametrize(("form", "status"), [("http_400", 400), ("http_200", 200)])
def test_setting_form_of_report_errors(sandbox: Sandbox, form: str, status: int) -> None:
    sandbox.admin("POST", "settings", report_errors=form)
    answer = ask(sandbox, "9")
    assert (answer.status, answer.json) == (status, {"status": "error", "error": "File not found"})


@pytest.mark.parametrize("form", [True, False])
def test_setting_partner_has_bulk_reports(sandbox: Sandbox, form: bool) -> None:
    sandbox.admin("POST", "settings", bulk_reports=form)
    assert ask(sandbox).status == (200 if form else 403)


@pytest.mark.parametrize(
    ("change", "body", "status", "message"),
    [
        ({"X_Sitelock_Password": "wrong"}, None, 401, "Invalid username or password"),
        ({"Accept_Encoding": "identity"}, None, 400, "Invalid request"),
        ({"Content_Type": "text/plain"}, None, 400, "Invalid request"),
        ({}, b"{", 400, "Invalid request"),
        ({}, b"[]", 400, "Invalid request"),
        ({}, b'{"report": {}}', 400, "Invalid request"),
        ({}, b'{"report": {"type": "x", "file_period": 1, "file_counter": 1}}', 400, "Invalid request"),
        ({}, b'{"report": {"a b": "1"}}', 400, "Invalid request"),
        ({"Content_Type": "application/xml"}, b"<reports/>", 400, "Invalid request"),
        ({"Content_Type": "application/xml"}, b"<!DOCTYPE report><report/>", 400, "Invalid request"),
    ],
)
def test_undocumented_requests_are_refused(
    sandbox: Sandbox, change: dict[str, str], body: bytes | None, status: int, message: str
) -> None:
    good = b'{"report": {"type": "risk_score", "file_period": "24", "file_counter": 1}}'
    assert sandbox.send("POST", PATH, good, **JSON).status == 200
    answer = sandbox.send("POST", PATH, good if body is None else body, **{**JSON, **change})
    assert (answer.status, answer.json["error"]) == (status, message)
    assert "error" in sandbox.journal()[-1]["outcome"]
    assert PASSWORD not in json.dumps(sandbox.journal())


# Long reports


def test_a_long_report_needs_little_memory(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "settings", report_rows=60_000)
    report = Report(sandbox.service.world, "scan_status")
    unpacker, lines = zlib.decompressobj(wbits=31), 0
    tracemalloc.start()
    try:
        for block in report.stream(1, 1.0):
            lines += unpacker.decompress(block).count(b"\r\n")
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert lines == 60_001
    assert peak < 3_000_000


def test_a_connection_lost_in_a_report(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "settings", report_rows=30_000)
    sandbox.admin("POST", "faults", kind="cut", method="bulkReports")
    with pytest.raises(http.client.IncompleteRead) as problem:
        ask(sandbox)
    came = zlib.decompressobj(wbits=31).decompress(problem.value.partial)
    assert came.count(b"\r\n") == 20_001
    assert len(table(ask(sandbox))) == 30_001


def test_a_truncated_report(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "faults", kind="truncated", method="bulkReports")
    with pytest.raises(EOFError):
        table(ask(sandbox))
    assert len(table(ask(sandbox))) == 7


@pytest.mark.parametrize("kind", ["lost_answer", "lost_request"])
def test_a_lost_report(sandbox: Sandbox, kind: str) -> None:
    sandbox.admin("POST", "faults", kind=kind, method="bulkReports")
    with pytest.raises((http.client.HTTPException, OSError)):
        ask(sandbox)
    assert len(table(ask(sandbox))) == 7


# The older form


def test_the_older_form_of_a_report(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "settings", report_rows_per_file=4)
    first = sandbox.call("<download><report>risk_score</report><file_id/></download>")
    following = first.headers["Sitelock-Next-File-Id"]
    second = sandbox.call(f"<download><report>risk_score</report><file_id>{following}</file_id></download>")
    assert [len(table(one)) for one in (first, second)] == [5, 3]
    assert second.headers["Sitelock-Next-File-Id"] == "EOF"
    wrong = sandbox.call("<download><report>test</report><file_id>9</file_id></download>")
    assert wrong.xml.findtext("download/error") == "File not found"
    [element] = sandbox.call("<download><report>external_scan</report><file_id/></download>").xml
    assert refusal(element) == PARSE_ERROR
