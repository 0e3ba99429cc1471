# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: waf_preflight_sites
short_description: From completed site entries to the sites of the module sitelock_waf_preflight
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Leaves out entries with an error or with C(state=absent), and keys that are no option of
    M(hosting.websec.sitelock_waf_preflight).
  - A site with C(waf_skip_network_certificate) needs no certificate from the authority, and one with C(waf_force_ssl)
    needs one.
options:
  _input:
    description: Entries as P(hosting.websec.waf_sites#filter) returns them. Their zones may be unknown yet.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Look at the sites before they are ordered
  hosting.websec.sitelock_waf_preflight:
    server: ns1.hoster.example
    sites: "{{ sitelock_waf_sites | hosting.websec.waf_sites | hosting.websec.waf_preflight_sites }}"
"""

RETURN = r"""
_value:
  description: The list for O(hosting.websec.sitelock_waf_preflight#module:sites).
  type: list
  elements: dict
"""


def waf_preflight_sites(entries: list[dict[str, object]]) -> list[dict[str, object]]:
    from ansible_collections.hosting.websec.plugins.module_utils._preflight.entries import preflight_sites

    return preflight_sites(entries)


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"waf_preflight_sites": waf_preflight_sites}
