# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client of the SiteLock partner API: one call, from parameters to plain data or an error."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._course import Course
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, BadResponseError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._http import (
    HttpAnswer,
    HttpClient,
    HttpSettings,
    check_url,
    status_error,
)
from ansible_collections.hosting.websec.plugins.module_utils._secrets import Redactor
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.answers import method_data
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
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
        course: Course | None = None,
    ) -> None:
        """
        :param read_only: refuse every method whose effect is not ``READ`` (check mode).
        :param course: of the task that the calls are for.
        """
        self._http = HttpClient(
            settings, url=check_url(url, "api_url"), server=_SERVER, read_only=read_only, course=course
        )
        self._authentication = credentials.element()
        self._redact = Redactor([credentials.password])

    @classmethod
    def from_options(
        cls, options: t.Mapping[str, t.Any], *, read_only: bool, course: Course | None = None
    ) -> SiteLockClient:
        """A client from the options of a module, see ``options.sitelock_options``."""
        credentials = Credentials(options["api_username"], options["api_password"], options["api_partner"])
        settings = HttpSettings.from_options(options)
        return cls(options["api_url"], credentials, settings, read_only=read_only, course=course)

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def call(self, method: Method, parameters: Parameters) -> dict[str, t.Any]:
        """Call ``method`` and return its answer as plain data (see ``xml``).

        :raises WebsecError: no answer, an answer that is not the API's or is not about what was asked (see
            ``subjects``), or an error for the whole call.
        """
        try:
            body = encode(method, parameters, self._authentication)
            answer = self._http.send(
                method.effect, "POST", call=method.name, data=body, headers={"Content-Type": "text/xml; charset=utf-8"}
            )
            return self._read(answer, method, parameters)
        except WebsecError as error:
            # Whatever the server repeats in its texts: the password must not come out again. The chain of causes
            # is cut, because it holds the same text, and the request.
            error.__context__ = None
            raise error.redacted(self._redact) from None

    def _read(self, answer: HttpAnswer, method: Method, parameters: Parameters) -> dict[str, t.Any]:
        # Documented are 200 and 500, both with XML. Any other status has its own meaning, whatever the body says.
        if answer.status in (200, 500):
            try:
                document = decode(answer.body, method, self._redact)
                refuse_foreign(document, method, parameters)
                data = method_data(document, method)
                refuse_nameless(data, method, parameters)
            except WebsecError as error:
                if answer.status == 200 or not isinstance(error, BadResponseError):
                    error.http_status = answer.status
                    raise
            else:
                if answer.status == 200:
                    return data
        raise status_error(answer, call=method.name, server=_SERVER, redact=self._redact)
