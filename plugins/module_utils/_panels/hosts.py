# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hosts that the sites of a source become, and what becomes of a domain that is there more than once."""

from __future__ import annotations

import collections
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._panels.sites import PanelSite
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, joined, listed

Variables = dict[str, t.Any]


def hosts_of(panel: str, sites: t.Mapping[str, t.Sequence[PanelSite]]) -> tuple[dict[str, Variables], list[str]]:
    """The hosts with their variables, and warnings about domains that are on several servers.

    If one copy of a domain is not suspended, it is the host, because it serves the site. Otherwise which one serves it
    is unknown: each copy becomes a host of its own, C(panel_duplicate) is true, and no host has just the domain as
    its name.

    :param panel: value of C(panel_type). :param sites: by the names of their servers.
    """
    copies: dict[str, list[tuple[str, PanelSite]]] = {}
    used: collections.Counter[str] = collections.Counter()
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
            name = _free_name(f"{domain}_{server}", hosts, used)
            hosts[name] = _variables(panel, server, site, duplicate=True)
    return hosts, [*_chosen(chosen), *_ambiguous(ambiguous)]


def beside(
    hosts: t.Mapping[str, Variables], present: t.Mapping[str, t.Mapping[str, t.Any]]
) -> tuple[dict[str, Variables], list[str]]:
    """The hosts of a source next to those of the sources before, which may be of another panel.

    Panels do not check who owns a domain. Which copy serves the site is unknown, whatever the panels say, so each one
    is a host of its own, with C(panel_duplicate). The same copy, read twice, is one host.

    :param present: variables of the hosts that are there. :returns: the hosts, and the names of those in ``present``
        that are copies of them.
    """
    others: dict[str, list[str]] = {}
    for name, variables in present.items():
        others.setdefault(str(variables["panel_domain"]), []).append(name)
    used: collections.Counter[str] = collections.Counter()
    taken = set(present)
    found: dict[str, Variables] = {}
    copied: list[str] = []
    for name, variables in hosts.items():
        copies = others.get(variables["panel_domain"], [])
        same = next((other for other in copies if _is_same(variables, present[other])), "")
        if same:
            found[same] = {**variables, "panel_duplicate": bool(present[same].get("panel_duplicate"))}
        elif copies:
            copied += copies
            free = _free_name(f"{variables['panel_domain']}_{variables['panel_server']}", taken, used)
            taken.add(free)
            found[free] = {**variables, "panel_duplicate": True}
        else:
            found[name] = variables
    return found, list(dict.fromkeys(copied))


def _is_same(variables: Variables, other: t.Mapping[str, t.Any]) -> bool:
    return all(other.get(key) == value for key, value in variables.items() if key != "panel_duplicate")


def _free_name(name: str, taken: t.Container[str], used: collections.Counter[str]) -> str:
    """C(name), or with the next number if there is such a host already. :param used: the last number by name."""
    while True:
        used[name] += 1
        found = name if used[name] == 1 else f"{name}_{used[name]}"
        if found not in taken:
            return found


def told_as_copies(domains: t.Sequence[str]) -> list[str]:
    """A warning about domains that a source before has, too; none if there are none."""
    text = (
        f"{counted(len(domains), 'domain')} of this source and of another one: {listed(domains)}. Each copy is a host "
        "in the group panel_duplicates, because it is unknown which one serves the site. Remove the copy that does not."
    )
    return [text] * bool(domains)


def told_as_groups(names: t.Sequence[str]) -> list[str]:
    """A warning about sites of which Ansible would set the variables for a group; none if there are none."""
    text = f"{counted(len(names), 'site')} left out: {listed(names)}. A group has the same name. Rename the group."
    return [text] * bool(names)


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
