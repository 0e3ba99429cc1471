# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bulkReports and download: the reports about all sites of a partner, as a file.

Sources: C(bulkreports-...), C(download-...). A report is one or several CSV files, of which only the first one has a
line with the names of the columns. A header of the response names the next file, or C(EOF). C(bulkReports) has an
address, headers for the credentials and a form of its own.
"""

from __future__ import annotations

import dataclasses
import json
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    BadResponseError,
    NotAllowedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._http.streams import Receiver
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._secrets import redacted_errors
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.credentials import Credentials, credentials_of
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import ENDPOINT
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.scans import BULK_REPORTS, DOWNLOAD
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.scans.report_file import ReportFile
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened

BULK, OLD = SOURCES = ("bulk_reports", "download")
OLD_REPORTS = ("test", "scan_status", "risk_score")

END = "EOF"
"""In place of the id of a next file."""
MOST_FILES = 10_000
"""Of a report. Each one has up to 1,000,000 rows."""

_NEXT = {BULK: "X-Sitelock-Next-File-Id", OLD: "Sitelock-Next-File-Id"}
_WORD = re.compile(r"[\w.:-]{1,60}", re.ASCII)
_FILE_ID = re.compile(r"[!-~]{1,200}")
_HEADER_VALUE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_PATH, _BULK_PATH = "/v1/partner", "/v2/partner/bulkreports"
_MOST_OF_A_REFUSAL = 64 * 1024

Parameters = dict[str, t.Any]


def fetch_report(params: t.Mapping[str, t.Any], context: RunContext) -> dict[str, t.Any]:
    """Write the report to its file; the result of the task.

    :param params: the options of the module.
    :raises WebsecError: the file is as it was before.
    """
    with SiteLockClient.from_options(params, read_only=True, context=context) as client:
        request = ReportRequest(params)
        with redacted_errors(client.redact):
            return _write_report(client, request, params, context)


def _write_report(
    client: SiteLockClient, request: ReportRequest, params: t.Mapping[str, t.Any], context: RunContext
) -> dict[str, t.Any]:
    compress = params["compress"]
    if compress is None:
        # What a program that opens the file expects.
        compress = params["dest"].lower().endswith(".gz")
    with ReportFile(params["dest"], compress=compress, max_size=params["max_size"]) as file:
        files = _fetch(client, request, file, context)
        checksum, changed = file.finish()
        return {
            "changed": changed,
            "dest": params["dest"],
            "compressed": compress,
            "files": files,
            "rows": file.rows,
            "columns": [client.redact(name) for name in file.columns],
            "csv_size": file.csv_size,
            "checksum": checksum,
        }


def check_report(params: t.Mapping[str, t.Any]) -> None:
    """Check the options of the task, and request nothing. :raises BadInputError: they are wrong."""
    with SiteLockClient.from_options(params, read_only=True):
        ReportRequest(params)


class ReportRequest:
    """How a file of the report is requested.

    :ivar url: of the request, and ``headers`` of it, if the method has its own.
    """

    def __init__(self, params: t.Mapping[str, t.Any], *, cut: bool = False) -> None:
        """
        :param params: the options of the module C(sitelock_bulk_report).
        :param cut: leave what is beyond C(max_size) in each file, which is then no error.
        :raises BadInputError: an option is wrong.
        """
        for name in ("max_size", "file_timeout"):
            if params[name] <= 0:
                raise BadInputError(f"{name} is {params[name]}; it must be greater than 0.")
        self._max_size, self._seconds, self._cut = params["max_size"], params["file_timeout"], cut
        self.source, self._report, self._period = params["source"], params["report"], params["period"]
        grouped = params["group_resellers"]
        self._grouped = None if grouped is None else ("yes" if grouped else "no")
        for name in ("report", "period"):
            if params[name] is not None and not _WORD.fullmatch(params[name]):
                raise BadInputError(f"{name} is {shortened(repr(params[name]), 80)}; it must be a word.")
        self.url: str | None = None
        self.headers: dict[str, str] = {}
        if self.source == OLD:
            self._check_old()
        else:
            self._check_bulk(params)

    @property
    def method(self) -> Method:
        return DOWNLOAD if self.source == OLD else BULK_REPORTS

    @property
    def first(self) -> str:
        return "" if self.source == OLD else "1"

    def receiver(self, begin: t.Callable[[], None], write: t.Callable[[bytes], None]) -> Receiver:
        """What takes a file, see ``Receiver``."""
        return Receiver(begin, write, seconds=self._seconds, max_bytes=self._max_size, cut=self._cut)

    @property
    def header_of_next(self) -> str:
        return _NEXT[self.source]

    def next_id(self, answer: HttpResponse) -> str:
        """What a response says of the next file: its id, C(END), or anything else. Empty: nothing."""
        return (answer.headers.get(self.header_of_next) or "").strip()

    def of(self, file_id: str) -> tuple[Parameters, bytes | None]:
        """The parameters of a request, and its body if it has no envelope."""
        if self.source == OLD:
            return {"report": self._report, "group_resellers": self._grouped, "file_id": file_id}, None
        report = {
            "type": self._report,
            "file_period": self._period,
            "file_counter": file_id,
            "group_resellers": self._grouped,
        }
        parameters: Parameters = {"report": {name: value for name, value in report.items() if value is not None}}
        return parameters, json.dumps(parameters).encode()

    def _check_old(self) -> None:
        if self._report not in OLD_REPORTS:
            raise BadInputError(
                f"report is {self._report}; with source=download it must be one of {', '.join(OLD_REPORTS)}."
            )
        if self._period is not None:
            raise BadInputError("period is for source=bulk_reports only.", hint="Remove it.")

    def _check_bulk(self, params: t.Mapping[str, t.Any]) -> None:
        if self._period is None:
            raise BadInputError("period is missing.", hint="Set the day of the report.")
        credentials = credentials_of(params)
        if not isinstance(credentials, Credentials):
            raise BadInputError(
                "The API documents bulkReports for a user name and a password only.",
                hint="Set api_username and api_password in place of api_client_id and api_client_secret.",
            )
        for name in ("username", "password"):
            if not _HEADER_VALUE.fullmatch(getattr(credentials, name)):
                raise BadInputError(
                    f"api_{name} has characters that cannot be in a header of a request, as bulkReports needs it."
                )
        url = params["api_url"].rstrip("/")
        if url == ENDPOINT:
            self.url = BULK_REPORTS.endpoint
        elif url.endswith(_PATH):
            self.url = url[: -len(_PATH)] + _BULK_PATH
        else:
            raise BadInputError(
                f"api_url does not end in {_PATH}, so the address of bulkReports beside it is unknown.",
                hint=f"Let your relay serve {_PATH} and {_BULK_PATH}, and set api_url to the first one.",
            )
        self.headers = {
            "Content-Type": "application/json",
            "Accept-Encoding": "gzip",
            "X-Sitelock-Login": credentials.username,
            "X-Sitelock-Password": credentials.password,
        }


def _fetch(client: SiteLockClient, request: ReportRequest, file: ReportFile, context: RunContext) -> int:
    """Fetch all files of the report; their number."""
    file_id, seen = request.first, set[str]()
    context.begin(0, "file")
    while file_id != END:
        if file_id in seen or len(seen) >= MOST_FILES:
            raise BadResponseError(
                f"{request.method.name}: the files of the report have no end: the next one is {file_id!r} after "
                f"{len(seen)} files.",
                hint="The file was not written. Ask the vendor.",
            )
        seen.add(file_id)
        context.check()
        file_id = _next_file(_fetch_one(client, request, file_id, file, context), request)
        file.end_part()
        context.done()
    return len(seen)


def _fetch_one(
    client: SiteLockClient, request: ReportRequest, file_id: str, file: ReportFile, context: RunContext
) -> HttpResponse:
    answer = exchange_file(client, request, file_id, file, context)
    if is_refusal(answer):
        raise refusal_of(client, request, file_id, answer)
    return answer


def exchange_file(
    client: SiteLockClient, request: ReportRequest, file_id: str, part: Part, context: RunContext
) -> HttpResponse:
    """The response to the request for one file, whatever its status. It has a body only if it is a refusal.

    :param part: gets the file.
    :raises WebsecError: there is no complete response, or it is no CSV file, or the first one of an empty report.
    """
    parameters, body = request.of(file_id)
    content = _Content(part, context, request.method.name)
    receiver = request.receiver(content.begin, content.write)
    try:
        answer = client.exchange_file(
            request.method, parameters, receiver, body=body, headers=request.headers, url=request.url
        )
    except _RefusedError:
        answer = HttpResponse(200, "", b"")
    if content.refusal:
        return dataclasses.replace(answer, body=bytes(content.refusal))
    if answer.status == 200 and content.is_empty and file_id == request.first:
        raise BadResponseError(
            f"{request.method.name}: the report is empty.",
            hint="The file was not written. Reports are made once a day, at midnight. Check period.",
        )
    return answer


def is_refusal(answer: HttpResponse) -> bool:
    """Whether a response of ``exchange_file`` has an error in place of a file."""
    return answer.status != 200 or bool(answer.body)


def refusal_of(client: SiteLockClient, request: ReportRequest, file_id: str, answer: HttpResponse) -> WebsecError:
    """The error in a response that ``is_refusal``."""
    error = client.refusal_in(answer, request.method, request.of(file_id)[0])
    if isinstance(error, NotAllowedError):
        error.hint += " Reports must be enabled for you: ask your account manager at SiteLock."
    return error


def _next_file(answer: HttpResponse, request: ReportRequest) -> str:
    found = request.next_id(answer)
    if not is_file_id(found):
        raise BadResponseError(
            f"{request.method.name}: the response has no valid header {request.header_of_next}, so it is unknown "
            "whether the report is complete.",
            hint="The file was not written. A proxy may remove headers. Run again, or ask the vendor.",
        )
    return found


def is_file_id(text: str) -> bool:
    """Whether the id of a file can look so. C(END) can."""
    return _FILE_ID.fullmatch(text) is not None


class Part(t.Protocol):
    """What takes one file of a report."""

    def begin_part(self) -> None:
        """The file starts, or starts again."""

    def write(self, data: bytes) -> None:
        """A piece of it, unpacked."""


class _RefusedError(WebsecError):
    """The response is no file, and longer than an error."""


class _Content:
    """Tells a CSV file from an error with the status 200."""

    def __init__(self, part: Part, context: RunContext, call: str) -> None:
        self._part = part
        self._context = context
        self._call = call
        self.refusal = bytearray()
        self.is_empty = True

    def begin(self) -> None:
        self.refusal.clear()
        self.is_empty = True
        self._part.begin_part()

    def write(self, data: bytes) -> None:
        self._context.check()
        if self.refusal or (self.is_empty and data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"<", b"{", b"[")):
            self.refusal += data
            if len(self.refusal) > _MOST_OF_A_REFUSAL:
                raise _RefusedError("the response is no file")
            return
        if self.is_empty and b"\0" in data:
            raise BadResponseError(f"{self._call}: the response is not a CSV file.", hint="Ask the vendor.")
        self.is_empty = self.is_empty and not data.strip()
        self._part.write(data)
