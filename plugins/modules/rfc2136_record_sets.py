#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rfc2136_record_sets
short_description: Change DNS record sets in many zones by signed dynamic updates
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Brings any number of record sets, in any number of zones of one primary name server, to the desired state.
    Any server that accepts dynamic updates (RFC 2136) works, such as BIND, Knot DNS or PowerDNS.
  - The current records are read first. Each zone that differs gets one atomic update, which the server refuses if the
    records have changed since they were read. The records are then read and planned again, up to 3 times. Names that
    another writer changes each time are then skipped, and the others are processed.
  - The module returns the records that it read after the update. If the server reported success but applied only a
    part, as with an update policy that drops records, the applied part of the name (or of the O(record_sets[].group))
    is undone, and the entries fail.
  - A name in a zone below O(record_sets[].zone) at the same server is refused without affecting the others.
  - Nothing else in the zone is touched. NS, SOA, DNAME and DNSSEC records are refused as input.
  - A CNAME with O(record_sets[].mode=exact) replaces A and AAAA records at the same name in the same update, and A and
    AAAA records with O(record_sets[].mode=exact) replace a CNAME. A CNAME beside records of other types is refused
    before anything is changed at its name. The other names of the zone are still changed.
  - A set that comes from a wildcard of the zone counts as missing when it must be changed or
    removed.
  - 'Queries to O(server): one for each name in entries without O(record_sets[].zone); one for each record set, and one
    more for a CNAME that is new. A zone that must be changed gets one update, and one query for each of its record sets
    to verify the result. One query more for each name whose responses do not show its zone (records of all queried
    types exist, and the server does not add NS records to its responses as BIND does); one more for each set from
    which values are removed, if it is not at the apex (to detect a wildcard). In check mode this applies to all sets
    at a name that changes, and 13 queries for other types precede a new
    CNAME.'
  - 'Queries for O(wait_propagation), of changed zones only: one for the NS records, two for each distinct name server,
    and in each round one for each changed record set to each server that was behind.'
  - A zone with an update larger than 64 KiB gets several updates, each atomic for its names.
extends_documentation_fragment:
  - hosting.websec.attributes
  - hosting.websec.rfc2136
  - hosting.websec.dns_changes
  - hosting.websec.run_context
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  server:
    required: true
seealso:
  - module: hosting.websec.dns_record_sets
    description: The same for any DNS provider, and for several of them in one task.
  - module: hosting.websec.dns_zones_info
"""

EXAMPLES = r"""
- name: Publish a verification value next to the SPF record, and replace an older one
  hosting.websec.rfc2136_record_sets:
    server: ns1.hoster.example
    key_name: websec
    key_secret: "{{ vault_dns_key }}"
    record_sets:
      - name: customer.example
        type: TXT
        values:
          - globalsign-domain-verification=8SVjfQkOxJyVtRwXhJHyxVQHDKr1aTcZ
        mode: present
        replace_prefix: globalsign-domain-verification=

- name: Send the traffic of two sites to the CDN
  hosting.websec.rfc2136_record_sets:
    server: 192.0.2.53
    record_sets:
      - zone: customer.example
        name: customer.example
        type: A
        values: [198.51.100.10, 198.51.100.11]
        ttl: 300
      - zone: customer.example
        name: customer.example
        type: AAAA
        values: []
      - zone: customer.example
        name: www.customer.example
        type: CNAME
        values: [abc.cdn.example.net]
        ttl: 300
      - name: shop.other.example
        type: CNAME
        values: [def.cdn.example.net]
    wait_propagation: 120
    on_error: report
  register: dns_change

- name: Show the lagging servers
  ansible.builtin.debug:
    msg: "{{ dns_change.zones | rejectattr('lagging', 'equalto', []) | items2dict('zone', 'lagging') }}"
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
      description: V(rfc2136). V(null) if the zone was not found.
      type: str
      sample: rfc2136
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
              V(outcome_unknown), V(bad_input) or V(bug).
          type: str
        code:
          description:
            - The server's response code, for example V(REFUSED).
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
      description: V(rfc2136).
      type: str
      sample: rfc2136
    conditional:
      description: V(true), see RV(hosting.websec.dns_record_sets#module:zones[].conditional).
      type: bool
      sample: true
    atomicity:
      description: V(zone_atomic), see RV(hosting.websec.dns_record_sets#module:zones[].atomicity).
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
from ansible_collections.hosting.websec.plugins.module_utils._dns.client import DnsClient
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import (
    at_least,
    rfc2136_options,
    server_settings,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import one_provider
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.rfc2136 import Rfc2136Provider
from ansible_collections.hosting.websec.plugins.module_utils._dns.tasks import change_options, change_task
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext


def run(
    params: dict[str, t.Any], check_mode: bool, warn: t.Callable[[str], None], context: RunContext
) -> dict[str, t.Any]:
    concurrency = at_least(params, "concurrency", 1)
    provider = Rfc2136Provider(
        DnsClient(server_settings(params), read_only=check_mode), concurrency=concurrency, context=context
    )
    with one_provider(provider, read_only=check_mode, concurrency=concurrency, context=context) as providers:
        return change_task(providers, params, warn)


def main() -> None:
    spec = rfc2136_options().merge(bulk_options()).merge(run_context_options()).merge(change_options())
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(module, lambda context: run(module.params, module.check_mode, module.warn, context))


if __name__ == "__main__":
    main()
