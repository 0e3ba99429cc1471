#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: botguard_first_contact_info
short_description: Say what the live BotGuard API does where its documents are silent
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Reads one or two websites of your own and the list of sub-accounts, and says for each open point of
    C(docs/not-verified.md) that can be seen without a write what the API does.
  - B(It only reads.) Its client refuses every call that changes, adds or deletes anything, before anything is sent.
  - B(The report can be sent to the maintainers.) It contains fixed words, numbers of calls and names of fields.
    It contains no text of the API, and so no keys, domains, ids or customer data. A name is only in it if all of its
    words are in a list of technical words. Names that are not are counted.
  - After a refusal of the key, or a call without an answer, nothing more is asked. HTTP 403 counts as one until the
    first call is answered.
extends_documentation_fragment:
  - hosting.websec.botguard
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  websites:
    description: The domains of up to 10 websites of your own that are registered at BotGuard.
    type: list
    elements: str
    required: true
  try_unknown:
    description:
      - Also ask for the website C(not-registered.example.com), which does not exist. It shows how the API says so.
    type: bool
    default: true
  time_limit:
    description: Seconds after which no call starts, 1 or greater. What was not seen by then is reported as such.
    type: int
    default: 600
seealso:
  - module: hosting.websec.sitelock_first_contact_info
"""

EXAMPLES = r"""
- name: See what the live API does
  hosting.websec.botguard_first_contact_info:
    api_key: "{{ botguard_api_key }}"
    websites: [shop.example]
  register: contact

- name: Write the report
  ansible.builtin.copy:
    content: "{{ contact.markdown }}"
    dest: first-contact.md
    mode: "0644"
"""

RETURN = r"""
report:
  description:
    - What was seen. A task that could not read anything fails, and returns a report as well.
  returned: when the options are right
  type: dict
  contains:
    vendor:
      description: Always V(BotGuard).
      type: str
      sample: BotGuard
    seen:
      description: Number of rows with an answer.
      type: int
      sample: 3
    not_seen:
      description: Number of rows without one.
      type: int
      sample: 1
    rows:
      description: One row for each open point.
      type: list
      elements: dict
      contains:
        id:
          description: The point, as in C(docs/not-verified.md).
          type: str
          sample: servers_form
        question:
          description: What is open.
          type: str
          sample: the fields with the servers
        outcome:
          description:
            - What the API does, in one word. V(mixed) means that it differs between websites.
            - V(not seen) means that nothing shows it, see RV(report.rows[].reason).
          type: str
          sample: flat
        reason:
          description:
            - For V(not seen), one of V(nothing_there), V(not_tried), V(refused), V(credentials_refused),
              V(no_answer), V(bad_response), V(time_limit) or V(unexpected). Otherwise it is empty.
          type: str
          sample: ""
    calls:
      description: What came of the calls, by kind.
      type: list
      elements: dict
      contains:
        method:
          description: The call.
          type: str
          sample: GET /user
        outcomes:
          description: How often it was V(answered), or failed with which kind of error.
          type: dict
          sample: {"answered": 2}
        element_names:
          description: Names of fields in its responses, if all of their words are technical words.
          type: list
          elements: str
          sample: [company, email, id]
        other_element_names:
          description: Number of other names, which are not shown.
          type: int
          sample: 0
markdown:
  description: The same as a page.
  returned: when the options are right
  type: str
error:
  description: The error, in fields that a playbook can test.
  returned: failure
  type: dict
  sample:
    kind: bad_input
    code: null
    extended_code: null
    message: "websites must be between 1 and 10 different domains."
    hint: Give one or two websites of your own.
    http_status: null
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._botguard.client import botguard_options
from ansible_collections.hosting.websec.plugins.module_utils._botguard.first_contact import OPTIONS, first_contact
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.limits import TIME_LIMIT, limited
from ansible_collections.hosting.websec.plugins.module_utils._module import run_module


def run(options: dict[str, t.Any]) -> dict[str, t.Any]:
    return first_contact(options, limited(options))


def main() -> None:
    own = ArgumentSpec(options={**OPTIONS, **TIME_LIMIT})
    module = AnsibleModule(**botguard_options().merge(own).to_kwargs(), supports_check_mode=True)
    run_module(module, lambda: run(module.params))


if __name__ == "__main__":
    main()
