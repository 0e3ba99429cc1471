# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stand-in of the API in this process, without DNS."""

from __future__ import annotations

import contextlib
import threading
import types
import typing as t

from websec_sandbox import fleet
from websec_sandbox.config import Config
from websec_sandbox.server import Server
from websec_sandbox.service import Service
from websec_sandbox.store import Store

USERNAME = "partner"
PASSWORD = "s3cret-of-the-partner"
CLIENT_ID = "client-of-the-partner"
CLIENT_SECRET = "s3cret-of-the-client"
API_KEY = "k3y"


class _NoDns:
    def records(self, _name: str, _kind: str) -> dict[str, list[str]]:
        return {}


class SandboxInProcess:
    """It stops at the end of the ``with`` block."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> SandboxInProcess:
        config = Config(
            directory="",
            sitelock_username=USERNAME,
            sitelock_password=PASSWORD,
            sitelock_client_id=CLIENT_ID,
            sitelock_client_secret=CLIENT_SECRET,
            botguard_api_key=API_KEY,
            port=0,
            dns_port=53,
        )
        self.service = Service(config, Store(":memory:"), t.cast("t.Any", _NoDns()))
        self._stack.callback(self.service.close)
        server = Server(self.service)
        self._stack.callback(server.server_close)
        self._stack.callback(server.shutdown)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        self.url = f"{base}/v1/partner"
        self.token_url = f"{base}/v2/oauth2/token"
        self.botguard_url = f"{base}/botguard"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        self._stack.close()

    def begin(self, things: t.Mapping[str, t.Any], settings: t.Mapping[str, t.Any]) -> None:
        """Reset, with these plans, accounts, sites, and settings of the stand-in."""
        self.service.reset()
        with self.service.world.change():
            self.service.world.settings.change(settings)
        fleet.merge(self.service.world, dict(things))
