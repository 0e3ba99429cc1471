#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_sso_link
short_description: Create a link that logs a customer in to the SiteLock dashboard
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Requests a single sign-on token with C(createToken) and returns the link, for one account, and optionally for one
    site and page.
  - B(The link is a secret). It logs anyone who has it in as the customer. It works once and for a few minutes,
    so create it when the customer clicks, never in advance.
  - Set C(no_log=true) on the task, as in the examples. With ansible-core 2.22 and later the link is also registered as
    a secret, so it is hidden in the output of later tasks.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  account_id:
    description: The account whose user is logged in, a whole number assigned by the vendor.
    type: raw
    required: true
  site_id:
    description:
      - The site to show, a whole number assigned by the vendor. By default the dashboard shows the first site of the
        account.
    type: raw
  page:
    description:
      - The page of the dashboard to show.
      - V(latform_scan) is the spelling in the vendor's list. V(platform_scan) is accepted too; both are passed on as
        given.
      - V(verify_domain_email) points to the same page as V(wizard), as long as the vendor has no page for it.
    type: str
    choices:
      - backup
      - db_scan
      - email_reputation
      - firewall_cdn
      - latform_scan
      - malware_scan
      - patchman_scan
      - pci
      - pci_clone
      - platform_scan
      - riskscore
      - smart_database
      - smart_file
      - smart_patch
      - smart_scan
      - spam_scan
      - sql_injection
      - ssl_monitor
      - ssl_scan
      - verify_domain_email
      - vulnerability_scan
      - webpage_scan
      - wizard
      - xss
"""

EXAMPLES = r"""
- name: Create a link to the SSL monitor of a site
  hosting.websec.sitelock_sso_link:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    account_id: 570
    site_id: 5678
    page: ssl_monitor
  register: dashboard
  no_log: true

- name: Send the link to the customer portal
  ansible.builtin.uri:
    url: https://portal.example.com/api/sso-links
    method: POST
    body_format: json
    body:
      link: "{{ dashboard.login_url }}"
  no_log: true
"""

RETURN = r"""
login_url:
  description: The link, a secret.
  returned: success
  type: str
  sample: https://secure.sitelock.com/rlogin.php?token=abcdef123456&site_id=5678&page=ssl_monitor
error:
  description: The error, in fields that a playbook can test.
  returned: failure
  type: dict
  sample:
    kind: auth
    code: null
    extended_code: null
    message: "createToken: the SiteLock API refused the credentials (HTTP 401)."
    hint: Check the user name and the password or key, and their source (option or environment).
    http_status: 401
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._ids import ID
from ansible_collections.hosting.websec.plugins.module_utils._module import run_module
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sso import PAGES, login_url


def main() -> None:
    own = ArgumentSpec(
        options={
            "account_id": {**ID, "required": True},
            "site_id": ID,
            "page": {"type": "str", "choices": list(PAGES)},
        },
    )
    spec = sitelock_options().merge(own)
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_module(module, lambda: {"changed": False, "login_url": login_url(module.params)})


if __name__ == "__main__":
    main()
