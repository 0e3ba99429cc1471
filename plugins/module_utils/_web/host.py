# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The only place where this folder writes files of the user and starts programs of the host."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._web.files import State
from ansible_collections.hosting.websec.plugins.module_utils._web.journal import Command, sync_folder

Run = t.Callable[[Command], "tuple[int, str, str]"]
Move = t.Callable[[str, str], None]


@dataclasses.dataclass(frozen=True)
class Answer:
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

    :param run: starts a command, returns its exit code, stdout and stderr.
    :param move: puts a finished file at its place in one step, with the security context that belongs there.
    """

    def __init__(self, run: Run, move: Move) -> None:
        self._run = run
        self._move = move

    def run(self, command: Command) -> Answer:
        """Run ``command``. A command that cannot be started is one that failed."""
        try:
            exit_code, stdout, stderr = self._run(command)
        except OSError as error:
            return Answer(command, 127, "", str(error))
        return Answer(command, exit_code, stdout, stderr)

    def put(self, path: str, state: State) -> None:
        """Bring ``path`` to ``state``; nobody ever sees half of a file.

        :raises OSError: it could not be done.
        """
        new = new_name(path)
        self.tidy(path)
        if state.kind == "absent":
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
        elif state.kind == "link":
            os.symlink(state.target, new)
            os.rename(new, path)
        else:
            self._put_file(path, new, state)
        sync_folder(os.path.dirname(path))

    def _put_file(self, path: str, new: str, state: State) -> None:
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(state.content)
            file.flush()
            os.fchown(file.fileno(), state.uid, state.gid)
            os.fchmod(file.fileno(), state.mode)
            os.fsync(file.fileno())
        self._move(new, path)
        # The move gives a file that takes the place of another one the owner and the mode of that one.
        os.chown(path, state.uid, state.gid)
        os.chmod(path, state.mode)

    def tidy(self, path: str) -> None:
        """Remove what an interrupted ``put`` may have left beside ``path``."""
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            os.unlink(new_name(path))


def new_name(path: str) -> str:
    """The name under which a file is written first: one that no server takes for its configuration."""
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name}.websec-new")
