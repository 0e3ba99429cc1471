# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: counted
short_description: Format a count with its noun
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Writes the noun in the singular for one, and in the plural for any other count.
options:
  _input:
    description: The count.
    type: int
    required: true
  noun:
    description: The noun in the singular, in English.
    type: str
    required: true
seealso:
  - plugin: hosting.websec.short_list
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the number of sites
  ansible.builtin.debug:
    msg: "{{ sitelock_waf_sites | length | hosting.websec.counted('site') }}"
"""

RETURN = r"""
_value:
  description: Such as V(1 site) or V(1,234 sites).
  type: str
"""


def counted(count: int, noun: str) -> str:
    from ansible_collections.hosting.websec.plugins.module_utils import _texts

    return _texts.counted(int(count), str(noun))


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"counted": counted}
