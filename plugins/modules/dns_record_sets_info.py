#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dns_record_sets_info
short_description: Read DNS record sets of many zones at their DNS providers
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Reads any number of record sets, in any number of zones, at one name server (O(server)) or at the providers in
    O(dns). Optionally it compares them with the records on all other servers of the zone. It changes nothing.
  - If the name is in a zone below O(record_sets[].zone) at the same server, the entry
    fails.
  - One query for each record set, and one more for each name whose responses do not show its zone (records of all
    queried types exist, and the server does not add NS records to its responses as BIND
    does). For zones with O(record_sets[].every_server) one more for the NS records, two for
    each distinct name server, and one for each record set to each of these servers.
  - Values from a wildcard of the zone are returned like any other.
extends_documentation_fragment:
  - hosting.websec.rfc2136
  - hosting.websec.dns
  - hosting.websec.run_context
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  record_sets:
    description: The record sets to read.
    type: list
    elements: dict
    required: true
    suboptions:
      zone:
        description: The zone of the name.
        type: str
        required: true
      name:
        description: Fully qualified name of the record set, with or without a trailing dot.
        type: str
        required: true
      type:
        description: Type of the records.
        type: str
        required: true
      every_server:
        description: Whether to compare with the other authoritative servers of the zone.
        type: bool
        default: false
      dns:
        description: The name of its provider in O(dns). By default the zone determines it.
        type: str
  propagation_servers:
    description:
      - The servers to compare with, each as C(address), C(address:port) or C([address]:port), instead of those in the
        NS records of the zones.
    type: list
    elements: str
  concurrency:
    description: How many zones are read, and how many servers are queried, in parallel.
    type: int
    default: 8
  on_error:
    description:
      - With V(fail) the task fails after all record sets are read, if any of them could not be read.
      - V(report) does not fail the task; check RV(record_sets[].failed).
    type: str
    choices: [fail, report]
    default: fail
seealso:
  - module: hosting.websec.dns_record_sets
  - module: hosting.websec.rfc2136_record_sets
  - module: hosting.websec.dns_zones_info
"""

EXAMPLES = r"""
- name: Show whether all name servers have the same address
  hosting.websec.dns_record_sets_info:
    server: ns1.hoster.example
    record_sets:
      - zone: customer.example
        name: shop.customer.example
        type: A
        every_server: true
  register: found

- name: Show it
  ansible.builtin.debug:
    msg: "{{ found.record_sets | map(attribute='everywhere') }}"
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
    - In addition to the fields below, each has C(values), a list of strings, which is empty if there is no such set.
      In a template, write C(entry['values']), because C(entry.values) is a method of every mapping.
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
      description: The name of its provider; V(rfc2136) for O(server). V(null) if it has none.
      type: str
      sample: rfc2136
    zone:
      description: The zone.
      type: str
      sample: customer.example
    name:
      description: The name, in lower case and without the trailing dot.
      type: str
      sample: shop.customer.example
    type:
      description: The type.
      type: str
      sample: A
    ttl:
      description: The TTL in seconds; V(null) if there is no such set.
      type: int
      sample: 300
    everywhere:
      description:
        - Whether all authoritative servers of the zone serve the same records. V(null) if this was not
          requested.
      type: bool
      sample: true
    changed:
      description: Always V(false).
      type: bool
      sample: false
    failed:
      description: Whether the set could not be read.
      type: bool
      sample: false
    error:
      description: The error, or V(null), with C(kind), C(code), C(message) and C(hint).
      type: dict
      sample: null
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import (
    ArgumentSpec,
    bulk_options,
    run_context_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import rfc2136_options
from ansible_collections.hosting.websec.plugins.module_utils._dns.tasks import dns_option, providers_to_read, read_task
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext


def run(params: dict[str, t.Any], context: RunContext) -> dict[str, t.Any]:
    with providers_to_read(params, context) as providers:
        return read_task(providers, params)


def main() -> None:
    record_set = {
        "zone": {"type": "str", "required": True},
        "name": {"type": "str", "required": True},
        "type": {"type": "str", "required": True},
        "every_server": {"type": "bool", "default": False},
        "dns": {"type": "str"},
    }
    own = ArgumentSpec(
        options={
            "record_sets": {"type": "list", "elements": "dict", "required": True, "options": record_set},
            "propagation_servers": {"type": "list", "elements": "str"},
        }
    )
    where = rfc2136_options(server_required=False).merge(dns_option(required=False))
    spec = where.merge(bulk_options()).merge(run_context_options()).merge(own)
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(module, lambda context: run(module.params, context))


if __name__ == "__main__":
    main()
