# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each finding about the records of a site, in a zone with its cause, and in one without it."""

from __future__ import annotations

import ipaddress
import typing as t

import dns.rcode
import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import AuthError, TimedOutError
from ansible_collections.hosting.websec.tests.unit.dns.model import Model, ModelClient
from ansible_collections.hosting.websec.tests.unit.preflight.world import (
    DELEGATED,
    UNREACHABLE,
    Public,
    codes,
    finding,
    look,
)

SITE = {"domain": "customer.example", "site_id": 7, "waf_origin": "192.0.2.10"}
SHOP = {"domain": "shop.customer.example", "zone": "customer.example", "waf_origin": "192.0.2.10"}
CLEAN = ("@ 300 A 192.0.2.10", "www 300 CNAME customer.example.", "@ 3600 TXT v=spf1", "@ 3600 MX 10 mail.example.")


def zone(*lines: str) -> Model:
    return Model(customer_example=lines or CLEAN)


def test_a_site_in_order_has_no_findings() -> None:
    (entry,) = look(zone(), SITE)
    assert entry == {
        "domain": "customer.example",
        "site_id": 7,
        "zone": "customer.example",
        "findings": [],
        "blocks": [],
        "warns": [],
        "blocked": False,
        "failed": False,
        "error": None,
        "deferred": False,
        "deferred_reason": None,
        "changed": False,
    }


def test_results_keep_the_order_of_the_sites() -> None:
    model = Model(customer_example=CLEAN, other_example=CLEAN)
    sites = [{"domain": f"{label}.customer.example", "site_id": number} for number, label in enumerate("cab", 1)]
    entries = look(model, *sites, {"domain": "missing.invalid"}, {"domain": "other.example"})
    assert [entry["domain"].split(".")[0] for entry in entries] == ["c", "a", "b", "missing", "other"]
    assert [entry["site_id"] for entry in entries[:3]] == [1, 2, 3]


def test_blocks_come_first() -> None:
    (entry,) = look(zone("@ 86400 A 192.0.2.10", "@ 300 AAAA 2001:db8::1", "www 300 MX 10 mail.example."), SITE)
    assert [each["severity"] for each in entry["findings"]] == ["blocks", "warns", "warns"]
    assert entry["blocks"] == ["data_beside_cname"]
    assert entry["warns"] == ["aaaa_present", "ttl_high"]
    assert entry["blocked"]


class TestZone:
    def test_no_zone_for_the_domain(self) -> None:
        (entry,) = look(zone(), {"domain": "customer.invalid"})
        assert codes(entry) == {"zone_not_found": "customer.invalid"}
        assert (entry["blocked"], entry["failed"], entry["zone"]) == (True, False, None)

    def test_the_zone_that_was_given_is_none(self) -> None:
        (entry,) = look(zone(), {"domain": "a.shop.customer.example", "zone": "shop.customer.example"})
        assert codes(entry) == {"zone_not_found": "shop.customer.example"}
        assert "Give customer.example as zone" in finding(entry, "zone_not_found")["remedy"]

    def test_a_zone_that_this_server_does_not_have(self) -> None:
        (entry,) = look(zone(), {"domain": "other.example", "zone": "other.example"})
        assert codes(entry) == {"zone_not_found": "other.example"}

    def test_names_in_other_zones(self) -> None:
        aliases = ["www", "www.other.example", "customer.example"]
        (entry,) = look(zone(), {**SITE, "aliases": aliases})
        assert codes(entry) == {"outside_zone": "www.other.example", "cname_at_apex": "customer.example"}
        (entry,) = look(zone(), {"domain": "other.example", "zone": "customer.example"})
        assert codes(entry) == {"outside_zone": "other.example"}

    def test_an_alias_in_a_zone_of_its_own_at_the_same_server(self) -> None:
        model = Model(customer_example=CLEAN, www_customer_example=["@ 300 A 192.0.2.10"])
        (entry,) = look(model, SITE)
        assert codes(entry) == {"outside_zone": "www.customer.example"}

    def test_a_name_below_a_zone_of_its_own(self) -> None:
        records = ["a 300 A 192.0.2.10", "a 300 AAAA 2001:db8::1", 'a 300 CAA 0 iodef "x"']
        model = Model(customer_example=CLEAN, b_customer_example=records)
        (entry,) = look(model, {**SITE, "aliases": ["a.b.customer.example"]})
        assert codes(entry) == {"outside_zone": "a.b.customer.example"}

    def test_two_sites_with_one_name(self) -> None:
        third = {"domain": "blog.customer.example", "waf_origin": "192.0.2.1"}
        entries = look(zone(), SITE, {**SHOP, "aliases": ["www.customer.example"]}, third)
        assert [codes(entry) for entry in entries] == [
            {"name_shared": "www.customer.example"},
            {"name_shared": "www.customer.example"},
            {},
        ]

    def test_the_same_site_twice(self) -> None:
        assert all(entry["blocks"] == ["name_shared"] for entry in look(zone(), SITE, SITE))


class TestApex:
    def test_cname_where_the_a_records_go(self) -> None:
        (entry,) = look(zone("shop 300 CNAME shops.example.net."), {**SHOP, "apex": True, "aliases": []})
        assert codes(entry) == {"cname_at_apex": "shop.customer.example"}

    def test_no_cname_is_asked_for_at_the_zone(self) -> None:
        (entry,) = look(zone(), {**SITE, "apex": False})
        assert codes(entry) == {"cname_at_apex": "customer.example"}

    def test_a_wildcard_cname_is_not_at_the_apex(self) -> None:
        site = {**SHOP, "apex": True, "aliases": []}
        (entry,) = look(zone("* 300 CNAME parked.example.net."), site)
        assert codes(entry) == {}


class TestOtherData:
    @pytest.mark.parametrize(
        ("line", "type_name"),
        [
            ("www 300 MX 10 mail.example.", "MX"),
            ("www 300 TXT hello", "TXT"),
            ("www 300 SRV 0 0 443 web.example.", "SRV"),
            ('www 300 CAA 0 issue "globalsign.com"', "CAA"),
            ("www 300 HINFO unusual type", "HINFO"),
        ],
    )
    def test_a_cname_cannot_stand_beside_it(self, line: str, type_name: str) -> None:
        (entry,) = look(zone("@ 300 A 192.0.2.10", "www 300 A 192.0.2.10", line), SITE)
        assert codes(entry) == {"data_beside_cname": "www.customer.example"}
        assert f"has {type_name} records" in finding(entry, "data_beside_cname")["message"]

    @pytest.mark.parametrize("how", [{"probe_updates": False}, {"check_mode": True}])
    def test_without_updates_the_usual_types_are_asked_for(self, how: dict[str, bool]) -> None:
        model = zone("@ 300 A 192.0.2.10", "www 300 MX 10 mail.example.", "www 300 SRV 0 0 443 web.example.")
        (entry,) = look(model, SITE, **how)
        assert "MX and SRV records" in finding(entry, "data_beside_cname")["message"]
        assert model.updates == 0

    @pytest.mark.parametrize("how", [{}, {"probe_updates": False}])
    def test_what_a_wildcard_answers_is_not_there(self, how: dict[str, bool]) -> None:
        lines = ["* 300 MX 10 mail.example.", "* 300 A 192.0.2.99", "* 300 CAA 0 iodef x", "* 300 TXT parked"]
        (entry,) = look(zone("@ 300 A 192.0.2.10", *lines), SITE, SHOP, **how)[:1]
        assert codes(entry) == {}
        (_site, shop) = look(zone("@ 300 A 192.0.2.10", *lines), SITE, SHOP, **how)
        assert codes(shop) == {}

    def test_what_says_the_same_as_a_wildcard_is_there(self) -> None:
        lines = ["* 300 MX 10 mail.example.", "www 300 MX 10 mail.example."]
        (entry,) = look(zone("@ 300 A 192.0.2.10", *lines), SITE)
        assert codes(entry) == {"data_beside_cname": "www.customer.example"}

    def test_a_verification_value_goes_before_the_cname_comes(self) -> None:
        (entry,) = look(zone("shop 300 TXT globalsign-domain-verification=old"), SHOP)
        assert codes(entry) == {"verification_stale": "shop.customer.example"}
        (entry,) = look(zone("shop 300 TXT globalsign-domain-verification=old", "shop 300 TXT v=spf1"), SHOP)
        assert entry["blocks"] == ["data_beside_cname"]


class TestVerification:
    def test_an_older_value_of_the_same_authority(self) -> None:
        model = zone(*CLEAN, "@ 300 TXT globalsign-domain-verification=old", "@ 300 TXT other-domain-verification=1")
        (entry,) = look(model, SITE)
        found = finding(entry, "verification_stale")
        assert (found["severity"], found["name"]) == ("warns", "customer.example")
        assert "globalsign-domain-verification=old" in found["message"]
        assert "other-domain" not in found["message"]
        assert codes(look(model, SITE, verification_prefix="_ca=")[0]) == {}

    @pytest.mark.parametrize(("ssl", "severity"), [(True, "blocks"), (None, "warns"), (False, None)])
    def test_no_place_for_the_value_beside_a_cname(self, ssl: bool | None, severity: str | None) -> None:
        public = Public({**DELEGATED, "shops.example.net CAA": []})
        (entry,) = look(zone("shop 300 CNAME shops.example.net."), {**SHOP, "ssl": ssl}, public=public)
        assert [each["severity"] for each in entry["findings"]] == ([severity] if severity else [])
        assert set(codes(entry)) == ({"txt_beside_cname"} if severity else set())

    def test_a_site_that_is_routed_has_its_cname(self) -> None:
        model = zone("shop 300 CNAME x.sitelockcdn.net.")
        assert codes(look(model, {**SHOP, "ssl": True})[0]) == {}


class TestMarker:
    def test_ours_stays(self) -> None:
        (entry,) = look(zone(*CLEAN, '_websec 300 TXT "v=websec1 {\\"site\\":7}"'), SITE)
        assert codes(entry) == {}

    @pytest.mark.parametrize("line", ["TXT something", "TXT v=websec2", "CNAME elsewhere.example."])
    def test_something_else(self, line: str) -> None:
        (entry,) = look(zone(*CLEAN, f"_websec 300 {line}"), SITE)
        assert codes(entry) == {"marker_foreign": "_websec.customer.example"}
        assert entry["blocked"]

    @pytest.mark.parametrize("line", ["* 300 TXT parked", "* 300 CNAME parked.example."])
    def test_a_wildcard_is_not_there(self, line: str) -> None:
        assert codes(look(zone(*CLEAN, line), SITE)[0]) == {}

    def test_it_stands_below_the_domain_of_the_site(self) -> None:
        (entry,) = look(zone("shop 300 A 192.0.2.1", "_websec.shop 300 TXT x"), SHOP)
        assert codes(entry) == {"marker_foreign": "_websec.shop.customer.example"}


class TestAddresses:
    def test_ipv6_by_passes_the_firewall(self) -> None:
        model = zone("@ 300 A 192.0.2.1", "@ 300 AAAA 2001:db8::1", "www 300 AAAA 2001:db8::2")
        (entry,) = look(model, SITE)
        names = [each["name"] for each in entry["findings"] if each["code"] == "aaaa_present"]
        assert names == ["customer.example", "www.customer.example"]
        assert not entry["blocked"]
        assert "2001:db8::1" in finding_at(entry, "customer.example")

    def test_the_longest_ttl_is_named_in_hours(self) -> None:
        model = zone("@ 7200 A 192.0.2.1", "www 129600 CNAME customer.example.")
        found = finding(look(model, SITE)[0], "ttl_high")
        assert found["name"] == "www.customer.example"
        assert "36 hours" in found["message"]
        assert codes(look(model, SITE, max_ttl=129600)[0]) == {}

    def test_no_origin_and_no_address(self) -> None:
        site = {"domain": "customer.example"}
        assert codes(look(zone("@ 300 TXT x"), site)[0]) == {"origin_unknown": "customer.example"}
        assert codes(look(zone(), site)[0]) == {}


def finding_at(entry: dict[str, list[dict[str, str]]], name: str) -> str:
    (message,) = [each["message"] for each in entry["findings"] if each["name"] == name]
    return message


class TestUpdates:
    def test_a_refusal_blocks(self) -> None:
        model = zone()
        model.update_rcode = dns.rcode.REFUSED
        (entry,) = look(model, SITE)
        found = finding(entry, "updates_refused")
        assert (found["severity"], found["name"]) == ("blocks", "customer.example")
        assert "DNSSEC" not in found["message"]

    def test_in_a_signed_zone_the_message_says_so(self) -> None:
        model = zone(*CLEAN, "@ 300 DNSKEY 257 3 13 aaaa")
        model.update_rcode = dns.rcode.REFUSED
        assert "signed with DNSSEC" in finding(look(model, SITE)[0], "updates_refused")["message"]
        model.update_rcode = dns.rcode.NOERROR
        assert codes(look(model, SITE)[0]) == {}

    def test_a_refusal_does_not_hide_the_rest(self) -> None:
        model = zone("@ 300 A 192.0.2.10", "www 300 MX 10 mail.example.")
        model.update_rcode = dns.rcode.NOTAUTH
        assert look(model, SITE)[0]["blocks"] == ["updates_refused", "data_beside_cname"]

    def test_a_key_that_may_read_only(self) -> None:
        class ReadOnlyKey(ModelClient):
            def update(self, message: object) -> object:
                raise AuthError("The server does not know the key.", code="BADKEY")

        (entry,) = look(zone(), SITE, client=ReadOnlyKey(zone()))
        assert codes(entry) == {"updates_refused": "customer.example"}
        assert not entry["failed"]

    def test_a_server_that_goes_away_is_an_error_of_the_site(self) -> None:
        class Gone(ModelClient):
            def update(self, message: object) -> object:
                raise TimedOutError("No answer.")

        (entry,) = look(zone(), SITE, client=Gone(zone()))
        assert (entry["failed"], entry["blocked"], entry["findings"]) == (True, True, [])
        assert entry["error"]["kind"] == "timeout"
        assert entry["error"]["domain"] == "customer.example"

    def test_a_zone_that_the_key_may_not_read_does_not_stop_the_others(self) -> None:
        class KeyOfSomeZones(ModelClient):
            def ask(self, keys: t.Any) -> t.Any:
                if any(name.to_text().endswith("other.example.") for name, _rdtype in keys):
                    raise AuthError("The server does not know the key.", code="BADKEY")
                return super().ask(keys)

        model = Model(customer_example=CLEAN, other_example=CLEAN)
        entries = look(model, SITE, {"domain": "other.example"}, client=KeyOfSomeZones(model))
        assert [entry["failed"] for entry in entries] == [False, True]
        assert entries[1]["error"]["code"] == "BADKEY"

    def test_check_mode_says_what_it_did_not_ask(self) -> None:
        model = zone()
        (entry,) = look(model, SITE, check_mode=True)
        assert codes(entry) == {"not_checked": "customer.example"}
        assert not entry["blocked"]
        assert model.updates == 0

    def test_what_nobody_wants_to_know_is_not_asked(self) -> None:
        model = zone()
        assert codes(look(model, SITE, probe_updates=False)[0]) == {}
        assert model.updates == 0


class TestQuestions:
    def test_as_many_as_documented(self) -> None:
        model = zone("@ 300 A 192.0.2.10", "www 300 A 192.0.2.10")
        look(model, SITE)
        assert sorted(model.queries) == sorted(
            [
                "customer.example SOA",
                "customer.example NS",
                *(f"customer.example {kind}" for kind in ("A", "AAAA", "TXT", "CAA")),
                *(f"www.customer.example {kind}" for kind in ("A", "AAAA", "CAA")),
                "_websec.customer.example TXT",
            ]
        )
        assert model.updates == 1

    def test_a_site_without_certificate_takes_fewer(self) -> None:
        model, public = zone(), Public(DELEGATED)
        look(model, {**SITE, "ssl": False}, public=public)
        assert not any(" CAA" in query for query in model.queries)
        assert public.asked == {"customer.example NS"}


class TestAuthority:
    def test_records_of_the_zone(self) -> None:
        (entry,) = look(zone(*CLEAN, '@ 300 CAA 0 issue "letsencrypt.org"'), SITE)
        assert codes(entry) == {"caa_forbids": "customer.example"}
        assert codes(look(zone(*CLEAN, '@ 300 CAA 0 issue "GlobalSign.com"'), SITE)[0]) == {}

    def test_a_name_below_the_zone_is_asked_before_the_zone(self) -> None:
        lines = ('@ 300 CAA 0 issue "letsencrypt.org"', 'b 300 CAA 0 issue "globalsign.com"', "a.b 300 A 192.0.2.1")
        (entry,) = look(zone(*lines), {**SHOP, "domain": "a.b.customer.example"})
        assert codes(entry) == {}

    def test_records_above_the_zone(self) -> None:
        public = Public({**DELEGATED, "example CAA": ['0 issue ";"']})
        (entry,) = look(zone(), SITE, public=public)
        assert codes(entry) == {"caa_forbids": "example"}
        (entry,) = look(zone(*CLEAN, '@ 300 CAA 0 issue "globalsign.com"'), SITE, public=public)
        assert codes(entry) == {}

    def test_behind_a_cname_the_target_counts(self) -> None:
        model = zone("@ 300 A 192.0.2.10", "www 300 CNAME shops.example.net.")
        public = Public({**DELEGATED, "shops.example.net CAA": ['0 issue "letsencrypt.org"']})
        assert codes(look(model, SITE, public=public)[0]) == {"caa_forbids": "www.customer.example"}
        public = Public({**DELEGATED, "shops.example.net CNAME": ["a.example."], "a.example CAA": ['0 issue ";"']})
        assert codes(look(model, SITE, public=public)[0]) == {"caa_forbids": "www.customer.example"}
        public = Public({**DELEGATED, "shops.example.net CAA": UNREACHABLE})
        assert codes(look(model, SITE, public=public)[0]) == {"not_checked": "www.customer.example"}

    def test_the_names_of_the_cdn_are_its_own_business(self) -> None:
        model = zone("@ 300 A 192.0.2.10", "www 300 CNAME x.sitelockcdn.net.")
        public = Public({**DELEGATED, "x.sitelockcdn.net CAA": ['0 issue ";"']})
        assert codes(look(model, SITE, public=public)[0]) == {}


class TestOrigin:
    def of(
        self, origin: str, *lines: str, public: dict[str, list[str]] | None = None, **rules: object
    ) -> dict[str, str]:
        model = zone("@ 300 A 192.0.2.10", "www 300 A 192.0.2.10", *lines)
        site = {**SITE, "waf_origin": origin}
        return codes(look(model, site, public=Public({**DELEGATED, **(public or {})}), **rules)[0])

    def test_names_in_the_zone(self) -> None:
        origin = "www-origin.customer.example"
        assert self.of(origin) == {"origin_not_found": origin}
        assert self.of(origin, "www-origin 300 A 192.0.2.10") == {}
        assert self.of(origin, "www-origin 300 AAAA 2001:db8::1") == {}
        assert self.of(origin, "www-origin 300 CNAME www.customer.example.") == {"origin_loop": origin}
        assert self.of(origin, "www-origin 300 CNAME a.sitelockdns.com.") == {"origin_loop": origin}
        elsewhere = "www-origin 300 CNAME web.example.net."
        assert self.of(origin, elsewhere) == {"origin_not_found": origin}
        assert self.of(origin, elsewhere, public={"web.example.net A": ["192.0.2.1"]}) == {}

    def test_names_outside_the_zone(self) -> None:
        origin = "web.example.net"
        assert self.of(origin) == {"origin_not_found": origin}
        assert self.of(origin, public={f"{origin} A": ["192.0.2.1"]}) == {}
        back = {f"{origin} CNAME": ["customer.example."], "customer.example A": ["192.0.2.1"]}
        assert self.of(origin, public=back) == {"origin_loop": origin}

    @pytest.mark.parametrize("origin", ["customer.example", "www.customer.example", "x.sitelockcdn.net"])
    def test_names_that_lead_to_the_cdn(self, origin: str) -> None:
        assert self.of(origin) == {"origin_loop": origin}

    def test_addresses_of_the_cdn(self) -> None:
        networks = {"cdn_networks": policy_networks("203.0.113.0/24")}
        assert self.of("203.0.113.9", **networks) == {"origin_loop": "customer.example"}
        assert self.of("192.0.2.10", **networks) == {}
        public = {"web.example.net A": ["203.0.113.9"]}
        assert self.of("web.example.net", public=public, **networks) == {"origin_loop": "web.example.net"}

    @pytest.mark.parametrize("origin", ["203.0.113.9", "web.example.net"])
    def test_the_public_address_of_a_site_that_is_routed(self, origin: str) -> None:
        model = zone("@ 300 A 203.0.113.9", "www 300 CNAME x.sitelockcdn.net.")
        sets = {**DELEGATED, "x.sitelockcdn.net A": ["203.0.113.9"], "web.example.net A": ["203.0.113.9"]}
        (entry,) = look(model, {**SITE, "waf_origin": origin}, public=Public(sets))
        assert set(codes(entry)) == {"origin_loop"}

    def test_the_address_of_a_site_that_is_not_routed_is_its_origin(self) -> None:
        assert self.of("192.0.2.10") == {}

    def test_a_resolver_that_is_away(self) -> None:
        site = {**SITE, "waf_origin": "web.example.net"}
        (entry,) = look(zone(), site, public=Public(missing=UNREACHABLE))
        assert set(codes(entry)) == {"not_checked"}
        whats = [each["message"].split(" was not")[0] for each in entry["findings"]]
        assert whats == [
            "Whether customer.example is delegated to ns1.customer.example",
            "Whether the CAA records at example allow globalsign.com",
            "Whether the origin web.example.net resolves",
        ]
        assert {each["remedy"] for each in entry["findings"]} == {"Bring it back."}
        assert not entry["blocked"]


def policy_networks(*texts: str) -> tuple[object, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)
