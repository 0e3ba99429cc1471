# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All problems of a list of sub-accounts that can be seen without a network, by the rules of a run."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._botguard.users import FIELDS, read_users
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._nesting import plain_data
from ansible_collections.hosting.websec.plugins.module_utils._problems import Claim, EntryProblem, Problems
from ansible_collections.hosting.websec.plugins.module_utils._schemas import ANY_TEXT, EMAIL, Schema, mapping
from ansible_collections.hosting.websec.plugins.module_utils._texts import unknown_keys

_KEYS = ("email", *FIELDS)


def user_schema() -> Schema:
    """The JSON Schema of one entry."""
    country: Schema = {"type": "string", "pattern": "^([A-Za-z]{2})?$"}
    return mapping({"email": EMAIL, **dict.fromkeys(FIELDS, ANY_TEXT), "country": country}, "email")


def check_users(users: t.Sequence[t.Any]) -> list[EntryProblem]:
    """
    :param users: the entries.
    :returns: in the order of the entries; then what several entries have in common.
    """
    found: list[EntryProblem] = []
    readable: dict[int, t.Mapping[str, t.Any]] = {}
    for place, given in enumerate(users, 1):
        entry, problems = _read(given, place)
        found += [EntryProblem.of(place, _name(given), problem) for problem in problems.found]
        if entry is not None:
            readable[place] = entry
    places = [*readable]
    _desired, others = read_users(readable.values())
    return [
        *found,
        *(
            dataclasses.replace(each, place=places[each.place - 1]) if isinstance(each.place, int) else each
            for each in others
        ),
    ]


def claims_of_users(users: t.Sequence[t.Any]) -> list[Claim]:
    """What the entries claim."""
    entries = ((place, _read(given, place)[0]) for place, given in enumerate(users, 1))
    return [
        Claim(place, entry["email"], "email", "e-mail address", entry["email"].strip().lower())
        for place, entry in entries
        if entry is not None
    ]


def _name(given: t.Any) -> str:
    """Empty if it is not known."""
    email = given.get("email") if isinstance(given, t.Mapping) else None
    return email if isinstance(email, str) else ""


def _read(given: t.Any, place: int) -> tuple[dict[str, t.Any] | None, Problems]:
    """An entry without the values that are wrong, C(None) if it has no address; and what is wrong with it."""
    problems, entry = Problems(collect=True), None
    whose = _name(given) or f"Entry {place}"
    with problems.of():
        if not isinstance(given, t.Mapping):
            raise BadInputError(f"Entry {place} is not a mapping with an email.")
        entry = plain_data(given, whose)
    if entry is None:
        return None, problems
    unknown = unknown_keys(entry, _KEYS)
    if unknown:
        error = BadInputError(f"{whose}: unknown keys: {unknown}.", hint=f"Known keys: {', '.join(_KEYS)}.")
        problems.add_unknown(error, next(key for key in entry if key not in _KEYS))
    for key in _KEYS:
        if isinstance(entry.get(key), (bool, list, dict)):
            problems.add(BadInputError(f"{whose}: {key} is {entry.pop(key)!r}; it must be a text."), key)
    if not isinstance(entry.get("email"), str):
        if not any(problem.key == "email" for problem in problems.found):
            problems.add(BadInputError(f"{whose} has no email."), "" if entry.get("email") is None else "email")
        return None, problems
    # As Ansible hands them to the module.
    return {key: value if value is None else str(value) for key, value in entry.items()}, problems
