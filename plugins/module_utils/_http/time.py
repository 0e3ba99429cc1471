# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An end for each try of a call, whatever the server does.

The time-out of a socket is for each read from it: a server that sends a byte now and then holds a worker for ever, and
so does one that never ends its headers, its interim answers or its TLS handshake. So another thread shuts the
connection down when the time is over, and whoever reads from it finds its end.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import typing as t


class Try:
    """One try of a call: its end, and how far it came."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.end = time.monotonic() + seconds
        self.over = False
        """Its time was over before it was done."""
        self.unresolved = False
        """The resolver did not answer in time."""
        self.opened = False
        """A connection was opened for it, to the server or to the proxy."""
        self.proxy_status: int | None = None
        """What the proxy answered."""
        self.sent = False
        """The request, or a part of it, may have reached the server."""
        self._connection: socket.socket | None = None

    def seconds_left(self) -> float:
        """:raises TimeoutError: none are left."""
        left = self.end - time.monotonic()
        if self.over or left <= 0:
            raise socket.timeout("timed out")
        return left

    def use(self, connection: socket.socket) -> None:
        """:param connection: what is to be shut down when the time is over."""
        self._connection = connection
        # Looked at after the line above: the other thread does the same two steps in the other order.
        self.seconds_left()

    def expire(self) -> None:
        """End it, from another thread."""
        self.over = True
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)


class TimeKeeper:
    """Ends the tries whose time is over: one thread for all workers of a client, begun when it is needed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running: set[Try] = set()
        self._next_look = float("inf")
        self._thread: threading.Thread | None = None
        self._closed = False

    @contextlib.contextmanager
    def keep(self, attempt: Try) -> t.Iterator[None]:
        """``attempt`` is ended within this context, and never after it."""
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
                # A wait without an end cannot be given in seconds.
                self._changed.wait(None if self._next_look == float("inf") else self._next_look - now)
