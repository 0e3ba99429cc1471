# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables of roles, converted to the types of their argument specs.

C(-e name=value) and surveys of AWX pass text. Ansible validates such text against the specs of a role and accepts it,
but the role still gets the text.
"""

from __future__ import annotations

import datetime
import functools
import json
import math
import pathlib
import re
import typing as t

from ansible.module_utils.common.validation import (
    check_type_bool,
    check_type_dict,
    check_type_float,
    check_type_int,
)
from ansible.module_utils.common.yaml import yaml_load

from ansible_collections.hosting.websec.plugins.module_utils._parsing import MAX_DEPTH

Option = t.Mapping[str, t.Any]
"""An option of an argument spec."""

_ROLES = pathlib.Path(__file__).resolve().parents[2] / "roles"


def converted(name: str, value: t.Any) -> t.Any:
    """Return the value of a variable, converted to its type in the argument specs of its role.

    A value that already has this type, text for a text option, and anything without a spec stay unchanged. Only dates
    and times, which YAML makes of text without quotes, become text again: in an expression, ansible-core 2.18 turns all
    of a value into text that contains one.

    :param name: of the variable.
    :raises ValueError: the value cannot be converted; the message names the variable.
    :raises KeyError: no role has such a variable.
    """
    return _without_dates(_of_option(name, _options()[name], value), {})


def _without_dates(value: t.Any, known: dict[int, tuple[t.Any, t.Any]], depth: int = 0) -> t.Any:
    """``value`` with text for each date and time in it; the same object if there is none.

    :param known: the results so far, each with its value, which keeps it alive. With YAML anchors a value may contain
        another one often, or itself.
    """
    if isinstance(value, datetime.date):  # or a time, which is one
        return value.isoformat()
    if not isinstance(value, (t.Mapping, list, tuple)) or depth > MAX_DEPTH:
        return value
    if id(value) not in known:
        known[id(value)] = value, value
        before = dict(value.items() if isinstance(value, t.Mapping) else enumerate(value))
        found = {key: _without_dates(each, known, depth + 1) for key, each in before.items()}
        if any(found[key] is not each for key, each in before.items()):
            known[id(value)] = value, found if isinstance(value, t.Mapping) else list(found.values())
    return known[id(value)][1]


def named_in_role(message: str, role: str, options: t.Iterable[str], fleet: str = "") -> str:
    """The variables of a role for the options that an error message of its module names; empty if it names none.

    A word counts as an option if it begins the message or has an underscore: others may be just words of the sentence.

    :param options: of the task.
    :param fleet: the option with all entries. Where a role has a variable of its own name, that is it.
    """
    known = _options()
    if role not in known and not any(name.startswith(f"{role}_") for name in known):
        return ""
    words = _WORDS.findall(message)
    named = [word for position, word in enumerate(words) if word in options and (not position or "_" in word)]
    variables = {word: variable for word in named if (variable := _variable(role, word, word == fleet)) is not None}
    missing = [f"{word} is {variable}" for word, variable in variables.items() if variable not in message]
    return f"In the role {role}, {', '.join(missing)}." if missing else ""


_WORDS = re.compile(r"[a-z][a-z0-9_]*")


def _variable(role: str, option: str, is_fleet: bool) -> str | None:
    """The variable of a role for an option of its module. The last word of the role may be the first of the option."""
    known = _options()
    last = role.rpartition("_")[2]
    shorter = option[len(last) + 1 :] if option.startswith(f"{last}_") else option
    candidates = [f"{role}_{option}", f"{role}_{shorter}", *([role] if is_fleet else [])]
    variable = next((name for name in candidates if name in known), None)
    if variable is None and option in known.get(f"{role}_api", {}).get("options", {}):
        return f"a key of {role}_api"
    return variable


@functools.cache
def _options() -> dict[str, Option]:
    """All variables of all roles."""
    found: dict[str, Option] = {}
    for path in _ROLES.glob("*/meta/argument_specs.yml"):
        for entry_point in yaml_load(path.read_text(encoding="utf-8"))["argument_specs"].values():
            found.update(entry_point.get("options", {}))
    return found


def _of_option(name: str, option: Option, value: t.Any) -> t.Any:
    if value is None or (value == "" and option["type"] == "list"):
        return [] if value == "" else None
    try:
        value = _of_type(option["type"], value)
        if option["type"] == "list" and "elements" in option:
            value = [_of_type(option["elements"], each) for each in value]
    except (TypeError, ValueError) as error:
        # Lists and mappings are not shown: they may contain a password.
        shown = f" is {value!r}; it" if option["type"] in ("bool", "int", "float") else ""
        raise ValueError(f"{name}{shown} must be of the type {option['type']}: {error}") from None
    nested = option.get("options")
    if not nested:
        return value
    if isinstance(value, t.Mapping):
        return _of_nested(name, nested, value)
    return [
        _of_nested(f"{name}[{place}]", nested, each) if isinstance(each, t.Mapping) else each
        for place, each in enumerate(value)
    ]


def _of_nested(name: str, options: t.Mapping[str, Option], value: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {
        key: _of_option(f"{name}.{key}", options[key], each) if key in options else each for key, each in value.items()
    }


def _of_type(wanted: str, value: t.Any) -> t.Any:
    if wanted in ("int", "float"):
        return _number(wanted, value)
    if wanted == "bool":
        return check_type_bool(value)
    if wanted == "dict":
        return check_type_dict(value)
    if wanted == "list" and not isinstance(value, (list, tuple)):
        return _listed(value)
    return value


def _number(wanted: str, value: t.Any) -> int | float:
    if isinstance(value, bool):
        raise TypeError("true and false are not numbers.")
    number: int | float = check_type_int(value) if wanted == "int" else check_type_float(value)
    if not math.isfinite(number):
        raise ValueError("a number must be finite.")
    return number


def _listed(value: t.Any) -> list[t.Any]:
    """The entries of a text: a JSON list, or separated by commas, as in Ansible's argument specs."""
    if not isinstance(value, str):
        return [value] if isinstance(value, (int, float)) else list(value)
    if value.strip().startswith("["):
        return t.cast("list[t.Any]", json.loads(value))
    return [part.strip() for part in value.split(",")]
