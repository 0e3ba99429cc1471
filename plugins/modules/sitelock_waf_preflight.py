#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_waf_preflight
short_description: Find what would make the activation of SiteLock Firewall & CDN fail or wait
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Looks at the DNS of sites before they are ordered, and says for each site what would make the activation fail or
    wait for days, with a remedy. It changes nothing, and does not talk to SiteLock.
  - The records of a site are read at O(server), the name server at which they will be changed. The delegation of the
    zone, CAA records above the zone, and an origin outside the zone are looked up with O(resolver).
  - A finding either blocks (the site must not be ordered as it is) or warns. What could not be looked at is a finding
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
        C(sitelock_waf_sites) lists the keys. All of these are accepted. Looked at are C(domain) (the only one that is
        required), C(site_id), C(zone), C(apex), C(aliases), C(waf_origin), C(ssl), and what says whether a certificate
        is needed.
      - Without C(zone), the zone is found at O(server) by an SOA look-up. A state record of another C(site_id) at
        C(_websec.<domain>) blocks the site. Leave out a C(waf_origin) that is a name which is only created later.
      - With C(ssl=false) or C(waf_skip_network_certificate), CAA records and the place of the verification value are
        not looked at. With C(ssl=true) or C(waf_force_ssl), a CNAME where this value may be needed blocks the site;
        otherwise it is a warning.
      - A wrong entry is a failed result with the kind V(bad_input), and stops no other. So is one that a pass would
        refuse once its zone is known.
      - Sites with C(state=absent) are left out.
    type: list
    elements: raw
    required: true
  max_ttl:
    description:
      - Seconds. A TTL at the names of a site that is greater gives a warning, because the cut-over takes that long.
    type: int
    default: 3600
  expected_servers:
    description:
      - The name servers to which the zones have to be delegated, as names or addresses.
      - By default these are the servers in the NS records of each zone at O(server). So O(server) need not be one of
        them (it may be a hidden primary), unless it stands in this list.
      - If not one of them is in the public delegation, the site is blocked. If some are missing, or there are others
        beside them, there is a warning.
    type: list
    elements: str
  issuers:
    description:
      - The names by which CAA records allow the certificate authority. One of them has to be allowed.
      - The default is the name of GlobalSign, by whose TXT values SiteLock has domains validated in its documentation.
    type: list
    elements: str
    default: [globalsign.com]
  wildcard_certificate:
    description:
      - Whether the certificates have a wildcard in them. CAA records (C(issuewild)) that do not allow this are a
        warning otherwise, because SiteLock does not document it.
    type: bool
    default: false
  cdn_suffixes:
    description: The names of the CDN end with these. The default is from the examples in SiteLock's documentation.
    type: list
    elements: str
    default: [sitelockcdn.net, sitelockdns.com]
  cdn_addresses:
    description:
      - Addresses and networks of the CDN, to tell an origin that is the CDN itself. Networks that together hold half of
        all addresses or more are refused.
      - Without them, this is told by names, and for a site that is already routed by the addresses of its CNAME.
    type: list
    elements: str
  verification_prefix:
    description: How the TXT values begin by which the certificate authority validates domains.
    type: str
    default: globalsign-domain-verification=
  probe_updates:
    description:
      - Ask O(server) whether it takes updates for all that will be changed for a site, with an update that cannot
        change anything. It deletes record sets under the prerequisite that they do not exist, and from a TXT set that
        exists a random value that is not in it. No serial changes, but the log of the server shows the update.
      - BIND and Knot check the permissions of the key for each of these record sets before they look at anything else.
      - In check mode no update is sent, and the finding V(not_checked) says so.
    type: bool
    default: true
  resolver:
    description:
      - Address of a resolver that sees the public DNS. By default the resolver of the system is asked.
      - A resolver that answers nothing is waited for only once (O(timeout)).
    type: str
  resolver_port:
    description: Port of O(resolver).
    type: int
    default: 53
  concurrency:
    description:
      - How many sites are looked at at the same time, each over a connection to O(server) of its own, and how many
        questions to the resolver may be under way.
    type: int
    default: 8
  on_error:
    description:
      - V(fail) lets the task fail at its end when a site could not be looked at, for example because O(server) is down
        or does not accept the key. The others are done all the same.
      - V(report) leaves it to RV(sites[].failed).
      - A site that is blocked never fails the task, see RV(sites[].blocked). Mistakes in the other options always fail
        it, before the first query.
    type: str
    choices: [fail, report]
    default: fail
notes:
  - The state record of a site (C(_websec.<domain>)) is one of the record sets that are read anyway. What it says the
    collection did itself is no finding - the records of the cut-over, those that were put back, the place at the CDN,
    and the verification value that was published. So a site can be looked at in every state of its life.
  - For a site with an apex and C(www), O(server) gets 10 queries, all but the first in one go, and one update that
    changes nothing. Each further alias takes 3 queries, and an origin in the zone 2. An AAAA record takes one more, and
    so does other data that may come from a wildcard record of the zone. Where the update is refused or not sent, the
    usual types that must not be beside a CNAME are asked for, one by one, at each name that gets one.
  - The resolver gets 1 question for each zone, 1 for each name above the zones, 2 for an origin outside the zone, and
    with addresses in O(expected_servers) 2 for each name server. No question is asked twice in a task.
seealso:
  - module: hosting.websec.sitelock_waf_addons
  - module: hosting.websec.rfc2136_record_sets
"""

EXAMPLES = r"""
- name: Look at two sites before they are ordered
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
  description: How many entries were not reached, or not done to their end, see RV(sites[].deferred).
  returned: always, unless the options were refused
  type: int
  sample: 0
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(sites). It is removed when
      C(ansible-playbook) ends.
  returned: with O(results=notable)
  type: str
sites:
  description: One entry for each entry of O(sites) that is not to end, in the same order.
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
      description: The domain, in lower case and without the final dot. V(null) if the entry has none.
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
      description: What was found, what blocks first.
      type: list
      elements: dict
      contains:
        code:
          description:
            - V(zone_not_found), O(server) does not serve this zone, or none that the domain lies in (blocks).
            - V(outside_zone), a name of the site lies in another zone, or below a delegation (blocks).
            - V(name_shared), two of the sites claim the same name (blocks).
            - V(updates_refused), O(server) does not let this key change the zone; for a zone that is signed with
              DNSSEC the message says so (blocks).
            - V(not_delegated), the zone is not delegated to any of the servers, or does not exist in public DNS
              (blocks).
            - V(delegation_differs), some of the servers are not in the delegation, or there are others beside them
              (warns).
            - V(caa_forbids), CAA records do not allow the certificate authority (blocks).
            - V(caa_forbids_wildcard), CAA records do not allow it wildcard certificates (blocks with
              O(wildcard_certificate=true), else warns).
            - V(caa_restricted), CAA records allow it with parameters only (warns).
            - V(cname_at_apex), the apex has a CNAME, or the site asks for one there (blocks).
            - V(data_beside_cname), other records at a name that has to get a CNAME (blocks).
            - V(txt_beside_cname), a CNAME at a name where the verification value may be needed (blocks if
              the site needs a certificate, else warns).
            - V(marker_foreign), something else stands at C(_websec.<domain>), where the way back is written down, or a
              state record that cannot be read or is of another site (blocks).
            - V(aaaa_present), an AAAA record that would lead past the firewall; the cut-over removes it (warns).
            - V(ttl_high), the cut-over takes longer than O(max_ttl) (warns).
            - V(verification_stale), an older verification value of the same authority, which is replaced (warns).
            - V(origin_not_found), the origin has no address (blocks).
            - V(origin_loop), the origin is the CDN, or a name of the site (blocks).
            - V(origin_unknown), neither an origin nor an address from which it could be known (warns).
            - V(not_checked), something could not be looked at, for example without a resolver (warns).
          type: str
          sample: caa_forbids
        severity:
          description: V(blocks) or V(warns).
          type: str
          sample: blocks
        name:
          description: The DNS name that it is about.
          type: str
          sample: customer.example
        message:
          description: What is so, and what comes of it.
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
      description: Whether the site must not be ordered as it is, for a finding or because it could not be looked at.
      type: bool
    failed:
      description: Whether the site could not be looked at.
      type: bool
    error:
      description: Why not. V(null) otherwise.
      type: dict
      contains:
        kind:
          description:
            - V(bad_input) for a wrong entry, V(auth), V(not_allowed), V(unavailable), V(timeout), V(bad_response),
              V(rejected) or V(bug).
          type: str
        code:
          description: The answer of the server, for example V(BADKEY).
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
from ansible_collections.hosting.websec.plugins.module_utils._preflight.policy import policy, policy_options
from ansible_collections.hosting.websec.plugins.module_utils._preflight.resolver import PublicResolver
from ansible_collections.hosting.websec.plugins.module_utils._preflight.run import preflight
from ansible_collections.hosting.websec.plugins.module_utils._results import (
    bulk_result,
    deferred_count,
    run_task,
    stopped_result,
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
    context = RunContext.of_task(module.params)
    result = run_task(lambda: run(module.params, check_mode=module.check_mode, context=context))
    result = stopped_result(result, context)
    if result.get("failed"):
        module.fail_json(**result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
