# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SiteLock client with access tokens: requests, 401, and hidden secrets."""

from __future__ import annotations

import contextlib
import json
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import AuthError, BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings
from ansible_collections.hosting.websec.plugins.module_utils._http.streams import Receiver
from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.credentials import (
    ClientCredentials,
    Credentials,
    credentials_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import (
    GET_WAF_ORIGIN,
    METHODS,
    PROVISION_ADDON,
    SET_WAF_ORIGIN,
    Method,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.scans import DOWNLOAD
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import answer, document, example_of, least_of
from ansible_collections.hosting.websec.tests.unit.sitelock.test_addon_passes import connection

CLIENT_SECRET = "s3cret-of-the-client"
ORIGIN = answer(GET_WAF_ORIGIN, "<origins>1.2.3.4</origins><status>ok</status>")


class Vendor:
    """Both servers: the token endpoint, whose tokens are t1-..., t2-..., and the API.

    :param accepted: tokens that the API accepts, by their number; C(None): all.
    """

    def __init__(
        self, api: t.Callable[[Received], Reply] | None = None, accepted: t.Collection[int] | None = None
    ) -> None:
        self._api = api or (lambda _request: Reply(ORIGIN))
        self._accepted = accepted
        self.issued: list[str] = []
        self.calls: list[Received] = []

    def __call__(self, request: Received) -> Reply:
        if request.path == "/token":
            self.issued.append(f"t{len(self.issued) + 1}-of-the-task")
            return Reply(json.dumps({"access_token": self.issued[-1], "token_type": "bearer"}).encode())
        self.calls.append(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        number = self.issued.index(token) + 1 if token in self.issued else 0
        if number == 0 or (self._accepted is not None and number not in self._accepted):
            return Reply(b"<html>401</html>", 401)
        return self._api(request)

    @property
    def tokens(self) -> list[str]:
        """The headers and bodies of the API calls."""
        return [call.headers["Authorization"].removeprefix("Bearer ") for call in self.calls]


@contextlib.contextmanager
def client_of(vendor: t.Callable[[Received], Reply], *, read_only: bool = False) -> t.Iterator[SiteLockClient]:
    with ScriptedServer(vendor) as server:
        credentials = ClientCredentials("partner", CLIENT_SECRET, f"http://127.0.0.1:{server.port}/token")
        settings = HttpSettings(timeout=5.0, retries=0)
        with SiteLockClient(server.url, credentials, settings, read_only=read_only) as client:
            yield client


def name_of(value: t.Any) -> str:
    return value.name if isinstance(value, Method) else str(value)


def test_a_call_has_a_token_and_no_element_authentication() -> None:
    vendor = Vendor()
    with client_of(vendor) as client:
        for _time in range(3):
            client.call(GET_WAF_ORIGIN, {"site_id": 5})
    assert vendor.tokens == ["t1-of-the-task"] * 3
    assert b"<SiteLockOnlineRequest><getWafOrigin><site_id>5</site_id></getWafOrigin>" in vendor.calls[0].body


@pytest.mark.parametrize(
    "method", [method for method in METHODS if method.applies is None and not method.answers_file], ids=name_of
)
def test_after_a_401_a_read_has_one_new_token_and_a_write_is_not_sent_again(method: Method) -> None:
    vendor = Vendor(lambda _request: Reply(example_of(method)), accepted=[2])
    with client_of(vendor) as client:
        if method.effect.value == "read":
            assert client.call(method, least_of(method))
            assert len(vendor.calls) == 2
        else:
            with pytest.raises(AuthError) as refused:
                client.call(method, least_of(method))
            assert not refused.value.may_have_happened
            assert len(vendor.calls) == 1
            # The next call does not use the refused token.
            assert client.call(method, least_of(method))
        assert vendor.tokens == ["t1-of-the-task", "t2-of-the-task"]


def test_a_second_401_is_an_error() -> None:
    vendor = Vendor(accepted=[])
    with client_of(vendor) as client, pytest.raises(AuthError):
        client.call(GET_WAF_ORIGIN, {"site_id": 5})
    assert len(vendor.calls) == 2


@pytest.mark.parametrize("is_file", [False, True])
def test_a_token_that_was_refused_is_not_sent_again(is_file: bool) -> None:
    """The endpoint may give the same one until it expires."""
    tokens: list[str] = []

    def vendor(request: Received) -> Reply:
        if request.path == "/token":
            return Reply(b'{"access_token": "the-only-one", "token_type": "bearer"}')
        tokens.append(request.headers["Authorization"])
        return Reply(status=401)

    with client_of(vendor) as client:
        if is_file:
            nowhere = Receiver(begin=lambda: None, write=lambda _data: None, seconds=10, max_bytes=1000)
            assert client.exchange_file(DOWNLOAD, {}, nowhere).status == 401
        else:
            with pytest.raises(AuthError):
                client.call(GET_WAF_ORIGIN, {"site_id": 5})
    assert tokens == ["Bearer the-only-one"]


def test_check_mode_asks_for_a_token_and_reads() -> None:
    vendor = Vendor()
    with client_of(vendor, read_only=True) as client:
        assert client.call(GET_WAF_ORIGIN, {"site_id": 5})


@pytest.mark.parametrize("status", [503, 401])
def test_without_a_token_a_write_is_not_sent_and_its_outcome_is_known(status: int) -> None:
    calls: list[str] = []

    def vendor(request: Received) -> Reply:
        calls.append(request.path)
        return Reply(status=status)

    with client_of(vendor) as client, pytest.raises(WebsecError) as failed:
        client.call(SET_WAF_ORIGIN, {"site_id": 5, "waf_origin": "1.2.3.4"})
    assert not failed.value.may_have_happened
    assert calls == ["/token"]


def test_a_wrong_secret_is_not_sent_for_each_site() -> None:
    requests: list[str] = []

    def vendor(request: Received) -> Reply:
        requests.append(request.path)
        return Reply(b'{"error": "invalid_client"}', 401)

    with client_of(vendor) as client:
        kinds = []
        for site in range(20):
            with pytest.raises(WebsecError) as failed:
                client.call(GET_WAF_ORIGIN, {"site_id": site})
            kinds.append(failed.value.kind)
    assert set(requests) == {"/token"}
    assert len(requests) < 6
    assert kinds[0] == "auth"
    assert kinds[-1] == "deferred"


# ---- secrets


@pytest.mark.parametrize("secret", ["t1-of-the-task", "t2-of-the-task", CLIENT_SECRET])
@pytest.mark.parametrize(
    "body",
    [
        "<getWafOrigin><error>{} is wrong</error></getWafOrigin>",
        "<error>{} is wrong</error>",
        "<getWafOrigin><message>{}</message>",
    ],
)
def test_tokens_and_secret_are_in_no_error(secret: str, body: str) -> None:
    # The first token is refused, so the client has both.
    vendor = Vendor(lambda _request: Reply(document(body.format(secret))), accepted=[2])
    with client_of(vendor) as client, pytest.raises(WebsecError) as failed:
        client.call(GET_WAF_ORIGIN, {"site_id": 5})
    shown = str(failed.value.as_dict())
    assert secret not in shown
    assert HIDDEN in shown


def test_a_token_in_a_text_of_an_answer_is_hidden_and_elsewhere_the_answer_is_none() -> None:
    told = answer(GET_WAF_ORIGIN, "<message>for t1-of-the-task</message><origins>1.2.3.4</origins>")
    with client_of(Vendor(lambda _request: Reply(told))) as client:
        assert client.call(GET_WAF_ORIGIN, {"site_id": 5})["message"] == f"for {HIDDEN}"
    body = answer(PROVISION_ADDON, "<addonStatus><subscription>t1-of-the-task</subscription></addonStatus>")
    with client_of(Vendor(lambda _request: Reply(body))) as client, pytest.raises(WebsecError) as failed:
        client.call(PROVISION_ADDON, {"addonInfo": [{"site_id": 5}]})
    assert failed.value.may_have_happened


def test_the_secret_is_not_in_the_text_of_the_credentials() -> None:
    assert "hunter2" not in repr(ClientCredentials("me", "hunter2"))


# ---- options

USER = {"api_username": "me", "api_password": "pw"}
CLIENT = {"api_client_id": "id", "api_client_secret": "cs"}


def signing_in(**given: t.Any) -> Credentials | ClientCredentials:
    return credentials_of({**connection("x"), "api_username": None, "api_password": None, **given})


def test_either_pair_is_taken() -> None:
    assert signing_in(**USER) == Credentials("me", "pw")
    assert signing_in(**CLIENT) == ClientCredentials("id", "cs", connection("x")["api_token_url"])
    # An environment variable that is empty is not set.
    assert signing_in(**CLIENT, api_username="", api_password="") == signing_in(**CLIENT)
    assert signing_in(**USER, api_client_id="", api_client_secret="") == signing_in(**USER)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({**USER, **CLIENT}, "api_username and api_client_id are both set"),
        ({"api_password": "pw", "api_client_secret": "cs"}, "api_password and api_client_secret are both set"),
        ({}, "credentials of the SiteLock API are not set"),
        ({"api_username": "me"}, "api_password is empty"),
        ({"api_password": "pw"}, "api_username is empty"),
        ({"api_username": "", "api_password": ""}, "api_username is empty"),
        ({"api_client_id": "id"}, "api_client_secret is empty"),
        ({"api_client_secret": "cs"}, "api_client_id is empty"),
        ({**CLIENT, "api_partner": "Brand"}, "api_partner is set"),
    ],
)
def test_anything_else_is_refused(given: dict[str, t.Any], told: str) -> None:
    with pytest.raises(BadInputError, match=told) as refused:
        signing_in(**given)
    assert refused.value.hint
    assert "cs" not in refused.value.message.split()


def test_a_token_address_that_shows_the_secret_is_refused() -> None:
    credentials = ClientCredentials("me", "cs", "http://api.example/token")
    with pytest.raises(BadInputError, match="api_token_url is plain http://"):
        SiteLockClient("https://api.example", credentials, HttpSettings(), read_only=True)
