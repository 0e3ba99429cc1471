# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The dialogue with an SMTP server, one message after another over one connection (RFC 5321).

A server has a message only when it has its last line, the dot. What fails before it was not sent; what fails after it,
without an answer, has an unknown outcome.
"""

from __future__ import annotations

import base64
import contextlib
import re
import smtplib
import socket
import ssl
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    OutcomeUnknownError,
    RejectedError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._http.time import TimeKeeper, Try
from ansible_collections.hosting.websec.plugins.module_utils._secrets import Redactor, redacted_errors
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.smtp_answers import Answers
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.smtp_settings import SmtpSettings
from ansible_collections.hosting.websec.plugins.module_utils._tcp import connect
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, shortened

DOT_SECONDS = 600.0
"""How long to wait for the answer after the last line (RFC 5321, 4.5.3.2.6): who gives up early does not know whether
the server has the message."""

LOOK = (
    "Look for it in the log of the SMTP server. If it is not there, name its queue id in resend; if it is, mark it "
    "with sitelock_emails_sent."
)
"""What to do about an unknown outcome."""

_LINE_END = re.compile(rb"\r\n|\r|\n")
_DOT = re.compile(rb"^\.", re.MULTILINE)


class LostError(UnavailableError):
    """The connection failed before the server had the message. It was not sent."""


class SenderRefusedError(RejectedError):
    """The server refuses the sender, and so every message."""


class NotNowError(UnavailableError):
    """The server takes no message of this sender now."""


class SmtpServer:
    """A connection to a server, made on demand."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._name = f"The SMTP server {settings.host}:{settings.port}"
        self._redact = Redactor([settings.password])
        self._tls = None if settings.security == "none" else settings.tls()
        self._dot_seconds = max(DOT_SECONDS, settings.timeout)
        self._keeper = TimeKeeper()
        self._smtp: smtplib.SMTP | None = None
        self._began = False
        """A message was begun, and not completed."""
        self._is_used = False
        """A message was handed over through this connection."""

    def close(self) -> None:
        """End the connection for good. A message that was begun is dropped by the server."""
        self._disconnect(polite=not self._began)
        self._keeper.close()

    def _disconnect(self, *, polite: bool = False) -> None:
        smtp, self._smtp, self._began, self._is_used = self._smtp, None, False, False
        if smtp is None:
            return
        if polite:
            # A server that does not answer must not hold up the end of the run.
            with contextlib.suppress(OSError, smtplib.SMTPException), self._limited(smtp, 5.0):
                smtp.docmd("QUIT")
        smtp.close()

    # Connection

    def connect(self) -> None:
        """Connect and sign in, unless that is done.

        :raises WebsecError: it is not possible. No message was sent.
        """
        if self._smtp is None:
            with redacted_errors(self._redact):
                self._connect()

    def _connect(self) -> None:
        settings = self._settings
        try:
            opened = connect(settings.host, settings.port, settings.timeout)
        except OSError as error:
            raise LostError(
                f"{self._name} cannot be reached: {_reason(error)}.",
                hint="Check smtp_host, smtp_port and the firewall between this machine and the server.",
            ) from None
        smtp = smtplib.SMTP(timeout=settings.timeout, local_hostname=_own_name(opened))
        self._use(smtp, opened)
        self._smtp = smtp
        try:
            if settings.security == "tls":
                self._encrypt(smtp)
            self._expect(220, "the connection", *self._ask(smtp, smtp.getreply))
            self._hello(smtp)
            if settings.security == "starttls":
                self._starttls(smtp)
            if settings.password is not None:
                self._sign_in(smtp, settings.username or "", settings.password)
        except BaseException:
            self._disconnect()
            raise

    @staticmethod
    def _use(smtp: smtplib.SMTP, opened: socket.socket) -> None:
        smtp.sock = opened
        # What came before belongs to the connection without encryption.
        smtp.file = Answers(opened)

    def _encrypt(self, smtp: smtplib.SMTP) -> None:
        plain = smtp.sock
        if plain is None or self._tls is None:
            raise self._lost("the connection ended")
        limit = self._settings.timeout
        try:
            if isinstance(smtp.file, Answers):
                smtp.file.begin()
            # The handshake comes later: the time limit ends the connection that this makes of the other one.
            wrapped = self._tls.wrap_socket(plain, server_hostname=self._settings.host, do_handshake_on_connect=False)
        except (OSError, ValueError) as error:
            raise self._not_encrypted(_reason(error)) from None
        self._use(smtp, wrapped)
        with self._limited(smtp, limit) as attempt:
            try:
                wrapped.do_handshake()
            except (OSError, ValueError) as error:
                told = f"no answer within {counted(limit, 'second')}" if attempt.over else _reason(error)
                raise self._not_encrypted(told) from None

    def _not_encrypted(self, what: str) -> LostError:
        return LostError(
            f"{self._name}: no encrypted connection: {what}.",
            hint="Check smtp_port and smtp_security. For a certificate of your own authority set smtp_ca_path.",
        )

    def _hello(self, smtp: smtplib.SMTP) -> None:
        self._expect(250, "EHLO", *self._ask(smtp, smtp.ehlo))

    def _starttls(self, smtp: smtplib.SMTP) -> None:
        if not smtp.has_extn("starttls"):
            raise UnavailableError(
                f"{self._name} does not offer STARTTLS.",
                hint="Nothing was sent. Set smtp_security to tls if it expects encryption from the start (port 465), "
                "or to none if the connection needs no encryption.",
            )
        self._expect(220, "STARTTLS", *self._ask(smtp, lambda: smtp.docmd("STARTTLS")))
        self._encrypt(smtp)
        self._hello(smtp)

    def _sign_in(self, smtp: smtplib.SMTP, username: str, password: str) -> None:
        # Not smtplib's login: it cannot send a password with letters other than ASCII.
        offered = smtp.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            answer = self._ask(
                smtp, lambda: smtp.docmd("AUTH", f"PLAIN {_base64(f'{chr(0)}{username}{chr(0)}{password}')}")
            )
        elif "LOGIN" in offered:
            answer = self._ask(smtp, lambda: smtp.docmd("AUTH", f"LOGIN {_base64(username)}"))
            if answer[0] == 334:
                answer = self._ask(smtp, lambda: smtp.docmd(_base64(password)))
        else:
            raise AuthError(
                f"{self._name} offers no sign-in with a password ({' '.join(offered) or 'none at all'}).",
                hint="Check smtp_port and smtp_security. If it needs no sign-in, omit smtp_username and smtp_password.",
            )
        code, text = answer
        if code != 235:
            raise AuthError(
                f"{self._name} refused the sign-in of {username}: {_told(code, text)}.",
                hint="Check smtp_username and smtp_password, and their source (option or environment).",
            )

    # One message

    def offer(self, sender: str, recipient: str) -> None:
        """Begin a message. After it, the server waits for the content.

        :raises SenderRefusedError: :raises NotNowError: :raises RejectedError: the server refuses this recipient.
        :raises UnavailableError: it refuses it now, but not for good. C(LostError): the connection failed.
        """
        with redacted_errors(self._redact):
            is_used = self._is_used
            try:
                self._offer(sender, recipient)
            except LostError:
                # The server may have ended a connection without traffic, or take only some messages through one.
                if not is_used:
                    raise
                self._offer(sender, recipient)

    def _offer(self, sender: str, recipient: str) -> None:
        smtp = self._ready()
        code, text = self._ask(smtp, lambda: smtp.docmd("MAIL", f"FROM:<{sender}>"))
        self._began = True
        self._refuse_end(code, text)
        if code // 100 == 4:
            raise NotNowError(
                f"{self._name} takes no message from {sender} now: {_told(code, text)}.",
                hint="Nothing more was sent. The next run tries again.",
            )
        if code // 100 != 2:
            raise SenderRefusedError(
                f"{self._name} refuses the sender {sender}: {_told(code, text)}.",
                hint="Check sender and envelope_sender, and whether this machine may send for them.",
            )
        self._accept_or_refuse(recipient, *self._ask(smtp, lambda: smtp.docmd("RCPT", f"TO:<{recipient}>")), wanted=2)
        self._accept_or_refuse(recipient, *self._ask(smtp, lambda: smtp.docmd("DATA")), wanted=3)

    def _ready(self) -> smtplib.SMTP:
        """The connection, without a message that was begun."""
        if self._smtp is not None and self._began:
            smtp = self._smtp
            try:
                code, _text = self._ask(smtp, lambda: smtp.docmd("RSET"))
                self._began = code // 100 != 2
            except WebsecError:
                self._began = True
            if self._began:
                self._disconnect()
        self.connect()
        if self._smtp is None:
            raise self._lost("the connection ended")
        return self._smtp

    def hand_over(self, content: bytes) -> str:
        """Send the content of the message that was begun, and return the server's answer, a 250.

        :raises RejectedError: :raises UnavailableError: the server does not take it. It was not sent.
        :raises OutcomeUnknownError: the whole content went out, and there is no valid answer.
        """
        with redacted_errors(self._redact):
            smtp = self._smtp
            if smtp is None:
                raise self._lost("the connection ended")
            body = _DOT.sub(b"..", _LINE_END.sub(b"\r\n", content))
            body = body if body.endswith(b"\r\n") else body + b"\r\n"
            self._ask(smtp, lambda: (0, _sent(smtp, body)))
            # What the server says before the last line is not its answer to the message, not even a 250.
            self._ask(smtp, lambda: (0, _looked(smtp)))
            try:
                code, text = self._ask(smtp, lambda: _finished(smtp), seconds=self._dot_seconds)
            except LostError as error:
                raise OutcomeUnknownError(
                    f"The message went out, but its outcome is unknown. {error.message}",
                    hint=f"It is not sent again. {LOOK}",
                    may_have_happened=True,
                ) from None
            self._began, self._is_used = False, True
            if code == 250:
                return self._redact(_told(code, text))
            if code // 100 in (4, 5):
                self._accept_or_refuse("", code, text, wanted=2)
            self._disconnect()
            raise OutcomeUnknownError(
                f"The message went out, and {self._name} answered {_told(code, text)}, which is neither yes nor no.",
                hint=f"It is not sent again. {LOOK}",
                may_have_happened=True,
            )

    def _accept_or_refuse(self, recipient: str, code: int, text: bytes, *, wanted: int) -> None:
        """:raises WebsecError: the code of an answer does not begin with ``wanted``."""
        self._refuse_end(code, text)
        if code // 100 == wanted:
            return
        is_about_recipient = bool(recipient) and wanted == 2
        what = f"the recipient {recipient}" if is_about_recipient else "the message"
        told = f"{self._name} refuses {what}: {_told(code, text)}."
        if code // 100 == 5:
            advice = "Correct the address of the user at SiteLock." if is_about_recipient else "Check its template."
            raise RejectedError(told, hint=f"It was not sent. {advice}")
        if code // 100 == 4:
            raise UnavailableError(told, hint="It was not sent. The next run tries again.")
        self._disconnect()
        raise self._lost(f"it answered {_told(code, text)}, which is not SMTP")

    def _refuse_end(self, code: int, text: bytes) -> None:
        """:raises LostError: the server ends the connection with this answer."""
        if code == 421:
            self._disconnect()
            raise self._lost(f"it ended the connection: {_told(code, text)}")

    # Questions and answers

    def _expect(self, wanted: int, what: str, code: int, text: bytes) -> None:
        if code != wanted:
            raise LostError(
                f"{self._name} refuses {what}: {_told(code, text)}.",
                hint="Nothing was sent. Check smtp_host, smtp_port and smtp_security.",
            )

    def _ask(
        self, smtp: smtplib.SMTP, ask: t.Callable[[], tuple[int, bytes]], seconds: float | None = None
    ) -> tuple[int, bytes]:
        """An answer of the server.

        :raises LostError: there is none.
        """
        limit = self._settings.timeout if seconds is None else seconds
        try:
            with self._limited(smtp, limit) as attempt:
                try:
                    if isinstance(smtp.file, Answers):
                        smtp.file.begin()
                    return ask()
                except (OSError, smtplib.SMTPException, ValueError) as error:
                    told = f"no answer within {counted(limit, 'second')}" if attempt.over else _reason(error)
                    raise self._lost(told) from None
        except LostError:
            self._disconnect()
            raise

    @contextlib.contextmanager
    def _limited(self, smtp: smtplib.SMTP, seconds: float) -> t.Iterator[Try]:
        """Ends the connection if what happens within takes longer, whatever the server sends meanwhile."""
        attempt = Try(seconds)
        if smtp.sock is not None:
            smtp.sock.settimeout(None)
            attempt.use(smtp.sock)
        with self._keeper.keep(attempt):
            yield attempt

    def _lost(self, what: str) -> LostError:
        return LostError(
            f"The connection to the SMTP server {self._settings.host}:{self._settings.port} failed: {what}.",
            hint="The message was not sent. The next run tries again.",
        )


def _sent(smtp: smtplib.SMTP, body: bytes) -> bytes:
    smtp.send(body)
    return b""


def _looked(smtp: smtplib.SMTP) -> bytes:
    """:raises OSError: there is an answer already."""
    if isinstance(smtp.file, Answers):
        smtp.file.look()
        smtp.file.begin()
    return b""


def _finished(smtp: smtplib.SMTP) -> tuple[int, bytes]:
    smtp.send(b".\r\n")
    return smtp.getreply()


def _own_name(opened: socket.socket) -> str:
    """The name of this machine for EHLO. Not from DNS, which may not answer."""
    name = socket.gethostname()
    if "." in name and name.isascii():
        return name
    address = str(opened.getsockname()[0])
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")


def _told(code: int, text: bytes) -> str:
    """An answer of the server, in one line."""
    words = " ".join(text.decode("utf-8", "replace").split())
    return shortened(f"{code} {words}".strip(), 300).rstrip(".")


def _reason(error: Exception) -> str:
    """What failed, without a full stop."""
    if isinstance(error, socket.timeout):
        return "it did not answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {error.verify_message}"
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return shortened(" ".join(text.split()) or type(error).__name__, 300).rstrip(".")
