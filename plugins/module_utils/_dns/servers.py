# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The servers to query for the propagation of a change, for zones at several providers."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import Endpoint
from ansible_collections.hosting.websec.plugins.module_utils._dns.propagation import NameServer, name_servers
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.interface import Place, Provider
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    import dns.name
except ImportError:
    note_missing("dnspython")


def servers_of(
    providers: t.Mapping[str, Provider], places: t.Sequence[Place], given: t.Sequence[Endpoint], concurrency: int
) -> dict[Place, list[NameServer]]:
    """The authoritative servers of each zone: those set for the task or the provider, otherwise those in the NS
    records."""
    zones: dict[str, list[dns.name.Name]] = {}
    for place in places:
        zones.setdefault(place.provider, []).append(place.zone)
    found: dict[Place, list[NameServer]] = {}
    for name, theirs in zones.items():
        chosen = [NameServer(str(each), each) for each in given or providers[name].propagation_servers]
        servers = (
            dict.fromkeys(theirs, chosen)
            if chosen
            else name_servers(providers[name].name_server_lookup(), theirs, concurrency)
        )
        found.update({Place(name, zone): servers[zone] for zone in theirs})
    return found
