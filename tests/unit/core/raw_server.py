# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server on loopback that sends the bytes of a test unchanged, without HTTP."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import typing as t

Talk = t.Callable[["Caller"], None]


class Caller:
    """A connected client, for the script of a test. Every send ends with the server."""

    def __init__(self, connection: socket.socket, stopped: threading.Event) -> None:
        self.connection = connection
        self._stopped = stopped

    def read_request(self) -> bytes:
        """Head and body of a request, according to Content-Length."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _blank, body = data.partition(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        missing = int(lengths[0].partition(b":")[2]) - len(body) if lengths else 0
        while missing > 0:
            piece = self._more()
            data += piece
            missing -= len(piece)
        return data

    def _more(self) -> bytes:
        piece = self.connection.recv(64 * 1024)
        if not piece:
            raise ConnectionResetError
        return piece

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def trickle(self, data: bytes, pause: float = 0.01) -> None:
        """Send the data again and again without end, slowly, byte by byte."""
        while not self._stopped.is_set():
            for byte in data:
                self.send(bytes([byte]))
                self._stopped.wait(pause)

    def flood(self, data: bytes) -> None:
        """Send without end, as fast as the client reads."""
        piece = data * (64 * 1024 // len(data) + 1)
        while not self._stopped.is_set():
            self.send(piece)

    def silence(self) -> None:
        self._stopped.wait()


def secure(context: ssl.SSLContext, connection: socket.socket) -> ssl.SSLSocket:
    """TLS on the side of a server.

    :raises OSError: the client has disconnected, or refuses.
    """
    # Python leaves a socket open when this fails within wrap_socket.
    connection.getpeername()
    return context.wrap_socket(connection, server_side=True)


class RawServer:
    """Use as a context. ``talk`` is called for each connection, which is closed when it returns."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}/v1/partner"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> RawServer:
        return self

    def __exit__(self, *_details: object) -> None:
        self._stopped.set()
        # Ends the accept as well, which a close alone does not.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self._listener.accept()
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        # In most tests here the client disconnects.
        with contextlib.suppress(OSError), connection:
            connection.settimeout(20)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            caller = Caller(connection, self._stopped)
            try:
                self._talk(caller)
            finally:
                # With TLS it is another one.
                caller.connection.close()
