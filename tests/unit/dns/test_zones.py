# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which zone a name lies in, at one server and by a resolver."""

from __future__ import annotations

import dns.name
import dns.resolver
import pytest

from ansible_collections.hosting.websec.plugins.module_utils._dns.names import parse_name
from ansible_collections.hosting.websec.plugins.module_utils._dns.zones import (
    Found,
    zone_results,
    zones_at_server,
    zones_of_the_internet,
)
from ansible_collections.hosting.websec.tests.unit.dns.model import Model, ModelClient


def zones() -> Model:
    return Model(
        customer_example=["www 60 CNAME other.example.net.", "a.www 60 CNAME b.sub.customer.example."],
        sub_customer_example=[],
        example_net=["other 60 A 192.0.2.1"],
    )


def found_at(model: Model, *texts: str) -> list[str]:
    names = [parse_name(text, "name") for text in texts]
    found = zones_at_server(ModelClient(model), names, 1)
    return [entry["zone"] or entry["error"]["kind"] for entry in zone_results(names, found)]


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("customer.example", "customer.example"),
        ("Shop.Customer.Example.", "customer.example"),
        ("x.y.sub.customer.example", "sub.customer.example"),
        ("www.customer.example", "customer.example"),
        ("a.www.customer.example", "customer.example"),
        ("customer.example.org", "not_found"),
        ("example", "not_found"),
    ],
)
def test_the_zone_of_a_name_is_the_closest_one_above_it(name: str, zone: str) -> None:
    assert found_at(zones(), name) == [zone]


def test_each_name_is_asked_for_once() -> None:
    model = zones()
    names = ["customer.example", "www.customer.example", "customer.example", "www.customer.example"]
    assert found_at(model, *names) == ["customer.example"] * 4
    assert sorted(model.queries) == ["customer.example SOA", "www.customer.example SOA"]


def test_a_name_without_zone_is_told_with_name_and_server() -> None:
    names = [parse_name("www.lost.example", "name")]
    (entry,) = zone_results(names, zones_at_server(ModelClient(zones()), names, 1))
    assert entry["failed"]
    assert "www.lost.example" in entry["error"]["message"]
    assert str(ModelClient.server) in entry["error"]["message"]


class Resolver(dns.resolver.Resolver):
    """A resolver that knows a model, and the zones of two registries above it."""

    def __init__(self, model: Model) -> None:
        super().__init__(configure=False)
        self._model = model

    def resolve(self, qname: dns.name.Name, *_args: object, **_options: object) -> dns.resolver.Answer:
        query = dns.message.make_query(qname, "SOA")
        response = self._model.answer(query)
        if response.rcode() == dns.rcode.NXDOMAIN:
            raise dns.resolver.NXDOMAIN(qnames=[qname], responses={qname: response})
        if response.rcode() != dns.rcode.NOERROR:
            raise dns.resolver.NoNameservers(request=query, errors=[])
        return dns.resolver.Answer(qname, dns.rdatatype.SOA, dns.rdataclass.IN, response)


def by_resolver(model: Model, name: str) -> str:
    parsed = parse_name(name, "name")
    found: Found = zones_of_the_internet([parsed], 2, 5, Resolver(model))
    (entry,) = zone_results([parsed], found)
    return str(entry["zone"] or entry["error"]["kind"])


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("customer.example", "customer.example"),
        ("www.customer.example", "customer.example"),
        ("nothing.here.customer.example", "customer.example"),
        ("not-registered.example", "not_found"),
        ("no-such-tld", "not_found"),
        ("broken.net", "unavailable"),
    ],
)
def test_a_resolver_finds_zones_too_but_not_those_of_the_registries(name: str, zone: str) -> None:
    model = zones()
    registry = Model(example=[])
    model.zones.update(registry.zones)
    root = dns.name.root
    model.zones[root] = {(root, rdtype): content for (_name, rdtype), content in registry.zones.popitem()[1].items()}
    del model.zones[dns.name.from_text("example.net")]
    if name == "broken.net":
        del model.zones[root]
    assert by_resolver(model, name) == zone
