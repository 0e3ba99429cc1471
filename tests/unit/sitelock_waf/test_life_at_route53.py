# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of a site whose zone is at Route 53, played by moto: the real pass, from the order to the clean-up.

C(RouteServer) answers DNS queries from the hosted zone, as the name servers of Route 53 do.
"""

from __future__ import annotations

import collections.abc
import typing as t

import dns.message
import dns.name
import dns.rdatatype
import pytest

from ansible_collections.hosting.websec.plugins.module_utils._dns import propagation, reading
from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import Endpoint
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import open_providers
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.dns import SiteDns
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.run import Pass, PassOptions
from ansible_collections.hosting.websec.tests.unit.dns.hosted_zone import (
    PROVIDER,
    SECRET,
    WWW,
    ZONE,
    Content,
    Zone,
    played_zone,
)
from ansible_collections.hosting.websec.tests.unit.dns.model import Model, ModelServer, zone_content
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import (
    CDN,
    CDN_NAME,
    MARK,
    NOON,
    ORIGIN,
    VALUE,
    Vendor,
    certificate,
    hours,
    site,
    verify,
)

Row = dict[str, t.Any]

DONE = certificate(True, True)
WWW_BEFORE: t.Mapping[str, dict[str, tuple[int, list[str]]]] = {
    "CNAME": {"CNAME": (86400, [f"{ZONE}."])},
    "addresses": {"A": (7200, ["192.0.2.11", "192.0.2.12"]), "AAAA": (600, ["2001:db8::11"])},
}
FOREIGN: Content = {
    (ZONE, "TXT"): (300, ['"google-site-verification=a; b"', '"v=spf1 mx; -all"']),
    (ZONE, "MX"): (3600, ["10 mx.customer.example."]),
    (f"mx.{ZONE}", "A"): (300, ["192.0.2.25"]),
    (f"_x.{ZONE}", "TXT"): (60, ['"a \\"foreign\\" text"']),
    (f"*.{ZONE}", "A"): (60, ["192.0.2.99"]),
}


class RouteServer(Model):
    """Serves the hosted zone, or its earlier content if it is ``behind``."""

    def __init__(self, zone: Zone) -> None:
        super().__init__(customer_example=())
        self._zone = zone

    def answer(self, message: dns.message.Message) -> dns.message.Message:
        self.zones[dns.name.from_text(ZONE)] = self.now()
        return super().answer(message)

    def stay_behind(self) -> None:
        self.behind = {dns.name.from_text(ZONE): self.now()}

    def now(self) -> t.Any:
        lines = [
            f"{name}. {ttl} {kind} {value}"
            for (name, kind), (ttl, values) in self._zone.content().items()
            for value in values
        ]
        return zone_content(ZONE, lines)


@pytest.fixture(name="zone")
def _zone(monkeypatch: pytest.MonkeyPatch) -> collections.abc.Iterator[Zone]:
    with played_zone(monkeypatch) as made:
        made.set("A", ORIGIN, name=ZONE)
        made.set("AAAA", "2001:db8::10", name=ZONE, ttl=1800)
        for (name, kind), (ttl, values) in FOREIGN.items():
            made.set(kind, *values, name=name, ttl=ttl)
        yield made


@pytest.fixture(name="served")
def _served(zone: Zone) -> collections.abc.Iterator[tuple[RouteServer, Endpoint]]:
    model = RouteServer(zone)
    with ModelServer(model) as server:
        yield model, server.endpoint


class Life:
    """The passes over one site.

    :param entry: how it stands in the site file.
    :param servers: for the check of propagation; none: the servers in the NS records.
    """

    def __init__(self, zone: Zone, servers: t.Sequence[Endpoint], entry: Row) -> None:
        self.zone = zone
        self.vendor = Vendor()
        self.wait = 5.0
        self.warnings: list[str] = []
        self._entry = entry
        self._provider = {**PROVIDER, "propagation_servers": [str(each) for each in servers]}

    def make(self, at: float, *, check_mode: bool = False, **entry: t.Any) -> Row:
        """The row of one pass, so many hours after noon."""
        options = PassOptions(check_mode=check_mode)
        given = [{**self._entry, **entry}]
        with open_providers({"providers": {"aws": self._provider}}, read_only=check_mode, concurrency=2) as providers:
            dns = SiteDns(providers, wait_propagation=self.wait, warn=self.warnings.append)
            one = Pass(given, options, api=t.cast("t.Any", self.vendor), dns=dns, clock=lambda: NOON + hours(at))
            one.run()
        (row,) = one.rows
        assert SECRET not in repr((row, one.diff, self.warnings))
        return row

    def stage(self, at: float, *steps: str, **entry: t.Any) -> None:
        """A pass that does ``steps``. A check-mode pass before it sends nothing, one after it finds nothing to do, and
        other records are unchanged."""
        if not any(step.endswith("Addon") for step in steps):  # the in-memory API has no check mode
            batches, before = self.zone.batches, self.zone.records()
            planned = self.make(at, check_mode=True, **entry)
            assert (planned["error"], planned["steps"]) == (None, list(steps))
            assert (self.zone.batches, self.zone.records()) == (batches, before)
        done = self.make(at, **entry)
        assert (done["error"], done["steps"]) == (None, list(steps))
        batches, after = self.zone.batches, self.zone.records()
        again = self.make(at, **entry)
        assert (again["error"], again["steps"], again["changed"]) == (None, [], False)
        assert (self.zone.batches, self.zone.records()) == (batches, after)
        self.see_foreign()
        assert self.warnings == []

    def see_foreign(self) -> None:
        there = self.zone.content()
        for (name, kind), (ttl, values) in FOREIGN.items():
            assert there[name, kind][0] == ttl
            assert [each for each in there[name, kind][1] if VALUE not in each] == values

    def at(self, name: str) -> dict[str, tuple[int, list[str]]]:
        """A, AAAA and CNAME."""
        there = self.zone.content()
        return {kind: there[name, kind] for kind in ("A", "AAAA", "CNAME") if (name, kind) in there}


@pytest.mark.parametrize("www", WWW_BEFORE)
def test_a_life(zone: Zone, served: tuple[RouteServer, Endpoint], www: str) -> None:
    _model, endpoint = served
    for kind, (ttl, values) in WWW_BEFORE[www].items():
        zone.set(kind, *values, name=WWW, ttl=ttl)
    before = zone.content()
    entry = site(dns_accept="best_effort", ssl=True, lower_ttl=120, zone=None if www == "CNAME" else ZONE)
    life = Life(zone, [endpoint], entry)
    vendor = life.vendor
    vendor.first_state = "pending-domain-validation"

    life.stage(0, "provisionAddon", "lower TTL")
    assert {ttl for types in (life.at(ZONE), life.at(WWW)) for ttl, _values in types.values()} == {120}
    vendor.put(1, "pending-domain-validation", dns_ssl_verify=verify())
    life.stage(1, "publish TXT")
    vendor.put(1, "pending-dns", dns_ssl_verify=verify(), ssl=DONE)
    life.stage(2, "change A/CNAME")
    routed = {ZONE: {"A": (300, sorted(CDN))}, WWW: {"CNAME": (300, [f"{CDN_NAME}."])}}
    assert {name: life.at(name) for name in (ZONE, WWW)} == routed
    assert len(zone.content()[MARK, "TXT"][1][0]) > 300
    vendor.put(1, "ready", ssl=DONE)
    life.stage(3)

    zone.set("A", "192.0.2.66", name=ZONE, ttl=60)
    zone.remove("CNAME", name=WWW)
    zone.set("A", "192.0.2.66", name=WWW, ttl=60)
    life.stage(4, "change A/CNAME")
    assert {name: life.at(name) for name in (ZONE, WWW)} == routed

    life.stage(5, "restore A/CNAME", "remove TXT", state="absent")
    assert {at: there for at, there in zone.content().items() if at != (MARK, "TXT")} == before
    life.stage(5.05, state="absent")
    assert vendor.deleted == {}
    life.stage(6, "deleteAddon", state="absent")
    assert (zone.content(), vendor.ordered, vendor.deleted) == (before, {1: 1}, {1: 1})
    life.stage(7, state="absent")


def test_without_anybody_who_accepts_it_the_site_is_refused(zone: Zone, served: tuple[RouteServer, Endpoint]) -> None:
    life = Life(zone, [served[1]], site())
    row = life.make(0)
    assert "dns_accept: best_effort" in row["error"]["hint"]
    assert (zone.batches, life.vendor.journal) == (len(FOREIGN) + 2, [])
    assert row["steps"] == []


def behind_the_cdn(zone: Zone, servers: t.Sequence[Endpoint], wait: float = 5) -> Life:
    zone.set("CNAME", f"{ZONE}.", name=WWW, ttl=86400)
    life = Life(zone, servers, site(dns_accept="best_effort"))
    life.wait = wait
    assert life.make(0)["steps"] == ["provisionAddon", "change A/CNAME"]
    life.vendor.put(1, "ready")
    return life


def test_a_server_that_stays_behind_keeps_the_service(
    zone: Zone, served: tuple[RouteServer, Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SECONDS_FOR_ALL_SERVERS", 0.1)
    model, endpoint = served
    life = behind_the_cdn(zone, [endpoint])
    life.wait = 0.1
    model.stay_behind()
    assert life.make(1, state="absent")["steps"] == ["restore A/CNAME"]
    row = life.make(3, state="absent")
    assert (row["steps"], life.vendor.deleted) == ([], {})
    assert "every authoritative name server" in row["waiting_for"]
    model.behind = {}
    assert life.make(28, state="absent")["steps"] == ["deleteAddon"]


def test_without_servers_that_can_be_asked_the_service_stays(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of moto's servers have no address."""
    monkeypatch.setattr(propagation, "_system_addresses", lambda _host, _timeout: [])
    monkeypatch.setattr(reading, "SECONDS_FOR_ALL_SERVERS", 0.1)
    life = behind_the_cdn(zone, [], wait=0.1)
    assert life.make(1, state="absent")["steps"] == ["restore A/CNAME"]
    row = life.make(3, state="absent")
    assert (row["steps"], life.vendor.deleted) == ([], {})
    assert "every authoritative name server" in row["waiting_for"]
    assert "propagation_servers" in row["notes"][-1]
    assert "has no address" in life.warnings[0]
