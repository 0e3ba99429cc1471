# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exceptions to the rules and the lists of the firewall of a site."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.tests.unit.sandbox.firewalls import INVALID, ask, found, plain, refusal, same

if t.TYPE_CHECKING:
    from conftest import Sandbox

PLACE = "<countries><country>DE</country></countries><continents><continent>EU</continent></continents>"
IPS = "<ips><ip>192.0.2.1</ip><ip>198.51.100.0/24</ip></ips>"
PARSE_ERROR = (None, "Could not parse XML request")


def add(sandbox: Sandbox, criteria: str, type_: str = "sql_injection") -> str:
    """Add an exception, and return its id."""
    answer = ask(sandbox, "addWafException", f"<type>{type_}</type>{criteria}")
    exceptions = answer.findall("exceptions/exception")
    assert exceptions, plain(answer)
    return str(exceptions[-1].get("id"))


def ids(sandbox: Sandbox, rule: str = "sql_injection") -> list[str | None]:
    return [one.get("id") for one in ask(sandbox, "getWafSettings").findall(f"{rule}/exceptions/exception")]


def test_the_life_of_an_exception(protected: Sandbox) -> None:
    answer = ask(protected, "addWafException", f"<type>sql_injection</type>{PLACE}{IPS}")
    one = answer.find("exceptions/exception").get("id")
    assert one.isdigit()
    content = f'<exceptions><exception id="{one}"><geo>{PLACE}</geo>{IPS}</exception></exceptions>'
    assert same(answer, f"<addWafException>{content}</addWafException>")
    assert same(ask(protected, "getWafSettings").find("sql_injection/exceptions"), content)
    assert ids(protected, "ddos") == []
    changed = "<type>sql_injection</type><countries><country>FR</country></countries>"
    altered = ask(protected, "alterWafException", f"<exception_id>{one}</exception_id>{changed}")
    content = f'<exception id="{one}"><geo><countries><country>FR</country></countries></geo></exception>'
    assert same(altered, f"<alterWafException><exceptions>{content}</exceptions></alterWafException>")
    what = f"<exception_id>{one}</exception_id><type>sql_injection</type>"
    removed = ask(protected, "removeWafException", what)
    assert same(removed, f"<removeWafException><exceptions>{what}</exceptions><status>ok</status></removeWafException>")
    assert ids(protected) == []


def test_adding_the_same_again_creates_another_exception(protected: Sandbox) -> None:
    first, second = add(protected, IPS), add(protected, IPS)
    assert first != second
    assert ids(protected) == [first, second]


@pytest.mark.parametrize(
    ("type_", "getter"),
    [
        ("blacklisted_ips", "getWafIPBlacklist"),
        ("blacklisted_urls", "getWafUrlBlacklist"),
        ("blacklisted_countries", "getWafGeoBlacklist"),
    ],
)
def test_exceptions_of_a_list_are_returned_with_it(protected: Sandbox, type_: str, getter: str) -> None:
    one = add(protected, IPS, type_)
    [exception] = ask(protected, getter).findall("exceptions/exception")
    assert exception.get("id") == one


@pytest.mark.parametrize("method", ["alterWafException", "removeWafException"])
def test_unknown_exceptions_are_refused(protected: Sandbox, method: str) -> None:
    one = add(protected, IPS)
    criteria = IPS if method == "alterWafException" else ""
    for named in (
        f"<exception_id>{one}</exception_id><type>ddos</type>",
        "<exception_id>1</exception_id><type>sql_injection</type>",
    ):
        assert refusal(ask(protected, method, named + criteria)) == INVALID
    assert ids(protected) == [one]


@pytest.mark.parametrize(
    "criteria",
    [
        "",
        "<ips/>",
        "<ips>192.0.2.1</ips>",
        "<ips><url>/a</url></ips>",
        "<colours><colour>red</colour></colours>",
        "<urls><url><path>/a</path><pattern>LIKE</pattern></url></urls>",
        "<urls><url pattern='EQUALS'/></urls>",
    ],
)
def test_unknown_criteria_are_refused(protected: Sandbox, criteria: str) -> None:
    answer = ask(protected, "addWafException", f"<type>sql_injection</type>{criteria}")
    assert refusal(answer) == PARSE_ERROR
    assert ids(protected) == []


@pytest.mark.parametrize(
    "criteria", ["<ips><ip>192.0.2.999</ip></ips>", "<countries><country>XX</country></countries>"]
)
def test_invalid_values_of_criteria_are_refused(protected: Sandbox, criteria: str) -> None:
    one = add(protected, IPS)
    assert refusal(ask(protected, "addWafException", f"<type>sql_injection</type>{criteria}")) == INVALID
    named = f"<exception_id>{one}</exception_id><type>sql_injection</type>"
    assert refusal(ask(protected, "alterWafException", named + criteria)) == INVALID
    assert found(ask(protected, "getWafSettings"), "sql_injection/exceptions/exception/ips/ip")[0] == "192.0.2.1"


APPS = {
    "snake": "<client_apps><client_app>242</client_app></client_apps>",
    "camel": "<clientApps><clientApp>242</clientApp></clientApps>",
}


@pytest.mark.parametrize(("form", "other"), [("snake", "camel"), ("camel", "snake")])
def test_setting_spelling_of_criteria(protected: Sandbox, form: str, other: str) -> None:
    protected.admin("POST", "settings", exception_spelling=form)
    answer = ask(protected, "addWafException", f"<type>ddos</type>{APPS[form]}")
    assert same(answer.find("exceptions/exception")[0], APPS[form])
    assert refusal(ask(protected, "addWafException", f"<type>ddos</type>{APPS[other]}")) == PARSE_ERROR


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("attributes", '<url path="/a" pattern="EQUALS"/>'),
        ("elements", "<url><value>/a</value><pattern>EQUALS</pattern></url>"),
        ("text", "<url>/a</url>"),
    ],
)
def test_setting_form_of_urls(protected: Sandbox, form: str, shown: str) -> None:
    protected.admin("POST", "settings", exception_urls=form)
    answer = ask(protected, "addWafException", "<type>ddos</type><urls><url>/a</url></urls>")
    assert same(answer.find("exceptions/exception/urls"), f"<urls>{shown}</urls>")


URLS = {
    "attributes": '<url path="/a" pattern="PREFIX"/>',
    "path_elements": "<url><path>/a</path><pattern>PREFIX</pattern></url>",
    "value_elements": "<url><value>/a</value><pattern>PREFIX</pattern></url>",
    "text": "<url>/a</url>",
}


@pytest.mark.parametrize("allowed", ["any", *URLS])
@pytest.mark.parametrize("form", URLS)
def test_setting_form_of_urls_in_requests(protected: Sandbox, allowed: str, form: str) -> None:
    protected.admin("POST", "settings", exception_url_request=allowed)
    answer = ask(protected, "addWafException", f"<type>ddos</type><urls>{URLS[form]}</urls>")
    if allowed not in ("any", form):
        assert refusal(answer) == PARSE_ERROR
        return
    url = answer.find("exceptions/exception/urls/url")
    assert dict(url.attrib) == {"path": "/a", "pattern": "EQUALS" if form == "text" else "PREFIX"}


@pytest.mark.parametrize(("form", "shown"), [("repeat", ["1", "2"]), ("comma", ["1,2"])])
def test_setting_form_of_several_values(protected: Sandbox, form: str, shown: list[str]) -> None:
    protected.admin("POST", "settings", exception_lists=form)
    sent = "<client_apps><client_app>1</client_app><client_app>2</client_app></client_apps>"
    answer = ask(protected, "addWafException", f"<type>ddos</type>{sent}")
    assert found(answer, "exceptions/exception/client_apps/client_app") == shown


@pytest.mark.parametrize(("form", "count"), [("one", 1), ("all", 2)])
def test_setting_response_lists_other_exceptions(protected: Sandbox, form: str, count: int) -> None:
    protected.admin("POST", "settings", exception_answer=form)
    add(protected, IPS)
    answer = ask(protected, "addWafException", f"<type>sql_injection</type>{PLACE}")
    assert len(answer.findall("exceptions/exception")) == count


def test_setting_rules_show_exceptions(protected: Sandbox) -> None:
    add(protected, IPS)
    protected.admin("POST", "settings", rule_exceptions="hidden")
    assert not list(ask(protected, "getWafSettings").iter("exceptions"))


def test_setting_criteria_of_a_rule(protected: Sandbox) -> None:
    agents = "<type>ddos</type><user_agents><user_agent>curl</user_agent></user_agents>"
    assert ask(protected, "addWafException", agents).find("error") is None
    protected.admin("POST", "settings", exception_criteria="table")
    assert refusal(ask(protected, "addWafException", agents)) == INVALID
    assert ask(protected, "addWafException", f"<type>ddos</type>{IPS}").find("error") is None
