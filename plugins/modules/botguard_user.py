#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: botguard_user
short_description: Add a BotGuard sub-account for a customer
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Makes sure that a customer's sub-account exists, and returns its number for the registration of websites.
  - The API can list sub-accounts and add them. It cannot update them, so the other options are used only when the
    sub-account is added; for an existing one they are neither compared nor changed. This collection never removes a
    sub-account, even when the last of its websites is removed.
  - It reads before it writes. C(POST /user) is never sent a second time in one run. After a lost response it reads
    again, and if the sub-account still does not appear it fails with the kind V(outcome_unknown). The vendor does not
    document whether the API would create a second sub-account with the same address.
  - It makes one C(GET /user) call. For a missing sub-account it makes another one right before C(POST /user), and one
    after it. It does not rely on the filter of C(GET /user), but compares the address itself.
  - For many sub-accounts use M(hosting.websec.botguard_users).
extends_documentation_fragment:
  - hosting.websec.botguard
  - hosting.websec.attributes
attributes:
  check_mode:
    support: full
    details:
      - In check mode only reads are sent.
  diff_mode:
    support: full
    details:
      - The diff shows the added sub-accounts.
  idempotent:
    support: full
options:
  email:
    description:
      - E-mail address of the sub-account, which identifies it. It is compared exactly. An account with the same
        address in different letter case is an error, and so are several accounts with this address.
    type: str
    required: true
  first_name:
    description: First name of the person.
    type: str
  last_name:
    description: Last name of the person.
    type: str
  company:
    description: Name of the company.
    type: str
  country:
    description: Two-letter country code, such as V(DE).
    type: str
  address:
    description: Postal address, as a single text.
    type: str
  lang:
    description: Language of the sub-account, such as V(en). The vendor does not publish the values.
    type: str
  return_api_key:
    description:
      - Whether to return the key of the sub-account, which opens its dashboard, for example for
        P(hosting.websec.botguard_dashboard_url#lookup). B(The key is a secret.)
      - Then set C(no_log=true) on the task, as in the examples. With ansible-core 2.22 and later the key is also
        registered as a secret, so it is hidden in the output of later tasks.
    type: bool
    default: false
seealso:
  - module: hosting.websec.botguard_users
  - module: hosting.websec.botguard_website
  - plugin: hosting.websec.botguard_dashboard_url
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Add the customer
  hosting.websec.botguard_user:
    api_key: "{{ botguard_api_key }}"
    email: jane@example.com
    first_name: Jane
    last_name: Doe
    country: DE
  register: customer

- name: Register the customer's website
  hosting.websec.botguard_website:
    api_key: "{{ botguard_api_key }}"
    domain: example.com
    user: "{{ customer.user.id }}"

- name: Get the customer's key, a secret
  hosting.websec.botguard_user:
    api_key: "{{ botguard_api_key }}"
    email: jane@example.com
    return_api_key: true
  register: customer
  no_log: true
"""

RETURN = r"""
email:
  description: The e-mail address.
  returned: always, unless the options were refused
  type: str
  sample: jane@example.com
user:
  description:
    - The API's data about the sub-account, without fields with secrets (such as C(api_key)).
      C(id) is its number, for O(hosting.websec.botguard_website#module:user).
    - V(null) if it does not exist, as in check mode before it is added, or if it could not be read.
  returned: always, unless the options were refused
  type: dict
  sample:
    id: 4711
    email: jane@example.com
    first_name: Jane
api_key:
  description: The key of the sub-account, a secret. V(null) if there is none.
  returned: O(return_api_key=true)
  type: str
actions:
  description: The write operations that were sent, or in check mode would be sent.
  returned: always, unless the options were refused
  type: list
  elements: str
  sample: [POST /user]
error:
  description:
    - The error, in fields that a playbook can test. V(null) if there is none.
    - C(kind) is one of V(auth), V(not_allowed), V(rejected), V(unavailable), V(timeout), V(bad_response),
      V(outcome_unknown), V(bad_input), V(bug) or V(missing_library).
  returned: always
  type: dict
  sample:
    kind: rejected
    code: null
    extended_code: null
    message: "POST /user for jane@example.com: the BotGuard API answered: Invalid country (HTTP 400)"
    hint: The API refused the request. Check domain, user and api_key.
    http_status: 400
    email: jane@example.com
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._botguard.client import botguard_options
from ansible_collections.hosting.websec.plugins.module_utils._botguard.users import (
    converge_users,
    user_diff,
    user_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._module import run_module
from ansible_collections.hosting.websec.plugins.module_utils._results import sentence


def run(options: dict[str, t.Any], check_mode: bool) -> dict[str, t.Any]:
    (user,) = converge_users(options, [options], check_mode=check_mode, return_api_key=options["return_api_key"])
    del user["deferred"], user["deferred_reason"]
    user["diff"] = user_diff([user])
    if user["failed"]:
        user["msg"] = sentence(user["error"])
    return user


def main() -> None:
    # The option says whether to return a key; it holds none.
    own = ArgumentSpec(options={"return_api_key": {"type": "bool", "default": False, "no_log": False}})
    spec = botguard_options().merge(user_options()).merge(own)
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_module(module, lambda: run(module.params, module.check_mode))


if __name__ == "__main__":
    main()
