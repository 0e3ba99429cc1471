# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: botguard_web_websites
short_description: Select the BotGuard websites of one web host
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Builds, from the site file and the API's results, the list for P(hosting.websec.botguard_nginx#role) or
    P(hosting.websec.botguard_apache#role) on one host.
  - A website with the desired state V(online) is in the list only if the API shows it online. Otherwise - its
    registration failed, it could not be read, or check mode only planned it - it is not in the list, and its
    configuration on the host is not changed. V(paused) and V(absent) do not depend on the API.
  - If a website is left out and no other website of this host is online, the list is empty. The host's BotGuard
    servers are unknown then, and the host must keep its current ones.
options:
  _input:
    description: The websites of the site file, see O(hosting.websec.botguard_websites#role:main:botguard_websites).
    type: list
    elements: dict
    required: true
  results:
    description: RV(hosting.websec.botguard_websites#module:websites).
    type: list
    elements: dict
    required: true
  host:
    description: Name of the web host in the inventory.
    type: str
    required: true
  web_hosts:
    description:
      - The web hosts of the inventory. An entry that names another one is an error.
      - By default the names of hosts are not checked.
    type: list
    elements: str
"""

EXAMPLES = r"""
- name: Show the websites of this host
  ansible.builtin.debug:
    msg: >-
      {{ botguard_websites | hosting.websec.botguard_web_websites(botguard.websites, inventory_hostname,
         groups['botguard_web']) }}
"""

RETURN = r"""
_value:
  description: The websites, each with C(domain), C(state) and C(servers), in the order of the site file.
  type: list
  elements: dict
"""

import typing as t

from ansible.errors import AnsibleFilterError


def botguard_web_websites(
    websites: t.Any, results: list[dict[str, t.Any]], host: str, web_hosts: list[str] | None = None
) -> list[dict[str, t.Any]]:
    from ansible_collections.hosting.websec.plugins.module_utils._botguard.hosting import read_entries, websites_of_host
    from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError

    try:
        return websites_of_host(read_entries(websites, web_hosts), results, str(host))
    except BadInputError as error:
        raise AnsibleFilterError(f"{error.message} {error.hint}".strip()) from None


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"botguard_web_websites": botguard_web_websites}
