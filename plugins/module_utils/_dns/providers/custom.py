# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A custom provider: a Python class with plain data in and out, by its path.

The class has C(zones(names)), C(read(zone, record_sets)) and C(change(zone, changes, expected)), and may declare its
guarantees with C(conditional) and C(atomicity). docs/dns-providers.md has a complete example.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._circuit_breaker import CircuitBreaker
from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import Endpoint
from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import DesiredRecordSet
from ansible_collections.hosting.websec.plugins.module_utils._dns.messages import types_beside_cname
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import parse_name, shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.plan import Change, Snapshot
from ansible_collections.hosting.websec.plugins.module_utils._dns.propagation import NameServerLookup, SystemLookup
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.interface import (
    NOT_ATOMIC,
    ZONE_ATOMIC,
    Capabilities,
    ChangeResult,
    ForChange,
    Read,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.library_errors import library_error
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import (
    Key,
    RecordSet,
    parse_value,
    same,
    type_text,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.zones import Found
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect, guard
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    BadResponseError,
    NotFoundError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._secrets import Redactor

try:
    import dns.name
    from dns.rdatatype import AAAA, CNAME, A
except ImportError:
    note_missing("dnspython")

PlainSet = t.Optional[dict[str, t.Any]]
"""C(ttl) and C(values), as in the option O(record_sets)."""

METHODS = ("zones", "read", "change")


class CustomProvider:
    """Drives an object of a user's class."""

    def __init__(
        self,
        name: str,
        inner: t.Any,
        *,
        secrets: t.Iterable[str],
        propagation_servers: t.Sequence[Endpoint],
        read_only: bool,
    ) -> None:
        """:raises BadInputError: the class does not have the interface."""
        self.label = f"{name} ({type(inner).__name__})"
        self.propagation_servers = tuple(propagation_servers)
        self._inner = inner
        self._redact = Redactor(secrets)
        self._read_only = read_only
        self._breaker = CircuitBreaker()
        missing = [method for method in METHODS if not callable(getattr(inner, method, None))]
        atomicity = getattr(inner, "atomicity", NOT_ATOMIC)
        if missing:
            raise BadInputError(
                f"{self.label} has no method {', '.join(missing)}.", hint="See docs/dns-providers.md for the interface."
            )
        if atomicity not in (ZONE_ATOMIC, NOT_ATOMIC):
            raise BadInputError(f"{self.label}: atomicity is {atomicity!r}; use {ZONE_ATOMIC} or {NOT_ATOMIC}.")
        self.capabilities = Capabilities(bool(getattr(inner, "conditional", False)), atomicity)

    def close(self) -> None:
        close = getattr(self._inner, "close", None)
        if callable(close):
            close()

    def name_server_lookup(self) -> NameServerLookup:
        return SystemLookup(self)

    def _call(self, doing: str, call: t.Callable[[], t.Any], *, write: bool = False) -> t.Any:
        with self._breaker.call(doing):
            try:
                return call()
            except (Exception, SystemExit) as error:  # completed changes of other zones must still be reported
                problem, _again = library_error(error, label=self.label, doing=doing, redact=self._redact, write=write)
                raise problem from None

    def zones(self, names: t.Collection[dns.name.Name]) -> Found:
        try:
            answered = self._call("finding zones", lambda: self._inner.zones([shown(name) for name in names]))
        except WebsecError as error:
            return dict.fromkeys(names, error)
        return {name: self._zone(name, answered) for name in names}

    def _zone(self, name: dns.name.Name, answered: t.Any) -> dns.name.Name | WebsecError:
        text = answered.get(shown(name)) if isinstance(answered, dict) else None
        try:
            zone = parse_name(text, "zone") if text else None
        except BadInputError as error:
            return BadResponseError(f"{self.label}, zones(): {self._redact(error.message)}")
        if zone is None or not name.is_subdomain(zone):
            return NotFoundError(f"{self.label} has no zone for {shown(name)}.", hint="Check the spelling of the name.")
        return zone

    def read(self, zone: dns.name.Name, keys: t.Sequence[Key], for_change: ForChange | None = None) -> Read:
        beside = [
            (each.name, rdtype)
            for each in (for_change.desired if for_change is not None else ())
            for rdtype in _beside(each)
        ]
        asked = list(dict.fromkeys([*keys, *beside]))
        plain = [(shown(name), type_text(rdtype)) for name, rdtype in asked]
        answered = self._call(f"reading the zone {shown(zone)}", lambda: self._inner.read(shown(zone), plain))
        if not isinstance(answered, dict):
            raise BadResponseError(f"{self.label}: read() did not return a mapping.", hint="See docs/dns-providers.md.")
        return {at: self._record_set(at, answered.get(text)) for at, text in zip(asked, plain)}

    def _record_set(self, at: Key, plain: t.Any) -> RecordSet | WebsecError | None:
        try:
            if not plain or not plain.get("values"):
                return None
            records = tuple(parse_value(at[1], str(value)) for value in plain["values"])
            return RecordSet(int(plain["ttl"]), records)
        except (WebsecError, ArithmeticError, AttributeError, KeyError, ValueError, TypeError) as error:
            problem = self._redact(str(error))
            return BadResponseError(
                f"{self.label}: the value of read() for {shown(at[0])} {type_text(at[1])} is not a record set: "
                f"{problem}",
                hint="See docs/dns-providers.md.",
            )

    def change(self, zone: dns.name.Name, changes: t.Sequence[Change], expected: Snapshot) -> ChangeResult:
        guard(Effect.CHANGE, "change", read_only=self._read_only)
        plain = [
            {
                "name": shown(change.name),
                "type": type_text(change.rdtype),
                "before": _plain(change.before),
                "after": _plain(change.after),
            }
            for change in changes
        ]
        rests_on = {(shown(name), type_text(rdtype)): _plain(each) for (name, rdtype), each in expected.items()}
        doing = f"changing the zone {shown(zone)}"
        try:
            if not self.capabilities.conditional and not self.holds(zone, changes, expected):
                return ChangeResult(stale=True)
            done = self._call(doing, lambda: self._inner.change(shown(zone), plain, rests_on), write=True)
        except WebsecError as error:
            if self.capabilities.atomicity != ZONE_ATOMIC:
                error.may_have_happened = True
            return ChangeResult(error=error, in_doubt=tuple(changes) if error.may_have_happened else ())
        return ChangeResult(stale=True) if done is False else ChangeResult(tuple(changes))

    def holds(self, zone: dns.name.Name, changes: t.Sequence[Change], expected: Snapshot) -> bool:
        there = self.read(zone, list(dict.fromkeys([*expected, *(change.key for change in changes)])))
        return all(not isinstance(each, WebsecError) and same(each, expected.get(at)) for at, each in there.items())


def _beside(desired_set: DesiredRecordSet) -> list[t.Any]:
    """The types that matter at the name of a set: addresses and a CNAME replace each other, and a CNAME cannot have
    other
    records at its name."""
    if desired_set.rdtype == CNAME and desired_set.fills:
        return [CNAME, A, AAAA, *types_beside_cname(unusual=False)]
    return [CNAME]


def _plain(record_set: RecordSet | None) -> PlainSet:
    return None if record_set is None else {"ttl": record_set.ttl, "values": record_set.values}
