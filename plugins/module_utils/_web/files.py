# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands at a path, what shall stand there, and the difference."""

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
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, repeats

NEW_FILE_MODE = 0o644

_MODE = re.compile(r"0?[0-7]{3,4}")


@dataclasses.dataclass(frozen=True)
class State:
    """What stands at a path: C(absent), C(file) or C(link). Mode and owner count for files only."""

    kind: str
    content: bytes = b""
    target: str = ""
    mode: int = 0
    uid: int = 0
    gid: int = 0

    def holds_the_same(self, other: State) -> bool:
        """Equal but for mode and owner."""
        return (self.kind, self.content, self.target) == (other.kind, other.content, other.target)


ABSENT = State("absent")


@dataclasses.dataclass(frozen=True)
class Wish:
    """What shall stand at ``path``. ``None`` for mode and owner: as they are; a new file gets the usual ones."""

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
    """One path that is not as it shall be."""

    path: str
    before: State
    after: State


def observe(path: str) -> State:
    """What stands at ``path`` now.

    :raises BadInputError: something that is neither a file nor a link.
    """
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT
    if stat.S_ISLNK(found.st_mode):
        return State("link", target=os.readlink(path))
    if not stat.S_ISREG(found.st_mode):
        raise BadInputError(f"{path} is neither a file nor a link.", hint="Give the path of a file.")
    with open(path, "rb") as file:
        content = file.read()
    return State("file", content, mode=stat.S_IMODE(found.st_mode), uid=found.st_uid, gid=found.st_gid)


def changes(wishes: t.Sequence[Wish], now: t.Callable[[str], State]) -> list[Change]:
    """What has to be done, in the order of the wishes."""
    compared = ((wish.path, now(wish.path), wish) for wish in wishes)
    steps = (Change(path, state, wish.wanted(state)) for path, state, wish in compared)
    return [step for step in steps if step.before != step.after]


def read_wishes(entries: t.Sequence[t.Mapping[str, t.Any]]) -> list[Wish]:
    """The wishes that the option C(files) of the module states.

    :raises BadInputError: an entry that cannot be, or a path that is listed twice.
    """
    wishes = [_read(entry) for entry in entries]
    twice = repeats(wish.path for wish in wishes)
    if twice:
        raise BadInputError(f"Listed more than once: {twice}.", hint="List each path once.")
    return wishes


def _read(entry: t.Mapping[str, t.Any]) -> Wish:
    path = str(entry["path"])
    if not os.path.isabs(path) or os.path.normpath(path) != path:
        raise BadInputError(f"{path!r} is not a plain absolute path.", hint="No '..', no '//' and no '/' at its end.")
    given = [name for name in ("content", "src", "link") if entry.get(name) is not None]
    if entry.get("state") == "absent":
        if given:
            raise BadInputError(f"{path}: state is absent, and {given[0]} is given.")
        return Wish(path, "absent")
    if len(given) != 1:
        raise BadInputError(f"{path}: give one of content, src and link, or state: absent.")
    if entry.get("link") is not None:
        return Wish(path, "link", target=str(entry["link"]))
    return Wish(
        path,
        "file",
        content=_content(path, entry),
        mode=_mode(path, entry.get("mode")),
        uid=_id(path, "owner", entry.get("owner"), lambda name: pwd.getpwnam(name).pw_uid),
        gid=_id(path, "group", entry.get("group"), lambda name: grp.getgrnam(name).gr_gid),
    )


def _content(path: str, entry: t.Mapping[str, t.Any]) -> bytes:
    if entry.get("content") is not None:
        return str(entry["content"]).encode("utf-8")
    try:
        with open(entry["src"], "rb") as source:
            return source.read()
    except OSError as error:
        raise BadInputError(f"{path}: the file of src cannot be read: {error}.") from error


def _mode(path: str, text: str | None) -> int | None:
    if text is None:
        return None
    if not _MODE.fullmatch(text):
        raise BadInputError(f"{path}: {text!r} is not a mode.", hint="Give it as digits in quotes, such as '0644'.")
    return int(text, 8)


def _id(path: str, what: str, name: str | None, look_up: t.Callable[[str], int]) -> int | None:
    if name is None:
        return None
    if name.isdigit():
        return int(name)
    try:
        return look_up(name)
    except KeyError:
        raise BadInputError(f"{path}: there is no {what} {name!r} on this host.") from None


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
        return f"link to {state.target}\n"
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
