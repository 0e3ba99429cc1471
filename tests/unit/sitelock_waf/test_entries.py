# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The site file: completion and validation of its entries."""

from __future__ import annotations

import datetime
import json
import pathlib
import typing as t

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.hosting.websec.plugins.filter.waf_sites import waf_sites
from ansible_collections.hosting.websec.plugins.module_utils._report.table import error_lines
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addons import addon_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addons import desired_addon as desired_by_module
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import desired_addon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.keys import KEYS
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import ORIGIN, WWW, ZONE, entry, refusal


def told(kind: str, message: str, hint: str) -> dict[str, t.Any]:
    """An error from a preceding task."""
    return {"kind": kind, "code": None, "message": message, "hint": hint}


class Tagged(str):
    """Text as a playbook has it in newer versions of Ansible: a subclass."""

    __slots__ = ()


class TestCompleted:
    def test_the_smallest_entry(self) -> None:
        (site,) = waf_sites([{"domain": "Customer.Example.", "site_id": "42"}])
        assert site["error"] is None
        assert (site["domain"], site["site_id"], site["state"]) == (ZONE, 42, "present")
        assert (site["waf_dns_manager"], site["ttl"], site["lower_ttl"]) == ("partner", 300, None)
        assert site["cleanup_verification"] is False
        assert site["names"] == []

    def test_defaults_and_what_the_entry_says(self) -> None:
        sites = waf_sites(
            [{"domain": "a.example", "site_id": 1}, {"domain": "b.example", "site_id": 2, "ttl": 60, "lower_ttl": 30}],
            waf_dns_manager="customer",
            ttl=600,
            lower_ttl=120,
            cleanup_verification=True,
        )
        assert [(site["ttl"], site["lower_ttl"]) for site in sites] == [(600, 120), (60, 30)]
        assert {site["waf_dns_manager"] for site in sites} == {"customer"}
        assert all(site["cleanup_verification"] is True for site in sites)

    def test_an_apex_has_www(self) -> None:
        site = entry()
        assert (site["apex"], site["names"]) == (True, [ZONE, WWW])

    def test_a_subdomain_has_no_alias(self) -> None:
        site = entry(domain=f"shop.{ZONE}")
        assert (site["apex"], site["names"]) == (False, [f"shop.{ZONE}"])

    def test_aliases_as_labels_and_as_names(self) -> None:
        assert entry(aliases=["Shop", f"m.{ZONE}."])["names"] == [ZONE, f"shop.{ZONE}", f"m.{ZONE}"]
        assert entry(aliases=[])["names"] == [ZONE]

    def test_zones_that_were_looked_up(self) -> None:
        zones = [
            {"name": f"shop.{ZONE}", "zone": ZONE, "error": None},
            {"name": "lost.example", "zone": None, "error": told("not_found", "No server has it.", "")},
            {"name": "down.example", "zone": None, "error": told("timeout", "No answer.", "Check the server.")},
        ]
        sites = waf_sites(
            [
                {"domain": f"shop.{ZONE}", "site_id": 1},
                {"domain": "lost.example", "site_id": 2},
                {"domain": "down.example", "site_id": 3},
            ],
            zones=zones,
        )
        assert (sites[0]["zone"], sites[0]["apex"]) == (ZONE, False)
        error = t.cast("dict[str, t.Any]", sites[1]["error"])
        assert error["kind"] == "not_found"
        assert "the zone was not found. No server has it." in error["message"]
        assert "Set zone in the entry" in error["hint"]
        down = t.cast("dict[str, t.Any]", sites[2]["error"])
        assert (down["kind"], down["hint"]) == ("timeout", "Check the server.")
        assert "the zone lookup failed. No answer." in down["message"]

    def test_an_origin_with_a_name_of_its_own(self) -> None:
        site = entry(origin_name="www-origin", waf_origin=ORIGIN)
        assert site["origin_name"] == f"www-origin.{ZONE}"
        assert site["origin_addresses"] == {"A": [ORIGIN], "AAAA": []}
        assert desired_addon(site).waf_origin == f"www-origin.{ZONE}"
        assert entry(origin_name="o", waf_origin="2001:DB8::0")["origin_addresses"] == {"A": [], "AAAA": ["2001:db8::"]}

    def test_restore(self) -> None:
        restore = {"@": {"A": ORIGIN, "AAAA": ["2001:db8::1"], "ttl": 60}, "www": {"CNAME": f"{ZONE}."}}
        assert entry(restore=restore)["restore"] == {
            ZONE: {"A": {"ttl": 60, "values": [ORIGIN]}, "AAAA": {"ttl": 60, "values": ["2001:db8::1"]}},
            WWW: {"CNAME": {"ttl": 3600, "values": [f"{ZONE}."]}},
        }
        assert entry(restore={WWW: {}})["restore"] == {WWW: {}}

    def test_it_is_plain_data(self) -> None:
        # It becomes a variable of the play.
        site = entry(restore={"@": {"A": ORIGIN}, "www": {}}, origin_name="o", waf_origin=ORIGIN)
        assert json.loads(json.dumps(site)) == site

    def test_tagged_text_becomes_plain(self) -> None:
        site = entry(domain=Tagged(ZONE), subscription=Tagged("200"), aliases=[Tagged("shop")], state=Tagged("present"))
        assert (
            type(site["domain"]) is type(site["subscription"]) is type(site["names"][1]) is type(site["state"]) is str
        )

    def test_values_of_yaml(self) -> None:
        site = entry(subscription=200, renewal_date=datetime.date(2027, 1, 31))
        assert (site["subscription"], site["renewal_date"]) == ("200", "2027-01-31")

    def test_a_site_that_ends_needs_no_origin(self) -> None:
        assert entry(state="absent", waf_force_ssl=True)["error"] is None

    def test_a_provider_of_its_own(self) -> None:
        site = entry(dns=Tagged(" customers "), dns_accept="best_effort")
        assert (site["dns"], site["dns_accept"]) == ("customers", "best_effort")
        assert type(site["dns"]) is str
        assert (entry()["dns"], entry()["dns_accept"]) == (None, None)

    def test_a_key_without_value_is_as_if_it_was_not_there(self) -> None:
        assert entry(state=None, aliases=None, ttl=None) == entry()


BAD: list[tuple[dict[str, t.Any], str]] = [
    ({"dns": 5}, "dns is 5; it must be a text"),
    ({"dns_accept": True}, "dns_accept is True; it must be best_effort"),
    ({"domain": ""}, "no domain"),
    ({"domain": None}, "no domain"),
    ({"domain": "not a domain"}, "is not a domain name"),
    ({"domain": "*.customer.example"}, "is not a domain name"),
    ({"site_id": None}, "no site_id"),
    ({"site_id": "abc"}, "site_id is 'abc'"),
    ({"site_id": 0}, "site_id is 0"),
    ({"site_id": -5}, "site_id is -5"),
    ({"site_id": True}, "site_id is True"),
    ({"site_id": "\u00b2"}, "site_id is"),
    ({"account_id": "x"}, "account_id is 'x'"),
    ({"ttl": "5m"}, "ttl is '5m'"),
    ({"ttl": 2**31}, "ttl is 2147483648"),
    ({"lower_ttl": -1}, "lower_ttl is -1"),
    ({"state": "gone"}, "state is 'gone'; it must be present or absent"),
    ({"waf_dns_manager": "me"}, "waf_dns_manager is 'me'"),
    ({"waf_force_ssl": "yes"}, "waf_force_ssl is 'yes'; it must be true or false"),
    ({"waf_force_ssl": True}, "waf_force_ssl requires waf_origin"),
    ({"apex": "no"}, "apex is 'no'"),
    ({"apex": False}, "apex is false"),
    ({"ssl": 1}, "ssl is 1"),
    ({"cleanup_verification": "on"}, "cleanup_verification is 'on'"),
    ({"renewal_date": "31.1.2027"}, "renewal_date is '31.1.2027'"),
    ({"renewal_date": "2027-02-30"}, "renewal_date is '2027-02-30'"),
    ({"subscription": " "}, "subscription is empty"),
    ({"waf_origin": "not an origin"}, "waf_origin is 'not an origin'"),
    ({"waf_origin": "192.0.2.300"}, "waf_origin is '192.0.2.300'"),
    ({"zone": "other.example"}, "is not in the zone other.example"),
    ({"aliases": "www"}, "aliases is 'www'; it must be a list"),
    ({"aliases": ["www.other.example"]}, "www.other.example is not in the zone"),
    ({"aliases": ["a b"]}, "is not a domain name"),
    ({"aliases": [None]}, "alias"),
    ({"domain": f"shop.{ZONE}", "aliases": [ZONE]}, "is the apex of the zone"),
    ({"origin_name": "www", "waf_origin": ORIGIN}, "origin_name is www.customer.example, which is a name of the site"),
    ({"origin_name": "@", "waf_origin": ORIGIN}, "which is a name of the site itself"),
    ({"origin_name": "o.other.example", "waf_origin": ORIGIN}, "is not in the zone"),
    ({"origin_name": "o"}, "waf_origin must be the IP address"),
    ({"origin_name": "o", "waf_origin": "host.example"}, "waf_origin must be the IP address"),
    ({"restore": [ORIGIN]}, "restore must be a mapping"),
    ({"restore": {"shop": {"A": ORIGIN}}}, "restore has the name shop.customer.example"),
    ({"restore": {"@": ORIGIN}}, "must be a mapping with A, AAAA or CNAME"),
    ({"restore": {"@": {"MX": "mail"}}}, "unknown keys MX; known are A, AAAA, CNAME and ttl"),
    ({"restore": {"@": {"A": "2001:db8::1"}}}, "which is not a value of type A"),
    ({"restore": {"@": {"A": 5}}}, "restore of customer.example"),
    ({"restore": {"@": {"A": {"x": 1}}}}, "restore of customer.example"),
    ({"restore": {"@": {"AAAA": [ORIGIN]}}}, "which is not a value of type AAAA"),
    ({"restore": {"@": {"A": [ORIGIN], "ttl": "hour"}}}, "ttl in restore of customer.example"),
    ({"restore": {"@": {"A": [ORIGIN], "ttl": 2**31}}}, "ttl in restore of customer.example"),
    ({"restore": {"www": {"CNAME": ORIGIN}}}, "which is not a value of type CNAME"),
    ({"restore": {"www": {"CNAME": "a b"}}}, "which is not a value of type CNAME"),
    ({"restore": {"www": {"CNAME": ["a.example.", "b.example."]}}}, "has a CNAME together with other records"),
    ({"restore": {"www": {"CNAME": "a.example.", "A": ORIGIN}}}, "has a CNAME together with other records"),
    ({"restore": {"@": {"CNAME": "a.example."}}}, "apex"),
    ({"waf_orign": ORIGIN}, "customer.example: unknown keys in the entry: waf_orign"),
    ({"error": "mine"}, "customer.example: unknown keys in the entry: error"),
    ({"names": [ZONE]}, "customer.example: unknown keys in the entry: names"),
]


class TestRefused:
    @pytest.mark.parametrize(("more", "says"), BAD, ids=[str(more) for more, _says in BAD])
    def test_it_names_what_is_wrong(self, more: dict[str, t.Any], says: str) -> None:
        error = refusal(**more)
        assert error["kind"] == "bad_input"
        assert says in error["message"]

    @pytest.mark.parametrize("more", [more for more, _says in BAD], ids=[str(more) for more, _says in BAD])
    def test_it_does_not_stop_the_others(self, more: dict[str, t.Any]) -> None:
        good = {"domain": "good.example", "site_id": 7, "zone": "good.example"}
        sites = waf_sites([{"domain": ZONE, "site_id": 1, "zone": ZONE, **more}, good])
        assert [site["error"] is None for site in sites] == [False, True]

    @pytest.mark.parametrize("site", ["customer.example", None, 5, ["customer.example"]])
    def test_something_else_than_a_mapping(self, site: object) -> None:
        made, good = waf_sites([site, {"domain": "good.example", "site_id": 7}])
        message = t.cast("dict[str, str]", made["error"])["message"]
        assert message == "Entry 1 of the site file is not a mapping."
        assert good["error"] is None

    @pytest.mark.parametrize("domain", [{}, {"domain": None}, {"domain": ""}, {"domian": ZONE}], ids=str)
    def test_an_entry_without_a_domain_is_named_by_its_place_and_number(self, domain: dict[str, t.Any]) -> None:
        _good, made = waf_sites([{"domain": "good.example", "site_id": 7}, {**domain, "site_id": 8}])
        error = t.cast("dict[str, str]", made["error"])
        assert error["message"].startswith("Entry 2 of the site file has no domain")
        row = {"domain": made["domain"], "site_id": 8, "error": error}
        assert error_lines([row]) == [f"Site 8: {error['message']} {error['hint']}"]

    def test_a_site_file_that_is_no_list(self) -> None:
        with pytest.raises(AnsibleFilterError, match="takes a list of site entries, not dict"):
            waf_sites(t.cast("t.Any", {"domain": ZONE}))

    @pytest.mark.parametrize(
        ("one", "other", "says"),
        [
            ({}, {"domain": "b.example", "zone": "b.example", "site_id": 1}, "site_id 1 is claimed"),
            ({"aliases": []}, {"site_id": 2, "aliases": []}, f"domain {ZONE} is claimed"),
            ({}, {"domain": WWW, "site_id": 2}, f"DNS name {WWW} is claimed"),
            (
                {"origin_name": "o", "waf_origin": ORIGIN},
                {"domain": f"o.{ZONE}", "site_id": 2},
                f"DNS name o.{ZONE} is claimed",
            ),
        ],
    )
    def test_what_two_entries_claim_none_of_them_gets(
        self, one: dict[str, t.Any], other: dict[str, t.Any], says: str
    ) -> None:
        base = {"domain": ZONE, "site_id": 1, "zone": ZONE}
        third = {"domain": "good.example", "site_id": 7, "zone": "good.example"}
        sites = waf_sites([{**base, **one}, {**base, **other}, third])
        for site in sites[:2]:
            assert says in t.cast("dict[str, str]", site["error"])["message"]
        assert sites[2]["error"] is None

    def test_the_error_names_the_site(self) -> None:
        error = refusal(ttl="x")
        assert (error["domain"], error["site_id"]) == (ZONE, 1)


@pytest.mark.parametrize(
    "more",
    [
        {"subscription": " 200 "},
        {"waf_origin": " 192.0.2.1 ", "waf_force_ssl": True},
        {"waf_origin": "my_server.example."},
        {"renewal_date": "2027-01-31", "account_id": "570"},
        {"state": "absent"},
        {"origin_name": "www-origin", "waf_origin": "2001:db8::1"},
        {"waf_skip_network_certificate": True, "waf_dns_manager": "customer"},
    ],
    ids=str,
)
def test_an_entry_asks_for_what_the_same_options_of_the_module_ask_for(more: dict[str, t.Any]) -> None:
    site = entry(**more)
    options = {name: option.get("default") for name, option in addon_options().options.items()}
    options.update({name: site[name] for name in options if site.get(name) is not None}, domain=ZONE)
    if site["origin_name"]:
        options["waf_origin"] = site["origin_name"]
    assert desired_addon(site) == desired_by_module(options)


def test_the_role_for_policies_knows_the_keys_of_an_entry() -> None:
    file = pathlib.Path(__file__).parents[3] / "roles" / "sitelock_waf_policy" / "vars" / "main.yml"
    assert yaml.safe_load(file.read_text())["_sitelock_waf_policy_keys"] == sorted(KEYS)
