# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: sitelock
short_description: The sites of a SiteLock partner account as hosts
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Creates one host for each site that C(getAccounts) lists, so that C(serial), C(--limit) and AWX job slicing can
    divide a fleet. Ansible does not log in to these hosts. Use them with the playbook
    C(hosting.websec.reconcile_hosts), or with C(ansible_connection=local).
  - The name of a host is the domain of the site in lower case. If the domain is listed more than once, the other
    sites get their number as a suffix, as in C(customer.example_442989), and the plugin warns.
  - Each host gets the variables C(sitelock_domain), C(sitelock_site_id), C(sitelock_site_status),
    C(sitelock_account_id) and C(sitelock_account_status).
  - Makes one API call for each O(page_size) accounts, and one more to find the end.
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
notes:
  - The configuration file must be named C(*.sitelock.yml), C(*.sitelock.yaml), C(sitelock.yml) or C(sitelock.yaml).
  - C(getAccounts) lists accounts and sites that are no longer active, too. Its response does not show whether an
    active site has Firewall & CDN; use M(hosting.websec.sitelock_anp_status) for that.
  - The vendor accepts requests from approved source addresses only.
  - Written from the vendor's public documentation, and not verified against the live service.
requirements:
  - requests
  - lxml
options:
  plugin:
    description: Name of this plugin.
    type: str
    required: true
    choices: [hosting.websec.sitelock]
  group:
    description: The group for all sites.
    type: str
    default: sitelock_sites
  site_status:
    description: Sites of these states become hosts.
    type: list
    elements: str
    choices: [active, inactive]
    default: [active]
  account_status:
    description: Sites of accounts of these states become hosts.
    type: list
    elements: str
    choices: [active, inactive]
    default: [active]
  page_size:
    description:
      - Number of accounts per call. The vendor does not document the maximum.
    type: int
    default: 500
  api_url:
    description:
      - Address of the partner API.
      - Plain C(http://) is accepted for loopback addresses only, because every request carries the password.
        Redirects are never followed.
    type: str
    default: https://api.sitelock.com/v1/partner
    env:
      - name: SITELOCK_API_URL
  api_username:
    description:
      - User name of your partner account at the API.
      - Set O(api_username) and O(api_password), or O(api_client_id) and O(api_client_secret), never both pairs.
    type: str
    env:
      - name: SITELOCK_API_USERNAME
  api_password:
    description: Password of your partner account at the API. Prefer the environment to the file.
    type: str
    env:
      - name: SITELOCK_API_PASSWORD
  api_client_id:
    description: Client id for OAuth 2.0 client credentials, from your account manager at the vendor.
    type: str
    env:
      - name: SITELOCK_API_CLIENT_ID
  api_client_secret:
    description: Secret of O(api_client_id). Prefer the environment to the file.
    type: str
    env:
      - name: SITELOCK_API_CLIENT_SECRET
  api_token_url:
    description:
      - Address that issues access tokens. Set it together with O(api_url) if that is a relay of your own, because
        O(api_client_secret) is sent to this address.
    type: str
    default: https://api.sitelock.com/v2/oauth2/token
    env:
      - name: SITELOCK_API_TOKEN_URL
  api_partner:
    description: Brand name; omit it unless the vendor told you to set it.
    type: str
    env:
      - name: SITELOCK_API_PARTNER
  validate_certs:
    description:
      - Whether to verify the TLS certificate of the API. Set it to V(false) in tests only; the module then warns.
    type: bool
    default: true
    env:
      - name: SITELOCK_VALIDATE_CERTS
  ca_path:
    description: File or directory with trusted CA certificates.
    type: path
    env:
      - name: SITELOCK_CA_PATH
  client_cert:
    description: File with a TLS client certificate (PEM), for a proxy on your side that requires one.
    type: path
    env:
      - name: SITELOCK_CLIENT_CERT
  client_key:
    description: File with the private key of O(client_cert), if it is not in the same file.
    type: path
    env:
      - name: SITELOCK_CLIENT_KEY
  timeout:
    description:
      - Seconds that one try of a call may take in all, from the look-up of the server's name to the last byte of the
        answer.
    type: int
    default: 30
    env:
      - name: SITELOCK_TIMEOUT
  retries:
    description: How often to retry a call after a broken connection, a missing response, or HTTP 429 or 5xx.
    type: int
    default: 3
    env:
      - name: SITELOCK_RETRIES
seealso:
  - module: hosting.websec.sitelock_anp_status
  - plugin: hosting.websec.waf_sites_of_hosts
    plugin_type: filter
"""

EXAMPLES = r"""
# fleet.sitelock.yml - all active sites; user name and password come from the environment
plugin: hosting.websec.sitelock

---
# The same, with groups, and kept for an hour
plugin: hosting.websec.sitelock
keyed_groups:
  - key: sitelock_account_id | string
    prefix: account
groups:
  shops: sitelock_domain.startswith('shop.')
compose:
  sitelock_waf: "{'subscription': '100', 'waf_dns_manager': 'partner'}"
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/sitelock
cache_timeout: 3600
"""

import typing as t

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import screen_connection
from ansible_collections.hosting.websec.plugins.module_utils._results import require_libraries, sentence
from ansible_collections.hosting.websec.plugins.module_utils._secrets import register_secret
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.accounts import read_sites
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient

if t.TYPE_CHECKING:
    from ansible.inventory.data import InventoryData
    from ansible.parsing.dataloader import DataLoader

Site = dict[str, t.Any]

_CONNECTION = (
    "api_url api_username api_password api_client_id api_client_secret api_token_url api_partner validate_certs "
    "ca_path client_cert client_key timeout retries"
)


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Sites of getAccounts as hosts."""

    NAME = "hosting.websec.sitelock"

    def verify_file(self, path: str) -> bool:
        return super().verify_file(path) and path.endswith(("sitelock.yml", "sitelock.yaml"))

    def parse(self, inventory: InventoryData, loader: DataLoader, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        self.load_cache_plugin()
        key = self.get_cache_key(path)
        sites: list[Site] | None = None
        if cache and self.get_option("cache"):
            sites = self._cache.get(key)
        if sites is None:
            sites = self._read()
            if self.get_option("cache"):
                self._cache[key] = sites
        self._populate(sites)

    def _read(self) -> list[Site]:
        """Ask the API, for all states: what is kept serves any filter."""
        try:
            require_libraries()
            options = {name: self._plain(name) for name in _CONNECTION.split()}
            screen_connection(options, self.display.warning)
            for name in ("api_password", "api_client_secret"):
                register_secret(options[name] or "")
            with SiteLockClient.from_options(options, read_only=True) as client:
                found = read_sites(client, self.get_option("page_size"))
        except WebsecError as error:
            raise AnsibleParserError(sentence(error.as_dict())) from None
        return [
            {
                "sitelock_domain": site.domain,
                "sitelock_site_id": site.site_id,
                "sitelock_site_status": site.site_status,
                "sitelock_account_id": site.account_id,
                "sitelock_account_status": site.account_status,
            }
            for site in found
        ]

    def _plain(self, name: str) -> t.Any:
        """Strings of a configuration file can be subclasses of ``str``, and templates."""
        value = self.get_option(name)
        if self.templar.is_template(value):
            value = self.templar.template(value)
        return str(value) if isinstance(value, str) else value

    def _populate(self, sites: t.Iterable[Site]) -> None:
        group = self.inventory.add_group(self.get_option("group"))
        strict = self.get_option("strict")
        for site in sites:
            if site["sitelock_site_status"] not in self.get_option("site_status"):
                continue
            if site["sitelock_account_status"] not in self.get_option("account_status"):
                continue
            name = self._name(site)
            self.inventory.add_host(name, group=group)
            # Names are given by customers: ansible-core 2.18 would take them for templates.
            safe = {variable: wrap_var(value) for variable, value in site.items()}
            for variable, value in safe.items():
                self.inventory.set_variable(name, variable, value)
            variables = {**safe, "inventory_hostname": name}
            self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
            self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
            self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)

    def _name(self, site: Site) -> str:
        try:
            name = normalise_domain(site["sitelock_domain"])
        except WebsecError:
            # It is listed, so it is shown: what is done with it is refused later, with its name.
            name = f"site_{site['sitelock_site_id']}"
        if name in self.inventory.hosts:
            self.display.warning(
                f"The domain {name} is listed more than once. Site {site['sitelock_site_id']} is the host "
                f"{name}_{site['sitelock_site_id']}."
            )
            name = f"{name}_{site['sitelock_site_id']}"
        return str(name)
