# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validates a change without making it: in a private view of the file system that ends with its process.

The process gets its own mount namespace (Linux, root). Its writes below the folders of the change go to an in-memory
overlay. It writes only where it has verified the overlay. If the system does not allow this, nothing is rehearsed.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import re
import tempfile
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._web.disk import make_folder, read_all
from ansible_collections.hosting.websec.plugins.module_utils._web.files import Change
from ansible_collections.hosting.websec.plugins.module_utils._web.host import CommandResult, Host
from ansible_collections.hosting.websec.plugins.module_utils._web.journal_entry import Command

_NEW_MOUNTS = 0x00020000  # CLONE_NEWNS
_PRIVATE = 0x4000 | 0x40000  # MS_REC | MS_PRIVATE
_PLAIN = re.compile(r"[A-Za-z0-9_./+-]+", re.ASCII)
"""Paths that mean themselves among the options of a mount."""


def rehearse(
    host: Host, steps: t.Sequence[Change], folders: t.Sequence[str], validate: list[Command]
) -> CommandResult | None:
    """Make the change and validate it in the private view.

    :returns: the result of the failed command. C(None): none failed, or this system does not allow a rehearsal.
    """
    roots = overlay_roots([os.path.dirname(step.path) for step in steps] + list(folders))
    mounted = _mount_points()
    if roots is None or mounted is None or any(point.startswith(f"{root}/") for root in roots for point in mounted):
        return None
    said = _in_a_process(lambda scratch: _first_failure(host, steps, folders, validate, roots, scratch))
    return None if said is None else CommandResult(*said)


def overlay_roots(folders: t.Sequence[str]) -> list[str] | None:
    """The existing folders at or above ``folders``, none within another; C(None): impossible."""
    found = set()
    for folder in folders:
        path = os.path.realpath(folder)
        while not os.path.isdir(path):
            path = os.path.dirname(path)
        found.add(path)
    if "/" in found or not all(map(_PLAIN.fullmatch, found)):
        return None
    return sorted(path for path in found if not any(path.startswith(f"{other}/") for other in found))


def _mount_points() -> list[str] | None:
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
            return [line.split()[4] for line in file]
    except OSError:
        return None


def _in_a_process(work: t.Callable[[str], t.Any]) -> t.Any:
    """Return the result of ``work`` in a separate process; C(None) if that ends in any other way."""
    try:
        scratch = tempfile.mkdtemp(prefix="hosting.websec.")
    except OSError:
        return None
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        # Whatever happens here, only the end of the pipe reaches the other process.
        try:
            os.close(reader)
            os.write(writer, json.dumps(work(scratch)).encode("ascii"))
        finally:
            os._exit(0)
    os.close(writer)
    try:
        return json.loads(read_all(reader) or b"null")
    except ValueError:
        return None
    finally:
        os.close(reader)
        os.waitpid(child, 0)
        with contextlib.suppress(OSError):
            os.rmdir(scratch)


def _first_failure(
    host: Host,
    steps: t.Sequence[Change],
    folders: t.Sequence[str],
    validate: list[Command],
    roots: list[str],
    scratch: str,
) -> list[t.Any] | None:
    outside = _result(host, validate)
    _cover(roots, scratch)
    before = _result(host, validate)
    if (before is None) != (outside is None):
        # The server rejects the overlay itself.
        return None
    for folder in folders:
        make_folder(folder)
    for step in steps:
        host.prepare(step.path, step.after)
        host.put(step.path, step.after)
    after = _result(host, validate)
    # The user must correct the earlier problem.
    return after and (outside or after)


def _result(host: Host, commands: list[Command]) -> list[t.Any] | None:
    for command in commands:
        result = host.run(command)
        if result.exit_code:
            return [result.command, result.exit_code, result.stdout, result.stderr]
    return None


def _cover(roots: list[str], scratch: str) -> None:
    """Mount an overlay on each of ``roots``, for this process only.

    :raises OSError: it failed, so nothing must be written.
    """
    libc = ctypes.CDLL(None, use_errno=True)

    def checked(code: int) -> None:
        if code:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    def mount(source: str, target: str, kind: str, flags: int, data: str) -> None:
        texts = [os.fsencode(text) for text in (source, target, kind)]
        checked(libc.mount(*texts, ctypes.c_ulong(flags), os.fsencode(data)))

    checked(libc.unshare(_NEW_MOUNTS))
    mount("none", "/", "", _PRIVATE, "")
    mount("tmpfs", scratch, "tmpfs", 0, "mode=700")
    for number, root in enumerate(roots):
        upper, work = (os.path.join(scratch, f"{name}{number}") for name in ("upper", "work"))
        found = os.stat(root)
        os.mkdir(upper, found.st_mode & 0o7777)
        os.chown(upper, found.st_uid, found.st_gid)
        os.mkdir(work)
        mount("overlay", root, "overlay", 0, f"lowerdir={root},upperdir={upper},workdir={work}")
        if os.stat(root).st_dev == found.st_dev:
            raise OSError(errno.EXDEV, "writes would bypass the overlay")
