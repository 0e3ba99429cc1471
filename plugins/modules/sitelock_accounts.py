#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_accounts
short_description: Manage SiteLock accounts with their sites, plans and add-ons
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Creates accounts and sites, changes plans, orders and ends add-ons, and ends sites and accounts, for many customers
    in one task.
  - It reads before it orders. An account is looked up by O(accounts[].account_id), O(accounts[].login) or
    O(accounts[].reseller_account_id), and every site that is not listed there by its domain. A domain that belongs to
    another account is an error, and nothing is sent for the account that lists it.
  - What is missing from O(accounts) is never ended. Only O(accounts[].state=absent), O(accounts[].sites[].state=absent)
    and O(accounts[].addons[].state=absent) end something, and O(accounts[].prune_addons).
  - Where the API does not say which plan a site has, or which site an add-on belongs to, nothing is changed, and the
    module warns.
  - An account that fails does not stop the others. Each entry of RV(accounts) has its own result or its own error.
  - For N accounts it makes one C(getPlanList) and N C(getStatus) calls; one C(checkDomain) for each site that
    C(getStatus) does not list; one C(checkLogin) for each account that does not exist, and a second C(getStatus) if it
    has O(accounts[].login) and O(accounts[].reseller_account_id); one C(getAnpProvisioningStatus) for each site of
    which something may be ended; and one C(getAccounts) for each 500 accounts if an account is to be
    ended whose sites C(getStatus) does not list. Each write is one call. The reads of an account are repeated before
    each order, and after its last write; a domain is looked up again only right before its own order.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.run_context
  - hosting.websec.limits
  - hosting.websec.plan
  - hosting.websec.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  accounts:
    description:
      - The accounts, each at most once. A domain may be listed in one account only.
      - An entry with an unknown key or a wrong type fails alone; the others are processed.
      - Exactly one of O(accounts) and O(accounts_file) is given.
    type: list
    elements: dict
    suboptions:
      login:
        description:
          - The login of the account. 8 or more letters, digits and V(-), V(_), V(@), V(.), V(+).
          - If neither this nor O(accounts[].reseller_account_id) nor O(accounts[].account_id) is set,
            O(accounts[].email) is the login.
        type: str
      reseller_account_id:
        description:
          - Your own id of the account. It is assigned when the account is created.
          - A text or a whole number.
        type: raw
      account_id:
        description: The number of the account, assigned by the vendor. An account cannot be created with it.
        type: raw
      state:
        description:
          - V(present) creates the account if it does not exist, together with its first site.
          - V(absent) ends the account with all its sites. This is refused while traffic goes through the Firewall & CDN
            of one of them, or while it has active add-ons, unless O(accounts[].force=true).
        type: str
        choices: [present, absent]
        default: present
      email:
        description:
          - E-mail address of the account. If the API returns another one, it is changed.
          - Required to create an account.
        type: str
      name:
        description:
          - Name of the customer. This and the other properties below are sent when the account is created. The API
            cannot change them afterwards; if it returns another value, the module warns.
          - Required to create an account.
        type: str
      address1:
        description: First line of the address.
        type: str
      address2:
        description: Second line of the address.
        type: str
      city:
        description: City.
        type: str
      province:
        description: State or province, as in ISO 3166-2. It is the element C(state) of the API.
        type: str
      zip:
        description: Postal code.
        type: str
      country:
        description: Country, two capital letters as in ISO 3166, such as V(DE).
        type: str
      phone:
        description: Telephone number.
        type: str
      password:
        description:
          - First password of the account; the user has to change it at the first login. Used only when the account is
            created. It is never read back, and never shown.
        type: str
      prune_addons:
        description:
          - End add-ons that are not listed for the account or its sites, and those that exceed
            O(accounts[].addons[].count).
          - It never ends Firewall & CDN, a plan or a bundle, nor a product that C(getPlanList) does not list as an
            add-on. What may be a part of a bundle is not ended either; the module warns.
        type: bool
        default: false
      force:
        description:
          - End the account, its sites and add-ons although traffic goes through the Firewall & CDN, or other add-ons
            are active. B(Such a site is then down) until its DNS records point to the origin again.
        type: bool
        default: false
      sites:
        description: Sites of the account.
        type: list
        elements: dict
        default: []
        suboptions:
          domain:
            description: Domain of the site. With and without C(www.) it is the same site.
            type: str
            required: true
          state:
            description:
              - V(present) creates the site if it does not exist.
              - V(absent) ends its plan or bundle (C(deletePlan), C(deleteBundle)), where the API says which one it has,
                and the site (C(deleteAccount)). This is refused while traffic goes through its Firewall & CDN, or while
                it has other active add-ons, unless O(accounts[].sites[].force=true).
            type: str
            choices: [present, absent]
            default: present
          site_id:
            description: The number of the site. Not needed; if the domain has another number, it is an error.
            type: raw
          subscription:
            description:
              - Id or exact name of the plan, as C(getPlanList) lists it. Needed to create the site, unless
                O(accounts[].sites[].bundle) is set. If the site has another plan, it is changed (C(modifyAccount)),
                which changes what you pay.
            type: raw
          bundle:
            description: Id or exact name of a bundle, in place of O(accounts[].sites[].subscription).
            type: raw
          amount:
            description: Price for the customer, a decimal number. Needed under revenue sharing.
            type: str
          renewal_date:
            description:
              - Date of the renewal, C(YYYY-MM-DD), used when the plan is ordered or changed. A change of plan keeps the
                present date (V(preserve)) unless this is set. It cannot be read back.
            type: str
          domain_email:
            description: E-mail address at the domain, for its verification. Used only when the site is created.
            type: str
          trusted_domain:
            description: Skip the verification of the domain by e-mail. Used only when the site is created.
            type: bool
          force:
            description: The same as O(accounts[].force), for this site only.
            type: bool
            default: false
          addons:
            description:
              - Add-ons of the site, such as backup and DNS. Firewall & CDN has its own modules.
              - An add-on that belongs to the account, as far as its name or category in C(getPlanList) says it, is
                refused here, unless it is V(absent).
            type: list
            elements: dict
            default: []
            suboptions: &addon
              subscription:
                description: Id or exact name of the add-on, as C(getPlanList) lists it.
                type: raw
                required: true
              state:
                description: V(absent) ends all subscriptions of this add-on.
                type: str
                choices: [present, absent]
                default: present
              count:
                description:
                  - Number of subscriptions. If there are more, it is an error, unless
                    O(accounts[].prune_addons=true).
                type: int
                default: 1
              amount:
                description: Price for the customer, a decimal number. Needed under revenue sharing.
                type: str
              renewal_date:
                description: Date of the renewal, C(YYYY-MM-DD). Used only when the add-on is ordered.
                type: str
      addons:
        description:
          - Add-ons of the account, such as PCI compliance and VPN.
          - An add-on that belongs to a site is refused here in the same way.
        type: list
        elements: dict
        default: []
        suboptions: *addon
  accounts_file:
    description:
      - File with the same list in JSON or YAML, on the controller. JSON is read much faster. The file may be encrypted
        as a whole with Ansible Vault. A relative path starts in the folder in which C(ansible-playbook) was started.
      - Ansible processes each value of a list that it passes to a module. For thousands of accounts this takes longer
        than reading a file.
    type: path
  entry_errors:
    description:
      - Entries of O(accounts) with an unknown key or a wrong type, by their place. You do not need to set it.
    type: dict
    default: {}
  concurrency:
    description: Maximum number of accounts that are processed at the same time.
    type: int
    default: 8
  on_error:
    description:
      - V(fail) makes the task fail if any account failed, after all accounts have been processed.
      - V(report) never does.
    type: str
    choices: [fail, report]
    default: fail
seealso:
  - module: hosting.websec.sitelock_waf_sites
"""

EXAMPLES = r"""
- name: Create a customer with one site, a backup and a PCI subscription
  hosting.websec.sitelock_accounts:
    api_username: reseller
    api_password: "{{ vault_sitelock_password }}"
    accounts:
      - login: owner@customer.example
        reseller_account_id: C-10023
        name: Customer Example Ltd
        email: owner@customer.example
        country: DE
        sites:
          - domain: customer.example
            subscription: "8"
            amount: "5.00"
            domain_email: webmaster@customer.example
            trusted_domain: true
            addons:
              - subscription: "9001"
        addons:
          - subscription: "7001"

- name: End one site of a customer
  hosting.websec.sitelock_accounts:
    api_username: reseller
    api_password: "{{ vault_sitelock_password }}"
    accounts:
      - login: owner@customer.example
        sites:
          - domain: old.example
            state: absent

- name: Manage the accounts of a very large file
  hosting.websec.sitelock_accounts:
    api_username: reseller
    api_password: "{{ vault_sitelock_password }}"
    accounts_file: customers.json
"""

RETURN = r"""
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(sites). It is removed when
      C(ansible-playbook) ends.
  returned: with O(results=notable)
  type: str
accounts:
  description: The accounts, in the order of O(accounts).
  returned: always, unless the options were refused
  type: list
  elements: dict
  contains:
    account:
      description: "Name of the account: its login, reseller_account_id or account_id."
      type: str
      sample: owner@customer.example
    login:
      description: The login, where it is set.
      type: str
      sample: owner@customer.example
    reseller_account_id:
      description: Your own id of the account, where it is set.
      type: str
      sample: C-10023
    account_id:
      description: Number of the account; V(null) if it does not exist.
      type: int
      sample: 570
    sites:
      description: The sites of the entry, in its order. They have the fields of RV(sites) that are about one site.
      type: list
      elements: dict
      sample: []
    addons:
      description: Add-ons of the account that belong to no site.
      type: list
      elements: dict
      sample: [{"subscription": "7001", "subscription_id": "5001"}]
    steps:
      description: What was sent, or in check mode would be sent, for people.
      type: list
      elements: str
      sample: ["new account with the site customer.example, order of 8"]
    actions:
      description: The API methods sent, or in check mode that would be sent.
      type: list
      elements: str
      sample: [provisionAccount]
    changed:
      description: Whether something was changed for this account.
      type: bool
      sample: true
    failed:
      description: Whether this account failed.
      type: bool
      sample: false
    error:
      description: V(null), or what went wrong with this account.
      type: dict
      sample: null
    deferred:
      description: Whether the account was not processed, or not to its end. The next run continues.
      type: bool
      sample: false
    deferred_reason:
      description: V(null), or why no call was sent for this account because others failed.
      type: str
      sample: null
sites:
  description:
    - One entry for each site of RV(accounts). An account without sites, or one that was refused, has one entry without
      a domain. So have steps that are about no site of the entry.
  returned: always, unless the options were refused
  type: list
  elements: dict
  contains:
    account:
      description: Name of the account.
      type: str
      sample: owner@customer.example
    login:
      description: Login of the account.
      type: str
      sample: owner@customer.example
    account_id:
      description: Number of the account.
      type: int
      sample: 570
    domain:
      description: Domain of the site.
      type: str
      sample: customer.example
    site_id:
      description: Number of the site; V(null) if it does not exist.
      type: int
      sample: 442989
    subscription:
      description: Id of its plan or bundle; V(null) if the API does not say it.
      type: str
      sample: "8"
    status:
      description: State of the site, as the API says it; V(null) if it does not.
      type: str
      sample: active
    addons:
      description: Its add-ons.
      type: list
      elements: dict
      sample: [{"subscription": "9001", "subscription_id": "5002"}]
    steps:
      description: What was sent for this site, or in check mode would be sent.
      type: list
      elements: str
      sample: []
    changed:
      description: Whether something was changed for the account.
      type: bool
      sample: false
    failed:
      description: Whether the account failed.
      type: bool
      sample: false
    error:
      description: V(null), or what went wrong with the account.
      type: dict
      sample: null
    deferred:
      description: Whether the account was not processed, or not to its end.
      type: bool
      sample: false
    deferred_reason:
      description: V(null), or why no call was sent for the account.
      type: str
      sample: null
plan:
  description:
    - The plan that was written to O(plan_file), with its C(file), the C(count) of its actions, and the first 200 of
      them in C(actions), as texts for a table.
  returned: in check mode, with O(plan_file)
  type: dict
  sample: {"file": "plan.json", "count": 1, "actions": [{"subject": "shop.example", "method": "provisionAddon",
    "arguments": "site_id 442989, subscription 8765", "price": "19.90", "rests_on": "state absent"}]}
deferred:
  description: Number of accounts that were deferred to the next run.
  returned: always, unless the options were refused
  type: int
  sample: 0
summary:
  description:
    - What was sent and accepted, with prices and the total. What was refused, and what has an unknown outcome, follows
      after a semicolon.
    - In check mode what would be sent.
  returned: always, unless the options were refused
  type: str
  sample: "1 new account, 1 x order of 8 (Basic scan) at 5.00, total 5.00"
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import bulk_options, run_context_options
from ansible_collections.hosting.websec.plugins.module_utils._limits import limit_options
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.options import account_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.task import run_accounts


def main() -> None:
    spec = sitelock_options().merge(bulk_options()).merge(run_context_options()).merge(limit_options())
    module = AnsibleModule(**spec.merge(account_options()).to_kwargs(), supports_check_mode=True)
    run_bulk_module(
        module,
        lambda context: run_accounts(module.params, check_mode=module.check_mode, warn=module.warn, context=context),
        sent=lambda result: "" if module.check_mode else result.get("summary", ""),
    )


if __name__ == "__main__":
    main()
