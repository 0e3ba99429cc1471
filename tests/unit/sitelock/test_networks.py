# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""getSiteLockIPs: networks by class, whatever the names of their elements."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import GET_SITELOCK_IPS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.networks import (
    all_networks,
    classes_of,
    read_classes,
)
from ansible_collections.hosting.websec.tests.unit.scripted_server import Reply, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import answer, call, sent_to
from ansible_collections.hosting.websec.tests.unit.sitelock.test_addon_passes import connection

SANDBOX = """
    <status>ok</status>
    <active>
        <class type="waf"><ip>198.18.0.0/16</ip><ip>198.19.0.0/16</ip></class>
        <class type="api"><ip>192.0.2.10</ip><ip>192.0.2.11</ip></class>
        <class type="expert services"><ip>2001:db8::/32</ip></class>
    </active>"""


def classes(inner: str) -> dict[str, tuple[list[str], list[str]]]:
    data = call(answer(GET_SITELOCK_IPS, inner), GET_SITELOCK_IPS, {})
    return {each.type: (each.networks, each.unread) for each in classes_of(data)}


def one(inner: str) -> tuple[list[str], list[str]]:
    return classes(f'<status>ok</status><active><class type="waf">{inner}</class></active>')["waf"]


def read(inner: str, *types: str) -> tuple[list[str], list[str]]:
    """The names of the classes and all networks, through the whole client."""
    with ScriptedServer([Reply(answer(GET_SITELOCK_IPS, inner))]) as server:
        found = read_classes({**connection(server.url), "types": list(types) or None})
        assert sent_to(server) == ["getSiteLockIPs"]
    return [each.type for each in found], all_networks(found)


def test_the_answer_of_the_sandbox() -> None:
    assert classes(SANDBOX) == {
        "waf": (["198.18.0.0/16", "198.19.0.0/16"], []),
        "api": (["192.0.2.10/32", "192.0.2.11/32"], []),
        "expert services": (["2001:db8::/32"], []),
    }


@pytest.mark.parametrize(
    "inner",
    [
        "<ip>192.0.2.0/25</ip><ip>192.0.2.128/25</ip>",
        "<ips><ip>192.0.2.128/25</ip><ip>192.0.2.0/25</ip><ip>192.0.2.0/25</ip></ips>",
        "<range>192.0.2.128/25</range><ip>192.0.2.0/25</ip>",
        '<network cidr="192.0.2.0/25"/><network cidr="192.0.2.128/25"/>',
        "<list>192.0.2.0/25, 192.0.2.128/25</list>",
        "192.0.2.0/25\n   192.0.2.128/25",
        "<ip>192.0.2.0/255.255.255.128</ip><ip>192.0.2.129/25</ip>",
        "<ip>192.0.2.0 - 192.0.2.127</ip><ip>192.0.2.128-192.0.2.255</ip>",
        "<ip><start>192.0.2.0</start><end>192.0.2.127</end></ip><ip start_ip='192.0.2.128' end_ip='192.0.2.255'/>",
        '<range from="192.0.2.0" to="192.0.2.127"/><range from="192.0.2.128" to="192.0.2.255"/>',
    ],
)
def test_entries_of_every_form(inner: str) -> None:
    assert one(inner) == (["192.0.2.0/25", "192.0.2.128/25"], [])


def test_what_is_no_address_is_shown() -> None:
    inner = "<entry><name>Frankfurt 1</name><ip>192.0.2.1</ip><mask>24</mask></entry><ip>192.0.2.9 - 192.0.2.1</ip>"
    assert one(inner) == (["192.0.2.1/32"], ["Frankfurt 1", "24", "192.0.2.9 - 192.0.2.1"])


def test_classes_of_one_type_are_joined_and_one_may_be_without_a_type() -> None:
    inner = (
        '<active><class type="waf"><ip>192.0.2.2</ip></class><class><ip>192.0.2.3</ip></class></active>'
        '<planned><class type=" waf "><ip>192.0.2.1</ip></class></planned>'
    )
    assert classes(inner) == {"waf": (["192.0.2.1/32", "192.0.2.2/32"], []), "": (["192.0.2.3/32"], [])}


@pytest.mark.parametrize("inner", ["<status>ok</status>", "<status>ok</status><active/>"])
def test_an_answer_without_classes_is_an_error(inner: str) -> None:
    with pytest.raises(BadResponseError, match="contains no class of addresses"):
        classes(inner)


@pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0", "0.0.0.0 - 255.255.255.255", "0.0.0.0/1, 128.0.0.0/1"])
def test_networks_that_hold_everyone_are_never_returned(network: str) -> None:
    with pytest.raises(
        BadResponseError, match="networks of the class 'waf' contain half of all IPv4 addresses or more"
    ):
        one(f"<ip>{network}</ip>")


def test_classes_that_hold_everyone_together_are_never_returned() -> None:
    inner = "".join(f'<class type="{part}"><ip>{part}.0.0.0/2</ip></class>' for part in (0, 64))
    with pytest.raises(BadResponseError, match="networks of all classes together contain half of all IPv4 addresses"):
        classes(f"<active>{inner}</active>")


def test_the_types_choose_the_classes() -> None:
    assert read(SANDBOX) == (
        ["waf", "api", "expert services"],
        ["192.0.2.10/32", "192.0.2.11/32", "198.18.0.0/16", "198.19.0.0/16", "2001:db8::/32"],
    )
    assert read(SANDBOX, "API", "waf", "api")[0] == ["api", "waf"]


@pytest.mark.parametrize("inner", [SANDBOX, '<active><class type="cdn"/></active>'])
def test_a_class_without_networks_is_an_error(inner: str) -> None:
    with pytest.raises(WebsecError, match="contains no addresses of the class cdn") as missing:
        read(inner, "cdn")
    assert missing.value.kind == "not_found"
    assert missing.value.hint.startswith("Its classes are: ")


def test_an_error_of_the_api_is_an_error() -> None:
    with pytest.raises(WebsecError) as refused:
        read("<error>Not today</error>")
    assert refused.value.kind == "rejected"


def test_networks_that_are_in_two_classes_stand_once() -> None:
    data: dict[str, t.Any] = {"class": [{"@type": name, "ip": "192.0.2.1"} for name in ("a", "b")]}
    assert all_networks(classes_of(data)) == ["192.0.2.1/32"]
