# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The actions of a pass as a person approves them.

State records are not among them: they are notes of the pass, contain times, and are written together with what they are
about. Record sets that belong together are changed together, so a state record waits for an approval as the others do.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._approval.approval import Approval
from ansible_collections.hosting.websec.plugins.module_utils._approval.planned import PlannedAction
from ansible_collections.hosting.websec.plugins.module_utils._converge import Action
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.plan import Change
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import RecordSet, type_text
from ansible_collections.hosting.websec.plugins.module_utils._run_context import NotApprovedError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addon import DesiredAddon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.catalogue import Catalogue
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.results import described
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.site import CurrentAddon
from ansible_collections.hosting.websec.plugins.module_utils._state_record import LABEL

DNS = "DNS"
"""C(method) of a change of a record set."""


class PassApproval:
    """What a pass plans, and what of it may be sent.

    :param catalogue: the products. :param approved: the approved plan; C(None): everything may be sent.
    """

    def __init__(self, catalogue: Catalogue, approved: Approval | None) -> None:
        self._catalogue = catalogue
        self._approved = approved
        self.planned: list[PlannedAction] = []

    def refuses(
        self, desired: DesiredAddon, before: CurrentAddon | None, actions: t.Sequence[Action]
    ) -> NotApprovedError | None:
        """Why the orders, changes and ends of a site are not sent."""
        if self._approved is None:
            return None
        return self._approved.refusal(self._of_site(desired, before, actions))

    def refuses_change(self, change: Change) -> NotApprovedError | None:
        """Why a record set is not changed."""
        if self._approved is None or _is_note(change):
            return None
        return self._approved.refusal([_of_record_set(change)])

    def note_site(self, desired: DesiredAddon, before: CurrentAddon | None, actions: t.Sequence[Action]) -> None:
        self.planned += self._of_site(desired, before, actions)

    def note_changes(self, changes: t.Iterable[Change]) -> None:
        self.planned += [_of_record_set(change) for change in changes if not _is_note(change)]

    def _of_site(
        self, desired: DesiredAddon, before: CurrentAddon | None, actions: t.Sequence[Action]
    ) -> list[PlannedAction]:
        subject = desired.domain or f"site {desired.site_id}"
        return [
            PlannedAction(
                subject,
                action.method,
                {name: value for name, value in action.item.items() if value is not None},
                described(before),
                self._price(action),
            )
            for action in actions
        ]

    def _price(self, action: Action) -> str | None:
        product = self._catalogue.find(action.item.get("subscription") or "")
        return None if product is None or product.price is None else f"{product.price:.2f}"


def _is_note(change: Change) -> bool:
    return type_text(change.rdtype) == "TXT" and shown(change.name).startswith(f"{LABEL}.")


def _of_record_set(change: Change) -> PlannedAction:
    kind = type_text(change.rdtype)
    return PlannedAction(shown(change.name), f"{DNS} {kind}", _values(change.after, ""), _values(change.before, "old "))


def _values(record_set: RecordSet | None, prefix: str) -> dict[str, t.Any]:
    return {
        f"{prefix}values": sorted(record_set.values) if record_set else [],
        f"{prefix}ttl": record_set.ttl if record_set else None,
    }
