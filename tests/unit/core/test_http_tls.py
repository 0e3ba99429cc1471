# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import socket
import ssl
import struct
import typing as t
import warnings
from pathlib import Path

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.tests.unit.core.clients import client_of, server_tls, write_certificate
from ansible_collections.hosting.websec.tests.unit.core.raw_server import Caller, RawServer
from ansible_collections.hosting.websec.tests.unit.scripted_server import Reply, ScriptedServer

BODY = b"<answer/>"


@pytest.fixture(name="certificate", scope="module")
def _certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    return write_certificate(tmp_path_factory.mktemp("tls"))


@pytest.mark.parametrize("effect", Effect)
def test_a_certificate_that_nobody_vouches_for_is_refused(effect: Effect, certificate: tuple[str, str]) -> None:
    with ScriptedServer([Reply(BODY)], tls=server_tls(certificate)) as server, client_of(server.url) as send:
        with pytest.raises(WebsecError, match=r"no secure connection to the Test API: .*self.signed") as failed:
            send(effect)
        assert server.requests == []
    assert failed.value.kind == "unavailable"
    assert "ca_path" in failed.value.hint
    assert not failed.value.may_have_happened


def test_it_is_taken_when_ca_path_names_it(certificate: tuple[str, str]) -> None:
    server = ScriptedServer([Reply(BODY)], tls=server_tls(certificate))
    with server, client_of(server.url, ca_path=certificate[0]) as send:
        assert send().body == BODY


def test_a_certificate_of_another_host_is_refused_all_the_same(certificate: tuple[str, str]) -> None:
    with ScriptedServer([Reply(BODY)], tls=server_tls(certificate)) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        with client_of(url, ca_path=certificate[0]) as send, pytest.raises(WebsecError, match="no secure connection"):
            send()
        assert server.requests == []


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_authorities_of_the_environment_are_trusted(
    monkeypatch: pytest.MonkeyPatch, variable: str, certificate: tuple[str, str]
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv(variable, certificate[0])
    with ScriptedServer([Reply(BODY)], tls=server_tls(certificate)) as server, client_of(server.url) as send:
        assert send().body == BODY


def test_authorities_of_the_environment_that_are_not_there_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such.pem")
    with client_of("https://127.0.0.1:1") as send, pytest.raises(BadInputError, match=r"/no/such\.pem"):
        send()


def test_without_validation_it_is_taken_and_nobody_is_warned(certificate: tuple[str, str]) -> None:
    server = ScriptedServer([Reply(BODY)], tls=server_tls(certificate))
    with server, client_of(server.url, validate_certs=False) as send, warnings.catch_warnings(record=True) as warned:
        assert send().body == BODY
    assert warned == []


def test_a_file_without_certificates_gives_a_clear_error(certificate: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("no certificate in here")
    server, failure = ScriptedServer([Reply(BODY)], tls=server_tls(certificate)), pytest.raises(WebsecError)
    with server, client_of(server.url, ca_path=str(tmp_path / "empty.pem")) as send, failure as failed:
        send()
    assert "no secure connection" in failed.value.message
    assert "ca_path" in failed.value.hint


@pytest.mark.parametrize("one_file", [False, True])
def test_a_client_certificate_is_shown_to_a_server_that_asks(
    certificate: tuple[str, str], tmp_path: Path, one_file: bool
) -> None:
    own, key = write_certificate(tmp_path, "client")
    if one_file:
        both = tmp_path / "both.pem"
        both.write_text(Path(own).read_text() + Path(key).read_text())
        settings: dict[str, t.Any] = {"client_cert": str(both)}
    else:
        settings = {"client_cert": own, "client_key": key}
    server = ScriptedServer([Reply(BODY)], tls=server_tls(certificate, client_ca=own))
    with server, client_of(server.url, ca_path=certificate[0], **settings) as send:
        assert send().body == BODY


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("own", [False, True])
def test_a_server_that_refuses_the_client_says_so_and_has_taken_nothing(
    certificate: tuple[str, str], tmp_path: Path, version: ssl.TLSVersion, own: bool
) -> None:
    wanted, _key = write_certificate(tmp_path, "client")
    other, key = write_certificate(tmp_path, "other")
    context = server_tls(certificate, client_ca=wanted)
    context.minimum_version = context.maximum_version = version

    def talk(caller: Caller) -> None:
        caller.connection = secure = context.wrap_socket(
            caller.connection, server_side=True, do_handshake_on_connect=False
        )
        try:
            secure.do_handshake()
        except ssl.SSLError:
            # A request in transit would turn the close into a reset, before the alert is read.
            while socket.socket.recv(secure, 1000):
                pass

    settings: dict[str, t.Any] = {"client_cert": other, "client_key": key} if own else {}
    with RawServer(talk) as server:
        url = server.url.replace("http:", "https:")
        with (
            client_of(url, ca_path=certificate[0], retries=3, **settings) as send,
            pytest.raises(WebsecError) as failed,
        ):
            send(Effect.READ)
    assert failed.value.kind == "unavailable"
    assert "no secure connection to the Test API" in failed.value.message
    assert "alert" in failed.value.message
    assert failed.value.hint.startswith("The request was not sent.")
    assert not failed.value.may_have_happened


def test_an_encrypted_key_is_an_error_and_not_a_question(certificate: tuple[str, str], tmp_path: Path) -> None:
    """Also if it is in one file with its certificate."""
    both = tmp_path / "both.pem"
    both.write_text(
        Path(certificate[0]).read_text()
        + "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAg=\n"
        + "-----END ENCRYPTED PRIVATE KEY-----\n"
    )
    server = ScriptedServer([Reply(BODY)], tls=server_tls(certificate))
    failure = pytest.raises(WebsecError, match="no secure connection")
    with server, client_of(server.url, ca_path=certificate[0], client_cert=str(both)) as send, failure as failed:
        send(Effect.BUY)
    assert "client_key" in failed.value.hint
    assert not failed.value.may_have_happened


@pytest.mark.parametrize("act", ["close", "reset"])
def test_a_handshake_that_breaks_says_that_nothing_was_sent(act: str) -> None:
    def talk(caller: Caller) -> None:
        caller.connection.recv(10)
        if act == "reset":
            caller.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    server, failure = RawServer(talk), pytest.raises(WebsecError, match="no secure connection to the Test API")
    with server, client_of(server.url.replace("http:", "https:")) as send, failure as failed:
        send(Effect.BUY)
    assert (failed.value.kind, failed.value.may_have_happened) == ("unavailable", False)


def test_a_server_that_speaks_no_tls_gets_nothing() -> None:
    with ScriptedServer([Reply(BODY)]) as server:
        failure = pytest.raises(WebsecError, match="no secure connection to the Test API")
        with failure, client_of(server.url.replace("http:", "https:")) as send:
            send()
        assert server.requests == []


@pytest.mark.parametrize("reply", [Reply(fault="garbage"), Reply(fault="close"), Reply(fault="reset")])
def test_tls_that_breaks_after_the_request_leaves_open_whether_it_happened(
    certificate: tuple[str, str], reply: Reply
) -> None:
    with ScriptedServer([reply], tls=server_tls(certificate)) as server:
        with client_of(server.url, ca_path=certificate[0], retries=3) as send, pytest.raises(WebsecError) as failed:
            send(Effect.BUY)
        assert len(server.requests) == 1
    assert failed.value.kind == "unavailable"
    assert failed.value.may_have_happened
