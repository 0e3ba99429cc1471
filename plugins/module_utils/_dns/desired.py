# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The desired record sets: the entries of the input, checked before the first query."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.names import parse_name, shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import (
    MAX_TTL,
    Key,
    key,
    parse_type,
    parse_value,
    type_text,
)
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    import dns.name
    import dns.rdata
    import dns.rdatatype
except ImportError:
    note_missing("dnspython")


@dataclasses.dataclass(frozen=True)
class DesiredRecordSet:
    """One entry of the input.

    :param zone: the zone as given; ``None``: to be looked up.
    :param records: the values; an empty list removes the set (C(exact) only).
    :param ttl: seconds; ``None`` keeps the current one.
    :param replace_prefix: other values of the set with this prefix are replaced (TXT, C(present) only).
    :param expected: by type, the values that may be at the name before the change; with any other values,
        nothing is changed.
    :param group: the record sets of one group are changed together, or not at all.
    :param fallback: the values if this set was changed and another one of its group was not, although the server had
        accepted the update.
    :param provider: the name of its DNS provider; ``None``: by its zone.
    :param accept: what its owner accepts from a provider with fewer guarantees (C(best_effort)).
    """

    name: dns.name.Name
    rdtype: dns.rdatatype.RdataType
    mode: str
    records: tuple[dns.rdata.Rdata, ...]
    zone: dns.name.Name | None = None
    ttl: int | None = None
    replace_prefix: bytes | None = None
    expected: tuple[tuple[dns.rdatatype.RdataType, frozenset[bytes]], ...] = ()
    group: str | None = None
    fallback: tuple[dns.rdata.Rdata, ...] = ()
    provider: str | None = None
    accept: str | None = None

    @property
    def key(self) -> Key:
        return self.name, self.rdtype

    @functools.cached_property
    def keys(self) -> frozenset[bytes]:
        return frozenset(key(record) for record in self.records)

    @property
    def fills(self) -> bool:
        """Whether the set gets values."""
        return self.mode != "absent" and bool(self.records)


def parse_desired(entries: t.Sequence[t.Mapping[str, t.Any]]) -> list[DesiredRecordSet]:
    """The checked form of the option O(record_sets).

    :raises BadInputError: an entry is invalid, or two entries contradict each other. The message names the records.
    """
    desired = [_parse_entry(position, entry) for position, entry in enumerate(entries, 1)]
    for _one, _other, error in _contradictions(desired):
        raise error
    return desired


def parse_groups(
    entries: t.Sequence[t.Mapping[str, t.Any]],
) -> tuple[list[DesiredRecordSet], dict[str, BadInputError]]:
    """The same for entries that all have a group: an error in one group does not affect the others.

    :returns: the record sets of the valid groups, and the error of each other group.
    """
    desired: list[DesiredRecordSet] = []
    refused: dict[str, BadInputError] = {}
    for position, entry in enumerate(entries, 1):
        parsed = _parsed_or_refused(position, entry)
        if isinstance(parsed, BadInputError):
            refused.setdefault(entry["group"], parsed)
        else:
            desired.append(parsed)
    for one, other, error in _contradictions([each for each in desired if each.group not in refused]):
        for each in (one, other):
            refused.setdefault(str(each.group), error)
    return [each for each in desired if each.group not in refused], refused


def _parsed_or_refused(position: int, entry: t.Mapping[str, t.Any]) -> DesiredRecordSet | BadInputError:
    try:
        return _parse_entry(position, entry)
    except BadInputError as error:
        return error


def _parse_entry(position: int, entry: t.Mapping[str, t.Any]) -> DesiredRecordSet:
    try:
        desired_set = DesiredRecordSet(
            name=parse_name(entry["name"], "name of a record set"),
            rdtype=parse_type(entry["type"]),
            mode=entry.get("mode") or "exact",
            records=_parse_values(entry["type"], entry["values"]),
            zone=parse_name(entry["zone"], "zone") if entry.get("zone") else None,
            ttl=entry.get("ttl"),
            replace_prefix=_prefix(entry.get("replace_prefix")),
            expected=_parse_expected(entry.get("expected") or {}),
            group=entry.get("group"),
            fallback=_parse_values(entry["type"], entry.get("fallback") or ()),
            provider=entry.get("dns") or None,
            accept=entry.get("dns_accept") or None,
        )
        _check(desired_set)
    except BadInputError as error:
        error.message = f"record_sets, entry {position} ({entry['name']} {entry['type']}): {error.message}"
        raise
    return desired_set


def _prefix(text: str | None) -> bytes | None:
    try:
        return None if text is None else text.encode("utf-8")
    except UnicodeEncodeError:
        raise BadInputError(f"replace_prefix: {text!r} is not valid Unicode.") from None


def _parse_expected(
    expected: t.Mapping[str, t.Sequence[str]],
) -> tuple[tuple[dns.rdatatype.RdataType, frozenset[bytes]], ...]:
    parsed = []
    for name, values in expected.items():
        rdtype = parse_type(name)
        parsed.append((rdtype, frozenset(key(parse_value(rdtype, str(value))) for value in values)))
    return tuple(parsed)


def _check(desired_set: DesiredRecordSet) -> None:
    """Refuse errors in one entry that do not depend on the content of the zone."""
    if desired_set.zone is not None and not desired_set.name.is_subdomain(desired_set.zone):
        raise BadInputError(
            f"The name is not in the zone {shown(desired_set.zone)}.",
            hint="Write fully qualified names, such as www.example.com in the zone example.com.",
        )
    if desired_set.zone is None and len(desired_set.name.labels) < 3:
        raise BadInputError("The name is not fully qualified.", hint="Write it in full, such as www.example.com.")
    if desired_set.ttl is not None and not 0 <= desired_set.ttl <= MAX_TTL:
        raise BadInputError(f"The TTL {desired_set.ttl} is not between 0 and {MAX_TTL} seconds.")
    if desired_set.mode != "exact" and not desired_set.records:
        raise BadInputError(f"mode {desired_set.mode} needs at least one value.")
    if desired_set.rdtype == dns.rdatatype.CNAME:
        _check_cname(desired_set)
    if desired_set.replace_prefix is not None:
        _check_prefix(desired_set)
    if desired_set.fallback and (desired_set.group is None or desired_set.mode != "exact"):
        raise BadInputError("fallback requires a group and mode exact.")
    if desired_set.rdtype == dns.rdatatype.TXT and desired_set.mode != "absent":
        for record in desired_set.keys:
            if len(record) > 1 and record[:1] == record[-1:] == b'"':
                raise BadInputError(
                    "A text is in quotation marks, which would be published with it.",
                    hint="Write TXT values as plain text, without the quotation marks of a zone file.",
                )


def _check_cname(desired_set: DesiredRecordSet) -> None:
    if desired_set.mode == "present":
        raise BadInputError("A CNAME set has one value: use mode exact.")
    if desired_set.mode == "exact" and len(desired_set.records) > 1:
        raise BadInputError(f"A CNAME set has one value, not {len(desired_set.records)}.")
    if desired_set.fills and desired_set.name == desired_set.zone:
        raise apex_refusal(desired_set.name)


def apex_refusal(zone: dns.name.Name) -> BadInputError:
    """The error for a CNAME at the apex of ``zone``."""
    return BadInputError(
        f"{shown(zone)} is the apex of its zone, which cannot have a CNAME (it has SOA and NS records).",
        hint="Use A and AAAA records at the apex.",
    )


def _check_prefix(desired_set: DesiredRecordSet) -> None:
    if desired_set.rdtype != dns.rdatatype.TXT or desired_set.mode != "present":
        raise BadInputError("replace_prefix requires type TXT and mode present.")
    if not desired_set.replace_prefix:
        raise BadInputError("replace_prefix is empty: it would replace every value of the set.")


def _parse_values(type_name: str, values: t.Sequence[str]) -> tuple[dns.rdata.Rdata, ...]:
    """The records, each once."""
    records = (parse_value(parse_type(type_name), str(value)) for value in values)
    return tuple({key(record): record for record in records}.values())


def _contradictions(
    desired: t.Sequence[DesiredRecordSet],
) -> t.Iterator[tuple[DesiredRecordSet, DesiredRecordSet, BadInputError]]:
    """All contradicting pairs, and the reason."""
    by_name: dict[tuple[dns.name.Name, str | None], list[DesiredRecordSet]] = {}
    for desired_set in desired:
        # Two providers may have the same zone.
        by_name.setdefault((desired_set.name, desired_set.provider), []).append(desired_set)
    for group in by_name.values():
        for one, other in itertools.combinations(group, 2):
            problem = _contradiction(one, other)
            if problem:
                error = BadInputError(
                    f"Two entries of record_sets contradict each other: {shown(one.name)} {type_text(one.rdtype)} "
                    f"({one.mode}) and {type_text(other.rdtype)} ({other.mode}): {problem}.",
                    hint="Nothing was changed. Define each record set once.",
                )
                yield one, other, error


def _contradiction(one: DesiredRecordSet, other: DesiredRecordSet) -> str:
    """Why two entries for one name cannot both be fulfilled, or an empty text."""
    if one.zone is not None and other.zone is not None and one.zone != other.zone:
        return "they name different zones"
    if one.rdtype != other.rdtype:
        beside_cname = dns.rdatatype.CNAME in (one.rdtype, other.rdtype) and one.fills and other.fills
        return "a CNAME cannot have other records at its name" if beside_cname else ""
    if None not in (one.ttl, other.ttl) and one.ttl != other.ttl:
        return "they have different TTLs"
    if "exact" in (one.mode, other.mode):
        return "" if one.mode == other.mode and one.keys == other.keys else "one of them is the whole set"
    if one.mode != other.mode:
        return "one adds what the other removes" if one.keys & other.keys else ""
    for first, second in ((one, other), (other, one)):
        prefix = first.replace_prefix
        if prefix is not None and any(text.startswith(prefix) for text in second.keys - first.keys):
            return "one replaces what the other adds"
    return ""
