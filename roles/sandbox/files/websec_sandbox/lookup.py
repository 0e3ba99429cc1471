# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What real DNS serves now: small queries to one name server, without a cache."""

from __future__ import annotations

import socket
import time
import typing

import dns.exception
import dns.message
import dns.query
import dns.rdatatype

# A name server on loopback answers in a millisecond; a dead one must not hold up a batch.
_TIMEOUT = 1.0
_REST_AFTER_FAILURE = 2.0

Records = dict[str, list[str]]


class Resolver(typing.Protocol):
    """Something that knows what DNS serves."""

    def records(self, name: str, kind: str) -> Records:
        """
        What a query for C(kind) (C(A), C(TXT)) at C(name) brings for that very name.

        The answer is by type, so that an alias is seen as C(CNAME) in the answer to any query. Names are in
        lower case without the last dot. No answer is the same as an empty one.
        """


class NameServer:
    """A resolver that asks one authoritative name server."""

    def __init__(self, address: str, port: int) -> None:
        """The server at C(address):C(port)."""
        self._address = address
        self._port = port
        self._resting_until = 0.0

    def records(self, name: str, kind: str) -> Records:
        """See Resolver."""
        if time.monotonic() < self._resting_until:
            return {}
        try:
            query = dns.message.make_query(name, kind)
            answer, _tcp = dns.query.udp_with_fallback(query, self._address, timeout=_TIMEOUT, port=self._port)
        except (dns.exception.DNSException, OSError):
            self._resting_until = time.monotonic() + _REST_AFTER_FAILURE
            return {}
        found: Records = {}
        for rrset in answer.answer:
            if rrset.name == query.question[0].name:
                found.setdefault(dns.rdatatype.to_text(rrset.rdtype), []).extend(_text(rdata) for rdata in rrset)
        return found


def _text(rdata: typing.Any) -> str:
    if rdata.rdtype == dns.rdatatype.TXT:
        return b"".join(rdata.strings).decode("utf-8", "replace")
    if rdata.rdtype == dns.rdatatype.CNAME:
        return str(rdata.target).rstrip(".").lower()
    return str(rdata)


def reachable(address: str, port: int) -> bool:
    """Whether something accepts TCP connections there."""
    try:
        with socket.create_connection((address, port), timeout=_TIMEOUT):
            return True
    except OSError:
        return False
