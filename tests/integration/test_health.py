# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The health of a fleet: from the API to the page, the data and the metrics, through the playbook."""

from __future__ import annotations

import collections
import json
import pathlib
import re
import typing as t

import pytest
from integration.playbook import Run, run_plays
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer
from prometheus_client.parser import text_string_to_metric_families

FTP = {"ftp_host": "192.0.2.10", "ftp_user": "shop"}
SMART = {**FTP, "frequency": "daily"}
FLEET = {
    "well.example": {"smart": SMART, "backups": [{"days_ago": 1}], "backup_files": {"ftp_settings": FTP}},
    "malware.example": {"smart": SMART, "findings": [{"code": "malware_scan", "days_ago": 2}]},
    "old.example": {"smart": SMART, "backup_files": {"ftp_settings": FTP}, "backups": [{"days_ago": 47}]},
    "closed.example": {"smart": SMART, "ftp_error": "530 Login incorrect."},
    "fresh.example": {},
    "locked.example": {
        "smart": SMART,
        "backups": [{"days_ago": 1}],
        "backup_files": {"ftp_settings": FTP},
        "ftp_error": "530 Locked.",
    },
}


@pytest.fixture(name="vendor")
def _vendor(sandbox: SandboxServer) -> SandboxServer:
    plan = {"subscription": "8"}
    addons = [{"subscription": "9001"}]
    sandbox.post(
        "fleet",
        {
            "plans": [
                {"id": "8", "name": "Scan", "product_category": "SCAN"},
                {"id": "9001", "name": "Backup", "product_category": "BACKUP"},
            ],
            "accounts": [{"id": "570", "name": "Customers"}],
            "sites": [
                {
                    "site_id": str(number),
                    "account_id": "570",
                    "domain": domain,
                    "plan": plan,
                    "addons": addons,
                    "products": products,
                }
                for number, (domain, products) in enumerate(FLEET.items(), 1)
            ],
        },
    )
    sandbox.calls()
    return sandbox


def play(vendor: SandboxServer, folder: pathlib.Path, *arguments: str) -> Run:
    variables: dict[str, t.Any] = {
        "sitelock_health_api": {
            "api_url": f"{vendor.url}/v1/partner",
            "api_username": USERNAME,
            "api_password": PASSWORD,
            "retries": 0,
        },
        "sitelock_waf_sites": [
            *({"domain": domain, "site_id": number, "account_id": 570} for number, domain in enumerate(FLEET, 1)),
            {"domain": "gone.example", "site_id": 99, "state": "absent"},
        ],
        "fleet_report_directory": str(folder),
        "fleet_report_metrics_file": str(folder / "websec.prom"),
    }
    return run_plays([{"import_playbook": "hosting.websec.health", "vars": variables}], *arguments)


def test_from_the_api_to_the_page_the_data_and_the_metrics(vendor: SandboxServer, tmp_path: pathlib.Path) -> None:
    done = play(vendor, tmp_path)
    assert (done.status, "[WARNING]" in done.output) == (0, False), done.output
    calls = vendor.calls()
    # One call for the scans of the account, and one for each flag; two a site for backups, and one for SMART.
    assert collections.Counter(calls) == {
        "scanInfo": 1,
        "scanDetail": 3,
        "getBackupSummary": 6,
        "getBackupSettings": 6,
        "getSMART": 6,
    }
    document = json.loads((tmp_path / "fleet-report.json").read_text(encoding="ascii"))
    found = {site["domain"]: [each["reason"] for each in site["findings"]] for site in document["sites"]}
    assert found == {
        "well.example": [],
        "malware.example": ["finding_red"],
        "old.example": ["backup_overdue"],
        "closed.example": ["finding_yellow", "sign_in_failed"],
        "fresh.example": ["smart_missing"],
        "locked.example": ["finding_yellow", "sign_in_failed", "sign_in_failed"],
    }, document
    assert [each["reason"] for each in document["attention"]] == [
        "finding_red",
        "sign_in_failed",
        "backup_overdue",
        "smart_missing",
    ]
    page = (tmp_path / "fleet-report.html").read_text(encoding="utf-8")
    assert "<h1>Health of the sites at SiteLock</h1>" in page
    told = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    for sentence in (
        "Content. Found: malware (1).",
        "The last backup without an error is from",
        "SiteLock says: smart: 530 Login incorrect.",
        "SiteLock says: 530 Locked.",
        "It has no FTP host.",
    ):
        assert sentence in told
    metrics = (tmp_path / "websec.prom").read_text(encoding="ascii")
    read = {
        sample.labels["reason"]: sample.value
        for family in text_string_to_metric_families(metrics)
        if family.name == "websec_sites_findings"
        for sample in family.samples
    }
    assert read == document["summary"]["health"]
    assert not [
        path
        for path in tmp_path.iterdir()
        if path.name not in ("fleet-report.html", "fleet-report.json", "websec.prom")
    ]
    second = play(vendor, tmp_path)
    assert (second.status, second.recap["changed"]) == (0, 0), second.output


@pytest.mark.all_only
def test_what_cannot_be_read_is_told_and_costs_no_other_site(vendor: SandboxServer, tmp_path: pathlib.Path) -> None:
    vendor.fault("http_500", method="getBackupSummary", site_id="3")
    done = play(vendor, tmp_path)
    assert (done.status, "[WARNING]" in done.output) == (0, False), done.output
    document = json.loads((tmp_path / "fleet-report.json").read_text(encoding="ascii"))
    errors = {site["domain"]: site["error"] for site in document["sites"] if site["error"]}
    assert list(errors) == ["old.example"], errors
    assert document["summary"]["health"]["finding_red"] == 1
