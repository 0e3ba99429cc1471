# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access tokens by OAuth 2.0 client credentials (RFC 6749, sections 2.3.1, 4.4 and 5): one at a time, for all workers.

Not with ``requests-oauthlib`` or ``authlib``: both send through a session of C(requests) or C(httpx), a second HTTP
stack without the bounds of ``HttpClient`` in time and bytes, its retries by effect and its shared pauses. What is left
of them without their transport is one form and one JSON object, which this file writes and reads.
"""

from __future__ import annotations

import base64
import re
import threading
import time
import typing as t
from urllib.parse import quote_plus

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import AuthError, BadResponseError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._http.client import HttpClient
from ansible_collections.hosting.websec.plugins.module_utils._http.errors import status_error
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._parsing import parse_json, whole_number
from ansible_collections.hosting.websec.plugins.module_utils._secrets import (
    HIDDEN,
    Redactor,
    redacted_errors,
    register_secret,
)
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened

CALL = "token request"

EARLY = 60.0
"""Seconds before the end of a token from which on it is not used any more; of a short one, half of its life."""

# What a header can carry: more than RFC 6750 allows in it, and no white space.
_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")
_MAX_SHOWN = 300
_HINT = "Check api_client_id and api_client_secret, and their source (option or environment)."


class AccessTokens:
    """The token of a task, asked for when it is needed; safe to use from many threads."""

    def __init__(
        self,
        http: HttpClient,
        client_id: str,
        client_secret: str,
        *,
        server: str,
        lifetime: float,
        clock: t.Callable[[], float] = time.monotonic,
    ) -> None:
        """
        :param http: a client of the token endpoint.
        :param server: what answers, for messages.
        :param lifetime: seconds that a token lives whose answer does not say it.
        """
        self._http = http
        # RFC 6749, section 2.3.1: both are encoded as in a form before they are joined.
        joined = f"{quote_plus(client_id)}:{quote_plus(client_secret)}"
        self._authorization = f"Basic {base64.b64encode(joined.encode()).decode('ascii')}"
        self._redact = Redactor([client_secret, quote_plus(client_secret)])
        self._server = server
        self._lifetime = lifetime
        self._clock = clock
        self._lock = threading.Lock()
        self._token: str | None = None
        self._end = 0.0
        self._answered = 0
        self._failure: WebsecError | None = None

    def get(self) -> str:
        """A token that can be used now.

        :raises WebsecError: there is none; the call that it is for was not sent. Who waited for the same request gets
            the same error, and sends none of its own.
        """
        answered = self._answered
        with self._lock:
            if self._token is not None and self._clock() < self._end:
                return self._token
            if self._failure is not None and self._answered != answered:
                raise self._failure
            self._token, self._failure = None, None
            try:
                with redacted_errors(self._redact):
                    self._token, self._end = self._request()
            except WebsecError as error:
                # Of the call that needs the token, nothing was sent.
                error.may_have_happened = False
                self._failure = error
                raise
            finally:
                self._answered += 1
            register_secret(self._token)
            return self._token

    def discard(self, token: str) -> None:
        """The server refused ``token``. A newer one stays."""
        with self._lock:
            if self._token == token:
                self._token = None

    def close(self) -> None:
        """Close the connections to the token endpoint."""
        self._http.close()

    def ask(self) -> HttpResponse:
        """The response to one request for a token, as it came: show nothing of it.

        It changes nothing, so it may be sent again: a read.
        """
        return self._http.send(
            Effect.READ,
            "POST",
            call=CALL,
            data={"grant_type": "client_credentials"},
            headers={"Authorization": self._authorization, "Accept": "application/json"},
        )

    def _request(self) -> tuple[str, float]:
        """A new token, and when it is to be replaced."""
        asked = self._clock()
        answer = self.ask()
        said = _object(answer)
        if said is not None and isinstance(said.get("error"), str):
            raise _refusal(answer, said)
        if answer.status != 200:
            # Nothing of it is shown: it may hold a token all the same.
            raise status_error(answer.redacted(lambda _text: HIDDEN), call=CALL, server=self._server)
        token = bearer_token(said or {})
        if token is None:
            raise BadResponseError(
                f"{CALL}: the response of the {self._server} holds no bearer token.",
                hint="Check api_token_url. A proxy or a maintenance page may have answered instead of the server.",
                http_status=answer.status,
            )
        life = _seconds(said.get("expires_in") if said is not None else None, self._lifetime)
        return token, asked + life - min(EARLY, life / 2)


def bearer_token(said: t.Mapping[str, t.Any]) -> str | None:
    """The token in an answer of the endpoint. C(None): it has none that a header can carry."""
    token = said.get("access_token")
    usable = (
        isinstance(token, str) and _TOKEN.fullmatch(token) and str(said.get("token_type", "Bearer")).lower() == "bearer"
    )
    return token if usable else None


def _object(answer: HttpResponse) -> dict[str, t.Any] | None:
    try:
        said = parse_json(answer.body)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _seconds(value: t.Any, otherwise: float) -> float:
    """C(expires_in), a number by the RFC; some servers send it as a text."""
    plain = isinstance(value, (int, float)) and not isinstance(value, bool)
    number = value if plain else whole_number(value)
    return otherwise if number is None or number < 0 else float(min(number, 10**9))


def _refusal(answer: HttpResponse, said: t.Mapping[str, t.Any]) -> AuthError:
    """An error of RFC 6749, section 5.2: C(error) is a word, C(error_description) a text for people."""
    code = shortened(said["error"], _MAX_SHOWN)
    description = said.get("error_description")
    shown = f": {shortened(description, _MAX_SHOWN).rstrip('.')}" if isinstance(description, str) else ""
    return AuthError(f"{CALL}: {code}{shown}.", code=code, hint=_HINT, http_status=answer.status)
