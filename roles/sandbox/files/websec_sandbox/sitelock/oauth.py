# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token endpoint: client credentials as in RFC 6749, because the vendor shows neither request nor answer of it."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import threading
import urllib.parse

from ..settings import Settings
from ..world import World
from .answer import Answer

PATH = "/v2/oauth2/token"
METHOD = "token"

_FORM = "application/x-www-form-urlencoded"
_NOT_KEPT = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
_CHALLENGE = (("WWW-Authenticate", 'Basic realm="SiteLock"'),)


class Tokens:
    """The tokens that were issued, until they end. A restart forgets them."""

    def __init__(self, world: World) -> None:
        """Times are those of its clock."""
        self._world = world
        self._lock = threading.Lock()
        self._ends: dict[str, float] = {}

    def issue(self) -> str:
        """A new token."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._ends[token] = self._world.clock.now() + self._world.settings.token_lifetime
        return token

    def is_valid(self, token: str) -> bool:
        """Whether C(token) was issued here and has not ended."""
        with self._lock:
            return self._ends.get(token, 0.0) > self._world.clock.now()

    def forget(self) -> None:
        """End all of them."""
        with self._lock:
            self._ends.clear()


def credentials(authorization: str) -> tuple[str, str]:
    """Client id and secret of a header C(Authorization); empty ones when it holds none."""
    scheme, _blank, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        joined = base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    name, _colon, secret = joined.partition(":")
    return urllib.parse.unquote_plus(name), urllib.parse.unquote_plus(secret)


def perform(
    tokens: Tokens, settings: Settings, authorization: str, content_type: str, body: bytes, client: tuple[str, str]
) -> Answer:
    """Issue a token to C(client), its id and secret."""
    given = credentials(authorization)
    known = bool(client[0] and client[1])
    if not known or not secrets.compare_digest("\n".join(given).encode(), "\n".join(client).encode()):
        return _error(401, "invalid_client", "Client authentication failed", _CHALLENGE)
    if content_type.partition(";")[0].strip().lower() != _FORM:
        return _error(400, "invalid_request", "The body is not a form")
    form = dict(urllib.parse.parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    if not form.get("grant_type"):
        return _error(400, "invalid_request", "grant_type is missing")
    if form["grant_type"] != "client_credentials":
        return _error(400, "unsupported_grant_type", "Only client_credentials")
    said: dict[str, object] = {"access_token": tokens.issue(), "token_type": "Bearer"}
    life = int(settings.token_lifetime)
    if settings.token_expires_in != "none":
        said["expires_in"] = str(life) if settings.token_expires_in == "text" else life
    return Answer(200, json.dumps(said).encode(), "ok", "application/json", _NOT_KEPT)


def _error(status: int, error: str, description: str, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    body = json.dumps({"error": error, "error_description": description}).encode()
    return Answer(status, body, f"error: {error}", "application/json", (*_NOT_KEPT, *headers))
