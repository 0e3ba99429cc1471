# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All DNS providers of a task, for the record sets of a pass, a module or a role.

.. code-block:: python

    with open_providers(options, read_only=check_mode, concurrency=8, context=context) as providers:
        refusal = providers.refusal(name, zone=zone, provider=entry_dns, accept=entry_accept)   # before the first write
        found = providers.zones([Subject(name, entry_dns), ...])                       # as dns_zones_info
        read = providers.read(parse_questions([...]))                                      # as dns_record_sets_info
        done = providers.change(parse_desired([...]), wait_propagation=60, warn=warn)      # as dns_record_sets

* ``options`` is the option O(dns), see ``options``: providers, patterns of zones, a default; or the options of one name
  server unchanged.
* Each provider is made at its first use, and kept with its connections until the set is closed, so that a pass that
  reads, changes and reads again uses the same connections. If a provider cannot be made, only the entries that need it
  fail, each with the reason.
* One call may concern many providers and zones: it works zone by zone, ``concurrency`` at a time. Results are in the
  order of the input, and have the name of their provider as C(provider).
* The set is thread-safe; one thread at a time processes a zone.
* The provider of an entry: the one set in the entry (C(dns)), or by the one pattern that matches its zone, or the
  default.
* Nothing is changed through a provider that is not C(conditional) without C(dns_accept=best_effort) in the entry, or
  C(accept=best_effort) in the options. Reading does not require it.
* ``read_only`` (check mode): every provider refuses to change anything.
* No error and no warning shows what of the options may not be shown, see ``hiding``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import types
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import Endpoint
from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import DesiredRecordSet
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.plan import Change
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.factory import build_provider
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.foreign import foreign_code
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.hiding import DnsParameter, redactor_of
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.interface import Place, Provider
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.option_names import BEST_EFFORT
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.options import (
    OPTION,
    DnsOptions,
    ProviderOptions,
    parse_dns_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.reading import Question, read_record_sets
from ansible_collections.hosting.websec.plugins.module_utils._dns.record_sets import change_record_sets
from ansible_collections.hosting.websec.plugins.module_utils._dns.zone_resource import Approve
from ansible_collections.hosting.websec.plugins.module_utils._dns.zones import zone_result
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._nesting import plain_data
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._secrets import Redactor

try:
    import dns.name
except ImportError:
    note_missing("dnspython")


@dataclasses.dataclass(frozen=True)
class Subject:
    """A name whose zone is to be looked up. :param provider: its name in the options; ``None``: by its zone."""

    name: dns.name.Name
    provider: str | None = None


class _Placeable(t.Protocol):
    """An item in a zone: a desired record set, or a query."""

    @property
    def name(self) -> dns.name.Name: ...

    @property
    def zone(self) -> dns.name.Name | None: ...

    @property
    def provider(self) -> str | None: ...


Build = t.Callable[[ProviderOptions], Provider]


def open_providers(
    options: t.Mapping[str, t.Any], *, read_only: bool, concurrency: int, context: RunContext | None = None
) -> ProviderSet:
    """
    :param options: O(dns), as a module has it or as written by the user.
    :raises BadInputError: the option as a whole is invalid.
    """
    context = context or RunContext()
    given = plain_data(options.given if isinstance(options, DnsParameter) else options, "dns")
    redact = redactor_of(given)
    try:
        parsed = parse_dns_options(given)
    except WebsecError as error:
        raise error.redacted(redact) from None
    return ProviderSet(
        parsed,
        lambda each: build_provider(each, read_only=read_only, concurrency=concurrency, context=context),
        read_only=read_only,
        concurrency=concurrency,
        context=context,
        redact=redact,
    )


class ProviderSet:
    """See the top of this file."""

    def __init__(
        self,
        options: DnsOptions,
        build: Build,
        *,
        read_only: bool,
        concurrency: int,
        context: RunContext,
        redact: Redactor | None = None,
    ) -> None:
        """
        :param build: makes a provider from its options.
        :param redact: hides what of the options must not be shown.
        """
        self._options = options
        self._build = build
        self._read_only = read_only
        self._concurrency = concurrency
        self._context = context
        self._redact = redact or Redactor(())
        self._lock = threading.Lock()
        self._made: dict[str, Provider | WebsecError] = {}

    def __enter__(self) -> ProviderSet:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections of all providers."""
        with self._lock:
            made, self._made = self._made, {}
        for each in made.values():
            if not isinstance(each, WebsecError):
                # Completed changes are reported whatever a library does on close.
                with contextlib.suppress(Exception), foreign_code():
                    each.close()

    def provider(self, name: str) -> Provider:
        """The provider ``name``, made at its first use.

        :raises WebsecError: it is unknown, or cannot be made.
        """
        self._options.known(name)
        with self._lock:
            if name not in self._made:
                try:
                    with unexpected_as_bug():
                        self._made[name] = self._build(self._options.providers[name])
                except WebsecError as error:
                    self._made[name] = error.redacted(self._redact)
            made = self._made[name]
        if isinstance(made, WebsecError):
            raise made
        return made

    def provider_of(self, zone: dns.name.Name, own: str | None = None) -> str:
        """The name of the provider of a zone. :param own: C(dns) of the entry.

        :raises BadInputError: there is none, or it is unknown.
        """
        return self._options.provider_of(zone, own)

    # Before the first write

    def refusal(
        self,
        name: dns.name.Name,
        *,
        zone: dns.name.Name | None = None,
        provider: str | None = None,
        accept: str | None = None,
        writes: bool = True,
    ) -> WebsecError | None:
        """Why an entry is refused, as far as this is known without a call. Makes its provider.

        :param zone: ``None``: unknown; then its possible zones are checked.
        :param provider: and ``accept``: the values of the entry.
        :param writes: whether its records are to be changed.
        """
        try:
            names = (
                [self._options.provider_of(zone, provider)]
                if zone is not None
                else self._options.candidates(name, provider)
            )
            for each in names:
                made = self.provider(each)
                if writes:
                    self._refuse_best_effort(made, accept)
        except WebsecError as error:
            return error.redacted(self._redact)
        return None

    def _told(self, results: t.Iterable[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
        """Results with nothing in their errors that must not be shown."""
        return [{**each, "error": self._error(each["error"])} if each["error"] else each for each in results]

    def _error(self, error: dict[str, t.Any]) -> dict[str, t.Any]:
        return {**error, **{name: self._redact(error[name]) for name in ("message", "hint")}}

    def _refuse_best_effort(self, provider: Provider, accept: str | None) -> None:
        if not provider.capabilities.conditional and BEST_EFFORT not in (accept, self._options.accept):
            atomic = "" if provider.capabilities.atomicity != "none" else ", or all of them or none"
            raise BadInputError(
                f"{provider.label} cannot guarantee that records are changed only if they are still as read{atomic}.",
                hint="To accept a comparison right before and right after the change instead, set dns_accept: "
                f"best_effort in the entry, or accept: best_effort in {OPTION} for all entries.",
            )

    # Zones

    def zones(self, subjects: t.Sequence[Subject]) -> list[dict[str, t.Any]]:
        """One entry per name, as M(hosting.websec.dns_zones_info) returns them, with C(provider)."""
        places = self._find(subjects)
        return self._told(
            {
                **zone_result(subject.name, place if isinstance(place, WebsecError) else place.zone),
                "provider": None if isinstance(place, WebsecError) else place.provider,
            }
            for subject, place in zip(subjects, places)
        )

    def _find(self, subjects: t.Sequence[Subject]) -> list[Place | WebsecError]:
        """The place of each name: each provider that may have its zone is queried, once for all its names."""
        candidates: list[list[str] | WebsecError] = []
        asked: dict[str, dict[dns.name.Name, None]] = {}
        for subject in subjects:
            try:
                names = self._options.candidates(subject.name, subject.provider)
            except WebsecError as error:
                candidates.append(error)
                continue
            candidates.append(names)
            for each in names:
                asked.setdefault(each, {})[subject.name] = None
        found: dict[str, t.Mapping[dns.name.Name, dns.name.Name | WebsecError]] = {}
        for each, theirs in asked.items():
            try:
                provider = self.provider(each)
            except WebsecError as error:
                found[each] = dict.fromkeys(theirs, error)
                continue
            found[each] = provider.zones(list(theirs))
        return [
            names if isinstance(names, WebsecError) else self._closest(subject, names, found)
            for subject, names in zip(subjects, candidates)
        ]

    def _closest(
        self,
        subject: Subject,
        names: t.Sequence[str],
        found: t.Mapping[str, t.Mapping[dns.name.Name, dns.name.Name | WebsecError]],
    ) -> Place | WebsecError:
        """The zone of a name among those of its candidate providers; each counts only for its zones in the options."""
        places: list[Place] = []
        problem: WebsecError | None = None
        for each in names:
            zone = found[each][subject.name]
            if isinstance(zone, WebsecError):
                problem = problem or zone
                continue
            try:
                if self._options.provider_of(zone, subject.provider) == each:
                    places.append(Place(each, zone))
            except WebsecError as error:
                problem = error
        if places:
            return max(places, key=lambda place: len(place.zone))
        return problem or BadInputError(
            f"No DNS provider has {shown(subject.name)} in one of its zones.",
            hint=f"Check zones in {OPTION}, or set dns in the entry.",
        )

    # Record sets

    def _places(self, items: t.Sequence[_Placeable]) -> list[Place | WebsecError]:
        """The place of each item; missing zones are looked up."""
        unknown = [Subject(item.name, item.provider) for item in items if item.zone is None]
        found = dict(zip(unknown, self._find(unknown))) if unknown else {}
        return [
            found[Subject(item.name, item.provider)] if item.zone is None else self._place(item.zone, item.provider)
            for item in items
        ]

    def _place(self, zone: dns.name.Name, own: str | None) -> Place | WebsecError:
        try:
            name = self._options.provider_of(zone, own)
            self.provider(name)
        except WebsecError as error:
            return error
        return Place(name, zone)

    def _used(self, places: t.Sequence[Place | WebsecError]) -> dict[str, Provider]:
        names = dict.fromkeys(place.provider for place in places if isinstance(place, Place))
        return {name: self.provider(name) for name in names}

    def read(
        self, questions: t.Sequence[Question], *, propagation_servers: t.Sequence[Endpoint] = ()
    ) -> list[dict[str, t.Any]]:
        """One entry per query, as M(hosting.websec.dns_record_sets_info) returns them, with C(provider)."""
        places = self._places(questions)
        return self._told(
            read_record_sets(
                questions, places, self._used(places), propagation_servers, self._concurrency, self._context
            )
        )

    def change(
        self,
        desired: t.Sequence[DesiredRecordSet],
        *,
        wait_propagation: float = 0,
        propagation_servers: t.Sequence[Endpoint] = (),
        warn: t.Callable[[str], None] = lambda _text: None,
        approve: Approve | None = None,
        note: t.Callable[[t.Iterable[Change]], None] = lambda _changes: None,
    ) -> dict[str, t.Any]:
        """The result of M(hosting.websec.dns_record_sets), with C(provider). In check mode, what would be done.

        :param approve: and ``note`` as in ``change_record_sets``.
        """
        places = self._places(desired)
        for position, (desired_set, place) in enumerate(zip(desired, places)):
            if isinstance(place, Place):
                try:
                    self._refuse_best_effort(self.provider(place.provider), desired_set.accept)
                except WebsecError as error:
                    places[position] = error
        result = change_record_sets(
            desired,
            places,
            self._used(places),
            check_mode=self._read_only,
            concurrency=self._concurrency,
            wait_propagation=wait_propagation,
            propagation_servers=propagation_servers,
            warn=lambda text: warn(self._redact(text)),
            context=self._context,
            approve=approve,
            note=note,
        )
        return {**result, **{name: self._told(result[name]) for name in ("record_sets", "zones")}}


def one_provider(
    provider: Provider,
    *,
    name: str = "rfc2136",
    read_only: bool,
    concurrency: int = 1,
    context: RunContext | None = None,
) -> ProviderSet:
    """A set with one existing provider."""
    options = DnsOptions({name: ProviderOptions(name, "", {})}, default=name)
    return ProviderSet(
        options,
        lambda _options: provider,
        read_only=read_only,
        concurrency=concurrency,
        context=context or RunContext(),
    )
