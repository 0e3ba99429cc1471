# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cache, bypass, statistics and lists of names."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.tests.unit.sandbox.firewalls import INVALID, SITE, ask, found, refusal, same

if t.TYPE_CHECKING:
    from conftest import Sandbox

PARSE_ERROR = (None, "Could not parse XML request")
NEW_CACHE = """
    <cache_mode>static_only</cache_mode>
    <comply_no_cache>0</comply_no_cache>
    <cache300x>0</cache300x>
    <async_validation>1</async_validation>
    <comply_vary>0</comply_vary>
    <prefer_last_modified>0</prefer_last_modified>
    <use_shortest_caching>0</use_shortest_caching>
    <disable_client_side_caching>0</disable_client_side_caching>
    <on_the_fly_compression>1</on_the_fly_compression>
    <tcp_pre_pooling>1</tcp_pre_pooling>"""
MORE_CACHE = """
    <minify_javascript>0</minify_javascript>
    <minify_css>0</minify_css>
    <minify_static_html>0</minify_static_html>
    <compress_jpeg>0</compress_jpeg>
    <progressive_image_rendering>0</progressive_image_rendering>
    <aggressive_compression>0</aggressive_compression>
    <compress_png>0</compress_png>
    <accelerate_https>0</accelerate_https>"""


# Cache


@pytest.mark.parametrize(("form", "shown"), [("all", NEW_CACHE + MORE_CACHE), ("documented", NEW_CACHE)])
def test_setting_initial_cdn_settings(protected: Sandbox, form: str, shown: str) -> None:
    protected.admin("POST", "settings", cdn_elements=form)
    answer = f"<getWafCDNSettings>{shown}<status>ok</status></getWafCDNSettings>"
    assert same(ask(protected, "getWafCDNSettings"), answer)
    answer = ask(protected, "setWafCDNSettings", "<minify_css>1</minify_css>")
    assert (answer.find("error") is None) == (form == "all")


@pytest.mark.parametrize(("form", "mode"), [("keep", "disable"), ("default", "static_only")])
def test_setting_omitted_cdn_elements(protected: Sandbox, form: str, mode: str) -> None:
    protected.admin("POST", "settings", omitted_elements=form)
    answer = ask(protected, "setWafCDNSettings", "<cache_mode>disable</cache_mode>")
    assert same(answer, "<setWafCDNSettings><status>ok</status></setWafCDNSettings>")
    ask(protected, "setWafCDNSettings", "<minify_css>1</minify_css>")
    cache = ask(protected, "getWafCDNSettings")
    assert (cache.findtext("cache_mode"), cache.findtext("minify_css")) == (mode, "1")


def test_setting_element_around_the_cdn_settings(protected: Sandbox) -> None:
    protected.admin("POST", "settings", cdn_form="wrapped")
    protected.admin("POST", "fleet", plans=[{"id": "100", "cache_modes": ["disable"]}])
    answer = ask(protected, "getWafCDNSettings")
    assert found(answer, "cdnSettings/options/cache_modes/cache_mode") == ["disable"]
    assert (answer.findtext("cdnSettings/cache_mode"), answer.findtext("status")) == ("disable", "ok")
    assert refusal(ask(protected, "setWafCDNSettings", "<cache_mode>static_only</cache_mode>")) == INVALID


@pytest.mark.parametrize("content", ["", "<minify_css>2</minify_css>", "<colour>1</colour>"])
def test_a_request_without_settings_is_refused(protected: Sandbox, content: str) -> None:
    assert refusal(ask(protected, "setWafCDNSettings", content)) == PARSE_ERROR


def test_purges_are_recorded(protected: Sandbox) -> None:
    assert same(ask(protected, "purgeWafCache"), "<purgeWafCache><status>ok</status></purgeWafCache>")
    ask(protected, "purgeWafCache", "<purge_pattern>^/img</purge_pattern>")
    assert protected.admin("GET", f"policy?site_id={SITE}")["purges"] == ["", "^/img"]


# Bypass


def bypass(status: str, shield: str = "1", speed: str = "1") -> str:
    values = f"<use_true_shield>{shield}</use_true_shield><use_true_speed>{speed}</use_true_speed>"
    return f"<getWafBypass><bypass_status>{status}</bypass_status>{values}<status>ok</status></getWafBypass>"


@pytest.mark.parametrize(("form", "on", "off"), [("on_off", "on", "off"), ("one_zero", "1", "0")])
def test_setting_values_of_bypass(protected: Sandbox, form: str, on: str, off: str) -> None:
    protected.admin("POST", "settings", bypass_value=form)
    assert same(ask(protected, "getWafBypass"), bypass("off"))
    answer = ask(protected, "setWafBypass", f"<bypass>{on}</bypass><use_true_speed>0</use_true_speed>")
    assert same(answer, "<setWafBypass><status>ok</status></setWafBypass>")
    assert same(ask(protected, "getWafBypass"), bypass("on", speed="0"))
    ask(protected, "setWafBypass", f"<bypass>{off}</bypass>")
    assert same(ask(protected, "getWafBypass"), bypass("off", speed="0"))


@pytest.mark.parametrize("reaction", ["refuse", "ignore"])
@pytest.mark.parametrize(("form", "wrong"), [("on_off", "1"), ("one_zero", "on")])
def test_setting_effect_of_an_unknown_bypass_value(protected: Sandbox, form: str, wrong: str, reaction: str) -> None:
    protected.admin("POST", "settings", bypass_value=form, bypass_other_value=reaction)
    answer = ask(protected, "setWafBypass", f"<bypass>{wrong}</bypass><use_true_speed>0</use_true_speed>")
    if reaction == "refuse":
        assert refusal(answer) == INVALID
    else:
        assert answer.findtext("status") == "ok"
    assert same(ask(protected, "getWafBypass"), bypass("off"))


# Statistics


def detail(sandbox: Sandbox, content: str) -> list[str]:
    """The times of the visits of a page."""
    answer = ask(sandbox, "getWafDetailResults", content)
    assert answer.findtext("status") == "ok"
    return found(answer, "visits/visit/startTime")


def test_results_contain_the_requested_statistics(protected: Sandbox) -> None:
    flags = "<visits_timeseries/><caching/><threats/>"
    answer = ask(protected, "getWafResults", f"<time_range>last_7_days</time_range>{flags}")
    assert [one.tag for one in answer] == ["visits_timeseries", "caching", "threats", "status"]
    assert answer.findtext("caching/total_requests") == "1000"
    wrong = ask(protected, "getWafResults", "<time_range>last_year</time_range><caching/>")
    assert refusal(wrong) == ("13001", "Invalid time range")
    full = ask(protected, "getWafResults", "<time_range>today</time_range><caching>1</caching>")
    assert refusal(full) == PARSE_ERROR


def test_visits_are_paged(protected: Sandbox) -> None:
    span = "<time_range>last_7_days</time_range>"
    first, second = (detail(protected, f"{span}<page_num>{number}</page_num>") for number in (0, 1))
    assert (len(first), len(second)) == (10, 10)
    assert first == detail(protected, span)
    assert min(first) > max(second)
    assert len(detail(protected, f"{span}<page_num>2</page_num>")) == 5
    assert detail(protected, f"{span}<page_num>3</page_num>") == []
    assert len(detail(protected, f"{span}<page_size>100</page_size>")) == 25
    assert refusal(ask(protected, "getWafDetailResults", f"{span}<page_size>101</page_size>")) == INVALID


def test_visits_are_limited_by_the_time_range(protected: Sandbox) -> None:
    protected.admin("POST", "settings", visits=100)
    pages = "<page_size>100</page_size>"
    assert len(detail(protected, f"<time_range>today</time_range>{pages}")) <= 24
    assert len(detail(protected, f"<time_range>last_30_days</time_range>{pages}")) == 100


# Names


def test_lists_of_countries_and_applications(sandbox: Sandbox) -> None:
    apps = sandbox.call("<getWafClientAppInfo/>").xml.find("getWafClientAppInfo")
    assert same(apps.find("clientApps/clientApp"), "<clientApp><name>Playstation</name><id>242</id></clientApp>")
    assert apps.findtext("status") == "ok"
    languages = sandbox.call("<getLanguageList/>").xml.findall("getLanguageList/language")
    assert [one.tag for one in languages[0]] == ["name", "abbr", "active", "code", "id", "local_name", "telesign"]
    messages = sandbox.call("<getMessageTypes/>").xml.findall("getMessageTypes/messages/message")
    assert {one.tag for one in messages[0]} == {
        "name",
        "code",
        "id",
        "defaultCopy",
        "scan_code",
        "severity",
        "type",
    }
