# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The current and the desired state of a path, and the difference."""

from __future__ import annotations

import dataclasses
import grp
import hashlib
import os
import pwd
import re
import stat
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import clean_text, whole_number
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, repeats
from ansible_collections.hosting.websec.plugins.module_utils._web.disk import is_path, read_file

NEW_FILE_MODE = 0o644

MAX_ID = 2**32 - 2
"""The greatest number of a user or a group: the next one means "do not change" to the system."""

_MODE = re.compile(r"0?[0-7]{3,4}")


@dataclasses.dataclass(frozen=True)
class State:
    """The state of a path: C(absent), C(file), C(link) or C(other). Mode and owner count for files only."""

    kind: str
    content: bytes = b""
    target: str = ""
    mode: int = 0
    uid: int = 0
    gid: int = 0

    def holds_the_same(self, other: State) -> bool:
        """Equal except for mode and owner."""
        return (self.kind, self.content, self.target) == (other.kind, other.content, other.target)


ABSENT = State("absent")
OTHER = State("other")


@dataclasses.dataclass(frozen=True)
class DesiredFile:
    """The desired state of ``path``. ``None`` for mode and owner keeps them; a new file gets the defaults."""

    path: str
    kind: str
    content: bytes = b""
    target: str = ""
    mode: int | None = None
    uid: int | None = None
    gid: int | None = None

    def wanted(self, now: State) -> State:
        """The state to reach from ``now``."""
        if self.kind == "absent":
            return ABSENT
        if self.kind == "link":
            return State("link", target=self.target)
        old = now if now.kind == "file" else State("file", mode=NEW_FILE_MODE, uid=os.geteuid(), gid=os.getegid())
        return State(
            "file",
            content=self.content,
            mode=old.mode if self.mode is None else self.mode,
            uid=old.uid if self.uid is None else self.uid,
            gid=old.gid if self.gid is None else self.gid,
        )


@dataclasses.dataclass(frozen=True)
class Change:
    """One path that differs from its desired state."""

    path: str
    before: State
    after: State


def observe(path: str) -> State:
    """The current state of ``path``.

    :raises BadInputError: it is neither a file nor a link.
    :raises OSError: it cannot be read.
    """
    found = found_at(path)
    if found == OTHER:
        raise BadInputError(f"{path} is neither a file nor a link.", hint="Give the path of a file.")
    return found


def found_at(path: str) -> State:
    """The current state of ``path``, C(other) if it is neither a file nor a link.

    :raises OSError: it cannot be read.
    """
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT
    if stat.S_ISLNK(found.st_mode):
        return State("link", target=os.readlink(path))
    if not stat.S_ISREG(found.st_mode):
        return OTHER
    return State("file", read_file(path), mode=stat.S_IMODE(found.st_mode), uid=found.st_uid, gid=found.st_gid)


def changes(desired: t.Sequence[DesiredFile], now: t.Callable[[str], State]) -> list[Change]:
    """The changes, in the order of the input."""
    compared = ((desired_file.path, now(desired_file.path), desired_file) for desired_file in desired)
    steps = (Change(path, state, desired_file.wanted(state)) for path, state, desired_file in compared)
    return [step for step in steps if step.before != step.after]


def read_desired(entries: t.Sequence[t.Mapping[str, t.Any]]) -> list[DesiredFile]:
    """The desired files of the option C(files).

    :raises BadInputError: an entry is invalid, or a path is listed twice.
    """
    desired = [_read(entry) for entry in entries]
    twice = repeats(desired_file.path for desired_file in desired)
    if twice:
        raise BadInputError(f"Listed more than once: {twice}.", hint="List each path once.")
    return desired


def plain_path(text: object) -> str:
    """``text`` as a normalized path.

    :raises BadInputError: it is not one.
    """
    path = str(text)
    if not is_plain_path(path):
        raise BadInputError(f"{path!r} is not a plain absolute path.", hint="Remove '..', '//' and a '/' at the end.")
    return path


def is_plain_path(path: str) -> bool:
    """Whether ``path`` is absolute and normalized."""
    return is_path(path) and path[0] == "/" and path[:2] != "//" and os.path.normpath(path) == path


def _read(entry: t.Mapping[str, t.Any]) -> DesiredFile:
    path = plain_path(entry["path"])
    given = [name for name in ("content", "src", "link") if entry.get(name) is not None]
    if entry.get("state") == "absent":
        if given:
            raise BadInputError(f"{path}: {given[0]} cannot be used with state: absent.")
        return DesiredFile(path, "absent")
    if len(given) != 1:
        raise BadInputError(f"{path}: give one of content, src and link, or state: absent.")
    if entry.get("link") is not None:
        target = str(entry["link"])
        if not is_path(target):
            raise BadInputError(f"{path}: {target!r} is not a valid link target.")
        return DesiredFile(path, "link", target=target)
    return DesiredFile(
        path,
        "file",
        content=_content(path, entry),
        mode=_mode(path, entry.get("mode")),
        uid=_id(path, "owner", entry.get("owner"), lambda name: pwd.getpwnam(name).pw_uid),
        gid=_id(path, "group", entry.get("group"), lambda name: grp.getgrnam(name).gr_gid),
    )


def _content(path: str, entry: t.Mapping[str, t.Any]) -> bytes:
    if entry.get("content") is not None:
        try:
            return str(entry["content"]).encode("utf-8")
        except UnicodeEncodeError as error:
            raise BadInputError(f"{path}: content cannot be encoded as UTF-8: {error}.") from None
    try:
        # The user is responsible for a link here.
        return read_file(os.path.realpath(entry["src"]))
    except (OSError, ValueError) as error:
        raise BadInputError(f"{path}: the file of src cannot be read: {error}.") from error


def _mode(path: str, text: str | None) -> int | None:
    if text is None:
        return None
    if not _MODE.fullmatch(text):
        raise BadInputError(
            f"{path}: {text!r} is not a file mode.", hint="Give it as digits in quotes, such as '0644'."
        )
    return int(text, 8)


def _id(path: str, what: str, name: str | None, look_up: t.Callable[[str], int]) -> int | None:
    if name is None:
        return None
    number = whole_number(name)
    if number is not None and number <= MAX_ID:
        return number
    try:
        return look_up(name)
    # The second one for an invalid name, such as one with a NUL.
    except (KeyError, ValueError):
        raise BadInputError(f"{path}: the {what} {name!r} does not exist on this host.") from None


def diff(steps: t.Sequence[Change]) -> list[dict[str, str]]:
    """The changes in the form that C(--diff) shows."""
    return [
        {
            "before_header": step.path,
            "after_header": step.path,
            "before": _shown(step.before, step.after),
            "after": _shown(step.after, step.before),
        }
        for step in steps
    ]


def _shown(state: State, other: State) -> str:
    """``state`` as text; mode and owner only where they differ from those of ``other``."""
    if state.kind == "absent":
        return ""
    if state.kind == "link":
        return f"link to {clean_text(state.target)}\n"
    both = other.kind == "file"
    lines = [f"mode: {state.mode:04o}\n"] if both and state.mode != other.mode else []
    if both and (state.uid, state.gid) != (other.uid, other.gid):
        lines.append(f"owner: {state.uid}:{state.gid}\n")
    return "".join(lines) + _text(state.content)


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        return f"{counted(len(content), 'byte')}, SHA-256 {hashlib.sha256(content).hexdigest()}\n"
    return text
