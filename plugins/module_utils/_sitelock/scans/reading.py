# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""scanInfo, scanSummary and scanDetail: what the scans of many sites found.

Sources: C(scaninfo-...), C(scansummary-...), C(scandetail-...). The responses of the last two are not public, so they
are returned as they are.
"""

from __future__ import annotations

import collections
import dataclasses
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    BadResponseError,
    NotFoundError,
    RejectedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._ids import number_id, text_id
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.dates import refuse_dates
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.each import error_fields, read_each
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.scans import (
    SCAN_DETAIL,
    SCAN_INFO,
    SCAN_SUMMARY,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.scans.found import found_in
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.scans.records import ScanRecord, parse_records
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.each_site import (
    Row,
    find_sites,
    number_of,
    site_row,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import SiteEntry
from ansible_collections.hosting.websec.plugins.module_utils._texts import joined, repeats, unknown_keys

SUMMARIES = ("smart_scan", "platform_scan", "db_scan", "patchman_scan", "risk_score")
"""What C(scanSummary) offers."""

DETAILS = (
    "malware_scan",
    "sqli_scan",
    "xss_scan",
    "ssl_scan",
    "advisories",
    "risk_score",
    "db_scan",
    "platform_scan",
    "smart_scan",
)
"""What C(scanDetail) offers."""

ALL, WITH_FINDINGS = "all", "findings"
"""The sites of which the details are read."""

_WITH_ID = ("db_scan", "platform_scan", "smart_scan")
_LEVEL = re.compile(r"[\w.-]{1,40}")

UNREAD: Row = {
    "account_id": None,
    "attention_flag": None,
    "findings": [],
    "red": [],
    "yellow": [],
    "products": [],
    "findings_since": None,
    "last_scan_at": None,
    "running": None,
    "ftp_status": None,
    "ftp_error": None,
    "scan_info": None,
    "summary": None,
    "detail": None,
    "found": None,
}
"""What stands in the row of a site that was not read."""


def read_scans(params: t.Mapping[str, t.Any], context: RunContext) -> list[Row]:
    """One row for each of C(sites), and then one for each other site of C(account_ids).

    :param params: the options of the module.
    :raises BadInputError: they are wrong.
    """
    with SiteLockClient.from_options(params, read_only=True, context=context) as client:
        _refuse(params)
        accounts = [number_id(each, "account_ids") for each in params["account_ids"]]
        twice = repeats(accounts)
        if twice:
            raise BadInputError(f"account_ids: an account is listed more than once: {twice}.", hint="List it once.")
        entries = find_sites(client, params, context, check=_check)
        reader = _Reader(client, params, context)
        return reader.rows(entries, accounts)


def _refuse(params: t.Mapping[str, t.Any]) -> None:
    if not params["sites"] and not params["account_ids"]:
        raise BadInputError("Neither sites nor account_ids has an entry.", hint="Name sites or accounts.")
    refuse_dates(params)
    if (params["start_date"] or params["end_date"]) and not params["summary"]:
        raise BadInputError("start_date and end_date are for summary, which is not set.", hint="Set summary.")
    level = params["ssl_level"]
    if level is not None and ("ssl_scan" not in params["detail"] or not _LEVEL.fullmatch(level)):
        raise BadInputError("ssl_level must be a word, and needs ssl_scan in detail.")


def _check(entry: SiteEntry) -> None:
    if entry.values.get("account_id") is not None:
        entry.values["account_id"] = number_id(entry.values["account_id"], f"{entry.name}: account_id")
    scan_ids = entry.values.get("scan_ids")
    if scan_ids is None:
        return
    if not isinstance(scan_ids, dict):
        raise BadInputError(f"{entry.name}: scan_ids must be a dictionary, for example with the key smart_scan.")
    unknown = unknown_keys(scan_ids, _WITH_ID)
    if unknown:
        raise BadInputError(
            f"{entry.name}: scan_ids has unknown keys: {unknown}.", hint=f"The keys are {joined(_WITH_ID)}."
        )
    entry.values["scan_ids"] = {
        name: text_id(each, f"{entry.name}: scan_ids: {name}") for name, each in scan_ids.items()
    }


@dataclasses.dataclass(frozen=True)
class _Read:
    """The row of a site of which the flags are known. :param error: of its summary or its details."""

    row: Row
    error: WebsecError | None = None


def _row_of_entry(entry: SiteEntry, found: _Read | WebsecError) -> Row:
    if isinstance(found, WebsecError):
        return site_row(entry, found, UNREAD)
    return {**site_row(entry, found.row, UNREAD), **error_fields(found.error, site_id=entry.site_id)}


class _Reader:
    """One task."""

    def __init__(self, client: SiteLockClient, params: t.Mapping[str, t.Any], context: RunContext) -> None:
        self._client = client
        self._params = params
        self._context = context
        self._of_accounts: dict[int, dict[int | None, ScanRecord] | WebsecError] = {}

    def rows(self, entries: t.Sequence[SiteEntry], accounts: t.Sequence[int]) -> list[Row]:
        """The rows of sites, and of those of ``accounts`` that are not among them."""
        ready = [entry for entry in entries if entry.is_open and entry.site_id is not None]
        shared = collections.Counter(entry.values.get("account_id") for entry in ready)
        # For the only site of an account the call about the site costs the same, and its form is documented.
        together = [number for number, sites in shared.items() if number is not None and sites > 1]
        self._read_accounts([*accounts, *(number for number in together if number not in accounts)])
        done = self._each(self._of_entry, ready, "site")
        found = dict(zip((entry.place for entry in ready), done))
        rows = [_row_of_entry(entry, entry.error or found[entry.place]) for entry in entries]
        known = {entry.site_id for entry in entries}
        for account in accounts:
            rows += self._rows_of_account(account, known)
        return rows

    def _each(self, read: t.Callable[[t.Any], t.Any], things: t.Sequence[t.Any], unit: str) -> list[t.Any]:
        concurrency = self._params["concurrency"]
        return read_each(read, things, unit=unit, concurrency=concurrency, context=self._context)

    def _read_accounts(self, numbers: t.Sequence[int]) -> None:
        if numbers:
            self._of_accounts = dict(zip(numbers, self._each(self._account, numbers, "account")))

    def _account(self, number: int) -> dict[int | None, ScanRecord]:
        data = self._client.call(SCAN_INFO, {"account_id": number})
        return {record.site_id: record for record in parse_records(data)}

    def _of_entry(self, entry: SiteEntry) -> _Read:
        number = number_of(entry)
        found = self._of_accounts.get(entry.values.get("account_id") or 0)
        if isinstance(found, WebsecError) and not isinstance(found, _ABOUT_THE_ACCOUNT):
            raise found
        record = found.get(number) if isinstance(found, dict) else None
        return self._row(record or self._site(number), number, entry.values.get("scan_ids") or {})

    def _site(self, number: int) -> ScanRecord:
        return site_record(self._client, number)

    def _row(self, record: ScanRecord, number: int, scan_ids: t.Mapping[str, str]) -> _Read:
        row = row_of(record)
        try:
            row["summary"] = self._summary(number)
            if self._params["detail_of"] == ALL or record.findings:
                row["detail"] = self._detail(number, scan_ids)
                row["found"] = None if row["detail"] is None else found_in(row["detail"])
        except WebsecError as error:
            # The flags are known, and more urgent than what they are about.
            return _Read(row, error)
        return _Read(row)

    def _summary(self, number: int) -> t.Any:
        wanted, dates = self._params["summary"], {name: self._params[name] for name in ("start_date", "end_date")}
        if not wanted:
            return None
        return self._client.call(SCAN_SUMMARY, {"site_id": number, **dates, "scans": dict.fromkeys(wanted, "")})

    def _detail(self, number: int, scan_ids: t.Mapping[str, str]) -> t.Any:
        wanted: dict[str, t.Any] = dict.fromkeys(self._params["detail"], "")
        if not wanted:
            return None
        if self._params["ssl_level"] is not None:
            wanted["ssl_scan"] = {"level": self._params["ssl_level"]}
        wanted.update({name: {"id": each} for name, each in scan_ids.items() if name in wanted})
        return self._client.call(SCAN_DETAIL, {"site_id": number, "scans": wanted})

    def _rows_of_account(self, account: int, known: t.Collection[int | None]) -> list[Row]:
        found = self._of_accounts[account]
        if isinstance(found, WebsecError):
            return [{**_NOBODY, **UNREAD, "account_id": account, **error_fields(found, account_id=account)}]
        # An account without sites has a record without a number and without products.
        others = [each for number, each in found.items() if each.products or number is not None]
        others = [each for each in others if each.site_id is None or each.site_id not in known]
        read = self._each(lambda record: self._of_account(record, account), others, "site")
        rows = []
        for record, row in zip(others, read):
            error = row if isinstance(row, WebsecError) else row.error
            rows.append(
                {
                    "site_id": record.site_id,
                    "domain": record.domain,
                    **(UNREAD if isinstance(row, WebsecError) else row.row),
                    "account_id": account,
                    **error_fields(error, site_id=record.site_id, account_id=account),
                }
            )
        return rows

    def _of_account(self, record: ScanRecord, account: int) -> _Read:
        if record.site_id is None:
            raise BadResponseError(
                f"Account {account}: the response of scanInfo does not say which site it is about.",
                hint="Name the sites of this account in sites.",
            )
        return self._row(record, record.site_id, {})


_NOBODY: Row = {"site_id": None, "domain": None}
_ABOUT_THE_ACCOUNT = (BadResponseError, NotFoundError, RejectedError)
"""Errors of the call about an account after which its sites are read one by one."""


def site_record(client: SiteLockClient, number: int) -> ScanRecord:
    """scanInfo of one site.

    :raises BadResponseError: the response has nothing about it.
    """
    records = {record.site_id: record for record in parse_records(client.call(SCAN_INFO, {"site_id": number}))}
    # A response that names no site is about the one that was asked for.
    record = records.get(number) or records.get(None)
    if record is None:
        raise BadResponseError(f"Site {number}: the response of scanInfo has nothing about this site.")
    return record


def row_of(record: ScanRecord) -> Row:
    """The fields of a record in a row."""
    return {
        **UNREAD,
        "account_id": record.account_id,
        "attention_flag": record.attention_flag,
        "findings": record.findings,
        "red": record.flagged("red"),
        "yellow": record.flagged("yellow"),
        "products": [{"name": name, "attention_flag": flag} for name, flag in record.products],
        "findings_since": record.findings_since,
        "last_scan_at": record.last_scan_at,
        "running": record.running,
        "ftp_status": record.ftp_status,
        "ftp_error": record.ftp_error,
        "scan_info": record.answer,
    }
