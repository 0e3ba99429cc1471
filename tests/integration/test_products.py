# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The products behind the firewall of a fleet: SMART, backups, shield and SSL hosts."""

from __future__ import annotations

import json
import typing as t

import pytest
from integration import in_process
from integration.playbook import Run, run_plays
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer

NUMBERS = range(1, 11)
LOCKED, CLICKED = 4, 7
PLAN = "8"
FTP_PASSWORD = "s3cret of the web server"
SIGN_IN = {"protocol": "sftp", "ftp_host": "ftp.shop.example", "ftp_user": "shop", "port": 22}
PRODUCTS: dict[str, t.Any] = {
    "smart": {
        "docroot": "/public_html",
        "exclude_dirs": ["/public_html/cache", "/tmp"],
        "frequency": "daily",
        "auto_fix": "fix",
        "ftp_timeout": 1800,
        "ftp_pw": FTP_PASSWORD,
        **SIGN_IN,
    },
    "smart_patch": {"auto_fix_app": "fix"},
    "smart_database": {"malware": "fix", "gen_ssh_key": True, **SIGN_IN},
    "backup_files": {
        "backup_root": "/public_html",
        "excluded_dirs": "/public_html/cache",
        "status": "active",
        "ftp_timeout": 60,
        "ftp_pw": FTP_PASSWORD,
        **SIGN_IN,
    },
    "backup_db": {
        "db_host": "db.shop.example",
        "db_type": "mysql",
        "db_user": "shop",
        "db_pw": "s3cret of the database",
        "selected_schemas": ["shop"],
        "status": "active",
        "ftp_timeout": 60,
        "ftp_pw": FTP_PASSWORD,
        **SIGN_IN,
    },
    "shield": {"size": "big", "color": "white"},
    "ssl_hosts": {"exact": ["www.shop.example"]},
    "scan_frequency": {"frequency": "weekly", "subscription": PLAN},
}
SITES = [{"site_id": number, "domain": f"shop{number}.example", **PRODUCTS} for number in NUMBERS]


def api(sandbox: SandboxServer) -> dict[str, t.Any]:
    url = f"{sandbox.url}/v1/partner"
    return {"api_url": url, "api_username": USERNAME, "api_password": PASSWORD, "retries": 0}


@pytest.fixture
def world(sandbox: SandboxServer) -> SandboxServer:
    scans = {"malware_scan": {"options": ["daily", "weekly", "never"]}}
    plans = [{"id": PLAN, "name": "Scans", "type": "plan", "scans": scans}]
    sites = [
        {"site_id": str(number), "account_id": "570", "domain": f"shop{number}.example", "plan": {"subscription": PLAN}}
        for number in NUMBERS
    ]
    sandbox.post("fleet", {"plans": plans, "accounts": [{"id": "570", "name": "Customers"}], "sites": sites})
    return sandbox


def play(world: SandboxServer, *arguments: str, tasks: t.Sequence[dict[str, t.Any]] = ()) -> Run:
    """One run of the role over all sites, after some tasks."""
    world.calls()
    run = {
        "hosts": "localhost",
        "gather_facts": False,
        "pre_tasks": [*tasks],
        "roles": ["hosting.websec.sitelock_products"],
        "module_defaults": {"group/hosting.websec.sitelock": api(world)},
        "vars": {"sitelock_products": SITES},
    }
    return run_plays([run], *arguments, keep=["sitelock_products_report"])


def rows(run: Run) -> dict[int, dict[str, t.Any]]:
    return {row["site_id"]: row for row in run.values["sitelock_products_report"]}


def changes(calls: t.Sequence[str]) -> list[str]:
    return [name for name in calls if not name.startswith("get") and name != "scanInfo"]


def test_products_of_a_fleet(world: SandboxServer) -> None:
    shown = play(world, "--check", "--diff", "-vvvv")
    assert (shown.status, changes(world.calls())) == (0, []), shown.output
    done = play(world, "-vvvv")
    assert done.status == 0, done.output
    for output in (shown.output, done.output):
        assert FTP_PASSWORD not in output
        assert "s3cret of the database" not in output
    after = rows(done)
    assert {tuple(row["changed_sections"]) for row in after.values()} == {tuple(PRODUCTS)}
    assert {number: row["actions"] for number, row in after.items()} == {
        number: row["actions"] for number, row in rows(shown).items()
    }
    assert all(row["details"]["smart_database"]["ssh_pub_key"].startswith("ssh-") for row in after.values())

    again = play(world)
    calls = world.calls()
    assert (again.recap["changed"], len(calls), changes(calls)) == (0, len(SITES) * len(PRODUCTS), [])

    # Somebody clicked, and elsewhere a backup runs.
    for number in (CLICKED, LOCKED):
        world.post("products", {"site_id": str(number), "smart": {"frequency": "monthly"}})
    world.post("settings", {"backup_duration": 600})
    backup = {"method": "manageBackup", "parameters": {"site_id": LOCKED, "action": "backup"}}
    repaired = play(world, tasks=[{"hosting.websec.sitelock_call": backup}])
    after = rows(repaired)
    assert {number: row["changed_sections"] for number, row in after.items() if row["changed"]} == {CLICKED: ["smart"]}
    assert {number: row["waiting_for"] for number, row in after.items() if row["waiting_for"]} == {
        LOCKED: "the end of a backup (pending_backup is 1)"
    }
    assert (repaired.status, changes(world.calls())) == (0, ["manageBackup", "modifySMART"])

    world.post("clock", {"advance": 601})
    last = play(world)
    assert {number: row["changed_sections"] for number, row in rows(last).items() if row["changed"]} == {
        LOCKED: ["smart"]
    }
    assert not any(row["waiting_for"] for row in rows(last).values())


@pytest.mark.parametrize(
    "form",
    [
        {"unconfigured": "empty"},
        {"unconfigured": "blank"},
        {"unconfigured": "error", "product_errors": "status"},
        {"unconfigured": "error", "product_errors": "text"},
        {"unconfigured": "error", "product_errors": "code"},
        {"product_answer": "empty"},
        {"product_answer": "message"},
        {"product_omitted": "default"},
        {"product_required": "always"},
        {"smart_elements": "documented"},
        {"ssl_hosts_per_site": "several"},
        {"ssl_host_absent": "error"},
        {"shield_answer": "shield", "shield_options": "nested"},
        {"shield_options": "repeat", "smart_error": "absent"},
        {"feature_type_form": "attribute", "scan_info_scans": "full"},
        {"scan_info_scans": "none"},
    ],
    ids=str,
)
def test_in_all_forms_of_answers_one_run_is_enough(world: SandboxServer, form: dict[str, str]) -> None:
    world.post("settings", form)
    products = {**PRODUCTS}
    if "smart_elements" in form:
        unknown = ("auto_fix", "port", "protocol")
        products["smart"] = {name: value for name, value in PRODUCTS["smart"].items() if name not in unknown}
    module = "hosting.websec.sitelock_products"
    defaults = {"group/hosting.websec.sitelock": api(world)}
    site = {"site_id": 1, **products}
    other = {**site, "smart": {**products["smart"], "frequency": "weekly"}, "ssl_hosts": {"exact": ["b.example"]}}

    def run(entry: dict[str, t.Any]) -> dict[str, t.Any]:
        task = {module: {"sites": [entry], "on_error": "report"}, "register": "products"}
        done = in_process.run_tasks([task], keep=["products"], module_defaults=defaults)
        (row,) = done.values["products"]["sites"]
        assert row["errors"] == [], json.dumps(row["errors"], indent=1)
        return t.cast("dict[str, t.Any]", row)

    if form.get("scan_info_scans") == "none":
        site["scan_frequency"] = {"frequency": "weekly"}
        other = {**other, "scan_frequency": {"frequency": "weekly"}}
        del products["scan_frequency"]
    assert run(site)["changed_sections"] == [*products]
    assert not run(site)["changed"]
    assert run(other)["changed_sections"] == ["smart", "ssl_hosts"]
    assert not run(other)["changed"]


def test_products_are_read_and_copied(world: SandboxServer) -> None:
    module = "hosting.websec.sitelock_products"
    defaults = {"group/hosting.websec.sitelock": api(world)}
    tasks = [
        {module: {"sites": SITES[:1]}},
        {f"{module}_info": {"sites": [{"site_id": 1}, {"domain": "shop2.example"}]}, "register": "read"},
    ]
    done = in_process.run_tasks(tasks, keep=["read"], module_defaults=defaults)
    assert done.status == 0, done.output
    first, second = done.values["read"]["sites"]
    assert [row["errors"] for row in done.values["read"]["reads"]] == [[], []]
    assert {*first} == {"site_id", *PRODUCTS}
    assert FTP_PASSWORD not in json.dumps(done.values)
    copied = {**first, "site_id": second["site_id"], "smart": {**first["smart"], "ftp_pw": FTP_PASSWORD}}
    copied["smart_database"] = {**first["smart_database"], "gen_ssh_key": True}
    for name in ("backup_files", "backup_db"):
        copied[name] = {**first[name], "ftp_pw": FTP_PASSWORD}
    copied["scan_frequency"] = PRODUCTS["scan_frequency"]
    tasks = [
        {module: {"sites": [first]}, "register": "same"},
        {module: {"sites": [copied]}, "register": "copied"},
        {f"{module}_info": {"sites": [{"site_id": 2}]}, "register": "read"},
    ]
    done = in_process.run_tasks(tasks, keep=["same", "copied", "read"], module_defaults=defaults)
    assert done.status == 0, done.output
    assert (done.values["same"]["changed"], done.values["copied"]["changed"]) == (False, True)
    assert done.values["read"]["sites"] == [{**first, "site_id": 2}]
