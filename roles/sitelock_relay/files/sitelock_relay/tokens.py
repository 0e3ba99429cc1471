# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access tokens for the vendor by OAuth 2.0 client credentials (RFC 6749, sections 2.3.1, 4.4 and 5).

The vendor documents the token endpoint, C(Authorization: Basic), C(Authorization: Bearer) without the element
C(authentication), and that a token lives four hours (page oauth-client-credentials-flow); it does not show the request
and the answer of the endpoint.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import time
import typing as t
import urllib.parse

import httpx

from .lost import LostError

_LIFETIME = 4 * 3600.0
_EARLY = 60.0
_MAX_ANSWER = 64 * 1024
# After a failure nothing is asked for so long: a wrong secret is not sent with each request.
_PAUSE = 5.0
_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")


class Tokens:
    """The current token, shared by all requests. It is in memory only.

    :param url: of the token endpoint.
    :param http: sends the request; its limits of time hold.
    :param clock: seconds that only grow.
    """

    def __init__(
        self,
        url: str,
        client_id: str,
        secret: str,
        http: httpx.AsyncClient,
        clock: t.Callable[[], float] = time.monotonic,
    ) -> None:
        joined = f"{urllib.parse.quote_plus(client_id)}:{urllib.parse.quote_plus(secret)}"
        self._authorization = f"Basic {base64.b64encode(joined.encode()).decode('ascii')}"
        self._url = url
        self._http = http
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token = ""
        self._end = 0.0
        self._not_before = 0.0

    async def get(self) -> str:
        """Return a token that can be used now. Who waits for the same request gets its result.

        :raises LostError: there is none, so nothing was sent to the API.
        """
        if self._is_good():
            return self._token
        async with self._lock:
            if self._is_good():
                return self._token
            if self._clock() < self._not_before:
                raise LostError("no_token", sent=False)
            self._token, asked = "", self._clock()
            try:
                self._token, life = await self._request()
            except (httpx.HTTPError, ValueError):
                self._not_before = self._clock() + _PAUSE
                raise LostError("no_token", sent=False) from None
            self._end = asked + life - min(_EARLY, life / 2)
            return self._token

    def discard(self, token: str) -> None:
        """The vendor refused a token. A newer one stays."""
        if token == self._token:
            self._token = ""

    def _is_good(self) -> bool:
        return bool(self._token) and self._clock() < self._end

    async def _request(self) -> tuple[str, float]:
        """Return a token and the seconds that it lives.

        :raises ValueError: the answer has none. What it has instead could be a secret, so nothing of it is kept.
        """
        headers = {"Authorization": self._authorization, "Accept": "application/json", "Accept-Encoding": "identity"}
        form = {"grant_type": "client_credentials"}
        body = bytearray()
        async with self._http.stream("POST", self._url, data=form, headers=headers) as response:
            async for part in response.aiter_raw():
                body += part
                if len(body) > _MAX_ANSWER:
                    raise ValueError("too long")
        try:
            said = json.loads(body)
        except RecursionError:
            raise ValueError("nested too deeply") from None
        if response.status_code != 200 or not isinstance(said, dict):
            raise ValueError("no answer of a token endpoint")
        token, kind = said.get("access_token"), said.get("token_type", "Bearer")
        if not isinstance(token, str) or not _TOKEN.fullmatch(token) or str(kind).lower() != "bearer":
            raise ValueError("no bearer token")
        return token, _seconds(said.get("expires_in"))


def _seconds(value: t.Any) -> float:
    """A number by the RFC; some servers send it as a text."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value):
        value = int(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e9:
        return float(value)
    return _LIFETIME
