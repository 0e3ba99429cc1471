# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All problems of an accounts file that can be seen without a network, by the rules of a run."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._problems import Claim, EntryProblem, Problems
from ansible_collections.hosting.websec.plugins.module_utils._schemas import (
    ANSIBLE_FLAG,
    ANY_TEXT,
    COUNT,
    TEXT_ID,
    Schema,
    array,
    choice,
    mapping,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.entries import (
    KEYS,
    Entry,
    read_account,
    refuse_shared,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.entry_checks import (
    check_entry,
    completed,
    entry_options,
    name_of,
    named_entry,
)


def account_schema() -> Schema:
    """The JSON Schema of one entry."""
    return _schema(entry_options())


_OF_TYPES: dict[str, Schema] = {"bool": ANSIBLE_FLAG, "int": COUNT, "str": ANY_TEXT, "raw": TEXT_ID}


def _schema(options: t.Mapping[str, t.Any]) -> Schema:
    return mapping(
        {name: _option_schema(option) for name, option in options.items()},
        *(name for name, option in options.items() if option.get("required")),
    )


def _option_schema(option: t.Mapping[str, t.Any]) -> Schema:
    if option["type"] == "list":
        return array(_schema(option["options"]))
    return choice(*option["choices"]) if "choices" in option else _OF_TYPES[option["type"]]


def check_accounts(accounts: t.Sequence[t.Any]) -> list[EntryProblem]:
    """
    :param accounts: the entries of an accounts file.
    :returns: in the order of the entries; then what several entries have in common.
    """
    found: list[EntryProblem] = []
    read: list[Entry] = []
    for place, given in enumerate(accounts, 1):
        account, problems = _read(given, place)
        read.append(account)
        found += [EntryProblem.of(place, _name(given), problem) for problem in problems]
    return [*found, *_shared(accounts, read)]


def claims_of_accounts(accounts: t.Sequence[t.Any]) -> list[Claim]:
    """What the entries without problems claim."""
    return [
        Claim(place, _name(given), "sites" if kind == "domain" else kind, kind, value)
        for place, given in enumerate(accounts, 1)
        if not isinstance(account := _read(given, place)[0], WebsecError)
        for kind, values_of in KEYS.items()
        for value in values_of(account)
        if value is not None
    ]


def _read(given: t.Any, place: int) -> tuple[Entry, list[BadInputError]]:
    """The account of an entry; an error, if it has problems, and these."""
    whose = named_entry(given, place)
    problems, account = Problems(collect=True), None
    check_entry(given, whose, problems)
    unknown = len(problems.found)
    if all(problem.is_unknown for problem in problems.found):
        with problems.of():
            account = read_account(completed(entry_options(), given), whose, problems)
    # That nothing says which account it is follows from a key that is misspelt.
    told = [*problems.found[:unknown], *(each for each in problems.found[unknown:] if each.key or not unknown)]
    return (BadInputError("") if account is None or told else account), told


def _name(given: object) -> str:
    """Empty if it is not known."""
    name = name_of(given, 0)
    return "" if name == "entry 0" else name


def _shared(accounts: t.Sequence[t.Any], read: t.Sequence[Entry]) -> list[EntryProblem]:
    """What several entries have in common, of each kind by itself: a run refuses an entry at the first one."""
    found = []
    for kind in KEYS:
        after = [*read]
        refuse_shared(after, [kind])
        found += [
            EntryProblem.of(place, _name(accounts[place - 1]), now)
            for place, (now, before) in enumerate(zip(after, read), 1)
            if isinstance(now, BadInputError) and now is not before
        ]
    return found
