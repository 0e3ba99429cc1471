# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every form of a response of the API, and its result."""

from __future__ import annotations

import json

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._botguard.responses import read_answer
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN, Redactor
from ansible_collections.hosting.websec.plugins.module_utils._texts import MOST_OF_A_TEXT
from ansible_collections.hosting.websec.tests.unit.botguard.account import HTML, KEY, answer, refusal

CALL = "GET /website/example.com"


def error_of(given: HttpResponse, key: str = KEY) -> WebsecError:
    with pytest.raises(WebsecError) as raised:
        read_answer(given, call=CALL, redact=Redactor([key]))
    return raised.value


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (answer(200, {"domain": "example.com", "status": "online"}), {"domain": "example.com", "status": "online"}),
        (answer(201, {"id": 7}), {"id": 7}),
        (answer(200, []), []),
        (answer(200, None), None),
        (answer(200, b""), None),
        (answer(200, b" \r\n"), None),
        (answer(204, b""), None),
        (answer(200, b"\xef\xbb\xbf"), None),
        (answer(200, b'\xef\xbb\xbf{"status": "online"}'), {"status": "online"}),
        (HttpResponse(200, "text/html", b'{"status": "paused"}'), {"status": "paused"}),
        (answer(200, '{"status": "b\u00fccher"}'.encode()), {"status": "b\u00fccher"}),
    ],
)
def test_json_of_a_success_is_given_as_it_is(given: HttpResponse, value: object) -> None:
    assert read_answer(given, call=CALL, redact=Redactor([KEY])) == value


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, "rejected"),
        (204, "rejected"),
        (303, "rejected"),
        (400, "rejected"),
        (401, "auth"),
        (403, "not_allowed"),
        (404, "not_found"),
        (409, "rejected"),
        (422, "rejected"),
        (429, "unavailable"),
        (500, "unavailable"),
        (503, "unavailable"),
    ],
)
def test_the_error_object_is_an_error_with_every_http_status(status: int, kind: str) -> None:
    error = error_of(refusal(status, "The words of the vendor"))
    assert error.kind == kind
    assert error.message == f"{CALL}: the BotGuard API answered: The words of the vendor (HTTP {status})."
    assert error.hint
    assert error.http_status == status
    assert error.may_have_happened == (status >= 500)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (HTML, "bad_response"),
        (HttpResponse(404, "text/html", HTML.body), "bad_response"),
        (HttpResponse(401, "text/html", HTML.body), "auth"),
        (HttpResponse(403, "text/html", HTML.body), "not_allowed"),
        (HttpResponse(502, "text/html", HTML.body), "unavailable"),
        (HttpResponse(302, "text/html", b""), "bad_response"),
        (HttpResponse(404, "", b""), "bad_response"),
        (answer(200, b'{"domain": "example.com", "stat'), "bad_response"),
        (answer(200, b'{"status": "online"} {"status": "online"}'), "bad_response"),
        (answer(200, b'{"load": NaN}'), "bad_response"),
        (answer(200, b'{"status": "onl\xffne"}'), "bad_response"),
        (answer(200, b"[" * 200_000), "bad_response"),
        (answer(200, b"\x00\x00"), "bad_response"),
        (answer(500, {"trace": []}), "unavailable"),
        (answer(401, None), "auth"),
        (answer(400, {"message": "Malformed"}), "rejected"),
        (answer(401, {"message": "Unauthenticated."}), "auth"),
        (answer(503, {"message": "Overloaded"}), "unavailable"),
        (answer(400, ["a", "list"]), "bad_response"),
    ],
)
def test_what_is_not_in_the_language_of_the_api_is_an_error(given: HttpResponse, kind: str) -> None:
    error = error_of(given)
    assert error.kind == kind
    assert error.message.startswith(f"{CALL}: the BotGuard API ") or error.message.startswith(f"{CALL}: the response ")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b'{"status": "online"', "Expecting ',' delimiter: line 1 column 20"),
        (b'{"a": 1, "a": 2}', "an object in it has a key twice"),
        (b'{"a": ' + b"5" * 5000 + b"}", "it contains a number of more than 18 digits"),
        (b'{"a": 1e999}', "it contains a number that is too large"),
        (b"[" * 900 + b"]" * 900, "it is nested deeper than 64 levels"),
        (b'{"a": "\xff"}', "can't decode byte 0xff in position 7"),
    ],
)
def test_why_an_answer_is_not_json_is_told(body: bytes, problem: str) -> None:
    error = error_of(answer(200, body))
    assert error.kind == "bad_response"
    assert error.may_have_happened
    assert f"(HTTP 200, application/json) is not valid JSON: {problem}" in error.message.replace("'utf-8' codec ", "")


@pytest.mark.parametrize(
    "content", [{"message": "no Route matched with those values"}, {"message": 7}, {}, [], None, "gone"]
)
def test_a_404_in_the_words_of_a_gateway_is_no_clear_not_found(content: object) -> None:
    assert error_of(answer(404, content)).kind == "rejected"


@pytest.mark.parametrize("status", ["error", "Error", "ERROR"])
def test_the_code_of_the_vendor_is_kept(status: str) -> None:
    error = error_of(answer(200, {"status": status, "code": 303, "message": "Item exists"}))
    assert error.code == "303"
    assert "Item exists" in error.message


@pytest.mark.parametrize("message", [None, "", 0, [], {}])
def test_an_error_without_a_message_says_so(message: object) -> None:
    error = error_of(answer(400, {"status": "error", "message": message, "code": True}))
    assert "answered: an error without a message (HTTP 400)" in error.message
    assert error.code is None


def test_a_message_that_is_no_text_is_shown_as_json() -> None:
    error = error_of(answer(400, {"status": "error", "message": {"domain": ["is taken"]}}))
    assert '{"domain": ["is taken"]}' in error.message


def test_a_message_becomes_one_line_of_a_length_that_a_person_reads() -> None:
    error = error_of(refusal(400, "first\n\tsecond \ud800 " + "x" * 10_000))
    assert "first second ? xxx" in error.message
    assert len(error.message) < MOST_OF_A_TEXT + 100


@pytest.mark.parametrize("key", [KEY, "k\"e\\y/<&>'a", "abcdefgh" * 4, "short"], ids=["uuid", "signs", "long", "short"])
@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 500])
@pytest.mark.parametrize("before", [0, 90, 110, 480])
def test_the_key_is_in_no_message_wherever_the_server_repeats_it(key: str, status: int, before: int) -> None:
    said = "x" * before + f" bad key {key} refused"
    body = said.encode()
    for given in (
        refusal(status, said),
        answer(status, {"status": "error", "message": [said]}),
        answer(status, {"status": "error", "message": "no", "code": key}),
        HttpResponse(status, "text/html", body),
        HttpResponse(status, f"text/{key}", body),
        HttpResponse(status, "application/json", json.dumps({"message": said}).encode()[:-1]),
    ):
        error = error_of(given, key)
        shown = f"{error.message} {error.hint} {error.code} {error!r}"
        assert key not in shown
        assert json.dumps(key)[1:-1] not in shown
        for length in range(6, len(key)):
            assert key[:length] not in shown


def test_the_rest_of_the_message_stays_readable() -> None:
    assert f"answered: Key {HIDDEN} is outdated (HTTP 401)" in error_of(refusal(401, f"Key {KEY} is outdated")).message
