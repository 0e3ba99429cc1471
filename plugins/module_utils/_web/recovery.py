# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run does first: it undoes the change of a run that was interrupted."""

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
    """The paths that were put back (or in check mode would be), and what the user has to know."""

    paths: list[str] = dataclasses.field(default_factory=list)
    warnings: list[str] = dataclasses.field(default_factory=list)


def recover(host: Host, journal: Journal) -> Recovery:
    """Undo the change of a run that was interrupted. A file that somebody else has changed since is left alone.

    :raises UnavailableError: the journal cannot be used, or a file could not be put back.
    """
    pending = journal.load()
    if pending is None:
        # What a killed process may have left beside the journal. Nobody needs it gone.
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

    :returns: what would stand at the paths of the interrupted run, and what would be put back.
    :raises UnavailableError: the journal cannot be used.
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
    """What stands at a path after ``recover``: the old state, unless somebody else has changed it since."""
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
    """Remove folders that are empty, the last ones first. What cannot be removed stays: it harms nobody."""
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
    """Validate the old state, and make the server take it over again. Returns the result of a command that failed."""
    return first_failure(host, [*validate, *([activate] if activate else [])])


def told(result: CommandResult) -> str:
    """A sentence about a command that failed."""
    return f"'{' '.join(result.command)}' failed with exit code {result.exit_code}: {result.text or 'no output.'}"


def said(start: str, result: CommandResult | None) -> str:
    """A sentence that starts so, and goes on with the command that failed, if one did."""
    return f"{start}." if result is None else f"{start}, but {told(result)}"
