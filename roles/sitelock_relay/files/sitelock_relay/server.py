# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""uvicorn as a unit of systemd: it says when it is ready, and loses no request when it stops."""

from __future__ import annotations

import asyncio
import os
import socket
import typing as t

import uvicorn

# nginx sends its request right after it has connected.
_GRACE = 0.3


class Server(uvicorn.Server):  # type: ignore[misc]  # uvicorn is not typed
    """The server."""

    async def startup(self, sockets: t.Any = None) -> None:
        """Listen, and tell systemd."""
        await super().startup(sockets)
        if self.started:
            notify("READY=1")

    async def shutdown(self, sockets: t.Any = None) -> None:
        """Finish what has begun. uvicorn closes connections on which no request has arrived, so those that were just
        accepted get a moment; new ones wait in the socket of systemd for the next process."""
        for server in self.servers:
            server.close()
        await asyncio.sleep(_GRACE)
        await super().shutdown(sockets)


def notify(message: str) -> None:
    """Tell systemd, as in sd_notify(3); without systemd, nobody."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as connection:
            connection.sendto(message.encode(), "\0" + address[1:] if address.startswith("@") else address)
