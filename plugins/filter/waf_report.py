# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: waf_report
short_description: What a pass did for each site, and what each site waits for
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Joins the results of a pass of the role P(hosting.websec.sitelock_waf#role) to one row a site.
options:
  _input:
    description: Entries as P(hosting.websec.waf_sites#filter) returns them.
    type: list
    elements: dict
    required: true
  answers:
    description:
      - RV(hosting.websec.sitelock_waf_addons#module:sites), and behind it
        RV(hosting.websec.sitelock_anp_status#module:sites) of sites that were asked again.
    type: list
    elements: dict
    required: true
  verification:
    description: What the role P(hosting.websec.dns_records#role) returned for the TXT records.
    type: list
    elements: dict
    required: true
  routing:
    description: What the role P(hosting.websec.dns_records#role) returned for the A and CNAME records.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Keep the report
  ansible.builtin.set_fact:
    report: "{{ entries | hosting.websec.waf_report(waf.sites + asked.sites, txt.record_sets, routing.record_sets) }}"
"""

RETURN = r"""
_value:
  description:
    - The rows, in the order of the entries, each with C(domain), C(site_id), C(state_before), C(state), C(steps),
      C(waiting_for), C(changed) and C(error).
  type: list
  elements: dict
"""

from ansible_collections.hosting.websec.plugins.module_utils._fleet.report import DnsChanges, report


def waf_report(
    entries: list[dict[str, object]],
    answers: list[dict[str, object]],
    verification: list[dict[str, object]],
    routing: list[dict[str, object]],
) -> list[dict[str, object]]:
    return report(entries, answers, DnsChanges.from_results(verification, routing))


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"waf_report": waf_report}
