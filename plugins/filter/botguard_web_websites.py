# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: botguard_web_websites
short_description: The BotGuard websites of one web host
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Makes, from the site file and what the API said, the list for P(hosting.websec.botguard_nginx#role) or
    P(hosting.websec.botguard_apache#role) on one host.
  - A website that shall be V(online) is in the list only when the API shows it online. Otherwise - its registration
    failed, or it could not be read, or it would be made just now (check mode) - it is left out, and what is on the host
    stays as it is. V(paused) and V(absent) do not depend on the API.
  - While a website is left out and no other one of this host is shown online, the list is empty. The servers that the
    host has to ask are not known then, and the host must not lose them.
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
      - If not given, the names of hosts are not checked.
    type: list
    elements: str
"""

EXAMPLES = r"""
- name: Show what this host has to do
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
