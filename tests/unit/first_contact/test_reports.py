# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a first contact says of reports that the stand-in does not make, and how little it fetches of any."""

from __future__ import annotations

import datetime
import gzip
import json
import tracemalloc
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.observations import (
    NOT_SEEN,
    NotSeenError,
    observe,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.contract import Contract, Site
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.reader import Responses
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.reports import (
    OBSERVATIONS,
    Reports,
)
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply, Script, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.test_addon_passes import connection

NEXT = "X-Sitelock-Next-File-Id"
CONTRACT = Contract((Site(1),), report="scan_status", report_period="2026-11-29")
HEADER = b"site_id,domain\n"
REFUSED = Reply(b'{"status": "error", "error": "File not found"}', 400)


def part(body: bytes = HEADER, after: str | None = "EOF", **headers: str) -> Reply:
    """A file of a report. :param after: the next one."""
    more = {} if after is None else {NEXT: after}
    return Reply(body, headers={**more, **{name.replace("_", "-"): value for name, value in headers.items()}})


class Contact:
    """Looks at all about reports; C(requests) has what was sent."""

    def __init__(self, script: Script, contract: Contract = CONTRACT, **options: t.Any) -> None:
        with ScriptedServer(script) as server:
            given = {**connection(server.url), **options}
            with SiteLockClient.from_options(given, read_only=True) as client:
                self.responses = Responses(client, contract, datetime.date(2026, 11, 29))
                rows = observe(OBSERVATIONS, Reports(given, client, self.responses, RunContext()))
            self.requests: list[Received] = server.requests
        self.rows = {row.id: row.reason if row.outcome == NOT_SEEN else row.outcome for row in rows}

    @property
    def files(self) -> list[str]:
        """The files that were requested."""
        return [json.loads(request.body)["report"]["file_counter"] for request in self.requests]

    @property
    def goes_on(self) -> bool:
        """Whether other calls are made after these."""
        try:
            self.responses.check()
        except NotSeenError:
            return False
        return True


def by_file(first: Reply, second: Reply = REFUSED, unknown: Reply = REFUSED) -> t.Callable[[Received], Reply]:
    """What is answered to the requests of a first contact, in any order."""

    def answer(request: Received) -> Reply:
        file_id = json.loads(request.body)["report"]["file_counter"]
        return first if file_id == "1" else unknown if file_id == "999999999" else second

    return answer


TWO = by_file(part(after="2"), part())


def test_three_requests_show_everything() -> None:
    contact = Contact(TWO)
    assert contact.rows == {
        "bulk_reports": "yes",
        "report_errors": "http_400",
        "report_error_body": "json_error",
        "report_end": "eof",
        "report_file_ids": "number",
        "report_headers": "each",
        "report_encoding": "none",
    }
    assert sorted(contact.files) == ["1", "2", "999999999"]
    asked = json.loads(contact.requests[0].body)["report"]
    assert asked == {"type": "scan_status", "file_period": "2026-11-29", "file_counter": "1"}


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [
        (part(after=None), REFUSED, "missing"),
        (part(after=" "), REFUSED, "missing"),
        (part(after="2"), part(after=None), "missing"),
        (part(after="no more"), REFUSED, "other"),
        (part(after="eof"), REFUSED, "other"),
        (part(after="1"), REFUSED, "other"),
        (part(after="2"), part(after="2"), "other"),
        (part(after="2"), part(after="1"), "other"),
        (part(after="0"), REFUSED, "other"),
        (part(after="2"), part(after="3"), "nothing_there"),
        (part(after="2"), Reply(b"", 503), "no_answer"),
        (part(after="2"), Reply(b"<html>Maintenance</html>"), "bad_response"),
        (Reply(b"<html>Maintenance</html>"), REFUSED, "bad_response"),
    ],
)
def test_what_the_last_file_says_of_the_next_one(first: Reply, second: Reply, word: str) -> None:
    contact = Contact(by_file(first, second))
    assert contact.rows["report_end"] == word
    assert len(contact.files) == len(set(contact.files)) <= 3


@pytest.mark.parametrize(
    ("second", "word"),
    [
        (HEADER + b"1,shop.example\n", "each"),
        (b"\xef\xbb\xbf" + HEADER, "each"),
        (HEADER.replace(b"\n", b"\r\n"), "each"),
        (HEADER.rstrip(), "each"),
        (b"1,shop.example\n", "first"),
        (b"site_id,domain,more\n", "first"),
        (b"", "nothing_there"),
    ],
)
def test_which_files_begin_with_the_names_of_the_columns(second: bytes, word: str) -> None:
    assert Contact(by_file(part(after="2"), part(second))).rows["report_headers"] == word


PACKED = gzip.compress(HEADER)


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [
        (part(PACKED, "2", Content_Encoding="gzip"), part(PACKED, Content_Encoding="gzip"), "content_encoding"),
        (part(PACKED, "2", Content_Encoding="identity"), part(PACKED, Content_Type="text/csv"), "gzip_file"),
        (part(PACKED, "2"), part(), "mixed"),
        (part(PACKED, "2"), REFUSED, "gzip_file"),
        (part(PACKED), REFUSED, "gzip_file"),
        (part(HEADER, Content_Type="application/gzip"), REFUSED, "none"),
        (part(HEADER, Content_Encoding="gzip"), REFUSED, "bad_response"),
    ],
)
def test_how_files_are_compressed(first: Reply, second: Reply, word: str) -> None:
    assert Contact(by_file(first, second)).rows["report_encoding"] == word


@pytest.mark.parametrize(
    ("refusal", "status", "body"),
    [
        (Reply(b'{"error": "x"}'), "http_200", "json_error"),
        (Reply(b'{"message": "x"}', 404), "http_404", "json_message"),
        (Reply(b'{"errors": ["x"]}', 400), "http_400", "json"),
        (Reply(b"<report><error>x</error></report>", 500), "http_500", "xml"),
        (Reply(b"\n<!DOCTYPE html><html>x</html>", 404), "http_404", "html"),
        (Reply(b"<" + b"x" * 200_000), "http_200", "xml"),
        (Reply(b"", 400), "http_400", "empty"),
        (Reply(b"no", 418), "other", "other"),
        (Reply(fault="close"), "no_answer", "no_answer"),
        (part(), "nothing_there", "nothing_there"),
    ],
)
def test_the_form_of_a_refusal(refusal: Reply, status: str, body: str) -> None:
    rows = Contact(by_file(part(), unknown=refusal)).rows
    assert (rows["report_errors"], rows["report_error_body"]) == (status, body)
    assert rows["bulk_reports"] == "yes"


@pytest.mark.parametrize(
    ("first", "word", "status", "files", "goes_on"),
    [
        (Reply(b"", 403), "no", "http_403", ["1"], True),
        (Reply(b"", 401), "credentials_refused", "http_401", ["1"], False),
        (Reply(b'{"error": "Invalid username or password"}'), "credentials_refused", "http_200", ["1"], False),
        (REFUSED, "refused", "http_400", ["1", "999999999"], True),
        (Reply(fault="close"), "no_answer", "no_answer", ["1"], True),
        (part(b""), "bad_response", "bad_response", ["1"], True),
    ],
)
def test_what_is_not_given_is_not_requested_again(
    first: Reply, word: str, status: str, files: list[str], goes_on: bool
) -> None:
    """After a refusal of the credentials nothing at all is."""
    contact = Contact(by_file(first))
    assert contact.files == files
    assert contact.goes_on is goes_on
    assert contact.rows.pop("bulk_reports") == word
    assert contact.rows.pop("report_errors") == status
    contact.rows.pop("report_error_body")
    assert set(contact.rows.values()) <= {"refused", word}


@pytest.mark.parametrize(
    ("contract", "options"),
    [
        (Contract((Site(1),)), {}),
        (
            CONTRACT,
            {"api_username": None, "api_password": None, "api_client_id": "c", "api_client_secret": "s"},
        ),
    ],
)
def test_without_the_option_or_a_password_nothing_is_requested(contract: Contract, options: dict[str, t.Any]) -> None:
    contact = Contact(TWO, contract, **options)
    assert set(contact.rows.values()) == {"not_given"}
    assert contact.requests == []


def test_a_file_that_does_not_exist_is_requested_only_if_the_task_says_so() -> None:
    careful = Contract((Site(1),), try_unknown=False, report="scan_status", report_period="2026-11-29")
    contact = Contact(TWO, careful)
    assert contact.files == ["1", "2"]
    assert (contact.rows["report_errors"], contact.rows["report_end"]) == ("not_tried", "eof")


@pytest.mark.parametrize(
    ("contract", "options"),
    [
        (Contract((Site(1),), report="a b", report_period="x"), {}),
        (Contract((Site(1),), report="a"), {}),
        (CONTRACT, {"api_url": "http://127.0.0.1:9/elsewhere"}),
    ],
)
def test_options_that_make_no_sense_request_nothing(contract: Contract, options: dict[str, t.Any]) -> None:
    with pytest.raises(BadInputError):
        Contact(TWO, contract, **options)


def test_only_the_beginning_of_a_large_file_is_read() -> None:
    """The rest of it is cut off, or would fill the memory, which costs nothing."""
    rows = HEADER + b"".join(b"%d,shop%d.example\n" % (number, number * 7919) for number in range(300_000))
    packed = gzip.compress(rows, 1)
    assert len(packed) > 2_000_000
    cut = Reply(packed, headers={NEXT: "2", "Content-Encoding": "gzip"}, cut=len(packed) - 100)
    bomb = part(gzip.compress(HEADER + b"x" * 20_000_000, 1), Content_Encoding="gzip")
    tracemalloc.start()
    try:
        contact = Contact(by_file(cut, bomb))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert contact.rows["report_end"] == "eof"
    assert contact.rows["report_headers"] == "each"
    assert contact.rows["report_encoding"] == "content_encoding"
    assert contact.files.count("1") == contact.files.count("2") == 1
    assert peak < 12_000_000


def test_the_first_line_is_compared_as_far_as_it_is_kept() -> None:
    """A file may have no line break at all."""
    endless = b"x" * 3_000_000
    assert Contact(by_file(part(endless, "2"), part(endless))).rows["report_headers"] == "each"
    assert Contact(by_file(part(endless, "2"), part(b"y" + endless))).rows["report_headers"] == "first"
