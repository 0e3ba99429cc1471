# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DNS messages: the record sets in a response, and the update of a zone."""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import Endpoint
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.plan import Change, ZonePlan
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import (
    Key,
    RecordSet,
    key,
    type_text,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.refusals import read_refusal
from ansible_collections.hosting.websec.plugins.module_utils._errors import NotFoundError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    import dns.flags
    import dns.message
    import dns.name
    import dns.rcode
    import dns.rdataclass
    import dns.rdatatype
    import dns.rrset
    import dns.update
    from dns.rdatatype import CNAME, DNAME, NS, SOA, A, RdataType
except ImportError:
    note_missing("dnspython")

_USUAL = "A AAAA TXT MX SRV CAA PTR NAPTR TLSA SSHFP HTTPS SVCB URI NS DS"
_UNUSUAL = (
    "DNAME HINFO RP AFSDB LOC SPF CERT DNSKEY OPENPGPKEY SMIMEA IPSECKEY DHCID HIP CDS CDNSKEY CSYNC EUI48 EUI64 "
    "X25 ISDN RT NSAP PX GPOS KX APL MINFO MB MG MR WKS TYPE56 TYPE104 TYPE105 TYPE106 TYPE107 TYPE258 TYPE261 "
    "TYPE262"
)


class ElsewhereError(NotFoundError):
    """A name is not in the expected zone."""


@functools.cache
def types_beside_cname(*, unusual: bool) -> tuple[RdataType, ...]:
    """The types that cannot coexist with a CNAME.

    A server that has one of them at the name of a new CNAME drops the CNAME and reports success (RFC 2136, 3.4.2.2),
    when the addresses are already gone. So each of them is a prerequisite of such an update.
    """
    return tuple(dns.rdatatype.from_text(text) for text in (f"{_USUAL} {_UNUSUAL}" if unusual else _USUAL).split())


def read_record_set(
    answer: dns.message.Message, at: Key, zone: dns.name.Name, server: Endpoint
) -> dict[Key, RecordSet | None]:
    """The set ``at`` in the response to its query, and a CNAME at its name.

    :raises ElsewhereError: the name is not in this zone. Other names may be.
    :raises WebsecError: the server refuses, or does not serve the zone.
    """
    name, rdtype = at
    subject = f"{shown(name)} {type_text(rdtype)}"
    if answer.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        raise read_refusal(answer.rcode(), str(server), subject)
    _refuse_other_zone(answer, at, zone, server)
    found: dict[Key, RecordSet | None] = {(name, CNAME): None, at: None}
    for rrset in answer.answer:
        if rrset.rdtype == DNAME and name != rrset.name and name.is_subdomain(rrset.name):
            raise ElsewhereError(
                f"{shown(name)} lies below the DNAME at {shown(rrset.name)}, so it cannot have records.",
                hint="Remove the name from the list, or remove the DNAME.",
            )
        if rrset.name == name and rrset.rdtype in (rdtype, CNAME):
            found[(name, rrset.rdtype)] = RecordSet(rrset.ttl, tuple(rrset))
    return found


def _refuse_other_zone(answer: dns.message.Message, at: Key, zone: dns.name.Name, server: Endpoint) -> None:
    name, rdtype = at
    authoritative = bool(answer.flags & dns.flags.AA)
    # After a CNAME or a DNAME, the rest of a response is about its target.
    for rrset in () if rdtype != CNAME and is_aliased(answer) else answer.authority:
        if rrset.rdtype not in (SOA, NS) or rrset.name == zone or not name.is_subdomain(rrset.name):
            continue
        if rrset.rdtype == NS and not authoritative and not answer.answer and rrset.name.is_subdomain(zone):
            raise ElsewhereError(
                f"{shown(name)} is not in the zone {shown(zone)}: {shown(rrset.name)} is delegated to other servers.",
                hint=f"Change it at the primary server of {shown(rrset.name)}.",
            )
        if authoritative:
            raise elsewhere(name, rrset.name, zone, server)
    if not authoritative:
        raise _not_served(zone, server)


def elsewhere(name: dns.name.Name, found: dns.name.Name | None, zone: dns.name.Name, server: Endpoint) -> WebsecError:
    """The error for a name that a server has in the zone ``found``, and not in ``zone``.

    :param found: ``None`` if the server did not say which.
    """
    if found is not None and not found.is_subdomain(zone):
        return _not_served(zone, server)
    return ElsewhereError(
        f"{server} has {shown(name)} in the zone {shown(found)}, not in {shown(zone)}."
        if found is not None
        else f"{server} does not confirm that {shown(name)} is in the zone {shown(zone)}: it returned no SOA record.",
        hint=f"Give {shown(found)} as zone, or omit zone." if found is not None else "Check the server's zones.",
    )


def _not_served(zone: dns.name.Name, server: Endpoint) -> NotFoundError:
    return NotFoundError(
        f"{server} does not serve the zone {shown(zone)}.",
        hint="Check zone and server: server must be the zone's primary server.",
    )


def build_update(plan: ZonePlan, new_cnames: t.Collection[dns.name.Name]) -> dns.update.UpdateMessage:
    """The update that makes the changes of ``plan`` if the data that it is based on is unchanged.

    :param new_cnames: names that get a CNAME: they must have no other type.
    """
    message = build_condition(plan, new_cnames)
    # Removals come first: a server ignores a CNAME that arrives while the addresses exist, and vice versa.
    for change in plan.changes:
        _delete(message, change)
    for change in plan.changes:
        _add(message, change)
    return message


def build_condition(plan: ZonePlan, new_cnames: t.Collection[dns.name.Name]) -> dns.update.UpdateMessage:
    """An update that changes nothing, and that is refused if the data that ``plan`` is based on has changed."""
    message = dns.update.UpdateMessage(plan.zone)
    for name in new_cnames:
        for rdtype in types_beside_cname(unusual=True):
            if (name, rdtype) not in plan.required:
                _require_absent(message, name, rdtype)
    for (name, rdtype), record_set in plan.required.items():
        if record_set is None:
            _require_absent(message, name, rdtype)
        else:
            message.present(name, *record_set.records)
    return message


def _require_absent(message: dns.update.UpdateMessage, name: dns.name.Name, rdtype: RdataType) -> None:
    # Like message.absent(), without a search that makes it slow for the many types of a new CNAME.
    message.prerequisite.append(dns.rrset.RRset(name, dns.rdataclass.NONE, rdtype))


PREREQUISITE_FAILED = frozenset((3, 6, 7, 8))
"""NXDOMAIN, YXDOMAIN, YXRRSET, NXRRSET: the responses to an update whose prerequisite does not hold (RFC 2136, 2.4)."""


def build_probe(zone: dns.name.Name, at: Key) -> dns.update.UpdateMessage:
    """An update that changes nothing, and that is refused if the zone itself has no such set."""
    message = dns.update.UpdateMessage(zone)
    message.present(*at)
    return message


def _delete(message: dns.update.UpdateMessage, change: Change) -> None:
    if change.before is None:
        return
    if change.after is None or change.after.ttl != change.before.ttl:
        message.delete(change.name, change.rdtype)
        return
    gone = [record for record in change.before.records if key(record) not in change.after.keys]
    if gone:
        message.delete(change.name, *gone)


def _add(message: dns.update.UpdateMessage, change: Change) -> None:
    if change.after is None:
        return
    whole = change.before is None or change.before.ttl != change.after.ttl
    there = frozenset() if whole or change.before is None else change.before.keys
    for record in change.after.records:
        if key(record) not in there:
            message.add(change.name, change.after.ttl, record)


def zone_in_answer(answer: dns.message.Message, name: dns.name.Name) -> dns.name.Name | None:
    """The zone of ``name``, from the response to a query for its SOA; ``None`` if the response does not say.

    After a CNAME the response is about its target, so only a SOA at or above ``name`` itself counts.
    """
    aliased = any(rrset.rdtype in (CNAME, DNAME) for rrset in answer.answer)
    for rrset in (*answer.answer, *(() if aliased else answer.authority)):
        if rrset.rdtype == SOA and rrset.rdclass == dns.rdataclass.IN and name.is_subdomain(rrset.name):
            return t.cast("dns.name.Name", rrset.name.canonicalize())
    return None


def is_aliased(answer: dns.message.Message) -> bool:
    """Whether the queried name is a CNAME, or is below a DNAME: then it cannot be an apex."""
    return any(rrset.rdtype in (CNAME, DNAME) for rrset in answer.answer)


def addresses_in(answer: dns.message.Message, name: dns.name.Name) -> list[str]:
    """The addresses of ``name`` in the response to a query for them."""
    return [
        record.address
        for rrset in answer.answer
        if rrset.name == name and rrset.rdtype in (A, dns.rdatatype.AAAA)
        for record in rrset
    ]
