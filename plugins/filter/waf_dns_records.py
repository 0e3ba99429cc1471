# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: waf_dns_records
short_description: Work out the DNS records that SiteLock Firewall & CDN needs from what its API answers
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Makes the record list of the role P(hosting.websec.dns_records#role) and of M(hosting.websec.dns_record_sets), for
    people who build a flow of their own from the small modules. M(hosting.websec.sitelock_waf_sites) does all of this,
    and more, in one pass. All record sets of a site are one C(group).
  - For a site to protect these are the TXT record that proves the ownership of the domain, as one value among others
    of its record set; as soon as, and only when, SiteLock is ready for the traffic, A at the apex and CNAME elsewhere,
    with AAAA removed; and the state record of the site at C(_websec.<domain>), in which the records from before are
    kept.
  - For a site to end these are the records from before. The service may be deleted when their old TTL has passed,
    which is not the work of this filter.
  - A site about which the API did not answer has no records. A wrong entry, or a site that cannot go on without a
    person, is an error.
options:
  _input:
    description: Site entries, as in the variable C(sitelock_waf_sites) of the role P(hosting.websec.sitelock_waf#role),
      each with its C(zone).
    type: list
    elements: dict
    required: true
  statuses:
    description:
      - RV(hosting.websec.sitelock_waf_addons#module:sites) or RV(hosting.websec.sitelock_anp_status#module:sites), or a
        list with what M(hosting.websec.sitelock_waf_addon) returned.
    type: list
    elements: dict
    required: true
  read:
    description:
      - RV(hosting.websec.dns_record_sets_info#module:record_sets) for the TXT record C(_websec.<domain>) and the A,
        AAAA and CNAME records of each name of each site.
    type: list
    elements: dict
    required: true
  now:
    description: The time, such as the text C(2026-11-21T22:00:00Z). By default the present time.
    type: str
"""

EXAMPLES = r"""
- name: Change the records of a site
  ansible.builtin.include_role:
    name: hosting.websec.dns_records
  vars:
    site:
      domain: customer.example
      zone: customer.example
      site_id: 442989
    dns_records: "{{ [site] | hosting.websec.waf_dns_records([waf], found.record_sets) }}"
"""

RETURN = r"""
_value:
  description:
    - Record sets with C(zone), C(name), C(type), C(values), C(ttl), C(mode), C(group), and where needed
      C(replace_prefix), C(expected) and C(fallback), as for M(hosting.websec.dns_record_sets).
  type: list
  elements: dict
"""

import typing as t

from ansible.errors import AnsibleFilterError


def waf_dns_records(
    sites: list[t.Any], statuses: list[t.Any], read: list[t.Any], now: str | None = None
) -> list[dict[str, t.Any]]:
    from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
    from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.clock import parse_time
    from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.records_of_sites import records_of_sites

    try:
        return records_of_sites(sites, statuses, read, now=parse_time(now))
    except WebsecError as error:
        raise AnsibleFilterError(f"hosting.websec.waf_dns_records: {error.message} {error.hint}".strip()) from None


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"waf_dns_records": waf_dns_records}
