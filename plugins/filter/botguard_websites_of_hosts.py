# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: botguard_websites_of_hosts
short_description: Build the websites of BotGuard from the variables of hosts
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Builds one entry for each host of the inventory plugins P(hosting.websec.whm#inventory),
    P(hosting.websec.plesk#inventory), P(hosting.websec.directadmin#inventory) and P(hosting.websec.sitelock#inventory),
    for the role P(hosting.websec.botguard_websites#role).
  - C(domain) comes from C(panel_domain) or C(sitelock_domain); all other keys come from the mapping C(botguard_website)
    of the host, which may override it, too.
  - A host without the mapping C(botguard_website), or with an empty value for it, is ignored. A website is not
    registered only because a panel lists it.
  - A host with C(panel_duplicate) is ignored, too, because it is unknown which copy of its domain serves the site. To
    choose one, set C(panel_duplicate=false) in its C(host_vars).
  - A host for which the expression in C(botguard_website) fails is ignored with a warning, unless it fails for all
    hosts.
options:
  _input:
    description: The variables of the hosts, usually V(ansible_play_batch | map('extract', hostvars\)).
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the websites of this play
  ansible.builtin.debug:
    msg: "{{ ansible_play_batch | map('extract', hostvars) | hosting.websec.botguard_websites_of_hosts }}"
  run_once: true
"""

RETURN = r"""
_value:
  description: The websites, in the order of the hosts.
  type: list
  elements: dict
"""

import typing as t


def botguard_websites_of_hosts(hosts: t.Iterable[t.Mapping[str, t.Any]]) -> list[dict[str, t.Any]]:
    from ansible_collections.hosting.websec.plugins.plugin_utils._host_entries import declared

    entries = []
    for host, wanted in declared(hosts, "botguard_website", "{'state': 'online'}"):
        domain = host.get("panel_domain", host.get("sitelock_domain"))
        entries.append({**({} if domain is None else {"domain": domain}), **wanted})
    return entries


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"botguard_websites_of_hosts": botguard_websites_of_hosts}
