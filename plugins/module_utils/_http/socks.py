# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A TCP connection through a SOCKS proxy, within one time limit.

PySocks makes the handshake. Its timeout applies to each read, and its name lookup has none: so it gets addresses
instead of names that are resolved on this machine, and each of its reads gets the remaining time.
"""

from __future__ import annotations

import functools
import operator
import socket
import time
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._tcp import Found, look_up, open_first, seconds_until

_PORT = 1080


def connect_through(proxy: t.Mapping[str, t.Any], host: str, port: int, seconds: float) -> socket.socket:
    """Connect to a host through a proxy.

    :param proxy: as in the connections of C(urllib3.contrib.socks).
    :param seconds: for the lookups, the connection to the proxy and the handshake together.
    :raises OSError: the connection failed; a C(socket.timeout): it was too slow.
    """
    end = time.monotonic() + seconds
    if not proxy["rdns"]:
        # The addresses that the proxy can reach are unknown: IPv4 first, as in PySocks.
        host = min(look_up(host, port, seconds), key=operator.itemgetter(0))[4][0]
    found = look_up(proxy["proxy_host"].strip("[]"), proxy["proxy_port"] or _PORT, end - time.monotonic())
    return open_first(found, end, functools.partial(_handshake, proxy, (host, port)))


def _handshake(proxy: t.Mapping[str, t.Any], destination: tuple[str, int], to: Found, seconds: float) -> socket.socket:
    # Without it requests accepts no SOCKS proxy, so this code is not reached.
    import socks

    family, kind, protocol, _name, address = to
    end = time.monotonic() + seconds

    class Limited(socks.socksocket):
        def recv_into(self, *positional: t.Any, **named: t.Any) -> int:
            socket.socket.settimeout(self, seconds_until(end))
            return super().recv_into(*positional, **named)

    with Limited(family, kind, protocol) as opened:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened.settimeout(seconds)
        opened.set_proxy(
            proxy["socks_version"], address[0], address[1], proxy["rdns"], proxy["username"], proxy["password"]
        )
        try:
            opened.connect(destination)
        except socks.ProxyError as error:
            cause: t.Any = error
            # It wraps errors of the system as well as its own.
            while isinstance(cause, socks.ProxyError):
                cause = cause.socket_err or OSError(0, cause.msg)
            raise cause from None
        # From here on it is a connection like any other.
        return socket.socket(family, kind, protocol, fileno=opened.detach())
