# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP server: HTTP/1.1 with kept connections, one thread a connection."""

from __future__ import annotations

import http.server
import json
import socketserver
import sys
import typing

from . import admin, damage
from .damage import Wire
from .service import Service
from .sitelock import bulk_reports, free_scan, oauth

_SITELOCK_PATHS = ("/v1/partner", "/v1/partner/createToken")
_CHECK_PATH = "/v2.1/check"
_POST_ONLY = (*_SITELOCK_PATHS, *free_scan.PATHS, bulk_reports.PATH, oauth.PATH, _CHECK_PATH)
_LARGEST_BODY = 64 * 1024 * 1024


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Listens on one loopback address for all APIs and the admin path."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, service: Service) -> None:
        """Bind the address of the configuration. Raises OSError."""
        self.service = service
        super().__init__((service.config.address, service.config.port), _Handler)

    def server_bind(self) -> None:
        """Bind without the look-up of the host's name that HTTPServer does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: typing.Any, client_address: typing.Any) -> None:
        """A client that went away is nothing to tell about."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Without these two every request of a kept connection waits 40 ms for an acknowledgement.
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 120
    server: Server
    server_version = "websec-sandbox"
    sys_version = ""

    def _serve(self) -> None:
        body = self._read_body()
        if body is None:
            return
        service, path = self.server.service, self.path
        if path.startswith("/admin/"):
            status, content = admin.handle(service, self.command, path.removeprefix("/admin/"), body)
            self._send(Wire(status, "application/json", json.dumps(content).encode() + b"\n"))
        elif path in _POST_ONLY and self.command != "POST":
            self._send(Wire(405, headers=(("Allow", "POST"),)))
        elif path in _SITELOCK_PATHS or path in free_scan.PATHS:
            authorization = self.headers.get("Authorization", "")
            reply = service.sitelock(body, authorization, for_free_scan=path in free_scan.PATHS)
            self._send(damage.wire(reply, "sitelock"))
        elif path == bulk_reports.PATH:
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._send(damage.wire(service.bulk_report(headers, body), "sitelock"))
        elif path == oauth.PATH:
            authorization, content_type = (self.headers.get(name, "") for name in ("Authorization", "Content-Type"))
            self._send(damage.wire(service.token(authorization, content_type, body), "oauth"))
        elif path == _CHECK_PATH:
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._send(damage.wire(service.check(headers, body), "check"))
        elif path.startswith("/botguard/"):
            reply = service.botguard(
                self.command,
                path.removeprefix("/botguard"),
                self.headers.get("Content-Type", ""),
                self.headers.get("Authorization", ""),
                body,
            )
            self._send(damage.wire(reply, "botguard"))
        else:
            self._send(Wire(404))

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _serve

    def _read_body(self) -> bytes | None:
        if "Transfer-Encoding" in self.headers:
            self._send(Wire(411, close=True))
            return None
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > _LARGEST_BODY:
            self._send(Wire(413, close=True))
            return None
        return self.rfile.read(int(length))

    def _send(self, wire: Wire) -> None:
        if wire.close:
            self.close_connection = True
        if wire.status is None:
            return
        self.send_response(wire.status)
        if wire.body or wire.status != 204:
            self.send_header("Content-Type", wire.content_type)
        if isinstance(wire.body, bytes):
            length = len(wire.body) if wire.announced is None else wire.announced
            if wire.status != 204:
                self.send_header("Content-Length", str(length))
        if wire.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        if self.close_connection:
            self.send_header("Connection", "close")
        for name, value in wire.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if wire.chunked:
            self._send_chunks(wire)
        else:
            for block in (wire.body,) if isinstance(wire.body, bytes) else wire.body:
                self.wfile.write(block)

    def _send_chunks(self, wire: Wire) -> None:
        for block in (wire.body,) if isinstance(wire.body, bytes) else wire.body:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(block), block))
        if not wire.close:
            self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_args: typing.Any) -> None:
        """Nothing: the journal is the log of requests, and it holds no secret."""
