# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: waf_policy_sites
short_description: Take from a site file what concerns firewall policies
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Returns C(site_id), C(domain) and C(policy) of each entry of a site file (C(sitelock_waf_sites)) that has C(policy)
    and is not C(state=absent), in the form of the option O(hosting.websec.sitelock_waf_policies#module:sites).
options:
  _input:
    description: The entries of a site file.
    type: list
    elements: raw
    required: true
seealso:
  - module: hosting.websec.sitelock_waf_policies
"""

EXAMPLES = r"""
- name: Bring the firewall of all sites to their policies
  hosting.websec.sitelock_waf_policies:
    sites: "{{ sitelock_waf_sites | hosting.websec.waf_policy_sites }}"
    policies: "{{ sitelock_waf_policies }}"
"""

RETURN = r"""
_value:
  description: One entry per site that has a policy.
  type: list
  elements: dict
  sample: [{"domain": "shop.example", "site_id": 442989, "policy": "shop"}]
"""

from collections.abc import Mapping

from ansible.errors import AnsibleFilterError

NAME = "hosting.websec.waf_policy_sites"
KEYS = ("site_id", "domain", "policy")


def waf_policy_sites(sites: object) -> list[dict[str, object]]:
    if not isinstance(sites, (list, tuple)):
        raise AnsibleFilterError(f"{NAME}: its input is not a list of sites.")
    return [
        {key: site[key] for key in KEYS if key in site}
        for site in sites
        # What is no entry at all is reported by the pass.
        if isinstance(site, Mapping) and site.get("policy") and site.get("state", "present") != "absent"
    ]


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"waf_policy_sites": waf_policy_sites}
