# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks about scans and backups, against a vendor that is a function. No network, and no time passes."""

from __future__ import annotations

import types
import typing as t

import pytest
from lxml import etree

from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.tests.unit.core.clients import QuickContext
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply
from ansible_collections.hosting.websec.tests.unit.sitelock.api import document
from ansible_collections.hosting.websec.tests.unit.sitelock.test_addon_passes import connection
from ansible_collections.hosting.websec.tests.unit.sitelock.wire import Wire

Vendor = t.Callable[[str, etree._Element], t.Union[str, Reply]]
"""Gets the name and the element of the method; returns what stands in the response."""


def free(domain: str) -> str:
    return (
        f"<checkDomain><domain>{domain}</domain><message>domain is available</message><status>ok</status></checkDomain>"
    )


def owner(domain: str, site_id: int) -> str:
    return (
        f"<checkDomain><domain>{domain}</domain><account_id>570</account_id><message>domain already exists</message>"
        f"<site_id>{site_id}</site_id><status>error</status></checkDomain>"
    )


class Tasks:
    """Runs a module; C(sent) has the requests of the last task, an empty element is short."""

    def __init__(self, module: types.ModuleType, monkeypatch: pytest.MonkeyPatch, **defaults: t.Any) -> None:
        self._module = module
        self._monkeypatch = monkeypatch
        self._defaults = defaults
        self.sent: list[str] = []
        self.context = QuickContext()

    def __call__(
        self, vendor: Vendor, *, check_mode: bool | None = None, context: RunContext | None = None, **given: t.Any
    ) -> dict[str, t.Any]:
        self.sent = []
        self.context = QuickContext()
        options = {
            **connection("http://127.0.0.1:9/v1/partner"),
            "concurrency": 1,
            "on_error": "report",
            "site_ids": {},
            **self._defaults,
            **given,
        }
        create = SiteLockClient.from_options

        def from_options(_cls: t.Any, options: t.Any, *, read_only: bool, context: RunContext) -> SiteLockClient:
            client = create(options, read_only=read_only, context=context)
            client._http = Wire(lambda request: self._reply(request, vendor), read_only=read_only)
            return client

        with self._monkeypatch.context() as patched:
            patched.setattr(SiteLockClient, "from_options", classmethod(from_options))
            mode = {} if check_mode is None else {"check_mode": check_mode}
            result: dict[str, t.Any] = self._module.run(options, context or self.context, **mode)
        return result

    def _reply(self, request: Received, vendor: Vendor) -> Reply:
        method = etree.fromstring(request.body)[1]
        for element in method.iter():
            element.text = element.text or None
        self.sent.append(etree.tostring(method).decode())
        reply = vendor(str(method.tag), method)
        return reply if isinstance(reply, Reply) else Reply(document(reply))
