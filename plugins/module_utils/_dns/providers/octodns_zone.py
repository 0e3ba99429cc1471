# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The content of a zone as an octoDNS provider read it. Pure."""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.plan import Change, Snapshot
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.octodns_values import (
    relative,
    set_from_octodns,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import Key, RecordSet, same, type_text
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    import dns.exception
    import dns.name
    import dns.rdatatype
    from dns.rdatatype import AAAA, CNAME, A
except ImportError:
    note_missing("dnspython")

_ADDRESSES = ("A", "AAAA", "CNAME")


class ZoneContent:
    """The content of a zone at ``read_at``, and the provider object that read it."""

    def __init__(self, zone: t.Any, provider: t.Any, read_at: float) -> None:
        self.zone = zone
        self.read_at = read_at
        self.provider = provider
        self._records: dict[str, dict[str, t.Any]] = {}
        for record in zone.records:
            self._records.setdefault(record.name.lower(), {})[record._type] = record

    def _at(self, name: dns.name.Name) -> dict[str, t.Any]:
        return self._records.get(relative(name, self.zone), {})

    def keys_at(self, name: dns.name.Name) -> list[Key]:
        """The sets of DNS types at ``name``."""
        return [(name, rdtype) for kind in self._at(name) if (rdtype := _rdtype(kind)) is not None]

    def record_at(self, at: Key) -> t.Any:
        return self._at(at[0]).get(type_text(at[1]))

    def set_at(self, at: Key) -> RecordSet | WebsecError | None:
        record = self.record_at(at)
        if record is None:
            return None
        try:
            return set_from_octodns(record)
        except WebsecError as error:
            return error

    def set_or_none(self, at: Key) -> RecordSet | None:
        """Like ``set_at``, but raises errors.

        :raises WebsecError: it cannot be read.
        """
        found = self.set_at(at)
        if isinstance(found, WebsecError):
            raise found
        return found

    def special_at(self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> list[str]:
        """The provider-specific record at ``name`` instead of a set of this type: a dynamic record, or an alias that
        answers for addresses."""
        records = self._at(name)
        kinds = _ADDRESSES if rdtype in (A, AAAA, CNAME) else (type_text(rdtype),)
        special = [f"dynamic {kind}" for kind in kinds if _is_dynamic(records.get(kind))]
        if rdtype in (A, AAAA, CNAME):
            special += sorted(kind for kind in records if _rdtype(kind) is None)
        return special

    def cut_above(self, name: dns.name.Name) -> tuple[dns.name.Name, str] | None:
        """The name at which the zone ends above ``name`` or at it, and why: C(NS) or C(DNAME)."""
        apex = dns.name.from_text(self.zone.name)
        place = name
        while place != apex and place.is_subdomain(apex):
            records = self._at(place)
            if "NS" in records:
                return place, "NS"
            if "DNAME" in records and place != name:
                return place, "DNAME"
            place = place.parent()
        return (apex, "DNAME") if "DNAME" in self._at(apex) and name != apex else None


def _is_dynamic(record: t.Any) -> bool:
    return bool(getattr(record, "dynamic", None) or getattr(record, "geo", None))


def is_as_expected(content: ZoneContent, changes: t.Sequence[Change], expected: Snapshot, *, strict: bool) -> bool:
    """Whether the zone matches the state before the changes.

    :param strict: nothing was sent yet; otherwise a set may also match the state after its change.
    """
    goals = {change.key: change.after for change in changes}
    for at, before in expected.items():
        there = content.set_or_none(at)
        if not same(there, before) and (strict or at not in goals or not same(there, goals[at])):
            return False
    # A record that did not exist when this was planned may conflict with it now.
    for change in changes:
        if change.after is not None:
            others = [at for at in content.keys_at(change.name) if at not in goals and at not in expected]
            if any(CNAME in (change.rdtype, rdtype) for _name, rdtype in others):
                return False
    return True


@functools.lru_cache(maxsize=256)
def _rdtype(kind: str) -> dns.rdatatype.RdataType | None:
    """The DNS type of a type of octoDNS; C(None) for a provider-specific one (C(ALIAS) and the like)."""
    if "/" in kind or kind in ("ALIAS", "URLFWD"):
        return None
    try:
        return dns.rdatatype.from_text(kind)
    except (dns.exception.DNSException, ValueError):
        return None
