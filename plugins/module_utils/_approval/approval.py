# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an approved plan allows: the actions in it, and each only while what it rests on is as it was. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._approval.planned import PlannedAction
from ansible_collections.hosting.websec.plugins.module_utils._next_pass import APPROVAL
from ansible_collections.hosting.websec.plugins.module_utils._run_context import NotApprovedError
from ansible_collections.hosting.websec.plugins.module_utils._texts import listed


class Approval:
    """:param actions: those that a person has approved."""

    def __init__(self, actions: t.Iterable[PlannedAction]) -> None:
        self._approved: dict[str, PlannedAction] = {action.key: action for action in actions}
        self._by_subject: dict[tuple[str, str], list[PlannedAction]] = {}
        for action in self._approved.values():
            self._by_subject.setdefault((action.subject, action.method), []).append(action)

    def refusal(self, actions: t.Iterable[PlannedAction]) -> NotApprovedError | None:
        """Why these actions, which are sent together, are not sent; C(None): all of them are approved."""
        for action in actions:
            if action.key not in self._approved:
                return NotApprovedError(f"{APPROVAL} {self._why(action)}")
        return None

    def _why(self, action: PlannedAction) -> str:
        alike = self._by_subject.get((action.subject, action.method), [])
        if len(alike) != 1:
            return f"{action} is not in the approved plan"
        return f"{action} is in the approved plan, but {listed(alike[0].differences(action), 3, '; ')}"
