# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stood there before a change, written down until the change is confirmed.

A journal is one file, written in one step. Beside it, a mark says that the server may have been told to take over the
new files. Both are there as long as the change is neither confirmed nor undone, also when the process was killed.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import fcntl
import json
import os
import time
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import UnavailableError
from ansible_collections.hosting.websec.plugins.module_utils._web.files import Change, State

Command = list[str]

LOCK_WAIT = 60.0
"""Seconds to wait for another run on the same host."""


@dataclasses.dataclass(frozen=True)
class Entry:
    """A change that is under way, and how the server is told about it."""

    changes: list[Change]
    validate: list[Command]
    activate: Command
    activating: bool = False


class Journal:
    """The journal in ``folder``."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._file = os.path.join(folder, "pending.json")
        self._mark = os.path.join(folder, "activating")

    @contextlib.contextmanager
    def locked(self, wait: float = LOCK_WAIT) -> t.Iterator[None]:
        """Make the folder, and keep other runs out until the end. The lock ends with the process, however that ends.

        :raises UnavailableError: another run still held the lock after ``wait`` seconds.
        """
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        os.chmod(self._folder, 0o700)
        handle = os.open(os.path.join(self._folder, "lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._take(handle, time.monotonic() + wait)
            yield
        finally:
            os.close(handle)

    def _take(self, handle: int, end: float) -> None:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() >= end:
                    raise UnavailableError(
                        f"Another run holds the lock of {self._folder}.", hint="Run this again when it has ended."
                    ) from None
            time.sleep(0.1)

    def load(self) -> Entry | None:
        """The change that was under way when a run was interrupted, if there is one."""
        try:
            with open(self._file, encoding="ascii") as file:
                data = json.load(file)
        except FileNotFoundError:
            return None
        changes = [Change(row["path"], _state(row["before"]), _state(row["after"])) for row in data["changes"]]
        return Entry(changes, data["validate"], data["activate"], os.path.exists(self._mark))

    def save(self, entry: Entry) -> None:
        """Write ``entry`` down; it is on the disk when this returns."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._mark)
        data = {
            "changes": [
                {"path": change.path, "before": _row(change.before), "after": _row(change.after)}
                for change in entry.changes
            ],
            "validate": entry.validate,
            "activate": entry.activate,
        }
        self._write(self._file, json.dumps(data))

    def mark_activating(self) -> None:
        """Note that the server is about to be told."""
        self._write(self._mark, "")

    def clear(self) -> None:
        """Forget the change, and what a killed process may have left. The mark alone means nothing."""
        for path in (self._file, self._mark, f"{self._file}.new", f"{self._mark}.new"):
            if os.path.exists(path):
                os.unlink(path)
                sync_folder(self._folder)

    def _write(self, path: str, text: str) -> None:
        new = f"{path}.new"
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.rename(new, path)
        sync_folder(self._folder)


def sync_folder(folder: str) -> None:
    """Make sure that new names in ``folder`` are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _row(state: State) -> dict[str, t.Any]:
    return {**dataclasses.asdict(state), "content": base64.b64encode(state.content).decode("ascii")}


def _state(row: dict[str, t.Any]) -> State:
    return State(**{**row, "content": base64.b64decode(row["content"])})
