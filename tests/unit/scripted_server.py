# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An HTTP server on loopback that answers according to a script, misbehaves on demand, and records the requests."""

from __future__ import annotations

import dataclasses
import http.server
import socket
import socketserver
import ssl
import struct
import threading
import typing as t


@dataclasses.dataclass(frozen=True)
class Received:
    """One request as it arrived."""

    method: str
    path: str
    headers: t.Mapping[str, str]
    body: bytes


@dataclasses.dataclass(frozen=True)
class Reply:
    """The reaction of the server to one request.

    :param fault: C(close) closes the connection without an answer, C(reset) with a TCP reset, C(garbage) after bytes
        that are no HTTP (and, under TLS, no TLS record).
    :param cut: end the connection after this number of bytes of the body.
    :param chunked: send the body in chunks, without its length.
    :param pause: seconds to wait before the answer.
    :param drip: seconds to wait after each byte of the body.
    """

    body: bytes = b""
    status: int = 200
    headers: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    fault: str = ""
    cut: int | None = None
    chunked: bool = False
    pause: float = 0.0
    drip: float = 0.0


Script = t.Union[t.Sequence[Reply], t.Callable[[Received], Reply]]


class ScriptedServer:
    """Use as a context. The replies of a list are used in order, the last one repeatedly.

    C(requests) has the received requests, C(connections) counts the opened connections.
    """

    def __init__(self, script: Script, *, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Received] = []
        self.connections = 0
        self._script = script
        self._tls = tls
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/v1/partner"

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        return self

    def __exit__(self, *_details: object) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def reply_to(self, request: Received) -> Reply:
        with self._lock:
            self.requests.append(request)
            number = len(self.requests)
        if callable(self._script):
            return self._script(request)
        return self._script[min(number, len(self._script)) - 1]

    def wait(self, seconds: float) -> None:
        """Sleep, at most until the server stops."""
        self._stopped.wait(seconds)

    def connected(self, connection: socket.socket) -> socket.socket:
        with self._lock:
            self.connections += 1
        if not self._tls:
            return connection
        # Fails if the client has already disconnected. Inside wrap_socket that would leave a socket open.
        connection.getpeername()
        return self._tls.wrap_socket(connection, server_side=True)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    # A client may keep its connection open for longer than the test; do not wait for that.
    block_on_close = False
    allow_reuse_address = True
    owner: ScriptedServer

    def handle_error(self, request: t.Any, client_address: t.Any) -> None:
        """In many tests the client disconnects in the middle."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 20

    @property
    def owner(self) -> ScriptedServer:
        return t.cast(_Server, self.server).owner

    def setup(self) -> None:
        self.request = self.owner.connected(self.request)
        super().setup()

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def log_message(self, *_arguments: t.Any) -> None:
        """No log."""

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:
            self.close_connection = True

    def parse_request(self) -> bool:
        """All methods are answered in the same way, CONNECT too."""
        if not super().parse_request():
            return False
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = Received(self.command, self.path, dict(self.headers.items()), body)
        self._answer(self.owner.reply_to(request))
        return False

    def _answer(self, reply: Reply) -> None:
        self.owner.wait(reply.pause)
        if reply.fault:
            self._misbehave(reply.fault)
            return
        self.send_response(reply.status)
        for name, value in {"Content-Type": "text/xml", **reply.headers}.items():
            self.send_header(name, value)
        if reply.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self._send_body(reply)
        self.close_connection = self.close_connection or reply.cut is not None

    def _send_body(self, reply: Reply) -> None:
        body = reply.body if reply.cut is None else reply.body[: reply.cut]
        step = 1 if reply.drip else 64 * 1024
        for start in range(0, len(body), step):
            piece = body[start : start + step]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if reply.chunked else piece)
            if reply.drip:
                self.owner.wait(reply.drip)
        if reply.chunked and reply.cut is None:
            self.wfile.write(b"0\r\n\r\n")

    def _misbehave(self, fault: str) -> None:
        self.close_connection = True
        if fault == "reset":
            # A linger time of zero turns the close into a reset.
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif fault == "garbage":
            # Past TLS, on the wire itself.
            socket.socket.sendall(self.request, b"this is neither HTTP nor TLS\r\n\r\n")
        elif fault != "close":
            raise ValueError(f"no such fault: {fault}")
