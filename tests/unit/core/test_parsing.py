# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any input from a server becomes a value that every encoder accepts, or a ValueError with the reason."""

from __future__ import annotations

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils import _parsing


@pytest.mark.parametrize(("text", "number"), [("5", 5), ("0", 0), ("9" * 18, 10**18 - 1)])
def test_a_number_of_ascii_digits_is_read(text: str, number: int) -> None:
    assert _parsing.whole_number(text) == number


@pytest.mark.parametrize(
    "text", ["", "x777", "²", "①", "٣", "-1", "+1", "1.0", "1e3", " 1", "1\n", "9" * 5000, None, 5]
)
def test_everything_else_is_no_number(text: object) -> None:
    assert _parsing.whole_number(text) is None


def test_a_date_is_read() -> None:
    assert _parsing.calendar_date("2026-11-28") == datetime.date(2026, 11, 28)


@pytest.mark.parametrize(
    "text", ["", "2026-13-01", "0000-01-01", "10000-01-01", "20261128", "2026-W48-6", "²026-11-28"]
)
def test_everything_else_is_no_date(text: str) -> None:
    assert _parsing.calendar_date(text) is None


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"[" * 100_000, "deep"),
        (b"[" * 900 + b"]" * 900, "deeper than 64"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "deeper than 64"),
        (b"1e999", "too large"),
        (b"NaN", "NaN"),
        (b"-Infinity", "Infinity"),
        (b"9" * 5000, "digits"),
        (b'{"id": 1, "id": 2}', "twice"),
        (b'{"id": 1', "delimiter"),
        (b"\xff", "utf-8"),
    ],
)
def test_json_that_nobody_could_use_is_refused_with_the_reason(body: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        _parsing.parse_json(body)


def test_a_byte_order_mark_before_json_is_no_part_of_it() -> None:
    assert _parsing.parse_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize("body", [b"", b" \n", b"\xef\xbb\xbf"])
def test_an_empty_body_is_none(body: bytes) -> None:
    assert _parsing.parse_json(body) is None


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_all_other_json_comes_through_as_it_is(value: object) -> None:
    assert _parsing.parse_json(json.dumps(value).encode()) == value


@given(
    st.recursive(st.text(st.characters(codec=None)), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_halves_of_surrogate_pairs_do_not_get_through(value: object) -> None:
    read = _parsing.parse_json(json.dumps(value).encode("ascii"))
    json.dumps(read, ensure_ascii=False).encode("utf-8")
