# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading accounts, plans and domains, subscriptions in no file, and a password reset: through Ansible."""

from __future__ import annotations

import collections
import csv
import json
import pathlib
import typing as t

import pytest
from integration.playbook import Run, run_tasks
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer

PLANS = [
    {
        "id": "8",
        "name": "Scan",
        "product_category": "SCAN",
        "price": "5.00",
        "scans": {"malware_scan": {"options": ["daily", "weekly"]}},
    },
    {"id": "200", "name": "Professional", "level": "professional", "price": "10.00"},
    {"id": "9001", "name": "=Backup", "product_category": "BACKUP", "price": "2.00"},
    {"id": "7001", "name": "PCI", "product_category": "PCI", "price": "3.00"},
]
ACCOUNTS = [
    {"id": "570", "name": "A Ltd", "login": "owner@a.example", "addons": [{"subscription": "7001", "count": 2}]},
    {"id": "571", "name": "B Ltd", "login": "owner@b.example"},
    {"id": "572", "name": "C Ltd", "login": "owner@c.example"},
]
SITES: list[dict[str, t.Any]] = [
    {"site_id": "5", "account_id": "570", "domain": "a.example", "plan": {"subscription": "8"}},
    {"site_id": "6", "account_id": "571", "domain": "b.example", "plan": {"subscription": "8"}},
]
SITES[0] |= {"addon": {"subscription": "200"}, "addons": [{"subscription": "9001", "count": 2}]}
FILES = {
    "sitelock_accounts": [
        {
            "login": "owner@a.example",
            "sites": [{"domain": "a.example", "subscription": "Scan", "addons": [{"subscription": "9001"}]}],
            "addons": [{"subscription": "PCI", "count": 2}],
        }
    ],
    "sitelock_waf_sites": [{"domain": "a.example", "zone": "a.example", "subscription": "200"}],
}


@pytest.fixture
def world(sandbox: SandboxServer) -> SandboxServer:
    sandbox.post("fleet", {"plans": PLANS, "accounts": ACCOUNTS, "sites": SITES})
    return sandbox


def run(world: SandboxServer, tasks: list[dict[str, t.Any]], *arguments: str, keep: t.Sequence[str] = ()) -> Run:
    api = {"api_url": f"{world.url}/v1/partner", "api_username": USERNAME, "api_password": PASSWORD, "retries": 0}
    world.calls()
    done = run_tasks(tasks, *arguments, keep=keep, module_defaults={"group/hosting.websec.sitelock": api}, vars=FILES)
    assert PASSWORD not in done.output
    return done


@pytest.mark.all_only
def test_what_is_paid_for_is_compared_with_the_files(world: SandboxServer, tmp_path: pathlib.Path) -> None:
    tasks: list[dict[str, t.Any]] = [
        {
            "hosting.websec.sitelock_accounts_info": {
                "subscriptions": True,
                "last_accepted_tos": True,
                "page_size": 2,
                "results": "notable",
            },
            "register": "listed",
        },
        {"hosting.websec.sitelock_plans_info": {"scan_frequency": True}, "register": "products"},
        {
            "hosting.websec.sitelock_domains_info": {"domains": ["www.a.example", "free.example"]},
            "register": "domains",
        },
        {
            "ansible.builtin.include_role": {"name": "hosting.websec.fleet_report"},
            "vars": {
                "fleet_report_rows": [],
                "fleet_report_directory": str(tmp_path),
                "fleet_report_unmanaged_name": "unmanaged.csv",
                "fleet_report_unmanaged_rows": (
                    "{{ (lookup('ansible.builtin.file', listed.results_file) | from_json).accounts"
                    " | hosting.websec.unmanaged_subscriptions(sitelock_accounts, sitelock_waf_sites,"
                    " products.plans) }}"
                ),
            },
        },
    ]
    first = run(world, tasks, keep=["listed", "products", "domains"])
    assert first.status == 0, first.output
    assert collections.Counter(world.calls()) == {
        "getAccounts": 3,
        "getStatus": 3,
        "getLastAcceptedTOS": 3,
        "getPlanList": 1,
        "getPlanScanFrequency": 1,
        "checkDomain": 2,
    }
    assert first.values["listed"]["accounts"] == []
    plans = {plan["id"]: plan for plan in first.values["products"]["plans"]}
    assert plans["8"]["scans"] == {"malware_scan": {"options": ["daily", "weekly"], "feature_type": "recurring"}}
    assert plans["9001"]["attributes"]["auto_renewal"] == "yes"
    assert [(each["exists"], each["site_id"]) for each in first.values["domains"]["domains"]] == [
        (True, 5),
        (False, None),
    ]

    document = json.loads((tmp_path / "fleet-report.json").read_text(encoding="ascii"))
    assert [
        (row["account_id"], row["site_id"], row["product"], row["price"], row["in_file"], row["note"])
        for row in document["unmanaged_subscriptions"]
    ] == [
        (570, 5, "=Backup", "2.00", True, "one more than the files name"),
        (571, 6, "Scan", "5.00", False, None),
    ]
    assert "Paid for, in no file" in (tmp_path / "fleet-report.html").read_text(encoding="utf-8")
    with (tmp_path / "unmanaged.csv").open(encoding="utf-8", newline="") as file:
        titles, *lines = csv.reader(file)
    assert [dict(zip(titles, line))["Name of the product"] for line in lines] == ["'=Backup", "Scan"]
    told = " ".join(first.output.split())
    assert "Paid for, in no file: 2." in told
    assert "570 a.example =Backup" in told
    assert "one more than the files name" in told

    second = run(world, tasks)
    assert second.recap["changed"] == 0, second.output
    assert world.writes() == []


def test_a_password_reset_returns_a_secret_and_check_mode_sends_nothing(world: SandboxServer) -> None:
    reset = {"hosting.websec.sitelock_password_reset": {"account_id": 570}, "register": "reset", "no_log": True}
    checked = run(world, [reset], "--check", keep=["reset"])
    assert (checked.values["reset"]["changed"], checked.values["reset"]["password"]) == (True, None)
    assert world.calls() == []

    done = run(world, [reset], "-vvv", keep=["reset"])
    assert done.recap["changed"] == 1
    assert done.values["reset"]["user"] == "owner@a.example"
    assert len(done.values["reset"]["password"]) > 8
    assert done.values["reset"]["password"] not in done.output
    assert world.calls() == ["passwordReset"]

    nobody = run(world, [{"hosting.websec.sitelock_password_reset": {}}])
    assert "Neither account_id nor user is set" in nobody.output
    assert world.calls() == []
