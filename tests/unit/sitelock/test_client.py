# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import concurrent.futures
import html
import json
import secrets
import traceback
import typing as t
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect, WriteRefusedError
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    BadInputError,
    RequestNotAllowedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.credentials import Credentials
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import (
    CREATE_TOKEN,
    GET_WAF_ORIGIN,
    METHODS,
    PROVISION_ADDON,
    SET_WAF_ORIGIN,
    Method,
)
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import (
    answer,
    document,
    failure_of,
    sent_to,
    sitelock_client,
)

CALLED = [method for method in METHODS if not method.answers_file]
WRITES = [method for method in CALLED if method.effect is not Effect.READ]
ORIGIN = answer(GET_WAF_ORIGIN, "<origins>1.2.3.4</origins><status>ok</status>")


def name_of(value: object) -> str | None:
    return value.name if isinstance(value, Method) else None


# ---- check mode


@pytest.mark.parametrize("method", CALLED, ids=name_of)
def test_in_check_mode_a_client_sends_reads_and_nothing_else(method: Method) -> None:
    with ScriptedServer([Reply(document(f"<{method.name}><loginURL/><site_id>5</site_id></{method.name}>"))]) as server:
        with sitelock_client(server.url, read_only=True) as client:
            if method.effect is Effect.READ:
                client.call(method, {"site_id": 5})
            else:
                with pytest.raises(WriteRefusedError, match=f"{method.name} has the effect '{method.effect.value}'"):
                    client.call(method, {"site_id": 5})
        assert server.connections == len(server.requests) == (method.effect is Effect.READ)


# ---- how often


@pytest.mark.parametrize("method", WRITES, ids=name_of)
@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=500),
        Reply(status=503),
        Reply(fault="reset"),
        Reply(fault="close"),
        Reply(document("<x/>"), cut=20),
        Reply(b"<html/>"),
    ],
    ids=["500", "503", "reset", "closed", "cut off", "HTML"],
)
def test_a_write_is_sent_once_whatever_comes_back(method: Method, reply: Reply) -> None:
    with ScriptedServer([reply]) as server, sitelock_client(server.url, retries=3) as client:
        with pytest.raises(WebsecError):
            client.call(method, {"site_id": 5})
        assert len(server.requests) == 1


@pytest.mark.parametrize("method", WRITES, ids=name_of)
def test_a_write_that_came_too_early_is_sent_again_unless_it_buys_or_acts(method: Method) -> None:
    with ScriptedServer([Reply(status=429, headers={"Retry-After": "0"})]) as server:
        with sitelock_client(server.url, retries=1) as client, pytest.raises(WebsecError):
            client.call(method, {"site_id": 5})
        assert len(server.requests) == (1 if method.effect in (Effect.BUY, Effect.ACTION) else 2)


def test_a_read_is_repeated() -> None:
    script = [Reply(status=503), Reply(fault="close"), Reply(ORIGIN)]
    with ScriptedServer(script) as server, sitelock_client(server.url, retries=2) as client:
        assert client.call(GET_WAF_ORIGIN, {"site_id": 5})["origins"] == ["1.2.3.4"]
        assert sent_to(server) == ["getWafOrigin"] * 3


@pytest.mark.parametrize(
    ("error", "requests", "told"),
    [
        ('<error code="-98">WAF Addon Not Found</error>', 1, "The site has no active Firewall & CDN."),
        ("<error>Site Not Found</error>", 1, "Check site_id: the vendor has no such site in your account."),
        ('<error code="FI2">Internal Server Error: 559(b)(12)</error>', 3, ""),
    ],
    ids=["no add-on", "no site", "transient"],
)
def test_a_read_of_what_is_not_there_is_not_repeated(error: str, requests: int, told: str) -> None:
    reply = Reply(document(f"<getWafOrigin>{error}</getWafOrigin>"), status=500)
    with ScriptedServer([reply]) as server, sitelock_client(server.url, retries=2) as client:
        with pytest.raises(WebsecError) as failed:
            client.call(GET_WAF_ORIGIN, {"site_id": 5})
        assert (len(server.requests), failed.value.hint, failed.value.http_status) == (requests, told, 500)


@pytest.mark.parametrize(
    "content",
    [
        "<error>Invalid password</error>",
        "<authentication><error>No such user</error></authentication>",
        "<getWafOrigin><error>Not authorized</error></getWafOrigin>",
    ],
    ids=["below the root", "below authentication", "below the method"],
)
@pytest.mark.parametrize("status", [200, 500])
def test_refused_credentials_are_sent_once(content: str, status: int) -> None:
    """The vendor does not say after how many of them it locks an account."""
    with ScriptedServer([Reply(document(content), status)]) as server:
        with sitelock_client(server.url, retries=3) as client, pytest.raises(AuthError):
            client.call(GET_WAF_ORIGIN, {"site_id": 5})
        assert len(server.requests) == 1


def test_many_threads_share_a_client() -> None:
    def reply(request: Received) -> Reply:
        site = request.body.partition(b"<site_id>")[2].partition(b"<")[0].decode()
        return Reply(answer(GET_WAF_ORIGIN, f"<origins>10.0.0.{site}</origins><status>ok</status>"), pause=0.001)

    with ScriptedServer(reply) as server, sitelock_client(server.url) as client:
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            data = list(pool.map(lambda site: client.call(GET_WAF_ORIGIN, {"site_id": site}), range(100)))
        assert [each["origins"] for each in data] == [[f"10.0.0.{site}"] for site in range(100)]
        assert server.connections <= 8


# ---- what is sent


def test_a_request_is_posted_as_xml_to_the_address_as_given() -> None:
    with ScriptedServer([Reply(ORIGIN)]) as server, sitelock_client(server.url + "/") as client:
        client.call(GET_WAF_ORIGIN, {"site_id": 5})
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/v1/partner")
    assert request.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert "Authorization" not in request.headers


@pytest.mark.parametrize(("username", "password", "wrong"), [("", "x", "api_username"), ("x", "", "api_password")])
def test_empty_credentials_are_refused(username: str, password: str, wrong: str) -> None:
    with pytest.raises(BadInputError, match=f"{wrong} is empty") as refused:
        Credentials(username, password)
    assert f"SITELOCK_{wrong.upper()}" in refused.value.hint


def test_the_password_is_not_in_the_text_of_the_credentials() -> None:
    assert "hunter2" not in repr(Credentials("me", "hunter2"))


# ---- what comes back

PAGE = b"<html><head><title>Maintenance</title></head></html>"


@pytest.mark.parametrize("method", [GET_WAF_ORIGIN, PROVISION_ADDON, CREATE_TOKEN], ids=name_of)
@pytest.mark.parametrize(
    ("status", "body", "kind", "may_have_happened"),
    [
        (200, PAGE, "bad_response", True),
        (200, b"", "bad_response", True),
        (204, b"", "bad_response", True),
        (301, PAGE, "bad_response", False),
        (307, PAGE, "bad_response", False),
        (400, PAGE, "bad_response", True),
        (401, PAGE, "auth", False),
        (403, PAGE, "not_allowed", False),
        (404, PAGE, "bad_response", True),
        (429, PAGE, "unavailable", False),
        (500, PAGE, "unavailable", True),
        (500, b"", "unavailable", True),
        (500, document("<provisionAddon/><getWafOrigin/><createToken/>"), "unavailable", True),
        (502, PAGE, "unavailable", True),
        (503, PAGE, "unavailable", True),
        (504, b"", "unavailable", True),
    ],
)
def test_each_http_status_has_its_error(
    method: Method, status: int, body: bytes, kind: str, may_have_happened: bool
) -> None:
    error = failure_of(Reply(body, status), method)
    assert (error.kind, error.http_status, error.may_have_happened) == (kind, status, may_have_happened)
    assert error.message.startswith(f"{method.name}: ")
    assert error.message.count(f"{method.name}: ") == 1
    assert error.hint


@pytest.mark.parametrize("status", [401, 403, 404, 503])
def test_a_success_in_the_body_does_not_count_against_the_status(status: int) -> None:
    assert failure_of(Reply(ORIGIN, status), GET_WAF_ORIGIN).http_status == status


ABOUT_CALLER = ["relay_headers", "relay_unknown_address", "relay_too_many_tries", "relay_upstream_credentials"]
ABOUT_REQUEST = ["relay_method", "relay_account", "relay_site", "relay_orders_per_day", "relay_unknown_method"]


def of_relay(method: Method, code: str, status: int) -> Reply:
    error = f'<error code="{code}">SiteLock relay: Not for client panel-07. It says why</error>'
    inner = error if code in (*ABOUT_CALLER, "relay_unknown_method") else f"<{method.name}>{error}</{method.name}>"
    return Reply(document(inner), status)


@pytest.mark.parametrize("method", [GET_WAF_ORIGIN, PROVISION_ADDON, CREATE_TOKEN, SET_WAF_ORIGIN], ids=name_of)
@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize("code", ABOUT_CALLER + ABOUT_REQUEST)
def test_a_refusal_of_the_relay_is_sent_once_and_says_why(method: Method, code: str, status: int) -> None:
    with ScriptedServer([of_relay(method, code, status)]) as server:
        with sitelock_client(server.url, retries=3) as client, pytest.raises(WebsecError) as failed:
            client.call(method, {"site_id": 5})
        assert len(server.requests) == 1
    error = failed.value
    assert error.as_dict() == {
        "kind": "not_allowed",
        "code": code,
        "extended_code": None,
        "message": f"{method.name}: SiteLock relay: Not for client panel-07. It says why (code {code}).",
        "hint": error.hint,
        "http_status": status,
    }
    assert not error.may_have_happened
    assert "relay" in error.hint
    assert isinstance(error, RequestNotAllowedError) == (code in ABOUT_REQUEST)


@pytest.mark.parametrize(
    ("reply", "kind", "hint"),
    [
        # Only the code tells that a refusal is the relay's.
        (
            Reply(document("<getWafOrigin><error>SiteLock relay: no</error></getWafOrigin>"), 429),
            "unavailable",
            "Lower",
        ),
        (Reply(document('<getWafOrigin><error code="E7">no</error></getWafOrigin>'), 403), "not_allowed", "approve"),
        (Reply(document('<getWafOrigin><error code="SNF">no</error></getWafOrigin>'), 403), "not_allowed", "approve"),
        # And only the status that it is a refusal of this kind.
        (of_relay(GET_WAF_ORIGIN, "relay_malformed", 200), "rejected", ""),
        (of_relay(GET_WAF_ORIGIN, "relay_account", 502), "unavailable", "Run the pass again"),
    ],
)
def test_other_refusals_are_not_taken_for_one_of_the_relay(reply: Reply, kind: str, hint: str) -> None:
    error = failure_of(reply, GET_WAF_ORIGIN)
    assert error.kind == kind
    assert hint in error.hint


def test_a_client_that_may_order_no_more_today_is_told_when_it_may() -> None:
    error = failure_of(of_relay(GET_WAF_ORIGIN, "relay_orders_per_day", 429), GET_WAF_ORIGIN)
    assert "after midnight UTC" in error.hint


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("relay_credentials", "Check api_username and api_password"),
        ("relay_address", "add the address of this machine to the networks"),
        ("relay_certificate", "Check client_cert and client_key"),
    ],
)
def test_credentials_that_the_relay_refuses_come_with_what_to_check(code: str, hint: str) -> None:
    error = f'<authentication><error code="{code}">SiteLock relay: no</error></authentication>'
    failure = failure_of(Reply(document(error)), GET_WAF_ORIGIN)
    assert (failure.kind, failure.code) == ("auth", code)
    assert hint in failure.hint


def test_a_long_text_of_the_relay_is_shortened() -> None:
    text = "x" * 5000 + "&#10;&#9;y"
    reply = Reply(document(f'<createToken><error code="relay_method">{text}</error></createToken>'), 403)
    error = failure_of(reply, CREATE_TOKEN)
    assert len(error.message) < 700
    assert "\n" not in error.message


# ---- secrets

PASSWORD = "p\\a's s\"&<w>/+%\u00f6"
SPELLINGS: dict[str, t.Callable[[str], str]] = {
    "XML": lambda text: escape(text, {"'": "&apos;", '"': "&quot;"}),
    "XML, three entities": escape,
    "HTML": html.escape,
    "address": lambda text: quote(text, safe=""),
    "address, slash kept": quote,
    "JSON": lambda text: escape(json.dumps(text)[1:-1]),
}
PLACES: dict[str, t.Callable[[str], Reply]] = {
    "error": lambda text: Reply(document(f"<getWafOrigin><error>Wrong: {text}</error></getWafOrigin>")),
    "code": lambda text: Reply(document(f'<getWafOrigin><error code="{text}">x</error></getWafOrigin>')),
    "message": lambda text: Reply(
        document(f"<getWafOrigin><status>error</status><message>{text}</message></getWafOrigin>")
    ),
    "root error": lambda text: Reply(document(f"<error>{text}</error>")),
    "authentication": lambda text: Reply(document(f"<authentication>{text}</authentication>")),
    "other root": lambda text: Reply(f"<echo>{text}</echo>".encode()),
    "page": lambda text: Reply(f"<html><p>{text}</p></html>".encode()),
    "edge of a page": lambda text: Reply(f"<html>{'x' * 105}{text}</html>".encode()),
    "404": lambda text: Reply(f"<html><p>{text}</p></html>".encode(), 404),
    "500": lambda text: Reply(document(f"<getWafOrigin><error>{text}</error></getWafOrigin>"), 500),
    "relay": lambda text: Reply(
        document(f'<getWafOrigin><error code="relay_method">{text}</error></getWafOrigin>'), 403
    ),
    "content type": lambda text: Reply(PAGE, 404, {"Content-Type": text}),
    "cut off": lambda text: Reply(document(f"<getWafOrigin><error>{text}"), 200),
}


def everything_about(error: BaseException) -> str:
    """All texts that a traceback, a debugger or a log could show of an error and its causes."""
    parts = ["".join(traceback.format_exception(type(error), error, error.__traceback__))]
    todo: list[BaseException | None] = [error]
    while todo:
        each = todo.pop()
        if each is not None:
            parts += [str(each), repr(each), repr(each.args), repr(vars(each))]
            todo += [each.__cause__, each.__context__]
    return "\n".join(parts)


def assert_hidden(shown: str, password: str) -> None:
    for piece in (password, repr(password)[1:-1], json.dumps(password)[1:-1], password[:8], password[-8:]):
        assert piece not in shown


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_password_that_the_server_repeats_is_in_no_text_of_the_error(
    place: t.Callable[[str], Reply], spelling: t.Callable[[str], str]
) -> None:
    error = failure_of(place(spelling(PASSWORD)), GET_WAF_ORIGIN, password=PASSWORD)
    shown = everything_about(error) + json.dumps(error.as_dict(site_id=5), ensure_ascii=False)
    assert_hidden(shown, PASSWORD)
    assert spelling(PASSWORD) not in shown
    assert "****" in shown


@pytest.mark.parametrize("end", ["", "<x/>", "&", "</other>"])
def test_a_password_at_the_place_that_is_not_xml_is_in_no_text_of_the_error(end: str) -> None:
    password = secrets.token_hex()
    body = f"<SiteLockOnlineResponse><a{password}>{end}&{password};{password}</b>"
    error = failure_of(Reply(body.encode()), GET_WAF_ORIGIN, password=password)
    assert password not in everything_about(error)


@pytest.mark.parametrize("status", [200, 404])
def test_of_an_answer_that_holds_a_login_link_nothing_is_shown(status: int) -> None:
    body = b"<SiteLockOnlineResponse><createToken><loginURL>https://login.example/?t=tok3n</loginURL>"
    error = failure_of(Reply(body, status, {"Content-Type": "text/xml"}), CREATE_TOKEN)
    assert "tok3n" not in everything_about(error)
    assert HIDDEN in error.message


def test_the_beginning_of_what_is_no_answer_is_shown() -> None:
    error = failure_of(Reply(b"<proxy>\n  Sorry, we are down</proxy>"), GET_WAF_ORIGIN)
    assert error.message == (
        "getWafOrigin: the response is not a valid SiteLock API response: its root element is proxy, not "
        "SiteLockOnlineResponse. It starts with: '<proxy> Sorry, we are down</proxy>'"
    )


@pytest.mark.parametrize("body", ["<html>{}", "{}", "<{}></a>", "<r>&{};", "<SiteLockOnlineResponse><{}/></x>"])
def test_a_password_in_a_text_that_no_parser_reads_is_in_no_text_of_the_error(body: str) -> None:
    password = secrets.token_hex()
    error = failure_of(Reply(body.format(password).encode()), GET_WAF_ORIGIN, password=password)
    assert password not in everything_about(error)


@pytest.mark.parametrize("fault", ["close", "reset", "garbage"])
def test_the_request_is_in_no_text_of_a_broken_connection(fault: str) -> None:
    error = failure_of(Reply(fault=fault), PROVISION_ADDON, password=PASSWORD)
    assert error.__context__ is None
    assert_hidden(everything_about(error), PASSWORD)


def test_a_password_that_xml_cannot_carry_is_refused_and_not_shown() -> None:
    password = "hunter2" + "\udcff"
    with ScriptedServer([Reply(ORIGIN)]) as server:
        with sitelock_client(server.url, password=password) as client, pytest.raises(BadInputError) as failed:
            client.call(GET_WAF_ORIGIN, {"site_id": 5})
        assert server.requests == []
    assert "hunter2" not in failed.value.message + repr(failed.value)
