# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A zone that is served by PowerDNS, whose update policy reports success and drops records."""

from __future__ import annotations

import collections.abc
import json
import pathlib
import typing as t

import pytest
from integration.in_process import run_tasks
from integration.operator_of_passes import ORIGIN, Operator, rows
from integration.powerdns_server import PowerDnsServer
from integration.sandbox_server import SandboxServer

ZONE, WWW = "customer.example", "www.customer.example"


@pytest.fixture
def pdns(tmp_path: pathlib.Path) -> collections.abc.Iterator[PowerDnsServer]:
    with PowerDnsServer(tmp_path / "pdns") as server:
        server.add_zone(ZONE, f"@ 3600 IN A {ORIGIN}", "@ 3600 IN AAAA 2001:db8::10", "www 3600 IN CNAME @")
        yield server


def what_is_there(pdns: PowerDnsServer) -> list[list[str]]:
    return [pdns.values(name, kind) for name in (ZONE, WWW) for kind in ("A", "AAAA", "CNAME")]


def state_record(operator: Operator) -> dict[str, t.Any]:
    return t.cast("dict[str, t.Any]", json.loads(str(operator.state_record(ZONE)).partition(" ")[2]))


def test_a_cut_over_that_was_left_out_is_not_saved(pdns: PowerDnsServer, tmp_path: pathlib.Path) -> None:
    before = what_is_there(pdns)
    with SandboxServer(tmp_path / "sandbox", pdns.port) as sandbox:
        operator = Operator(sandbox, pdns, tmp_path)
        operator.customer(ZONE, 1)
        pdns.leave_out("A")
        (row,) = rows(operator.reconcile())
        # The changes that it made, the removal of AAAA and the CNAME, were undone.
        assert (what_is_there(pdns), row["steps"]) == (before, ["provisionAddon"])
        assert (row["error"]["kind"], "policy" in row["error"]["hint"]) == ("rejected", True)
        assert "did not apply it" in row["error"]["message"]
        assert "target" not in state_record(operator)
        assert state_record(operator)["original"][ZONE] == {"A": [3600, ORIGIN], "AAAA": [3600, "2001:db8::10"]}

        pdns.leave_out()
        (row,) = rows(operator.reconcile())
        assert (row["steps"], row["error"]) == (["change A/CNAME"], None)
        assert ORIGIN not in pdns.values(ZONE, "A")
        assert (pdns.values(ZONE, "AAAA"), pdns.values(WWW, "CNAME") == [f"{ZONE}."]) == ([], False)
        assert state_record(operator)["target"][2:] == pdns.values(ZONE, "A")
        assert state_record(operator)["original"][ZONE] == {"A": [3600, ORIGIN], "AAAA": [3600, "2001:db8::10"]}


def test_a_zone_below_and_the_name_of_a_key(tmp_path: pathlib.Path) -> None:
    with PowerDnsServer(tmp_path / "pdns") as pdns:
        pdns.add_zone(ZONE, f"www 300 IN A {ORIGIN}")
        pdns.add_zone(f"sub.{ZONE}", "www 300 IN A 192.0.2.11")
        connection = {
            "server": f" {pdns.address} ",
            "port": pdns.port,
            "key_name": f"{pdns.key.name}.",
            "key_secret": pdns.key.secret,
            "key_algorithm": "HMAC-SHA256.",
        }
        names = [WWW, f"www.sub.{ZONE}", f"new.{ZONE}"]
        sets = [{"zone": ZONE, "name": name, "type": "A", "values": ["192.0.2.99"]} for name in names]
        asked = [{"zone": ZONE, "name": name, "type": "A"} for name in names]
        tasks = [
            {
                "hosting.websec.dns_record_sets_info": {"record_sets": asked, "on_error": "report", **connection},
                "register": "read",
            },
            {
                "hosting.websec.rfc2136_record_sets": {
                    "record_sets": sets,
                    "on_error": "report",
                    "wait_propagation": 0,
                    **connection,
                },
                "register": "changed",
            },
        ]
        run = run_tasks(tasks, keep=["read", "changed"])
        assert run.status == 0, run.output
        read, changed = (run.values[name]["record_sets"] for name in ("read", "changed"))
        assert [each["failed"] for each in read] == [False, True, False]
        assert [(each["failed"], each["changed"], each["values"]) for each in changed] == [
            (False, True, ["192.0.2.99"]),
            (True, False, []),
            (False, True, ["192.0.2.99"]),
        ]
        assert f"in the zone sub.{ZONE}, not in {ZONE}" in changed[1]["error"]["message"]
        assert pdns.values(f"www.sub.{ZONE}", "A") == ["192.0.2.11"]
