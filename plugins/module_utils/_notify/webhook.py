# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hands a message to a webhook: one request, never sent twice in one run, within a time.

The address of a webhook is its secret. No message shows any of it.
"""

from __future__ import annotations

import codecs
import dataclasses
import re
import typing as t
from urllib.parse import parse_qsl, unquote, urlsplit

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    OutcomeUnknownError,
    RejectedError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._http.client import HttpClient
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings, is_loopback
from ansible_collections.hosting.websec.plugins.module_utils._secrets import ANYWHERE, Redactor, redacted_errors
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.message import in_one_line
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, shortened

NOT_NOW = frozenset({408, 425, 429})
"""Refused, and not for good. After a status of 500 and more nobody knows: the error may be that of a gateway, behind
which the message was taken."""

_FAILED = b"Webhook message delivery failed"
"""What connectors of Teams answer with the status 200
(https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using)."""

# RFC 9110, 5.6.2. What frames the message is not to be set.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FRAMING = frozenset({"content-length", "transfer-encoding", "connection", "upgrade", "expect", "te", "trailer"})
_OWN = ("Content-Type", "Idempotency-Key", "Accept", "Accept-Encoding", "User-Agent")

# Parts of the addresses of Slack, Teams and others that are the same for all, and words of reports.
_WORDS = frozenset({"services", "workflows", "triggers", "webhooks", "incoming", "automations", "powerautomate"})


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
            if not _NAME.fullmatch(name) or name.lower() in _FRAMING:
                raise BadInputError(
                    f"The target {self.target} has a header with a name that cannot be set.",
                    hint="Nothing was sent. Check headers: each is a name, such as Authorization, and a value.",
                )
            if not value.isascii() or not value.isprintable():
                raise BadInputError(
                    f"The header {name} of the target {self.target} has a value that cannot be sent.",
                    hint="Nothing was sent. Check it for line ends, also at its end, and for letters other than ASCII.",
                )

    @property
    def warnings(self) -> list[str]:
        """What is not safe about its options."""
        if self.settings.validate_certs or self.url.lower().startswith("http:"):
            return []
        warning = (
            f"validate_certs of the target {self.target} is false: anyone on the way to the webhook can read "
            "its address, which is its secret, and the messages."
        )
        return [warning]

    @property
    def secrets(self) -> list[str]:
        """What must not be in a message: the address, its parts, and the headers. Not short ones, such as a C(1)."""
        parts = urlsplit(self.url)
        pieces = [*parts.path.split("/"), *(value for _name, value in parse_qsl(parts.query))]
        words = [word for value in self.headers.values() for word in (value, *value.split())]
        whole = [self.url, parts.path, f"{parts.path}?{parts.query}", parts.query]
        raw = [each for each in (*whole, *pieces, *words) if each.lower() not in _WORDS]
        return [each for each in dict.fromkeys((*raw, *map(unquote, raw))) if len(each) >= ANYWHERE]

    def send(self, body: bytes, id: str) -> str:
        """
        :returns: a warning about the answer; empty if there is none.
        :raises WebsecError: the target did not take it; C(OutcomeUnknownError): perhaps it did.
        """
        # What the server says may have short ones, too.
        with redacted_errors(Redactor([*self.secrets, urlsplit(self.url).path.rstrip("/"), *self.headers.values()])):
            return self._send(body, id)

    def _send(self, body: bytes, id: str) -> str:
        call, server = "Notification", f"webhook of the target {self.target}"
        own = {name.lower(): name for name in _OWN}
        given = {own.get(name.lower(), name): value for name, value in self.headers.items()}
        headers = {"Content-Type": "application/json", "Idempotency-Key": id, **given}
        with HttpClient(self.settings, url=self.url, server=server, read_only=False) as client:
            try:
                answer = client.send(Effect.ACTION, "POST", call=call, data=body, headers=headers)
            except BadInputError:
                raise
            except WebsecError as error:
                if not error.may_have_happened:
                    raise UnavailableError(
                        error.message,
                        hint="Nothing was sent. The next run tries again. Check the url, DNS, the firewall and the "
                        "proxy; for a certificate of your own authority set ca_path.",
                    ) from None
                if self.takes_pages and 200 <= (error.http_status or 0) < 300:
                    return f"The {server} took the message (HTTP status {error.http_status}). {error.message}"
                raise OutcomeUnknownError(
                    f"{error.message} The target may have taken the message.",
                    hint="The next run sends it again and says so. If it happens often, raise timeout.",
                    http_status=error.http_status,
                    may_have_happened=True,
                ) from None
        if 200 <= answer.status < 300:
            return self._taken(server, answer)
        told = shortened(in_one_line(answer.body.decode("utf-8", "replace")), 200)
        message = f"The {server} refused the message: HTTP status {answer.status}{f': {told}' if told else ''}."
        if answer.status >= 500:
            raise OutcomeUnknownError(
                f"The {server} failed: HTTP status {answer.status}{f': {told}' if told else ''}. It may have taken the "
                "message.",
                hint="The next run sends it again and says so.",
                http_status=answer.status,
                may_have_happened=True,
            )
        if answer.status in NOT_NOW:
            raise UnavailableError(message, hint="The next run tries again.", http_status=answer.status)
        hint = "Check the url and the headers of the target, and its type."
        if 300 <= answer.status < 400:
            hint = "It redirects to another address, which is not followed. Set the url to that address."
        if answer.status == 413:
            hint = f"The message has {counted(len(body), 'byte')}. Raise the limit of the server."
        raise RejectedError(message, hint=f"{hint} The next run tries again.", http_status=answer.status)

    def _taken(self, server: str, answer: HttpResponse) -> str:
        """A warning about an answer that says yes. :raises RejectedError: what it says is no."""
        told = answer.body.removeprefix(codecs.BOM_UTF8).lstrip()
        is_page = told.startswith(b"<")
        if is_page and self.takes_pages:
            return (
                f"The {server} answered with a web page. If that is one to sign in, such as that of a proxy, it did "
                "not take the message: check the url and the proxy."
            )
        if is_page:
            raise RejectedError(
                f"The {server} answered with a web page, such as one to sign in, and not as its type answers.",
                hint="Check the url, the type and the proxy. The next run tries again.",
                http_status=answer.status,
            )
        if not self.takes_pages and told.startswith(_FAILED):
            shown = shortened(in_one_line(told.decode("utf-8", "replace")), 200)
            raise RejectedError(
                f"The {server} did not deliver the message: {shown}.",
                hint="The next run tries again.",
                http_status=answer.status,
            )
        return ""
