# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError

LABEL = st.from_regex(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?", fullmatch=True)
LAST_LABEL = st.from_regex(r"[a-zA-Z][a-zA-Z0-9-]{0,20}[a-zA-Z0-9]", fullmatch=True)
NAME = st.tuples(LABEL, LABEL, LAST_LABEL).map(".".join) | st.tuples(LABEL, LAST_LABEL).map(".".join)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("example.com", "example.com"),
        ("EXAMPLE.Com", "example.com"),
        ("example.com.", "example.com"),
        (" \texample.com\n", "example.com"),
        ("a.b.c.example.co.uk", "a.b.c.example.co.uk"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example.", "xn--bcher-kva.example"),
        ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
        ("straße.de", "xn--strae-oqa.de"),
        ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
        ("例え。jp", "xn--r8jz45g.jp"),
        ("\uff45xample.com", "example.com"),
        ("xn--i-7iq.ws", "xn--i-7iq.ws"),
        ("r3---sn-4g5e.example.com", "r3---sn-4g5e.example.com"),
        ("1und1.de", "1und1.de"),
        (f"{'a' * 63}.com", f"{'a' * 63}.com"),
        (f"example.{'a' * 63}", f"example.{'a' * 63}"),
    ],
)
def test_each_name_has_one_spelling(text: str, name: str) -> None:
    assert normalise_domain(text) == name


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "it is empty"),
        ("   ", "it is empty"),
        (".", "it is empty"),
        ("localhost", "it has no dot"),
        ("http://example.com/", "it contains '/'"),
        ("https://example.com", "it contains '/'"),
        ("example.com/shop", "it contains '/'"),
        ("example.com:8080", "it contains ':'"),
        ("2001:db8::1", "it contains ':'"),
        ("*.example.com", "it contains '*'"),
        ("me@example.com", "it contains '@'"),
        ("_dmarc.example.com", "it contains '_'"),
        ("192.0.2.1", "its last label is a number"),
        ("example.42", "its last label is a number"),
        ("example.c", "is too short"),
        ("example..com", "an empty label"),
        (".example.com", "an empty label"),
        ("example.com..", "an empty label"),
        ("-example.com", "'-example' may contain"),
        ("example-.com", "'example-' may contain"),
        ("exam ple.com", "'exam ple' may contain"),
        ("example.com, example.net", "may contain"),
        ("example.com\x00", "may contain"),
        (f"{'a' * 64}.com", "64 characters, and 63 are allowed"),
        (".".join(["a" * 49] * 5) + ".test", "254 characters, and 253 are allowed"),
        ("\U0001f600.example", "not a valid internationalised name"),
        (f"{'ü' * 60}.example", "not a valid internationalised name"),
        ("bücher_neu.example", "it contains '_'"),
        ("bücher\uff0fneu.example", "not a valid internationalised name"),
    ],
)
def test_what_is_no_domain_is_refused_with_the_reason(text: str, problem: str) -> None:
    with pytest.raises(BadInputError) as refusal:
        normalise_domain(text)
    assert refusal.value.message.startswith(f"{text!r} is not a domain name: "[:40])
    assert problem in refusal.value.message


def test_a_very_long_input_is_not_repeated_whole() -> None:
    with pytest.raises(BadInputError) as refusal:
        normalise_domain("a" * 5000)
    assert len(refusal.value.message) < 400


@given(NAME)
def test_the_spelling_of_a_name_does_not_matter(name: str) -> None:
    expected = normalise_domain(name)
    assert expected == name.lower()
    for spelling in (name.upper(), f"{name}.", f"  {name}\n", expected):
        assert normalise_domain(spelling) == expected


@given(st.text())
@example("ß.example")
@example("a\u3002example.com.")
@example("İ.example")
def test_any_text_is_refused_or_becomes_a_name_that_stays_as_it_is(text: str) -> None:
    try:
        name = normalise_domain(text)
    except BadInputError:
        return
    assert re.fullmatch(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+", name)
    assert len(name) <= 253
    assert normalise_domain(name) == name


@given(st.lists(st.text(alphabet="aä-.ß0。ア", max_size=12), min_size=2, max_size=4).map(".".join))
def test_names_with_letters_of_other_scripts_become_stable_names(text: str) -> None:
    try:
        name = normalise_domain(text)
    except BadInputError:
        return
    assert name.isascii()
    assert normalise_domain(name) == name
