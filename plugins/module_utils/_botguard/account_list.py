# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the account contains a domain: the second proof that a website does not exist."""

from __future__ import annotations

import threading

from ansible_collections.hosting.websec.plugins.module_utils._botguard.client import BotGuardClient
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError


class AccountList:
    """The list of all websites, read on first use and cached. Thread-safe.

    A list from before a write to a domain proves nothing about this domain: it is then read again.
    """

    def __init__(self, client: BotGuardClient) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._writes = 0
        self._written: dict[str, int] = {}
        self._taken_after = -1
        self._domains: frozenset[str] | WebsecError = frozenset()

    def wrote(self, domain: str) -> None:
        """To be called after each write to ``domain``, whatever its response."""
        with self._lock:
            self._writes += 1
            self._written[domain] = self._writes

    def holds(self, domain: str) -> bool:
        """Whether the account contains ``domain``. :raises WebsecError: the list could not be read."""
        with self._lock:
            if self._taken_after < self._written.get(domain, 0):
                self._taken_after = self._writes
                try:
                    self._domains = self._client.domains()
                except WebsecError as error:
                    self._domains = error
            if isinstance(self._domains, WebsecError):
                raise self._domains
            return domain in self._domains
