# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rate limit: requests per second, and the pauses that a server requests. Knows no vendor and no HTTP."""

from __future__ import annotations

import threading

from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext

LONGEST_PAUSE = 60.0
"""Seconds: the longest pause, even if a server requests a longer one."""


class RateLimiter:
    """When the next request may be sent. Shared by all workers of a client: a pause applies to all of them.

    :param per_second: requests per second, evenly spread; ``None``: no limit.
    """

    def __init__(self, context: RunContext, per_second: float | None = None) -> None:
        self._context = context
        self._distance = 1 / per_second if per_second else 0.0
        self._lock = threading.Lock()
        self._next = 0.0
        self._paused_until = 0.0

    def acquire(self) -> None:
        """Wait until the calling worker may send a request.

        :raises DeferredError: no request may be sent any more.
        """
        self._context.check()
        if not self._distance and self._context.now() >= self._paused_until:
            return
        while (wait := self._reserve()) > 0:
            self._context.sleep(wait)
            with self._lock:
                if self._context.now() >= self._paused_until:
                    return

    def _reserve(self) -> float:
        """Reserve the next slot; return the seconds until it."""
        with self._lock:
            now = self._context.now()
            start = max(now, self._next, self._paused_until)
            self._next = start + self._distance
            return start - now

    def pause(self, seconds: float) -> None:
        """Record a pause that the server requests of all workers."""
        with self._lock:
            self._paused_until = max(self._paused_until, self._context.now() + min(seconds, LONGEST_PAUSE))
