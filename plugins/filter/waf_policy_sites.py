# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: waf_policy_sites
short_description: Take from a site file what concerns firewall policies
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Returns C(site_id), C(domain), C(policy), and where its DNS records are (C(zone), C(dns), C(dns_accept)), of each
    entry of a site file (C(sitelock_waf_sites)) that has C(policy) or a certificate, and is not C(state=absent), in the
    form of the option O(hosting.websec.sitelock_waf_policies#module:sites). What is no entry at all stays as it is, and
    is an error there.
options:
  _input:
    description: The entries of a site file.
    type: list
    elements: raw
    required: true
  certificates:
    description:
      - Sections C(certificate) of O(hosting.websec.sitelock_waf_policies#module:sites) by the domain of the site.
      - A domain that no entry of the site file has is ignored here; the role
        P(hosting.websec.sitelock_waf_policy#role) reports it.
    type: dict
    default: {}
seealso:
  - module: hosting.websec.sitelock_waf_policies
"""

EXAMPLES = r"""
- name: Bring the firewall of all sites to their policies
  hosting.websec.sitelock_waf_policies:
    sites: "{{ sitelock_waf_sites | hosting.websec.waf_policy_sites(sitelock_waf_certificates) }}"
    policies: "{{ sitelock_waf_policies }}"
"""

RETURN = r"""
_value:
  description: One entry per site that has a policy or a certificate.
  type: list
  elements: dict
  sample: [{"domain": "shop.example", "site_id": 442989, "policy": "shop"}]
"""

from collections.abc import Mapping

from ansible.errors import AnsibleFilterError

NAME = "hosting.websec.waf_policy_sites"
KEYS = ("site_id", "domain", "policy", "zone", "dns", "dns_accept")


def waf_policy_sites(sites: object, certificates: object = None) -> list[object]:
    if not isinstance(sites, (list, tuple)):
        raise AnsibleFilterError(f"{NAME}: its input is not a list of sites.")
    by_domain = certificates or {}
    if not isinstance(by_domain, Mapping):
        raise AnsibleFilterError(f"{NAME}: sitelock_waf_certificates is not a dictionary by the domains of the sites.")
    certificate_of = {_name(domain): section for domain, section in by_domain.items()}
    entries: list[object] = []
    for site in sites:
        if not isinstance(site, Mapping):
            # The module says what is wrong with it.
            entries.append(site)
            continue
        certificate = certificate_of.get(_name(site.get("domain")))
        if (site.get("policy") or certificate) and site.get("state", "present") != "absent":
            own = {} if certificate is None else {"certificate": certificate}
            entries.append({**{key: site[key] for key in KEYS if key in site}, **own})
    return entries


def _name(domain: object) -> str:
    return str(domain).rstrip(".").lower()


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"waf_policy_sites": waf_policy_sites}
