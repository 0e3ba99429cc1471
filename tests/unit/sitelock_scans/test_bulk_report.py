# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports about all sites: written as they arrive, complete or not at all."""

from __future__ import annotations

import errno
import fcntl
import gzip
import io
import json
import stat
import tracemalloc
import typing as t
from pathlib import Path

import pytest
from lxml import etree

from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.scans import report_file
from ansible_collections.hosting.websec.plugins.modules import sitelock_bulk_report
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply, Script, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import document
from ansible_collections.hosting.websec.tests.unit.sitelock.test_addon_passes import connection

HEADER = b"site_id,domain,status\n"
NEXT, OLD_NEXT = "X-Sitelock-Next-File-Id", "Sitelock-Next-File-Id"


def part(*rows: str, after: str | None = "EOF", header: bool = False, packed: bool = True, **reply: t.Any) -> Reply:
    """A file of a report. :param after: the next one."""
    body = (HEADER if header else b"") + "".join(f"{row}\n" for row in rows).encode()
    headers = {"Content-Type": "text/csv", **({} if after is None else {NEXT: after})}
    if packed:
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body)
    return Reply(body, headers=headers, **reply)


TWO = [part("5,a.example,red", header=True, after="2"), part("6,b.example,green")]


class Fetch:
    """Fetches a report to C(dest) in a folder of its own; C(requests) has what was sent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.dest = folder / "report.csv.gz"
        self.requests: list[Received] = []

    def __call__(
        self, script: Script, *, check_mode: bool = False, context: RunContext | None = None, **given: t.Any
    ) -> dict[str, t.Any]:
        with ScriptedServer(script) as server:
            options = {
                **connection(server.url),
                "dest": str(self.dest),
                "report": "scan_status",
                "period": "2026-11-29",
                "group_resellers": None,
                "source": "bulk_reports",
                "compress": None,
                "max_size": 10**9,
                "file_timeout": 60,
                "deadline": None,
                **given,
            }
            try:
                return sitelock_bulk_report.run(options, context or RunContext(), check_mode=check_mode)
            finally:
                self.requests = server.requests

    def fails(self, script: Script, **given: t.Any) -> WebsecError:
        """The error; the file is as it was before, and nothing else is in the folder."""
        before = self.dest.read_bytes() if self.dest.exists() else None
        with pytest.raises(WebsecError) as failed:
            self(script, **given)
        assert (self.dest.read_bytes() if self.dest.exists() else None) == before
        assert [path.name for path in self.folder.iterdir()] == ([] if before is None else [self.dest.name])
        return failed.value

    def content(self) -> bytes:
        return gzip.decompress(self.dest.read_bytes())

    def counters(self) -> list[str]:
        return [json.loads(request.body)["report"]["file_counter"] for request in self.requests]


@pytest.fixture(name="fetch")
def _fetch(tmp_path: Path) -> Fetch:
    return Fetch(tmp_path)


# ---- what is right


def test_the_documented_requests_and_one_file_of_all_parts(fetch: Fetch) -> None:
    result = fetch(TWO, group_resellers=True)
    first, second = fetch.requests
    assert (first.method, first.path) == ("POST", "/v2/partner/bulkreports")
    asked = {"type": "scan_status", "file_period": "2026-11-29", "file_counter": "1", "group_resellers": "yes"}
    assert json.loads(first.body) == {"report": asked}
    assert json.loads(second.body) == {"report": {**asked, "file_counter": "2"}}
    wanted = {
        "Content-Type": "application/json",
        "Accept-Encoding": "gzip",
        "X-Sitelock-Login": "Username",
        "X-Sitelock-Password": "Password",
    }
    assert wanted.items() <= first.headers.items()
    assert b"Password" not in first.body
    assert fetch.content() == HEADER + b"5,a.example,red\n6,b.example,green\n"
    assert result.pop("checksum")
    assert result == {
        "changed": True,
        "dest": str(fetch.dest),
        "compressed": True,
        "files": 2,
        "rows": 2,
        "columns": ["site_id", "domain", "status"],
        "csv_size": len(fetch.content()),
    }
    assert stat.S_IMODE(fetch.dest.stat().st_mode) == 0o600
    assert list(fetch.folder.iterdir()) == [fetch.dest]


def test_the_same_report_again_changes_nothing_and_another_one_keeps_the_permissions(fetch: Fetch) -> None:
    fetch(TWO)
    fetch.dest.chmod(0o640)
    before = fetch.dest.stat()
    assert not fetch(TWO)["changed"]
    assert fetch.dest.stat().st_mtime_ns == before.st_mtime_ns
    assert fetch([part("7,c.example,red", header=True)])["changed"]
    assert stat.S_IMODE(fetch.dest.stat().st_mode) == 0o640
    assert fetch.content().endswith(b"7,c.example,red\n")


@pytest.mark.parametrize(
    ("name", "compress", "compressed"),
    [
        ("report.csv", None, False),
        ("report.CSV.GZ", None, True),
        ("gz", None, False),
        ("report.csv", True, True),
        ("report.csv.gz", False, False),
    ],
)
def test_the_name_says_whether_it_is_compressed(
    fetch: Fetch, name: str, compress: bool | None, compressed: bool
) -> None:
    fetch.dest = fetch.dest.with_name(name)
    assert fetch(TWO, compress=compress)["compressed"] is compressed
    assert fetch.dest.read_bytes().startswith(b"\x1f\x8b" if compressed else HEADER)


@pytest.mark.parametrize("compress", [True, False])
@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize("packed", [True, False])
def test_any_form_of_transport_gives_the_same_file(fetch: Fetch, compress: bool, chunked: bool, packed: bool) -> None:
    rows = [f"{number},shop{number}.example,green" for number in range(20_000)]
    replies = [
        part(*rows[:15_000], header=True, after="b-2", packed=packed, chunked=chunked),
        part(*rows[15_000:], packed=packed, chunked=chunked),
    ]
    result = fetch(replies, compress=compress)
    assert fetch.counters() == ["1", "b-2"]
    content = fetch.content() if compress else fetch.dest.read_bytes()
    assert content == HEADER + "".join(f"{row}\n" for row in rows).encode()
    assert (result["rows"], result["files"]) == (20_000, 2)


def test_a_gzip_file_without_its_coding_is_unpacked(fetch: Fetch) -> None:
    body = gzip.compress(HEADER + b"5,a.example,red\n")
    fetch([Reply(body, headers={"Content-Type": "application/gzip", NEXT: "EOF"})])
    assert fetch.content() == HEADER + b"5,a.example,red\n"


def test_rows_are_counted_and_parts_are_joined_as_csv(fetch: Fetch) -> None:
    first = 'site_id,"the ""note"", long"\n5,"two\nlines"\n6,x'
    replies = [
        Reply(gzip.compress(first.encode()), headers={"Content-Encoding": "gzip", NEXT: "2"}),
        Reply(b'7,"a"",""b"\n8,y', headers={NEXT: "EOF"}),
    ]
    result = fetch(replies)
    assert fetch.content().decode() == first + '\n7,"a"",""b"\n8,y'
    assert (result["rows"], result["columns"]) == (4, ["site_id", 'the "note", long'])


@pytest.mark.parametrize("start", [HEADER, b"site_id,dom", b"site_id,domain,states\n", b"", b"5,a.example,red\n"])
@pytest.mark.parametrize("chunked", [False, True])
def test_the_names_of_columns_are_in_the_file_once(fetch: Fetch, start: bytes, chunked: bool) -> None:
    body = start + b"6,b.example,green\n"
    fetch([TWO[0], Reply(body, headers={NEXT: "3"}, chunked=chunked), Reply(start[:20], headers={NEXT: "EOF"})])
    kept = b"" if start == HEADER else start
    assert fetch.content() == HEADER + b"5,a.example,red\n" + kept + b"6,b.example,green\n" + start[:20]


@pytest.mark.parametrize("too_long", [False, True])
def test_a_row_that_is_the_start_of_a_very_long_first_line_is_kept(fetch: Fetch, too_long: bool) -> None:
    first = "x" * (65_537 if too_long else 65_536)
    again = first[:65_536]
    fetch([part(first, after="2"), part(again, "7")])
    assert fetch.content().decode().split() == [first, *([again] if too_long else []), "7"]


def test_check_mode_requests_nothing(fetch: Fetch) -> None:
    assert fetch(TWO, check_mode=True) == {"changed": True, "dest": str(fetch.dest)}
    assert (fetch.requests, list(fetch.folder.iterdir())) == ([], [])
    assert "period is missing" in fetch.fails(TWO, check_mode=True, period=None).message


def test_the_older_way_as_documented(fetch: Fetch) -> None:
    def old(reply: Reply, after: str) -> Reply:
        return Reply(reply.body, headers={"Content-Encoding": "gzip", OLD_NEXT: after})

    result = fetch([old(TWO[0], "scan_2.csv"), old(TWO[1], "EOF")], source="download", period=None, report="test")
    assert (result["rows"], fetch.content().count(b"\n")) == (2, 3)
    assert [request.path for request in fetch.requests] == ["/v1/partner", "/v1/partner"]
    bodies = [etree.fromstring(request.body) for request in fetch.requests]
    assert [body.findtext("download/file_id") for body in bodies] == ["", "scan_2.csv"]
    assert bodies[0].findtext("authentication/password") == "Password"
    assert (bodies[0].findtext("download/report"), bodies[0].find("download/group_resellers")) == ("test", None)
    error = document("<download><error>No such report</error></download>")
    failed = fetch.fails([Reply(error)], source="download", period=None)
    assert (failed.kind, "No such report" in failed.message) == ("rejected", True)


def test_a_large_report_needs_little_memory(fetch: Fetch) -> None:
    """The other test of this counts the memory of a whole process, for a million rows."""
    rows = [f"{number},shop{number}.example,{'green' * 20}" for number in range(100_000)]
    reply = part(*rows, header=True)
    tracemalloc.start()
    try:
        result = fetch([reply])
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert result["csv_size"] > 12_000_000
    assert peak < 3_000_000


# ---- what goes wrong on the way


def test_a_part_that_is_cut_off_starts_again_and_those_before_it_are_kept(fetch: Fetch) -> None:
    rows = [f"{number},shop{number}.example,green" for number in range(100_000)]
    first, second = part(*rows[:20_000], header=True, after="2"), part(*rows[20_000:])
    assert len(second.body) > 100_000
    cut = Reply(second.body, headers=second.headers, cut=len(second.body) - 10)
    result = fetch([first, cut, Reply(second.body, headers=second.headers, cut=100_000), second], retries=3)
    assert fetch.counters() == ["1", "2", "2", "2"]
    assert fetch.content() == HEADER + "".join(f"{row}\n" for row in rows).encode()
    assert (result["rows"], result["files"]) == (100_000, 2)


BROKEN = {
    "closed": Reply(fault="close"),
    "reset": Reply(fault="reset"),
    "cut": part("6,b.example,green", cut=5),
    "cut chunks": part("6,b.example,green", cut=5, chunked=True),
    "half a gzip file": Reply(TWO[1].body[:-5], headers=TWO[1].headers),
    "not gzip": Reply(b"6,b.example,green\n", headers=TWO[1].headers),
    "no next": part("6,b.example,green", after=None),
    "empty next": part("6,b.example,green", after=" "),
    "long next": part("6,b.example,green", after="9" * 300),
    "the same again": part("6,b.example,green", after="2"),
    "back to the first": part("6,b.example,green", after="1"),
    "html": Reply(b"<html>Maintenance</html>"),
    "json": Reply(b'{"error": "No such file"}', headers={NEXT: "EOF"}),
    "binary": Reply(b"PK\x03\x04\x00\x00", headers={NEXT: "EOF"}),
    "500": Reply(document("<bulkReports><error>Try later</error></bulkReports>"), 500),
    "503": Reply(b"", 503),
    "401": Reply(b"", 401),
    "403": Reply(b"", 403),
    "404": Reply(b"No such report", 404),
    "400": Reply(b'{"status": "error", "error": "File not found"}', 400),
    "redirect": Reply(b"", 302, headers={"Location": "http://127.0.0.1:9/"}),
    "too large": part("6,b.example," + "x" * 20_000),
    "declared too large": Reply(b"x" * 20_000, headers={NEXT: "EOF"}),
    "a long page": Reply(b"<" + b"x" * 200_000, headers={NEXT: "EOF"}),
}


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("name", sorted(BROKEN))
def test_half_a_report_is_none(fetch: Fetch, name: str, before: bool) -> None:
    if before:
        fetch.dest.write_bytes(b"the report of yesterday")
    limit = 10**6 if name == "a long page" else 10_000
    failed = fetch.fails([TWO[0], BROKEN[name]], max_size=limit)
    assert failed.kind in ("bad_response", "unavailable", "rejected", "auth", "not_allowed")
    assert "Password" not in failed.message + failed.hint
    assert len(fetch.requests) == 2


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("no next", "no valid header X-Sitelock-Next-File-Id"),
        ("the same again", "have no end"),
        ("json", "No such file"),
        ("500", "Try later"),
        ("404", "No such report"),
        ("400", "bulkReports: File not found."),
        ("half a gzip file", "it is truncated"),
        ("binary", "is not a CSV file"),
        ("declared too large", "is larger than 10,000 bytes"),
    ],
)
def test_the_error_says_what_is_wrong(fetch: Fetch, name: str, told: str) -> None:
    assert told in fetch.fails([TWO[0], BROKEN[name]], max_size=10_000).message


def test_the_limit_is_for_all_parts_together(fetch: Fetch) -> None:
    replies = [part("x" * 6_000, header=True, after="2"), part("y" * 6_000)]
    assert "larger than 10,000 bytes" in fetch.fails(replies, max_size=10_000).message
    assert fetch(replies, max_size=20_000)["rows"] == 2


def test_an_empty_report_is_an_error_and_an_empty_last_part_is_none(fetch: Fetch) -> None:
    assert "the report is empty" in fetch.fails([Reply(b"", headers={NEXT: "EOF"})]).message
    assert "the report is empty" in fetch.fails([Reply(b"\n \n", headers={NEXT: "EOF"})]).message
    assert fetch([TWO[0], Reply(b"", headers={NEXT: "EOF"})])["rows"] == 1


def test_a_server_that_takes_too_long_is_left(fetch: Fetch) -> None:
    slow = part(*["5,a.example,red"] * 50, header=True, packed=False, drip=0.05)
    assert fetch.fails([slow], file_timeout=0.3).kind == "timeout"
    assert fetch.fails([part("x", header=True, pause=30)], timeout=0.2).kind == "timeout"


def test_a_task_that_is_stopped_leaves_nothing(fetch: Fetch) -> None:
    context = RunContext()

    def reply(_request: Received) -> Reply:
        context.stop("stopped by SIGTERM")
        return part("5,a.example,red", header=True)

    failed = fetch.fails(reply, context=context)
    assert (failed.kind, "stopped by SIGTERM" in failed.message) == ("deferred", True)


# ---- the disk


def test_a_disk_that_is_almost_full_is_left_alone(fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = report_file.shutil.disk_usage(fetch.folder)._replace(free=report_file.RESERVE - 1)
    monkeypatch.setattr(report_file.shutil, "disk_usage", lambda _path: usage)
    fetch.dest.write_bytes(b"the report of yesterday")
    failed = fetch.fails(TWO)
    assert (failed.kind, "is full" in failed.message) == ("unavailable", True)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_fails_costs_no_earlier_report(fetch: Fetch, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing(io.FileIO):
        def write(self, data: t.Any) -> int:
            raise OSError(number, "no")

    monkeypatch.setattr(report_file.io, "FileIO", Failing)
    fetch.dest.write_bytes(b"the report of yesterday")
    failed = fetch.fails(TWO)
    assert failed.kind == ("unavailable" if number == errno.ENOSPC else "bad_input")
    assert str(fetch.dest) in failed.message


def test_what_a_killed_task_left_does_no_harm(fetch: Fetch) -> None:
    (fetch.folder / ".report.csv.gz.part").write_bytes(b"x" * 100_000)
    fetch(TWO)
    assert fetch.content() == HEADER + b"5,a.example,red\n6,b.example,green\n"
    assert list(fetch.folder.iterdir()) == [fetch.dest]


def test_two_tasks_do_not_write_the_same_file(fetch: Fetch) -> None:
    with open(fetch.folder / ".report.csv.gz.part", "wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(WebsecError, match="another task writes"):
            fetch(TWO)
    assert (fetch.folder / ".report.csv.gz.part").exists()
    assert fetch.requests == []


@pytest.mark.parametrize("succeeds", [True, False])
def test_a_task_that_ends_while_another_one_begins_keeps_its_report(
    fetch: Fetch, succeeds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has the file when the other one opens it, and has moved or removed it when the other one locks it."""
    lock = fcntl.flock

    def late(descriptor: int, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock)
        if succeeds:
            fetch(TWO)
        else:
            with pytest.raises(WebsecError):
                fetch([Reply(b"", 404)])
        lock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", late)
    with pytest.raises(WebsecError, match="another task writes"):
        fetch([part("7,c.example,red", header=True, after="nowhere"), Reply(b"", 404)])
    assert [each.name for each in fetch.folder.iterdir()] == ([fetch.dest.name] if succeeds else [])
    if succeeds:
        assert gzip.decompress(fetch.dest.read_bytes()) == HEADER + b"5,a.example,red\n6,b.example,green\n"


def test_a_link_in_place_of_the_file_is_not_followed(fetch: Fetch) -> None:
    target = fetch.folder / "target"
    target.write_bytes(b"untouched")
    (fetch.folder / ".report.csv.gz.part").symlink_to(target)
    with pytest.raises(WebsecError, match="cannot be written"):
        fetch(TWO)
    assert target.read_bytes() == b"untouched"


def test_refused_credentials_are_sent_once_also_with_http_500(fetch: Fetch) -> None:
    """Other answers with this status are sent again. After a few refusals the vendor may lock the account."""
    refusal = Reply(document("<error>Invalid username or password</error>"), 500)
    assert fetch.fails([refusal] * 3, retries=2).kind == "auth"
    assert len(fetch.requests) == 1
    assert fetch.fails([Reply(document("<error>Try later</error>"), 500)] * 3, retries=2).kind != "auth"
    assert len(fetch.requests) == 3


# ---- secrets


@pytest.mark.parametrize("loop", [False, True])
def test_a_server_that_repeats_the_password_does_not_show_it(fetch: Fetch, loop: bool) -> None:
    """In the names of the columns, and in the id of a file that has no end."""
    secret = "hunter2-hunter2"
    head = part(f"site_id,{secret},X-Sitelock-Password: {secret}", "5,a,b", after=secret if loop else "EOF")
    try:
        told = json.dumps(fetch([head] * 3, api_password=secret))
    except WebsecError as error:
        told = f"{error.message} {error.hint}"
    assert ("have no end" in told) is loop
    assert "********" in told
    assert secret not in told


# ---- wrong input


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"dest": "/nowhere/report.csv"}, "the folder /nowhere does not exist"),
        ({"dest": "/"}, "is a folder"),
        ({"report": "a b"}, "report is 'a b'"),
        ({"period": "2026-11-29</x>"}, "period is"),
        ({"period": None}, "period is missing"),
        ({"source": "download"}, "period is for source=bulk_reports only"),
        ({"source": "download", "report": "external_scan", "period": None}, "must be one of test, scan_status"),
        ({"max_size": 0}, "max_size is 0"),
        ({"file_timeout": -1}, "file_timeout is -1"),
        ({"api_url": "http://127.0.0.1:9/elsewhere"}, "does not end in /v1/partner"),
        ({"api_password": "Pass\nword"}, "api_password has characters"),
        ({"api_password": "P\u00e4ssword"}, "api_password has characters"),
        (
            {"api_username": None, "api_password": None, "api_client_id": "c", "api_client_secret": "s"},
            "for a user name and a password only",
        ),
    ],
)
def test_options_that_make_no_sense_request_nothing(fetch: Fetch, wrong: dict[str, t.Any], told: str) -> None:
    with pytest.raises(WebsecError, match=told) as failed:
        fetch(TWO, **wrong)
    assert (failed.value.kind, fetch.requests) == ("bad_input", [])
    assert "ssword" not in failed.value.message.replace("api_password", "").replace("a password", "")
