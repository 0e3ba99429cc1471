# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several files in one transaction: written, validated, activated, or rolled back."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, RejectedError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._web.disk import make_folder
from ansible_collections.hosting.websec.plugins.module_utils._web.files import (
    Change,
    DesiredFile,
    State,
    changes,
    observe,
)
from ansible_collections.hosting.websec.plugins.module_utils._web.host import CommandResult, Host
from ansible_collections.hosting.websec.plugins.module_utils._web.journal import Journal
from ansible_collections.hosting.websec.plugins.module_utils._web.journal_entry import Command, JournalEntry
from ansible_collections.hosting.websec.plugins.module_utils._web.recovery import (
    Recovery,
    first_failure,
    foreseen,
    recover,
    reinstate,
    remove_folders,
    said,
    told,
)
from ansible_collections.hosting.websec.plugins.module_utils._web.rehearsal import rehearse


@dataclasses.dataclass(frozen=True)
class TransactionResult:
    """The completed steps, in check mode those that would be done.

    :param made: created folders.
    :param removed: removed folders.
    """

    steps: list[Change]
    activated: bool = False
    made: list[str] = dataclasses.field(default_factory=list)
    removed: list[str] = dataclasses.field(default_factory=list)
    recovery: Recovery = dataclasses.field(default_factory=Recovery)

    @property
    def changed(self) -> bool:
        return bool(self.steps or self.made or self.removed or self.recovery.paths or self.activated)


class Refused(RejectedError):
    """The new state could not be reached.

    :param result: of the failed command, if any.
    :param restored: whether files had been written, and all of them were restored.
    """

    def __init__(self, message: str, *, hint: str, result: CommandResult | None = None, restored: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.result = result
        self.restored = restored


@dataclasses.dataclass(frozen=True)
class Transaction:
    """The desired state, and how to reach it.

    :param validate: commands that must all succeed on a valid configuration, without any other effect.
    :param activate: command that makes the server load the files; empty for none.
    :param activate_always: activate although no file changes.
    :param folders: to create if they are missing.
    :param empty_folders: to remove at the end if they are empty.
    """

    desired: list[DesiredFile]
    validate: list[Command]
    activate: Command
    activate_always: bool = False
    folders: list[str] = dataclasses.field(default_factory=list)
    empty_folders: list[str] = dataclasses.field(default_factory=list)

    def preview(self, host: Host, journal: Journal, *, rehearsed: bool = True) -> TransactionResult:
        """What ``run`` would do. Changes nothing.

        :param rehearsed: validate the change as well, where the system allows that without making it.
        :raises WebsecError: like ``run``, as far as that is known before.
        """
        states, recovery = foreseen(journal)
        steps, made = self._plan(states)
        if rehearsed and steps and self.validate and not recovery.paths:
            result = rehearse(host, steps, made, self.validate)
            if result:
                raise Refused(f"{told(result)} Nothing was changed.", hint=_HINT_REFUSED, result=result)
        gone = {step.path for step in steps if step.after.kind == "absent"}
        removed = [folder for folder in self.empty_folders if _holds_only(folder, gone)]
        return TransactionResult(steps, self._activates(steps), made, removed, recovery)

    def run(self, host: Host, journal: Journal) -> TransactionResult:
        """Set the files to the desired state, or leave all of them unchanged.

        :raises Refused: a command failed, or a file could not be read or written.
        :raises UnavailableError: another run is active, or its journal is unusable.
        """
        with journal.locked():
            recovery = recover(host, journal)
            try:
                steps, made = self._plan({})
                if steps:
                    _Change(steps, made, self, host, journal).apply()
                else:
                    _make_folders(made)
                    if self.activate_always:
                        self._only_activate(host)
            except WebsecError as error:
                if recovery.paths:
                    put_back = ", ".join(recovery.paths)
                    error.message += f" Before that, the files of an interrupted run were restored: {put_back}."
                raise
            removed = [folder for folder in self.empty_folders if _removed(folder)]
            return TransactionResult(steps, self._activates(steps), made, removed, recovery)

    def _plan(self, states: t.Mapping[str, State]) -> tuple[list[Change], list[str]]:
        """The changes and the folders to create, with ``states`` at some paths."""

        def now(path: str) -> State:
            try:
                return states[path] if path in states else observe(path)
            except OSError as error:
                raise Refused(
                    f"{path} cannot be read: {error}. Nothing was changed.", hint="Check the file system."
                ) from error

        made = _missing_folders(self.folders)
        steps = changes(self.desired, now)
        _check_folders(steps, made)
        return steps, made

    def _activates(self, steps: list[Change]) -> bool:
        return bool(self.activate) and (bool(steps) or self.activate_always)

    def _only_activate(self, host: Host) -> None:
        result = first_failure(host, [*self.validate, *([self.activate] if self.activate else [])])
        if result is None:
            return
        if result.command in self.validate:
            raise Refused(_already_invalid(result), hint=_HINT_INVALID, result=result)
        raise Refused(f"{told(result)} No file needed a change.", hint="Check the log of the server.", result=result)


@dataclasses.dataclass
class _Change:
    """The change of one run, and its progress."""

    steps: list[Change]
    folders: list[str]
    of: Transaction
    host: Host
    journal: Journal
    written: list[Change] = dataclasses.field(default_factory=list)
    activating: bool = False

    def apply(self) -> None:
        """Write the files, validate and activate them, or leave everything unchanged.

        :raises Refused: the new state could not be reached.
        """
        validate, activate = self.of.validate, self.of.activate
        # A configuration may be invalid because these files are missing: they are tried.
        invalid_before = first_failure(self.host, validate)
        self._write(JournalEntry(self.steps, validate, activate, self.folders))
        result = first_failure(self.host, validate)
        if result and invalid_before:
            raise self._undone(_already_invalid(invalid_before), _HINT_INVALID, invalid_before, say_back=False)
        if result:
            raise self._undone(told(result), _HINT_REFUSED, result)
        if activate:
            try:
                self.journal.mark_activating()
            except OSError as error:
                raise self._undone(f"The journal could not be written: {error}.", _HINT_DISK) from error
            self.activating = True
            result = first_failure(self.host, [activate])
            if result:
                raise self._undone(told(result), _HINT_ACTIVATE, result)
        try:
            self.journal.clear()
        except OSError as error:
            # Otherwise the next run would restore the old files.
            raise self._undone(f"The change could not be confirmed: {error}.", _HINT_DISK) from error

    def _write(self, entry: JournalEntry) -> None:
        path = self.journal.folder
        try:
            self.journal.save(entry)
            for path in self.folders:
                make_folder(path)
            # Everything that needs space comes first.
            for number, step in enumerate(self.steps):
                path = step.path
                self.host.prepare(path, step.after)
                if step.before.kind != "absent":
                    self.journal.keep(number, path)
            for step in self.steps:
                path = step.path
                self.host.put(path, step.after)
                self.written.append(step)
                self.host.sync(path)
        except OSError as error:
            raise self._undone(f"{path} could not be written: {error}.", _HINT_DISK) from error

    def _undone(self, why: str, hint: str, result: CommandResult | None = None, *, say_back: bool = True) -> Refused:
        """Restore the old files. Returns the error with the reason and the result."""
        found = (self._problem(number) for number in reversed(range(len(self.written))))
        problems = [problem for problem in found if problem]
        if problems:
            # The journal and its kept files stay.
            others = " The other files are as they were." if len(problems) < len(self.written) else ""
            return Refused(
                f"{why} The previous files could not be restored: {'; '.join(sorted(problems))}.{others}",
                hint="Check the file system, then run this again: it restores the old files first.",
                result=result,
            )
        remove_folders(self.folders)
        reinstated = None
        if self.written or self.activating:
            reinstated = reinstate(self.host, self.of.validate, self.of.activate if self.activating else [])
        # While the journal exists, the next run checks all this again, and finds the old files.
        with contextlib.suppress(OSError):
            for step in self.written:
                self.host.sync(step.path)
            for step in self.steps:
                self.host.tidy(step.path)
            self.journal.clear()
        if not self.written:
            return Refused(f"{why} Nothing was changed.", hint=hint, result=result)
        back = said("The old files were restored", reinstated)
        return Refused(f"{why} {back}" if say_back or reinstated else why, hint=hint, result=result, restored=True)

    def _problem(self, number: int) -> str:
        """Restore the file of a step. Returns the problem, if any."""
        step = self.written[number]
        try:
            self.host.put_back(step.path, step.before, self.journal.kept(number))
        except OSError as error:
            return f"{step.path} ({error})"
        return ""


def _make_folders(folders: t.Sequence[str]) -> None:
    try:
        for folder in folders:
            make_folder(folder)
    except OSError as error:
        remove_folders(folders)
        raise Refused(f"A folder could not be created: {error}. Nothing was changed.", hint=_HINT_DISK) from error


def _missing_folders(folders: t.Sequence[str]) -> list[str]:
    """The missing ones of ``folders`` and of their parents, the parents first."""
    missing: list[str] = []
    for folder in folders:
        above: list[str] = []
        path = folder
        while not os.path.lexists(path):
            above.insert(0, path)
            path = os.path.dirname(path)
        if not os.path.isdir(path):
            raise BadInputError(f"{folder} cannot be created: {path} is not a folder. Nothing was changed.")
        missing += [each for each in above if each not in missing]
    return missing


def _check_folders(steps: list[Change], made: t.Collection[str]) -> None:
    missing = sorted({os.path.dirname(step.path) for step in steps if step.after.kind != "absent"})
    missing = [folder for folder in missing if folder not in made and not os.path.isdir(folder)]
    if missing:
        raise BadInputError(
            f"The folder {', '.join(missing)} does not exist. Nothing was changed.",
            hint="Create it first, or list it in folders.",
        )


def _holds_only(folder: str, gone: t.Collection[str]) -> bool:
    try:
        return all(os.path.join(folder, name) in gone for name in os.listdir(folder))
    except OSError:
        return False


def _removed(folder: str) -> bool:
    try:
        os.rmdir(folder)
    except OSError:
        return False
    return True


def _already_invalid(result: CommandResult) -> str:
    return f"The configuration was already invalid before anything was changed. {told(result)}"


_HINT_INVALID = "Correct the configuration of the server, then run this again. All files are as they were."
_HINT_REFUSED = "Fix the reported problem, then run this again."
_HINT_ACTIVATE = "Check the log of the server, then run this again."
_HINT_DISK = "Check the file system, then run this again."
