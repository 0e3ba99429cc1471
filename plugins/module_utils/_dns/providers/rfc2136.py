# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A primary name server that accepts dynamic updates (RFC 2136), as a provider with all capabilities.

A change is one UPDATE with the data that it is based on as prerequisites, or several if one does not fit in a message;
a name is never split. Reads are normal queries, so a response may come from a wildcard, or from another zone: a read
for a change checks this.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.client import DnsClient
from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import Endpoint, MessageTooBigError
from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import DesiredRecordSet
from ansible_collections.hosting.websec.plugins.module_utils._dns.lookup import ZoneReader
from ansible_collections.hosting.websec.plugins.module_utils._dns.messages import (
    PREREQUISITE_FAILED,
    ElsewhereError,
    build_condition,
    build_probe,
    build_update,
    types_beside_cname,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.plan import (
    Change,
    Snapshot,
    ZonePlan,
    doubtful,
    keys_to_read_then,
    new_cnames,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.propagation import NameServerLookup, ServerLookup
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.interface import (
    ZONE_ATOMIC,
    Capabilities,
    ChangeResult,
    ForChange,
    Read,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import Key, RecordSet
from ansible_collections.hosting.websec.plugins.module_utils._dns.refusals import update_refusal
from ansible_collections.hosting.websec.plugins.module_utils._dns.wildcards import without_wildcards
from ansible_collections.hosting.websec.plugins.module_utils._dns.zones import Found, zones_at_server
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext

try:
    import dns.name
    import dns.rcode
    import dns.update
    from dns.rdatatype import CNAME
except ImportError:
    note_missing("dnspython")


class Rfc2136Provider:
    """Zones at the server of ``client``."""

    capabilities = Capabilities(conditional=True, atomicity=ZONE_ATOMIC)

    def __init__(
        self,
        client: DnsClient,
        propagation_servers: t.Sequence[Endpoint] = (),
        *,
        concurrency: int = 1,
        context: RunContext | None = None,
    ) -> None:
        self.client = client
        self._concurrency = concurrency
        self._context = context
        self.propagation_servers = tuple(propagation_servers)
        self._readers: dict[dns.name.Name, ZoneReader] = {}

    @property
    def label(self) -> str:
        return str(self.client.server)

    def close(self) -> None:
        self.client.close()

    def name_server_lookup(self) -> NameServerLookup:
        return ServerLookup(self.client)

    def zones(self, names: t.Collection[dns.name.Name]) -> Found:
        return zones_at_server(self.client, names, self._concurrency, self._context)

    # Reading

    def read(self, zone: dns.name.Name, keys: t.Sequence[Key], for_change: ForChange | None = None) -> Read:
        """One query for each key, and more if a change requires certainty."""
        if for_change is None:
            answers = self._reader(zone).read_each(keys)
            return {at: sets if isinstance(sets, WebsecError) else sets[at] for at, sets in answers.items()}
        desired, closely = for_change.desired, for_change.closely
        elsewhere: dict[Key, WebsecError] = {}
        snapshot = self._read(keys, zone, elsewhere)
        snapshot.update(self._read(keys_to_read_then(snapshot, desired), zone, elsewhere))
        snapshot = self._without_wildcards(snapshot, zone, desired, elsewhere, closely=closely)
        if closely or self.client.read_only:
            names = new_cnames(snapshot, desired)
            # Check mode queries only the usual types; an update has all of them as prerequisites.
            types = types_beside_cname(unusual=not self.client.read_only)
            beside = [(name, rdtype) for name in names for rdtype in types if (name, rdtype) not in snapshot]
            if beside:
                snapshot = {**self._read(beside, zone, elsewhere), **snapshot}
                snapshot = self._without_wildcards(snapshot, zone, desired, elsewhere, closely=closely)
        return {**snapshot, **elsewhere}

    def _reader(self, zone: dns.name.Name) -> ZoneReader:
        return self._readers.setdefault(zone, ZoneReader(self.client, zone))

    def _read(
        self, keys: t.Sequence[Key], zone: dns.name.Name, elsewhere: dict[Key, WebsecError]
    ) -> dict[Key, RecordSet | None]:
        """The sets, and those of CNAMEs at their names. Names that are not in this zone go to ``elsewhere``."""
        snapshot: dict[Key, RecordSet | None] = {}
        for at, sets in self._reader(zone).read(keys).items():
            if isinstance(sets, ElsewhereError):
                elsewhere[at] = sets
            else:
                snapshot.update(sets)
        return snapshot

    def _without_wildcards(
        self,
        snapshot: dict[Key, RecordSet | None],
        zone: dns.name.Name,
        desired: t.Sequence[DesiredRecordSet],
        elsewhere: dict[Key, WebsecError],
        *,
        closely: bool,
    ) -> dict[Key, RecordSet | None]:
        """``snapshot`` without the sets that come from a wildcard of the zone, which cannot be changed."""
        return without_wildcards(
            snapshot,
            doubtful(zone, snapshot, desired, closely=closely or self.client.read_only),
            lambda keys: self._read(keys, zone, elsewhere),
            # Responses do not distinguish a set from an equal one of the wildcard. A prerequisite does.
            lambda at: closely and not self.client.read_only and self._exists(at, zone),
        )

    def _exists(self, at: Key, zone: dns.name.Name) -> bool:
        """Whether the zone itself has this set, by an update that changes nothing."""
        return self._update(build_probe(zone, at), zone) == dns.rcode.NOERROR

    # Changing

    def change(self, zone: dns.name.Name, changes: t.Sequence[Change], expected: Snapshot) -> ChangeResult:
        """One update, or several if one does not fit in a message (after a refusal the rest is not sent)."""
        plan = ZonePlan(zone, tuple(changes), expected)
        accepted: list[Change] = []
        waiting = [plan]
        while waiting:
            part = waiting.pop(0)
            try:
                done = self._update(build_update(part, _new_cnames(part)), zone) == dns.rcode.NOERROR
            except MessageTooBigError:
                halves = _halves(part)
                if not halves:
                    return ChangeResult(tuple(accepted), error=_too_big(part))
                waiting[:0] = halves
                continue
            except WebsecError as error:
                return ChangeResult(
                    tuple(accepted), error=error, in_doubt=part.changes if error.may_have_happened else ()
                )
            if not done:
                return ChangeResult(tuple(accepted), stale=True)
            accepted += part.changes
        return ChangeResult(tuple(accepted))

    def holds(self, zone: dns.name.Name, changes: t.Sequence[Change], expected: Snapshot) -> bool:
        plan = ZonePlan(zone, tuple(changes), expected)
        return self._update(build_condition(plan, _new_cnames(plan)), zone) == dns.rcode.NOERROR

    def _update(self, message: dns.update.UpdateMessage, zone: dns.name.Name) -> dns.rcode.Rcode:
        """The response to an update: NOERROR, or an unmet prerequisite. Everything else is raised."""
        rcode = self.client.update(message).rcode()
        if rcode != dns.rcode.NOERROR and rcode not in PREREQUISITE_FAILED:
            settings = self.client.settings
            raise update_refusal(rcode, str(settings.endpoint), zone, settings.key_name)
        return rcode


def _new_cnames(plan: ZonePlan) -> list[dns.name.Name]:
    """The names that get a CNAME and had none: they must have no other type."""
    return [
        change.name
        for change in plan.changes
        if change.rdtype == CNAME and change.after is not None and change.before is None
    ]


def _halves(plan: ZonePlan) -> list[ZonePlan]:
    """Split a plan that does not fit in a message in two; none if it concerns one name."""
    names = plan.names
    middle = len(names) // 2
    return [plan.only(half) for half in (names[:middle], names[middle:])] if middle else []


def _too_big(plan: ZonePlan) -> BadInputError:
    return BadInputError(
        f"The change of {shown(plan.names[0])} does not fit in one DNS message of 64 KiB.",
        hint="Give the name fewer or shorter values.",
    )
