#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fleet_files_check
short_description: Check site, account, policy, product and website files without a network
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Checks the files of a fleet with the rules by which the roles read them. It needs no network and no credentials, so
    it also fits a merge request from a fork.
  - "It reports all problems of all entries, each with file, line, entry and key: unknown keys (with the one that may
    have been meant), wrong types and values, keys that are there twice, domains and DNS names that several entries
    claim, of one file or of several, names of policies that do not exist, and files that are empty, encrypted, or no
    YAML."
  - It knows the variables C(sitelock_waf_sites), C(sitelock_waf_policies), C(sitelock_waf_certificates),
    C(sitelock_accounts), C(sitelock_products), C(botguard_websites) and C(botguard_websites_users). Other variables in
    a file are ignored.
  - It does not render templates. An entry with a template or an encrypted value is checked except for this value, see
    RV(notes). It does not read the files of certificates. What only the vendor or the DNS knows is checked by a run in
    check mode.
extends_documentation_fragment:
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  files:
    description:
      - Files with variables, in YAML, or in JSON if their names end in C(.json). Relative to where C(ansible-playbook)
        was started.
    type: list
    elements: path
    default: []
  sites_file:
    description:
      - A file with the entries of C(sitelock_waf_sites) as a plain list, as C(sitelock_waf_sites_file) takes it.
    type: path
  accounts_file:
    description: The same for C(sitelock_accounts), as C(sitelock_accounts_file) takes it.
    type: path
  products_file:
    description: The same for C(sitelock_products), as C(sitelock_products_file) takes it.
    type: path
  on_error:
    description:
      - V(fail) fails the task if there are problems. V(report) only returns them.
    type: str
    choices: [fail, report]
    default: fail
notes:
  - It runs on the controller, whatever the host of the task is, because the files are there.
seealso:
  - module: hosting.websec.sitelock_waf_sites
  - module: hosting.websec.sitelock_accounts
  - module: hosting.websec.sitelock_waf_policies
  - module: hosting.websec.sitelock_products
  - module: hosting.websec.botguard_websites
"""

EXAMPLES = r"""
- name: Check what a merge request changes
  hosting.websec.fleet_files_check:
    files: [sites.yml, policies.yml, customers.yml]
"""

RETURN = r"""
problems:
  description: All problems, in the order of files and lines.
  returned: always, unless the options were refused
  type: list
  elements: dict
  contains:
    file:
      description: The file, as it was given.
      type: str
      sample: sites.yml
    line:
      description: The line, from 1. V(null) for a JSON file.
      type: int
      sample: 12
    variable:
      description: The variable that it is in. V(null) if the problem is about the file.
      type: str
      sample: sitelock_waf_sites
    entry:
      description: The number of the entry, from 1; the name of a policy, or the domain of a certificate.
      type: raw
      sample: 3
    name:
      description: What the entry is about, such as the domain of a site. Empty if this is unknown.
      type: str
      sample: shop.example
    key:
      description: The key of the entry. Empty if the problem is about the whole entry.
      type: str
      sample: subscripton
    message:
      description: What is wrong.
      type: str
      sample: "shop.example: unknown keys in the entry: subscripton (did you mean subscription?)."
    hint:
      description: What to do. May be empty.
      type: str
      sample: ""
lines:
  description: The same for people, a line for each problem.
  returned: always, unless the options were refused
  type: list
  elements: str
  sample: ["sites.yml:12: entry 3: shop.example: unknown keys in the entry: subscripton (did you mean subscription?)."]
notes:
  description: What was not checked, and why.
  returned: always, unless the options were refused
  type: list
  elements: str
  sample: ["sites.yml: no file has sitelock_waf_policies, so the names of policies were not checked."]
checked:
  description: The number of entries by variable.
  returned: always, unless the options were refused
  type: dict
  sample: {"sitelock_waf_sites": 120}
summary:
  description: The same as a sentence, without the full stop.
  returned: always, unless the options were refused
  type: str
  sample: Checked 120 sites in 1 file
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._fleet_options import (
    ONLY_ON_THE_CONTROLLER,
    check_options,
)


def main() -> None:
    module = AnsibleModule(**check_options().to_kwargs(), supports_check_mode=True)
    module.fail_json(msg=ONLY_ON_THE_CONTROLLER)


if __name__ == "__main__":
    main()
