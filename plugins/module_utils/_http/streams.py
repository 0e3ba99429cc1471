# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A response that goes to a file while it arrives, with limits of its own."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._http.coding import CodingError, Decoder, TooLargeError

PIECE = 64 * 1024
"""Bytes that are read at once."""


@dataclasses.dataclass(frozen=True)
class Receiver:
    """Takes the body of a response with the status 200. Any other body is read as usual.

    :param begin: is called before each try: what came from an earlier one is discarded.
    :param write: takes a piece of the decompressed body. It may raise a C(WebsecError), which ends the call.
    :param seconds: time limit of a try, in place of C(timeout), which then limits the silence between two pieces.
    :param max_bytes: size limit of the body, packed and unpacked.
    :param cut: leave the rest of a larger body, which is then no error.
    """

    begin: t.Callable[[], None]
    write: t.Callable[[bytes], None]
    seconds: float
    max_bytes: int
    cut: bool = False


def receive(response: t.Any, receiver: Receiver) -> bool:
    """Hand the body of a response of urllib3 to ``receiver``; whether it is packed, see ``HttpResponse``.

    :raises TooLargeError: it is larger than allowed, or its header says so.
    :raises CodingError: it cannot be unpacked, is incomplete, or its end cannot be recognised.
    """
    decoder = Decoder(response.headers.get("Content-Encoding", ""), receiver.max_bytes)
    try:
        _hand_over(response, decoder, receiver)
    except TooLargeError:
        if not receiver.cut:
            raise
    return decoder.shows_its_end


def _hand_over(response: t.Any, decoder: Decoder, receiver: Receiver) -> None:
    declared = response.headers.get("Content-Length", "")
    is_number = declared.isascii() and declared.isdigit()
    if is_number and not receiver.cut and (len(declared) > 18 or int(declared) > receiver.max_bytes):
        raise TooLargeError
    for piece in response.stream(PIECE, decode_content=False):
        for unpacked in decoder.feed(piece):
            receiver.write(unpacked)
    for unpacked in decoder.finish():
        receiver.write(unpacked)
    if not declared and not getattr(response, "chunked", False) and not decoder.shows_its_end:
        raise CodingError("it has no length, so its end cannot be recognised")
