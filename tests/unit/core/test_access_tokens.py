# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access tokens by OAuth 2.0 client credentials: the request, the life of a token, errors, many workers."""

from __future__ import annotations

import base64
import concurrent.futures
import json
import threading
import typing as t
from urllib.parse import parse_qs, quote_plus

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import AuthError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._http.access_tokens import EARLY, AccessTokens
from ansible_collections.hosting.websec.plugins.module_utils._http.client import HttpClient
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply, Script, ScriptedServer

CLIENT_ID, CLIENT_SECRET = "partner:1", "s3cret/of+the client%"
LIFETIME = 4 * 3600.0


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def issued(token: str, **more: t.Any) -> Reply:
    return Reply(json.dumps({"access_token": token, "token_type": "Bearer", **more}).encode())


def tokens_of(server: ScriptedServer, clock: t.Callable[[], float], **settings: t.Any) -> AccessTokens:
    http = HttpClient(
        HttpSettings(**{"timeout": 5.0, "retries": 0, **settings}),
        url=f"http://127.0.0.1:{server.port}/token",
        server="token endpoint",
        read_only=True,
    )
    return AccessTokens(http, CLIENT_ID, CLIENT_SECRET, server="token endpoint", lifetime=LIFETIME, clock=clock)


def failure_of(script: Script, **settings: t.Any) -> WebsecError:
    with ScriptedServer(script) as server, pytest.raises(WebsecError) as failed:
        tokens_of(server, Clock(), **settings).get()
    return failed.value


def test_the_request_is_that_of_the_rfc() -> None:
    with ScriptedServer([issued("t0ken", expires_in=60)]) as server:
        assert tokens_of(server, Clock()).get() == "t0ken"
        (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/token")
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(request.body.decode()) == {"grant_type": ["client_credentials"]}
    scheme, _blank, encoded = request.headers["Authorization"].partition(" ")
    assert scheme == "Basic"
    assert base64.b64decode(encoded).decode() == f"{quote_plus(CLIENT_ID)}:{quote_plus(CLIENT_SECRET)}"
    assert CLIENT_SECRET not in request.body.decode()


@pytest.mark.parametrize(
    ("said", "life"),
    [
        ({"expires_in": 3600}, 3600),
        ({"expires_in": "3600"}, 3600),
        ({"expires_in": 3600.0}, 3600),
        # Missing or invalid: the documented lifetime is used.
        ({}, LIFETIME),
        ({"expires_in": None}, LIFETIME),
        ({"expires_in": True}, LIFETIME),
        ({"expires_in": -1}, LIFETIME),
        ({"expires_in": "soon"}, LIFETIME),
    ],
)
def test_a_token_is_used_until_shortly_before_its_end(said: dict[str, t.Any], life: float) -> None:
    clock = Clock()
    with ScriptedServer([issued("first", **said), issued("second", **said)]) as server:
        tokens = tokens_of(server, clock)
        assert tokens.get() == "first"
        clock.now += life - EARLY - 1
        assert tokens.get() == "first"
        clock.now += 1
        assert tokens.get() == "second"
        assert len(server.requests) == 2


def test_a_short_token_is_used_for_half_of_its_life() -> None:
    clock = Clock()
    with ScriptedServer([issued("first", expires_in=10), issued("second", expires_in=10)]) as server:
        tokens = tokens_of(server, clock)
        tokens.get()
        clock.now += 4
        assert tokens.get() == "first"
        clock.now += 1
        assert tokens.get() == "second"


def test_a_refused_token_is_replaced_once() -> None:
    with ScriptedServer([issued("first"), issued("second"), issued("third")]) as server:
        tokens = tokens_of(server, Clock())
        assert tokens.get() == "first"
        tokens.discard("first")
        assert tokens.get() == "second"
        # Another worker was refused with the first one as well.
        tokens.discard("first")
        assert tokens.get() == "second"


def test_many_workers_share_one_request() -> None:
    with ScriptedServer([issued("t0ken")]) as server:
        tokens = tokens_of(server, Clock())
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            assert set(pool.map(lambda _number: tokens.get(), range(64))) == {"t0ken"}
        assert len(server.requests) == 1


def test_those_who_wait_share_a_failure() -> None:
    arrived = threading.Semaphore(0)

    class Door:
        """The lock, which reports who waits for it."""

        def __init__(self) -> None:
            self._lock = threading.Lock()

        def __enter__(self) -> None:
            arrived.release()
            self._lock.acquire()

        def __exit__(self, *_error: object) -> None:
            self._lock.release()

    def reply(_request: Received) -> Reply:
        if len(server.requests) == 1:
            for _worker in range(8):
                assert arrived.acquire(timeout=20)
        return Reply(b'{"error": "invalid_client"}', 401)

    def get(tokens: AccessTokens) -> str:
        with pytest.raises(AuthError) as failed:
            tokens.get()
        return failed.value.message

    with ScriptedServer(reply) as server:
        tokens = tokens_of(server, Clock(), timeout=30.0)
        tokens._lock = t.cast("threading.Lock", Door())
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            messages = set(pool.map(get, [tokens] * 8))
        assert messages == {"token request: invalid_client."}
        assert len(server.requests) == 1
        # A later worker requests again.
        with pytest.raises(AuthError):
            tokens.get()
        assert len(server.requests) == 2


# ---- errors


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, "invalid_client"),
        (400, "invalid_request"),
        (400, "unauthorized_client"),
        (400, "unsupported_grant_type"),
        (200, "invalid_client"),
    ],
)
def test_an_error_of_the_rfc_is_one_of_the_credentials(status: int, error: str) -> None:
    said = {"error": error, "error_description": "Not for you."}
    failed = failure_of([Reply(json.dumps(said).encode(), status)])
    assert (failed.kind, failed.code, failed.http_status) == ("auth", error, status)
    assert failed.message == f"token request: {error}: Not for you."
    assert "api_client_secret" in failed.hint


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(b"", 401), "auth"),
        (Reply(b"", 403), "not_allowed"),
        (Reply(b"<html/>", 404), "bad_response"),
        (Reply(b"", 302), "bad_response"),
        (Reply(b"", 503), "unavailable"),
        (Reply(fault="close"), "unavailable"),
        (Reply(b"<html/>"), "bad_response"),
        (Reply(b"[]"), "bad_response"),
        (Reply(b""), "bad_response"),
        (Reply(b'{"access_token": "t"'), "bad_response"),
        (Reply(b'{"access_token": 5}'), "bad_response"),
        (Reply(b'{"access_token": ""}'), "bad_response"),
        (Reply(b'{"access_token": "a\\r\\nX: y"}'), "bad_response"),
        (Reply(b'{"access_token": "a b"}'), "bad_response"),
        (issued("t0ken", token_type="mac"), "bad_response"),
    ],
    ids=str,
)
def test_without_a_token_nothing_can_have_happened(reply: Reply, kind: str) -> None:
    failed = failure_of([reply])
    assert failed.kind == kind
    assert not failed.may_have_happened
    assert failed.message.startswith("token request: ")


def test_a_request_for_a_token_is_repeated_after_a_passing_failure() -> None:
    with ScriptedServer([Reply(fault="close"), Reply(status=503), issued("t0ken")]) as server:
        assert tokens_of(server, Clock(), retries=2).get() == "t0ken"


@pytest.mark.parametrize("status", [200, 201, 400, 500])
def test_no_error_shows_the_secret_or_a_token(status: int) -> None:
    basic = base64.b64encode(f"{quote_plus(CLIENT_ID)}:{quote_plus(CLIENT_SECRET)}".encode()).decode()
    told = f"{CLIENT_SECRET} {quote_plus(CLIENT_SECRET)} {basic}"
    for body in (
        json.dumps({"error": "invalid_client", "error_description": told}),
        json.dumps({"access_token": "t0ken-that-is-new", "token_type": "other"}),
        f"<html>{told} t0ken-that-is-new</html>",
    ):
        shown = str(failure_of([Reply(body.encode(), status)]).as_dict())
        for secret in (CLIENT_SECRET, quote_plus(CLIENT_SECRET), basic[8:-8], "t0ken-that-is-new"):
            assert secret not in shown
