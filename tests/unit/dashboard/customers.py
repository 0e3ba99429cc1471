# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows about three customers, and their documents."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.hosting.websec.plugins.filter.sitelock_customer_documents import sitelock_customer_documents
from ansible_collections.hosting.websec.tests.unit.dashboard.schema import VALIDATOR
from ansible_collections.hosting.websec.tests.unit.fleet_report.rows import account_row, error, row

Row = dict[str, t.Any]

TIME = "2026-11-29T12:00:00Z"


ACCOUNTS = [
    account_row("anna@a.example", "a.example", 570, login="anna@a.example", site_id=1),
    account_row(
        "anna@a.example",
        "shop.a.example",
        570,
        login="anna@a.example",
        site_id=2,
        addons=[{"subscription": "9001", "subscription_id": "5002", "price": "5.00"}],
    ),
    account_row("bob@b.example", "b.example", 571, login="bob@b.example", site_id=3),
    account_row("carla@c.example", None, 572, login="carla@c.example", site_id=None, subscription=None, status=None),
]
FIREWALL = [
    row("a.example", "pending-dns", site_id=1, waiting_for="the A/CNAME records", since="2026-11-21T22:00:00Z"),
    row("shop.a.example", "ready", site_id=2),
    row("b.example", "error", site_id=3),
]
SCANS = [
    {
        "site_id": 1, "domain": "a.example", "attention_flag": "red", "red": ["Content"], "yellow": [],
        "findings_since": "2026-11-20 03:00:00", "last_scan_at": "2026-11-29 03:00:00", "running": False,
        "products": [{"name": "Content", "attention_flag": "red"}], "ftp_error": None,
        "scan_info": {"@site_id": "1", "secret": "raw-tree"}, "failed": False, "error": None, "deferred": False,
    },
    {
        "site_id": 3, "domain": "b.example", "red": [], "yellow": [], "failed": True, "error": error("timeout"),
        "deferred": False,
    },
]  # fmt: skip
BACKUPS = [
    {
        "site_id": 2, "domain": "shop.a.example", "last_backup_at": "2026-11-01 03:00:00", "last_backup_error": None,
        "last_restore_at": None, "files_status": "active", "database_status": None, "pending_backup": False,
        "ftp_failed": False, "ftp_error": None, "settings": {"ftp_pw": "hunter2"}, "failed": False, "error": None,
        "deferred": False,
    }
]  # fmt: skip
PRODUCTS = {
    "sites": [
        {
            "site_id": 1,
            "domain": "a.example",
            "smart": {"ftp_host": "ftp.a.example", "ftp_user": "anna", "ftp_pw": "hunter2"},
            "shield": {
                "language": "en",
                "size": "small",
                "color": "white",
                "type": "mal",
                "login_url": "https://secure.sitelock.com/rlogin.php?token=t0ken",
            },
        }
    ],
    "reads": [
        {"site_id": 1, "domain": "a.example", "sections": ["smart", "shield"], "failed": False, "error": None},
        {"site_id": 3, "domain": "b.example", "sections": ["smart"], "failed": False, "error": None},
    ],
}
HEALTH: Row = {"scans": SCANS, "backups": BACKUPS, "products": PRODUCTS}


def made(accounts: t.Sequence[Row] = ACCOUNTS, **inputs: t.Any) -> t.Any:
    """The result of the filter."""
    return sitelock_customer_documents(list(accounts), time=TIME, **inputs)


def documents(accounts: t.Sequence[Row] = ACCOUNTS, **inputs: t.Any) -> dict[int, Row]:
    """The documents by account, each checked against the schema."""
    found = [json.loads(text) for text in made(accounts, **inputs)["documents"]]
    for each in found:
        VALIDATOR.validate(each)
    return {each["account"]["account_id"]: each for each in found}
