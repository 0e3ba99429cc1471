# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: whm
short_description: The domains of cPanel & WHM servers as hosts
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Creates one host for each domain of the hosting accounts of cPanel & WHM servers, with its account, owner,
    package, the addresses of the server, and whether the account is suspended.
  - Makes two calls of WHM API 1 for each server (C(get_domain_info), C(listaccts)), or more with O(page_size).
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
  - hosting.websec.panels
notes:
  - The configuration file must be named C(*.whm.yml), C(*.whm.yaml), C(whm.yml) or C(whm.yaml).
options:
  plugin:
    description: Name of this plugin.
    type: str
    required: true
    choices: [hosting.websec.whm]
  api_url:
    description:
      - Address of WHM, such as V(https://web1.hoster.example:2087).
      - Plain C(http://) is accepted for loopback addresses only, because every request carries the credentials.
    type: str
    env:
      - name: WHM_API_URL
  api_username:
    description: User of WHM that owns the token. The token of a reseller shows the accounts of this reseller.
    type: str
    env:
      - name: WHM_API_USERNAME
  api_token:
    description:
      - API token of WHM, with the privileges C(list-accts) and C(acct-summary). Without a list of privileges a token
        has all rights of its owner. Limit it to the address of this machine. Prefer the environment to the file.
    type: str
    env:
      - name: WHM_API_TOKEN
  validate_certs:
    env:
      - name: WHM_VALIDATE_CERTS
  ca_path:
    env:
      - name: WHM_CA_PATH
  domain_types:
    description:
      - The domains that become hosts.
      - V(main) is the first domain of an account, V(addon) an addon domain, V(sub) a subdomain (cPanel makes one for
        each addon domain), V(alias) a parked domain.
    type: list
    elements: str
    choices: [main, addon, sub, alias]
    default: [main, addon]
  page_size:
    description:
      - Number of domains, and of accounts, for each call. With V(0) a listing is one response, which is limited to
        128 MiB.
      - The pages overlap by one record, so a list that changes while it is read is an error, and no domain is missed.
    type: int
    default: 0
"""

EXAMPLES = r"""
# web.whm.yml - one server; address, user name and token come from the environment
plugin: hosting.websec.whm

---
# Several servers, groups by package, and kept for 15 minutes
plugin: hosting.websec.whm
servers:
  - name: web1
    api_url: https://web1.hoster.example:2087
    api_token: "{{ lookup('ansible.builtin.env', 'WHM_TOKEN_WEB1') }}"
  - name: web2
    api_url: https://web2.hoster.example:2087
    api_token: "{{ lookup('ansible.builtin.env', 'WHM_TOKEN_WEB2') }}"
    ca_path: /etc/ssl/web2.pem
api_username: websec
keyed_groups:
  - key: panel_package
    prefix: package
groups:
  paused: panel_suspended
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/whm
cache_timeout: 900
"""

from ansible_collections.hosting.websec.plugins.module_utils._panels.whm import read_whm
from ansible_collections.hosting.websec.plugins.plugin_utils._panel_inventory import PanelInventory


class InventoryModule(PanelInventory):
    """Domains of get_domain_info, joined with the accounts of listaccts, as hosts."""

    NAME = "hosting.websec.whm"
    PANEL = "whm"
    CREDENTIALS = ("api_username", "api_token")
    SECRETS = ("api_token",)
    READING = ("page_size",)
    read_server = staticmethod(read_whm)
