# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to the vendor: one pooled TLS client, bounded in time and size. It follows no redirect."""

from __future__ import annotations

import asyncio
import dataclasses
import re
import ssl
import typing as t

import httpx

from .lost import LostError
from .room import Held, Room
from .tokens import Tokens

MAX_ANSWER = 32 * 1024 * 1024
_HEADERS = {
    "Content-Type": "text/xml; charset=utf-8",
    # A compressed answer could be larger than the memory.
    "Accept-Encoding": "identity",
    "User-Agent": "sitelock-relay",
}
# Each client may have a part of them, see relay.py.
_CALLS_AT_ONCE = 128
_STATUSES = range(200, 600)
_PRINTABLE = re.compile(r"[\x20-\x7e]{0,1024}")
_KEPT = ("content-type", "content-disposition", "retry-after")


@dataclasses.dataclass(frozen=True)
class OAuth:
    """How the relay signs in with tokens instead of user and password.

    :param url: of the token endpoint.
    """

    url: str
    client_id: str
    secret: str = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class Reply:
    """An answer of the vendor.

    :param held: memory that is given back when the client has it.
    """

    status: int
    body: bytes = dataclasses.field(repr=False)
    headers: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    held: Held | None = dataclasses.field(default=None, repr=False)

    def release(self) -> None:
        """The body is not needed any more."""
        if self.held is not None:
            self.held.release()


IsGone = t.Callable[[], t.Awaitable[bool]]


async def stays() -> bool:
    """Of a request whose client does not matter."""
    return False


class Upstream(t.Protocol):
    """What the relay needs of it."""

    async def send(self, document: bytes, *, again: bool, is_gone: IsGone = stays) -> Reply:
        """Send a document.

        :param again: it may be sent a second time, because it only reads.
        :param is_gone: asked right before it is sent. If it says so, it is not sent.
        :raises LostError: there is no answer.
        """


class HttpUpstream:
    """The vendor by HTTPS.

    :param url: of the partner API.
    :param timeout: seconds for all of a call, with the request for a token.
    :param oauth: None: user and password are in the documents.
    """

    def __init__(
        self,
        url: str,
        timeout: float,
        trust: ssl.SSLContext,
        oauth: OAuth | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = url
        self._timeout = timeout
        self._room = Room()
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout, connect=10),
            limits=httpx.Limits(max_connections=_CALLS_AT_ONCE, max_keepalive_connections=32, keepalive_expiry=30),
            follow_redirects=False,
            trust_env=False,
            verify=trust,
            transport=transport,
        )
        # Who has to wait waits here, and not in httpx, where nobody would see that its client is gone.
        self._turns = asyncio.Semaphore(_CALLS_AT_ONCE - 1 if oauth else _CALLS_AT_ONCE)
        self._tokens = Tokens(oauth.url, oauth.client_id, oauth.secret, self._client) if oauth else None

    async def send(self, document: bytes, *, again: bool, is_gone: IsGone = stays) -> Reply:
        """See ``Upstream``."""
        try:
            return await asyncio.wait_for(self._send(document, again, is_gone), self._timeout)
        except asyncio.TimeoutError:
            raise LostError("timeout", sent=True) from None

    async def _send(self, document: bytes, again: bool, is_gone: IsGone) -> Reply:
        if again:
            try:
                return await self._once(document, again, is_gone)
            except LostError as error:
                if error.reason not in ("no_connection", "no_answer"):
                    raise
        return await self._once(document, again, is_gone)

    async def _once(self, document: bytes, again: bool, is_gone: IsGone) -> Reply:
        if self._tokens is None:
            return await self._exchange(document, {}, is_gone)
        token = await self._tokens.get()
        reply = await self._exchange(document, _bearer(token), is_gone)
        if reply.status == 401:
            # It may have been revoked before its end.
            self._tokens.discard(token)
            if again:
                reply.release()
                reply = await self._exchange(document, _bearer(await self._tokens.get()), is_gone)
        return reply

    async def _exchange(self, document: bytes, more: t.Mapping[str, str], is_gone: IsGone) -> Reply:
        async with self._turns:
            if await is_gone():
                raise LostError("client_gone", sent=False)
            held = Held(self._room)
            try:
                return await self._exchanged(document, more, held)
            except BaseException:
                held.release()
                raise

    async def _exchanged(self, document: bytes, more: t.Mapping[str, str], held: Held) -> Reply:
        headers = {**_HEADERS, **more}
        try:
            async with self._client.stream("POST", self._url, content=document, headers=headers) as response:
                if response.headers.get("content-encoding", "identity").lower() != "identity":
                    raise LostError("compressed", sent=True)
                if response.status_code not in _STATUSES:
                    raise LostError("unknown_status", sent=True)
                # At once if it is known, so that many large answers do not all stop in the middle.
                _hold(held, _length(response.headers))
                body = bytearray()
                async for part in response.aiter_raw():
                    _hold(held, len(body) + len(part))
                    body += part
                return Reply(response.status_code, bytes(body), _kept(response.headers), held)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise LostError("no_connection", sent=False) from None
        except httpx.HTTPError:
            raise LostError("no_answer", sent=True) from None

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()


def _length(headers: httpx.Headers) -> int:
    text = headers.get("content-length", "")
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else 0


def _hold(held: Held, size: int) -> None:
    if size > MAX_ANSWER:
        raise LostError("too_long", sent=True)
    if not held.grow(size):
        raise LostError("no_room", sent=True)


def _kept(headers: httpx.Headers) -> dict[str, str]:
    """Only what another header could not hide in, and what can be sent on as it is."""
    return {name: headers[name] for name in _KEPT if name in headers and _PRINTABLE.fullmatch(headers[name])}


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
