# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file of a report: written beside its place while it arrives, and moved there when it is complete.

A part that is cut off is taken back and starts again. Memory does not grow with the size of the report.
"""

from __future__ import annotations

import contextlib
import csv
import errno
import fcntl
import hashlib
import io
import os
import shutil
import stat
import types
import typing as t
import zlib

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    BadResponseError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted

RESERVE = 64 * 1024 * 1024
"""Bytes of the file system that stay free."""

_LOOK = 8 * 1024 * 1024
_LONGEST_HEADER = 64 * 1024
_GZIP = 31
_LEVEL = 6


class ReportFile:
    """Use as a context: what is not complete at its end is removed.

    :param path: where the file will be.
    :param compress: write a gzip file: one member for each part, which any program reads as one file.
    :param max_size: maximum size of the report in bytes, unpacked.
    """

    def __init__(self, path: str, *, compress: bool, max_size: int) -> None:
        self._path = path
        self._folder = os.path.dirname(os.path.abspath(path))
        self._part = os.path.join(self._folder, f".{os.path.basename(path)}.part")
        self._compress = compress
        self._max_size = max_size
        self._file: io.FileIO | None = None
        self._pack: t.Any = None
        self._unseen = 0
        self._head: bytearray | None = None
        """The start of a part, until it is known whether it is the names of the columns."""
        self._state = self._kept = _State()

    def __enter__(self) -> ReportFile:
        if not os.path.isdir(self._folder):
            raise BadInputError(f"dest: the folder {self._folder} does not exist.", hint="Create it first.")
        if os.path.isdir(self._path) or not os.path.basename(self._path):
            raise BadInputError(f"dest: {self._path} is a folder.", hint="Name a file in it.")
        try:
            descriptor = os.open(self._part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            self._file = io.FileIO(descriptor, "r+")
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.path.samestat(os.fstat(descriptor), os.stat(self._part)):
                # Another task had it until now, and has moved it: it is the finished report.
                raise BlockingIOError
        except (BlockingIOError, FileNotFoundError):
            self._close()
            raise BadInputError(
                f"dest: another task writes {self._path} now.", hint="Wait for it, or name another file."
            ) from None
        except OSError as error:
            self._close()
            raise self._failure(error) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                os.unlink(self._part)
        self._close()

    @property
    def rows(self) -> int:
        """Rows of complete parts, without the header."""
        return max(0, self._kept.lines - (1 if self._kept.lines_end else 0))

    @property
    def csv_size(self) -> int:
        return self._kept.size

    @property
    def columns(self) -> list[str]:
        """The names in the first line."""
        line = bytes(self._kept.header).decode("utf-8-sig", "replace")
        return next(csv.reader([line.rstrip("\r\n")]), [])

    def begin_part(self) -> None:
        """Start a part, or start it again: what came of it is taken back."""
        self._state = self._kept.copy()
        self._head = bytearray() if self._kept.header and self._kept.header_fits else None
        self._unseen = _LOOK
        self._pack = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP) if self._compress else None
        with self._writing() as file:
            file.seek(self._kept.end)
            file.truncate()

    def write(self, data: bytes) -> None:
        """The names of the columns stand in the first part only, or at the start of each.

        :raises WebsecError: there is no room for ``data``.
        """
        if self._head is not None:
            self._head += data
            line, end, rest = self._head.partition(b"\n")
            if not end and len(self._head) <= len(self._kept.header):
                return
            data = bytes(rest if end and line == self._kept.header else self._head)
            self._head = None
        if data:
            self._write(data)

    def _write(self, data: bytes) -> None:
        state = self._state
        if not state.begun:
            state.begun = True
            # A part may end without a line break, and the next one would continue its last row.
            data = data if state.lines_end else b"\n" + data
        state.add(data)
        if state.size > self._max_size:
            raise BadResponseError(
                f"The report is larger than {counted(self._max_size, 'byte')}, so it was discarded.",
                hint="Raise max_size if this is right.",
            )
        self._look(len(data))
        self._append(self._pack.compress(data) if self._pack else data)

    def end_part(self) -> None:
        """Keep what came since ``begin_part``."""
        if self._head:
            head, self._head = self._head, None
            self._write(bytes(head))
        if self._pack:
            self._append(self._pack.flush())
        self._state.end_line()
        self._kept = self._state
        with self._writing() as file:
            self._kept.end = file.tell()

    def finish(self) -> tuple[str, bool]:
        """Move the file to its place, unless the same is there. Returns its SHA-256, and whether it was moved."""
        with self._writing() as file:
            checksum = _checksum(file)
            before = self._before()
            os.fchmod(file.fileno(), 0o600 if before is None else stat.S_IMODE(before.st_mode))
            if before is not None and self._is_same(checksum):
                return checksum, False
            os.fsync(file.fileno())
            os.replace(self._part, self._path)
            self._close()
            self._sync_folder()
        return checksum, True

    def _before(self) -> os.stat_result | None:
        try:
            return os.stat(self._path)
        except FileNotFoundError:
            return None

    def _is_same(self, checksum: str) -> bool:
        with open(self._path, "rb", buffering=0) as file:
            return _checksum(file) == checksum

    def _sync_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _append(self, data: bytes) -> None:
        with self._writing() as file:
            view = memoryview(data)
            while view:
                view = view[file.write(view) or 0 :]

    def _look(self, size: int) -> None:
        """Stop before the file system is full, because other programs need it."""
        self._unseen += size
        if self._unseen < _LOOK:
            return
        self._unseen = 0
        if shutil.disk_usage(self._folder).free < RESERVE:
            raise self._failure(OSError(errno.ENOSPC, ""))

    @contextlib.contextmanager
    def _writing(self) -> t.Iterator[io.FileIO]:
        if self._file is None:
            raise RuntimeError("the file is not open")
        try:
            yield self._file
        except OSError as error:
            raise self._failure(error) from None

    def _failure(self, error: OSError) -> WebsecError:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return UnavailableError(
                f"The disk of {self._folder} is full, so {self._path} was not written.",
                hint="Make room, or set another dest. What was there before is unchanged.",
            )
        return BadInputError(
            f"dest: {self._path} cannot be written: {os.strerror(error.errno) if error.errno else 'unknown error'}.",
            hint="What was there before is unchanged.",
        )

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class _State:
    """What is known of the rows that were written."""

    def __init__(self) -> None:
        self.end = 0
        self.size = 0
        self.lines = 0
        self.header = bytearray()
        self.header_fits = True
        self.begun = False
        self.lines_end = True
        self._has_header = False
        self._quoted = False

    def copy(self) -> _State:
        other = _State()
        other.__dict__.update(self.__dict__, header=bytearray(self.header), begun=False)
        return other

    def add(self, data: bytes) -> None:
        """Count the rows. A line break within quotation marks does not end a row."""
        self.size += len(data)
        if not self._has_header:
            line, end, _rest = data.partition(b"\n")
            room = _LONGEST_HEADER - len(self.header)
            self.header += line[:room]
            # Compared with the start of a longer line, a row could be taken for it.
            self.header_fits = self.header_fits and len(line) <= room
            self._has_header = bool(end)
        first, *others = data.split(b'"')
        self.lines += 0 if self._quoted else first.count(b"\n")
        for each in others:
            self._quoted = not self._quoted
            self.lines += 0 if self._quoted else each.count(b"\n")
        if data:
            self.lines_end = data.endswith(b"\n")

    def end_line(self) -> None:
        """The end of a part: its last row is complete, with or without a line break."""
        self._quoted = False


def _checksum(file: io.FileIO) -> str:
    found = hashlib.sha256()
    file.seek(0)
    while data := file.read(1024 * 1024):
        found.update(data)
    return found.hexdigest()
