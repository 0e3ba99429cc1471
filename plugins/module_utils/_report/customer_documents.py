# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One document for each customer, for the partner's own panel.

The result is plain data for JSON, in the form of C(docs/schemas/sitelock_dashboard.schema.json). It has only the fields
of that schema, whatever the rows contain: no password, and no link that signs somebody in.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import json
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._ids import number_id
from ansible_collections.hosting.websec.plugins.module_utils._next_pass import APPROVAL
from ansible_collections.hosting.websec.plugins.module_utils._parsing import utc_text
from ansible_collections.hosting.websec.plugins.module_utils._report.attention import (
    attention_of_account,
    attention_of_site,
)
from ansible_collections.hosting.websec.plugins.module_utils._report.health import Health
from ansible_collections.hosting.websec.plugins.module_utils._report.seal import seal
from ansible_collections.hosting.websec.plugins.module_utils._report.site import Row, plain, plain_texts
from ansible_collections.hosting.websec.plugins.module_utils._report.site_rows import SiteRows, rows_in
from ansible_collections.hosting.websec.plugins.module_utils._report.times import moment
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened

FORMAT = "hosting.websec.sitelock_dashboard"
VERSION = 1

_FLAGS = ("red", "yellow", "green")
"""Flags of scans, the gravest first."""
_SITE = ("status", "subscription")
_ADDON = ("subscription", "subscription_id")
_SCAN_PRODUCT = ("name", "attention_flag")
_SCAN = ("attention_flag", "last_scan_at", "findings_since")
_BACKUP = ("last_backup_at", "last_backup_error", "last_restore_at", "files_status", "database_status")
_FIREWALL = ("state", "waiting_for")


@dataclasses.dataclass(frozen=True)
class Customers:
    """What the rows say about all customers.

    :param documents: one for each account, by its number.
    :param incomplete: the numbers of accounts that were not read to their end. What is written about them is better
        than what these rows say.
    :param without_number: names of accounts whose number is not known.
    """

    documents: dict[int, dict[str, t.Any]]
    incomplete: list[int]
    without_number: list[str]


def customers(
    accounts: t.Sequence[Row], now: datetime.datetime, *, firewall: t.Sequence[Row] | None, health: Health
) -> Customers:
    """
    :param accounts: rows of C(sitelock_accounts_report), one for each site.
    :param firewall: rows of C(sitelock_waf_report); C(None) if nobody looked.
    """
    by_number: dict[int, list[Row]] = {}
    without_number: dict[str, None] = {}
    for row in accounts:
        number = _number(row.get("account_id"))
        if number is None:
            without_number[str(_text(row.get("account") or row.get("login")) or "(no name)")] = None
        else:
            by_number.setdefault(number, []).append(row)
    incomplete = [number for number, rows in by_number.items() if any(map(_is_incomplete, rows))]
    given = _Given.of(accounts, firewall, health)
    return Customers(
        {
            number: _document(number, rows, given, now)
            for number, rows in sorted(by_number.items())
            if number not in set(incomplete)
        },
        sorted(incomplete),
        list(without_number),
    )


def to_text(document: t.Mapping[str, t.Any]) -> str:
    """The text of its file: ASCII, the same for the same content."""
    return f"{json.dumps(document, indent=1)}\n"


@dataclasses.dataclass(frozen=True)
class _Given:
    """The rows about sites, by site; C(None): nobody looked."""

    firewall: SiteRows | None
    scans: SiteRows | None
    backups: SiteRows | None
    products: SiteRows | None
    reads: SiteRows | None
    health: Health

    @classmethod
    def of(cls, accounts: t.Sequence[Row], firewall: t.Sequence[Row] | None, health: Health) -> _Given:
        sites = {_number(row.get("site_id")): (_text(row.get("domain")) or "").lower() for row in accounts}
        amounts = collections.Counter(sites.values())

        def by_site(rows: t.Sequence[Row] | None) -> SiteRows | None:
            return None if rows is None else SiteRows(rows, {name for name, amount in amounts.items() if amount == 1})

        products = health.products
        return cls(
            firewall=by_site(firewall),
            scans=by_site(health.scans),
            backups=by_site(health.backups),
            products=by_site(None if products is None else rows_in(products, "sites")),
            reads=by_site(None if products is None else rows_in(products, "reads")),
            health=health,
        )


def _is_incomplete(row: Row) -> bool:
    """Whether the account of a row was not read to its end, so that its sites may be missing."""
    if row.get("deferred"):
        return True
    return bool(row.get("failed") or row.get("error")) and _number(row.get("site_id")) is None


def _document(number: int, rows: t.Sequence[Row], given: _Given, now: datetime.datetime) -> dict[str, t.Any]:
    sites = [_site(row, given, now) for row in _of_sites(rows)]
    attention = attention_of_account(rows[0])
    reasons = sorted(
        (each["urgency"], each["reason"])
        for part in (attention, *(each["attention"] for each in sites))
        for each in part
    )
    flags = {each["scans"]["attention_flag"] for each in sites if each["scans"]}
    return {
        "format": FORMAT,
        "version": VERSION,
        "account": {
            "account_id": number,
            "name": _text(rows[0].get("account")),
            "login": _text(rows[0].get("login")),
            "addons": [
                _addon(each) for row in rows if _number(row.get("site_id")) is None for each in rows_in(row, "addons")
            ],
        },
        "attention_flag": next((flag for flag in _FLAGS if flag in flags), None),
        "reasons": list(dict.fromkeys(reason for _urgency, reason in reasons)),
        "attention": attention,
        "sites": sites,
    }


def _of_sites(rows: t.Sequence[Row]) -> list[Row]:
    """One row for each site, in the order of the domains."""
    by_number = {number: row for row in rows if (number := _number(row.get("site_id"))) is not None}
    return sorted(by_number.values(), key=lambda row: (str(row.get("domain")), _number(row.get("site_id"))))


def _site(row: Row, given: _Given, now: datetime.datetime) -> dict[str, t.Any]:
    def about(rows: SiteRows | None) -> Row | None:
        return None if rows is None else rows.of(row)

    scan, backup, products = about(given.scans), about(given.backups), about(given.products)
    firewall, reads = about(given.firewall), about(given.reads)
    return {
        "site_id": _number(row.get("site_id")),
        "domain": _text(row.get("domain")),
        **_texts(row, _SITE),
        "addons": [_addon(each) for each in rows_in(row, "addons")],
        "attention": attention_of_site(
            row, now, firewall=firewall, scan=scan, backup=backup, products=products, reads=reads, health=given.health
        ),
        "scans": _scan(found) if (found := _read(scan)) else None,
        "backup": _backup(found) if (found := _read(backup)) else None,
        "smart": _smart(products, reads),
        "shield": seal(row.get("domain"), products.get("shield")) if products else None,
        "firewall": _firewall(firewall) if firewall else None,
    }


def _read(row: Row | None) -> Row | None:
    """The row, if the site was read."""
    return None if row is None or row.get("failed") or row.get("deferred") or row.get("error") else row


def _scan(row: Row) -> dict[str, t.Any]:
    return {
        **_texts(row, _SCAN),
        "attention_flag": _flag(row.get("attention_flag")),
        "running": _truth(row.get("running")),
        "products": [
            {**_texts(each, _SCAN_PRODUCT), "attention_flag": _flag(each.get("attention_flag"))}
            for each in rows_in(row, "products")
        ],
    }


def _backup(row: Row) -> dict[str, t.Any]:
    return {**_texts(row, _BACKUP), "running": _truth(row.get("pending_backup"))}


def _smart(products: Row | None, reads: Row | None) -> dict[str, t.Any] | None:
    """Whether SMART can reach the files of the site. Its settings stay where they are: they say how to sign in."""
    if reads is None or "smart" not in plain_texts(reads.get("sections")):
        return None
    settings = (products or {}).get("smart")
    return {"configured": bool(settings.get("ftp_host")) if isinstance(settings, t.Mapping) else False}


def _firewall(row: Row) -> dict[str, t.Any]:
    since = moment(row.get("since"))
    told = _texts(row, _FIREWALL)
    if (told["waiting_for"] or "").startswith(APPROVAL):
        # The reason is for the partner: it may name prices.
        told["waiting_for"] = "approval"
    return {**told, "since": utc_text(since) if since else None}


def _addon(row: Row) -> dict[str, t.Any]:
    return _texts(row, _ADDON)


def _texts(row: Row, names: t.Iterable[str]) -> dict[str, t.Any]:
    return {name: _text(row.get(name)) for name in names}


def _text(value: t.Any) -> str | None:
    return None if value is None or value == "" else shortened(str(plain(value)))


def _flag(value: t.Any) -> str | None:
    return value if value in _FLAGS else None


def _truth(value: t.Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _number(value: t.Any) -> int | None:
    try:
        return number_id(value, "")
    except BadInputError:
        return None
