#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dns_zones_info
short_description: Find the DNS zones of names
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Finds the zone of each name, from the SOA record in the response of a name server, or among the zones of the
    providers in O(dns).
  - One query for each distinct name, and one more for a name that is a CNAME. It changes nothing.
extends_documentation_fragment:
  - hosting.websec.rfc2136
  - hosting.websec.dns
  - hosting.websec.run_context
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  server:
    description:
      - Address or name of the name server that has the zones. It is queried over TCP.
      - By default the system's resolver is queried, which finds every zone that it can see. The other connection
        options then have no effect, except O(timeout), which is the time for one name.
      - If not set, the environment variable E(RFC2136_SERVER) is used.
  names:
    description:
      - The domain names, fully qualified, with or without the trailing dot. A name may occur more than once.
    type: list
    elements: str
    required: true
  concurrency:
    description:
      - How many connections, or queries to the resolver, are used in parallel.
    type: int
    default: 8
  on_error:
    description:
      - With V(fail) the task fails after all names are looked up, if any zone was not found.
      - V(report) does not fail the task; check RV(zones[].failed).
    type: str
    choices: [fail, report]
    default: fail
seealso:
  - module: hosting.websec.dns_record_sets
  - module: hosting.websec.rfc2136_record_sets
  - module: hosting.websec.dns_record_sets_info
"""

EXAMPLES = r"""
- name: Find the zones of two sites at the primary name server
  hosting.websec.dns_zones_info:
    server: ns1.hoster.example
    names:
      - www.customer.example
      - shop.other.example
  register: found

- name: Show the zone of each site
  ansible.builtin.debug:
    msg: "{{ found.zones | items2dict('name', 'zone') }}"
"""

RETURN = r"""
deferred:
  description: Number of entries that were not reached or not finished, see RV(zones[].deferred).
  returned: always, unless the options were refused
  type: int
  sample: 0
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(zones). It is removed when C(ansible-playbook)
      ends.
  returned: with O(results=notable)
  type: str
zones:
  description: One entry for each entry of O(names), in the same order.
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
    name:
      description: The name, in lower case and without the trailing dot.
      type: str
      sample: www.customer.example
    provider:
      description:
        - The name of the provider that has the zone; V(rfc2136) for O(server). V(null) if none was found, or the
          resolver was asked.
      type: str
      sample: rfc2136
    zone:
      description: The zone, in lower case and without the trailing dot. V(null) if none was found.
      type: str
      sample: customer.example
    failed:
      description: Whether no zone was found.
      type: bool
    error:
      description: The reason. V(null) if a zone was found.
      type: dict
      contains:
        kind:
          description:
            - V(not_found) if there is no such zone, or V(auth), V(unavailable), V(timeout) or V(bad_response) if the
              server could not be queried.
          type: str
        code:
          description: The server's response code, for example V(REFUSED) or V(NXDOMAIN).
          type: str
        message:
          description: What was tried and what came back.
          type: str
        hint:
          description: What to do next.
          type: str
        name:
          description: The name.
          type: str
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import (
    ArgumentSpec,
    bulk_options,
    run_context_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import parse_name
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import at_least, rfc2136_options
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import Subject
from ansible_collections.hosting.websec.plugins.module_utils._dns.tasks import dns_option, providers_to_read
from ansible_collections.hosting.websec.plugins.module_utils._dns.zones import (
    zone_results,
    zones_of_the_internet,
)
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._results import (
    bulk_result,
    deferred_count,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext


def run(params: dict[str, t.Any], context: RunContext) -> dict[str, t.Any]:
    names = [parse_name(text, "domain name") for text in params["names"]]
    concurrency = at_least(params, "concurrency", 1)
    if params["server"] or params["dns"] is not None:
        with providers_to_read(params, context) as providers:
            results = providers.zones([Subject(name) for name in names])
    else:
        found = zones_of_the_internet(names, concurrency, at_least(params, "timeout", 1), context=context)
        results = [{**result, "provider": None} for result in zone_results(names, found)]
    return bulk_result("zones", results, key="name", on_error=params["on_error"], deferred=deferred_count(results))


def main() -> None:
    spec = (
        rfc2136_options(server_required=False)
        .merge(dns_option(required=False))
        .merge(bulk_options())
        .merge(run_context_options())
        .merge(ArgumentSpec(options={"names": {"type": "list", "elements": "str", "required": True}}))
    )
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(module, lambda context: run(module.params, context))


if __name__ == "__main__":
    main()
