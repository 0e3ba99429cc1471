#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fleet_files_export
short_description: Write what SiteLock has as an accounts file and a site file
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Writes what other modules have read from SiteLock in the form that the roles read. The playbook
    C(hosting.websec.export) calls them. Applied unchanged, the files change nothing.
  - What is not known for sure is left out, see RV(notes). These are sites whose Firewall & CDN is not ready, sites
    without a valid domain or with one that another site has, and subscriptions of which the API does not say what they
    are for. What is in no file is never changed.
  - An entry has no secrets, and nothing that cannot be read, such as O(hosting.websec.sitelock_waf_sites#module:sites)
    with C(aliases), C(zone), C(ttl) or C(waf_origin). Set them where they are not the defaults.
  - Files are replaced as a whole. A file that somebody else wrote, or edited after an export, stays.
extends_documentation_fragment:
  - hosting.websec.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  accounts_file:
    description: The file to write with C(sitelock_accounts).
    type: path
  sites_file:
    description: The file to write with C(sitelock_waf_sites), and with O(policies_results) C(sitelock_waf_policies).
    type: path
  accounts_results:
    description:
      - RV(hosting.websec.sitelock_accounts_info#module:results_file) of a task with
        O(hosting.websec.sitelock_accounts_info#module:subscriptions=true).
    type: path
    required: true
  statuses_results:
    description:
      - RV(hosting.websec.sitelock_anp_status#module:results_file) of the sites. Without it no site has Firewall & CDN.
    type: path
  policies_results:
    description:
      - RV(hosting.websec.sitelock_waf_policies_info#module:results_file) of the sites. Sites with the same settings
        share a policy.
    type: path
  plans:
    description:
      - RV(hosting.websec.sitelock_plans_info#module:plans). They say which subscriptions are plans, and what an
        add-on is for.
    type: list
    elements: dict
    default: []
  force:
    description: Whether to replace a file that somebody else wrote or edited.
    type: bool
    default: false
notes:
  - It runs on the controller, whatever the host of the task is.
seealso:
  - module: hosting.websec.fleet_files_check
"""

EXAMPLES = r"""
- name: Read the accounts
  hosting.websec.sitelock_accounts_info:
    subscriptions: true
    results: notable
  register: listed

- name: Write them to a file
  hosting.websec.fleet_files_export:
    accounts_file: customers.yml
    accounts_results: "{{ listed.results_file }}"
"""

RETURN = r"""
files:
  description: The files that were written, or in check mode would be.
  returned: success
  type: list
  elements: str
  sample: [customers.yml]
notes:
  description: What is not in the files, and why.
  returned: success
  type: list
  elements: str
  sample: ["Site 442989 is in the state pending-dns. It is not in the file."]
summary:
  description: What is in the files, without the full stop.
  returned: success
  type: str
  sample: Exported 12 accounts and 10 sites
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._fleet_options import (
    ONLY_ON_THE_CONTROLLER,
    export_options,
)


def main() -> None:
    module = AnsibleModule(**export_options().to_kwargs(), supports_check_mode=True)
    module.fail_json(msg=ONLY_ON_THE_CONTROLLER)


if __name__ == "__main__":
    main()
