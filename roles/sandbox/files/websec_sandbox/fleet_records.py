# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of a fleet: their checks, and merging them into what is known."""

from __future__ import annotations

import dataclasses
import typing

Record = dict[str, typing.Any]
# A step was checked; called with only_new it acts and says what it did.
Step = typing.Callable[[bool], str]


def fields_of(record: Record, kind: type, names: set[str] | None = None) -> Record:
    """C(record) itself, when it has fields of C(kind) only (or C(names) only). Raises ValueError."""
    known = names or {field.name for field in dataclasses.fields(kind)}
    unknown = set(record) - known
    if unknown:
        raise ValueError(f"unknown field {min(unknown)} in {kind.__name__.lower()} {record}")
    return record


def need(record: Record, *names: str) -> None:
    """Raises ValueError when one of the fields is missing or empty."""
    for name in names:
        if record.get(name) in (None, ""):
            raise ValueError(f"{name} is missing in {record}")


def merged(
    known: typing.Any,
    fields: Record,
    only_new: bool,
    add: typing.Callable[[], object],
    save: typing.Callable[[typing.Any], None],
) -> str:
    """Add what is not known, set the fields of what is; says which it was."""
    if known is None:
        add()
        return "added"
    different = {name: value for name, value in fields.items() if getattr(known, name) != value}
    if only_new or not different:
        return "unchanged"
    for name, value in different.items():
        setattr(known, name, value)
    save(known)
    return "changed"
