# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client of the SiteLock partner API: one call, from parameters to plain data or an error."""

from __future__ import annotations

import dataclasses
import types
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._circuit_breaker import CircuitBreaker
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, BadResponseError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._http.client import HttpClient
from ansible_collections.hosting.websec.plugins.module_utils._http.errors import status_error
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse, excerpt
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings, check_url
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._secrets import (
    HIDDEN,
    Path,
    Redactor,
    redact_data,
    redacted_errors,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import GET_SITELOCK_IPS, Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import method_data
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.subjects import refuse_foreign, refuse_nameless
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.xml import Parameters, decode, encode

_SERVER = "SiteLock API"


@dataclasses.dataclass(frozen=True)
class Credentials:
    """What stands in the element C(authentication) of every request."""

    username: str
    password: str = dataclasses.field(repr=False)
    partner: str | None = None

    def __post_init__(self) -> None:
        for name in ("username", "password"):
            if not getattr(self, name):
                raise BadInputError(f"api_{name} is empty.", hint=f"Set api_{name} or SITELOCK_API_{name.upper()}.")

    def element(self) -> dict[str, str | None]:
        """Children of C(authentication). All examples of the vendor say C(user), the descriptions C(username)."""
        return {"user": self.username, "password": self.password, "partner": self.partner or None}


class SiteLockClient:
    """Calls methods of the table in ``methods``; safe to use from many threads."""

    def __init__(
        self,
        url: str,
        credentials: Credentials,
        settings: HttpSettings,
        *,
        read_only: bool,
        context: RunContext | None = None,
    ) -> None:
        """
        :param read_only: refuse every method whose effect is not ``READ`` (check mode).
        :param context: of the task that the calls are for.
        """
        self._http = HttpClient(
            settings, url=check_url(url, "api_url"), server=_SERVER, read_only=read_only, context=context
        )
        self._authentication = credentials.element()
        self._redact = Redactor([credentials.password])
        self._breaker = CircuitBreaker(probe=lambda: self._call(GET_SITELOCK_IPS, {}))

    @classmethod
    def from_options(
        cls, options: t.Mapping[str, t.Any], *, read_only: bool, context: RunContext | None = None
    ) -> SiteLockClient:
        """A client from the options of a module, see ``options.sitelock_options``."""
        credentials = Credentials(options["api_username"], options["api_password"], options["api_partner"])
        settings = HttpSettings.from_options(options)
        return cls(options["api_url"], credentials, settings, read_only=read_only, context=context)

    def __enter__(self) -> SiteLockClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def call(self, method: Method, parameters: Parameters) -> dict[str, t.Any]:
        """Call ``method`` and return its answer as plain data (see ``xml``).

        :raises WebsecError: no answer, an answer that is not the API's or is not about what was asked (see
            ``subjects``), or an error for the whole call; C(DeferredError): calls for other items failed for a reason
            that holds for all, and nothing was sent.
        """
        with self._breaker.call(f"{method.name} {parameters}"):
            return self._call(method, parameters)

    def _call(self, method: Method, parameters: Parameters) -> dict[str, t.Any]:
        with redacted_errors(self._redact):
            body = encode(method, parameters, self._authentication)
            answer = self._http.send(
                method.effect, "POST", call=method.name, data=body, headers={"Content-Type": "text/xml; charset=utf-8"}
            )
            return self._read(answer, method, parameters)

    def _read(self, answer: HttpResponse, method: Method, parameters: Parameters) -> dict[str, t.Any]:
        # Documented are 200 and 500, both with XML. Any other status has its own meaning, whatever the body says.
        if answer.status in (200, 500):
            try:
                document, hidden = self._decode(answer, method)
                refuse_foreign(document, method, parameters)
                data = method_data(document, method)
                _refuse_hidden(hidden, method)
                refuse_nameless(data, method, parameters)
            except WebsecError as error:
                if answer.status == 200 or not isinstance(error, BadResponseError):
                    error.http_status = answer.status
                    raise
            else:
                if answer.status == 200:
                    return data
        raise status_error(self._shown(answer, method), call=method.name, server=_SERVER)

    def _decode(self, answer: HttpResponse, method: Method) -> tuple[dict[str, t.Any], list[Path]]:
        """The document, without the password. What follows never sees what the server sent."""
        try:
            document = decode(answer.body, method)
        except BadResponseError as error:
            error.message += f" It starts with: {excerpt(self._shown(answer, method).body)}"
            raise
        return redact_data(document, self._redact)

    def _shown(self, answer: HttpResponse, method: Method) -> HttpResponse:
        """What may be shown of an answer that could not be read."""
        return answer.redacted((lambda _text: HIDDEN) if method.answers_secret else self._redact)


_TEXTS = frozenset({"authentication", "dns_info", "error", "@error", "error_message", "message"})
"""Elements and attributes that hold texts for people, or only such elements."""


def _refuse_hidden(hidden: t.Iterable[Path], method: Method) -> None:
    """:raises BadResponseError: a secret was hidden somewhere else than in a text for people.

    Without what stood there the answer means something else: a plan that is not the wanted one would be changed, and a
    site without an add-on be given one.
    """
    for path in hidden:
        *_above, name = path
        if HIDDEN in name or not _TEXTS.intersection(path):
            raise BadResponseError(
                f"{method.name}: the response of the SiteLock API contains the password at {name}, so it was "
                "discarded.",
                hint="If your api_password is a common word or a number, choose another one. If it is not, a device "
                "between this machine and the API alters the responses.",
                may_have_happened=True,
            )
