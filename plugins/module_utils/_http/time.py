# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A time limit for each try of a call, whatever the server does.

The timeout of a socket applies to each read: a server that sends a byte now and then blocks a worker forever, and so
does one that never ends its headers, its interim responses or its TLS handshake. So another thread shuts down the
connection when the time is over, and the reader sees its end.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import typing as t


class Try:
    """One try of a call: its time limit, and its progress."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.end = time.monotonic() + seconds
        self.over = False
        """The time limit passed before it was complete."""
        self.unresolved = False
        """The resolver did not respond in time."""
        self.opened = False
        """A connection to the server or to the proxy was opened for it."""
        self.proxy_status: int | None = None
        """The status of the proxy's response."""
        self.sent = False
        """The request, or part of it, may have reached the server."""
        self._connection: socket.socket | None = None

    def seconds_left(self) -> float:
        """:raises TimeoutError: no time is left."""
        left = self.end - time.monotonic()
        if self.over or left <= 0:
            raise socket.timeout("timed out")
        return left

    def use(self, connection: socket.socket) -> None:
        """:param connection: to shut down when the time is over."""
        self._connection = connection
        # Checked after the line above: the other thread does the same two steps in reverse order.
        self.seconds_left()

    def expire(self) -> None:
        """End it, from another thread."""
        self.over = True
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)


class TimeKeeper:
    """Ends the tries whose time is over: one thread for all workers of a client, started on demand."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running: set[Try] = set()
        self._next_look = float("inf")
        self._thread: threading.Thread | None = None
        self._closed = False

    @contextlib.contextmanager
    def keep(self, attempt: Try) -> t.Iterator[None]:
        """Ends ``attempt`` within this context, and never after it."""
        with self._changed:
            self._running.add(attempt)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="time limits", daemon=True)
                self._thread.start()
            if attempt.end < self._next_look:
                self._next_look = attempt.end
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._running.discard(attempt)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                for attempt in [attempt for attempt in self._running if attempt.end <= now]:
                    self._running.discard(attempt)
                    attempt.expire()
                self._next_look = min((attempt.end for attempt in self._running), default=float("inf"))
                # An infinite wait cannot be given in seconds.
                self._changed.wait(None if self._next_look == float("inf") else self._next_look - now)
