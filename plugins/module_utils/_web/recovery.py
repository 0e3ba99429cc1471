# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first step of a run: undo the change of an interrupted run."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import UnavailableError
from ansible_collections.hosting.websec.plugins.module_utils._web.files import Change, State, found_at
from ansible_collections.hosting.websec.plugins.module_utils._web.host import CommandResult, Host
from ansible_collections.hosting.websec.plugins.module_utils._web.journal import Journal
from ansible_collections.hosting.websec.plugins.module_utils._web.journal_entry import Command, JournalEntry


@dataclasses.dataclass(frozen=True)
class Recovery:
    """The restored paths (in check mode those that would be restored), and messages for the user."""

    paths: list[str] = dataclasses.field(default_factory=list)
    warnings: list[str] = dataclasses.field(default_factory=list)


def recover(host: Host, journal: Journal) -> Recovery:
    """Undo the change of an interrupted run. A file that another program has changed since is not changed.

    :raises UnavailableError: the journal is unusable, or a file could not be restored.
    """
    pending = journal.load()
    if pending is None:
        # Remains of a killed process next to the journal. They do no harm.
        with contextlib.suppress(OSError):
            journal.clear()
        return Recovery()
    restored = []
    warnings = []
    for number, change in reversed(list(enumerate(pending.changes))):
        try:
            now = found_at(change.path)
            after = _after_recovery(change, now)
            if after != now:
                host.put_back(change.path, change.before, journal.kept(number))
                restored.append(change.path)
                host.sync(change.path)
            host.tidy(change.path)
        except OSError as error:
            raise _stuck(change.path, restored, error) from error
        if after != change.before:
            warnings.append(f"{change.path} was changed after the interrupted run, so it was not restored.")
    remove_folders(pending.folders)
    result = reinstate(host, pending.validate, pending.activate if pending.activating else [])
    if result:
        warnings.append(said("The files of an interrupted run were restored", result))
    _clear(journal)
    return Recovery(sorted(restored), warnings)


def foreseen(journal: Journal) -> tuple[dict[str, State], Recovery]:
    """What ``recover`` would do. Reads only.

    :returns: the resulting states of the paths of the interrupted run, and the paths that would be restored.
    :raises UnavailableError: the journal is unusable.
    """
    pending = journal.load() or JournalEntry([], [], [])
    states = {}
    restored = []
    for change in pending.changes:
        try:
            now = found_at(change.path)
        except OSError as error:
            raise _stuck(change.path, [], error) from error
        states[change.path] = _after_recovery(change, now)
        if states[change.path] != now:
            restored.append(change.path)
    return states, Recovery(sorted(restored))


def _after_recovery(change: Change, now: State) -> State:
    """The state of a path after ``recover``: the old one, unless another program has changed it since."""
    return change.before if now.holds_the_same(change.after) or now.holds_the_same(change.before) else now


def _stuck(path: str, restored: t.Sequence[str], error: OSError) -> UnavailableError:
    back = f"Of its files, {', '.join(restored)} {'is' if len(restored) == 1 else 'are'} back. " if restored else ""
    return UnavailableError(
        f"A run was interrupted, and restoring {path} failed: {error}. {back}Nothing else was changed.",
        hint="Check the file system, then run this again: it restores the old files first.",
    )


def _clear(journal: Journal) -> None:
    try:
        journal.clear()
    except OSError as error:
        raise UnavailableError(
            f"The journal in {journal.folder} cannot be cleared: {error}. All files are as they were before the "
            "interrupted run, and nothing else was changed.",
            hint="Check the file system.",
        ) from error


def remove_folders(folders: t.Sequence[str]) -> None:
    """Remove empty folders, the last ones first. A folder that cannot be removed stays: it does no harm."""
    for folder in reversed(folders):
        with contextlib.suppress(OSError):
            os.rmdir(folder)


def first_failure(host: Host, commands: t.Sequence[Command]) -> CommandResult | None:
    """Run the commands up to the first one that fails, and return its result."""
    for command in commands:
        result = host.run(command)
        if result.exit_code:
            return result
    return None


def reinstate(host: Host, validate: list[Command], activate: Command) -> CommandResult | None:
    """Validate the old state, and activate it again. Returns the result of a failed command."""
    return first_failure(host, [*validate, *([activate] if activate else [])])


def told(result: CommandResult) -> str:
    """A sentence about a failed command."""
    return f"'{' '.join(result.command)}' failed with exit code {result.exit_code}: {result.text or 'no output.'}"


def said(start: str, result: CommandResult | None) -> str:
    """A sentence with this beginning, and with the failed command, if any."""
    return f"{start}." if result is None else f"{start}, but {told(result)}"
