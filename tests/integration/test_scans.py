# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scans, backups, patches and reports against the sandbox."""

from __future__ import annotations

import collections
import csv
import gzip
import json
import os
import pathlib
import subprocess
import sys
import typing as t
from unittest import mock

import pytest
from integration import in_process, playbook
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer

from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext

MALWARE = {"code": "malware_scan", "days_ago": 0, "url": "http://shop1.example/x.php", "info": "SL-PHP-INJECTOR"}
OUTDATED = {"code": "platform_scan", "days_ago": 3, "name": "WordPress", "version": "5.8.1", "latest": "6.9"}
ACCOUNTS = {570: (1, 2, 3), 571: (4, 5)}
SITES = [
    {"site_id": number, "account_id": account, "domain": f"shop{number}.example"}
    for account, numbers in ACCOUNTS.items()
    for number in numbers
]


@pytest.fixture
def world(sandbox: SandboxServer) -> SandboxServer:
    accounts = [{"id": str(account), "name": f"Customer {account}"} for account in ACCOUNTS]
    sites = [{name: str(value) for name, value in site.items()} for site in SITES]
    sandbox.post("fleet", {"plans": [], "accounts": accounts, "sites": sites})
    return sandbox


def api(world: SandboxServer, **more: t.Any) -> dict[str, t.Any]:
    return {"api_url": f"{world.url}/v1/partner", "api_username": USERNAME, "api_password": PASSWORD, **more}


def do(world: SandboxServer, module: str, *arguments: str, **options: t.Any) -> dict[str, t.Any]:
    """The result of one module in this process. Pauses move the clock of the sandbox."""
    task = {f"hosting.websec.{module}": {**api(world, retries=0), **options}, "register": "done", "ignore_errors": True}

    def pause(_context: RunContext, seconds: float) -> None:
        world.post("clock", {"advance": int(seconds)})

    with mock.patch.object(RunContext, "sleep", pause):
        run = in_process.run_tasks([task], *arguments, keep=["done"])
    result: dict[str, t.Any] = run.values["done"]
    return result


# ---- scans


def test_a_scan_is_waited_for_until_the_clock_says_that_it_is_done(world: SandboxServer) -> None:
    world.post("settings", {"scan_duration": 600})
    world.post("products", {"site_id": "1", "findings": [MALWARE]})
    sites = [{"site_id": 1}, {"domain": "shop2.example"}]
    assert do(world, "sitelock_scans_info", sites=sites)["sites"][0]["findings"] == []
    world.calls()
    result = do(world, "sitelock_scan", sites=sites, wait=True, scan_codes=["malware_scan"])
    assert [(row["changed"], row["finished"], row["findings"]) for row in result["sites"]] == [
        (True, True, ["Content"]),
        (True, True, []),
    ]
    calls = collections.Counter(world.calls())
    # Once before the start, and at each full minute until the scan of ten minutes is done.
    assert (calls["scanNow"], calls["scanInfo"], calls["checkDomain"]) == (2, 2 + 2 * 10, 1)


@pytest.mark.parametrize("form", ["repeat", "nested"])
def test_accounts_save_calls_in_any_form_of_the_answer(world: SandboxServer, form: str) -> None:
    world.post("settings", {"scan_info_form": form})
    world.post("products", {"site_id": "1", "findings": [{**MALWARE, "days_ago": 3}]})
    smart = {"ftp_host": "ftp.shop5.example", "ftp_user": "web"}
    world.post("products", {"site_id": "5", "smart": smart, "findings": [OUTDATED]})
    world.calls()
    result = do(world, "sitelock_scans_info", sites=SITES)
    assert world.calls() == ["scanInfo", "scanInfo"]
    assert [(row["site_id"], row["red"], row["yellow"]) for row in result["sites"]] == [
        (1, ["Content"], []),
        (2, [], []),
        (3, [], []),
        (4, [], []),
        (5, [], ["Application"]),
    ]
    assert all(row["last_scan_at"] and row["running"] is False and not row["failed"] for row in result["sites"])
    by_account = do(world, "sitelock_scans_info", account_ids=[570, 571])
    assert [row["site_id"] for row in by_account["sites"]] == [1, 2, 3, 4, 5]
    assert [row["red"] for row in by_account["sites"]] == [row["red"] for row in result["sites"]]


def test_an_outdated_application_is_patched_and_the_patch_taken_back(world: SandboxServer) -> None:
    world.post("settings", {"scan_duration": 600})
    smart = {"ftp_host": "ftp.shop1.example", "ftp_user": "web"}
    world.post("products", {"site_id": "1", "smart": smart, "findings": [OUTDATED]})
    site = [{"site_id": 1}]

    def yellow() -> list[str]:
        found: list[str] = do(world, "sitelock_scans_info", sites=site)["sites"][0]["yellow"]
        return found

    assert yellow() == ["Application"]
    checked = do(world, "sitelock_smart_patch_run", "--check", sites=site, operation="force_patch")
    assert (checked["changed"], "manageSMARTPatch" in world.calls()) == (True, False)
    assert do(world, "sitelock_smart_patch_run", sites=site, operation="force_patch")["changed"]
    world.post("clock", {"advance": 601})
    assert yellow() == []
    options = {"sites": site, "summary": ["smart_scan", "patchman_scan"], "detail": ["platform_scan", "advisories"]}
    (row,) = do(world, "sitelock_scans_info", **options)["sites"]
    assert row["detail"]["scans"]
    scan_id = row["summary"]["scans"]["smart_scan"]["@id"]
    entry = [{"site_id": 1, "smart_scan_id": scan_id}]
    assert do(world, "sitelock_smart_patch_run", sites=entry, operation="revert")["changed"]
    assert yellow() == ["Application"]


# ---- backups


def test_backups_are_made_restored_and_deleted_with_the_domain_of_their_site_only(world: SandboxServer) -> None:
    world.post("settings", {"backup_duration": 600})
    files = {"ftp_host": "ftp.shop1.example", "ftp_user": "web", "ftp_pw": "s3cret-of-ftp", "status": "active"}
    configured = do(world, "sitelock_products", sites=[{"site_id": 1, "backup_files": files}])
    assert configured["changed"], configured
    result = do(world, "sitelock_backup", operation="backup", sites=[{"site_id": 1}, {"site_id": 2}])
    assert [row["changed"] for row in result["sites"]] == [True, False]
    assert "not configured" in result["sites"][1]["error"]["message"]
    info = {"sites": [{"site_id": 1}, {"site_id": 2}], "settings": True, "on_error": "report"}
    first, second = do(world, "sitelock_backups_info", **info)["sites"]
    assert (first["pending_backup"], first["last_backup_at"], len(first["backups"])) == (True, None, 1)
    assert (second["failed"], second["backups"]) == (False, [])
    world.post("clock", {"advance": 601})
    first, _second = do(world, "sitelock_backups_info", **info, details=True, changed_files=True)["sites"]
    assert (first["pending_backup"], first["last_backup_error"], first["ftp_failed"]) == (False, None, False)
    assert first["details"]["backup_id"] == first["last_backup_id"]
    assert first["changed_files"]["added"]
    assert "s3cret" not in json.dumps(first)

    backup_id = first["last_backup_id"]
    world.calls()
    wrong = [
        {"site_id": 1, "backup_id": backup_id},
        {"site_id": 2, "backup_id": backup_id, "confirm": "shop1.example"},
    ]
    result = do(world, "sitelock_backup", operation="restore", sites=wrong)
    assert [row["error"]["kind"] for row in result["sites"]] == ["bad_input", "bad_input"]
    assert world.calls() == ["checkDomain"]

    right = [{"site_id": 1, "backup_id": backup_id, "confirm": "shop1.example"}]
    assert do(world, "sitelock_backup", "--check", operation="restore", sites=right)["changed"]
    assert "manageBackup" not in world.calls()
    world.fault("lost_answer", api="sitelock", method="manageBackup")
    result = do(world, "sitelock_backup", operation="restore", sites=right)
    assert result["sites"][0]["error"]["kind"] == "outcome_unknown"
    assert world.calls().count("manageBackup") == 1
    world.post("clock", {"advance": 601})
    (row,) = do(world, "sitelock_backups_info", sites=right)["sites"]
    assert ([each["action"] for each in row["backups"]], bool(row["last_restore_at"])) == (["restore", "backup"], True)
    assert do(world, "sitelock_backup", operation="delete", sites=right)["changed"]
    (row,) = do(world, "sitelock_backups_info", sites=right)["sites"]
    assert row["last_backup_id"] is None


def test_a_failing_sign_in_is_in_the_row(world: SandboxServer) -> None:
    files = {"ftp_host": "ftp.shop1.example", "ftp_user": "web", "ftp_pw": "s3cret-of-ftp", "status": "active"}
    do(world, "sitelock_products", sites=[{"site_id": 1, "backup_files": files}])
    world.post("products", {"site_id": "1", "ftp_error": "530 Login incorrect."})
    do(world, "sitelock_backup", operation="backup", sites=[{"site_id": 1}])
    (row,) = do(world, "sitelock_backups_info", sites=[{"site_id": 1}], settings=True)["sites"]
    assert (row["ftp_failed"], row["ftp_error"]) == (True, "530 Login incorrect.")
    assert row["last_backup_error"] == "530 Login incorrect."


# ---- reports


def table(file: pathlib.Path) -> list[list[str]]:
    return list(csv.reader(gzip.decompress(file.read_bytes()).decode().splitlines()))


@pytest.mark.parametrize("headers", ["each", "first"])
def test_a_cut_connection_starts_the_file_again_and_leaves_no_half_report(
    world: SandboxServer, tmp_path: pathlib.Path, headers: str
) -> None:
    world.post("settings", {"report_rows": 60_000, "report_rows_per_file": 25_000, "report_headers": headers})
    dest = tmp_path / "report.csv.gz"
    options = {"report": "scan_status", "period": "24", "dest": str(dest)}
    world.calls()
    world.fault("cut", method="bulkReports")
    failed = do(world, "sitelock_bulk_report", **options)
    assert (failed["failed"], list(tmp_path.iterdir())) == (True, [])
    world.fault("cut", method="bulkReports")
    done = do(world, "sitelock_bulk_report", **options, retries=2)
    assert (done["changed"], done["rows"], done["files"]) == (True, 60_000, 3), done
    assert world.calls() == ["bulkReports"] * (1 + 4)
    names, *rows = table(dest)
    assert names == done["columns"]
    assert (len(rows), len({row[1] for row in rows})) == (60_000, 60_000)
    assert not do(world, "sitelock_bulk_report", **options)["changed"]
    wrong = do(world, "sitelock_bulk_report", **options, api_password="wrong")
    assert wrong["error"]["kind"] == "auth"
    old = do(world, "sitelock_bulk_report", report="scan_status", source="download", dest=str(tmp_path / "old.csv.gz"))
    assert old["rows"] == 60_000


PEAK = """
import json, re, sys
from ansible.module_utils import basic
basic._ANSIBLE_ARGS = sys.stdin.buffer.read()
basic._ANSIBLE_PROFILE = "legacy"
from ansible_collections.hosting.websec.plugins.modules import sitelock_bulk_report
try:
    sitelock_bulk_report.main()
finally:
    status = open("/proc/self/status").read()
    print(re.search(r"VmHWM:\\s+(\\d+) kB", status).group(1), file=sys.stderr)
"""


@pytest.mark.all_only
def test_a_report_of_a_million_rows_needs_less_than_100_megabytes(world: SandboxServer, tmp_path: pathlib.Path) -> None:
    world.post("settings", {"report_rows": 1_000_000})
    dest = tmp_path / "report.csv.gz"
    given = api(world, report="scan_status", period="24", dest=str(dest), timeout=300)
    script = subprocess.run(
        [sys.executable, "-c", PEAK],
        input=json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode(),
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert script.returncode == 0, (script.stdout, script.stderr)
    result = json.loads(script.stdout)
    assert (result["rows"], result["files"]) == (1_000_000, 1)
    with gzip.open(dest, "rt", newline="") as file:
        assert sum(1 for _row in csv.reader(file)) == 1_000_001
    peak = int(script.stderr.split()[-1]) * 1024
    print(f"peak: {peak:,} bytes, report: {result['csv_size']:,} bytes")
    assert peak < 100_000_000 < result["csv_size"] * 2


# ---- through ansible-playbook


@pytest.mark.all_only
def test_scans_backups_and_reports_in_a_playbook(world: SandboxServer, tmp_path: pathlib.Path) -> None:
    world.post("products", {"site_id": "1", "findings": [{**MALWARE, "days_ago": 3}]})
    free = "hosting.websec.sitelock_free_scan_info"
    restore = {"operation": "restore", "sites": [{"site_id": 1, "backup_id": 1}]}
    tasks: list[dict[str, t.Any]] = [
        {"hosting.websec.sitelock_scans_info": {"sites": "{{ sites }}", "results": "notable"}, "register": "scans"},
        {"hosting.websec.sitelock_backups_info": {"sites": "{{ sites }}"}, "register": "backups"},
        {"hosting.websec.sitelock_scan": {"sites": "{{ scans.sites }}"}, "register": "scan"},
        {"hosting.websec.sitelock_backup": restore, "register": "restore", "ignore_errors": True},
        {
            "hosting.websec.sitelock_smart_patch_run": {"operation": "force_patch", "sites": [{"site_id": 9}]},
            "register": "patch",
            "ignore_errors": True,
        },
        {free: {"domains": ["shop1.example"], "scan_url": f"{world.url}/scan/v1/partner/"}, "register": "free"},
        {
            "hosting.websec.sitelock_bulk_report": {
                "report": "scan_status",
                "period": "24",
                "dest": str(tmp_path / "report.csv.gz"),
            },
            "register": "report",
        },
    ]

    def run(*arguments: str) -> playbook.Run:
        world.calls()
        return playbook.run_tasks(
            tasks,
            *arguments,
            keep=["scans", "backups", "scan", "restore", "patch", "free", "report"],
            module_defaults={"group/hosting.websec.sitelock": api(world, retries=0)},
            vars={"sites": SITES},
        )

    checked = run("--check")
    assert checked.status == 0, checked.output
    writes = {"scanNow", "manageBackup", "manageSMARTPatch", "scanDomain", "bulkReports"}
    assert writes.isdisjoint(world.calls())
    assert [path.name for path in tmp_path.iterdir()] == []
    assert [checked.values[name]["changed"] for name in ("scan", "patch", "report")] == [True, True, True]

    done = run()
    assert done.status == 0, done.output
    values = done.values
    # What is notable are the sites with findings; the file has all of them.
    assert [row["site_id"] for row in values["scans"]["sites"]] == [1]
    assert len(values["backups"]["sites"]) == 5
    assert [row["changed"] for row in values["scan"]["sites"]] == [True]
    assert "confirm is missing" in values["restore"]["msg"]
    assert values["patch"]["failed"]
    assert values["free"]["domains"][0]["malware"] is True
    assert values["report"]["rows"] == 5
    assert PASSWORD not in done.output
