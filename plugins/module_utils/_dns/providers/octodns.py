# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any provider class of octoDNS as a provider: octoDNS as a library, without its manager, its files and its processors.

A change is built from the current content of the zone: a copy of it with our sets over it, and changes for exactly
these sets. octoDNS guarantees neither that there is no other writer in between, nor, for all of its providers, that a
change is atomic. So the data that a change is based on is compared with a read right before it, and the callers read
the result right after it. What another writer writes to *the same set* between that read and the change, which is some
milliseconds, is lost; what it writes to any other set never is.

Providers of octoDNS cache what they have read, some of them forever. So each read uses a copy of the original provider
object: it shares the connections, and its caches are empty.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import random
import threading
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._circuit_breaker import CircuitBreaker
from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import Endpoint
from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import DesiredRecordSet
from ansible_collections.hosting.websec.plugins.module_utils._dns.messages import ElsewhereError
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.plan import Change, Snapshot
from ansible_collections.hosting.websec.plugins.module_utils._dns.propagation import NameServerLookup, SystemLookup
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.classes import (
    load_octodns_class,
    unknown_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.foreign import foreign_code
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.interface import (
    ZONE_ATOMIC,
    Capabilities,
    ChangeResult,
    ForChange,
    Read,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.library_errors import library_error
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.octodns_values import (
    record_for_octodns,
    unsafe_text,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.octodns_zone import (
    ZoneContent,
    is_as_expected,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import Key, RecordSet, same, type_text
from ansible_collections.hosting.websec.plugins.module_utils._dns.zones import Found, longest_zones
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect, guard
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    NotFoundError,
    RejectedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._secrets import Redactor

try:
    import dns.name
    import dns.rdatatype
except ImportError:
    note_missing("dnspython")

ATTEMPTS = 5
"""How often a call is made while the server is in trouble or the database is locked."""
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
"""Seconds between two of these calls; each pause is twice the previous one, with jitter."""

MOMENT = 0.5
"""Seconds: the age up to which a read counts as made right before a change."""

T = t.TypeVar("T")


@dataclasses.dataclass(frozen=True)
class OctodnsSettings:
    """
    :param name: of the provider, in the options. :param class_path: C(module.Class).
    :param options: for the class, with their secrets.
    :param texts: see ``octodns_values``. :param concurrency: maximum number of parallel calls.
    """

    name: str
    class_path: str
    options: t.Mapping[str, t.Any] = dataclasses.field(repr=False)
    secrets: tuple[str, ...] = dataclasses.field(repr=False)
    atomicity: str
    texts: str
    concurrency: int
    propagation_servers: tuple[Endpoint, ...] = ()


class OctodnsProvider:
    """Drives one provider object of octoDNS."""

    def __init__(self, settings: OctodnsSettings, *, read_only: bool, context: RunContext) -> None:
        """
        :raises BadInputError: the class is unusable, or its options are invalid.
        :raises MissingLibraryError: it, or octoDNS, is not installed.
        """
        self._settings = settings
        self._read_only = read_only
        self._context = context
        self._class = load_octodns_class(settings.class_path)
        self._redact = Redactor((*settings.secrets, *unknown_options(self._class, settings.options)))
        self._turn = threading.BoundedSemaphore(settings.concurrency)
        self._breaker = CircuitBreaker()
        self._listing = threading.Lock()
        self._recent: dict[dns.name.Name, ZoneContent] = {}
        self._made = self._make()

    @property
    def label(self) -> str:
        return f"{self._settings.name} ({self._settings.class_path.rpartition('.')[2]})"

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(conditional=False, atomicity=self._settings.atomicity)

    @property
    def propagation_servers(self) -> t.Sequence[Endpoint]:
        return self._settings.propagation_servers

    def close(self) -> None:
        """octoDNS cannot close a provider; its connections end with the process."""

    def name_server_lookup(self) -> NameServerLookup:
        return SystemLookup(self)

    # Making a provider object

    def _make(self) -> t.Any:
        try:
            with foreign_code():
                return self._class(self._settings.name, **self._settings.options)
        except TypeError as error:
            told = self._redact(str(error))
            missing = "missing" in told
            raise BadInputError(
                f"{self.label} {'lacks options, such as credentials' if missing else 'refuses its options'}: {told}",
                hint="Check the options in the documentation of this class.",
            ) from None
        except Exception as error:
            problem, _again = library_error(error, label=self.label, doing="set up", redact=self._redact)
            raise BadInputError(
                f"{self.label} does not accept its options: {problem.message}",
                hint="Check the options in the documentation of this class.",
            ) from None

    def _fresh(self) -> t.Any:
        """A copy of the provider object with empty caches."""
        fresh = copy.copy(self._made)
        for name, value in vars(self._made).items():
            if isinstance(value, (dict, list, set)) and not value:
                setattr(fresh, name, type(value)() if type(value) in (dict, list, set) else copy.copy(value))
        return fresh

    # Calls

    def _call(self, doing: str, call: t.Callable[[], T], *, write: bool = False) -> T:
        """What ``call`` returns.

        :raises WebsecError: it failed; C(again) of the error tells whether the same call may succeed later.
        """
        with self._turn:
            try:
                with foreign_code():
                    return call()
            except WebsecError:
                raise
            except Exception as error:
                problem, again = library_error(error, label=self.label, doing=doing, redact=self._redact, write=write)
                raise _Failed(problem, again) from None

    def _read_call(self, doing: str, call: t.Callable[[], T]) -> T:
        """Like ``_call``, with retries. Reading is harmless."""
        attempt = 1
        with self._breaker.call(doing):
            while True:
                try:
                    return self._call(doing, call)
                except _Failed as failed:
                    if not failed.again or not self._pause(attempt):
                        raise failed.problem from None
                attempt += 1

    def _pause(self, attempt: int) -> bool:
        """Wait before the next attempt. :returns: False if no attempt, or no time for one, is left."""
        if attempt >= ATTEMPTS:
            return False
        try:
            self._context.sleep(min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE) * random.uniform(0.5, 1))
        except WebsecError:
            return False
        return True

    # Zones

    def zones(self, names: t.Collection[dns.name.Name]) -> Found:
        try:
            known = self._all_zones
        except NotImplementedError:
            return dict.fromkeys(
                names,
                BadInputError(
                    f"{self.label} cannot list its zones, so the zone of a name cannot be found.",
                    hint="Set zone in each entry.",
                ),
            )
        except WebsecError as error:
            return dict.fromkeys(names, error)
        return longest_zones(names, known, self.label)

    @property
    def _all_zones(self) -> frozenset[dns.name.Name]:
        """Listed once.

        :raises NotImplementedError: it cannot.
        """
        if not callable(getattr(self._made, "list_zones", None)):
            raise NotImplementedError
        with self._listing:
            return self._listed

    @functools.cached_property
    def _listed(self) -> frozenset[dns.name.Name]:
        def listed() -> frozenset[dns.name.Name]:
            return frozenset(dns.name.from_text(str(each)).canonicalize() for each in self._fresh().list_zones())

        return self._read_call("listing its zones", listed)

    def _zone_below(self, name: dns.name.Name, zone: dns.name.Name) -> dns.name.Name | None:
        """The zone of ``name`` at this provider, if known and different from the given ``zone``."""
        try:
            known = self._all_zones
        except (NotImplementedError, WebsecError):
            return None
        between = (name.split(depth)[1] for depth in range(len(name.labels), len(zone.labels), -1))
        return next((each for each in between if each in known), None)

    # Reading

    def read(self, zone: dns.name.Name, keys: t.Sequence[Key], for_change: ForChange | None = None) -> Read:
        content = self._populate(zone)
        if for_change is not None:
            self._recent[zone] = content
        names = dict.fromkeys(name for name, _rdtype in keys)
        elsewhere = {name: self._elsewhere(content, name, zone) for name in names}
        if for_change is not None:
            keys = list(dict.fromkeys([*keys, *(at for name in names for at in content.keys_at(name))]))
        found: dict[Key, RecordSet | WebsecError | None] = {}
        for at in keys:
            found[at] = elsewhere[at[0]] or content.set_at(at)
        for each in for_change.desired if for_change is not None else ():
            problem = elsewhere[each.name] or self._refusal(content, each)
            if problem is not None:
                found[each.key] = problem
        return found

    def _refusal(self, content: ZoneContent, wanted: DesiredRecordSet) -> WebsecError | None:
        """Why this set must not or cannot be changed."""
        special = content.special_at(wanted.name, wanted.rdtype)
        if special:
            return RejectedError(
                f"{shown(wanted.name)} has records of a type that only {self.label} supports ({', '.join(special)}).",
                hint="Nothing was changed there. Remove them in the provider's own interface, and run again.",
            )
        kind = type_text(wanted.rdtype)
        if wanted.fills and kind not in content.provider.SUPPORTS:
            return RejectedError(
                f"{self.label} has no records of type {kind} ({shown(wanted.name)}).",
                hint="Remove the record set from the list, or use another provider.",
            )
        there = content.set_at(wanted.key) if wanted.mode != "exact" else None
        values = (*wanted.records, *(there.records if isinstance(there, RecordSet) else ()))
        return unsafe_text(wanted.name, values, self._settings.texts) if wanted.rdtype == dns.rdatatype.TXT else None

    def _elsewhere(self, content: ZoneContent, name: dns.name.Name, zone: dns.name.Name) -> WebsecError | None:
        """Why ``name`` is not in ``zone``."""
        cut = content.cut_above(name)
        if cut is not None:
            place, kind = cut
            return ElsewhereError(
                f"{shown(name)} is not in the zone {shown(zone)}: {shown(place)} is delegated to other servers."
                if kind == "NS"
                else f"{shown(name)} lies below the DNAME at {shown(place)}, so it cannot have records.",
                hint=f"Change it at the provider of {shown(place)}."
                if kind == "NS"
                else "Remove the name from the list.",
            )
        below = self._zone_below(name, zone)
        if below is None:
            return None
        return ElsewhereError(
            f"{self.label} has {shown(name)} in the zone {shown(below)}, not in {shown(zone)}.",
            hint=f"Give {shown(below)} as zone, or omit zone.",
        )

    def _populate(self, zone: dns.name.Name) -> ZoneContent:
        """The current content of the zone.

        :raises WebsecError: it cannot be read, or there is no such zone.
        """
        from octodns.zone import Zone

        def populate() -> ZoneContent:
            content, provider, read_at = Zone(zone.to_text(), []), self._fresh(), self._context.now()
            exists = provider.populate(content, target=True, lenient=True)
            if exists is False or (exists is None and not content.records):
                raise NotFoundError(
                    f"{self.label} has no zone {shown(zone)}.",
                    hint="Check the spelling, and the zones of this account. Zones are never created.",
                )
            return ZoneContent(content, provider, read_at)

        return self._read_call(f"reading the zone {shown(zone)}", populate)

    # Changing

    def change(self, zone: dns.name.Name, changes: t.Sequence[Change], expected: Snapshot) -> ChangeResult:
        guard(Effect.CHANGE, "apply", read_only=self._read_only)
        sent: tuple[Change, ...] = ()
        attempt = 1
        try:
            while True:
                content = self._right_before(zone)
                due = [change for change in changes if not same(content.set_or_none(change.key), change.after)]
                if not is_as_expected(content, changes, expected, strict=attempt == 1):
                    return ChangeResult(tuple(change for change in sent if change not in due), stale=True)
                if not due:
                    return ChangeResult(tuple(changes))
                with unexpected_as_bug():
                    plan = self._plan(content, due)
                sent = tuple(changes)
                try:
                    doing = f"changing the zone {shown(zone)}"
                    self._call(doing, functools.partial(content.provider.apply, plan), write=True)
                    return ChangeResult(tuple(changes))
                except _Failed as failed:
                    if not failed.again or not self._pause(attempt):
                        raise failed.problem from None
                attempt += 1
        except WebsecError as error:
            if sent and self._settings.atomicity != ZONE_ATOMIC:
                # Some changes may be done before the failed call.
                error.may_have_happened = True
            return ChangeResult(error=error, in_doubt=sent if error.may_have_happened else ())

    def _right_before(self, zone: dns.name.Name) -> ZoneContent:
        """The recent content of the zone: read now, unless the plan is based on a read of just now."""
        content = self._recent.pop(zone, None)
        if content is not None and self._context.now() - content.read_at <= MOMENT:
            return content
        return self._populate(zone)

    def holds(self, zone: dns.name.Name, changes: t.Sequence[Change], expected: Snapshot) -> bool:
        return is_as_expected(self._populate(zone), changes, expected, strict=True)

    def _plan(self, content: ZoneContent, changes: t.Sequence[Change]) -> t.Any:
        """The plan of octoDNS for exactly ``changes``."""
        from octodns.provider.plan import Plan
        from octodns.record import Create, Delete, Update

        wanted = content.zone.copy()
        listed = []
        for change in changes:
            existing = content.record_at(change.key)
            if existing is not None:
                wanted.remove_record(existing)
                existing = self._as_it_is_written(content, change, existing)
            if change.after is None:
                listed.append(Delete(existing))
                continue
            new = record_for_octodns(wanted, change.name, change.rdtype, change.after, self._settings.texts)
            # In the order of the changes, a CNAME may still exist where an address will be.
            wanted.add_record(new, replace=True, lenient=True)
            listed.append(Update(existing, new) if existing is not None else Create(new))
        return Plan(content.zone, wanted, listed, True)

    def _as_it_is_written(self, content: ZoneContent, change: Change, existing: t.Any) -> t.Any:
        """The record to remove, in the form that the provider expects: Route 53 deletes only an exact match, and
        escapes a quotation mark once more if it came escaped."""
        if change.rdtype != dns.rdatatype.TXT or change.before is None or self._settings.texts != "plain":
            return existing
        if not any('\\"' in str(value) for value in existing.values):
            return existing
        return record_for_octodns(content.zone, change.name, change.rdtype, change.before, self._settings.texts)


class _Failed(Exception):
    """A failed call. :param again: the same call may succeed later."""

    def __init__(self, problem: WebsecError, again: bool) -> None:
        super().__init__()
        self.problem = problem
        self.again = again
