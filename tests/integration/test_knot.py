# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of a site whose zone is served by Knot DNS instead of BIND."""

from __future__ import annotations

import collections.abc
import json
import pathlib

import pytest
from integration.bind_server import Key
from integration.knot_server import KnotServer
from integration.operator_of_passes import ORIGIN, Operator, rows
from integration.sandbox_server import SandboxServer

LINES = (
    "@ 3600 IN A 192.0.2.10",
    "@ 3600 IN AAAA 2001:db8::10",
    "www 86400 IN CNAME @",
    '@ 3600 IN TXT "v=spf1 mx -all"',
    "shop 3600 IN A 192.0.2.10",
)


@pytest.fixture
def knot(tmp_path: pathlib.Path) -> collections.abc.Iterator[KnotServer]:
    with KnotServer(tmp_path / "knot") as server:
        yield server


@pytest.fixture
def operator(knot: KnotServer, tmp_path: pathlib.Path) -> collections.abc.Iterator[Operator]:
    """With its own sandbox, which queries this server."""
    with SandboxServer(tmp_path / "sandbox", knot.port) as sandbox:
        yield Operator(sandbox, knot, tmp_path)


def test_one_life(operator: Operator, knot: KnotServer) -> None:
    zone, shop = "customer.example", "shop.customer.example"
    knot.add_zone(zone, *LINES)
    operator.customer(zone, 1, ssl=True, entry={"ttl": 1})
    operator.customer(shop, 2, ssl=True, subdomain=True, entry={"ttl": 1, "zone": zone})

    serial = knot.serial(zone)
    wrong = {**operator.connection, "key_secret": Key.new("websec").secret}
    for row in rows(operator.reconcile(dns_records_rfc2136=wrong)):
        assert row["error"]["hint"]
        assert not row["changed"]
    assert operator.sandbox.writes() == []
    assert knot.serial(zone) == serial

    for row in rows(operator.reconcile()):
        assert row["steps"] == ["provisionAddon", "publish TXT"]
    assert len(knot.values(zone, "TXT")) == 2
    assert knot.values(zone, "A") == [ORIGIN]
    first, second = rows(operator.reconcile())
    assert first["steps"] == ["change A/CNAME"]
    assert sorted(second["steps"]) == ["change A/CNAME", "remove TXT"]
    edge = knot.values(zone, "A")
    assert ORIGIN not in edge
    assert knot.values(zone, "AAAA") == []
    assert [len(knot.values(name, "CNAME")) for name in (f"www.{zone}", shop)] == [1, 1]
    assert [knot.values(shop, kind) for kind in ("A", "TXT")] == [[], []]
    saved = json.loads(str(operator.state_record(zone)).partition(" ")[2])["original"]
    assert saved[f"www.{zone}"] == {"CNAME": [86400, f"{zone}."]}

    knot.update(zone, lambda change: change.replace("@", 60, "A", "192.0.2.66"))
    first, second = rows(operator.reconcile())
    assert (first["steps"], second["state"], second["steps"]) == (["change A/CNAME"], "ready", [])
    assert knot.values(zone, "A") == edge

    for site in operator.sites:
        site["state"] = "absent"
    assert "restore A/CNAME" in rows(operator.reconcile())[0]["steps"]
    operator.later(seconds=2)
    for row in rows(operator.reconcile()):
        assert (row["steps"], row["state"], row["error"]) == (["deleteAddon"], "absent", None)
    assert (knot.values(zone, "A"), knot.values(zone, "AAAA")) == ([ORIGIN], ["2001:db8::10"])
    assert (knot.values(f"www.{zone}", "CNAME"), knot.ttl(f"www.{zone}", "CNAME")) == ([f"{zone}."], 86400)
    assert (knot.values(shop, "A"), knot.values(shop, "CNAME")) == ([ORIGIN], [])
    assert knot.values(zone, "TXT") == ['"v=spf1 mx -all"']
    assert [operator.state_record(domain) for domain in (zone, shop)] == [None, None]
    assert [operator.sandbox.purchases(number) for number in (1, 2)] == [["added", "deleted"]] * 2
