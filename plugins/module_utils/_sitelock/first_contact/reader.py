# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls of a first contact. None of them changes anything, whatever a caller asks for."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect, guard
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    NotAllowedError,
    RequestNotAllowedError,
    TimedOutError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.observations import (
    NOTHING_THERE,
    REFUSED,
    NotSeenError,
    reason_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.report import ANSWERED, Tally
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.contract import Contract, Site
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import GET_SITELOCK_IPS, METHODS, Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import Parameters
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.xml import decode
from ansible_collections.hosting.websec.plugins.module_utils._xml import parse_xml

MOST_FAILURES = 2
"""Calls in a row without any answer, after which the API is not asked any more."""


@dataclasses.dataclass(frozen=True)
class Response:
    """One response.

    :param site: that the call was about.
    :param document: the children of the root, also of an error; empty if it is no document of the API.
    :param data: the plain data, see ``xml``; C(None) for an error.
    :param untidy: a value begins or ends with white space.
    """

    method: Method
    site: Site | None
    status: int | None
    document: t.Mapping[str, t.Any]
    data: t.Mapping[str, t.Any] | None
    error: WebsecError | None = None
    untidy: bool = False

    @property
    def reason(self) -> str:
        """Why it shows nothing, see ``REASONS``."""
        if self.error is None:
            return NOTHING_THERE
        # If it is about the credentials, nothing more is asked, and ``Responses.of`` says so.
        return REFUSED if isinstance(self.error, (AuthError, NotAllowedError)) else reason_of(self.error)

    @property
    def below(self) -> t.Any:
        """What is in the element of the method, also of an error."""
        return next((value for name, value in self.document.items() if self.method.is_answered_by(name)), None)


@dataclasses.dataclass(frozen=True)
class Call:
    """What to ask.

    :param requests: for a contract, the requests, each with its site. Raises ``NotSeenError`` if nothing is to be
        asked.
    """

    method: Method
    requests: t.Callable[[Contract, Responses], t.Iterable[tuple[Site | None, Parameters]]]


class Responses:
    """All responses. Each call is made when somebody first looks at it, and only once."""

    def __init__(self, client: SiteLockClient, contract: Contract, today: datetime.date) -> None:
        """:param client: for reading only."""
        self.contract = contract
        self.today = today
        self.tallies: dict[str, Tally] = {}
        self._client = client
        self._known: dict[Call, list[Response]] = {}
        self._failures = 0
        self._stopped: WebsecError | None = None
        self._first_error: WebsecError | None = None
        self.refusal: Response | None = None
        """That of the credentials of the task."""

    def of(self, call: Call) -> list[Response]:
        """The responses to a call: of each site, or only one.

        :raises NotSeenError: the call cannot be made.
        """
        if call not in self._known:
            requests = list(call.requests(self.contract, self))
            self.check()
            answered = self._known[call] = []
            for site, parameters in requests:
                if answered and self._stopped:
                    # What the first sites have shown remains.
                    break
                answered.append(self.ask(call.method, parameters, site))
        responses = self._known[call]
        if self._stopped is not None and any(each is self.refusal for each in responses):
            # The form of this error says nothing about anything else.
            raise NotSeenError(reason_of(self._stopped))
        return responses

    def data(self, call: Call) -> list[tuple[Site | None, t.Mapping[str, t.Any]]]:
        """The data of the responses that are no errors, each with its site.

        :raises NotSeenError: all of them are errors.
        """
        responses = self.of(call)
        found = [(each.site, each.data) for each in responses if each.data is not None]
        if not found and responses:
            raise NotSeenError(responses[0].reason)
        return found

    def every(self) -> list[Response]:
        """All responses until now."""
        return [each for responses in self._known.values() for each in responses]

    def ask(self, method: Method, parameters: Parameters, site: Site | None = None) -> Response:
        """Make one call.

        :raises WriteRefusedError: the method does not only read, or is not in the table; nothing was sent.
        """
        refuse_write(method)
        self.check()
        response = exchange(self._client, method, parameters, site)
        self._note(response)
        return response

    def check(self) -> None:
        """To be called right before a call. :raises NotSeenError: nothing is asked any more."""
        if self._stopped:
            raise NotSeenError(reason_of(self._stopped))

    def note(self, method: Method, outcome: str) -> None:
        """Count a call that was made elsewhere."""
        self.tallies.setdefault(method.name, Tally()).add(outcome, None)

    def stop(self, error: WebsecError) -> None:
        """Ask nothing any more, because of an error of a call that was made elsewhere."""
        self._stopped = error

    @property
    def barred(self) -> WebsecError | None:
        """Why nothing at all could be read."""
        return None if self._has_answered else self._stopped or self._first_error

    @property
    def _has_answered(self) -> bool:
        return any(ANSWERED in tally.outcomes for tally in self.tallies.values())

    def _note(self, response: Response) -> None:
        error = response.error
        self._first_error = self._first_error or error
        refused = _about_caller(error) and not self._still_accepted(response)
        tally = self.tallies.setdefault(response.method.name, Tally())
        tally.add(ANSWERED if error is None else error.kind, response.document)
        self._failures = self._failures + 1 if _is_silence(error) else 0
        if refused:
            self.refusal = response
        # Not one more call with credentials that are refused: it may lock the account.
        if refused or self._failures >= MOST_FAILURES:
            self._stopped = error

    def _still_accepted(self, refused: Response) -> bool:
        """Whether a refusal was about its call alone.

        A text about a password can be about that of an FTP server, and HTTP 403 about a product that is not in the
        contract. The credentials were accepted before; a call about no site shows whether they still are.
        """
        if refused.status == 401 or not self._has_answered:
            return False
        response = exchange(self._client, GET_SITELOCK_IPS, {})
        self.note(GET_SITELOCK_IPS, ANSWERED if response.error is None else response.error.kind)
        return response.error is None


def refuse_write(method: Method) -> None:
    """:raises WriteRefusedError: the method does not only read, or is not in the table."""
    known = next((each for each in METHODS if each == method), None)
    guard(known.effect if known else Effect.ACTION, method.name, read_only=True)


def exchange(client: SiteLockClient, method: Method, parameters: Parameters, site: Site | None = None) -> Response:
    """Make one call with any client; errors are a part of the response."""
    status, document, data, untidy = None, {}, None, False
    try:
        answer = client.exchange(method, parameters)
        status = answer.status
        with contextlib.suppress(WebsecError, ValueError):
            document, untidy = decode(answer.body, method), _has_untidy_values(answer.body)
        data = client.read(answer, method, parameters)
    except WebsecError as error:
        return Response(method, site, status, document, None, error, untidy)
    return Response(method, site, status, document, data, None, untidy)


def _has_untidy_values(body: bytes) -> bool:
    return any(
        len(element) == 0 and element.text and element.text != element.text.strip()
        for element in parse_xml(body).iter()
    )


def _about_caller(error: WebsecError | None) -> bool:
    return isinstance(error, (AuthError, NotAllowedError)) and not isinstance(error, RequestNotAllowedError)


def _is_silence(error: WebsecError | None) -> bool:
    return isinstance(error, (UnavailableError, TimedOutError)) and not error.http_status
