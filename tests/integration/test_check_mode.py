# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check mode and the run agree: for each role, C(--check) refuses and accepts the same cases as the run.

One run of each kind per role, over all its cases. BotGuard: ``tests/unit/botguard/test_check_mode.py``.
"""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from integration.bind_server import BindServer
from integration.operator_of_passes import Operator, rows
from integration.playbook import Run, run_tasks
from integration.sandbox_server import SandboxServer

NewZone = t.Callable[..., str]
Verdicts = dict[str, t.Any]


def test_sitelock_waf(sandbox: SandboxServer, bind: BindServer, new_zone: NewZone, tmp_path: pathlib.Path) -> None:
    operator = Operator(sandbox, bind, tmp_path)
    zones = [new_zone("@ 300 A 192.0.2.10") for _number in range(4)]
    fine, refused_key, with_mx, foreign = zones
    operator.customer(fine, 1)
    # Invalid entries, and those that the vendor or DNS refuses.
    operator.customer(refused_key, 2, entry={"orign": "192.0.2.1"})
    operator.customer(f"x.{with_mx}", 3, entry={"zone": with_mx, "aliases": ["-bad-"]})
    operator.customer(foreign, 4)
    bind.update(foreign, lambda message: message.add("_websec", 300, "TXT", '"v=websec1 {}"'))
    operator.customer("nowhere.invalid", 5, entry={"zone": None})
    operator.sites.append({"domain": f"typo.{fine}", "site_id": 99, "subscription": "200", "zone": fine})
    operator.customer(f"twice.{fine}", 6, entry={"zone": fine})
    operator.sites.append({"domain": f"again.{fine}", "site_id": 6, "subscription": "200", "zone": fine})

    foretold = operator.reconcile("--check")
    assert sandbox.writes() == []
    real = operator.reconcile()

    verdicts = [{row["domain"]: row["error"] and row["error"]["kind"] for row in rows(run)} for run in (foretold, real)]
    assert verdicts[0] == verdicts[1]
    assert [kind for kind in verdicts[1].values() if kind is None] == [None], verdicts[1]


@pytest.mark.all_only
def test_dns_records(bind: BindServer, new_zone: NewZone) -> None:
    zone, other = new_zone("mx 300 MX 10 mail.example.", "a 300 A 192.0.2.1"), new_zone("a 300 A 192.0.2.1")
    elsewhere = {"A": ["192.0.2.9"]}
    cases: list[dict[str, t.Any]] = [
        {"zone": zone, "name": f"fine.{zone}", "type": "A", "values": ["192.0.2.1"]},
        {"zone": zone, "name": f"mx.{zone}", "type": "CNAME", "values": [f"a.{zone}."]},
        {"zone": zone, "name": f"wrong.{zone}", "type": "A", "values": ["2001:db8::1"]},
        {"zone": zone, "name": f"a.{zone}", "type": "A", "values": ["192.0.2.2"], "expected": elsewhere},
        {"zone": zone, "name": f"a.{other}", "type": "A", "values": ["192.0.2.2"]},
        {"zone": "nowhere.invalid", "name": "a.nowhere.invalid", "type": "A", "values": ["192.0.2.2"]},
    ]  # fmt: skip
    connection = {"server": bind.address, "port": bind.port, "key_name": bind.key.name, "key_secret": bind.key.secret}
    tasks = [
        {
            "ansible.builtin.include_role": {"name": "hosting.websec.dns_records"},
            "vars": {"dns_records": [case], "dns_records_rfc2136": connection, "dns_records_on_error": "report"},
        }
        for case in cases
    ]
    for number, task in enumerate(tasks):
        keep = {"ansible.builtin.set_fact": {f"kept_{number}": "{{ dns_records_result }}"}}
        rescue = {"ansible.builtin.set_fact": {f"kept_{number}": "refused"}}
        tasks[number] = {"block": [task, keep], "rescue": [rescue]}
    names = [f"kept_{number}" for number in range(len(tasks))]

    def verdicts(run: Run) -> list[t.Any]:
        found = []
        for name in names:
            kept = run.values[name]
            entry = kept if kept == "refused" else kept["record_sets"][0]
            found.append(
                entry if entry == "refused" else entry["error"]["kind"] if entry["error"] else entry["changed"]
            )
        return found

    foretold = verdicts(run_tasks(tasks, "--check", keep=names))
    real = verdicts(run_tasks(tasks, keep=names))
    assert foretold == real
    assert real[0] is True
    assert True not in real[1:], real
    assert False not in real[1:], real


@pytest.mark.all_only
def test_fleet_report(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a-file").write_text("")
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "is-a-folder").mkdir()
    rows_of_nothing: list[t.Any] = []
    cases: dict[str, dict[str, t.Any]] = {
        "fine": {"fleet_report_directory": str(tmp_path / "new")},
        "fine, and there": {"fleet_report_directory": str(tmp_path / "there")},
        "a file in its place": {"fleet_report_directory": str(tmp_path / "a-file")},
        "no such group": {"fleet_report_directory": str(tmp_path / "there"), "fleet_report_group": "nobody-has-it"},
        "no such owner": {"fleet_report_directory": str(tmp_path / "there"), "fleet_report_owner": "nobody-has-it"},
        "no such group, new": {"fleet_report_directory": str(tmp_path / "new2"), "fleet_report_group": "nobody-has-it"},
        "no mode": {"fleet_report_directory": str(tmp_path / "there"), "fleet_report_mode": "rw"},
        "a folder in the page's place": {
            "fleet_report_directory": str(tmp_path / "there"),
            "fleet_report_page_name": "is-a-folder",
        },
        "no folder for the page": {
            "fleet_report_directory": str(tmp_path / "there"),
            "fleet_report_page_name": "none/page.html",
        },
        "no time": {"fleet_report_directory": str(tmp_path / "there"), "fleet_report_time": "yesterday"},
        "no rows": {"fleet_report_directory": str(tmp_path / "there"), "fleet_report_rows": "{{ undefined_name }}"},
    }
    verdicts = both("fleet_report", cases, {"fleet_report_rows": rows_of_nothing, "fleet_report_show": "none"})
    assert verdicts[0] == verdicts[1]
    assert [case for case, verdict in verdicts[1].items() if verdict == "done"] == ["fine", "fine, and there"]


def both(role: str, cases: dict[str, dict[str, t.Any]], always: dict[str, t.Any]) -> list[Verdicts]:
    """The result of each case in check mode, and then in the run."""
    tasks = []
    for number, variables in enumerate(cases.values()):
        include = {
            "ansible.builtin.include_role": {"name": f"hosting.websec.{role}"},
            "vars": {**always, **variables},
        }
        tasks.append(
            {
                "block": [include, {"ansible.builtin.set_fact": {f"verdict_{number}": "done"}}],
                "rescue": [{"ansible.builtin.set_fact": {f"verdict_{number}": "refused"}}],
            }
        )
    names = [f"verdict_{number}" for number in range(len(cases))]
    runs = [run_tasks(tasks, *arguments, keep=names) for arguments in (["--check"], [])]
    return [dict(zip(cases, (run.values[name] for name in names))) for run in runs]


@pytest.mark.all_only
def test_the_sandbox_promises_nothing_in_check_mode() -> None:
    """It reports this: without a running server, nothing can be inspected."""
    task = {"ansible.builtin.include_role": {"name": "hosting.websec.sandbox"}}
    run = run_tasks([task], "--check")
    assert run.status == 0, run.output
    assert "In check mode the role does not change or verify the sandbox." in " ".join(run.output.split())
