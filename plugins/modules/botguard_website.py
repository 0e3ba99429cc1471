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
  - Brings one website of your BotGuard partner account to the state that you describe, and returns the servers
    that its web server has to ask.
  - It reads before it writes. A website that is as described causes no write. A website counts as absent only after a
    clear answer - a wrong key or an outage is an error, and neither registers nor removes anything.
  - It makes one C(GET /website/{domain}) call, the writes that are needed, and one such call more after each write, and
    right before a registration.
    C(GET /website) comes on top only where the API does not say clearly that the website is not there, once before the
    write and once after it, and C(GET /user) where O(user_email) is needed, and in check mode O(user).
  - After a write whose answer was lost, it reads again. A registration is never sent a second time in one run.
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
      - The domain of the website. Capital letters and a dot at the end do not matter.
        An internationalised name may be given as it is or as punycode.
    type: str
    required: true
  state:
    description:
      - V(online) registers the website if it is not there, and resumes it if it is paused.
      - V(paused) suspends it, for example after a late payment. A website that is not there is registered first.
      - V(absent) removes it from the account. The module of the web server should be switched off before.
    type: str
    choices: [online, paused, absent]
    default: online
  user:
    description:
      - Number of the sub-account that a new website shall belong to, a whole number.
      - It acts only when the website is registered. Of a website that is there, it is neither compared nor changed.
      - In check mode it is looked up in the list of sub-accounts, and one that is not there is an error.
    type: raw
  user_email:
    description:
      - E-mail address of this sub-account, instead of its number. It is looked up when the website is registered, and
        has to be the address exactly. If there is no such sub-account, or more than one, the website is not registered.
      - In check mode it is no error when no sub-account has it, because a task before may have to add it.
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

- name: Show the servers for the configuration of the web server
  ansible.builtin.debug:
    var: botguard.servers

- name: Pause a website whose owner pays late, with the key from the environment
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
    - The status of the website after the task as the API names it, such as V(online) or V(paused), or V(absent).
      In check mode, the status that it would have.
    - V(null) if it could not be read.
  returned: always, unless the options were refused
  type: str
  sample: online
website:
  description:
    - What the API gives for the website, without entries that are secrets by their name (such as C(api_key) or
      C(token)). In check mode it is what the API gives now.
    - V(null) if there is no such website, or if it could not be read.
    - The names of its fields are the API's. Only C(status) has been seen in public code.
  returned: always, unless the options were refused
  type: dict
  sample:
    domain: example.com
    status: online
servers:
  description:
    - The BotGuard servers that the web server of this website has to ask.
    - Found in RV(website) under all names that are plausible, because the vendor does not publish the real ones;
      not verified against the live service.
  returned: always, unless the options were refused
  type: dict
  contains:
    primary:
      description: Host name of the primary server. V(null) if the API does not give it.
      type: str
      sample: srv-1.botguard.net
    secondary:
      description: Host name of the server that is asked when the primary cannot be reached. V(null) if the API does
        not give it.
      type: str
      sample: srv-2.botguard.net
events_url:
  description: Page with the events of the website, for a person. There is no key in it.
  returned: always, unless the options were refused
  type: str
  sample: https://apiv2.botguard.net/en/website/example.com/events
settings_url:
  description: Page on which a person sets the rules of the website. There is no key in it.
  returned: always, unless the options were refused
  type: str
  sample: https://apiv2.botguard.net/en/website/example.com/edit
actions:
  description:
    - The operations of the API that were sent to change something, in their order. In check mode, those that would be
      sent, if a new website is online at first.
  returned: always, unless the options were refused
  type: list
  elements: str
  sample: [POST /website]
error:
  description:
    - What went wrong, in fields that a playbook can test. V(null) if nothing did.
    - C(kind) is one of V(auth), V(not_allowed), V(not_found), V(rejected), V(unavailable), V(timeout),
      V(bad_response), V(outcome_unknown), V(bad_input), V(bug) or V(missing_library).
  returned: always
  type: dict
  sample:
    kind: rejected
    code: null
    extended_code: null
    message: "POST /website for example.com: the BotGuard API answered: Unknown user (HTTP 400)"
    hint: The API understood the request and said no. Check domain, user and api_key.
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
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import screen_connection
from ansible_collections.hosting.websec.plugins.module_utils._results import run_task, sentence


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
    screen_connection(module.params, module.warn)
    result = run_task(lambda: run(module.params, module.check_mode))
    if result.get("failed"):
        module.fail_json(**result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
