# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection to one server with a hosting panel: reads only, with a size limit for whole listings."""

from __future__ import annotations

import dataclasses
import types
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    BadInputError,
    BadResponseError,
    NotAllowedError,
    RejectedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._http.client import HttpClient
from ansible_collections.hosting.websec.plugins.module_utils._http.errors import APPROVED_ADDRESSES, status_error
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse, excerpt
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings, check_url
from ansible_collections.hosting.websec.plugins.module_utils._http.streams import Receiver
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._secrets import Redactor, redacted_errors
from ansible_collections.hosting.websec.plugins.module_utils._texts import printable, shortened

MAX_LISTING_BYTES = 128 * 1024 * 1024
"""Larger responses are refused. A listing of 50,000 domains has 20 MB."""

_PANEL_ADDRESSES = "A panel may accept listed addresses only: check that this machine's address is on its list."


@dataclasses.dataclass(frozen=True)
class Panel:
    """What messages say about a panel.

    :param api: name of its API.
    :param check: what to check when it refuses the credentials.
    :param rights: what to check when it refuses access.
    """

    api: str
    check: str
    rights: str


class PanelClient:
    """Sends reads to one server. Thread-safe. Use as a context.

    :param options: C(api_url), C(validate_certs), C(ca_path), C(timeout), C(retries).
    :param secrets: what no message may show.
    :param headers: of each request.
    """

    def __init__(
        self,
        panel: Panel,
        options: t.Mapping[str, t.Any],
        *,
        secrets: t.Sequence[str],
        headers: t.Mapping[str, str],
        context: RunContext | None = None,
    ) -> None:
        self.panel = panel
        self.redact = Redactor(secrets)
        settings = HttpSettings.from_options(options)
        self._seconds = settings.timeout
        self._headers = dict(headers)
        url = check_url(options["api_url"], "api_url")
        self._http = HttpClient(settings, url=url, server=panel.api, read_only=True, context=context)

    def __enter__(self) -> PanelClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        self._http.close()
        if isinstance(error, WebsecError):
            # What is wrong with a listing is told with names from it.
            error.redacted(self.redact)

    def send(
        self,
        path: str,
        *,
        call: str,
        params: t.Mapping[str, str] | None = None,
        data: bytes | None = None,
        headers: t.Mapping[str, str] | None = None,
    ) -> HttpResponse:
        """Send a read, a POST if it has ``data``, and return the response, whatever its status.

        :raises WebsecError: there is no complete response.
        """
        body = bytearray()
        receiver = Receiver(body.clear, body.extend, seconds=self._seconds, max_bytes=MAX_LISTING_BYTES)
        try:
            with redacted_errors(self.redact):
                answer = self._http.send(
                    Effect.READ,
                    "GET" if data is None else "POST",
                    path,
                    call=call,
                    data=data,
                    params=params,
                    headers={**self._headers, **(headers or {})},
                    receiver=receiver,
                )
        except WebsecError as error:
            error.hint = error.hint.replace(APPROVED_ADDRESSES, _PANEL_ADDRESSES)
            raise
        return dataclasses.replace(answer, body=bytes(body)) if answer.status == 200 else answer

    def refusal(self, answer: HttpResponse, *, call: str, told: str = "") -> WebsecError:
        """The error of a response with another status than 200.

        :param told: what the panel says about it, if that is known.
        """
        said = f": {self.shown(told)}" if told else ""
        if answer.status == 401:
            return AuthError(
                f"{call}: the {self.panel.api} refused the credentials (HTTP 401){said}.",
                hint=self.panel.check,
                http_status=401,
            )
        if answer.status == 403:
            return NotAllowedError(
                f"{call}: the {self.panel.api} refused access (HTTP 403){said}.",
                hint=self.panel.rights,
                http_status=403,
            )
        return status_error(answer.redacted(self.redact), call=call, server=self.panel.api)

    def rejected(
        self, call: str, told: str, *, code: str | None = None, kind: type[WebsecError] = RejectedError
    ) -> WebsecError:
        """The error that the panel itself describes.

        :param told: its text. :param code: its code.
        """
        hints: dict[type[WebsecError], str] = {AuthError: self.panel.check}
        with_code = f" (code {code})" if code else ""
        return kind(
            f"{call}: the {self.panel.api} refused the request: {self.shown(told) or 'no reason given'}{with_code}.",
            hint=hints.get(kind, self.panel.rights),
            code=code,
        )

    def invalid(self, answer: HttpResponse, call: str, problem: str) -> BadResponseError:
        """The error for a response that is not one of this API.

        :param problem: why, as a clause.
        """
        shown = answer.redacted(self.redact)
        return BadResponseError(
            f"{call}: the response is not a valid {self.panel.api} response: {problem}. It starts with: "
            f"{excerpt(shown.body)}",
            hint="Check api_url and its port. A login page, a proxy or a maintenance page may have answered instead.",
            http_status=answer.status,
        )

    def shown(self, told: str) -> str:
        """A text of the panel for a message: redacted, one line, without a full stop at its end."""
        line = " ".join(self.redact(told[:4000]).split())
        return shortened(printable(line)).rstrip(".")


def header_value(options: t.Mapping[str, t.Any], name: str) -> str:
    """An option that is sent in a header.

    :raises BadInputError: it is missing, or cannot be in a header.
    """
    value = str(options.get(name) or "")
    if not value:
        raise BadInputError(f"{name} is missing.", hint="Set it for the server, or in the environment.")
    if not all(" " <= character <= "~" for character in value) or value != value.strip():
        raise BadInputError(
            f"{name} has a line break, white space at its ends, or a character that is not ASCII.",
            hint="Check the end of the file or variable that it comes from for a line break.",
        )
    return value
