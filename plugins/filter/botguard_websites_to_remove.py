# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: botguard_websites_to_remove
short_description: Find the websites that may be removed at BotGuard
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - A website with the state V(absent) is removed at the API only after each of its web hosts has stopped using it.
options:
  _input:
    description: The websites of the site file, see O(hosting.websec.botguard_websites#role:main:botguard_websites).
    type: list
    elements: dict
    required: true
  done:
    description: The domains that reached their state, by web host.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the websites that are still waiting
  ansible.builtin.debug:
    msg: "{{ (botguard_websites | hosting.websec.botguard_websites_to_remove({'web1': ['old.example']})).waiting }}"
"""

RETURN = r"""
_value:
  description:
    - C(remove), the domains that may be removed, and C(waiting), a list of the others, each with C(domain) and
      C(web_hosts), the hosts that are not finished.
  type: dict
"""

import typing as t

from ansible.errors import AnsibleFilterError


def botguard_websites_to_remove(websites: t.Any, done: dict[str, list[str]]) -> dict[str, list[t.Any]]:
    from ansible_collections.hosting.websec.plugins.module_utils._botguard.hosting import read_entries, removal
    from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError

    try:
        return removal(read_entries(websites), done)
    except BadInputError as error:
        raise AnsibleFilterError(f"{error.message} {error.hint}".strip()) from None


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"botguard_websites_to_remove": botguard_websites_to_remove}
