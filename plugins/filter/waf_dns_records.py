# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: waf_dns_records
short_description: From site entries and the API's answers to the DNS records that SiteLock Firewall & CDN needs
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Makes the neutral record list of the role P(hosting.websec.dns_records#role).
  - Sites with an error, sites about which the API did not answer, and sites to be ended have no records.
options:
  _input:
    description: Entries as P(hosting.websec.waf_sites#filter) returns them.
    type: list
    elements: dict
    required: true
  answers:
    description:
      - RV(hosting.websec.sitelock_waf_addons#module:sites), and behind it
        RV(hosting.websec.sitelock_anp_status#module:sites) of sites that were asked again. The last good answer of a
        site counts.
    type: list
    elements: dict
    required: true
  purpose:
    description:
      - V(verification) gives the TXT records that prove the ownership of a domain, each as one value among others of
        its record set; a value of the same issuer that it replaces goes.
      - V(routing) gives the A and CNAME records that send the traffic to the CDN, and removes AAAA where A is set,
        because it would lead past the firewall. A site that is not to be routed yet has none.
    type: str
    choices: [verification, routing]
    required: true
"""

EXAMPLES = r"""
- name: Publish the TXT records
  ansible.builtin.include_role:
    name: hosting.websec.dns_records
  vars:
    dns_records: "{{ entries | hosting.websec.waf_dns_records(waf.sites, 'verification') }}"
"""

RETURN = r"""
_value:
  description: Record sets with C(zone), C(name), C(type), C(values), C(ttl), C(mode), and for TXT C(replace_prefix).
  type: list
  elements: dict
"""

from ansible.errors import AnsibleFilterError

from ansible_collections.hosting.websec.plugins.module_utils._fleet.records import (
    fleet_records,
    routing_records,
    verification_records,
)

PURPOSES = {"verification": verification_records, "routing": routing_records}


def waf_dns_records(
    entries: list[dict[str, object]], answers: list[dict[str, object]], purpose: str
) -> list[dict[str, object]]:
    if purpose not in PURPOSES:
        raise AnsibleFilterError(
            f"hosting.websec.waf_dns_records: purpose is {purpose!r}, not {' or '.join(PURPOSES)}."
        )
    return fleet_records(entries, answers, PURPOSES[purpose])


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"waf_dns_records": waf_dns_records}
