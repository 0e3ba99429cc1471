# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of what the inventory plugins of the hosting panels share.

The environment variables of its options are in the documentation of each plugin.
"""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  servers:
    description:
      - The servers, each as a dictionary with O(api_url). For a single one, set O(api_url) and the credentials instead.
      - The other keys of a server are C(validate_certs), C(ca_path), the credentials, and C(name). An option that a
        server does not have is that of the plugin, such as O(ca_path); one with a secret of its own gets no other
        secret of the plugin. Values may be templates, such as V({{ lookup('ansible.builtin.env', 'WEB1_KEY'\) }}).
      - C(name) is the server in messages and in C(panel_server), by default the host in C(api_url).
    type: list
    elements: dict
    default: []
  validate_certs:
    description:
      - Whether to verify the TLS certificate of the server. Set it to V(false) in tests only; the plugin then warns.
        For a self-signed certificate, set O(ca_path) to a file with it.
    type: bool
    default: true
  ca_path:
    description: File or directory with trusted CA certificates, or with the certificate of the server itself.
    type: path
  group:
    description: The group for all sites.
    type: str
    default: panel_sites
  on_server_error:
    description:
      - With V(fail), no host is added if a server cannot be read.
      - With V(warn), the inventory then lacks the sites of this server, and the variable C(panel_failed_servers) of
        O(group) names it. Never use it for a play that treats a missing site as one that has ended. If no server can
        be read, V(warn) fails as well. An incomplete inventory is never kept in the cache.
    type: str
    choices: [fail, warn]
    default: fail
  timeout:
    description:
      - Seconds that one try of a call may take in all, from the look-up of the server's name to the last byte of the
        answer. A listing of a large server takes a while to begin.
      - A server that is not read completely within an hour cannot be read.
    type: int
    default: 120
  retries:
    description:
      - How often to retry a call after a broken connection, a missing response, or HTTP 429 or 5xx. A refusal of the
        credentials is never retried.
    type: int
    default: 2
seealso:
  - plugin: hosting.websec.waf_sites_of_hosts
    plugin_type: filter
  - plugin: hosting.websec.botguard_websites_of_hosts
    plugin_type: filter
requirements:
  - requests
  - lxml
notes:
  - Ansible treats a source that fails as a warning, and continues without its hosts. Set C(any_unparsed_is_failed=true)
    in the section C([inventory]) of C(ansible.cfg), or E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED).
  - The hosts are sites, to which Ansible does not log in. Use them with C(connection=local), such as with the playbook
    C(hosting.websec.panel_hosts).
  - The name of a host is its domain, in lower case and as punycode. A host with the same name in another source, such
    as P(hosting.websec.sitelock#inventory), is the same host, with the variables of both.
  - "Each host gets the variables C(panel_domain), C(panel_domain_type) (V(main), V(addon), V(sub) or V(alias)),
    C(panel_parent_domain), C(panel_type), C(panel_server) (its O(servers)), C(panel_account), C(panel_owner) (the
    reseller or administrator), C(panel_package), C(panel_suspended), C(panel_addresses) (of the server, IPv4 first) and
    C(panel_duplicate). Nothing else is copied: listings of panels contain passwords."
  - If a domain is on several servers of a source, and suspended on all but one, the remaining one is the host.
    Otherwise, and always if it is in another source of a panel, too, each copy is a host in the group
    C(panel_duplicates), named C(domain_server) unless it was there before. Both are a warning.
  - A domain that no site can have (a wildcard, for example), one whose record is not as documented, and one with the
    name of a group is left out with a warning. With O(strict=true) it fails the source.
  - Names of accounts and packages are given by customers and resellers. They are never used as templates. Group names
    made of them lose all special characters, so two packages can end up in one group; compare C(panel_package) to be
    exact, and C(panel_owner) if resellers can create packages.
  - Every request is a read. Redirects are never followed.
  - Written from the vendor's public documentation, and not verified against a live server.
"""
