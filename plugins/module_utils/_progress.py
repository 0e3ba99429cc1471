# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The progress of a task, written to a file that the action plugin of the module reads."""

from __future__ import annotations

import json
import os
import threading
import time

WRITE_INTERVAL = 0.2
"""Minimum number of seconds between two writes of the progress file."""


class ProgressFile:
    """The progress of a task, as one JSON object in a file: C(step), C(unit), C(total), C(done), C(waiting), C(failed),
    C(sent), the number of accepted writes, and C(announcement), a line to show unchanged."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._writing = threading.Lock()
        self._step = ""
        self._unit = ""
        self._total = 0
        self._announcement = ""
        self._ended: list[tuple[bool, bool]] = []
        self._sent: list[None] = []
        self._written = 0.0

    def enter(self, step: str) -> None:
        self._step = step

    def begin(self, total: int, unit: str) -> None:
        with self._writing:
            self._unit, self._total, self._ended, self._sent = unit, total, [], []
            self._write()

    def announce(self, text: str) -> None:
        with self._writing:
            self._announcement = text
            self._write()

    def done(self, *, waiting: bool, failed: bool) -> None:
        # No worker waits here for another one that writes: with many workers, waiting took longer than their calls.
        self._ended.append((waiting, failed))
        self._write_if_due(last=len(self._ended) == self._total)

    def sent(self) -> None:
        self._sent.append(None)
        self._write_if_due(last=False)

    def _write_if_due(self, *, last: bool) -> None:
        due = last or time.monotonic() - self._written >= WRITE_INTERVAL
        if due and self._writing.acquire(blocking=last):
            try:
                self._write()
            finally:
                self._writing.release()

    def _write(self) -> None:
        if not self._path:
            return
        self._written = time.monotonic()
        ended = list(self._ended)
        state = {
            "step": self._step,
            "unit": self._unit,
            "total": self._total,
            "done": len(ended),
            "waiting": sum(waiting for waiting, _failed in ended),
            "failed": sum(failed for _waiting, failed in ended),
            "sent": len(self._sent),
            "announcement": self._announcement,
        }
        try:
            with open(f"{self._path}.new", "w", encoding="utf-8") as file:
                json.dump(state, file)
            os.replace(f"{self._path}.new", self._path)
        except OSError:
            # The reader may be gone, or be another user. That is no reason to stop the work.
            self._path = ""
