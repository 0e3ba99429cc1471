# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tunnels from an otherwise empty network namespace to servers on the loopback of this machine.

Sockets in the file system are reachable from every network namespace. So a port on the loopback of the namespace leads
to such a
socket, and outside the socket leads to the server's port. Nothing else can leave the namespace, no address of the
machine is used, and the outer end can record the traffic.

Run as a program inside a new namespace it opens the inner ends and runs a command:
``python -m integration.tunnel '{"18080": "/path/of/socket"}' COMMAND ...``
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pathlib
import socket
import struct
import subprocess
import sys
import threading
import typing as t

_SIOCSIFFLAGS = 0x8914
_IFF_UP_RUNNING = 0x41


class OuterEnd:
    """Takes connections at a socket in the file system and passes them to ``port`` on loopback.

    ``sent`` has the data from the clients of all connections.
    """

    def __init__(self, path: pathlib.Path, port: int) -> None:
        self.sent = bytearray()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(256)
        self._port = port
        self._threads = [_in_thread(self._serve)]

    def __enter__(self) -> OuterEnd:
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                inner, _address = self._listener.accept()
                outer = socket.create_connection(("127.0.0.1", self._port))
                self._threads.append(_in_thread(_join, inner, outer, self.sent))


def in_namespace(ways: t.Mapping[int, pathlib.Path], command: t.Sequence[str]) -> list[str]:
    """The command line that runs ``command`` in a new network namespace, with these ports of its loopback."""
    new = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
    named = json.dumps({str(port): str(path) for port, path in ways.items()})
    return [*new, sys.executable, "-m", "integration.tunnel", named, *command]


def _join(inner: socket.socket, outer: socket.socket, sent: bytearray) -> None:
    """Forward everything in both directions until either side ends, and add the data from ``inner`` to ``sent``."""

    def pump(source: socket.socket, target: socket.socket, record: bytearray) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                record += data
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    with inner, outer:
        back = _in_thread(pump, outer, inner, bytearray())
        pump(inner, outer, sent)
        back.join()


def _in_thread(work: t.Callable[..., None], *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    return thread


def _inner_end(port: int, path: str) -> None:
    listener = socket.create_server(("127.0.0.1", port), backlog=256)

    def serve() -> None:
        while True:
            inner, _address = listener.accept()
            outer = socket.socket(socket.AF_UNIX)
            outer.connect(path)
            _in_thread(_join, inner, outer, bytearray())

    _in_thread(serve)


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _IFF_UP_RUNNING))


def main() -> int:
    _loopback_up()
    for port, path in json.loads(sys.argv[1]).items():
        _inner_end(int(port), path)
    return subprocess.run(sys.argv[2:], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
