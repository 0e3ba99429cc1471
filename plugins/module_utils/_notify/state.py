# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a target was told, in a JSON file of its own: written before and after each message, atomically."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import fcntl
import json
import os
import time
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, UnavailableError
from ansible_collections.hosting.websec.plugins.module_utils._notify.changes import Known, Told
from ansible_collections.hosting.websec.plugins.module_utils._notify.report_file import MAX_SIZE, read_regular
from ansible_collections.hosting.websec.plugins.module_utils._parsing import parse_json

FORMAT, VERSION = "hosting.websec.fleet_notify_state", 1

PATIENCE = 60.0
"""Seconds to wait for another run, such as that of another slice, which notifies the same target."""

_LOOK_AGAIN = 0.2


@dataclasses.dataclass(frozen=True)
class State:
    """:param known: without anything in it before the first message or report.
    :param sent: how many messages the target has taken.
    :param sending: when the first message went out of those of which nobody knows whether the target took them; empty
        if there is none.
    """

    known: Known = dataclasses.field(default_factory=Known)
    sent: int = 0
    sending: str = ""


class StateFile:
    """:param target: the name of the target: its file is not used for another one."""

    def __init__(self, path: str, target: str) -> None:
        # A link stays one, and leads to the file on the disk that it was made for.
        self.path = os.path.realpath(path)
        self._target = target

    @contextlib.contextmanager
    def locked(self) -> t.Iterator[None]:
        """Keep other runs out, and wait for one that is at work.

        :raises UnavailableError: it does not end. :raises BadInputError: the folder cannot be used.
        """
        try:
            # One that exists stays as it is: it may be somebody else's, too.
            os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
            handle = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._unusable(error) from None
        try:
            if not _lock(handle):
                raise UnavailableError(
                    f"Another run notifies {self._target}: it has locked {self.path}.lock.",
                    hint="Nothing was sent. Run again when it has ended.",
                )
            yield
        finally:
            os.close(handle)

    def read(self) -> State:
        """:raises BadInputError: it is the file of something else, or damaged. It stays as it is."""
        try:
            content = read_regular(self.path, MAX_SIZE)
        except FileNotFoundError:
            return State()
        except (OSError, ValueError) as error:
            raise self._unusable(error) from None
        try:
            return self._parsed(parse_json(content))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise BadInputError(
                f"{self.path} is not a state file of the target {self._target}, version {VERSION}.",
                hint="Nothing was sent. Restore it, or move it away: then all that needs a person is sent again.",
            ) from None

    def _parsed(self, document: t.Any) -> State:
        if (document["format"], document["version"], document["target"]) != (FORMAT, VERSION, self._target):
            raise ValueError("something else")
        # The first files had neither doubt nor times.
        known = Known(_told(document["told"] or {}), _told(document.get("doubt") or {}))
        return State(known, int(document["sent"]), str(document["sending"]))

    def write(self, state: State) -> None:
        """Replace the file: it is the old one or the new one, also after a power failure.

        :raises BadInputError: it is the old one.
        """
        document = {
            "format": FORMAT,
            "version": VERSION,
            "target": self._target,
            "sent": state.sent,
            "sending": state.sending,
            "told": _document(state.known.told),
            "doubt": _document(state.known.doubt),
        }
        try:
            self._replace(json.dumps(document).encode())
        except OSError as error:
            raise self._unusable(error) from None

    def _replace(self, content: bytes) -> None:
        new = f"{self.path}.new"
        # That of a run that was killed, or a link to another file.
        with contextlib.suppress(FileNotFoundError):
            os.unlink(new)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        # Domains of customers: for its owner only.
        with open(os.open(new, flags, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self.path)
        folder = os.open(os.path.dirname(self.path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _unusable(self, error: Exception) -> BadInputError:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return BadInputError(
            f"The state of the target {self._target} cannot be used: {self.path}: {reason}.",
            hint="Set the directory to one that this user can write to, that has room, and that outlives the run.",
        )


def _lock(handle: int) -> bool:
    """Whether no other run has the lock, or none after a while. A file system without locks has none."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError as error:
            if error.errno != errno.EWOULDBLOCK:
                return True
        if time.monotonic() >= end:
            return False
        time.sleep(_LOOK_AGAIN)


def _document(told: Told) -> dict[str, t.Any]:
    # Most sites have the same time, so it is written once.
    by_time: dict[str, list[str]] = {}
    for name, seen in told.seen.items():
        by_time.setdefault(seen, []).append(name)
    return {
        "problems": [
            {"reason": reason, "codes": codes, "name": name, "title": title, "account": is_account}
            for (reason, codes, name), (title, is_account) in told.problems.items()
        ],
        "states": dict(told.states),
        "seen": by_time,
        "accounts_seen": told.accounts_seen,
    }


def _told(document: t.Any) -> Told:
    return Told(
        {
            (str(each["reason"]), str(each["codes"]), str(each["name"])): (str(each["title"]), bool(each["account"]))
            for each in document.get("problems", ())
        },
        {str(name): str(state) for name, state in document.get("states", {}).items()},
        {str(name): str(seen) for seen, names in document.get("seen", {}).items() for name in names},
        str(document.get("accounts_seen", "")),
    )
