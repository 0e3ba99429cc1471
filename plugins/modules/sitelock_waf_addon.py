#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_waf_addon
short_description: Order, change or end SiteLock Firewall & CDN for one site
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Brings the Firewall & CDN add-on of one site to the desired state, and returns the DNS records that it needs next.
  - It reads before it writes. A site in the desired state causes no write. After a write whose answer was lost, it
    reads again; an order is never sent a second time in one run.
  - It makes one C(getAnpProvisioningStatus) call; for a provisioned site one C(getStatus) more if O(subscription)
    is given and one C(getWafOrigin) more if O(waf_origin) is given. The same reads are
    repeated right before an order or a change of plan, and after a write.
  - For many sites use M(hosting.websec.sitelock_waf_addons), which does them in one task.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.sitelock.site_options
  - hosting.websec.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
seealso:
  - module: hosting.websec.sitelock_waf_addons
  - module: hosting.websec.sitelock_anp_status
"""

EXAMPLES = r"""
- name: Order Firewall & CDN for a site
  hosting.websec.sitelock_waf_addon:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    site_id: 442989
    subscription: "8765"
    waf_origin: www-origin.example.com
    waf_force_ssl: true
    waf_dns_manager: partner
  register: waf

- name: Show the TXT record that proves domain ownership
  ansible.builtin.debug:
    var: waf.site.dns_ssl_verify

- name: End Firewall & CDN after the DNS records point to the origin again
  hosting.websec.sitelock_waf_addon:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    site_id: 442989
    state: absent
"""

RETURN = r"""
site:
  description: The site after the task. Fields that the API did not return in this run are V(null) or empty.
  returned: when the site could be read
  type: dict
  contains:
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
      description: Addresses of the CDN for the A records. Use them only when RV(site.routable) is true.
      type: list
      elements: str
      sample: ["107.154.149.145", "107.154.153.145"]
    dns_new_cname:
      description: Name at the CDN for the CNAME records. Use it only when RV(site.routable) is true.
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
  returned: always, unless the options were refused
  type: list
  elements: str
  sample: [provisionAddon]
error:
  description: The error, in fields that a playbook can test.
  returned: failure
  type: dict
  sample:
    kind: auth
    code: null
    extended_code: null
    message: "getAnpProvisioningStatus: the SiteLock API refused the credentials (HTTP 401)."
    hint: Check the user name and the password or key, and their source (option or environment).
    http_status: 401
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._module import run_module
from ansible_collections.hosting.websec.plugins.module_utils._results import failure
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addons import addon_options, converge_addons
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.results import (
    addon_diff,
    addon_warnings,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.site import site_fields


def run(module: AnsibleModule) -> dict[str, object]:
    done = converge_addons(module.params, [module.params], check_mode=module.check_mode)
    for warning in addon_warnings(done):
        module.warn(warning)
    (addon,) = done
    desired = addon.desired
    result = {"changed": addon.changed, "actions": addon.sent}
    if addon.after is not None:
        result["site"] = site_fields(desired.site_id, addon.after, needs_ssl=desired.waf_force_ssl or None)
    if addon.error is not None:
        return {**result, **failure(addon.error, site_id=desired.site_id)}
    diff = addon_diff(done, check_mode=module.check_mode)
    return {**result, "diff": {side: sites.get(str(desired.site_id), {}) for side, sites in diff.items()}}


def main() -> None:
    spec = sitelock_options().merge(addon_options())
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_module(module, lambda: run(module))


if __name__ == "__main__":
    main()
