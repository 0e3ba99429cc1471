# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the server accepts our updates, tested with an update that cannot change anything.

It deletes record sets under the prerequisite that they do not exist (RFC 2136, 2.4.3: either the prerequisite does not
hold and nothing is done, or there is nothing to delete), and a random value of 128 bits from an existing TXT set. An
update with prerequisites alone is not sufficient: BIND compares an update policy with the records of the update, and
accepts everybody if there are none (seen with 9.18; Knot 3.2 checks its lists in both cases).
"""

from __future__ import annotations

import enum
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.client import DnsClient
from ansible_collections.hosting.websec.plugins.module_utils._dns.messages import (
    PREREQUISITE_FAILED,
    types_beside_cname,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.plan import Snapshot
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import Key, text_record
from ansible_collections.hosting.websec.plugins.module_utils._dns.refusals import update_refusal
from ansible_collections.hosting.websec.plugins.module_utils._errors import AuthError, NotAllowedError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._preflight.sites import ZonedSite

try:
    import dns.name
    import dns.rcode
    import dns.update
    from dns.rdatatype import AAAA, CNAME, TXT, A, RdataType
except ImportError:
    note_missing("dnspython")


class ProbeResult(enum.Enum):
    """The result of a probe."""

    TAKEN = "taken"
    """The server would make the changes, and no record of another type conflicts with a new CNAME."""

    OTHER_DATA = "other data"
    """The server would make the changes, but a prerequisite does not hold: there is a conflicting record."""

    NOT_ASKED = "not asked"


def build_noop(site: ZonedSite, observed: Snapshot, token: str) -> dns.update.UpdateMessage:
    """An update for all later changes of a site, which changes nothing.

    :param observed: the record sets at the server; names without them are omitted.
    :param token: a random text that no TXT record has.
    """
    message = dns.update.UpdateMessage(site.zone)
    for name, rdtype in _to_write(site, observed):
        if observed.get((name, rdtype)) is None:
            message.absent(name, rdtype)
            message.delete(name, rdtype)
        elif rdtype == TXT:
            message.delete(name, text_record(token))
    for name, rdtype in _never_beside_cname(site, observed):
        message.absent(name, rdtype)
    return message


def probe(client: DnsClient, site: ZonedSite, observed: Snapshot, token: str) -> ProbeResult | WebsecError:
    """Send the update. A refusal is returned.

    :raises WebsecError: the server is unreachable.
    """
    settings = client.settings
    try:
        rcode = client.update(build_noop(site, observed, token)).rcode()
    except AuthError as error:
        # The same key was accepted for reading: Knot returns BADKEY for a key without this permission.
        return NotAllowedError(
            f"{settings.endpoint} does not allow the key {settings.key_name} to change the zone "
            f"{site.zone.to_text(omit_final_dot=True)} ({error.code}).",
            hint="Check the zone's access list, and that this server is its primary.",
            code=error.code,
        )
    if rcode == dns.rcode.NOERROR:
        return ProbeResult.TAKEN
    if rcode in PREREQUISITE_FAILED:
        return ProbeResult.OTHER_DATA
    return update_refusal(rcode, str(settings.endpoint), site.zone, settings.key_name)


def types_to_look_for(site: ZonedSite, observed: Snapshot, *, unusual: bool) -> list[Key]:
    """The sets that names with a new CNAME must not have, and that were not read yet."""
    return [at for at in _never_beside_cname(site, observed) if unusual or at[1] in types_beside_cname(unusual=False)]


def _to_write(site: ZonedSite, observed: Snapshot) -> t.Iterator[Key]:
    for name in site.names:
        if (name, CNAME) in observed and (name == site.site.domain or name != site.zone):
            types: t.Sequence[RdataType] = (A, AAAA, CNAME) if name != site.zone else (A, AAAA)
            yield from ((name, rdtype) for rdtype in types)
    if (site.site.domain, CNAME) in observed and site.certified:
        yield site.site.domain, TXT
    if (site.marker, CNAME) in observed:
        yield site.marker, TXT


def _never_beside_cname(site: ZonedSite, observed: Snapshot) -> list[Key]:
    return [
        (name, rdtype)
        for name in site.cnames
        # A name with a CNAME has no other records.
        if name != site.zone and (name, CNAME) in observed and observed[name, CNAME] is None
        for rdtype in types_beside_cname(unusual=True)
        if rdtype not in (A, AAAA) and (name, rdtype) not in observed
    ]
