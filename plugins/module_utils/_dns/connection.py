# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One TCP connection to a name server: signed messages out, checked messages in.

Queries are pipelined (RFC 7766, 6.2.1.1): several are pending at a time, and the responses may arrive in any order.
"""

from __future__ import annotations

import dataclasses
import select
import socket
import struct
import time
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.names import key_text
from ansible_collections.hosting.websec.plugins.module_utils._dns.refusals import tsig_error
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    BadResponseError,
    TimedOutError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._tcp import UnresolvedError, connect

try:
    import dns.exception
    import dns.flags
    import dns.message
    import dns.opcode
    import dns.rcode
    import dns.tsig
except ImportError:
    note_missing("dnspython")

WINDOW = 16
"""Maximum number of pending queries. Low enough that neither side waits with full buffers for the other to read."""

_LENGTH = struct.Struct("!H")
_QUICKACK = getattr(socket, "TCP_QUICKACK", None)  # Linux


@dataclasses.dataclass(frozen=True)
class Endpoint:
    """An address and port that a name server listens on; ``host`` may be a name."""

    host: str
    port: int = 53

    def __str__(self) -> str:
        if self.port == 53:
            return self.host
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


Answer = t.Union["dns.message.Message", WebsecError]
"""A response, or the reason why it cannot be trusted."""


class Connection:
    """A connection to ``endpoint``, for one thread at a time.

    :param key: signs the messages; responses must then be signed too.
    :param timeout: seconds for the connection including the lookup of the server's name, and for each response.
    :raises WebsecError: the connection failed.
    """

    def __init__(self, endpoint: Endpoint, key: dns.tsig.Key | None, timeout: float) -> None:
        self._endpoint = endpoint
        self._key = key
        self._timeout = timeout
        self._buffer = bytearray()
        try:
            self._socket = connect(endpoint.host, endpoint.port, timeout)
        except socket.gaierror as error:
            raise UnavailableError(
                f"The name server {endpoint.host} has no address ({error.strerror}).", hint="Check the name."
            ) from None
        except UnresolvedError:
            raise TimedOutError(
                f"The name of the name server {endpoint.host} could not be resolved within {timeout:g} s.",
                hint="This machine's resolver does not respond. Repair it, or give the server's IP address.",
            ) from None
        except (TimeoutError, socket.timeout):
            raise TimedOutError(
                f"No connection to the name server {endpoint} (TCP) within {timeout:g} s.",
                hint="Check the address, and the firewalls on the way: TCP is required.",
            ) from None
        except OSError as error:
            raise UnavailableError(
                f"No connection to the name server {endpoint} (TCP): {error.strerror}.",
                hint="Check the address and the port, and that the server is running.",
            ) from None
        # The remaining time differs from the limit for a response.
        self._socket.settimeout(timeout)
        self._limit = timeout
        self._readable = select.poll()
        self._readable.register(self._socket, select.POLLIN)

    def close(self) -> None:
        self._socket.close()

    def usable(self) -> bool:
        """Whether the server has kept this connection open (and sent nothing unsolicited)."""
        return not self._readable.poll(0)

    def ask(self, messages: t.Sequence[dns.message.Message], answers: list[Answer | None]) -> None:
        """Send ``messages`` and store the response to each in ``answers``; skip those that have one.

        :raises WebsecError: the connection broke. ``answers`` has the responses so far.
        """
        waiting: dict[int, tuple[int, dns.message.Message]] = {}
        due = [place for place, answer in enumerate(answers) if answer is None]
        while due or waiting:
            if due and len(waiting) <= WINDOW // 2:
                # Several at a time: at each system call all other threads may run first.
                next_ones = due[: WINDOW - len(waiting)]
                self._send([self._numbered(messages[place], place, waiting) for place in next_ones])
                del due[: len(next_ones)]
            self._receive(waiting, answers)

    def _numbered(
        self, message: dns.message.Message, place: int, waiting: dict[int, tuple[int, dns.message.Message]]
    ) -> bytes:
        """``message`` in wire form, registered in ``waiting`` by its number."""
        message.id = place % 0xFFFF + 1
        if self._key is not None:
            message.use_tsig(self._key)
        try:
            wire = message.to_wire(max_size=0xFFFF)
        except dns.exception.TooBig:
            raise MessageTooBigError("A DNS message would be larger than 64 KiB.") from None
        waiting[message.id] = (place, message)
        return _LENGTH.pack(len(wire)) + wire

    def _send(self, wires: t.Sequence[bytes]) -> None:
        self._wait_at_most(self._timeout)
        try:
            self._socket.sendall(b"".join(wires))
        except (TimeoutError, socket.timeout):
            raise self._late() from None
        except OSError as error:
            raise self._broken(error.strerror) from None

    def _wait_at_most(self, seconds: float) -> None:
        """Set the time limit of the next socket operation, to a tenth of a second: setting it is a system call."""
        if abs(seconds - self._limit) > 0.1:
            self._socket.settimeout(seconds)
            self._limit = seconds

    def _receive(self, waiting: dict[int, tuple[int, dns.message.Message]], answers: list[Answer | None]) -> None:
        deadline = time.monotonic() + self._timeout
        (length,) = _LENGTH.unpack(self._read(_LENGTH.size, deadline))
        wire = self._read(length, deadline)
        (number,) = _LENGTH.unpack_from(wire) if len(wire) >= 12 else (0,)
        if number not in waiting:
            raise BadResponseError(f"{self._endpoint} sent an unsolicited response.", may_have_happened=True)
        place, message = waiting.pop(number)
        try:
            answers[place] = self._parsed(wire, message)
        except WebsecError as error:
            answers[place] = error

    def _parsed(self, wire: bytes, message: dns.message.Message) -> dns.message.Message:
        key_name = key_text(self._key) if self._key is not None else ""
        try:
            answer = _parse(wire, self._key, message.mac or b"")
        except dns.exception.DNSException as error:
            there = _time_of_server(wire) if isinstance(error, dns.tsig.PeerBadTime) else None
            clocks = None if there is None else (there, time.time())
            failure = tsig_error(error, str(self._endpoint), key_name, clocks)
            # A server that rejected our signature did nothing; one whose response cannot be trusted may have.
            failure.may_have_happened = not isinstance(error, dns.tsig.PeerError)
            raise failure from None
        if not message.is_response(answer) and not _bare_refusal(answer):
            raise BadResponseError(f"{self._endpoint} sent a response to a different query.", may_have_happened=True)
        if self._key is not None and not answer.had_tsig and answer.rcode() in _NEEDS_SIGNATURE:
            raise BadResponseError(
                f"{self._endpoint} sent a response that is not signed with the key {key_name}.",
                hint="A device between this machine and the server may have altered it.",
                may_have_happened=True,
            )
        if answer.flags & dns.flags.TC:
            # Over TCP there is no larger form to request, and a truncated response is invalid.
            raise BadResponseError(
                f"{self._endpoint} sent a truncated response over TCP.",
                hint="Check the server's log, and the devices between it and this machine.",
                may_have_happened=True,
            )
        return answer

    def _read(self, size: int, deadline: float) -> bytes:
        while len(self._buffer) < size:
            left = deadline - time.monotonic()
            if left <= 0:
                raise self._late()
            self._wait_at_most(left)
            if _QUICKACK is not None:
                # Name servers send the next response only when this one was acknowledged (Nagle), for which Linux waits
                # 40 ms by default. The option applies to the next read only.
                self._socket.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
            try:
                data = self._socket.recv(65536)
            except (TimeoutError, socket.timeout):
                raise self._late() from None
            except OSError as error:
                raise self._broken(error.strerror) from None
            if not data:
                raise self._broken("the server closed it")
            self._buffer += data
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _late(self) -> TimedOutError:
        return TimedOutError(
            f"No response from the name server {self._endpoint} within {self._timeout:g} s.",
            hint="Check the server's load, or raise timeout.",
            may_have_happened=True,
        )

    def _broken(self, why: str | None) -> UnavailableError:
        return UnavailableError(
            f"The connection to the name server {self._endpoint} broke: {why}.",
            hint="Check the server's log.",
            may_have_happened=True,
        )


class MessageTooBigError(BadInputError):
    """A change that does not fit in one message."""


_NEEDS_SIGNATURE = frozenset((0, 3))
"""NOERROR and NXDOMAIN: the responses that must be signed. Some servers do not sign refusals."""


def _parse(wire: bytes, key: dns.tsig.Key | None, request_mac: bytes) -> dns.message.Message:
    """The message in ``wire``, with its signature checked if it has one.

    :raises dns.exception.DNSException: it is not a DNS message, or its signature is invalid.
    """
    try:
        return dns.message.from_wire(wire, keyring=key, request_mac=request_mac)
    except dns.exception.FormError:
        # dnspython raises this for a missing signature too, but refusals may have none.
        return dns.message.from_wire(wire)


def _time_of_server(wire: bytes) -> int | None:
    """The server's time in a refusal for BADTIME, in seconds since 1970: the last field of the TSIG record, which is
    the last one of a message (RFC 8945, 4.2 and 5.2.3). It is not signed with our key: only for messages."""
    error, length, time_there = struct.unpack("!HH6s", wire[-10:])
    return int.from_bytes(time_there, "big") if (error, length) == (dns.rcode.BADTIME, 6) else None


def _bare_refusal(answer: dns.message.Message) -> bool:
    """Whether this is a refusal without the question section, as some servers send it."""
    return answer.rcode() not in _NEEDS_SIGNATURE and not answer.question
