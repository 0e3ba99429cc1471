# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: waf_pass
short_description: What the next task of a pass over the sites of SiteLock Firewall & CDN has to do
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Works out, from the site entries and from what the tasks before returned, what the next task of the role
    P(hosting.websec.sitelock_waf#role) is given. Nothing is kept between two uses.
options:
  _input:
    description:
      - Entries as P(hosting.websec.waf_sites#filter) returns them.
      - In this list and in all others, the path of a file that holds entries can stand in the place of these entries,
        such as RV(hosting.websec.sitelock_waf_addons#module:results_file).
    type: list
    elements: raw
    required: true
  what:
    description:
      - V(without_zone) gives the domains whose zone is not known, for M(hosting.websec.dns_zones_info).
      - V(state_records_to_read) gives the record sets to read first, for M(hosting.websec.dns_record_sets_info).
      - V(to_preflight) gives the entries of sites that were never touched, for
        P(hosting.websec.waf_preflight_sites#filter).
      - V(origin_records) gives the records of origins that have a name of their own, for the role
        P(hosting.websec.dns_records#role).
      - V(to_order) gives the sites to order, change or delete, for M(hosting.websec.sitelock_waf_addons).
      - V(to_ask) gives the sites to end whose state is only read, for M(hosting.websec.sitelock_anp_status).
      - V(to_release) gives the names of the sites whose end begins, for
        O(hosting.websec.sitelock_waf_addons#module:also_ending). It needs the answers for V(to_ask).
      - V(present_to_read) gives the record sets that are about to be changed for the first time, for
        M(hosting.websec.dns_record_sets_info).
    type: str
    choices:
      - without_zone
      - state_records_to_read
      - to_preflight
      - origin_records
      - to_order
      - to_ask
      - to_release
      - present_to_read
    required: true
  now:
    description: Time of the pass, such as the text C(2026-11-21T22:00:00Z). By default the present time.
    type: str
  read:
    description:
      - RV(hosting.websec.dns_record_sets_info#module:record_sets), for the record sets of
        P(hosting.websec.waf_pass#filter).
    type: list
    elements: raw
    default: []
  preflight:
    description: RV(hosting.websec.sitelock_waf_preflight#module:sites).
    type: list
    elements: raw
    default: []
  statuses:
    description:
      - RV(hosting.websec.sitelock_waf_addons#module:sites) and RV(hosting.websec.sitelock_anp_status#module:sites).
    type: list
    elements: raw
    default: []
  kept:
    description:
      - Whether to write the list to a file on the controller, and return a list with its path instead (an empty list if
        there are none). The option of the module that the list is for takes it.
        For fleets of thousands of sites, since Ansible looks at each value of a list that it hands on.
        C(ansible-playbook) removes the file when it ends.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Read the state record of each site
  hosting.websec.dns_record_sets_info:
    server: ns1.hoster.example
    record_sets: "{{ entries | hosting.websec.waf_pass('state_records_to_read') }}"
  vars:
    entries: "{{ sitelock_waf_sites | hosting.websec.waf_sites }}"
"""

RETURN = r"""
_value:
  description: The list for the task.
  type: list
  elements: raw
"""

from ansible.errors import AnsibleFilterError

WHAT = (
    "without_zone",
    "state_records_to_read",
    "to_preflight",
    "origin_records",
    "to_order",
    "to_ask",
    "to_release",
    "present_to_read",
)
Results = list[object]


def waf_pass(
    entries: Results,
    what: str,
    now: str | None = None,
    read: Results | None = None,
    preflight: Results | None = None,
    statuses: Results | None = None,
    kept: bool = False,
) -> list[object]:
    from ansible_collections.hosting.websec.plugins.plugin_utils._kept import keep
    from ansible_collections.hosting.websec.plugins.plugin_utils._pass import fleet_of

    if what not in WHAT:
        raise AnsibleFilterError(f"hosting.websec.waf_pass: what is {what!r}, not one of {', '.join(WHAT)}.")
    fleet = fleet_of(entries, now=now, read=read, preflight=preflight, statuses=statuses)
    found: list[object] = getattr(fleet, what)()
    return [keep({"entries": found})] if kept and found else found


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"waf_pass": waf_pass}
