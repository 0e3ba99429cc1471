# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In the place of the system's resolver: one that does not answer for a name."""

from __future__ import annotations

import contextlib
import socket
import threading
import typing as t
from unittest import mock


class Resolver:
    """``asked``: the names that were looked up. ``answered``: those for which a look-up has ended."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answered: list[str] = []


@contextlib.contextmanager
def resolver(stuck: str = "", **addresses: str) -> t.Iterator[Resolver]:
    """
    :param stuck: the name whose look-up lasts as long as the context.
    :param addresses: of names, in which C(_) stands for a dot. All others are left to the system.
    """
    kept, released, system = Resolver(), threading.Event(), socket.getaddrinfo
    known = {name.replace("_", "."): address for name, address in addresses.items()}

    def getaddrinfo(host: str, *positional: t.Any, **named: t.Any) -> t.Any:
        kept.asked.append(host)
        try:
            if host == stuck:
                released.wait()
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            return system(known.get(host, host), *positional, **named)
        finally:
            kept.answered.append(host)

    with mock.patch.object(socket, "getaddrinfo", getaddrinfo):
        try:
            yield kept
        finally:
            released.set()
