# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan that a person approves: only what is in it is sent, and only while the world is as it was."""

from __future__ import annotations

import collections.abc
import json
import pathlib
import stat
import typing as t

import pytest
from integration.bind_server import BindServer
from integration.in_process import run_tasks
from integration.operator_of_passes import ORIGIN, Operator, rows
from integration.sandbox_server import SandboxServer

NewZone = collections.abc.Callable[..., str]
Data = dict[str, t.Any]
ZONE = (f"@ 3600 IN A {ORIGIN}", "www 86400 IN CNAME @")


@pytest.fixture
def operator(sandbox: SandboxServer, bind: BindServer, tmp_path: pathlib.Path) -> Operator:
    return Operator(sandbox, bind, tmp_path)


class Approver:
    """Makes plans of passes, and lets them run."""

    def __init__(self, operator: Operator, folder: pathlib.Path) -> None:
        self._operator = operator
        self.path = folder / "plan.json"

    def plan(self) -> list[tuple[str, str]]:
        """Subject and method of each action."""
        run = self._operator.reconcile("--check", sitelock_waf_plan_file=str(self.path))
        assert run.status == 0, run.output
        return sorted((action["subject"], action["method"]) for action in self.actions())

    def actions(self) -> list[Data]:
        return t.cast("list[Data]", json.loads(self.path.read_text())["actions"])

    def run(self, *arguments: str, **variables: t.Any) -> dict[int, Data]:
        """The rows of a pass with the plan, by the number of the site."""
        run = self._operator.reconcile(*arguments, sitelock_waf_approved_plan=str(self.path), **variables)
        assert run.values["sitelock_waf_report"] is not None, run.output
        return {row["site_id"]: row for row in rows(run)}


@pytest.fixture
def approver(operator: Operator, tmp_path: pathlib.Path) -> Approver:
    return Approver(operator, tmp_path)


def test_each_step_of_a_site_waits_for_its_plan(
    operator: Operator, approver: Approver, bind: BindServer, new_zone: NewZone
) -> None:
    domain = new_zone(*ZONE)
    operator.customer(domain, 1, entry={"ttl": 1})
    operator.sandbox.post("fleet", {"plans": [{"id": "200", "price": "19.90"}]})

    assert approver.plan() == [(domain, "provisionAddon")]
    assert operator.sandbox.writes() == []
    assert stat.S_IMODE(approver.path.stat().st_mode) == 0o600
    (order,) = approver.actions()
    assert order["arguments"] == {"site_id": 1, "subscription": "200", "waf_dns_manager": "partner"}
    assert (order["price"], order["rests_on"]) == ("19.90", {"state": "absent"})

    # What the order makes possible is not in the plan.
    row = approver.run()[1]
    assert (row["steps"], row["error"]) == (["provisionAddon"], None)
    assert row["waiting_for"].startswith("approval: DNS ")
    assert (bind.values(domain, "A"), bind.values(f"_websec.{domain}", "TXT")) == ([ORIGIN], [])
    row = approver.run()[1]
    assert (row["steps"], row["changed"]) == ([], False)

    assert approver.plan() == sorted([(domain, "DNS A"), (f"www.{domain}", "DNS CNAME")])
    row = approver.run()[1]
    assert (row["steps"], row["error"]) == (["change A/CNAME"], None)
    assert ORIGIN not in bind.values(domain, "A")
    assert bind.values(f"_websec.{domain}", "TXT") != []
    operator.later(hours=6)
    row = approver.run()[1]
    assert (row["state"], row["waiting_for"], row["error"]) == ("ready", None, None)
    assert operator.sandbox.purchases(1) == ["added"]

    # The end begins in one pass, and is made in a later one.
    operator.sites[0]["state"] = "absent"
    approver.plan()
    assert approver.run()[1]["steps"] == ["restore A/CNAME"]
    operator.later(hours=48)
    row = approver.run()[1]
    assert (row["error"], row["steps"]) == (None, [])
    assert row["waiting_for"].startswith("approval: deleteAddon ")
    assert approver.plan() == [(domain, "deleteAddon")]
    assert approver.run()[1]["steps"][0] == "deleteAddon"
    assert operator.sandbox.purchases(1) == ["added", "deleted"]


def test_what_changed_since_the_plan_is_not_sent(
    operator: Operator, approver: Approver, bind: BindServer, new_zone: NewZone
) -> None:
    zones = {number: new_zone(*ZONE) for number in range(1, 9)}
    for number, zone in zones.items():
        ordered = {"addon": {"subscription": "200", "state": "pending-dns" if number in (3, 4) else "ready"}}
        wanted = {"waf_dns_manager": "customer", **({"subscription": "100"} if number in (5, 6) else {})}
        operator.customer(zone, number, entry=wanted, **({} if number in (1, 2, 8) else ordered))
    prices = {"100": "5.00", "200": "9.00", "300": "1.00"}
    operator.sandbox.post("fleet", {"plans": [{"id": plan, "price": price} for plan, price in prices.items()]})
    planned = approver.plan()
    assert {(zones[number], "provisionAddon") for number in (1, 2, 8)} <= set(planned)
    assert {(zones[number], "modifyAddon") for number in (5, 6)} <= set(planned)
    assert {(zones[number], "DNS A") for number in (3, 4)} <= set(planned)

    # 1 and 3 stay as they were. Somebody else orders the firewall of 2 and changes the plan of 5, and the address of 4
    # is changed by hand. The plan that 6 should get costs more now, and 8 is gone.
    def elsewhere(number: int, subscription: str) -> Data:
        options = {"site_id": number, "subscription": subscription, **operator.api}
        return {"hosting.websec.sitelock_waf_addon": options}

    done = run_tasks([elsewhere(2, "100"), elsewhere(5, "300")])
    assert done.status == 0, done.output
    operator.sandbox.post("fleet", {"plans": [{"id": "100", "price": "7.00"}]})
    bind.update(zones[4], lambda update: update.replace(f"{zones[4]}.", 60, "A", "192.0.2.77"))
    operator.sandbox.calls()

    row = approver.run()
    sent = {number: row[number]["steps"] for number in zones if row[number]["steps"]}
    assert sent == {1: ["provisionAddon"], 3: ["change A/CNAME"], 8: ["provisionAddon"]}
    assert f"modifyAddon of {zones[2]} is not in the approved plan" in row[2]["waiting_for"]
    assert f"DNS A of {zones[4]} is in the approved plan, but old ttl was 3600" in row[4]["waiting_for"]
    assert 'old values was ["192.0.2.10"], and is ["192.0.2.77"]' in row[4]["waiting_for"]
    assert "subscription was 200, and is 300" in row[5]["waiting_for"]
    assert "price was 5.00, and is 7.00" in row[6]["waiting_for"]
    assert bind.values(zones[4], "A") == ["192.0.2.77"]
    assert sorted(operator.sandbox.writes()) == ["provisionAddon"] * 2


def test_a_site_below_a_wildcard(operator: Operator, approver: Approver, bind: BindServer, new_zone: NewZone) -> None:
    zone = new_zone(f"@ 3600 IN A {ORIGIN}", f"* 3600 IN A {ORIGIN}")
    domain = f"shop.{zone}"
    ordered = {"addon": {"subscription": "200", "state": "pending-dns"}}
    operator.customer(domain, 1, entry={"zone": zone, "waf_dns_manager": "customer"}, **ordered)
    assert approver.plan() == [(domain, "DNS CNAME")]
    row = approver.run()[1]
    assert (row["steps"], row["error"]) == (["change A/CNAME"], None)
    assert ORIGIN not in bind.values(domain, "A")
    assert bind.values(f"other.{zone}", "A") == [ORIGIN]
