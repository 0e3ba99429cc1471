# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a customer or a site needs attention, as data for a panel."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._report.finding import Finding
from ansible_collections.hosting.websec.plugins.module_utils._report.health import Health, with_health
from ansible_collections.hosting.websec.plugins.module_utils._report.reasons import NOTE, VENDOR_ERROR, Reason
from ansible_collections.hosting.websec.plugins.module_utils._report.site import Row, site
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened

_Flag = tuple[Reason, str]


def attention_of_account(row: Row) -> list[dict[str, t.Any]]:
    """:param row: any row of C(sitelock_accounts_report) about the account."""
    return _flags(_of_error(row))


def attention_of_site(
    row: Row,
    now: datetime.datetime,
    *,
    firewall: Row | None,
    scan: Row | None,
    backup: Row | None,
    products: Row | None,
    reads: Row | None,
    health: Health,
) -> list[dict[str, t.Any]]:
    """One entry for each reason, the most urgent first, with C(reason), C(urgency), C(title) and C(messages).

    :param row: of C(sitelock_accounts_report). What follows is about the same site; C(None): nobody looked.
    """
    named = {"domain": row.get("domain"), "site_id": row.get("site_id")}
    own = dataclasses.replace(
        health,
        scans=[{**scan, **named}] if scan else None,
        backups=[{**backup, **named}] if backup else None,
        products={
            "sites": [{**products, **named}] if products else [],
            "reads": [{**reads, **named}] if reads else [],
        },
    )
    findings: list[Finding] = with_health([named], own, [row], now)[0].get("findings", [])
    found = [(each.reason, each.told) for each in findings]
    for each in (firewall, scan, backup, reads):
        found += _of_error(each or {})
    return _flags([*found, *_of_firewall(firewall or {})])


def _of_error(row: Row) -> list[_Flag]:
    read = site({"error": row.get("error")})
    return [(read.reason, str(read.error["message"]))] if read.error and read.reason else []


def _of_firewall(row: Row) -> list[_Flag]:
    read = site({"state": row.get("state"), "notes": row.get("notes")})
    return [
        *([(VENDOR_ERROR, "")] if read.state == "error" else []),
        *((NOTE, text) for text in read.notes),
    ]


def _flags(found: t.Iterable[_Flag]) -> list[dict[str, t.Any]]:
    texts: dict[Reason, dict[str, None]] = {}
    for reason, text in found:
        texts.setdefault(reason, {}).update({shortened(text): None} if text else {})
    return [
        {"reason": reason.key, "urgency": reason.urgency, "title": reason.title, "messages": list(texts[reason])}
        for reason in sorted(texts, key=lambda each: (each.urgency, each.key))
    ]
