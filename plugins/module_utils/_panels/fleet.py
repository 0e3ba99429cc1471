# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All servers of a source, and the hosts that their sites become."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._panels.sites import Listing, PanelSite
from ansible_collections.hosting.websec.plugins.module_utils._texts import FEW_NAMES, counted, joined, listed

Variables = dict[str, t.Any]
Read = t.Callable[[t.Mapping[str, t.Any]], Listing]

_AT_ONCE = 8


@dataclasses.dataclass(frozen=True)
class Server:
    """A server of the source with the options of its connection."""

    name: str
    options: t.Mapping[str, t.Any]


@dataclasses.dataclass
class Fleet:
    """What all servers have, by their names, in the order of the source."""

    listings: dict[str, Listing] = dataclasses.field(default_factory=dict)
    errors: dict[str, WebsecError] = dataclasses.field(default_factory=dict)


def read_fleet(servers: t.Sequence[Server], read: Read) -> Fleet:
    """Read all servers, several at the same time. The failure of one does not stop the others."""
    fleet = Fleet()
    with concurrent.futures.ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        for server, result in zip(servers, pool.map(lambda server: _attempt(server, read), servers)):
            if isinstance(result, Listing):
                fleet.listings[server.name] = result
            else:
                fleet.errors[server.name] = result
    return fleet


def _attempt(server: Server, read: Read) -> Listing | WebsecError:
    try:
        with unexpected_as_bug():
            listing = read(server.options)
    except WebsecError as error:
        return error
    if listing.problems and not listing.sites:
        return BadResponseError(
            f"none of the listed domains can be used. {listed(listing.problems, FEW_NAMES, ' ')}",
            hint="If the panel shows these domains as you expect, please report this.",
        )
    return listing


def problems_of(fleet: Fleet) -> list[str]:
    """One sentence or more for each server on which something is left out, or that has no domain at all."""
    told = []
    for name, listing in fleet.listings.items():
        if listing.problems:
            told.append(
                f"{name}: {counted(len(listing.problems), 'domain')} left out. "
                f"{listed(listing.problems, FEW_NAMES, ' ')}"
            )
        elif not listing.sites:
            told.append(f"{name}: the server lists no domain of the wanted types.")
    return told


def hosts_of(panel: str, sites: t.Mapping[str, t.Sequence[PanelSite]]) -> tuple[dict[str, Variables], list[str]]:
    """The hosts with their variables, and warnings about domains that are on several servers.

    If one copy of a domain is not suspended, it is the host, because it serves the site. Otherwise which one serves it
    is unknown: each copy becomes a host of its own, C(panel_duplicate) is true, and no host has just the domain as
    its name.

    :param panel: value of C(panel_type). :param sites: by the names of their servers.
    """
    copies: dict[str, list[tuple[str, PanelSite]]] = {}
    for server, found in sites.items():
        for site in found:
            copies.setdefault(site.domain, []).append((server, site))
    hosts: dict[str, Variables] = {}
    chosen, ambiguous = [], []
    for domain, candidates in copies.items():
        distinct = list(dict.fromkeys(candidates))
        active = [each for each in distinct if not each[1].suspended]
        if len(distinct) == 1 or len(active) == 1:
            server, site = (active or distinct)[0]
            hosts[domain] = _variables(panel, server, site, duplicate=False)
            if len(distinct) > 1:
                chosen.append(f"{domain} ({server})")
            continue
        ambiguous.append(f"{domain} ({joined(dict.fromkeys(server for server, _site in distinct))})")
        for server, site in distinct:
            name, number = f"{domain}_{server}", 1
            while name in hosts:
                number += 1
                name = f"{domain}_{server}_{number}"
            hosts[name] = _variables(panel, server, site, duplicate=True)
    return hosts, [*_chosen(chosen), *_ambiguous(ambiguous)]


def _chosen(names: t.Sequence[str]) -> list[str]:
    what = counted(len(names), "domain")
    text = f"{what}, each on several servers, and suspended on all but one, which is the host: {listed(names)}."
    return [text] * bool(names)


def _ambiguous(names: t.Sequence[str]) -> list[str]:
    what = counted(len(names), "domain")
    text = (
        f"{what}, each on several servers, or twice on one: {listed(names)}. Each copy is a host of its own, in the "
        "group panel_duplicates, because it is unknown which one serves the site. Remove or suspend the copy that does "
        "not."
    )
    return [text] * bool(names)


def _variables(panel: str, server: str, site: PanelSite, *, duplicate: bool) -> Variables:
    return {
        "panel_type": panel,
        "panel_server": server,
        "panel_domain": site.domain,
        "panel_domain_type": site.domain_type,
        "panel_parent_domain": site.parent_domain,
        "panel_account": site.account,
        "panel_owner": site.owner,
        "panel_package": site.package,
        "panel_suspended": site.suspended,
        "panel_addresses": list(site.addresses),
        "panel_duplicate": duplicate,
    }
