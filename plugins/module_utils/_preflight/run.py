# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole job of M(hosting.websec.sitelock_waf_preflight): many sites, and the findings about each."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._dns.client import DnsClient
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.zones import zones_at_server
from ansible_collections.hosting.websec.plugins.module_utils._errors import AuthError, NotFoundError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._preflight.examine import (
    Examined,
    Examiner,
    zone_not_found,
)
from ansible_collections.hosting.websec.plugins.module_utils._preflight.findings import (
    BLOCKS,
    WARNS,
    Finding,
    blocks,
    in_order,
)
from ansible_collections.hosting.websec.plugins.module_utils._preflight.policy import Policy
from ansible_collections.hosting.websec.plugins.module_utils._preflight.records import stale_verification
from ansible_collections.hosting.websec.plugins.module_utils._preflight.resolver import PublicResolver
from ansible_collections.hosting.websec.plugins.module_utils._preflight.sites import (
    Site,
    ZonedSite,
    claimed_twice,
    place,
)
from ansible_collections.hosting.websec.plugins.module_utils._results import deferred_fields_of
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError, RunContext

try:
    import dns.name
except ImportError:
    note_missing("dnspython")


def preflight(
    sites: t.Sequence[Site],
    client: DnsClient,
    public: PublicResolver,
    policy: Policy,
    *,
    probe_updates: bool,
    concurrency: int,
    context: RunContext | None = None,
) -> list[dict[str, t.Any]]:
    """The entries that the module returns, in the order of ``sites``.

    :param client: of the server of all zones; a read-only one sends no update.
    :param context: of the task. A site that is not reached is blocked: it is unknown whether it can be ordered.
    """
    context = context or RunContext()
    placed = _placed(client, sites, concurrency, context)
    shared = claimed_twice(each for each in placed if isinstance(each, ZonedSite))
    examiner = Examiner(client, public, policy, probe_updates)

    def look(where: ZonedSite | Finding | WebsecError) -> Examined | WebsecError:
        if isinstance(where, WebsecError):
            return where
        if isinstance(where, Finding):
            return Examined([where])
        try:
            context.check()
            with unexpected_as_bug():
                return examiner.examine(where)
        except WebsecError as error:
            return error

    def counted(where: ZonedSite | Finding | WebsecError) -> Examined | WebsecError:
        observed = look(where)
        context.done(failed=isinstance(observed, WebsecError) and not isinstance(observed, DeferredError))
        return observed

    context.begin(len(sites), "site")
    with concurrent.futures.ThreadPoolExecutor(max_workers=concurrency) as pool:
        examined = list(pool.map(counted, placed))
    published = {observed.published for observed in examined if isinstance(observed, Examined)}
    return [_result(site, where, observed, shared, published) for site, where, observed in zip(sites, placed, examined)]


def _placed(
    client: DnsClient, sites: t.Sequence[Site], concurrency: int, context: RunContext
) -> list[ZonedSite | Finding | WebsecError]:
    """Each site in its zone, or why it has none. One query for each distinct zone or domain."""
    found = zones_at_server(client, [site.zone or site.domain for site in sites], concurrency, context)
    for name in [name for name, zone in found.items() if isinstance(zone, AuthError)]:
        # Knot returns BADKEY if the key may not read one zone, and that must not stop the other queries.
        found.update(zones_at_server(client, [name], 1, context))
    return [_place(site, found[site.zone or site.domain], client) for site in sites]


def _place(site: Site, zone: dns.name.Name | WebsecError, client: DnsClient) -> ZonedSite | Finding | WebsecError:
    if isinstance(zone, NotFoundError):
        return zone_not_found(site.zone or site.domain, zone)
    if isinstance(zone, WebsecError):
        return zone
    if site.zone is not None and zone != site.zone:
        return blocks(
            "zone_not_found",
            site.zone,
            f"{client.server} has no zone {shown(site.zone)}; the name is in its zone {shown(zone)}.",
            f"Give {shown(zone)} as zone, or omit zone.",
        )
    try:
        return place(site, zone)
    except WebsecError as error:
        return error


def _shared(name: dns.name.Name) -> Finding:
    return blocks(
        "name_shared",
        name,
        f"{shown(name)} is claimed by more than one site, so its target is ambiguous.",
        "Remove it from all sites but one.",
    )


def _findings(site: Site, examined: Examined, published: t.Collection[tuple[str, str] | None]) -> t.Iterator[Finding]:
    """:param published: the verifications of all sites; a domain can have one of another site."""
    yield from examined.findings
    domain = shown(site.domain)
    yield from stale_verification(
        site.domain, [value for value in examined.verifications if (domain, value) not in published]
    )


def _result(
    site: Site,
    where: ZonedSite | Finding | WebsecError,
    examined: Examined | WebsecError,
    shared: t.Collection[dns.name.Name],
    published: t.Collection[tuple[str, str] | None],
) -> dict[str, t.Any]:
    error = examined if isinstance(examined, WebsecError) else None
    claims = [_shared(name) for name in where.names if name in shared] if isinstance(where, ZonedSite) else []
    found = _findings(site, examined, published) if isinstance(examined, Examined) else ()
    ordered = in_order([*claims, *found])
    codes = {
        severity: list(dict.fromkeys(finding.code for finding in ordered if finding.severity == severity))
        for severity in (BLOCKS, WARNS)
    }
    zone = where.zone if isinstance(where, ZonedSite) else site.zone
    deferred = isinstance(error, DeferredError)
    return {
        "domain": shown(site.domain),
        "site_id": site.site_id,
        "zone": shown(zone) if zone is not None else None,
        "findings": [dataclasses.asdict(finding) for finding in ordered],
        "blocks": codes[BLOCKS],
        "warns": codes[WARNS],
        "blocked": bool(codes[BLOCKS]) or error is not None,
        "failed": error is not None and not deferred,
        "error": error.as_dict(domain=shown(site.domain), site_id=site.site_id) if error and not deferred else None,
        **deferred_fields_of(error),
        "changed": False,
    }
