# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signatures of messages to and from a name server (TSIG, RFC 8945).

dnspython builds each from several checked objects, which costs more than the message. A signature that is not as usual
is left to dnspython, which knows what is wrong with it.
"""

from __future__ import annotations

import hmac
import struct
import time

from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    import dns.message
    import dns.rdataclass
    import dns.rdatatype
    import dns.tsig
except ImportError:
    note_missing("dnspython")

_FUDGE = 300
"""Seconds that the clocks may differ (RFC 8945, 10)."""
_NO_ERROR = bytes(4)
"""No error, and no other data."""
_NO_TTL = bytes(4)
_NUMBER = struct.Struct("!H")
_TIME = struct.Struct("!HIH")
"""The time in two parts, and the seconds that the clocks may differ."""
_COUNT_AT = 10
"""The place of the number of additional records, in the header of a message."""
_HEADER = 12


class Signer:
    """Signs messages with ``key``, and checks the signatures of responses.

    ``size`` is the number of bytes of a signature. ``checked`` as its C(tsig) marks a response that had a valid one.
    """

    def __init__(self, key: dns.tsig.Key) -> None:
        self._key = key
        any_class = _NUMBER.pack(dns.rdataclass.ANY)
        name = key.name.to_digestable()
        self._algorithm = key.algorithm.to_digestable()
        self._start = name + _NUMBER.pack(dns.rdatatype.TSIG) + any_class + _NO_TTL
        self._variables = name + any_class + _NO_TTL + self._algorithm
        example, _mac = self.sign(bytes(_HEADER))
        self.size = len(example) - _HEADER
        self.checked = dns.message.from_wire(example, keyring=key).tsig

    def sign(self, wire: bytes) -> tuple[bytes, bytes]:
        """``wire``, which has no signature, with one; and the MAC in it, which the signature of the response covers."""
        now = int(time.time())
        when = _TIME.pack(now >> 32, now & 0xFFFFFFFF, _FUDGE)
        mac = self._mac(wire, when)
        data = self._algorithm + when + _NUMBER.pack(len(mac)) + mac + wire[:2] + _NO_ERROR
        return _with_count(wire, 1) + self._start + _NUMBER.pack(len(data)) + data, mac

    def without_signature(self, wire: bytes, request_mac: bytes) -> bytes | None:
        """A response without its signature, which was valid. C(None): it has none, or one that dnspython must check.

        :param request_mac: of the signature of the query.
        """
        at = wire.rfind(self._start)
        if at < _HEADER or wire[_COUNT_AT:_HEADER] == bytes(2):
            return None
        body, record = _with_count(wire[:at], -1), wire[at + len(self._start) :]
        when = record[2 + len(self._algorithm) :][: _TIME.size]
        mac = self._mac(body, when, _NUMBER.pack(len(request_mac)) + request_mac) if len(when) == _TIME.size else b""
        # All fields are as they must be: a wrong place for the start of the signature fits no MAC.
        data = self._algorithm + when + _NUMBER.pack(len(mac)) + mac + wire[:2] + _NO_ERROR
        if not mac or not hmac.compare_digest(record, _NUMBER.pack(len(data)) + data):
            return None
        high, low, fudge = _TIME.unpack(when)
        return body if abs((high << 32 | low) - int(time.time())) <= fudge else None

    def _mac(self, wire: bytes, when: bytes, before: bytes = b"") -> bytes:
        """RFC 8945, 4.3: over the MAC of the query, the message, and the fields of the signature."""
        context = dns.tsig.get_context(self._key)  # type: ignore[no-untyped-call]  # dnspython has no types for it
        context.update(before + wire + self._variables + when + _NO_ERROR)
        mac: bytes = context.sign()
        return mac


def _with_count(wire: bytes, more: int) -> bytes:
    (count,) = _NUMBER.unpack_from(wire, _COUNT_AT)
    return wire[:_COUNT_AT] + _NUMBER.pack(count + more) + wire[_HEADER:]
