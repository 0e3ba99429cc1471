# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Onboarding and removal of sites with live traffic. The sandbox plays SiteLock, and the zones are real."""

from __future__ import annotations

import collections.abc
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import typing as t

import pytest
from integration.bind_server import BindServer, Key, free_port
from integration.operator_of_passes import ORIGIN, Operator, rows
from integration.playbook import Run
from integration.sandbox_server import SandboxServer
from unit.patience import PATIENCE

NewZone = collections.abc.Callable[..., str]

APEX = (
    "@ 3600 IN A 192.0.2.10",
    "@ 3600 IN AAAA 2001:db8::10",
    "www 86400 IN CNAME @",
)
SPF = "v=spf1 mx -all"


@pytest.fixture
def operator(sandbox: SandboxServer, bind: BindServer, tmp_path: pathlib.Path) -> Operator:
    return Operator(sandbox, bind, tmp_path)


def by_site(run: Run) -> dict[int, dict[str, t.Any]]:
    return {row["site_id"]: row for row in rows(run)}


def kill(passing: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(passing.pid, signal.SIGKILL)
    passing.wait(timeout=PATIENCE)


def is_as_before(bind: BindServer, zone: str) -> bool:
    return (bind.values(zone, "A"), bind.values(zone, "AAAA"), bind.values(f"www.{zone}", "CNAME")) == (
        [ORIGIN],
        ["2001:db8::10"],
        [f"{zone}."],
    ) and (bind.ttl(zone, "A"), bind.ttl(f"www.{zone}", "CNAME")) == (3600, 86400)


def test_cut_over_rotation_origins_drift_and_offboarding(
    operator: Operator, bind: BindServer, new_zone: NewZone
) -> None:
    plain, given, slow, lost, broken, waits, moves, named = (
        new_zone(*APEX, f'@ 3600 IN TXT "{SPF}"') for _number in range(8)
    )
    operator.sandbox.post("settings", {"validation_delay": 90 * 86400})
    restore = {"@": {"A": ["192.0.2.99"], "ttl": 60}, "www": {"CNAME": f"{given}."}}
    operator.customer(plain, 1, entry={"ttl": 1})
    operator.customer(given, 2, entry={"ttl": 1, "restore": restore})
    operator.customer(slow, 3, entry={"ttl": 3600})
    operator.customer(lost, 4, entry={"ttl": 1})
    operator.customer(broken, 5, entry={"ttl": 1})
    operator.customer(waits, 6, ssl=True)
    operator.customer(moves, 7, entry={"waf_origin": ORIGIN})
    operator.customer(named, 8, entry={"waf_origin": ORIGIN, "origin_name": "www-origin"})

    first = by_site(operator.reconcile())
    assert {row["steps"][-1] for number, row in first.items() if number != 6} == {"change A/CNAME"}
    assert first[6]["steps"] == ["provisionAddon", "publish TXT"]
    assert first[8]["steps"] == ["change origin", "provisionAddon", "change A/CNAME"]
    assert bind.values(f"www-origin.{named}", "A") == [ORIGIN]
    assert bind.values(waits, "A") == [ORIGIN]
    edge = bind.values(plain, "A")
    assert len(edge) == 2
    assert ORIGIN not in edge
    assert bind.values(plain, "AAAA") == []
    assert bind.ttl(f"www.{plain}", "CNAME") == 1
    state_record = str(operator.state_record(plain))
    assert state_record.startswith("v=websec1 ")
    saved = json.loads(state_record.partition(" ")[2])
    assert saved["site"] == 1
    assert saved["original"] == {
        plain: {"A": [3600, ORIGIN], "AAAA": [3600, "2001:db8::10"]},
        f"www.{plain}": {"CNAME": [86400, f"{plain}."]},
    }

    # Now SiteLock detects the records, and its responses are short.
    txt, public = set(bind.values(waits, "TXT")), [bind.values(zone, "A") for zone in (moves, named)]
    operator.later(hours=31 * 24)
    operator.sites[6]["waf_origin"] = operator.sites[7]["waf_origin"] = "192.0.2.20"
    operator.sandbox.calls()
    second = by_site(operator.reconcile())
    assert operator.state_record(plain) == state_record
    assert [second[number]["steps"] for number in (1, 6, 7, 8)] == [
        [],
        ["publish TXT"],
        ["setWafOrigin"],
        ["change origin"],
    ]
    assert txt & set(bind.values(waits, "TXT")) == {f'"{SPF}"'}
    assert len(bind.values(waits, "TXT")) == 2
    assert bind.values(f"www-origin.{named}", "A") == ["192.0.2.20"]
    assert [bind.values(zone, "A") for zone in (moves, named)] == public
    assert operator.sandbox.writes() == ["setWafOrigin"]

    bind.update(plain, lambda change: change.replace("@", 60, "A", "192.0.2.66"))
    bind.update(plain, lambda change: change.add("@", 60, "AAAA", "2001:db8::66"))
    bind.update(lost, lambda change: change.delete("_websec"))
    bind.update(broken, lambda change: change.replace("_websec", 60, "TXT", '"v=websec1 {oops"'))
    serials = [bind.serial(zone) for zone in (plain, given, slow)]
    checked = by_site(operator.reconcile("--check"))
    assert (checked[1]["state"], checked[1]["steps"], checked[1]["changed"]) == ("ready", ["change A/CNAME"], True)
    assert [checked[number]["changed"] for number in (2, 3, 6, 7, 8)] == [False] * 5
    assert [bind.serial(zone) for zone in (plain, given, slow)] == serials
    repaired = by_site(operator.reconcile())
    assert repaired[1]["steps"] == ["change A/CNAME"]
    assert (bind.values(plain, "A"), bind.values(plain, "AAAA")) == (edge, [])
    assert f"_websec.{broken}" in repaired[5]["error"]["message"]

    del operator.sites[5:]
    for site in operator.sites:
        site["state"] = "absent"
    operator.sandbox.calls()
    restored = by_site(operator.reconcile())
    assert [restored[number]["steps"] for number in (1, 2, 3)] == [["restore A/CNAME"]] * 3
    assert "what was saved at the cut-over" in restored[1]["notes"][0]
    assert "restore of the entry" in restored[2]["notes"][0]
    assert "then a pass deletes the service" in restored[1]["waiting_for"]
    assert "the original DNS records are unknown" in restored[4]["error"]["message"]
    assert "restore" in restored[4]["error"]["hint"]
    assert restored[5]["error"]["kind"] == "bad_input"
    assert operator.sandbox.writes() == []
    assert is_as_before(bind, plain)
    assert is_as_before(bind, slow)
    assert (bind.values(given, "A"), bind.values(given, "AAAA"), bind.ttl(given, "A")) == (["192.0.2.99"], [], 60)

    operator.later(seconds=2)
    ended = by_site(operator.reconcile())
    assert [ended[number]["steps"] for number in (1, 2, 3)] == [["deleteAddon"], ["deleteAddon"], []]
    assert [ended[number]["state"] for number in (1, 2)] == ["absent", "absent"]
    assert [operator.state_record(zone) is None for zone in (plain, given, slow)] == [True, True, False]
    assert is_as_before(bind, plain)
    assert bind.values(plain, "TXT") == [f'"{SPF}"']

    serials = [bind.serial(zone) for zone in (plain, given, slow, lost, broken)]
    last = by_site(operator.reconcile())
    assert [last[number]["changed"] for number in (1, 2, 3, 4, 5)] == [False] * 5
    assert [bind.serial(zone) for zone in (plain, given, slow, lost, broken)] == serials
    ledger = [operator.sandbox.purchases(number) for number in (1, 2, 3, 4, 5)]
    assert ledger == [["added", "deleted"], ["added", "deleted"], ["added"], ["added"], ["added"]]


@pytest.mark.all_only
def test_a_pass_that_is_killed(operator: Operator, bind: BindServer, new_zone: NewZone) -> None:
    zone = new_zone(*APEX)
    operator.customer(zone, 1, entry={"ttl": 1})
    operator.sandbox.fault("slow", api="sitelock", method="provisionAddon", seconds=30)
    passing = operator.begin("order")
    operator.wait_for(1, "added")
    kill(passing)
    assert is_as_before(bind, zone)
    (row,) = rows(operator.reconcile())
    assert (row["steps"], row["error"]) == (["change A/CNAME"], None)

    operator.sites[0]["state"] = "absent"
    # A minute ago, because the following pass uses the clock of this machine.
    operator.ahead = -60
    (row,) = rows(operator.reconcile())
    assert row["steps"] == ["restore A/CNAME"]
    operator.ahead = 0
    operator.sandbox.fault("slow", api="sitelock", method="deleteAddon", seconds=30)
    passing = operator.begin("delete")
    operator.wait_for(1, "deleted")
    kill(passing)
    assert operator.state_record(zone) is not None
    (row,) = rows(operator.reconcile())
    assert (row["state"], row["error"]) == ("absent", None)
    assert operator.state_record(zone) is None
    assert is_as_before(bind, zone)
    assert operator.sandbox.purchases(1) == ["added", "deleted"]


@pytest.mark.all_only
def test_two_passes_at_the_same_time(operator: Operator, bind: BindServer, new_zone: NewZone) -> None:
    zone = new_zone(*APEX)
    operator.customer(zone, 1)
    operator.sandbox.fault("slow", api="sitelock", method="provisionAddon", seconds=5)
    first = operator.begin("first")
    operator.wait_for(1, "added")
    second = operator.begin("second")
    assert (first.wait(timeout=PATIENCE), second.wait(timeout=PATIENCE)) == (0, 0), operator.output("first")
    assert operator.sandbox.purchases(1) == ["added"]
    saved = json.loads(str(operator.state_record(zone)).partition(" ")[2])
    assert saved["original"][zone]["A"] == [3600, ORIGIN]
    (row,) = rows(operator.reconcile())
    assert (row["state"], row["changed"], row["error"]) == ("ready", False, None)


def test_a_wrong_key_and_a_server_that_is_down(operator: Operator, bind: BindServer, new_zone: NewZone) -> None:
    fresh, ends = new_zone(*APEX), new_zone(*APEX)
    operator.customer(ends, 2)
    operator.reconcile()
    operator.customer(fresh, 1)
    operator.sites[0]["state"] = "absent"
    serials = [bind.serial(zone) for zone in (fresh, ends)]
    operator.sandbox.calls()
    wrong = Key.new(bind.key.name)
    cases = [
        ({"key_secret": wrong.secret}, {"auth", "not_allowed"}),
        ({"port": free_port(), "timeout": 2}, {"unavailable", "timeout"}),
    ]
    for change, kinds in cases:
        report = by_site(operator.reconcile(dns_records_rfc2136={**operator.connection, **change}))
        for number in (1, 2):
            error = report[number]["error"]
            assert error["kind"] in kinds, error
            assert error["hint"]
            assert wrong.secret not in str(report)
            assert not report[number]["changed"]
    assert operator.sandbox.writes() == []
    assert [bind.serial(zone) for zone in (fresh, ends)] == serials
    assert operator.sandbox.purchases(1) == []


def test_long_waits_are_reported(operator: Operator, bind: BindServer, new_zone: NewZone) -> None:
    validated, retried, ready = (new_zone(*APEX) for _number in range(3))
    operator.sandbox.post("settings", {"validation_delay": 10 * 86400})
    operator.customer(validated, 1, ssl=True)
    operator.customer(retried, 2, retry={"attempts": 60})
    operator.customer(ready, 3)
    operator.ahead = -(12 * 86400 + 60)
    first = by_site(operator.reconcile())
    assert not any("36 hours" in note or "12 days" in note for row in first.values() for note in row["notes"])
    operator.ahead = 0
    report = by_site(operator.reconcile())
    assert "more than 36 hours" in " ".join(report[1]["notes"])
    assert "gives up after 12 days" in " ".join(report[2]["notes"])
    assert report[1]["since"] == first[1]["since"]
    assert (report[3]["state"], report[3]["notes"]) == ("ready", [])
