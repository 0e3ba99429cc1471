# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection's own changes for a site, from its state record. They are no findings."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._addresses import find_address, parse_network
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.plan import Snapshot
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import RecordSet, type_text
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._preflight.policy import Policy
from ansible_collections.hosting.websec.plugins.module_utils._preflight.sites import ZonedSite
from ansible_collections.hosting.websec.plugins.module_utils._state_record import RecordSet as SavedSet
from ansible_collections.hosting.websec.plugins.module_utils._state_record import StateRecord, from_values, points_to

try:
    import dns.name
    from dns.rdatatype import AAAA, CNAME, TXT, A, RdataType
except ImportError:
    note_missing("dnspython")


@dataclasses.dataclass(frozen=True)
class Done:
    """
    :param state_record: of the site; ``None``: there is none of this site.
    :param problem: why the value is not a state record of this site.
    """

    state_record: StateRecord | None = None
    problem: BadInputError | None = None

    @property
    def cut_over(self) -> bool:
        """Whether the traffic was sent to the CDN, and the original records were not restored."""
        return (
            self.state_record is not None
            and self.state_record.target is not None
            and self.state_record.restored is None
        )

    @property
    def published(self) -> tuple[str, str] | None:
        """Name and value of the verification that the collection published."""
        return self.state_record.verification if self.state_record is not None else None

    def includes(self, name: dns.name.Name, rdtype: RdataType, found: RecordSet) -> bool:
        """Whether the collection set these records: those of the cut-over, those that it restored, its TXT value."""
        if self.state_record is None:
            return False
        if rdtype == TXT:
            return all(self.published == (shown(name), value) for value in found.values)
        if rdtype not in (A, AAAA, CNAME):
            return False
        if self.state_record.restored is not None:
            # During the removal there is no cut-over that they could prevent.
            return True
        types = {type_text(rdtype): SavedSet(found.ttl, tuple(found.values))}
        return self.state_record.target is not None and points_to(types, self.state_record.target)

    def policy(self, policy: Policy) -> Policy:
        """``policy`` with the CDN target of this site."""
        target = self.state_record.target if self.state_record is not None else None
        if target is None:
            return policy
        names = (dns.name.from_text(target.dns_new_cname),) if target.dns_new_cname else ()
        networks = tuple(parse_network(address) for address in target.dns_new_a if find_address(address) is not None)
        return dataclasses.replace(
            policy, cdn_suffixes=policy.cdn_suffixes + names, cdn_networks=policy.cdn_networks + networks
        )


def done_for(site: ZonedSite, own: Snapshot) -> Done:
    """The changes for a site, from the TXT set at the name of its state record."""
    found = own.get((site.marker, TXT))
    values: t.Sequence[str] = found.values if found is not None else ()
    try:
        return Done(from_values(shown(site.site.domain), site.site.site_id, values))
    except BadInputError as problem:
        return Done(problem=problem)
