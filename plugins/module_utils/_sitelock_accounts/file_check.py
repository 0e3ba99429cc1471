# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All problems of an accounts file that can be seen without a network, by the rules of a run."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._problems import EntryProblem, Problems
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
        problems, account = Problems(collect=True), None
        check_entry(given, named_entry(given, place), problems)
        if not problems.found:
            with problems.of():
                account = read_account(completed(entry_options(), given), named_entry(given, place), problems)
        read.append(BadInputError("") if account is None else account)
        found += [EntryProblem.of(place, _name(given), problem) for problem in problems.found]
    return [*found, *_shared(accounts, read)]


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
