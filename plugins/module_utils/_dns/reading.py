# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole job of M(hosting.websec.dns_record_sets_info): what name servers serve, without changing anything."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import Endpoint
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import parse_name, shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.propagation import wait_until_served
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.interface import Place, Provider
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import (
    Key,
    RecordSet,
    parse_type,
    type_text,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.servers import servers_of
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._results import deferred_fields_of
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError, RunContext

try:
    import dns.name
except ImportError:
    note_missing("dnspython")

SECONDS_FOR_ALL_SERVERS = 2.0
"""How long a differing server is queried again."""


@dataclasses.dataclass(frozen=True)
class Question:
    """One record set to read.

    :param every_server: also check whether all authoritative servers of the zone serve the same.
    :param provider: the name of its DNS provider; ``None``: by its zone.
    """

    zone: dns.name.Name
    key: Key
    every_server: bool = False
    provider: str | None = None

    @property
    def name(self) -> dns.name.Name:
        return self.key[0]


def parse_questions(entries: t.Sequence[t.Mapping[str, t.Any]]) -> list[Question]:
    """The checked form of the option O(record_sets).

    :raises BadInputError: an entry is invalid.
    """
    questions = []
    for entry in entries:
        zone, name = parse_name(entry["zone"], "zone"), parse_name(entry["name"], "name of a record set")
        if not name.is_subdomain(zone):
            raise BadInputError(f"{shown(name)} is not in the zone {shown(zone)}.")
        questions.append(
            Question(zone, (name, parse_type(entry["type"])), bool(entry["every_server"]), entry.get("dns") or None)
        )
    return questions


def read_record_sets(
    questions: t.Sequence[Question],
    places: t.Sequence[Place | WebsecError],
    providers: t.Mapping[str, Provider],
    given: t.Sequence[Endpoint],
    concurrency: int,
    context: RunContext | None = None,
) -> list[dict[str, t.Any]]:
    """One entry per query, in their order.

    :param places: the zone of each, or why it is unknown.
    :param providers: those in ``places``.
    :param given: the servers to compare with, instead of those in the NS records.
    :param context: of the task.
    """
    context = context or RunContext()
    zones: dict[Place, dict[Key, None]] = {}
    for question, place in zip(questions, places):
        if isinstance(place, Place):
            zones.setdefault(place, {})[question.key] = None
    with concurrent.futures.ThreadPoolExecutor(max_workers=concurrency) as pool:
        context.begin(len(zones), "zone")
        answered = pool.map(lambda place: _read_zone(providers, place, list(zones[place]), context), zones)
        read = dict(zip(zones, answered))
    found = [
        (None, place) if isinstance(place, WebsecError) else (place, read[place][question.key])
        for question, place in zip(questions, places)
    ]
    # Without time for the comparison, it is unknown whether all servers serve the same.
    everywhere = _everywhere(providers, questions, found, given, concurrency) if context.seconds_left() else {}
    return [_result(question, place, each, everywhere) for question, (place, each) in zip(questions, found)]


Found = t.Union[RecordSet, WebsecError, None]


def _read_zone(
    providers: t.Mapping[str, Provider], place: Place, keys: t.Sequence[Key], context: RunContext
) -> t.Mapping[Key, Found]:
    try:
        context.check()
        with unexpected_as_bug():
            found = providers[place.provider].read(place.zone, keys)
    except WebsecError as error:
        context.done(failed=not isinstance(error, DeferredError))
        return dict.fromkeys(keys, error)
    context.done(failed=any(isinstance(each, WebsecError) for each in found.values()))
    return found


def _everywhere(
    providers: t.Mapping[str, Provider],
    questions: t.Sequence[Question],
    found: t.Sequence[tuple[Place | None, Found]],
    given: t.Sequence[Endpoint],
    concurrency: int,
) -> dict[Place, bool]:
    """For each zone to compare: whether all its servers serve the sets that were read."""
    expected: dict[Place, dict[Key, RecordSet | None]] = {}
    for question, (place, record_set) in zip(questions, found):
        if question.every_server and place is not None and not isinstance(record_set, WebsecError):
            expected.setdefault(place, {})[question.key] = record_set
    if not expected:
        return {}
    servers = servers_of(providers, list(expected), given, concurrency)
    lags = wait_until_served(expected, servers, seconds=SECONDS_FOR_ALL_SERVERS, concurrency=concurrency)
    # Unknown servers prove nothing.
    return {place: bool(servers[place]) and not lags[place] for place in expected}


def _result(
    question: Question, place: Place | None, found: Found, everywhere: t.Mapping[Place, bool]
) -> dict[str, t.Any]:
    name, rdtype = question.key
    deferred = isinstance(found, DeferredError)
    error = found if isinstance(found, WebsecError) and not deferred else None
    record_set = found if isinstance(found, RecordSet) else None
    return {
        "zone": shown(question.zone),
        "provider": place.provider if place is not None else None,
        "name": shown(name),
        "type": type_text(rdtype),
        "ttl": record_set.ttl if record_set is not None else None,
        "values": record_set.values if record_set is not None else [],
        "everywhere": place is not None and everywhere.get(place, False)
        if question.every_server and error is None and not deferred
        else None,
        "failed": error is not None,
        "error": error.as_dict(zone=shown(question.zone), name=shown(name)) if error is not None else None,
        **deferred_fields_of(found if isinstance(found, WebsecError) else None),
        "changed": False,
    }
