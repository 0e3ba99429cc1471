# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""C(python -m websec_sandbox --config FILE): run the stand-in until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import os
import pathlib
import signal
import sqlite3
import sys
import threading

from . import config
from .lookup import NameServer
from .server import Server
from .service import Service
from .store import Store


def main() -> int:
    """Run. The exit code is 2 for options that cannot be used, 1 when the address or the state cannot be."""
    parser = argparse.ArgumentParser(prog="websec_sandbox", description="A stand-in of both partner APIs")
    parser.add_argument("--config", metavar="FILE", help="JSON file of mode 0600; WEBSEC_SANDBOX_* win")
    arguments = parser.parse_args()
    os.umask(0o077)
    try:
        options = config.load(arguments.config, os.environ)
    except ValueError as problem:
        sys.stderr.write(f"websec_sandbox: {problem}\n")
        return 2
    try:
        pathlib.Path(options.directory).mkdir(mode=0o700, parents=True, exist_ok=True)
        service = Service(options, Store(options.state_file), NameServer(options.dns_server, options.dns_port))
        server = Server(service)
    except (OSError, sqlite3.Error) as problem:
        sys.stderr.write(f"websec_sandbox: cannot start on {options.address}:{options.port}: {problem}\n")
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        # shutdown() waits for the loop that this handler interrupts, hence the thread.
        signal.signal(number, lambda _number, _frame: threading.Thread(target=server.shutdown).start())
    sys.stderr.write(f"websec_sandbox: listening on {options.address}:{server.server_port}\n")
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    service.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
