# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A list in a form that nobody knows is not an empty list: a dump of it, applied later, would remove everything."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.sections import SECTIONS
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.documents import Documents

LISTS = {
    "ip_block": ("getWafIPBlacklist", "ips", "192.0.2.1"),
    "ip_allow": ("getWafIPWhitelist", "ips", "192.0.2.1"),
    "url_block": ("getWafUrlBlacklist", "urls", "/a"),
    "geo_block": ("getWafGeoBlacklist", "geo", "KP"),
}
FORMS = {
    "a text": "<{name}>{value}</{name}>",
    "other elements": "<{name}><one><what>{value}</what></one></{name}>",
    "attributes": '<{name}><ip value="{value}"/></{name}>',
    "an attribute": '<{name} value="{value}"/>',
    "twice": "<{name}><one>{value}</one></{name}><{name}><one>{value}</one></{name}>",
}
GEO = [
    "<geo><countries>{}</countries></geo>",
    '<geo><countries><country code="{}"/></countries><continents><continent>EU</continent></continents></geo>',
    '<geo><country code="{}"/></geo>',
]
EXCEPTIONS = [
    "<geo><country>KP</country></geo>",
    '<ips><ip value="192.0.2.1"/></ips>',
    '<geo><countries><country code="KP"/></countries></geo>',
]
LOGIN = "<config><enabled>yes</enabled>{}</config><status>ok</status>"
SCANNERS = '<active><class type="scan"><ip>203.0.113.96</ip></class></active>'


def dump(section: str, **answers: str) -> t.Any:
    (found,) = (each for each in SECTIONS if each.name == section)
    return found.dump(Documents(getSiteLockIPs=SCANNERS, **answers).current(found))


def dumped_or_refused(section: str, answer: str) -> str:
    try:
        return str(dump(section, **{LISTS[section][0]: answer}))
    except BadResponseError as error:
        return error.message


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("section", LISTS)
def test_a_list_is_read_or_refused_and_never_empty(section: str, form: str) -> None:
    getter, name, value = LISTS[section]
    told = dumped_or_refused(section, FORMS[form].format(name=name, value=value))
    assert value in told or f"{getter}: the response" in told or f"has the element {name} more than once" in told


@pytest.mark.parametrize("section", LISTS)
def test_an_empty_list_is_empty(section: str) -> None:
    getter, name, _value = LISTS[section]
    empty = {"countries": [], "continents": []} if section == "geo_block" else []
    for answer in (f"<{name}/>", f"<{name}></{name}><status>ok</status>", "", "<status>ok</status>"):
        assert dump(section, **{getter: answer}) == {"exact": empty}


@pytest.mark.parametrize("answer", GEO)
def test_codes_in_other_forms(answer: str) -> None:
    told = dumped_or_refused("geo_block", answer.format("KP"))
    assert "'KP'" in told or told.startswith("getWafGeoBlacklist: the response")


@pytest.mark.parametrize("criterion", EXCEPTIONS)
def test_criteria_in_other_forms_do_not_make_an_exception_wider(criterion: str) -> None:
    answer = f'<exceptions><exception id="7"><urls><url>/a</url></urls>{criterion}</exception></exceptions>'
    rules = "<ddos><setting>on</setting></ddos><exceptions/>"
    lists = dict.fromkeys(("getWafUrlBlacklist", "getWafGeoBlacklist"), "<status>ok</status>")
    with pytest.raises(BadResponseError, match="getWafIPBlacklist"):
        dump("exceptions", getWafSettings=rules, getWafIPBlacklist=answer, **lists)


@pytest.mark.parametrize(
    ("urls", "users"),
    [
        ("<urls>/wp-login.php</urls>", "<status>ok</status>"),
        ('<urls><page value="/wp-login.php"/></urls>', "<status>ok</status>"),
        ("<urls/>", "<status>ok</status><users><user><email>jane@a.example</email></user></users>"),
        ("<urls/>", '<status>ok</status><person email="jane@a.example"/>'),
    ],
)
def test_pages_and_users_of_login_protect_in_other_forms(urls: str, users: str) -> None:
    with pytest.raises(BadResponseError, match=r"loginProtect\w+: the response .* unknown form"):
        dump("login_protect", loginProtectRetrieveConfig=LOGIN.format(urls), loginProtectListUser=users)
