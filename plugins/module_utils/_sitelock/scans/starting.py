# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""scanNow: starts scans of sites, and waits until scanInfo shows that they are done.

Source: C(scannow-...), of which the responses are not public. A scan is never started twice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    TimedOutError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError, RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.each import error_fields, read_each
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.scans import SCAN_NOW
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.once import call_once
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.scans.reading import site_record
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.scans.records import ScanRecord, newer
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.each_site import Row, each_site
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted

SCAN_CODES = (
    "ssl_scan",
    "malware_scan",
    "xss_scan",
    "sqli_scan",
    "vulnerability_scan",
    "spam_scan",
    "smart_scan",
)

_UNSEEN: Row = {"finished": None, "attention_flag": None, "findings": [], "last_scan_at": None}
_NOTHING: Row = {"changed": False, "answer": None, **_UNSEEN}
_PASSING = (TimedOutError, UnavailableError)


def start_scans(params: t.Mapping[str, t.Any], *, check_mode: bool, context: RunContext) -> list[Row]:
    """Start scans of each site; one row a site.

    :param params: the options of the module.
    :param check_mode: look up the numbers of the sites, and start nothing.
    :raises BadInputError: the options contradict each other.
    """
    for name in ("wait_timeout", "wait_interval"):
        if params[name] <= 0:
            raise BadInputError(f"{name} is {params[name]}; it must be greater than 0 seconds.")
    waits = params["wait"] and not check_mode
    with SiteLockClient.from_options(params, read_only=check_mode, context=context) as client:
        before: dict[int, ScanRecord] = {}

        def start(site_id: int) -> Row:
            if check_mode:
                return {**_NOTHING, "changed": True}
            if waits:
                before[site_id] = site_record(client, site_id)
            return {**_NOTHING, "changed": True, "answer": _start(client, site_id, params["scan_codes"])}

        rows = each_site(client, params, context, start, without=_NOTHING)
        if waits:
            started = {row["site_id"]: row for row in rows if row["changed"]}
            wait = _Wait(client, params, before, context)
            for site_id, found in wait.until_done(list(started)).items():
                started[site_id].update(_seen(site_id, found))
        return rows


def _start(client: SiteLockClient, site_id: int, scan_codes: t.Sequence[str]) -> dict[str, t.Any]:
    return call_once(
        client,
        SCAN_NOW,
        {"site_id": site_id, "scan_code": list(dict.fromkeys(scan_codes)) or None},
        perhaps="The scan may have been started.",
        hint="Read sitelock_scans_info, or run again to start it once more.",
    )


Seen = t.Union[ScanRecord, WebsecError]


class _Wait:
    """Reads scanInfo of sites again and again, until each scan is done or the time is over."""

    def __init__(
        self,
        client: SiteLockClient,
        params: t.Mapping[str, t.Any],
        before: t.Mapping[int, ScanRecord],
        context: RunContext,
    ) -> None:
        self._client = client
        self._timeout = params["wait_timeout"]
        self._interval = params["wait_interval"]
        self._concurrency = params["concurrency"]
        self._before = before
        self._context = context

    def until_done(self, site_ids: t.Sequence[int]) -> dict[int, Seen]:
        """The last record of each site, or why its end was not seen."""
        seen: dict[int, Seen] = {}
        due, end = list(site_ids), self._context.now() + self._timeout
        while due:
            left = end - self._context.now()
            if left <= 0:
                seen.update({site_id: self._late(site_id, seen.get(site_id)) for site_id in due})
                break
            try:
                self._context.sleep(min(self._interval, left))
            except DeferredError as error:
                seen.update(dict.fromkeys(due, error))
                break
            seen.update(zip(due, self._look(due)))
            due = [site_id for site_id in due if self._is_open(site_id, seen[site_id])]
        return seen

    def _look(self, due: t.Sequence[int]) -> list[Seen]:
        return read_each(
            lambda site_id: site_record(self._client, site_id),
            due,
            unit="site",
            concurrency=self._concurrency,
            context=self._context,
        )

    def _is_open(self, site_id: int, found: Seen) -> bool:
        if isinstance(found, WebsecError):
            return isinstance(found, _PASSING)
        return bool(found.running) or not newer(self._before[site_id].last_scan_at, found.last_scan_at)

    def _late(self, site_id: int, found: Seen | None) -> WebsecError:
        if isinstance(found, WebsecError):
            return found
        told = "shows that the scan is still running" if found is not None and found.running else "shows no newer scan"
        return TimedOutError(
            f"Site {site_id}: the scan was started, but scanInfo {told} after {counted(self._timeout, 'second')}.",
            hint="Nothing was started twice. Read sitelock_scans_info later, or raise wait_timeout.",
        )


def _seen(site_id: int, found: Seen) -> Row:
    """The fields of a row about the end of its scan."""
    if isinstance(found, WebsecError):
        return {"finished": False, **error_fields(found, site_id=site_id)}
    return {
        "finished": True,
        "attention_flag": found.attention_flag,
        "findings": found.findings,
        "last_scan_at": found.last_scan_at,
    }
