# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: botguard_api_websites
short_description: The websites of a site file for the API
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Checks the entries of the site file and returns them for the module M(hosting.websec.botguard_websites), without
    the keys for web hosts.
options:
  _input:
    description: The websites of the site file, see O(hosting.websec.botguard_websites#role:main:botguard_websites).
    type: list
    elements: dict
    required: true
  web_hosts:
    description:
      - The web hosts of the inventory. An entry that names another one is an error.
      - By default the names of hosts are not checked.
    type: list
    elements: str
  domains:
    description: Return only these domains.
    type: list
    elements: str
  states:
    description: Return only websites in these states.
    type: list
    elements: str
    choices: [online, paused, absent]
    default: [online, paused, absent]
"""

EXAMPLES = r"""
- name: Bring the websites that are not to be removed to their state
  hosting.websec.botguard_websites:
    websites: "{{ botguard_websites | hosting.websec.botguard_api_websites(states=['online', 'paused']) }}"
"""

RETURN = r"""
_value:
  description: The websites, in the order of the site file.
  type: list
  elements: dict
"""

import typing as t

from ansible.errors import AnsibleFilterError


def botguard_api_websites(
    websites: t.Any,
    web_hosts: list[str] | None = None,
    domains: list[str] | None = None,
    states: t.Sequence[str] = ("online", "paused", "absent"),
) -> list[dict[str, t.Any]]:
    from ansible_collections.hosting.websec.plugins.module_utils._botguard.hosting import api_websites, read_entries
    from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError

    try:
        entries = read_entries(websites, web_hosts)
    except BadInputError as error:
        raise AnsibleFilterError(f"{error.message} {error.hint}".strip()) from None
    return api_websites([entry for entry in entries if entry.state in states], domains)


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"botguard_api_websites": botguard_api_websites}
