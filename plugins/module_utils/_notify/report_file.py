# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON document of the role C(fleet_report), as far as a notification needs it."""

from __future__ import annotations

import dataclasses
import os
import re
import stat
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import MAX_DIGITS, parse_json, utc_time
from ansible_collections.hosting.websec.plugins.module_utils._report.document import FORMAT, VERSION
from ansible_collections.hosting.websec.plugins.module_utils._report.site_rows import rows_in
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.message import in_one_line
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, shortened

MAX_SIZE = 128 * 1024 * 1024
"""Greatest size of a report in bytes. One of 10,000 sites has about 5 MB; all with errors, more."""

# They turn the rest of a line around, and so make another name of one (Unicode TR9, explicit embeddings and isolates).
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


@dataclasses.dataclass(frozen=True)
class Problem:
    """A group of C(attention) of the report: one cause, and the sites and accounts that it concerns."""

    reason: str
    urgency: int
    title: str
    codes: str
    message: str
    hint: str
    names: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Report:
    """:param time: in UTC as ``utc_text`` writes it; empty if it has none.
    :param sites: the state of each site, by its domain. :param has_accounts: whether it lists accounts.
    """

    time: str
    check_mode: bool
    problems: tuple[Problem, ...]
    sites: t.Mapping[str, str]
    has_accounts: bool


def read_report(path: str) -> Report:
    """:raises BadInputError: it cannot be read, or is no report."""
    try:
        document = parse_json(read_regular(path, MAX_SIZE))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BadInputError(
            f"The report {path} cannot be read: {reason}.",
            hint="Nothing was sent. Run the role fleet_report first, and check fleet_report_directory.",
        ) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT or document.get("version") != VERSION:
        raise BadInputError(
            f"{path} is not a report of the role fleet_report, version {VERSION}.",
            hint="Nothing was sent. Give the JSON file of the role, not its page.",
        )
    if not all(isinstance(document.get(name), list) for name in ("attention", "sites")):
        raise BadInputError(
            f"The report {path} has no lists of sites and of what needs action, so it is not complete.",
            hint="Nothing was sent. Run the role fleet_report again.",
        )
    return Report(
        time=_text(document.get("time")) if utc_time(document.get("time")) else "",
        check_mode=document.get("check_mode") is not False,
        problems=tuple(each for each in map(_problem, rows_in(document, "attention")) if each.names),
        sites={
            domain: _text(row.get("state"))
            for row in rows_in(document, "sites")
            if (domain := _text(row.get("domain")))
        },
        has_accounts=isinstance(document.get("accounts"), list),
    )


def read_regular(path: str, max_size: int) -> bytes:
    """The content of a regular file.

    :raises OSError: it cannot be read. :raises ValueError: it is too large, or something else.
    """
    # A pipe must not block.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ValueError("it is not a regular file")
        content = file.read(max_size + 1)
    if len(content) > max_size:
        raise ValueError(f"it is larger than {counted(max_size, 'byte')}")
    return content


def _problem(row: t.Mapping[str, t.Any]) -> Problem:
    urgency, names = row.get("urgency"), row.get("domains")
    is_number = isinstance(urgency, int) and not isinstance(urgency, bool) and abs(urgency) < 10**MAX_DIGITS
    return Problem(
        reason=_text(row.get("reason")),
        # What is not understood is shown.
        urgency=t.cast("int", urgency) if is_number else 1,
        title=_text(row.get("title")) or _text(row.get("reason")) or "Needs action",
        codes=_text(row.get("codes")),
        message=_text(row.get("message")),
        hint=_text(row.get("hint")),
        names=tuple(filter(None, map(_text, names if isinstance(names, list) else []))),
    )


def _text(value: t.Any) -> str:
    """A text in one line, whatever the field has."""
    return shortened(in_one_line(_TURNS.sub("", value))) if isinstance(value, str) else ""
