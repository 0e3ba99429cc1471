# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The diff of firewall policies on a terminal."""

from __future__ import annotations

import typing as t

import pytest
from ansible.plugins.callback.default import CallbackModule

from ansible_collections.hosting.websec.plugins.module_utils._report.sections_diff import sections_diff_text


def shown(before: dict[str, t.Any], after: dict[str, t.Any]) -> list[str]:
    """The lines that Ansible shows, without the heads of its hunks."""
    callback = CallbackModule()
    callback._display = t.cast("t.Any", None)
    text = callback._get_diff(sections_diff_text({"before": before, "after": after}))
    return [line for line in text.splitlines() if line and not line.startswith(("---", "+++", "@@"))]


def test_what_changes_is_below_the_name_of_its_site_and_section() -> None:
    addresses = [f"192.0.2.{number}" for number in range(1, 200)]
    before = {
        "a.example": {"rules": {"ddos": "off"}, "ip_block": {"exact": addresses}},
        "site 2": {"cdn": {"minify_css": False}, "geo_block": {"exact": {"countries": ["KP"], "continents": []}}},
    }
    after = {
        "a.example": {
            "rules": {"ddos": "auto"},
            "ip_block": {"exact": [*addresses[:90], *addresses[91:], "2001:db8::1"]},
        },
        "site 2": {
            "cdn": {"minify_css": True},
            "geo_block": {"exact": {"countries": ["KP", "NO"], "continents": ["EU"]}},
        },
    }
    assert shown(before, after) == [
        " a.example: rules",
        "-    ddos: off",
        "+    ddos: auto",
        " a.example: ip_block",
        "-    192.0.2.91",
        "+    2001:db8::1",
        " site 2: cdn",
        "-    minify_css: false",
        "+    minify_css: true",
        " site 2: geo_block",
        "+    countries: NO",
        "+    continents: EU",
    ]


def test_elements_with_several_fields_are_one_line() -> None:
    criteria = {"ips": ["192.0.2.1"], "urls": [{"path": "/a, b", "pattern": "PREFIX"}], "other": {"client_apps": [17]}}
    after = {
        "exceptions": {"sql_injection": {"exact": [criteria]}},
        "login_protect": {"users": {"exact": [{"email": "owner@a.example", "name": "Shop owner", "phone": None}]}},
    }
    lines = shown({"a.example": {"exceptions": {"sql_injection": {"exact": []}}}}, {"a.example": after})
    assert lines == [
        " a.example: exceptions",
        '+    sql_injection: {ips: [192.0.2.1], urls: [{path: "/a, b", pattern: PREFIX}], other: {client_apps: [17]}}',
        " a.example: login_protect",
        "+    users: {email: owner@a.example, name: Shop owner, phone: null}",
    ]


@pytest.mark.parametrize("text", ["/a\n+    /b", "\x1b[31m", "", " a", "\u2028"])
def test_no_text_makes_a_line_of_its_own_or_colours_the_terminal(text: str) -> None:
    lines = shown({"a.example": {"url_block": None}}, {"a.example": {"url_block": {"exact": [text, {text: text}]}}})
    assert len(lines) == 3
    assert all(line.isprintable() for line in lines)
