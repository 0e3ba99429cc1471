# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The queried servers, and when a zone counts as served everywhere."""

from __future__ import annotations

import typing as t

import dns.name
import dns.rdatatype
import pytest

from ansible_collections.hosting.websec.plugins.module_utils._dns import propagation
from ansible_collections.hosting.websec.plugins.module_utils._dns.client import DnsClient
from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import Endpoint
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import ServerSettings
from ansible_collections.hosting.websec.plugins.module_utils._dns.propagation import (
    NameServer,
    ServerLookup,
    name_servers,
    wait_until_served,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import Key, RecordSet, parse_value
from ansible_collections.hosting.websec.tests.unit.dns.model import Model, ModelServer
from ansible_collections.hosting.websec.tests.unit.stuck_resolver import resolver

ZONE = dns.name.from_text("customer.example")
WWW: Key = (dns.name.from_text("www.customer.example"), dns.rdatatype.A)


def addresses(*values: str, ttl: int = 300) -> RecordSet:
    return RecordSet(ttl, tuple(parse_value(dns.rdatatype.A, value) for value in values))


def lag(expected: RecordSet | None, *servers: ModelServer | Endpoint, seconds: float = 0.5) -> dict[str, str]:
    """The servers that lag behind in the zone, by the name C(0), C(1) ... of their place in ``servers``."""
    asked = [
        NameServer(str(number), server if isinstance(server, Endpoint) else server.endpoint)
        for number, server in enumerate(servers)
    ]
    found = wait_until_served({ZONE: {WWW: expected}}, {ZONE: asked}, seconds=seconds, concurrency=4)
    return {server.name: problem for server, problem in found[ZONE].items()}


def test_all_servers_have_to_serve_the_same() -> None:
    new, old = Model(customer_example=["www 300 A 192.0.2.2"]), Model(customer_example=["www 300 A 192.0.2.1"])
    with ModelServer(new) as first, ModelServer(old) as second:
        assert lag(addresses("192.0.2.2"), first) == {}
        assert list(lag(addresses("192.0.2.2"), first, second)) == ["1"]
        assert "www.customer.example A" in lag(addresses("192.0.2.2"), first, second)["1"]


@pytest.mark.parametrize(
    ("served", "expected", "there"),
    [
        ("www 300 A 192.0.2.1", None, False),
        ("other 300 A 192.0.2.1", None, True),
        ("other 300 A 192.0.2.1", addresses("192.0.2.1"), False),
        ("www 3600 A 192.0.2.1", addresses("192.0.2.1", ttl=300), False),
        ("www 20 A 192.0.2.1", addresses("192.0.2.1", ttl=300), True),
        ("www 300 CNAME cdn.example.net.", addresses("192.0.2.1"), False),
    ],
)
def test_a_set_is_served_when_values_fit_and_the_ttl_is_not_higher(
    served: str, expected: RecordSet | None, there: bool
) -> None:
    with ModelServer(Model(customer_example=[served])) as server:
        assert (lag(expected, server, seconds=0.1) == {}) == there


class Clock:
    """Time that passes only in pauses. ``at_pause`` is called in each of them."""

    def __init__(self, at_pause: t.Callable[[], None] = lambda: None) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []
        self._at_pause = at_pause

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds
        self._at_pause()


def test_a_server_that_follows_in_time_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model(customer_example=["www 300 A 192.0.2.1"])

    def follow_at_the_third() -> None:
        if len(clock.pauses) == 3:
            model.set("customer.example", "www", "A", "192.0.2.2", ttl=300)

    clock = Clock(follow_at_the_third)
    monkeypatch.setattr(propagation, "time", clock)
    with ModelServer(model) as server:
        assert lag(addresses("192.0.2.2"), server, seconds=20) == {}
    assert clock.pauses == [0.3, 0.6, 1.2]


def test_servers_that_are_down_silent_or_refuse_are_told_apart_and_end_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(propagation, "time", clock)
    model = Model(customer_example=["www 300 A 192.0.2.2"])
    with ModelServer(model) as gone:
        closed = gone.endpoint
    with ModelServer(model, silent=True) as silent, ModelServer(Model(other_example=[])) as refuses:
        problems = lag(addresses("192.0.2.2"), closed, silent, refuses, seconds=0.5)
    assert sum(clock.pauses) == pytest.approx(0.5)
    assert "refused" in problems["0"]
    assert "No response" in problems["1"]
    assert "refuses queries" in problems["2"]


def test_a_server_without_an_address_lags_behind() -> None:
    asked = [NameServer("ns1.customer.example", None)]
    found = wait_until_served({ZONE: {WWW: None}}, {ZONE: asked}, seconds=0.1, concurrency=1)
    assert [str(server) for server in found[ZONE]] == ["ns1.customer.example (no address)"]


def test_the_servers_are_those_of_the_zone_with_the_port_of_ours() -> None:
    model = Model(customer_example=["@ 3600 NS ns2.customer.example.", "ns2 3600 A 127.0.0.2"], lost_example=[])
    with ModelServer(model) as server, DnsClient(ServerSettings(server.endpoint, None, 5)) as client:
        found = name_servers(ServerLookup(client), [ZONE, dns.name.from_text("nowhere.example")], 2)
    assert found == {
        ZONE: [
            NameServer("ns1.customer.example", server.endpoint),
            NameServer("ns2.customer.example", Endpoint("127.0.0.2", 53)),
        ],
        dns.name.from_text("nowhere.example"): [],
    }


def test_a_name_server_whose_name_is_not_resolved_has_no_address() -> None:
    model = Model(customer_example=["@ 3600 NS ns.invalid."])
    with (
        resolver(stuck="ns.invalid") as names,
        ModelServer(model) as server,
        DnsClient(ServerSettings(server.endpoint, None, 0.5)) as client,
    ):
        found = name_servers(ServerLookup(client), [ZONE], 2)
        assert "ns.invalid" in names.asked
        assert "ns.invalid" not in names.answered
    assert NameServer("ns.invalid", None) in found[ZONE]
