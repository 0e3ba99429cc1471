# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hands a message to a webhook: one request, never sent twice in one run, within a time.

The address of a webhook is its secret. No message shows any of it.
"""

from __future__ import annotations

import dataclasses
import json
import typing as t
from urllib.parse import parse_qsl, urlsplit

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    OutcomeUnknownError,
    RejectedError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._http.client import HttpClient
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings, is_loopback
from ansible_collections.hosting.websec.plugins.module_utils._secrets import ANYWHERE, Redactor, redacted_errors
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened

TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclasses.dataclass(frozen=True)
class Webhook:
    """:param target: its name, for messages. :param headers: secrets, too.
    :param takes_pages: a web page may be the answer of one that took the message.
    """

    target: str
    url: str
    headers: t.Mapping[str, str]
    settings: HttpSettings
    takes_pages: bool = True

    def __post_init__(self) -> None:
        """:raises BadInputError: the address or a header cannot be used."""
        try:
            parts = urlsplit(self.url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
            usable = usable and self.url.isascii() and self.url.isprintable() and " " not in self.url
        except ValueError:
            usable = False
        if not usable or "@" in parts.netloc or parts.fragment:
            raise BadInputError(
                f"The url of the target {self.target} is not an address of a webhook.",
                hint="Nothing was sent. Give an address that starts with https://, without user name and fragment.",
            )
        if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
            raise BadInputError(
                f"The url of the target {self.target} starts with http://, so anyone on the way could read it.",
                hint="Nothing was sent. Use https://.",
            )
        for name, value in self.headers.items():
            if not (name.isascii() and name.replace("-", "").isalnum()) or not value.isprintable():
                raise BadInputError(
                    f"A header of the target {self.target} has an invalid name or value.", hint="Nothing was sent."
                )

    @property
    def secrets(self) -> list[str]:
        """The address, its parts, and the headers."""
        parts = urlsplit(self.url)
        pieces = [*parts.path.split("/"), *(value for _name, value in parse_qsl(parts.query))]
        long = [each for each in pieces if len(each) >= ANYWHERE]
        words = [word for value in self.headers.values() for word in value.split() if len(word) >= ANYWHERE]
        return [self.url, f"{parts.path}?{parts.query}", parts.query, *long, *self.headers.values(), *words]

    def send(self, body: t.Mapping[str, t.Any], id: str) -> None:
        """:raises WebsecError: the target did not take it; C(OutcomeUnknownError): perhaps it did."""
        with redacted_errors(Redactor(self.secrets)):
            self._send(json.dumps(body).encode(), id)

    def _send(self, body: bytes, id: str) -> None:
        call, server = "Notification", f"webhook of the target {self.target}"
        headers = {"Content-Type": "application/json", "Idempotency-Key": id, **self.headers}
        with HttpClient(self.settings, url=self.url, server=server, read_only=False) as client:
            try:
                answer = client.send(Effect.ACTION, "POST", call=call, data=body, headers=headers)
            except WebsecError as error:
                if error.may_have_happened:
                    raise OutcomeUnknownError(
                        f"{error.message} The target may have taken the message.",
                        hint="The next run sends it again and says so. If it happens often, raise timeout.",
                        may_have_happened=True,
                    ) from None
                raise UnavailableError(
                    error.message, hint="Nothing was sent. The next run tries again. Check the url, DNS and firewall."
                ) from None
        if 200 <= answer.status < 300:
            if not self.takes_pages and answer.body.lstrip().startswith(b"<"):
                raise RejectedError(
                    f"The {server} answered with a web page, such as one to sign in, and not as its type answers.",
                    hint="Check the url, the type and the proxy. The next run tries again.",
                    http_status=answer.status,
                )
            return
        told = shortened(" ".join(answer.body.decode("utf-8", "replace").split()), 200)
        message = f"The {server} refused the message: HTTP status {answer.status}{f': {told}' if told else ''}."
        if answer.status in TRANSIENT:
            raise UnavailableError(message, hint="The next run tries again.", http_status=answer.status)
        hint = "Check the url and the headers of the target, and its type."
        if 300 <= answer.status < 400:
            hint = "It redirects to another address, which is not followed. Set the url to that address."
        raise RejectedError(message, hint=f"{hint} The next run tries again.", http_status=answer.status)
