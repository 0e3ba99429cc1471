# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much each client has ordered today, in a file that survives a restart."""

from __future__ import annotations

import sqlite3
import threading


class Orders:
    """The count. An order counts before it is sent, and stays counted whatever becomes of it.

    :param path: of the SQLite file.
    """

    def __init__(self, path: str) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS orders (client TEXT, day TEXT, taken INTEGER NOT NULL, "
            "PRIMARY KEY (client, day)) WITHOUT ROWID"
        )

    def take(self, client: str, day: str, number: int, limit: int) -> bool:
        """Count orders if all of them are within the limit; False: none was counted.

        :param day: in UTC, as 2026-11-29.
        :raises sqlite3.Error: the file cannot be used, so nothing may be ordered.
        """
        if number > limit:
            return False
        with self._lock:
            self._database.execute("DELETE FROM orders WHERE day < ?", (day,))
            done = self._database.execute(
                "INSERT INTO orders VALUES (?, ?, ?) ON CONFLICT (client, day) "
                "DO UPDATE SET taken = taken + excluded.taken WHERE taken + excluded.taken <= ?",
                (client, day, number, limit),
            )
            return done.rowcount == 1

    def close(self) -> None:
        """Close the file."""
        self._database.close()
