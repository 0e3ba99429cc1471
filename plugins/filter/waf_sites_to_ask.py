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
    description: Entries as P(hosting.websec.waf_sites#filter) returns them.
    type: list
    elements: dict
    required: true
  answers:
    description: RV(hosting.websec.sitelock_waf_addons#module:sites).
    type: list
    elements: dict
    required: true
  record_sets:
    description: What the role P(hosting.websec.dns_records#role) returned for the TXT records.
    type: list
    elements: dict
    required: true
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

from ansible_collections.hosting.websec.plugins.module_utils._fleet.report import DnsChanges, sites_to_ask


def waf_sites_to_ask(
    entries: list[dict[str, object]], answers: list[dict[str, object]], record_sets: list[dict[str, object]]
) -> list[int]:
    return sites_to_ask(entries, answers, DnsChanges.from_results(record_sets, []))


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"waf_sites_to_ask": waf_sites_to_ask}
