#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_anp_status
short_description: Read, or wait for, the activation state of sites behind SiteLock Firewall & CDN
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Reads the state of one or many sites with C(getAnpProvisioningStatus), one call per site.
  - With O(wait_for) it polls until every site is in one of these states. Sites that have reached one are not polled
    again.
  - For a site with SSL whose TXT record is published, this call also makes the vendor start the validation of the
    domain. It changes nothing else, and is made in check mode too.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.run_context
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  site_id:
    description: The sites' numbers, assigned by the vendor, each at most once.
    type: list
    elements: raw
    required: true
  wait_for:
    description:
      - The states to wait for. By default the module does not wait.
      - A site in the state V(absent) or V(error) fails at once if this state is not in the list, because it does not
        leave the state by itself.
    type: list
    elements: str
    choices: [absent, error, pending-dns, pending-domain-validation, pending-retry, ready]
  wait_timeout:
    description:
      - Maximum number of seconds to wait in total. A site that has not reached its state by then fails with
        RV(sites[].error.kind=timeout).
      - The vendor documents up to 24 hours for each step. Prefer running the pass again to waiting.
    type: int
    default: 600
  poll_interval:
    description: Seconds between two calls for the same site.
    type: int
    default: 30
  concurrency:
    description: Maximum number of parallel calls.
    type: int
    default: 8
  on_error:
    description:
      - With V(fail) the task fails after all sites are processed, if any of them failed.
      - V(report) does not fail the task; check RV(sites[].failed).
    type: str
    choices: [fail, report]
    default: fail
seealso:
  - module: hosting.websec.sitelock_waf_addons
"""

EXAMPLES = r"""
- name: Show the states of two sites
  hosting.websec.sitelock_anp_status:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    site_id: [442676, 442989]
  register: waf

- name: Wait up to ten minutes until the DNS records may be changed
  hosting.websec.sitelock_anp_status:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    site_id: 442989
    wait_for: [pending-dns, ready]
"""

RETURN = r"""
deferred:
  description: Number of entries that were not reached or not finished, see RV(sites[].deferred).
  returned: always, unless the options were refused
  type: int
  sample: 0
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(sites). It is removed when C(ansible-playbook)
      ends.
  returned: with O(results=notable)
  type: str
sites:
  description: One entry per site, in the order of O(site_id).
  returned: always, unless the options were refused
  type: list
  elements: dict
  contains:
    # tools/twins.py copies what sitelock_waf_addon returns as well.
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
    site_id:
      description: The site.
      type: int
      sample: 442989
    account_id:
      description: Its account, if the API returned it in this run.
      type: int
      sample: 379430
    subscription:
      description: Id of its plan, if the API returned it in this run.
      type: str
      sample: "8765"
    subscription_id:
      description: Id of this instance of the plan, if the API returned it in this run.
      type: str
      sample: "1234"
    state:
      description:
        - The state as returned by the API, V(ready), V(pending-domain-validation), V(pending-dns), V(pending-retry) or
          V(error), or V(absent) for a site without Firewall & CDN. V(null) if it could not be read.
      type: str
      sample: pending-dns
    waf_dns_manager:
      description: Who changes the DNS records, if the response contains it.
      type: str
      sample: partner
    dns_new_a:
      description: Addresses of the CDN for the A records. Use them only when RV(sites[].routable) is true.
      type: list
      elements: str
      sample: ["107.154.149.145", "107.154.153.145"]
    dns_new_cname:
      description: Name at the CDN for the CNAME records. Use it only when RV(sites[].routable) is true.
      type: str
      sample: 123ab23.sitelockcdn.net
    dns_ssl_verify:
      description: The TXT record that proves domain ownership. V(null) if none is requested.
      type: dict
      sample:
        dns_record_domain: example.com
        dns_record_type: TXT
        dns_record_value: globalsign-domain-verification=VIYIM3EFP0APXADXY9D2MM4NHEXEGJNU2
    ssl:
      description: The certificate at the CDN. V(null) if the response has no such element.
      type: dict
      sample:
        cert_detected: true
        cert_installed: true
        cert_from: network
        network_ssl_cert_exp_date: "2027-05-12"
    original_dns:
      description: The previous A records of the site, if the response contains them.
      type: list
      elements: str
      sample: ["123.123.123.123"]
    traffic_routing:
      description: Whether traffic goes through the CDN. V(null) if the response does not contain it.
      type: bool
      sample: false
    will_retry:
      description: Whether the vendor retries the provisioning by itself (state V(pending-retry)).
      type: bool
      sample: false
    routable:
      description:
        - Whether A and CNAME records may point to the CDN now. True from V(pending-dns) on, and for a site with SSL
          only when its certificate is detected and installed.
        - A response in V(pending-dns) with the element C(ssl) or C(dns_ssl_verify) is treated as that of a site with
          SSL.
      type: bool
      sample: true
    message:
      description: The API's message about the state, such as the result of the domain validation.
      type: str
      sample: TXT Record(s) were found - but none match what we are looking for.
    actions:
      description: The API methods that were sent, or in check mode would be sent.
      type: list
      elements: str
      sample: []
    changed:
      description: Whether something was changed for this site.
      type: bool
      sample: false
    failed:
      description: Whether this site failed.
      type: bool
      sample: false
    error:
      description: The error of this site. V(null) if there is none.
      type: dict
      contains:
        kind:
          description:
            - One of V(auth), V(not_allowed), V(not_found), V(rejected), V(unavailable), V(timeout), V(bad_response),
              V(outcome_unknown), V(bad_input) or V(bug).
          type: str
          sample: rejected
        code:
          description: The vendor's code, unchanged.
          type: str
          sample: AEX
        extended_code:
          description: The vendor's second code, unchanged.
          type: str
          sample: "3003"
        message:
          description: What was tried, and what came back.
          type: str
          sample: "Site 123456: provisionAddon was refused: Site requires SSL (code AEX, extended code 3003)."
        hint:
          description: What to do next.
          type: str
          sample: Choose a higher plan.
        http_status:
          description: The HTTP status of the response, if relevant.
          type: int
          sample: 503
        site_id:
          description: The site.
          type: int
          sample: 123456
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import (
    ArgumentSpec,
    bulk_options,
    run_context_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._ids import ID
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._results import (
    bulk_result,
    deferred_count,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import STATES
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.statuses import read_statuses


def run(options: dict[str, t.Any], context: RunContext) -> dict[str, t.Any]:
    results = read_statuses(options, context)
    return bulk_result("sites", results, key="site_id", on_error=options["on_error"], deferred=deferred_count(results))


def main() -> None:
    own = ArgumentSpec(
        options={
            "site_id": {"type": "list", "elements": ID["type"], "required": True},
            "wait_for": {"type": "list", "elements": "str", "choices": list(STATES)},
            "wait_timeout": {"type": "int", "default": 600},
            "poll_interval": {"type": "int", "default": 30},
        },
    )
    spec = sitelock_options().merge(bulk_options()).merge(run_context_options()).merge(own)
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(module, lambda context: run(module.params, context))


if __name__ == "__main__":
    main()
