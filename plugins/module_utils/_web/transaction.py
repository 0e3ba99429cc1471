# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several files as one step: written, validated, activated, or put back."""

from __future__ import annotations

import dataclasses
import os
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._web.files import Change, State, Wish, changes, observe
from ansible_collections.hosting.websec.plugins.module_utils._web.host import Answer, Host
from ansible_collections.hosting.websec.plugins.module_utils._web.journal import Command, Entry, Journal


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What was done, or in check mode would be done."""

    steps: list[Change]
    activated: bool = False
    recovered: list[str] = dataclasses.field(default_factory=list)
    warnings: list[str] = dataclasses.field(default_factory=list)

    @property
    def changed(self) -> bool:
        return bool(self.steps or self.recovered or self.activated)


class Refused(RejectedError):
    """The new state did not come to be; the files are as they were before.

    :param answer: of the command that failed, if one did.
    :param restored: whether files had been written and were put back.
    """

    def __init__(self, message: str, *, hint: str, answer: Answer | None = None, restored: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.answer = answer
        self.restored = restored


@dataclasses.dataclass(frozen=True)
class Transaction:
    """What to reach, and how.

    :param validate: commands that all have to succeed on a valid configuration, without any other effect.
    :param activate: command that makes the server take over the files; empty for none.
    :param activate_always: activate although no file changes.
    """

    wishes: list[Wish]
    validate: list[Command]
    activate: Command
    activate_always: bool = False

    def preview(self, journal: Journal) -> Outcome:
        """What ``run`` would do. Reads only."""
        pending = journal.load()
        old = {change.path: _after_recovery(change) for change in pending.changes} if pending else {}
        steps = changes(self.wishes, lambda path: old[path] if path in old else observe(path))
        return Outcome(steps, activated=self._activates(steps), recovered=_restorable(pending))

    def run(self, host: Host, journal: Journal) -> Outcome:
        """Bring the files to the wanted state, or leave all of them as they were.

        :raises Refused: a command failed, or a file could not be written.
        :raises UnavailableError: another run is at work.
        """
        with journal.locked():
            recovered, warnings = recover(host, journal)
            steps = changes(self.wishes, observe)
            _check_folders(steps)
            outcome = Outcome(steps, self._activates(steps), recovered, warnings)
            if steps:
                self._write(steps, host, journal)
            elif self.activate_always:
                self._only_activate(host)
            return outcome

    def _activates(self, steps: list[Change]) -> bool:
        return bool(self.activate) and (bool(steps) or self.activate_always)

    def _only_activate(self, host: Host) -> None:
        answer = _first_failure(host, [*self.validate, *([self.activate] if self.activate else [])])
        if answer is None:
            return
        if answer.command in self.validate:
            raise Refused(_already_invalid(answer), hint=_HINT_INVALID, answer=answer)
        raise Refused(
            f"{_told(answer)} No file was to be changed.", hint="Look at the log of the server.", answer=answer
        )

    def _write(self, steps: list[Change], host: Host, journal: Journal) -> None:
        # A configuration that is invalid already may be so for want of these files: they get their chance.
        invalid_before = _first_failure(host, self.validate)
        journal.save(Entry(steps, self.validate, self.activate))
        try:
            for step in steps:
                host.put(step.path, step.after)
        except OSError as error:
            said = self._undo(steps, host, journal, activated=False)
            raise Refused(
                f"A file could not be written: {error}. {said}", hint="Look at the file system.", restored=True
            ) from error
        answer = _first_failure(host, self.validate)
        if answer:
            said = self._undo(steps, host, journal, activated=False)
            if invalid_before:
                raise Refused(
                    _already_invalid(invalid_before), hint=_HINT_INVALID, answer=invalid_before, restored=True
                )
            raise Refused(f"{_told(answer)} {said}", hint=_HINT_REFUSED, answer=answer, restored=True)
        if self.activate:
            journal.mark_activating()
            answer = _first_failure(host, [self.activate])
            if answer:
                said = self._undo(steps, host, journal, activated=True)
                raise Refused(f"{_told(answer)} {said}", hint=_HINT_ACTIVATE, answer=answer, restored=True)
        journal.clear()

    def _undo(self, steps: list[Change], host: Host, journal: Journal, *, activated: bool) -> str:
        """Put the old files back. Returns a sentence about how that went."""
        try:
            for step in reversed(steps):
                host.tidy(step.path)
                if observe(step.path) != step.before:
                    host.put(step.path, step.before)
        except OSError as error:
            raise Refused(
                f"The change failed, and {step.path} could not be put back: {error}.",
                hint="Look at the file system, then run this again: it puts the old files back first.",
            ) from error
        answer = _reinstate(host, self.validate, self.activate if activated else [])
        journal.clear()
        return _said("The old files are back", answer)


def recover(host: Host, journal: Journal) -> tuple[list[str], list[str]]:
    """Undo the change of a run that was interrupted.

    A file that somebody else has changed since is left alone.

    :returns: the paths that were put back, and warnings.
    """
    pending = journal.load()
    if pending is None:
        journal.clear()
        return [], []
    restored = []
    warnings = []
    for change in reversed(pending.changes):
        host.tidy(change.path)
        now = observe(change.path)
        if now == change.before:
            continue
        if _after_recovery(change) == change.before:
            host.put(change.path, change.before)
            restored.append(change.path)
        else:
            warnings.append(f"{change.path} was changed after the interrupted run, and is left as it is.")
    answer = _reinstate(host, pending.validate, pending.activate if pending.activating else [])
    if answer:
        warnings.append(_said("The files of an interrupted run were put back", answer))
    journal.clear()
    return sorted(restored), warnings


def _after_recovery(change: Change) -> State:
    """What stands at a path after ``recover``: the old state, unless somebody else has changed it since."""
    now = observe(change.path)
    return change.before if now.holds_the_same(change.after) or now.holds_the_same(change.before) else now


def _restorable(pending: Entry | None) -> list[str]:
    if pending is None:
        return []
    return sorted(step.path for step in pending.changes if observe(step.path) != _after_recovery(step))


def _first_failure(host: Host, commands: t.Sequence[Command]) -> Answer | None:
    for command in commands:
        answer = host.run(command)
        if answer.exit_code:
            return answer
    return None


def _reinstate(host: Host, validate: list[Command], activate: Command) -> Answer | None:
    """Validate the old state, and make the server take it over again. Returns the answer of a command that failed."""
    return _first_failure(host, [*validate, *([activate] if activate else [])])


def _check_folders(steps: list[Change]) -> None:
    missing = sorted({os.path.dirname(step.path) for step in steps if step.after.kind != "absent"})
    missing = [folder for folder in missing if not os.path.isdir(folder)]
    if missing:
        raise BadInputError(f"There is no folder {', '.join(missing)}. Nothing was changed.", hint="Make it before.")


def _told(answer: Answer) -> str:
    return f"'{' '.join(answer.command)}' failed with exit code {answer.exit_code}: {answer.text or 'it said nothing.'}"


def _already_invalid(answer: Answer) -> str:
    return f"The configuration was already invalid before anything was changed. {_told(answer)}"


def _said(start: str, answer: Answer | None) -> str:
    if answer is None:
        return f"{start}."
    return f"{start}, but {_told(answer)}"


_HINT_INVALID = "Correct the configuration of the server, then run this again. All files are as they were."
_HINT_REFUSED = "Correct what the server complains about, then run this again."
_HINT_ACTIVATE = "Look at the log of the server, then run this again."
