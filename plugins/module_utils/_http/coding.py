# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The content coding of a response: at most one, and never more memory than the size limit.

urllib3 decompresses before the size can be checked, and applies every coding that a server lists, nested: a response of
2,455 bytes took 68 seconds and 2 GB.
"""

from __future__ import annotations

import typing as t
import zlib

ACCEPTED = "gzip, deflate"
"""For the header Accept-Encoding."""

_GZIP, _ZLIB, _RAW_DEFLATE = 31, 15, -15


class CodingError(Exception):
    """The body cannot be decompressed. The text has the reason, and no data of the server."""


class TooLargeError(Exception):
    """The body exceeds the size limit, before or after decompression."""


def decode(body: bytes, coding: str, limit: int) -> bytes:
    """``body`` without its content coding.

    :param coding: the header Content-Encoding.
    :param limit: maximum size of the result in bytes.
    :raises CodingError: the coding is unknown, or ``body`` is incomplete.
    :raises TooLargeError: the result would be larger than ``limit``.
    """
    window = _window(coding, body)
    if window is None or not body:
        return body
    unpacking = zlib.decompressobj(wbits=window)
    try:
        unpacked = unpacking.decompress(body, limit + 1)
    except zlib.error:
        raise CodingError(f"it is not encoded as {coding.strip().lower()}, as its header says") from None
    if len(unpacked) > limit:
        raise TooLargeError
    if not unpacking.eof:
        raise CodingError("it is truncated")
    if unpacking.unused_data:
        raise CodingError("it has data after its end")
    return unpacked


_STEP = 64 * 1024
_GZIP_MAGIC = b"\x1f\x8b"


class Decoder:
    """The same for a body that comes in pieces, of which no more than a few kilobytes are in memory.

    Also of a file in the format gzip that is served without its coding, and of several such files in a row.
    """

    def __init__(self, coding: str, limit: int) -> None:
        """:param coding: the header Content-Encoding. :param limit: maximum size of all results in bytes."""
        self._coding = coding
        self._limit = limit
        self._size = 0
        self._unpacking: t.Any = None
        self._window: int | None = None
        self._head: bytes | None = b""

    @property
    def shows_its_end(self) -> bool:
        """Whether an incomplete body is recognised. It is valid after the first piece."""
        return self._window is not None

    def feed(self, piece: bytes) -> t.Iterator[bytes]:
        """Pieces of the result.

        :raises CodingError: the coding is unknown, or the body is not encoded so.
        :raises TooLargeError: the results are larger than the limit.
        """
        if self._head is not None:
            self._head += piece
            if len(self._head) < len(_GZIP_MAGIC):
                return
            piece, self._head = self._head, None
            self._begin(piece)
        yield from self._counted(self._unpacked(piece))

    def finish(self) -> t.Iterator[bytes]:
        """What is left.

        :raises CodingError: the body is incomplete.
        :raises TooLargeError: see ``feed``.
        """
        if self._head:
            head, self._head = self._head, None
            self._begin(head)
            yield from self._counted(self._unpacked(head))
        if self._unpacking is None:
            return
        yield from self._counted(iter(lambda: self._unpacking.decompress(b"", _STEP), b""))
        if not self._unpacking.eof:
            raise CodingError("it is truncated")

    def _counted(self, unpacked: t.Iterable[bytes]) -> t.Iterator[bytes]:
        for each in unpacked:
            self._size += len(each)
            if self._size > self._limit:
                raise TooLargeError
            yield each

    def _begin(self, head: bytes) -> None:
        self._window = _window(self._coding, head)
        if self._window is None and head.startswith(_GZIP_MAGIC):
            self._window = _GZIP
        if self._window is not None:
            self._unpacking = zlib.decompressobj(wbits=self._window)

    def _unpacked(self, piece: bytes) -> t.Iterator[bytes]:
        if self._unpacking is None:
            yield piece
            return
        while piece:
            if self._unpacking.eof:
                if self._window != _GZIP or not _GZIP_MAGIC.startswith(piece[: len(_GZIP_MAGIC)]):
                    raise CodingError("it has data after its end")
                self._unpacking = zlib.decompressobj(wbits=_GZIP)
            try:
                unpacked = self._unpacking.decompress(piece, _STEP)
            except zlib.error:
                raise CodingError(f"it is not encoded as {self._coding.strip().lower() or 'gzip'}") from None
            piece = self._unpacking.unconsumed_tail or self._unpacking.unused_data
            if unpacked:
                yield unpacked


def _window(coding: str, body: bytes) -> int | None:
    name = coding.strip().lower()
    if name in ("", "identity"):
        return None
    if name in ("gzip", "x-gzip"):
        return _GZIP
    if name == "deflate":
        # With the zlib header, as the standard says, or without it, as some servers send it.
        is_zlib = len(body) >= 2 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
        return _ZLIB if is_zlib else _RAW_DEFLATE
    raise CodingError(f"it has a content coding that was not requested (accepted: {ACCEPTED}, one of them)")
