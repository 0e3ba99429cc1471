# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reads of sections: of one site, and what is the same for all sites of a run."""

from __future__ import annotations

import threading
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError, RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import Parameters

if t.TYPE_CHECKING:
    from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient

Data = dict[str, t.Any]
T = t.TypeVar("T")


class SectionReader:
    """Reads for sections. Thread-safe."""

    def __init__(self, client: SiteLockClient, context: RunContext) -> None:
        self.context = context
        self._client = client
        self._accepted: set[tuple[str, int, str]] = set()
        self._lock = threading.Lock()
        self._shared: dict[str, t.Any] = {}

    def of_site(self, method: Method, site_id: int) -> Data:
        """The answer of a getter about one site, see ``SiteLockClient.call``."""
        return self._client.call(method, {"site_id": site_id})

    def note_accepted(self, method: Method, site_id: int, subject: str = "") -> None:
        """A write was sent for a site, and the API accepted it. :param subject: see ``Write``."""
        self._accepted.add((method.name, site_id, subject))

    def was_accepted(self, method: Method, site_id: int, subject: str = "") -> bool:
        """Whether a write was accepted in this run, for what no getter shows, or not at once."""
        return (method.name, site_id, subject) in self._accepted

    def shared(self, method: Method, parse: t.Callable[[Data], T], parameters: Parameters | None = None) -> T:
        """What ``parse`` makes of the answer of a method that is about no site. It is asked once a run, and a refusal
        holds for the run.
        """
        key = f"{method.name} {parameters or {}}"
        with self._lock:
            if key not in self._shared:
                try:
                    self._shared[key] = parse(self._client.call(method, parameters or {}))
                except DeferredError:
                    raise
                except WebsecError as error:
                    self._shared[key] = error
            found = self._shared[key]
        if isinstance(found, WebsecError):
            raise found
        return t.cast("T", found)
