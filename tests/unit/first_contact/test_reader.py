# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A first contact only reads, whatever asks for a call, and stops where more calls would do harm."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect, WriteRefusedError
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    BadInputError,
    BadResponseError,
    NotAllowedError,
    RejectedError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.observations import (
    NotSeenError,
    observe,
)
from ansible_collections.hosting.websec.plugins.module_utils._http.client import HttpClient
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact import calls, sign_in
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.contract import (
    OPTIONS,
    Contract,
    Site,
    contract_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.reader import Call, Responses
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.task import LOOKS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import (
    GET_SITELOCK_IPS,
    METHODS,
    SET_WAF_ORIGIN,
    Method,
)

CONTRACT = Contract((Site(1),), account_id=2)
CALLS = {name: each for name, each in {**vars(calls), **vars(sign_in)}.items() if isinstance(each, Call)}


class Client:
    """Notes what would be sent."""

    def __init__(self, error: WebsecError | None = None) -> None:
        self.sent: list[str] = []
        self._error = error

    def exchange(self, method: Method, _parameters: t.Any) -> HttpResponse:
        self.sent.append(method.name)
        if self._error is not None:
            raise self._error
        return HttpResponse(
            200, "text/xml", f"<SiteLockOnlineResponse><{method.name}/></SiteLockOnlineResponse>".encode()
        )

    def read(self, _answer: HttpResponse, _method: Method, _parameters: t.Any) -> dict[str, t.Any]:
        return {}


def responses(client: Client) -> Responses:
    return Responses(t.cast("t.Any", client), CONTRACT, datetime.date(2026, 11, 29))


@pytest.mark.parametrize("method", METHODS, ids=lambda method: f"{method.name}-{method.effect.value}")
def test_every_method_that_does_not_read_is_refused_before_it_is_sent(method: Method) -> None:
    client = Client()
    if method.effect is Effect.READ:
        responses(client).ask(method, {})
        assert client.sent == [method.name]
        return
    with pytest.raises(WriteRefusedError):
        responses(client).ask(method, {})
    assert client.sent == []


@pytest.mark.parametrize(
    "forged", [Method("setWafOrigin", Effect.READ), dataclasses.replace(SET_WAF_ORIGIN, effect=Effect.READ)]
)
def test_the_table_decides_what_reads_and_not_the_caller(forged: Method) -> None:
    client = Client()
    with pytest.raises(WriteRefusedError):
        responses(client).ask(forged, {})
    assert client.sent == []


def test_all_calls_read() -> None:
    assert len(CALLS) > 30
    assert {name for name, call in CALLS.items() if call.method.effect is not Effect.READ} == set()


def test_each_call_is_made_once() -> None:
    client = Client()
    seen = responses(client)
    assert seen.of(calls.STATUS) == seen.of(calls.STATUS)
    assert len(client.sent) == 1


def test_refused_credentials_are_sent_once() -> None:
    """More of them may lock the account."""
    client = Client(AuthError("no"))
    seen = responses(client)
    for call in (calls.STATUS, calls.STATUS, calls.ORIGIN):
        with pytest.raises(NotSeenError, match="credentials_refused"):
            seen.of(call)
    assert len(client.sent) == 1
    assert isinstance(seen.barred, AuthError)


def test_an_api_that_does_not_answer_is_asked_twice() -> None:
    client = Client(UnavailableError("no"))
    seen = responses(client)
    seen.of(calls.STATUS)
    seen.of(calls.ORIGIN)
    with pytest.raises(NotSeenError, match="no_answer"):
        seen.ask(GET_SITELOCK_IPS, {})
    assert len(client.sent) == 2


def test_what_the_first_sites_have_shown_remains_when_the_api_stops_to_answer() -> None:
    class Failing(Client):
        def exchange(self, method: Method, parameters: t.Any) -> HttpResponse:
            if len(self.sent) > 0:
                self.sent.append(method.name)
                raise UnavailableError("no")
            return super().exchange(method, parameters)

    client = Failing()
    many = dataclasses.replace(CONTRACT, sites=tuple(map(Site, range(1, 6))))
    seen = Responses(t.cast("t.Any", client), many, datetime.date(2026, 11, 29))
    assert [site for site, _data in seen.data(calls.STATUS)] == [Site(1)]
    with pytest.raises(NotSeenError, match="no_answer"):
        seen.of(calls.ORIGIN)
    assert len(client.sent) == 3


def test_a_call_that_breaks_this_collection_is_not_made_again() -> None:
    class Broken(Client):
        def read(self, _answer: HttpResponse, _method: Method, _parameters: t.Any) -> dict[str, t.Any]:
            raise IndexError

    client = Broken()
    seen = responses(client)
    with pytest.raises(IndexError):
        seen.of(calls.STATUS)
    assert seen.of(calls.STATUS) == []
    assert len(client.sent) == 1


TOKENS = {"api_client_id": "a", "api_client_secret": "b", "api_token_url": "http://127.0.0.1:9/token"}


@pytest.mark.parametrize("barred", [True, False])
def test_a_refused_token_is_asked_for_no_more_than_once(barred: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret of the client is refused, or the endpoint answers something else."""
    sent: list[str] = []

    def send(_http: HttpClient, *_more: t.Any, call: str, **_others: t.Any) -> HttpResponse:
        sent.append(call)
        return HttpResponse(401, "application/json", b'{"error": "invalid_client"}')

    monkeypatch.setattr(HttpClient, "send", send)
    seen = responses(Client(AuthError("no") if barred else None))
    if barred:
        with pytest.raises(NotSeenError):
            seen.of(calls.STATUS)
    rows = observe(sign_in.OBSERVATIONS[:2], sign_in.SignIn(TOKENS, RunContext(), seen))
    assert {row.reason for row in rows} == {"credentials_refused" if barred else "nothing_there"}
    assert sent == ([] if barred else ["token request"])


def test_calls_that_are_off_are_not_made() -> None:
    client = Client()
    careful = Contract((Site(1),), account_id=2, try_unknown=False)
    seen = Responses(t.cast("t.Any", client), careful, datetime.date(2026, 11, 29))
    for call in (calls.UNKNOWN_ACCOUNT, calls.UNKNOWN_SITE_ORIGIN, calls.MAILS_OF_WRONG_DATE, sign_in.LOGIN_LINK):
        with pytest.raises(NotSeenError, match="not_tried"):
            seen.of(call)
    assert client.sent == []


def test_a_server_of_something_else_fails_the_task() -> None:
    """A maintenance page, for example: each call gets an answer, and none of them is one of this API."""
    client = Client(BadResponseError("It is an HTML page."))
    seen = responses(client)
    for call in (calls.STATUS, calls.ORIGIN, calls.RULES):
        seen.of(call)
    assert len(client.sent) == 3
    assert isinstance(seen.barred, BadResponseError)


@pytest.mark.parametrize(
    "wrong",
    [
        {"brand": ""},
        {"brand": "a\x01b"},
        {"ended_login": " "},
        {"ended_login": "a\nb"},
        {"brand": "x" * 201},
        {"foreign_domain": "https://shop.example/"},
        {"foreign_domain": ""},
    ],
)
def test_options_that_are_wrong_are_refused_before_anything_is_sent(wrong: dict[str, t.Any]) -> None:
    every = {name: option.get("default") for name, option in OPTIONS.items()}
    every["sites"] = [{"site_id": 1, "has": []}]
    assert (
        contract_of({**every, "brand": "A brand & Söhne", "foreign_domain": "Shop.Example"}).foreign_domain
        == "shop.example"
    )
    with pytest.raises(BadInputError):
        contract_of({**every, **wrong})


class Refusing(Client):
    """Refuses the calls of these methods. :param status: with this one."""

    def __init__(self, error: WebsecError, *refused: Method, status: int = 200) -> None:
        super().__init__()
        self._refusal = error
        self._refused = {method.name for method in refused}
        self._status = status

    def exchange(self, method: Method, parameters: t.Any) -> HttpResponse:
        answer = super().exchange(method, parameters)
        status = self._status if method.name in self._refused else 200
        return HttpResponse(status, "text/xml", answer.body)

    def read(self, _answer: HttpResponse, method: Method, _parameters: t.Any) -> dict[str, t.Any]:
        if method.name in self._refused:
            raise self._refusal
        return {}


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotAllowedError("no"), 403), (AuthError("getSMART: the password of the FTP account is missing"), 200)],
    ids=["HTTP 403", "a text about a password"],
)
def test_a_refusal_of_one_call_costs_only_its_rows(error: WebsecError, status: int) -> None:
    client = Refusing(error, calls.SMART.method, status=status)
    seen = responses(client)
    seen.of(calls.STATUS)
    with pytest.raises(NotSeenError, match=r"^refused$"):
        seen.data(calls.SMART)
    assert seen.data(calls.ORIGIN)
    # One more call shows that the credentials are still accepted.
    assert client.sent == ["getAnpProvisioningStatus", "getSMART", "getSiteLockIPs", "getWafOrigin"]
    assert seen.refusal is None


def test_credentials_that_are_not_accepted_any_more_end_the_questions() -> None:
    client = Refusing(AuthError("no"), calls.SMART.method, GET_SITELOCK_IPS)
    seen = responses(client)
    seen.of(calls.STATUS)
    for call in (calls.SMART, calls.ORIGIN):
        with pytest.raises(NotSeenError, match="credentials_refused"):
            seen.of(call)
    assert client.sent == ["getAnpProvisioningStatus", "getSMART", "getSiteLockIPs"]
    assert seen.barred is None


def test_after_a_401_not_even_that_is_asked() -> None:
    client = Refusing(AuthError("no"), calls.SMART.method, status=401)
    seen = responses(client)
    seen.of(calls.STATUS)
    with pytest.raises(NotSeenError, match="credentials_refused"):
        seen.of(calls.SMART)
    assert client.sent == ["getAnpProvisioningStatus", "getSMART"]


def test_the_first_question_is_about_no_site_of_anybody() -> None:
    """A refusal of it is one of the credentials. An unknown site could be refused as one of somebody else."""
    client = Client()
    observe(LOOKS[:1], responses(client))
    assert client.sent[0] == "getAccounts"


def test_only_the_refusal_of_the_credentials_is_the_form_of_one() -> None:
    seen = responses(Refusing(NotAllowedError("no"), calls.SMART.method, status=403))
    seen.of(calls.STATUS)
    seen.of(calls.SMART)
    password = {"api_username": "a", "api_password": "b"}
    looks = [each for each in sign_in.OBSERVATIONS if each.id == "auth_failure"]
    [row] = observe(looks, sign_in.SignIn(password, RunContext(), seen))
    assert row.reason == "not_tried"


def test_only_a_response_about_a_site_with_exceptions_hides_them() -> None:
    """The other site answered, and has none."""
    site, other = Site(1, frozenset({"exceptions"})), Site(2)

    class Half(Client):
        def read(self, _answer: HttpResponse, _method: Method, _parameters: t.Any) -> dict[str, t.Any]:
            if len(self.sent) == 1:
                raise RejectedError("no")
            return {"ddos": {}}

    seen = Responses(t.cast("t.Any", Half()), Contract((site, other)), datetime.date(2026, 11, 29))
    looks = [each for each in LOOKS if each.id == "rule_exceptions"]
    [row] = observe(looks, seen)
    assert row.reason == "nothing_there"
