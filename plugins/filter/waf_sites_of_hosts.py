# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: waf_sites_of_hosts
short_description: Build site entries from the variables of hosts
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Builds one site entry for each host of the inventory plugins P(hosting.websec.sitelock#inventory),
    P(hosting.websec.whm#inventory), P(hosting.websec.plesk#inventory) and P(hosting.websec.directadmin#inventory), for
    the role P(hosting.websec.sitelock_waf#role).
  - C(domain), C(site_id) and C(account_id) come from C(sitelock_domain), C(sitelock_site_id) and
    C(sitelock_account_id); a host of a panel has C(panel_domain). All other keys come from the mapping C(sitelock_waf)
    of the host, which may override these three, too.
  - A host without the mapping C(sitelock_waf), or with an empty value for it, is ignored. A site is not ordered only
    because the vendor or a panel lists it.
  - A host with C(panel_duplicate) is ignored, too, because it is unknown which copy of its domain serves the site. To
    choose one, set C(panel_duplicate=false) in its C(host_vars).
  - A host for which the expression in C(sitelock_waf) fails is ignored with a warning, unless it fails for all hosts.
options:
  _input:
    description: The variables of the hosts, usually V(ansible_play_batch | map('extract', hostvars\)).
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the sites of this play that are to be protected
  ansible.builtin.debug:
    msg: "{{ ansible_play_batch | map('extract', hostvars) | hosting.websec.waf_sites_of_hosts }}"
  run_once: true
"""

RETURN = r"""
_value:
  description: The site entries, in the order of the hosts.
  type: list
  elements: dict
"""

import typing as t

# The later one counts: of a host in both sources, the name at SiteLock.
_FROM_INVENTORY = (
    ("domain", "panel_domain"),
    ("domain", "sitelock_domain"),
    ("site_id", "sitelock_site_id"),
    ("account_id", "sitelock_account_id"),
)


def waf_sites_of_hosts(hosts: t.Iterable[t.Mapping[str, t.Any]]) -> list[dict[str, t.Any]]:
    from ansible_collections.hosting.websec.plugins.plugin_utils._host_entries import declared

    entries = []
    for host, wanted in declared(hosts, "sitelock_waf", "{'subscription': '100'}"):
        known = {key: host[variable] for key, variable in _FROM_INVENTORY if variable in host}
        entries.append({**known, **wanted})
    return entries


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"waf_sites_of_hosts": waf_sites_of_hosts}
