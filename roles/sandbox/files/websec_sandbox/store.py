# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state on disk: one SQLite file, written through, so that a killed process can continue."""

from __future__ import annotations

import json
import pathlib
import sqlite3
import threading
import typing

Record = dict[str, typing.Any]
# (kind, key) -> the record, or None to remove it
Changes = dict[tuple[str, str], Record | None]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS record (kind TEXT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, key));
CREATE TABLE IF NOT EXISTS ledger (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS journal (n INTEGER PRIMARY KEY, body TEXT NOT NULL);
"""


class Store:
    """Records by kind and key, and two lists that only grow: the ledger and the journal. Safe for threads."""

    def __init__(self, path: pathlib.Path | str) -> None:
        """Open or make the file C(path); C(":memory:") keeps nothing. Raises sqlite3.Error."""
        self._lock = threading.Lock()
        self._db = sqlite3.connect(str(path), check_same_thread=False)
        # What the operating system has is safe from a kill of this process; a power cut is not a case here.
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(_SCHEMA)

    def records(self, kind: str) -> dict[str, Record]:
        """All records of a kind, by key, in the order of their first writing."""
        rows = self._db.execute("SELECT key, body FROM record WHERE kind = ? ORDER BY rowid", (kind,))
        return {key: json.loads(body) for key, body in rows}

    def ledger(self) -> list[Record]:
        """All ledger entries, oldest first."""
        return [json.loads(body) for (body,) in self._db.execute("SELECT body FROM ledger ORDER BY id")]

    def journal(self, limit: int) -> list[Record]:
        """The last C(limit) journal entries, oldest first."""
        rows = self._db.execute("SELECT body FROM journal ORDER BY n DESC LIMIT ?", (limit,)).fetchall()
        return [json.loads(body) for (body,) in reversed(rows)]

    def write(self, changes: Changes, ledger: typing.Iterable[Record] = ()) -> None:
        """Write records (also with dataclasses in them) and ledger entries (each with its C(id)) in one transaction."""
        stored = [
            (kind, key, json.dumps(body, default=vars)) for (kind, key), body in changes.items() if body is not None
        ]
        removed = [key for key, body in changes.items() if body is None]
        with self._lock, self._db:
            self._db.executemany("DELETE FROM record WHERE kind = ? AND key = ?", removed)
            self._db.executemany(
                "INSERT INTO record VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
                stored,
            )
            self._db.executemany(
                "INSERT INTO ledger VALUES (?, ?)", [(entry["id"], json.dumps(entry)) for entry in ledger]
            )

    def append_journal(self, entries: typing.Iterable[Record]) -> None:
        """Write journal entries, each with its number C(n)."""
        with self._lock, self._db:
            self._db.executemany(
                "INSERT INTO journal VALUES (?, ?)", [(entry["n"], json.dumps(entry)) for entry in entries]
            )

    def clear_journal(self) -> None:
        """Remove all journal entries."""
        with self._lock, self._db:
            self._db.execute("DELETE FROM journal")

    def clear(self) -> None:
        """Remove everything."""
        with self._lock, self._db:
            for table in ("record", "ledger", "journal"):
                self._db.execute(f"DELETE FROM {table}")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()
