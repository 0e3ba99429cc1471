#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_emails_sent
short_description: Tell SiteLock which pending messages you have sent
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Marks messages as sent (C(markEmailsSent)), so that they are no longer pending. Mark a message only when
    your mail server has accepted it.
  - It makes one call for each 100 messages. If the API refuses such a call as a whole, each of its messages is marked
    alone, so that one of them does not cost the others their mark.
  - A message that is marked already is no error (code C(AMS)), and no change. So a call whose response was lost is sent
    once more.
  - In check mode nothing is marked. RV(emails[].changed) is then whether the message is pending, from one call of
    C(getPendingEmails).
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.run_context
  - hosting.websec.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
    details:
      - The messages are in RV(emails).
  idempotent:
    support: full
options:
  queue_ids:
    description: The messages, by C(queue_id) of M(hosting.websec.sitelock_pending_emails_info).
    type: list
    elements: raw
    required: true
  concurrency:
    description: Maximum number of parallel calls.
    type: int
    default: 8
  on_error:
    description:
      - With V(fail) the task fails after all messages are processed, if any of them failed.
      - V(report) does not fail the task; check RV(emails[].failed).
    type: str
    choices: [fail, report]
    default: fail
seealso:
  - module: hosting.websec.sitelock_pending_emails_info
  - module: hosting.websec.sitelock_mail
    description: It sends the messages, and marks them.
"""

EXAMPLES = r"""
- name: Mark two messages that went out by another way
  hosting.websec.sitelock_emails_sent:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    queue_ids: ["123", "456"]
"""

RETURN = r"""
deferred:
  description: Number of messages that were not reached, see RV(emails[].deferred).
  returned: always, unless the options were refused
  type: int
  sample: 0
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(emails). It is removed when
      C(ansible-playbook) ends.
  returned: with O(results=notable)
  type: str
emails:
  description: One entry per message, in the order of O(queue_ids).
  returned: always, unless the options were refused
  type: list
  elements: dict
  contains:
    queue_id:
      description: The message.
      type: str
      sample: "123"
    changed:
      description: Whether it was marked now, or in check mode would be. V(false) if it was marked before.
      type: bool
      sample: true
    deferred:
      description:
        - Whether it was not reached, because the time was over (O(deadline)) or the task was stopped. It has not
          failed.
      type: bool
      sample: false
    deferred_reason:
      description:
        - Why nothing was sent for it although there was time. The calls for other items failed for a reason that holds
          for all of them, such as a wrong password. RV(emails[].deferred) is true then.
        - V(null) if nothing stopped it.
      type: str
      sample: null
    failed:
      description: Whether this message failed.
      type: bool
      sample: false
    error:
      description: The error of this message, in fields that a playbook can test. V(null) if there is none.
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
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.emails_sent import mark_emails
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options


def run(options: dict[str, t.Any], context: RunContext, *, check_mode: bool) -> dict[str, t.Any]:
    rows = mark_emails(options, context, check_mode=check_mode)
    return bulk_result("emails", rows, key="queue_id", on_error=options["on_error"], deferred=deferred_count(rows))


def main() -> None:
    own = ArgumentSpec(options={"queue_ids": {"type": "list", "elements": "raw", "required": True}})
    spec = sitelock_options().merge(bulk_options()).merge(run_context_options()).merge(own)
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(module, lambda context: run(module.params, context, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
