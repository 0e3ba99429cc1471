# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A TCP connection to a host, within one time limit for the lookup of its name and the tries of all its addresses.

A call of the system's resolver cannot be cancelled: without a response it lasts until the resolver gives up. So another
thread makes it, which does not keep the process from exiting, and whose late result is ignored.
"""

from __future__ import annotations

import queue
import socket
import threading
import time
import typing as t

Address = tuple[t.Any, ...]
"""Host and port of one address, with more fields for IPv6."""
Found = tuple[socket.AddressFamily, socket.SocketKind, int, str, Address]
"""One entry of ``socket.getaddrinfo``: family, type, protocol, canonical name, address."""


class UnresolvedError(socket.timeout):
    """The resolver did not respond in time."""


def look_up(host: str, port: int | None, seconds: float) -> list[Found]:
    """The addresses of a host as the system resolves it, for TCP.

    :param host: a name, or an address.
    :raises UnresolvedError: no response within ``seconds``.
    :raises OSError: the host has no address.
    """
    answers: queue.SimpleQueue[list[Found] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(t.cast("list[Found]", socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except Exception as error:
            answers.put(error)

    threading.Thread(target=ask, name="name look-up", daemon=True).start()
    try:
        answer = answers.get(timeout=max(seconds, 0))
    except queue.Empty:
        raise UnresolvedError("The name could not be resolved in time") from None
    if isinstance(answer, UnicodeError):
        raise OSError(0, "The host name is not valid") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def connect(host: str, port: int, seconds: float) -> socket.socket:
    """Connect to one of the addresses of a host.

    :param host: a name, or an address.
    :param seconds: for the lookup and all addresses together.
    :raises OSError: none is reachable; a C(socket.timeout): not in time.
    """
    end = time.monotonic() + seconds
    return open_first(look_up(host, port, seconds), end, _connect)


OpenOne = t.Callable[[Found, float], socket.socket]
"""Opens a connection to an address within a number of seconds."""


def open_first(found: t.Sequence[Found], end: float, open_one: OpenOne) -> socket.socket:
    """The connection that ``open_one`` opens to the first working address.

    :param end: of all tries together, in monotonic time.
    :raises OSError: of the last address; a C(socket.timeout): no time is left.
    """
    failed: OSError = OSError(0, "The host name has no address")
    for number, each in enumerate(found):
        # An address that does not respond leaves time for the others.
        share = seconds_until(end) / (len(found) - number)
        try:
            opened = open_one(each, share)
            opened.settimeout(max(end - time.monotonic(), _SHORTEST))
            return opened
        except OSError as error:
            failed = error
    raise failed


_SHORTEST = 0.001


def seconds_until(end: float) -> float:
    """:raises socket.timeout: no time is left."""
    left = end - time.monotonic()
    if left <= 0:
        raise socket.timeout("timed out")
    return left


def _connect(to: Found, seconds: float) -> socket.socket:
    family, kind, protocol, _name, address = to
    opened = socket.socket(family, kind, protocol)
    try:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened.settimeout(seconds)
        opened.connect(address)
    except BaseException:
        opened.close()
        raise
    return opened
