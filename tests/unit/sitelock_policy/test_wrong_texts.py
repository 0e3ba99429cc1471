# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A text that no request can contain, at every place of every section: its site is refused before the first write."""

from __future__ import annotations

import copy
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.certificate import _SECRET
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.sections import SECTIONS
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.test_policies import EVERYTHING, vendor_with
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.vendor import run

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
