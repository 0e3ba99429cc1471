# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses and names of the CDN in any form that a server may send, and in any number."""

from __future__ import annotations

import datetime
import ipaddress
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._addresses import NetworkSet, parse_network
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.observations import observe
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact import firewall
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.contract import Contract, Site
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.reader import Responses
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method


class Client:
    """Has an answer for each method."""

    def __init__(self, **answers: dict[str, t.Any]) -> None:
        self._answers = answers

    def exchange(self, _method: Method, _parameters: t.Any) -> HttpResponse:
        return HttpResponse(200, "text/xml", b"<SiteLockOnlineResponse/>")

    def read(self, _answer: HttpResponse, method: Method, _parameters: t.Any) -> dict[str, t.Any]:
        return self._answers[method.name]


def outcome(name: str, **answers: dict[str, t.Any]) -> str:
    """What the row says."""
    seen = Responses(t.cast("t.Any", Client(**answers)), Contract((Site(1),)), datetime.date(2026, 11, 29))
    [row] = observe([each for each in firewall.OBSERVATIONS if each.id == name], seen)
    return row.reason or row.outcome


def listed(*entries: str, kind: str = "waf") -> dict[str, t.Any]:
    return {"active": {"class": [{"@type": kind, "ip": list(entries)}]}}


@pytest.mark.parametrize(
    ("networks", "addresses", "word"),
    [
        (["192.0.2.0/24"], "192.0.2.7", "yes"),
        (["192.0.2.0/24"], "192.0.2.7,198.51.100.1", "mixed"),
        (["192.0.2.0/24"], "198.51.100.1", "no"),
        (["192.0.2.0/24"], "::ffff:192.0.2.7", "yes"),
        (["2001:db8::/48"], "2001:db8::1", "yes"),
        (["2001:db8::/48"], "192.0.2.1", "no"),
        (["192.0.2.1-192.0.2.9"], "192.0.2.7", "yes"),
        (["192.0.2.0/24"], "garbage, fe80::1%eth0, 010.0.0.1", "nothing_there"),
        (["see the dashboard"], "192.0.2.7", "nothing_there"),
        # Such a list says nothing.
        (["0.0.0.0/0"], "192.0.2.7", "bad_response"),
    ],
)
def test_whether_the_addresses_are_listed(networks: list[str], addresses: str, word: str) -> None:
    seen = outcome("cdn_addresses", getSiteLockIPs=listed(*networks), getAnpProvisioningStatus={"dns_new_a": addresses})
    assert seen == word


def test_many_addresses_are_looked_up_in_many_networks() -> None:
    """One by one many thousands would take hours, and no time limit ends what is no call."""
    networks = [f"10.{number >> 8}.{number & 255}.0/25" for number in range(10_000)]
    addresses = ",".join(f"10.{number >> 8}.{number & 255}.1" for number in range(10_000))
    status = {"dns_new_a": addresses}
    assert outcome("cdn_addresses", getSiteLockIPs=listed(*networks), getAnpProvisioningStatus=status) == "yes"


@pytest.mark.parametrize(
    ("names", "word"),
    [
        ("ab12.sitelockcdn.net", "known"),
        ("AB12.SiteLockCDN.net.", "known"),
        ("sitelockdns.com", "known"),
        ("evilsitelockcdn.net", "other"),
        ("sitelockcdn.net.evil.example", "other"),
        ("ab12.sitelockcdn.net,xn--bcher-kva.example", "other"),
        ("bücher.example", "other"),
        ("ab12.sitelocKcdn.net..", "other"),
        (",".join(["a.sitelockcdn.net"] * 10_000), "known"),
        (" , ", "nothing_there"),
        ({"#text": "a.sitelockcdn.net", "@type": "b.example"}, "known"),
    ],
)
def test_which_names_are_known(names: t.Any, word: str) -> None:
    assert outcome("cdn_domain", getAnpProvisioningStatus={"dns_new_cname": names}) == word


@pytest.mark.parametrize(
    ("entries", "allowed", "word"),
    [
        (["192.0.2.0/24"], ["192.0.2.0/24"], "yes"),
        (["192.0.2.0/24"], ["192.0.2.0-192.0.2.255"], "yes"),
        (["192.0.2.0/24"], ["192.0.2.128/25", "192.0.2.0/25"], "yes"),
        (["192.0.2.1"], ["192.0.2.0/24"], "yes"),
        (["192.0.2.0/24"], ["192.0.2.1"], "no"),
        (["192.0.2.0/24"], [], "no"),
    ],
)
def test_scanners_are_compared_by_their_addresses(entries: list[str], allowed: list[str], word: str) -> None:
    answers = {"getSiteLockIPs": listed(*entries, kind="scan"), "getWafIPWhitelist": {"ips": {"ip": allowed}}}
    assert outcome("allow_list_scanners", **answers) == word
    assert outcome("allow_list_scanners", **{**answers, "getSiteLockIPs": listed(*entries)}) == "nothing_there"


@pytest.mark.parametrize(
    ("entries", "word"),
    [
        (["192.0.2.1"], "no"),
        (["192.0.2.1", "192.0.2.0/31"], "yes"),
        (["192.0.2.1-192.0.2.4"], "yes"),
        (["192.0.2.1", "updated 2026-11-29", "http/https"], "no"),
    ],
)
def test_only_networks_are_ranges(entries: list[str], word: str) -> None:
    assert outcome("address_ranges", getSiteLockIPs=listed(*entries)) == word


networks = st.sampled_from(
    [f"192.0.2.{start}/{bits}" for start in (0, 4, 8, 12) for bits in (29, 30, 31, 32)] + ["2001:db8::/64"]
).map(parse_network)


@given(st.lists(networks), networks)
def test_a_network_is_in_a_set_if_all_of_its_addresses_are(given_: list[t.Any], wanted: t.Any) -> None:
    if wanted.version == 6:
        assert (wanted in NetworkSet(given_)) == (wanted in given_)
        return
    every = {address for each in given_ if isinstance(each, ipaddress.IPv4Network) for address in each}
    assert (wanted in NetworkSet(given_)) == every.issuperset(wanted)
