#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_waf_statistics_info
short_description: Read statistics and visits of the SiteLock firewall of sites
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Reads statistics of Firewall & CDN of many sites (C(getWafResults)), the single visits (C(getWafDetailResults), page
    by page), or both.
  - Visits have addresses and pages of visitors, which are personal data in many countries. What they sent in forms is
    not returned, unless O(post_data=true).
  - For each site it makes one call for O(statistics), and one for each page of O(visits), with an empty page at the
    end.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.sitelock_sites
  - hosting.websec.run_context
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  time_range:
    description: The time that the statistics and visits are about.
    type: str
    choices: [today, last_7_days, last_30_days, last_90_days, month_to_date]
    required: true
  statistics:
    description:
      - The statistics to read. Documented are C(visits_timeseries), C(hits_timeseries), C(bandwidth_timeseries),
        C(requests_geo_dist_summary), C(visits_dist_summary), C(caching), C(caching_timeseries) and C(threats).
      - The vendor's public list is cut off after these, so other names are sent as well.
    type: list
    elements: str
    default: []
  visits:
    description: Whether to read the visits.
    type: bool
    default: false
  page_size:
    description: Number of visits to request in one call, at most 100.
    type: int
    default: 100
  max_visits:
    description: Maximum number of visits of each site to return.
    type: int
    default: 1000
  post_data:
    description:
      - Whether to return what visitors sent in forms. It may be personal, or a password. Set C(no_log=true) on the task
        then.
    type: bool
    default: false
notes:
  - The vendor documents C(queryString), C(responseTime) and C(thinkTime) of an action. All other names in
    RV(sites[].statistics) and RV(sites[].visits) are inferred from the service behind SiteLock. Fields that the
    response does not have are missing, and other fields are returned as they are, as texts. Not verified against the
    live service.
"""

EXAMPLES = r"""
- name: Read what the firewalls of all sites stopped this month
  hosting.websec.sitelock_waf_statistics_info:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    sites: "{{ sitelock_waf_sites }}"
    time_range: month_to_date
    statistics: [threats, caching]
  register: month

- name: Read the last visits of one shop
  hosting.websec.sitelock_waf_statistics_info:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    sites:
      - site_id: 442989
    time_range: today
    visits: true
    max_visits: 100
  register: visits
"""

RETURN = r"""
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(sites). It is removed when
      C(ansible-playbook) ends.
  returned: with O(results=notable)
  type: str
sites:
  description: One entry per site, in the order of O(sites).
  returned: always, unless the options were refused
  type: list
  elements: dict
  contains:
    site_id:
      description: The site. V(null) if its number is not known.
      type: int
      sample: 442989
    domain:
      description: Its domain, as in the entry.
      type: str
      sample: shop.example
    statistics:
      description:
        - The elements of the response by their names. Those that end in C(_timeseries), and C(threats), are lists.
        - Whole numbers are C(saved_requests), C(total_requests), C(saved_bytes), C(total_bytes) and C(incidents). All
          else is text, in the form of the response, attributes with a leading C(@).
        - V(null) if they were not read.
      type: dict
      sample:
        caching: {saved_requests: 600, total_requests: 1000, saved_bytes: 6000, total_bytes: 10000}
        threats:
          - {id: sql_injection, name: SQL Injection, incidents: 3, status: ok}
    visits:
      description:
        - The visits, in the order of the API. V(null) if they were not read.
        - Whole numbers are C(siteId), C(startTime) and C(endTime) (milliseconds since 1970 UTC),
          C(clientApplicationId), C(hits) and C(pageViews), and of an action C(responseTime), C(thinkTime) and
          C(httpStatus). Booleans are C(supportsCookies), C(supportsJavaScript) and C(isSecured). All else is text, in
          the form of the response.
      type: list
      elements: dict
      contains:
        id:
          description: The id of the visit.
          type: str
          sample: "442989000001"
        started_at:
          description: C(startTime) in UTC. V(null) if the response does not have it.
          type: str
          sample: "2026-11-29T12:00:00Z"
        ended_at:
          description: C(endTime) in UTC. V(null) if the response does not have it.
          type: str
          sample: "2026-11-29T12:01:00Z"
        actions:
          description: What the visitor requested.
          type: list
          elements: dict
          sample:
            - {queryString: page=1, responseTime: 20, thinkTime: 5, url: shop.example/login, httpStatus: 200}
    visits_complete:
      description:
        - Whether these are all visits of O(time_range). If not, O(max_visits) was reached, or the API returned the same
          visits again, and there may be more. V(null) if they were not read.
      type: bool
      sample: true
    failed:
      description: Whether this site failed.
      type: bool
      sample: false
    error:
      description: The error of this site, in fields that a playbook can test. V(null) if there is none.
      type: dict
      sample: null
    deferred:
      description:
        - Whether it was not reached, because the time was over (O(deadline)) or the task was stopped. It has not
          failed.
      type: bool
      sample: false
    deferred_reason:
      description:
        - Why nothing was sent for it although there was time. The calls for other items failed for a reason that holds
          for all of them, such as a wrong password. RV(sites[].deferred) is true then.
        - V(null) if nothing stopped it.
      type: str
      sample: null
deferred:
  description: Number of sites that were not reached, see RV(sites[].deferred).
  returned: always, unless the options were refused
  type: int
  sample: 0
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import (
    ArgumentSpec,
    bulk_options,
    run_context_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._results import (
    bulk_result,
    deferred_count,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.each_site import site_list_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.statistics import (
    MOST_ON_A_PAGE,
    TIME_RANGES,
    read_statistics,
)


def run(options: dict[str, t.Any], context: RunContext) -> dict[str, t.Any]:
    rows = read_statistics(options, context)
    return bulk_result("sites", rows, key="site_id", on_error=options["on_error"], deferred=deferred_count(rows))


def main() -> None:
    own = ArgumentSpec(
        options={
            "time_range": {"type": "str", "choices": list(TIME_RANGES), "required": True},
            "statistics": {"type": "list", "elements": "str", "default": []},
            "visits": {"type": "bool", "default": False},
            "page_size": {"type": "int", "default": MOST_ON_A_PAGE},
            "max_visits": {"type": "int", "default": 1000},
            "post_data": {"type": "bool", "default": False},
        },
    )
    spec = sitelock_options().merge(bulk_options()).merge(run_context_options()).merge(site_list_options()).merge(own)
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(module, lambda context: run(module.params, context))


if __name__ == "__main__":
    main()
