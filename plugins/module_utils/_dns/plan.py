# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the content of a zone and the desired record sets to the changes of one atomic update. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import DesiredRecordSet, apex_refusal
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown, wildcard_beside
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import (
    Key,
    RecordSet,
    key,
    same,
    same_values,
    type_text,
)
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    CHANGED_MEANWHILE,
    RejectedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._run_context import NotApprovedError

try:
    import dns.name
    from dns.rdatatype import AAAA, CNAME, A, RdataType
except ImportError:
    note_missing("dnspython")

DEFAULT_TTL = 3600
"""Seconds: the default TTL of a new record set."""

Snapshot = t.Mapping[Key, t.Optional[RecordSet]]
"""The sets that were read: ``None`` for a missing set; no entry for one that was not read."""


@dataclasses.dataclass(frozen=True)
class Change:
    """The change of one record set."""

    name: dns.name.Name
    rdtype: RdataType
    before: RecordSet | None
    after: RecordSet | None

    @property
    def key(self) -> Key:
        return self.name, self.rdtype


@dataclasses.dataclass(frozen=True)
class ZonePlan:
    """One atomic update of a zone.

    :param changes: what to change, sorted by name and type.
    :param required: prerequisites of the update: everything that was read at the changed names.
    :param refused: names that are not changed, because the desired records are impossible there.
    """

    zone: dns.name.Name
    changes: tuple[Change, ...]
    required: Snapshot
    refused: t.Mapping[dns.name.Name, WebsecError] = dataclasses.field(default_factory=dict)

    @property
    def names(self) -> list[dns.name.Name]:
        """The changed names, sorted."""
        return sorted({change.name for change in self.changes})

    def only(self, names: t.Collection[dns.name.Name]) -> ZonePlan:
        """The part of the plan at these names."""
        return ZonePlan(
            self.zone,
            tuple(change for change in self.changes if change.name in names),
            {at: record_set for at, record_set in self.required.items() if at[0] in names},
            {name: error for name, error in self.refused.items() if name in names},
        )


def keys_to_read(desired: t.Sequence[DesiredRecordSet]) -> list[Key]:
    """The record sets to query first, each once. A response for any type also shows a CNAME at the name."""
    keys = [
        (desired_set.name, A) if desired_set.rdtype == CNAME and desired_set.fills else desired_set.key
        for desired_set in desired
    ]
    for desired_set in desired:
        keys += [(desired_set.name, rdtype) for rdtype, _values in desired_set.expected if rdtype != CNAME]
    return list(dict.fromkeys(keys))


def keys_to_read_then(snapshot: Snapshot, desired: t.Sequence[DesiredRecordSet]) -> list[Key]:
    """The record sets to query after the first ones: what a new CNAME replaces in addition to A records."""
    return [(name, AAAA) for name in new_cnames(snapshot, desired) if (name, AAAA) not in snapshot]


def plan_zone(zone: dns.name.Name, snapshot: Snapshot, desired: t.Sequence[DesiredRecordSet]) -> ZonePlan:
    """The changes from ``snapshot`` to ``desired``, and their prerequisites.

    A name with impossible records is not changed, and does not stop the others.
    """
    targets = _targets(snapshot, desired)
    refused: dict[dns.name.Name, WebsecError] = {}
    for desired_set in desired:
        if desired_set.rdtype == CNAME and desired_set.fills and desired_set.name == zone:
            refused[zone] = apex_refusal(zone)
    for cname, other in _collisions(targets):
        refused.setdefault(cname[0], _collision_error(cname, other, snapshot))
    for desired_set in desired:
        for rdtype, values in desired_set.expected:
            at = (desired_set.name, rdtype)
            present = snapshot.get(at)
            # A missing record cannot be lost, and a record that stays is not replaced.
            if present is not None and present.keys != values and not same_values(present, targets.get(at)):
                refused.setdefault(desired_set.name, _unexpected_error(at, present))
    changes = [change for change in _changes(snapshot, targets) if change.name not in refused]
    names = {change.name for change in changes}
    required = {at: record_set for at, record_set in snapshot.items() if at[0] in names}
    return ZonePlan(zone, tuple(changes), required, refused)


def same_conditions(one: ZonePlan, other: ZonePlan) -> bool:
    """Whether two plans have the same prerequisites."""
    return one.required.keys() == other.required.keys() and all(
        same(record_set, other.required[at]) for at, record_set in one.required.items()
    )


def group_mates(
    desired: t.Sequence[DesiredRecordSet], refused: t.Mapping[dns.name.Name, WebsecError]
) -> dict[dns.name.Name, WebsecError]:
    """The names that must not be changed because another one of their group is refused."""
    causes = {
        desired_set.group: desired_set.name
        for desired_set in desired
        if desired_set.group is not None and desired_set.name in refused
    }
    return {
        desired_set.name: _because_of(desired_set.name, causes[desired_set.group], refused[causes[desired_set.group]])
        for desired_set in desired
        if desired_set.group in causes and desired_set.name not in refused
    }


def _because_of(name: dns.name.Name, other: dns.name.Name, cause: WebsecError) -> WebsecError:
    if isinstance(cause, NotApprovedError):
        return cause
    return RejectedError(
        f"{shown(name)} was not changed, because it belongs together with {shown(other)}: {cause.message}",
        hint=cause.hint,
        code=cause.code,
    )


def way_back(
    accepted: t.Mapping[Key, Change],
    names: t.Collection[dns.name.Name],
    desired: t.Sequence[DesiredRecordSet],
    snapshot: Snapshot,
) -> tuple[Change, ...]:
    """The changes that restore ``names`` in ``snapshot`` to the state before the ``accepted`` changes. A set that was
    changed as desired, and has a fallback, gets the fallback instead. What another writer wrote since then stays, and
    nothing is restored that conflicts with it."""
    goals = {
        at: change.before
        for at, change in accepted.items()
        if at[0] in names and not _is_foreign(snapshot.get(at), change)
    }
    impossible = {cname[0] for cname, _other in _collisions({**snapshot, **goals})}
    goals = {at: goal for at, goal in goals.items() if at[0] not in impossible}
    for desired_set in desired:
        there = snapshot.get(desired_set.key)
        if desired_set.fallback and desired_set.name in names and there is not None and there.keys == desired_set.keys:
            goals[desired_set.key] = RecordSet(there.ttl, desired_set.fallback)
    return tuple(
        Change(at[0], at[1], snapshot.get(at), goal)
        for at, goal in sorted(goals.items(), key=lambda each: each[0])
        if not same(snapshot.get(at), goal)
    )


def _is_foreign(there: RecordSet | None, change: Change) -> bool:
    """Whether a set has a record that is neither from before ``change`` nor from it."""
    ours = {each for record_set in (change.before, change.after) if record_set is not None for each in record_set.keys}
    return there is not None and not there.keys <= ours


def doubtful(
    zone: dns.name.Name, snapshot: Snapshot, desired: t.Sequence[DesiredRecordSet], *, closely: bool
) -> list[Key]:
    """The sets that matter for the plan, and that may come from a wildcard of the zone.

    :param closely: all of them; otherwise only those for which the plan would differ. (If an update is based on the
        response of a wildcard, its prerequisites refuse it: then the sets are checked closely.)
    """
    targets = _targets(snapshot, desired)
    changes = _changes(snapshot, targets)
    losing = {desired_set.key for desired_set in desired if desired_set.mode == "absent"}
    filled = {change.name for change in changes if change.after is not None and change.key not in losing}
    colliding = {name for (name, _cname), _other in _collisions(targets)}
    # A wildcard that is changed in the same pass will soon not answer for others.
    leaving = set() if closely else {change.name for change in changes if change.name.is_wild()}
    names = {
        change.name
        for change in changes
        if (closely or change.name not in filled) and wildcard_beside(change.name) not in leaving
    }
    # All sets of a name: once it has its own record, no wildcard answers for any of them.
    return [
        at
        for at, record_set in snapshot.items()
        if record_set is not None and at[0] in names | colliding and at[0] != zone and not at[0].is_wild()
    ]


def new_cnames(snapshot: Snapshot, desired: t.Sequence[DesiredRecordSet]) -> list[dns.name.Name]:
    """The names that get a CNAME and have none, so that any other type there would conflict."""
    return sorted(
        {
            desired_set.name
            for desired_set in desired
            if desired_set.rdtype == CNAME and desired_set.fills and snapshot.get(desired_set.key) is None
        }
    )


def _targets(snapshot: Snapshot, desired: t.Sequence[DesiredRecordSet]) -> dict[Key, RecordSet | None]:
    """The target of every set that was read or is desired."""
    targets: dict[Key, RecordSet | None] = dict(snapshot)
    for desired_set in desired:
        targets[desired_set.key] = _wanted(targets.get(desired_set.key), desired_set)
    for desired_set in desired:
        if desired_set.mode != "exact" or not desired_set.fills:
            continue
        # Addresses and a CNAME at one name replace each other, both ways.
        replaced = {CNAME: (A, AAAA), A: (CNAME,), AAAA: (CNAME,)}.get(desired_set.rdtype, ())
        targets.update(
            {(desired_set.name, rdtype): None for rdtype in replaced if (desired_set.name, rdtype) in targets}
        )
    return targets


def _wanted(present: RecordSet | None, desired_set: DesiredRecordSet) -> RecordSet | None:
    """The set after applying ``desired_set`` to ``present``. Equal values keep the form that the server has."""
    if (
        present is not None
        and desired_set.mode == "exact"
        and desired_set.ttl in (None, present.ttl)
        and present.keys == desired_set.keys
    ):
        return present
    kept = present.records if present is not None else ()
    if desired_set.mode == "exact":
        ours = [record for record in kept if key(record) in desired_set.keys]
        ttl = desired_set.ttl if desired_set.ttl is not None else present.ttl if present is not None else DEFAULT_TTL
    elif desired_set.mode == "present":
        ours = [record for record in kept if key(record) in desired_set.keys or not _stale(key(record), desired_set)]
        ttl = present.ttl if present is not None else desired_set.ttl if desired_set.ttl is not None else DEFAULT_TTL
    else:
        ours = [record for record in kept if key(record) not in desired_set.keys]
        ttl = present.ttl if present is not None else DEFAULT_TTL
    if desired_set.fills:
        there = {key(record) for record in ours}
        ours += [record for record in desired_set.records if key(record) not in there]
    return RecordSet(ttl, tuple(ours)) if ours else None


def _stale(value: bytes, desired_set: DesiredRecordSet) -> bool:
    return desired_set.replace_prefix is not None and value.startswith(desired_set.replace_prefix)


def _changes(snapshot: Snapshot, targets: Snapshot) -> list[Change]:
    changes = [
        Change(at[0], at[1], snapshot.get(at), after)
        for at, after in targets.items()
        if not same(snapshot.get(at), after)
    ]
    return sorted(changes, key=lambda change: change.key)


def _collisions(targets: Snapshot) -> list[tuple[Key, Key]]:
    """Pairs of a CNAME and another set that would be at the same name."""
    return sorted(
        ((name, CNAME), (name, rdtype))
        for (name, rdtype), record_set in targets.items()
        if rdtype != CNAME and record_set is not None and targets.get((name, CNAME)) is not None
    )


def _unexpected_error(at: Key, present: RecordSet) -> RejectedError:
    return RejectedError(
        f"{shown(at[0])} {type_text(at[1])} is {', '.join(present.values)}, which differs from what was read before: "
        "another writer changed it in between.",
        hint="Nothing was changed there. Run again: the next run reads it again.",
        code=CHANGED_MEANWHILE,
    )


def _collision_error(cname: Key, other: Key, snapshot: Snapshot) -> RejectedError:
    name, rdtype = shown(cname[0]), type_text(other[1])
    if snapshot.get(cname) is not None:
        return RejectedError(
            f"{name} is a CNAME, so it cannot have {rdtype} records.",
            hint=f"Remove the CNAME first, or remove {name} from the list. Nothing was changed at {name}.",
        )
    return RejectedError(
        f"{name} has records of type {rdtype}, so it cannot have a CNAME.",
        hint=f"Move them to another name, or remove them, and run again. Nothing was changed at {name}.",
    )
