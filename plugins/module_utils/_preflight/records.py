# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The current records at the names of a site, and their consequences for the cut-over."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.plan import Snapshot
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import Key, RecordSet, type_text
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._preflight.done import Done
from ansible_collections.hosting.websec.plugins.module_utils._preflight.findings import (
    Finding,
    blocks,
    duration,
    warns,
)
from ansible_collections.hosting.websec.plugins.module_utils._preflight.policy import Policy
from ansible_collections.hosting.websec.plugins.module_utils._preflight.sites import ZonedSite
from ansible_collections.hosting.websec.plugins.module_utils._state_record import MARK
from ansible_collections.hosting.websec.plugins.module_utils._texts import joined

try:
    import dns.name
    from dns.rdatatype import AAAA, CAA, CNAME, TXT, A, RdataType
except ImportError:
    note_missing("dnspython")

Beside = t.Mapping["dns.name.Name", t.Collection["RdataType"]]


def keys_to_read(site: ZonedSite) -> list[Key]:
    """The record sets that the decisions depend on. Responses for other types include CNAMEs."""
    names = [name for name in site.names if name.is_subdomain(site.zone)]
    keys = {(name, rdtype): None for name in names for rdtype in (A, AAAA)}
    keys.update({(site.site.domain, TXT): None, (site.marker, TXT): None})
    if site.certified:
        keys.update({(name, CAA): None for name in _names_to_zone(site)})
    return list(keys)


def in_the_way(site: ZonedSite, observed: Snapshot) -> list[Key]:
    """The sets that are findings only if they do not come from a wildcard."""
    domain = site.site.domain
    suspects = [(domain, CNAME), (domain, TXT), (site.marker, TXT), (site.marker, CNAME)]
    suspects += [(name, AAAA) for name in site.names]
    suspects += [(name, CAA) for name in site.cnames]
    return [at for at in suspects if observed.get(at) is not None]


def target(observed: Snapshot, name: dns.name.Name) -> dns.name.Name | None:
    """The target of the CNAME at ``name``."""
    found = observed.get((name, CNAME))
    return t.cast("t.Any", found.records[0]).target.canonicalize() if found is not None else None


def addresses(site: ZonedSite, observed: Snapshot) -> list[str]:
    """All addresses at the names of the site, and the targets of CNAMEs there, as text."""
    return [
        value for name in site.names for rdtype in (A, AAAA, CNAME) for value in _values(observed.get((name, rdtype)))
    ]


def record_findings(
    site: ZonedSite, observed: Snapshot, own: Snapshot, beside: Beside, done: Done, policy: Policy
) -> list[Finding]:
    """All findings about the records of a site, except ``stale_verification``.

    :param observed: the records that a visitor gets.
    :param own: the same without those of a wildcard: the zone's own records at these names.
    :param beside: other types at names that get a CNAME.
    :param done: the collection's own changes.
    """
    return [
        *_apex(site, own),
        *_other_data(site, own, beside, done, policy),
        *_no_place_for_txt(site, own, done, policy),
        *_marker(site, own, done),
        *_ipv6(site, own, done),
        *_ttl(site, observed, done, policy),
    ]


def _apex(site: ZonedSite, own: Snapshot) -> list[Finding]:
    domain = site.site.domain
    found = []
    if site.apex and target(own, domain) is not None:
        found.append(
            blocks(
                "cname_at_apex",
                domain,
                f"{shown(domain)} is a CNAME, so it cannot have the A records of the CDN, the TXT verification value "
                "or any other record.",
                "Replace the CNAME with the A records of the web server.",
            )
        )
    if site.zone in site.cnames:
        found.append(
            blocks(
                "cname_at_apex",
                site.zone,
                f"{shown(site.zone)} is the apex of its zone, where the site requires a CNAME, but an apex cannot "
                "have one.",
                "Make it the domain of the site, with apex (A records).",
            )
        )
    return found


def _other_data(site: ZonedSite, own: Snapshot, beside: Beside, done: Done, policy: Policy) -> t.Iterator[Finding]:
    for name in site.cnames:
        types = {rdtype for rdtype in (TXT, CAA) if _stays(own.get((name, rdtype)), name, rdtype, done, policy)}
        types.update(beside.get(name, ()))
        if types and name != site.zone:
            texts = joined(sorted(map(type_text, types)))
            yield blocks(
                "data_beside_cname",
                name,
                f"{shown(name)} has {texts} records, and a CNAME cannot coexist with other records: its traffic could "
                "not be sent to the CDN.",
                f"Move the {texts} records to another name, or remove {shown(name)} from the aliases.",
            )


def _no_place_for_txt(site: ZonedSite, own: Snapshot, done: Done, policy: Policy) -> list[Finding]:
    """Only for sites without an apex: at an apex, the CNAME itself is the finding."""
    domain = site.site.domain
    found, where = own.get((domain, CNAME)), target(own, domain)
    if site.apex or not site.certified or found is None or where is None:
        return []
    if policy.is_cdn_name(where) or done.includes(domain, CNAME, found):
        return []
    message = (
        f"{shown(domain)} is a CNAME, so it cannot have a TXT record: if the vendor requests the verification value "
        "at this name, it cannot be published."
    )
    remedy = "Replace the CNAME with A records before you order the site."
    finding = blocks if site.site.ssl else warns
    return [finding("txt_beside_cname", domain, message, remedy)]


def _marker(site: ZonedSite, own: Snapshot, done: Done) -> list[Finding]:
    foreign = [value for value in _values(own.get((site.marker, TXT))) if not value.startswith(MARK)]
    if target(own, site.marker) is not None:
        foreign = ["a CNAME"]
    if not foreign:
        problem = done.problem
        return [blocks("marker_foreign", site.marker, problem.message, problem.hint)] if problem is not None else []
    return [
        blocks(
            "marker_foreign",
            site.marker,
            f"{shown(site.marker)} has {joined(map(_cut, foreign))}, which this collection did not write. Before any "
            "change, the original records of the site are saved there in a TXT record.",
            "Remove it if nothing uses it.",
        )
    ]


def _ipv6(site: ZonedSite, own: Snapshot, done: Done) -> list[Finding]:
    when = "by the next pass" if done.cut_over else "at the cut-over"
    sets = [(name, own.get((name, AAAA))) for name in site.names]
    return [
        warns(
            "aaaa_present",
            name,
            f"{shown(name)} has the AAAA record {joined(found.values)}. It will be removed {when}, because it would "
            "let visitors bypass the firewall.",
            "No action is needed if the site does not need its own IPv6 address.",
        )
        for name, found in sets
        if found is not None and not done.includes(name, AAAA, found)
    ]


def _ttl(site: ZonedSite, observed: Snapshot, done: Done, policy: Policy) -> list[Finding]:
    sets = [(name, rdtype, observed.get((name, rdtype))) for name in site.names for rdtype in (A, AAAA, CNAME)]
    longest, name, rdtype = max(
        (
            (found.ttl, name, rdtype)
            for name, rdtype, found in sets
            if found is not None and not done.includes(name, rdtype, found)
        ),
        default=(0, site.site.domain, A),
        key=lambda each: each[0],
    )
    if longest <= policy.max_ttl:
        return []
    return [
        warns(
            "ttl_high",
            name,
            f"The TTL of {shown(name)} {type_text(rdtype)} is {longest} s: for up to {duration(longest)} after the "
            "cut-over, some visitors still reach the old address.",
            f"Lower the TTL to 300 s, and wait {duration(longest)} before the cut-over, if that matters.",
        )
    ]


def verifications(site: ZonedSite, own: Snapshot, policy: Policy) -> list[str]:
    """The verification values of the certificate authority at the domain of a site that needs a certificate."""
    values = _values(own.get((site.site.domain, TXT))) if site.certified else []
    return [value for value in values if value.startswith(policy.verification_prefix)]


def stale_verification(domain: dns.name.Name, old: t.Sequence[str]) -> list[Finding]:
    """:param old: the ``verifications`` that the collection did not publish, for this site or for another one."""
    if not old:
        return []
    return [
        warns(
            "verification_stale",
            domain,
            f"{shown(domain)} has the verification value {joined(map(_cut, old))} of the same certificate authority. "
            "It is replaced when the vendor requests another one.",
            "No action is needed if no other certificate of this authority is validated with it.",
        )
    ]


def _stays(found: RecordSet | None, name: dns.name.Name, rdtype: RdataType, done: Done, policy: Policy) -> bool:
    """Whether a set would still exist at the cut-over: used verification values are removed before."""
    if found is None or rdtype != TXT:
        return found is not None
    served = [
        value.startswith(policy.verification_prefix) or done.published == (shown(name), value) for value in found.values
    ]
    return not all(served)


def _names_to_zone(site: ZonedSite) -> list[dns.name.Name]:
    """The names of the site and those above them up to the zone, each once."""
    names: dict[dns.name.Name, None] = {}
    for name in site.names:
        while name != site.zone and name.is_subdomain(site.zone):
            names[name] = None
            name = name.parent()
    return [*names, site.zone]


def _values(found: RecordSet | None) -> list[str]:
    return found.values if found is not None else []


def _cut(text: str) -> str:
    return f"{text[:60]}..." if len(text) > 63 else text
