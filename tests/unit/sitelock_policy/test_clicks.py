# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Somebody clicks in the dashboard after a section was read and before it is written: with thousands of sites, this is
many minutes. What the entry does not name stays as it was clicked, and what is done already is not done again."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.test_exceptions import SQL, Exceptions, ips
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.test_login_protect import Login, user
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.vendor import Data, Vendor, run

Click = t.Callable[[t.Any], object]


def rule(name: str, value: str) -> Click:
    def click(vendor: Vendor) -> None:
        _old, options = vendor.sites[1].rules[name]
        vendor.sites[1].rules[name] = (value, options)

    return click


def alter(exception_id: str, content: Data) -> Click:
    return lambda vendor: vendor.types[SQL].update({exception_id: content})


def login(**users: Data) -> Login:
    vendor = Login()
    vendor.config["enabled"] = "yes"
    vendor.urls = [("/wp-login.php", "prefix")]
    vendor.users = {each["email"]: each for each in users.values()}
    return vendor


JANE = {"email": "jane@a.example", "name": "Jane"}
ANY_PAGE = {"value": "/a", "pattern": "prefix"}

CLICKS: dict[str, tuple[t.Callable[[], t.Any], Data, Click, t.Callable[[t.Any], object], object]] = {
    "another rule": (
        Vendor,
        {"rules": {"ddos": "on"}},
        rule("sql_injection", "block_request"),
        lambda vendor: {name: value for name, (value, _options) in vendor.sites[1].rules.items()},
        {"ddos": "on", "sql_injection": "block_request", "backdoor": "alert"},
    ),
    "the same rule": (
        Vendor,
        {"rules": {"ddos": "on"}},
        rule("ddos", "on"),
        lambda vendor: vendor.writes(),
        [],
    ),
    "another setting of the CDN": (
        Vendor,
        {"cdn": {"minify_css": True}},
        lambda vendor: vendor.sites[1].cdn.update(cache_mode="disable"),
        lambda vendor: vendor.sites[1].cdn,
        {"cache_mode": "disable", "minify_css": "1", "compress_png": "1"},
    ),
    "a flag of the bypass": (
        Vendor,
        {"bypass": {"status": "on"}},
        lambda vendor: vendor.sites[1].bypass.update(use_true_speed="0"),
        lambda vendor: vendor.sites[1].bypass,
        {"bypass_status": "on", "use_true_shield": "1", "use_true_speed": "0"},
    ),
    "another setting of Login Protect": (
        login,
        {"login_protect": {"allow_all_users": True}},
        lambda vendor: vendor.config.update(send_lp_notifications="yes"),
        lambda vendor: vendor.config["send_lp_notifications"],
        "yes",
    ),
    "a login page, while the settings are written with all pages": (
        login,
        {"login_protect": {"allow_all_users": True}},
        lambda vendor: vendor.urls.append(("/admin", "equals")),
        lambda vendor: vendor.urls,
        [("/wp-login.php", "prefix"), ("/admin", "equals")],
    ),
    "a login page that would be deleted together with another one": (
        login,
        {
            "login_protect": {
                "urls": {"present": [ANY_PAGE], "absent": [{"value": "/wp-login.php", "pattern": "prefix"}]}
            }
        },
        lambda vendor: vendor.urls.append(("/wp-login.php", "suffix")),
        lambda vendor: vendor.urls,
        [("/wp-login.php", "prefix"), ("/wp-login.php", "suffix")],
    ),
    "the phone number of a user whose name is written": (
        lambda: login(jane=user("jane@a.example", "J", "1-5550001")),
        {"login_protect": {"users": {"present": [JANE]}}},
        lambda vendor: vendor.users["jane@a.example"].update(phone="1-5550002"),
        lambda vendor: vendor.users,
        {"jane@a.example": user("jane@a.example", "Jane", "1-5550002")},
    ),
    "the same user": (
        login,
        {"login_protect": {"users": {"present": [JANE]}}},
        lambda vendor: vendor.users.update({"jane@a.example": user("jane@a.example", "Jane")}),
        lambda vendor: vendor.writes(),
        [],
    ),
    "the same exception": (
        Exceptions,
        {"exceptions": {SQL: {"present": [{"ips": ["192.0.2.1"]}]}}},
        lambda vendor: vendor.types.update({SQL: {"900": ips("192.0.2.1")}}),
        lambda vendor: vendor.contents(SQL),
        [ips("192.0.2.1")],
    ),
    "an exception that would be removed becomes another one": (
        lambda: Exceptions(sql_injection=[ips("192.0.2.1"), ips("192.0.2.2")]),
        {"exceptions": {SQL: {"absent": [{"ips": ["192.0.2.2"]}]}}},
        alter("2", ips("192.0.2.3")),
        lambda vendor: vendor.contents(SQL),
        [ips("192.0.2.1"), ips("192.0.2.3")],
    ),
    "an exception that would be altered becomes one that is wanted": (
        lambda: Exceptions(sql_injection=[ips("192.0.2.1"), ips("192.0.2.2")]),
        {"exceptions": {SQL: {"exact": [{"ips": ["192.0.2.3"]}, {"ips": ["192.0.2.4"]}]}}},
        alter("1", ips("192.0.2.4")),
        lambda vendor: vendor.types[SQL],
        {"1": ips("192.0.2.4"), "2": ips("192.0.2.3")},
    ),
}


TWICE: dict[str, tuple[t.Callable[[], t.Any], str, Data, Click]] = {
    "a user, for another site of the account": (
        login,
        "loginProtectAddUser",
        {"login_protect": {"users": {"present": [JANE]}}},
        lambda vendor: vendor.users.update({"jane@a.example": user("jane@a.example", "Jane")}),
    ),
    "the removal of an exception": (
        lambda: Exceptions(sql_injection=[ips("192.0.2.1")]),
        "removeWafException",
        {"exceptions": {SQL: {"exact": []}}},
        lambda vendor: vendor.types[SQL].clear(),
    ),
}


@pytest.mark.parametrize("what", TWICE)
def test_what_another_call_does_at_the_same_moment_is_no_failure(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, name, entry, click = TWICE[what]
    vendor = make()

    def calling(method: Method, parameters: t.Mapping[str, t.Any]) -> Data:
        if method.name == name:
            click(vendor)
        return original(method, parameters)

    original = vendor.call
    monkeypatch.setattr(vendor, "call", calling)
    (row,) = run(vendor, [{"site_id": 1, **entry}])["sites"]
    assert (row["error"], row["changed"], vendor.writes()) == (None, False, [name])


@pytest.mark.parametrize("what", CLICKS)
def test_a_click_between_the_read_and_the_write_stays(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, entry, click, seen, wanted = CLICKS[what]
    vendor = make()
    clicked = []

    def calling(method: Method, parameters: t.Mapping[str, t.Any]) -> Data:
        answer = original(method, parameters)
        # Its only section is the last one: it is read last of all, before the first write.
        if parameters.get("site_id") == 2 and not clicked:
            clicked.append(what)
            click(vendor)
        return answer

    original = vendor.call
    monkeypatch.setattr(vendor, "call", calling)
    vendor.sites[2] = type(vendor.sites[1])()
    run(vendor, [{"site_id": 1, **entry}, {"site_id": 2, "bypass": {"status": "off"}}])
    assert clicked
    assert seen(vendor) == wanted
