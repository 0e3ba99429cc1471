# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The processes of a run of ansible-playbook."""

from __future__ import annotations

import contextlib
import pathlib


def processes_with(variable: str, program: str = "") -> list[int]:
    """Running processes (optionally of one program) that have a variable in their environment."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            name = (folder / "comm").read_text()
            if name.startswith(program) and variable.encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def youngest(processes: list[int]) -> int:
    """The process that started last: of a task, the module. ansible-playbook and its worker start before it."""
    return max(processes, key=_started)


def _started(process: int) -> int:
    """Start time of a process, in ticks since boot."""
    return int(pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19])
