# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record sets of one zone at any provider, as a resource of ``_converge``: observe, plan, change, read back."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._converge import Action
from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import DesiredRecordSet
from ansible_collections.hosting.websec.plugins.module_utils._dns.disagreements import (
    changed_meanwhile,
    made_up,
    not_served,
    put_back,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.messages import ElsewhereError
from ansible_collections.hosting.websec.plugins.module_utils._dns.plan import (
    Change,
    Snapshot,
    ZonePlan,
    group_mates,
    keys_to_read,
    plan_zone,
    same_conditions,
    way_back,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.interface import (
    ChangeResult,
    ForChange,
    Place,
    Provider,
    Read,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import Key, RecordSet
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    import dns.name
    from dns.rdatatype import CNAME
except ImportError:
    note_missing("dnspython")

Approve = t.Callable[[Change], t.Optional[WebsecError]]

ATTEMPTS = 3
"""How often an update is planned while another writer changes the same records."""


@dataclasses.dataclass(frozen=True)
class DesiredZone:
    """The desired record sets of one zone."""

    place: Place
    record_sets: tuple[DesiredRecordSet, ...]

    @property
    def zone(self) -> dns.name.Name:
        return self.place.zone


class ZoneResource:
    """Reads and changes zones at one provider.

    For each zone, ``sent`` and ``accepted`` contain the changes that were sent, and those that the provider accepted;
    ``seen`` contains the last read, and ``unread`` the zones that were not read since their changes were accepted.
    ``refused`` contains the names that cannot be changed, with the reason: they do not stop the other names.
    One thread at a time processes a zone.

    :param approve: why a change is not made; C(None): it is.
    """

    def __init__(self, provider: Provider, approve: Approve | None = None) -> None:
        self._provider = provider
        self._approve = approve
        self.sent: dict[dns.name.Name, dict[Key, Change]] = {}
        self.accepted: dict[dns.name.Name, dict[Key, Change]] = {}
        self.seen: dict[dns.name.Name, Snapshot] = {}
        self.unread: set[dns.name.Name] = set()
        self.refused: dict[dns.name.Name, dict[dns.name.Name, WebsecError]] = {}
        self._just_read: set[dns.name.Name] = set()

    def observe(self, desired: DesiredZone) -> Snapshot:
        """The current record sets at the provider that matter for ``desired``."""
        zone = desired.zone
        if zone not in self._just_read:
            # Check mode looks closely as far as it can, and its plan is compared with this one: a set of a wildcard
            # must not count as one of the zone only here.
            self.seen[zone] = self._observe(desired, closely=self._approve is not None)
            self.unread.discard(zone)
        self._just_read.discard(zone)
        return self.seen[zone]

    def plan(self, current: Snapshot, desired: DesiredZone) -> list[Action]:
        """At most one action, with the desired record sets and the plan."""
        plan = self._plan(current, desired)
        return [Action("UPDATE", Effect.CHANGE, (desired, plan))] if plan.changes else []

    def apply(self, actions: t.Sequence[Action]) -> list[WebsecError | None]:
        """Change a zone, and read the result. If the zone differs from the plan, read and plan again."""
        (action,) = actions
        desired, plan = t.cast("tuple[DesiredZone, ZonePlan]", action.item)
        self._settle(plan)
        overwritten: dict[dns.name.Name, WebsecError] = {}
        for attempt in range(ATTEMPTS + 1):
            accepted = self._send(plan)
            try:
                # Names for which a wildcard answered may lack it now.
                wild = any(name.is_wild() for name in plan.names)
                known = set(self.refused.get(desired.zone, ()))
                snapshot = self._observe(desired, closely=not accepted or wild)
                before, plan = plan, self._plan(snapshot, desired)
                if not accepted:
                    plan = self._without_lost_names(desired, before, plan, snapshot, last=attempt == ATTEMPTS - 1)
                elif plan.changes and not wild:
                    # Check whether a wildcard answers now.
                    snapshot = self._observe(desired, closely=True)
                    plan = self._plan(snapshot, desired)
                if accepted:
                    overwritten.update(self._refused_since(known, desired.zone))
                if accepted and (not wild or not plan.changes or attempt == ATTEMPTS) and (plan.changes or overwritten):
                    snapshot = self._take_back(desired, snapshot, overwritten)
                    plan = self._plan(snapshot, desired)
                if not plan.changes:
                    self._keep(desired.zone, snapshot)
                    return [None]
            except WebsecError:
                if not accepted:
                    raise
                return [None]  # The last read shows it.
        return [changed_meanwhile(desired.zone, plan.names, ATTEMPTS)]

    def _keep(self, zone: dns.name.Name, snapshot: Snapshot) -> None:
        """The read right after an update is the current state of the zone; no further read is needed."""
        changed = self.accepted.get(zone, {})
        missing = [at for at in changed if at not in snapshot and snapshot.get((at[0], CNAME)) is None]
        found = self._provider.read(zone, missing) if missing else {}
        for each in found.values():
            if isinstance(each, WebsecError) and not isinstance(each, ElsewhereError):
                raise each
        self.seen[zone] = {**snapshot, **self._sets_in(found, zone)}
        self.unread.discard(zone)
        self._just_read.add(zone)

    def _without_lost_names(
        self, desired: DesiredZone, before: ZonePlan, plan: ZonePlan, snapshot: Snapshot, *, last: bool
    ) -> ZonePlan:
        """The next plan after one whose prerequisites did not hold, without names that would stop the others again.

        :param before: the refused plan; ``plan`` is the next one, made from ``snapshot``.
        :param last: also exclude names that changed between read and update.
        """
        zone, refused = desired.zone, self.refused.setdefault(desired.zone, {})
        changed = [name for name in before.names if not same_conditions(before.only([name]), plan.only([name]))]
        if not changed:
            # No other writer: the responses of the server differ from the content of its zone.
            for name in plan.names:
                part = plan.only([name])
                if not self._provider.holds(zone, part.changes, part.required):
                    refused[name] = made_up(name, zone, self._provider.label)
        elif last:
            refused.update({name: changed_meanwhile(zone, [name], ATTEMPTS) for name in changed})
        return self._plan(snapshot, desired)

    def not_served(self, desired: DesiredZone, snapshot: Snapshot) -> dict[dns.name.Name, WebsecError]:
        """The errors for the names at which ``snapshot``, read after an accepted update, differs from the desired
        sets."""
        server = self._provider.label
        due = self._plan(snapshot, desired)
        return {name: not_served(due.only([name]), server) for name in due.names}

    def _refused_since(
        self, known: t.Collection[dns.name.Name], zone: dns.name.Name
    ) -> dict[dns.name.Name, WebsecError]:
        """The names that an update changed, and that are newly refused: another writer has changed them since."""
        changed = {name for name, _rdtype in self.accepted.get(zone, {})}
        refused = self.refused.get(zone, {})
        return {name: error for name, error in refused.items() if name in changed and name not in known}

    def _take_back(
        self, desired: DesiredZone, snapshot: Snapshot, overwritten: t.Mapping[dns.name.Name, WebsecError]
    ) -> Snapshot:
        """After an accepted update that was applied only partly: undo the part that the server applied at the same
        names and in the same groups; sets with a fallback get the fallback.

        :param overwritten: names that another writer has changed since the update.
        :returns: the record sets after that.
        """
        zone = desired.zone
        errors = {**self.not_served(desired, snapshot), **overwritten}
        names = [*errors, *group_mates(desired.record_sets, errors)]
        back = way_back(self.accepted[zone], names, desired.record_sets, snapshot)
        self.refused.setdefault(zone, {}).update(errors)
        if not back:
            return snapshot
        result = self._provider.change(zone, back, {change.key: change.before for change in back})
        problem = result.error.message if result.error is not None else "somebody changed it." if result.stale else ""
        for each in errors.values():
            each.message += put_back(problem)
        return self._observe(desired, closely=False)

    def _settle(self, plan: ZonePlan) -> None:
        """After a lost response: what ``plan`` still contains did not happen, and the rest of the sent changes did."""
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
            refused.update(self._not_approved(plan))
            if not group_mates(desired.record_sets, refused):
                return (
                    plan if self._approve is None else plan.only([name for name in plan.names if name not in refused])
                )

    def _not_approved(self, plan: ZonePlan) -> dict[dns.name.Name, WebsecError]:
        """The names with a change that is not approved."""
        if self._approve is None:
            return {}
        answers = [(change.name, self._approve(change)) for change in plan.changes]
        return {name: error for name, error in answers if error is not None}

    def _observe(self, desired: DesiredZone, *, closely: bool) -> Snapshot:
        """
        :param closely: after a change that was not accepted or not applied: find out why.
        """
        keys = keys_to_read(desired.record_sets)
        found = self._provider.read(desired.zone, keys, ForChange(desired.record_sets, closely))
        return self._sets_in(found, desired.zone)

    def _sets_in(self, found: Read, zone: dns.name.Name) -> dict[Key, RecordSet | None]:
        """The sets of a read. Names with an error are not changed from now on."""
        problems = {at[0]: each for at, each in found.items() if isinstance(each, WebsecError)}
        if problems:
            self.refused.setdefault(zone, {}).update(problems)
        return {at: each for at, each in found.items() if not isinstance(each, WebsecError)}

    def _send(self, plan: ZonePlan) -> bool:
        """Carry out a plan.

        :returns: False if its prerequisites no longer hold (the rest of the plan was not sent then).
        :raises WebsecError: it failed.
        """
        result = self._provider.change(plan.zone, plan.changes, plan.required)
        self._note(plan.zone, result)
        if result.error is not None:
            raise result.error
        return not result.stale

    def _note(self, zone: dns.name.Name, result: ChangeResult) -> None:
        if result.accepted:
            self.unread.add(zone)
        _remember(self.sent, zone, [*result.accepted, *result.in_doubt])
        _remember(self.accepted, zone, result.accepted)


class ZonesResource:
    """Zones at several providers: passes each zone to the resource of its provider."""

    def __init__(self, providers: t.Mapping[str, Provider], approve: Approve | None = None) -> None:
        self._resources = {name: ZoneResource(provider, approve) for name, provider in providers.items()}

    def of(self, place: Place) -> ZoneResource:
        return self._resources[place.provider]

    def observe(self, desired: DesiredZone) -> Snapshot:
        return self.of(desired.place).observe(desired)

    def plan(self, current: Snapshot, desired: DesiredZone) -> list[Action]:
        return self.of(desired.place).plan(current, desired)

    def apply(self, actions: t.Sequence[Action]) -> list[WebsecError | None]:
        desired: DesiredZone = actions[0].item[0]
        return self.of(desired.place).apply(actions)


def _remember(book: dict[dns.name.Name, dict[Key, Change]], zone: dns.name.Name, added: t.Iterable[Change]) -> None:
    """Add changes; a set that was changed before keeps its first state as C(before)."""
    changes = book.setdefault(zone, {})
    for change in added:
        first = changes.get(change.key, change)
        changes[change.key] = dataclasses.replace(change, before=first.before)
