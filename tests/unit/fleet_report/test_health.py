# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What scans, backups and products say about sites, and the metrics of a report."""

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from prometheus_client.parser import text_string_to_metric_families

from ansible_collections.hosting.websec.plugins.filter.fleet_report_page import fleet_report_page
from ansible_collections.hosting.websec.plugins.filter.text_table import table as text_table
from ansible_collections.hosting.websec.plugins.module_utils._report.health import Health
from ansible_collections.hosting.websec.plugins.module_utils._report.metrics import to_metrics
from ansible_collections.hosting.websec.plugins.module_utils._report.overview import Overview, overview
from ansible_collections.hosting.websec.plugins.module_utils._report.page import page
from ansible_collections.hosting.websec.tests.unit.fleet_report.rows import (
    NOW,
    Row,
    account_row,
    error,
    failed,
    fleets,
    row,
)


def scan(domain: str | None = "a.example", site_id: int = 1, **fields: t.Any) -> Row:
    """A row of sitelock_scans_info."""
    told = {"red": [], "yellow": [], "findings_since": None, "last_scan_at": None, "ftp_error": None, "error": None}
    return {"domain": domain, "site_id": site_id, **told, **fields}


def backup(domain: str = "a.example", **fields: t.Any) -> Row:
    """A row of sitelock_backups_info, with a backup of today."""
    told = {"last_backup_at": "2026-11-03 03:00:00", "last_backup_error": None, "ftp_failed": False, "ftp_error": None}
    return {"domain": domain, "site_id": 1, "files_status": "active", "database_status": None, **told, **fields}


def products(*read: int, **hosts: str) -> Row:
    """The result of sitelock_products_info: SMART was read of these sites; ``hosts`` by C(s1) and so on."""
    sites = [{"site_id": int(name[1:]), "smart": {"ftp_host": host}} for name, host in hosts.items()]
    return {"sites": sites, "reads": [{"site_id": number, "domain": None, "sections": ["smart"]} for number in read]}


RUNNING = {"action": "backup", "completed_at": None, "err_code": None}
"""One of C(backups)."""
problem = {"site_id": 1, "domain": "a.example", "sections": [], "problems": ["smart: 530 Login."], "error": None}
"""A row of C(reads)."""


def seen(*rows: Row, accounts: t.Sequence[Row] = (), **health: t.Any) -> Overview:
    return overview([*rows] or [row("a.example", site_id=1)], NOW, accounts=accounts, health=Health(**health))


def findings(found: Overview) -> list[tuple[str, str]]:
    return [(each.reason.key, each.text) for site in found.sites for each in site.findings]


@pytest.mark.parametrize(
    ("health", "told"),
    [
        ({"scans": [scan()], "backups": [backup()]}, []),
        ({"scans": [scan(red=["Content", "Reputation"])]}, [("finding_red", "Content, Reputation.")]),
        (
            {
                "scans": [
                    scan(yellow=["Content"], findings_since="2026-11-01 03:00:00", last_scan_at="2026-11-03 03:00:00")
                ]
            },
            [("finding_yellow", "Content. Last scan: 2026-11-03 03:00:00.")],
        ),
        (
            {"scans": [scan(red=["Content"], yellow=["Application"], found={"malware": 2, "sqli": 1})]},
            [("finding_red", "Content. Found: malware (2), SQL injection (1)."), ("finding_yellow", "Application.")],
        ),
        # The flags of a site of which SiteLock does not show what was found.
        ({"scans": [scan(red=["Content"], error=error("rejected"))]}, [("finding_red", "Content.")]),
        ({"scans": [scan(ftp_error="530 Login")]}, [("sign_in_failed", "SiteLock says: 530 Login.")]),
        (
            {"backups": [backup(ftp_failed=True, ftp_error="Connection refused")]},
            [("sign_in_failed", "SiteLock says: Connection refused.")],
        ),
        ({"backups": [backup(last_backup_at="2026-10-27 14:00:00")]}, []),
        (
            {"backups": [backup(last_backup_at="2026-10-27 13:59:59")]},
            [("backup_overdue", "The last backup without an error is from 2026-10-27 13:59:59.")],
        ),
        ({"backups": [backup(last_backup_at="2026-10-27 13:59:59")], "backup_days": 30.0}, []),
        (
            {"backups": [backup(last_backup_error="17")]},
            [
                (
                    "backup_overdue",
                    "The newest backup failed (17). The last backup without an error is from 2026-11-03 03:00:00.",
                )
            ],
        ),
        (
            {"backups": [backup(last_backup_at=None)]},
            [("backup_overdue", "There is no backup without an error yet.")],
        ),
        # One is running: the first one is no finding, and another one does not make a late one better.
        ({"backups": [backup(last_backup_at=None, pending_backup=True)]}, []),
        ({"backups": [backup(pending_backup=True)]}, []),
        ({"backups": [backup(last_backup_at=None, backups=[RUNNING])]}, []),
        (
            {"backups": [backup(last_backup_at=None, pending_backup=False, backups=[RUNNING])]},
            [("backup_overdue", "There is no backup without an error yet.")],
        ),
        (
            {"backups": [backup(last_backup_at="2026-10-01 00:00:00", pending_backup=True)]},
            [
                (
                    "backup_overdue",
                    "The last backup without an error is from 2026-10-01 00:00:00. A backup is running now.",
                )
            ],
        ),
        (
            {"backups": [backup(last_backup_at=None, last_backup_error="17", pending_backup=True)]},
            [
                (
                    "backup_overdue",
                    "The newest backup failed (17). There is no backup without an error yet. A backup is running now.",
                )
            ],
        ),
        # A site whose backup is off, or of which only that is known that nothing is known.
        ({"backups": [backup(last_backup_at=None, files_status="inactive")]}, []),
        ({"backups": [backup(last_backup_at=None, files_status=None)]}, []),
        ({"backups": [backup(last_backup_at="yesterday")]}, []),
        ({"products": products(1)}, [("smart_missing", "It has no FTP host.")]),
        ({"products": products(1, s1="ftp.a.example")}, []),
        ({"products": products(s1="")}, []),
        ({"products": {"sites": [], "reads": [problem]}}, [("sign_in_failed", "SiteLock says: smart: 530 Login.")]),
        # A site without the product.
        ({"backups": [backup(last_backup_at=None, files_status=None, error=error("rejected"))]}, []),
        ({"products": {"sites": [], "reads": [{**problem, "problems": [], "error": error("not_found")}]}}, []),
    ],
    ids=range(27),
)
def test_what_is_found(health: Row, told: list[tuple[str, str]]) -> None:
    found = seen(**health)
    assert findings(found) == told
    assert found.summary()["attention"] == bool(told)
    assert all(site.error is None for site in found.sites)
    assert sum((found.health or {}).values()) == len(told)


def test_a_site_waits_for_its_first_backup() -> None:
    first = backup(last_backup_at=None, pending_backup=True)
    found = seen(backups=[first])
    assert [group.title for group in found.waiting] == ["the end of its first backup, which is running"]
    # What it waits for otherwise comes first.
    dns = row("a.example", waiting_for="DNS")
    assert [group.title for group in seen(dns, backups=[first]).waiting] == ["DNS"]
    for other in (
        backup(pending_backup=True),
        {**first, "last_backup_error": "17"},
        {**first, "pending_backup": False},
    ):
        assert not seen(backups=[other]).waiting


def test_the_page_is_named_for_what_it_has() -> None:
    only_health = fleet_report_page([], health={"scans": [scan()]})
    assert "<h1>Health of the sites at SiteLock</h1>" in str(only_health)
    both = fleet_report_page([row("a.example")], health={"scans": [scan()]})
    assert "<h1>SiteLock Firewall &amp; CDN</h1>" in str(both)
    assert "<h1>Ours</h1>" in str(fleet_report_page([], title="Ours", health={"scans": [scan()]}))


def test_smart_counts_as_missing_where_it_is_paid_for() -> None:
    accounts = [
        account_row("one", "a.example", site_id=1, subscription="8"),
        account_row("two", "b.example", site_id=2, subscription="9", addons=[{"subscription": "77"}]),
        account_row("three", "c.example", site_id=3, subscription="9"),
    ]
    rows = [row(f"{name}.example", site_id=number) for number, name in enumerate("abc", 1)]
    found = seen(*rows, accounts=accounts, products=products(1, 2, 3), smart_subscriptions=[8, "77"])
    assert [site.domain for site in found.sites if site.findings] == ["a.example", "b.example"]
    assert {text for _reason, text in findings(found)} == {"It is paid for, and has no FTP host."}


@pytest.mark.parametrize("reverse", [False, True])
def test_a_finding_stands_at_its_own_site_only(reverse: bool) -> None:
    """The sites of two partners can have the same number, and a domain that was moved has two."""
    sites = [("a.example", 1), ("b.example", 1), ("a.example", 2), ("www.c.example", 3), ("d.example", None)]
    rows = [row(domain, site_id=number) for domain, number in sites]
    names = [("a.example", 1), ("b.example", 1), ("a.example", 2), ("c.example", 3), ("d.example", 4)]
    names += [("e.example", 1), ("", 6)]
    scans = [scan(domain, number or 0, red=[f"{domain} {number}"]) for domain, number in names]
    found = seen(*(reversed(rows) if reverse else rows), scans=[*reversed(scans)] if reverse else scans)
    told = {(each.domain, each.site_id): [found.text for found in each.findings] for each in found.sites}
    assert told == {
        **{(domain, number): [f"{domain} {number}."] for domain, number in sites[:3]},
        ("www.c.example", 3): ["c.example 3."],
        ("d.example", None): ["d.example 4."],
        ("e.example", 1): ["e.example 1."],
        ("(no domain)", 6): [" 6."],
    }


def test_findings_are_sorted_with_the_other_reasons_and_none_is_lost() -> None:
    rows = [
        row("note.example", notes=["See."]),
        failed("unknown.example", "outcome_unknown"),
        row("red.example", notes=["Beside."]),
        row("bad.example", "error"),
        row("yellow.example"),
        failed("refused.example"),
    ]
    found = seen(
        *rows,
        scans=[
            scan("red.example", 7, red=["Content"], yellow=["Application"], ftp_error="530"),
            scan("yellow.example", 8, yellow=["Content"]),
            scan("refused.example", 9, red=["Content"]),
            # Found by its number; and one that no other task knows.
            scan(None, 10, yellow=["Application"]),
        ],
    )
    assert [(problem.reason.key, [site.domain for site in problem.sites]) for problem in found.attention] == [
        ("outcome_unknown", ["unknown.example"]),
        ("finding_red", ["red.example", "refused.example"]),
        ("vendor_error", ["bad.example"]),
        ("finding_yellow", ["(no domain)", "yellow.example"]),
        ("note", ["note.example"]),
    ]
    (red,) = [problem for problem in found.attention if problem.reason.key == "finding_red"]
    assert red.messages == ("Content.",)
    assert red.messages_about(red.sites[0]) == [
        "Since 2026-11-03 (first seen).",
        "Beside.",
        "SiteLock's scans found something (yellow): Application. Since 2026-11-03 (first seen).",
        "SiteLock's sign-in to the site fails: SiteLock says: 530. Since 2026-11-03 (first seen).",
    ]
    assert "It went wrong: rejected." in red.messages_about(red.sites[1])
    assert found.health == {
        "finding_red": 2,
        "sign_in_failed": 1,
        "backup_overdue": 0,
        "finding_yellow": 3,
        "smart_missing": 0,
    }
    assert "Health: finding red 2, sign in failed 1, finding yellow 3." in found.headline()
    assert "Health: nothing found." in seen(scans=[scan()]).headline()
    assert "Health" not in seen().headline()


def test_sites_that_could_not_be_read_are_counted_and_are_not_called_healthy() -> None:
    away = {"error": error("unavailable")}
    refused = {"error": error("rejected")}
    found = seen(
        scans=[scan(**away), scan("b.example", 2, **refused), scan("c.example", 3)],
        # The first one is counted once; who is refused does not have the product.
        backups=[backup(**away), backup("c.example", site_id=3, **refused)],
        products={"sites": [], "reads": [{**problem, "site_id": 4, "problems": [], "deferred": True}]},
    )
    assert "Health: nothing found, 3 sites not read." in found.headline()
    assert found.summary()["health_not_read"] == 3
    assert "\nwebsec_sites_health_not_read 3\n" in to_metrics(found)
    assert "</b>health not read</a>" in page(found, title="x")
    healthy = seen(scans=[scan()])
    assert healthy.summary()["health_not_read"] == 0
    assert "\nwebsec_sites_health_not_read 0\n" in to_metrics(healthy)
    assert "health not read" not in page(healthy, title="x")
    assert seen().summary()["health_not_read"] is None
    assert "health_not_read" not in to_metrics(seen())


def test_a_report_without_states_does_not_call_them_unknown() -> None:
    found = overview([], NOW, health=Health(scans=[scan(red=["Content"])]))
    shown = page(found, title="x")
    assert "States" not in found.headline()
    assert ">unknown<" not in shown
    assert "</b>ready</a>" not in shown
    beside = row("b.example", None, site_id=2)
    with_states = page(seen(row("a.example", site_id=1), beside, scans=[scan(red=["Content"])]), title="x")
    assert ">unknown<" in with_states
    assert "</b>ready</a>" in with_states


def test_the_terminal_shows_what_was_found() -> None:
    rows = fleet_report_page(
        [row("a.example", site_id=1)],
        "open",
        time="2026-11-03T14:00:00Z",
        health={"scans": [scan(red=["Content"]), scan(None, 2, yellow=["Application"])]},
    )["sites"]
    assert text_table(rows, {"domain": "site", "attention": "needs action"}) == [
        "site         needs action",
        "a.example    finding_red",
        "(no domain)  finding_yellow",
        "a.example: SiteLock's scans found something (red): Content. Since 2026-11-03 (first seen).",
        "(no domain): SiteLock's scans found something (yellow): Application. Since 2026-11-03 (first seen).",
    ]


@pytest.mark.parametrize(
    "hostile", ["<img src=x>", ["<img src=x>"], {"<img src=x>": 1}, 10**5000, None, "\x00\ud800"], ids=range(6)
)
def test_hostile_rows_stay_text(hostile: t.Any) -> None:
    anything = dict.fromkeys((*scan(), *backup(), "sections", "smart"), hostile)
    found = seen(
        scans=[anything],
        backups=[anything],
        products={"sites": [anything, {"site_id": 1, "smart": {"ftp_host": hostile}}], "reads": [anything]},
        accounts=[{"account": "x", "site_id": hostile, "subscription": hostile, "addons": hostile}],
        smart_subscriptions=[hostile],
    )
    assert "<img" not in page(found, title="x")
    assert [*text_string_to_metric_families(to_metrics(found))]


def test_what_a_row_calls_findings_is_ignored() -> None:
    assert findings(seen(row("a.example", findings=[("x", "y"), "z"]))) == []


@pytest.mark.parametrize(
    ("health", "told"),
    [
        ([1], "is not a dictionary"),
        ({"scan": []}, "unknown keys: scan"),
        ({"scans": "x"}, "health.scans is not a list of rows of sitelock_scans_info"),
        ({"backups": [1]}, "health.backups is not a list of rows of sitelock_backups_info"),
        ({"products": []}, "with sites and reads"),
        ({"smart_subscriptions": "8"}, "is not a list of ids"),
        *(({"backup_days": days}, "must be a number of days") for days in (-1, "x", float("nan"), [])),
    ],
)
def test_wrong_input(health: t.Any, told: str) -> None:
    with pytest.raises(AnsibleFilterError, match=told):
        fleet_report_page([], "metrics", health=health)


# ---- metrics


def samples(found: Overview) -> dict[str, float]:
    """As the official client of Prometheus reads them."""
    read = {}
    for family in text_string_to_metric_families(to_metrics(found)):
        assert (family.type, bool(family.documentation)) == ("gauge", True)
        assert family.name.startswith("websec_")
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sample.labels.items())
            read[f"{sample.name}{{{labels}}}".replace("{}", "")] = sample.value
    return read


def test_the_metrics() -> None:
    found = seen(
        row("a.example", changed=True),
        row("b.example", "pending-dns", waiting_for="x"),
        failed("c.example"),
        scans=[scan("a.example", red=["Content"])],
        accounts=[account_row("one", "a.example")],
    )
    read = samples(found)
    assert {name: value for name, value in read.items() if value} == {
        "websec_report_timestamp_seconds": NOW.timestamp(),
        "websec_sites{state=ready}": 1,
        "websec_sites{state=pending-dns}": 1,
        "websec_sites{state=unknown}": 1,
        "websec_sites_changed": 1,
        "websec_sites_waiting": 1,
        "websec_sites_failed": 1,
        "websec_sites_attention{reason=finding_red}": 1,
        "websec_sites_attention{reason=rejected}": 1,
        "websec_sites_findings{reason=finding_red}": 1,
        "websec_findings_oldest_timestamp_seconds{reason=finding_red}": NOW.timestamp(),
        "websec_accounts": 1,
    }
    # What is zero is there, too: an alert on it can tell it from a report that is missing.
    assert read["websec_sites{state=error}"] == read["websec_sites_findings{reason=backup_overdue}"] == 0


@given(rows=fleets)
def test_the_metrics_of_any_fleet(rows: list[Row]) -> None:
    found = overview(rows, NOW)
    read = samples(found)
    of_states = sum(value for name, value in read.items() if name.startswith("websec_sites{"))
    needs_action = sum(value for name, value in read.items() if name.startswith("websec_sites_attention"))
    assert (of_states, needs_action) == (len(found.sites), found.summary()["attention"])
