# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The interface of a DNS provider: its capabilities, the zones of names, reading, and changing a zone.

Everything above works with any provider: ``plan`` decides on snapshots and changes, ``zone_resource`` observes, plans,
changes and reads back. Details of one kind of provider (prerequisites, message sizes, wildcards that answer for a name,
caches of a library) stay below this interface.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import Endpoint
from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import DesiredRecordSet
from ansible_collections.hosting.websec.plugins.module_utils._dns.plan import Change, Snapshot
from ansible_collections.hosting.websec.plugins.module_utils._dns.propagation import NameServerLookup
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import Key, RecordSet
from ansible_collections.hosting.websec.plugins.module_utils._dns.zones import Found
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    import dns.name
except ImportError:
    note_missing("dnspython")

ZONE_ATOMIC = "zone_atomic"
NOT_ATOMIC = "none"


@dataclasses.dataclass(frozen=True)
class Capabilities:
    """What a provider guarantees.

    :param conditional: it changes a zone only if the data that the change is based on is unchanged at that moment.
    :param atomicity: V(zone_atomic): the changes of one call happen together or not at all; V(none): no guarantee.
    """

    conditional: bool
    atomicity: str

    def as_dict(self) -> dict[str, t.Any]:
        return {"conditional": self.conditional, "atomicity": self.atomicity}


Read = t.Mapping[Key, t.Union[RecordSet, WebsecError, None]]
"""For each key its set, ``None`` if there is no such set, or the error for this name."""


@dataclasses.dataclass(frozen=True)
class ChangeResult:
    """The result of the changes of one zone.

    :param accepted: the changes that the provider accepted.
    :param stale: the data that they are based on has changed: changes that are not in ``accepted`` were not sent.
    :param error: the call failed; the changes in ``in_doubt`` may have happened nevertheless.
    """

    accepted: tuple[Change, ...] = ()
    stale: bool = False
    error: WebsecError | None = None
    in_doubt: tuple[Change, ...] = ()


@dataclasses.dataclass(frozen=True)
class Place:
    """The place of a record set: the name of a provider in the options, and a zone."""

    provider: str
    zone: dns.name.Name


@dataclasses.dataclass(frozen=True)
class ForChange:
    """A read before or after a change.

    :param closely: a change was not accepted or not applied: find out why.
    """

    desired: tuple[DesiredRecordSet, ...]
    closely: bool = False


class Provider(t.Protocol):
    """One provider. Thread-safe; one thread at a time processes a zone."""

    @property
    def label(self) -> str:
        """Its name in messages."""

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def propagation_servers(self) -> t.Sequence[Endpoint]:
        """Queried for propagation instead of the servers in the NS records, if set."""

    def zones(self, names: t.Collection[dns.name.Name]) -> Found:
        """For each name its zone at this provider, or why it has none."""

    def read(self, zone: dns.name.Name, keys: t.Sequence[Key], for_change: ForChange | None = None) -> Read:
        """The record sets ``keys``.

        :param for_change: return the content of the zone itself, with all other sets that a change of these depends on,
            and with errors for the names that cannot be changed.
        :raises WebsecError: the zone cannot be read.
        """

    def change(self, zone: dns.name.Name, changes: t.Sequence[Change], expected: Snapshot) -> ChangeResult:
        """Make ``changes``, and nothing else, if the zone matches ``expected``. Errors are in the result."""

    def holds(self, zone: dns.name.Name, changes: t.Sequence[Change], expected: Snapshot) -> bool:
        """Whether the zone matches ``expected``, so that the provider would make ``changes`` now. Changes nothing."""

    def name_server_lookup(self) -> NameServerLookup:
        """The lookup of authoritative servers for zones of this provider."""

    def close(self) -> None:
        """Close its connections."""
