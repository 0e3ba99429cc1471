# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(bulkReports) does: whether it is enabled, and the form of its files and of its refusals.

Of one report, the beginnings of the first two files are read. Only their first lines are kept, to compare them.
"""

from __future__ import annotations

import contextlib
import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    NotAllowedError,
    NotFoundError,
    RejectedError,
    RequestNotAllowedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.observations import (
    NO,
    NOT_GIVEN,
    NOT_TRIED,
    NOTHING_THERE,
    ONE_FILE,
    REFUSED,
    YES,
    NotSeenError,
    Observation,
    one_word,
    reason_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.report import ANSWERED
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._parsing import parse_json
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.credentials import Credentials, credentials_of
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.calls import UNKNOWN_ID
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.reader import (
    Responses,
    refuse_write,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.scans.reports import (
    BULK,
    END,
    ReportRequest,
    exchange_file,
    is_file_id,
    is_refusal,
    refusal_of,
)

MOST_BYTES = 1024 * 1024
"""Of a file that are read; the rest of it is left."""
_SECONDS = 60
_LONGEST_LINE = 64 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
STATUSES = (200, 400, 401, 403, 404, 500)
_FOR_PEOPLE = (b"<html", b"<!doctype html")


class _Beginning:
    """Of a file, as far as its first line goes."""

    def __init__(self) -> None:
        self._data = bytearray()

    def begin_part(self) -> None:
        self._data.clear()

    def write(self, data: bytes) -> None:
        if len(self._data) < _LONGEST_LINE and b"\n" not in self._data:
            self._data += data

    @property
    def line(self) -> bytes:
        return bytes(self._data[:_LONGEST_LINE]).removeprefix(_BYTE_ORDER_MARK).partition(b"\n")[0].strip()


@dataclasses.dataclass(frozen=True)
class File:
    """What came of the request for one file.

    :param line: its first line.
    :param next_id: what the response says of the next file, see ``ReportRequest.next_id``.
    :param error: C(None) if the file came. :param refusal: the response that says so.
    """

    answer: HttpResponse | None = None
    line: bytes = b""
    next_id: str = ""
    error: WebsecError | None = None
    refusal: HttpResponse | None = None

    @property
    def reason(self) -> str:
        """Why it shows nothing, see ``REASONS``."""
        if self.error is None:
            return NOTHING_THERE
        # HTTP 403 need not be about the credentials: reports are not enabled for every partner.
        return REFUSED if isinstance(self.error, NotAllowedError) else reason_of(self.error)


class Reports:
    """Requests the files, each when somebody first looks at it, and only once."""

    def __init__(
        self, options: t.Mapping[str, t.Any], client: SiteLockClient, responses: Responses, context: RunContext
    ) -> None:
        """:param options: the connection options of the task. :param responses: to its other calls.

        :raises BadInputError: an option is wrong; nothing was sent.
        """
        self._client = client
        self._responses = responses
        self._context = context
        self._files: dict[str, File] = {}
        self._request = _request_of(options, responses)

    @property
    def first(self) -> File:
        """The first file. :raises NotSeenError: it cannot be requested."""
        return self._file(self._asked.first)

    @property
    def second(self) -> File:
        """The second file. :raises NotSeenError: there is none, or it cannot be requested."""
        first = self.first
        if first.error is not None:
            raise NotSeenError(first.reason)
        if first.next_id == END:
            raise NotSeenError(ONE_FILE)
        if not self.names_next(first):
            raise NotSeenError
        return self._file(first.next_id)

    @property
    def unknown(self) -> File:
        """What is said of a file that does not exist. :raises NotSeenError: it cannot be requested."""
        if not self._responses.contract.try_unknown:
            raise NotSeenError(NOT_TRIED)
        error = self.first.error
        if error is not None and not isinstance(error, (RejectedError, NotFoundError)):
            raise NotSeenError(self.first.reason)
        return self._file(str(UNKNOWN_ID))

    def names_next(self, file: File) -> bool:
        """Whether a response names a file that was not requested yet."""
        name = file.next_id
        requested = name == self._asked.first or (file is not self.first and name == self.first.next_id)
        return is_file_id(name) and name.upper() != END and not requested

    @property
    def _asked(self) -> ReportRequest:
        if self._request is None:
            raise NotSeenError(NOT_GIVEN)
        return self._request

    def _file(self, file_id: str) -> File:
        if file_id not in self._files:
            refuse_write(self._asked.method)
            self._responses.check()
            file = self._files[file_id] = self._exchange(file_id)
            self._responses.note(self._asked.method, ANSWERED if file.error is None else file.error.kind)
            if isinstance(file.error, AuthError):
                self._responses.stop(file.error)
        return self._files[file_id]

    def _exchange(self, file_id: str) -> File:
        beginning = _Beginning()
        try:
            answer = exchange_file(self._client, self._asked, file_id, beginning, self._context)
        except WebsecError as error:
            return File(error=error)
        if is_refusal(answer):
            return File(error=refusal_of(self._client, self._asked, file_id, answer), refusal=answer)
        return File(answer, beginning.line, self._asked.next_id(answer))


def _request_of(options: t.Mapping[str, t.Any], responses: Responses) -> ReportRequest | None:
    """How files are requested. C(None): the task does not say which report, or has no password, which this needs."""
    contract = responses.contract
    if contract.report is None or not isinstance(credentials_of(options), Credentials):
        return None
    own = {
        "source": BULK,
        "report": contract.report,
        "period": contract.report_period,
        "group_resellers": None,
        "max_size": MOST_BYTES,
        "file_timeout": _SECONDS,
    }
    return ReportRequest({**options, **own}, cut=True)


def _is_enabled(reports: Reports) -> str:
    error = reports.first.error
    if error is None:
        return YES
    if isinstance(error, RequestNotAllowedError):
        # A relay said this.
        raise NotSeenError(reports.first.reason)
    if isinstance(error, NotAllowedError):
        return NO
    if isinstance(error, (RejectedError, NotFoundError)):
        return "refused"
    raise NotSeenError(reports.first.reason)


def _refusals(reports: Reports) -> list[HttpResponse]:
    """Of the first file, if it was refused, and of one that does not exist."""
    first = reports.first
    found = [] if first.refusal is None else [first.refusal]
    try:
        unknown = reports.unknown
    except NotSeenError:
        if not found:
            raise
        return found
    if unknown.refusal is None:
        if not found and unknown.error is not None:
            raise NotSeenError(unknown.reason)
        return found
    return [*found, unknown.refusal]


def _error_status(reports: Reports) -> str:
    return one_word(f"http_{each.status}" if each.status in STATUSES else "other" for each in _refusals(reports))


def _error_body(reports: Reports) -> str:
    return one_word(_form_of_body(each.body) for each in _refusals(reports))


def _form_of_body(body: bytes) -> str:
    beginning = body.removeprefix(_BYTE_ORDER_MARK).lstrip().lower()
    if not beginning:
        return "empty"
    try:
        data = parse_json(body)
    except ValueError:
        if beginning.startswith(_FOR_PEOPLE):
            return "html"
        return "xml" if beginning.startswith(b"<") else "other"
    told = data if isinstance(data, dict) else {}
    for name in ("error", "message"):
        if isinstance(told.get(name), str):
            return f"json_{name}"
    return "json"


def _end(reports: Reports) -> str:
    """What the response with the last file says of the next one."""
    first = reports.first
    if first.error is not None:
        raise NotSeenError(first.reason)
    if not reports.names_next(first):
        return _form_of_end(first.next_id)
    second = reports.second
    if isinstance(second.error, (RejectedError, NotFoundError)):
        # What looked like the id of a file is none.
        return "other"
    if second.error is not None:
        raise NotSeenError(second.reason)
    if reports.names_next(second):
        # There are more files, which are not fetched.
        raise NotSeenError
    return _form_of_end(second.next_id)


def _form_of_end(next_id: str) -> str:
    return "eof" if next_id == END else "other" if next_id else "missing"


def _both(reports: Reports) -> tuple[File, File]:
    """:raises NotSeenError: a report of one file does not show it."""
    first, second = reports.first, reports.second
    if second.error is not None:
        raise NotSeenError(second.reason)
    return first, second


def _file_ids(reports: Reports) -> str:
    first, _second = _both(reports)
    return "number" if first.next_id == "2" else "opaque"


def _headers(reports: Reports) -> str:
    first, second = _both(reports)
    if not second.line:
        raise NotSeenError
    return "each" if first.line == second.line else "first"


def _encoding(reports: Reports) -> str:
    files = [reports.first]
    if files[0].error is not None:
        raise NotSeenError(files[0].reason)
    with contextlib.suppress(NotSeenError):
        files.append(reports.second)
    return one_word(_form_of_encoding(each.answer) for each in files if each.answer is not None)


def _form_of_encoding(answer: HttpResponse) -> str:
    if not answer.packed:
        return "none"
    coding = answer.headers.get("Content-Encoding", "").strip().lower()
    return "gzip_file" if coding in ("", "identity") else "content_encoding"


OBSERVATIONS: tuple[Observation[Reports], ...] = (
    Observation("bulk_reports", "whether bulkReports is enabled", (YES, NO, "refused"), _is_enabled),
    Observation(
        "report_errors",
        "HTTP status of a refusal of bulkReports",
        (*(f"http_{status}" for status in STATUSES), "other"),
        _error_status,
    ),
    Observation(
        "report_error_body",
        "form of a refusal of bulkReports",
        ("json_error", "json_message", "json", "xml", "html", "empty", "other"),
        _error_body,
    ),
    Observation(
        "report_end", "X-Sitelock-Next-File-Id at the last file of a report", ("eof", "missing", "other"), _end
    ),
    Observation("report_file_ids", "ids of the files of a report", ("number", "opaque"), _file_ids),
    Observation("report_headers", "which files of a report have the names of columns", ("each", "first"), _headers),
    Observation(
        "report_encoding",
        "how the files of a report are compressed",
        ("content_encoding", "gzip_file", "none"),
        _encoding,
    ),
)
