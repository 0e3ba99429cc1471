# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The health of sites in reports: what scans found, the last backup, the sign-in of SiteLock, and SMART.

The rows are those of M(hosting.websec.sitelock_scans_info), M(hosting.websec.sitelock_backups_info) and
M(hosting.websec.sitelock_products_info).
"""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._report.finding import (
    BACKUPS,
    PRODUCTS,
    SCANS,
    Finding,
    sign_in_text,
)
from ansible_collections.hosting.websec.plugins.module_utils._report.joining import joined_rows
from ansible_collections.hosting.websec.plugins.module_utils._report.reasons import (
    BACKUP_OVERDUE,
    FINDING_RED,
    FINDING_YELLOW,
    SIGN_IN_FAILED,
    SMART_MISSING,
)
from ansible_collections.hosting.websec.plugins.module_utils._report.site import Row, plain, plain_texts
from ansible_collections.hosting.websec.plugins.module_utils._report.site_rows import rows_in
from ansible_collections.hosting.websec.plugins.module_utils._report.times import moment

BACKUP_DAYS = 7
"""Days after which a backup is overdue, if nobody says another number."""
FIRST_BACKUP = "the end of its first backup, which is running"
_WORDS = {"sqli": "SQL injection", "xss": "cross-site scripting"}
"""For what scans find, where the name of the element is no word."""
_ACTIVE = "active"
"""C(status) in the settings of a backup that is made."""


@dataclasses.dataclass(frozen=True)
class Health:
    """What is given about the health of sites; C(None): it was not looked at.

    :param scans: and ``backups``: rows of the modules. :param backup_days: a backup is overdue after as many days.
    :param products: the result of the module, with C(sites) and C(reads).
    :param smart_subscriptions: ids of the plans and add-ons that have SMART; C(None): every site counts of which the
        API returns SMART.
    """

    scans: t.Sequence[Row] | None = None
    backups: t.Sequence[Row] | None = None
    products: Row | None = None
    backup_days: float = BACKUP_DAYS
    smart_subscriptions: t.Collection[str] | None = None

    @property
    def is_given(self) -> bool:
        return self.scans is not None or self.backups is not None or self.products is not None


def with_health(rows: t.Sequence[Row], health: Health, accounts: t.Iterable[Row], now: datetime.datetime) -> list[Row]:
    """The rows of sites, each with C(findings), and with C(read), the sources that could be read. A site that has no
    other row gets one.

    :param accounts: rows of C(sitelock_accounts_report), with the subscriptions of each site.
    """
    result = joined_rows(rows, health.scans or (), lambda row, scan: _with(row, _scan(scan), SCANS, _of_scan(scan)))
    result = joined_rows(
        result, health.backups or (), lambda row, backup: _with_backup(row, backup, now, health.backup_days)
    )
    reads = rows_in(health.products or {}, "reads")
    result = joined_rows(
        result,
        reads,
        lambda row, read: _with(row, _without_refusal(read), PRODUCTS, _sign_in(PRODUCTS, read.get("problems"))),
    )
    is_paid = health.smart_subscriptions is not None
    missing = Finding(SMART_MISSING, f"{'It is paid for, and' if is_paid else 'It'} has no FTP host.", PRODUCTS)
    return joined_rows(result, _without_smart(health, accounts), lambda row, _read: _with(row, {}, PRODUCTS, [missing]))


def not_read(health: Health) -> int:
    """How many sites could not be read, or only in part: nothing is known of what they may have."""
    others = [*(health.backups or ()), *rows_in(health.products or {}, "reads")]
    rows = [*map(_scan, health.scans or ()), *map(_without_refusal, others)]
    return len(
        {_text(row.get("site_id") or row.get("domain")) for row in rows if row.get("error") or row.get("deferred")}
    )


def _with(row: Row, other: Row, source: str, findings: t.Sequence[Finding]) -> Row:
    is_read = not other.get("error") and not other.get("deferred")
    return {
        **row,
        "error": row.get("error") or other.get("error"),
        "findings": [*row.get("findings", []), *findings],
        "read": [*row.get("read", []), *([source] if is_read else [])],
    }


def _without_refusal(source: Row) -> Row:
    """A site that does not have the product is refused; this is no failure."""
    error = source.get("error")
    refused = isinstance(error, t.Mapping) and error.get("kind") in ("rejected", "not_found")
    return {**source, "error": None} if refused else source


def _scan(scan: Row) -> Row:
    """A site whose flags were read does not fail because SiteLock refuses to show what they are about."""
    return _without_refusal(scan) if plain_texts(scan.get("red")) or plain_texts(scan.get("yellow")) else scan


def _of_scan(scan: Row) -> list[Finding]:
    since, last = moment(plain(scan.get("findings_since"))), plain(scan.get("last_scan_at"))
    found: list[Finding] = []
    for key, reason in (("red", FINDING_RED), ("yellow", FINDING_YELLOW)):
        if names := plain_texts(scan.get(key)):
            # The details do not say in which product they are; they belong to the gravest flag.
            what = "" if found else _what(scan.get("found"))
            text = f"{', '.join(names)}.{what}{f' Last scan: {last}.' if last else ''}"
            found.append(Finding(reason, text, SCANS, since))
    return [*found, *_sign_in(SCANS, scan.get("ftp_error"))]


def _what(found: t.Any) -> str:
    """:param found: C(found) of a row."""
    if not isinstance(found, t.Mapping) or not found:
        return ""
    amounts = [f"{_WORDS.get(str(name), plain(name))} ({plain(amount)})" for name, amount in found.items()]
    return f" Found: {', '.join(amounts)}."


def _with_backup(row: Row, backup: Row, now: datetime.datetime, days: float) -> Row:
    told = _with(row, _without_refusal(backup), BACKUPS, _of_backup(backup, now, days))
    # Nothing is wrong yet with a site whose first backup is running; it waits for its end.
    is_first = not backup.get("last_backup_at") and not backup.get("last_backup_error")
    waits = FIRST_BACKUP if is_first and _is_running(backup) else None
    return {**told, "waiting_for": row.get("waiting_for") or waits}


def _of_backup(backup: Row, now: datetime.datetime, days: float) -> list[Finding]:
    last = plain(backup.get("last_backup_at"))
    time, error = moment(last), plain(backup.get("last_backup_error"))
    overdue = now - time > datetime.timedelta(days=days) if time else False
    texts = [f"The newest backup failed ({error})."] if error else []
    if last and (overdue or error):
        texts.append(f"The last backup without an error is from {last}.")
    elif not last and (error or (_is_active(backup) and not _is_running(backup))):
        texts.append("There is no backup without an error yet.")
    if texts and _is_running(backup):
        texts.append("A backup is running now.")
    return [
        *([Finding(BACKUP_OVERDUE, " ".join(texts), BACKUPS)] if texts else []),
        *_sign_in(BACKUPS, backup.get("ftp_error") if backup.get("ftp_failed") else None),
    ]


def _is_active(backup: Row) -> bool:
    return _ACTIVE in (backup.get("files_status"), backup.get("database_status"))


def _is_running(backup: Row) -> bool:
    """As the settings say. Without them, a backup that is not complete and has no error is running."""
    pending = backup.get("pending_backup")
    if pending is not None:
        return pending is True
    return any(
        each.get("action") == "backup" and not each.get("completed_at") and not each.get("err_code")
        for each in rows_in(backup, "backups")
    )


def _sign_in(source: str, errors: t.Any) -> list[Finding]:
    return [Finding(SIGN_IN_FAILED, sign_in_text(error), source) for error in plain_texts(errors)]


def _without_smart(health: Health, accounts: t.Iterable[Row]) -> list[Row]:
    """The sites that have no SMART configured, and should."""
    products = health.products or {}
    hosts = {
        _text(site.get("site_id")): site["smart"].get("ftp_host")
        for site in rows_in(products, "sites")
        if isinstance(site.get("smart"), t.Mapping)
    }
    paid = None if health.smart_subscriptions is None else _paid(health.smart_subscriptions, accounts)
    return [
        read
        for read in rows_in(products, "reads")
        if "smart" in plain_texts(read.get("sections"))
        and not hosts.get(number := _text(read.get("site_id")))
        and (paid is None or number in paid)
    ]


def _paid(subscriptions: t.Collection[str], accounts: t.Iterable[Row]) -> set[str]:
    """The numbers of the sites that have one of these subscriptions."""
    wanted = {_text(each) for each in subscriptions}
    return {
        _text(row.get("site_id"))
        for row in accounts
        if wanted
        & {_text(row.get("subscription")), *(_text(each.get("subscription")) for each in rows_in(row, "addons"))}
    }


def _text(value: t.Any) -> str:
    return str(plain(value))
