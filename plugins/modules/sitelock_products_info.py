#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_products_info
short_description: Read SMART, backups, shield and scans of many SiteLock sites
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Reads the settings of the products behind the firewall of many sites, in the form that
    M(hosting.websec.sitelock_products) takes. Dump them, edit them, and apply them. A dump that is applied unchanged
    changes nothing.
  - A section that the API refuses, or a site that cannot be read, has its own error in RV(reads). The other sections
    and sites are returned.
  - What cannot be read from the API, such as passwords, is left out. C(scan_frequency) is there only if the API shows
    it.
  - For N sites with S sections each it makes N x S calls.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.sitelock_sites
  - hosting.websec.run_context
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  sections:
    description:
      - The names of the sections to read, as in O(hosting.websec.sitelock_products#module:sites). By default all of
        them.
    type: list
    elements: str
seealso:
  - module: hosting.websec.sitelock_products
"""

EXAMPLES = r"""
- name: Read SMART and the shield of two shops
  hosting.websec.sitelock_products_info:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    sites:
      - site_id: 442989
        domain: shop.example
      - domain: other-shop.example
    sections: [smart, shield]
  register: products

- name: Apply what was read, which changes nothing
  hosting.websec.sitelock_products:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    sites: "{{ products.sites }}"
"""

RETURN = r"""
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(sites) and RV(reads). It is removed when
      C(ansible-playbook) ends. RV(sites) is empty then.
  returned: with O(results=notable)
  type: str
sites:
  description:
    - The sites of which at least one section was read, in the order of O(sites). Each has C(site_id), C(domain) if the
      entry has one, and its sections, as in O(hosting.websec.sitelock_products#module:sites).
  returned: always, unless the options were refused
  type: list
  elements: dict
  sample:
    - site_id: 442989
      domain: shop.example
      smart: {docroot: /public_html, frequency: daily, ftp_host: ftp.shop.example, ftp_user: shop}
      ssl_hosts: {exact: [www.shop.example]}
reads:
  description: What was read and what failed, one entry per site in the order of O(sites).
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
    sections:
      description: The sections that were read, including those with nothing to set.
      type: list
      elements: str
      sample: [smart, shield]
    problems:
      description: What SiteLock says is wrong at this site, each with its section, such as a failed sign-in by FTP.
      type: list
      elements: str
      sample: ["smart: 530 Login incorrect."]
    failed:
      description: Whether a section of this site failed, or its entry is not valid.
      type: bool
      sample: false
    error:
      description: The first of RV(reads[].errors). V(null) if there is none.
      type: dict
      sample: null
    errors:
      description: What went wrong, in fields that a playbook can test. C(section) names the section.
      type: list
      elements: dict
      sample: []
    deferred:
      description:
        - Whether not all of it was read, because the time was over (O(deadline)) or the task was stopped. It has not
          failed.
      type: bool
      sample: false
    deferred_reason:
      description:
        - Why nothing was sent for it although there was time. The calls for other items failed for a reason that holds
          for all of them, such as a wrong password. RV(reads[].deferred) is true then.
        - V(null) if nothing stopped it.
      type: str
      sample: null
deferred:
  description: Number of sites that were not read completely, see RV(reads[].deferred).
  returned: always, unless the options were refused
  type: int
  sample: 0
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import bulk_options, run_context_options
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.info import read_products
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.dump import section_info_options


def main() -> None:
    spec = sitelock_options().merge(bulk_options()).merge(run_context_options()).merge(section_info_options())
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(module, lambda context: read_products(module.params, context))


if __name__ == "__main__":
    main()
