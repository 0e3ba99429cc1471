# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
import secrets
import socket
import traceback
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect, WriteRefusedError
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.tests.unit.core.clients import client_of
from ansible_collections.hosting.websec.tests.unit.scripted_server import Reply, ScriptedServer

WRITES = [Effect.CHANGE, Effect.BUY, Effect.DESTROY]
BODY = b"<answer/>" * 20


@contextlib.contextmanager
def closed_port() -> t.Iterator[str]:
    """An address where nobody listens while the context lasts."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@contextlib.contextmanager
def silent_port() -> t.Iterator[str]:
    """An address that accepts no connection: its queue is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _number in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize("effect", Effect)
def test_a_refused_connection_says_that_nothing_was_sent(effect: Effect) -> None:
    with closed_port() as url, client_of(url) as send, pytest.raises(WebsecError) as failed:
        send(effect)
    assert failed.value.kind == "unavailable"
    assert failed.value.message == "askIt: no connection to the Test API: Connection refused."
    assert "approved source addresses" in failed.value.hint
    assert not failed.value.may_have_happened


def test_a_name_that_does_not_resolve_says_that_nothing_was_sent() -> None:
    with client_of("https://api.invalid") as send, pytest.raises(WebsecError) as failed:
        send(Effect.BUY)
    assert failed.value.kind == "unavailable"
    assert failed.value.message.startswith("askIt: no connection to the Test API: ")
    assert not failed.value.may_have_happened


def test_a_connection_that_nobody_accepts_times_out_and_says_that_nothing_was_sent() -> None:
    with silent_port() as url, client_of(url, timeout=0.2) as send, pytest.raises(WebsecError) as failed:
        send(Effect.BUY)
    assert failed.value.kind == "timeout"
    assert failed.value.message == "askIt: no connection to the Test API within 0.2 seconds."
    assert not failed.value.may_have_happened


FAULTS = {
    "closed": (Reply(fault="close"), "unavailable", "broke before the response arrived: RemoteDisconnected"),
    "reset": (Reply(fault="reset"), "unavailable", "broke before the response arrived: Connection reset by peer"),
    "not HTTP": (Reply(fault="garbage"), "unavailable", "broke before the response arrived: BadStatusLine"),
    "silent": (Reply(BODY, pause=5), "timeout", "no response from the Test API within 1.5 seconds"),
    "silent in the body": (Reply(BODY, drip=5), "timeout", "did not finish its response within 1.5 seconds"),
    "cut off in a chunk": (Reply(BODY, cut=50, chunked=True), "bad_response", "was cut off"),
    "shorter than it says": (Reply(BODY, cut=50), "bad_response", "was cut off"),
    "not what it says": (
        Reply(BODY, headers={"Content-Encoding": "gzip"}),
        "bad_response",
        "it is not encoded as gzip",
    ),
}


@pytest.mark.parametrize(("reply", "kind", "told"), FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("effect", WRITES)
def test_a_write_without_an_answer_is_sent_once_and_may_have_happened(
    effect: Effect, reply: Reply, kind: str, told: str
) -> None:
    timeout = 1.5 if reply.pause or reply.drip else 5
    with ScriptedServer([reply]) as server, client_of(server.url, timeout=timeout, retries=3) as send:
        with pytest.raises(WebsecError) as failed:
            send(effect)
        assert len(server.requests) == 1
    assert failed.value.kind == kind
    assert told in failed.value.message
    assert failed.value.may_have_happened
    assert failed.value.hint


@pytest.mark.parametrize("effect", WRITES)
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_is_not_repeated_after_an_error_status(effect: Effect, status: int) -> None:
    reply = Reply(b"", status, {"Retry-After": "0"})
    with ScriptedServer([reply]) as server, client_of(server.url, retries=3) as send:
        assert send(effect).status == status
        assert len(server.requests) == 1


@pytest.mark.parametrize("effect", WRITES)
def test_a_write_is_sent_once_on_a_connection_that_the_server_closes_meanwhile(effect: Effect) -> None:
    with ScriptedServer([Reply(BODY), Reply(fault="close"), Reply(BODY)]) as server, client_of(server.url) as send:
        send(effect)
        with pytest.raises(WebsecError):
            send(effect)
        assert len(server.requests) == 2
        assert send(effect).body == BODY


@pytest.mark.parametrize("effect", WRITES)
def test_a_read_only_client_sends_no_write(effect: Effect) -> None:
    with ScriptedServer([Reply(BODY)]) as server, client_of(server.url, read_only=True) as send:
        with pytest.raises(WriteRefusedError, match=f"askIt has the effect '{effect.value}'"):
            send(effect)
        assert send(Effect.READ).body == BODY
        assert (len(server.requests), server.connections) == (1, 1)


def test_a_failure_does_not_show_what_was_sent() -> None:
    secret = secrets.token_hex()
    failure = pytest.raises(WebsecError)
    with ScriptedServer([Reply(fault="close")]) as server, client_of(server.url) as send, failure as failed:
        send(Effect.BUY, data=secret.encode())
    shown = "".join(traceback.format_exception(None, failed.value, failed.tb)) + repr(failed.value)
    assert secret not in shown
