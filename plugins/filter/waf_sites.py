# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: waf_sites
short_description: Check and complete the entries of a site file
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Takes the site entries of the role P(hosting.websec.sitelock_waf#role) and returns them with every key
    set.
  - An invalid entry does not stop the others. It gets an C(error), and nothing is done for it. Invalid are unknown
    keys, invalid values, a name outside the zone, and a site, a domain or a DNS name that is claimed more than once.
options:
  _input:
    description: The entries.
    type: list
    elements: dict
    required: true
  zones:
    description:
      - The result of M(hosting.websec.dns_zones_info) (its RV(hosting.websec.dns_zones_info#module:zones)) for entries
        without C(zone).
    type: list
    elements: dict
    default: []
  waf_dns_manager:
    description: The C(waf_dns_manager) of entries that do not set it.
    type: str
    choices: [customer, partner]
    default: partner
  ttl:
    description: The TTL of A and CNAME records in seconds, for entries that do not set it.
    type: int
    default: 300
  lower_ttl:
    description: The C(lower_ttl) of entries that do not set it; V(0) lowers nothing.
    type: int
    default: 0
  cleanup_verification:
    description: The C(cleanup_verification) of entries that do not set it.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Show the errors of invalid entries
  ansible.builtin.debug:
    msg: "{{ entries | rejectattr('error', 'none') | map(attribute='error.message') }}"
  vars:
    entries: "{{ sitelock_waf_sites | hosting.websec.waf_sites }}"
"""

RETURN = r"""
_value:
  description: The entries, completed, in the same order.
  type: list
  elements: dict
"""

import typing as t

from ansible.errors import AnsibleFilterError


def waf_sites(
    sites: list[object],
    zones: list[t.Any] | None = None,
    waf_dns_manager: str = "partner",
    ttl: int = 300,
    lower_ttl: int = 0,
    cleanup_verification: bool = False,
) -> list[dict[str, t.Any]]:
    from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Defaults, prepare

    if not isinstance(sites, (list, tuple)):
        raise AnsibleFilterError(f"hosting.websec.waf_sites takes a list of site entries, not {type(sites).__name__}.")
    defaults = Defaults(
        waf_dns_manager=str(waf_dns_manager),
        ttl=int(ttl),
        lower_ttl=int(lower_ttl) or None,
        cleanup_verification=bool(cleanup_verification),
    )
    return prepare(sites, zones or [], defaults)


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"waf_sites": waf_sites}
