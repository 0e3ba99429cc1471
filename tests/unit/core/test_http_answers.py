# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import gzip

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError, TimedOutError
from ansible_collections.hosting.websec.plugins.module_utils._http import client as http_client
from ansible_collections.hosting.websec.plugins.module_utils._http.errors import status_error
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse, excerpt
from ansible_collections.hosting.websec.tests.unit.core.clients import client_of
from ansible_collections.hosting.websec.tests.unit.scripted_server import Reply, ScriptedServer

BODY = b"<answer>\xc3\xa9</answer>\n" * 50


@pytest.mark.parametrize("status", [200, 201, 400, 401, 403, 404, 429, 500, 503])
@pytest.mark.parametrize("chunked", [False, True])
def test_an_answer_of_any_status_is_returned_whole(status: int, chunked: bool) -> None:
    reply = Reply(BODY, status, {"Content-Type": "text/xml; charset=utf-8"}, chunked=chunked)
    with ScriptedServer([reply]) as server, client_of(server.url) as send:
        assert send() == HttpResponse(status, "text/xml; charset=utf-8", BODY)
    (request,) = server.requests
    assert (request.method, request.path, request.body) == ("POST", "/v1/partner", b"question")


@pytest.mark.parametrize("reply", [Reply(b""), Reply(b"", chunked=True), Reply(b"", 204)])
def test_an_empty_answer_is_empty(reply: Reply) -> None:
    with ScriptedServer([reply]) as server, client_of(server.url) as send:
        assert send().body == b""


def test_a_compressed_answer_is_unpacked() -> None:
    reply = Reply(gzip.compress(BODY), headers={"Content-Encoding": "gzip"})
    with ScriptedServer([reply]) as server, client_of(server.url) as send:
        assert send().body == BODY


def test_a_connection_is_used_again() -> None:
    replies = [Reply(BODY), Reply(BODY, chunked=True), Reply(BODY, 500), Reply(b""), Reply(BODY)]
    with ScriptedServer(replies) as server, client_of(server.url) as send:
        for _reply in replies:
            send()
        assert (len(server.requests), server.connections) == (5, 1)


@pytest.mark.parametrize("target", ["http://127.0.0.1:1/", "//example.com/", "/elsewhere", "http://[::1", "", "\xff"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_not_followed(status: int, target: str) -> None:
    with ScriptedServer([Reply(b"moved", status, {"Location": target})]) as server, client_of(server.url) as send:
        assert send().status == status
        assert len(server.requests) == 1


def test_the_target_of_a_redirect_is_never_contacted() -> None:
    with ScriptedServer([Reply()]) as other:
        redirect = Reply(b"", 307, {"Location": other.url})
        with ScriptedServer([redirect]) as server, client_of(server.url, retries=3) as send:
            assert send().status == 307
            assert (len(server.requests), other.connections) == (1, 0)


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("status", [200, 302])
def test_an_answer_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch, status: int, chunked: bool) -> None:
    monkeypatch.setattr(http_client, "MAX_ANSWER_BYTES", 1000)
    replies = [
        Reply(b"x" * 1001, status, {"Location": "/"}, chunked=chunked),
        Reply(b"x" * 1000, status, {"Location": "/"}, chunked=chunked),
    ]
    with ScriptedServer(replies) as server, client_of(server.url) as send:
        with pytest.raises(
            BadResponseError, match="askIt: the response of the Test API is larger than 1,000 bytes"
        ) as big:
            send()
        assert big.value.may_have_happened
        assert big.value.http_status == status
        assert len(send().body) == 1000


def test_a_small_answer_that_unpacks_to_a_huge_one_is_refused() -> None:
    bomb = gzip.compress(b"\0" * (2 * http_client.MAX_ANSWER_BYTES))
    reply = Reply(bomb, headers={"Content-Encoding": "gzip"})
    refused = pytest.raises(BadResponseError, match="is larger than 8,388,608 bytes")
    with refused, ScriptedServer([reply]) as server, client_of(server.url) as send:
        send()


@pytest.mark.parametrize("chunked", [False, True])
def test_an_answer_that_trickles_in_ends_at_the_time_limit(chunked: bool) -> None:
    trickle = Reply(b"x" * 10_000, drip=0.02, chunked=chunked)
    with ScriptedServer([trickle]) as server, client_of(server.url, timeout=1.5) as send:
        with pytest.raises(TimedOutError, match=r"did not finish its response within 1\.5 seconds") as late:
            send()
        assert late.value.may_have_happened


def test_a_slow_answer_that_comes_in_time_is_taken() -> None:
    with ScriptedServer([Reply(b"x" * 10, drip=0.02)]) as server, client_of(server.url) as send:
        assert send().body == b"x" * 10


@pytest.mark.parametrize(
    ("status", "kind", "may_have_happened", "told"),
    [
        (401, "auth", False, "refused the credentials"),
        (403, "not_allowed", False, "refused access from this machine"),
        (302, "bad_response", False, "redirect"),
        (429, "unavailable", False, "limits the rate of requests"),
        (500, "unavailable", True, "failed"),
        (502, "unavailable", True, "failed"),
        (503, "unavailable", True, "failed"),
        (404, "bad_response", True, "It starts with: '<html> sorry'"),
        (200, "bad_response", True, "It starts with: '<html> sorry'"),
    ],
)
def test_each_http_status_has_its_error(status: int, kind: str, may_have_happened: bool, told: str) -> None:
    error = status_error(HttpResponse(status, "text/html", b"<html>\n sorry"), call="askIt", server="Test API")
    assert (error.kind, error.http_status, error.may_have_happened) == (kind, status, may_have_happened)
    assert error.message.startswith("askIt: ")
    assert "Test API" in error.message
    assert told in error.message
    assert error.hint


@pytest.mark.parametrize(
    ("content_type", "shown"),
    [
        ("", "no content type"),
        ("text/html", "'text/html'"),
        ("text/\x1b[31m\x00\xe9\r\n x", "(not text)"),
        ("text/\x1b[31m \xe9\r\n x", "'text/?[31m \xe9 x'"),
        ("x" * 5000, repr("x" * 60 + "...")),
        ("x" * 55 + "hunter2", repr("x" * 55 + "***")),
        ("\ud800", "'?'"),
    ],
)
def test_a_content_type_is_shown_as_one_short_line(content_type: str, shown: str) -> None:
    answer = HttpResponse(404, content_type, b"x")
    error = status_error(answer.redacted(lambda text: text.replace("hunter2", "***")), call="askIt", server="it")
    assert f"(HTTP 404, {shown})" in error.message


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"", "(empty)"),
        (b" \n ", "(empty)"),
        (b"<html>\r\n  <p>\tno</p>", "'<html> <p> no</p>'"),
        (b"x" * 120, repr("x" * 120)),
        (b"x" * 121, repr("x" * 120 + "...")),
        (b"\xff\xfea", "'\ufffd\ufffda'"),
        (b"esc \x1b[31m bell \x07", "'esc ?[31m bell ?'"),
        ("<a>".encode("utf-16"), "(not text)"),
    ],
)
def test_a_message_shows_the_beginning_of_a_body_as_one_line(body: bytes, shown: str) -> None:
    assert excerpt(body) == shown


def test_what_is_shown_of_a_large_body_costs_little() -> None:
    seen: list[str] = []

    def redact(text: str) -> str:
        seen.append(text)
        return text

    HttpResponse(200, "text/plain", b"x" * 8_000_000).redacted(redact)
    assert sum(map(len, seen)) < 20_000


def test_a_secret_at_the_edge_of_what_is_shown_does_not_come_out_in_part() -> None:
    def redact(text: str) -> str:
        return text.replace("hunter2-and-more", "***")

    def shown(body: bytes) -> str:
        return excerpt(HttpResponse(200, "text/plain", body).redacted(redact).body)

    for start in range(90, 130):
        assert "hunter" not in shown(b"x" * start + b"hunter2-and-more")
    for blanks in (478, 16 * 1024 - 4, 64 * 1024):
        assert "hunter" not in shown(b"x" + b" " * blanks + b"hunter2-and-more")
