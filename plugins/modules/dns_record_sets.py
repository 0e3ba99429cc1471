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
  - Brings any number of record sets, in any number of zones of one or several DNS providers, to the state that is
    wanted. A provider is a name server that takes dynamic updates, anything that octoDNS has a provider class for, or a
    Python class of your own.
  - What is there is read first. Only the record sets that differ are changed, in one change for each zone. Nothing else
    in the zone is touched. Zones are never created.
  - What the change rests on must be so when it happens. A provider that does not see to that itself, which is all but
    C(rfc2136), is read again right before the change. If somebody changed these record sets meanwhile, it is planned
    again, up to 3 times.
  - What is returned is what was read after the change. What is not as it is wanted then is an error of the entries of
    its name and O(record_sets[].group), and what was changed of them is put back.
  - NS, SOA, DNAME and DNSSEC records are refused as input. A name that is delegated, or lies in another zone of the
    same provider, is refused alone.
  - A CNAME with O(record_sets[].mode=exact) replaces A and AAAA records at the same name in the same change, and A and
    AAAA records with O(record_sets[].mode=exact) replace a CNAME. A CNAME beside records of other types is refused.
  - With C(rfc2136) the queries are those of M(hosting.websec.rfc2136_record_sets). With C(octodns) each zone is read
    once, and a zone that changes two times more, before and after its change. The zones of the account are listed once.
    A call that meets a server in trouble (HTTP 429 and 5xx, a locked database, no answer) is made up to 5 times, a
    change only as far as another read shows that it did not happen.
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
"""

EXAMPLES = r"""
- name: Set the records of a customer at PowerDNS
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
  description: How many entries were not reached, or not done to their end, see RV(record_sets[].deferred).
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
    - Besides what is listed below, each has C(values), a list of strings. These are the values that were read after the
      task (in check mode, as they would be), sorted. The list is empty if there is no such set. In a template, write
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
      description: Name of the record set, in lower case and without the final dot.
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
        - Sets of other types at this name that made room, each with C(type), C(ttl) and C(values).
        - Sets that have an entry of their own are not among them.
      type: list
      elements: dict
      sample: [{"type": "A", "ttl": 3600, "values": [192.0.2.7]}]
    changed:
      description: Whether this set was changed.
      type: bool
    failed:
      description: Whether this set could not be brought to the state that is wanted.
      type: bool
    error:
      description: What went wrong. V(null) if nothing did.
      type: dict
      contains:
        kind:
          description:
            - V(auth), V(not_allowed), V(not_found), V(rejected), V(unavailable), V(timeout), V(bad_response),
              V(outcome_unknown), V(bad_input), V(missing_library) or V(bug).
          type: str
        code:
          description:
            - The answer of the server, for example V(REFUSED), or an HTTP status.
            - V(changed_meanwhile) if somebody else changed the records between reading and update.
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
        - Whether the provider changes the zone only if it is still as it was read. If not, it was compared right before
          and right after, and somebody accepted that.
      type: bool
      sample: false
    atomicity:
      description:
        - V(zone_atomic) if all changes of the zone happen together or not at all, V(none) if the provider does not
          promise that.
      type: str
      sample: zone_atomic
    changed:
      description: Whether it was changed.
      type: bool
    failed:
      description: Whether any of its record sets failed.
      type: bool
    error:
      description: What went wrong, as in RV(record_sets[].error). V(null) if nothing did.
      type: dict
    propagated:
      description: Whether all authoritative servers serve the change. V(null) if that was not looked at.
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
from ansible_collections.hosting.websec.plugins.module_utils._results import run_task, stopped_result
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
    context = RunContext.of_task(module.params)
    result = run_task(lambda: run(module.params, module.check_mode, module.warn, context))
    result = stopped_result(result, context)
    if result.get("failed"):
        module.fail_json(**result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
