# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A text that no request can contain, at every place of every section: its site is refused before the first write. And
texts that are too long for a message."""

from __future__ import annotations

import copy
import itertools
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.certificate import _SECRET
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.sections import SECTIONS
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.test_exceptions import SQL, Exceptions
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.test_login_protect import Login
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.test_policies import EVERYTHING, vendor_with
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.vendor import Vendor, run

USER = {"email": "jane@a.example", "name": "Jane", "phone": "1-7345555555", "two_factor_auth": "enabled"}
ENTRY: dict[str, t.Any] = {
    **copy.deepcopy(EVERYTHING),
    "exceptions": {
        "sql_injection": {
            "exact": [
                {
                    "ips": ["192.0.2.1"],
                    "urls": [{"path": "/a", "pattern": "PREFIX"}],
                    "countries": ["DE"],
                    "other": {"user_agents": {"user_agent": ["curl", "wget"]}, "word": "x"},
                }
            ]
        }
    },
    "login_protect": {
        "enabled": "yes",
        "authentication_methods": ["email"],
        "specific_users": ["jane@a.example"],
        "app": "wordpress",
        "users": {"present": [USER], "absent": [{"email": "joe@a.example"}]},
        "urls": {"present": [{"value": "/a", "pattern": "prefix"}], "absent": [{"value": "/b"}]},
    },
    "ssl": {"enabled": "yes", "waf_network_cert_type": "dns", "address": "192.0.2.1", "port": "443"},
    "certificate": {
        "certificate_file": "/a.pem",
        "private_key": "k",
        "passphrase": "p",
        "type": "pem",
        "apex": "yes",
        "aliases": ["www"],
        "address": "192.0.2.1",
        "port": "443",
        "fingerprint": "ab" * 32,
        "force": "no",
        "force_upload": "no",
    },
}
BAD = ("\x01", "\x00", "\ud800", "\ufffe")


def places(value: t.Any, path: tuple[t.Any, ...] = ()) -> t.Iterator[tuple[t.Any, ...]]:
    if isinstance(value, str):
        yield path
    for key, each in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else []):
        yield from places(each, (*path, key))


def test_every_section_is_here() -> None:
    assert {*ENTRY} == {section.name for section in SECTIONS}


@pytest.mark.parametrize("place", [*places(ENTRY)], ids=lambda place: ".".join(map(str, place)))
def test_a_text_that_no_request_can_contain(place: tuple[t.Any, ...]) -> None:
    for bad in BAD:
        section, *keys, last = place
        wish = copy.deepcopy(ENTRY[section])
        inner = wish
        for key in keys:
            inner = inner[key]
        inner[last] += bad
        vendor = vendor_with(1)
        entry = {"site_id": 1, "domain": "shop.example", "cdn": {"minify_css": True}, section: wish}
        (row,) = run(vendor, [entry])["sites"]
        assert (row["error"]["kind"], row["changed"], vendor.writes()) == ("bad_input", False, [])
        assert row["error"]["message"].startswith(f"Site 1: section {section}: ")
        assert str(last if isinstance(last, str) else keys[-1]) in row["error"]["message"]
        assert last not in _SECRET or "********" in row["error"]["message"]


HUGE = "x" * 100_000


def test_a_huge_text_of_the_api_or_of_an_entry_does_not_make_a_huge_message() -> None:
    vendors: list[t.Any] = [Vendor(), Exceptions(sql_injection=[{}]), Login(), Vendor()]
    vendors[0].sites[1].rules["ddos"] = ("on", [f"{number}{HUGE}" for number in range(100)])
    vendors[1].types = {SQL: {HUGE: {}}}
    vendors[2].urls = [(f"/{HUGE}", "prefix"), (f"/{HUGE}", HUGE)]
    wishes = [
        {"rules": {"ddos": "never"}},
        {"exceptions": {SQL: {"present": []}}},
        {"login_protect": {"urls": {"absent": [{"value": f"/{HUGE}", "pattern": "prefix"}]}}},
        {"url_block": {"present": [{"path": f"/{HUGE}", "pattern": each} for each in ("EQUALS", "PREFIX")]}},
        {"cdn": {"cache_mode": HUGE}},
        {"rules": {HUGE: "x"}},
        {"geo_block": {"present": {"countries": [HUGE]}}},
        {"ip_block": {"present": [HUGE], "absent": [HUGE]}},
        {"exceptions": {SQL: {"present": [{"other": {HUGE: HUGE}}]}}},
        {"bypass": {"status": HUGE}},
        {HUGE: {}},
    ]
    for vendor, wish in itertools.zip_longest(vendors, wishes, fillvalue=Vendor()):
        (row,) = run(vendor, [{"site_id": 1, **wish}])["sites"]
        texts = [*row["needs_person"], *(f"{each['message']} {each['hint']}" for each in row["errors"])]
        assert texts
        assert [text for text in texts if len(text) > 3000] == []
