# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bodies that are unpacked piece by piece."""

from __future__ import annotations

import gzip
import tracemalloc
import typing as t
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._http.coding import (
    CodingError,
    Decoder,
    TooLargeError,
    decode,
)

PACKED: dict[str, t.Callable[[bytes], bytes]] = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
}


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def unpacked(data: bytes, size: int = 7, *, coding: str = "gzip", limit: int = 10**9) -> bytes:
    decoder = Decoder(coding, limit)
    found = b"".join(each for piece in pieces(data, size) for each in decoder.feed(piece))
    return found + b"".join(decoder.finish())


@given(
    st.binary(max_size=300).map(lambda data: data * 50),
    st.sampled_from(sorted(PACKED)),
    st.integers(min_value=1, max_value=5000),
)
def test_pieces_are_unpacked_like_the_whole(data: bytes, coding: str, size: int) -> None:
    if coding in ("", "identity") and data.startswith(b"\x1f\x8b"):
        return
    packed = PACKED[coding](data)
    assert unpacked(packed, size, coding=coding) == decode(packed, coding, 10**9) == data


@given(st.lists(st.binary(min_size=1, max_size=50), min_size=1, max_size=5), st.integers(min_value=1, max_value=90))
def test_several_gzip_files_in_a_row_are_one(parts: list[bytes], size: int) -> None:
    packed = b"".join(map(gzip.compress, parts))
    assert unpacked(packed, size) == b"".join(parts)
    # Served as a file, without the coding.
    assert unpacked(packed, size, coding="") == b"".join(parts)


@given(st.binary(max_size=200), st.data())
def test_what_is_cut_off_is_never_complete(data: bytes, drawn: st.DataObject) -> None:
    packed = gzip.compress(data)
    cut = drawn.draw(st.integers(min_value=1, max_value=len(packed) - 1))
    with pytest.raises(CodingError, match="truncated"):
        unpacked(packed[:cut])


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzip.compress(b"x") + b"more", "gzip"),
        (zlib.compress(b"x") + zlib.compress(b"y"), "deflate"),
        (b"plain text", "gzip"),
        (b"x", "br"),
        (gzip.compress(b"x"), "gzip, gzip"),
    ],
    ids=["more data", "two bodies", "plain", "unknown", "nested"],
)
def test_what_is_not_encoded_as_it_says_is_refused(body: bytes, coding: str) -> None:
    with pytest.raises(CodingError):
        unpacked(body, coding=coding)


def test_a_bomb_ends_at_the_limit_and_needs_no_memory() -> None:
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(bomb.compress(bytes(1024 * 1024)) for _each in range(64)) + bomb.flush()
    decoder = Decoder("gzip", 32 * 1024 * 1024)
    size = 0

    def unpack() -> None:
        nonlocal size
        for piece in pieces(packed, 64 * 1024):
            for each in decoder.feed(piece):
                size += len(each)

    tracemalloc.start()
    try:
        with pytest.raises(TooLargeError):
            unpack()
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size == 32 * 1024 * 1024
    assert peak < 1024 * 1024
