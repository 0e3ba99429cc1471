# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The passes of C(tools/demo), once at the vendor and once through the relay: the same orders and the same reports."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import os
import pathlib
import subprocess
import typing as t

import pytest
import yaml
from integration.bind_server import BindServer
from integration.relay_stack import RelayStack
from integration.sandbox_server import API_KEY, PASSWORD, ROOT, USERNAME, SandboxServer
from unit.patience import PATIENCE

pytestmark = pytest.mark.all_only

DEMO = ROOT / "playbooks" / "demo"
HOURS_BEFORE = (0, 0, 6, 6)
CLIENT: dict[str, t.Any] = {
    "name": "awx",
    "password": "password of awx",
    "networks": ["127.0.0.0/8"],
    "effects": ["READ", "CHANGE", "BUY", "DESTROY", "ACTION"],
    "orders_per_day": 100,
}


class Demo:
    """The world of the demo, and what its passes left.

    :param folder: an empty folder.
    """

    def __init__(self, folder: pathlib.Path, relayed: bool) -> None:
        self._folder = folder
        self._relayed = relayed
        self.reports: list[str] = []
        self.recaps: list[str] = []
        self.ledger: list[dict[str, t.Any]] = []
        self.writes: list[str] = []
        self.zones: dict[str, list[str]] = {}
        self.audit: list[dict[str, t.Any]] = []

    def run(self) -> Demo:
        vendor = yaml.safe_load((DEMO / "vendor.yml").read_text(encoding="utf-8"))
        with contextlib.ExitStack() as world:
            bind = world.enter_context(BindServer(self._folder / "bind"))
            for zone in vendor["sandbox_zones"]:
                bind.add_zone(zone["name"], *_lines(zone["records"]))
            sandbox = world.enter_context(SandboxServer(self._folder / "sandbox", bind.port))
            sandbox.post("settings", vendor["sandbox_settings"])
            sandbox.post("fleet", vendor["sandbox_fleet"])
            api = {"api_url": f"{sandbox.url}/v1/partner", "api_username": USERNAME, "api_password": PASSWORD}
            environment = {**os.environ, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_LOCALHOST_WARNING": "false"}
            if self._relayed:
                relay = world.enter_context(RelayStack(self._folder / "relay", sandbox, [CLIENT]))
                api = {"api_url": relay.url, "api_username": CLIENT["name"], "api_password": CLIENT["password"]}
                environment["REQUESTS_CA_BUNDLE"] = str(relay.ca)
            for number, hours in enumerate(HOURS_BEFORE):
                sandbox.post("clock", {"advance": hours * 3600})
                self._play(number, environment, _connection(api, sandbox, bind))
            self.ledger = sandbox.get("ledger")["entries"]
            self.writes = sandbox.writes()
            self.zones = {
                zone["name"]: sorted(
                    # Of a text only the beginning: the vendor makes up the rest, and ours has a time.
                    f"{name} {rdataset.ttl} {str(rdata)[: 20 if rdata.rdtype.name == 'TXT' else None]}"
                    for name, rdataset in bind.transfer(zone["name"]).iterate_rdatasets()
                    for rdata in rdataset
                    if rdata.rdtype.name != "SOA"
                )
                for zone in vendor["sandbox_zones"]
            }
            if self._relayed:
                self.audit = relay.audit()
        return self

    def _play(self, number: int, environment: dict[str, str], connection: dict[str, t.Any]) -> None:
        port = connection["dns_records_rfc2136"]["port"]
        variables, report = self._folder / "connection.json", self._folder / f"report{number}.txt"
        variables.write_text(json.dumps(connection))
        done = subprocess.run(
            [
                *("ansible-playbook", str(DEMO / "pass.yml"), "-e", f"@{DEMO / 'sites.yml'}", "-e", f"@{variables}"),
                *("-e", "sitelock_waf_on_error=report", "-e", f"demo_report_file={report}"),
            ],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        # One message has the port of the name server.
        self.reports.append(report.read_text().replace(f"@{port}", "@53"))
        self.recaps.append(done.stdout.partition("PLAY RECAP")[2].strip("* \n"))


def _lines(records: list[dict[str, t.Any]]) -> t.Iterator[str]:
    for record in records:
        for value in record["values"]:
            text = f'"{value}"' if record["type"] == "TXT" else value
            yield f"{record['name']} {record['ttl']} IN {record['type']} {text}"


def _connection(api: dict[str, t.Any], sandbox: SandboxServer, bind: BindServer) -> dict[str, t.Any]:
    return {
        "sitelock_waf_api": api,
        "sitelock_accounts_api": api,
        "botguard_websites_api": {"api_url": f"{sandbox.url}/botguard", "api_key": API_KEY},
        "sitelock_waf_preflight_options": {"resolver": bind.address, "resolver_port": bind.port},
        "dns_records_rfc2136": {
            "server": bind.address,
            "port": bind.port,
            "key_name": bind.key.name,
            "key_secret": bind.key.secret,
            "key_algorithm": bind.key.algorithm,
        },
    }


def _orders(ledger: list[dict[str, t.Any]]) -> list[str]:
    """Without times, and without numbers that depend on which of several sites came first."""
    own = ("id", "time", "subscription_id")
    return sorted(json.dumps({name: value for name, value in each.items() if name not in own}) for each in ledger)


def test_the_demo_through_the_relay_is_the_demo(tmp_path: pathlib.Path) -> None:
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        direct, relayed = pool.map(lambda relayed: Demo(tmp_path / f"relayed-{relayed}", relayed).run(), (False, True))
    assert "ready" in direct.reports[-1]
    assert relayed.reports == direct.reports
    assert relayed.recaps == direct.recaps
    assert _orders(relayed.ledger) == _orders(direct.ledger)
    assert len(direct.ledger) > 5
    assert sorted(relayed.writes) == sorted(direct.writes)
    assert relayed.zones == direct.zones
    assert {line["decision"] for line in relayed.audit} == {"passed"}
    assert len([line for line in relayed.audit if line["method"] == "provisionAddon"]) > 3
