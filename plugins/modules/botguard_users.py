#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: botguard_users
short_description: Add many sub-accounts at BotGuard
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Does what M(hosting.websec.botguard_user) does, for a list of sub-accounts in one task.
  - A sub-account that fails does not stop the others. Each entry of RV(users) has its own result or its own error.
  - The API can list sub-accounts and add them. It cannot update them, so the other options are used only when the
    sub-account is added; for an existing one they are neither compared nor changed. This collection never removes a
    sub-account, even when the last of its websites is removed.
  - It reads before it writes. C(POST /user) is never sent a second time in one run. After a lost response it reads
    again, and if the sub-account still does not appear it fails with the kind V(outcome_unknown). The vendor does not
    document whether the API would create a second sub-account with the same address.
  - It makes one C(GET /user) call for all of them. For each sub-account that is not there it makes another one right
    before C(POST /user), and one after it. An empty list makes no call.
extends_documentation_fragment:
  - hosting.websec.botguard
  - hosting.websec.run_context
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
  users:
    description:
      - The sub-accounts, each at most once. Others of the account stay as they are.
    type: list
    elements: dict
    required: true
    suboptions:
      # tools/twins.py copies them from botguard_user.
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
  concurrency:
    description: Maximum number of parallel API calls.
    type: int
    default: 8
  on_error:
    description:
      - With V(fail) the task fails, after all sub-accounts are done, if any of them failed.
      - With V(report) the task does not fail for a sub-account that failed, and you look at RV(users[].failed).
    type: str
    choices: [fail, report]
    default: fail
seealso:
  - module: hosting.websec.botguard_user
  - module: hosting.websec.botguard_websites
"""

EXAMPLES = r"""
- name: Add the customers
  hosting.websec.botguard_users:
    api_key: "{{ botguard_api_key }}"
    users:
      - email: jane@example.com
        company: Jane's shop
      - email: joe@example.net

- name: Register their websites
  hosting.websec.botguard_websites:
    api_key: "{{ botguard_api_key }}"
    websites:
      - domain: example.com
        user_email: jane@example.com
      - domain: example.net
        user_email: joe@example.net
"""

RETURN = r"""
deferred:
  description: Number of entries that were not reached or not finished, see RV(users[].deferred).
  returned: always, unless the options were refused
  type: int
  sample: 0
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(users). It is removed when C(ansible-playbook)
      ends.
  returned: with O(results=notable)
  type: str
users:
  description: One entry a sub-account, in the order of O(users).
  returned: always, unless the options were refused
  type: list
  elements: dict
  contains:
    # tools/twins.py copies what botguard_user returns as well.
    email:
      description: The e-mail address.
      type: str
      sample: jane@example.com
    user:
      description:
        - The API's data about the sub-account, without fields with secrets (such as C(api_key)). C(id) is its number,
          for O(hosting.websec.botguard_website#module:user).
        - V(null) if it does not exist, as in check mode before it is added, or if it could not be read.
      type: dict
      sample:
        id: 4711
        email: jane@example.com
        first_name: Jane
    actions:
      description: The write operations that were sent, or in check mode would be sent.
      type: list
      elements: str
      sample: [POST /user]
    changed:
      description: Whether the sub-account was added.
      type: bool
      sample: true
    failed:
      description: Whether this sub-account failed.
      type: bool
      sample: false
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
          RV(users[].deferred) is true then.
        - V(null) if nothing stopped it.
      type: str
      sample: null
    error:
      description:
        - The error, in fields that a playbook can test. V(null) if there is none.
        - C(kind) is one of V(auth), V(not_allowed), V(rejected), V(unavailable), V(timeout), V(bad_response),
          V(outcome_unknown), V(bad_input), V(bug) or V(missing_library).
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

from ansible_collections.hosting.websec.plugins.module_utils._argspec import (
    ArgumentSpec,
    bulk_options,
    run_context_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._botguard.client import botguard_options
from ansible_collections.hosting.websec.plugins.module_utils._botguard.users import (
    converge_users,
    user_diff,
    user_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._results import (
    bulk_result,
    deferred_count,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext


def run(options: dict[str, t.Any], check_mode: bool, context: RunContext | None = None) -> dict[str, t.Any]:
    users = converge_users(
        options, options["users"], check_mode=check_mode, concurrency=options["concurrency"], context=context
    )
    return bulk_result(
        "users", users, key="email", on_error=options["on_error"], deferred=deferred_count(users), diff=user_diff(users)
    )


def main() -> None:
    users = {"type": "list", "elements": "dict", "required": True, "options": user_options().options}
    spec = (
        botguard_options()
        .merge(bulk_options())
        .merge(run_context_options())
        .merge(ArgumentSpec(options={"users": users}))
    )
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(module, lambda context: run(module.params, module.check_mode, context))


if __name__ == "__main__":
    main()
