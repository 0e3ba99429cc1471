# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file with a plan: made in check mode, shown to a person, and given to the run that may send what is in it.

The checksum finds a change by mistake. It is no signature: who may write the file can also write another one.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import os
import re
import stat
import tempfile
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._approval.packed import is_packed, unpack
from ansible_collections.hosting.websec.plugins.module_utils._approval.planned import FIELDS, PlannedAction, canonical
from ansible_collections.hosting.websec.plugins.module_utils._entries_file import where_it_begins
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import parse_json, utc_text, utc_time
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened

FORMAT = "hosting.websec plan 1"
MAX_SIZE = 256 * 1024 * 1024
"""In bytes. 100,000 actions have about 40 MB."""
_START = 64
"""Bytes in which the format of a plan is."""
SKEW = datetime.timedelta(minutes=5)
"""How much the clocks of two machines may differ."""
_SECRET = ("password",)
"""Keys of entries that are left out of the digest, from which they could be guessed."""


@dataclasses.dataclass(frozen=True)
class Scope:
    """What a plan is for: it is not valid for anything else.

    :param module: that made it. :param api_url: of the vendor. :param entries: see ``digest``.
    """

    module: str
    api_url: str
    entries: str


def digest(entries: t.Any) -> str:
    """Of the entries that a task was given, without their secrets."""
    return hashlib.sha256(canonical(_without_secrets(entries)).encode()).hexdigest()


def _without_secrets(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return {str(key): _without_secrets(each) for key, each in value.items() if key not in _SECRET}
    return [_without_secrets(each) for each in value] if isinstance(value, (list, tuple)) else value


def remove_plan(path: str) -> None:
    """Remove a plan of an earlier run.

    :raises BadInputError: the file is something else, or cannot be removed.
    """
    try:
        # Opening a pipe would wait for a writer.
        start = _start(path) if stat.S_ISREG(os.stat(path).st_mode) else b""
        if not re.match(rb'\{\s*"format": *"hosting\.websec plan ', start):
            raise BadInputError(
                f"plan_file: {path} exists, and is not a plan.", hint="It was not changed. Give another path."
            )
        os.unlink(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise BadInputError(
            f"plan_file: {path} cannot be replaced: {error.strerror or error}.", hint="Nothing was sent."
        ) from None


def _start(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(_START)


def write_plan(path: str, scope: Scope, actions: t.Iterable[PlannedAction], now: datetime.datetime) -> None:
    """Write the file, for the user of the task only.

    :raises BadInputError: it cannot be written.
    """
    content: dict[str, t.Any] = {
        "format": FORMAT,
        "made": utc_text(now),
        **dataclasses.asdict(scope),
        "actions": [action.as_dict() for action in actions],
    }
    content["checksum"] = _checksum(content)
    part = None
    try:
        descriptor, part = tempfile.mkstemp(dir=os.path.dirname(path) or ".", prefix=".plan")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(_readable(content))
        os.replace(part, path)
    except OSError as error:
        if part is not None and os.path.exists(part):
            os.unlink(part)
        raise BadInputError(
            f"plan_file: {path} cannot be written: {error.strerror or error}.", hint="Nothing was sent."
        ) from None


def read_plan(given: str, scope: Scope, now: datetime.datetime, max_age: datetime.timedelta) -> list[PlannedAction]:
    """The actions of a plan that is still valid.

    :param given: the path of its file, or its content, packed (see ``packed``).
    :param scope: of this run.
    :raises BadInputError: it is no plan, was edited, is too old, or is for something else.
    """
    name, content = _parsed(given)
    if content.pop("checksum", None) != _checksum(content):
        raise _refusal(name, "was changed since it was made: its checksum is wrong", "Make a new plan.")
    made = utc_time(content.get("made"))
    if made is None or made - SKEW > now:
        raise _refusal(name, f"was made at {content.get('made')}, which is not in the past", "Check the clocks.")
    if now - made > max_age:
        raise _refusal(
            name,
            f"is too old: it was made at {content['made']}, and plan_max_age is {max_age.total_seconds():g} s",
            "Make a new plan, and have it approved.",
        )
    for key, (what, hint) in _SCOPE.items():
        if content.get(key) != getattr(scope, key):
            raise _refusal(name, what, hint)
    return _actions(content)


def actions_of(text: str) -> list[PlannedAction]:
    """The actions in the content of the file of a plan, to be shown.

    :raises BadInputError: it is no plan.
    """
    return _actions(_content(text.encode(), "the plan"))


def _actions(content: t.Mapping[str, t.Any]) -> list[PlannedAction]:
    return [PlannedAction(**{name: action[name] for name in FIELDS}) for action in content["actions"]]


_SCOPE = {
    "module": ("is the plan of another module", "Give the plan that this module made."),
    "api_url": ("was made for another api_url", "Make a new plan with this one."),
    "entries": (
        "was made for other entries: the file of sites or accounts, or the name server, has changed since then",
        "Make a new plan, and have it approved.",
    ),
}


def _parsed(given: str) -> tuple[str, dict[str, t.Any]]:
    """A name for messages, and the content."""
    if is_packed(given):
        text = unpack(given, MAX_SIZE)
        if text is None:
            raise _refusal(_PUBLISHED, "was changed since it was made: it cannot be unpacked", "Make a new plan.")
        return _PUBLISHED, _content(text, _PUBLISHED)
    name = shortened(given)
    try:
        if not stat.S_ISREG(os.stat(given).st_mode):
            raise _refusal(name, "is not a regular file", "")
        with open(given, "rb") as file:
            text = file.read(MAX_SIZE + 1)
    except (OSError, ValueError) as error:
        raise _refusal(
            name, f"cannot be read: {getattr(error, 'strerror', None) or error}", where_it_begins(given)
        ) from None
    return name, _content(text, name)


_PUBLISHED = "the plan of an earlier job"


def _content(text: bytes, name: str) -> dict[str, t.Any]:
    try:
        content = parse_json(text) if len(text) <= MAX_SIZE else None
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or content.get("format") != FORMAT or not _are_actions(content.get("actions")):
        raise _refusal(
            name, "is not a plan of this version of the collection", "Make one with plan_file in check mode."
        )
    return content


def _are_actions(actions: t.Any) -> bool:
    return isinstance(actions, list) and all(
        isinstance(action, dict)
        and action.keys() == set(FIELDS)
        and all(isinstance(action[name], str) for name in ("subject", "method"))
        and all(isinstance(action[name], dict) for name in ("arguments", "rests_on"))
        and isinstance(action["price"], (str, type(None)))
        for action in actions
    )


def _checksum(content: t.Mapping[str, t.Any]) -> str:
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _readable(content: t.Mapping[str, t.Any]) -> str:
    """JSON with one action a line, so that two plans can be compared by their lines."""
    lines = [f"  {canonical(name)}: {canonical(value)}" for name, value in content.items() if name != "actions"]
    actions = ",\n".join(f"    {canonical(action)}" for action in content["actions"])
    lines.append(f'  "actions": [\n{actions}\n  ]' if actions else '  "actions": []')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _refusal(name: str, what: str, hint: str) -> BadInputError:
    return BadInputError(f"approved_plan: {name} {what}.", hint=f"Nothing was sent. {hint}".strip())
