# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: botguard_dashboard_url
author:
  - hosting.websec contributors (@hosting-websec)
short_description: Build addresses of BotGuard dashboard pages of websites
version_added: 0.1.0
description:
  - Builds the address of the page with the events, the rules (settings) or the statistics of a website, for a link or
    an iframe in your customer portal.
  - It sends no requests, so it does not check whether the website is registered.
  - The address contains no key, and the customer logs in, unless you set the key of the customer's sub-account. The
    key of the partner account is never part of an address.
options:
  _terms:
    description:
      - The domains of the websites. Letter case and a trailing dot do not matter. An internationalised name may be
        given in Unicode or as punycode.
    type: list
    elements: str
    required: true
  page:
    description:
      - V(events) is the list of what BotGuard has seen, V(settings) the editor of the rules.
      - V(statistics) exists in generation V(v2) only.
    type: str
    choices: [events, settings, statistics]
    default: events
  generation:
    description:
      - The format of the addresses. The vendor has published two.
      - V(v2) is C(/LANG/website/DOMAIN/events), with C(edit) for the settings, as in the vendor's module for WHMCS
        (2022).
      - V(v1) is C(/events/DOMAIN) and C(/settings/DOMAIN/edit), as in the article on the partner API (2020). No base
        address is published for it, so O(base_url) is required.
    type: str
    choices: [v2, v1]
    default: v2
  lang:
    description: The language of the page. Generation V(v1) ignores it.
    type: str
    choices: [en, ru]
    default: en
  base_url:
    description:
      - Start of the addresses. Required with O(generation=v1).
      - By default O(api_url), where the pages of generation V(v2) are.
    type: str
    env:
      - name: BOTGUARD_DASHBOARD_URL
  api_url:
    description: Address of the partner API, as for the modules.
    type: str
    default: https://apiv2.botguard.net
    env:
      - name: BOTGUARD_API_URL
  api_key:
    description:
      - The key of the B(customer's sub-account), which then becomes part of the address, as in the vendor's module for
        WHMCS. See O(hosting.websec.botguard_user#module:return_api_key).
      - B(The address is then a secret) - anyone who has it can act as the customer. Set C(no_log=true) on the task
        that uses it. With ansible-core 2.22 and later it is also registered as a secret, so it is hidden in the
        output.
      - It is refused if it equals the key of the partner account in O(partner_api_key) or E(BOTGUARD_API_KEY). It is
        also refused if neither is set, because the comparison is not possible then.
      - It cannot be set in the environment, which contains the key of the partner account.
    type: str
  partner_api_key:
    description: The key of the partner account. It is only compared with O(api_key), and never sent.
    type: str
    env:
      - name: BOTGUARD_API_KEY
notes:
  - Written from the vendor's public material, and not verified against the live service.
seealso:
  - module: hosting.websec.botguard_website
  - module: hosting.websec.botguard_user
"""

EXAMPLES = r"""
- name: Show the address of the events page of a website
  ansible.builtin.debug:
    msg: "{{ lookup('hosting.websec.botguard_dashboard_url', 'example.com') }}"

- name: Show the address of the settings page in the format of 2020
  ansible.builtin.debug:
    msg: >-
      {{ lookup('hosting.websec.botguard_dashboard_url', 'example.com', page='settings', generation='v1',
                base_url='https://dashboard.example.net') }}

- name: Get the key of the customer's sub-account
  hosting.websec.botguard_user:
    api_key: "{{ botguard_api_key }}"
    email: jane@example.com
    return_api_key: true
  register: customer
  no_log: true

- name: Send an address that needs no login to the customer portal
  ansible.builtin.uri:
    url: https://portal.example.com/api/dashboards
    method: POST
    body_format: json
    body:
      statistics: >-
        {{ lookup('hosting.websec.botguard_dashboard_url', 'example.com', page='statistics',
                  api_key=customer.api_key, partner_api_key=botguard_api_key) }}
  no_log: true
"""

RETURN = r"""
_raw:
  description: The addresses, in the order of the domains.
  type: list
  elements: str
  sample: [https://apiv2.botguard.net/en/website/example.com/events]
"""

import os
import typing as t

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.hosting.websec.plugins.module_utils._botguard.pages import dashboard_urls
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._results import require_libraries, sentence


class LookupModule(LookupBase):
    def run(self, terms: list[t.Any], variables: t.Any = None, **kwargs: t.Any) -> list[str]:
        self.set_options(var_options=variables, direct=kwargs)
        try:
            require_libraries()
            options = self.get_options()
            partner_keys = [options["partner_api_key"], os.environ.get("BOTGUARD_API_KEY")]
            return dashboard_urls(terms, options, partner_keys)
        except WebsecError as error:
            raise AnsibleLookupError(f"botguard_dashboard_url: {sentence(error.as_dict())}") from None
