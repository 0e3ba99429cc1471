# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: plesk
short_description: The domains of Plesk servers as hosts
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Creates one host for each domain of the subscriptions of Plesk servers, with its owner, service plan, the
    addresses of the server, and whether the site or its subscription is suspended.
  - Makes three calls of the XML API for each server, whatever the number of domains, and one call of the REST API if
    O(domain_types) has V(alias).
  - C(panel_account) is the owner of the subscription, C(panel_owner) the owner of its service plan. A site that is
    being backed up or restored is not suspended.
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
  - hosting.websec.panels
notes:
  - The configuration file must be named C(*.plesk.yml), C(*.plesk.yaml), C(plesk.yml) or C(plesk.yaml).
options:
  plugin:
    description: Name of this plugin.
    type: str
    required: true
    choices: [hosting.websec.plesk]
  api_url:
    description:
      - Address of Plesk, such as V(https://web1.hoster.example:8443).
      - Plain C(http://) is accepted for loopback addresses only, because every request carries the credentials.
    type: str
    env:
      - name: PLESK_API_URL
  api_key:
    description:
      - Secret key of Plesk. It is valid for the address that it was made for, and has all rights of its owner. Prefer
        the environment to the file.
    type: str
    env:
      - name: PLESK_API_KEY
  api_username:
    description:
      - User of Plesk, instead of O(api_key). An administrator sees all subscriptions, a reseller or customer their
        own.
    type: str
    env:
      - name: PLESK_API_USERNAME
  api_password:
    description: Password of O(api_username). Prefer the environment to the file.
    type: str
    env:
      - name: PLESK_API_PASSWORD
  validate_certs:
    env:
      - name: PLESK_VALIDATE_CERTS
  ca_path:
    env:
      - name: PLESK_CA_PATH
  domain_types:
    description:
      - The domains that become hosts.
      - V(main) is the domain of a subscription, V(addon) another domain of it, V(sub) a domain below one of them.
      - V(alias) are domain aliases with a web service. They need Plesk 18.0.42 and an administrator.
    type: list
    elements: str
    choices: [main, addon, sub, alias]
    default: [main, addon]
  hosting_types:
    description:
      - Domains with hosting of these types become hosts. V(vrt_hst) is a website on the server, V(std_fwd) and
        V(frm_fwd) forward to another address, V(none) is no website.
    type: list
    elements: str
    choices: [vrt_hst, std_fwd, frm_fwd, none]
    default: [vrt_hst]
"""

EXAMPLES = r"""
# web.plesk.yml - one server; address and key come from the environment
plugin: hosting.websec.plesk

---
# Several servers, and groups by service plan
plugin: hosting.websec.plesk
servers:
  - name: win1
    api_url: https://win1.hoster.example:8443
    api_key: "{{ lookup('ansible.builtin.env', 'PLESK_KEY_WIN1') }}"
  - name: win2
    api_url: https://win2.hoster.example:8443
    api_key: "{{ lookup('ansible.builtin.env', 'PLESK_KEY_WIN2') }}"
keyed_groups:
  - key: panel_package
    prefix: package
"""

from ansible_collections.hosting.websec.plugins.module_utils._panels.plesk import read_plesk
from ansible_collections.hosting.websec.plugins.plugin_utils._panel_inventory import PanelInventory


class InventoryModule(PanelInventory):
    """Subscriptions and sites of the XML API as hosts."""

    NAME = "hosting.websec.plesk"
    PANEL = "plesk"
    CREDENTIALS = ("api_key", "api_username", "api_password")
    SECRETS = ("api_key", "api_password")
    READING = ("hosting_types",)
    read_server = staticmethod(read_plesk)
