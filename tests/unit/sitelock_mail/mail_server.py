# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real SMTP server on loopback that counts what it accepts, and a line to it that can be cut at every step."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.message
import email.policy
import select
import socket
import ssl
import threading
import typing as t

from aiosmtpd.smtp import SMTP, AuthResult


class MailServer:
    """Use as a context. C(mails) has every message that it accepted, with its code 250, in order.

    :param refuse: the answer instead of 250 by command and address: C({"RCPT a@b.example": "550 no such user"}). The
        command is C(MAIL), C(RCPT) or C(DATA).
    :param tls: for STARTTLS, which it then asks for. :param whole: for a connection that is encrypted from the start.
    :param password: signs in C(websec); with it and C(tls), mail needs a sign-in.
    """

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        whole: ssl.SSLContext | None = None,
        password: str | None = None,
        **options: t.Any,
    ) -> None:
        self.mails: list[email.message.EmailMessage] = []
        self.envelopes: list[tuple[str, str]] = []
        self.refuse: dict[str, str] = {}
        self.sign_ins: list[tuple[str, str]] = []
        self.port = 0
        self._password = password
        self._whole = whole
        self._options = {"hostname": "mail.test", **options}
        if tls is not None:
            self._options.update(tls_context=tls, require_starttls=True)
        if password is not None:
            # aiosmtpd knows no TLS but its own.
            ours = {"auth_required": tls is not None, "auth_require_tls": tls is not None}
            self._options.update(authenticator=self._sign_in, **ours)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    def __enter__(self) -> MailServer:
        self._thread.start()
        assert self._ready.wait(20)
        return self

    def __exit__(self, *_details: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        loop = self._loop
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(
            loop.create_server(lambda: SMTP(self, loop=loop, **self._options), "127.0.0.1", 0, ssl=self._whole)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(asyncio.gather(*asyncio.all_tasks(loop), return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    def forget(self) -> None:
        """As if it had just started."""
        self.mails.clear()
        self.envelopes.clear()
        self.refuse = {}

    def count(self, queue_id: str) -> int:
        """How often a message was accepted."""
        return [str(mail["Message-ID"]) for mail in self.mails].count(f"<sitelock-{queue_id}@hoster.example>")

    # Called by aiosmtpd

    def _sign_in(self, _server: t.Any, _session: t.Any, _envelope: t.Any, _mechanism: str, data: t.Any) -> AuthResult:
        login = (data.login.decode(), data.password.decode())
        self.sign_ins.append(login)
        return AuthResult(success=login == ("websec", self._password), handled=False)

    async def handle_MAIL(
        self, _server: t.Any, _session: t.Any, envelope: t.Any, address: str, options: list[str]
    ) -> str:
        if refusal := self.refuse.get(f"MAIL {address}"):
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, _server: t.Any, _session: t.Any, envelope: t.Any, address: str, _options: list[str]
    ) -> str:
        if refusal := self.refuse.get(f"RCPT {address}"):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: t.Any, _session: t.Any, envelope: t.Any) -> str:
        (recipient,) = envelope.rcpt_tos
        if refusal := self.refuse.get(f"DATA {recipient}"):
            return refusal
        self.envelopes.append((envelope.mail_from, recipient))
        self.mails.append(email.message_from_bytes(envelope.original_content, policy=email.policy.default))
        return "250 OK: queued"


class Line:
    """A line to a server. Use as a context; clients connect to C(port).

    Every line that goes through it, in both directions, is a step; of the content of a message only the first and the
    last two are. C(steps) has what went through.

    :param cut_at: the step before which both ends are closed, once. After it the line works.
    """

    def __init__(self, port: int, cut_at: int | None = None) -> None:
        self.steps: list[str] = []
        self.is_cut = False
        self._to = port
        self._cut_at = cut_at
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Line:
        self._thread.start()
        return self

    def __exit__(self, *_details: object) -> None:
        # A listener that another thread waits for is woken by its shutdown.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            with client, socket.create_connection(("127.0.0.1", self._to)) as server, contextlib.suppress(OSError):
                self._carry(client, server)

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        ends = {client: (server, "C", b""), server: (client, "S", b"")}
        content: list[bytes] | None = None
        while True:
            for end in select.select(list(ends), [], [], 20)[0]:
                to, name, before = ends[end]
                received = end.recv(65536)
                if not received:
                    return
                *lines, rest = (before + received).split(b"\r\n")
                ends[end] = (to, name, rest)
                for line in lines:
                    if name == "C" and content is not None and line != b".":
                        content.append(line)
                        continue
                    if content is not None and line == b".":
                        self._step("C", [content[0]], to)
                        self._step("C", content[1:], to)
                        content = None
                    self._step(name, [line], to)
                    if name == "S" and line.startswith(b"354"):
                        content = []

    def _step(self, name: str, lines: list[bytes], to: socket.socket) -> None:
        """:raises OSError: the line is cut here."""
        if len(self.steps) == self._cut_at and not self.is_cut:
            self.is_cut = True
            raise OSError(0, "cut")
        self.steps.append(f"{name} {lines[-1][:40].decode('latin-1')}")
        to.sendall(b"".join(line + b"\r\n" for line in lines))
