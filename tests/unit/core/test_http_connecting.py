# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connecting ends in time as well: the name lookup, and the handshake of a SOCKS proxy."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError
from ansible_collections.hosting.websec.tests.unit.core.clients import client_of, server_tls, write_certificate
from ansible_collections.hosting.websec.tests.unit.core.ending import PATIENCE, EndingContext, failure_of
from ansible_collections.hosting.websec.tests.unit.core.raw_server import Caller, RawServer, Talk, secure
from ansible_collections.hosting.websec.tests.unit.stuck_resolver import resolver

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<a/>"
ENOUGH = 1.0
"""Seconds in which a busy machine reaches the lookup."""
EFFECTS = [Effect.READ, Effect.CHANGE, Effect.DESTROY, Effect.BUY]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


# Names


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_call_ends_while_the_resolver_does_not_answer(effect: Effect) -> None:
    with resolver(stuck="api.invalid") as names:
        error = failure_of("https://api.invalid/v1", effect, timeout=ENOUGH, retries=1)
        assert names.answered == []
    assert error.message == "askIt: the name of the Test API could not be resolved within 1 second."
    assert error.hint.startswith("The request was not sent. This machine's resolver does not respond.")
    assert (error.kind, error.may_have_happened) == ("timeout", False)
    assert names.asked == ["api.invalid"] * (2 if effect is Effect.READ else 1)


@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h"])
def test_a_call_ends_while_the_name_of_the_proxy_is_looked_up(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://user:hunter2@proxy.invalid:3128")
    with resolver(stuck="proxy.invalid", api_invalid="192.0.2.1") as names:
        error = failure_of("https://api.invalid/v1", timeout=ENOUGH)
        assert "proxy.invalid" not in names.answered
    assert error.message == (
        "askIt: the proxy for the Test API could not be used: a name could not be resolved within 1 second."
    )
    assert error.hint.startswith("The request was not sent. This machine's resolver does not respond.")
    assert (error.kind, error.may_have_happened) == ("timeout", False)


def test_a_read_whose_name_is_looked_up_ends_with_the_pass_and_is_deferred() -> None:
    with resolver(stuck="api.invalid") as names:
        error = failure_of(
            "https://api.invalid/v1", Effect.READ, timeout=PATIENCE * 2, retries=3, context=EndingContext()
        )
        assert names.answered == []
    assert isinstance(error, DeferredError)


def test_a_connection_that_is_kept_asks_for_no_name_again() -> None:
    def talk(caller: Caller) -> None:
        while caller.read_request():
            caller.send(GOOD)

    with RawServer(talk) as server, resolver(api_invalid="127.0.0.1") as names:
        with client_of(f"http://api.invalid:{server.port}/v1") as send:
            assert [send().body for _number in range(3)] == [b"<a/>"] * 3
        assert names.asked == ["api.invalid"]


STUCK_PROCESS = """
import socket, threading
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._http.client import HttpClient
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings
socket.getaddrinfo = lambda *_positional, **_named: threading.Event().wait()
client = HttpClient(HttpSettings(timeout=1), url="https://api.invalid/v1", server="Test API", read_only=False)
try:
    client.send(Effect.BUY, "POST", call="askIt")
except WebsecError as error:
    print(error.message)
"""


def test_a_process_exits_while_the_resolver_does_not_answer() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", STUCK_PROCESS]
    ended = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=PATIENCE)
    assert ended.stderr == ""
    assert ended.stdout == "askIt: the name of the Test API could not be resolved within 1 second.\n"


# SOCKS

NO_PASSWORD, PASSWORD = b"\5\0", b"\5\2"
WELCOME = b"\1\0"
CONNECTED = b"\5\0\0\1\0\0\0\0\0\0"
LONG_NAME = b"\5\0\0\3\xff" + b"x" * 255
"""The beginning of a response with the longest possible name."""


def take(caller: Caller, count: int) -> bytes:
    data = caller.connection.recv(count, socket.MSG_WAITALL)
    if len(data) < count:
        raise ConnectionResetError
    return data


def greeted(caller: Caller, answer: bytes = NO_PASSWORD) -> None:
    _version, count = take(caller, 2)
    take(caller, count)
    caller.send(answer)


def asked_for(caller: Caller) -> tuple[str, int]:
    """Host and port that a SOCKS 5 client requests."""
    _version, _command, _reserved, kind = take(caller, 4)
    host = socket.inet_ntoa(take(caller, 4)) if kind == 1 else take(caller, take(caller, 1)[0]).decode()
    return host, int.from_bytes(take(caller, 2), "big")


def slowly(caller: Caller, data: bytes) -> None:
    """Each byte is within a limit of 0.5 seconds, but all together exceed the limit of the call."""
    caller.trickle(data, 0.3)


def logged_in(caller: Caller) -> None:
    greeted(caller, PASSWORD)
    take(caller, 1)
    for _field in ("user", "password"):
        take(caller, take(caller, 1)[0])


def silent_at_login(caller: Caller) -> None:
    logged_in(caller)
    caller.silence()


def slow_answer(caller: Caller) -> None:
    greeted(caller)
    asked_for(caller)
    slowly(caller, LONG_NAME)


def slow_answer_after_login(caller: Caller) -> None:
    logged_in(caller)
    caller.send(WELCOME)
    asked_for(caller)
    slowly(caller, LONG_NAME)


def slow_handshake_with_the_server(caller: Caller) -> None:
    greeted(caller)
    asked_for(caller)
    caller.send(CONNECTED)
    take(caller, 1)
    caller.send(b"\x16\x03\x03\x3f\xff")
    slowly(caller, b"\2")


SLOW: dict[str, tuple[Talk, str]] = {
    "no answer": (Caller.silence, "the proxy"),
    "no answer to the password": (silent_at_login, "the proxy"),
    "answer byte by byte": (slow_answer, "the proxy"),
    "answer byte by byte after the password": (slow_answer_after_login, "the proxy"),
    # On a busy machine the handshake with the proxy needs all the time.
    "TLS byte by byte": (slow_handshake_with_the_server, ""),
}


@pytest.mark.parametrize("effect", [Effect.READ, Effect.BUY])
@pytest.mark.parametrize(("talk", "told"), SLOW.values(), ids=SLOW)
def test_a_call_through_a_socks_proxy_that_does_not_end_its_handshake_ends(
    monkeypatch: pytest.MonkeyPatch, talk: Talk, told: str, effect: Effect
) -> None:
    with RawServer(talk) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"socks5h://user:hunter2@127.0.0.1:{proxy.port}")
        error = failure_of("https://api.invalid/v1", effect, timeout=0.5)
    assert error.message.startswith(f"askIt: {told}")
    assert error.message.endswith("within 0.5 seconds.")
    assert error.hint.startswith("The request was not sent.")
    assert (error.kind, error.may_have_happened) == ("timeout", False)


def test_a_socks_4_proxy_is_not_waited_for_either(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(Caller.silence) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"socks4a://127.0.0.1:{proxy.port}")
        error = failure_of("https://api.invalid/v1", timeout=0.2)
    assert error.message.endswith("could not be used: it did not answer within 0.2 seconds.")
    assert (error.kind, error.may_have_happened) == ("timeout", False)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([b"\5\xff"], "All offered SOCKS5 authentication methods were rejected"),
        ([NO_PASSWORD, b"\5\4\0\1\0\0\0\0\0\0"], "0x04: Host unreachable"),
        ([b"hunter2 said no"], "SOCKS5 proxy server sent invalid data"),
        ([], "Connection closed unexpectedly"),
    ],
)
def test_what_a_socks_proxy_refuses_is_told_and_was_not_sent(
    monkeypatch: pytest.MonkeyPatch, answers: list[bytes], reason: str
) -> None:
    def talk(caller: Caller) -> None:
        take(caller, 4)
        for answer in answers:
            caller.send(answer)
            caller.connection.recv(1000)

    with RawServer(talk) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"socks5h://user:hunter2@127.0.0.1:{proxy.port}")
        with client_of("https://api.invalid/v1") as send, pytest.raises(WebsecError) as failed:
            send(Effect.BUY)
    error = failed.value
    assert error.message == f"askIt: the proxy for the Test API could not be used: {reason}."
    assert (error.kind, error.may_have_happened) == ("unavailable", False)
    assert "hunter2" not in "".join(traceback.format_exception(None, error, failed.tb))


@pytest.mark.parametrize(
    ("scheme", "host"), [("socks5h", "api.invalid"), ("socks5", "192.0.2.7")], ids=["name", "address"]
)
@pytest.mark.parametrize("tls", [False, True])
def test_requests_go_through_one_connection_of_a_socks_proxy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, scheme: str, host: str, tls: bool
) -> None:
    wanted: list[tuple[str, int]] = []
    context = server_tls(write_certificate(tmp_path))

    def talk(caller: Caller) -> None:
        greeted(caller)
        wanted.append(asked_for(caller))
        caller.send(CONNECTED)
        if tls:
            caller.connection = secure(context, caller.connection)
        while caller.read_request():
            caller.send(GOOD)

    url = f"{'https' if tls else 'http'}://api.invalid:8443/v1"
    with RawServer(talk) as proxy, resolver(api_invalid="192.0.2.7", proxy_invalid="127.0.0.1"):
        monkeypatch.setenv("ALL_PROXY", f"{scheme}://proxy.invalid:{proxy.port}")
        with client_of(url, validate_certs=False) as send:
            assert [send().body for _number in range(3)] == [b"<a/>"] * 3
    assert wanted == [(host, 8443)]
