# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: botguard_api_users
short_description: The sub-accounts of a site file for the API
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Combines the sub-accounts in O(users) with those that occur only as C(user_email) of a website, unless the website
    is V(absent).
options:
  _input:
    description: The websites of the site file, see O(hosting.websec.botguard_websites#role:main:botguard_websites).
    type: list
    elements: dict
    required: true
  users:
    description: Sub-accounts, as O(hosting.websec.botguard_users#module:users).
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Add the customers of the site file
  hosting.websec.botguard_users:
    users: "{{ botguard_websites | hosting.websec.botguard_api_users(customers) }}"
"""

RETURN = r"""
_value:
  description: The sub-accounts, starting with those in O(users).
  type: list
  elements: dict
"""

import typing as t

from ansible.errors import AnsibleFilterError


def botguard_api_users(websites: t.Any, users: list[dict[str, t.Any]] | None = None) -> list[dict[str, t.Any]]:
    from ansible_collections.hosting.websec.plugins.module_utils._botguard.hosting import api_users, read_entries
    from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError

    try:
        return api_users(read_entries(websites), users or [])
    except BadInputError as error:
        raise AnsibleFilterError(f"{error.message} {error.hint}".strip()) from None


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"botguard_api_users": botguard_api_users}
