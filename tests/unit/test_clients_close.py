# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client is a context, and its connections end with it."""

from __future__ import annotations

import threading
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._botguard.client import BotGuardClient
from ansible_collections.hosting.websec.plugins.module_utils._errors import AuthError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import GET_SITELOCK_IPS
from ansible_collections.hosting.websec.tests.unit.core.raw_server import Caller, RawServer

CLIENTS: dict[str, t.Callable[[str], t.Any]] = {
    "SiteLock": lambda url: SiteLockClient.from_options(
        {"api_url": url, "api_username": "me", "api_password": "x", "api_partner": None}, read_only=True
    ),
    "BotGuard": lambda url: BotGuardClient.from_options({"api_url": url, "api_key": "x"}, read_only=True),
}
CALLS: dict[str, t.Callable[[t.Any], t.Any]] = {
    "SiteLock": lambda client: client.call(GET_SITELOCK_IPS, {}),
    "BotGuard": lambda client: client.domains(),
}


@pytest.mark.parametrize("name", CLIENTS)
def test_the_connections_of_a_client_end_with_its_context_even_when_it_failed(name: str) -> None:
    ended = threading.Event()

    def talk(caller: Caller) -> None:
        caller.read_request()
        caller.send(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n")
        if caller.connection.recv(1) == b"":
            ended.set()

    with RawServer(talk) as server:
        client = CLIENTS[name](server.url)
        with pytest.raises(AuthError), client:
            CALLS[name](client)
        # The client is still referenced here, so only its end can have closed the connection.
        assert ended.wait(10)
        assert client is not None
