# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state before a change, saved until the change is confirmed.

A journal is one file, written atomically. Next to it, a mark says that the server may have been told to activate the
new files. Both exist until the change is confirmed or undone, also if the process is killed. A journal is executed with
the rights of the process, so it is used only if nobody else can have written it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import time
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import UnavailableError
from ansible_collections.hosting.websec.plugins.module_utils._web.disk import read_all, remove, sync_folder, write_new
from ansible_collections.hosting.websec.plugins.module_utils._web.journal_entry import JournalEntry, from_text, to_text

LOCK_WAIT = 60.0
"""Seconds to wait for another run on the same host."""

MODE = 0o700

_KEPT = "old-"
_NO_LINKS = frozenset({errno.EXDEV, errno.EPERM, errno.EACCES, errno.EMLINK, errno.ENOSYS, errno.EOPNOTSUPP})
"""Errors of another file system, of one without hard links, and of a system that allows them only to owners."""


class Journal:
    """The journal in ``folder``."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._file = os.path.join(folder, "pending.json")
        self._mark = os.path.join(folder, "activating")

    @contextlib.contextmanager
    def locked(self, wait: float = LOCK_WAIT) -> t.Iterator[None]:
        """Create the folder, and lock out other runs until the end. The lock ends with the process in any case.

        :raises UnavailableError: the folder is unusable, or another run still has the lock after ``wait`` seconds.
        """
        try:
            handle = self._open_lock()
        except OSError as error:
            raise UnavailableError(
                f"The folder of the journal {self.folder} cannot be used: {error}. Nothing was changed.",
                hint="Check the file system, or set journal to another folder.",
            ) from error
        try:
            self._take(handle, time.monotonic() + wait)
            yield
        finally:
            # The end of the process would close it too.
            with contextlib.suppress(OSError):
                os.close(handle)

    def _open_lock(self) -> int:
        os.makedirs(self.folder, mode=MODE, exist_ok=True)
        if stat.S_IMODE(self._own_folder().st_mode) != MODE:
            os.chmod(self.folder, MODE)
        path = os.path.join(self.folder, "lock")
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)

    def _own_folder(self) -> os.stat_result:
        found = os.lstat(self.folder)
        if not stat.S_ISDIR(found.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, "Not a folder", self.folder)
        _refuse_stranger(self.folder, found)
        return found

    def _take(self, handle: int, end: float) -> None:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() >= end:
                    raise UnavailableError(
                        f"Another run has locked {self.folder}.", hint="Run this again when the other run has ended."
                    ) from None
            except OSError as error:
                raise UnavailableError(
                    f"{self.folder} cannot be locked: {error}. Nothing was changed.",
                    hint="Check the file system, or set journal to another folder.",
                ) from error
            time.sleep(0.1)

    def load(self) -> JournalEntry | None:
        """The change of an interrupted run, if there is one.

        :raises UnavailableError: the journal cannot be read, or was not written here by this collection.
        """
        try:
            text = self._read()
            return None if text is None else from_text(text, activating=os.path.lexists(self._mark))
        except OSError as error:
            raise UnavailableError(
                f"The journal {self._file} of an interrupted run cannot be read: {error}. Nothing was changed.",
                hint="Check the file system.",
            ) from error
        except ValueError as error:
            raise UnavailableError(
                f"The journal {self._file} of an interrupted run cannot be used: {error}. Nothing was changed.",
                hint="Check that the server's configuration is correct, then remove the journal.",
            ) from error

    def _read(self) -> bytes | None:
        try:
            self._own_folder()
            handle = os.open(self._file, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        try:
            found = os.fstat(handle)
            _refuse_stranger(self._file, found)
            if not stat.S_ISREG(found.st_mode):
                raise ValueError("it is not a regular file")
            if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                raise ValueError("users other than its owner can write to it")
            return read_all(handle)
        finally:
            os.close(handle)

    def save(self, entry: JournalEntry) -> None:
        """Save ``entry``; it is on the disk when this returns.

        :raises OSError: it could not be written.
        """
        remove(self._mark)
        self._write(self._file, to_text(entry))

    def keep(self, number: int, path: str) -> None:
        """Keep the file or link at ``path`` as ``kept(number)``, so that restoring it needs no space.

        This is a hard link, which works only on the same file system. Elsewhere the journal is used.

        :raises OSError: there is no space for it.
        """
        remove(self.kept(number))
        try:
            os.link(path, self.kept(number), follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise

    def kept(self, number: int) -> str:
        """The path of the file from ``keep``."""
        return os.path.join(self.folder, f"{_KEPT}{number}")

    def mark_activating(self) -> None:
        """Record that the server is about to be told.

        :raises OSError: it could not be written.
        """
        self._write(self._mark, "")

    def clear(self) -> None:
        """Remove the change, and the remains of a killed process. The mark alone means nothing.

        :raises OSError: the journal still exists. After a return it does not.
        """
        remove(self._file)
        # From here on the change is confirmed, whatever happens to the rest.
        with contextlib.suppress(OSError):
            kept = [os.path.join(self.folder, name) for name in os.listdir(self.folder) if name.startswith(_KEPT)]
            for path in (self._mark, f"{self._file}.new", f"{self._mark}.new", *kept):
                remove(path)
            sync_folder(self.folder)

    def _write(self, path: str, text: str) -> None:
        new = f"{path}.new"
        remove(new)
        write_new(new, text.encode("ascii"), mode=0o600, uid=os.geteuid(), gid=os.getegid())
        os.rename(new, path)
        sync_folder(self.folder)


def _refuse_stranger(path: str, found: os.stat_result) -> None:
    if found.st_uid != os.geteuid():
        raise UnavailableError(
            f"{path} belongs to the user with the UID {found.st_uid}, who can write to it. Nothing was changed.",
            hint="Check and remove it, or set journal to another folder.",
        )
