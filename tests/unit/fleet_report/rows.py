# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of a pass, for the tests of the report."""

from __future__ import annotations

import datetime
import typing as t

from hypothesis import strategies as st

NOW = datetime.datetime(2026, 11, 3, 14, 0, tzinfo=datetime.timezone.utc)
SEES_DNS = "SiteLock to see the A/CNAME records (up to 24 h)"

Row = dict[str, t.Any]


def row(domain: str = "shop.example", state: str | None = "ready", **fields: t.Any) -> Row:
    """A row of a site without anything to report, except the given fields."""
    return {
        "domain": domain,
        "site_id": 10900,
        "state_before": state,
        "state": state,
        "since": "2026-11-01T08:00:00Z",
        "steps": [],
        "waiting_for": None,
        "changed": False,
        "notes": [],
        "error": None,
        **fields,
    }


def error(kind: str = "rejected", **fields: t.Any) -> Row:
    return {
        "kind": kind,
        "code": None,
        "extended_code": None,
        "message": f"It went wrong: {kind}.",
        "hint": f"Do something about {kind}.",
        "http_status": None,
        "domain": "shop.example",
        "site_id": 10900,
        **fields,
    }


def failed(domain: str, kind: str = "rejected", **fields: t.Any) -> Row:
    return row(domain, None, since=None, error=error(kind, **fields))


def account_row(account: str, domain: str | None, account_id: int | None = 570, **fields: t.Any) -> Row:
    """A row of C(sitelock_accounts_report)."""
    of_site = {"domain": domain, "site_id": 5, "subscription": "8", "status": "active", "addons": [], "steps": []}
    of_account = {"account": account, "account_id": account_id, "changed": False, "failed": False, "error": None}
    return {**of_site, **of_account, "deferred": False, "deferred_reason": None, **fields}


_REFUSED = error("rejected", message="Account bad@b.example: Site already exists.", hint="List it once.")
POLICIES: list[Row] = [
    {"domain": "quiet.example", "site_id": 1, "changed_sections": [], "needs_person": [], "errors": [], "error": None},
    {"domain": "changed.example", "site_id": 2, "changed_sections": ["rules", "ip_block"], "changed": True},
    {
        "domain": "open.example",
        "site_id": 3,
        "needs_person": ["The firewall is bypassed, and no end is set."],
    },
    {
        "domain": "broken.example",
        "site_id": 4,
        "errors": [
            {"message": "Site 4: section rules: the site does not offer block_ip for ddos.", "section": "rules"}
        ],
        "error": {
            "kind": "rejected",
            "message": "Site 4: section rules: the site does not offer block_ip for ddos.",
            "hint": "It offers off.",
        },
    },
]
"""Rows of C(sitelock_waf_policy_report)."""
ACCOUNTS = [
    account_row("quiet@c.example", "c.example", 572),
    account_row("owner@a.example", "a.example", changed=True, steps=["new site a.example, order of 8"]),
    account_row("owner@a.example", None, changed=True, steps=["order of the add-on 7001 for owner@a.example"]),
    *(account_row("bad@b.example", domain, 571, failed=True, error=_REFUSED) for domain in ("b.example", "d.example")),
]
"""One that has nothing to say, one with steps of a site and of its own, and one with two sites that failed."""
DEFERRED_ACCOUNTS = [
    *(account_row("late@e.example", domain, 573, deferred=True) for domain in ("e.example", "f.example")),
    account_row("half@g.example", "g.example", 574, deferred=True, changed=True, steps=["new site g.example"]),
    account_row("late@h.example", None, None, deferred=True, deferred_reason="The password was refused."),
]
"""Two that the deadline came before, one of them with a write, and one that was not tried because others failed."""


def mixed_fleet(size: int) -> list[Row]:
    """Sites as they are in a large fleet: most are ready, some wait, some were changed, some failed."""
    kinds = (
        {},
        {},
        {},
        {
            "state": "pending-dns",
            "waiting_for": SEES_DNS,
            "changed": True,
            "steps": ["provisionAddon", "change A/CNAME"],
        },
        {"state": None, "since": None, "error": error(code="AEX", extended_code="3003")},
        {"notes": ["The certificate at the CDN ends on 2026-11-20."]},
    )
    return [{**row(f"customer-{number:05d}.example", site_id=number), **kinds[number % 6]} for number in range(size)]


def fleet_without_two_alike(size: int) -> list[Row]:
    """Sites that all differ in what they wait for, in their error, or in their change."""
    kinds: list[t.Callable[[int], Row]] = [
        lambda number: {"waiting_for": f"thing {number}", "state": f"state {number}"},
        lambda number: {"error": error(code=f"C{number}", hint=f"Do {number}."), "state": None},
        lambda number: {"changed": True, "steps": [f"step {number}"]},
    ]
    return [
        {**row(f"site-{number:05d}.example", site_id=number), **kinds[number % 3](number)} for number in range(size)
    ]


texts = st.text(
    st.characters() | st.sampled_from("<>\"'&;/\x00\x1b\u202e\ud800\u2028{}%#") | st.sampled_from("scriptylexmg"),
    max_size=30,
) | st.sampled_from(
    [
        "</script>",
        "<script>alert(1)</script>",
        "</style>",
        "-->",
        "<!--",
        "]]>",
        "&lt;",
        '"><img src=x onerror=alert(1)>',
    ]
)

errors = st.builds(
    error,
    st.sampled_from(["outcome_unknown", "auth", "rejected", "timeout", "of_tomorrow"]) | texts,
    code=st.none() | texts,
    message=texts,
    hint=texts | st.none(),
)

rows = st.builds(
    row,
    texts,
    st.sampled_from([None, "ready", "pending-dns", "error", "absent"]) | texts,
    site_id=st.none() | st.integers() | texts,
    state_before=st.none() | texts,
    since=st.none() | texts | st.datetimes().map(lambda time: f"{time.isoformat()}Z"),
    steps=st.lists(texts, max_size=3),
    waiting_for=st.none() | texts,
    changed=st.booleans(),
    notes=st.lists(texts, max_size=3),
    error=st.none() | errors,
)
fleets = st.lists(rows, max_size=12)
