# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""File operations by system calls: complete, never through a link, and on the disk when a function returns."""

from __future__ import annotations

import contextlib
import os

FOLDER_MODE = 0o755

_CHUNK = 1 << 20


def is_path(text: str) -> bool:
    """Whether ``text`` can be a path: not if it is empty, or contains a NUL or an unpaired surrogate."""
    try:
        return bool(text) and "\0" not in text and bool(text.encode("utf-8"))
    except UnicodeEncodeError:
        return False


def read_file(path: str) -> bytes:
    """The content of a file; a link is an error.

    :raises OSError: it cannot be read.
    """
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        return read_all(handle)
    finally:
        os.close(handle)


def read_all(handle: int) -> bytes:
    """Everything from here to the end of an open file."""
    parts: list[bytes] = []
    while True:
        part = os.read(handle, _CHUNK)
        if not part:
            return b"".join(parts)
        parts.append(part)


def write_new(path: str, content: bytes, *, mode: int, uid: int, gid: int) -> None:
    """Create a new file.

    :raises OSError: it could not be written. A part of it may exist.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(handle, left) :]
        os.fchown(handle, uid, gid)
        os.fchmod(handle, mode)
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(path: str) -> None:
    """Remove a file or a link, if it exists."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        os.unlink(path)


def make_folder(path: str) -> None:
    """Create a folder that everybody can read."""
    os.mkdir(path, FOLDER_MODE)
    # The umask of the process was applied.
    os.chmod(path, FOLDER_MODE)


def sync_folder(folder: str) -> None:
    """Ensure that new names in ``folder`` are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
