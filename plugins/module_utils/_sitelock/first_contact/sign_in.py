# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the API does about credentials. The calls with wrong ones are made only if the task says so.

Each of them is sent once, with a client of its own: an API may lock an account after a few.
"""

from __future__ import annotations

import dataclasses
import functools
import typing as t
from urllib.parse import parse_qsl, urlsplit

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    NotAllowedError,
    NotFoundError,
    RejectedError,
    RequestNotAllowedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.observations import (
    BAD_RESPONSE,
    NO,
    NO_ANSWER,
    NOT_GIVEN,
    NOT_TRIED,
    YES,
    YES_OR_NO,
    NotSeenError,
    Observation,
    one_word,
    reason_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.report import ANSWERED
from ansible_collections.hosting.websec.plugins.module_utils._http.access_tokens import AccessTokens, bearer_token
from ansible_collections.hosting.websec.plugins.module_utils._http.client import HttpClient
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings, check_url
from ansible_collections.hosting.websec.plugins.module_utils._parsing import parse_json, whole_number
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.answers import values_in
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.credentials import (
    TOKEN_SERVER,
    ClientCredentials,
    Credentials,
    credentials_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact import calls
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.contract import Contract
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.reader import (
    Call,
    Response,
    Responses,
    exchange,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import CREATE_TOKEN, GET_ACCOUNTS

_WRONG = "not-the-password"
_WRONG_TOKEN = "not-a-token"
_DOCUMENTED_LIFE = 4 * 3600
_BUSY = (429, 502, 503, 504)
"""Statuses of a server or a proxy that would not have answered the right credentials either."""
_Kind = t.TypeVar("_Kind", Credentials, ClientCredentials)

AUTH_FORMS = (
    "http_401",
    "http_403",
    "error_below_root",
    "error_below_authentication",
    "error_below_method",
    "other",
)


_REFUSALS = (AuthError, NotAllowedError, NotFoundError, RejectedError)


class _Username(Credentials):
    """The same with the element C(username), which the descriptions of the pages have."""

    def element(self) -> dict[str, str | None]:
        found = super().element()
        return {"username": found.pop("user"), **found}


@dataclasses.dataclass(frozen=True)
class _WithToken(ClientCredentials):
    """The same client with this token. :param brand: for the element C(authentication), which has nothing else."""

    token: str = ""
    brand: str | None = None

    def element(self) -> dict[str, str | None] | None:
        return None if self.brand is None else {"partner": self.brand}

    def tokens(self, http: HttpClient) -> AccessTokens:
        return _OneToken(http, self)


class _OneToken(AccessTokens):
    """Gives the same token again after the API refused it, so that there is no second attempt."""

    def __init__(self, http: HttpClient, client: _WithToken) -> None:
        super().__init__(http, client.client_id, client.client_secret, server=TOKEN_SERVER, lifetime=0)
        self._only = client.token

    def get(self) -> str:
        return self._only


class SignIn:
    """Makes the calls that need other credentials than those of the task."""

    def __init__(self, options: t.Mapping[str, t.Any], context: RunContext, responses: Responses) -> None:
        """:param options: the connection options of the task. :param responses: to its other calls."""
        self.responses = responses
        self._options = options
        self._context = context

    def credentials(self, kind: type[_Kind]) -> _Kind:
        """Those of the task. :raises NotSeenError: they are of another kind."""
        found = credentials_of(self._options)
        if not isinstance(found, kind):
            raise NotSeenError(NOT_GIVEN)
        return found

    def with_other(self, credentials: Credentials | ClientCredentials) -> Response:
        """The response to one harmless call with other credentials, sent once."""
        self.responses.check()
        client = SiteLockClient(
            self._options["api_url"],
            credentials,
            # Sent again after an error, as reads are, it would count as several attempts.
            dataclasses.replace(HttpSettings.from_options(self._options), retries=0),
            read_only=True,
            context=self._context,
        )
        with client:
            response = exchange(client, GET_ACCOUNTS, {"limit": 1, "offset": 0})
        self.responses.note(GET_ACCOUNTS, ANSWERED if response.error is None else response.error.kind)
        return response

    @property
    def token(self) -> dict[str, t.Any]:
        """What the token endpoint answers.

        :raises NotSeenError: the task has a password, or there is no token.
        """
        answer = self._token_answer
        if isinstance(answer, NotSeenError):
            raise answer
        return answer

    @functools.cached_property
    def _token_answer(self) -> dict[str, t.Any] | NotSeenError:
        """Kept also if it is none, so that there is one request for it."""
        try:
            return self._ask_for_token()
        except NotSeenError as nothing:
            return nothing

    def _ask_for_token(self) -> dict[str, t.Any]:
        credentials = self.credentials(ClientCredentials)
        self.responses.check()
        http = HttpClient(
            HttpSettings.from_options(self._options),
            url=check_url(credentials.token_url, "api_token_url"),
            server=TOKEN_SERVER,
            read_only=True,
            context=self._context,
        )
        with http:
            try:
                return _object(credentials.tokens(http).ask())
            except WebsecError as error:
                raise NotSeenError(reason_of(error)) from None


def _object(answer: HttpResponse) -> dict[str, t.Any]:
    try:
        said = parse_json(answer.body)
    except ValueError:
        said = None
    if answer.status != 200 or not isinstance(said, dict):
        raise NotSeenError
    return said


def _wrong_password(sign_in: SignIn) -> str:
    return _failure(sign_in, Credentials, lambda right: dataclasses.replace(right, password=_WRONG))


def _wrong_token(sign_in: SignIn) -> str:
    return _failure(sign_in, ClientCredentials, lambda right: _WithToken(**vars(right), token=_WRONG_TOKEN))


def _failure(sign_in: SignIn, kind: type[_Kind], make: t.Callable[[_Kind], _Kind]) -> str:
    """What a refusal looks like: that of the credentials of the task, or of wrong ones."""
    right = sign_in.credentials(kind)
    response = sign_in.responses.refusal
    if response is None or not isinstance(response.error, AuthError):
        _refuse_to_try(sign_in.responses.contract.try_wrong_credentials)
        response = sign_in.with_other(make(right))
    if response.error is None:
        return "other"
    if response.status is None:
        raise NotSeenError(response.reason)
    if response.status in _BUSY:
        raise NotSeenError(NO_ANSWER)
    return _form_of_refusal(response)


def _form_of_refusal(response: Response) -> str:
    if response.status in (401, 403):
        return f"http_{response.status}"
    document = response.document
    if isinstance(response.below, dict) and "error" in response.below:
        return "error_below_method"
    if "authentication" in document:
        return "error_below_authentication"
    return "error_below_root" if "error" in document else "other"


def _username(sign_in: SignIn) -> str:
    _refuse_to_try(sign_in.responses.contract.try_wrong_credentials)
    right = sign_in.credentials(Credentials)
    return _is_accepted(sign_in, _Username(**vars(right)))


def _brand(sign_in: SignIn) -> str:
    brand = sign_in.responses.contract.brand
    if not brand:
        raise NotSeenError(NOT_GIVEN)
    right = sign_in.credentials(ClientCredentials)
    token = bearer_token(sign_in.token)
    if token is None:
        raise NotSeenError(BAD_RESPONSE)
    return _is_accepted(sign_in, _WithToken(**vars(right), token=token, brand=brand))


def _is_accepted(sign_in: SignIn, other: Credentials | ClientCredentials) -> str:
    """Whether the API answers as it did to the credentials of the task.

    :raises NotSeenError: it did not answer these, or its response says nothing of the others.
    """
    sign_in.responses.data(calls.ACCOUNTS)
    response = sign_in.with_other(other)
    if response.data is not None:
        return YES
    if isinstance(response.error, _REFUSALS) and not isinstance(response.error, RequestNotAllowedError):
        return NO
    raise NotSeenError(response.reason)


def _expires_in(sign_in: SignIn) -> str:
    life = sign_in.token.get("expires_in")
    if life is None:
        return "none"
    if isinstance(life, bool):
        return "other"
    return "number" if isinstance(life, (int, float)) else "text" if isinstance(life, str) else "other"


def _life(sign_in: SignIn) -> str:
    life = sign_in.token.get("expires_in")
    seconds = whole_number(life) if isinstance(life, str) else life
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool):
        raise NotSeenError
    return "four_hours" if seconds == _DOCUMENTED_LIFE else "longer" if seconds > _DOCUMENTED_LIFE else "shorter"


def _refuse_to_try(wanted: bool) -> None:
    """:raises NotSeenError: the task does not say that this may be tried."""
    if not wanted:
        raise NotSeenError(NOT_TRIED)


def _login_link(contract: Contract, _seen: Responses) -> t.Iterable[tuple[None, dict[str, t.Any]]]:
    _refuse_to_try(contract.try_login_link)
    if contract.account_id is None:
        raise NotSeenError(NOT_GIVEN)
    return [(None, {"account_id": contract.account_id})]


LOGIN_LINK = Call(CREATE_TOKEN, _login_link)


def _token_form(sign_in: SignIn) -> str:
    [(_none, data)] = sign_in.responses.data(LOGIN_LINK)
    links = [value for _name, value in values_in(data) if value.lower().startswith("https://")]
    return one_word(map(_form_of_link, links))


def _form_of_link(link: str) -> str:
    names = {name for name, _value in parse_qsl(urlsplit(link).query)}
    return "code" if "code" in names else "token" if "token" in names else "other"


OBSERVATIONS: tuple[Observation[SignIn], ...] = (
    Observation(
        "token_expires_in", "expires_in of the token endpoint", ("number", "text", "none", "other"), _expires_in
    ),
    Observation("token_lifetime", "life of an access token", ("four_hours", "shorter", "longer"), _life),
    Observation("token_form", "what the login link of createToken contains", ("token", "code", "other"), _token_form),
    # The last four: after them the API may refuse the right credentials for a while.
    Observation("brand_with_token", "whether a brand is accepted beside an access token", YES_OR_NO, _brand),
    Observation("token_failure", "the response to a wrong access token", AUTH_FORMS, _wrong_token),
    Observation("accept_username", "whether authentication/username is accepted", YES_OR_NO, _username),
    Observation("auth_failure", "the response to wrong credentials", AUTH_FORMS, _wrong_password),
)
