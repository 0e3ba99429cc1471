# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role C(sitelock_dashboard) through the real ansible-playbook."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
from integration import in_process
from integration.playbook import Run, run_tasks
from integration.report_rows import row
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer
from unit.dashboard.schema import VALIDATOR

from ansible_collections.hosting.websec.plugins.filter.sitelock_customer_documents import sitelock_customer_documents

Row = dict[str, t.Any]


class Panel:
    """The folder that a panel reads, and repeated runs of the role."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder / "panel"
        self._inputs = folder / "inputs.json"

    def run(self, inputs: Row, *arguments: str, **variables: t.Any) -> Run:
        self._inputs.write_text(json.dumps(inputs))
        # As the roles before it do, so that nothing in the rows is a template.
        facts = {
            "name": "Keep the reports as facts",
            "ansible.builtin.set_fact": {
                name: f"{{{{ (lookup('ansible.builtin.file', '{self._inputs}') | from_json).{name} }}}}"
                for name in inputs
            },
        }
        role = {
            "name": "Write the files of the customers",
            "ansible.builtin.include_role": {"name": "hosting.websec.sitelock_dashboard"},
            "vars": {"sitelock_dashboard_directory": str(self.folder), **variables},
        }
        return run_tasks([facts, role], *arguments)

    def document(self, account_id: int) -> Row:
        return t.cast("Row", json.loads((self.folder / f"{account_id}.json").read_text(encoding="ascii")))

    @property
    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


def account(account_id: int | None, domain: str, **fields: t.Any) -> Row:
    about = {"account": f"owner@{domain}", "login": f"owner@{domain}", "account_id": account_id}
    site = {"domain": domain, "site_id": account_id, "subscription": "8", "status": "active", "addons": []}
    return {**about, **site, "failed": False, "error": None, "deferred": False, **fields}


@pytest.mark.all_only
def test_the_files_of_customers(tmp_path: pathlib.Path) -> None:
    panel = Panel(tmp_path)
    # A customer chooses this text; nobody evaluates it.
    hostile = "{{ 7 * 7 }} {% raw %} <script>"
    accounts = [account(570, "a.example"), account(571, "b.example", account=hostile), account(572, "c.example")]
    scan = {"site_id": 571, "domain": "b.example", "attention_flag": "red", "red": ["Content"], "yellow": []}
    inputs = {
        "sitelock_accounts_report": accounts,
        "sitelock_waf_report": [row("a.example", 570, "pending-dns")],
        "sitelock_scans_report": [scan],
        "sitelock_backups_report": None,
    }
    nowhere = panel.run(inputs, "--check")
    assert (nowhere.recap["failed"], nowhere.recap["changed"]) == (0, 2)  # the folder, the files
    assert "3 customers: in check mode 3 created." in nowhere.output
    assert not panel.folder.exists()

    first = panel.run(inputs, sitelock_dashboard_mode="0644")
    assert (first.recap["failed"], first.recap["changed"]) == (0, 2)
    assert "[WARNING]" not in first.output
    assert panel.names == ["570.json", "571.json", "572.json"]
    assert (panel.folder / "570.json").stat().st_mode & 0o777 == 0o644
    assert panel.document(570)["sites"][0]["firewall"]["state"] == "pending-dns"
    red = panel.document(571)
    assert (red["account"]["name"], red["attention_flag"], red["reasons"]) == (hostile, "red", ["finding_red"])

    second = panel.run(inputs, sitelock_dashboard_mode="0644")
    assert (second.recap["failed"], second.recap["changed"]) == (0, 0)

    # One customer cleaned the site, one is gone, the number of a new one is not known yet.
    inputs["sitelock_scans_report"] = [{**scan, "attention_flag": "green", "red": []}]
    inputs["sitelock_accounts_report"] = [*accounts[:2], account(None, "new.example")]
    before = {path.name: path.stat().st_ino for path in panel.folder.iterdir()}
    third = panel.run(inputs, "--diff", sitelock_dashboard_mode="0644", sitelock_dashboard_prune="yes")
    assert (third.recap["failed"], third.recap["changed"]) == (0, 1)
    assert "No file was removed." in " ".join(third.output.split())
    assert '-   "attention_flag": "red"' in third.output or '- "attention_flag": "red"' in third.output
    after = {path.name: path.stat().st_ino for path in panel.folder.iterdir()}
    assert [name for name in after if after[name] != before[name]] == ["571.json"]

    # A file of somebody else costs one customer, and the others are written.
    inputs["sitelock_accounts_report"] = [*accounts[:2], account(580, "new.example")]
    (panel.folder / "570.json").write_text("mine")
    last = panel.run(inputs, sitelock_dashboard_mode="0644", sitelock_dashboard_prune=True)
    assert last.recap["failed"] == 1
    assert "570.json is not a file of this module" in " ".join(last.output.split())
    assert "The files of 1 customer could not be written." in last.output
    assert panel.names == ["570.json", "571.json", "580.json"]
    assert (panel.folder / "570.json").read_text() == "mine"


def test_what_the_api_says_is_in_the_form_of_the_schema(sandbox: SandboxServer, tmp_path: pathlib.Path) -> None:
    ftp = {"ftp_host": "192.0.2.10", "ftp_user": "shop"}
    fleet = {
        "well.example": {"smart": ftp, "backups": [{"days_ago": 1}], "backup_files": {"ftp_settings": ftp}},
        "malware.example": {"smart": ftp, "findings": [{"code": "malware_scan", "days_ago": 2}]},
        "closed.example": {"smart": ftp, "ftp_error": "530 Login incorrect."},
        "fresh.example": {},
    }
    sites = [
        {
            "site_id": str(number),
            "account_id": "570",
            "domain": domain,
            "plan": {"subscription": "8"},
            "products": products,
        }
        for number, (domain, products) in enumerate(fleet.items(), 1)
    ]
    plans = [{"id": "8", "name": "Scan", "product_category": "SCAN"}]
    sandbox.post("fleet", {"plans": plans, "accounts": [{"id": "570", "name": "Customers"}], "sites": sites})
    api = {"api_url": f"{sandbox.url}/v1/partner", "api_username": USERNAME, "api_password": PASSWORD, "retries": 0}
    asked = [{"site_id": number, "domain": domain, "account_id": 570} for number, domain in enumerate(fleet, 1)]
    read = {"sites": asked, "on_error": "report", **api}
    run = in_process.run_tasks(
        [
            {"hosting.websec.sitelock_scans_info": read, "register": "scans"},
            {"hosting.websec.sitelock_backups_info": {**read, "settings": True}, "register": "backups"},
            {
                "hosting.websec.sitelock_products_info": {**read, "sections": ["smart", "shield"]},
                "register": "products",
            },
        ],
        keep=["scans", "backups", "products"],
    )
    accounts = [account(570, each["domain"], site_id=each["site_id"]) for each in asked]
    made: t.Any = sitelock_customer_documents(
        accounts,
        health={
            "scans": run.values["scans"]["sites"],
            "backups": run.values["backups"]["sites"],
            "products": run.values["products"],
        },
    )
    (text,) = made["documents"]
    document = json.loads(text)
    VALIDATOR.validate(document)
    told = {each["domain"]: each for each in document["sites"]}
    assert {domain: [flag["reason"] for flag in each["attention"]] for domain, each in told.items()} == {
        "well.example": [],
        "malware.example": ["finding_red"],
        "closed.example": ["sign_in_failed", "finding_yellow"],
        "fresh.example": ["smart_missing"],
    }
    assert told["well.example"]["backup"]["last_backup_at"]
    assert told["malware.example"]["scans"]["attention_flag"] == "red"
    assert (told["well.example"]["smart"], told["fresh.example"]["smart"]) == (
        {"configured": True},
        {"configured": False},
    )
    assert told["well.example"]["shield"]["size"] in ("small", "medium", "big")

    write = {"hosting.websec.sitelock_dashboard_files": {"directory": str(tmp_path), "documents": [text]}}
    assert [in_process.run_tasks([write]).recap["changed"] for _run in range(2)] == [1, 0]
