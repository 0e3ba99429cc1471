# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Statistics, visits and reference lists, with the documented payloads, against a scripted server."""

from __future__ import annotations

import json
import typing as t

import pytest
from lxml import etree

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.references import REFERENCES
from ansible_collections.hosting.websec.plugins.modules import sitelock_reference_info, sitelock_waf_statistics_info
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import document
from ansible_collections.hosting.websec.tests.unit.sitelock.test_addon_passes import connection

Result = dict[str, t.Any]


def sent(request: Received) -> str:
    """The element of the method; an empty element is short."""
    method = etree.fromstring(request.body)[1]
    for element in method:
        element.text = element.text or None
    return etree.tostring(method).decode()


def read(replies: t.Any, *numbers: int, **given: t.Any) -> tuple[Result, list[str]]:
    """The result of the module about statistics, and what was sent."""
    own = {"statistics": [], "visits": False, "page_size": 100, "max_visits": 1000, "post_data": False}
    sites = {"sites": [{"site_id": number} for number in numbers or (5,)], "site_ids": {}, "time_range": "today"}
    with ScriptedServer(replies) as server:
        options = {**connection(server.url), "concurrency": 1, "on_error": "report", **own, **sites, **given}
        result = sitelock_waf_statistics_info.run(options, RunContext())
        return result, [sent(request) for request in server.requests]


# ---- statistics

STATISTICS = """<getWafResults><status>ok</status>
    <visits_timeseries><id>api.stats.visits.human</id><name>Humans</name><data>[1, 2]</data></visits_timeseries>
    <visits_timeseries><id>api.stats.visits.bot</id><name>Bots</name><data>[3, 4]</data></visits_timeseries>
    <hits_timeseries><id>api.stats.hits</id><name>Hits</name><data>[5, 6]</data></hits_timeseries>
    <bandwidth_timeseries/>
    <caching><saved_requests>600</saved_requests><total_requests>1000</total_requests>
        <saved_bytes>6000</saved_bytes><total_bytes>many</total_bytes></caching>
    <threats><id>api.threats.sql_injection</id><name>SQL Injection</name><incidents>3</incidents>
        <status>ok</status></threats>
    <future place="DE">7</future></getWafResults>"""


def test_statistics_as_documented_with_known_numbers_and_lists() -> None:
    result, requests = read([Reply(document(STATISTICS))], statistics=["caching", "threats"])
    flags = "<caching/><threats/>"
    assert requests == [f"<getWafResults><site_id>5</site_id><time_range>today</time_range>{flags}</getWafResults>"]
    (row,) = result["sites"]
    assert row["statistics"] == {
        "visits_timeseries": [
            {"id": "api.stats.visits.human", "name": "Humans", "data": "[1, 2]"},
            {"id": "api.stats.visits.bot", "name": "Bots", "data": "[3, 4]"},
        ],
        "hits_timeseries": [{"id": "api.stats.hits", "name": "Hits", "data": "[5, 6]"}],
        "bandwidth_timeseries": [],
        # What should be a number and is none stays as it is.
        "caching": {"saved_requests": 600, "total_requests": 1000, "saved_bytes": 6000, "total_bytes": "many"},
        "threats": [{"id": "api.threats.sql_injection", "name": "SQL Injection", "incidents": 3, "status": "ok"}],
        "future": {"@place": "DE", "#text": "7"},
    }
    assert (row["visits"], row["visits_complete"], result["changed"]) == (None, None, False)


def test_a_refusal_names_the_statistics_that_are_not_documented() -> None:
    refused = Reply(document("<getWafResults><error>Could not parse XML request</error></getWafResults>"))
    for names, told in (
        (["threatz", "caching"], "Check statistics. Not documented: threatz (did you mean threats?)."),
        (["caching"], ""),
    ):
        result, _requests = read([refused], statistics=names)
        assert result["sites"][0]["error"]["hint"] == told


def test_a_site_that_fails_costs_no_other_one() -> None:
    refused = Reply(document("<getWafResults><status>error</status><message>Not today</message></getWafResults>"))
    result, _requests = read([refused, Reply(document(STATISTICS))], 5, 6, statistics=["threats"])
    bad, fine = result["sites"]
    assert (bad["failed"], bad["statistics"], bad["error"]["message"]) == (True, None, "getWafResults: Not today.")
    assert (fine["failed"], fine["statistics"]["threats"][0]["incidents"]) == (False, 3)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "Neither statistics nor visits"),
        ({"statistics": ["site_id"]}, "'site_id'"),
        ({"statistics": ["<threats>"]}, "'<threats>'"),
        ({"visits": True, "page_size": 101}, "from 1 to 100"),
        ({"visits": True, "page_size": 0}, "from 1 to 100"),
        ({"visits": True, "max_visits": 0}, "max_visits is 0"),
    ],
)
def test_what_cannot_be_is_refused_before_the_first_call(given: Result, named: str) -> None:
    with pytest.raises(BadInputError, match=named):
        read([], **given)


# ---- visits

VISIT = """<visit><id>{id}</id><siteId>5</siteId><startTime>1795953600000</startTime><endTime>{end}</endTime>
    <clientIPs>198.51.100.7</clientIPs><countryCode>DE</countryCode><hits>3</hits><supportsCookies>true</supportsCookies>
    <supportsJavaScript>maybe</supportsJavaScript><future>kept</future>
    <actions><action><queryString>page=1</queryString><responseTime>20</responseTime><thinkTime>5</thinkTime>
        <postData>password=hunter2</postData><isSecured>false</isSecured><httpStatus>200</httpStatus></action>
    </actions></visit>"""


def visits(*ids: int, end: str = "1795953660999") -> Reply:
    inner = "".join(VISIT.format(id=each, end=end) for each in ids)
    return Reply(
        document(
            f"<getWafDetailResults><status>ok</status><message>OK</message><visits>{inner}</visits></getWafDetailResults>"
        )
    )


def test_a_visit_as_documented_without_what_was_sent_in_forms() -> None:
    result, _requests = read([visits(1), visits()], visits=True)
    (row,) = result["sites"]
    assert row["visits"] == [
        {
            "id": "1",
            "siteId": 5,
            "startTime": 1795953600000,
            "started_at": "2026-11-29T12:00:00Z",
            "endTime": 1795953660999,
            "ended_at": "2026-11-29T12:01:00Z",
            "clientIPs": "198.51.100.7",
            "countryCode": "DE",
            "hits": 3,
            "supportsCookies": True,
            "supportsJavaScript": "maybe",
            "future": "kept",
            "actions": [
                {"queryString": "page=1", "responseTime": 20, "thinkTime": 5, "isSecured": False, "httpStatus": 200}
            ],
        }
    ]
    assert row["visits_complete"]
    assert "hunter2" not in json.dumps(result)


def test_what_was_sent_in_forms_is_returned_on_demand() -> None:
    result, _requests = read([visits(1), visits()], visits=True, post_data=True)
    assert result["sites"][0]["visits"][0]["actions"][0]["postData"] == "password=hunter2"


@pytest.mark.parametrize("end", ["", "soon", "9" * 18, "9" * 400])
def test_a_time_that_is_none(end: str) -> None:
    result, _requests = read([visits(1, end=end), visits()], visits=True)
    assert result["sites"][0]["visits"][0]["ended_at"] is None


@pytest.mark.parametrize(
    ("replies", "most", "ids", "complete"),
    [
        # A page may have fewer visits than requested, so only an empty one is the end.
        ([visits(1, 2), visits(3), visits()], 10, "123", True),
        ([visits()], 10, "", True),
        # Visits that begin meanwhile shift the pages.
        ([visits(3, 2), visits(2, 1), visits()], 10, "321", True),
        ([visits(1, 2), visits(3, 4)], 3, "123", False),
        ([visits(1, 2)], 2, "12", False),
        # A server that ignores the number of the page.
        ([visits(1, 2), visits(1, 2)], 10, "12", False),
    ],
)
def test_pages_have_an_end(replies: list[Reply], most: int, ids: str, complete: bool) -> None:
    result, requests = read(replies, visits=True, page_size=2, max_visits=most)
    (row,) = result["sites"]
    assert ("".join(visit["id"] for visit in row["visits"]), row["visits_complete"]) == (ids, complete)
    assert len(requests) == len(replies)
    assert requests[-1] == (
        "<getWafDetailResults><site_id>5</site_id><time_range>today</time_range><page_size>2</page_size>"
        f"<page_num>{len(replies) - 1}</page_num></getWafDetailResults>"
    )


def test_a_number_of_a_visit_in_an_unknown_form_costs_no_other_visit() -> None:
    strange = "<visit><id kind='a'/></visit><visit><id kind='b'>1</id></visit><visit/><visit>text</visit>"
    page = visits(1).body.replace(b"</visits>", f"{strange}</visits>".encode())
    result, _requests = read([Reply(page), visits()], visits=True)
    (row,) = result["sites"]
    assert (row["error"], len(row["visits"]), row["visits_complete"]) == (None, 3, True)


# ---- reference lists

LISTS = {
    "getCountriesList": "<countries><country><name>Germany</name><code>DE</code></country></countries>"
    "<status>ok</status>",
    "getLanguageList": "<language><name>German</name><abbr>de</abbr><active>1</active><code>de_DE</code><id>2</id>"
    "<local_name>Deutsch</local_name><telesign></telesign></language>",
    "getWafGeoInfo": "<continents><continent><name>Europe</name><code>EU</code></continent></continents>"
    "<countries><country><name>Germany</name><code>DE</code></country></countries>",
    "getWafClientAppInfo": "<clientApps><clientApp><name>Firefox</name><id>1</id></clientApp></clientApps>"
    "<status>ok</status>",
    "getMessageTypes": "<messages><message><name>Malware</name><code>mal</code><id>M-1</id>"
    "<defaultCopy>Hi</defaultCopy><scan_code>s</scan_code><severity>high</severity><type>t</type><future>kept</future></message></messages>",
}
GEO = [{"kind": "continent", "name": "Europe", "code": "EU"}, {"kind": "country", "name": "Germany", "code": "DE"}]
ITEMS = {
    "countries": [{"name": "Germany", "code": "DE"}],
    "languages": [
        {
            "name": "German",
            "abbr": "de",
            "active": "1",
            "code": "de_DE",
            "id": 2,
            "local_name": "Deutsch",
            "telesign": None,
        }
    ],
    "geo": GEO,
    "client_apps": [{"name": "Firefox", "id": 1}],
    "message_types": [
        {
            "name": "Malware",
            "code": "mal",
            "id": "M-1",
            "defaultCopy": "Hi",
            "scan_code": "s",
            "severity": "high",
            "type": "t",
            "future": "kept",
        }
    ],
}


def references(lists: t.Mapping[str, str], *types: str) -> tuple[Result, list[str]]:
    called: list[str] = []

    def reply(request: Received) -> Reply:
        called.append(str(etree.fromstring(request.body)[1].tag))
        return Reply(document(f"<{called[-1]}>{lists[called[-1]]}</{called[-1]}>"))

    with ScriptedServer(reply) as server:
        return sitelock_reference_info.run({**connection(server.url), "types": list(types)}), called


def test_each_list_as_documented_with_one_call() -> None:
    assert references(LISTS, *REFERENCES) == ({"changed": False, **ITEMS}, [*LISTS])
    assert references(LISTS, "geo", "geo") == ({"changed": False, "geo": GEO}, ["getWafGeoInfo"])


def test_countries_within_the_continents() -> None:
    within = (
        "<continents><continent><name>Europe</name><code>EU</code></continent><countries><country><name>Germany</name>"
    )
    lists = {"getWafGeoInfo": f"{within}<code>DE</code></country></countries></continents>"}
    assert references(lists, "geo")[0]["geo"] == GEO


def test_an_empty_list_is_no_list() -> None:
    with pytest.raises(BadResponseError, match="lists no country"):
        references({"getCountriesList": "<countries/><status>ok</status>"}, "countries")
