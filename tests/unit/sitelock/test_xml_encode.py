# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.xml import encode

METHOD = Method("doIt", Effect.READ, attributes=frozenset({"site_id", "name"}))


def encoded(parameters: t.Mapping[str, t.Any], authentication: t.Mapping[str, t.Any] | None = None) -> str:
    """The document below its declaration."""
    xml = encode(METHOD, parameters, authentication or {}).decode("utf-8")
    declaration, _end, rest = xml.partition("?>")
    assert declaration == '<?xml version="1.0" encoding="UTF-8" standalone="yes" '
    return rest


def request(method: str) -> str:
    return f"<SiteLockOnlineRequest><authentication></authentication>{method}</SiteLockOnlineRequest>"


def test_all_five_characters_are_escaped_in_a_text() -> None:
    assert encoded({"a": """<&>'" """}) == request("<doIt><a>&lt;&amp;&gt;&apos;&quot; </a></doIt>")


def test_all_five_characters_are_escaped_in_an_attribute() -> None:
    assert encoded({"name": """<&>'" """}) == request('<doIt name="&lt;&amp;&gt;&apos;&quot; "></doIt>')


def test_all_five_characters_are_escaped_in_the_credentials() -> None:
    sent = encoded({}, {"user": "a&b", "password": """<&>'" """})
    assert "<user>a&amp;b</user><password>&lt;&amp;&gt;&apos;&quot; </password>" in sent


@pytest.mark.parametrize(("value", "text"), [(True, "1"), (False, "0"), (1, "1"), (0, "0"), (-5, "-5"), (5.5, "5.5")])
def test_flags_are_ones_and_zeros_and_numbers_stay_numbers(value: t.Any, text: str) -> None:
    assert encoded({"a": value}) == request(f"<doIt><a>{text}</a></doIt>")


def test_nothing_leaves_the_element_or_the_attribute_out() -> None:
    assert encoded({"site_id": None, "a": None, "b": {"c": None, "d": ""}}) == request("<doIt><b><d></d></b></doIt>")


def test_lists_repeat_the_element() -> None:
    sent = encoded({"addonInfo": [{"site_id": 1}, {"site_id": 2, "flags": [True, None, False]}], "none": []})
    assert sent == request(
        "<doIt><addonInfo><site_id>1</site_id></addonInfo>"
        "<addonInfo><site_id>2</site_id><flags>1</flags><flags>0</flags></addonInfo></doIt>"
    )


def test_only_what_the_table_says_is_an_attribute_and_only_at_the_method() -> None:
    sent = encoded({"site_id": 5, "info": {"site_id": 6}})
    assert sent == request('<doIt site_id="5"><info><site_id>6</site_id></info></doIt>')


@pytest.mark.parametrize(
    "character", ["\0", "\x01", "\x08", "\x0b", "\x0c", "\x1b", "\x1f", "\ud800", "\ufffe", "\uffff"]
)
@pytest.mark.parametrize("where", ["text", "attribute", "credentials"])
def test_what_xml_cannot_carry_is_refused_and_not_shown(character: str, where: str) -> None:
    value = f"hunter2{character}"
    parameters = {"text": {"a": value}, "attribute": {"name": value}}.get(where, {})
    with pytest.raises(BadInputError, match="control character") as refused:
        encode(METHOD, parameters, {"password": value} if where == "credentials" else {})
    assert "hunter2" not in refused.value.message + refused.value.hint


@pytest.mark.parametrize("text", ["Bücher GmbH", "例え", "Ёлка", "naïve 😀", "a\u00a0b", "مثال", "e\u0301"])
def test_names_in_any_script_arrive_as_they_are(text: str) -> None:
    body = encode(METHOD, {"a": text}, {"partner": text})
    root = etree.fromstring(body)
    assert text.encode() in body
    assert (root.findtext("doIt/a"), root.findtext("authentication/partner")) == (text, text)


XML_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff", include_characters="\t\n\r")
)
NAMES = st.sampled_from(["a", "b", "subscription", "waf_origin"])
LEAVES = st.none() | st.booleans() | st.integers() | XML_TEXT
NESTED = st.recursive(LEAVES, lambda inner: st.dictionaries(NAMES, inner) | st.lists(inner), max_leaves=6)
PARAMETERS = st.dictionaries(NAMES, NESTED)


def seen(value: t.Any) -> list[t.Any]:
    """The expected result of a parser for a value: one entry per element."""
    if value is None:
        return []
    if isinstance(value, list):
        return [entry for each in value for entry in seen(each)]
    if isinstance(value, dict):
        return [[(name, entry) for name, each in value.items() for entry in seen(each)]]
    return [str(int(value)) if isinstance(value, bool) else str(value)]


def parsed(element: t.Any) -> t.Any:
    return [(child.tag, parsed(child)) for child in element] if len(element) else element.text or ""


@settings(deadline=None)
@given(PARAMETERS)
def test_whatever_is_encoded_is_read_back_by_another_parser(parameters: dict[str, t.Any]) -> None:
    root = etree.fromstring(encode(METHOD, parameters, {}))
    (wanted,) = seen(parameters)
    # An element without children and one with an empty text are the same on the wire.
    assert (parsed(root.find("doIt")) or []) == normal(wanted)


def normal(entries: t.Any) -> t.Any:
    if isinstance(entries, list):
        return [(name, normal(entry) or "") for name, entry in entries]
    return entries


@settings(deadline=None)
@given(XML_TEXT)
def test_the_password_is_read_back_as_it_is(password: str) -> None:
    root = etree.fromstring(encode(METHOD, {}, {"password": password}))
    assert (root.findtext("authentication/password") or "") == password
