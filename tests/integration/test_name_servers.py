# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of three sites whose zone is served by Knot DNS or PowerDNS instead of BIND: order, cut-over, state record,
repetition and the way back, next to a wildcard, in signed and unsigned zones."""

from __future__ import annotations

import collections.abc
import json
import pathlib

import dns.dnssec
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rdatatype
import pytest
from integration.bind_server import BindServer, Key
from integration.knot_server import KnotServer
from integration.operator_of_passes import ORIGIN, Operator, rows
from integration.powerdns_server import PowerDnsServer
from integration.sandbox_server import SandboxServer
from unit.patience import PATIENCE

LINES = (
    "@ 3600 IN A 192.0.2.10",
    "@ 3600 IN AAAA 2001:db8::10",
    "www 86400 IN CNAME @",
    '@ 3600 IN TXT "v=spf1 mx -all"',
    "shop 3600 IN A 192.0.2.10",
    "* 3600 IN A 192.0.2.10",
)
SERVERS = {"Knot DNS": KnotServer, "PowerDNS": PowerDnsServer, "PowerDNS, signed": PowerDnsServer}


@pytest.fixture(params=["Knot DNS", "PowerDNS", "PowerDNS, signed"])
def server(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> collections.abc.Iterator[BindServer]:
    with SERVERS[request.param](tmp_path / "server") as started:
        if isinstance(started, PowerDnsServer):
            started.signed = request.param.endswith("signed")
        yield started


@pytest.fixture
def operator(server: BindServer, tmp_path: pathlib.Path) -> collections.abc.Iterator[Operator]:
    """With its own sandbox, which queries this server."""
    with SandboxServer(tmp_path / "sandbox", server.port) as sandbox:
        yield Operator(sandbox, server, tmp_path)


def check_signatures(server: BindServer, zone: str, *names: str) -> None:
    """In a signed zone, the records at these names have valid signatures."""
    if not getattr(server, "signed", False):
        return
    origin = dns.name.from_text(zone)
    keys = ask(server, zone, "DNSKEY")
    (dnskey,) = (each for each in keys if each.rdtype == dns.rdatatype.DNSKEY)
    checked = 0
    for name in names:
        answer = ask(server, name, "A")
        for rrset in answer:
            if rrset.rdtype == dns.rdatatype.RRSIG or not rrset.name.is_subdomain(origin):
                continue
            signatures = next(
                each
                for each in answer
                if each.rdtype == dns.rdatatype.RRSIG and each.name == rrset.name and each.covers == rrset.rdtype
            )
            dns.dnssec.validate(rrset, signatures, {origin: dnskey})
            checked += 1
    assert checked >= len(names)


def ask(server: BindServer, name: str, kind: str) -> list[dns.rrset.RRset]:
    query = dns.message.make_query(name, kind, want_dnssec=True)
    return list(dns.query.tcp(query, server.address, timeout=PATIENCE, port=server.port).answer)


def test_one_life(operator: Operator, server: BindServer) -> None:
    zone, shop, wild = "customer.example", "shop.customer.example", "wild.customer.example"
    server.add_zone(zone, *LINES)
    operator.customer(zone, 1, ssl=True, entry={"ttl": 1})
    operator.customer(shop, 2, ssl=True, subdomain=True, entry={"ttl": 1, "zone": zone})
    # It has no record: the wildcard answers.
    operator.customer(wild, 3, subdomain=True, entry={"ttl": 1, "zone": zone})
    check_signatures(server, zone, zone, shop, wild)

    serial = server.serial(zone)
    wrong = {**operator.connection, "key_secret": Key.new("websec").secret}
    for row in rows(operator.reconcile(dns_records_rfc2136=wrong)):
        assert row["error"]["hint"]
        assert not row["changed"]
    assert operator.sandbox.writes() == []
    assert server.serial(zone) == serial

    first, second, third = rows(operator.reconcile())
    assert [row["steps"] for row in (first, second)] == [["provisionAddon", "publish TXT"]] * 2
    assert third["steps"] == ["provisionAddon", "change A/CNAME"]
    assert len(server.values(zone, "TXT")) == 2
    assert server.values(zone, "A") == [ORIGIN]
    first, second, _third = rows(operator.reconcile())
    assert first["steps"] == ["change A/CNAME"]
    assert sorted(second["steps"]) == ["change A/CNAME", "remove TXT"]
    edge = server.values(zone, "A")
    assert ORIGIN not in edge
    assert server.values(zone, "AAAA") == []
    assert [len(server.values(name, "CNAME")) for name in (f"www.{zone}", shop, wild)] == [1, 1, 1]
    assert server.values(f"other.{zone}", "A") == [ORIGIN]
    check_signatures(server, zone, zone, f"other.{zone}")
    assert [server.values(shop, kind) for kind in ("A", "TXT")] == [[], []]
    saved = json.loads(str(operator.state_record(zone)).partition(" ")[2])["original"]
    assert saved[f"www.{zone}"] == {"CNAME": [86400, f"{zone}."]}

    server.update(zone, lambda change: change.replace("@", 60, "A", "192.0.2.66"))
    first, second, third = rows(operator.reconcile())
    assert (first["steps"], second["state"], second["steps"]) == (["change A/CNAME"], "ready", [])
    assert server.values(zone, "A") == edge
    serial = server.serial(zone)
    for row in rows(operator.reconcile()):
        assert (row["state"], row["steps"], row["changed"]) == ("ready", [], False)
    assert server.serial(zone) == serial

    for site in operator.sites:
        site["state"] = "absent"
    assert "restore A/CNAME" in rows(operator.reconcile())[0]["steps"]
    operator.later(seconds=2)
    for row in rows(operator.reconcile()):
        assert (row["steps"], row["state"], row["error"]) == (["deleteAddon"], "absent", None)
    assert (server.values(zone, "A"), server.values(zone, "AAAA")) == ([ORIGIN], ["2001:db8::10"])
    assert (server.values(f"www.{zone}", "CNAME"), server.ttl(f"www.{zone}", "CNAME")) == ([f"{zone}."], 86400)
    assert (server.values(shop, "A"), server.values(shop, "CNAME")) == ([ORIGIN], [])
    assert server.values(zone, "TXT") == ['"v=spf1 mx -all"']
    # A name that only the wildcard answered for has a record of its own, with what it answered (docs/safety.md).
    own = {name.to_text(omit_final_dot=True) for name in server.transfer(zone).nodes}
    assert (server.values(wild, "A"), server.values(wild, "CNAME"), wild in own) == ([ORIGIN], [], True)
    assert {name for name in own if name.startswith("_websec.")} == set()
    assert server.values(f"other.{zone}", "A") == [ORIGIN]
    check_signatures(server, zone, zone, shop, wild)
    assert [operator.state_record(domain) for domain in (zone, shop, wild)] == [None] * 3
    assert [operator.sandbox.purchases(number) for number in (1, 2, 3)] == [["added", "deleted"]] * 3
