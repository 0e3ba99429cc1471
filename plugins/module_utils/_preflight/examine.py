# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All checks of one site: sends the queries, and passes the replies to the checks."""

from __future__ import annotations

import dataclasses
import typing as t
import uuid

from ansible_collections.hosting.websec.plugins.module_utils._dns.client import DnsClient
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.plan import Snapshot
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import Key, RecordSet
from ansible_collections.hosting.websec.plugins.module_utils._errors import NotFoundError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._preflight import caa
from ansible_collections.hosting.websec.plugins.module_utils._preflight.authority import authority_findings
from ansible_collections.hosting.websec.plugins.module_utils._preflight.delegation import (
    delegation_findings,
    public_servers,
)
from ansible_collections.hosting.websec.plugins.module_utils._preflight.done import Done, done_for
from ansible_collections.hosting.websec.plugins.module_utils._preflight.findings import Finding, blocks, not_checked
from ansible_collections.hosting.websec.plugins.module_utils._preflight.origin import Resolved, origin_findings
from ansible_collections.hosting.websec.plugins.module_utils._preflight.policy import Policy
from ansible_collections.hosting.websec.plugins.module_utils._preflight.probe import (
    ProbeResult,
    probe,
    types_to_look_for,
)
from ansible_collections.hosting.websec.plugins.module_utils._preflight.records import (
    addresses,
    in_the_way,
    keys_to_read,
    record_findings,
    target,
    verifications,
)
from ansible_collections.hosting.websec.plugins.module_utils._preflight.resolver import PublicResolver, Reply, follow
from ansible_collections.hosting.websec.plugins.module_utils._preflight.server import ServerObservation, own_sets, read
from ansible_collections.hosting.websec.plugins.module_utils._preflight.sites import ZonedSite

try:
    import dns.name
    from dns.rdatatype import AAAA, CAA, DNSKEY, NS, A, RdataType
except ImportError:
    note_missing("dnspython")


@dataclasses.dataclass(frozen=True)
class Examined:
    """The findings about a site.

    :param published: name and value of the verification that the collection published for it.
    :param verifications: those of its domain. Which of them are stale is known once all sites are examined.
    """

    findings: t.Sequence[Finding]
    published: tuple[str, str] | None = None
    verifications: t.Sequence[str] = ()


@dataclasses.dataclass(frozen=True)
class Examiner:
    """Examines sites, any number of them in parallel.

    :param client: to the server of the zones.
    :param probe_updates: whether to test that it accepts updates; a read-only client does not.
    """

    client: DnsClient
    public: PublicResolver
    policy: Policy
    probe_updates: bool

    def examine(self, site: ZonedSite) -> Examined:
        """
        :raises WebsecError: the server of the zones is unreachable.
        """
        if not site.site.domain.is_subdomain(site.zone):
            return Examined([_outside(site.site.domain, site.zone)])
        self.public.begin(self._public_questions(site))
        try:
            observed = self._read(site)
        except NotFoundError as error:
            return Examined([zone_not_found(site.zone, error)])
        elsewhere = [
            blocks("outside_zone", name, observed.elsewhere[name].message, observed.elsewhere[name].hint)
            for name in (*site.names, site.marker)
            if name in observed.elsewhere
        ]
        if site.site.domain in observed.elsewhere:
            return Examined(elsewhere)
        probed = self._probe(site, observed.sets)
        own = self._own(site, observed.sets, in_the_way(site, observed.sets), probed)
        done = done_for(site, own)
        policy = done.policy(self.policy)
        beside = self._beside(site, observed.sets, probed, done)
        outside = [_outside(name, site.zone) for name in site.cnames if not name.is_subdomain(site.zone)]
        findings = [
            *outside,
            *elsewhere,
            *self._updates(site, probed),
            *self._delegation(site, observed),
            *self._authority(site, observed, policy),
            *record_findings(site, observed.sets, own, beside, done, policy),
            *self._origin(site, observed, policy),
        ]
        return Examined(findings, done.published, verifications(site, own, policy))

    def _public_questions(self, site: ZonedSite) -> list[Key]:
        """Queries to the resolver that are always needed, sent together: a slow resolver delays only once."""
        keys = [(site.zone, NS)]
        if site.certified:
            keys += [(name, CAA) for name in caa.climb(site.zone)[1:]]
        origin = site.site.origin
        if isinstance(origin, dns.name.Name) and not origin.is_subdomain(site.zone):
            keys += [(origin, A), (origin, AAAA)]
        return keys

    def _read(self, site: ZonedSite) -> ServerObservation:
        keys = [(site.zone, NS), *keys_to_read(site)]
        origin = site.site.origin
        if isinstance(origin, dns.name.Name) and origin.is_subdomain(site.zone):
            keys += [at for at in ((origin, A), (origin, AAAA)) if at not in keys]
        return read(self.client, site.zone, keys)

    def _probe(self, site: ZonedSite, observed: Snapshot) -> ProbeResult | WebsecError:
        if not self.probe_updates or self.client.read_only:
            return ProbeResult.NOT_ASKED
        return probe(self.client, site, observed, f"websec-preflight-{uuid.uuid4().hex}")

    def _own(
        self, site: ZonedSite, observed: Snapshot, suspects: t.Sequence[Key], probed: ProbeResult | WebsecError
    ) -> Snapshot:
        exactly = isinstance(probed, ProbeResult) and probed is not ProbeResult.NOT_ASKED
        return own_sets(self.client, site.zone, observed, suspects, ask_exactly=exactly)

    def _beside(
        self, site: ZonedSite, observed: Snapshot, probed: ProbeResult | WebsecError, done: Done
    ) -> dict[dns.name.Name, list[RdataType]]:
        """The types at names that get a CNAME, except those already read, and those that it replaces."""
        if probed is ProbeResult.TAKEN:
            return {}
        keys = types_to_look_for(site, observed, unusual=probed is ProbeResult.OTHER_DATA)
        found = read(self.client, site.zone, keys).sets
        own = self._own(site, found, [at for at in keys if found.get(at) is not None], probed)
        beside: dict[dns.name.Name, list[RdataType]] = {}
        for name, rdtype in keys:
            there = own.get((name, rdtype))
            if there is not None and not done.includes(name, rdtype, there):
                beside.setdefault(name, []).append(rdtype)
        return beside

    def _updates(self, site: ZonedSite, probed: ProbeResult | WebsecError) -> list[Finding]:
        if isinstance(probed, WebsecError):
            signed = read(self.client, site.zone, [(site.zone, DNSKEY)]).sets[site.zone, DNSKEY] is not None
            return [_refused(site.zone, probed, signed=signed)]
        if probed is ProbeResult.NOT_ASKED and self.probe_updates:
            what = f"Whether {self.client.server} accepts updates of the zone"
            return [not_checked(site.zone, what, "Check mode sends no update.", "Run without check mode.")]
        return []

    def _delegation(self, site: ZonedSite, observed: ServerObservation) -> list[Finding]:
        at = (site.zone, NS)
        reply = self.public.look_up([at])[at]
        wanted = self.policy.expected_servers or _targets(observed.sets.get(at))
        by_address = any(not isinstance(server, dns.name.Name) for server in wanted)
        names = public_servers(reply) if by_address else []
        return delegation_findings(site.zone, reply, wanted, self._addresses(names))

    def _addresses(self, names: t.Sequence[dns.name.Name]) -> dict[dns.name.Name, list[str] | WebsecError]:
        replies = self.public.look_up([(name, rdtype) for name in names for rdtype in (A, AAAA)])
        return {name: _addresses([replies[name, A], replies[name, AAAA]]) for name in names}

    def _authority(self, site: ZonedSite, observed: ServerObservation, policy: Policy) -> list[Finding]:
        """CAA: the zone from its server; targets of CNAMEs and names above the zone from the public DNS."""
        if not site.certified:
            return []
        sets: dict[dns.name.Name, caa.Records | WebsecError] = {}
        aliased: dict[dns.name.Name, dns.name.Name] = {}
        for (name, rdtype), answer in observed.answers.items():
            if rdtype == CAA and name not in observed.elsewhere:
                reply = follow(answer, (name, CAA))
                sets[name] = t.cast("caa.Records", reply.records)
                where = reply.chain[-1]
                # The operator of the CDN is responsible for the CAA records of its own names.
                if not where.is_subdomain(site.zone) and not policy.is_cdn_name(where):
                    aliased[name] = where
        above = caa.climb(site.zone)[1:] if not sets.get(site.zone) else []
        replies = self.public.look_up([(name, CAA) for name in (*aliased.values(), *above)])
        sets.update({name: _caa_records(replies[where, CAA]) for name, where in aliased.items()})
        sets.update({name: _caa_records(replies[name, CAA]) for name in above})
        names = [name for name in site.names if name in sets]
        return authority_findings(names, sets, policy)

    def _origin(self, site: ZonedSite, observed: ServerObservation, policy: Policy) -> list[Finding]:
        resolved = self._resolved(site, observed, policy)
        cdn_names = [name for name in (target(observed.sets, name) for name in site.cnames) if name is not None]
        at_cdn: set[str] = set()
        if site.site.origin is not None:
            known = self._addresses([name for name in cdn_names if policy.is_cdn_name(name)])
            at_cdn.update(address for found in known.values() if isinstance(found, list) for address in found)
        return origin_findings(site, resolved, addresses(site, observed.sets), at_cdn, policy)

    def _resolved(self, site: ZonedSite, observed: ServerObservation, policy: Policy) -> Resolved | WebsecError | None:
        """The addresses of the origin's name; for a name in the zone, from the server of the zone."""
        origin = site.site.origin
        if not isinstance(origin, dns.name.Name) or origin in site.names or policy.is_cdn_name(origin):
            return None
        chain: tuple[dns.name.Name, ...] = (origin,)
        answers = [observed.answers.get((origin, rdtype)) for rdtype in (A, AAAA)]
        if origin not in observed.elsewhere and all(answer is not None for answer in answers):
            replies = [follow(t.cast("t.Any", answer), (origin, rdtype)) for answer, rdtype in zip(answers, (A, AAAA))]
            found = _addresses(replies)
            chain = replies[0].chain
            if found or len(chain) == 1:
                return Resolved(chain, tuple(t.cast("list[str]", found)))
        last = chain[-1]
        public = self.public.look_up([(last, A), (last, AAAA)])
        found = _addresses(public.values())
        if isinstance(found, WebsecError):
            return found
        longest = max((reply.chain for reply in public.values() if isinstance(reply, Reply)), key=len, default=(last,))
        return Resolved((*chain[:-1], *longest), tuple(found))


def zone_not_found(name: dns.name.Name, error: WebsecError) -> Finding:
    return blocks("zone_not_found", name, error.message, error.hint)


def _refused(zone: dns.name.Name, refusal: WebsecError, *, signed: bool) -> Finding:
    message, remedy = refusal.message, refusal.hint
    if signed:
        message += " The zone is signed with DNSSEC."
        remedy += (
            " A signed zone accepts updates if the server signs the changes itself (dnssec-policy of BIND, "
            "dnssec-signing of Knot)."
        )
    return blocks("updates_refused", zone, message, remedy.strip())


def _outside(name: dns.name.Name, zone: dns.name.Name) -> Finding:
    return blocks(
        "outside_zone",
        name,
        f"{shown(name)} is not in the zone {shown(zone)}, which has the records of the site.",
        "Correct zone or aliases; a name in another zone needs a site of its own.",
    )


def _targets(found: RecordSet | None) -> list[dns.name.Name]:
    records = found.records if found is not None else ()
    return sorted(t.cast("t.Any", record).target.canonicalize() for record in records)


def _addresses(replies: t.Iterable[Reply | WebsecError]) -> list[str] | WebsecError:
    """The addresses in the replies; without any, why they are unknown."""
    replies = list(replies)
    found = [record.to_text() for reply in replies if isinstance(reply, Reply) for record in reply.records]
    errors = [reply for reply in replies if isinstance(reply, WebsecError)]
    return found if found or not errors else errors[0]


def _caa_records(reply: Reply | WebsecError) -> caa.Records | WebsecError:
    return t.cast("caa.Records", reply.records) if isinstance(reply, Reply) else reply
