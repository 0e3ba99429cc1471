# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check API: which visitors are blocked, and its responses to the web server."""

from __future__ import annotations

import gzip
import http.client
import json
import typing as t

import pytest

if t.TYPE_CHECKING:
    from conftest import Response, Sandbox

HEADERS = {
    "Content_Type": "text/plain",
    "BG_RemoteAddr": "192.0.2.77",
    "BG_RemotePort": "40000",
    "BG_ConnAddr": "192.0.2.1",
    "BG_SSLProto": "TLSv1.3",
}
GOOD, BAD = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "python-requests/2.32"


def check(sandbox: Sandbox, host: str, agent: str = GOOD, **headers: str) -> Response:
    """Send the request of a visitor to the check API."""
    request = f"GET /shop?q=1 HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\nCookie: a=b\r\n\r\n"
    return sandbox.send("POST", "/v2.1/check", request.encode(), **{**HEADERS, **headers})


def last(sandbox: Sandbox) -> tuple[t.Any, ...]:
    entry = sandbox.journal()[-1]
    return tuple(entry[name] for name in ("api", "method", "write", "domain", "visitor", "http_status", "outcome"))


@pytest.fixture
def shop(sandbox: Sandbox) -> Sandbox:
    """The sandbox with one website."""
    sandbox.botguard("POST", "/website", domain="shop.example")
    return sandbox


def test_good_visitors_pass_and_bad_ones_are_blocked(shop: Sandbox) -> None:
    good = check(shop, "shop.example")
    assert (good.status, good.headers["BG-X-Mitigation"], good.headers["BG-X-Reason"]) == (200, "grant", None)
    assert last(shop) == ("check", "POST /v2.1/check", False, "shop.example", "192.0.2.77", 200, "grant")
    bad = check(shop, "shop.example", BAD)
    assert (bad.status, bad.headers["BG-X-Mitigation"], bad.headers["BG-X-Reason"]) == (403, "deny", "content_scrapers")
    assert last(shop)[-2:] == (403, "deny: content_scrapers")


@pytest.mark.parametrize("host", ["SHOP.example", "shop.example:8080", "www.shop.example", "shop.example."])
def test_the_host_header_selects_the_website(shop: Sandbox, host: str) -> None:
    assert check(shop, host, BAD).status == 403


@pytest.mark.parametrize("host", ["other.example", "sub.shop.example"])
def test_an_unregistered_host_has_no_profile(shop: Sandbox, host: str) -> None:
    answer = check(shop, host, BAD)
    assert (answer.status, answer.body, answer.headers["BG-X-Mitigation"]) == (404, b"no profile\n", None)
    assert last(shop)[3:] == (host, "192.0.2.77", 404, "no profile")


def test_a_paused_website_grants_everything_until_it_is_resumed(shop: Sandbox) -> None:
    shop.botguard("PUT", "/website/shop.example", status="paused")
    assert check(shop, "shop.example", BAD).headers["BG-X-Mitigation"] == "grant"
    shop.botguard("PUT", "/website/shop.example", status="online")
    assert check(shop, "shop.example", BAD).status == 403


def test_the_bad_agents_can_be_chosen(shop: Sandbox) -> None:
    shop.admin("POST", "settings", bad_agents=["EvilBot/"])
    assert check(shop, "shop.example", BAD).status == 200
    assert check(shop, "shop.example", "evilbot/1.0").status == 403
    assert check(shop, "shop.example", "Mozilla/5.0 EvilBot/1.0").status == 200


def test_compressed_requests_with_a_body(shop: Sandbox) -> None:
    request = f"POST / HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: {BAD}\r\n\r\nHost: other.example\r\n".encode()
    body = gzip.compress(request + b"x" * 9000)
    assert shop.send("POST", "/v2.1/check", body, **HEADERS, Content_Encoding="gzip").status == 403


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"BG_RemoteAddr": ""}, "the header BG-RemoteAddr is missing"),
        ({"BG_SSLProto": ""}, "the header BG-SSLProto is missing"),
        ({"BG_ConnAddr": "nowhere"}, "'nowhere' does not appear to be an IPv4 or IPv6 address"),
        ({"BG_RemotePort": "0"}, "BG-RemotePort is not the number of a port"),
        ({"Content_Type": "application/json"}, "the body is not text/plain"),
        ({"Content_Encoding": "gzip"}, "the body is not gzip, and its header says so"),
    ],
)
def test_malformed_calls_are_refused_with_a_reason(shop: Sandbox, headers: dict[str, str], reason: str) -> None:
    assert check(shop, "shop.example", **headers).status == 400
    assert last(shop)[-1] == f"refused: {reason}"


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (b"", "the body does not begin with a request line"),
        (b'{"host": "shop.example"}', "the body does not begin with a request line"),
        (b"GET / HTTP/1.1\r\nUser-Agent: x\r\n\r\n", "the request of the visitor has no Host header"),
    ],
)
def test_invalid_bodies_are_refused(shop: Sandbox, request_: bytes, reason: str) -> None:
    assert shop.send("POST", "/v2.1/check", request_, **HEADERS).status == 400
    assert last(shop)[-1] == f"refused: {reason}"


def test_only_post_is_allowed(shop: Sandbox) -> None:
    answer = shop.send("GET", "/v2.1/check")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


def test_faults_for_the_check_api_only(shop: Sandbox) -> None:
    shop.admin("POST", "faults", kind="http_500", api="check", times=1)
    shop.admin("POST", "faults", kind="lost_answer", api="check", domain="shop.example", times=1)
    assert shop.botguard("GET", "/website").status == 200
    assert check(shop, "shop.example").status == 500
    with pytest.raises(http.client.RemoteDisconnected):
        check(shop, "shop.example")
    assert check(shop, "shop.example", BAD).status == 403


def test_a_slow_response_is_complete(shop: Sandbox) -> None:
    shop.admin("POST", "faults", kind="slow", api="check", seconds=0.01)
    assert check(shop, "shop.example", BAD).headers["BG-X-Mitigation"] == "deny"


@pytest.mark.parametrize("agents", ["curl/", [1], [""]])
def test_bad_agents_must_be_a_list_of_strings(shop: Sandbox, agents: t.Any) -> None:
    refused = shop.send("POST", "/admin/settings", json.dumps({"bad_agents": agents}).encode())
    assert refused.status == 400
    assert b"bad_agents must be a list of texts" in refused.body


def test_the_servers_of_a_website_can_be_chosen(shop: Sandbox) -> None:
    shop.admin("POST", "settings", primary_server="127.0.0.1:1", secondary_server=f"127.0.0.1:{shop.port}")
    website = shop.botguard("GET", "/website/shop.example").json
    assert (website["primary_server"], website["secondary_server"]) == ("127.0.0.1:1", f"127.0.0.1:{shop.port}")
