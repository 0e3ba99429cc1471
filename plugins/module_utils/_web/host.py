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
    """How a command ended."""

    command: Command
    exit_code: int
    stdout: str
    stderr: str

    @property
    def text(self) -> str:
        """What the command said, with a full stop at its end."""
        said = "\n".join(part.strip() for part in (self.stderr, self.stdout) if part.strip())
        return said if not said or said.endswith(".") else f"{said}."


class Host:
    """Files and commands of this host.

    A file is brought to its new state in two steps: ``prepare`` needs space, and changes nothing that anybody reads;
    ``put`` needs none, and cannot be seen half done.

    :param run: starts a command, returns its exit code, stdout and stderr.
    :param move: renames a finished file, and gives it the security context that belongs to its place. It raises
        ``OSError`` if it has not done it.
    """

    def __init__(self, run: Run, move: Move) -> None:
        self._run = run
        self._move = move

    def run(self, command: Command) -> CommandResult:
        """Run ``command``. A command that cannot be started is one that failed."""
        try:
            exit_code, stdout, stderr = self._run(command)
        except (OSError, ValueError) as error:
            exit_code, stdout, stderr = 127, "", str(error)
        # Ansible hands over bytes that are no UTF-8 as halves of surrogate pairs.
        return CommandResult(command, exit_code, clean_text(stdout), clean_text(stderr))

    def prepare(self, path: str, state: State) -> None:
        """Write ``state`` beside ``path``.

        :raises OSError: it could not be done. ``tidy`` removes what was.
        """
        new = new_name(path)
        remove(new)
        if state.kind == "link":
            os.symlink(state.target, new)
        elif state.kind == "file":
            write_new(new, state.content, mode=state.mode, uid=state.uid, gid=state.gid)

    def put(self, path: str, state: State) -> None:
        """Bring ``path`` to the ``state`` that was prepared.

        :raises OSError: it was not done.
        """
        if state.kind == "absent":
            remove(path)
        else:
            self._move(new_name(path), path)

    def sync(self, path: str) -> None:
        """Wait until what stands at ``path`` is on the disk."""
        sync_folder(os.path.dirname(path))

    def put_back(self, path: str, state: State, kept: str) -> None:
        """Bring ``path`` back to ``state``, with the file ``kept`` if it is the old one. That needs no space.

        :raises OSError: it was not done.
        """
        if state.kind != "absent" and _is(kept, state):
            os.rename(kept, path)
        else:
            self.prepare(path, state)
            self.put(path, state)

    def tidy(self, path: str) -> None:
        """Remove what was prepared beside ``path``, also by a run that was interrupted."""
        remove(new_name(path))


def _is(path: str, state: State) -> bool:
    try:
        return found_at(path) == state
    except OSError:
        return False


def new_name(path: str) -> str:
    """The name under which a file is written first: one that no server takes for its configuration."""
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name}.websec-new")
