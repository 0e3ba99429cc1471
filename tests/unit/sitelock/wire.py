# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A SiteLock client without a network, for tests with many answers."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect, guard
from ansible_collections.hosting.websec.plugins.module_utils._errors import UnavailableError
from ansible_collections.hosting.websec.plugins.module_utils._http.client import HttpClient
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.credentials import Credentials
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply

ADDRESS = "https://api.example/v1/partner"


class Wire(HttpClient):
    """The transport: ``reply`` answers each request immediately. C(written) has the calls that are not reads."""

    def __init__(self, reply: t.Callable[[Received], Reply], *, read_only: bool = False) -> None:
        super().__init__(HttpSettings(), url=ADDRESS, server="SiteLock API", read_only=read_only)
        self._reply = reply
        self.written: list[str] = []

    def send(
        self,
        effect: Effect,
        method: str,
        path: str = "",
        *,
        call: str,
        data: t.Any = None,
        params: t.Any = None,
        headers: t.Any = None,
        is_final: t.Any = None,
    ) -> HttpResponse:
        guard(effect, call, read_only=self._read_only)
        if effect is not Effect.READ:
            self.written.append(call)
        reply = self._reply(Received(method, path, headers or {}, data))
        if reply.fault:
            raise UnavailableError(f"{call}: the connection broke before the response arrived.", may_have_happened=True)
        return HttpResponse(reply.status, "text/xml", reply.body)


def wired_client(reply: t.Callable[[Received], Reply]) -> tuple[SiteLockClient, Wire]:
    """A client whose requests are answered by ``reply``, and its wire."""
    client = SiteLockClient(ADDRESS, Credentials("Username", "Password"), HttpSettings(), read_only=False)
    wire = Wire(reply)
    client._http = wire
    return client, wire
