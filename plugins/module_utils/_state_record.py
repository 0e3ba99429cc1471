# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state record of a site, in the zone itself: the TXT record C(_websec.<domain>).

A job in a disposable container finds it there again, above all the DNS records from before the traffic was sent to the
CDN. The text is C(v=websec1), a blank, and compact JSON with sorted keys.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import parse_json, utc_text, utc_time
from ansible_collections.hosting.websec.plugins.module_utils._record_values import MAX_TTL, is_text, is_value
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted

T = t.TypeVar("T")

MARK = "v=websec1 "
LABEL = "_websec"
TYPES = ("A", "AAAA", "CNAME")
"""The types of records that are saved, changed and restored."""
_KEYS = frozenset(
    (
        "site",
        "original",
        "target",
        "verification",
        "origin",
        "certificate",
        "ssl",
        "state",
        "since",
        "restored",
        "wait",
    )
)
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclasses.dataclass(frozen=True)
class RecordSet:
    """TTL in seconds and values of one record set."""

    ttl: int
    values: tuple[str, ...]


Records = t.Mapping[str, t.Mapping[str, RecordSet]]
"""By name and type. A name without types had no records."""


@dataclasses.dataclass(frozen=True)
class Target:
    """Where the traffic was sent at the cut-over; ``ttl`` in seconds is that of the records then set."""

    dns_new_a: tuple[str, ...]
    dns_new_cname: str | None
    ttl: int


@dataclasses.dataclass(frozen=True)
class StateRecord:
    """Everything that is saved of one site. Times are UTC, to the second.

    :param original: the records from before the cut-over, as far as they are known; missing names are unknown.
    :param target: the CDN target, once the cut-over was made; ``None``: not yet.
    :param verification: name and value of the TXT record that we published and that is still in place.
    :param state: the last state from the API, and ``since`` when it was first seen.
    :param origin: the name of the origin whose record a pass set, see C(origin_name) of an entry.
    :param certificate: SHA-256 of the certificate that was uploaded last, as hexadecimal digits in lower case.
    :param ssl: the method that was sent last to switch SSL on, C(enableWafSSL) or C(detectWafSSL).
    :param restored: when the original records were restored, and ``wait``: seconds that caches may keep the others.
    """

    site_id: int
    original: Records = dataclasses.field(default_factory=dict)
    target: Target | None = None
    verification: tuple[str, str] | None = None
    origin: str | None = None
    certificate: str | None = None
    ssl: str | None = None
    state: str | None = None
    since: datetime.datetime | None = None
    restored: datetime.datetime | None = None
    wait: int = 0

    def says(self) -> StateRecord:
        """The same without the times of the pass: two passes with the same changes give the same result."""
        epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        restored = None if self.restored is None else epoch
        return dataclasses.replace(self, state=None, since=None, restored=restored, wait=0)


def spelled(values: t.Iterable[str]) -> frozenset[str]:
    """Values for comparison: unordered, in lower case, names without the trailing dot."""
    return frozenset(value.rstrip(".").lower() for value in values)


def same_values(one: RecordSet | None, other: RecordSet | None) -> bool:
    """Whether two record sets have the same values, whatever their TTL, order and spelling."""
    return _spelled(one) == _spelled(other)


def points_to(types: t.Mapping[str, RecordSet], target: Target) -> bool:
    """Whether any record at a name points to the CDN."""
    addresses = _spelled(types.get("A")) & set(target.dns_new_a)
    return bool(addresses) or _spelled(types.get("CNAME")) == spelled([target.dns_new_cname or "-"])


def _spelled(there: RecordSet | None) -> frozenset[str]:
    return spelled(there.values) if there else frozenset()


def record_name(domain: str) -> str:
    """The name of the record of a site."""
    return f"{LABEL}.{domain}"


def to_text(state_record: StateRecord) -> str:
    """The value of the TXT record; the same state record always gives the same text."""
    content = {
        "site": state_record.site_id,
        "original": {
            name: {kind: [record_set.ttl, *record_set.values] for kind, record_set in sorted(types.items())}
            for name, types in state_record.original.items()
        },
        "target": [state_record.target.ttl, state_record.target.dns_new_cname, *state_record.target.dns_new_a]
        if state_record.target
        else None,
        "verification": state_record.verification,
        "origin": state_record.origin,
        "certificate": state_record.certificate,
        "ssl": state_record.ssl,
        "state": state_record.state,
        "since": _time_text(state_record.since),
        "restored": _time_text(state_record.restored),
        "wait": state_record.wait,
    }
    kept = {key: value for key, value in content.items() if value not in (None, {}, 0)}
    return MARK + json.dumps(kept, sort_keys=True, separators=(",", ":"))


def from_values(domain: str, site_id: int | None, values: t.Sequence[str]) -> StateRecord | None:
    """The state record in the values of the TXT record set at ``record_name(domain)``; ``None`` if there are none.

    :param site_id: the site that it must belong to; ``None``: unknown.

    :raises BadInputError: the value is not ours, belongs to another site, or was edited into something invalid.
    """
    if not values:
        return None
    where = f"{domain}: the TXT record at {record_name(domain)}"
    if len(values) > 1 or not values[0].startswith(MARK):
        raise BadInputError(
            f"{where} was not written by this collection ({_shortened(values)}).",
            hint="Nothing was changed for this site. Find out what uses this name, and remove that record.",
        )
    try:
        state_record = _parse(parse_json(values[0][len(MARK) :].encode("utf-8"), exact=True))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError) as problem:
        raise BadInputError(
            f"{where} cannot be read: it was changed by hand ({_shortened(values)}: {_shortened([str(problem)])}).",
            hint="Nothing was changed for this site. Restore the previous value, or remove the record and set restore "
            "in the site's entry to the original records.",
        ) from None
    if site_id is not None and state_record.site_id != site_id:
        raise BadInputError(
            f"{where} belongs to site {state_record.site_id}, but the entry has site {site_id}.",
            hint="Correct site_id. If the site was ordered again with another number, remove the record first.",
        )
    return state_record


def _parse(content: t.Any) -> StateRecord:
    unknown = content.keys() - _KEYS
    if unknown:
        raise ValueError(f"unknown {', '.join(sorted(unknown))}")
    state_record = StateRecord(
        site_id=_whole(content["site"]),
        original={_text(name): _types(types) for name, types in content.get("original", {}).items()},
        target=_given(content, "target", _target),
        verification=_given(content, "verification", _verification),
        origin=_given(content, "origin", _name),
        certificate=_given(content, "certificate", _fingerprint),
        ssl=_given(content, "ssl", _text),
        state=_given(content, "state", _text),
        since=_given(content, "since", _time),
        restored=_given(content, "restored", _time),
        wait=_ttl(content.get("wait", 0)),
    )
    if state_record.restored is not None:
        state_record.restored + datetime.timedelta(seconds=state_record.wait)  # a time at all?
    return state_record


def _given(content: t.Mapping[str, t.Any], key: str, parse: t.Callable[[t.Any], T]) -> T | None:
    return parse(content[key]) if key in content else None


def _types(types: t.Mapping[str, t.Any]) -> dict[str, RecordSet]:
    sets = {_known(kind): _record_set(kind, values) for kind, values in types.items()}
    if "CNAME" in sets and (len(sets) > 1 or len(sets["CNAME"].values) > 1):
        raise ValueError("a CNAME together with other records")
    return sets


def _record_set(kind: str, values: t.Any) -> RecordSet:
    if not isinstance(values, list) or len(values) < 2:
        raise ValueError("a record set without values")
    return RecordSet(_ttl(values[0]), tuple(_value(kind, value) for value in values[1:]))


def _target(values: t.Any) -> Target:
    if not isinstance(values, list):
        raise ValueError(f"{values!r} where a list is expected")
    ttl, cname, *addresses = values
    return Target(
        tuple(_value("A", address) for address in addresses),
        None if cname is None else _value("CNAME", cname),
        _ttl(ttl),
    )


def _verification(values: t.Any) -> tuple[str, str]:
    if not isinstance(values, list):
        raise ValueError(f"{values!r} where a list is expected")
    name, value = values
    if not is_value("CNAME", _text(name)) or not is_text(_text(value)):
        raise ValueError(f"{values!r} where name and value of a TXT record are expected")
    return name, value


def _value(kind: str, value: t.Any) -> str:
    if not is_value(kind, _text(value)):
        raise ValueError(f"{value!r} where a value of type {kind} is expected")
    return str(value)


def _name(value: t.Any) -> str:
    return _value("CNAME", value)


def _known(kind: str) -> str:
    if kind not in TYPES:
        raise ValueError(f"a record of type {kind}")
    return kind


def _fingerprint(value: t.Any) -> str:
    if not _SHA256.fullmatch(_text(value)):
        raise ValueError(f"{value!r} where a fingerprint is expected")
    return str(value)


def _whole(value: t.Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r} where a number is expected")
    return value


def _ttl(value: t.Any) -> int:
    if _whole(value) > MAX_TTL:
        raise ValueError(counted(value, "second"))
    return int(value)


def _text(value: t.Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{value!r} where a text is expected")
    return value


def _time_text(time: datetime.datetime | None) -> str | None:
    return utc_text(time) if time else None


def _time(text: t.Any) -> datetime.datetime:
    time = utc_time(text)
    if time is None:
        raise ValueError(f"{text!r} where a time is expected")
    return time


def _shortened(values: t.Sequence[str]) -> str:
    text = " | ".join(values)
    return repr(text[:80] + ("..." if len(text) > 80 else ""))
