# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: waf_addon_sites
short_description: From completed site entries to the sites of the module sitelock_waf_addons
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Leaves out entries with an error, and keys that are no option of M(hosting.websec.sitelock_waf_addons).
options:
  _input:
    description: Entries as P(hosting.websec.waf_sites#filter) returns them.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Order and change Firewall & CDN
  hosting.websec.sitelock_waf_addons:
    sites: "{{ sitelock_waf_sites | hosting.websec.waf_sites | hosting.websec.waf_addon_sites }}"
"""

RETURN = r"""
_value:
  description: The list for O(hosting.websec.sitelock_waf_addons#module:sites).
  type: list
  elements: dict
"""

from ansible_collections.hosting.websec.plugins.module_utils._fleet.entries import addon_sites


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"waf_addon_sites": addon_sites}
