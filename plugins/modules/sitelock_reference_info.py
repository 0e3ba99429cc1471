#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_reference_info
short_description: List countries, languages, client applications and message types of SiteLock
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Reads lists that are the same for all customers, such as the codes that a firewall policy may use.
  - It makes one call for each of O(types).
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  types:
    description:
      - V(countries) are the countries of a customer's address (C(getCountriesList)).
      - V(languages) are the languages of messages and pages (C(getLanguageList)).
      - V(geo) are the countries and continents that a firewall can refuse (C(getWafGeoInfo)).
      - V(client_apps) are the client applications of exceptions to firewall rules (C(getWafClientAppInfo)).
      - V(message_types) are the messages that SiteLock sends to customers (C(getMessageTypes)).
    type: list
    elements: str
    choices: [client_apps, countries, geo, languages, message_types]
    required: true
seealso:
  - module: hosting.websec.sitelock_waf_policies
  - module: hosting.websec.sitelock_accounts
"""

EXAMPLES = r"""
- name: Read which countries a firewall can refuse
  hosting.websec.sitelock_reference_info:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    types: [geo]
  register: reference

- name: Show their codes
  ansible.builtin.debug:
    msg: "{{ reference.geo | selectattr('kind', 'equalto', 'country') | map(attribute='code') }}"
"""

RETURN = r"""
countries:
  description: The countries of addresses, in the order of the API, as every list here.
  returned: with V(countries) in O(types)
  type: list
  elements: dict
  contains:
    name:
      description: The name of the country.
      type: str
      sample: Germany
    code:
      description: Its code.
      type: str
      sample: DE
languages:
  description: The languages. Every field is as in the response.
  returned: with V(languages) in O(types)
  type: list
  elements: dict
  contains:
    name:
      description: The name of the language.
      type: str
      sample: German
    abbr:
      description: Its code with two letters.
      type: str
      sample: de
    active:
      description: Whether it is active. The vendor does not document the values.
      type: str
      sample: "1"
    code:
      description: Its code with five letters.
      type: str
      sample: de_DE
    id:
      description: Its number.
      type: int
      sample: 2
    local_name:
      description: Its name in the language itself.
      type: str
      sample: Deutsch
    telesign:
      description: As returned by the API.
      type: str
      sample: de
geo:
  description: Countries and continents.
  returned: with V(geo) in O(types)
  type: list
  elements: dict
  contains:
    kind:
      description: V(country) or V(continent).
      type: str
      sample: country
    name:
      description: Its name.
      type: str
      sample: Germany
    code:
      description: Its code, as in the section C(geo_block) of a policy.
      type: str
      sample: DE
client_apps:
  description: Client applications, such as browsers and bots.
  returned: with V(client_apps) in O(types)
  type: list
  elements: dict
  contains:
    name:
      description: The name of the application.
      type: str
      sample: Firefox
    id:
      description: Its number.
      type: int
      sample: 1
message_types:
  description: Types of messages. Every field is as in the response.
  returned: with V(message_types) in O(types)
  type: list
  elements: dict
  contains:
    name:
      description: The name of the message.
      type: str
      sample: Malware found
    code:
      description: Its code.
      type: str
      sample: malware_found
    id:
      description: Its id.
      type: str
      sample: "1"
    defaultCopy:
      description: Its text.
      type: str
    scan_code:
      description: The scan that it is about.
      type: str
    severity:
      description: Its severity.
      type: str
    type:
      description: Its type.
      type: str
error:
  description: The error, in fields that a playbook can test.
  returned: failure
  type: dict
  sample:
    kind: auth
    code: null
    extended_code: null
    message: "getWafGeoInfo: the SiteLock API refused the credentials (HTTP 401)."
    hint: Check the user name and the password or key, and their source (option or environment).
    http_status: 401
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._module import run_module
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.references import REFERENCES, read_references


def run(options: dict[str, t.Any]) -> dict[str, t.Any]:
    return {"changed": False, **read_references(options)}


def main() -> None:
    types = {"type": "list", "elements": "str", "choices": sorted(REFERENCES), "required": True}
    spec = sitelock_options().merge(ArgumentSpec(options={"types": types}))
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_module(module, lambda: run(module.params))


if __name__ == "__main__":
    main()
