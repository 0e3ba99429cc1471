# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The interface of a DNS provider: what it can promise, the zones that names lie in, reading, and changing a zone.

Everything above works with any provider: ``plan`` decides on snapshots and changes, ``zone_resource`` observes, plans,
changes and reads back. What only one kind of provider needs (prerequisites, message sizes, wildcards that answer for a
name, caches of a library) stays below this interface.
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
    """What a provider promises.

    :param conditional: it changes a zone only if what the change rests on is still so at that moment.
    :param atomicity: V(zone_atomic): the changes of one call happen together or not at all; V(none): no promise.
    """

    conditional: bool
    atomicity: str

    def as_dict(self) -> dict[str, t.Any]:
        return {"conditional": self.conditional, "atomicity": self.atomicity}


Read = t.Mapping[Key, t.Union[RecordSet, WebsecError, None]]
"""For each key its set, ``None`` where there is no such set, or why nothing can be said of this name."""


@dataclasses.dataclass(frozen=True)
class ChangeResult:
    """What became of the changes of one zone.

    :param accepted: the provider said yes to them.
    :param stale: what they rest on is not so any more: what is not in ``accepted`` was not sent.
    :param error: it went wrong; ``in_doubt`` may have happened all the same.
    """

    accepted: tuple[Change, ...] = ()
    stale: bool = False
    error: WebsecError | None = None
    in_doubt: tuple[Change, ...] = ()


@dataclasses.dataclass(frozen=True)
class Place:
    """Where a record set lies: the name of a provider in the options, and a zone."""

    provider: str
    zone: dns.name.Name


@dataclasses.dataclass(frozen=True)
class ForChange:
    """A read before or after a change.

    :param closely: a change was not accepted, or did not have its effect: find out why.
    """

    desired: tuple[DesiredRecordSet, ...]
    closely: bool = False


class Provider(t.Protocol):
    """One provider, for any number of threads; a zone is in the hands of one thread at a time."""

    @property
    def label(self) -> str:
        """How people know it, for messages."""

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def propagation_servers(self) -> t.Sequence[Endpoint]:
        """Asked for propagation instead of the servers in the NS records, where there are any."""

    def zones(self, names: t.Collection[dns.name.Name]) -> Found:
        """The zones at this provider that the names lie in; for each name its zone or why there is none."""

    def read(self, zone: dns.name.Name, keys: t.Sequence[Key], for_change: ForChange | None = None) -> Read:
        """The record sets ``keys``.

        :param for_change: then what is returned is what the zone itself holds, with all other sets that a change of
            these would rest on, and it says at which names nothing can be changed.
        :raises WebsecError: nothing can be said of the zone.
        """

    def change(self, zone: dns.name.Name, changes: t.Sequence[Change], expected: Snapshot) -> ChangeResult:
        """Make ``changes``, and nothing else, if the zone holds what is ``expected``. Errors are in the result."""

    def holds(self, zone: dns.name.Name, changes: t.Sequence[Change], expected: Snapshot) -> bool:
        """Whether the provider would make ``changes`` now, as far as ``expected`` goes. Changes nothing."""

    def name_server_lookup(self) -> NameServerLookup:
        """Finds the authoritative servers of zones of this provider."""

    def close(self) -> None:
        """Close its connections."""
