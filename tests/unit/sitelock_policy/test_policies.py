# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies over sites: what is sent, what is refused, and what costs what."""

from __future__ import annotations

import datetime
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import LimitError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.sections import SECTIONS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import AnySection
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.vendor import NOW, Settings, Vendor, run

Entry = dict[str, t.Any]

EVERYTHING: Entry = {
    "rules": {"sql_injection": "block_request", "ddos": "auto"},
    "ip_block": {"exact": ["203.0.113.0/24", "198.51.100.7"]},
    "ip_allow": {"present": ["192.0.2.10"]},
    "url_block": {"exact": [{"path": "/xmlrpc.php", "pattern": "EQUALS"}]},
    "geo_block": {"exact": {"countries": ["KP"], "continents": []}},
    "cdn": {"cache_mode": "static_and_dynamic", "minify_css": True},
    "bypass": {"status": False},
}


def vendor_with(*site_ids: int) -> Vendor:
    return Vendor(**{f"s{number}": Settings() for number in site_ids})


def test_a_policy_over_many_sites_is_read_once_when_nothing_differs() -> None:
    vendor = vendor_with(*range(1, 21))
    sites = [{"site_id": number, **EVERYTHING} for number in vendor.sites]
    done = run(vendor, sites)
    assert {row["error"] for row in done["sites"]} == {None}
    assert done["summary"] == (
        "changes of 20 sites: ip_allow 20, rules 20, ip_block 20, url_block 20, geo_block 20, cdn 20"
    )
    assert done["sites"][0]["changed_sections"] == ["ip_allow", "rules", "ip_block", "url_block", "geo_block", "cdn"]
    vendor.calls.clear()
    assert not run(vendor, sites)["changed"]
    # Sites times sections, and once a run the addresses of the scanners and the codes of the countries.
    assert len(vendor.calls) == 20 * len(EVERYTHING) + 2
    assert vendor.writes() == []


def test_what_somebody_clicked_is_repaired() -> None:
    vendor = vendor_with(1, 2)
    sites = [{"site_id": number, **EVERYTHING} for number in vendor.sites]
    run(vendor, sites)
    vendor.sites[2].urls.clear()
    vendor.calls.clear()
    done = run(vendor, sites)
    assert [row["changed_sections"] for row in done["sites"]] == [[], ["url_block"]]
    url = {"path": "/xmlrpc.php", "pattern": "EQUALS"}
    assert done["diff"] == {
        "before": {"site 2": {"url_block": {"exact": []}}},
        "after": {"site 2": {"url_block": {"exact": [url]}}},
    }
    assert vendor.writes() == ["addWafBlacklistUrls"]


@pytest.mark.parametrize(
    ("section", "wish", "sent"),
    [
        (
            "rules",
            {"sql_injection": "block_ip"},
            [("setWafSettings", {"backdoor": "alert", "ddos": "auto", "sql_injection": "block_ip"})],
        ),
        # The page spells disable for some rules and disabled for others.
        ("rules", {"backdoor": "disable"}, [("setWafSettings", {"backdoor": "disabled"})]),
        ("rules", {"sql_injection": "disabled"}, [("setWafSettings", {"sql_injection": "disable"})]),
        # YAML reads on as true.
        ("rules", {"ddos": True}, [("setWafSettings", {"ddos": "on"})]),
        ("ip_block", {"present": ["192.0.2.0/24"]}, [("addWafBlacklistIPs", {"ips": {"ip": ["192.0.2.0/24"]}})]),
        (
            "url_block",
            {"present": [{"path": "/a", "pattern": "prefix"}]},
            [("addWafBlacklistUrls", {"urls": {"url": [{"path": "/a", "pattern": "PREFIX"}]}})],
        ),
        (
            "geo_block",
            {"present": {"countries": ["de", "fr"]}},
            [("addWafBlacklistGeo", {"countries": {"country": ["DE", "FR"]}})],
        ),
        # Whether the API keeps what a call leaves out is not documented.
        (
            "cdn",
            {"minify_css": "yes"},
            [("setWafCDNSettings", {"cache_mode": "static_only", "minify_css": "1", "compress_png": "1"})],
        ),
        (
            "bypass",
            {"status": "on", "use_true_speed": False},
            [("setWafBypass", {"bypass": "on", "use_true_shield": True, "use_true_speed": False})],
        ),
    ],
)
def test_what_is_sent(section: str, wish: Entry, sent: list[tuple[str, Entry]]) -> None:
    vendor = vendor_with(1)
    (row,) = run(vendor, [{"site_id": 1, section: wish}])["sites"]
    assert row["error"] is None
    writes = [(name, given) for name, given in vendor.sent if not name.startswith("get")]
    assert [name for name, _given in writes] == [name for name, _given in sent]
    for (_name, given), (_same, wanted) in zip(writes, sent):
        assert {key: given[key] for key in wanted} == wanted
        assert given["site_id"] == 1


def test_the_diff_shows_what_differs_and_nothing_else() -> None:
    done = run(vendor_with(1), [{"site_id": 1, "domain": "shop.example", "rules": {"ddos": "on", "backdoor": "alert"}}])
    assert done["diff"] == {
        "before": {"shop.example": {"rules": {"ddos": "auto"}}},
        "after": {"shop.example": {"rules": {"ddos": "on"}}},
    }


def test_addresses_are_compared_as_networks() -> None:
    vendor = vendor_with(1)
    vendor.sites[1].block = ["192.0.2.0-192.0.2.255", "198.51.100.7", "2001:0db8::1"]
    wish = {"exact": ["192.0.2.0/24", "198.51.100.7/32", "2001:DB8:0::1"]}
    assert not run(vendor, [{"site_id": 1, "ip_block": wish}])["changed"]
    # It is removed as the API writes it.
    run(vendor, [{"site_id": 1, "ip_block": {"absent": ["192.0.2.0/24"]}}])
    assert vendor.sites[1].block == ["198.51.100.7", "2001:0db8::1"]


def test_the_codes_of_countries_in_both_documented_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    nested = {
        "continents": {
            "continent": [{"name": "Asia", "code": "AS"}],
            "country": [{"name": "North Korea", "code": "KP"}],
        }
    }
    monkeypatch.setattr(Vendor, "_getWafGeoInfo", staticmethod(lambda _site, _given: nested))
    vendor = vendor_with(1)
    (row,) = run(vendor, [{"site_id": 1, "geo_block": {"exact": {"countries": ["KP"], "continents": ["AS"]}}}])["sites"]
    assert (row["error"], vendor.sites[1].geo) == (None, {"countries": ["KP"], "continents": ["AS"]})


def test_settings_of_the_cdn_in_an_element_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrapped(site: Settings, _given: object) -> Entry:
        modes = {"cache_modes": {"cache_mode": ["disable", "aggressive"]}}
        return {"cdnSettings": {**site.cdn, "options": modes}, "status": "ok"}

    monkeypatch.setattr(Vendor, "_getWafCDNSettings", staticmethod(wrapped))
    vendor = vendor_with(1)
    (row,) = run(vendor, [{"site_id": 1, "cdn": {"cache_mode": "aggressive"}}])["sites"]
    assert (row["error"], vendor.sites[1].cdn["cache_mode"]) == (None, "aggressive")
    (row,) = run(vendor, [{"site_id": 1, "cdn": {"cache_mode": "static_only"}}])["sites"]
    assert "aggressive, disable" in row["error"]["hint"]


@pytest.mark.parametrize(
    ("section", "attribute", "there", "wish"),
    [
        ("ip_block", "block", ["0.0.0.0/0"], {"exact": ["0.0.0.0/0"]}),
        ("ip_block", "block", ["0.0.0.0/1", "128.0.0.0/1"], {"present": ["192.0.2.1"]}),
        ("url_block", "urls", {"/": "PREFIX"}, {"exact": [{"path": "/", "pattern": "PREFIX"}]}),
    ],
)
def test_what_refuses_everybody_is_not_refused_if_it_is_there(
    section: str, attribute: str, there: t.Any, wish: Entry
) -> None:
    vendor = vendor_with(1)
    setattr(vendor.sites[1], attribute, there)
    (row,) = run(vendor, [{"site_id": 1, section: wish}])["sites"]
    assert row["error"] is None


@pytest.mark.parametrize("spelling", ["2001:0db8::1", "2001:DB8:0:0::1", "2001:db8::1/128", "2001:db8::1-2001:db8::1"])
def test_an_address_is_removed_in_each_spelling_in_which_the_api_has_it(spelling: str) -> None:
    vendor = vendor_with(1)
    vendor.sites[1].block = ["192.0.2.7/32", spelling, "192.0.2.7", "2001:db8::1"]
    (row,) = run(vendor, [{"site_id": 1, "ip_block": {"absent": ["2001:db8::1"]}}])["sites"]
    assert (row["error"], vendor.sites[1].block) == (None, ["192.0.2.7/32", "192.0.2.7"])


@pytest.mark.parametrize(
    ("section", "attribute", "adder", "there", "wish"),
    [
        ("ip_allow", "allow", "addWafWhitelistIPs", ["192.0.2.1"], {"exact": ["192.0.2.2"]}),
        ("ip_block", "block", "addWafBlacklistIPs", ["192.0.2.1"], {"exact": ["192.0.2.2"]}),
        (
            "url_block",
            "urls",
            "addWafBlacklistUrls",
            {"/a": "EQUALS"},
            {"exact": [{"path": "/b", "pattern": "EQUALS"}]},
        ),
        (
            "geo_block",
            "geo",
            "addWafBlacklistGeo",
            {"countries": ["DE"], "continents": []},
            {"exact": {"countries": ["KP"]}},
        ),
    ],
)
def test_a_refused_addition_leaves_the_list_as_it_was(
    section: str, attribute: str, adder: str, there: t.Any, wish: Entry
) -> None:
    vendor = vendor_with(1)
    setattr(vendor.sites[1], attribute, there)
    vendor.faults[adder].append("refused")
    (row,) = run(vendor, [{"site_id": 1, section: wish}])["sites"]
    assert (row["error"]["kind"], row["changed"]) == ("rejected", False)
    assert getattr(vendor.sites[1], attribute) == there


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "ok"},
        {"continents": {"continent": [{"code": "EU"}]}},
        {"countries": {"country": ["KP"]}},
    ],
)
def test_an_answer_without_codes_is_no_mistake_of_the_entry(answer: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Vendor, "_getWafGeoInfo", staticmethod(lambda _site, _given: answer))
    vendor = vendor_with(1)
    wish = {"geo_block": {"present": {"countries": ["KP"]}}, "cdn": {"minify_css": True}}
    (row,) = run(vendor, [{"site_id": 1, **wish}])["sites"]
    assert (row["error"]["kind"], row["changed_sections"]) == ("bad_response", ["cdn"])
    assert "no codes of countries" in row["error"]["message"]


def test_another_pattern_of_the_same_path_takes_its_place() -> None:
    vendor = vendor_with(1)
    vendor.sites[1].urls = {"/a": "CONTAINS", "/b": "EQUALS"}
    run(vendor, [{"site_id": 1, "url_block": {"present": [{"path": "/a", "pattern": "EQUALS"}]}}])
    assert vendor.sites[1].urls == {"/b": "EQUALS", "/a": "EQUALS"}
    assert vendor.writes() == ["removeWafBlacklistUrls", "addWafBlacklistUrls"]


# ---- what is wrong

WRONG: list[tuple[str, t.Any, tuple[str, ...]]] = [
    ("ip_block", {"exact": ["192.0.2.300"]}, ("exact[0]", "192.0.2.300")),
    ("ip_block", {"present": ["192.0.2.9-192.0.2.1"]}, ("present[0]", "192.0.2.9-192.0.2.1")),
    ("ip_allow", {"exact": [7]}, ("exact[0]", "7")),
    ("ip_allow", {"exact": "192.0.2.1"}, ("exact", "192.0.2.1", "a list")),
    ("ip_block", {"exact": [], "present": ["192.0.2.1"]}, ("exact", "present")),
    ("ip_block", {"present": ["192.0.2.0/24"], "absent": ["192.0.2.0-192.0.2.255"]}, ("192.0.2.0/24", "absent")),
    ("ip_block", {"exakt": []}, ("exakt", "exact")),
    ("ip_block", ["192.0.2.1"], ("a dictionary (a list is given at exact, or at present and absent)",)),
    ("ip_block", {}, ("is empty",)),
    ("ip_block", {"present": ["192.0.2.7/0"]}, ("refuse nearly all visitors",)),
    ("ip_block", {"exact": ["0.0.0.0/2", "64.0.0.0-191.255.255.255"]}, ("refuse nearly all visitors",)),
    ("ip_block", {"exact": ["::ffff:0:0/96"]}, ("refuse nearly all visitors",)),
    ("ip_block", {"present": ["2000::/3"]}, ("refuse nearly all visitors",)),
    ("ip_allow", {"present": ["0.0.0.0/0.0.0.0"]}, ("let nearly all visitors past the firewall",)),
    ("url_block", {"present": [{"path": "/", "pattern": "PREFIX"}]}, ("refuse all pages",)),
    ("url_block", {"exact": [{"path": "xmlrpc.php", "pattern": "EQUALS"}]}, ("exact[0].path", "xmlrpc.php", "EQUALS")),
    ("url_block", {"exact": [{"path": "/a", "pattern": "REGEX"}]}, ("exact[0].pattern", "REGEX", "SUFFIX")),
    ("url_block", {"exact": [{"path": "/a"}]}, ("exact[0]", "pattern")),
    ("url_block", {"exact": [{"pattern": "EQUALS"}]}, ("exact[0]", "path")),
    ("url_block", {"exact": ["/a"]}, ("exact[0]", "/a")),
    ("geo_block", {"exact": {"countries": ["XX"]}}, ("XX", "countries", "DE, FR, KP, NO", "sitelock_reference_info")),
    ("geo_block", {"exact": {"countries": ["Germany"]}}, ("exact.countries[0]", "Germany")),
    ("geo_block", {"exact": {"countries": [False]}}, ("exact.countries[0]", "False", "quotes")),
    ("geo_block", {"exact": {"country": ["DE"]}}, ("country (did you mean countries?)",)),
    ("rules", {"sql_injection": ["alert"]}, ("sql_injection", "alert")),
    ("rules", {"SQL injection": "alert"}, ("SQL injection",)),
    ("rules", {}, ("is empty",)),
    ("cdn", {"minify_css": "maybe"}, ("minify_css", "maybe")),
    ("cdn", {"minify_cs": True}, ("minify_cs (did you mean minify_css?)",)),
    ("bypass", {"use_true_speed": True}, ("status",)),
    ("bypass", {"status": "on", "until": "tomorrow"}, ("until", "tomorrow")),
    ("bypass", {"status": "off", "until": "2026-12-24T18:00:00Z"}, ("until", "off")),
    (
        "bypass",
        {"status": "on", "until": "2026-12-24T18:00:00Z", "use_true_shield": False},
        ("use_true_shield is false", "stay off after until"),
    ),
    ("bypass", {"status": "on", "until": "2026-11-29T11:59:59Z"}, ("until", "2026-11-29T11:59:59Z", "passed")),
    ("unheard_of", {}, ("unheard_of",)),
]


@pytest.mark.parametrize(("section", "wish", "named"), WRONG)
def test_what_is_wrong_stops_its_site_before_the_first_write(section: str, wish: t.Any, named: tuple[str, ...]) -> None:
    vendor = vendor_with(1, 2)
    other = {"rules": {"backdoor": "quarantine_url"}} if section != "rules" else {"cdn": {"minify_css": True}}
    done = run(vendor, [{"site_id": 1, section: wish, **other}, {"site_id": 2, **other}])
    bad, fine = done["sites"]
    text = f"{bad['error']['message']} {bad['error']['hint']}"
    assert (bad["error"]["kind"], bad["changed"]) == ("bad_input", False)
    assert text.startswith("Site 1: ")
    assert [each for each in named if each not in text] == []
    assert section in text
    assert (fine["error"], fine["changed"]) == (None, True)
    assert [given["site_id"] for name, given in vendor.sent if not name.startswith("get")] == [2]


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ("shop.example", "Entry 1 of sites is no dictionary"),
        ({"rules": {}}, "Entry 1 of sites has neither site_id nor domain"),
        ({"domain": "shop..example"}, "shop..example"),
        ({"site_id": 8765.0}, "8765.0"),
        ({"site_id": True}, "True"),
    ],
)
def test_an_entry_without_a_site_costs_no_other_one(entry: t.Any, named: str) -> None:
    vendor = vendor_with(2)
    bad, fine = run(vendor, [entry, {"site_id": 2, "cdn": {"minify_css": True}}])["sites"]
    assert named in bad["error"]["message"]
    assert fine["changed"]


@pytest.mark.parametrize(
    ("entry", "site", "message"),
    [
        ({"site_id": 1, "domain": "shop..example"}, (1, None), "Site 1: 'shop..example' is not a domain name"),
        ({"site_id": 1, "domain": "{{ domain }}"}, (1, None), "Site 1: domain is ********; it must be a domain name"),
        ({"site_id": "1x", "domain": "shop.example"}, (None, "shop.example"), "shop.example: site_id is '1x'"),
    ],
)
def test_a_wrong_entry_is_named_by_what_is_right_in_it(
    entry: Entry, site: tuple[int | None, str | None], message: str
) -> None:
    (row,) = run(Vendor(), [{**entry, "cdn": {"minify_css": True}}])["sites"]
    assert (row["site_id"], row["domain"]) == site
    assert row["error"]["message"].startswith(message)


@pytest.mark.parametrize(
    ("section", "there", "wish", "sent"),
    [
        ("cdn", {"minify_css": "yes"}, {"minify_css": True}, None),
        ("cdn", {"minify_css": "Off"}, {"minify_css": False}, None),
        ("cdn", {"minify_css": "true"}, {"minify_css": False}, {"minify_css": "0"}),
        # What nobody asked for is sent back as it was read.
        ("cdn", {"minify_css": "no", "compress_png": "on"}, {"minify_css": True}, {"minify_css": "1"}),
        ("rules", {"sql_injection": "Alert"}, {"sql_injection": "alert"}, None),
        ("rules", {"sql_injection": "BLOCK_IP"}, {"sql_injection": "alert"}, {"sql_injection": "alert"}),
    ],
)
def test_an_answer_in_another_spelling_is_no_difference(
    section: str, there: Entry, wish: Entry, sent: Entry | None
) -> None:
    vendor = vendor_with(1)
    site = vendor.sites[1]
    if section == "cdn":
        site.cdn.update(there)
    else:
        site.rules.update({name: (value, site.rules[name][1]) for name, value in there.items()})
    (row,) = run(vendor, [{"site_id": 1, section: wish}])["sites"]
    assert row["error"] is None
    writes = [given for name, given in vendor.sent if not name.startswith("get")]
    now = site.cdn if section == "cdn" else {name: value for name, (value, _options) in site.rules.items()}
    whole = {**now, **there, **(sent or {})}
    assert writes == ([] if sent is None else [{"site_id": 1, **whole}])
    calls = len(writes)
    run(vendor, [{"site_id": 1, section: wish}])
    assert len([name for name, _given in vendor.sent if not name.startswith("get")]) == calls


def test_a_site_that_is_listed_twice_is_left_alone() -> None:
    vendor = vendor_with(1, 2)
    cdn = {"cdn": {"minify_css": True}}
    done = run(vendor, [{"site_id": 1, **cdn}, {"site_id": 2, **cdn}, {"site_id": "1", **cdn}])
    assert [row["failed"] for row in done["sites"]] == [True, False, True]
    assert "entries 1 and 3" in done["sites"][0]["error"]["message"]
    assert vendor.sites[1] == Settings()


@pytest.mark.parametrize(
    ("rules", "named"),
    [
        ({"sql_injection": "block_user"}, ("block_user", "sql_injection", "alert, block_ip, block_request, disable")),
        ({"cross_site_scripting": "alert"}, ("cross_site_scripting", "backdoor, ddos, sql_injection")),
    ],
)
def test_what_the_plan_of_a_site_does_not_offer_costs_this_section_only(rules: Entry, named: tuple[str, ...]) -> None:
    vendor = vendor_with(1)
    (row,) = run(vendor, [{"site_id": 1, "rules": rules, "ip_block": {"exact": ["192.0.2.1"]}}])["sites"]
    text = f"{row['error']['message']} {row['error']['hint']}"
    assert (row["error"]["kind"], row["error"]["section"]) == ("rejected", "rules")
    assert [each for each in named if each not in text] == []
    assert row["changed_sections"] == ["ip_block"]
    assert vendor.sites[1].block == ["192.0.2.1"]


def test_a_refused_write_costs_its_section_only() -> None:
    vendor = vendor_with(1)
    vendor.faults["setWafSettings"].append("refused")
    (row,) = run(vendor, [{"site_id": 1, **EVERYTHING}])["sites"]
    assert row["error"]["message"] == "Site 1: section rules: setWafSettings: Not today."
    assert row["changed_sections"] == ["ip_allow", "ip_block", "url_block", "geo_block", "cdn"]


# ---- bypass and limits


def test_a_bypass_ends_with_the_run_after_its_end() -> None:
    vendor = vendor_with(1)
    entry = {"site_id": 1, "bypass": {"status": "on", "until": "2026-11-29T18:00:00Z"}}
    (row,) = run(vendor, [entry])["sites"]
    assert vendor.sites[1].bypass["bypass_status"] == "on"
    assert row["needs_person"] == ["The firewall is bypassed until 2026-11-29T18:00:00Z."]
    (row,) = run(vendor, [entry], now=NOW + datetime.timedelta(hours=6))["sites"]
    assert (row["error"], row["changed"], row["needs_person"]) == (None, True, [])
    assert vendor.sites[1].bypass["bypass_status"] == "off"


def test_a_bypass_without_an_end_needs_a_person() -> None:
    (row,) = run(vendor_with(1), [{"site_id": 1, "bypass": {"status": "on"}}])["sites"]
    told = "The firewall is bypassed, and no end is set. Set until, or set status to off."
    assert (row["error"], row["needs_person"]) == (None, [told])


UTC = datetime.timezone.utc
UNTIL: list[t.Any] = [
    "2026-11-29T18:00:00Z",
    # What is left of one without quotes in a playbook.
    "2026-11-29T18:00:00+00:00",
    "2026-11-29T18:00:00",
    "2026-11-29 18:00:00",
    "2026-11-29T20:00:00+02:00",
    "2026-11-29 12:30:00-05:30",
    "2026-11-29T18:00:00.000000+00:00",
    datetime.datetime(2026, 11, 29, 18, tzinfo=UTC).replace(tzinfo=None),
    datetime.datetime(2026, 11, 29, 18, tzinfo=UTC),
    datetime.datetime(2026, 11, 29, 19, tzinfo=datetime.timezone(datetime.timedelta(hours=1))),
]
NO_TIME: list[t.Any] = [
    "2026-11-30",
    datetime.date(2026, 11, 30),
    "18:00",
    "2026-11-29T18:00Z",
    "2026-13-29T18:00:00Z",
    "2026-11-29T18:00:00+99:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-01:00",
    datetime.datetime(1, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=14))),
    datetime.datetime(9999, 12, 31, 23, tzinfo=datetime.timezone(datetime.timedelta(hours=-2))),
    1_795_000_000,
    True,
]


@pytest.mark.parametrize("until", UNTIL, ids=str)
def test_the_end_of_a_bypass_in_every_form_in_which_ansible_hands_it_on(until: t.Any) -> None:
    vendor = vendor_with(1)
    (row,) = run(vendor, [{"site_id": 1, "bypass": {"status": "on", "until": until}}])["sites"]
    assert row["error"] is None
    assert "until 2026-11-29T18:00:00Z" in row["needs_person"][0]


@pytest.mark.parametrize("until", NO_TIME, ids=str)
def test_what_is_no_time_costs_its_site_only(until: t.Any) -> None:
    vendor = vendor_with(1, 2)
    cdn = {"cdn": {"minify_css": True}}
    bad, fine = run(vendor, [{"site_id": 1, "bypass": {"status": "on", "until": until}}, {"site_id": 2, **cdn}])[
        "sites"
    ]
    assert (bad["error"]["kind"], bad["changed"], fine["changed"]) == ("bad_input", False, True)
    assert "until is " in bad["error"]["message"]


def test_a_firewall_that_is_off_without_a_bypass_is_a_matter_for_a_person() -> None:
    vendor = vendor_with(1)
    vendor.sites[1].bypass["use_true_shield"] = "0"
    (row,) = run(vendor, [{"site_id": 1, "bypass": {"status": "off"}}])["sites"]
    assert (row["error"], row["changed"]) == (None, False)
    assert "so is the firewall" in row["needs_person"][0]
    (row,) = run(vendor, [{"site_id": 1, "bypass": {"status": "off", "use_true_shield": True}}])["sites"]
    assert (row["changed"], row["needs_person"]) == (True, [])


@pytest.mark.parametrize(("told", "meant"), [("1", "on"), ("0", "off"), ("ON", "on"), ("off", "off")])
def test_both_spellings_of_the_bypass(told: str, meant: str) -> None:
    vendor = vendor_with(1)
    vendor.sites[1].bypass["bypass_status"] = told
    assert not run(vendor, [{"site_id": 1, "bypass": {"status": meant}}])["changed"]


@pytest.mark.parametrize(("limit", "allowed"), [("19", False), ("20", True), ("90%", False), ("100%", True)])
def test_more_changes_than_allowed_send_nothing(limit: str, allowed: bool) -> None:
    vendor = vendor_with(*range(1, 21))
    domains = {1: {"domain": "shop.example"}}
    sites = [{"site_id": number, **domains.get(number, {}), **EVERYTHING} for number in vendor.sites]
    if allowed:
        assert run(vendor, sites, max_changes=limit)["changed"]
    else:
        with pytest.raises(LimitError, match=r"would change 20: shop.example \(site 1\), site 2"):
            run(vendor, sites, max_changes=limit)
        assert vendor.writes() == []


# ---- which sites


def test_a_site_is_found_by_its_domain() -> None:
    vendor = vendor_with(1, 2, 3)
    vendor.domains = {"found.example": 2, "listed.example": 999}
    cdn = {"cdn": {"minify_css": True}}
    domains = ("found.example", "listed.example", "nobody.example")
    done = run(
        vendor,
        [{"site_id": 1, **cdn}, *({"domain": name, **cdn} for name in domains)],
        site_ids={"Listed.Example": "3"},
    )
    assert [(row["site_id"], row["changed"]) for row in done["sites"]] == [
        (1, True),
        (2, True),
        (3, True),
        (None, False),
    ]
    assert done["sites"][3]["error"]["message"].startswith("nobody.example: SiteLock has no site with this domain")
    assert vendor.calls.count("checkDomain") == 2


BROKEN: Entry = {"shop..example": 7, "null": 8, "": 9, "a b": 10, "x" * 300 + ".example": 11}


def test_what_a_report_has_of_broken_entries_costs_no_site() -> None:
    vendor = vendor_with(1, 2)
    vendor.domains = {"none.example": 3}
    domains = ("a.example", "b.example", "word.example", "none.example")
    sites = [{"domain": domain, "cdn": {"minify_css": True}} for domain in domains]
    site_ids = {**BROKEN, "a.example": 1, "B.example": "2", "word.example": "7a", "none.example": None}
    states = {**BROKEN, "a.example": "ready", "b.example": "ready", "none.example": "pending-dns"}
    rows = run(vendor, sites, site_ids=site_ids, states=states, only_ready=True)["sites"]
    assert [(row["site_id"], row["changed"]) for row in rows] == [(1, True), (2, True), (None, False), (3, False)]
    assert "site_ids: word.example" in rows[2]["error"]["message"]
    assert [row["failed"] for row in rows] == [False, False, True, False]


def test_two_domains_of_one_site_are_two_entries_for_it() -> None:
    vendor = vendor_with(1)
    vendor.domains = {"a.example": 1}
    cdn = {"cdn": {"minify_css": True}}
    done = run(vendor, [{"site_id": 1, **cdn}, {"domain": "a.example", **cdn}])
    assert [row["failed"] for row in done["sites"]] == [True, True]
    assert vendor.writes() == []


def test_a_domain_with_two_numbers_is_left_alone() -> None:
    vendor = vendor_with(1, 2, 3)
    cdn = {"cdn": {"minify_css": True}}
    entries = [{"site_id": number, "domain": domain, **cdn} for number, domain in ((1, "A.example"), (2, "a.example"))]
    done = run(vendor, [*entries, {"site_id": 3, "domain": "b.example", **cdn}])
    assert [row["failed"] for row in done["sites"]] == [True, True, False]
    assert "a.example is listed in the entries 1 and 2" in done["sites"][0]["error"]["message"]


def test_only_sites_that_are_ready_get_their_policy() -> None:
    vendor = vendor_with(1, 2, 3, 4)
    vendor.sites[2].state = vendor.sites[4].state = "pending-dns"
    cdn = {"cdn": {"minify_css": True}}
    sites = [{"site_id": number, "domain": f"s{number}.example", **cdn} for number in vendor.sites]
    vendor.faults["getAnpProvisioningStatus"].append("refused")
    done = run(vendor, sites, only_ready=True, states={"s3.example": "ready", "s4.example": "pending-dns"})
    assert [row["changed"] for row in done["sites"]] == [False, False, True, False]
    assert [row["failed"] for row in done["sites"]] == [True, False, False, False]
    waiting = "the state ready (it is pending-dns)"
    assert [row["waiting_for"] for row in done["sites"]] == [None, waiting, None, waiting]
    assert [given["site_id"] for name, given in vendor.sent if name == "getAnpProvisioningStatus"] == [1, 2]


# ---- named policies

BASE = {"rules": {"ddos": "auto", "backdoor": "alert"}, "ip_block": {"exact": ["192.0.2.1"]}}
SHOP = {
    "rules": {"backdoor": "quarantine_url"},
    "ip_block": {"present": ["192.0.2.2"], "absent": ["192.0.2.1"]},
    "geo_block": {"present": {"countries": ["KP"]}},
}
KIOSK = {"ip_block": {"exact": []}, "geo_block": {"present": {"countries": ["DE"], "continents": ["AF"]}}}


@pytest.mark.parametrize(
    ("names", "own", "sections"),
    [
        ("base", {}, BASE),
        (
            ["base", "shop"],
            {},
            {
                "rules": {"ddos": "auto", "backdoor": "quarantine_url"},
                "ip_block": {"exact": ["192.0.2.2"]},
                "geo_block": {"present": {"countries": ["KP"]}},
            },
        ),
        (
            ["shop", "kiosk"],
            {},
            {
                "rules": {"backdoor": "quarantine_url"},
                "ip_block": {"exact": []},
                "geo_block": {"present": {"countries": ["KP", "DE"], "continents": ["AF"]}},
            },
        ),
        (
            ["shop"],
            {"ip_block": {"present": ["192.0.2.1"], "absent": ["192.0.2.9"]}},
            {
                **SHOP,
                "ip_block": {"present": ["192.0.2.2", "192.0.2.1"], "absent": ["192.0.2.9"]},
            },
        ),
        (
            ["base", "shop"],
            {"rules": {"ddos": "on"}, "ip_block": None},
            {
                "rules": {"ddos": "on", "backdoor": "quarantine_url"},
                "ip_block": {"exact": ["192.0.2.2"]},
                "geo_block": {"present": {"countries": ["KP"]}},
            },
        ),
        ([], {"cdn": {"minify_css": True}}, {"cdn": {"minify_css": True}}),
    ],
)
def test_policies_are_merged_in_their_order(names: t.Any, own: Entry, sections: Entry) -> None:
    policies = {"base": BASE, "shop": SHOP, "kiosk": KIOSK}
    by_name, by_hand = vendor_with(1), vendor_with(1)
    done = run(by_name, [{"site_id": 1, "policy": names, **own}], policies=policies)
    run(by_hand, [{"site_id": 1, **sections}])
    assert done["sites"][0]["error"] is None
    assert by_name.sent == by_hand.sent


@pytest.mark.parametrize(
    ("policy", "named"),
    [
        ("shopp", "there is no policy shopp (did you mean shop?). The policies are broken, shop."),
        (7, "policy is 7"),
        ([["shop"]], "policy is [['shop']]"),
        ("broken", "the policy broken is no dictionary"),
    ],
)
def test_a_policy_that_cannot_be_costs_its_sites_only(policy: t.Any, named: str) -> None:
    vendor = vendor_with(1, 2)
    sites = [{"site_id": 1, "policy": policy, "cdn": {"minify_css": True}}, {"site_id": 2, "policy": "shop"}]
    bad, fine = run(vendor, sites, policies={"shop": SHOP, "broken": ["rules"]})["sites"]
    assert named in f"{bad['error']['message']} {bad['error']['hint']}"
    assert (bad["changed"], fine["changed"]) == (False, True)


class Broken:
    """A section with a mistake in one of its functions."""

    def __init__(self, section: AnySection, function: str) -> None:
        self._section, self._function = section, function

    def __getattr__(self, name: str) -> t.Any:
        if name == self._function:
            raise ZeroDivisionError
        return getattr(self._section, name)


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("function", ["parse", "read", "refuse", "plan", "expected", "dump", "details", "needs_person"])
def test_a_mistake_in_a_section_costs_neither_other_sections_nor_other_sites(function: str, check_mode: bool) -> None:
    vendor = vendor_with(1, 2)
    sections = [t.cast("AnySection", Broken(each, function)) if each.name == "url_block" else each for each in SECTIONS]
    other, wish = {"ip_block": EVERYTHING["ip_block"]}, {"url_block": EVERYTHING["url_block"]}
    sites = [{"site_id": 1, **other, **wish}, {"site_id": 2, **other}]
    done = run(vendor, sites, sections=sections, check_mode=check_mode)
    first, second = done["sites"]
    assert (second["error"], second["changed_sections"]) == (None, ["ip_block"])
    assert "ip_block" in done["diff"]["after"]["site 2"]
    # What is expected is asked for in check mode only.
    if (function, check_mode) == ("expected", False):
        assert first["errors"] == []
        return
    (error,) = first["errors"]
    # An entry that cannot be read is refused as a whole.
    assert (error["kind"], error["section"]) == ("bug", None if function == "parse" else "url_block")
    assert ("ip_block" in first["changed_sections"]) == (function != "parse")
    if function in ("dump", "details", "needs_person") and not check_mode:
        assert "addWafBlacklistUrls" in first["actions"]
