# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles with all variables as text, as from C(-e name=value) and surveys; the unit tests cover all forms."""

from __future__ import annotations

import collections.abc
import json
import pathlib
import typing as t

import pytest
from integration.bind_server import BindServer
from integration.playbook import Run, run_plays, run_tasks
from integration.sandbox_server import API_KEY, PASSWORD, USERNAME, SandboxServer


def run_roles(folder: pathlib.Path, variables: dict[str, str], *roles: str, check: bool = False) -> Run:
    """Run roles; every variable is text."""
    assert all(isinstance(value, str) for value in variables.values())
    (folder / "text.json").write_text(json.dumps(variables))
    tasks = [{"ansible.builtin.include_role": {"name": f"hosting.websec.{role}"}} for role in roles]
    keep = ["sitelock_waf_report", "botguard_websites_report"]
    return run_tasks(tasks, "-e", f"@{folder / 'text.json'}", *(["--check"] if check else []), keep=keep)


@pytest.fixture
def given(
    sandbox: SandboxServer, bind: BindServer, new_zone: collections.abc.Callable[..., str], tmp_path: pathlib.Path
) -> dict[str, str]:
    """Every variable of these roles whose type is not text, as text."""
    zone = new_zone("@ 60 A 192.0.2.10")
    sandbox.post(
        "fleet",
        {
            "plans": [{"id": "200", "name": "Professional", "level": "professional"}],
            "accounts": [{"id": "570", "name": "Customers"}],
            "sites": [{"site_id": "1", "account_id": "570", "domain": zone, "ssl": False, "origin": ["192.0.2.10"]}],
            "botguard_websites": [{"domain": "text.example", "status": "online"}],
        },
    )
    server = {"server": bind.address, "port": str(bind.port), "key_name": bind.key.name, "key_secret": bind.key.secret}
    api = {"api_url": f"{sandbox.url}/v1/partner", "api_username": USERNAME, "api_password": PASSWORD}
    return {
        "sitelock_waf_sites": json.dumps([{"domain": zone, "site_id": 1, "subscription": "200", "zone": zone}]),
        "sitelock_waf_api": json.dumps({**api, "retries": "0", "validate_certs": "yes"}),
        "sitelock_waf_ttl": "120",
        "sitelock_waf_lower_ttl": "0",
        "sitelock_waf_cleanup_verification": "no",
        "sitelock_waf_preflight": "false",
        "sitelock_waf_preflight_options": "{}",
        "sitelock_waf_concurrency": "2",
        "sitelock_waf_batch_size": "1",
        "sitelock_waf_requests_per_second": "50.5",
        "sitelock_waf_pass_timeout": "100",
        "sitelock_waf_dns": json.dumps({**server, "wait_propagation": "5"}),
        "sitelock_waf_dns_manager": "partner",
        "sitelock_waf_max_orders": "10",
        "sitelock_waf_max_removals": "10%",
        "sitelock_waf_exceed_limits": "no",
        "sitelock_waf_report_show": "all",
        "sitelock_waf_on_error": "fail",
        "dns_records": f"zone={zone} name=text.{zone} type=A ttl=90 values=192.0.2.1",
        "dns_records_rfc2136": " ".join(f"{name}={value}" for name, value in server.items()),
        "dns_records_deadline": "0",
        "fleet_report_directory": str(tmp_path / "report"),
        "fleet_report_write_in_check_mode": "off",
        "botguard_websites": "domain=text.example state=paused user=7",
        "botguard_websites_api": f"api_url={sandbox.url}/botguard api_key={API_KEY}",
        "botguard_websites_concurrency": "1",
    }


@pytest.mark.all_only
def test_roles_run_with_variables_that_are_text(
    sandbox: SandboxServer, bind: BindServer, given: dict[str, str], tmp_path: pathlib.Path
) -> None:
    # Variables from -e have priority over those with which the pass includes this role, so it runs separately.
    records = {name: given.pop(name) for name in ("dns_records", "dns_records_deadline")}
    roles = ("sitelock_waf", "fleet_report", "botguard_websites")
    foretold = run_roles(tmp_path, given, *roles, check=True)
    # The preflight is really off: a zone that is missing in the public DNS was not checked. Check mode writes no page.
    assert foretold.status == 0, foretold.output
    assert not (tmp_path / "report").exists()
    assert sandbox.writes() == []

    run = run_roles(tmp_path, given, *roles)
    assert run.status == 0, run.output
    (row,) = t.cast("list[dict[str, t.Any]]", run.values["sitelock_waf_report"])
    zone = row["domain"]
    assert (row["state"], row["error"], row["steps"]) == ("pending-dns", None, ["provisionAddon", "change A/CNAME"])
    assert bind.query(zone, "A").answer[0].ttl == 120
    assert (tmp_path / "report" / "fleet-report.html").exists()
    assert run.values["botguard_websites_report"][0]["status"] == "paused"

    changed = run_roles(tmp_path, {**records, "dns_records_rfc2136": given["dns_records_rfc2136"]}, "dns_records")
    assert changed.status == 0, changed.output
    text = bind.query(f"text.{zone}", "A").answer[0]
    assert (text.ttl, text[0].to_text()) == (90, "192.0.2.1")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sitelock_waf_preflight", "maybe"),
        pytest.param("sitelock_waf_pass_timeout", "ten", marks=pytest.mark.all_only),
        pytest.param("sitelock_waf_pass_timeout", "nan", marks=pytest.mark.all_only),
    ],
)
def test_text_that_cannot_be_meant_stops_the_role_before_the_first_call(
    sandbox: SandboxServer, given: dict[str, str], tmp_path: pathlib.Path, name: str, text: str
) -> None:
    run = run_roles(tmp_path, {**given, name: text}, "sitelock_waf")
    assert run.status == 2, run.output
    assert name in run.output
    assert text in run.output
    assert sandbox.calls() == []


@pytest.mark.all_only
@pytest.mark.parametrize(
    ("playbook", "says"),
    [
        ("reconcile", "No sites were given, so nothing was sent. Set sites or sites_file"),
        ("preflight", "sitelock_waf_sites is not defined. Set it to the list of your sites"),
        ("products", "sitelock_products is not defined. Set it to the list of your sites"),
        ("botguard", "botguard_websites is not defined. Set it to the list of your websites"),
    ],
)
def test_a_playbook_without_its_file_says_what_to_define(playbook: str, says: str) -> None:
    failed = run_plays([{"import_playbook": f"hosting.websec.{playbook}"}])
    assert failed.status != 0
    assert says in " ".join(failed.output.split())
