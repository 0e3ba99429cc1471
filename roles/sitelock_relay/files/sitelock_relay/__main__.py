# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service.

    python3 -m sitelock_relay CONFIG [SOCKET]        serves: on the socket that systemd hands over, or on a new one
    python3 -m sitelock_relay --check CONFIG         says what is wrong with a configuration file

SIGHUP loads CONFIG again. If it cannot be used, the one before stays in use. What concerns the vendor (upstream_*,
timeout), and a new orders_file, needs a restart.
"""

from __future__ import annotations

import asyncio
import os
import pathlib
import signal
import sys
import typing as t

import uvicorn

from . import passwords
from .app import application
from .clients import BadTableError
from .config import Config, load
from .config import secret as load_secret
from .orders import Orders
from .relay import Relay
from .server import Server
from .table import Table
from .table import load as load_table
from .trust import trusted
from .upstream import HttpUpstream, OAuth

# By sd_listen_fds(3).
_FIRST_SOCKET = 3


def main(arguments: t.Sequence[str]) -> int:
    """Run; the exit status."""
    table = load_table()
    try:
        if len(arguments) == 2 and arguments[0] == "--check":
            loaded(pathlib.Path(arguments[1]), table)
            return 0
        handed = _has_socket()
        if len(arguments) != (1 if handed else 2):
            sys.stderr.write(__doc__ or "")
            return 2
        path = pathlib.Path(arguments[0])
        config = loaded(path, table)
        secret = load_secret(os.environ.get("CREDENTIALS_DIRECTORY", ""), config)
    except BadTableError as error:
        sys.stderr.write(f"sitelock_relay: {error}\n")
        return 1
    asyncio.run(serve(path, config, table, secret, None if handed else arguments[1]))
    return 0


async def serve(path: pathlib.Path, config: Config, table: Table, secret: str, socket: str | None) -> None:
    """Serve until SIGTERM; requests that are being handled are finished.

    :param socket: path of a new Unix socket, which every local user who reaches its folder may use; None: the one of
        systemd, which has its own mode and outlives the process, so that no request is lost while it restarts.
    """
    oauth = OAuth(config.upstream_token_url, config.upstream_client_id, secret) if config.uses_oauth else None
    upstream = HttpUpstream(config.upstream_url, config.timeout, trusted(config.upstream_ca_file), oauth)
    orders = Orders(config.orders_file)
    # The file of the configuration that is in use, which a reload changes.
    relay = Relay(config, table, secret, upstream, orders, _writer(lambda: relay.config.audit_file))
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reload, relay, path, table)
    server = Server(
        uvicorn.Config(
            application(relay),
            uds=socket,
            fd=None if socket else _FIRST_SOCKET,
            http="h11",
            ws="none",
            access_log=False,
            log_level="warning",
            proxy_headers=False,
            server_header=False,
            lifespan="off",
        )
    )
    try:
        await server.serve()
    finally:
        await upstream.close()
        orders.close()


def reload(relay: Relay, path: pathlib.Path, table: Table) -> None:
    """Use the configuration file as it is now, or keep the one before and say why."""
    try:
        relay.reconfigure(loaded(path, table))
    except BadTableError as error:
        relay.metrics.set("reload_failed", 1)
        sys.stderr.write(f"sitelock_relay: reload failed, the configuration before stays in use: {error}\n")
    else:
        relay.metrics.set("reload_failed", 0)
        sys.stderr.write("sitelock_relay: reloaded.\n")


def loaded(path: pathlib.Path, table: Table) -> Config:
    """Return a configuration with which this machine can serve.

    :raises BadTableError: it cannot be used.
    """
    config = load(path, table)
    for client in config.clients.values():
        missing = passwords.missing_library(client.password_hash)
        if missing:
            raise BadTableError(f"Client {client.name}: password_hash needs {missing}, which is not installed.")
    return config


def _has_socket() -> bool:
    return os.environ.get("LISTEN_PID") == str(os.getpid()) and os.environ.get("LISTEN_FDS") == "1"


def _writer(file_in_use: t.Callable[[], str]) -> t.Callable[[str], None]:
    def write(line: str) -> None:
        audit_file = file_in_use()
        try:
            sys.stdout.write(line)
            sys.stdout.flush()
        finally:
            if audit_file:
                # Opened for each line, so that logrotate may move the file at any time.
                with open(audit_file, "a", encoding="ascii") as file:
                    file.write(line)

    return write


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
