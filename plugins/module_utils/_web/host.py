# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The only place where this folder writes files of the user and starts programs of the host."""

from __future__ import annotations

import dataclasses
import os
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._parsing import clean_text
from ansible_collections.hosting.websec.plugins.module_utils._web.disk import remove, sync_folder, write_new
from ansible_collections.hosting.websec.plugins.module_utils._web.files import State, found_at
from ansible_collections.hosting.websec.plugins.module_utils._web.journal_entry import Command

Run = t.Callable[[Command], "tuple[int, str, str]"]
Move = t.Callable[[str, str], None]


@dataclasses.dataclass(frozen=True)
class CommandResult:
    """The result of a command."""

    command: Command
    exit_code: int
    stdout: str
    stderr: str

    @property
    def text(self) -> str:
        """The output of the command, with a full stop at its end."""
        said = "\n".join(part.strip() for part in (self.stderr, self.stdout) if part.strip())
        return said if not said or said.endswith(".") else f"{said}."


class Host:
    """Files and commands of this host.

    A file gets its new state in two steps: ``prepare`` needs space, and changes nothing that others read; ``put`` needs
    none, and is atomic.

    :param run: starts a command, returns its exit code, stdout and stderr.
    :param move: renames a complete file, and sets the security context of its destination. It raises ``OSError`` if it
        has not done so.
    """

    def __init__(self, run: Run, move: Move) -> None:
        self._run = run
        self._move = move

    def run(self, command: Command) -> CommandResult:
        """Run ``command``. A command that cannot be started counts as failed."""
        try:
            exit_code, stdout, stderr = self._run(command)
        except (OSError, ValueError) as error:
            exit_code, stdout, stderr = 127, "", str(error)
        # Ansible passes bytes that are not UTF-8 as unpaired surrogates.
        return CommandResult(command, exit_code, clean_text(stdout), clean_text(stderr))

    def prepare(self, path: str, state: State) -> None:
        """Write ``state`` next to ``path``.

        :raises OSError: it failed. ``tidy`` removes the remains.
        """
        new = new_name(path)
        remove(new)
        if state.kind == "link":
            os.symlink(state.target, new)
        elif state.kind == "file":
            write_new(new, state.content, mode=state.mode, uid=state.uid, gid=state.gid)

    def put(self, path: str, state: State) -> None:
        """Set ``path`` to the prepared ``state``.

        :raises OSError: it was not done.
        """
        if state.kind == "absent":
            remove(path)
        else:
            self._move(new_name(path), path)

    def sync(self, path: str) -> None:
        """Wait until the content of ``path`` is on the disk."""
        sync_folder(os.path.dirname(path))

    def put_back(self, path: str, state: State, kept: str) -> None:
        """Restore ``state`` at ``path``, with the file ``kept`` if it is the old one. This needs no space.

        :raises OSError: it was not done.
        """
        if state.kind != "absent" and _is(kept, state):
            os.rename(kept, path)
        else:
            self.prepare(path, state)
            self.put(path, state)

    def tidy(self, path: str) -> None:
        """Remove prepared files next to ``path``, also those of an interrupted run."""
        remove(new_name(path))


def _is(path: str, state: State) -> bool:
    try:
        return found_at(path) == state
    except OSError:
        return False


def new_name(path: str) -> str:
    """The temporary name of a file: one that no server reads as its configuration."""
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name}.websec-new")
