# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clock of the sandbox: real time, plus what was added to it."""

from __future__ import annotations

import datetime
import threading
import time
import typing


class Clock:
    """Seconds since 1970; C(advance) moves it forward."""

    def __init__(self, offset: float = 0.0, real: typing.Callable[[], float] = time.time) -> None:
        """C(offset): seconds ahead of C(real)."""
        self.offset = offset
        self._real = real
        self._moved = threading.Condition()

    def now(self) -> float:
        """The time now."""
        return self._real() + self.offset

    def advance(self, seconds: float) -> None:
        """Move the clock on. Raises ValueError for a negative number."""
        if seconds < 0:
            raise ValueError("the clock cannot go back")
        with self._moved:
            self.offset += seconds
            self._moved.notify_all()

    def wait(self, moment: float) -> None:
        """Wait until C(moment), until the clock is moved on, or for a second: ask for the time again."""
        with self._moved:
            self._moved.wait(min(1.0, max(0.0, moment - self.now())))


def iso(moment: float) -> str:
    """A time as C(2026-11-21T10:00:00.000Z)."""
    return datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def day(moment: float) -> str:
    """The date of a time as C(2026-11-21)."""
    return datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).strftime("%Y-%m-%d")
