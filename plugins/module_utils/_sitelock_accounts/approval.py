# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The writes for accounts as a person approves them. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._approval.planned import PlannedAction
from ansible_collections.hosting.websec.plugins.module_utils._converge import Action
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.current import CurrentAccount
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.desired import DesiredAccount
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.plan import Write
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.results import Money, described

_ARGUMENTS = ("kind", "domain", "subscription", "subscription_id")


def planned_writes(
    desired: DesiredAccount, before: CurrentAccount | None, actions: t.Sequence[Action], money: Money
) -> list[PlannedAction]:
    """The planned actions of an account. What the file says besides is fixed by the digest of the file."""
    return [
        PlannedAction(desired.name, action.method, _arguments(action.item), described(before), money.told(action.item))
        for action in actions
    ]


def _arguments(write: Write) -> dict[str, t.Any]:
    given = {name: getattr(write, name) for name in _ARGUMENTS}
    # Several subscriptions of one product are several actions.
    return {**{name: value for name, value in given.items() if value}, "number": write.number}
