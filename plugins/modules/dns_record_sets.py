#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dns_record_sets
short_description: Change DNS record sets in many zones, at any DNS provider
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Brings any number of record sets, in any number of zones of one or several DNS providers, to the desired
    state. A provider is a name server that accepts dynamic updates, any DNS service with an octoDNS provider class, or
    a Python class of your own.
  - The current records are read first. Only record sets that differ are changed, in one change per zone. Nothing else
    in the zone is touched. Zones are never created.
  - The change is made only if the records are still as planned. C(rfc2136) guarantees this; all other providers are
    read again right before the change. If another writer changed these record sets meanwhile, the change is planned
    again, up to 3 times.
  - The module returns the records that it read after the change. A difference from the desired state is an error of
    the entries of this name and O(record_sets[].group), and the changes to them are undone.
  - NS, SOA, DNAME and DNSSEC records are refused as input. A name that is delegated, or is in another zone of the
    same provider, is refused without affecting the others.
  - A CNAME with O(record_sets[].mode=exact) replaces A and AAAA records at the same name in the same change, and A and
    AAAA records with O(record_sets[].mode=exact) replace a CNAME. A CNAME together with records of other types is
    refused.
  - With C(rfc2136) the queries are those of M(hosting.websec.rfc2136_record_sets). With C(octodns) each zone is read
    once, and a changed zone two more times, before and after the change. The zones of the account are listed once.
    A call that fails temporarily (HTTP 429 and 5xx, a locked database, no response) is made up to 5 times, a change
    only if another read shows that it did not happen.
extends_documentation_fragment:
  - hosting.websec.attributes
  - hosting.websec.dns
  - hosting.websec.dns_changes.providers
  - hosting.websec.run_context
options:
  dns:
    required: true
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
seealso:
  - module: hosting.websec.rfc2136_record_sets
    description: The same for one name server that accepts dynamic updates.
  - module: hosting.websec.dns_record_sets_info
    description: Read record sets through the same providers.
  - module: hosting.websec.dns_zones_info
    description: Find the zones of names at the same providers.
  - module: hosting.websec.sitelock_waf_sites
    description: Changes the records of protected sites through the same providers.
"""

EXAMPLES = r"""
- name: Set a customer's records at PowerDNS
  hosting.websec.dns_record_sets:
    dns:
      providers:
        customers:
          type: octodns
          class: octodns_powerdns.PowerDnsProvider
          host: 192.0.2.5
          api_key: "{{ vault_powerdns_api_key }}"
      accept: best_effort
    record_sets:
      - zone: customer.example
        name: www.customer.example
        type: CNAME
        values: [shop.hoster.example]
        ttl: 300

- name: Set records at your own name server and at Route 53 in one task
  hosting.websec.dns_record_sets:
    dns:
      providers:
        ns1:
          server: ns1.hoster.example
          key_name: websec
          key_secret: "{{ vault_dns_key }}"
        aws:
          type: octodns
          class: octodns_route53.Route53Provider
          access_key_id: env/AWS_ACCESS_KEY_ID
          secret_access_key: env/AWS_SECRET_ACCESS_KEY
      zones:
        "*.shop.example": aws
      default: ns1
    record_sets:
      - name: www.customer.example
        type: A
        values: [192.0.2.7]
      - zone: one.shop.example
        name: one.shop.example
        type: TXT
        values: [verify=1]
        mode: present
        dns_accept: best_effort
    on_error: report
"""

RETURN = r"""
deferred:
  description: Number of entries that were not reached or not finished, see RV(record_sets[].deferred).
  returned: always, unless the options were refused
  type: int
  sample: 0
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(record_sets). It is removed when
      C(ansible-playbook) ends.
  returned: with O(results=notable)
  type: str
record_sets:
  description:
    - One entry for each entry of O(record_sets), in the same order.
    - In addition to the fields below, each has C(values), a list of strings. These are the values after the task (in
      check mode, the planned values), sorted. The list is empty if there is no such set. In a template, write
      C(entry['values']), because C(entry.values) is a method of every mapping.
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
          RV(record_sets[].deferred) is true then.
        - V(null) if nothing stopped it.
      type: str
      sample: null
    provider:
      description: The name of its provider. V(null) if it has none, or the zone was not found.
      type: str
      sample: customers
    zone:
      description: The zone. V(null) if it was not found.
      type: str
      sample: customer.example
    name:
      description: Name of the record set, in lower case and without the trailing dot.
      type: str
      sample: www.customer.example
    type:
      description: Type of the records.
      type: str
      sample: CNAME
    ttl:
      description: TTL after the task, in seconds. V(null) if there is no such set.
      type: int
      sample: 300
    before:
      description: The C(ttl) and the C(values) before the task. V(null) if there was no such set.
      type: dict
      sample: {"ttl": 3600, "values": [origin.hoster.example.]}
    replaced:
      description:
        - Sets of other types at this name that were replaced, each with C(type), C(ttl) and C(values).
        - It does not include sets with their own entry.
      type: list
      elements: dict
      sample: [{"type": "A", "ttl": 3600, "values": [192.0.2.7]}]
    changed:
      description: Whether this set was changed.
      type: bool
    failed:
      description: Whether this set could not be brought to the desired state.
      type: bool
    error:
      description: The error. V(null) if there is none.
      type: dict
      contains:
        kind:
          description:
            - V(auth), V(not_allowed), V(not_found), V(rejected), V(unavailable), V(timeout), V(bad_response),
              V(outcome_unknown), V(bad_input), V(missing_library) or V(bug).
          type: str
        code:
          description:
            - The server's response code, for example V(REFUSED), or an HTTP status.
            - V(changed_meanwhile) if another writer changed the records between the read and the update.
          type: str
        message:
          description: What was tried and what came back.
          type: str
        hint:
          description: What to do next.
          type: str
        zone:
          description: The zone.
          type: str
        name:
          description: The name of the record set.
          type: str
zones:
  description: One entry for each zone, in the order in which they appear in O(record_sets).
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
          RV(zones[].deferred) is true then.
        - V(null) if nothing stopped it.
      type: str
      sample: null
    zone:
      description: The zone.
      type: str
    provider:
      description: The name of its provider.
      type: str
      sample: customers
    conditional:
      description:
        - Whether the provider makes changes conditional on the current records. If not, the records were compared
          right before and right after the change, as accepted with C(accept) or C(dns_accept).
      type: bool
      sample: false
    atomicity:
      description:
        - V(zone_atomic) if all changes of the zone happen together or not at all, V(none) if the provider does not
          guarantee that.
      type: str
      sample: zone_atomic
    changed:
      description: Whether it was changed.
      type: bool
    failed:
      description: Whether any of its record sets failed.
      type: bool
    error:
      description: The error, as in RV(record_sets[].error). V(null) if there is none.
      type: dict
    propagated:
      description: Whether all authoritative servers serve the change. V(null) if this was not checked.
      type: bool
    lagging:
      description: The servers that do not serve the change yet.
      type: list
      elements: str
      sample: [ns2.hoster.example (192.0.2.54)]
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import bulk_options, run_context_options
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import at_least
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import open_providers
from ansible_collections.hosting.websec.plugins.module_utils._dns.tasks import (
    change_options,
    change_task,
    dns_option,
)
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext


def run(
    params: dict[str, t.Any], check_mode: bool, warn: t.Callable[[str], None], context: RunContext
) -> dict[str, t.Any]:
    concurrency = at_least(params, "concurrency", 1)
    with open_providers(params["dns"], read_only=check_mode, concurrency=concurrency, context=context) as providers:
        return change_task(providers, params, warn)


def main() -> None:
    spec = dns_option().merge(bulk_options()).merge(run_context_options()).merge(change_options(of_provider=True))
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(module, lambda context: run(module.params, module.check_mode, module.warn, context))


if __name__ == "__main__":
    main()
