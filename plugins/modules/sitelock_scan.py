#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_scan
short_description: Start scans of sites at SiteLock
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Starts scans of sites now (C(scanNow)), for example after a customer has cleaned a site, and waits on demand until
    they are done.
  - This is an action, not a state, and never idempotent. Each run starts new scans, and reports a change. In check mode
    nothing is started.
  - A call whose response was lost is never sent again. The site has an error of the kind C(outcome_unknown).
  - It makes one call for each site. With O(wait) it makes one C(scanInfo) call for each site before, and one for each
    site that is not done after every O(wait_interval).
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.sitelock_sites
  - hosting.websec.run_context
  - hosting.websec.attributes
attributes:
  check_mode:
    support: full
    details:
      - Nothing is started in check mode. The numbers of sites are looked up, and a change is reported.
  diff_mode:
    support: none
    details:
      - There is nothing to compare.
  idempotent:
    support: none
    details:
      - Each run starts new scans.
options:
  scan_codes:
    description:
      - The scans to start. By default SiteLock starts all that the site has.
      - V(malware_scan), V(xss_scan), V(sqli_scan) and V(vulnerability_scan) need a domain that SiteLock has verified.
    type: list
    elements: str
    choices: [ssl_scan, malware_scan, xss_scan, sqli_scan, vulnerability_scan, spam_scan, smart_scan]
    default: []
  wait:
    description:
      - Whether to wait until C(scanInfo) shows a newer scan of the site than before, and none that is running.
      - The time and the state of a scan are in the part of the response that the vendor does not show publicly. They
        are recognised by their names and forms. If the response has no such time, the wait ends with O(wait_timeout).
    type: bool
    default: false
  wait_timeout:
    description: Seconds after which the waiting ends. A site whose scan is not done then has an error.
    type: int
    default: 3600
  wait_interval:
    description: Seconds between two looks at the sites that are not done.
    type: int
    default: 60
notes:
  - The responses of C(scanNow) are not public. RV(sites[].answer) has the response as it is. Not verified against the
    live service.
seealso:
  - module: hosting.websec.sitelock_scans_info
"""

EXAMPLES = r"""
- name: Scan a site again after it was cleaned, and wait for the result
  hosting.websec.sitelock_scan:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    sites:
      - site_id: 442989
    scan_codes: [malware_scan]
    wait: true
  register: scan

- name: Show what the scan found
  ansible.builtin.debug:
    msg: "{{ scan.sites[0].findings }}"
"""

RETURN = r"""
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(sites). It is removed when
      C(ansible-playbook) ends.
  returned: with O(results=notable)
  type: str
sites:
  description: One entry per site, in the order of O(sites).
  returned: always, unless the options were refused
  type: list
  elements: dict
  contains:
    site_id:
      description: The site. V(null) if its number is not known.
      type: int
      sample: 442989
    domain:
      description: Its domain, as in the entry.
      type: str
      sample: shop.example
    changed:
      description: Whether its scans were started, or in check mode would be.
      type: bool
      sample: true
    answer:
      description: The response of C(scanNow) as it is. V(null) if nothing was started.
      type: dict
      sample: {status: ok}
    finished:
      description: Whether the scans are done. V(null) without O(wait), and if nothing was started.
      type: bool
      sample: true
    attention_flag:
      description: As RV(hosting.websec.sitelock_scans_info#module:sites[].attention_flag), after the scan.
      type: str
      sample: red
    findings:
      description: As RV(hosting.websec.sitelock_scans_info#module:sites[].findings), after the scan.
      type: list
      elements: str
      sample: [Content]
    last_scan_at:
      description: As RV(hosting.websec.sitelock_scans_info#module:sites[].last_scan_at), after the scan.
      type: str
      sample: "2026-11-29 12:00:00"
    failed:
      description: Whether this site failed.
      type: bool
      sample: false
    error:
      description: The error of this site, in fields that a playbook can test. V(null) if there is none.
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
          for all of them, such as a wrong password. RV(sites[].deferred) is true then.
        - V(null) if nothing stopped it.
      type: str
      sample: null
deferred:
  description: Number of sites that were not reached, see RV(sites[].deferred).
  returned: always, unless the options were refused
  type: int
  sample: 0
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
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.scans.starting import SCAN_CODES, start_scans
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.each_site import site_list_options


def run(options: dict[str, t.Any], context: RunContext, *, check_mode: bool) -> dict[str, t.Any]:
    rows = start_scans(options, check_mode=check_mode, context=context)
    return bulk_result("sites", rows, key="site_id", on_error=options["on_error"], deferred=deferred_count(rows))


def main() -> None:
    own = ArgumentSpec(
        options={
            "scan_codes": {"type": "list", "elements": "str", "choices": list(SCAN_CODES), "default": []},
            "wait": {"type": "bool", "default": False},
            "wait_timeout": {"type": "int", "default": 3600},
            "wait_interval": {"type": "int", "default": 60},
        },
    )
    spec = sitelock_options().merge(bulk_options()).merge(run_context_options()).merge(site_list_options()).merge(own)
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(module, lambda context: run(module.params, context, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
