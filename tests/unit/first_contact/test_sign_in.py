# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Other credentials are sent once, and only a refusal of them counts as one."""

from __future__ import annotations

import datetime
import json
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.observations import observe
from ansible_collections.hosting.websec.plugins.module_utils._http.client import HttpClient
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact import sign_in
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.contract import Contract, Site
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.reader import Responses
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method

CONTRACT = Contract((Site(1),), brand="A brand", try_wrong_credentials=True)
PASSWORD = {"api_url": "http://127.0.0.1:9/v1", "api_username": "jane", "api_password": "s3cret"}
CLIENT = {
    "api_url": "http://127.0.0.1:9/v1",
    "api_client_id": "jane",
    "api_client_secret": "s3cret",
    "api_token_url": "http://127.0.0.1:9/token",
    "retries": 3,
}
ACCOUNTS = "<SiteLockOnlineResponse><getAccounts><records>0</records></getAccounts></SiteLockOnlineResponse>"
REFUSED = "<SiteLockOnlineResponse><getAccounts><error>Permission denied</error></getAccounts></SiteLockOnlineResponse>"


class Client:
    """Answers the calls with the credentials of the task."""

    def __init__(self, *, works: bool = True) -> None:
        self._works = works

    def exchange(self, _method: Method, _parameters: t.Any) -> HttpResponse:
        return HttpResponse(200, "text/xml", ACCOUNTS.encode())

    def read(self, _answer: HttpResponse, _method: Method, _parameters: t.Any) -> dict[str, t.Any]:
        if not self._works:
            raise RejectedError("Permission denied")
        return {"records": "0"}


class Server:
    """Answers all others. :param token: what the token endpoint gives; C(None) to the calls of the API."""

    def __init__(self, status: int, body: str, token: object = "t0k3n") -> None:
        self.sent: list[tuple[str, str | None]] = []
        self._answer = HttpResponse(status, "text/xml", body.encode())
        self._token = token

    def send(self, _effect: t.Any, _method: str, *, call: str, headers: t.Any, **_more: t.Any) -> HttpResponse:
        if call == "token request":
            return HttpResponse(200, "application/json", json.dumps({"access_token": self._token}).encode())
        self.sent.append((call, headers.get("Authorization")))
        return self._answer


def outcome(
    name: str, server: Server, options: dict[str, t.Any], monkeypatch: pytest.MonkeyPatch, *, works: bool = True
) -> str:
    """What the row says."""
    monkeypatch.setattr(HttpClient, "send", lambda _http, *given, **more: server.send(*given, **more))
    seen = Responses(t.cast("t.Any", Client(works=works)), CONTRACT, datetime.date(2026, 11, 29))
    looks = [each for each in sign_in.OBSERVATIONS if each.id == name]
    [row] = observe(looks, sign_in.SignIn(options, RunContext(), seen))
    return row.reason or row.outcome


OTHERS = [("brand_with_token", CLIENT), ("accept_username", PASSWORD)]


@pytest.mark.parametrize(("name", "options"), OTHERS)
@pytest.mark.parametrize(
    ("status", "body", "word"),
    [
        (200, ACCOUNTS, "yes"),
        (200, REFUSED, "no"),
        (500, REFUSED, "no"),
        (401, "", "no"),
        (403, "", "no"),
        (503, "<html>", "no_answer"),
        (500, "<html>", "no_answer"),
        (429, "", "no_answer"),
        (302, "", "bad_response"),
        (200, "<html>maintenance</html>", "bad_response"),
    ],
)
def test_only_a_refusal_says_that_something_is_not_accepted(
    name: str, options: dict[str, t.Any], status: int, body: str, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(status, body)
    assert outcome(name, server, options, monkeypatch) == word
    # Once, whatever came: more of them may lock the account.
    assert len(server.sent) == 1


@pytest.mark.parametrize(("name", "options"), OTHERS)
def test_a_call_that_the_right_credentials_are_refused_shows_nothing(
    name: str, options: dict[str, t.Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(200, REFUSED)
    assert outcome(name, server, options, monkeypatch, works=False) == "refused"
    assert server.sent == []


@pytest.mark.parametrize("token", ["a\nX-Evil: 1", "a b", "", "x" * 50_000, "schlüssel", 5, None, ["a"], {"a": "b"}])
def test_a_token_that_no_header_can_carry_is_not_sent(token: object, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(200, ACCOUNTS, token)
    assert outcome("brand_with_token", server, CLIENT, monkeypatch) == "bad_response"
    assert server.sent == []


@pytest.mark.parametrize(("name", "options"), [("token_failure", CLIENT), ("auth_failure", PASSWORD)])
@pytest.mark.parametrize(
    ("status", "body", "word"),
    [
        (401, "", "http_401"),
        (400, '{"error": "invalid"}', "other"),
        (500, REFUSED, "error_below_method"),
        (500, "<html>", "other"),
        (429, "", "no_answer"),
        (503, "<html>", "no_answer"),
    ],
)
def test_a_busy_server_is_no_form_of_a_refusal(
    name: str, options: dict[str, t.Any], status: int, body: str, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(status, body)
    assert outcome(name, server, options, monkeypatch) == word
    assert len(server.sent) == 1
    assert server.sent[0][1] in (None, "Bearer not-a-token")
