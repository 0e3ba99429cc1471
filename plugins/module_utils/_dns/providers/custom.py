# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A custom provider: a Python class with plain data in and out, by its path.

The class has C(zones(names)), C(read(zone, record_sets)) and C(change(zone, changes, expected)), and may declare its
guarantees with C(conditional) and C(atomicity). docs/dns-providers.md has a complete example.

Its answers are checked here: their types, that they are about the request, and that they can be true.
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
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.foreign import foreign_code
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
    MAX_TTL,
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
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
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
        missing = [method for method in METHODS if not callable(self._attribute(method, None))]
        atomicity, conditional = self._attribute("atomicity", NOT_ATOMIC), self._attribute("conditional", False)
        if missing:
            raise BadInputError(
                f"{self.label} has no method {', '.join(missing)}.", hint="See docs/dns-providers.md for the interface."
            )
        if atomicity not in (ZONE_ATOMIC, NOT_ATOMIC):
            raise BadInputError(
                f"{self.label}: atomicity is neither {ZONE_ATOMIC} nor {NOT_ATOMIC}.",
                hint="Correct the class.",
            )
        if not isinstance(conditional, bool):
            raise BadInputError(f"{self.label}: conditional is not True or False.", hint="Correct the class.")
        self.capabilities = Capabilities(conditional, atomicity)

    def _attribute(self, name: str, default: t.Any) -> t.Any:
        return self._call(f"looking up {name}", lambda: getattr(self._inner, name, default))

    def close(self) -> None:
        close = getattr(self._inner, "close", None)
        if callable(close):
            close()

    def name_server_lookup(self) -> NameServerLookup:
        return SystemLookup(self)

    def _call(self, doing: str, call: t.Callable[[], t.Any], *, write: bool = False) -> t.Any:
        with self._breaker.call(doing):
            try:
                with foreign_code():
                    return call()
            except Exception as error:  # completed changes of other zones must still be reported
                problem, _again = library_error(error, label=self.label, doing=doing, redact=self._redact, write=write)
                raise problem from None

    def zones(self, names: t.Collection[dns.name.Name]) -> Found:
        try:
            answered = self._call("finding zones", lambda: self._inner.zones([shown(name) for name in names]))
        except WebsecError as error:
            return dict.fromkeys(names, error)
        if not isinstance(answered, dict):
            return dict.fromkeys(names, self._wrong("zones", "it did not return a mapping"))
        found = {name: self._zone(name, answered.get(shown(name))) for name in names}
        known = {zone for zone in found.values() if not isinstance(zone, WebsecError)}
        return {name: self._closest(name, zone, known) for name, zone in found.items()}

    def _zone(self, name: dns.name.Name, text: t.Any) -> dns.name.Name | WebsecError:
        if text is None or text == "":
            return NotFoundError(f"{self.label} has no zone for {shown(name)}.", hint="Check the spelling of the name.")
        if not isinstance(text, str):
            return self._wrong("zones", f"the zone of {shown(name)} is not a text")
        try:
            zone = parse_name(text, "zone")
        except BadInputError as error:
            return self._wrong("zones", error.message)
        if zone == dns.name.root:
            return self._wrong("zones", f"the zone of {shown(name)} is the root zone")
        if not name.is_subdomain(zone):
            return self._wrong("zones", f"{shown(name)} does not lie in {shown(zone)}")
        return zone

    def _closest(
        self, name: dns.name.Name, zone: dns.name.Name | WebsecError, known: t.Collection[dns.name.Name]
    ) -> dns.name.Name | WebsecError:
        """:param known: all zones in the answer. A parent of the zone that has a name must not be changed for it."""
        if isinstance(zone, WebsecError):
            return zone
        closer = max((each for each in known if name.is_subdomain(each)), key=len)
        if closer == zone:
            return zone
        return self._wrong("zones", f"{shown(name)} lies in {shown(closer)}, and not in its parent {shown(zone)}")

    def _wrong(self, method: str, problem: str) -> BadResponseError:
        return BadResponseError(
            f"{self.label}: the answer of {method}() is wrong: {self._redact(problem)}.",
            hint="Correct the class; see docs/dns-providers.md.",
        )

    def read(self, zone: dns.name.Name, keys: t.Sequence[Key], for_change: ForChange | None = None) -> Read:
        beside = [
            (each.name, rdtype)
            for each in (for_change.desired if for_change is not None else ())
            for rdtype in _beside(each)
        ]
        asked = list(dict.fromkeys([*keys, *beside]))
        plain = [(shown(name), type_text(rdtype)) for name, rdtype in asked]
        answered = self._call(f"reading the zone {shown(zone)}", lambda: self._inner.read(shown(zone), list(plain)))
        if not isinstance(answered, dict):
            raise self._wrong("read", "it did not return a mapping")
        for at in answered:
            self._refuse_outside(zone, at)
        return {at: self._record_set(at, answered.get(text)) for at, text in zip(asked, plain)}

    def _refuse_outside(self, zone: dns.name.Name, at: t.Any) -> None:
        if not isinstance(at, tuple) or len(at) != 2 or not all(isinstance(each, str) for each in at):
            raise self._wrong("read", "a key of the mapping is not (name, type)")
        try:
            inside = parse_name(at[0], "name").is_subdomain(zone)
        except BadInputError as error:
            raise self._wrong("read", error.message) from None
        if not inside:
            raise self._wrong("read", f"{at[0]} is not in the zone {shown(zone)}")

    def _record_set(self, at: Key, plain: t.Any) -> RecordSet | WebsecError | None:
        try:
            return parsed_set(at, plain)
        except (WebsecError, ValueError) as error:
            problem = f"the value for {shown(at[0])} {type_text(at[1])} is not a record set: {error}"
            return self._wrong("read", problem)

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


def parsed_set(at: Key, plain: t.Any) -> RecordSet | None:
    """The record set in an answer.

    :raises ValueError: it is none. :raises WebsecError: neither is one of its values.
    """
    if plain is None:
        return None
    if not isinstance(plain, dict):
        raise ValueError("it is not a mapping with ttl and values")
    values, ttl = plain.get("values"), plain.get("ttl")
    if not isinstance(values, (list, tuple)) or not all(isinstance(value, str) for value in values):
        raise ValueError("values is not a list of texts")
    if not values:
        return None
    ttl = whole_number(ttl) if isinstance(ttl, str) else ttl
    if not isinstance(ttl, int) or isinstance(ttl, bool) or not 0 <= ttl <= MAX_TTL:
        raise ValueError(f"ttl is not a number of seconds from 0 to {MAX_TTL}")
    if at[1] == CNAME and len(values) > 1:
        raise ValueError("a name has one CNAME only")
    return RecordSet(int(ttl), tuple(parse_value(at[1], str(value)) for value in values))


def _beside(desired_set: DesiredRecordSet) -> list[t.Any]:
    """The types that matter at the name of a set: addresses and a CNAME replace each other, and a CNAME cannot have
    other records at its name."""
    if desired_set.rdtype == CNAME and desired_set.fills:
        return [CNAME, A, AAAA, *types_beside_cname(unusual=False)]
    return [CNAME]


def _plain(record_set: RecordSet | None) -> PlainSet:
    return None if record_set is None else {"ttl": record_set.ttl, "values": record_set.values}
