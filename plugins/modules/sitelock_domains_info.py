#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_domains_info
short_description: Look up who has domains at SiteLock
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Looks up each domain with C(checkDomain), one call per domain, and returns whether a site with this domain exists,
    and the ids of its account and site.
  - The API answers "exists" and a failure in the same form. A domain exists if the response contains both ids or the
    documented text; anything else is an error of this domain. The other domains are still looked up.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.run_context
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  domains:
    description:
      - The domains. With and without C(www.) it is the same site. A domain that is listed twice is looked up once.
    type: list
    elements: str
    required: true
  concurrency:
    description: Maximum number of parallel calls.
    type: int
    default: 8
  on_error:
    description:
      - With V(fail) the task fails after all domains are processed, if any of them failed.
      - V(report) does not fail the task; check RV(domains[].failed).
    type: str
    choices: [fail, report]
    default: fail
seealso:
  - module: hosting.websec.sitelock_accounts_info
"""

EXAMPLES = r"""
- name: Look up domains before they are ordered
  hosting.websec.sitelock_domains_info:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    domains: [customer.example, other.example]
  register: found

- name: Show those that exist already
  ansible.builtin.debug:
    msg: "{{ found.domains | selectattr('exists') | map(attribute='domain') }}"
"""

RETURN = r"""
deferred:
  description: Number of entries that were not reached, see RV(domains[].deferred).
  returned: always, unless the options were refused
  type: int
  sample: 0
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(domains). It is removed when
      C(ansible-playbook) ends.
  returned: with O(results=notable)
  type: str
domains:
  description: One entry per domain, in the order of O(domains).
  returned: always, unless the options were refused
  type: list
  elements: dict
  contains:
    domain:
      description: The domain, in lower case, an internationalised name as punycode. One that is refused is unchanged.
      type: str
      sample: customer.example
    exists:
      description: Whether SiteLock has a site with this domain, of yours or of anyone else. V(null) if it is not known.
      type: bool
      sample: true
    account_id:
      description:
        - The account of the site. V(null) if no site exists, or if the response does not contain the id, which may be
          so for a customer of another partner.
      type: int
      sample: 570
    site_id:
      description: The site, like RV(domains[].account_id).
      type: int
      sample: 1090
    deferred:
      description:
        - Whether it was not reached, because the time was over (O(deadline)) or the task was stopped. It has not
          failed.
      type: bool
      sample: false
    deferred_reason:
      description:
        - Why nothing was sent for it although there was time. The calls for other items failed for a reason that holds
          for all of them, such as a wrong password. RV(domains[].deferred) is true then.
        - V(null) if nothing stopped it.
      type: str
      sample: null
    failed:
      description: Whether this domain failed.
      type: bool
      sample: false
    error:
      description: The error of this domain, in fields that a playbook can test. V(null) if there is none.
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
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._results import (
    bulk_result,
    deferred_count,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.domains import read_domains
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options


def run(options: dict[str, t.Any], context: RunContext) -> dict[str, t.Any]:
    results = read_domains(options, context)
    return bulk_result("domains", results, key="domain", on_error=options["on_error"], deferred=deferred_count(results))


def main() -> None:
    own = ArgumentSpec(
        options={
            "domains": {"type": "list", "elements": "str", "required": True},
        },
    )
    spec = sitelock_options().merge(bulk_options()).merge(run_context_options()).merge(own)
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(module, lambda context: run(module.params, context))


if __name__ == "__main__":
    main()
