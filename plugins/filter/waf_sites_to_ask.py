# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: waf_sites_to_ask
short_description: The sites that are worth asking for once more in the same pass
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - These are the sites whose TXT record was published just now. Asking for them makes SiteLock start the validation
    of the domain.
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
    description: RV(hosting.websec.sitelock_waf_addons#module:sites).
    type: list
    elements: raw
    required: true
  record_sets:
    description: What the role P(hosting.websec.dns_records#role) returned.
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
"""

EXAMPLES = r"""
- name: Ask again
  hosting.websec.sitelock_anp_status:
    site_id: "{{ entries | hosting.websec.waf_sites_to_ask(waf.sites, dns_records_result.record_sets) }}"
"""

RETURN = r"""
_value:
  description: The site ids.
  type: list
  elements: int
"""


Results = list[object]


def waf_sites_to_ask(
    entries: Results,
    statuses: Results,
    record_sets: Results,
    now: str | None = None,
    read: Results | None = None,
    preflight: Results | None = None,
) -> list[int]:
    from ansible_collections.hosting.websec.plugins.plugin_utils._kept import entries as kept_entries
    from ansible_collections.hosting.websec.plugins.plugin_utils._pass import fleet_of

    fleet = fleet_of(entries, now=now, read=read, preflight=preflight, statuses=statuses)
    return fleet.to_ask_again(kept_entries(record_sets))


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"waf_sites_to_ask": waf_sites_to_ask}
