# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An unconfirmed change, as data and as the text of a journal. No I/O."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import hashlib
import json
import os
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._parsing import parse_json
from ansible_collections.hosting.websec.plugins.module_utils._web.disk import is_path
from ansible_collections.hosting.websec.plugins.module_utils._web.files import MAX_ID, Change, State, is_plain_path

Command = list[str]

VERSION = 1
_KINDS = ("absent", "file", "link")


@dataclasses.dataclass(frozen=True)
class JournalEntry:
    """An unconfirmed change, and how the server activates it.

    :param folders: missing folders that are created for it.
    :param activating: the server may have been told.
    """

    changes: list[Change]
    validate: list[Command]
    activate: Command
    folders: list[str] = dataclasses.field(default_factory=list)
    activating: bool = False


def to_text(entry: JournalEntry) -> str:
    """The journal for ``entry``, in ASCII. ``activating`` is a separate file."""
    body = {
        "changes": [
            {"path": change.path, "before": _row(change.before), "after": _row(change.after)}
            for change in entry.changes
        ],
        "folders": entry.folders,
        "validate": entry.validate,
        "activate": entry.activate,
    }
    return json.dumps({"version": VERSION, "sha256": _digest(body), "entry": body})


def from_text(text: bytes, *, activating: bool) -> JournalEntry:
    """Parse a journal.

    :raises ValueError: it is not a journal, or was altered. The text says why.
    """
    data = parse_json(text)
    if not isinstance(data, dict):
        raise ValueError("it is not a journal")
    if data.get("version") != VERSION:
        raise ValueError(f"it is of version {data.get('version')!r}, and this is version {VERSION}")
    body = data.get("entry")
    # This does not protect against a person with write access (who can compute it), but against partial files and
    # editors.
    if data.get("sha256") != _digest(body):
        raise ValueError("its checksum is wrong")
    if not isinstance(body, dict):
        raise ValueError("it contains no change")
    try:
        entry = JournalEntry(
            [Change(_path(row["path"]), _state(row["before"]), _state(row["after"])) for row in body["changes"]],
            [_command(command) for command in body["validate"]],
            _command(body["activate"]),
            [_path(folder) for folder in body["folders"]],
            activating,
        )
    except (KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise ValueError(f"a part of it is missing or wrong ({error})") from None
    if len({change.path for change in entry.changes}) != len(entry.changes):
        raise ValueError("it lists a path twice")
    return entry


def _digest(body: object) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode("ascii")).hexdigest()


def _row(state: State) -> dict[str, t.Any]:
    # Targets of links are bytes like contents: a link of another program need not be text.
    row = {"kind": state.kind, "mode": state.mode, "uid": state.uid, "gid": state.gid}
    return {**row, "content": _encoded(state.content), "target": _encoded(os.fsencode(state.target))}


def _state(row: t.Any) -> State:
    content, target = (base64.b64decode(row[name], validate=True) for name in ("content", "target"))
    if row["kind"] not in _KINDS or b"\0" in target or (row["kind"] == "link" and not target):
        raise ValueError("it contains an invalid state")
    mode, uid, gid = (_number(row[name], most) for name, most in (("mode", 0o7777), ("uid", MAX_ID), ("gid", MAX_ID)))
    return State(row["kind"], content, os.fsdecode(target), mode, uid, gid)


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _number(value: t.Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError(f"{value!r} in it is not a mode or the number of an owner")
    return value


def _path(value: t.Any) -> str:
    if not isinstance(value, str) or not is_plain_path(value):
        raise ValueError(f"{value!r} in it is not a plain absolute path")
    return value


def _command(value: t.Any) -> Command:
    if not isinstance(value, list) or not all(isinstance(part, str) and (is_path(part) or not part) for part in value):
        raise ValueError(f"{value!r} in it is not a command")
    return value
