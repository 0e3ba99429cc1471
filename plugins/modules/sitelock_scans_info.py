#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_scans_info
short_description: Read what the scans of SiteLock found at sites
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Reads the state of the scans of many sites (C(scanInfo)). RV(sites[].findings) says which sites need attention.
  - On demand it reads summaries (C(scanSummary)) and details (C(scanDetail)) of scans as well.
  - C(scanInfo) answers for a site, or for all sites of an account. Entries of O(sites) with the same C(account_id)
    share one call, and O(account_ids) reads all sites of accounts. For 10,000 sites in 2,000 accounts this makes 2,000
    calls. A site that the response about its account does not name is read with a call of its own.
  - For each site it makes one more call for O(summary), and one for O(detail). If only these fail, the site has failed,
    and its other fields have their values.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.run_context
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  sites:
    description:
      - The sites, each at most once. An entry is a dictionary with C(site_id) or C(domain) or both, and on demand with
        C(account_id) and C(scan_ids). Other keys are not used, so it may be an entry of a site file.
      - Without C(site_id) the number of the site comes from O(site_ids), else one C(checkDomain) call looks it up.
      - C(account_id) is the number of its account, which saves calls.
      - C(scan_ids) is a dictionary of scans in O(detail) (C(smart_scan), C(platform_scan), C(db_scan)) with the number
        of the scan to read. By default it is the last one.
    type: list
    elements: raw
    default: []
  site_ids:
    description: Numbers of sites by their domain, for entries without C(site_id).
    type: dict
    default: {}
  account_ids:
    description:
      - Accounts of which all sites are read. Sites that are not in O(sites) follow in RV(sites), in the order of the
        accounts.
    type: list
    elements: raw
    default: []
  summary:
    description:
      - The scans of which to read a summary.
    type: list
    elements: str
    choices: [smart_scan, platform_scan, db_scan, patchman_scan, risk_score]
    default: []
  start_date:
    description: First day of O(summary), in the form V(YYYY-MM-DD). Give both dates or none.
    type: str
  end_date:
    description: Last day of O(summary), in the same form. By default the summary is about the last scan.
    type: str
  detail:
    description:
      - The scans of which to read the details.
    type: list
    elements: str
    choices:
      - malware_scan
      - sqli_scan
      - xss_scan
      - ssl_scan
      - advisories
      - risk_score
      - db_scan
      - platform_scan
      - smart_scan
    default: []
  detail_of:
    description:
      - V(all) reads O(detail) of all sites.
      - V(findings) reads it of sites with RV(sites[].findings) only, which saves calls.
    type: str
    choices: [all, findings]
    default: all
  ssl_level:
    description: The level of the details of V(ssl_scan), sent as it is. The vendor does not list its values publicly.
    type: str
  concurrency:
    description: Maximum number of parallel calls.
    type: int
    default: 8
  on_error:
    description:
      - With V(fail) the task fails after all sites are processed, if any of them failed.
      - V(report) does not fail the task; check RV(sites[].failed).
    type: str
    choices: [fail, report]
    default: fail
notes:
  - Documented are the numbers of site and account, and the names and flags of the products. All other fields are read
    from the part of the response that is not public, by what their names say. They are V(null) if it has nothing of the
    kind. RV(sites[].scan_info), RV(sites[].summary) and RV(sites[].detail) have the responses as they are. Not verified
    against the live service.
  - With O(results=notable) sites with findings are returned as well.
seealso:
  - module: hosting.websec.sitelock_scan
  - module: hosting.websec.sitelock_bulk_report
"""

EXAMPLES = r"""
- name: Read all sites of the customers
  hosting.websec.sitelock_scans_info:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    sites: "{{ accounts.sites }}"
    on_error: report
  register: scans

- name: Show the sites that are red
  ansible.builtin.debug:
    msg: "{{ scans.sites | selectattr('red') | map(attribute='domain') }}"

- name: Read why
  hosting.websec.sitelock_scans_info:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    sites: "{{ scans.sites | selectattr('findings') }}"
    detail: [malware_scan, advisories]
  register: details
"""

RETURN = r"""
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(sites). It is removed when
      C(ansible-playbook) ends.
  returned: with O(results=notable)
  type: str
sites:
  description: One entry per site, in the order of O(sites), and then those of O(account_ids).
  returned: always, unless the options were refused
  type: list
  elements: dict
  contains:
    site_id:
      description: The site. V(null) if its number is not known.
      type: int
      sample: 442989
    domain:
      description:
        - Its domain, as in the entry. For a site of O(account_ids), what the response says. V(null) if it says nothing.
      type: str
      sample: shop.example
    account_id:
      description: Its account. V(null) if the response does not say it.
      type: int
      sample: 570
    attention_flag:
      description:
        - The gravest flag of its products, V(red), V(yellow) or V(green). V(null) if there is none.
      type: str
      sample: red
    findings:
      description:
        - Names of its products that are red, and then of those that are yellow. The vendor names the products
          C(Content), C(Application) and C(Reputation), and does not say publicly which scans are in which.
      type: list
      elements: str
      sample: [Content, Application]
    red:
      description: Names of its products that are red.
      type: list
      elements: str
      sample: [Content]
    yellow:
      description: Names of its products that are yellow.
      type: list
      elements: str
      sample: [Application]
    products:
      description: Its products with their flags.
      type: list
      elements: dict
      sample:
        - {name: Content, attention_flag: red}
        - {name: Application, attention_flag: yellow}
    findings_since:
      description: The oldest time of a finding that the response has, in the form of the API. Inferred.
      type: str
      sample: "2026-11-20 03:00:00"
    last_scan_at:
      description: The newest time of a scan, in the form of the API, which does not say its time zone. Inferred.
      type: str
      sample: "2026-11-29 03:00:00"
    running:
      description: Whether a scan waits or runs. V(null) if the response says nothing about it. Inferred.
      type: bool
      sample: false
    ftp_status:
      description: The C(ftp_status) of the response. Inferred from the columns of the reports.
      type: str
      sample: null
    ftp_error:
      description: The first value whose name starts with C(ftp_err). Inferred from the columns of the reports.
      type: str
      sample: null
    scan_info:
      description: Its part of the response of C(scanInfo), as it is, with attributes as C(@name).
      type: dict
      sample: {"@site_id": "442989", product: [{"@name": Content, "@attention_flag": red}]}
    summary:
      description: The response of C(scanSummary), as it is. V(null) if it was not read.
      type: dict
      sample: null
    detail:
      description: The response of C(scanDetail), as it is. V(null) if it was not read.
      type: dict
      sample: null
    found:
      description:
        - The number of findings of each kind in RV(sites[].detail), such as C(malware) and C(sqli). The names are those
          of the elements (C(sqli_info)). Only this one is public; the others are inferred.
        - V(null) if the details were not read.
      type: dict
      sample: {malware: 2}
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
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.scans.reading import (
    ALL,
    DETAILS,
    SUMMARIES,
    WITH_FINDINGS,
    read_scans,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.each_site import site_list_options


def run(options: dict[str, t.Any], context: RunContext) -> dict[str, t.Any]:
    rows = read_scans(options, context)
    return bulk_result("sites", rows, key="site_id", on_error=options["on_error"], deferred=deferred_count(rows))


def main() -> None:
    own = ArgumentSpec(
        options={
            "account_ids": {"type": "list", "elements": "raw", "default": []},
            "summary": {"type": "list", "elements": "str", "choices": list(SUMMARIES), "default": []},
            "start_date": {"type": "str"},
            "end_date": {"type": "str"},
            "detail": {"type": "list", "elements": "str", "choices": list(DETAILS), "default": []},
            "detail_of": {"type": "str", "choices": [ALL, WITH_FINDINGS], "default": ALL},
            "ssl_level": {"type": "str"},
        },
    ).merge(site_list_options("account_id", "scan_ids", required=False))
    spec = sitelock_options().merge(bulk_options()).merge(run_context_options()).merge(own)
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(module, lambda context: run(module.params, context))


if __name__ == "__main__":
    main()
