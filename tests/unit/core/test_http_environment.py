# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which environment settings an HTTP client uses, and which not."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.tests.unit.core.clients import client_of
from ansible_collections.hosting.websec.tests.unit.core.raw_server import Caller, RawServer
from ansible_collections.hosting.websec.tests.unit.scripted_server import Reply, ScriptedServer

BODY = b"<answer/>"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_netrc_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password hunter2\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with ScriptedServer([Reply(BODY)]) as server, client_of(server.url) as send:
        send()
    assert "Authorization" not in server.requests[0].headers


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_what_is_meant_for_this_machine_does_not_go_to_a_proxy(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    with ScriptedServer([Reply(b"the proxy")]) as proxy, ScriptedServer([Reply(BODY)]) as server:
        monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
        with client_of(server.url) as send:
            assert send().body == BODY
        assert proxy.connections == 0


REFUSALS = {
    407: ("407 Proxy Authentication Required", "user name and password in HTTPS_PROXY"),
    403: ("403 Forbidden", "allow this connection"),
    404: ("404 Not Found", "NO_PROXY"),
    302: ("302 Found", "NO_PROXY"),
    500: ("500 Internal Server Error", "Run the pass again later"),
    502: ("502 Bad Gateway", "Run the pass again later"),
    599: ("599", "Run the pass again later"),
}


@pytest.mark.parametrize("effect", [Effect.READ, Effect.BUY])
@pytest.mark.parametrize("status", REFUSALS)
def test_what_a_proxy_refuses_is_told_as_it_is_and_was_not_sent(
    monkeypatch: pytest.MonkeyPatch, status: int, effect: Effect
) -> None:
    told, hint = REFUSALS[status]

    def talk(caller: Caller) -> None:
        caller.read_request()
        caller.send(b"HTTP/1.1 %d hunter2 said no\r\nContent-Length: 7\r\n\r\nhunter2" % status)

    with RawServer(talk) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:hunter2@127.0.0.1:{proxy.port}")
        with client_of("https://api.invalid/v1") as send, pytest.raises(WebsecError) as failed:
            send(effect, data=b"question")
    error = failed.value
    assert error.message == f"askIt: the proxy refused a connection to the Test API: {told}."
    assert error.hint.startswith("The request was not sent.")
    assert hint in error.hint
    assert (error.kind, error.may_have_happened) == ("unavailable", False)
    assert "hunter2" not in "".join(traceback.format_exception(None, error, failed.tb))


@pytest.mark.parametrize(("status", "tries"), [(407, 1), (403, 1), (502, 3)])
def test_a_refusal_of_the_proxy_that_stays_is_not_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, status: int, tries: int
) -> None:
    with ScriptedServer([Reply(b"", status)]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        with client_of("https://api.invalid/v1", retries=2) as send, pytest.raises(WebsecError):
            send()
        assert len(proxy.requests) == tries


@pytest.mark.parametrize("effect", [Effect.READ, Effect.BUY])
def test_https_goes_through_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch, effect: Effect) -> None:
    with ScriptedServer([Reply(b"no", 403)]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:hunter2@127.0.0.1:{proxy.port}")
        with client_of("https://api.invalid/v1") as send, pytest.raises(WebsecError) as failed:
            send(effect, data=b"question")
    (request,) = proxy.requests
    assert (request.method, request.path, request.body) == ("CONNECT", "api.invalid:443", b"")
    assert failed.value.kind == "unavailable"
    assert "proxy" in failed.value.message
    assert "hunter2" not in failed.value.message + failed.value.hint


def test_no_proxy_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer([Reply(b"no", 403)]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", "api.invalid")
        with client_of("https://api.invalid/v1") as send, pytest.raises(WebsecError, match="no connection"):
            send()
        assert proxy.connections == 0


def test_a_proxy_that_is_not_there_says_that_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    with client_of("https://api.invalid/v1") as send, pytest.raises(WebsecError, match=r"proxy .*refused") as failed:
        send(Effect.BUY)
    assert not failed.value.may_have_happened


@pytest.mark.parametrize("proxy", ["http:///", "http://:0", "http://user:hunter2@proxy.invalid:port", "ftp://proxy"])
def test_a_proxy_that_cannot_be_one_says_that_nothing_was_sent(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with client_of("https://api.invalid/v1") as send, pytest.raises(WebsecError, match="proxy") as failed:
        send(Effect.BUY)
    assert not failed.value.may_have_happened
    assert "hunter2" not in f"{failed.value.message} {failed.value.hint}"
