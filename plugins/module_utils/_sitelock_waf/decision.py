# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a pass does for one site: pure functions over what was seen. No I/O, no clock."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._addresses import is_host_name
from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Entry
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.records import (
    STATE_RECORD_TTL,
    Record,
    SiteStatus,
    lower_ttl,
    points_to,
    publish_verification,
    record_set,
    remove_verification,
    replaces,
    restore,
    route,
    same_records,
    same_values,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.situation import (
    ABSENT,
    PENDING_DNS,
    PENDING_RETRY,
    PENDING_VALIDATION,
    READY,
    Proof,
    Situation,
    notes,
    waiting_for,
    waiting_to_end,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.state_record import (
    Records,
    RecordSet,
    StateRecord,
    Target,
    record_name,
    to_text,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.values import is_text, is_value
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, shortened

ROUTABLE_STATES = (PENDING_DNS, READY)
_ON_THE_WAY_IN = (PENDING_VALIDATION, PENDING_RETRY, PENDING_DNS)
MAX_STATE_RECORD = 15_000
"""Bytes. An update holds the text several times, and has 64 KiB at the most."""
_LONG = (PENDING_VALIDATION, PENDING_RETRY)
"""States of which a long wait is told."""


@dataclasses.dataclass(frozen=True)
class SiteObservation:
    """What is known about a site at one point of a pass.

    :param state_record: see the module of this name; ``state_record_text`` is the value as it stands in DNS.
    :param status: the last good answer of the API; ``None``: not asked, or it failed.
    :param present: A, AAAA and CNAME that DNS serves at the names of the site; ``None``: not read.
    :param everywhere: all authoritative servers of the zone serve the same as ``present``.
    """

    state_record: StateRecord | None = None
    state_record_text: str | None = None
    status: SiteStatus | None = None
    present: Records | None = None
    everywhere: bool = False


@dataclasses.dataclass(frozen=True)
class Decision:
    """The record sets that a site needs now, step by step, and what a person is told.

    :param steps: name of a step for people (empty: not worth a word) and its record sets.
    """

    steps: tuple[tuple[str, tuple[Record, ...]], ...] = ()
    waiting_for: str | None = None
    notes: tuple[str, ...] = ()
    since: datetime.datetime | None = None

    @property
    def records(self) -> list[Record]:
        """All record sets."""
        return [record for _step, records in self.steps for record in records]


PUBLISH_TXT = "publish TXT"
REMOVE_TXT = "remove TXT"
LOWER_TTL = "lower TTL"
CHANGE = "change A/CNAME"
RESTORE = "restore A/CNAME"
NO_WORD = ""

Steps = list[tuple[str, tuple[Record, ...]]]


def routable(entry: Entry, status: SiteStatus) -> bool:
    """Whether A and CNAME of a site may point to the CDN now: the verdict of the module, unless the entry says that
    the site uses no SSL, or that it does."""
    if entry["ssl"] is False:
        return status["state"] in ROUTABLE_STATES
    if entry["ssl"] is True and status["state"] == PENDING_DNS:
        ssl = status["ssl"] or {}
        return ssl.get("cert_detected") is True and ssl.get("cert_installed") is True
    return bool(status["routable"])


def needs_present(entry: Entry, observed: SiteObservation) -> bool:
    """Whether the decision depends on what DNS serves now at the names of the site."""
    if observed.status is None:
        return False
    if entry["state"] == ABSENT:
        return bool(observed.status["state"] != ABSENT)
    if routable(entry, observed.status):
        return (
            not _moved(observed.state_record)
            or _in_doubt(observed)
            or bool(_unknown(entry, t.cast("StateRecord", observed.state_record)))
        )
    return not _moved(observed.state_record) and entry["lower_ttl"] is not None


def _moved(state_record: StateRecord | None) -> bool:
    """Whether the cut-over was done."""
    return state_record is not None and state_record.target is not None


def _in_doubt(observed: SiteObservation) -> bool:
    """Whether only the state record says that the cut-over was done: SiteLock has not seen it yet. A name server can
    have taken the state record and left the change out."""
    return _moved(observed.state_record) and observed.status is not None and observed.status["state"] == "pending-dns"


def _believed(entry: Entry, observed: SiteObservation) -> StateRecord | None:
    """The state record, without a cut-over of which DNS shows nothing: every name is as it was before."""
    state_record = observed.state_record
    if state_record is None or observed.present is None or not _in_doubt(observed):
        return state_record
    before = _saved(entry, state_record)
    if before is None or not same_records(entry["names"], observed.present, before):
        return state_record
    return dataclasses.replace(state_record, target=None)


def _left_out(entry: Entry, state_record: StateRecord) -> list[str]:
    """Names that were sent to the CDN, and that the entry does not have any more."""
    return [name for name in state_record.original if name not in entry["names"]] if _moved(state_record) else []


def _unknown(entry: Entry, state_record: StateRecord) -> list[str]:
    """Names of a site of which nothing is saved: an alias that joined after the cut-over, or a name that led to the
    CDN before it."""
    return [name for name in entry["names"] if name not in state_record.original]


def begins_to_end(entry: Entry, observed: SiteObservation) -> bool:
    """Whether a site is to end that has a service, and of which nothing says that its end has begun."""
    begun = observed.state_record is not None and observed.state_record.restored is not None
    return entry["state"] == ABSENT and observed.status is not None and observed.status["state"] != ABSENT and not begun


def may_delete(entry: Entry, observed: SiteObservation, now: datetime.datetime) -> bool:
    """Whether the service of a site that is to be ended can be deleted: its original records are back on every
    authoritative server, and the old ones are forgotten everywhere."""
    state_record = observed.state_record
    if entry["state"] != ABSENT or state_record is None or state_record.restored is None or observed.present is None:
        return False
    if _left_out(entry, state_record):
        return False
    # Without a cut-over, what the first pass of the way out found is saved as the original.
    wanted = originals(entry, state_record, None)[0] if state_record.target is not None else _saved(entry, state_record)
    back = state_record.target is not None if wanted is None else same_records(entry["names"], observed.present, wanted)
    clear = state_record.target is None or not any(
        points_to(observed.present.get(n, {}), state_record.target) for n in entry["names"]
    )
    return (
        back
        and clear
        and observed.everywhere
        and now >= state_record.restored + datetime.timedelta(seconds=state_record.wait)
    )


@unexpected_as_bug()
def decide(entry: Entry, observed: SiteObservation, now: datetime.datetime) -> Decision:
    """What to change in DNS for a site about which the API answered.

    :raises WebsecError: this site cannot go on without a person.
    """
    status = t.cast("SiteStatus", observed.status)
    if entry["state"] == ABSENT:
        return _cleanup(entry, observed) if status["state"] == ABSENT else _offboard(entry, observed, now)
    return _onboard(entry, observed, now)


def _onboard(entry: Entry, observed: SiteObservation, now: datetime.datetime) -> Decision:
    status = t.cast("SiteStatus", observed.status)
    if status["state"] == ABSENT and observed.state_record is None:
        site = _situation(entry, status, StateRecord(entry["site_id"]), None)
        return Decision(waiting_for=waiting_for(site), notes=notes(site, now))
    believed = _believed(entry, observed) or StateRecord(entry["site_id"])
    state_record = dataclasses.replace(believed, restored=None, wait=0)
    # Where it was to lead is known also if it never led there.
    target = _target(entry, status, observed.state_record or state_record) if routable(entry, status) else None
    steps, state_record = _verify(entry, status, state_record, target or state_record.target)
    if target is not None:
        present: Records | None = None
        unknown = entry["names"] if state_record.target is None else _unknown(entry, state_record)
        if unknown:
            present = {name: there for name, there in _read(entry, observed).items() if name in unknown}
            state_record = dataclasses.replace(
                state_record, original=_save(unknown, present, state_record.original, target)
            )
        steps.append((CHANGE, tuple(route(entry, target, present))))
        state_record = dataclasses.replace(state_record, target=target)
    elif entry["lower_ttl"] is not None and _before_cut_over(entry, observed, state_record):
        present = _read(entry, observed)
        # Beside a CNAME the TXT value of the validation cannot stand: that is refused, for this site alone.
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
        # Nothing is waited for, so it is not worth a write of its own, except that the next long wait must not seem
        # to have begun with the last one.
        if state_record != observed.state_record or state_record.state in _LONG:
            state_record = _in_state(state_record, status, now)
    else:
        state_record = _in_state(state_record, status, now)
    steps.append((NO_WORD, _save_state_record(entry, observed, state_record, believed)))
    site = _situation(entry, status, state_record, target)
    return Decision(tuple(steps), waiting_for(site), notes(site, now), since=site.since)


def _situation(entry: Entry, status: SiteStatus, state_record: StateRecord, target: Target | None) -> Situation:
    """For the sentences that people read.

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
    """Whether the traffic still takes its old way, so that what DNS serves now are the original records.

    That no state record is there does not tell: the site may have been moved by hand, or the record removed, and the
    API does not name the addresses of the CDN in every state.
    """
    status = t.cast("SiteStatus", observed.status)
    if state_record.target is not None or status["state"] not in _ON_THE_WAY_IN or status.get("traffic_routing"):
        return False
    named = Target(tuple(map(str, status["dns_new_a"])), status["dns_new_cname"], entry["ttl"])
    present = _read(entry, observed)
    return not any(points_to(present.get(name, {}), named) for name in entry["names"])


def _in_state(state_record: StateRecord, status: SiteStatus, now: datetime.datetime) -> StateRecord:
    if state_record.state == status["state"]:
        return state_record
    return dataclasses.replace(state_record, state=status["state"], since=now)


@dataclasses.dataclass(frozen=True)
class ValidationRecord:
    """The record by which the certificate authority validates the domain.

    :param by_cname: it is a CNAME, which no pass sets; otherwise a TXT record.
    """

    name: str
    value: str
    by_cname: bool


def validation_record(entry: Entry, status: SiteStatus) -> ValidationRecord | None:
    """The record that the API asks for.

    :raises BadResponseError: it asks for a record that is not one of this site, or that cannot be.
    """
    verify = status["dns_ssl_verify"]
    if verify is None:
        return None
    name, kind, value = (str(verify[f"dns_record_{key}"]) for key in ("domain", "type", "value"))
    name, kind = name.rstrip(".").lower(), kind.upper()
    mine = name in (entry["domain"], entry["zone"]) or name.endswith(f".{entry['domain']}")
    if kind not in ("TXT", "CNAME") or not mine or not is_host_name(name):
        raise BadResponseError(
            f"{entry['domain']}: the API asks for the record {shortened(name)} {shortened(kind)}, which is not a TXT "
            "or CNAME record of this site.",
            hint="Nothing was changed in DNS. Check that site_id and domain of the entry belong together.",
        )
    if not (is_text(value) if kind == "TXT" else is_value(kind, value)):
        raise BadResponseError(
            f"{entry['domain']}: the API asks for the {kind} value {shortened(value)!r}, which cannot be."
        )
    return ValidationRecord(name, value, by_cname=kind == "CNAME")


def _verify(
    entry: Entry, status: SiteStatus, state_record: StateRecord, target: Target | None
) -> tuple[Steps, StateRecord]:
    """The TXT record of the validation: published while the API asks for it, removed at the end if that is wanted,
    or where a CNAME takes its place."""
    asked, known = validation_record(entry, status), state_record.verification
    wanted = (asked.name, asked.value) if asked is not None and not asked.by_cname else None
    in_the_way = target is not None and wanted is not None and _gives_way(entry, wanted[0], target)
    if wanted is not None and not in_the_way:
        records = [publish_verification(entry, *wanted)]
        if known is not None and not replaces(wanted, known):
            records.append(remove_verification(entry, *known))
        return [(PUBLISH_TXT, tuple(records))], dataclasses.replace(state_record, verification=wanted)
    done = status["state"] == READY and entry["cleanup_verification"]
    if known is not None and (done or (target is not None and _gives_way(entry, known[0], target))):
        removed = (remove_verification(entry, *known),)
        return [(REMOVE_TXT, removed)], dataclasses.replace(state_record, verification=None)
    return [], state_record


def _target(entry: Entry, status: SiteStatus, state_record: StateRecord) -> Target | None:
    """Where the traffic goes: what the API says, or once its answer is short, what it said at the cut-over.

    :raises BadResponseError: it says something that no record can have.
    """
    addresses, cname = tuple(map(str, status["dns_new_a"])), status["dns_new_cname"]
    wrong = [value for value in addresses if not is_value("A", value)]
    if wrong or (cname and not is_value("CNAME", str(cname))):
        raise BadResponseError(
            f"{entry['domain']}: the API names {', '.join(wrong) or cname} as the place of the CDN, which cannot be.",
            hint="Nothing was changed in DNS. Ask SiteLock's support.",
        )
    needs_addresses = entry["apex"]
    needs_cname = not entry["apex"] or len(entry["names"]) > 1
    if (addresses or not needs_addresses) and (cname or not needs_cname) and (addresses or cname):
        return Target(addresses, cname and str(cname), entry["ttl"])
    return state_record.target


def _gives_way(entry: Entry, name: str, target: Target) -> bool:
    """Whether a CNAME is set at the name of the TXT record."""
    return (
        target.dns_new_cname is not None and name in entry["names"] and not (entry["apex"] and name == entry["domain"])
    )


def _read(entry: Entry, observed: SiteObservation) -> Records:
    if observed.present is None:
        raise BadInputError(
            f"{entry['domain']}: the present records could not be read, so nothing was changed.",
            hint="See the messages about its zone, and run again.",
        )
    return observed.present


def _save(names: t.Sequence[str], present: Records, saved: Records, target: Target | None) -> Records:
    """What was in DNS before: never the addresses of the CDN, and with the TTL from before it was lowered."""
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


def _saved(entry: Entry, state_record: StateRecord) -> Records | None:
    """What is saved, if it is known for all names of a site."""
    return None if _unknown(entry, state_record) else {name: state_record.original[name] for name in entry["names"]}


def originals(entry: Entry, state_record: StateRecord | None, status: SiteStatus | None) -> tuple[Records | None, str]:
    """The records to go back to at every name of a site, and where they come from; C(None) if they are not known."""
    given = {
        name: {kind: RecordSet(there["ttl"], tuple(there["values"])) for kind, there in types.items()}
        for name, types in (entry["restore"] or {}).items()
    }
    saved: Records = state_record.original if state_record is not None else {}
    known = {name: given.get(name, saved.get(name)) for name in entry["names"]}
    addresses = tuple(map(str, status["original_dns"])) if status is not None else ()
    by_api = {"A": RecordSet(entry["ttl"], addresses)} if addresses else None
    found = {name: by_api if types is None else types for name, types in known.items()}
    if any(types is None for types in found.values()):
        return None, ""
    when = "at the cut-over" if _moved(state_record) else "before any change"
    sources = (
        ("restore of the entry", any(name in given for name in known)),
        (f"what was saved {when}", any(name in saved and name not in given for name in known)),
        ("the API, which knows A only", any(types is None for types in known.values())),
    )
    return t.cast("Records", found), " and ".join(source for source, used in sources if used)


def _offboard(entry: Entry, observed: SiteObservation, now: datetime.datetime) -> Decision:
    """The way out, while the service is there: put the original records back, and wait until the old ones are
    forgotten. The service is deleted by a later pass, see ``may_delete``."""
    status = t.cast("SiteStatus", observed.status)
    before = state_record = observed.state_record or StateRecord(entry["site_id"])
    left_out = _left_out(entry, state_record)
    if left_out:
        raise BadInputError(
            f"{entry['domain']}: {', '.join(left_out)} was sent to the CDN and is not in the entry any more, so it "
            "would not be put back.",
            hint="Add it to aliases again. If it is not of this site any more: remove the TXT record at "
            f"{record_name(entry['domain'])}, and give the original records of the other names as restore.",
        )
    present = _read(entry, observed)
    target = _target(entry, status, state_record)
    wanted, source = originals(entry, state_record, status)
    routed = target is None or any(points_to(present.get(name, {}), target) for name in entry["names"])
    as_before = wanted is not None and same_records(entry["names"], present, wanted)  # but perhaps for the TTL
    if not routed and not as_before and (state_record.target is None or wanted is None):
        wanted, source = present, "DNS, which does not lead to the CDN"
    if wanted is None:
        raise _nowhere(entry)
    if state_record.target is not None and any(
        points_to(wanted.get(name, {}), state_record.target) for name in entry["names"]
    ):
        raise BadInputError(
            f"{entry['domain']}: the records to put back lead to the CDN (they come from {source}).",
            hint="Enter the original records as restore in the entry of the site.",
        )
    steps: Steps = [(RESTORE, tuple(restore(entry, wanted)))] if wanted is not present else []
    if state_record.restored is None or not same_records(entry["names"], present, wanted) or not observed.everywhere:
        # Also while a server still serves the old ones: who asked it just now keeps them for their whole TTL.
        state_record = dataclasses.replace(state_record, restored=now, wait=_oldest(entry, present, state_record))
    if state_record.target is None:
        # From now on this is what "back" means, whatever the API tells later.
        state_record = dataclasses.replace(state_record, original=wanted)
    if state_record.verification is not None:
        steps.append((REMOVE_TXT, (remove_verification(entry, *state_record.verification),)))
        state_record = dataclasses.replace(state_record, verification=None)
    state_record = _in_state(state_record, status, now)
    until = t.cast("datetime.datetime", state_record.restored) + datetime.timedelta(seconds=state_record.wait)
    return Decision(
        (*steps, (NO_WORD, _save_state_record(entry, observed, state_record, before))),
        waiting_to_end(status, until),
        (f"The original records come from {source}.",),
        since=state_record.restored,
    )


def _nowhere(entry: Entry) -> BadInputError:
    return BadInputError(
        f"{entry['domain']}: the original DNS records are unknown. There are no saved records at "
        f"{record_name(entry['domain'])}, and the API does not tell them.",
        hint=f"Enter them as restore in the entry of the site, for {', '.join(entry['names'])}.",
    )


def _cleanup(entry: Entry, observed: SiteObservation) -> Decision:
    """The service is gone: remove what the collection published. Traffic that still goes to the CDN is taken back
    first."""
    status, state_record = t.cast("SiteStatus", observed.status), observed.state_record
    if state_record is None:
        return Decision()
    steps: Steps = []
    present, target = _read(entry, observed), state_record.target
    if target is not None and any(points_to(present.get(name, {}), target) for name in entry["names"]):
        wanted, _source = originals(entry, state_record, status)
        if wanted is None:
            raise _nowhere(entry)
        steps.append((RESTORE, tuple(restore(entry, wanted))))
    if state_record.verification is not None:
        steps.append((REMOVE_TXT, (remove_verification(entry, *state_record.verification),)))
    forgotten = record_set(
        entry,
        record_name(entry["domain"]),
        "TXT",
        [],
        None,
        expected={"TXT": [t.cast("str", observed.state_record_text)]},
    )
    return Decision((*steps, (NO_WORD, (forgotten,))))


def _oldest(entry: Entry, present: Records, state_record: StateRecord) -> int:
    """Seconds for which the records that are replaced now may live on in caches."""
    ttls = [there.ttl for name in entry["names"] for there in present.get(name, {}).values()]
    return max(int(entry["ttl"]), state_record.target.ttl if state_record.target else 0, *ttls)


def _save_state_record(
    entry: Entry, observed: SiteObservation, state_record: StateRecord, before: StateRecord
) -> tuple[Record, ...]:
    """The record set of the state record, if it changed; it is written only if nobody else wrote it since it was read.

    :param before: what was so before this pass: that much stays true if the name server takes the state record and
        leaves out the change that it tells of.
    """
    text = to_text(state_record)
    unproven = to_text(
        dataclasses.replace(
            state_record,
            target=before.target,
            verification=state_record.verification or before.verification,
            restored=before.restored,
            wait=before.wait,
        )
    )
    if text == observed.state_record_text == unproven:
        return ()
    if max(len(text.encode("utf-8")), len(unproven.encode("utf-8"))) > MAX_STATE_RECORD:
        # The name server would refuse it, or the whole list with it.
        raise BadResponseError(
            f"{entry['domain']}: the state record of this site would have more than "
            f"{counted(MAX_STATE_RECORD, 'byte')}.",
            hint="Nothing was changed in DNS. Look at what SiteLock answers for this site: a state that is no word, or "
            "hundreds of addresses?",
        )
    more: dict[str, t.Any] = {"fallback": [unproven]} if unproven != text else {}
    expected = {"TXT": [observed.state_record_text] if observed.state_record_text is not None else []}
    return (
        record_set(entry, record_name(entry["domain"]), "TXT", [text], STATE_RECORD_TTL, expected=expected, **more),
    )
