# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The zones of names."""

from __future__ import annotations

import concurrent.futures
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.client import DnsClient
from ansible_collections.hosting.websec.plugins.module_utils._dns.messages import is_aliased, zone_in_answer
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.refusals import read_refusal
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    NotFoundError,
    TimedOutError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._results import deferred_fields_of
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError, RunContext

try:
    import dns.exception
    import dns.flags
    import dns.message
    import dns.name
    import dns.rcode
    import dns.resolver
    from dns.rdatatype import SOA
except ImportError:
    note_missing("dnspython")

Found = dict["dns.name.Name", t.Union["dns.name.Name", WebsecError]]
"""For each name its zone, or why it has none."""

_NAMES_IN_A_ROW = 32


def zones_at_server(
    client: DnsClient, names: t.Collection[dns.name.Name], concurrency: int, context: RunContext | None = None
) -> Found:
    """The zones of the names at one server. One query for each name (one more for a CNAME).

    :param context: of the task. Names that are not reached have a C(DeferredError).
    """
    context = context or RunContext()
    distinct = sorted(set(names))
    context.begin(len(distinct), "name")
    portions = [distinct[start : start + _NAMES_IN_A_ROW] for start in range(0, len(distinct), _NAMES_IN_A_ROW)]
    found: Found = {}
    with concurrent.futures.ThreadPoolExecutor(max_workers=concurrency) as pool:
        for part in pool.map(lambda portion: _portion_at_server(client, portion, context), portions):
            found.update(part)
    return found


def zone_results(names: t.Sequence[dns.name.Name], found: Found) -> list[dict[str, t.Any]]:
    """The entries that M(hosting.websec.dns_zones_info) returns, in the order of ``names``."""
    return [zone_result(name, found[name]) for name in names]


def zone_result(name: dns.name.Name, zone: dns.name.Name | WebsecError) -> dict[str, t.Any]:
    """The entry of one name. :param zone: its zone, or why it has none."""
    problem = zone if isinstance(zone, WebsecError) else None
    error = None if isinstance(problem, DeferredError) else problem
    return {
        "name": shown(name),
        "zone": None if isinstance(zone, WebsecError) else shown(zone),
        "failed": error is not None,
        "error": error.as_dict(name=shown(name)) if error is not None else None,
        **deferred_fields_of(problem),
    }


def _portion_at_server(client: DnsClient, names: t.Sequence[dns.name.Name], context: RunContext) -> Found:
    try:
        context.check()
    except DeferredError as error:
        return dict.fromkeys(names, error)
    found = _zones_of_portion(client, names)
    for zone in found.values():
        context.done(failed=isinstance(zone, WebsecError))
    return found


def _zones_of_portion(client: DnsClient, names: t.Sequence[dns.name.Name]) -> Found:
    found: Found = {}
    asked = {name: name for name in names}
    while asked:
        order = list(asked.items())
        try:
            answers = client.ask_each([(question, SOA) for _name, question in order])
        except WebsecError as error:
            found.update(dict.fromkeys(asked, error))
            return found
        asked = {}
        for (name, question), answer in zip(order, answers):
            if isinstance(answer, WebsecError):
                found[name] = answer
                continue
            zone = zone_in_answer(answer, question)
            if zone is not None:
                found[name] = zone
            elif is_aliased(answer):
                # Not an apex, so it is in the zone of its parent, which sorts before it and may be known already.
                known = found.get(question.parent())
                if known is not None:
                    found[name] = known
                else:
                    asked[name] = question.parent()
            elif answer.rcode() in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN, dns.rcode.REFUSED):
                found[name] = _not_served(name, answer, str(client.server))
            else:
                found[name] = read_refusal(answer.rcode(), str(client.server), f"{shown(question)} SOA")
    return found


def _not_served(name: dns.name.Name, answer: dns.message.Message, server: str) -> NotFoundError:
    rcode = dns.rcode.to_text(answer.rcode())
    return NotFoundError(
        f"{server} has no zone for {shown(name)} ({rcode}).",
        hint="Check the spelling of the name and the zones of this server; a server may also refuse queries from this "
        "machine or key.",
        code=rcode,
    )


def longest_zones(names: t.Collection[dns.name.Name], zones: t.Collection[dns.name.Name], label: str) -> Found:
    """The closest of ``zones`` above each name.

    :param label: name of the provider of these zones, for messages.
    """
    found: Found = {}
    for name in names:
        above = [name.split(depth)[1] for depth in range(len(name.labels), 1, -1)]
        zone = next((each for each in above if each in zones), None)
        found[name] = (
            zone
            if zone is not None
            else NotFoundError(
                f"{label} has no zone for {shown(name)}.",
                hint="Check the spelling of the name and the zones of this account.",
            )
        )
    return found


def zones_of_the_internet(
    names: t.Collection[dns.name.Name],
    concurrency: int,
    timeout: float,
    resolver: dns.resolver.Resolver | None = None,
    context: RunContext | None = None,
) -> Found:
    """The zones of the names according to the system's resolver. One query for each name.

    :param timeout: seconds, for one name.
    :param resolver: instead of the system's, for tests.
    :param context: of the task. Names that are not reached have a C(DeferredError).
    """
    context = context or RunContext()
    distinct = sorted(set(names))
    try:
        asking = resolver or dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration:
        error = UnavailableError("This system has no DNS resolver.", hint="Look at /etc/resolv.conf.")
        return dict.fromkeys(distinct, error)
    context.begin(len(distinct), "name")

    def look(name: dns.name.Name) -> dns.name.Name | WebsecError:
        try:
            context.check()
        except DeferredError as error:
            return error
        zone = _zone_by_resolver(asking, name, timeout)
        context.done(failed=isinstance(zone, WebsecError))
        return zone

    with concurrent.futures.ThreadPoolExecutor(max_workers=concurrency) as pool:
        return dict(zip(distinct, pool.map(look, distinct)))


def _zone_by_resolver(
    resolver: dns.resolver.Resolver, name: dns.name.Name, timeout: float
) -> dns.name.Name | WebsecError:
    question = name
    while True:
        exists = True
        try:
            answer = resolver.resolve(question, SOA, raise_on_no_answer=False, search=False, lifetime=timeout).response
        except dns.resolver.NXDOMAIN as nothing:
            exists, answer = False, t.cast("t.Any", nothing).response(question)
        except dns.exception.Timeout:
            return TimedOutError(
                f"The system's resolver did not respond to the query for {shown(name)} within {timeout:g} s.",
                hint="Check the resolver of this machine.",
            )
        except dns.exception.DNSException as error:
            return UnavailableError(
                f"The system's resolver could not answer the query for {shown(name)}: {error}",
                hint="Check the name servers of the domain and the resolver of this machine.",
            )
        if answer.flags & dns.flags.TC:
            return UnavailableError(
                f"The system's resolver sent a truncated response for {shown(name)}.",
                hint="Check the resolver of this machine.",
            )
        zone = zone_in_answer(answer, question)
        if zone is None and is_aliased(answer):
            question = question.parent()
            continue
        # A name that does not exist is in a zone of a registry, which is useless here.
        if zone is None or zone == dns.name.root or (not exists and len(zone.labels) < 3):
            return NotFoundError(
                f"DNS has no zone for {shown(name)}.",
                hint="Check the spelling, and that the domain is registered.",
            )
        return zone
