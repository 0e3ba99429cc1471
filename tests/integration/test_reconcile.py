# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The main job: passes of the playbook C(reconcile) over a fleet. The sandbox plays SiteLock; the zones are real."""

from __future__ import annotations

import collections.abc
import json
import pathlib

import pytest
from integration.bind_server import BindServer
from integration.operator_of_passes import ORIGIN, Operator, rows
from integration.playbook import run_plays
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer

NewZone = collections.abc.Callable[..., str]

APEX = (
    "@ 3600 IN A 192.0.2.10",
    "@ 3600 IN AAAA 2001:db8::10",
    "www 3600 IN A 192.0.2.10",
    "www 3600 IN AAAA 2001:db8::10",
)
SPF, MX = "v=spf1 mx -all", "10 mail.example."


@pytest.fixture
def operator(sandbox: SandboxServer, bind: BindServer, tmp_path: pathlib.Path) -> Operator:
    return Operator(sandbox, bind, tmp_path)


def test_an_ssl_site_from_nothing_to_ready(operator: Operator, bind: BindServer, new_zone: NewZone) -> None:
    zone = new_zone(*APEX, f'@ 3600 IN TXT "{SPF}"', f"@ 3600 IN MX {MX}")
    operator.customer(zone, 1, ssl=True, entry={"zone": None})
    operator.sandbox.post("settings", {"validation_delay": 3600, "certificate_delay": 3600})

    (row,) = rows(operator.play())
    assert (row["state_before"], row["state"]) == ("absent", "pending-domain-validation")
    assert row["steps"] == ["provisionAddon", "publish TXT"]
    assert "certificate authority" in row["waiting_for"]
    spf, verification = sorted(bind.values(zone, "TXT"), reverse=True)
    assert spf == f'"{SPF}"'
    assert verification.startswith('"globalsign-domain-verification=')
    assert bind.ttl(zone, "TXT") == 3600
    assert bind.values(zone, "A") == [ORIGIN]

    operator.later(hours=1.1)
    (row,) = rows(operator.reconcile())
    assert (row["state"], row["steps"], row["waiting_for"]) == ("pending-dns", [], "the certificate at the CDN")
    assert bind.values(zone, "A") == [ORIGIN]

    operator.later(hours=1.1)
    (row,) = rows(operator.reconcile())
    assert row["steps"] == ["change A/CNAME"]
    assert len(bind.values(zone, "A")) == 2
    assert ORIGIN not in bind.values(zone, "A")
    assert bind.values(zone, "AAAA") == []
    assert len(bind.values(f"www.{zone}", "CNAME")) == 1
    assert bind.values(zone, "MX") == [MX]
    assert len(bind.values(zone, "TXT")) == 2

    operator.sandbox.calls()
    serial = bind.serial(zone)
    last = operator.reconcile()
    (row,) = rows(last)
    assert (row["state"], row["steps"], row["waiting_for"], row["changed"]) == ("ready", [], None, False)
    assert last.recap["changed"] == 0
    assert operator.sandbox.writes() == []
    assert bind.serial(zone) == serial
    assert operator.sandbox.purchases(1) == ["added"]


def test_a_fleet_in_which_some_are_refused(operator: Operator, bind: BindServer, new_zone: NewZone) -> None:
    plain, apps, basic, retry, typo = (new_zone(*APEX, "shop 3600 IN A 192.0.2.30") for _number in range(5))
    operator.customer(plain, 1)
    operator.customer(f"shop.{apps}", 2, subdomain=True, entry={"zone": None})
    operator.customer(basic, 3, ssl=True, entry={"subscription": "100"})
    operator.customer(retry, 4, retry={"attempts": 1})
    operator.sites.append({"domain": typo, "site_id": 999999, "subscription": "200", "zone": typo})
    operator.sites.append({"domain": "nowhere.invalid", "site_id": 6, "subscription": "200"})
    operator.sites.append({"domain": "not a domain", "site_id": 7, "subscription": "200"})
    static = "static.example"
    bind.add_static_zone(static, *APEX)
    operator.customer(static, 8)

    first = operator.reconcile()
    assert first.status == 0
    report = {row["site_id"]: row for row in rows(first)}
    assert [row["site_id"] for row in rows(first)] == [1, 2, 3, 4, 999999, 6, 7, 8]
    assert report[1]["steps"] == ["provisionAddon", "change A/CNAME"]
    assert report[2]["steps"] == ["provisionAddon", "change A/CNAME"]
    assert (report[3]["error"]["code"], report[3]["error"]["extended_code"]) == ("AEX", "3003")
    assert report[4]["state"] == "pending-retry"
    assert "tries again" in report[4]["waiting_for"]
    assert report[999999]["error"]["code"] == "SNF"
    assert report[6]["error"]["kind"] == "not_found"
    assert "the zone was not found" in report[6]["error"]["message"]
    assert "is not a domain name" in report[7]["error"]["message"]
    assert report[8]["error"]["kind"] == "bad_input"  # the preflight finds it before anything is ordered
    assert static in report[8]["error"]["message"]
    assert bind.values(f"shop.{apps}", "A") == []
    assert len(bind.values(f"shop.{apps}", "CNAME")) == 1
    assert bind.values(apps, "A") == [ORIGIN]
    assert [bind.values(zone, "A") for zone in (basic, static)] == [[ORIGIN], [ORIGIN]]
    assert operator.sandbox.purchases(8) == []

    operator.later(hours=6)
    second = operator.reconcile()
    assert {row["site_id"]: row["state"] for row in rows(second)}[4] == "pending-dns"
    last = operator.reconcile()
    assert last.recap["changed"] == 0
    assert [row["state"] for row in rows(last)] == ["ready", "ready", "absent", "ready", None, None, None, None]
    strict = operator.reconcile(on_error="fail")
    assert strict.status != 0
    assert "5 of 8 sites failed" in strict.output


def test_check_mode_writes_nothing_anywhere(operator: Operator, bind: BindServer, new_zone: NewZone) -> None:
    fresh, waiting = new_zone(*APEX), new_zone(*APEX)
    operator.customer(fresh, 1)
    operator.customer(waiting, 2, ssl=True)
    entries, operator.sites = operator.sites, operator.sites[1:]
    operator.sandbox.post("settings", {"validation_delay": 3600})
    operator.reconcile()
    operator.sites = entries
    operator.later(hours=2)
    operator.sandbox.calls()
    serials = [bind.serial(zone) for zone in (fresh, waiting)]

    checked = operator.play("--check", "--diff")
    assert checked.status == 0
    report = rows(checked)
    assert report[0]["steps"] == ["provisionAddon"]
    assert report[0]["changed"]
    assert "check mode" in report[0]["waiting_for"]
    assert report[1]["steps"] == ["change A/CNAME"]
    assert f"-{waiting}. 3600 IN A {ORIGIN}" in checked.output.replace("  ", " ")
    assert operator.sandbox.writes() == []
    assert [bind.serial(zone) for zone in (fresh, waiting)] == serials


def test_no_secret_at_the_highest_verbosity(operator: Operator, bind: BindServer, new_zone: NewZone) -> None:
    operator.customer(new_zone(*APEX), 1, ssl=True)
    operator.customer(new_zone(*APEX), 2)
    operator.sandbox.fault("echo_password", api="sitelock", method="getAnpProvisioningStatus", site_id="2", times=0)
    run = operator.play("-vvvv", "--diff")
    assert rows(run)[0]["changed"]
    assert rows(run)[1]["error"]
    assert PASSWORD not in run.output
    assert bind.key.secret not in run.output


@pytest.mark.all_only
def test_the_number_of_tasks_and_calls_for_many_sites(operator: Operator, new_zone: NewZone) -> None:
    zones = [new_zone(*APEX) for _number in range(12)]
    operator.customer(zones[0], 1)
    one = operator.play()
    operator.sandbox.calls()
    for number, zone in enumerate(zones[1:], 2):
        operator.customer(zone, number)
    # Eleven orders are more than a quarter of twelve sites, and more than ten.
    refused = operator.play(sitelock_waf_max_orders="25%")
    assert refused.status != 0
    assert "Nothing was sent: max_orders allows 10, but this run would order or change the plan of 11" in refused.output
    assert "In the role sitelock_waf, max_orders is sitelock_waf_max_orders" in refused.output
    assert all(operator.sandbox.purchases(number) == [] for number in range(2, 13))
    many = operator.play(sitelock_waf_max_orders="25%", sitelock_waf_exceed_limits="true")
    assert many.recap["ok"] == one.recap["ok"]
    assert "Sent: 11 orders of plan" in many.output
    operator.sandbox.calls()
    settled = operator.play("-v")
    assert settled.recap["changed"] == 0
    # Results of tasks are events of AWX: only the displayed report contains sites.
    assert settled.output.count(zones[-1]) == 1, settled.output
    calls = operator.sandbox.calls()
    assert sorted(calls) == sorted(["getAnpProvisioningStatus", "getStatus"] * 12)


def test_credentials_from_module_defaults_and_the_environment_reach_the_role(
    operator: Operator, new_zone: NewZone, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = new_zone(*APEX)
    operator.customer(zone, 1)
    connection = {"api_url": f"{operator.sandbox.url}/v1/partner", "api_username": USERNAME, "api_password": PASSWORD}
    play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "module_defaults": {
            "group/hosting.websec.sitelock": connection,
            "group/hosting.websec.rfc2136": operator.connection,
        },
        "tasks": [{"ansible.builtin.include_role": {"name": "hosting.websec.sitelock_waf"}}],
        "vars": {"sitelock_waf_sites": operator.sites, "sitelock_waf_preflight": False},
    }
    nowhere = run_plays([play])
    assert nowhere.status != 0
    assert "dns names no DNS provider, so nothing was sent. Set dns (for the role, sitelock_waf_dns" in nowhere.output
    assert operator.sandbox.calls() == []

    for option, value in operator.connection.items():
        monkeypatch.setenv(f"RFC2136_{option.upper()}", str(value))
    file = tmp_path / "sites.json"
    file.write_text(json.dumps(operator.sites), encoding="utf-8")
    play["vars"] = {
        "sitelock_waf_sites_file": str(file),
        "sitelock_waf_preflight": False,
        "sitelock_waf_api": {"record_answers": str(tmp_path / "answers")},
    }
    run = run_plays([play], "-vvv", keep=["sitelock_waf_report"])
    assert run.status == 0, run.output
    assert rows(run)[0]["steps"] == ["provisionAddon", "change A/CNAME"]
    assert operator.server.key.secret not in run.output
    recorded = [file.name + file.read_text() for file in (tmp_path / "answers").iterdir()]
    assert len(recorded) == 2 * len(operator.sandbox.calls())
    assert zone not in "".join(recorded)


@pytest.mark.all_only
def test_where_dns_is_changed(operator: Operator, bind: BindServer, new_zone: NewZone) -> None:
    here, there = new_zone(*APEX), new_zone(*APEX)
    operator.customer(here, 1)
    operator.customer(there, 2, entry={"dns": "elsewhere"})
    # A provider of the former kind: a task file.
    refused = operator.play(dns_records_provider="./my_provider.yml")
    assert refused.status != 0
    assert "dns_records_provider is set to a task file: task files are no longer supported." in refused.output
    assert "Nothing was sent. Write the provider as a Python class and set it in sitelock_waf_dns" in refused.output
    assert "caused by" not in refused.output
    assert operator.sandbox.calls() == []

    providers = {"providers": {"ours": operator.connection}, "default": "ours", "wait_propagation": 5}
    run = operator.play(dns_records_provider="./my_provider.yml", sitelock_waf_dns=providers)
    first, second = rows(run)
    assert first["steps"] == ["provisionAddon", "change A/CNAME"], first
    assert ORIGIN not in bind.values(here, "A")
    assert "dns of the entry is an unknown DNS provider." in second["error"]["message"]
    assert operator.sandbox.purchases(2) == []


def test_claims_that_contradict_each_other_are_refused_for_their_sites_only(
    operator: Operator, bind: BindServer, new_zone: NewZone
) -> None:
    zone, other = new_zone(*APEX), new_zone(*APEX)
    operator.customer(zone, 1)
    operator.customer(f"www.{zone}", 2, subdomain=True, entry={"zone": zone})
    operator.customer(other, 3)
    operator.customer(f"shop.{other}", 4, subdomain=True, entry={"zone": other, "waf_orign": ORIGIN})
    run = operator.reconcile()
    first, second, third, fourth = rows(run)
    for row in (first, second):
        assert row["error"]["kind"] == "bad_input"
        assert f"www.{zone} is claimed more than once" in row["error"]["message"]
    assert third["steps"] == ["provisionAddon", "change A/CNAME"]
    assert "unknown keys" in fourth["error"]["message"]
    assert "waf_orign" in fourth["error"]["message"]
    assert [operator.sandbox.purchases(number) for number in (1, 2, 3, 4)] == [[], [], ["added"], []]
    assert bind.values(zone, "A") == [ORIGIN]
