# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: waf_dns_records
short_description: From site entries and their statuses to the DNS records that SiteLock Firewall & CDN needs
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Makes the neutral record list of the role P(hosting.websec.dns_records#role). All record sets of a site are one
    C(group).
  - For a site to protect these are the TXT record that proves the ownership of the domain, as one value among others
    of its record set; as soon as, and only when, SiteLock is ready for the traffic, A at the apex and CNAME
    elsewhere, with AAAA removed; and the state record of the site at C(_websec.<domain>), in which the records from
    before are kept.
  - For a site to end these are the records from before.
  - Sites with an error, and sites about which the API did not answer, have no records.
options:
  _input:
    description:
      - Entries as P(hosting.websec.waf_sites#filter) returns them.
      - In this list and in all others, the path of a file that holds entries can stand in the place of these entries,
        such as RV(hosting.websec.sitelock_waf_addons#module:results_file).
    type: list
    elements: raw
    required: true
  statuses:
    description:
      - RV(hosting.websec.sitelock_waf_addons#module:sites) and RV(hosting.websec.sitelock_anp_status#module:sites).
    type: list
    elements: raw
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
  kept:
    description:
      - Whether to write the record sets to a file on the controller, and return a list with its path instead (an empty
        list if there are none). The module M(hosting.websec.rfc2136_record_sets) takes it, and so the provider of this
        name of the role P(hosting.websec.dns_records#role). Other providers do not.
      - For fleets of thousands of sites, since Ansible looks at each value of a list that it hands on.
        C(ansible-playbook) removes the file when it ends.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Change the records of all sites
  ansible.builtin.include_role:
    name: hosting.websec.dns_records
  vars:
    dns_records: "{{ entries | hosting.websec.waf_dns_records(waf.sites, read=found.record_sets) }}"
"""

RETURN = r"""
_value:
  description:
    - Record sets with C(zone), C(name), C(type), C(values), C(ttl), C(mode), C(group), and where needed
      C(replace_prefix) and C(expected), as for M(hosting.websec.rfc2136_record_sets).
  type: list
  elements: dict
"""


Results = list[object]


def waf_dns_records(
    entries: Results,
    statuses: Results,
    now: str | None = None,
    read: Results | None = None,
    preflight: Results | None = None,
    kept: bool = False,
) -> list[dict[str, object]] | list[str]:
    from ansible_collections.hosting.websec.plugins.plugin_utils._kept import keep
    from ansible_collections.hosting.websec.plugins.plugin_utils._pass import fleet_of

    fleet = fleet_of(entries, now=now, read=read, preflight=preflight, statuses=statuses)
    records = fleet.records()
    return [keep({"record_sets": records})] if kept and records else records


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"waf_dns_records": waf_dns_records}
