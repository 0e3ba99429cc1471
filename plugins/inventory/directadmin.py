# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: directadmin
short_description: The domains of DirectAdmin servers as hosts
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Creates one host for each domain of the users of DirectAdmin servers, with its user, creator, package, the address
    of the server, and whether the user is suspended.
  - Makes one call (C(CMD_API_DOMAIN_OWNERS)) for each server, and one for each user with a domain
    (C(CMD_API_SHOW_USER_CONFIG)).
  - Subdomains, domain pointers, and the suspension of a single domain are not read, because their form is not
    documented well enough.
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
  - hosting.websec.panels
notes:
  - The configuration file must be named C(*.directadmin.yml), C(*.directadmin.yaml), C(directadmin.yml) or
    C(directadmin.yaml).
options:
  plugin:
    description: Name of this plugin.
    type: str
    required: true
    choices: [hosting.websec.directadmin]
  api_url:
    description:
      - Address of DirectAdmin, such as V(https://web1.hoster.example:2222).
      - Plain C(http://) is accepted for loopback addresses only, because every request carries the credentials.
    type: str
    env:
      - name: DIRECTADMIN_API_URL
  api_username:
    description: Administrator of DirectAdmin that owns the login key.
    type: str
    env:
      - name: DIRECTADMIN_API_USERNAME
  api_login_key:
    description:
      - Login key of DirectAdmin, limited to the commands C(CMD_API_DOMAIN_OWNERS) and C(CMD_API_SHOW_USER_CONFIG),
        and to the address of this machine. Prefer the environment to the file.
    type: str
    env:
      - name: DIRECTADMIN_API_LOGIN_KEY
  validate_certs:
    env:
      - name: DIRECTADMIN_VALIDATE_CERTS
  ca_path:
    env:
      - name: DIRECTADMIN_CA_PATH
  domain_types:
    description:
      - The domains that become hosts.
      - V(main) is the first domain of a user, V(addon) any other one.
    type: list
    elements: str
    choices: [main, addon]
    default: [main, addon]
  concurrency:
    description: Maximum number of parallel calls for each server.
    type: int
    default: 4
"""

EXAMPLES = r"""
# web.directadmin.yml - one server; address, user name and key come from the environment
plugin: hosting.websec.directadmin

---
# Two servers, and groups by package
plugin: hosting.websec.directadmin
api_username: admin
servers:
  - name: web1
    api_url: https://web1.hoster.example:2222
    api_login_key: "{{ lookup('ansible.builtin.env', 'DIRECTADMIN_KEY_WEB1') }}"
  - name: web2
    api_url: https://web2.hoster.example:2222
    api_login_key: "{{ lookup('ansible.builtin.env', 'DIRECTADMIN_KEY_WEB2') }}"
keyed_groups:
  - key: panel_package
    prefix: package
"""

from ansible_collections.hosting.websec.plugins.module_utils._panels.directadmin import read_directadmin
from ansible_collections.hosting.websec.plugins.plugin_utils._panel_inventory import PanelInventory


class InventoryModule(PanelInventory):
    """Domains with the settings of their users as hosts."""

    NAME = "hosting.websec.directadmin"
    PANEL = "directadmin"
    CREDENTIALS = ("api_username", "api_login_key")
    SECRETS = ("api_login_key",)
    READING = ("concurrency",)
    read_server = staticmethod(read_directadmin)
