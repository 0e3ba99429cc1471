# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state record of a site: it is read as written, and an invalid one is refused, with the record and a remedy."""

from __future__ import annotations

import datetime
import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._state_record import (
    RecordSet,
    StateRecord,
    Target,
    from_values,
    record_name,
    to_text,
)
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import (
    BEFORE,
    CDN,
    CDN_NAME,
    MARK,
    NOON,
    WWW,
    ZONE,
)

ttls = st.integers(0, 2**31 - 1)
# The reason: hypothesis takes limits without a time zone only.
times = st.datetimes(datetime.datetime(2020, 1, 1), datetime.datetime(2100, 1, 1)).map(  # noqa: DTZ001
    lambda time: time.replace(microsecond=0, tzinfo=datetime.timezone.utc)
)
ipv4 = st.ip_addresses(v=4).map(str)
ipv6 = st.ip_addresses(v=6).map(str)
cnames = st.from_regex(r"[a-z0-9_]{1,20}\.[a-z]{2,10}\.?", fullmatch=True)


def _publishable(text: str) -> bool:
    return not (len(text) > 1 and text[0] == text[-1] == '"')


def record_sets(values: st.SearchStrategy[str], most: int = 4) -> st.SearchStrategy[RecordSet]:
    return st.builds(RecordSet, ttls, st.lists(values, min_size=1, max_size=most, unique=True).map(tuple))


def types(cname: bool) -> st.SearchStrategy[dict[str, RecordSet]]:
    addresses = st.fixed_dictionaries({}, optional={"A": record_sets(ipv4), "AAAA": record_sets(ipv6)})
    alias = st.fixed_dictionaries({"CNAME": record_sets(cnames, 1)})
    return addresses | alias if cname else addresses


state_records = st.builds(
    StateRecord,
    site_id=st.integers(1, 10**9),
    original=st.fixed_dictionaries({}, optional={ZONE: types(cname=False), WWW: types(cname=True)}),
    certificate=st.none() | st.binary(min_size=32, max_size=32).map(bytes.hex),
    target=st.none() | st.builds(Target, st.lists(ipv4, max_size=3).map(tuple), st.none() | cnames, ttls),
    verification=st.none()
    | st.tuples(cnames, st.text(st.characters(codec="utf-8"), min_size=1, max_size=300).filter(_publishable)),
    state=st.none() | st.sampled_from(["pending-dns", "pending-domain-validation", "ready"]),
    since=st.none() | times,
    restored=st.none() | times,
    wait=ttls,
)


@given(state_records)
def test_it_comes_back_as_it_was(state_record: StateRecord) -> None:
    text = to_text(state_record)
    assert from_values(ZONE, state_record.site_id, [text]) == state_record
    assert to_text(t.cast("StateRecord", from_values(ZONE, state_record.site_id, [text]))) == text
    assert text.isascii()


def test_nothing_is_saved() -> None:
    assert from_values(ZONE, 1, []) is None


def test_a_person_can_read_it() -> None:
    state_record = StateRecord(1, original=BEFORE, target=Target(CDN, CDN_NAME, 300), since=NOON, state="pending-dns")
    text = to_text(state_record)
    mark, content = text.split(" ", 1)
    assert (record_name(ZONE), mark) == (MARK, "v=websec1")
    read = json.loads(content)
    assert read["site"] == 1
    assert read["original"][WWW] == {"CNAME": [86400, f"{ZONE}."]}
    assert read["since"] == "2026-11-21T12:00:00Z"


def test_a_name_at_which_nothing_was_is_known_to_be_empty() -> None:
    state_record = StateRecord(1, original={WWW: {}})
    assert from_values(ZONE, 1, [to_text(state_record)]) == state_record


@pytest.mark.parametrize(
    "values",
    [["v=spf1 -all"], [""], ["v=websec2 {}"], [to_text(StateRecord(1)), "another"], [to_text(StateRecord(1))] * 2],
    ids=str,
)
def test_a_foreign_value(values: list[str]) -> None:
    with pytest.raises(BadInputError, match="was not written by this collection") as caught:
        from_values(ZONE, 1, values)
    assert MARK in caught.value.message
    assert "remove that record" in str(caught.value.hint)


def test_another_site() -> None:
    with pytest.raises(BadInputError, match="belongs to site 2, but the entry has site 1") as caught:
        from_values(ZONE, 1, [to_text(StateRecord(2))])
    assert MARK in caught.value.message


GOOD: dict[str, t.Any] = {"site": 1, "original": {ZONE: {"A": [300, "192.0.2.1"]}}}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "1",
        "null",
        '"text"',
        "{}",
        "[" * 5000,
        *(
            json.dumps({**GOOD, **more})
            for more in (
                {"site": "1"},
                {"site": True},
                {"site": -1},
                {"more": 1},
                {"original": []},
                {"original": {ZONE: []}},
                {"original": {ZONE: {"A": []}}},
                {"original": {ZONE: {"A": [300]}}},
                {"original": {ZONE: {"A": ["300", "192.0.2.1"]}}},
                {"original": {ZONE: {"A": [300, "192.0.2.300"]}}},
                {"original": {ZONE: {"A": [300, "2001:db8::1"]}}},
                {"original": {ZONE: {"A": [2**31, "192.0.2.1"]}}},
                {"original": {ZONE: {"A": [300, 5]}}},
                {"original": {ZONE: {"MX": [300, "mail"]}}},
                {"original": {WWW: {"CNAME": [300, "a b"]}}},
                {"original": {WWW: {"CNAME": [300, "a.example.", "b.example."]}}},
                {"original": {WWW: {"CNAME": [300, "a.example."], "A": [300, "192.0.2.1"]}}},
                {"original": "x"},
                {"target": "abc"},
                {"target": 5},
                {"target": [300]},
                {"target": [300, None, "host"]},
                {"target": [300, "a b"]},
                {"target": [2**31, None, "192.0.2.1"]},
                {"target": {}},
                {"target": False},
                {"verification": "ab"},
                {"verification": [ZONE]},
                {"verification": [ZONE, "a", "b"]},
                {"verification": [ZONE, ""]},
                {"verification": ["a b", "v"]},
                {"verification": [ZONE, '"quoted"']},
                {"verification": [ZONE, "\ud800"]},
                {"verification": 0},
                {"state": 5},
                {"state": ""},
                {"since": "yesterday"},
                {"since": 0},
                {"restored": "2026-13-01T00:00:00Z"},
                {"restored": "9999-12-31T23:59:59Z", "wait": 300},
                {"wait": "300"},
                {"wait": 10**20},
                {"wait": -1},
            )
        ),
    ],
)
def test_edited_by_hand_into_nonsense(content: str) -> None:
    with pytest.raises(BadInputError, match="cannot be read: it was changed by hand") as caught:
        from_values(ZONE, 1, [f"v=websec1 {content}"])
    assert MARK in caught.value.message
    assert len(caught.value.message) < 500
    assert "set restore in the site's entry" in str(caught.value.hint)


@given(st.text())
def test_whatever_stands_there_is_read_or_refused(text: str) -> None:
    for value in (text, f"v=websec1 {text}"):
        with pytest.raises(BadInputError):
            from_values(ZONE, 1, [value])
