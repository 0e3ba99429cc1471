# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values: their text, their wire form, and their equality."""

from __future__ import annotations

import dns.rdata
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._dns.names import parse_name, shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import (
    key,
    parse_type,
    parse_value,
    value_text,
)
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError

TEXTS = st.text(min_size=1, max_size=700)


@given(text=TEXTS)
def test_a_text_of_any_length_comes_back_as_it_was(text: str) -> None:
    record = parse_value(dns.rdatatype.TXT, text)
    back = dns.rdata.from_wire("IN", "TXT", record.to_wire(), 0, len(record.to_wire()))
    assert value_text(back) == text
    assert all(len(string) <= 255 for string in back.strings)


@given(text=TEXTS, cut=st.integers(1, 200))
def test_texts_are_the_same_wherever_they_are_split(text: str, cut: int) -> None:
    data = text.encode()
    strings = [data[start : start + cut] for start in range(0, len(data), cut)]
    wire = b"".join(bytes([len(string)]) + string for string in strings)
    assert key(dns.rdata.from_wire("IN", "TXT", wire, 0, len(wire))) == key(parse_value(dns.rdatatype.TXT, text))


def test_bytes_that_are_no_text_are_shown_escaped() -> None:
    assert value_text(dns.rdata.from_text("IN", "TXT", '"caf\\233"')) == "caf\\xe9"


@pytest.mark.parametrize(
    ("rdtype", "one", "other"),
    [
        ("AAAA", "2001:DB8:0:0::1", "2001:db8::1"),
        ("CNAME", "CDN.example.net", "cdn.example.net."),
        ("MX", "10 Mail.example.net", "10 mail.example.net."),
        ("CAA", '0 issue "letsencrypt.org"', "0 issue letsencrypt.org"),
        ("TLSA", f"3 1 1 {'AB' * 32}", f"3 1 1 {'ab' * 32}"),
        ("TYPE65280", "\\# 2 abcd", "\\# 2 ABCD"),
    ],
)
def test_values_are_compared_by_what_they_mean(rdtype: str, one: str, other: str) -> None:
    assert key(parse_value(parse_type(rdtype), one)) == key(parse_value(parse_type(rdtype), other))


@pytest.mark.parametrize(("one", "other"), [("v=spf1 -all", "V=spf1 -all"), ("a", "a "), ("ab", "abc")])
def test_texts_are_compared_letter_by_letter(one: str, other: str) -> None:
    assert key(parse_value(dns.rdatatype.TXT, one)) != key(parse_value(dns.rdatatype.TXT, other))


@pytest.mark.parametrize(
    ("rdtype", "value", "says"),
    [
        ("A", "192.0.2.300", "192.0.2.300"),
        ("A", "cdn.example.net", "cdn.example.net"),
        ("A", "2001:db8::1", "2001:db8::1"),
        ("A", "192.0.2.1\n192.0.2.2", "line breaks"),
        ("A", "192.0.2.1 192.0.2.2", "192.0.2.2"),
        ("AAAA", "192.0.2.1", "192.0.2.1"),
        ("CNAME", "cdn", "fully qualified"),
        ("CNAME", "@", "fully qualified"),
        ("CNAME", "", "empty"),
        ("MX", "10 mail", "fully qualified"),
        ("MX", "mail.example.net", "mail.example.net"),
        ("TXT", "", "must not be empty"),
        ("TXT", "x" * 70000, "does not fit"),
    ],
)
def test_a_value_that_is_not_one_is_refused(rdtype: str, value: str, says: str) -> None:
    with pytest.raises(BadInputError) as refused:
        parse_value(parse_type(rdtype), value)
    assert says in refused.value.message


def test_a_top_level_name_with_its_dot_and_the_null_mx_are_values() -> None:
    assert value_text(parse_value(dns.rdatatype.MX, "0 .")) == "0 ."
    assert value_text(parse_value(dns.rdatatype.CNAME, "localhost.")) == "localhost."


@pytest.mark.parametrize(
    "rdtype", ["SOA", "NS", "DS", "DNSKEY", "RRSIG", "DNAME", "ANY", "AXFR", "OPT", "WHAT", "", "A A"]
)
def test_types_that_are_none_or_never_touched_are_refused(rdtype: str) -> None:
    with pytest.raises(BadInputError):
        parse_type(rdtype)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("WWW.Customer.Example.", "www.customer.example"),
        (" customer.example ", "customer.example"),
        ("_websec.m\u00fcnchen.example", "_websec.xn--mnchen-3ya.example"),
        ("*.customer.example", "*.customer.example"),
    ],
)
def test_names_have_one_spelling(text: str, name: str) -> None:
    assert shown(parse_name(text, "name")) == name


@pytest.mark.parametrize(
    "text", ["", " ", "@", "a..b", ".a", "www customer.example", "http://customer.example", "x" * 64]
)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(BadInputError):
        parse_name(text, "name")
