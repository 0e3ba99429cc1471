# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to the vendor: one pooled TLS client, bounded in time and size. It follows no redirect."""

from __future__ import annotations

import asyncio
import dataclasses
import ssl
import typing as t

import httpx

from .lost import LostError
from .tokens import Tokens

MAX_ANSWER = 32 * 1024 * 1024
_HEADERS = {
    "Content-Type": "text/xml; charset=utf-8",
    # A compressed answer could be larger than the memory.
    "Accept-Encoding": "identity",
    "User-Agent": "sitelock-relay",
}
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
    """An answer of the vendor."""

    status: int
    body: bytes = dataclasses.field(repr=False)
    headers: t.Mapping[str, str] = dataclasses.field(default_factory=dict)


class Upstream(t.Protocol):
    """What the relay needs of it."""

    async def send(self, document: bytes, *, again: bool) -> Reply:
        """Send a document.

        :param again: it may be sent a second time, because it only reads.
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
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout, connect=10),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=30),
            follow_redirects=False,
            trust_env=False,
            verify=trust,
            transport=transport,
        )
        self._tokens = Tokens(oauth.url, oauth.client_id, oauth.secret, self._client) if oauth else None

    async def send(self, document: bytes, *, again: bool) -> Reply:
        """See ``Upstream``."""
        try:
            return await asyncio.wait_for(self._send(document, again), self._timeout)
        except asyncio.TimeoutError:
            raise LostError("timeout", sent=True) from None

    async def _send(self, document: bytes, again: bool) -> Reply:
        if again:
            try:
                return await self._once(document, again=True)
            except LostError as error:
                if error.reason not in ("no_connection", "no_answer"):
                    raise
        return await self._once(document, again=again)

    async def _once(self, document: bytes, *, again: bool) -> Reply:
        if self._tokens is None:
            return await self._exchange(document, {})
        token = await self._tokens.get()
        reply = await self._exchange(document, _bearer(token))
        if reply.status == 401:
            # It may have been revoked before its end.
            self._tokens.discard(token)
            if again:
                reply = await self._exchange(document, _bearer(await self._tokens.get()))
        return reply

    async def _exchange(self, document: bytes, more: t.Mapping[str, str]) -> Reply:
        headers = {**_HEADERS, **more}
        try:
            async with self._client.stream("POST", self._url, content=document, headers=headers) as response:
                if response.headers.get("content-encoding", "identity").lower() != "identity":
                    raise LostError("compressed", sent=True)
                body = bytearray()
                async for part in response.aiter_raw():
                    body += part
                    if len(body) > MAX_ANSWER:
                        raise LostError("too_long", sent=True)
                kept = {name: response.headers[name] for name in _KEPT if name in response.headers}
                return Reply(response.status_code, bytes(body), kept)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise LostError("no_connection", sent=False) from None
        except httpx.HTTPError:
            raise LostError("no_answer", sent=True) from None

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
