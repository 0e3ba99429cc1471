#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: botguard_websites
short_description: Register, pause or remove many websites at BotGuard
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Does what M(hosting.websec.botguard_website) does, for a list of websites in one task.
  - A website that fails does not stop the others. Each entry of RV(websites) has its own result or its own error.
  - For N websites it makes N C(GET /website/{domain}) calls, the writes that are needed, and one such call more after
    each write, and right before each registration. It calls C(GET /website) in addition only if the API does not
    clearly report that a website does not exist, once before the writes and once after them, whatever N is. It calls
    C(GET /user) once per address where O(websites[].user_email) is needed, and in check mode once for all
    O(websites[].user). A lost response costs one more read.
extends_documentation_fragment:
  - hosting.websec.botguard
  - hosting.websec.run_context
  - hosting.websec.limits
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
      - The diff shows the status of the websites that change.
  idempotent:
    support: full
options:
  websites:
    description:
      - The websites, each at most once. Websites of the account that are not in this list are not changed.
      - An invalid domain, or a website that is listed twice, is refused before the first call.
    type: list
    elements: dict
    required: true
    suboptions:
      # tools/twins.py copies them from botguard_website.
      domain:
        description:
          - The domain of the website. Letter case and a trailing dot do not matter. An internationalised name may be
            given in Unicode or as punycode.
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
          - E-mail address of this sub-account, instead of its number. It is looked up when the website is registered,
            and must match exactly. If no sub-account or more than one has it, the website is not registered.
          - In check mode a missing sub-account is not an error, because an earlier task may have to add it.
        type: str
  concurrency:
    description: Maximum number of parallel API calls.
    type: int
    default: 8
  on_error:
    description:
      - With V(fail) the task fails after all websites are processed, if any of them failed.
      - With V(report) a failed website does not fail the task; check RV(websites[].failed).
    type: str
    choices: [fail, report]
    default: fail
seealso:
  - module: hosting.websec.botguard_website
  - module: hosting.websec.botguard_users
  - plugin: hosting.websec.botguard_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Bring all websites of the account to their state
  hosting.websec.botguard_websites:
    api_key: "{{ botguard_api_key }}"
    websites:
      - domain: example.com
      - domain: shop.example.com
        state: paused
      - domain: example.net
        state: absent

- name: Take the list from a file in git, and continue if a website fails
  hosting.websec.botguard_websites:
    api_key: "{{ botguard_api_key }}"
    websites: "{{ lookup('ansible.builtin.file', 'websites.yml') | from_yaml }}"
    on_error: report
  register: botguard

- name: Show which websites failed, and why
  ansible.builtin.debug:
    msg: "{{ botguard.websites | selectattr('failed') | items2dict(key_name='domain', value_name='error') }}"
"""

RETURN = r"""
error:
  description:
    - The error that ended the task before anything was sent, with C(kind), C(message) and C(hint). Above a limit the
      kind is V(limit), and C(planned) lists all that would have been sent.
  returned: when the whole task failed
  type: dict
  sample:
    kind: limit
    message: "Nothing was sent: max_orders allows 10, but this run would order or change the plan of 11: ..."
    planned: ["...: ..."]
summary:
  description:
    - What was sent, or in check mode what would be sent, in one line.
    - The same line about the planned writes is shown before the first write.
  returned: always, unless the options were refused or a limit was exceeded
  type: str
  sample: 3 orders, 0 changes of status, 1 end
deferred:
  description: Number of entries that were not reached or not finished, see RV(websites[].deferred).
  returned: always, unless the options were refused
  type: int
  sample: 0
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(websites). It is removed when
      C(ansible-playbook) ends.
  returned: with O(results=notable)
  type: str
websites:
  description: One entry per website, in the order of O(websites).
  returned: always, unless the options were refused
  type: list
  elements: dict
  contains:
    # tools/twins.py copies what botguard_website returns as well.
    deferred:
      description:
        - Whether it was not reached, or not done to its end, because the time was over (O(deadline)) or the task was
          stopped. It has not failed. C(actions) contains what was sent before, and the resulting state is unknown.
      type: bool
      sample: false
    deferred_reason:
      description:
        - Why nothing was sent for it although there was time. The calls for other items failed for a reason that holds
          for all of them, such as a wrong password, and a call that is about no item failed in the same way.
          RV(websites[].deferred) is true then.
        - V(null) if nothing stopped it.
      type: str
      sample: null
    domain:
      description: The domain of the website as it is sent to the API, in lower case and as punycode.
      type: str
      sample: example.com
    status_before:
      description: RV(websites[].status) before the task. V(null) if it could not be read.
      type: str
      sample: absent
    status:
      description:
        - The status of the website after the task as returned by the API, such as V(online) or V(paused), or V(absent).
          In check mode, the status that it would have.
        - V(null) if it could not be read.
      type: str
      sample: online
    website:
      description:
        - The API's data about the website, without fields with secrets (such as C(api_key) or C(token)). In check mode,
          the current data.
        - V(null) if there is no such website, or if it could not be read.
        - The field names are those of the API. Only C(status) has been seen in public code.
      type: dict
      sample:
        domain: example.com
        status: online
    servers:
      description:
        - The BotGuard servers that the web server of this website must use.
        - Searched for in RV(websites[].website) under all plausible names, because the vendor does not publish the real
          ones; not verified against the live service.
      type: dict
      contains:
        primary:
          description: Host name of the primary server. V(null) if the API does not return it.
          type: str
          sample: srv-1.botguard.net
        secondary:
          description: Host name of the server to use if the primary is unreachable. V(null) if the API does not return
            it.
          type: str
          sample: srv-2.botguard.net
    events_url:
      description: Address of the page with the events of the website. It contains no key.
      type: str
      sample: https://apiv2.botguard.net/en/website/example.com/events
    settings_url:
      description: Address of the page with the rules of the website. It contains no key.
      type: str
      sample: https://apiv2.botguard.net/en/website/example.com/edit
    actions:
      description:
        - The write operations that were sent to the API, in order. In check mode, those that would be sent, assuming
          that a new website is online at first.
      type: list
      elements: str
      sample: [POST /website]
    changed:
      description: Whether something was changed for this website.
      type: bool
      sample: true
    failed:
      description: Whether this website failed.
      type: bool
      sample: false
    error:
      description:
        - The error, in fields that a playbook can test. V(null) if there is none.
        - C(kind) is one of V(auth), V(not_allowed), V(not_found), V(rejected), V(unavailable), V(timeout),
          V(bad_response), V(outcome_unknown), V(bad_input), V(bug) or V(missing_library).
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

from ansible_collections.hosting.websec.plugins.module_utils._argspec import (
    ArgumentSpec,
    bulk_options,
    run_context_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._botguard.results import (
    converge_websites,
    page_options,
    status_diff,
    website_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._limits import Limits, limit_options
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._results import (
    bulk_result,
    deferred_count,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext


def run(options: dict[str, t.Any], check_mode: bool, context: RunContext | None = None) -> dict[str, t.Any]:
    websites, summary = converge_websites(
        options,
        options["websites"],
        check_mode=check_mode,
        concurrency=options["concurrency"],
        context=context,
        limits=Limits.from_options(options, len(options["websites"])),
    )
    return bulk_result(
        "websites",
        websites,
        key="domain",
        on_error=options["on_error"],
        deferred=deferred_count(websites),
        summary=summary,
        diff=status_diff(websites),
    )


def main() -> None:
    website = website_options().options
    websites = {"type": "list", "elements": "dict", "required": True, "options": website}
    spec = (
        page_options()
        .merge(bulk_options())
        .merge(run_context_options())
        .merge(limit_options())
        .merge(ArgumentSpec(options={"websites": websites}))
    )
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(module, lambda context: run(module.params, module.check_mode, context))


if __name__ == "__main__":
    main()
