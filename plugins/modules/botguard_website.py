#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: botguard_website
short_description: Register, pause or remove one website at BotGuard
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Brings one website of your BotGuard partner account to the desired state, and returns the servers that its
    web server must use.
  - It reads before it writes. A website in the desired state causes no write. A website counts as absent only after an
    unambiguous response - a wrong key or an outage is an error, and neither registers nor removes anything.
  - It makes one C(GET /website/{domain}) call, the writes that are needed, and one such call more after each write, and
    right before a registration.
    It calls C(GET /website) in addition only if the API does not clearly report that the website does not exist, once
    before the write and once after it, and C(GET /user) if O(user_email) is needed, or O(user) in check mode.
  - After a write with a lost response, it reads again. A registration is never sent a second time in one run.
  - For many websites use M(hosting.websec.botguard_websites), which does them in one task.
extends_documentation_fragment:
  - hosting.websec.botguard
  - hosting.websec.botguard.pages
  - hosting.websec.attributes
attributes:
  check_mode:
    support: full
    details:
      - In check mode only reads are sent.
  diff_mode:
    support: full
    details:
      - The diff shows the status.
  idempotent:
    support: full
options:
  domain:
    description:
      - The domain of the website. Letter case and a trailing dot do not matter. An internationalised
        name may be given in Unicode or as punycode.
    type: str
    required: true
  state:
    description:
      - V(online) registers the website if it does not exist, and resumes it if it is paused.
      - V(paused) suspends it, for example after a late payment. A website that does not exist is registered first.
      - V(absent) removes it from the account. Switch the web server's module off before.
    type: str
    choices: [online, paused, absent]
    default: online
  user:
    description:
      - Number of the sub-account that owns a new website, a whole number.
      - It is used only when the website is registered. For an existing website, it is neither compared nor changed.
      - In check mode it is looked up in the list of sub-accounts, and a missing one is an error.
    type: raw
  user_email:
    description:
      - E-mail address of this sub-account, instead of its number. It is looked up when the website is registered, and
        must match exactly. If no sub-account or more than one has it, the website is not registered.
      - In check mode a missing sub-account is not an error, because an earlier task may have to add it.
    type: str
seealso:
  - module: hosting.websec.botguard_websites
  - module: hosting.websec.botguard_user
  - plugin: hosting.websec.botguard_dashboard_url
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Register a website
  hosting.websec.botguard_website:
    api_key: "{{ botguard_api_key }}"
    domain: example.com
    user: 4711
  register: botguard

- name: Show the servers for the web server's configuration
  ansible.builtin.debug:
    var: botguard.servers

- name: Pause a website, with the key from the environment
  hosting.websec.botguard_website:
    domain: shop.example.com
    state: paused

- name: Remove a website from the account
  hosting.websec.botguard_website:
    api_key: "{{ botguard_api_key }}"
    domain: example.net
    state: absent
"""

RETURN = r"""
domain:
  description: The domain of the website as it is sent to the API, in lower case and as punycode.
  returned: always, unless the options were refused
  type: str
  sample: example.com
status_before:
  description: RV(status) before the task. V(null) if it could not be read.
  returned: always, unless the options were refused
  type: str
  sample: absent
status:
  description:
    - The status of the website after the task as returned by the API, such as V(online) or V(paused), or V(absent).
      In check mode, the status that it would have.
    - V(null) if it could not be read.
  returned: always, unless the options were refused
  type: str
  sample: online
website:
  description:
    - The API's data about the website, without fields with secrets (such as C(api_key) or C(token)). In check mode, the
      current data.
    - V(null) if there is no such website, or if it could not be read.
    - The field names are those of the API. Only C(status) has been seen in public code.
  returned: always, unless the options were refused
  type: dict
  sample:
    domain: example.com
    status: online
servers:
  description:
    - The BotGuard servers that the web server of this website must use.
    - Searched for in RV(website) under all plausible names, because the vendor does not publish the real ones; not
      verified against the live service.
  returned: always, unless the options were refused
  type: dict
  contains:
    primary:
      description: Host name of the primary server. V(null) if the API does not return it.
      type: str
      sample: srv-1.botguard.net
    secondary:
      description: Host name of the server to use if the primary is unreachable. V(null) if the API does
        not return it.
      type: str
      sample: srv-2.botguard.net
events_url:
  description: Address of the page with the events of the website. It contains no key.
  returned: always, unless the options were refused
  type: str
  sample: https://apiv2.botguard.net/en/website/example.com/events
settings_url:
  description: Address of the page with the rules of the website. It contains no key.
  returned: always, unless the options were refused
  type: str
  sample: https://apiv2.botguard.net/en/website/example.com/edit
actions:
  description:
    - The write operations that were sent to the API, in order. In check mode, those that would be sent, assuming that
      a new website is online at first.
  returned: always, unless the options were refused
  type: list
  elements: str
  sample: [POST /website]
error:
  description:
    - The error, in fields that a playbook can test. V(null) if there is none.
    - C(kind) is one of V(auth), V(not_allowed), V(not_found), V(rejected), V(unavailable), V(timeout),
      V(bad_response), V(outcome_unknown), V(bad_input), V(bug) or V(missing_library).
  returned: always
  type: dict
  sample:
    kind: rejected
    code: null
    extended_code: null
    message: "POST /website for example.com: the BotGuard API answered: Unknown user (HTTP 400)"
    hint: The API refused the request. Check domain, user and api_key.
    http_status: 400
    domain: example.com
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._botguard.results import (
    converge_websites,
    page_options,
    website_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._module import run_module
from ansible_collections.hosting.websec.plugins.module_utils._results import sentence


def run(options: dict[str, t.Any], check_mode: bool) -> dict[str, t.Any]:
    (website,), _summary = converge_websites(options, [options], check_mode=check_mode)
    # One website alone has no deadline, and is never deferred.
    del website["deferred"], website["deferred_reason"]
    website["diff"] = {
        "before": {"status": website["status_before"]},
        "after": {"status": website["status"]},
    }
    if website["failed"]:
        website["msg"] = sentence(website["error"])
    return website


def main() -> None:
    spec = page_options().merge(website_options())
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_module(module, lambda: run(module.params, module.check_mode))


if __name__ == "__main__":
    main()
