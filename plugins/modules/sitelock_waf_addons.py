#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_waf_addons
short_description: Order, change or end SiteLock Firewall & CDN for many sites
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Does what M(hosting.websec.sitelock_waf_addon) does, for a list of sites in one task.
  - A site that fails does not stop the others. Each entry of RV(sites) has its own result or its own error.
  - For N sites it makes N C(getAnpProvisioningStatus) calls; one C(getStatus) for each account among the provisioned
    sites with O(sites[].subscription) and O(sites[].account_id), or one per site if the account is not set; one
    C(getWafOrigin) for each provisioned site with O(sites[].waf_origin). Writes are additional, O(batch_size) sites per
    call, and the same reads are repeated right before an order or a change of plan, and after every write, for these
    sites.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.run_context
  - hosting.websec.limits
  - hosting.websec.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  sites:
    description:
      - The sites, each at most once.
    type: list
    elements: dict
    required: true
    suboptions:
      # tools/twins.py copies them from site_options of the documentation fragment sitelock.
      site_id:
        description: The site's number, a whole number assigned by the vendor.
        type: raw
        required: true
      account_id:
        description:
          - The account of the site, a whole number assigned by the vendor. If it is set, C(getStatus) is called once
            per account instead of once per site.
        type: raw
      state:
        description:
          - V(present) orders Firewall & CDN if the site does not have it, and corrects differences.
          - V(absent) deletes it. This is refused while the site's traffic goes through it, unless
            O(sites[].force=true).
        type: str
        choices: [present, absent]
        default: present
      subscription:
        description:
          - Id of the plan, as agreed with the vendor. Needed to order. If the site has another plan, it is changed
            (C(modifyAddon)), which changes what you pay.
          - The plan is compared only if C(getStatus) returns it. Otherwise the module warns, and changes nothing.
          - A text or a whole number. Anything else (V(8765.0), V(true)) is refused.
        type: raw
      renewal_date:
        description:
          - Date of the renewal, C(YYYY-MM-DD). Used only when Firewall & CDN is ordered; it cannot be read back.
        type: str
      waf_origin:
        description:
          - IP address or host name of the server to which the CDN sends the traffic. If the site has another origin, it
            is changed (C(setWafOrigin)).
          - If the address of a host name changes, the vendor follows it. C(getWafOrigin) may return the name or its
            addresses, so a name is compared with both. If it does not resolve where the module runs, the module warns
            and changes nothing.
        type: str
      waf_force_ssl:
        description:
          - Treat the site as one with SSL even if the vendor detects none. Requires O(sites[].waf_origin). Used only
            when Firewall & CDN is ordered; it cannot be read back.
        type: bool
        default: false
      waf_dns_manager:
        description:
          - Who changes the DNS records of the site. If an order does not set it, the vendor assumes V(customer).
        type: str
        choices: [customer, partner]
      waf_skip_network_certificate:
        description:
          - Do not request a certificate, because you upload your own. Used only when Firewall & CDN is ordered; it
            cannot be read back.
        type: bool
        default: false
      force:
        description:
          - Delete Firewall & CDN even while the site's traffic goes through it. B(The site is then down) until its DNS
            records point to the origin again.
        type: bool
        default: false
      domain:
        description: The domain of the site. It is not sent; the message about a limit shows it.
        type: str
  concurrency:
    description: Maximum number of parallel calls.
    type: int
    default: 8
  batch_size:
    description:
      - Maximum number of orders, changes of plan, or deletions per call.
      - With V(1) a lost response, or a vendor's error for a whole call, affects only one site.
    type: int
    default: 1
  on_error:
    description:
      - With V(fail) the task fails after all sites are processed, if any of them failed.
      - V(report) does not fail the task; check RV(sites[].failed).
    type: str
    choices: [fail, report]
    default: fail
seealso:
  - module: hosting.websec.sitelock_waf_addon
  - module: hosting.websec.sitelock_anp_status
"""

EXAMPLES = r"""
- name: Give every customer site its plan
  hosting.websec.sitelock_waf_addons:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    sites:
      - site_id: 442676
        subscription: "8765"
        waf_dns_manager: partner
      - site_id: 442989
        subscription: "8766"
        waf_origin: 192.0.2.10
        waf_force_ssl: true
        waf_dns_manager: partner
    on_error: report
  register: waf

- name: Show the errors of the failed sites
  ansible.builtin.debug:
    msg: "{{ waf.sites | selectattr('failed') | map(attribute='error.message') }}"
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
    - What was sent, or in check mode what would be sent, in one line.
    - The same line about the planned writes is shown before the first write.
  returned: always, unless the options were refused or a limit was exceeded
  type: str
  sample: 3 orders of plan 8765, 1 change of plan, 0 ends
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
  description: One entry per site, in the order of O(sites).
  returned: always, unless the options were refused
  type: list
  elements: dict
  contains:
    # tools/twins.py copies what sitelock_waf_addon returns as well.
    deferred:
      description:
        - Whether it was not reached, or not done to its end, because the time was over (O(deadline)) or the task was
          stopped. It has not failed. C(actions) contains what was sent before, and the resulting state is unknown.
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
    state_before:
      description: The state before the task; V(null) if it could not be read.
      type: str
      sample: absent
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

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import (
    ArgumentSpec,
    bulk_options,
    run_context_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._converge import results_of
from ansible_collections.hosting.websec.plugins.module_utils._limits import Limits, limit_options
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._results import (
    bulk_result,
    deferred_count,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addon import order_summary
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addons import (
    converge_addons,
    listed_addon_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.results import (
    addon_diff,
    addon_result,
    addon_warnings,
)


def run(module: AnsibleModule, context: RunContext) -> dict[str, object]:
    options = module.params
    done = converge_addons(
        options,
        options["sites"],
        check_mode=module.check_mode,
        concurrency=options["concurrency"],
        batch_size=options["batch_size"],
        context=context,
        limits=Limits.from_options(options, len(options["sites"])),
    )
    results = results_of(done, addon_result)
    for warning in addon_warnings(done):
        module.warn(warning)
    return bulk_result(
        "sites",
        results,
        key="site_id",
        on_error=options["on_error"],
        deferred=deferred_count(results),
        summary=order_summary(action for each in done for action in each.actions),
        diff=addon_diff(done, check_mode=module.check_mode),
    )


def main() -> None:
    sites = ArgumentSpec(
        options={
            "sites": {"type": "list", "elements": "dict", "required": True, "options": listed_addon_options().options},
            "batch_size": {"type": "int", "default": 1},
        },
    )
    spec = sitelock_options().merge(bulk_options()).merge(run_context_options()).merge(limit_options()).merge(sites)
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(module, lambda context: run(module, context))


if __name__ == "__main__":
    main()
