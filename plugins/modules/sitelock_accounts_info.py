#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_accounts_info
short_description: List the SiteLock accounts of a partner, with their sites and subscriptions
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Lists all accounts of the partner with their sites (C(getAccounts), page by page), active and inactive ones.
  - With O(subscriptions=true) it also reads the subscriptions of each account (C(getStatus)), and with
    O(last_accepted_tos=true) when its user last accepted the terms of service (C(getLastAcceptedTOS)).
  - An account that cannot be read has its own error, and does not stop the others.
  - For N accounts it makes one call for each page of O(page_size) accounts, one more for the empty page at the end, and
    N calls for each of O(subscriptions) and O(last_accepted_tos).
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.run_context
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  status:
    description: Return only accounts with this status. By default all accounts are returned.
    type: str
    choices: [active, inactive]
  subscriptions:
    description: Whether to read the subscriptions of each account.
    type: bool
    default: false
  last_accepted_tos:
    description: Whether to read which terms of service the user of each account last accepted, and when.
    type: bool
    default: false
  page_size:
    description: Number of accounts to request in one call. The vendor does not document a maximum.
    type: int
    default: 500
  concurrency:
    description: Maximum number of parallel calls.
    type: int
    default: 8
  on_error:
    description:
      - With V(fail) the task fails after all accounts are processed, if any of them failed.
      - V(report) does not fail the task; check RV(accounts[].failed).
    type: str
    choices: [fail, report]
    default: fail
notes:
  - The vendor's public page of C(getStatus) is cut off. It shows the add-ons of an account, but not where the plan of a
    site is. So plans are read among the add-ons and next to the sites, and RV(accounts[].account_information) contains
    the whole response.
seealso:
  - module: hosting.websec.sitelock_accounts
  - module: hosting.websec.sitelock_plans_info
  - plugin: hosting.websec.unmanaged_subscriptions
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read all accounts with their subscriptions
  hosting.websec.sitelock_accounts_info:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    subscriptions: true
  register: listed

- name: Show what is paid for and in no file
  ansible.builtin.debug:
    msg: "{{ listed.accounts | hosting.websec.unmanaged_subscriptions(sitelock_accounts, sitelock_waf_sites) }}"
"""

RETURN = r"""
deferred:
  description: Number of entries that were not reached, see RV(accounts[].deferred).
  returned: always, unless the options were refused
  type: int
  sample: 0
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(accounts). It is removed when
      C(ansible-playbook) ends.
  returned: with O(results=notable)
  type: str
accounts:
  description: One entry per account, in the order of the API.
  returned: always, unless the options were refused or the accounts could not be listed
  type: list
  elements: dict
  contains:
    account_id:
      description: The number of the account.
      type: int
      sample: 570
    status:
      description: Its status, as returned by C(getAccounts), V(active) or V(inactive).
      type: str
      sample: active
    sites:
      description: Its sites.
      type: list
      elements: dict
      contains:
        site_id:
          description: The number of the site.
          type: int
          sample: 1090
        domain:
          description: Its domain, as returned by the API.
          type: str
          sample: customer.example
        status:
          description: Its status, V(active) or V(inactive).
          type: str
          sample: active
    login:
      description: Its login. V(null), as the next three, if C(getStatus) was not called or does not return it.
      type: str
      sample: owner@customer.example
    reseller_account_id:
      description: Your own id of the account.
      type: str
      sample: C-10023
    name:
      description: Name of the customer.
      type: str
      sample: Customer Example Ltd
    email:
      description: E-mail address.
      type: str
      sample: owner@customer.example
    subscriptions:
      description:
        - Its subscriptions. V(null) if they were not read, see RV(accounts[].error), and for an inactive account
          that C(getStatus) does not know.
      type: list
      elements: dict
      contains:
        subscription:
          description: Id of the product.
          type: str
          sample: "8765"
        subscription_id:
          description: Id of this instance of the product.
          type: str
          sample: "1234"
        name:
          description: Name of the product.
          type: str
          sample: SiteLock Backup
        listed_as:
          description: Where the response contains it, V(addon) (among the add-ons) or V(site) (next to a site).
          type: str
          sample: addon
        site_id:
          description: The site that it belongs to. V(null) if the response does not contain it.
          type: int
          sample: 1090
        domain:
          description: The domain of this site.
          type: str
          sample: customer.example
        amount:
          description: The price, as returned by the API.
          type: str
          sample: "5.00"
        frequency:
          description: The billing period in months, as returned by the API.
          type: str
          sample: "12"
        next_renewal_at:
          description: The next renewal, as returned by the API.
          type: str
          sample: "2027-03-01"
        details:
          description: All other fields of the subscription in the response, unchanged.
          type: dict
          sample: {}
    account_information:
      description: The whole response of C(getStatus) as plain data, attributes with a leading C(@).
      type: dict
      sample: {"name": "Customer Example Ltd"}
    last_accepted_tos:
      description:
        - The terms of service that the user last accepted, with C(accepted_at), C(login) and C(tos_version_id), each
          V(null) if the user never did. V(null) if this was not read.
      type: dict
      sample: {"accepted_at": "2019-05-07 11:06:24", "login": "owner@customer.example", "tos_version_id": "2"}
    deferred:
      description:
        - Whether it was not reached, because the time was over (O(deadline)) or the task was stopped. It has not
          failed.
      type: bool
      sample: false
    deferred_reason:
      description:
        - Why nothing was sent for it although there was time. The calls for other items failed for a reason that holds
          for all of them, such as a wrong password. RV(accounts[].deferred) is true then.
        - V(null) if nothing stopped it.
      type: str
      sample: null
    failed:
      description: Whether this account failed.
      type: bool
      sample: false
    error:
      description: The error of this account, in fields that a playbook can test. V(null) if there is none.
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
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.listing import read_listing


def run(options: dict[str, t.Any], context: RunContext) -> dict[str, t.Any]:
    results = read_listing(options, context)
    return bulk_result(
        "accounts", results, key="account_id", on_error=options["on_error"], deferred=deferred_count(results)
    )


def main() -> None:
    own = ArgumentSpec(
        options={
            "status": {"type": "str", "choices": ["active", "inactive"]},
            "subscriptions": {"type": "bool", "default": False},
            "last_accepted_tos": {"type": "bool", "default": False},
            "page_size": {"type": "int", "default": 500},
        },
    )
    spec = sitelock_options().merge(bulk_options()).merge(run_context_options()).merge(own)
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(module, lambda context: run(module.params, context))


if __name__ == "__main__":
    main()
