#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_waf_preflight
short_description: Find problems that would block or delay the activation of SiteLock Firewall & CDN
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Checks the DNS of sites before they are ordered, and reports for each site what would make the activation fail or
    wait for days, with a remedy. It changes nothing, and does not contact SiteLock.
  - The records of a site are read at O(server), the name server at which they will be changed. The delegation of the
    zone, CAA records above the zone, and an origin outside the zone are looked up with O(resolver).
  - A finding either blocks (the site must not be ordered as it is) or warns. A check that was not possible is a finding
    too, with the code V(not_checked). All codes are listed at RV(sites[].findings[].code).
extends_documentation_fragment:
  - hosting.websec.rfc2136
  - hosting.websec.run_context
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  server:
    required: true
  sites:
    description:
      - The sites, as in the site file of the role P(hosting.websec.sitelock_waf#role), whose variable
        C(sitelock_waf_sites) lists the keys. All of them are accepted. The module uses C(domain) (the only required
        key), C(site_id), C(zone), C(apex), C(aliases), C(waf_origin), C(ssl), and the keys that determine whether
        a certificate is needed.
      - Without C(zone), the module looks the zone up at O(server) by its SOA record. A state record of another
        C(site_id) at C(_websec.<domain>) blocks the site. Omit a C(waf_origin) whose name is created later.
      - With C(ssl=false) or C(waf_skip_network_certificate), CAA records and the name of the verification value are
        not checked. With C(ssl=true) or C(waf_force_ssl), a CNAME where this value may be needed blocks the site;
        otherwise it is a warning.
      - An invalid entry is a failed result with the kind V(bad_input), and does not stop the others. The same applies
        to an entry that a pass would refuse once its zone is known.
      - Sites with C(state=absent) are skipped.
    type: list
    elements: raw
    required: true
  max_ttl:
    description:
      - Warn when a record's TTL exceeds this many seconds, because the cut-over takes that long.
    type: int
    default: 3600
  expected_servers:
    description:
      - The name servers to which the zones must be delegated, as names or addresses.
      - By default these are the servers in the NS records of each zone at O(server). So O(server) need not be one of
        them (it may be a hidden primary), unless it is in this list.
      - If none of them is in the public delegation, the site is blocked. If some are missing, or there are additional
        servers, the module warns.
    type: list
    elements: str
  issuers:
    description:
      - The CAA issuer names of the certificate authority. CAA records must allow one of them.
      - The default is GlobalSign, whose TXT values SiteLock's documentation uses for domain validation.
    type: list
    elements: str
    default: [globalsign.com]
  wildcard_certificate:
    description:
      - Whether the certificates contain a wildcard. If V(false), CAA records (C(issuewild)) that forbid wildcards
        cause only a warning, because SiteLock does not document this.
    type: bool
    default: false
  cdn_suffixes:
    description: Suffixes of the CDN's host names. The default is from the examples in SiteLock's documentation.
    type: list
    elements: str
    default: [sitelockcdn.net, sitelockdns.com]
  cdn_addresses:
    description:
      - Addresses and networks of the CDN, to detect an origin that is the CDN itself. Networks that together hold half
        of all addresses or more are refused.
      - By default this is detected by names, and for a site that is already routed, by the addresses of its CNAME.
    type: list
    elements: str
  verification_prefix:
    description: Prefix of the CA's domain-validation TXT values.
    type: str
    default: globalsign-domain-verification=
  probe_updates:
    description:
      - Test whether O(server) accepts all updates that a site will need, with an update that cannot change
        anything. It deletes record sets under the prerequisite that they do not exist, and from a TXT set that
        exists a random value that is not in it. No serial changes, but the log of the server shows the update.
      - BIND and Knot check the permissions of the key for each of these record sets before they check anything else.
      - In check mode no update is sent, and the finding V(not_checked) reports it.
    type: bool
    default: true
  resolver:
    description:
      - Address of a resolver that sees the public DNS. By default the system's resolver is used.
      - The module waits for an unresponsive resolver only once (O(timeout)).
    type: str
  resolver_port:
    description: Port of O(resolver).
    type: int
    default: 53
  concurrency:
    description:
      - How many sites are checked in parallel, each over its own connection to O(server), and the maximum number of
        parallel queries to the resolver.
    type: int
    default: 8
  on_error:
    description:
      - With V(fail) the task fails after all sites are processed, if a site could not be checked, for example because
        O(server) is down or does not accept the key.
      - V(report) does not fail the task; check RV(sites[].failed).
      - A site that is blocked never fails the task, see RV(sites[].blocked). Invalid values of other options always
        fail it, before the first query.
    type: str
    choices: [fail, report]
    default: fail
notes:
  - The state record of a site (C(_websec.<domain>)) is one of the record sets that are read anyway. The changes that
    the collection made itself according to this record are not findings - the records of the cut-over, restored
    records, the CDN target, and the published verification value. So a site can be checked in any state of its life.
  - For a site with an apex and C(www), O(server) gets 10 queries, all but the first at once, and one update that
    changes nothing. Each further alias takes 3 queries, and an origin in the zone 2. An AAAA record takes one more, and
    so does other data that may come from a wildcard record of the zone. If the update is refused or not sent, the
    common types that conflict with a CNAME are queried, one by one, at each name that gets a CNAME.
  - The resolver gets 1 query for each zone, 1 for each name above the zones, 2 for an origin outside the zone, and
    with addresses in O(expected_servers) 2 for each name server. No query is sent twice in a task.
seealso:
  - module: hosting.websec.sitelock_waf_addons
  - module: hosting.websec.rfc2136_record_sets
"""

EXAMPLES = r"""
- name: Check two sites before they are ordered
  hosting.websec.sitelock_waf_preflight:
    server: ns1.hoster.example
    key_name: websec
    key_secret: "{{ vault_dns_key }}"
    expected_servers:
      - ns1.hoster.example
      - ns2.hoster.example
    sites:
      - domain: customer.example
        waf_origin: www-origin.customer.example
      - domain: shop.other.example
        ssl: true
  register: preflight

- name: Show what was found
  ansible.builtin.debug:
    msg: "{{ preflight.sites | hosting.websec.waf_preflight_lines }}"

- name: Stop if a site cannot be ordered as it is
  ansible.builtin.assert:
    that: preflight.sites | selectattr('blocked') | length == 0
"""

RETURN = r"""
deferred:
  description: Number of entries that were not reached or not finished, see RV(sites[].deferred).
  returned: always, unless the options were refused
  type: int
  sample: 0
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(sites). It is removed when C(ansible-playbook)
      ends.
  returned: with O(results=notable)
  type: str
sites:
  description: One entry for each entry of O(sites) that is not to be removed, in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    deferred:
      description:
        - Whether it was not reached, or not done to its end, because the time was over (O(deadline)) or the task was
          stopped. It has not failed.
      type: bool
      sample: false
    deferred_reason:
      description:
        - Why nothing was sent for it although there was time. The calls for other items failed for a reason that holds
          for all of them, such as a wrong password, and a call that is about no item failed in the same way.
          RV(sites[].deferred) is true then.
        - V(null) if nothing stopped it.
      type: str
      sample: null
    domain:
      description: The domain, in lower case and without the trailing dot. V(null) if the entry has none.
      type: str
      sample: customer.example
    site_id:
      description: As in O(sites).
      type: int
    zone:
      description: The zone. V(null) if none was found.
      type: str
      sample: customer.example
    findings:
      description: The findings, blocking ones first.
      type: list
      elements: dict
      contains:
        code:
          description:
            - V(zone_not_found), O(server) does not serve this zone, or no zone of the domain (blocks).
            - V(outside_zone), a name of the site is in another zone, or below a delegation (blocks).
            - V(name_shared), two of the sites claim the same name (blocks).
            - V(updates_refused), O(server) does not allow this key to change the zone; for a zone signed with DNSSEC
              the message says so (blocks).
            - V(not_delegated), the zone is not delegated to any of the servers, or does not exist in public DNS
              (blocks).
            - V(delegation_differs), some of the servers are not in the delegation, or it has additional servers
              (warns).
            - V(caa_forbids), CAA records do not allow the certificate authority (blocks).
            - V(caa_forbids_wildcard), CAA records forbid wildcard certificates (blocks with
              O(wildcard_certificate=true), else warns).
            - V(caa_restricted), CAA records allow it only with parameters (warns).
            - V(cname_at_apex), the apex has a CNAME, or the site requires one there (blocks).
            - V(data_beside_cname), other records at a name that must get a CNAME (blocks).
            - V(txt_beside_cname), a CNAME at a name where the verification value may be needed (blocks if
              the site needs a certificate, else warns).
            - V(marker_foreign), C(_websec.<domain>), the name of the state record, has another value, or a
              state record that cannot be read or is of another site (blocks).
            - V(aaaa_present), an AAAA record that would bypass the firewall; the cut-over removes it (warns).
            - V(ttl_high), the cut-over takes longer than O(max_ttl) (warns).
            - V(verification_stale), an older verification value of the same authority, which is replaced (warns).
            - V(origin_not_found), the origin has no address (blocks).
            - V(origin_loop), the origin is the CDN, or a name of the site (blocks).
            - V(origin_unknown), the site has neither an origin nor an address (warns).
            - V(not_checked), a check was not possible, for example without a resolver (warns).
          type: str
          sample: caa_forbids
        severity:
          description: V(blocks) or V(warns).
          type: str
          sample: blocks
        name:
          description: The DNS name that the finding is about.
          type: str
          sample: customer.example
        message:
          description: The finding and its consequence.
          type: str
          sample: >-
            The CAA records at customer.example allow only letsencrypt.org: globalsign.com may not issue the certificate
            for customer.example and www.customer.example.
        remedy:
          description: What to do.
          type: str
          sample: Add the record customer.example CAA 0 issue "globalsign.com".
    blocks:
      description: The codes of the findings that block, each once.
      type: list
      elements: str
      sample: [caa_forbids]
    warns:
      description: The codes of the findings that warn, each once.
      type: list
      elements: str
      sample: [aaaa_present, ttl_high]
    blocked:
      description: Whether the site must not be ordered as it is, because of a finding or because it could not be
        checked.
      type: bool
    failed:
      description: Whether the site could not be checked.
      type: bool
    error:
      description: The error. V(null) if there is none.
      type: dict
      contains:
        kind:
          description:
            - V(bad_input) for an invalid entry, V(auth), V(not_allowed), V(unavailable), V(timeout), V(bad_response),
              V(rejected) or V(bug).
          type: str
        code:
          description: The server's response code, for example V(BADKEY).
          type: str
        message:
          description: What was tried and what came back.
          type: str
        hint:
          description: What to do next.
          type: str
        domain:
          description: The domain.
          type: str
        site_id:
          description: As in O(sites).
          type: int
    changed:
      description: Always V(false).
      type: bool
"""

import functools
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import (
    ArgumentSpec,
    bulk_options,
    run_context_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.client import DnsClient
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import (
    at_least,
    rfc2136_options,
    server_settings,
)
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._preflight.policy import policy, policy_options
from ansible_collections.hosting.websec.plugins.module_utils._preflight.resolver import PublicResolver
from ansible_collections.hosting.websec.plugins.module_utils._preflight.run import preflight
from ansible_collections.hosting.websec.plugins.module_utils._results import (
    bulk_result,
    deferred_count,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.preflight import preflight_of_entries

OPTIONS = ArgumentSpec(
    options={
        "sites": {"type": "list", "elements": "raw", "required": True},
        "probe_updates": {"type": "bool", "default": True},
        "resolver": {"type": "str"},
        "resolver_port": {"type": "int", "default": 53},
    }
)


def run(params: dict[str, t.Any], *, check_mode: bool, context: RunContext) -> dict[str, t.Any]:
    settings = server_settings(params)
    rules = policy(params)
    concurrency = at_least(params, "concurrency", 1)
    public = PublicResolver(params["resolver"], params["resolver_port"], settings.timeout, concurrency)
    with public, DnsClient(settings, read_only=check_mode) as client:
        look = functools.partial(
            preflight,
            client=client,
            public=public,
            policy=rules,
            probe_updates=params["probe_updates"],
            concurrency=concurrency,
            context=context,
        )
        results = preflight_of_entries(params["sites"], look)
    return bulk_result("sites", results, key="domain", on_error=params["on_error"], deferred=deferred_count(results))


def main() -> None:
    spec = rfc2136_options().merge(bulk_options()).merge(run_context_options()).merge(policy_options()).merge(OPTIONS)
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(module, lambda context: run(module.params, check_mode=module.check_mode, context=context))


if __name__ == "__main__":
    main()
