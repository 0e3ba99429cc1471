# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP edge, behind nginx on a Unix socket. nginx sets the two headers; what a client sends under these names does
not get through it, and a request that has one twice is refused."""

from __future__ import annotations

import asyncio
import typing as t

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from .document import MAX_BYTES
from .refusals import RefusedError
from .relay import Peer, Relay
from .room import SMALL
from .upstream import Reply

ADDRESS_HEADER = "x-relay-address"
CERTIFICATE_HEADER = "x-relay-certificate"
_ROUNDS = 5
_PART = 65536


def application(relay: Relay) -> Starlette:
    """Return the application: the partner API, and for nginx on loopback the state of the service."""

    async def partner(request: Request) -> Response:
        reply = await _answer(relay, request)
        if len(reply.body) <= SMALL:
            return Response(reply.body, reply.status, dict(reply.headers))
        return Large(reply, relay.config.timeout)

    async def metrics(_request: Request) -> Response:
        return PlainTextResponse(relay.metrics.text(), media_type="text/plain; version=0.0.4")

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    return Starlette(
        routes=[
            Route("/v1/partner", partner, methods=["POST"]),
            Route("/metrics", metrics, methods=["GET"]),
            Route("/healthz", healthz, methods=["GET"]),
        ]
    )


class Large(Response):
    """An answer that is sent in parts, so that its memory can be given back when nginx has all of it.

    :param seconds: after which it is given up; what the client has until then is not complete.
    """

    def __init__(self, reply: Reply, seconds: float) -> None:
        super().__init__(status_code=reply.status, headers=dict(reply.headers))
        self.headers["content-length"] = str(len(reply.body))
        self._reply = reply
        self._seconds = seconds

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await asyncio.wait_for(self._send(send), self._seconds)
        except asyncio.TimeoutError:
            # The server ends the connection of an answer that is not complete.
            return
        finally:
            self._reply.release()

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        body = self._reply.body
        for start in range(0, len(body), _PART):
            more = start + _PART < len(body)
            await send({"type": "http.response.body", "body": body[start : start + _PART], "more_body": more})


async def _answer(relay: Relay, request: Request) -> Reply:
    addresses = request.headers.getlist(ADDRESS_HEADER)
    certificates = request.headers.getlist(CERTIFICATE_HEADER)
    if len(addresses) != 1 or len(certificates) > 1:
        error = RefusedError("headers", "The relay cannot see the address of its client.", 403)
        return await relay.refuse(error, Peer(""))
    peer = Peer(addresses[0][:64], (certificates[0] if certificates else "") or None)
    try:
        body = await _body(request)
    except RefusedError as error:
        return await relay.refuse(error, peer)
    except ClientDisconnect:
        return await relay.refuse(RefusedError("disconnected", "The request is not complete."), peer)

    async def is_gone() -> bool:
        # nginx closes the connection when its client does. If that was before this process took it over, it is noticed
        # a few rounds of the event loop later.
        for _each in range(_ROUNDS):
            await asyncio.sleep(0)
        return await request.is_disconnected()

    return await relay.handle(body, peer, is_gone)


async def _body(request: Request) -> bytes:
    if request.url.query or "content-encoding" in request.headers:
        raise RefusedError("malformed", "A request must have neither a query nor a content encoding.")
    body = bytearray()
    stream: t.AsyncGenerator[bytes, None] = request.stream()
    async for part in stream:
        body += part
        if len(body) > MAX_BYTES:
            raise RefusedError("too_long", f"The request is longer than {MAX_BYTES} bytes.")
    return bytes(body)
