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
  record_sets:
    description: What the role P(hosting.websec.dns_records#role) returned.
    type: list
    elements: raw
    required: true
  asked_again:
    description:
      - RV(hosting.websec.sitelock_anp_status#module:sites) for the sites of
        P(hosting.websec.waf_sites_to_ask#filter).
    type: list
    elements: raw
    default: []
  origins:
    description: What the role P(hosting.websec.dns_records#role) returned for the records of origins.
    type: list
    elements: raw
    default: []
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
      - Whether to write the rows to a file on the controller, as the list C(rows) of a JSON object, and return its path
        instead of the rows. For fleets of thousands of sites, whose rows should not stand in the output of the job.
        C(ansible-playbook) removes the file when it ends.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Keep the report
  ansible.builtin.set_fact:
    report: "{{ entries | hosting.websec.waf_report(waf.sites, dns_records_result.record_sets,
    read=found.record_sets) }}"
"""

RETURN = r"""
_value:
  description:
    - The rows, in the order of the entries, each with C(domain), C(site_id), C(state_before), C(state), C(since),
      C(steps), C(waiting_for), C(notes), C(changed) and C(error).
    - With O(kept=true) the path of a file that holds them.
  type: raw
"""


Results = list[object]


def waf_report(
    entries: Results,
    statuses: Results,
    record_sets: Results,
    asked_again: Results | None = None,
    origins: Results | None = None,
    now: str | None = None,
    read: Results | None = None,
    preflight: Results | None = None,
    kept: bool = False,
) -> list[dict[str, object]] | str:
    from ansible_collections.hosting.websec.plugins.plugin_utils._kept import entries as kept_entries
    from ansible_collections.hosting.websec.plugins.plugin_utils._kept import keep
    from ansible_collections.hosting.websec.plugins.plugin_utils._pass import fleet_of

    fleet = fleet_of(entries, now=now, read=read, preflight=preflight, statuses=statuses)
    rows = fleet.report(kept_entries(record_sets), kept_entries(asked_again), kept_entries(origins))
    return keep({"rows": rows}) if kept else rows


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"waf_report": waf_report}
