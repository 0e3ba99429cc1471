# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The dialogue with SMTP servers: encryption, sign-in, and servers that misbehave."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import json
import pathlib
import smtplib
import threading
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    OutcomeUnknownError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._secrets import Redactor
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail import smtp
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.smtp import (
    LostError,
    SmtpServer,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.smtp_settings import SmtpSettings
from ansible_collections.hosting.websec.tests.unit.core.clients import server_tls, write_certificate
from ansible_collections.hosting.websec.tests.unit.core.raw_server import Caller, RawServer, secure
from ansible_collections.hosting.websec.tests.unit.sitelock_mail.mail_server import MailServer
from ansible_collections.hosting.websec.tests.unit.sitelock_mail.white_label import Message, Partner, SiteLock

PASSWORD = "hunter2 Grüße"
OPTIONS: dict[str, t.Any] = {
    "smtp_host": "127.0.0.1",
    "smtp_port": None,
    "smtp_security": "none",
    "smtp_username": None,
    "smtp_password": None,
    "smtp_ca_path": None,
    "smtp_validate_certs": True,
    "smtp_timeout": 20,
}


def settings(**given: t.Any) -> SmtpSettings:
    return SmtpSettings.from_options({**OPTIONS, **given})


def send(server: SmtpServer, content: bytes = b"Subject: x\r\n\r\nx\r\n") -> str:
    try:
        server.connect()
        server.offer("a@hoster.example", "b@shop.example")
        return server.hand_over(content)
    finally:
        server.close()


# ---- encryption and sign-in


@pytest.fixture(scope="module", name="certificate")
def _certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    return write_certificate(tmp_path_factory.mktemp("tls"))


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_starttls_and_sign_in(mechanism: str, certificate: tuple[str, str], tmp_path: pathlib.Path) -> None:
    others = {"auth_exclude_mechanism": [{"PLAIN": "LOGIN", "LOGIN": "PLAIN"}[mechanism]]}
    with MailServer(tls=server_tls(certificate), password=PASSWORD, **others) as mail, SiteLock(Message("1")) as api:
        given = {"smtp_security": "starttls", "smtp_ca_path": certificate[0], "smtp_username": "websec"}
        partner = Partner(tmp_path, api, mail, smtp_password=PASSWORD, **given)
        assert partner.states() == {"1": "sent"}
        assert (mail.sign_ins, mail.count("1")) == ([("websec", PASSWORD)], 1)


def test_encrypted_from_the_start(certificate: tuple[str, str], tmp_path: pathlib.Path) -> None:
    with MailServer(whole=server_tls(certificate), password=PASSWORD) as mail, SiteLock(Message("1")) as api:
        given = {"smtp_security": "tls", "smtp_ca_path": certificate[0], "smtp_username": "websec"}
        partner = Partner(tmp_path, api, mail, smtp_password=PASSWORD, **given)
        assert partner.states() == {"1": "sent"}
        assert (mail.sign_ins, mail.count("1")) == ([("websec", PASSWORD)], 1)


def test_a_server_without_encryption_is_no_encrypted_one(tmp_path: pathlib.Path, mail: MailServer) -> None:
    with SiteLock(Message("1")) as api:
        (row,) = Partner(tmp_path, api, mail, smtp_security="tls").run()["emails"]
        assert "no encrypted connection: " in row["error"]["message"]
        assert "Check smtp_port and smtp_security." in row["error"]["hint"]


def test_a_refused_sign_in_is_told_without_the_password(certificate: tuple[str, str], tmp_path: pathlib.Path) -> None:
    wrong = "wrong-hunter2"
    with MailServer(tls=server_tls(certificate), password=PASSWORD) as mail, SiteLock(Message("1")) as api:
        given = {"smtp_security": "starttls", "smtp_ca_path": certificate[0], "smtp_username": "websec"}
        result = Partner(tmp_path, api, mail, smtp_password=wrong, **given).run(on_error="fail")
        assert (result["failed"], result["emails"][0]["error"]["kind"]) == (True, "auth")
        assert "refused the sign-in of websec: 535" in result["msg"]
        assert wrong not in json.dumps(result)


def test_a_server_that_repeats_the_password_does_not_show_it() -> None:
    def talk(caller: Caller) -> None:
        line = greet(caller, b"250-x\r\n250 AUTH PLAIN\r\n")
        encoded = line.split()[-1]
        caller.send(b"535 no: " + encoded + b" " + base64.b64decode(encoded).replace(b"\0", b" ") + b"\r\n")

    with RawServer(talk) as raw:
        # Without TLS only here.
        signed_in = {"username": "websec", "password": "hunter2-hunter2"}
        server = SmtpServer(dataclasses.replace(settings(smtp_port=raw.port), **signed_in))
        with pytest.raises(WebsecError, match="refused the sign-in of websec: 535 no:") as error:
            send(server)
    assert "hunter2" not in error.value.message
    assert base64.b64encode(b"\0websec\0hunter2-hunter2").decode() not in error.value.message


def test_a_certificate_that_nobody_signed_is_refused(certificate: tuple[str, str], tmp_path: pathlib.Path) -> None:
    with MailServer(tls=server_tls(certificate)) as mail, SiteLock(Message("1")) as api:
        partner = Partner(tmp_path, api, mail, smtp_security="starttls")
        (row,) = partner.run()["emails"]
        assert "its certificate is not valid: self-signed certificate" in row["error"]["message"]
        assert "set smtp_ca_path" in row["error"]["hint"]
        assert mail.mails == []
        assert partner.states(smtp_validate_certs=False) == {"1": "sent"}


def test_without_starttls_nothing_is_sent_unencrypted(tmp_path: pathlib.Path, mail: MailServer) -> None:
    with SiteLock(Message("1")) as api:
        (row,) = Partner(tmp_path, api, mail, smtp_security="starttls").run()["emails"]
        assert "does not offer STARTTLS" in row["error"]["message"]
        assert mail.mails == []


def test_an_answer_that_came_before_the_encryption_does_not_count(certificate: tuple[str, str]) -> None:
    """Who changes the connection before it is encrypted cannot answer for the server."""

    def talk(caller: Caller) -> None:
        line = greet(caller, b"250-x\r\n250 STARTTLS\r\n")
        assert line == b"STARTTLS\r\n"
        caller.send(b"220 go\r\n250-evil\r\n250 AUTH PLAIN\r\n")
        caller.silence()

    with RawServer(talk) as raw:
        server = SmtpServer(settings(smtp_port=raw.port, smtp_security="starttls", smtp_ca_path=certificate[0]))
        with pytest.raises(LostError, match="no encrypted connection: It answered without being asked"):
            send(server)


def test_a_server_that_does_not_begin_the_encryption(certificate: tuple[str, str]) -> None:
    def talk(caller: Caller) -> None:
        greet(caller, b"250-x\r\n250 STARTTLS\r\n")
        caller.send(b"220 go\r\n")
        caller.silence()

    with RawServer(talk) as raw:
        encrypted = settings(smtp_port=raw.port, smtp_security="starttls", smtp_ca_path=certificate[0])
        server = SmtpServer(dataclasses.replace(encrypted, timeout=2.0))
        with pytest.raises(LostError, match=r"no encrypted connection: no answer within 2 seconds"):
            send(server)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"smtp_port": 65536}, "smtp_port is 65536"),
        ({"smtp_port": -1}, "smtp_port is -1"),
        ({"smtp_timeout": 0}, "smtp_timeout is 0"),
        ({"smtp_host": " "}, "smtp_host is ' '"),
        ({"smtp_host": "a b"}, "smtp_host is 'a b'"),
        ({"smtp_username": "x"}, "Only one of smtp_username and smtp_password"),
        ({"smtp_username": "x", "smtp_password": "hunter2"}, "the password would go over the network unencrypted"),
    ],
)
def test_options_that_cannot_be(given: dict[str, t.Any], message: str) -> None:
    with pytest.raises(BadInputError, match=message) as error:
        settings(**given)
    assert "hunter2" not in error.value.message


def test_the_ports_and_a_host_with_other_letters() -> None:
    assert {security: settings(smtp_security=security).port for security in ("none", "starttls", "tls")} == {
        "none": 25,
        "starttls": 587,
        "tls": 465,
    }
    assert settings(smtp_host="mail.bücher.example").host == "mail.xn--bcher-kva.example"
    with pytest.raises(BadInputError, match="smtp_ca_path: /dev/null/x cannot be read"):
        SmtpServer(settings(smtp_security="tls", smtp_ca_path="/dev/null/x"))


# ---- content


@pytest.mark.parametrize("content", [b".\r\n..\r\nx", b"a\n.\nb\r.\r\n.", b"", b"x\r\n.\r\nQUIT\r\n"])
def test_a_line_of_one_dot_does_not_end_the_message(content: bytes, mail: MailServer) -> None:
    assert send(SmtpServer(settings(smtp_port=mail.port)), b"Message-ID: <1>\r\n\r\n" + content) == "250 OK: queued"
    (message,) = mail.mails
    assert message.get_content().splitlines() == content.decode().splitlines()


# ---- servers that misbehave


def line_of(caller: Caller) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        piece = caller.connection.recv(1)
        if not piece:
            raise ConnectionResetError
        line += piece
    return line


def greet(caller: Caller, answer: bytes = b"250 x\r\n") -> bytes:
    """Greeting and EHLO. :returns: the next line of the client."""
    caller.send(b"220 x\r\n")
    assert line_of(caller).lower().startswith(b"ehlo ")
    caller.send(answer)
    return line_of(caller)


def take(caller: Caller) -> None:
    """Take a message to its last line."""
    greet(caller)
    for answer in (b"250 x\r\n", b"250 x\r\n"):
        caller.send(answer)
        line_of(caller)
    caller.send(b"354 x\r\n")
    while line_of(caller) != b".\r\n":
        pass


def failure(talk: t.Callable[[Caller], None], *, seconds: float = 20, dot_seconds: float = 20) -> WebsecError:
    """The error of a message. :param seconds: for each step. :param dot_seconds: for the last one."""
    with RawServer(talk) as raw:
        server = SmtpServer(dataclasses.replace(settings(smtp_port=raw.port), timeout=seconds))
        server._dot_seconds = dot_seconds
        with pytest.raises(WebsecError) as error:
            send(server)
        return error.value


@pytest.mark.parametrize(
    "answer",
    [
        *(b"", b"251 x\r\n", b"354 x\r\n", b"yes\r\n", b"2500 x\r\n", b"250", b"\r\n", b"250-x\r\n", b"\xff\r\n"),
        # RFC 5321, 4.2.1: all lines of an answer have the same code.
        *(b"550-no\r\n250 x\r\n", b"250-x\r\n550 no\r\n", b"250-x\r\n450-y\r\n250 z\r\n", b"250-x\r\n251 y\r\n"),
    ],
)
def test_what_is_no_clear_answer_after_the_last_line_is_an_unknown_outcome(answer: bytes) -> None:
    def talk(caller: Caller) -> None:
        take(caller)
        caller.send(answer)

    error = failure(talk)
    assert isinstance(error, OutcomeUnknownError)
    assert "name its queue id in resend" in error.hint


@pytest.mark.parametrize("what", ["silence", "trickle", "flood"])
def test_a_server_that_never_ends_its_answer(what: str) -> None:
    def misbehave(caller: Caller) -> None:
        {
            "silence": caller.silence,
            "trickle": lambda: caller.trickle(b"2"),
            "flood": lambda: caller.flood(b"250-x\r\n"),
        }[what]()

    def after(caller: Caller) -> None:
        take(caller)
        misbehave(caller)

    def before(caller: Caller) -> None:
        greet(caller)
        misbehave(caller)

    assert isinstance(failure(after, dot_seconds=0.3), OutcomeUnknownError)
    assert isinstance(failure(before, seconds=0.3), LostError)
    assert isinstance(failure(misbehave, seconds=0.3), LostError)


@pytest.mark.parametrize(
    "greeting", [b"554 go away\r\n", b"220 x\r\n502 no EHLO\r\n", b"HTTP/1.1 400 Bad\r\n\r\n", b""]
)
def test_what_is_no_smtp_server(greeting: bytes) -> None:
    error = failure(lambda caller: caller.send(greeting))
    assert isinstance(error, LostError)
    assert "The SMTP server 127.0.0.1:" in error.message or "connection to the SMTP server" in error.message


@pytest.mark.parametrize("early", [b"354 x\r\n250 x\r\n", b"250 x\r\n354 x\r\n", b"354 x\r\n25"])
def test_an_answer_that_came_too_early_is_not_the_one_to_the_message(early: bytes) -> None:
    def talk(caller: Caller) -> None:
        greet(caller)
        for answer in (b"250 x\r\n", b"250 x\r\n"):
            caller.send(answer)
            line_of(caller)
        caller.send(early)
        caller.silence()

    error = failure(talk)
    assert isinstance(error, LostError)
    assert "It answered without being asked" in error.message or "which is not SMTP" in error.message


@pytest.mark.parametrize("security", ["none", "tls"])
@pytest.mark.parametrize("early", [b"250 taken\r\n", b"552 5.3.4 too big\r\n", b"2"])
def test_an_answer_that_came_before_the_last_line_of_the_message_is_not_the_one_to_it(
    early: bytes, security: str, certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes after the server's 354, while the content goes out, in a packet of its own."""
    content = b"Subject: x\r\n\r\n" + b"x" * 60 + b"\r\n"
    is_early, look = threading.Event(), smtp._looked
    lines: list[bytes] = []

    def talk(caller: Caller) -> None:
        if security == "tls":
            caller = Caller(secure(server_tls(certificate), caller.connection), threading.Event())
        greet(caller)
        for answer in (b"250 x\r\n", b"250 x\r\n"):
            caller.send(answer)
            line_of(caller)
        caller.send(b"354 x\r\n")
        lines.append(line_of(caller))
        caller.send(early)
        is_early.set()
        with contextlib.suppress(OSError), caller.connection:
            while line := line_of(caller):
                lines.append(line)

    def looked(connection: smtplib.SMTP) -> bytes:
        assert is_early.wait(20)
        return look(connection)

    monkeypatch.setattr(smtp, "_looked", looked)
    with RawServer(talk) as raw:
        server = SmtpServer(settings(smtp_port=raw.port, smtp_security=security, smtp_ca_path=certificate[0]))
        with pytest.raises(LostError, match="It answered without being asked") as error:
            send(server, content)
    assert "The message was not sent" in error.value.hint
    assert early.decode().strip() in error.value.message
    assert b".\r\n" not in lines


def test_a_server_that_repeats_the_password_in_its_250_does_not_show_it() -> None:
    def talk(caller: Caller) -> None:
        take(caller)
        caller.send(b"250 queued for websec hunter2-hunter2\r\n")

    with RawServer(talk) as raw:
        server = SmtpServer(settings(smtp_port=raw.port))
        server._redact = Redactor(["hunter2-hunter2"])
        assert send(server) == "250 queued for websec ********"


def test_a_server_that_is_about_to_stop_has_no_message() -> None:
    def talk(caller: Caller) -> None:
        take(caller)
        caller.send(b"421 4.3.2 shutting down\r\n")

    error = failure(talk)
    assert isinstance(error, LostError)
    assert "it ended the connection: 421 4.3.2 shutting down." in error.message
