# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a user wants of record sets: the entries of the input, checked before the first query."""

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
class Wish:
    """One entry of the input.

    :param zone: the zone as given, or ``None``: to be found.
    :param records: the values; none of them removes the set (C(exact) only).
    :param ttl: seconds, or ``None``: keep what is there.
    :param replace_prefix: other values of the set that begin with these bytes are replaced (TXT, C(present) only).
    :param expected: by type, the values that may be at the name before the change; what is there besides is not ours
        to replace, and nothing is changed.
    :param group: wishes of one group come true together, or none of them does.
    :param fallback: the values if this wish came true and another one of its group did not, although the server had
        accepted the update.
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

    @property
    def key(self) -> Key:
        return self.name, self.rdtype

    @functools.cached_property
    def keys(self) -> frozenset[bytes]:
        return frozenset(key(record) for record in self.records)

    @property
    def fills(self) -> bool:
        """Whether this wish puts values into the set."""
        return self.mode != "absent" and bool(self.records)


def parse_wishes(entries: t.Sequence[t.Mapping[str, t.Any]]) -> list[Wish]:
    """The checked form of the option O(record_sets).

    :raises BadInputError: an entry is wrong, or two entries contradict each other. The message names the records.
    """
    wishes = [_parse_wish(position, entry) for position, entry in enumerate(entries, 1)]
    _refuse_contradictions(wishes)
    return wishes


def _parse_wish(position: int, entry: t.Mapping[str, t.Any]) -> Wish:
    try:
        wish = Wish(
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
        )
        _check(wish)
    except BadInputError as error:
        error.message = f"record_sets, entry {position} ({entry['name']} {entry['type']}): {error.message}"
        raise
    return wish


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


def _check(wish: Wish) -> None:
    """Refuse what is wrong in one entry whatever the zone holds."""
    if wish.zone is not None and not wish.name.is_subdomain(wish.zone):
        raise BadInputError(
            f"The name does not lie in the zone {shown(wish.zone)}.",
            hint="Names are fully qualified here: www.example.com in the zone example.com.",
        )
    if wish.zone is None and len(wish.name.labels) < 3:
        raise BadInputError("The name is not fully qualified.", hint="Write it in full, such as www.example.com.")
    if wish.ttl is not None and not 0 <= wish.ttl <= MAX_TTL:
        raise BadInputError(f"The TTL {wish.ttl} is not between 0 and {MAX_TTL} seconds.")
    if wish.mode != "exact" and not wish.records:
        raise BadInputError(f"mode {wish.mode} needs at least one value.")
    if wish.rdtype == dns.rdatatype.CNAME:
        _check_cname(wish)
    if wish.replace_prefix is not None:
        _check_prefix(wish)
    if wish.fallback and (wish.group is None or wish.mode != "exact"):
        raise BadInputError("fallback goes with a group and mode exact only.")
    if wish.rdtype == dns.rdatatype.TXT and wish.mode != "absent":
        for record in wish.keys:
            if len(record) > 1 and record[:1] == record[-1:] == b'"':
                raise BadInputError(
                    "A text stands in quotation marks that would be published with it.",
                    hint="TXT values are plain text, without the quotation marks of a zone file.",
                )


def _check_cname(wish: Wish) -> None:
    if wish.mode == "present":
        raise BadInputError("A CNAME set has one value: use mode exact.")
    if wish.mode == "exact" and len(wish.records) > 1:
        raise BadInputError(f"A CNAME set has one value, and there are {len(wish.records)}.")
    if wish.fills and wish.name == wish.zone:
        raise apex_refusal(wish.name)


def apex_refusal(zone: dns.name.Name) -> BadInputError:
    """The error for a CNAME at the apex of ``zone``."""
    return BadInputError(
        f"{shown(zone)} is the apex of its zone, and no CNAME can stand there (SOA and NS do).",
        hint="Use A and AAAA records at the apex.",
    )


def _check_prefix(wish: Wish) -> None:
    if wish.rdtype != dns.rdatatype.TXT or wish.mode != "present":
        raise BadInputError("replace_prefix goes with type TXT and mode present only.")
    if not wish.replace_prefix:
        raise BadInputError("replace_prefix is empty: it would replace every value of the set.")


def _parse_values(type_name: str, values: t.Sequence[str]) -> tuple[dns.rdata.Rdata, ...]:
    """The records, each once."""
    records = (parse_value(parse_type(type_name), str(value)) for value in values)
    return tuple({key(record): record for record in records}.values())


def _refuse_contradictions(wishes: t.Sequence[Wish]) -> None:
    by_name: dict[dns.name.Name, list[Wish]] = {}
    for wish in wishes:
        by_name.setdefault(wish.name, []).append(wish)
    for group in by_name.values():
        for one, other in itertools.combinations(group, 2):
            problem = _contradiction(one, other)
            if problem:
                raise BadInputError(
                    f"Two entries of record_sets contradict each other: {shown(one.name)} {type_text(one.rdtype)} "
                    f"({one.mode}) and {type_text(other.rdtype)} ({other.mode}): {problem}.",
                    hint="Nothing was changed. Say for each record set once what it shall be.",
                )


def _contradiction(one: Wish, other: Wish) -> str:
    """Why two wishes for one name cannot both come true, or an empty text."""
    if one.zone is not None and other.zone is not None and one.zone != other.zone:
        return "they name different zones"
    if one.rdtype != other.rdtype:
        beside_cname = dns.rdatatype.CNAME in (one.rdtype, other.rdtype) and one.fills and other.fills
        return "nothing can stand beside a CNAME" if beside_cname else ""
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
