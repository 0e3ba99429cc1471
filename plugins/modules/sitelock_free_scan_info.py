#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_free_scan_info
short_description: Look for malware on domains with the free scan of SiteLock
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Scans domains for malware with the free scan of SiteLock (C(scanDomain)), which needs no account for the domain. It
    is answered by another host, scan.sitelock.com, after up to 45 seconds.
  - It makes one call for each domain. The vendor visits the pages of the domain meanwhile, so nothing is scanned in
    check mode. A call whose response was lost is not sent again.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.run_context
  - hosting.websec.attributes
attributes:
  check_mode:
    support: full
    details:
      - Nothing is scanned in check mode. RV(domains[].scanned) is V(false) then.
  diff_mode:
    support: N/A
    details:
      - This module only reads.
  idempotent:
    support: full
    details:
      - This module changes nothing.
options:
  domains:
    description:
      - The domains. A domain that is listed twice is scanned once.
    type: list
    elements: str
    required: true
  scan_url:
    description:
      - Address of the free scan. By default it is that of the vendor if O(api_url) is the vendor's, else O(api_url).
      - If the value is not set in the task, the value of environment variable E(SITELOCK_SCAN_URL) is used.
    type: str
  scan_timeout:
    description: Seconds that one scan may take. It takes the place of O(timeout).
    type: int
    default: 60
  concurrency:
    description: Maximum number of parallel scans.
    type: int
    default: 8
  on_error:
    description:
      - With V(fail) the task fails after all domains are processed, if any of them failed.
      - V(report) does not fail the task; check RV(domains[].failed).
    type: str
    choices: [fail, report]
    default: fail
notes:
  - The example of the vendor's page is cut off. That C(malware_data) belongs to the page or link that it is in is
    inferred. RV(domains[].answer) has the response as it is. Not verified against the live service.
seealso:
  - module: hosting.websec.sitelock_scan
  - module: hosting.websec.sitelock_scans_info
"""

EXAMPLES = r"""
- name: Look for malware before customers are moved in
  hosting.websec.sitelock_free_scan_info:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    domains: [customer.example, other.example]
    on_error: report
  register: scan

- name: Show what was found
  ansible.builtin.debug:
    msg: "{{ scan.domains | selectattr('malware') | map(attribute='malware_urls') | flatten }}"
"""

RETURN = r"""
deferred:
  description: Number of domains that were not reached, see RV(domains[].deferred).
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
    scanned:
      description: Whether it was scanned.
      type: bool
      sample: true
    malware:
      description:
        - Whether a page has malware. V(null) if the response has no pages, or does not say it of each page.
      type: bool
      sample: true
    malware_names:
      description: Names of the malware (C(malware_info)).
      type: list
      elements: str
      sample: [SiteLock-JS-SEOSPAM]
    malware_urls:
      description: Addresses of the pages with malware.
      type: list
      elements: str
      sample: ["http://www.customer.example/th1s_1s_a_4o4.html"]
    pages:
      description: The pages that were scanned, each with C(url), C(malware) and C(malware_names).
      type: list
      elements: dict
      sample:
        - {url: "http://www.customer.example/", malware: false, malware_names: []}
    answer:
      description: The response of C(scanDomain) as it is, with attributes as C(@name). V(null) if it was not scanned.
      type: dict
      sample: {pages: {page: [{"@url": "http://www.customer.example/", "@malware": "no"}]}}
    failed:
      description: Whether this domain failed.
      type: bool
      sample: false
    error:
      description: The error of this domain, in fields that a playbook can test. V(null) if there is none.
      type: dict
      sample: null
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
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import (
    ArgumentSpec,
    bulk_options,
    from_environment,
    run_context_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._results import (
    bulk_result,
    deferred_count,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.scans.free_scan import scan_domains


def run(options: dict[str, t.Any], context: RunContext, *, check_mode: bool) -> dict[str, t.Any]:
    rows = scan_domains(options, check_mode=check_mode, context=context)
    return bulk_result("domains", rows, key="domain", on_error=options["on_error"], deferred=deferred_count(rows))


def main() -> None:
    own = ArgumentSpec(
        options={
            "domains": {"type": "list", "elements": "str", "required": True},
            "scan_url": from_environment("SITELOCK_SCAN_URL", type="str"),
            "scan_timeout": {"type": "int", "default": 60},
        },
    )
    spec = sitelock_options().merge(bulk_options()).merge(run_context_options()).merge(own)
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(module, lambda context: run(module.params, context, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
