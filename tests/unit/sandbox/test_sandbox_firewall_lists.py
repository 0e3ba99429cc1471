# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules and the lists of the firewall of a site."""

from __future__ import annotations

import http.client
import json
import typing as t

import pytest

from ansible_collections.hosting.websec.tests.unit.sandbox.firewalls import (
    INVALID,
    SITE,
    ask,
    found,
    plain,
    refusal,
    same,
)

if t.TYPE_CHECKING:
    from conftest import Sandbox

SCANNERS = ["203.0.113.250", "203.0.113.251", "203.0.113.252/30"]


# Which sites have settings

METHODS = {
    "getWafSettings": "",
    "setWafSettings": "<ddos>on</ddos>",
    "getWafIPBlacklist": "",
    "addWafBlacklistIPs": "<ips><ip>192.0.2.1</ip></ips>",
    "removeWafBlacklistIPs": "<ips><ip>192.0.2.1</ip></ips>",
    "getWafIPWhitelist": "",
    "addWafWhitelistIPs": "<ips><ip>192.0.2.1</ip></ips>",
    "removeWafWhitelistIPs": "<ips><ip>192.0.2.1</ip></ips>",
    "getWafUrlBlacklist": "",
    "addWafBlacklistUrls": "<urls><url><path>/a</path><pattern>EQUALS</pattern></url></urls>",
    "removeWafBlacklistUrls": "<urls><url>/a</url></urls>",
    "getWafGeoBlacklist": "",
    "addWafBlacklistGeo": "<countries><country>KP</country></countries>",
    "removeWafBlacklistGeo": "<continents><continent>AN</continent></continents>",
    "addWafException": "<type>sql_injection</type><ips><ip>192.0.2.1</ip></ips>",
    "alterWafException": "<exception_id>1</exception_id><type>ddos</type><ips><ip>192.0.2.1</ip></ips>",
    "removeWafException": "<exception_id>1</exception_id><type>ddos</type>",
    "getWafCDNSettings": "",
    "setWafCDNSettings": "<cache_mode>disable</cache_mode>",
    "purgeWafCache": "",
    "getWafBypass": "",
    "setWafBypass": "<bypass>on</bypass>",
    "enableWafSSL": "",
    "disableWafSSL": "",
    "detectWafSSL": "",
    "uploadWAFCertificate": "<certificate>eA==</certificate><type>pfx</type>",
    "uploadWafCertificate": "<certificate>eA==</certificate><type>pfx</type>",
    "removeWAFCertificate": "",
    "removeWafCertificate": "",
    "getWafResults": "<time_range>today</time_range><threats/>",
    "getWafDetailResults": "<time_range>today</time_range>",
    "loginProtectListUser": "",
    "loginProtectAddUser": "<email>a@b.example</email><name>A</name><phone>1-7345555555</phone>",
    "loginProtectModifyUser": "<email>a@b.example</email><username>B</username>",
    "loginProtectDeleteUser": "<email>a@b.example</email>",
    "loginProtectRetrieveConfig": "",
    "loginProtectModifyConfig": "<enabled>yes</enabled>",
    "loginProtectConfigAddUrl": "<urls><url><value>/a</value><pattern>prefix</pattern></url></urls>",
    "loginProtectConfigDeleteUrl": "<urls><url>/a</url></urls>",
    "loginProtectConfigApp": "<app>joomla</app>",
}
READS = ("get", "detect", "loginProtectList", "loginProtectRetrieve")


@pytest.mark.parametrize("method", METHODS)
def test_a_site_without_a_firewall_has_no_settings(sandbox: Sandbox, method: str) -> None:
    assert refusal(ask(sandbox, method, METHODS[method])) == ("-98", "WAF Addon Not Found")
    assert refusal(ask(sandbox, method, METHODS[method], "77")) == (None, "Site Not Found")


@pytest.mark.parametrize("method", METHODS)
def test_the_journal_marks_writes(protected: Sandbox, method: str) -> None:
    ask(protected, method, METHODS[method])
    entry = protected.journal()[-1]
    assert (entry["method"], entry["site_ids"]) == (method, [SITE])
    assert entry["write"] == (not method.startswith(READS))


def test_settings_end_with_the_firewall(protected: Sandbox) -> None:
    ask(protected, "addWafBlacklistIPs", "<ips><ip>192.0.2.1</ip></ips>")
    item = f"<addonInfo><site_id>{SITE}</site_id><prod_type>WAF</prod_type></addonInfo>"
    protected.call(f"<deleteAddon>{item}</deleteAddon>")
    assert refusal(ask(protected, "getWafIPBlacklist"))[0] == "-98"
    protected.buy(SITE)
    assert found(ask(protected, "getWafIPBlacklist"), "ips/ip") == []


def test_settings_survive_a_restart(make_sandbox: t.Callable[[], Sandbox], fleet: dict[str, t.Any]) -> None:
    first = make_sandbox()
    first.admin("POST", "fleet", **fleet)
    first.buy(SITE)
    ask(first, "setWafSettings", "<ddos>on</ddos>")
    ask(first, "addWafException", "<type>ddos</type><ips><ip>192.0.2.1</ip></ips>")
    before = plain(ask(first, "getWafSettings"))
    first.close()
    second = make_sandbox()
    assert plain(ask(second, "getWafSettings")) == before
    assert second.admin("GET", f"policy?site_id={SITE}")["rules"]["ddos"] == "on"


# Faults


def test_a_lost_response_has_an_effect_and_a_lost_request_has_none(protected: Sandbox) -> None:
    for kind, ip in (("lost_request", "192.0.2.1"), ("lost_answer", "192.0.2.2")):
        protected.admin("POST", "faults", kind=kind, method="addWafBlacklistIPs", site_id=SITE)
        with pytest.raises(http.client.RemoteDisconnected):
            ask(protected, "addWafBlacklistIPs", f"<ips><ip>{ip}</ip></ips>")
    assert found(ask(protected, "getWafIPBlacklist"), "ips/ip") == ["192.0.2.2"]


# Clicks


def test_an_outside_change_is_visible_to_the_getters(protected: Sandbox) -> None:
    protected.admin("DELETE", "journal")
    exception = {"type": "ddos", "criteria": {"ips": ["192.0.2.1"]}}
    shown = protected.admin(
        "POST",
        "policy",
        site_id=SITE,
        rules={"ddos": "off"},
        ip_block=["192.0.2.9"],
        geo_block={"countries": ["KP"]},
        url_block={"/a": "PREFIX"},
        exceptions=[exception],
    )
    assert shown["rules"] == {**shown["rules"], "ddos": "off", "backdoor": "quarantine_url"}
    assert protected.journal() == []
    rules = ask(protected, "getWafSettings")
    assert (rules.findtext("ddos/setting"), rules.findtext("backdoor/setting")) == ("off", "quarantine_url")
    assert found(rules, "ddos/exceptions/exception/ips/ip") == ["192.0.2.1"]
    assert rules.find("ddos/exceptions/exception").get("id")
    assert found(ask(protected, "getWafIPBlacklist"), "ips/ip") == ["192.0.2.9"]
    assert found(ask(protected, "getWafGeoBlacklist"), "geo/countries/country") == ["KP"]
    assert dict(ask(protected, "getWafUrlBlacklist").find("urls/url").attrib) == {"path": "/a", "pattern": "PREFIX"}
    assert protected.admin("GET", "policy")["policies"] == {SITE: shown}


@pytest.mark.parametrize(
    "wanted",
    [
        {"site_id": "1", "rules": {}},
        {"rules": {}},
        {"site_id": SITE, "ip_block": ["192.0.2.1"], "rules": {"ddos": "maybe"}},
        {"site_id": SITE, "rules": {"none": "on"}},
        {"site_id": SITE, "cdn": {"cache_mode": "all"}},
        {"site_id": SITE, "ip_block": "192.0.2.1"},
        {"site_id": SITE, "exceptions": [{"type": "ddos"}]},
        {"site_id": SITE, "colours": []},
    ],
)
def test_invalid_outside_changes_are_refused(protected: Sandbox, wanted: dict[str, t.Any]) -> None:
    protected.admin("POST", "policy", site_id=SITE, rules={"ddos": "on"})
    before = protected.admin("GET", "policy")
    assert protected.send("POST", "/admin/policy", json.dumps(wanted).encode()).status == 400
    assert protected.admin("GET", "policy") == before


# Rules


def test_a_rule_has_options_and_a_value(protected: Sandbox) -> None:
    assert same(
        ask(protected, "setWafSettings", "<backdoor>alert</backdoor>"),
        "<setWafSettings><status>ok</status></setWafSettings>",
    )
    rules = ask(protected, "getWafSettings")
    assert same(
        rules.find("backdoor"),
        """<backdoor>
        <exceptions/>
        <options><option>alert</option><option>disabled</option><option>quarantine_url</option></options>
        <setting>alert</setting><status>ok</status>
    </backdoor>""",
    )
    assert [rule.tag for rule in rules] == [
        "backdoor",
        "bot_access_control",
        "ddos",
        "illegal_resource",
        "remote_file_inclusion",
        "sql_injection",
        "cross_site_scripting",
    ]


def test_an_unknown_option_changes_nothing(protected: Sandbox) -> None:
    before = plain(ask(protected, "getWafSettings"))
    assert refusal(ask(protected, "setWafSettings", "<ddos>on</ddos><backdoor>block_ip</backdoor>")) == INVALID
    assert plain(ask(protected, "getWafSettings")) == before
    assert "backdoor: block_ip is none of alert, disabled" in protected.journal()[-2]["outcome"]


def test_setting_partial_effect_of_a_refused_call(protected: Sandbox) -> None:
    protected.admin("POST", "settings", refused_rules="others")
    assert refusal(ask(protected, "setWafSettings", "<ddos>on</ddos><backdoor>block_ip</backdoor>")) == INVALID
    assert ask(protected, "getWafSettings").findtext("ddos/setting") == "on"


@pytest.mark.parametrize(("word", "other"), [("disable", "disabled"), ("disabled", "disable")])
def test_setting_word_for_off(protected: Sandbox, word: str, other: str) -> None:
    protected.admin("POST", "settings", rule_off_word=word)
    options = found(ask(protected, "getWafSettings"), "sql_injection/options/option")
    assert word in options
    assert other not in options
    assert refusal(ask(protected, "setWafSettings", f"<sql_injection>{other}</sql_injection>")) == INVALID
    ask(protected, "setWafSettings", f"<sql_injection>{word}</sql_injection>")
    assert ask(protected, "getWafSettings").findtext("sql_injection/setting") == word
    # Outside changes use one word for it.
    assert protected.admin("GET", f"policy?site_id={SITE}")["rules"]["sql_injection"] == "disable"
    # This one is documented.
    assert "disable" in found(ask(protected, "getWafSettings"), "illegal_resource/options/option")


@pytest.mark.parametrize(("form", "ddos"), [("keep", "on"), ("default", "auto")])
def test_setting_effect_of_omitted_elements(protected: Sandbox, form: str, ddos: str) -> None:
    protected.admin("POST", "settings", omitted_elements=form)
    ask(protected, "setWafSettings", "<ddos>on</ddos>")
    ask(protected, "setWafSettings", "<backdoor>alert</backdoor>")
    rules = ask(protected, "getWafSettings")
    assert (rules.findtext("ddos/setting"), rules.findtext("backdoor/setting")) == (ddos, "alert")


@pytest.mark.parametrize("form", ["absent", "empty"])
def test_a_plan_may_offer_less(protected: Sandbox, form: str) -> None:
    protected.admin("POST", "settings", unoffered_rules=form)
    protected.admin("POST", "fleet", plans=[{"id": "100", "waf_rules": {"ddos": [], "sql_injection": ["alert"]}}])
    rules = ask(protected, "getWafSettings")
    assert (found(rules, "sql_injection/options/option"), rules.findtext("sql_injection/setting")) == (
        ["alert"],
        "alert",
    )
    assert (rules.find("ddos") is None) == (form == "absent")
    assert found(rules, "ddos/options/option") == []
    assert refusal(ask(protected, "setWafSettings", "<ddos>on</ddos>")) == ("9414", "Feature not permitted")
    assert refusal(ask(protected, "setWafSettings", "<sql_injection>block_ip</sql_injection>")) == INVALID


def test_a_request_without_any_rule_is_refused(protected: Sandbox) -> None:
    assert refusal(ask(protected, "setWafSettings")) == (None, "Could not parse XML request")


# Addresses


def ips(*values: str) -> str:
    return "<ips>" + "".join(f"<ip>{value}</ip>" for value in values) + "</ips>"


def test_ip_blacklist(protected: Sandbox) -> None:
    mixed = ips("192.0.2.1", "198.51.100.0/24", "192.0.2.10-192.0.2.20")
    added = ask(protected, "addWafBlacklistIPs", mixed)
    assert same(added, f"<addWafBlacklistIPs><exceptions/>{mixed}</addWafBlacklistIPs>")
    # The same network in another form is not added again.
    assert len(ask(protected, "addWafBlacklistIPs", ips("198.51.100.0-198.51.100.255")).findall("ips/ip")) == 3
    removed = ask(protected, "removeWafBlacklistIPs", ips("192.0.2.1", "192.0.2.99"))
    left = ips("198.51.100.0/24", "192.0.2.10-192.0.2.20")
    assert same(removed, f"<removeWafBlacklistIPs><exceptions/>{left}</removeWafBlacklistIPs>")
    assert same(ask(protected, "getWafIPBlacklist"), f"<getWafIPBlacklist><exceptions/>{left}</getWafIPBlacklist>")


@pytest.mark.parametrize("ip", ["192.0.2.256", "192.0.2.1/24", "192.0.2.9-192.0.2.1", "shop.example", "192.0.2.1-::1"])
@pytest.mark.parametrize("method", ["addWafBlacklistIPs", "addWafWhitelistIPs", "removeWafBlacklistIPs"])
def test_invalid_addresses_are_refused(protected: Sandbox, method: str, ip: str) -> None:
    assert refusal(ask(protected, method, ips("192.0.2.1", ip))) == INVALID
    assert found(ask(protected, "getWafIPBlacklist"), "ips/ip") == []
    assert found(ask(protected, "getWafIPWhitelist"), "ips/ip") == SCANNERS


def test_scanner_addresses_are_always_in_the_whitelist(protected: Sandbox) -> None:
    [scanners] = protected.call("<getSiteLockIPs/>").xml.findall("getSiteLockIPs/active/class[@type='scan']")
    assert [one.text for one in scanners] == SCANNERS
    added = ask(protected, "addWafWhitelistIPs", ips(SCANNERS[0], "192.0.2.1"))
    assert same(added, f"<addWafWhitelistIPs>{ips(*SCANNERS, '192.0.2.1')}</addWafWhitelistIPs>")
    removed = ask(protected, "removeWafWhitelistIPs", ips(SCANNERS[1], "192.0.2.1"))
    assert same(removed, f"<removeWafWhitelistIPs>{ips(*SCANNERS)}</removeWafWhitelistIPs>")
    assert same(ask(protected, "getWafIPWhitelist"), f"<getWafIPWhitelist>{ips(*SCANNERS)}</getWafIPWhitelist>")


@pytest.mark.parametrize(("form", "left", "gone"), [("remaining", "B", "A"), ("removed", "A", "B")])
def test_setting_response_to_a_removal(protected: Sandbox, form: str, left: str, gone: str) -> None:
    """``left`` is the content of the response about A, which is removed, and B, which stays."""
    protected.admin("POST", "settings", removal_answer=form)
    values = {"A": ("192.0.2.1", "/a", "KP"), "B": ("192.0.2.2", "/b", "IR")}
    for ip, path, country in values.values():
        ask(protected, "addWafBlacklistIPs", ips(ip))
        ask(protected, "addWafBlacklistUrls", f"<urls><url><path>{path}</path><pattern>EQUALS</pattern></url></urls>")
        ask(protected, "addWafBlacklistGeo", f"<countries><country>{country}</country></countries>")
    ip, path, country = values["A"]
    answers = [
        *found(ask(protected, "removeWafBlacklistIPs", ips(ip)), "ips/ip"),
        *found(ask(protected, "removeWafBlacklistUrls", f"<urls><url>{path}</url></urls>"), "urls/url"),
        *found(
            ask(protected, "removeWafBlacklistGeo", f"<countries><country>{country}</country></countries>"),
            "geo/countries/country",
        ),
    ]
    assert answers == list(values[left])
    assert found(ask(protected, "getWafIPBlacklist"), "ips/ip") == [values["B"][0]]


@pytest.mark.parametrize(
    ("form", "shown"),
    [("as_sent", ["192.0.2.0/24", "198.51.100.7/32"]), ("range", ["192.0.2.0-192.0.2.255", "198.51.100.7"])],
)
def test_setting_form_of_addresses(protected: Sandbox, form: str, shown: list[str]) -> None:
    protected.admin("POST", "settings", ip_form=form)
    ask(protected, "addWafBlacklistIPs", ips("192.0.2.0/24", "198.51.100.7/32"))
    assert found(ask(protected, "getWafIPBlacklist"), "ips/ip") == shown


@pytest.mark.parametrize(("form", "tags"), [("element", ["exceptions", "ips"]), ("absent", [])])
def test_setting_form_of_an_empty_list(protected: Sandbox, form: str, tags: list[str]) -> None:
    protected.admin("POST", "settings", empty_lists=form)
    assert [one.tag for one in ask(protected, "getWafIPBlacklist")] == tags


# URLs


def urls(*pairs: tuple[str, str]) -> str:
    inner = "".join(f"<url><path>{path}</path><pattern>{how}</pattern></url>" for path, how in pairs)
    return f"<urls>{inner}</urls>"


def test_url_blacklist(protected: Sandbox) -> None:
    shown = '<exceptions/><urls><url path="/a" pattern="EQUALS"/><url path="b" pattern="CONTAINS"/></urls>'
    added = ask(protected, "addWafBlacklistUrls", urls(("/a", "EQUALS"), ("b", "CONTAINS")))
    assert same(added, f"<addWafBlacklistUrls>{shown}</addWafBlacklistUrls>")
    assert same(ask(protected, "getWafUrlBlacklist"), f"<getWafUrlBlacklist>{shown}</getWafUrlBlacklist>")
    removed = ask(protected, "removeWafBlacklistUrls", "<urls><url>/a</url><url>/other</url></urls>")
    assert same(removed, "<removeWafBlacklistUrls><exceptions/><urls><url>b</url></urls></removeWafBlacklistUrls>")


@pytest.mark.parametrize("pattern", ["EQUALS", "NOT_EQUALS", "PREFIX"])
def test_absolute_paths_start_with_a_slash(protected: Sandbox, pattern: str) -> None:
    assert refusal(ask(protected, "addWafBlacklistUrls", urls(("admin", pattern)))) == INVALID
    assert ask(protected, "addWafBlacklistUrls", urls(("/admin", pattern))).find("error") is None


@pytest.mark.parametrize(("form", "pattern"), [("refuse", "EQUALS"), ("replace", "PREFIX"), ("ignore", "EQUALS")])
def test_setting_another_pattern_for_a_known_path(protected: Sandbox, form: str, pattern: str) -> None:
    protected.admin("POST", "settings", known_url=form)
    ask(protected, "addWafBlacklistUrls", urls(("/a", "EQUALS")))
    answer = ask(protected, "addWafBlacklistUrls", urls(("/a", "PREFIX")))
    assert (answer.find("error") is not None) == (form == "refuse")
    [url] = ask(protected, "getWafUrlBlacklist").findall("urls/url")
    assert url.get("pattern") == pattern
    # Adding the same again is always accepted.
    assert ask(protected, "addWafBlacklistUrls", urls(("/a", pattern))).find("error") is None


def test_setting_responses_about_urls(protected: Sandbox) -> None:
    protected.admin("POST", "settings", url_answer="text", url_removal_element="removeWafUrlBlacklist")
    assert found(ask(protected, "addWafBlacklistUrls", urls(("/a", "EQUALS"))), "urls/url") == ["/a"]
    assert ask(protected, "removeWafBlacklistUrls", "<urls><url>/a</url></urls>").tag == "removeWafUrlBlacklist"


# Countries


def test_geo_blacklist(protected: Sandbox) -> None:
    both = "<countries><country>KP</country></countries><continents><continent>AN</continent></continents>"
    added = ask(protected, "addWafBlacklistGeo", both)
    assert same(added, f"<addWafBlacklistGeo><exceptions/><geo>{both}</geo></addWafBlacklistGeo>")
    left = "<geo><countries/><continents><continent>AN</continent></continents></geo>"
    removed = ask(protected, "removeWafBlacklistGeo", "<countries><country>KP</country></countries>")
    assert same(removed, f"<removeWafBlacklistGeo><exceptions/>{left}</removeWafBlacklistGeo>")
    assert same(ask(protected, "getWafGeoBlacklist"), f"<getWafGeoBlacklist><exceptions/>{left}</getWafGeoBlacklist>")


@pytest.mark.parametrize("content", ["", "<countries/>", "<countries><country>kp</country></countries>"])
def test_a_request_without_a_country_is_refused(protected: Sandbox, content: str) -> None:
    assert refusal(ask(protected, "addWafBlacklistGeo", content)) == (None, "Could not parse XML request")


def test_an_unknown_country_is_refused(protected: Sandbox) -> None:
    content = "<countries><country>KP</country><country>XX</country></countries>"
    assert refusal(ask(protected, "addWafBlacklistGeo", content)) == INVALID
    assert found(ask(protected, "getWafGeoBlacklist"), "geo/countries/country") == []


@pytest.mark.parametrize(
    ("form", "path"), [("beside", "countries/country"), ("nested", "continents/countries/country")]
)
def test_country_and_continent_codes(sandbox: Sandbox, form: str, path: str) -> None:
    sandbox.admin("POST", "settings", geo_info_form=form)
    answer = sandbox.call("<getWafGeoInfo/>").xml.find("getWafGeoInfo")
    assert answer.findtext(f"{path}[code='KP']/name") == "Korea (North)"
    assert answer.findtext("continents/continent[code='EU']/name") == "Europe"
    assert len(answer.findall(path)) > 240
