# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The look at the certificate that is served: whatever the other end does, it ends, and says why nothing was seen."""

from __future__ import annotations

import pathlib
import socket
import ssl
import time
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError, RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy import certificate_files, edge
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.edge import Edge, Look
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Recorded
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import SiteStatus
from ansible_collections.hosting.websec.tests.unit.core.raw_server import Caller, RawServer, secure
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.certificates import SHOP, make

LOCAL = "127.0.0.1"
OTHER = make(("other.example",))


@pytest.fixture(name="tls", scope="module")
def _tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server with a certificate for the shop, and another one for all other names."""
    folder = tmp_path_factory.mktemp("edge")

    def context_of(made: t.Any) -> ssl.SSLContext:
        file: pathlib.Path = folder / "both.pem"
        file.write_text(made.pem + made.key_pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    shop, other = context_of(make()), context_of(OTHER)

    def choose(connection: t.Any, name: str | None, _context: ssl.SSLContext) -> None:
        if name == SHOP[0]:
            connection.context = shop

    other.sni_callback = choose
    return other


def look(port: int, status: SiteStatus | None = None, **options: t.Any) -> Look:
    """At a server on this machine, for the shop."""
    asked: dict[str, t.Any] = {"domain": SHOP[0], "address": None if status else LOCAL, **options}
    return edge.look(Edge(port=port, **asked), status or SiteStatus(1, "ready"), RunContext())


def test_the_certificate_of_the_name_is_seen(tls: ssl.SSLContext) -> None:
    with RawServer(lambda caller: secure(tls, caller.connection).close()) as server:
        assert look(server.port) == Look(make().read)
        assert look(server.port, domain="www.shop.example") == Look(OTHER.read)


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        ({"dns_new_a": (LOCAL,)}, True),
        # The first one answers nothing.
        ({"dns_new_a": ("127.0.0.9", LOCAL)}, True),
        ({"dns_new_cname": "localhost"}, True),
        ({"dns_new_a": ("localhost",)}, False),
        ({"dns_new_a": ("::1",)}, False),
        ({"dns_new_cname": "not a name"}, False),
        ({}, False),
    ],
)
@pytest.mark.parametrize("by", ["the API", "the state record"])
def test_where_the_cdn_is(tls: ssl.SSLContext, by: str, told: dict[str, t.Any], seen: bool) -> None:
    recorded = Recorded(told.get("dns_new_a", ()), told.get("dns_new_cname"), "")
    with RawServer(lambda caller: secure(tls, caller.connection).close()) as server:
        found = (
            look(server.port, SiteStatus(1, "pending-dns", **told))
            if by == "the API"
            else look(server.port, SiteStatus(1, "ready"), recorded=recorded)
        )
    nowhere = "neither the API nor a state record says where the CDN is, and the section has no address"
    assert found == (Look(make().read) if seen else Look(None, nowhere))


def test_a_state_record_that_could_not_be_read_is_named() -> None:
    found = look(1, SiteStatus(1, "ready"), recorded=Recorded(problem="ns.example refuses the key."))
    assert found.problem == (
        "the API does not say where the CDN is, and the state record of the site could not be read "
        "(ns.example refuses the key)"
    )


def test_what_the_api_says_counts_more_than_the_state_record(tls: ssl.SSLContext) -> None:
    with RawServer(lambda caller: secure(tls, caller.connection).close()) as server:
        status = SiteStatus(1, "pending-dns", dns_new_a=("127.0.0.9",))
        assert look(server.port, status, recorded=Recorded((LOCAL,), None, "")).served is None


def _drips(caller: Caller) -> None:
    # The head of a long record, and then a byte now and then.
    caller.send(b"\x16\x03\x03\x3f\xff")
    caller.trickle(b"\x02\x00", pause=0.01)


def _floods(caller: Caller) -> None:
    # Records of a handshake that has a long message.
    caller.send(b"\x16\x03\x03\x00\x04\x0b\xff\xff\xff")
    caller.flood(b"\x16\x03\x03\x00\x04aaaa")


@pytest.mark.parametrize(
    ("talk", "problem"),
    [
        (_floods, "refuses TLS for shop.example"),
        (lambda caller: caller.connection.recv(64 * 1024), "could not be reached: the connection was closed"),
        (lambda caller: caller.send(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "refuses TLS for shop.example"),
    ],
)
def test_a_server_that_is_none(talk: t.Any, problem: str) -> None:
    with RawServer(talk) as server:
        seen = look(server.port)
    assert seen.served is None
    assert f"port {server.port} of the CDN (127.0.0.1) {problem}" in seen.problem


@pytest.mark.parametrize("talk", [Caller.silence, _drips])
def test_a_server_that_never_ends(monkeypatch: pytest.MonkeyPatch, talk: t.Any) -> None:
    monkeypatch.setattr(edge, "SECONDS", 0.5)
    with RawServer(talk) as server:
        assert look(server.port).problem.endswith("could not be reached: it did not answer in time")


def test_nobody_is_there() -> None:
    with socket.create_server((LOCAL, 0)) as listener:
        port = listener.getsockname()[1]
    assert "could not be reached: Connection refused" in look(port).problem


def test_a_server_that_knows_no_such_name(tls: ssl.SSLContext) -> None:
    def refuse(_connection: t.Any, _name: str | None, _context: ssl.SSLContext) -> int:
        return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = refuse
    with RawServer(lambda caller: secure(context, caller.connection).close()) as server:
        assert "refuses TLS for shop.example" in look(server.port).problem


def test_no_look_without_a_domain_or_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    assert look(1, domain=None).problem == "the entry has no domain"
    monkeypatch.setattr(certificate_files, "IS_READY", False)
    assert look(1).problem == "the Python library cryptography is not installed"


def test_no_look_after_the_deadline() -> None:
    context = RunContext(deadline=time.time() - 1)
    with pytest.raises(DeferredError):
        edge.look(Edge(SHOP[0], LOCAL), SiteStatus(1, "ready"), context)
