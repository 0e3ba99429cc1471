# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole job of M(hosting.websec.dns_record_sets): many record sets in many zones at some providers, and their
results."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._converge import Outcome, run
from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import Endpoint
from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import DesiredRecordSet
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.plan import Change, Snapshot, ZonePlan
from ansible_collections.hosting.websec.plugins.module_utils._dns.propagation import Lag, wait_until_served
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.interface import Place, Provider
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import (
    Key,
    RecordSet,
    same,
    type_text,
    zone_file_lines,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.servers import servers_of
from ansible_collections.hosting.websec.plugins.module_utils._dns.zone_resource import (
    Approve,
    DesiredZone,
    ZoneResource,
    ZonesResource,
)
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._results import (
    deferred_fields,
    deferred_fields_of,
    sentence,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError, RunContext
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, listed, number

try:
    import dns.name
except ImportError:
    note_missing("dnspython")


@dataclasses.dataclass
class _ZoneResult:
    """The result for one zone. ``changes`` were made, or would be made in check mode."""

    place: Place
    changes: dict[Key, Change]
    snapshot: Snapshot
    error: WebsecError | None
    refused: t.Mapping[dns.name.Name, WebsecError]
    lag: Lag | None = None
    deferred: bool = False
    """It was not reached: nothing was sent."""
    deferred_cause: WebsecError | None = None
    unread: bool = False
    """The server accepted the changes, but could not be read afterwards."""

    @property
    def zone(self) -> dns.name.Name:
        return self.place.zone

    def error_at(self, name: dns.name.Name) -> WebsecError | None:
        return self.error or self.refused.get(name)

    def as_dict(self, provider: Provider) -> dict[str, t.Any]:
        failed = [error for error in self.refused.values() if not isinstance(error, DeferredError)]
        error = self.error or next(iter(failed), None)
        return {
            "zone": shown(self.zone),
            "provider": self.place.provider,
            **provider.capabilities.as_dict(),
            "changed": bool(self.changes),
            "failed": error is not None,
            "error": error.as_dict(zone=shown(self.zone)) if error is not None else None,
            **deferred_fields(self.deferred, self.deferred_cause),
            "propagated": None if self.lag is None else not self.lag,
            "lagging": [str(server) for server in self.lag or ()],
        }


def change_record_sets(
    desired: t.Sequence[DesiredRecordSet],
    places: t.Sequence[Place | WebsecError],
    providers: t.Mapping[str, Provider],
    *,
    check_mode: bool,
    concurrency: int,
    wait_propagation: float,
    propagation_servers: t.Sequence[Endpoint] = (),
    warn: t.Callable[[str], None],
    context: RunContext | None = None,
    approve: Approve | None = None,
    note: t.Callable[[t.Iterable[Change]], None] = lambda _changes: None,
) -> dict[str, t.Any]:
    """Make the record sets as in ``desired``, as far as possible.

    :param places: the zone of each, or why it is unknown or refused.
    :param providers: those in ``places``.
    :param wait_propagation: seconds; 0 turns the check off.
    :param propagation_servers: queried instead of the servers in the NS records.
    :param warn: receives the text of each warning.
    :param context: of the task.
    :param approve: why a change is not made, see ``ZoneResource``.
    :param note: receives the changes that were made, or in check mode would be made.
    :returns: C(record_sets) and C(zones) as the module returns them, C(changed) and C(diff).
    """
    context = context or RunContext()
    groups = _by_zone(desired, places)
    resource = ZonesResource(providers, approve)
    context.begin(len(groups), "zone")
    outcomes = _outcomes(resource, groups, providers, check_mode=check_mode, concurrency=concurrency, context=context)
    results = {
        group.place: _zone_result(outcomes[group.place], resource.of(group.place), check_mode) for group in groups
    }
    if wait_propagation and not check_mode and context.seconds_left():
        wait = min(wait_propagation, context.seconds_left())
        _propagate(providers, list(results.values()), wait, propagation_servers, concurrency, warn, context)
    wanted: dict[object, set[Key]] = {}
    for desired_set, place in zip(desired, places):
        wanted.setdefault(place, set()).add(desired_set.key)
    changes = [change for result in results.values() for change in result.changes.values()]
    note(changes)
    return {
        "record_sets": [
            _lost_result(desired_set, place)
            if isinstance(place, WebsecError)
            else _result(desired_set, results[place], wanted[place])
            for desired_set, place in zip(desired, places)
        ],
        "zones": [result.as_dict(providers[result.place.provider]) for result in results.values()],
        "changed": bool(changes),
        "diff": _diff(changes),
    }


def _outcomes(
    resource: ZonesResource,
    groups: t.Sequence[DesiredZone],
    providers: t.Mapping[str, Provider],
    *,
    check_mode: bool,
    concurrency: int,
    context: RunContext,
) -> dict[Place, Outcome[DesiredZone, Snapshot]]:
    """The result for each zone.

    A provider that is not conditional processes each zone separately, so that no other zone comes between reading and
    changing it.
    """

    def alone(group: DesiredZone) -> list[Outcome[DesiredZone, Snapshot]]:
        return run(resource, [group], check_mode=check_mode, context=context)

    conditional = [group for group in groups if providers[group.place.provider].capabilities.conditional]
    outcomes = run(resource, conditional, check_mode=check_mode, concurrency=concurrency, context=context)
    others = [group for group in groups if not providers[group.place.provider].capabilities.conditional]
    with concurrent.futures.ThreadPoolExecutor(max_workers=concurrency) as pool:
        for found in pool.map(alone, others):
            outcomes += found
    return {outcome.desired.place: outcome for outcome in outcomes}


def failure_text(record_sets: t.Sequence[t.Mapping[str, t.Any]]) -> str:
    """One text that names every record set that failed, with each reason once; empty when none failed."""
    reasons: dict[str, list[str]] = {}
    for entry in record_sets:
        if entry["failed"]:
            reasons.setdefault(sentence(entry["error"]), []).append(f"{entry['name']} {entry['type']}")
    failed = sum(map(len, reasons.values()))
    causes = [f"{listed(sorted(set(names)))}: {reason}" for reason, names in reasons.items()]
    total = counted(len(record_sets), "record set")
    return f"{number(failed)} of {total} failed. {listed(causes, separator=' ')}" if failed else ""


def _by_zone(desired: t.Sequence[DesiredRecordSet], places: t.Sequence[Place | WebsecError]) -> list[DesiredZone]:
    """The record sets with a known zone, by zone, in the order of the input."""
    groups: dict[Place, list[DesiredRecordSet]] = {}
    for desired_set, place in zip(desired, places):
        if isinstance(place, Place):
            groups.setdefault(place, []).append(desired_set)
    return [DesiredZone(place, tuple(group)) for place, group in groups.items()]


def _zone_result(outcome: Outcome[DesiredZone, Snapshot], resource: ZoneResource, check_mode: bool) -> _ZoneResult:
    zone = outcome.desired.zone
    refused = resource.refused.get(zone, {})
    if check_mode:
        plans = [t.cast(ZonePlan, action.item[1]) for action in outcome.planned]
        changes = {change.key: change for plan in plans for change in plan.changes}
        return _ZoneResult(
            outcome.desired.place,
            changes,
            outcome.after or {},
            outcome.error,
            refused,
            deferred=outcome.deferred,
            deferred_cause=outcome.deferred_cause,
        )
    asked = {**resource.accepted.get(zone, {}), **(resource.sent.get(zone, {}) if outcome.changed else {})}
    seen = resource.seen.get(zone, {})
    unread = zone in resource.unread
    error = outcome.error
    if outcome.unsettled and not outcome.deferred:
        refused, error = {**refused, **resource.not_served(outcome.desired, seen)}, None
    changes = asked if unread else _read_changes(asked, seen)
    deferred = outcome.deferred and not changes
    return _ZoneResult(
        outcome.desired.place,
        changes,
        seen,
        error,
        refused,
        deferred=deferred,
        deferred_cause=outcome.deferred_cause,
        unread=unread,
    )


def _read_changes(asked: t.Mapping[Key, Change], seen: Snapshot) -> dict[Key, Change]:
    """The results of the requested changes, from the read afterwards."""
    read = {at: dataclasses.replace(change, after=seen.get(at)) for at, change in asked.items()}
    return {at: change for at, change in read.items() if not same(change.before, change.after)}


def _propagate(
    providers: t.Mapping[str, Provider],
    results: t.Sequence[_ZoneResult],
    seconds: float,
    given: t.Sequence[Endpoint],
    concurrency: int,
    warn: t.Callable[[str], None],
    context: RunContext,
) -> None:
    """Wait for the changed zones; warn about those that are not served everywhere in time."""
    changed = {result.place: result for result in results if result.changes and result.error is None}
    if not changed:
        return
    servers = servers_of(providers, list(changed), given, concurrency)
    expected = {
        place: {at: result.snapshot.get(at) for at in result.changes}
        for place, result in changed.items()
        if servers[place]
    }
    for place in changed.keys() - expected.keys():
        warn(f"The NS records of the zone {shown(place.zone)} could not be read, so its propagation was not checked.")
    lags = wait_until_served(expected, servers, seconds=seconds, concurrency=concurrency, context=context)
    for place, lag in lags.items():
        changed[place].lag = lag
        if lag:
            behind = "; ".join(f"{server}: {problem}" for server, problem in lag.items())
            warn(f"The zone {shown(place.zone)} still differs between its servers after {seconds:g} s. {behind}")


def _result(desired_set: DesiredRecordSet, result: _ZoneResult, wanted: t.Collection[Key]) -> dict[str, t.Any]:
    """
    :param wanted: the record sets with their own entry.
    """
    change = result.changes.get(desired_set.key)
    error = result.error_at(desired_set.name)
    deferral = deferred_fields(result.deferred, result.deferred_cause)
    if isinstance(error, DeferredError):
        error, deferral = None, deferred_fields_of(error)
    before = change.before if change is not None else result.snapshot.get(desired_set.key)
    # The result is what was read, and not what was requested.
    after = change.after if change is not None and not result.unread else before
    return {
        "zone": shown(result.zone),
        "provider": result.place.provider,
        **_subject(desired_set),
        "ttl": after.ttl if after is not None else None,
        "values": after.values if after is not None else [],
        "before": _before(before),
        "replaced": [
            {"type": type_text(other.rdtype), "ttl": other.before.ttl, "values": other.before.values}
            for other in result.changes.values()
            if other.name == desired_set.name and other.key not in wanted and other.before is not None
        ],
        "changed": change is not None,
        "failed": error is not None,
        "error": error.as_dict(zone=shown(result.zone), name=shown(desired_set.name)) if error is not None else None,
        **deferral,
    }


def _lost_result(desired_set: DesiredRecordSet, error: WebsecError) -> dict[str, t.Any]:
    deferred = isinstance(error, DeferredError)
    return {
        "zone": None,
        "provider": None,
        **_subject(desired_set),
        "ttl": None,
        "values": [],
        "before": None,
        "replaced": [],
        "changed": False,
        "failed": not deferred,
        "error": None if deferred else error.as_dict(zone=None, name=shown(desired_set.name)),
        **deferred_fields_of(error),
    }


def _subject(desired_set: DesiredRecordSet) -> dict[str, t.Any]:
    return {"name": shown(desired_set.name), "type": type_text(desired_set.rdtype)}


def _before(record_set: RecordSet | None) -> dict[str, t.Any] | None:
    return {"ttl": record_set.ttl, "values": record_set.values} if record_set is not None else None


def _diff(changes: t.Sequence[Change]) -> dict[str, str]:
    """Before and after of the changes, as zone file lines in a stable order."""
    ordered = sorted(changes, key=lambda change: change.key)
    before = [line for change in ordered for line in zone_file_lines(change.name, change.rdtype, change.before)]
    after = [line for change in ordered for line in zone_file_lines(change.name, change.rdtype, change.after)]
    return {"before": "".join(f"{line}\n" for line in before), "after": "".join(f"{line}\n" for line in after)}
