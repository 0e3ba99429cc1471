# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One action of a plan, as a person reads it in the plan and as a run compares it. Holds no secret."""

from __future__ import annotations

import dataclasses
import json
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened

Data = t.Mapping[str, t.Any]

FIELDS = ("subject", "method", "arguments", "price", "rests_on")


@dataclasses.dataclass(frozen=True)
class PlannedAction:
    """
    :param subject: what it changes: the domain of a site, the name of an account, or that of a DNS record set.
    :param method: of the API, or C(DNS).
    :param arguments: what is sent, without secrets.
    :param price: of an order, if it is known. :param rests_on: the state that it was planned from.
    """

    subject: str
    method: str
    arguments: Data
    rests_on: Data
    price: str | None = None

    def as_dict(self) -> dict[str, t.Any]:
        return {name: getattr(self, name) for name in FIELDS}

    def as_row(self) -> dict[str, t.Any]:
        """For a table."""
        return {**self.as_dict(), "arguments": _told(self.arguments), "rests_on": _told(self.rests_on)}

    @property
    def key(self) -> str:
        """Equal for equal actions."""
        return canonical(self.as_dict())

    def __str__(self) -> str:
        return f"{self.method} of {self.subject}"

    def differences(self, other: PlannedAction) -> list[str]:
        """What differs in ``other``, for people."""
        told = []
        for name, before, after in (
            *_pairs(self.arguments, other.arguments),
            *_pairs(self.rests_on, other.rests_on),
            ("price", self.price, other.price),
        ):
            if before != after:
                told.append(f"{name} was {_shown(before)}, and is {_shown(after)}")
        return told


def canonical(value: t.Any) -> str:
    """The JSON of plain data, always the same for the same data. Dates of a YAML file are texts."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)


def _told(data: Data) -> str:
    return ", ".join(f"{name} {_shown(value)}" for name, value in data.items())


def _pairs(one: Data, other: Data) -> t.Iterator[tuple[str, t.Any, t.Any]]:
    for name in dict.fromkeys((*one, *other)):
        yield name, one.get(name), other.get(name)


def _shown(value: t.Any) -> str:
    return (
        "nothing" if value in (None, [], {}, "") else shortened(value if isinstance(value, str) else canonical(value))
    )
