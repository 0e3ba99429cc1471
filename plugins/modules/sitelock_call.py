#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_call
short_description: Call one method of the SiteLock partner API
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Calls any method of the partner API by its name, once, for what has no module of its own, and returns the answer as
    plain data.
  - B(Prefer the module for the purpose where there is one.) This module reads nothing before it writes, so it buys,
    changes or deletes again each time it runs.
  - The collection knows the effect of every method in the vendor's documentation. What buys, changes, deletes or starts
    something is never sent again when its answer is lost. The task then fails with the kind V(outcome_unknown).
  - The answer is checked like that of any other module. An answer about another site, account, plan or domain than the
    request is an error.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.attributes
attributes:
  check_mode:
    support: partial
    details:
      - A method that only reads is called. Any other is not sent, and reported as changed.
  diff_mode:
    support: none
  idempotent:
    support: partial
    details:
      - Only for methods that read.
options:
  method:
    description:
      - Name of the method, spelled as in the examples of the vendor's documentation, for example V(getPlanList).
      - V(bulkReports) and V(download) answer with a file, which this module cannot read.
    type: str
    required: true
  parameters:
    description:
      - What the method takes, nested as in the vendor's documentation. A dictionary holds child elements, a list
        repeats the element, and an empty text is an empty element.
      - The collection knows which parameters are XML attributes. For a method that it does not know, start the name
        of an attribute with V(@).
      - Booleans are sent as V(1) and V(0). Where the vendor wants V(yes) or an amount such as V(5.00), quote it.
    type: dict
    default: {}
  secret_parameters:
    description:
      - The same for parameters that are secrets, such as C(pass) or C(ftp_pw). Ansible does not log or show these.
        They are merged with O(parameters).
      - Parameters that the collection knows as secrets are refused in O(parameters).
    type: dict
    default: {}
  effect:
    description:
      - What the method does. Required for a method that the collection does not know, and refused for all others.
      - Only V(read) is sent in check mode, and repeated after a failure.
      - V(action) starts something that no later read shows, or that would happen again, for example a scan.
    type: str
    choices: [read, change, buy, destroy, action]
notes:
  - The answers of C(createToken) and C(passwordReset) hold a secret. They are refused unless the task has
    C(no_log=true); a registered result can still be used. With ansible-core 2.22 and later the secret is also
    registered, so it is hidden in the output of later tasks. For a method that the collection does not know, set
    C(no_log=true) yourself if its answer holds a secret.
  - Answers can hold personal data of your customers.
  - C(scanDomain) takes up to 45 seconds, so set O(timeout) to V(60). It has an address of its own at the vendor. If
    O(api_url) is not the vendor's, all calls go there instead.
seealso:
  - module: hosting.websec.sitelock_waf_addons
  - module: hosting.websec.sitelock_sso_link
"""

EXAMPLES = r"""
- name: Read the plans of the partner account
  hosting.websec.sitelock_call:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    method: getPlanList
  register: plans

- name: Show their names and prices
  ansible.builtin.debug:
    msg: "{{ plans.answer.product | items2dict(key_name='@name', value_name='@price') }}"

- name: Block two networks
  hosting.websec.sitelock_call:
    method: addWafBlacklistIPs
    parameters:
      site_id: 5678
      ips:
        ip:
          - 192.0.2.0/24
          - 198.51.100.7

- name: Start a scan of a site
  hosting.websec.sitelock_call:
    method: scanNow
    parameters:
      site_id: 5678
      scan_code: [malware_scan, ssl_scan]

- name: Set the password of a user
  hosting.websec.sitelock_call:
    method: passwordReset
    parameters:
      user: jane@customer.example
    secret_parameters:
      pass: "{{ new_password }}"
  no_log: true

- name: Call a method that is newer than this collection
  hosting.websec.sitelock_call:
    method: getSomethingNew
    effect: read
    parameters:
      site_id: 5678
"""

RETURN = r"""
answer:
  description:
    - The answer as plain data. An element without children and attributes is its text. Any other element is a
      dictionary of its children, with attributes as C(@name) and its own text as C(#text). Elements that can repeat
      are lists.
    - All values are texts. In check mode it is empty for a method that was not sent.
  returned: when the vendor answered, or in check mode
  type: dict
  sample:
    "@reseller_login": partner
    product:
      - "@id": "8"
        "@name": Premium
        "@price": "5.00"
effect:
  description: What the method does, see O(effect).
  returned: when the vendor answered, or in check mode
  type: str
  sample: read
sent:
  description: Whether the request was sent.
  returned: when the vendor answered, or in check mode
  type: bool
  sample: true
error:
  description:
    - The error, in fields that a playbook can test. C(kind) is one of V(auth), V(not_allowed), V(not_found),
      V(rejected), V(unavailable), V(timeout), V(bad_response), V(outcome_unknown), V(bad_input), V(bug)
      or V(missing_library).
    - The kind V(outcome_unknown) means that the request was sent and its answer was lost. Read the current state
      before you run the task again.
    - If the vendor refused some items of a batch (C(addonInfo)), this is the first refusal, and RV(answer) has all.
  returned: failure
  type: dict
  sample:
    kind: rejected
    code: "6002"
    extended_code: null
    message: "setWafOrigin: Invalid configuration parameter value (code 6002)."
    hint: ""
    http_status: 200
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._module import run_module
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.call import EFFECTS, call
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options


def main() -> None:
    own = ArgumentSpec(
        options={
            "method": {"type": "str", "required": True},
            "parameters": {"type": "dict", "default": {}},
            "secret_parameters": {"type": "dict", "default": {}, "no_log": True},
            "effect": {"type": "str", "choices": list(EFFECTS)},
        },
    )
    module = AnsibleModule(**sitelock_options().merge(own).to_kwargs(), supports_check_mode=True)
    run_module(module, lambda: call(module.params, check_mode=module.check_mode, hidden=module.no_log))


if __name__ == "__main__":
    main()
