# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import socket
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._sitelock import origin as module
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.origin import (
    is_address,
    normalise_origin,
    resolve,
    same_origin,
)
from ansible_collections.hosting.websec.tests.unit.stuck_resolver import resolver


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("10.10.10.127", "10.10.10.127"),
        (" 10.10.10.127\n", "10.10.10.127"),
        ("2001:db8::1", "2001:db8::1"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
        ("WWW-Origin.Example.COM.", "www-origin.example.com"),
        ("www-origin.example.com", "www-origin.example.com"),
        ("10.10.10.1000", "10.10.10.1000"),
    ],
)
def test_an_origin_has_one_spelling(text: str, origin: str) -> None:
    assert normalise_origin(text) == origin
    assert normalise_origin(origin) == origin


@pytest.mark.parametrize(
    ("origin", "address"), [("10.0.0.1", True), ("2001:db8::1", True), ("10.0.0.256", False), ("example.com", False)]
)
def test_addresses_are_told_from_names(origin: str, address: bool) -> None:
    assert is_address(origin) is address


NAME = "www-origin.example.com"
ADDRESSES = frozenset({"10.0.0.1", "10.0.0.2", "2001:db8::1"})


@pytest.mark.parametrize(
    ("wanted", "present", "resolved", "same"),
    [
        # addresses
        ("10.0.0.1", ["10.0.0.1"], (), True),
        ("10.0.0.1", [" 10.0.0.1 "], (), True),
        ("10.0.0.1", ["10.0.0.2"], (), False),
        ("10.0.0.1", ["10.0.0.1", "10.0.0.1"], (), True),
        ("10.0.0.1", ["10.0.0.1", "10.0.0.2"], (), False),
        ("10.0.0.1", [], (), False),
        ("10.0.0.1", [NAME], (), False),
        ("2001:db8::1", ["2001:0DB8:0:0:0:0:0:1"], (), True),
        ("2001:DB8::0:1", ["2001:db8::1"], (), True),
        ("2001:db8::1", ["2001:db8::2"], (), False),
        # names
        (NAME, [NAME], (), True),
        (NAME, ["WWW-ORIGIN.example.com."], (), True),
        (NAME + ".", [NAME], (), True),
        (NAME, ["other.example.com"], (), False),
        (NAME, ["other.example.com"], ADDRESSES, False),
        (NAME, [], ADDRESSES, False),
        (NAME, [], (), False),
        (NAME, [NAME, "10.0.0.1"], ADDRESSES, False),
        # a name that came back as addresses
        (NAME, ["10.0.0.1"], ADDRESSES, True),
        (NAME, ["10.0.0.1", "10.0.0.2"], ADDRESSES, True),
        (NAME, ["2001:DB8::0:1"], ADDRESSES, True),
        (NAME, ["10.0.0.3"], ADDRESSES, False),
        (NAME, ["10.0.0.1", "10.0.0.3"], ADDRESSES, False),
        (NAME, ["10.0.0.1"], (), None),
    ],
)
def test_origins_are_compared(wanted: str, present: list[str], resolved: t.Collection[str], same: bool | None) -> None:
    assert same_origin(wanted, present, resolved) is same


@settings(deadline=None)
@given(st.ip_addresses(), st.ip_addresses())
def test_addresses_are_the_same_when_they_are_equal(one: t.Any, other: t.Any) -> None:
    assert same_origin(str(one), [one.exploded.upper()], ()) is True
    # An IPv4-mapped address is its IPv4 address.
    equal = (getattr(one, "ipv4_mapped", None) or one) == (getattr(other, "ipv4_mapped", None) or other)
    assert same_origin(str(one), [str(other)], ()) is equal


def test_a_name_resolves_to_all_its_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    def addresses(name: str, port: None, type: int) -> list[t.Any]:
        assert (name, port, type) == (NAME, None, socket.SOCK_STREAM)
        return [
            (socket.AF_INET, 0, 6, "", ("10.0.0.1", 0)),
            (socket.AF_INET6, 0, 6, "", ("2001:0db8::1", 0, 0, 0)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", addresses)
    assert resolve(NAME) == {"10.0.0.1", "2001:db8::1"}


@pytest.mark.parametrize("failure", [socket.gaierror(-2, "unknown"), UnicodeError("label too long")])
def test_a_name_that_does_not_resolve_has_no_addresses(monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    def fails(*_arguments: object, **_options: object) -> t.NoReturn:
        raise failure

    monkeypatch.setattr(socket, "getaddrinfo", fails)
    assert resolve("nobody.invalid") == frozenset()


def test_a_name_that_the_resolver_does_not_answer_for_has_no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LOOK_UP_SECONDS", 1.0)
    with resolver(stuck="origin.invalid") as names:
        assert resolve("origin.invalid") == frozenset()
        assert (names.asked, names.answered) == (["origin.invalid"], [])
