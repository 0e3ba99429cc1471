#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_plans_info
short_description: List the products that a SiteLock partner may sell
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Lists the plans, bundles and add-ons of the partner with all their attributes (C(getPlanList)). Their ids differ
    from partner to partner.
  - With O(scan_frequency=true) it also reads how often each scan plan may scan (C(getPlanScanFrequency)). The vendor
    offers this for products of the category C(SCAN) and the type C(plan) only.
  - It makes one call, and with O(scan_frequency=true) one more for each scan plan.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  scan_frequency:
    description: Whether to read how often each scan plan may scan.
    type: bool
    default: false
  concurrency:
    description: Maximum number of parallel calls.
    type: int
    default: 8
  on_error:
    description:
      - With V(fail) the task fails after all plans are processed, if any of them failed.
      - V(report) does not fail the task; check RV(plans[].failed).
    type: str
    choices: [fail, report]
    default: fail
seealso:
  - module: hosting.websec.sitelock_accounts
  - module: hosting.websec.sitelock_accounts_info
"""

EXAMPLES = r"""
- name: List the products
  hosting.websec.sitelock_plans_info:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
  register: products

- name: Show them
  ansible.builtin.debug:
    msg: >-
      {{ products.plans | hosting.websec.text_table({'id': 'id', 'name': 'name', 'type': 'type', 'price': 'price'}) }}
"""

RETURN = r"""
reseller_login:
  description: The login of the partner, as returned by the API.
  returned: success
  type: str
  sample: partner@hosting.example
plans:
  description: One entry per product, in the order of the API.
  returned: always, unless the options were refused or the products could not be listed
  type: list
  elements: dict
  contains:
    id:
      description: The id of the product.
      type: str
      sample: "8765"
    name:
      description: Its name.
      type: str
      sample: Professional
    type:
      description: Its type in lower case, V(plan), V(bundle) or V(addon).
      type: str
      sample: plan
    product_category:
      description: Its category.
      type: str
      sample: SCAN
    price:
      description: Its price, as returned by the API.
      type: str
      sample: "10.00"
    attributes:
      description: All attributes in the response, unchanged.
      type: dict
      sample: {"id": "8765", "name": "Professional", "type": "plan", "price": "10.00", "auto_renewal": "yes"}
    scans:
      description:
        - The scans of the plan by name, each with C(options) (how often it may run) and C(feature_type) (V(recurring)
          or V(on_demand)). Empty if the API lists no scan for this plan. V(null) if this was not read.
      type: dict
      sample: {"malware_scan": {"options": ["daily", "weekly"], "feature_type": "recurring"}}
    deferred:
      description:
        - Whether its scans were not read, see RV(plans[].deferred_reason). It has not failed.
      type: bool
      sample: false
    deferred_reason:
      description:
        - Why nothing was sent for it although there was time. The calls for other items failed for a reason that holds
          for all of them, such as a wrong password. RV(plans[].deferred) is true then.
        - V(null) if nothing stopped it.
      type: str
      sample: null
    failed:
      description: Whether this product failed.
      type: bool
      sample: false
    error:
      description: The error of this product, in fields that a playbook can test. V(null) if there is none.
      type: dict
      sample: null
error:
  description: The error, in fields that a playbook can test.
  returned: failure
  type: dict
  sample:
    kind: auth
    code: null
    extended_code: null
    message: "getPlanList: the SiteLock API refused the credentials (HTTP 401)."
    hint: Check the user name and the password or key, and their source (option or environment).
    http_status: 401
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec, bulk_options
from ansible_collections.hosting.websec.plugins.module_utils._module import run_module
from ansible_collections.hosting.websec.plugins.module_utils._results import bulk_result
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.plan_list import read_plans


def run(options: dict[str, t.Any]) -> dict[str, t.Any]:
    found = read_plans(options)
    return bulk_result(
        "plans", found["plans"], key="id", on_error=options["on_error"], reseller_login=found["reseller_login"]
    )


def main() -> None:
    own = ArgumentSpec(options={"scan_frequency": {"type": "bool", "default": False}})
    spec = sitelock_options().merge(bulk_options()).merge(own)
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_module(module, lambda: run(module.params))


if __name__ == "__main__":
    main()
