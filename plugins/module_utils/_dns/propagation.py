# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Do all authoritative servers of a zone serve what was changed?

Asked are the servers themselves, without signature and without recursion, as the resolver of a visitor does it.
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
    import dns.name
    import dns.rdtypes.nsbase
    from dns.rdatatype import AAAA, NS, A
except ImportError:
    note_missing("dnspython")

FIRST_PAUSE = 0.3
LONGEST_PAUSE = 5.0
QUERY_TIMEOUT = 3.0
"""Seconds. A server that does not answer in time is asked again in the next round."""

Expected = t.Mapping[Key, t.Optional[RecordSet]]


@dataclasses.dataclass(frozen=True)
class NameServer:
    """A server of a zone: its name, and the address and port where it is asked (``None``: it has no address)."""

    name: str
    endpoint: Endpoint | None

    def __str__(self) -> str:
        if self.endpoint is None:
            return f"{self.name} (no address)"
        return self.name if self.name == str(self.endpoint) else f"{self.name} ({self.endpoint})"


Lag = dict[NameServer, str]
"""The servers that do not serve what is expected, each with what it does instead."""


def name_servers(
    client: DnsClient, zones: t.Sequence[dns.name.Name], concurrency: int
) -> dict[dns.name.Name, list[NameServer]]:
    """The authoritative servers of the zones, by their NS records at the server itself.

    One query a zone, and two for each distinct name of a name server. A server at the address of ``client`` is asked
    at the port of ``client``, every other one at port 53. A zone whose NS records cannot be read has none.
    """
    with concurrent.futures.ThreadPoolExecutor(max_workers=concurrency) as pool:
        names = dict(zip(zones, pool.map(lambda zone: _ns_names(client, zone), zones)))
        distinct = sorted({name for found in names.values() for name in found})
        addresses = dict(zip(distinct, pool.map(lambda name: _addresses(client, name), distinct)))
    here = set(_system_addresses(client, client.server.host))
    servers = {
        name: [
            NameServer(shown(name), Endpoint(address, client.server.port if address in here else 53))
            for address in found
        ]
        or [NameServer(shown(name), None)]
        for name, found in addresses.items()
    }
    return {zone: [server for name in found for server in servers[name]] for zone, found in names.items()}


def wait_until_served(
    expected: t.Mapping[dns.name.Name, Expected],
    servers: t.Mapping[dns.name.Name, t.Sequence[NameServer]],
    *,
    seconds: float,
    concurrency: int,
    context: RunContext | None = None,
) -> dict[dns.name.Name, Lag]:
    """Ask until all servers serve what is expected, or ``seconds`` have passed (one limit for all zones together).

    :param expected: for each zone the record sets to look for.
    :param context: of the task: when it is over, nobody asks again.
    :returns: for each zone the servers that lag behind; empty when all serve it.
    """
    context = context or RunContext()
    deadline = time.monotonic() + seconds
    lags = {zone: dict.fromkeys(servers[zone], "was not asked") for zone in expected}
    pause = FIRST_PAUSE
    while True:
        lags = _round(lags, expected, deadline, concurrency)
        left = min(deadline - time.monotonic(), context.seconds_left())
        if left <= 0 or not any(lags.values()):
            return lags
        time.sleep(min(pause, left))
        pause = min(pause * 2, LONGEST_PAUSE)


def _round(
    lags: t.Mapping[dns.name.Name, Lag],
    expected: t.Mapping[dns.name.Name, Expected],
    deadline: float,
    concurrency: int,
) -> dict[dns.name.Name, Lag]:
    """Ask each server that lags behind once, for all its zones; the servers at the same time."""
    zones: dict[NameServer, list[dns.name.Name]] = {}
    for zone, lag in lags.items():
        for server in lag:
            zones.setdefault(server, []).append(zone)

    def ask(server: NameServer) -> dict[dns.name.Name, str]:
        # One server that is down must not use up the time of the others.
        timeout = max(0.1, min(QUERY_TIMEOUT, deadline - time.monotonic()))
        return _problems(server, {zone: expected[zone] for zone in zones[server]}, timeout)

    left: dict[dns.name.Name, Lag] = {zone: {} for zone in lags}
    with concurrent.futures.ThreadPoolExecutor(max_workers=concurrency) as pool:
        for server, problems in zip(zones, pool.map(ask, zones)):
            for zone, problem in problems.items():
                left[zone][server] = problem
    return left


def _problems(
    server: NameServer, expected: t.Mapping[dns.name.Name, Expected], timeout: float
) -> dict[dns.name.Name, str]:
    """For each zone that ``server`` does not serve as expected: what it does instead."""
    if server.endpoint is None:
        return dict.fromkeys(expected, "has no address")
    wanted = [(zone, at, record_set) for zone, sets in expected.items() for at, record_set in sets.items()]
    problems: dict[dns.name.Name, str] = {}
    try:
        with DnsClient(ServerSettings(server.endpoint, None, timeout)) as client:
            answers = client.ask([at for _zone, at, _record_set in wanted])
    except WebsecError as error:
        return dict.fromkeys(expected, error.message)
    for (zone, at, record_set), answer in zip(wanted, answers):
        try:
            seen = read_record_set(answer, at, zone, server.endpoint)[at]
        except WebsecError as error:
            problems.setdefault(zone, error.message)
            continue
        if not _alike(record_set, seen):
            problems.setdefault(zone, f"still has other records at {shown(at[0])} {type_text(at[1])}")
    return problems


def _alike(expected: RecordSet | None, seen: RecordSet | None) -> bool:
    """Whether a server serves the expected set. Its TTL may be lower: some servers have a cache in front."""
    if expected is None or seen is None:
        return expected is seen
    return expected.keys == seen.keys and seen.ttl <= expected.ttl


def _ns_names(client: DnsClient, zone: dns.name.Name) -> list[dns.name.Name]:
    try:
        (answer,) = client.ask([(zone, NS)])
        found = read_record_set(answer, (zone, NS), zone, client.server)[(zone, NS)]
    except WebsecError:
        return []
    records = t.cast("t.Iterable[dns.rdtypes.nsbase.NSBase]", found.records if found is not None else ())
    return sorted(record.target.canonicalize() for record in records)


def _addresses(client: DnsClient, name: dns.name.Name) -> list[str]:
    """Addresses of a name server: from the server itself, which may know names that nobody else knows yet."""
    try:
        answers = client.ask([(name, A), (name, AAAA)])
        found = [address for answer in answers for address in addresses_in(answer, name)]
    except WebsecError:
        found = []
    found = found or _system_addresses(client, shown(name))
    # Without IPv6 on this machine, the IPv4 address of the same server has to do.
    return [address for address in found if _has_route(address)] or found


def _system_addresses(client: DnsClient, host: str) -> list[str]:
    try:
        found = look_up(host, 53, client.settings.timeout)
        return list(dict.fromkeys(str(address[0]) for *_kind, address in found))
    except OSError:
        return []


def _has_route(address: str) -> bool:
    """Whether this machine could send to ``address``. Nothing is sent: UDP has no connection to make."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 53))
    except OSError:
        return False
    return True
