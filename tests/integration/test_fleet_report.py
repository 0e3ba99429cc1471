# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role C(fleet_report) through the real ansible-playbook."""

from __future__ import annotations

import collections.abc
import json
import pathlib
import typing as t

import pytest
from integration.bind_server import BindServer
from integration.playbook import Run, run_plays, run_tasks
from integration.report_rows import FLEET, TIME, Row, report_tasks
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer


class Reporter:
    """Repeated runs of the role into one folder."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.page = folder / "report" / "fleet-report.html"
        self.data = folder / "report" / "fleet-report.json"
        self._rows_file = folder / "rows.json"

    def run(self, rows: list[Row], *arguments: str, **variables: t.Any) -> Run:
        tasks = report_tasks(self._rows_file, rows, self.page.parent, **variables)
        return run_tasks(tasks, *arguments, keep=["fleet_report_summary"])

    @property
    def document(self) -> dict[str, t.Any]:
        return t.cast("dict[str, t.Any]", json.loads(self.data.read_text(encoding="ascii")))


@pytest.fixture
def reporter(tmp_path: pathlib.Path) -> Reporter:
    return Reporter(tmp_path)


def test_the_files_and_the_terminal(reporter: Reporter) -> None:
    first = reporter.run(FLEET, fleet_report_time=TIME)
    assert first.recap["failed"] == 0
    assert first.recap["changed"] == 3  # the folder, the page, the data
    assert [path.stat().st_mode & 0o777 for path in (reporter.page, reporter.data)] == [0o640, 0o640]
    assert "[WARNING]" not in first.output

    document = reporter.document
    assert document["time"] == TIME
    assert document["summary"] == first.values["fleet_report_summary"]
    assert (document["summary"]["sites"], document["summary"]["attention"]) == (len(FLEET), 4)
    assert [concern["domains"] for concern in document["attention"]] == [
        ["bought-or-not.example"],
        ["stuck.example"],
        ["basic.example"],
        ["slow.example"],
    ]
    assert [site["domain"] for site in document["sites"]] == sorted(each["domain"] for each in FLEET)

    told = " ".join(first.output.split())
    assert "21 sites. Need action: 4. Waiting: 17. Changed: 1." in told
    table = told[told.index("site state since") :]
    in_order = ("bought-or-not.example", "stuck.example", "basic.example", "slow.example", "retried.example", "wave00")
    places = [table.index(domain) for domain in in_order]
    assert places == sorted(places)
    assert "basic.example: Site 6: Site requires SSL. Choose a higher plan." in table
    assert "slow.example: The domain has been validated for more than 36 hours." in table
    assert "ready.example" not in table


@pytest.mark.all_only
def test_since_when_a_site_is_red(reporter: Reporter) -> None:
    """The data file of the previous report says it. One that cannot be read is kept, and stops nothing."""
    red = {
        "fleet_report_scans_rows": [{"domain": "ready.example", "site_id": 1, "red": ["Content"]}],
        # As the role sitelock_products leaves it.
        "sitelock_products_report": [
            {"domain": "ready.example", "site_id": 1, "details": {"smart": {"error_str": "530 Login"}}},
            {"domain": "late.example", "site_id": 2, "deferred": True, "deferred_reason": "The password was refused."},
        ],
    }

    def told(run: Run) -> str:
        assert run.recap["failed"] == 0, run.output
        return " ".join(run.output.split())

    first = told(reporter.run(FLEET[:1], fleet_report_time=TIME, **red))
    assert "Content. Since 2026-11-03 (first seen)." in first
    assert "SiteLock says: smart: 530 Login. Since 2026-11-03 (first seen)." in first
    assert [row["domain"] for row in reporter.document["products"]] == ["late.example"]
    assert "Waits for the next pass, deferred: The password was refused." in reporter.page.read_text(encoding="utf-8")
    before = reporter.data.read_bytes()
    checked = reporter.run(FLEET[:1], "--check", fleet_report_time="2026-11-20T14:00:00Z", **red)
    assert "Since 2026-11-03 (first seen)." in told(checked)
    assert (checked.recap["changed"], "[WARNING]" in checked.output) == (0, False), checked.output
    assert reporter.data.read_bytes() == before

    reporter.data.write_bytes(before[:-40])
    broken = told(reporter.run(FLEET[:1], fleet_report_time="2026-11-21T14:00:00Z", **red))
    assert "[WARNING]: The data file of the previous report cannot be used: it is not valid JSON" in broken
    assert "Since 2026-11-21 (first seen)." in broken
    _late, ready = reporter.document["sites"]
    assert [each["since"] for each in ready["findings"]] == ["2026-11-21T14:00:00Z"] * 2
    (saved,) = [path for path in reporter.data.parent.iterdir() if path.name.endswith("~")]
    assert saved.read_bytes() == before[:-40]


@pytest.mark.all_only
def test_from_pass_to_pass(reporter: Reporter) -> None:
    """A new time alone is no change; check mode writes nothing by default."""
    nowhere = reporter.run(FLEET, "--check")
    assert nowhere.recap["changed"] == 1  # the folder
    assert not reporter.page.parent.exists()

    reporter.run(FLEET, fleet_report_time=TIME, fleet_report_show="none")
    page = reporter.page.read_text(encoding="utf-8")

    unchanged = reporter.run(FLEET, "--diff", fleet_report_show="none")
    assert unchanged.recap["changed"] == 0
    assert reporter.document["time"] > TIME
    assert reporter.page.read_text(encoding="utf-8") != page  # An old page means that no pass ran.

    reporter.data.write_text(reporter.data.read_text(encoding="ascii").replace('"wave00.example"', '"gone.example"', 1))
    before = [path.read_bytes() for path in (reporter.page, reporter.data)]
    moved = [{**FLEET[0], "state": "error"}, *FLEET[1:]]
    checked = reporter.run(moved, "--check", "--diff")
    assert checked.recap["changed"] == 2
    assert "Would be changed: 1." in " ".join(checked.output.split())
    lines = [line for line in checked.output.splitlines() if line.startswith(("+    {", "-    {"))]
    assert [line[0] for line in lines if '"domain": "ready.example"' in line] == ["-", "+"]
    assert "<!DOCTYPE" not in checked.output
    assert [path.read_bytes() for path in (reporter.page, reporter.data)] == before

    written = reporter.run(FLEET, "--check", fleet_report_write_in_check_mode=True, fleet_report_show="none")
    assert written.recap["changed"] == 2
    assert reporter.document["check_mode"]
    assert "Check mode: nothing was changed." in reporter.page.read_text(encoding="utf-8")


@pytest.mark.all_only
def test_wrong_use_is_told_before_anything_is_written(tmp_path: pathlib.Path) -> None:
    role = {"name": "hosting.websec.fleet_report"}
    folder = str(tmp_path / "report")

    def refused(name: str, variables: Row) -> Row:
        return {
            "block": [{"ansible.builtin.include_role": role, "vars": {"fleet_report_directory": folder, **variables}}],
            "rescue": [{"ansible.builtin.set_fact": {name: "{{ ansible_failed_result.msg }}"}}],
        }

    run = run_tasks(
        [
            refused("nothing", {}),
            refused("time", {"fleet_report_rows": FLEET[:1], "fleet_report_time": "yesterday"}),
            refused("rows", {"fleet_report_rows": ["not a row"]}),
            refused("show", {"fleet_report_rows": [], "fleet_report_show": "some"}),
        ],
        keep=["nothing", "time", "rows", "show"],
    )
    assert run.recap["rescued"] == 4
    assert "Run the role hosting.websec.sitelock_waf, " in run.values["nothing"]
    assert "time is 'yesterday'. Write it as ISO 8601" in run.values["time"]
    assert "fleet_report_rows" in run.values["rows"]
    assert "value of fleet_report_show must be one of: open, all, none" in run.values["show"]
    assert not list(tmp_path.rglob("fleet-report.*"))


@pytest.mark.all_only
def test_the_report_of_a_real_pass(
    sandbox: SandboxServer,
    bind: BindServer,
    new_zone: collections.abc.Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    zone, typo = new_zone("@ 3600 IN A 192.0.2.10"), new_zone("@ 3600 IN A 192.0.2.10")
    site = {"site_id": "1", "account_id": "570", "domain": zone, "ssl": False, "origin": ["192.0.2.10"]}
    plans = [{"id": "200", "name": "Professional", "level": "professional"}]
    sandbox.post("fleet", {"plans": plans, "accounts": [{"id": "570", "name": "Customers"}], "sites": [site]})
    variables = {
        "sitelock_waf_sites": [
            {"domain": zone, "site_id": 1, "subscription": "200"},
            {"domain": typo, "site_id": 999999, "subscription": "200"},
        ],
        "sitelock_waf_on_error": "report",
        "sitelock_waf_api": {
            "api_url": f"{sandbox.url}/v1/partner",
            "api_username": USERNAME,
            "api_password": PASSWORD,
        },
        "sitelock_waf_preflight_options": {"resolver": bind.address, "resolver_port": bind.port},
        "dns_records_rfc2136": {
            "server": bind.address,
            "port": bind.port,
            "key_name": bind.key.name,
            "key_secret": bind.key.secret,
            "key_algorithm": bind.key.algorithm,
        },
        "fleet_report_directory": str(tmp_path / "report"),
    }
    (tmp_path / "variables.json").write_text(json.dumps(variables))
    role = {"name": "Report", "ansible.builtin.include_role": {"name": "hosting.websec.fleet_report"}}
    run = run_plays(
        [
            {"import_playbook": "hosting.websec.reconcile"},
            {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [role]},
        ],
        "-e",
        f"@{tmp_path / 'variables.json'}",
    )
    assert run.status == 0, run.output
    text = (tmp_path / "report" / "fleet-report.json").read_text(encoding="ascii")
    document = json.loads(text)
    sites = {site["domain"]: site for site in document["sites"]}
    assert (sites[zone]["changed"], sites[zone]["error"]) == (True, None)
    assert "provisionAddon" in sites[zone]["steps"]
    assert (sites[typo]["attention"], sites[typo]["error"]["code"]) == ("not_found", "SNF")
    page = (tmp_path / "report" / "fleet-report.html").read_text(encoding="utf-8")
    assert sites[typo]["error"]["hint"] in page
    for secret in (PASSWORD, bind.key.secret):
        assert secret not in text
        assert secret not in page
