# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From options and site entries to sites, and from findings to lines."""

from __future__ import annotations

import ipaddress
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._preflight.entries import finding_lines, preflight_sites
from ansible_collections.hosting.websec.plugins.module_utils._preflight.findings import duration
from ansible_collections.hosting.websec.plugins.module_utils._preflight.policy import policy, policy_options
from ansible_collections.hosting.websec.plugins.module_utils._preflight.sites import parse_sites, place
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Defaults, prepare
from ansible_collections.hosting.websec.tests.unit.preflight.world import name


class TestPlace:
    def test_an_apex_has_www(self) -> None:
        (site,) = parse_sites([{"domain": "Customer.Example."}])
        placed = place(site, name("customer.example"))
        assert placed.apex
        assert placed.names == (name("customer.example"), name("www.customer.example"))
        assert placed.marker == name("_websec.customer.example")

    def test_a_subdomain_gets_a_cname(self) -> None:
        (site,) = parse_sites([{"domain": "shop.customer.example"}])
        assert place(site, name("customer.example")).names == (name("shop.customer.example"),)

    def test_labels_and_full_names(self) -> None:
        (site,) = parse_sites([{"domain": "customer.example", "aliases": ["shop", "m.customer.example", "shop"]}])
        placed = place(site, name("customer.example"))
        assert placed.cnames == (name("shop.customer.example"), name("m.customer.example"))

    def test_a_subdomain_that_is_treated_as_apex(self) -> None:
        (site,) = parse_sites([{"domain": "app.customer.example", "apex": True}])
        placed = place(site, name("customer.example"))
        assert placed.names == (name("app.customer.example"), name("www.app.customer.example"))


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"domain": "not a domain"}, "not a domain"),
        ({"domain": "customer.example", "zone": "-"}, "customer.example: '-'"),
        ({"domain": "customer.example", "aliases": ["http://x"]}, "customer.example: "),
        ({"domain": "customer.example", "waf_origin": "http://192.0.2.1/"}, "is not a origin"),
    ],
)
def test_wrong_sites_are_refused_with_their_name(entry: dict[str, t.Any], words: str) -> None:
    with pytest.raises(BadInputError) as caught:
        parse_sites([entry])
    assert words in caught.value.message


def options(**given: t.Any) -> dict[str, t.Any]:
    spec: ArgumentSpec = policy_options()
    return {**{name: option.get("default") for name, option in spec.options.items()}, **given}


def test_the_policy_of_the_defaults() -> None:
    rules = policy(options())
    assert rules.issuers == ("globalsign.com",)
    assert rules.is_cdn_name(name("123ab23.sitelockcdn.net"))
    assert rules.is_cdn_name(name("new-cname.sitelockdns.com"))
    assert not rules.is_cdn_name(name("notsitelockcdn.net"))
    assert not rules.is_cdn_address("192.0.2.1")


def test_options_of_the_policy() -> None:
    rules = policy(
        options(
            issuers=["CA.example"],
            cdn_addresses=["192.0.2.0/24", "2001:db8::1"],
            expected_servers=["ns1.example.", "192.0.2.53"],
        )
    )
    assert rules.issuers == ("ca.example",)
    assert rules.is_cdn_address("192.0.2.9")
    assert rules.is_cdn_address("2001:db8::1")
    assert rules.expected_servers == (name("ns1.example"), ipaddress.ip_address("192.0.2.53"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuers": []},
        {"verification_prefix": " "},
        {"cdn_addresses": ["192.0.2.300"]},
        {"max_ttl": -1},
        {"cdn_suffixes": ["a b"]},
        {"expected_servers": ["ns1.example:53"]},
    ],
)
def test_wrong_options_are_refused(wrong: dict[str, t.Any]) -> None:
    with pytest.raises(BadInputError):
        policy(options(**wrong))


class TestEntries:
    SITES: t.ClassVar[list[object]] = [
        {"domain": "customer.example", "site_id": 1, "zone": "customer.example", "waf_origin": "192.0.2.1"},
        {"domain": "shop.other.example", "site_id": 2, "ttl": 60, "subscription": "100"},
        {"domain": "gone.example", "site_id": 3, "state": "absent"},
        {"domain": "wrong", "site_id": 4},
    ]

    def test_only_sites_that_are_to_be_protected(self) -> None:
        assert preflight_sites(prepare(self.SITES, [], Defaults())) == [
            {
                "domain": "customer.example",
                "site_id": 1,
                "zone": "customer.example",
                "apex": True,
                "aliases": ["www.customer.example"],
                "waf_origin": "192.0.2.1",
            },
            {"domain": "shop.other.example", "site_id": 2},
        ]

    @pytest.mark.parametrize(
        ("keys", "ssl"),
        [
            ({}, None),
            ({"ssl": True}, True),
            ({"ssl": False}, False),
            ({"waf_force_ssl": True, "waf_origin": "192.0.2.1"}, True),
            ({"waf_skip_network_certificate": True}, False),
            ({"waf_skip_network_certificate": True, "ssl": True}, False),
        ],
    )
    def test_whether_a_certificate_is_needed(self, keys: dict[str, t.Any], ssl: bool | None) -> None:
        (site,) = preflight_sites(prepare([{"domain": "customer.example", "site_id": 1, **keys}], [], Defaults()))
        assert site.get("ssl") is ssl


def test_lines() -> None:
    finding = {"code": "ttl_high", "severity": "warns", "name": "x", "message": "It takes long.", "remedy": "Wait."}
    sites = [{"domain": "a.example", "findings": [finding]}, {"domain": "b.example", "findings": []}, {"domain": "c"}]
    assert finding_lines(sites) == ["a.example: warns (ttl_high): It takes long. Wait."]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (90, "90 seconds"),
        (5400, "90 minutes"),
        (3600, "1 hour"),
        (86400, "1 day"),
        (129600, "36 hours"),
        (9000, "2.5 hours"),
        (604800, "7 days"),
    ],
)
def test_durations(seconds: int, text: str) -> None:
    assert duration(seconds) == text
