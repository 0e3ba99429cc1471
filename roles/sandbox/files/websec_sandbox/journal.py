# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The request journal: one entry for every API request, without any secret."""

from __future__ import annotations

import collections
import itertools
import threading
import typing

from .store import Store

# Older entries are dropped, so that a long benchmark does not fill the memory.
LIMIT = 500_000
_BATCH = 500
_INTERVAL = 0.5


class Journal:
    """Entries in memory, written to the store in batches and at C(close). Safe for threads."""

    def __init__(self, store: Store) -> None:
        """Continue the journal of C(store)."""
        self._store = store
        self._lock = threading.Lock()
        self._entries: collections.deque[dict[str, typing.Any]] = collections.deque(store.journal(LIMIT), LIMIT)
        self._number = self._entries[-1]["n"] if self._entries else 0
        self._pending: list[dict[str, typing.Any]] = []
        self._stopping = threading.Event()
        self._writer = threading.Thread(target=self._write, name="journal", daemon=True)
        self._writer.start()

    def add(self, entry: dict[str, typing.Any]) -> None:
        """Add C(entry); it gets its number C(n)."""
        with self._lock:
            self._number += 1
            numbered = {"n": self._number, **entry}
            self._entries.append(numbered)
            self._pending.append(numbered)
            full = len(self._pending) >= _BATCH
        if full:
            self.flush()

    def entries(self, since: int = 0) -> list[dict[str, typing.Any]]:
        """All entries with a number above C(since), oldest first."""
        with self._lock:
            # Numbers have no gaps, so the first wanted entry is found by counting.
            skip = max(0, since + 1 - self._entries[0]["n"]) if self._entries else 0
            return list(itertools.islice(self._entries, skip, None))

    def flush(self) -> None:
        """Write what is not yet written."""
        with self._lock:
            pending, self._pending = self._pending, []
            if pending:
                self._store.append_journal(pending)

    def clear(self) -> None:
        """Forget all entries; numbers go on."""
        with self._lock:
            self._entries.clear()
            self._pending.clear()
            self._store.clear_journal()

    def close(self) -> None:
        """Write everything and stop the writer."""
        self._stopping.set()
        self._writer.join()
        self.flush()

    def _write(self) -> None:
        while not self._stopping.wait(_INTERVAL):
            self.flush()
