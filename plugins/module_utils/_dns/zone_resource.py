# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record sets of one zone, as a resource of ``_converge``: observe, plan, one atomic update."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._converge import Action
from ansible_collections.hosting.websec.plugins.module_utils._dns.client import DnsClient
from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import MessageTooBigError
from ansible_collections.hosting.websec.plugins.module_utils._dns.messages import (
    ElsewhereError,
    build_probe,
    build_update,
    read_record_set,
    types_beside_cname,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.plan import (
    Change,
    Snapshot,
    ZonePlan,
    doubtful,
    group_mates,
    keys_to_read,
    keys_to_read_then,
    new_cnames,
    plan_zone,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import Key, RecordSet, same
from ansible_collections.hosting.websec.plugins.module_utils._dns.refusals import update_refusal
from ansible_collections.hosting.websec.plugins.module_utils._dns.wishes import Wish
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    RejectedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    import dns.message
    import dns.name
    import dns.rcode
    import dns.update
except ImportError:
    note_missing("dnspython")

ATTEMPTS = 3
"""How often an update is planned when somebody else changes the same records at the same time."""


@dataclasses.dataclass(frozen=True)
class ZoneWishes:
    """What is wanted in one zone."""

    zone: dns.name.Name
    wishes: tuple[Wish, ...]


class ZoneResource:
    """Reads and changes zones at one server.

    For each zone, ``sent`` and ``accepted`` hold the changes that went out, and those to which the server said yes;
    ``refused`` holds the names at which nothing can be done, with the reason: they do not stop the other names.
    A zone is in the hands of one thread at a time.
    """

    def __init__(self, client: DnsClient) -> None:
        self._client = client
        self.sent: dict[dns.name.Name, dict[Key, Change]] = {}
        self.accepted: dict[dns.name.Name, dict[Key, Change]] = {}
        self.refused: dict[dns.name.Name, dict[dns.name.Name, WebsecError]] = {}

    def observe(self, desired: ZoneWishes) -> Snapshot:
        """What the server has now of all that matters for ``desired``."""
        return self._observe(desired, closely=False)

    def plan(self, current: Snapshot, desired: ZoneWishes) -> list[Action]:
        """At most one action, with the wishes and the plan."""
        plan = self._plan(current, desired)
        return [Action("UPDATE", Effect.CHANGE, (desired, plan, current))] if plan.changes else []

    def apply(self, actions: t.Sequence[Action]) -> list[WebsecError | None]:
        """Send the update of a zone. When its prerequisites do not hold any more, read and plan again."""
        (action,) = actions
        desired, plan, snapshot = t.cast("tuple[ZoneWishes, ZonePlan, Snapshot]", action.item)
        self._settle(plan)
        for _attempt in range(ATTEMPTS):
            accepted = self._send(plan, new_cnames(snapshot, desired.wishes))
            # Names that a wildcard answered for may miss it now.
            if accepted and not any(name.is_wild() for name in plan.names):
                return [None]
            snapshot = self._observe(desired, closely=True)
            plan = self._plan(snapshot, desired)
            if not plan.changes:
                return [None]
        return [
            RejectedError(
                f"The zone {shown(desired.zone)} was changed by somebody else each time between reading and update "
                f"({ATTEMPTS} times).",
                hint="Run again; if it stays so, look at who else changes these records.",
            )
        ]

    def _settle(self, plan: ZonePlan) -> None:
        """After a lost answer: what ``plan`` asks for again did not happen, and the rest of what was sent did."""
        due = {change.key for change in plan.changes}
        for at, change in self.sent.pop(plan.zone, {}).items():
            if at not in due:
                self.accepted.setdefault(plan.zone, {}).setdefault(at, change)

    def _plan(self, snapshot: Snapshot, desired: ZoneWishes) -> ZonePlan:
        refused = self.refused.setdefault(desired.zone, {})
        while True:
            refused.update(group_mates(desired.wishes, refused))
            plan = plan_zone(desired.zone, snapshot, [wish for wish in desired.wishes if wish.name not in refused])
            refused.update(plan.refused)
            if not group_mates(desired.wishes, refused):
                return plan

    def _observe(self, desired: ZoneWishes, *, closely: bool) -> Snapshot:
        """
        :param closely: after an update that was refused: find out why.
        """
        snapshot = self._read(keys_to_read(desired.wishes), desired.zone)
        snapshot.update(self._read(keys_to_read_then(snapshot, desired.wishes), desired.zone))
        snapshot = self._without_wildcards(snapshot, desired, closely=closely)
        if closely or self._client.read_only:
            names = new_cnames(snapshot, desired.wishes)
            # Check mode asks for the usual types only; an update has them all as prerequisites.
            types = types_beside_cname(unusual=not self._client.read_only)
            beside = [(name, rdtype) for name in names for rdtype in types if (name, rdtype) not in snapshot]
            if beside:
                snapshot = {**self._read(beside, desired.zone), **snapshot}
                snapshot = self._without_wildcards(snapshot, desired, closely=closely)
        return snapshot

    def _read(self, keys: t.Sequence[Key], zone: dns.name.Name) -> dict[Key, RecordSet | None]:
        snapshot: dict[Key, RecordSet | None] = {}
        for at, answer in zip(keys, self._client.ask(keys)):
            snapshot.update(self._read_answer(answer, at, zone))
        return snapshot

    def _read_answer(self, answer: dns.message.Message, at: Key, zone: dns.name.Name) -> dict[Key, RecordSet | None]:
        try:
            return read_record_set(answer, at, zone, self._client.server)
        except ElsewhereError as error:
            self.refused.setdefault(zone, {})[at[0]] = error
            return {}

    def _without_wildcards(
        self, snapshot: dict[Key, RecordSet | None], desired: ZoneWishes, *, closely: bool
    ) -> dict[Key, RecordSet | None]:
        """``snapshot`` without the sets that a wildcard of the zone answers for: they are not there to be changed."""
        beside = doubtful(desired.zone, snapshot, desired.wishes, closely=closely or self._client.read_only)
        wildcards = self._read(sorted(set(beside.values())), desired.zone)
        alike = [at for at, wildcard in beside.items() if same(wildcards.get(wildcard), snapshot[at])]
        # The answers do not tell a set of its own from one of the wildcard that says the same. A prerequisite does.
        return {**snapshot, **{at: None for at in alike if not (closely and self._exists(at, desired.zone))}}

    def _exists(self, at: Key, zone: dns.name.Name) -> bool:
        """Whether the zone itself has this set, by an update that changes nothing."""
        return self._update(build_probe(zone, at), zone) == dns.rcode.NOERROR

    def _send(self, plan: ZonePlan, cnames: t.Collection[dns.name.Name]) -> bool:
        """Send a plan, in several updates if it does not fit in one message; no name is ever cut in two.

        :returns: False when a prerequisite does not hold (the rest of the plan was not sent then).
        """
        names = plan.names
        try:
            return self._send_one(plan, [name for name in cnames if name in names])
        except MessageTooBigError:
            if len(names) == 1:
                raise BadInputError(
                    f"The change of {shown(names[0])} does not fit in one DNS message of 64 KiB.",
                    hint="Give the name fewer or shorter values.",
                ) from None
        middle = len(names) // 2
        return all(self._send(plan.only(half), cnames) for half in (names[:middle], names[middle:]))

    def _send_one(self, plan: ZonePlan, cnames: t.Collection[dns.name.Name]) -> bool:
        try:
            done = self._update(build_update(plan, cnames), plan.zone) == dns.rcode.NOERROR
        except WebsecError as error:
            if error.may_have_happened:
                _remember(self.sent, plan)
            raise
        if done:
            _remember(self.sent, plan)
            _remember(self.accepted, plan)
        return done

    def _update(self, message: dns.update.UpdateMessage, zone: dns.name.Name) -> dns.rcode.Rcode:
        """The answer to an update: NOERROR, or that a prerequisite does not hold. Everything else is raised."""
        rcode = self._client.update(message).rcode()
        if rcode != dns.rcode.NOERROR and rcode not in _PREREQUISITE_FAILED:
            settings = self._client.settings
            raise update_refusal(rcode, str(settings.endpoint), zone, settings.key_name)
        return rcode


_PREREQUISITE_FAILED = frozenset((3, 6, 7, 8))
"""NXDOMAIN, YXDOMAIN, YXRRSET, NXRRSET: what an update answers when a prerequisite does not hold (RFC 2136, 2.4)."""


def _remember(book: dict[dns.name.Name, dict[Key, Change]], plan: ZonePlan) -> None:
    """Add the changes of ``plan``; a set that was changed before keeps what was there at first."""
    changes = book.setdefault(plan.zone, {})
    for change in plan.changes:
        first = changes.get(change.key, change)
        changes[change.key] = dataclasses.replace(change, before=first.before)
