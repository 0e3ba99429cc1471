# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All problems of a site file that can be seen without a network, by the rules of a pass."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._problems import Claim, EntryProblem, Problems
from ansible_collections.hosting.websec.plugins.module_utils._schemas import Schema, mapping
from ansible_collections.hosting.websec.plugins.module_utils._site_names import full_name
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import (
    Defaults,
    Entry,
    blank_entry,
    claimed_names,
    complete_names,
    fill_entry,
    refuse_shared_domains,
    refuse_shared_names,
    refuse_shared_site_ids,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.keys import KEYS

_SHARED: dict[str, t.Callable[[t.Sequence[Entry]], None]] = {
    "site_id": refuse_shared_site_ids,
    "domain": refuse_shared_domains,
    "aliases": refuse_shared_names,
}
"""What no two entries may claim, by the key to look at."""


def site_schema() -> Schema:
    """The JSON Schema of one entry."""
    return mapping({name: key.schema for name, key in KEYS.items()}, "domain")


def check_sites(sites: t.Sequence[t.Any]) -> list[EntryProblem]:
    """
    :param sites: the entries of a site file.
    :returns: in the order of the entries; then what several entries claim.
    """
    found, valid = _read(sites)
    return [*found, *_shared(valid)]


def claims_of_sites(sites: t.Sequence[t.Any]) -> list[Claim]:
    """What the valid entries claim. A domain is a DNS name, too."""
    found = []
    for place, entry in _read(sites)[1].items():
        domain = entry["domain"]
        if entry["site_id"] is not None:
            found.append(Claim(place, domain, "site_id", "site_id", entry["site_id"]))
        found += [
            Claim(place, domain, "domain" if name == domain else "aliases", "DNS name", name)
            for name in claimed_names(entry)
        ]
    return found


def _read(sites: t.Sequence[t.Any]) -> tuple[list[EntryProblem], dict[int, Entry]]:
    """The problems of each entry by itself, and by their places the entries whose domains are valid."""
    found: list[EntryProblem] = []
    valid: dict[int, Entry] = {}
    for place, site in enumerate(sites, 1):
        problems, entry = Problems(collect=True), blank_entry(Defaults())
        fill_entry(entry, place, site, problems)
        name = entry["domain"] if isinstance(entry["domain"], str) else ""
        if not problems.found:
            _check_names(entry, problems)
        if all(problem.key and problem.key != "domain" for problem in problems.found):
            valid[place] = entry
        found += [EntryProblem.of(place, name, problem) for problem in problems.found]
    return found, valid


def _check_names(entry: Entry, problems: Problems) -> None:
    """The names of a site. Its zone may be unknown without a name server; then the widest one is assumed that it can
    have, so that nothing is refused which is right."""
    if entry["zone"] is not None:
        complete_names(entry, problems)
        return
    domain = entry["domain"]
    assumed = {**entry, "zone": ".".join(domain.split(".")[-2:]), "apex": entry["apex"] is not False}
    complete_names(assumed, problems)
    given = entry["aliases"] or [] if not problems.found else []
    # Whether it has the default aliases is unknown: they claim nothing.
    entry["names"] = [domain, *(full_name(alias, domain) for alias in given)]
    entry["origin_name"], entry["origin_addresses"] = assumed["origin_name"], assumed["origin_addresses"]


def _shared(entries: t.Mapping[int, Entry]) -> list[EntryProblem]:
    """What several entries claim, of each kind by itself: a run refuses an entry at the first one."""
    found: list[EntryProblem] = []
    for key, refuse_shared in _SHARED.items():
        # The messages name places in the file, so those of other entries are kept.
        claims: list[Entry] = [{"error": {}} for _place in range(max(entries, default=0))]
        # The same domain is the same DNS name.
        told = {each.place for each in found if each.key == "domain"} if key == "aliases" else set()
        for place, entry in entries.items():
            if place not in told:
                claims[place - 1] = {**entry, "error": None}
        refuse_shared(claims)
        found += [
            EntryProblem(place, claim["domain"], key, claim["error"]["message"], claim["error"]["hint"])
            for place, claim in enumerate(claims, 1)
            if claim["error"]
        ]
    return found
