# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role C(sitelock_dashboard) through the real ansible-playbook."""

from __future__ import annotations

import json
import pathlib
import typing as t

from integration.playbook import Run, run_tasks
from integration.report_rows import row

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
