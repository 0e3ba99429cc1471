# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Record sets in the provider-independent form of the role C(dns_records)."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Entry
from ansible_collections.hosting.websec.plugins.module_utils._state_record import (
    Records,
    RecordSet,
    Target,
    same_values,
    spelled,
)

SiteStatus = t.Mapping[str, t.Any]
Record = dict[str, t.Any]

VERIFICATION_TTL = 300
"""Seconds. The record exists for about a day, and its value changes every 30 days."""

_ISSUER = re.compile(r"[A-Za-z0-9_-]+-domain-verification", re.ASCII)

STATE_RECORD_TTL = 300
"""Seconds."""


def record_set(
    entry: Entry,
    name: str,
    kind: str,
    values: t.Iterable[str],
    ttl: int | None,
    *,
    mode: str = "exact",
    **more: t.Any,
) -> Record:
    """One record set of a site. All sets of a site are one group: if one of them is refused, none is changed.

    :param more: C(replace_prefix), C(expected) and C(fallback), see M(hosting.websec.rfc2136_record_sets).
    """
    return {
        "zone": entry["zone"],
        "name": name,
        "type": kind,
        "values": [str(value) for value in values],
        "ttl": ttl,
        "mode": mode,
        "group": entry["domain"],
        "dns": entry["dns"],
        "dns_accept": entry["dns_accept"],
        **more,
    }


def publish_verification(entry: Entry, name: str, value: str) -> Record:
    """Add the TXT value to its set; it replaces a value of the same issuer."""
    prefix = _prefix_of_issuer(value)
    more = {"replace_prefix": prefix} if prefix else {}
    return record_set(entry, name, "TXT", [value], VERIFICATION_TTL, mode="present", **more)


def replaces(new: tuple[str, str], old: tuple[str, str]) -> bool:
    """Whether publishing one verification (name, value) replaces the other one, or is the same."""
    prefix = _prefix_of_issuer(new[1])
    return new == old or (new[0] == old[0] and bool(prefix) and old[1].startswith(prefix))


def _prefix_of_issuer(value: str) -> str:
    """The prefix of one issuer's verification values; empty if ``value`` has none. C(v=) would be SPF, DKIM and DMARC,
    and C(MS=) another issuer's."""
    issuer, equals, _token = value.partition("=")
    return issuer + equals if equals and _ISSUER.fullmatch(issuer) else ""


def remove_verification(entry: Entry, name: str, value: str) -> Record:
    return record_set(entry, name, "TXT", [value], None, mode="absent")


def route(entry: Entry, target: Target, present: Records | None) -> list[Record]:
    """The records that send the traffic of a site to the CDN.

    A at the apex, where AAAA is removed, because it would bypass the firewall; CNAME at every other name, which
    replaces A and AAAA.

    :param present: what was read and saved: the records are changed only if they still equal this. For missing names,
        any records are accepted.
    """
    records = []
    for name in entry["names"]:
        there = None if present is None else present.get(name)
        expected: dict[str, t.Any] = {} if there is None else {"expected": expectation(there)}
        if not (entry["apex"] and name == entry["domain"]):
            if target.dns_new_cname:
                records.append(record_set(entry, name, "CNAME", [target.dns_new_cname], target.ttl, **expected))
        elif target.dns_new_a:
            records.append(record_set(entry, name, "A", target.dns_new_a, target.ttl, **expected))
            records.append(record_set(entry, name, "AAAA", [], target.ttl))
    return records


def lower_ttl(entry: Entry, present: Records, ttl: int) -> list[Record]:
    """The same records with a lower TTL, if theirs is higher."""
    return [
        record_set(entry, name, kind, there.values, ttl, expected=expectation(present[name]))
        for name in entry["names"]
        for kind, there in sorted(present.get(name, {}).items())
        if there.ttl > ttl
    ]


def restore(entry: Entry, wanted: Records) -> list[Record]:
    """The records that restore ``wanted`` at the names of a site."""
    records = []
    for name in entry["names"]:
        types = wanted[name]
        if "CNAME" in types:
            records.append(_as_it_was(entry, name, "CNAME", types["CNAME"]))
            continue
        if name != entry["zone"]:
            records.append(_as_it_was(entry, name, "CNAME", None))
        records += [_as_it_was(entry, name, kind, types.get(kind)) for kind in ("A", "AAAA")]
    return records


def _as_it_was(entry: Entry, name: str, kind: str, there: RecordSet | None) -> Record:
    return record_set(entry, name, kind, there.values if there else [], there.ttl if there else None)


def expectation(types: t.Mapping[str, RecordSet]) -> dict[str, list[str]]:
    """What a name must still have, by type, for a change to be allowed."""
    return {kind: list(types[kind].values) if kind in types else [] for kind in ("A", "AAAA", "CNAME")}


def is_so(record: Record, values: t.Sequence[str]) -> bool:
    """Whether a record set with these values matches ``record``."""
    there, wanted = spelled(map(str, values)), spelled(map(str, record["values"]))
    if record["mode"] == "absent":
        return not wanted & there
    if record["mode"] == "exact":
        return wanted == there
    prefix = record.get("replace_prefix")
    return wanted <= there and not (prefix and any(value.startswith(prefix.lower()) for value in there - wanted))


def is_own_change(record: Record, result: t.Mapping[str, t.Any]) -> bool:
    """Whether what changed in a set is what ``record`` asked for: sites can have their TXT values in one set.

    :param result: of the set.
    """
    if not result.get("changed") or record["mode"] == "exact" or "before" not in result:
        return bool(result.get("changed"))
    before = spelled(map(str, (result["before"] or {"values": ()})["values"]))
    after, wanted = spelled(map(str, result["values"])), spelled(map(str, record["values"]))
    if before == after:  # it could not be read afterwards
        return True
    if record["mode"] == "absent":
        return bool(wanted & before - after)
    prefix = (record.get("replace_prefix") or "").lower()
    return bool((wanted & after) - before) or bool(
        prefix and any(value.startswith(prefix) for value in before - after - wanted)
    )


def same_records(names: t.Iterable[str], one: Records, other: Records) -> bool:
    """Whether all names have the same values in both."""
    return all(
        same_values(one.get(name, {}).get(kind), other.get(name, {}).get(kind))
        for name in names
        for kind in ("A", "AAAA", "CNAME")
    )
