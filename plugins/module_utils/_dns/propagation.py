# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether all authoritative servers of a zone serve a change.

The servers themselves are queried, without signature and without recursion, as by the resolver of a visitor.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import socket
import time
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.client import DnsClient
from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import Endpoint
from ansible_collections.hosting.websec.plugins.module_utils._dns.messages import (
    addresses_in,
    read_record_set,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import ServerSettings
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import Key, RecordSet, type_text
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._tcp import look_up

try:
    import dns.exception
    import dns.name
    import dns.rdtypes.nsbase
    import dns.resolver
    from dns.rdatatype import AAAA, NS, A
except ImportError:
    note_missing("dnspython")

FIRST_PAUSE = 0.3
LONGEST_PAUSE = 5.0
QUERY_TIMEOUT = 3.0
"""Seconds. A server that does not respond in time is queried again in the next round."""

Expected = t.Mapping[Key, t.Optional[RecordSet]]

Z = t.TypeVar("Z", bound=t.Hashable)
"""A zone: its name, or something that has this name as C(zone)."""


@dataclasses.dataclass(frozen=True)
class NameServer:
    """A server of a zone: its name, and the address and port for queries (``None``: it has no address)."""

    name: str
    endpoint: Endpoint | None

    def __str__(self) -> str:
        if self.endpoint is None:
            return f"{self.name} (no address)"
        return self.name if self.name == str(self.endpoint) else f"{self.name} ({self.endpoint})"


Lag = dict[NameServer, str]
"""The servers that do not serve the expected sets, each with its problem."""


class NameServerLookup(t.Protocol):
    """Where a provider finds the authoritative servers of its zones."""

    def ns_names(self, zone: dns.name.Name) -> list[dns.name.Name]:
        """The names in the NS records of a zone; none if they cannot be read."""

    def addresses(self, name: dns.name.Name) -> list[Endpoint]:
        """Where to query the name server ``name``."""


def name_servers(
    lookup: NameServerLookup, zones: t.Sequence[dns.name.Name], concurrency: int
) -> dict[dns.name.Name, list[NameServer]]:
    """The authoritative servers of the zones, by their NS records at their provider.

    One query a zone, and two for each distinct name of a name server. A zone whose NS records cannot be read has none.
    """
    with concurrent.futures.ThreadPoolExecutor(max_workers=concurrency) as pool:
        names = dict(zip(zones, pool.map(lookup.ns_names, zones)))
        distinct = sorted({name for found in names.values() for name in found})
        endpoints = dict(zip(distinct, pool.map(lookup.addresses, distinct)))
    servers = {
        name: [NameServer(shown(name), endpoint) for endpoint in found] or [NameServer(shown(name), None)]
        for name, found in endpoints.items()
    }
    return {zone: [server for name in found for server in servers[name]] for zone, found in names.items()}


class ServerLookup:
    """Uses a name server itself, which may have names that other servers do not have yet.

    A server at the address of ``client`` is queried at the port of ``client``, every other one at port 53.
    """

    def __init__(self, client: DnsClient) -> None:
        self._client = client
        self._here = set(_system_addresses(client.server.host, client.settings.timeout))

    def ns_names(self, zone: dns.name.Name) -> list[dns.name.Name]:
        try:
            (answer,) = self._client.ask([(zone, NS)])
            found = read_record_set(answer, (zone, NS), zone, self._client.server)[(zone, NS)]
        except WebsecError:
            return []
        return _targets(found)

    def addresses(self, name: dns.name.Name) -> list[Endpoint]:
        try:
            answers = self._client.ask([(name, A), (name, AAAA)])
            found = [address for answer in answers for address in addresses_in(answer, name)]
        except WebsecError:
            found = []
        port = self._client.server.port
        return [
            Endpoint(address, port if address in self._here else 53)
            for address in _reachable(found or _system_addresses(shown(name), self._client.settings.timeout))
        ]


class ReadsRecordSets(t.Protocol):
    """A provider, as far as ``SystemLookup`` needs it."""

    def read(self, zone: dns.name.Name, keys: t.Sequence[Key]) -> t.Mapping[Key, RecordSet | WebsecError | None]: ...


class SystemLookup:
    """For a provider that is not a name server: NS records from its zone, otherwise from the system's resolver, which
    also resolves the addresses."""

    def __init__(self, provider: ReadsRecordSets) -> None:
        self._provider = provider

    def ns_names(self, zone: dns.name.Name) -> list[dns.name.Name]:
        try:
            found = self._provider.read(zone, [(zone, NS)])[(zone, NS)]
        except WebsecError:
            found = None
        if isinstance(found, RecordSet):
            return _targets(found)
        # Some APIs do not show the NS records of the apex.
        try:
            answer = dns.resolver.Resolver().resolve(zone, NS, search=False, lifetime=QUERY_TIMEOUT * 2)
        except dns.exception.DNSException:
            return []
        return sorted(record.target.canonicalize() for record in answer)

    def addresses(self, name: dns.name.Name) -> list[Endpoint]:
        return [Endpoint(address, 53) for address in _reachable(_system_addresses(shown(name), QUERY_TIMEOUT * 2))]


def wait_until_served(
    expected: t.Mapping[Z, Expected],
    servers: t.Mapping[Z, t.Sequence[NameServer]],
    *,
    seconds: float,
    concurrency: int,
    context: RunContext | None = None,
) -> dict[Z, Lag]:
    """Query until all servers serve the expected sets, or ``seconds`` have passed (one limit for all zones together).

    :param expected: for each zone (its name, or its place at a provider) the expected record sets.
    :param context: of the task: after its end no query is sent.
    :returns: for each zone the servers that lag behind; empty when all serve it.
    """
    context = context or RunContext()
    deadline = time.monotonic() + seconds
    lags = {zone: dict.fromkeys(servers[zone], "was not queried") for zone in expected}
    pause = FIRST_PAUSE
    while True:
        lags = _round(lags, expected, deadline, concurrency)
        left = min(deadline - time.monotonic(), context.seconds_left())
        if left <= 0 or not any(lags.values()):
            return lags
        time.sleep(min(pause, left))
        pause = min(pause * 2, LONGEST_PAUSE)


def _round(
    lags: t.Mapping[Z, Lag],
    expected: t.Mapping[Z, Expected],
    deadline: float,
    concurrency: int,
) -> dict[Z, Lag]:
    """Query each lagging server once, for all its zones; the servers in parallel."""
    zones: dict[NameServer, list[Z]] = {}
    for zone, lag in lags.items():
        for server in lag:
            zones.setdefault(server, []).append(zone)

    def ask(server: NameServer) -> dict[Z, str]:
        # A server that is down must not use up the time of the others.
        timeout = max(0.1, min(QUERY_TIMEOUT, deadline - time.monotonic()))
        return _problems(server, {zone: expected[zone] for zone in zones[server]}, timeout)

    left: dict[Z, Lag] = {zone: {} for zone in lags}
    with concurrent.futures.ThreadPoolExecutor(max_workers=concurrency) as pool:
        for server, problems in zip(zones, pool.map(ask, zones)):
            for zone, problem in problems.items():
                left[zone][server] = problem
    return left


def _problems(server: NameServer, expected: t.Mapping[Z, Expected], timeout: float) -> dict[Z, str]:
    """For each zone that ``server`` does not serve as expected: its problem."""
    if server.endpoint is None:
        return dict.fromkeys(expected, "has no address")
    wanted = [(zone, at, record_set) for zone, sets in expected.items() for at, record_set in sets.items()]
    problems: dict[Z, str] = {}
    try:
        with DnsClient(ServerSettings(server.endpoint, None, timeout)) as client:
            answers = client.ask([at for _zone, at, _record_set in wanted])
    except WebsecError as error:
        return dict.fromkeys(expected, error.message)
    for (zone, at, record_set), answer in zip(wanted, answers):
        try:
            seen = read_record_set(answer, at, _name_of(zone), server.endpoint)[at]
        except WebsecError as error:
            problems.setdefault(zone, error.message)
            continue
        if not _alike(record_set, seen):
            problems.setdefault(zone, f"still serves other records at {shown(at[0])} {type_text(at[1])}")
    return problems


def _name_of(zone: t.Any) -> dns.name.Name:
    return t.cast("dns.name.Name", getattr(zone, "zone", zone))


def _alike(expected: RecordSet | None, seen: RecordSet | None) -> bool:
    """Whether a server serves the expected set. Its TTL may be lower: some servers have a cache in front."""
    if expected is None or seen is None:
        return expected is seen
    return expected.keys == seen.keys and seen.ttl <= expected.ttl


def _targets(found: RecordSet | None) -> list[dns.name.Name]:
    records = t.cast("t.Iterable[dns.rdtypes.nsbase.NSBase]", found.records if found is not None else ())
    return sorted(record.target.canonicalize() for record in records)


def _reachable(addresses: list[str]) -> list[str]:
    """Without IPv6 on this machine, the IPv4 address of the same server is used."""
    return [address for address in addresses if _has_route(address)] or addresses


def _system_addresses(host: str, timeout: float) -> list[str]:
    try:
        found = look_up(host, 53, timeout)
        return list(dict.fromkeys(str(address[0]) for *_kind, address in found))
    except OSError:
        return []


def _has_route(address: str) -> bool:
    """Whether this machine could send to ``address``. Nothing is sent: UDP has no handshake."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 53))
    except OSError:
        return False
    return True
