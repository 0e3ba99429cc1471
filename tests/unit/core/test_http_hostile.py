# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every call ends with a correct error, whatever the server or the proxy does."""

from __future__ import annotations

import gzip
import typing as t
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._http import client as http_client
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError
from ansible_collections.hosting.websec.tests.unit.core.clients import client_of, server_tls, write_certificate
from ansible_collections.hosting.websec.tests.unit.core.ending import PATIENCE, EndingContext, ends, failure_of
from ansible_collections.hosting.websec.tests.unit.core.raw_server import Caller, RawServer, Talk, secure

OK = b"HTTP/1.1 200 OK\r\n"
TEXT = OK + b"Content-Type: text/xml\r\n"
CHUNKED = TEXT + b"Transfer-Encoding: chunked\r\n\r\n"
GZIPPED = TEXT + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
GZIP_HEAD = gzip.compress(b"", mtime=0)[:10]
EMPTY_BLOCK = b"\0\0\0\xff\xff"
"""An empty deflate block that is not the last one."""


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def secured(talk: Talk, certificate: tuple[str, str]) -> Talk:
    """The same over TLS."""
    context = server_tls(certificate)

    def over_tls(caller: Caller) -> None:
        caller.connection = secure(context, caller.connection)
        talk(caller)

    return over_tls


def https(server: RawServer) -> str:
    return server.url.replace("http:", "https:")


def after_request(act: t.Callable[[Caller], None]) -> Talk:
    def talk(caller: Caller) -> None:
        caller.read_request()
        act(caller)

    return talk


def then(start: bytes, act: t.Callable[[Caller, bytes], None], data: bytes) -> Talk:
    """After the request: ``start``, and then ``data`` without end."""

    def answer(caller: Caller) -> None:
        caller.send(start)
        act(caller, data)

    return after_request(answer)


TRICKLE, FLOOD = Caller.trickle, Caller.flood

SERVERS: dict[str, tuple[Talk, str]] = {
    "no answer": (after_request(Caller.silence), "timeout"),
    "status line byte by byte": (then(b"HTTP/1.1 200 ", TRICKLE, b"O"), "timeout"),
    "endless status line": (then(b"HTTP/1.1 200 ", FLOOD, b"O"), "unavailable"),
    "headers byte by byte": (then(OK, TRICKLE, b"X-A: b\r\n"), "timeout"),
    "endless header lines": (then(OK, FLOOD, b"X-A: b\r\n"), "unavailable"),
    "endless header": (then(OK + b"X-A: ", FLOOD, b"b"), "unavailable"),
    "endless folded header": (then(OK + b"X-A: b\r\n", FLOOD, b" b\r\n"), "unavailable"),
    "endless 100 Continue": (then(b"", FLOOD, b"HTTP/1.1 100 Continue\r\n\r\n"), "unavailable"),
    "endless 103 Early Hints": (then(b"", FLOOD, b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"), "unavailable"),
    "endless headers of a 100": (then(b"HTTP/1.1 100 Continue\r\n", FLOOD, b"X-A: b\r\n"), "unavailable"),
    "100 Continue byte by byte": (then(b"", TRICKLE, b"HTTP/1.1 100 Continue\r\n\r\n"), "timeout"),
    "body byte by byte": (then(TEXT + b"Content-Length: 100000\r\n\r\n", TRICKLE, b"x"), "timeout"),
    "body without length byte by byte": (then(TEXT + b"\r\n", TRICKLE, b"x"), "timeout"),
    "endless body": (then(TEXT + b"\r\n", FLOOD, b"x"), "bad_response"),
    "endless chunks": (then(CHUNKED, FLOOD, chunk(b"x" * 1000)), "bad_response"),
    "chunks byte by byte": (then(CHUNKED, TRICKLE, chunk(b"x")), "timeout"),
    "endless chunk size": (then(CHUNKED, FLOOD, b"0"), "bad_response"),
    "chunk extension byte by byte": (then(CHUNKED + b"1;", TRICKLE, b"x"), "timeout"),
    "endless chunk extension": (then(CHUNKED + b"1;", FLOOD, b"x"), "bad_response"),
    "trailer byte by byte": (then(CHUNKED + chunk(b"x") + b"0\r\n", TRICKLE, b"X-A: b\r\n"), "timeout"),
    "endless trailer": (then(CHUNKED + chunk(b"x") + b"0\r\n", FLOOD, b"X-A: b\r\n"), "bad_response"),
    "endless line in the trailer": (then(CHUNKED + b"0\r\nX-A: ", FLOOD, b"b"), "bad_response"),
    "endless gzip of nothing": (then(GZIPPED + chunk(GZIP_HEAD), FLOOD, chunk(EMPTY_BLOCK * 100)), "bad_response"),
    "gzip of nothing byte by byte": (then(GZIPPED + chunk(GZIP_HEAD), TRICKLE, chunk(EMPTY_BLOCK)), "timeout"),
    "a failure with an endless body": (then(b"HTTP/1.1 503 No\r\n\r\n", FLOOD, b"x"), "bad_response"),
    "a failure byte by byte": (then(b"HTTP/1.1 503 No\r\n\r\n", TRICKLE, b"x"), "timeout"),
}


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client, "MAX_ANSWER_BYTES", 200_000)


@pytest.mark.parametrize(("talk", "kind"), SERVERS.values(), ids=SERVERS)
@pytest.mark.parametrize("effect", [Effect.READ, Effect.BUY])
def test_a_call_to_a_server_that_does_not_end_its_answer_ends(talk: Talk, kind: str, effect: Effect) -> None:
    timeout = 0.2 if kind == "timeout" else PATIENCE / 2
    with RawServer(talk) as server:
        error = failure_of(server.url, effect, timeout=timeout)
    assert (error.kind, error.may_have_happened) == (kind, True)


def encoded(body: bytes, coding: str) -> bytes:
    return b"%bContent-Encoding: %b\r\nContent-Length: %d\r\n\r\n%b" % (TEXT, coding.encode(), len(body), body)


def answers(data: bytes) -> Talk:
    """Each request of a connection gets these bytes."""

    def talk(caller: Caller) -> None:
        while caller.read_request():
            caller.send(data)

    return talk


GZIP = gzip.compress(b"<a/>", mtime=0)
RAW_DEFLATE = zlib.compressobj(wbits=-15)
DEFLATED = RAW_DEFLATE.compress(b"<a/>") + RAW_DEFLATE.flush()


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (GZIP, "gzip"),
        (GZIP, " X-GZIP "),
        (zlib.compress(b"<a/>"), "deflate"),
        (DEFLATED, "deflate"),
        (b"<a/>", "identity"),
        (b"<a/>", ""),
    ],
    ids=repr,
)
def test_one_content_coding_is_taken(body: bytes, coding: str) -> None:
    with RawServer(answers(encoded(body, coding))) as server, client_of(server.url) as send:
        assert send().body == b"<a/>"


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_nothing_is_nothing_in_each_coding(coding: str) -> None:
    with RawServer(answers(encoded(b"", coding))) as server, client_of(server.url) as send:
        assert send().body == b""


TWICE = gzip.compress(gzip.compress(b"\0" * 20_000_000, mtime=0), mtime=0)


@pytest.mark.parametrize(
    ("body", "coding", "told"),
    [
        (TWICE, "gzip, gzip", "a content coding that was not requested"),
        (gzip.compress(b"\0" * 20_000_000, mtime=0), "gzip", "larger than 200,000 bytes"),
        (zlib.compress(b"\0" * 200_001), "deflate", "larger than 200,000 bytes"),
        (b"<a/>", "br", "a content coding that was not requested"),
        (b"<a/>", "zstd", "a content coding that was not requested"),
        (b"<a/>", "gzip\xc2\xb2", "a content coding that was not requested"),
        (b"<a/>", "gzip", "it is not encoded as gzip"),
        (b"\xff<a/>", "deflate", "it is not encoded as deflate"),
        (GZIP[:-1], "gzip", "it is truncated"),
        (DEFLATED[:-1], "deflate", "it is truncated"),
        (GZIP * 2, "gzip", "it has data after its end"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_what_cannot_be_unpacked_within_the_limit_is_refused(body: bytes, coding: str, told: str) -> None:
    with RawServer(answers(encoded(body, coding))) as server:
        error = failure_of(server.url, Effect.READ, retries=3)
    assert (error.kind, error.http_status, error.may_have_happened) == ("bad_response", 200, True)
    assert told in error.message


# TLS and proxies

RECORD = b"\x16\x03\x03\x3f\xff"
"""The head of a TLS record of a handshake, of nearly 16 KiB."""


@pytest.fixture(name="certificate", scope="module")
def _certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    return write_certificate(tmp_path_factory.mktemp("tls"))


def handshake(start: bytes, act: t.Callable[[Caller, bytes], None], data: bytes) -> Talk:
    def talk(caller: Caller) -> None:
        # Data after a client has disconnected makes wrap_socket fail on the server, which leaves a socket open.
        if caller.connection.recv(1):
            caller.send(start)
            act(caller, data)

    return talk


HANDSHAKES: dict[str, Talk] = {
    "no answer": Caller.silence,
    "byte by byte": handshake(RECORD, TRICKLE, b"\2"),
    "alert byte by byte": handshake(b"", TRICKLE, b"\x15\x03\x03\x00\x02\x01\x00"),
}


@pytest.mark.parametrize("talk", HANDSHAKES.values(), ids=HANDSHAKES)
def test_a_tls_handshake_that_does_not_end_ends(talk: Talk) -> None:
    with RawServer(talk) as server:
        error = failure_of(https(server), timeout=0.3)
    assert error.kind in ("timeout", "unavailable")
    assert not error.may_have_happened


@pytest.mark.parametrize("name", ["status line byte by byte", "body byte by byte", "endless header", "endless trailer"])
def test_a_call_over_tls_ends_as_well(name: str, certificate: tuple[str, str]) -> None:
    talk, kind = SERVERS[name]
    # Enough time for the handshake on a busy machine.
    timeout = 2 if kind == "timeout" else PATIENCE / 2
    with RawServer(secured(talk, certificate)) as server:
        error = failure_of(https(server), timeout=timeout, ca_path=certificate[0])
    assert (error.kind, error.may_have_happened) == (kind, True)


def test_each_try_of_a_read_has_its_own_time() -> None:
    tries: list[int] = []

    def talk(caller: Caller) -> None:
        caller.read_request()
        tries.append(1)
        if len(tries) < 3:
            caller.trickle(b"HTTP/1.1 100 Continue\r\n\r\n")
        caller.send(GOOD)

    with RawServer(talk) as server, client_of(server.url, timeout=0.5, retries=2) as send:
        assert ends(send).body == b"<a/>"


ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
PROXIES: dict[str, Talk] = {
    "no answer": after_request(Caller.silence),
    "status line byte by byte": then(b"HTTP/1.1 200 ", TRICKLE, b"O"),
    "endless status line": then(b"HTTP/1.1 200 ", FLOOD, b"O"),
    "headers byte by byte": then(OK, TRICKLE, b"X-A: b\r\n"),
    "endless headers": then(OK, FLOOD, b"X-A: b\r\n"),
    "endless header": then(OK + b"X-A: ", FLOOD, b"b"),
    "endless 100 Continue": then(b"", FLOOD, b"HTTP/1.1 100 Continue\r\n\r\n"),
    "headers that end in between": then(OK + b"X-A: ", lambda _caller, _data: None, b""),
    "refusal byte by byte": then(b"HTTP/1.1 407 No\r\n", TRICKLE, b"X-A: b\r\n"),
    "handshake byte by byte": then(ESTABLISHED + RECORD, TRICKLE, b"\2"),
}


@pytest.mark.parametrize("outer_tls", [False, True])
@pytest.mark.parametrize("talk", PROXIES.values(), ids=PROXIES)
def test_a_call_through_a_proxy_that_does_not_end_its_answer_ends(
    monkeypatch: pytest.MonkeyPatch, talk: Talk, outer_tls: bool, certificate: tuple[str, str]
) -> None:
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    with RawServer(secured(talk, certificate) if outer_tls else talk) as proxy:
        scheme = "https" if outer_tls else "http"
        monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://user:hunter2@127.0.0.1:{proxy.port}")
        error = failure_of("https://api.invalid/v1", timeout=0.5, ca_path=certificate[0])
    assert error.kind in ("timeout", "unavailable")
    assert not error.may_have_happened
    assert "hunter2" not in f"{error.message} {error.hint}"


# The deadline of the pass


def test_a_read_ends_with_the_pass_and_is_deferred() -> None:
    with RawServer(then(OK, TRICKLE, b"X-A: b\r\n")) as server:
        error = failure_of(server.url, Effect.READ, timeout=PATIENCE * 2, retries=3, context=EndingContext())
    assert isinstance(error, DeferredError)
    assert error.message == "askIt: not finished: this pass reached its time limit."


@pytest.mark.parametrize("effect", [Effect.CHANGE, Effect.BUY, Effect.DESTROY])
def test_a_write_has_some_seconds_more_for_its_answer_and_then_it_is_open(
    monkeypatch: pytest.MonkeyPatch, effect: Effect
) -> None:
    monkeypatch.setattr(http_client, "LAST_ANSWER", 0.5)
    with RawServer(then(OK, TRICKLE, b"X-A: b\r\n")) as server:
        error = failure_of(server.url, effect, timeout=PATIENCE * 2, context=EndingContext())
    assert error.message == "askIt: no response from the Test API within 0.5 seconds."
    assert (error.kind, error.may_have_happened) == ("timeout", True)


# Whose answer it is

GOOD = TEXT + b"Content-Length: 4\r\n\r\n<a/>"
OTHER = TEXT + b"Content-Length: 4\r\n\r\n<b/>"


@pytest.mark.parametrize("before", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"])
def test_an_interim_answer_is_not_the_answer(before: bytes) -> None:
    with RawServer(answers(before * 3 + GOOD)) as server, client_of(server.url) as send:
        assert [send().body, send().body] == [b"<a/>", b"<a/>"]


def test_what_follows_an_answer_is_not_the_answer_to_the_next_request(certificate: tuple[str, str]) -> None:
    def talk(caller: Caller) -> None:
        caller.read_request()
        # In one TLS record, of which the client does not read all at once.
        caller.send(GOOD + OTHER * 100)
        caller.read_request()
        caller.send(OTHER)

    server = RawServer(secured(talk, certificate))
    with server, client_of(https(server), ca_path=certificate[0]) as send:
        assert [send().body for _number in range(5)] == [b"<a/>"] * 5


def outcome_of(send: t.Callable[[Effect], HttpResponse]) -> HttpResponse | WebsecError:
    try:
        return send(Effect.BUY)
    except WebsecError as error:
        return error


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_bytes_end_in_an_answer_or_an_error(data: st.DataObject) -> None:
    """A good answer of each kind, with bytes replaced, left out and put in."""
    whole = data.draw(
        st.sampled_from(
            [
                GOOD,
                CHUNKED + chunk(b"<a/>") + b"0\r\n\r\n",
                encoded(GZIP, "gzip"),
                b"HTTP/1.1 429 Wait\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n",
                b"HTTP/1.1 302 Go\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
                TEXT + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + chunk(b"x") + b"0\r\nA: b\r\n\r\n",
            ]
        )
    )
    odd = st.one_of(st.binary(max_size=3), st.sampled_from([b"\r\n", b"-1", b"9" * 5000, b"\xb2", b"\0", b", 5", b":"]))
    for _mutation in range(data.draw(st.integers(1, 3))):
        at, length = data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, 3))
        whole = whole[:at] + data.draw(odd) + whole[at + length :]

    def talk(caller: Caller) -> None:
        caller.read_request()
        caller.send(whole)

    with RawServer(talk) as server, client_of(server.url) as send:
        result = ends(lambda: outcome_of(send))
    assert isinstance(result, HttpResponse) or result.may_have_happened
