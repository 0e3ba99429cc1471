# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An HTTP proxy in front of an API that records every request, fails on demand, and can run other actions right before
a request arrives."""

from __future__ import annotations

import http.server
import threading
import types
import typing as t

import requests
from unit.patience import PATIENCE


class ApiProxy:
    """Forwards to ``target`` on loopback; use as a context.

    C(calls) are the methods of all requests. C(faults) are responses (status and body) to the next requests of a
    method, instead of forwarding them. C(before) is called before a request of its method is forwarded.
    """

    def __init__(self, target: int) -> None:
        outer = self
        self.calls: list[str] = []
        self.faults: dict[str, list[tuple[int, str]]] = {}
        self.before: dict[str, t.Callable[[], None]] = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def _pass(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.calls.append(self.command)
                fault = (outer.faults.get(self.command) or [None]).pop(0)
                if fault is not None:
                    self._answer(fault[0], fault[1].encode())
                    return
                outer.before.get(self.command, lambda: None)()
                headers = {name: value for name, value in self.headers.items() if name not in ("Host", "Connection")}
                url = f"http://127.0.0.1:{target}{self.path}"
                answer = requests.request(self.command, url, data=body, headers=headers, timeout=PATIENCE)
                self._answer(answer.status_code, answer.content)

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PATCH = do_POST = do_PUT = do_DELETE = _pass

            def log_message(self, format: str, *arguments: t.Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def writes(self) -> int:
        return sum(method != "GET" for method in self.calls)

    def __enter__(self) -> ApiProxy:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
