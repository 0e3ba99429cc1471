# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Limits on the purchases and ends of one run. Above them a run sends nothing at all, and reports what it would have
done."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, LimitError
from ansible_collections.hosting.websec.plugins.module_utils._texts import listed

LEAST_OF_A_PERCENTAGE = 10
"""The minimum that a percentage allows: of a few entries it would otherwise forbid everything."""

_LIMIT = re.compile(r"([0-9]{1,9})\s*(%?)", re.ASCII)


class Action(t.Protocol):
    """One write of a plan, see ``_converge.Action``."""

    @property
    def method(self) -> str: ...

    @property
    def effect(self) -> Effect: ...

    @property
    def counts(self) -> bool: ...


@dataclasses.dataclass(frozen=True)
class Limits:
    """:param orders: maximum number of purchases, including changes of plan.
    :param removals: maximum number of services to end.
    :param changes: maximum number of items to change in any way. C(None): no limit.
    :param ending: names of services whose end this run begins; a later one will delete them.
    """

    orders: int | None = None
    removals: int | None = None
    changes: int | None = None
    ending: tuple[str, ...] = ()

    @classmethod
    def from_options(cls, options: t.Mapping[str, t.Any], entries: int) -> Limits:
        """The limits in the options of a module, see ``limit_options``.

        :param entries: the base of a percentage, unless the options set another one.
        :raises BadInputError: a limit is neither a number nor a percentage.
        """
        whole = options["percentage_of"]
        entries = entries if whole is None else whole
        orders, removals = (_limit(options, name, entries) for name in ("max_orders", "max_removals"))
        return cls() if options["exceed_limits"] else cls(orders, removals)

    @classmethod
    def of_changes(cls, max_changes: t.Any, entries: int) -> Limits:
        """The limit in the option O(max_changes) of a module that only changes settings.

        :param entries: the base of a percentage.
        :raises BadInputError: it is neither a number nor a percentage.
        """
        return cls(changes=_limit({"max_changes": max_changes}, "max_changes", entries))

    def refuse_more(self, planned: t.Mapping[str, t.Sequence[Action]], summary: str) -> None:
        """
        :param planned: the writes of the run, by the name of the item.
        :param summary: the same in one line; may be empty.
        :raises LimitError: they exceed a limit.
        """
        effects = {name: [each.effect for each in actions if each.counts] for name, actions in planned.items()}
        effects.update({name: [Effect.DESTROY] for name in self.ending})
        changing = [name for name, actions in planned.items() if actions]
        if self.changes is not None and len(changing) > self.changes:
            raise LimitError(
                f"Nothing was sent: max_changes allows {self.changes}, but this run would change {len(changing)}: "
                f"{listed(changing)}.{f' It would send {summary}.' if summary else ''}",
                hint="Check the list. If it is intended, raise max_changes for this one run.",
                planned=[f"{name}: {', '.join(action.method for action in sent)}" for name, sent in planned.items()],
            )
        for limit, effect, what, option in (
            (self.orders, Effect.BUY, "order or change the plan of", "max_orders"),
            (self.removals, Effect.DESTROY, "end the service of", "max_removals"),
        ):
            names = [name for name, sent in effects.items() if effect in sent]
            count = sum(sent.count(effect) for sent in effects.values())
            if limit is not None and count > limit:
                told = f" It would send {summary}." if summary else ""
                raise LimitError(
                    f"Nothing was sent: {option} allows {limit}, but this run would {what} {count}: "
                    f"{listed(names)}.{told}",
                    hint=f"Check the list. If it is intended, set exceed_limits for this one run, or raise {option}.",
                    planned=[
                        *(f"{name}: {', '.join(action.method for action in sent)}" for name, sent in planned.items()),
                        *(f"{name}: traffic goes back to the origin" for name in self.ending),
                    ],
                )


def _limit(options: t.Mapping[str, t.Any], name: str, entries: int) -> int | None:
    value = options[name]
    if value is None:
        return None
    read = (
        _LIMIT.fullmatch(str(value).strip()) if isinstance(value, (int, str)) and not isinstance(value, bool) else None
    )
    if read is None or (read[2] and int(read[1]) > 100):
        raise BadInputError(
            f"{name} is {value!r}; it must be a number, or a percentage of the entries.", hint="For example 20, or 25%."
        )
    return max(LEAST_OF_A_PERCENTAGE, entries * int(read[1]) // 100) if read[2] else int(read[1])


def limit_options() -> ArgumentSpec:
    """Options of a module that orders and ends, as in the documentation fragment P(hosting.websec.limits)."""
    return ArgumentSpec(
        options={
            "max_orders": {"type": "str"},
            "max_removals": {"type": "str"},
            "percentage_of": {"type": "int"},
            "exceed_limits": {"type": "bool", "default": False},
        },
    )
