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
from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import DesiredRecordSet
from ansible_collections.hosting.websec.plugins.module_utils._dns.disagreements import (
    changed_meanwhile,
    made_up,
    not_served,
    put_back,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.lookup import ZoneReader
from ansible_collections.hosting.websec.plugins.module_utils._dns.messages import (
    ElsewhereError,
    build_condition,
    build_probe,
    build_update,
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
    same_conditions,
    way_back,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import Key, RecordSet, same
from ansible_collections.hosting.websec.plugins.module_utils._dns.refusals import update_refusal
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    import dns.message
    import dns.name
    import dns.rcode
    import dns.update
    from dns.rdatatype import CNAME
except ImportError:
    note_missing("dnspython")

ATTEMPTS = 3
"""How often an update is planned when somebody else changes the same records at the same time."""


@dataclasses.dataclass(frozen=True)
class DesiredZone:
    """What is wanted in one zone."""

    zone: dns.name.Name
    record_sets: tuple[DesiredRecordSet, ...]


class ZoneResource:
    """Reads and changes zones at one server.

    For each zone, ``sent`` and ``accepted`` hold the changes that went out, and those to which the server said yes;
    ``seen`` holds what was read last, and ``unread`` has the zones that were not read since the server said yes.
    ``refused`` holds the names at which nothing can be done, with the reason: they do not stop the other names.
    A zone is in the hands of one thread at a time.
    """

    def __init__(self, client: DnsClient) -> None:
        self._client = client
        self.sent: dict[dns.name.Name, dict[Key, Change]] = {}
        self.accepted: dict[dns.name.Name, dict[Key, Change]] = {}
        self.seen: dict[dns.name.Name, Snapshot] = {}
        self.unread: set[dns.name.Name] = set()
        self.refused: dict[dns.name.Name, dict[dns.name.Name, WebsecError]] = {}
        self._readers: dict[dns.name.Name, ZoneReader] = {}
        self._just_read: set[dns.name.Name] = set()

    def observe(self, desired: DesiredZone) -> Snapshot:
        """What the server has now of all that matters for ``desired``."""
        zone = desired.zone
        if zone not in self._just_read:
            self.seen[zone] = self._observe(desired, closely=False)
            self.unread.discard(zone)
        self._just_read.discard(zone)
        return self.seen[zone]

    def plan(self, current: Snapshot, desired: DesiredZone) -> list[Action]:
        """At most one action, with what is desired and the plan."""
        plan = self._plan(current, desired)
        return [Action("UPDATE", Effect.CHANGE, (desired, plan, current))] if plan.changes else []

    def apply(self, actions: t.Sequence[Action]) -> list[WebsecError | None]:
        """Send the update of a zone, and read what came of it. When its prerequisites do not hold any more, read and
        plan again."""
        (action,) = actions
        desired, plan, snapshot = t.cast("tuple[DesiredZone, ZonePlan, Snapshot]", action.item)
        self._settle(plan)
        for attempt in range(ATTEMPTS + 1):
            accepted = self._send(plan, new_cnames(snapshot, desired.record_sets))
            try:
                # Names that a wildcard answered for may miss it now.
                wild = any(name.is_wild() for name in plan.names)
                snapshot = self._observe(desired, closely=not accepted or wild)
                before, plan = plan, self._plan(snapshot, desired)
                if not accepted:
                    plan = self._without_lost_names(desired, before, plan, snapshot, last=attempt == ATTEMPTS - 1)
                elif plan.changes and not wild:
                    # Is it a wildcard that answers now?
                    snapshot = self._observe(desired, closely=True)
                    plan = self._plan(snapshot, desired)
                if accepted and plan.changes and (not wild or attempt == ATTEMPTS):
                    snapshot = self._take_back(desired, snapshot)
                    plan = self._plan(snapshot, desired)
                if not plan.changes:
                    self._keep(desired.zone, snapshot)
                    return [None]
            except WebsecError:
                if not accepted:
                    raise
                return [None]  # The last look will tell.
        return [changed_meanwhile(desired.zone, plan.names, ATTEMPTS)]

    def _keep(self, zone: dns.name.Name, snapshot: Snapshot) -> None:
        """What was read right after an update is what is known of the zone; nobody has to ask for it again."""
        changed = self.accepted.get(zone, {})
        missing = [at for at in changed if at not in snapshot and snapshot.get((at[0], CNAME)) is None]
        self.seen[zone] = {**snapshot, **self._read(missing, zone)} if missing else snapshot
        self.unread.discard(zone)
        self._just_read.add(zone)

    def _without_lost_names(
        self, desired: DesiredZone, before: ZonePlan, plan: ZonePlan, snapshot: Snapshot, *, last: bool
    ) -> ZonePlan:
        """The next plan after one whose prerequisites did not hold, without names that would stop the others again.

        :param before: the plan that was refused, and ``plan`` the next one, made from ``snapshot``.
        :param last: names that changed between reading and update are left alone now too.
        """
        zone, refused = desired.zone, self.refused.setdefault(desired.zone, {})
        changed = [name for name in before.names if not same_conditions(before.only([name]), plan.only([name]))]
        if not changed:
            # Nobody changed anything: some of what the server answers is not what its zone holds.
            cnames = new_cnames(snapshot, desired.record_sets)
            for name in plan.names:
                part = plan.only([name])
                if self._update(build_condition(part, [name] if name in cnames else []), zone) != dns.rcode.NOERROR:
                    refused[name] = made_up(name, zone, str(self._client.server))
        elif last:
            refused.update({name: changed_meanwhile(zone, [name], ATTEMPTS) for name in changed})
        return self._plan(snapshot, desired)

    def not_served(self, desired: DesiredZone, snapshot: Snapshot) -> dict[dns.name.Name, WebsecError]:
        """The errors for the names at which ``snapshot``, read after an accepted update, is not as it is wanted."""
        server = str(self._client.server)
        due = self._plan(snapshot, desired)
        return {name: not_served(due.only([name]), server) for name in due.names}

    def _take_back(self, desired: DesiredZone, snapshot: Snapshot) -> Snapshot:
        """After an accepted update that did not have all its effects: what the server did take at the same names, and
        of the same groups, is put back, and sets with a fallback get that.

        :returns: what is there after that.
        """
        zone = desired.zone
        errors = self.not_served(desired, snapshot)
        names = [*errors, *group_mates(desired.record_sets, errors)]
        back = way_back(self.accepted[zone], names, desired.record_sets, snapshot)
        self.refused.setdefault(zone, {}).update(errors)
        if not back:
            return snapshot
        plan = ZonePlan(zone, back, {change.key: change.before for change in back})
        cnames = [change.name for change in back if change.rdtype == CNAME and change.after is not None]
        try:
            done = self._update(build_update(plan, cnames), zone) == dns.rcode.NOERROR
            problem = "" if done else "somebody changed it."
        except WebsecError as error:
            problem = error.message
        for each in errors.values():
            each.message += put_back(problem)
        return self._observe(desired, closely=False)

    def _settle(self, plan: ZonePlan) -> None:
        """After a lost answer: what ``plan`` asks for again did not happen, and the rest of what was sent did."""
        due = {change.key for change in plan.changes}
        for at, change in self.sent.pop(plan.zone, {}).items():
            if at not in due:
                self.accepted.setdefault(plan.zone, {}).setdefault(at, change)

    def _plan(self, snapshot: Snapshot, desired: DesiredZone) -> ZonePlan:
        refused = self.refused.setdefault(desired.zone, {})
        while True:
            refused.update(group_mates(desired.record_sets, refused))
            plan = plan_zone(
                desired.zone,
                snapshot,
                [desired_set for desired_set in desired.record_sets if desired_set.name not in refused],
            )
            refused.update(plan.refused)
            if not group_mates(desired.record_sets, refused):
                return plan

    def _observe(self, desired: DesiredZone, *, closely: bool) -> Snapshot:
        """
        :param closely: after an update that was refused: find out why.
        """
        snapshot = self._read(keys_to_read(desired.record_sets), desired.zone)
        snapshot.update(self._read(keys_to_read_then(snapshot, desired.record_sets), desired.zone))
        snapshot = self._without_wildcards(snapshot, desired, closely=closely)
        if closely or self._client.read_only:
            names = new_cnames(snapshot, desired.record_sets)
            # Check mode asks for the usual types only; an update has them all as prerequisites.
            types = types_beside_cname(unusual=not self._client.read_only)
            beside = [(name, rdtype) for name in names for rdtype in types if (name, rdtype) not in snapshot]
            if beside:
                snapshot = {**self._read(beside, desired.zone), **snapshot}
                snapshot = self._without_wildcards(snapshot, desired, closely=closely)
        return snapshot

    def _read(self, keys: t.Sequence[Key], zone: dns.name.Name) -> dict[Key, RecordSet | None]:
        snapshot: dict[Key, RecordSet | None] = {}
        reader = self._readers.setdefault(zone, ZoneReader(self._client, zone))
        for at, sets in reader.read(keys).items():
            if isinstance(sets, ElsewhereError):
                self.refused.setdefault(zone, {})[at[0]] = sets
            else:
                snapshot.update(sets)
        return snapshot

    def _without_wildcards(
        self, snapshot: dict[Key, RecordSet | None], desired: DesiredZone, *, closely: bool
    ) -> dict[Key, RecordSet | None]:
        """``snapshot`` without the sets that a wildcard of the zone answers for: they are not there to be changed."""
        beside = doubtful(desired.zone, snapshot, desired.record_sets, closely=closely or self._client.read_only)
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
            self.unread.add(plan.zone)
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
