# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was handed to the SMTP server, in an SQLite file: the reason why no message is sent twice.

A message is in the journal before its content goes out. Each change is on the disk when the method returns.
"""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import fcntl
import os
import pathlib
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, UnavailableError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    import sqlite3
except ImportError:  # a Python that was built without it
    note_missing("sqlite3")

_VERSION = 1
_SYNCHRONOUS = "EXTRA"
"""On the disk when a change returns, with the folder: it also outlives a power failure."""
_WAIT = 10.0
"""Seconds to wait for another program that has the file open, such as the sqlite3 shell."""

_TABLES = """
CREATE TABLE api (url TEXT NOT NULL, runs INTEGER NOT NULL);
CREATE TABLE messages (
    queue_id TEXT PRIMARY KEY, state TEXT NOT NULL, recipient TEXT NOT NULL, reply TEXT NOT NULL,
    changed_at TEXT NOT NULL
) WITHOUT ROWID;
"""


class State(enum.Enum):
    """How far a message is. One that is not in the journal was never handed over."""

    SENDING = "sending"
    """Its content is about to go out. If this is what a later run finds, the outcome is unknown."""
    UNKNOWN = "outcome_unknown"
    """Its content went out, and the server's answer did not arrive."""
    ACCEPTED = "accepted"
    """The server has accepted it. SiteLock does not know yet."""
    MARKED = "marked"
    """SiteLock knows that it was sent."""


@dataclasses.dataclass(frozen=True)
class Entry:
    """A message in the journal.

    :param reply: the answer of the SMTP server, or what happened instead.
    """

    state: State
    recipient: str
    reply: str


class JournalError(UnavailableError):
    """The journal cannot be used. Nothing may be sent then."""


class Journal:
    """The journal at ``path``, for messages of one API."""

    def __init__(self, path: str, now: t.Callable[[], str]) -> None:
        """
        :param now: the time as text.
        """
        self.path = path
        self._now = now
        self._database: sqlite3.Connection | None = None

    @contextlib.contextmanager
    def opened(self, api_url: str) -> t.Iterator[None]:
        """Open the journal for writing, and lock out other runs until the end.

        :raises JournalError: it cannot be used, or another run has it.
        :raises BadInputError: it is the journal of another API.
        """
        with _locked(self._lock) as handle:
            self._refuse_lost()
            with self._connected(read_only=False):
                self._check(api_url)
                with self._errors():
                    _note_made(handle)
                # It must be possible to write before anything is sent. SQLite does not write what does not change.
                self._write("UPDATE api SET runs = runs + 1")
                yield

    @property
    def _lock(self) -> str:
        """The file beside the journal that locks it; it is not empty once the journal was made."""
        # Of the file itself: another path may lead to it.
        return f"{os.path.realpath(self.path)}.lock"

    def _refuse_lost(self) -> None:
        """:raises JournalError: the journal was made, and has nothing now."""
        if _size(self._lock) and not _size(self.path):
            raise JournalError(
                f"The journal {self.path} was here, and is {'gone' if _size(self.path) is None else 'empty'} now.",
                hint="Nothing was sent. Restore the file: without it, messages could be sent twice. To begin a new "
                f"one, remove {self._lock}, too.",
            )

    @contextlib.contextmanager
    def opened_to_read(self, api_url: str) -> t.Iterator[None]:
        """Open the journal for reading, also while a run has it. Without a file it is empty."""
        self._refuse_lost()
        if not os.path.lexists(self.path):
            yield
            return
        with self._connected(read_only=True):
            self._check(api_url)
            yield

    @contextlib.contextmanager
    def _connected(self, *, read_only: bool) -> t.Iterator[None]:
        with self._errors():
            if not read_only:
                # Addresses of customers: for its owner only, from the first moment on.
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            uri = f"{pathlib.Path(self.path).absolute().as_uri()}?mode={'ro' if read_only else 'rw'}"
            self._database = sqlite3.connect(uri, uri=True, timeout=_WAIT, isolation_level=None)
        try:
            yield
        finally:
            self._database.close()
            self._database = None

    @contextlib.contextmanager
    def _errors(self) -> t.Iterator[None]:
        try:
            yield
        except (OSError, ValueError, sqlite3.Error) as error:
            raise JournalError(
                f"The journal {self.path} cannot be used: {error}.",
                hint="Nothing more was sent. Check the file, its folder and the free space of the disk. Do not remove "
                "the file: without it, messages could be sent twice.",
            ) from None

    def _execute(self, statement: str, *values: str) -> list[tuple[t.Any, ...]]:
        if self._database is None:
            return []
        return self._database.execute(statement, values).fetchall()

    def _check(self, api_url: str) -> None:
        with self._errors():
            self._execute(f"PRAGMA synchronous = {_SYNCHRONOUS}")
            version = self._execute("PRAGMA user_version")[0][0]
            if version == 0 and not self._execute("SELECT name FROM sqlite_master"):
                self._create(api_url)
                return
            owners = self._execute("SELECT url FROM api") if version == _VERSION else []
        if version != _VERSION:
            raise BadInputError(
                f"{self.path} is not a journal of this version of the collection.",
                hint="Nothing was sent. Check the path in journal.",
            )
        if owners != [(api_url,)]:
            raise BadInputError(
                f"The journal {self.path} belongs to {owners[0][0] if owners else 'no API'}, and api_url is {api_url}.",
                hint="Nothing was sent. Each API needs a journal of its own, because their queue ids are the same "
                "numbers. If it is the same API at a new address, change the address in the table api of the file.",
            )

    def _create(self, api_url: str) -> None:
        if self._database is not None:
            url = api_url.replace("'", "''")
            self._database.executescript(
                f"BEGIN;{_TABLES}INSERT INTO api VALUES ('{url}', 0);PRAGMA user_version = {_VERSION};COMMIT;"
            )

    def _write(self, statement: str, *values: str) -> None:
        with self._errors():
            self._execute(statement, *values)

    def entries(self) -> dict[str, Entry]:
        """All messages in it, by their queue ids."""
        with self._errors():
            rows = self._execute("SELECT queue_id, state, recipient, reply FROM messages")
            return {queue_id: Entry(State(state), recipient, reply) for queue_id, state, recipient, reply in rows}

    def claim(self, queue_id: str, before: Entry | None, recipient: str) -> None:
        """Write down that the content of a message is about to go out.

        :param before: its entry when the run began.
        :raises JournalError: it could not be written, or its entry is another one now. So also two runs that do not
            see each other's lock (on a network disk, or because somebody removed its file) send a message once.
        """
        now = (State.SENDING.value, recipient, "", self._now())
        if before is None:
            self._write("INSERT OR IGNORE INTO messages VALUES (?, ?, ?, ?, ?)", queue_id, *now)
        else:
            self._write(
                "UPDATE messages SET state = ?, recipient = ?, reply = ?, changed_at = ? "
                "WHERE queue_id = ? AND state = ? AND recipient = ? AND reply = ?",
                *(*now, queue_id, before.state.value, before.recipient, before.reply),
            )
        with self._errors():
            if self._database is not None and self._execute("SELECT changes()") != [(1,)]:
                raise ValueError(f"another run has changed the entry of message {queue_id}")

    def set(self, queue_id: str, entry: Entry) -> None:
        """Write down how far a message is.

        :raises JournalError: it could not be written.
        """
        self._write(
            "INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?, ?)",
            queue_id,
            entry.state.value,
            entry.recipient,
            entry.reply,
            self._now(),
        )

    def settle(self, queue_ids: t.Iterable[str]) -> None:
        """SiteLock knows that these messages were sent.

        :raises JournalError: it could not be written.
        """
        if self._database is None:
            return
        change = "UPDATE messages SET state = ?, changed_at = ? WHERE queue_id = ?"
        with self._errors(), self._database:
            self._execute("BEGIN")
            for queue_id in queue_ids:
                self._execute(change, State.MARKED.value, self._now(), queue_id)

    def forget(self, before: str, *, but: t.Collection[str]) -> None:
        """Remove the messages that SiteLock has known as sent since then, and no others.

        :param before: a time. :param but: messages to keep, by their queue ids.
        :raises JournalError: it could not be written.
        """
        with self._errors():
            done = self._execute(
                "SELECT queue_id FROM messages WHERE state = ? AND changed_at < ?", State.MARKED.value, before
            )
        old = [queue_id for (queue_id,) in done if queue_id not in but]
        if not old or self._database is None:
            return
        with self._errors(), self._database:
            self._execute("BEGIN")
            for queue_id in old:
                self._execute("DELETE FROM messages WHERE queue_id = ? AND state = ?", queue_id, State.MARKED.value)

    def take_back(self, queue_id: str, before: Entry | None) -> None:
        """A message did not go out after all.

        :param before: its entry before this try.
        """
        if before is None:
            self._write("DELETE FROM messages WHERE queue_id = ?", queue_id)
        else:
            self.set(queue_id, before)


def _size(path: str) -> int | None:
    """Of a file; C(None): there is none."""
    try:
        return os.stat(path).st_size
    except OSError:
        return None


def _note_made(handle: int) -> None:
    """Write into the lock file that the journal was made."""
    if os.fstat(handle).st_size == 0:
        os.write(handle, b"The journal beside this file was made.\n")
        os.fsync(handle)


@contextlib.contextmanager
def _locked(path: str) -> t.Iterator[int]:
    """Hold a lock that ends with the process in any case. Gives its file.

    :raises JournalError: another run has it, or the file cannot be used.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise JournalError(
            f"The journal cannot be locked: {path}: {error.strerror}.",
            hint="Nothing was sent. Set journal to a file in a folder that exists, and that this user can write to.",
        ) from None
    try:
        _take(handle, path)
        yield handle
    finally:
        os.close(handle)


def _take(handle: int, path: str) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise JournalError(
            f"Another run is sending: it has locked {path}.", hint="Nothing was sent. Run again when it has ended."
        ) from None
    except OSError as error:
        raise JournalError(
            f"The journal cannot be locked: {path}: {error.strerror}.",
            hint="Nothing was sent. Put the journal on a local disk.",
        ) from None
