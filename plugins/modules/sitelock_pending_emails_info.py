#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_pending_emails_info
short_description: List the messages that SiteLock leaves to a white-label partner to send
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Lists the pending messages to customers (C(getPendingEmails)), in one call. SiteLock lists them only if your partner
    account is set up for white-label mail.
  - To send them as well, use the role P(hosting.websec.sitelock_mail#role).
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  after:
    description:
      - List only messages after this time, as C(YYYY-MM-DD HH:MM:SS). The vendor does not state the time zone.
      - Without O(after) and O(before) the API lists the last 30 days.
    type: str
  before:
    description: List only messages before this time, like O(after).
    type: str
  account_id:
    description: List only messages to this account.
    type: raw
notes:
  - The messages contain addresses and names of customers, and may contain links that log them in. Set C(no_log) on the
    task if your logs are read by others.
  - The vendor's public page ends before it lists the placeholders. So RV(emails[].replacements) is returned as it is in
    the response.
seealso:
  - module: hosting.websec.sitelock_emails_sent
  - module: hosting.websec.sitelock_mail
  - module: hosting.websec.sitelock_reference_info
    description: With C(types=[message_types]) the texts that SiteLock uses itself.
"""

EXAMPLES = r"""
- name: List the messages that wait for us
  hosting.websec.sitelock_pending_emails_info:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    after: "2026-11-01 00:00:00"
  register: pending

- name: Show what waits
  ansible.builtin.debug:
    msg: "{{ pending.emails | map(attribute='queue_id') }}"
"""

RETURN = r"""
emails:
  description: The pending messages, in the order of the API. What the response does not contain is V(null).
  returned: success
  type: list
  elements: dict
  contains:
    queue_id:
      description: The id of this message, for M(hosting.websec.sitelock_emails_sent).
      type: str
      sample: "123"
    email_address:
      description: The address of the user.
      type: str
      sample: owner@shop.example
    domain:
      description: The site that the message is about.
      type: str
      sample: shop.example
    account_id:
      description: The account of the user.
      type: int
      sample: 570
    email_id:
      description: The id of the message type. An older page of the vendor says that it is always 20 here.
      type: str
      sample: "20"
    queue_time:
      description: The time when it was queued, as in the response.
      type: str
      sample: "2026-11-28 04:05:06"
    replacements:
      description:
        - The values for its placeholders, as in the response. An element that repeats is a list.
        - Empty if there are none.
      type: raw
      sample:
        first_name: Jane
error:
  description: The error, in fields that a playbook can test.
  returned: failure
  type: dict
  sample:
    kind: auth
    code: null
    extended_code: null
    message: "getPendingEmails: the SiteLock API refused the credentials (HTTP 401)."
    hint: Check the user name and the password or key, and their source (option or environment).
    http_status: 401
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._module import run_module
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.pending_emails import (
    check_filters,
    filter_options,
    read_pending,
)


def run(options: dict[str, t.Any]) -> dict[str, t.Any]:
    with SiteLockClient.from_options(options, read_only=True) as client:
        emails = read_pending(client, check_filters(options))
    return {"changed": False, "emails": [email.as_dict() for email in emails]}


def main() -> None:
    spec = sitelock_options().merge(ArgumentSpec(options=filter_options()))
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_module(module, lambda: run(module.params))


if __name__ == "__main__":
    main()
