# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: unmanaged_subscriptions
short_description: List what is paid for at SiteLock and is in no file
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Compares the subscriptions that M(hosting.websec.sitelock_accounts_info) returned with the entries of all account
    files (C(sitelock_accounts)) and site files (C(sitelock_waf_sites)), and returns one row for each subscription that
    no file names. Nothing is ended because of it.
  - A file names a subscription if it has an entry for its account or site that asks for its product, as many times
    as the entry says. The second subscription of a product that is wanted once is returned. Of those, it is the one
    with the highest id.
  - An entry with C(state=absent) names everything that it ends. An entry of an account file without a plan names
    whatever plan the site has, and an entry of a site file without C(subscription) its Firewall & CDN. A
    subscription without a price at a site with a bundle counts as a part of the bundle.
  - An account is found by its C(account_id), C(login) and C(reseller_account_id), as far as the API returns them, and
    by the domains of its sites. A site is found by its C(site_id) or its domain.
  - There is also a row for an active site that no file names and for which the API lists no subscription, and for an
    account that could not be read. Their C(note) says so.
options:
  _input:
    description:
      - All accounts, RV(hosting.websec.sitelock_accounts_info#module:accounts) with C(subscriptions=true). With
        C(results=notable) use the content of its file C(results_file), which has all of them.
    type: list
    elements: dict
    required: true
  accounts:
    description: The entries of all account files.
    type: list
    elements: dict
    default: []
  sites:
    description: The entries of all site files.
    type: list
    elements: dict
    default: []
  plans:
    description:
      - The products, RV(hosting.websec.sitelock_plans_info#module:plans). They supply names, types and prices where
        the subscription has none.
    type: list
    elements: dict
    default: []
seealso:
  - module: hosting.websec.sitelock_accounts_info
  - module: hosting.websec.sitelock_plans_info
  - plugin: hosting.websec.csv_table
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read what SiteLock lists
  hosting.websec.sitelock_accounts_info:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    subscriptions: true
  register: listed

- name: Show what is paid for and in no file
  ansible.builtin.debug:
    msg: >-
      {{ listed.accounts | hosting.websec.unmanaged_subscriptions(sitelock_accounts, sitelock_waf_sites)
         | hosting.websec.text_table({'account_id': 'account', 'domain': 'site', 'product': 'product'}) }}
"""

RETURN = r"""
_value:
  description:
    - One row per subscription, with C(account_id), C(login), C(name) and C(account_status) of the account; C(site_id),
      C(domain) and C(site_status) of the site, V(null) if the API does not return a site; C(in_file), whether a file
      names the site, or without a site the account; C(subscription) (id of the product), C(product) (its name),
      C(subscription_id); C(next_renewal_at), C(frequency) in months, C(price), as returned by the API; and C(note).
    - C(since) is the content of the first field whose name contains C(start) or C(created). The vendor's public page
      documents none, so it may be V(null).
  type: list
  elements: dict
"""

from collections.abc import Mapping

from ansible.errors import AnsibleFilterError

NAME = "hosting.websec.unmanaged_subscriptions"


def unmanaged_subscriptions(
    listed: list[dict[str, object]],
    accounts: list[dict[str, object]] | None = None,
    sites: list[dict[str, object]] | None = None,
    plans: list[dict[str, object]] | None = None,
) -> list[dict[str, object]]:
    from ansible_collections.hosting.websec.plugins.module_utils import _errors
    from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts import unmanaged

    for name, value in (("its input", listed), ("accounts", accounts), ("sites", sites), ("plans", plans)):
        if not isinstance(value or [], (list, tuple)) or not all(isinstance(each, Mapping) for each in value or []):
            raise AnsibleFilterError(f"{NAME}: {name} is not a list of mappings.")
    try:
        return unmanaged.unmanaged_subscriptions(listed, accounts or [], sites or [], plans or [])
    except _errors.WebsecError as error:
        raise AnsibleFilterError(f"{NAME}: {error.message} {error.hint}") from None


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"unmanaged_subscriptions": unmanaged_subscriptions}
