# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""C(python -m websec_sandbox --config FILE): run the sandbox until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import contextlib
import os
import pathlib
import signal
import socket
import sqlite3
import sys
import threading
import typing

from . import config

if typing.TYPE_CHECKING:
    from .server import Server

# The name by which start-stop-daemon knows the process, whatever its number was used for before.
_PROCESS_NAME = "websec-sandbox"


class Unable(Exception):
    """The server cannot start, with the reason for the user."""


def main() -> int:
    """Run. The exit code is 1 when the server cannot start."""
    parser = argparse.ArgumentParser(prog="websec_sandbox", description="A simulation of both partner APIs")
    parser.add_argument("--config", metavar="FILE", help="JSON file of mode 0600; WEBSEC_SANDBOX_* win")
    arguments = parser.parse_args()
    os.umask(0o077)
    try:
        server = _open(arguments.config)
    except Unable as problem:
        sys.stderr.write(f"websec_sandbox: {problem}\n")
        _notify("ERRNO=1")
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        # shutdown() waits for the loop that this handler interrupts, hence the thread.
        signal.signal(number, lambda _number, _frame: threading.Thread(target=server.shutdown).start())
    sys.stderr.write(f"websec_sandbox: listening on {server.server_name}:{server.server_port}\n")
    with contextlib.suppress(OSError):
        pathlib.Path("/proc/self/comm").write_text(_PROCESS_NAME, encoding="ascii")
    _notify("READY=1")
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    server.service.close()
    return 0


def _open(path: str | None) -> Server:
    try:
        from .lookup import NameServer
        from .server import Server
        from .service import Service
        from .store import Store
    except ImportError as problem:
        raise Unable(f"{problem}; this Python needs dnspython and lxml: {sys.executable}") from problem
    try:
        options = config.load(path, os.environ)
        pathlib.Path(options.directory).mkdir(mode=0o700, parents=True, exist_ok=True)
        store = Store(options.state_file)
        return Server(Service(options, store, NameServer(options.dns_server, options.dns_port)))
    except (OSError, ValueError, sqlite3.Error) as problem:
        raise Unable(f"cannot start: {problem}") from problem


def _notify(state: str) -> None:
    """Tell the one who waits for the start, in the way of systemd, which start-stop-daemon understands too."""
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as waiting:
            waiting.connect("\0" + address[1:] if address.startswith("@") else address)
            waiting.send(f"{state}\n".encode())


if __name__ == "__main__":
    sys.exit(main())
