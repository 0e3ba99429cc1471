# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of reports, and tasks that make pages of them."""

from __future__ import annotations

import json
import pathlib
import typing as t

Row = dict[str, t.Any]

TIME = "2026-11-03T14:00:00Z"
SEES_TXT = "the certificate authority to see the TXT record (up to 24 h)"
SEES_DNS = "SiteLock to see the A/CNAME records (up to 24 h)"
MANY = 10_000


def row(domain: str, site_id: int, state: str | None = "ready", **fields: t.Any) -> Row:
    """A row of C(sitelock_waf_report) without anything to report, except the given fields."""
    nothing = {"state_before": state, "since": None, "steps": [], "waiting_for": None, "changed": False, "notes": []}
    return {"domain": domain, "site_id": site_id, "state": state, **nothing, "error": None, **fields}


def error(kind: str, message: str, hint: str, code: str | None = None, extended_code: str | None = None) -> Row:
    codes = {"code": code, "extended_code": extended_code}
    return {"kind": kind, **codes, "message": message, "hint": hint, "http_status": None}


FLEET = [
    row("ready.example", 1, since="2026-05-02T10:00:00Z"),
    row(
        "validated.example",
        2,
        "pending-domain-validation",
        state_before="absent",
        since="2026-11-03T13:58:00Z",
        steps=["provisionAddon", "publish TXT"],
        waiting_for=SEES_TXT,
        changed=True,
    ),
    row(
        "slow.example",
        3,
        "pending-domain-validation",
        since="2026-11-01T08:00:00Z",
        waiting_for=SEES_TXT,
        notes=["The domain has been validated for more than 36 hours. Ask SiteLock's support."],
    ),
    row("retried.example", 4, "pending-retry", since="2026-10-30T14:00:00Z", waiting_for="SiteLock, which tries again"),
    row("stuck.example", 5, "error", since="2026-10-28T09:12:00Z", waiting_for="a person: Origin does not answer"),
    row(
        "basic.example",
        6,
        "absent",
        error=error("rejected", "Site 6: Site requires SSL.", "Choose a higher plan.", "AEX", "3003"),
    ),
    row(
        "bought-or-not.example",
        7,
        None,
        state_before="absent",
        error=error("outcome_unknown", "Site 7: the answer did not arrive.", "Check the site in the dashboard."),
    ),
    *(
        row(
            f"wave{number:02d}.example", 100 + number, "pending-dns", since="2026-11-03T02:15:00Z", waiting_for=SEES_DNS
        )
        for number in range(14)
    ),
]

PWNED = "document.title = 'pwned'"
HOSTILE = [
    row(f"<script>{PWNED}</script>.example", 1, "<b>bold</b>", waiting_for=f"</td></table><script>{PWNED}</script>"),
    row("quoted.example", 2, 'x" onmouseover="alert(1)', steps=[f'<svg onload="{PWNED}">'], changed=True),
    row(
        "broken.example",
        3,
        None,
        error=error(
            f'<img src=x onerror="{PWNED}">', f"</script></style><script>{PWNED}</script>", "{{ 7 * 7 }}", "&lt;"
        ),
        notes=["{{ lookup('pipe', 'id') }}", "right \u202e to left", "bell \x07"],
    ),
]


def large_fleet() -> list[Row]:
    """Ten thousand sites, as they are after a wave of orders."""
    kinds: list[Row] = [
        {},
        {},
        {
            "state": "pending-dns",
            "waiting_for": SEES_DNS,
            "changed": True,
            "steps": ["provisionAddon", "change A/CNAME"],
        },
        {"state": None, "error": error("rejected", "Site requires SSL.", "Choose a higher plan.", "AEX", "3003")},
    ]
    return [
        row(f"customer-{number:05d}.example", number, **{"since": "2026-11-01T08:00:00Z", **kinds[number % 4]})
        for number in range(MANY)
    ]


def report_tasks(rows_file: pathlib.Path, rows: list[Row], folder: pathlib.Path, **variables: t.Any) -> list[Row]:
    """Tasks that report C(rows) into C(folder). They come from a file, so texts of others are not templates."""
    rows_file.write_text(json.dumps(rows))
    return [
        {
            "name": "Be the pass",
            "ansible.builtin.set_fact": {
                "sitelock_waf_report": f"{{{{ lookup('ansible.builtin.file', '{rows_file}') | from_json }}}}"
            },
        },
        {
            "name": "Report",
            "ansible.builtin.include_role": {"name": "hosting.websec.fleet_report"},
            "vars": {"fleet_report_directory": str(folder), **variables},
        },
    ]
