# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: short_list
short_description: Shorten a list of names
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Joins the first names of a list, and adds how many more there are, so that a message stays short.
options:
  _input:
    description: The names.
    type: list
    elements: str
    required: true
  most:
    description: Maximum number of names to show.
    type: int
    default: 20
  separator:
    description: Separator between two names, such as a blank between sentences.
    type: str
    default: ", "
seealso:
  - plugin: hosting.websec.counted
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Name the sites that failed
  ansible.builtin.debug:
    msg: "{{ sitelock_waf_report | rejectattr('error', 'none') | map(attribute='domain') | hosting.websec.short_list }}"
"""

RETURN = r"""
_value:
  description: Such as V(a.example, b.example and 198 more).
  type: str
"""

import typing as t


def short_list(names: t.Iterable[object], most: int = 20, separator: str = ", ") -> str:
    from ansible_collections.hosting.websec.plugins.module_utils._texts import listed

    return listed(names, int(most), str(separator))


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"short_list": short_list}
