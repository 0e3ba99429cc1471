# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan is for one name server: what its digest is made of tells servers apart, and holds no secret."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.dns import told_servers, with_environment

SECRET = "c2VjcmV0IG9mIHRoZSB0c2lnIGtleQ=="
ENVIRONMENT = {"RFC2136_SERVER": "192.0.2.1", "RFC2136_KEY_NAME": "websec", "RFC2136_KEY_SECRET": SECRET}
FLAT = {"server": "192.0.2.1", "port": 53, "key_name": "websec", "key_secret": SECRET}
NAMED = {"providers": {"ns1": {"type": "rfc2136", **FLAT}}, "zones": {"*.example": "ns1"}}


def told(dns: dict[str, t.Any]) -> dict[str, t.Any]:
    given = with_environment(dns)
    assert given is not None
    return told_servers(given)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (FLAT, {**FLAT, "server": "192.0.2.2"}),
        (FLAT, {**FLAT, "port": 5353}),
        (NAMED, {**NAMED, "zones": {"*.test": "ns1"}}),
        (NAMED, {**NAMED, "providers": {"ns1": {"type": "rfc2136", **FLAT, "server": "192.0.2.2"}}}),
    ],
)
def test_another_name_server(one: dict[str, t.Any], other: dict[str, t.Any]) -> None:
    assert told(one) == told(dict(one))
    assert told(one) != told(other)
    assert SECRET not in f"{told(one)} {told(other)}"


def test_another_name_server_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    before = told({})
    assert SECRET not in str(before)
    monkeypatch.setenv("RFC2136_SERVER", "192.0.2.2")
    assert told({}) != before
