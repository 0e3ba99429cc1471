# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The records of a site at its name server, without those of wildcards."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.client import DnsClient
from ansible_collections.hosting.websec.plugins.module_utils._dns.lookup import ZoneReader
from ansible_collections.hosting.websec.plugins.module_utils._dns.messages import ElsewhereError, build_probe
from ansible_collections.hosting.websec.plugins.module_utils._dns.plan import Snapshot
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import Key, RecordSet
from ansible_collections.hosting.websec.plugins.module_utils._dns.wildcards import without_wildcards
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    import dns.message
    import dns.name
    import dns.rcode
except ImportError:
    note_missing("dnspython")


@dataclasses.dataclass(frozen=True)
class ServerObservation:
    """The responses of the server for some keys.

    :param sets: every requested key that could be read, and the CNAME at each name.
    :param elsewhere: the names that are not in this zone, with the reason.
    :param answers: the messages.
    """

    sets: Snapshot
    elsewhere: t.Mapping[dns.name.Name, ElsewhereError]
    answers: t.Mapping[Key, dns.message.Message]


def read(client: DnsClient, zone: dns.name.Name, keys: t.Sequence[Key]) -> ServerObservation:
    """Query ``keys``, all of them in one round trip.

    :raises NotFoundError: the server does not serve this zone.
    :raises WebsecError: it is unreachable.
    """
    reader = ZoneReader(client, zone, keep_answers=True)
    sets: dict[Key, RecordSet | None] = {}
    elsewhere: dict[dns.name.Name, ElsewhereError] = {}
    for at, found in reader.read(keys).items():
        if isinstance(found, ElsewhereError):
            elsewhere.setdefault(at[0], found)
        else:
            sets.update({key: record_set or sets.get(key) for key, record_set in found.items()})
    return ServerObservation(
        {at: found for at, found in sets.items() if at[0] not in elsewhere}, elsewhere, reader.answers
    )


def own_sets(
    client: DnsClient, zone: dns.name.Name, observed: Snapshot, suspects: t.Sequence[Key], *, ask_exactly: bool
) -> Snapshot:
    """``observed`` without those of ``suspects`` that come only from a wildcard of the zone.

    At most one query for each suspect.

    :param ask_exactly: if a set equals that of the wildcard, test whether the zone has it, with an update that has only
        prerequisites. Without it, the set counts as that of the wildcard.
    """
    doubtful = [at for at in suspects if at[0] != zone]
    return without_wildcards(
        observed,
        doubtful,
        lambda keys: read(client, zone, keys).sets,
        lambda at: ask_exactly and _exists(client, zone, at),
    )


def _exists(client: DnsClient, zone: dns.name.Name, at: Key) -> bool:
    return client.update(build_probe(zone, at)).rcode() == dns.rcode.NOERROR
