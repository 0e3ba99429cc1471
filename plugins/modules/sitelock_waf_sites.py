#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_waf_sites
short_description: Make one pass over the sites of SiteLock Firewall & CDN
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Takes every site as far as it can safely go, reports what it waits for, and can be run again at any time.
  - In one pass it finds the zones, reads the state records (C(_websec.<domain>)), checks new sites, orders what is
    missing, publishes the TXT record that proves domain ownership, and changes A and CNAME only once SiteLock is ready
    for the traffic. The original DNS records are saved in the state record.
  - The traffic of a site with C(state=absent) first goes back to the origin; a later pass deletes the service.
  - A site that fails does not stop the others. The task fails at its end if any site failed.
  - For N sites it makes N C(getAnpProvisioningStatus) calls; one C(getStatus) for each account among the provisioned
    sites with C(subscription) and C(account_id), or one per site if the account is not set; one
    C(getWafOrigin) for each provisioned site with C(waf_origin). From DNS it reads the state record of each site,
    and the A, AAAA and CNAME records of sites that are about to be changed or removed. Writes are additional, and the
    same reads are repeated right before an order or a change of plan, and after every write.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.run_context
  - hosting.websec.limits
  - hosting.websec.plan
  - hosting.websec.attributes
requirements:
  - dnspython >= 2.3.0
  - idna >= 2.10 (it comes with C(requests))
  - for DNS providers of the type C(octodns), octoDNS (1.10 or newer) and the package of the provider, for the Python of
    the module
attributes:
  check_mode:
    support: full
    details: No order and no DNS update is sent. The response to an order is unknown, so the DNS records of a site that
      would be ordered are not shown.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  sites:
    description:
      - The sites, as in the site file of the role P(hosting.websec.sitelock_waf#role), whose variable
        C(sitelock_waf_sites) lists the keys. C(domain) is required, and C(subscription) to order.
      - Without C(site_id) the number of the site comes from O(site_ids), else from its state record in DNS, else one
        C(checkDomain) call looks it up.
      - An invalid entry is reported and skipped; it does not stop the others.
      - Exactly one of O(sites) and O(sites_file) is given.
    type: list
    elements: raw
  sites_file:
    description:
      - File with the same list in JSON or YAML, on the machine on which the module runs. JSON is read much faster.
      - Ansible processes each value of a list that it passes to a module. For tens of thousands of sites this takes
        longer than reading a file.
    type: path
  site_ids:
    description:
      - Numbers of sites by their domain, for entries without C(site_id). The role P(hosting.websec.sitelock_waf#role)
        takes them from what P(hosting.websec.sitelock_accounts#role) left in the play before.
    type: dict
    default: {}
  dns:
    description:
      - Where the DNS records of the sites are changed, see the option of the same name of
        M(hosting.websec.dns_record_sets).
      - Options of a single name server that are not set come from the environment, as in
        M(hosting.websec.rfc2136_record_sets).
      - The C(dns) of an entry selects one of the providers for this site, and C(dns_accept) accepts its
        limitations.
    type: dict
    required: true
  wait_propagation:
    description:
      - Seconds to wait until all authoritative servers of a changed zone serve the change. V(0) skips the
        check.
    type: int
    default: 60
  waf_dns_manager:
    description: The C(waf_dns_manager) of sites that do not set it.
    type: str
    choices: [customer, partner]
    default: partner
  ttl:
    description: The TTL in seconds of A and CNAME records of sites that do not set it.
    type: int
    default: 300
  lower_ttl:
    description:
      - The TTL in seconds to which A, AAAA and CNAME records are lowered while a site waits for its cut-over, so that
        the cut-over takes effect quickly. V(0) does not change them. C(lower_ttl) of an entry takes precedence.
    type: int
    default: 0
  cleanup_verification:
    description:
      - Whether to remove the TXT record that proves domain ownership once a site is C(ready).
        C(cleanup_verification) of an entry takes precedence.
    type: bool
    default: false
  preflight:
    description:
      - Whether to check sites without a state record first, as M(hosting.websec.sitelock_waf_preflight) does. A
        blocking finding is then reported as the error of the site, and nothing is ordered.
    type: bool
    default: true
  preflight_options:
    description:
      - Options for this check, as in M(hosting.websec.sitelock_waf_preflight).
      - For zones that are not in the public DNS, O(preflight_options.resolver) must be a resolver that finds them.
    type: dict
    suboptions:
      max_ttl:
        description: Warn when a record's TTL exceeds this many seconds.
        type: int
        default: 3600
      expected_servers:
        description: The name servers to which the zones must be delegated.
        type: list
        elements: str
      issuers:
        description: The CAA issuer names of the certificate authority.
        type: list
        elements: str
        default: [globalsign.com]
      wildcard_certificate:
        description: Whether the certificates contain a wildcard.
        type: bool
        default: false
      cdn_suffixes:
        description: Suffixes of the CDN's host names.
        type: list
        elements: str
        default: [sitelockcdn.net, sitelockdns.com]
      cdn_addresses:
        description: Addresses and networks of the CDN.
        type: list
        elements: str
      verification_prefix:
        description: Prefix of the CA's domain-validation TXT values.
        type: str
        default: globalsign-domain-verification=
      probe_updates:
        description: Test whether the name server accepts the updates, with one that changes nothing.
        type: bool
        default: true
      resolver:
        description: Address of a resolver that sees the public DNS. By default the system's resolver is used.
        type: str
      resolver_port:
        description: Port of O(preflight_options.resolver).
        type: int
        default: 53
  concurrency:
    description: Maximum number of parallel API calls, and of zones processed in parallel.
    type: int
    default: 8
  batch_size:
    description:
      - Maximum number of orders, changes of plan, or deletions per call.
      - With V(1) a lost response, or a vendor's error for a whole call, affects only one site.
    type: int
    default: 1
  pass_timeout:
    description:
      - Seconds from the start of the task after which no new call starts. A read in progress is aborted then,
        and a write gets up to 5 more seconds for its response.
      - A site that was not reached has not failed. It waits for the next pass.
      - With V(0) only O(deadline) applies.
    type: float
    default: 0
  on_error:
    description:
      - With V(fail) the task fails after all sites are processed, if any of them failed.
      - V(report) does not fail the task; check RV(sites[].error).
    type: str
    choices: [fail, report]
    default: fail
seealso:
  - module: hosting.websec.sitelock_waf_addons
  - module: hosting.websec.sitelock_waf_preflight
  - module: hosting.websec.dns_record_sets
"""

EXAMPLES = r"""
- name: Make one pass over two sites
  hosting.websec.sitelock_waf_sites:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    dns:
      server: ns1.hoster.example
      key_name: websec
      key_secret: "{{ vault_dns_key }}"
    max_orders: 25%
    sites:
      - domain: customer.example
        site_id: 442989
        subscription: "8765"
      - domain: old.example
        site_id: 442676
        state: absent
    on_error: report
  register: waf

- name: Show what each site waits for
  ansible.builtin.debug:
    msg: "{{ waf.sites | hosting.websec.waf_report_lines }}"
"""

RETURN = r"""
error:
  description:
    - The error that ended the task before anything was sent, with C(kind), C(message) and C(hint). Above a limit the
      kind is V(limit), and C(planned) lists all that would have been sent.
  returned: when the whole task failed
  type: dict
  sample:
    kind: limit
    message: "Nothing was sent: max_orders allows 10, but this run would order or change the plan of 11: ..."
    planned: ["...: ..."]
summary:
  description:
    - What was sent to the API, or in check mode what would be sent, in one line.
    - The same line about the planned writes is shown before the first write.
  returned: always, unless the options were refused or a limit was exceeded
  type: str
  sample: 3 orders of plan 8765, 1 change of plan, 0 ends
plan:
  description:
    - The plan that was written to O(plan_file), with its C(file), the C(count) of its actions, and the first 200 of
      them in C(actions), as texts for a table.
  returned: in check mode, with O(plan_file)
  type: dict
  sample: {"file": "plan.json", "count": 1, "actions": [{"subject": "shop.example", "method": "provisionAddon",
    "arguments": "site_id 442989, subscription 8765", "price": "19.90", "rests_on": "state absent"}]}
counts:
  description: Number of sites, in total and by result.
  returned: always, unless the options were refused or a limit was exceeded
  type: dict
  contains:
    sites:
      description: All sites.
      type: int
      sample: 200
    changed:
      description: Sites that were changed.
      type: int
      sample: 4
    failed:
      description: Sites with an error.
      type: int
      sample: 0
    waiting:
      description: Sites that wait for SiteLock, a certificate authority, caches or manual action.
      type: int
      sample: 3
    deferred:
      description: Sites that were not reached or not finished. The next pass continues with them.
      type: int
      sample: 0
    settled:
      description: Sites in the desired state.
      type: int
      sample: 197
deferred:
  description: As RV(counts.deferred).
  returned: always, unless the options were refused or a limit was exceeded
  type: int
  sample: 0
results_file:
  description:
    - File on the controller with all rows, as a JSON object with RV(sites). It is removed when C(ansible-playbook)
      ends.
  returned: with O(results=notable)
  type: str
sites:
  description: One row per site, in the order of O(sites).
  returned: always, unless the options were refused or a limit was exceeded
  type: list
  elements: dict
  contains:
    domain:
      description: The domain, in lower case; V(null) if the entry has none.
      type: str
      sample: customer.example
    site_id:
      description: The site.
      type: int
      sample: 442989
    state_before:
      description: The state before the pass, as returned by the API; V(null) if it could not be read.
      type: str
      sample: absent
    state:
      description:
        - The state after the pass, V(ready), V(pending-domain-validation), V(pending-dns), V(pending-retry), V(error),
          or V(absent) for a site without Firewall & CDN.
      type: str
      sample: pending-dns
    since:
      description: When this state was first seen, UTC.
      type: str
      sample: "2026-11-21T22:00:00Z"
    steps:
      description: The steps that were done. API calls are listed by their method names.
      type: list
      elements: str
      sample: [provisionAddon, publish TXT]
    waiting_for:
      description: What the site waits for. V(null) if it waits for nothing or has an error.
      type: str
      sample: the certificate authority to see the TXT record (up to 24 h)
    notes:
      description: Notes that need attention although nothing failed.
      type: list
      elements: str
      sample: []
    changed:
      description: Whether something was changed for this site.
      type: bool
      sample: true
    error:
      description:
        - The error, or V(null), with C(kind), C(code), C(message), C(hint), C(http_status), C(domain) and
          C(site_id).
      type: dict
      sample: null
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import bulk_options, run_context_options
from ansible_collections.hosting.websec.plugins.module_utils._limits import limit_options
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.task import pass_options, run_pass


def main() -> None:
    spec = sitelock_options().merge(bulk_options()).merge(run_context_options())
    spec = spec.merge(limit_options()).merge(pass_options())
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(
        module, lambda context: run_pass(module.params, check_mode=module.check_mode, warn=module.warn, context=context)
    )


if __name__ == "__main__":
    main()
