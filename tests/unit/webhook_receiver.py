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


@dataclasses.dataclass(frozen=True)
class Posted:
    """One request that arrived whole."""

    path: str
    headers: t.Mapping[str, str]
    body: t.Any


class WebhookReceiver:
    """Use as a context. C(posted) has every request, in order, whatever it was answered.

    :param answers: what to answer by path, instead of 200 and C(ok): a status, C(hang) for no answer, C(drip) for one
        that never ends, C(close) for the end of the connection, C(redirect), C(page) for a web page with
        the status 200, or C(echo) for a refusal with the path and the credentials in it.
    """

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.answers: dict[str, int | str] = {}
        self._ended = threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.posted.append(Posted(self.path, dict(self.headers), json.loads(body)))
                self._answer(receiver.answers.get(self.path, 200))

            def _answer(self, answer: int | str) -> None:
                if answer == "hang":
                    receiver._ended.wait()
                if answer == "echo":
                    told = f"Not for {self.path}, {self.headers['Authorization']}".encode()
                    self.send_response(400)
                    self.send_header("Content-Length", str(len(told)))
                    self.end_headers()
                    self.wfile.write(told)
                if answer == "page":
                    self.send_response(200)
                    self.send_header("Content-Length", "21")
                    self.end_headers()
                    self.wfile.write(b"\n<html>Sign in</html>\n"[:21])
                if answer == "drip":
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
                    with contextlib.suppress(OSError):
                        while not receiver._ended.wait(0.02):
                            self.wfile.write(b"x")
                if isinstance(answer, int) or answer == "redirect":
                    self.send_response(302 if answer == "redirect" else int(answer))
                    if answer == "redirect":
                        self.send_header("Location", "/elsewhere")
                    self.send_header("Content-Length", "2")
                    self.end_headers()
                    self.wfile.write(b"ok")

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> WebhookReceiver:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def at(self, path: str) -> list[t.Any]:
        """The bodies that arrived at a path."""
        return [each.body for each in self.posted if each.path == path]
