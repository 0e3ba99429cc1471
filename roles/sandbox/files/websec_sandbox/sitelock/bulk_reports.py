# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports: bulkReports, which has an endpoint and a login of its own, and download, the older form."""

from __future__ import annotations

import json
import secrets
import typing

from .. import reports
from ..world import World
from . import request
from .answer import Answer
from .context import Context
from .grammar import Field, Refused, Values, read_children
from .methods import ProductError, method

PATH = "/v2/partner/bulkreports"
METHOD = "bulkReports"
_TYPES = "scan_status|risk_score|external_scan|internal_scan"
_FIELDS = (
    Field("type", pattern=_TYPES),
    Field("file_period"),
    Field("file_counter"),
    Field("group_resellers", optional=True, pattern="yes|no"),
)
_CSV = "text/csv; charset=utf-8"

Headers = typing.Mapping[str, str]


def credentials(headers: Headers) -> str:
    """The password of a request, for the journal to leave out."""
    return headers.get("x-sitelock-password", "")


def perform(world: World, headers: Headers, body: bytes, user: str, password: str) -> Answer:
    """Answer a request whose C(headers) have names in lower case."""
    given = f"{headers.get('x-sitelock-login', '')}\n{credentials(headers)}".encode()
    if not secrets.compare_digest(given, f"{user}\n{password}".encode()):
        return _error(world, "Invalid username or password", 403 if world.settings.auth_failure == "http_403" else 401)
    if not world.settings.bulk_reports:
        return _error(world, "Bulk reports are not enabled", 403)
    try:
        if "gzip" not in headers.get("accept-encoding", ""):
            raise Refused("Accept-Encoding must have gzip")
        wanted = _read(headers.get("content-type", ""), body)
    except Refused as refused:
        return _error(world, "Invalid request", 400, refused.reason)
    report = reports.Report(world, wanted["type"])
    number = report.number(wanted["file_counter"])
    if number is None:
        return _error(world, "File not found", 400, wanted["file_counter"])
    return _file(world, report, number, "X-Sitelock-Next-File-Id")


def _read(content_type: str, body: bytes) -> Values:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/xml":
        root = request.parse(body)
        if root.tag != "report":
            raise Refused(f"the root element is {root.tag}, not report")
        return read_children(root, _FIELDS)
    if kind != "application/json":
        raise Refused(f"Content-Type is {kind or 'missing'}")
    try:
        [(name, report)] = json.loads(body).items()
        text = {key: str(value) for key, value in report.items()}
    except (ValueError, TypeError, AttributeError):
        raise Refused("the body is not an object with report") from None
    if name != "report":
        raise Refused(f"the body has {name}, not report")
    return _checked(text)


def _checked(values: Values) -> Values:
    """The same rules for JSON as for XML."""
    root = request.element("report", values)
    return read_children(root, _FIELDS)


def _error(world: World, message: str, status: int, reason: str = "") -> Answer:
    """How errors look is not documented."""
    if world.settings.report_errors == "http_200":
        status = 200
    said = json.dumps({"status": "error", "error": message}).encode()
    outcome = f"error: {message}" + (f": {reason}" if reason else "")
    return Answer(status, said, outcome, "application/json")


def _file(world: World, report: reports.Report, number: int, header: str) -> Answer:
    """One file; whether it comes as a compressed answer or as a compressed file is not documented."""
    headers = [(header, report.next_id(number))]
    content_type = "application/gzip"
    if world.settings.report_encoding == "content_encoding":
        content_type = _CSV
        headers.append(("Content-Encoding", "gzip"))
    return Answer(
        200,
        b"",
        f"ok: file {number}",
        content_type,
        tuple(headers),
        stream=lambda portion: report.stream(number, portion),
    )


@method(
    "download",
    Field("report", pattern="test|scan_status|risk_score"),
    Field("group_resellers", optional=True, pattern="yes|no"),
    Field("file_id", empty=True),
)
def download(context: Context, values: Values) -> Answer:
    """download: the first file has no id."""
    report = reports.Report(context.world, values["report"])
    number = report.number(values["file_id"] or "1")
    if number is None:
        raise ProductError("File not found", values["file_id"])
    return _file(context.world, report, number, "Sitelock-Next-File-Id")
