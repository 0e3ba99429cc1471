# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The onboarding of a site: validation, cut-over, and its records from then on. Pure functions."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import PROVISION_ADDON
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import (
    ABSENT,
    PENDING_DNS,
    PENDING_DOMAIN_VALIDATION,
    PENDING_RETRY,
    READY,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.cdn import cdn_target, routable
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Entry
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.messages import (
    Proof,
    Situation,
    notes,
    waiting_for,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.observation import (
    CHANGE,
    LOWER_TTL,
    NO_WORD,
    PUBLISH_TXT,
    Decision,
    SiteObservation,
    in_state,
    names_without_original,
    present_records,
    saved_originals,
    was_cut_over,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.records import (
    SiteStatus,
    lower_ttl,
    route,
    same_records,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.state_record_change import state_record_set
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.validation import (
    validation_record,
    validation_steps,
)
from ansible_collections.hosting.websec.plugins.module_utils._state_record import (
    Records,
    StateRecord,
    Target,
    points_to,
    same_values,
)

_ON_THE_WAY_IN = (PENDING_DOMAIN_VALIDATION, PENDING_RETRY, PENDING_DNS)

_LONG = (PENDING_DOMAIN_VALIDATION, PENDING_RETRY)
"""States whose long wait is reported."""


def in_doubt(observed: SiteObservation) -> bool:
    """Whether only the state record shows the cut-over, because SiteLock has not detected it yet. A name server may
    have stored the state record and dropped the change."""
    return (
        was_cut_over(observed.state_record) and observed.status is not None and observed.status["state"] == PENDING_DNS
    )


def _believed(entry: Entry, observed: SiteObservation) -> StateRecord | None:
    """The state record, without a cut-over that DNS does not show: every name still has its original records."""
    state_record = observed.state_record
    if state_record is None or observed.present is None or not in_doubt(observed):
        return state_record
    before = saved_originals(entry, state_record)
    if before is None or not same_records(entry["names"], observed.present, before):
        return state_record
    return dataclasses.replace(state_record, target=None)


def onboard(entry: Entry, observed: SiteObservation, now: datetime.datetime) -> Decision:
    status = t.cast("SiteStatus", observed.status)
    if status["state"] == ABSENT and observed.state_record is None:
        site = _situation(entry, status, StateRecord(entry["site_id"]), None)
        return Decision(waiting_for=waiting_for(site), notes=notes(site, now))
    believed = _believed(entry, observed) or StateRecord(entry["site_id"])
    state_record = dataclasses.replace(believed, restored=None, wait=0, origin=observed.origin)
    if PROVISION_ADDON.name in status["actions"]:
        # A new service knows nothing of what was sent to the old one.
        state_record = dataclasses.replace(state_record, certificate=None, ssl=None)
    # The intended target is known even if the records never pointed to it.
    target = cdn_target(entry, status, observed.state_record or state_record) if routable(entry, status) else None
    steps, state_record = validation_steps(entry, status, state_record, target or state_record.target)
    if target is not None:
        present: Records | None = None
        unknown = entry["names"] if state_record.target is None else names_without_original(entry, state_record)
        if unknown:
            present = {name: there for name, there in present_records(entry, observed).items() if name in unknown}
            state_record = dataclasses.replace(
                state_record, original=_save(unknown, present, state_record.original, target)
            )
        steps.append((CHANGE, tuple(route(entry, target, present))))
        state_record = dataclasses.replace(state_record, target=target)
    elif entry["lower_ttl"] is not None and _before_cut_over(entry, observed, state_record):
        present = present_records(entry, observed)
        # The TXT value of the validation cannot coexist with a CNAME: that is refused, for this site alone.
        claimed = {name for step, records in steps if step == PUBLISH_TXT for name in (records[0]["name"],)}
        lowered = [
            record
            for record in lower_ttl(entry, present, entry["lower_ttl"])
            if record["type"] != "CNAME" or record["name"] not in claimed
        ]
        if lowered:
            state_record = dataclasses.replace(
                state_record, original=_save(entry["names"], present, state_record.original, None)
            )
            steps.append((LOWER_TTL, tuple(lowered)))
    if status["state"] == READY:
        # The site waits for nothing, so this needs no separate write, except that the next long wait must not seem
        # to have begun with the last one.
        if state_record != observed.state_record or state_record.state in _LONG:
            state_record = in_state(state_record, status, now)
    else:
        state_record = in_state(state_record, status, now)
    steps.append((NO_WORD, state_record_set(entry, observed, state_record, believed)))
    site = _situation(entry, status, state_record, target)
    return Decision(tuple(steps), waiting_for(site), notes(site, now), since=site.since)


def _situation(entry: Entry, status: SiteStatus, state_record: StateRecord, target: Target | None) -> Situation:
    """The input for the texts of the report.

    :param state_record: as it is after the pass.
    :param target: where this pass sends the traffic.
    """
    asked = validation_record(entry, status)
    if asked is not None and asked.by_cname:
        proof = Proof.CNAME
    elif asked is not None and state_record.verification != (asked.name, asked.value):
        proof = Proof.NO_ROOM
    else:
        proof = Proof.TXT if state_record.verification is not None else Proof.NONE
    return Situation(
        entry=entry,
        status=status,
        proof=proof,
        asked=(asked.name, asked.value) if asked is not None else None,
        routable=routable(entry, status),
        routed=target is not None,
        cut_over=target is not None or state_record.target is not None,
        since=state_record.since if state_record.state == status["state"] else None,
    )


def _before_cut_over(entry: Entry, observed: SiteObservation, state_record: StateRecord) -> bool:
    """Whether the traffic does not go to the CDN yet, so that DNS currently serves the original records.

    A missing state record does not prove this: the site may have been routed by hand, or the record removed, and the
    API does not return the addresses of the CDN in every state.
    """
    status = t.cast("SiteStatus", observed.status)
    if state_record.target is not None or status["state"] not in _ON_THE_WAY_IN or status.get("traffic_routing"):
        return False
    named = Target(tuple(map(str, status["dns_new_a"])), status["dns_new_cname"], entry["ttl"])
    present = present_records(entry, observed)
    return not any(points_to(present.get(name, {}), named) for name in entry["names"])


def _save(names: t.Sequence[str], present: Records, saved: Records, target: Target | None) -> Records:
    """The original records: never the addresses of the CDN, and with the TTL from before it was lowered."""
    original = dict(saved)
    for name in names:
        there = present.get(name, {})
        if target is not None and points_to(there, target):
            continue
        original[name] = {
            kind: saved[name][kind]
            if name in saved and same_values(saved[name].get(kind), there[kind])
            else there[kind]
            for kind in there
        }
    return original
