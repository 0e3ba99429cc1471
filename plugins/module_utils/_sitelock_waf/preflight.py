# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The preflight of sites without a state record, at the name servers of their DNS providers."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.client import DnsClient
from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import Endpoint
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import parse_name
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import ServerSettings
from ansible_collections.hosting.websec.plugins.module_utils._dns.propagation import name_servers
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.interface import Provider
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import ProviderSet
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.rfc2136 import Rfc2136Provider
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    NotFoundError,
    ReportedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._preflight.entries import preflight_sites
from ansible_collections.hosting.websec.plugins.module_utils._preflight.policy import Policy
from ansible_collections.hosting.websec.plugins.module_utils._preflight.resolver import PublicResolver
from ansible_collections.hosting.websec.plugins.module_utils._preflight.run import preflight
from ansible_collections.hosting.websec.plugins.module_utils._preflight.sites import Site, parse_sites
from ansible_collections.hosting.websec.plugins.module_utils._results import deferred_fields_of
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import (
    Defaults,
    Entry,
    prepare,
    read_entries,
)

Result = dict[str, t.Any]

_TIMEOUT = 10
"""Seconds for a name server from the NS records of a zone."""


class SitePreflight:
    """Checks sites before the first write.

    The zones of a provider with a primary server are checked there, including whether it would accept the updates. The
    zones of any other provider are checked at one of their authoritative servers.
    """

    def __init__(
        self,
        providers: ProviderSet,
        public: PublicResolver,
        policy: Policy,
        *,
        probe_updates: bool,
        concurrency: int,
        context: RunContext,
    ) -> None:
        """
        :param public: queries the public DNS.
        :param probe_updates: whether to test that servers accept updates.
        """
        self._providers = providers
        self._public = public
        self._policy = policy
        self._probe_updates = probe_updates
        self._concurrency = concurrency
        self._context = context

    def __call__(self, entries: t.Sequence[Entry]) -> list[Result]:
        """The results of M(hosting.websec.sitelock_waf_preflight), in any order.

        :param entries: with their zones; each of them has a usable provider.
        """
        results: list[Result] = []
        for name, theirs in self._by_provider(entries).items():
            provider = self._providers.provider(name)
            if isinstance(provider, Rfc2136Provider):
                results += self._look(provider.client, theirs, probe_updates=self._probe_updates)
                continue
            for endpoint, at_server in self._by_server(provider, theirs).items():
                if endpoint is None:
                    results += [_no_server(entry) for entry in at_server]
                    continue
                with DnsClient(ServerSettings(endpoint, None, _TIMEOUT), read_only=True) as client:
                    results += self._look(client, at_server, probe_updates=False)
        return results

    def _by_provider(self, entries: t.Sequence[Entry]) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in entries:
            name = self._providers.provider_of(parse_name(entry["zone"], "zone"), entry["dns"])
            found.setdefault(name, []).append(entry)
        return found

    def _by_server(self, provider: Provider, entries: t.Sequence[Entry]) -> dict[Endpoint | None, list[Entry]]:
        """The sites by the server at which they are checked: ``None`` if none was found."""
        if provider.propagation_servers:
            return {provider.propagation_servers[0]: list(entries)}
        zones = {entry["zone"]: parse_name(entry["zone"], "zone") for entry in entries}
        servers = name_servers(provider.name_server_lookup(), list(zones.values()), self._concurrency)
        by_server: dict[Endpoint | None, list[Entry]] = {}
        for entry in entries:
            found = [each.endpoint for each in servers[zones[entry["zone"]]] if each.endpoint is not None]
            by_server.setdefault(found[0] if found else None, []).append(entry)
        return by_server

    def _look(self, client: DnsClient, entries: t.Sequence[Entry], *, probe_updates: bool) -> list[Result]:
        return preflight(
            parse_sites(preflight_sites(entries)),
            client,
            self._public,
            self._policy,
            probe_updates=probe_updates,
            concurrency=self._concurrency,
            context=self._context,
        )


def preflight_of_entries(given: t.Sequence[t.Any], look: t.Callable[[t.Sequence[Site]], list[Result]]) -> list[Result]:
    """The results for the user's entries, in their order, without those with C(state=absent).

    An invalid entry is a failed result, and stops no other. What a pass would refuse in an entry once its zone is known
    is reported as well.

    :param look: returns the findings for sites, in their order.
    """
    results: dict[int, Result] = {}
    sites: dict[int, Site] = {}
    for place, entry in enumerate(read_entries(given, Defaults(), need_site_id=False)):
        site = _site(entry)
        if isinstance(site, WebsecError):
            results[place] = _not_looked_at(entry, site)
        elif site is not None:
            sites[place] = site
    results.update(zip(sites, look(list(sites.values()))))
    zones = [{"name": each["domain"], "zone": each["zone"], "error": None} for each in results.values() if each["zone"]]
    for place, entry in enumerate(prepare(given, zones, Defaults(), need_site_id=False)):
        if place in results and entry["error"] is not None and not results[place]["blocked"]:
            results[place].update(failed=True, blocked=True, error=entry["error"])
    return [results[place] for place in sorted(results)]


def _site(entry: Entry) -> Site | WebsecError | None:
    """The site of an entry, or why there is none; ``None`` for C(state=absent)."""
    if entry["error"] is not None:
        return ReportedError(entry["error"])
    try:
        return next(iter(parse_sites(preflight_sites([entry]))), None)
    except WebsecError as error:
        return error


def _not_looked_at(entry: Entry, error: WebsecError) -> Result:
    return {
        "domain": entry["domain"],
        "site_id": entry["site_id"],
        "zone": None,
        "findings": [],
        "blocks": [],
        "warns": [],
        "blocked": True,
        "failed": True,
        "error": error.as_dict(domain=entry["domain"], site_id=entry["site_id"]),
        **deferred_fields_of(None),
        "changed": False,
    }


def _no_server(entry: Entry) -> Result:
    error = NotFoundError(
        f"{entry['domain']}: no authoritative name server of the zone {entry['zone']} was found, so the site was not "
        "checked.",
        hint="Check the NS records of the zone, or set propagation_servers of its DNS provider.",
    )
    return _not_looked_at(entry, error)
