# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: waf_dns_records
short_description: Work out the DNS records that SiteLock Firewall & CDN needs from the responses of its API
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Builds the record list for the role P(hosting.websec.dns_records#role) and for M(hosting.websec.dns_record_sets),
    for workflows of your own that use the single-purpose modules. M(hosting.websec.sitelock_waf_sites) does all of
    this, and more, in one pass. All record sets of a site are one C(group).
  - For a site to protect, these are the TXT record that proves domain ownership, as one value among others of its
    record set; once SiteLock is ready for the traffic, and not before, A at the apex and CNAME elsewhere, with AAAA
    removed; and the state record of the site at C(_websec.<domain>), which saves the original
    records.
  - For a site to remove, these are the original records. The service may be deleted when the old TTL has passed; this
    filter does not do that.
  - A site without an API result has no records. An invalid entry, or a site that cannot continue without manual
    action, is an error.
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
        list of results of M(hosting.websec.sitelock_waf_addon).
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
    description: The time, such as the text C(2026-11-21T22:00:00Z). By default the current time.
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
