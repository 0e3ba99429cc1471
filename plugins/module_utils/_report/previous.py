# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The previous report, from its JSON document, whatever somebody made of that file."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._parsing import parse_json
from ansible_collections.hosting.websec.plugins.module_utils._report.document import FORMAT, VERSION
from ansible_collections.hosting.websec.plugins.module_utils._report.finding import SOURCES
from ansible_collections.hosting.websec.plugins.module_utils._report.since import PastFinding
from ansible_collections.hosting.websec.plugins.module_utils._report.site import Row, plain
from ansible_collections.hosting.websec.plugins.module_utils._report.site_rows import rows_in
from ansible_collections.hosting.websec.plugins.module_utils._report.times import moment


@dataclasses.dataclass(frozen=True)
class Previous:
    """What is known of it.

    :param problem: why it is nothing; empty if the file could be read, or there was none.
    """

    time: datetime.datetime | None = None
    findings: tuple[PastFinding, ...] = ()
    problem: str = ""


def read_previous(encoded: str) -> Previous:
    """:param encoded: the content of its data file in Base64; empty if there is no such file."""
    if not encoded:
        return Previous()
    try:
        document = parse_json(base64.b64decode(encoded, validate=True))
    except binascii.Error:
        return Previous(problem="it is too large, or not in Base64")
    except ValueError as error:
        return Previous(problem=f"it is not valid JSON ({error})")
    if not isinstance(document, dict) or document.get("format") != FORMAT or document.get("version") != VERSION:
        return Previous(problem=f"it is not a document of {FORMAT}, version {VERSION}")
    time = moment(document.get("time"))
    if time is None:
        return Previous(problem="it has no valid time")
    shown = (
        _past({**finding, "domain": site.get("domain"), "site_id": site.get("site_id")}, time)
        for site in rows_in(document, "sites")
        for finding in rows_in(site, "findings")
    )
    kept = (_past(each, moment(each.get("seen"))) for each in rows_in(document, "findings_kept"))
    return Previous(time, tuple(each for each in (*shown, *kept) if each))


def _past(entry: Row, seen: datetime.datetime | None) -> PastFinding | None:
    """C(None) if it is not a finding with its time, such as one of a version that wrote none."""
    domain, reason, source = (entry.get(name) for name in ("domain", "reason", "source"))
    since = moment(entry.get("since"))
    if since is None or seen is None or source not in SOURCES or not _are_texts(domain, reason):
        return None
    first_seen = entry.get("first_seen") is not False
    return PastFinding(str(domain), plain(entry.get("site_id")), str(reason), str(source), since, first_seen, seen)


def _are_texts(*values: t.Any) -> bool:
    return all(isinstance(each, str) for each in values)
