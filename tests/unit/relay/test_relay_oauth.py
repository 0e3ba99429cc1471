# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The relay signs in at the vendor with OAuth 2.0 client credentials."""

from __future__ import annotations

import asyncio
import base64
import typing as t

import httpx
import pytest
from sitelock_relay.lost import LostError
from sitelock_relay.tokens import Tokens
from sitelock_relay.trust import trusted
from sitelock_relay.upstream import HttpUpstream, OAuth

API, ENDPOINT = "https://vendor.example/v1/partner", "https://vendor.example/v2/oauth2/token"
SECRET = "s:e/c+r e%t"
Answer = t.Callable[[int], httpx.Response]


class Vendor:
    """Token endpoint and API.

    :param token: answers to the n-th request of a token. :param status: of the API for a token.
    """

    def __init__(self, token: Answer | None = None, status: t.Callable[[str], int] = lambda _token: 200) -> None:
        self.tokens: list[httpx.Request] = []
        self.calls: list[httpx.Request] = []
        self.seconds = 100.0
        self._token = token or (lambda number: issued(f"token-{number}"))
        self._status = status

    async def handle(self, request: httpx.Request) -> httpx.Response:
        if str(request.url) == ENDPOINT:
            self.tokens.append(request)
            await asyncio.sleep(0)
            answer = self._token(len(self.tokens))
            # As from the network: not read yet.
            return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(answer.content))
        self.calls.append(request)
        token = request.headers["authorization"].removeprefix("Bearer ")
        return httpx.Response(self._status(token), stream=httpx.ByteStream(b"<a/>"))

    def upstream(self) -> HttpUpstream:
        return HttpUpstream(
            API, 5, trusted(), OAuth(ENDPOINT, "relay", SECRET), transport=httpx.MockTransport(self.handle)
        )

    def send(self, *again: bool) -> list[int]:
        async def all_of_them() -> list[int]:
            upstream = self.upstream()
            return [(await upstream.send(b"<x/>", again=each)).status for each in again]

        return asyncio.run(all_of_them())


def issued(token: t.Any, **more: t.Any) -> httpx.Response:
    return httpx.Response(200, json={"access_token": token, "token_type": "bearer", **more})


def test_a_token_is_asked_for_once_and_sent_with_each_call() -> None:
    vendor = Vendor()
    assert vendor.send(True, False, False) == [200, 200, 200]
    (asked,) = vendor.tokens
    basic = base64.b64decode(asked.headers["authorization"].removeprefix("Basic ")).decode()
    assert basic == "relay:s%3Ae%2Fc%2Br+e%25t"
    assert asked.content == b"grant_type=client_credentials"
    assert [call.headers["authorization"] for call in vendor.calls] == ["Bearer token-1"] * 3
    assert [call.content for call in vendor.calls] == [b"<x/>"] * 3


def test_many_calls_at_once_share_one_request() -> None:
    vendor = Vendor()

    async def at_once() -> None:
        upstream = vendor.upstream()
        await asyncio.gather(*(upstream.send(b"<x/>", again=False) for _each in range(20)))

    asyncio.run(at_once())
    assert (len(vendor.tokens), len(vendor.calls)) == (1, 20)


def test_a_refused_token_is_renewed_once() -> None:
    vendor = Vendor(status=lambda token: 401 if token == "token-1" else 200)
    assert vendor.send(True, True) == [200, 200]
    assert (len(vendor.tokens), len(vendor.calls)) == (2, 3)
    refusing = Vendor(status=lambda _token: 401)
    assert refusing.send(True) == [401]
    assert (len(refusing.tokens), len(refusing.calls)) == (2, 2)


def test_what_does_not_only_read_is_not_sent_again_with_the_new_token() -> None:
    vendor = Vendor(status=lambda token: 401 if token == "token-1" else 200)
    assert vendor.send(False, False) == [401, 200]
    assert (len(vendor.tokens), len(vendor.calls)) == (2, 2)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(401, json={"error": "invalid_client", "error_description": SECRET}),
        httpx.Response(500),
        httpx.Response(302, headers={"Location": "https://other.example/"}),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, text="[" * 60_000),
        httpx.Response(200, content=b" " * 70_000),
        httpx.Response(200, json=["access_token"]),
        httpx.Response(200, json={"token_type": "Bearer"}),
        issued(5),
        issued("a b"),
        issued("a\r\nX: y"),
        issued("x" * 9000),
        issued("x", token_type="mac"),
    ],
)
def test_without_a_token_nothing_is_sent_and_the_endpoint_has_a_pause(answer: httpx.Response) -> None:
    vendor = Vendor(lambda _number: answer)

    async def twice() -> list[BaseException]:
        upstream = vendor.upstream()
        sent = (upstream.send(b"<x/>", again=again) for again in (True, False, True))
        return t.cast("list[BaseException]", await asyncio.gather(*sent, return_exceptions=True))

    errors = asyncio.run(twice())
    for error in errors:
        assert isinstance(error, LostError)
        assert (error.reason, error.sent) == ("no_token", False)
        assert SECRET not in repr(error) + repr(error.__cause__)
    assert (len(vendor.tokens), len(vendor.calls)) == (1, 0)


@pytest.mark.parametrize(
    ("life", "good_until"),
    [({"expires_in": 600}, 540), ({"expires_in": "60"}, 30), ({}, 14340), ({"expires_in": -1}, 14340)],
)
def test_a_token_is_renewed_before_its_end(life: dict[str, t.Any], good_until: float) -> None:
    vendor = Vendor(lambda number: issued(f"token-{number}", **life))

    async def tokens() -> list[str]:
        client = httpx.AsyncClient(transport=httpx.MockTransport(vendor.handle))
        kept = Tokens(ENDPOINT, "relay", SECRET, client, lambda: vendor.seconds)
        found = []
        for seconds in (0, good_until - 1, good_until):
            vendor.seconds = 100.0 + seconds
            found.append(await kept.get())
        return found

    assert asyncio.run(tokens()) == ["token-1", "token-1", "token-2"]


def test_after_the_pause_a_token_is_asked_for_again() -> None:
    vendor = Vendor(lambda number: httpx.Response(503) if number == 1 else issued("token"))

    async def tokens() -> list[str]:
        client = httpx.AsyncClient(transport=httpx.MockTransport(vendor.handle))
        kept = Tokens(ENDPOINT, "relay", SECRET, client, lambda: vendor.seconds)
        found = []
        for _each in range(3):
            try:
                found.append(await kept.get())
            except LostError as error:
                found.append(error.reason)
            vendor.seconds += 4
        return found

    assert asyncio.run(tokens()) == ["no_token", "no_token", "token"]
    assert len(vendor.tokens) == 2


def test_secrets_are_in_no_text() -> None:
    assert SECRET not in repr(OAuth(ENDPOINT, "relay", SECRET))
