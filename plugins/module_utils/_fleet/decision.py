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
from ansible_collections.hosting.websec.plugins.module_utils._fleet.entries import Entry
from ansible_collections.hosting.websec.plugins.module_utils._fleet.memory import (
    Memory,
    Records,
    RecordSet,
    Target,
    record_name,
    to_text,
)
from ansible_collections.hosting.websec.plugins.module_utils._fleet.records import (
    MEMORY_TTL,
    Answer,
    Record,
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
from ansible_collections.hosting.websec.plugins.module_utils._fleet.situation import (
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
from ansible_collections.hosting.websec.plugins.module_utils._fleet.values import is_text, is_value
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, shortened

ROUTABLE_STATES = (PENDING_DNS, READY)
_ON_THE_WAY_IN = (PENDING_VALIDATION, PENDING_RETRY, PENDING_DNS)
MAX_MEMORY = 15_000
"""Bytes. An update holds the text several times, and has 64 KiB at the most."""
_LONG = (PENDING_VALIDATION, PENDING_RETRY)
"""States of which a long wait is told."""


@dataclasses.dataclass(frozen=True)
class Seen:
    """What is known about a site at one point of a pass.

    :param memory: what is remembered, see ``memory``; ``memory_text`` is the value as it stands in DNS.
    :param answer: the last good answer of the API; ``None``: not asked, or it failed.
    :param present: A, AAAA and CNAME that DNS serves at the names of the site; ``None``: not read.
    :param everywhere: all authoritative servers of the zone serve the same as ``present``.
    """

    memory: Memory | None = None
    memory_text: str | None = None
    answer: Answer | None = None
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


def routable(entry: Entry, answer: Answer) -> bool:
    """Whether A and CNAME of a site may point to the CDN now: the verdict of the module, unless the entry says that
    the site uses no SSL, or that it does."""
    if entry["ssl"] is False:
        return answer["state"] in ROUTABLE_STATES
    if entry["ssl"] is True and answer["state"] == PENDING_DNS:
        ssl = answer["ssl"] or {}
        return ssl.get("cert_detected") is True and ssl.get("cert_installed") is True
    return bool(answer["routable"])


def needs_present(entry: Entry, seen: Seen) -> bool:
    """Whether the decision depends on what DNS serves now at the names of the site."""
    if seen.answer is None:
        return False
    if entry["state"] == ABSENT:
        return bool(seen.answer["state"] != ABSENT)
    if routable(entry, seen.answer):
        return not _moved(seen.memory) or _in_doubt(seen) or bool(_unknown(entry, t.cast("Memory", seen.memory)))
    return not _moved(seen.memory) and entry["lower_ttl"] is not None


def _moved(memory: Memory | None) -> bool:
    """Whether the cut-over was done."""
    return memory is not None and memory.target is not None


def _in_doubt(seen: Seen) -> bool:
    """Whether only the memory says that the cut-over was done: SiteLock has not seen it yet. A name server can have
    taken the memory and left the change out."""
    return _moved(seen.memory) and seen.answer is not None and seen.answer["state"] == "pending-dns"


def _believed(entry: Entry, seen: Seen) -> Memory | None:
    """The memory, without a cut-over of which DNS shows nothing: every name is as it was before."""
    memory = seen.memory
    if memory is None or seen.present is None or not _in_doubt(seen):
        return memory
    before = _saved(entry, memory)
    if before is None or not same_records(entry["names"], seen.present, before):
        return memory
    return dataclasses.replace(memory, target=None)


def _left_out(entry: Entry, memory: Memory) -> list[str]:
    """Names that were sent to the CDN, and that the entry does not have any more."""
    return [name for name in memory.original if name not in entry["names"]] if _moved(memory) else []


def _unknown(entry: Entry, memory: Memory) -> list[str]:
    """Names of a site of which nothing is saved: an alias that joined after the cut-over, or a name that led to the
    CDN before it."""
    return [name for name in entry["names"] if name not in memory.original]


def begins_to_end(entry: Entry, seen: Seen) -> bool:
    """Whether a site is to end that has a service, and of which nothing says that its end has begun."""
    begun = seen.memory is not None and seen.memory.restored is not None
    return entry["state"] == ABSENT and seen.answer is not None and seen.answer["state"] != ABSENT and not begun


def may_delete(entry: Entry, seen: Seen, now: datetime.datetime) -> bool:
    """Whether the service of a site that is to be ended can be deleted: its original records are back on every
    authoritative server, and the old ones are forgotten everywhere."""
    memory = seen.memory
    if entry["state"] != ABSENT or memory is None or memory.restored is None or seen.present is None:
        return False
    if _left_out(entry, memory):
        return False
    # Without a cut-over, what the first pass of the way out found is remembered as the original.
    wanted = originals(entry, memory, None)[0] if memory.target is not None else _saved(entry, memory)
    back = memory.target is not None if wanted is None else same_records(entry["names"], seen.present, wanted)
    clear = memory.target is None or not any(points_to(seen.present.get(n, {}), memory.target) for n in entry["names"])
    return back and clear and seen.everywhere and now >= memory.restored + datetime.timedelta(seconds=memory.wait)


@unexpected_as_bug()
def decide(entry: Entry, seen: Seen, now: datetime.datetime) -> Decision:
    """What to change in DNS for a site about which the API answered.

    :raises WebsecError: this site cannot go on without a person.
    """
    answer = t.cast("Answer", seen.answer)
    if entry["state"] == ABSENT:
        return _gone(entry, seen) if answer["state"] == ABSENT else _release(entry, seen, now)
    return _protect(entry, seen, now)


def _protect(entry: Entry, seen: Seen, now: datetime.datetime) -> Decision:
    answer = t.cast("Answer", seen.answer)
    if answer["state"] == ABSENT and seen.memory is None:
        site = _situation(entry, answer, Memory(entry["site_id"]), None)
        return Decision(waiting_for=waiting_for(site), notes=notes(site, now))
    believed = _believed(entry, seen) or Memory(entry["site_id"])
    memory = dataclasses.replace(believed, restored=None, wait=0)
    # Where it was to lead is known also if it never led there.
    target = _target(entry, answer, seen.memory or memory) if routable(entry, answer) else None
    steps, memory = _verify(entry, answer, memory, target or memory.target)
    if target is not None:
        present: Records | None = None
        unknown = entry["names"] if memory.target is None else _unknown(entry, memory)
        if unknown:
            present = {name: there for name, there in _read(entry, seen).items() if name in unknown}
            memory = dataclasses.replace(memory, original=_save(unknown, present, memory.original, target))
        steps.append((CHANGE, tuple(route(entry, target, present))))
        memory = dataclasses.replace(memory, target=target)
    elif entry["lower_ttl"] is not None and _before_cut_over(entry, seen, memory):
        present = _read(entry, seen)
        # Beside a CNAME the TXT value of the validation cannot stand: that is refused, for this site alone.
        claimed = {name for step, records in steps if step == PUBLISH_TXT for name in (records[0]["name"],)}
        lowered = [
            record
            for record in lower_ttl(entry, present, entry["lower_ttl"])
            if record["type"] != "CNAME" or record["name"] not in claimed
        ]
        if lowered:
            memory = dataclasses.replace(memory, original=_save(entry["names"], present, memory.original, None))
            steps.append((LOWER_TTL, tuple(lowered)))
    if answer["state"] == READY:
        # Nothing is waited for, so it is not worth a write of its own, except that the next long wait must not seem
        # to have begun with the last one.
        if memory != seen.memory or memory.state in _LONG:
            memory = _in_state(memory, answer, now)
    else:
        memory = _in_state(memory, answer, now)
    steps.append((NO_WORD, _remember(entry, seen, memory, believed)))
    site = _situation(entry, answer, memory, target)
    return Decision(tuple(steps), waiting_for(site), notes(site, now), since=site.since)


def _situation(entry: Entry, answer: Answer, memory: Memory, target: Target | None) -> Situation:
    """For the sentences that people read.

    :param memory: as it is after the pass.
    :param target: where this pass sends the traffic.
    """
    asked = validation_record(entry, answer)
    if asked is not None and asked.by_cname:
        proof = Proof.CNAME
    elif asked is not None and memory.verification != (asked.name, asked.value):
        proof = Proof.NO_ROOM
    else:
        proof = Proof.TXT if memory.verification is not None else Proof.NONE
    return Situation(
        entry=entry,
        answer=answer,
        proof=proof,
        asked=(asked.name, asked.value) if asked is not None else None,
        routable=routable(entry, answer),
        routed=target is not None,
        cut_over=target is not None or memory.target is not None,
        since=memory.since if memory.state == answer["state"] else None,
    )


def _before_cut_over(entry: Entry, seen: Seen, memory: Memory) -> bool:
    """Whether the traffic still takes its old way, so that what DNS serves now are the original records.

    That nothing is remembered does not tell: the site may have been moved by hand, or the memory removed, and the API
    does not name the addresses of the CDN in every state.
    """
    answer = t.cast("Answer", seen.answer)
    if memory.target is not None or answer["state"] not in _ON_THE_WAY_IN or answer.get("traffic_routing"):
        return False
    named = Target(tuple(map(str, answer["dns_new_a"])), answer["dns_new_cname"], entry["ttl"])
    present = _read(entry, seen)
    return not any(points_to(present.get(name, {}), named) for name in entry["names"])


def _in_state(memory: Memory, answer: Answer, now: datetime.datetime) -> Memory:
    if memory.state == answer["state"]:
        return memory
    return dataclasses.replace(memory, state=answer["state"], since=now)


@dataclasses.dataclass(frozen=True)
class ValidationRecord:
    """The record by which the certificate authority validates the domain.

    :param by_cname: it is a CNAME, which no pass sets; otherwise a TXT record.
    """

    name: str
    value: str
    by_cname: bool


def validation_record(entry: Entry, answer: Answer) -> ValidationRecord | None:
    """The record that the API asks for.

    :raises BadResponseError: it asks for a record that is not one of this site, or that cannot be.
    """
    verify = answer["dns_ssl_verify"]
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


def _verify(entry: Entry, answer: Answer, memory: Memory, target: Target | None) -> tuple[Steps, Memory]:
    """The TXT record of the validation: published while the API asks for it, removed at the end if that is wanted,
    or where a CNAME takes its place."""
    asked, known = validation_record(entry, answer), memory.verification
    wanted = (asked.name, asked.value) if asked is not None and not asked.by_cname else None
    in_the_way = target is not None and wanted is not None and _gives_way(entry, wanted[0], target)
    if wanted is not None and not in_the_way:
        records = [publish_verification(entry, *wanted)]
        if known is not None and not replaces(wanted, known):
            records.append(remove_verification(entry, *known))
        return [(PUBLISH_TXT, tuple(records))], dataclasses.replace(memory, verification=wanted)
    done = answer["state"] == READY and entry["cleanup_verification"]
    if known is not None and (done or (target is not None and _gives_way(entry, known[0], target))):
        removed = (remove_verification(entry, *known),)
        return [(REMOVE_TXT, removed)], dataclasses.replace(memory, verification=None)
    return [], memory


def _target(entry: Entry, answer: Answer, memory: Memory) -> Target | None:
    """Where the traffic goes: what the API says, or once its answer is short, what it said at the cut-over.

    :raises BadResponseError: it says something that no record can have.
    """
    addresses, cname = tuple(map(str, answer["dns_new_a"])), answer["dns_new_cname"]
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
    return memory.target


def _gives_way(entry: Entry, name: str, target: Target) -> bool:
    """Whether a CNAME is set at the name of the TXT record."""
    return (
        target.dns_new_cname is not None and name in entry["names"] and not (entry["apex"] and name == entry["domain"])
    )


def _read(entry: Entry, seen: Seen) -> Records:
    if seen.present is None:
        raise BadInputError(
            f"{entry['domain']}: the present records could not be read, so nothing was changed.",
            hint="See the messages about its zone, and run again.",
        )
    return seen.present


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


def _saved(entry: Entry, memory: Memory) -> Records | None:
    """What is saved, if it is known for all names of a site."""
    return None if _unknown(entry, memory) else {name: memory.original[name] for name in entry["names"]}


def originals(entry: Entry, memory: Memory | None, answer: Answer | None) -> tuple[Records | None, str]:
    """The records to go back to at every name of a site, and where they come from; C(None) if they are not known."""
    given = {
        name: {kind: RecordSet(there["ttl"], tuple(there["values"])) for kind, there in types.items()}
        for name, types in (entry["restore"] or {}).items()
    }
    saved: Records = memory.original if memory is not None else {}
    known = {name: given.get(name, saved.get(name)) for name in entry["names"]}
    addresses = tuple(map(str, answer["original_dns"])) if answer is not None else ()
    by_api = {"A": RecordSet(entry["ttl"], addresses)} if addresses else None
    found = {name: by_api if types is None else types for name, types in known.items()}
    if any(types is None for types in found.values()):
        return None, ""
    when = "at the cut-over" if _moved(memory) else "before any change"
    sources = (
        ("restore of the entry", any(name in given for name in known)),
        (f"what was saved {when}", any(name in saved and name not in given for name in known)),
        ("the API, which knows A only", any(types is None for types in known.values())),
    )
    return t.cast("Records", found), " and ".join(source for source, used in sources if used)


def _release(entry: Entry, seen: Seen, now: datetime.datetime) -> Decision:
    """The way out, while the service is there: put the original records back, and wait until the old ones are
    forgotten. The service is deleted by a later pass, see ``may_delete``."""
    answer = t.cast("Answer", seen.answer)
    before = memory = seen.memory or Memory(entry["site_id"])
    left_out = _left_out(entry, memory)
    if left_out:
        raise BadInputError(
            f"{entry['domain']}: {', '.join(left_out)} was sent to the CDN and is not in the entry any more, so it "
            "would not be put back.",
            hint="Add it to aliases again. If it is not of this site any more: remove the TXT record at "
            f"{record_name(entry['domain'])}, and give the original records of the other names as restore.",
        )
    present = _read(entry, seen)
    target = _target(entry, answer, memory)
    wanted, source = originals(entry, memory, answer)
    routed = target is None or any(points_to(present.get(name, {}), target) for name in entry["names"])
    as_before = wanted is not None and same_records(entry["names"], present, wanted)  # but perhaps for the TTL
    if not routed and not as_before and (memory.target is None or wanted is None):
        wanted, source = present, "DNS, which does not lead to the CDN"
    if wanted is None:
        raise _nowhere(entry)
    if memory.target is not None and any(points_to(wanted.get(name, {}), memory.target) for name in entry["names"]):
        raise BadInputError(
            f"{entry['domain']}: the records to put back lead to the CDN (they come from {source}).",
            hint="Enter the original records as restore in the entry of the site.",
        )
    steps: Steps = [(RESTORE, tuple(restore(entry, wanted)))] if wanted is not present else []
    if memory.restored is None or not same_records(entry["names"], present, wanted) or not seen.everywhere:
        # Also while a server still serves the old ones: who asked it just now keeps them for their whole TTL.
        memory = dataclasses.replace(memory, restored=now, wait=_oldest(entry, present, memory))
    if memory.target is None:
        # From now on this is what "back" means, whatever the API tells later.
        memory = dataclasses.replace(memory, original=wanted)
    if memory.verification is not None:
        steps.append((REMOVE_TXT, (remove_verification(entry, *memory.verification),)))
        memory = dataclasses.replace(memory, verification=None)
    memory = _in_state(memory, answer, now)
    until = t.cast("datetime.datetime", memory.restored) + datetime.timedelta(seconds=memory.wait)
    return Decision(
        (*steps, (NO_WORD, _remember(entry, seen, memory, before))),
        waiting_to_end(answer, until),
        (f"The original records come from {source}.",),
        since=memory.restored,
    )


def _nowhere(entry: Entry) -> BadInputError:
    return BadInputError(
        f"{entry['domain']}: the original DNS records are unknown. There are no saved records at "
        f"{record_name(entry['domain'])}, and the API does not tell them.",
        hint=f"Enter them as restore in the entry of the site, for {', '.join(entry['names'])}.",
    )


def _gone(entry: Entry, seen: Seen) -> Decision:
    """The service is gone: clean up what we left. Traffic that still goes to the CDN is taken back first."""
    answer, memory = t.cast("Answer", seen.answer), seen.memory
    if memory is None:
        return Decision()
    steps: Steps = []
    present, target = _read(entry, seen), memory.target
    if target is not None and any(points_to(present.get(name, {}), target) for name in entry["names"]):
        wanted, _source = originals(entry, memory, answer)
        if wanted is None:
            raise _nowhere(entry)
        steps.append((RESTORE, tuple(restore(entry, wanted))))
    if memory.verification is not None:
        steps.append((REMOVE_TXT, (remove_verification(entry, *memory.verification),)))
    forgotten = record_set(
        entry, record_name(entry["domain"]), "TXT", [], None, expected={"TXT": [t.cast("str", seen.memory_text)]}
    )
    return Decision((*steps, (NO_WORD, (forgotten,))))


def _oldest(entry: Entry, present: Records, memory: Memory) -> int:
    """Seconds for which the records that are replaced now may live on in caches."""
    ttls = [there.ttl for name in entry["names"] for there in present.get(name, {}).values()]
    return max(int(entry["ttl"]), memory.target.ttl if memory.target else 0, *ttls)


def _remember(entry: Entry, seen: Seen, memory: Memory, before: Memory) -> tuple[Record, ...]:
    """The record with the memory, if it changed; it is written only if nobody else wrote it since it was read.

    :param before: what was so before this pass: that much stays true if the name server takes the memory and leaves out
        the change that it tells of.
    """
    text = to_text(memory)
    unproven = to_text(
        dataclasses.replace(
            memory,
            target=before.target,
            verification=memory.verification or before.verification,
            restored=before.restored,
            wait=before.wait,
        )
    )
    if text == seen.memory_text == unproven:
        return ()
    if max(len(text.encode("utf-8")), len(unproven.encode("utf-8"))) > MAX_MEMORY:
        # The name server would refuse it, or the whole list with it.
        raise BadResponseError(
            f"{entry['domain']}: what has to be remembered of this site is longer than {counted(MAX_MEMORY, 'byte')}.",
            hint="Nothing was changed in DNS. Look at what SiteLock answers for this site: a state that is no word, or "
            "hundreds of addresses?",
        )
    more: dict[str, t.Any] = {"fallback": [unproven]} if unproven != text else {}
    expected = {"TXT": [seen.memory_text] if seen.memory_text is not None else []}
    return (record_set(entry, record_name(entry["domain"]), "TXT", [text], MEMORY_TTL, expected=expected, **more),)
