# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: waf_preflight_lines
short_description: Format the findings of a preflight as lines of text
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - One line for each finding, with the site, the severity, the code, the finding and its remedy. A finding that
    several sites share is one line, with the number of sites and three names.
options:
  _input:
    description: RV(hosting.websec.sitelock_waf_preflight#module:sites).
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Show what was found
  ansible.builtin.debug:
    msg: "{{ preflight.sites | hosting.websec.waf_preflight_lines }}"
"""

RETURN = r"""
_value:
  description: The lines by site, blocking findings first.
  type: list
  elements: str
  sample:
    - >-
      customer.example: warns (ttl_high): The TTL of www.customer.example CNAME is 86400 s: for up to 1 day after the
      cut-over, some visitors still reach the old address. Lower the TTL to 300 s, and wait 1 day before the cut-over,
      if that matters.
"""


def waf_preflight_lines(sites: list[dict[str, object]]) -> list[str]:
    from ansible_collections.hosting.websec.plugins.module_utils._preflight.entries import finding_lines

    return finding_lines(sites)


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"waf_preflight_lines": waf_preflight_lines}
