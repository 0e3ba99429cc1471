# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of one run of ansible-playbook, in its temporary folder, and the removal of the files of killed runs.

Ansible removes its temporary folder at its end, but not after SIGKILL or SIGTERM. So the name of each file contains its
process, and each run removes the files of processes that no longer exist.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import pathlib
import re
import stat
import tempfile
import time
import typing as t

from ansible import constants

_RUN_FOLDER = "ansible-local-"
"""Prefix of the name of a temporary folder of Ansible; the number of its process follows."""

_RANDOM = 8
"""Letters that ``mkdtemp`` adds to a name."""

_NAME = re.compile(r"websec-(?:kept|progress)-(?:(?P<machine>[0-9a-f]+)-(?P<pid>\d+)-(?P<started>\d+)-)?")
_UNKNOWN_AGE = 24 * 3600.0
"""Seconds after which a file is removed whose process cannot be checked, for example on another machine."""


class Owner(t.NamedTuple):
    """A process: where it runs, its number there, and its start time (numbers are reused)."""

    machine: str
    pid: int
    started: int


def keep(content: t.Mapping[str, t.Any]) -> str:
    """Write ``content`` as JSON to a file that only this user can read, and return its path.

    The value of a variable is in the output of the task that set it, and so in the events of AWX: the results of
    thousands of items are stored in a file instead.
    """
    descriptor, path = tempfile.mkstemp(prefix=_prefix("kept"), suffix=".json", dir=constants.DEFAULT_LOCAL_TMP)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file)
    return path


def new_folder(kind: str) -> str:
    """Create a folder that only this user can enter."""
    return tempfile.mkdtemp(prefix=_prefix(kind), dir=constants.DEFAULT_LOCAL_TMP)


def _prefix(kind: str) -> str:
    remove_left_behind(constants.DEFAULT_LOCAL_TMP)
    owner = _owner(os.path.basename(constants.DEFAULT_LOCAL_TMP))
    return f"websec-{kind}-" + (f"{owner.machine}-{owner.pid}-{owner.started}-" if owner else "")


def _owner(folder: str) -> Owner | None:
    """The process that a temporary folder of Ansible belongs to: this one, or the one that began this task."""
    for pid in (os.getpid(), os.getppid()):
        started = _started(pid)
        machine = _machine()
        if folder[:-_RANDOM] == f"{_RUN_FOLDER}{pid}" and started is not None and machine is not None:
            return Owner(machine, pid, started)
    return None


def _machine() -> str | None:
    """The scope of process numbers: one boot of one machine, and one container on it."""
    try:
        boot = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip().replace("-", "")
        return f"{boot}{os.stat('/proc/self/ns/pid').st_ino:x}"
    except OSError:
        return None


def _started(pid: int) -> int | None:
    """The start time of a process, in ticks since the boot of the machine; ``None`` if it does not exist."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        # The name of the program, in parentheses, may contain blanks and parentheses.
        return int(text.rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None


# Removal


@functools.cache
def remove_left_behind(own: str) -> None:
    """Remove the files of killed runs in the temporary folders next to this one, once in each process.

    This removes only files with names of this collection, only those of this user, and follows no link.

    :param own: the temporary folder of this run.
    """
    parent = os.path.dirname(own)
    with contextlib.suppress(OSError):
        for name in os.listdir(parent):
            if name.startswith(_RUN_FOLDER) and name != os.path.basename(own):
                # Another run may do the same.
                with contextlib.suppress(OSError), _opened(os.path.join(parent, name)) as folder:
                    _remove_from(folder)


def _remove_from(folder: int) -> None:
    for name in os.listdir(folder):
        found = _NAME.match(name)
        if found:
            with contextlib.suppress(OSError):
                _remove_if_left(name, found, folder)


def _remove_if_left(name: str, parts: re.Match[str], folder: int) -> None:
    status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if status.st_uid != os.geteuid() or not _is_left(parts, status.st_mtime):
        return
    if stat.S_ISREG(status.st_mode):
        os.unlink(name, dir_fd=folder)
    elif stat.S_ISDIR(status.st_mode):
        with _opened(name, folder) as inner:
            for each in os.listdir(inner):
                os.unlink(each, dir_fd=inner)
        os.rmdir(name, dir_fd=folder)


def _is_left(parts: re.Match[str], changed: float) -> bool:
    """Whether the process of a file no longer exists."""
    if parts["pid"] is not None and parts["machine"] == _machine():
        return _started(int(parts["pid"])) != int(parts["started"])
    return time.time() - changed > _UNKNOWN_AGE


@contextlib.contextmanager
def _opened(path: str, folder: int | None = None) -> t.Iterator[int]:
    """Whether this is a folder of this user, and not a link."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
    try:
        if os.fstat(descriptor).st_uid != os.geteuid():
            raise PermissionError(path)
        yield descriptor
    finally:
        os.close(descriptor)
