# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys and types of entries, checked on the controller before the module runs.

Ansible checks them as well, but one entry with an unknown key or a wrong type then stops the whole task, and the
message does not say which account it is. Here such an entry fails alone.
"""

from __future__ import annotations

import functools
import typing as t

from ansible.module_utils.common.validation import check_type_bool, check_type_int

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._problems import FIRST, Problems
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.options import account_options
from ansible_collections.hosting.websec.plugins.module_utils._texts import unknown_keys

Given = t.Mapping[str, t.Any]


def name_of(given: object, place: int) -> str:
    """What an entry is called in results: by what an account is found by, or by its place."""
    keys = ("login", "reseller_account_id", "account_id", "email")
    found = [given.get(key) for key in keys] if isinstance(given, t.Mapping) else []
    return next((str(value) for value in found if isinstance(value, (str, int, float)) and value), f"entry {place}")


def named_entry(given: object, place: int) -> str:
    """The start of a message about an entry."""
    name = name_of(given, place)
    return f"Entry {place}" if name == f"entry {place}" else f"Account {name}"


def screened(accounts: t.Sequence[t.Any]) -> tuple[list[t.Any], dict[str, dict[str, str]]]:
    """The entries, empty where they are refused, and C(name), C(message) and C(hint) of the refused ones by their
    place."""
    entries, errors = list(accounts), {}
    for place, given in enumerate(accounts, 1):
        error = _error(given, named_entry(given, place))
        if error is not None:
            entries[place - 1] = {}
            errors[str(place)] = {"name": name_of(given, place), "message": error.message, "hint": error.hint}
    return entries, errors


def _error(given: t.Any, whose: str) -> BadInputError | None:
    try:
        check_entry(given, whose, FIRST)
    except BadInputError as error:
        return error
    return None


def check_entry(given: t.Any, whose: str, problems: Problems) -> None:
    """
    :param whose: see ``named_entry``.
    :param problems: takes unknown keys and values of a wrong type.
    """
    with problems.of():
        _check(entry_options(), given, whose, problems)


@functools.lru_cache
def entry_options() -> Given:
    """The options of one account, as Ansible writes them."""
    options: Given = account_options().options["accounts"]["options"]
    return options


def _check(options: Given, given: t.Any, whose: str, problems: Problems, path: str = "") -> None:
    if not isinstance(given, t.Mapping):
        raise BadInputError(f"{whose} is {_shown(given)}; it must be a mapping.")
    unknown = unknown_keys(given, options)
    if unknown:
        error = BadInputError(f"{whose}: unknown keys: {unknown}.", hint=f"Known keys: {', '.join(sorted(options))}.")
        problems.add_unknown(error, path + next(str(key) for key in given if key not in options))
    for name, option in options.items():
        value = given.get(name)
        problem = _problem(option, value)
        if problem:
            problems.add(BadInputError(f"{whose}: {name} is {problem}."), path + name)
        elements = value if option["type"] == "list" and isinstance(value, (list, tuple)) else []
        for number, each in enumerate(elements, 1):
            inside = f"{path}{name}[{number - 1}]"
            with problems.of(inside):
                _check(option["options"], each, f"{whose}, {_part(name, each, number)}", problems, f"{inside}.")


def _problem(option: Given, value: t.Any) -> str:
    """What a value of an option is instead, and what it must be; empty: it is right."""
    if value is None:
        return "missing" if option.get("required") else ""
    if not _TYPES[option["type"]][0](value):
        # The value of an option that is a secret is not shown.
        return f"{'of another type' if option.get('no_log') else _shown(value)}; it must be {_TYPES[option['type']][1]}"
    if "choices" in option and value not in option["choices"]:
        return f"{_shown(value)}; it must be {' or '.join(option['choices'])}"
    return ""


def completed(options: Given, given: Given) -> dict[str, t.Any]:
    """An entry without problems, with every option in its type: what Ansible makes of it for the module."""
    found = {}
    for name, option in options.items():
        value = given.get(name)
        if value is None:
            found[name] = option.get("default")
        elif option["type"] == "list":
            found[name] = [completed(option["options"], each) for each in value]
        else:
            found[name] = _CONVERTED.get(option["type"], lambda same: same)(value)
    return found


def _part(name: str, given: object, number: int) -> str:
    known = given.get("domain") or given.get("subscription") if isinstance(given, t.Mapping) else None
    return f"{name.removesuffix('s')} {known if isinstance(known, (str, int)) else number}"


def _is(convert: t.Callable[[t.Any], t.Any]) -> t.Callable[[t.Any], bool]:
    def converts(value: t.Any) -> bool:
        try:
            convert(value)
        except (TypeError, ValueError):
            return False
        return True

    return converts


_TYPES: dict[str, tuple[t.Callable[[t.Any], bool], str]] = {
    "bool": (_is(check_type_bool), "true or false"),
    "int": (lambda value: not isinstance(value, bool) and _is(check_type_int)(value), "a whole number"),
    "str": (lambda value: not isinstance(value, (bool, list, tuple, t.Mapping)), "a text; write it in quotes"),
    "list": (lambda value: isinstance(value, (list, tuple)), "a list"),
    # An id, see ``_ids``.
    "raw": (lambda _value: True, ""),
}


_CONVERTED: dict[str, t.Callable[[t.Any], t.Any]] = {"bool": check_type_bool, "int": check_type_int, "str": str}


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:60]}..."
