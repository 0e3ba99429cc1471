# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small authoritative name server in memory, written from RFC 1034 (wildcards), 1035 and 2136.

It shares no code with the tested code, and silently drops what real servers drop: a CNAME that is added next to other
records, and a record that is added next to a CNAME. The response is NOERROR.
"""

from __future__ import annotations

import socketserver
import struct
import threading
import typing as t

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.tsig
import dns.update

from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import Endpoint, MessageTooBigError
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import ServerSettings
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect, guard
from ansible_collections.hosting.websec.plugins.module_utils._errors import TimedOutError

Sets = dict[tuple[dns.name.Name, dns.rdatatype.RdataType], tuple[int, tuple[dns.rdata.Rdata, ...]]]
"""The content of a zone: for each name and type the TTL and the records."""

CNAME = dns.rdatatype.CNAME
ANY = dns.rdatatype.ANY


def zone_content(zone: str, lines: t.Iterable[str] = ()) -> Sets:
    """The content of a zone with a SOA, an NS and ``lines``: C(name ttl type value), names relative to the zone."""
    origin = dns.name.from_text(zone)
    sets: Sets = {}
    base = [f"@ 3600 SOA ns1.{zone}. host.{zone}. 1 2 3 4 60", f"@ 3600 NS ns1.{zone}.", "ns1 3600 A 127.0.0.1"]
    for line in [*base, *lines]:
        owner, ttl, rdtype_text, value = line.split(None, 3)
        rdtype = dns.rdatatype.from_text(rdtype_text)
        record = dns.rdata.from_text(dns.rdataclass.IN, rdtype, value, origin, relativize=False)
        at = (dns.name.from_text(owner, origin), rdtype)
        sets[at] = (int(ttl), (*sets.get(at, (0, ()))[1], record))
    return sets


def lines_of(sets: Sets) -> list[str]:
    """The content as sorted lines without SOA, NS and their addresses."""
    return sorted(
        f"{name} {ttl} {dns.rdatatype.to_text(rdtype)} {record}"
        for (name, rdtype), (ttl, records) in sets.items()
        for record in records
        if rdtype not in (dns.rdatatype.SOA, dns.rdatatype.NS) and not name.to_text().startswith("ns1.")
    )


class Model:
    """Zones in memory, and the received queries.

    C(before_update) is called before an update is processed, for changes by another writer.
    C(says_zone): responses with records name their zone with NS records, as BIND does and others do not.
    C(leaves_out): an update policy that drops changes and still reports success, as PowerDNS can have.
    C(made_up): responses that are in no zone, as from a server with ALIAS or Lua records.
    C(behind): a copy of the zones from which queries are answered, as at a secondary that forwards updates.
    """

    def __init__(self, **zones: t.Iterable[str]) -> None:
        self.zones = {
            dns.name.from_text(name.replace("_", ".")): zone_content(name.replace("_", "."), lines)
            for name, lines in zones.items()
        }
        self.queries: list[str] = []
        self.updates = 0
        self.before_update: t.Callable[[], None] = lambda: None
        self.update_rcode = dns.rcode.NOERROR
        self.says_zone = False
        self.leaves_out: t.Callable[[dns.name.Name, dns.rdatatype.RdataType], bool] = lambda name, rdtype: False
        self.made_up: Sets = {}
        self.behind: dict[dns.name.Name, Sets] = {}

    def lines(self, zone: str) -> list[str]:
        return lines_of(self.zones[dns.name.from_text(zone)])

    def set(self, zone: str, name: str, rdtype: str, *values: str, ttl: int = 3600) -> None:
        """Change a record set as another writer; without values, remove it."""
        origin = dns.name.from_text(zone)
        at = (dns.name.from_text(name, origin), dns.rdatatype.from_text(rdtype))
        self.zones[origin].pop(at, None)
        if values:
            records = tuple(
                dns.rdata.from_text(dns.rdataclass.IN, at[1], value, origin, relativize=False) for value in values
            )
            self.zones[origin][at] = (ttl, records)

    def answer(self, message: dns.message.Message) -> dns.message.Message:
        answer = dns.message.make_response(message)
        if isinstance(message, dns.update.UpdateMessage):
            self.before_update()
            self.updates += 1
            answer.set_rcode(self.update_rcode or self._update(message))
        else:
            question = message.question[0]
            self.queries.append(f"{question.name.to_text(True)} {dns.rdatatype.to_text(question.rdtype)}")
            self._query(question.name, question.rdtype, answer)
        return answer

    def _zone_of(self, name: dns.name.Name) -> dns.name.Name | None:
        above = [zone for zone in self.zones if name.is_subdomain(zone)]
        return max(above, key=len, default=None)

    def _query(self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType, answer: dns.message.Message) -> None:
        zone = self._zone_of(name)
        if zone is None:
            answer.set_rcode(dns.rcode.REFUSED)
            return
        answer.flags |= dns.flags.AA
        sets = {**self.behind.get(zone, self.zones[zone]), **self.made_up}
        source = self._source(sets, name)
        if source is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        for found in (rdtype, CNAME) if source is not None else ():
            if source is not None and (source, found) in sets:
                ttl, records = sets[source, found]
                answer.answer.append(dns.rrset.from_rdata_list(name, ttl, records))
                if self.says_zone and found == rdtype and (name, rdtype) != (zone, dns.rdatatype.NS):
                    ttl, records = sets[zone, dns.rdatatype.NS]
                    answer.authority.append(dns.rrset.from_rdata_list(zone, ttl, records))
                return
        ttl, records = sets[zone, dns.rdatatype.SOA]
        answer.authority.append(dns.rrset.from_rdata_list(zone, ttl, records))

    def _source(self, sets: Sets, name: dns.name.Name) -> dns.name.Name | None:
        """The owner whose records answer for ``name``: itself, or a wildcard; ``None``: there is no such name."""
        owners = {owner for owner, _rdtype in sets}
        encloser = name
        while not any(owner.is_subdomain(encloser) for owner in owners):
            encloser = encloser.parent()
        if encloser == name:
            return name
        wildcard = dns.name.Name((b"*", *encloser.labels))
        return wildcard if wildcard in owners else None

    def _update(self, message: dns.update.UpdateMessage) -> dns.rcode.Rcode:
        zone = message.zone[0].name
        if zone not in self.zones:
            return dns.rcode.NOTAUTH
        sets = self.zones[zone]
        failed = _failed_prerequisite(sets, message)
        if failed:
            return failed
        for rrset in message.update:
            at = (rrset.name, rrset.rdtype)
            if self.leaves_out(*at):
                continue
            if rrset.deleting == dns.rdataclass.ANY:
                sets.pop(at, None)
            elif rrset.deleting == dns.rdataclass.NONE:
                _delete(sets, at, rrset[0])
            else:
                _add(sets, at, rrset.ttl, rrset[0])
        return dns.rcode.NOERROR


def _failed_prerequisite(sets: Sets, message: dns.update.UpdateMessage) -> dns.rcode.Rcode:
    required: dict[tuple[dns.name.Name, dns.rdatatype.RdataType], set[dns.rdata.Rdata]] = {}
    for rrset in message.prerequisite:
        assert rrset.ttl == 0
        at = (rrset.name, rrset.rdtype)
        assert rrset.rdtype != ANY
        if rrset.deleting == dns.rdataclass.NONE:
            if at in sets:
                return dns.rcode.YXRRSET
        elif rrset.deleting == dns.rdataclass.ANY:
            if at not in sets:
                return dns.rcode.NXRRSET
        else:
            required.setdefault(at, set()).update(rrset)
    for at, records in required.items():
        if at not in sets or set(sets[at][1]) != records:
            return dns.rcode.NXRRSET
    return dns.rcode.NOERROR


def _delete(sets: Sets, at: tuple[dns.name.Name, dns.rdatatype.RdataType], record: dns.rdata.Rdata) -> None:
    if at in sets:
        ttl, records = sets[at]
        left = tuple(present for present in records if present != record)
        sets.pop(at)
        if left:
            sets[at] = (ttl, left)


def _add(sets: Sets, at: tuple[dns.name.Name, dns.rdatatype.RdataType], ttl: int, record: dns.rdata.Rdata) -> None:
    name, rdtype = at
    others = {kind for owner, kind in sets if owner == name}
    if rdtype == CNAME:
        if others - {CNAME}:
            return
        sets[at] = (ttl, (record,))
    elif CNAME not in others:
        present = sets.get(at, (ttl, ()))[1]
        sets[at] = (ttl, present if record in present else (*present, record))


class ModelClient:
    """A C(DnsClient) for the resources, over a model and the wire format.

    :param lost_requests: updates, counted from 1, that do not arrive.
    :param lost_answers: updates that arrive, and whose response is lost.
    """

    server = Endpoint("192.0.2.53")
    settings = ServerSettings(server)

    def __init__(
        self,
        model: Model,
        *,
        read_only: bool = False,
        lost_requests: t.Collection[int] = (),
        lost_answers: t.Collection[int] = (),
    ) -> None:
        self.model = model
        self.read_only = read_only
        self.sent = 0
        self._lost_requests = lost_requests
        self._lost_answers = lost_answers

    def close(self) -> None:
        pass

    def ask(self, keys: t.Sequence[tuple[dns.name.Name, dns.rdatatype.RdataType]]) -> list[dns.message.Message]:
        return [self._exchange(dns.message.make_query(name, rdtype, flags=0)) for name, rdtype in keys]

    def ask_each(self, keys: t.Sequence[tuple[dns.name.Name, dns.rdatatype.RdataType]]) -> list[dns.message.Message]:
        return self.ask(keys)

    def update(self, message: dns.update.UpdateMessage) -> dns.message.Message:
        guard(Effect.CHANGE, "UPDATE", read_only=self.read_only)
        self.sent += 1
        if self.sent in self._lost_requests:
            raise TimedOutError("No answer.", may_have_happened=True)
        answer = self._exchange(message)
        if self.sent in self._lost_answers:
            raise TimedOutError("No answer.", may_have_happened=True)
        return answer

    def _exchange(self, message: dns.message.Message) -> dns.message.Message:
        try:
            wire = message.to_wire(max_size=0xFFFF)
        except dns.exception.TooBig:
            raise MessageTooBigError("Too big.") from None
        return dns.message.from_wire(self.model.answer(dns.message.from_wire(wire)).to_wire(max_size=0xFFFF))


class ModelServer:
    """A model that listens on TCP on loopback, for one key or for none. Use as a context.

    :param key: messages must be signed with it, and answers are.
    :param close_after: answers after which a connection is closed.
    :param silent: answers nothing.
    :param unsigned: does not sign its answers.
    :param strangers: for names in this domain the key seems to be unknown, as with Knot DNS.
    :param truncated: empty responses that are marked as truncated.
    :param clock: rejects the time of every message; its own is this one, in seconds since 1970.
    :param lose_updates: closes the connection instead of responding to an update (which it has made).
    """

    def __init__(
        self,
        model: Model,
        key: dns.tsig.Key | None = None,
        *,
        close_after: int | None = None,
        silent: bool = False,
        unsigned: bool = False,
        strangers: str = "",
        truncated: bool = False,
        clock: int | None = None,
        lose_updates: bool = False,
    ) -> None:
        outer = self
        self.connections = 0
        self._truncated = truncated
        self._clock = clock
        self._strangers = dns.name.from_text(strangers) if strangers else None

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer.connections += 1
                answered = 0
                while close_after is None or answered < close_after:
                    prefix = self.rfile.read(2)
                    if len(prefix) < 2:
                        return
                    wire = self.rfile.read(struct.unpack("!H", prefix)[0])
                    if silent:
                        continue
                    reply = outer._reply(model, wire, key, unsigned)
                    if lose_updates and wire[2] >> 3 & 15 == 5:
                        return
                    self.wfile.write(struct.pack("!H", len(reply)) + reply)
                    answered += 1

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.endpoint = Endpoint("127.0.0.1", self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def _reply(self, model: Model, wire: bytes, key: dns.tsig.Key | None, unsigned: bool) -> bytes:
        try:
            message = dns.message.from_wire(wire, keyring=key)
        except (dns.tsig.BadSignature, dns.message.UnknownTSIGKey, dns.tsig.BadKey) as error:
            number = dns.rcode.BADSIG if isinstance(error, dns.tsig.BadSignature) else dns.rcode.BADKEY
            return _tsig_refusal(wire, int(number))
        if self._strangers is not None and message.question[0].name.is_subdomain(self._strangers):
            return _tsig_refusal(wire, int(dns.rcode.BADKEY))
        if self._clock is not None:
            return _tsig_refusal(wire, int(dns.rcode.BADTIME), self._clock.to_bytes(6, "big"))
        answer = model.answer(message)
        if self._truncated:
            answer.answer, answer.authority = [], []
            answer.flags |= dns.flags.TC
        if unsigned:
            answer.tsig = None
        return answer.to_wire(max_size=0xFFFF)

    def __enter__(self) -> ModelServer:
        self._thread.start()
        return self

    def __exit__(self, *_details: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _tsig_refusal(wire: bytes, error: int, other: bytes = b"") -> bytes:
    """NOTAUTH with an unsigned TSIG record with the reason (RFC 8945, 5.3.2)."""
    message = dns.message.from_wire(wire, keyring=False, continue_on_error=True)
    header = struct.pack("!HHHHHH", message.id, 0x8000 | dns.opcode.to_flags(message.opcode()) | 9, 0, 0, 0, 1)
    algorithm = dns.name.from_text("hmac-sha256").to_wire()
    rdata = algorithm + struct.pack("!HIHHHHH", 0, 0, 300, 0, message.id, error, len(other)) + other
    return header + dns.name.from_text("websec").to_wire() + struct.pack("!HHIH", 250, 255, 0, len(rdata)) + rdata
