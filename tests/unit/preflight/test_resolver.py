# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Queries to a resolver over real sockets: its responses, a missing response, and that each query is sent once."""

from __future__ import annotations

import collections.abc
import socket
import threading
import typing as t

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from ansible_collections.hosting.websec.plugins.module_utils._dns.records import Key
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._preflight.resolver import PublicResolver, Reply
from ansible_collections.hosting.websec.tests.unit.preflight.world import name

SETS = {
    "customer.example": [("NS", ["ns1.example.", "ns2.example."])],
    "www.customer.example": [("CNAME", ["web.example."])],
    "web.example": [("A", ["192.0.2.1"])],
    "round.example": [("CNAME", ["trip.example."])],
    "trip.example": [("CNAME", ["round.example."])],
}


class Resolver:
    """A resolver on loopback, over UDP. ``silent``: it receives queries, but does not respond."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.silent = False
        self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        with socket.socket(type=socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self.port))

    def _serve(self) -> None:
        with self._socket:
            while True:
                wire, sender = self._socket.recvfrom(4096)
                if not wire:
                    return
                question = dns.message.from_wire(wire)
                self.asked.append(question.question[0].name.to_text(True))
                if not self.silent:
                    self._socket.sendto(_answer(question).to_wire(), sender)


def _answer(query: dns.message.Message) -> dns.message.Message:
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.RA
    at, rdtype = query.question[0].name, query.question[0].rdtype
    if at == name("broken.example"):
        answer.set_rcode(dns.rcode.SERVFAIL)
        return answer
    seen = set()
    while at not in seen:
        seen.add(at)
        for kind, values in SETS.get(at.to_text(True), []):
            if kind in ("CNAME", dns.rdatatype.to_text(rdtype)):
                answer.answer.append(dns.rrset.from_text(at, 60, "IN", kind, *values))
                if kind == "CNAME":
                    at = name(values[0])
    if at.to_text(True) not in SETS:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer


@pytest.fixture
def resolver() -> collections.abc.Iterator[Resolver]:
    server = Resolver()
    yield server
    server.close()


def key(text: str) -> Key:
    owner, kind = text.split()
    return name(owner), dns.rdatatype.from_text(kind)


def ask(public: PublicResolver, text: str) -> t.Any:
    return public.look_up([key(text)])[key(text)]


def test_replies(resolver: Resolver) -> None:
    with PublicResolver("127.0.0.1", resolver.port, 5, 2) as public:
        servers = ask(public, "customer.example NS")
        assert sorted(record.to_text() for record in servers.records) == ["ns1.example.", "ns2.example."]
        alias = ask(public, "www.customer.example A")
        assert alias.chain == (name("www.customer.example"), name("web.example"))
        assert [record.to_text() for record in alias.records] == ["192.0.2.1"]
        assert ask(public, "web.example AAAA") == Reply(True, (name("web.example"),), ())
        assert ask(public, "missing.example A") == Reply(False, (name("missing.example"),), ())
        assert ask(public, "www.customer.example CAA").records == ()


def test_a_circle_of_cnames_is_no_address(resolver: Resolver) -> None:
    with PublicResolver("127.0.0.1", resolver.port, 5, 2) as public:
        reply = ask(public, "round.example A")
        assert isinstance(reply, WebsecError) or reply.records == ()


def test_servfail_is_not_known(resolver: Resolver) -> None:
    with PublicResolver("127.0.0.1", resolver.port, 5, 2) as public:
        error = ask(public, "broken.example NS")
        assert error.kind == "unavailable"
        assert "broken.example NS" in error.message
        assert isinstance(ask(public, "web.example A"), Reply)


def test_each_question_once(resolver: Resolver) -> None:
    with PublicResolver("127.0.0.1", resolver.port, 5, 4) as public:
        public.begin([key("web.example A")] * 3)
        assert ask(public, "web.example A") is ask(public, "web.example A")
    assert resolver.asked == ["web.example"]


def test_a_silent_resolver_is_waited_for_only_once(resolver: Resolver) -> None:
    resolver.silent = True
    with PublicResolver("127.0.0.1", resolver.port, 1, 4) as public:
        replies = public.look_up([key(f"site{number}.example NS") for number in range(50)])
        assert {getattr(reply, "kind", None) for reply in replies.values()} == {"timeout"}
        assert len(set(resolver.asked)) <= 8


@pytest.mark.parametrize(("address", "port"), [("ns1.example", 53), ("192.0.2.300", 53), ("127.0.0.1", 0)])
def test_wrong_options(address: str, port: int) -> None:
    with pytest.raises(BadInputError):
        PublicResolver(address, port, 1, 1)
