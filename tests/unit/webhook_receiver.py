# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real HTTP server on loopback that takes JSON, as a chat service, a panel or a ticket system does."""

from __future__ import annotations

import contextlib
import dataclasses
import http.server
import json
import threading
import types
import typing as t
from urllib.parse import unquote


@dataclasses.dataclass(frozen=True)
class Posted:
    """One request that arrived whole."""

    path: str
    headers: t.Mapping[str, str]
    body: t.Any


class WebhookReceiver:
    """Use as a context. C(posted) has every request, in order, whatever it was answered.

    :param answers: what to answer by path, instead of 200 and C(ok): a status, a body (with 200), C(hang) for no
        answer, C(drip) for one that never ends, C(cut) for one that ends too early, C(large) for one of many
        megabytes, C(close) for the end of the connection, C(redirect), or C(echo) for a refusal with the path and the
        credentials in it. A status of 400 and more comes with a C(Retry-After) of a day.
    """

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.answers: dict[str, int | str | bytes] = {}
        self.ended = threading.Event()
        handler = type("Handler", (_Handler,), {"receiver": self})
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> WebhookReceiver:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def at(self, path: str) -> list[t.Any]:
        """The bodies that arrived at a path."""
        return [each.body for each in self.posted if each.path == path]


class _Handler(http.server.BaseHTTPRequestHandler):
    """:param receiver: set by a subclass."""

    receiver: WebhookReceiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.posted.append(Posted(self.path, dict(self.headers), json.loads(body)))
        self._answer(self.receiver.answers.get(self.path, 200))

    def _answer(self, answer: int | str | bytes) -> None:
        if isinstance(answer, bytes):
            self._whole(200, answer)
        elif isinstance(answer, int):
            self._whole(answer, b"ok", **({"Retry-After": "86400"} if answer >= 400 else {}))
        elif answer == "echo":
            told = f"Not for {self.path} ({unquote(self.path)}), {self.headers['Authorization']}"
            self._whole(400, told.encode())
        elif answer == "large":
            self._whole(200, bytes(9 * 1024 * 1024))
        elif answer == "redirect":
            self._whole(302, b"ok", Location="/elsewhere")
        else:
            self._not_whole(answer)

    def _not_whole(self, answer: str) -> None:
        if answer == "hang":
            self.receiver.ended.wait()
        if answer == "cut":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nok")
        if answer == "drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            with contextlib.suppress(OSError):
                while not self.receiver.ended.wait(0.02):
                    self.wfile.write(b"x")

    def _whole(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass
