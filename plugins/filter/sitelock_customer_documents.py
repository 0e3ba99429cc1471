# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: sitelock_customer_documents
short_description: Make one JSON document for each SiteLock customer, for your own panel
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Makes one JSON document for each account from what ran before in the play, with its sites, their products, scans,
    backups, Trust Seal, state of Firewall & CDN, and what needs attention.
  - A document has only the fields of its JSON Schema, C(docs/schemas/sitelock_dashboard.schema.json) in this
    collection. It has no password, and no link that signs somebody in.
  - What belongs to one account is never in the document of another. Rows are joined by the number of the site, and
    rows without a number by its domain, if only one site has it.
options:
  _input:
    description: The rows of the role P(hosting.websec.sitelock_accounts#role), such as C(sitelock_accounts_report).
    type: list
    elements: dict
    required: true
  firewall:
    description: The rows of the role P(hosting.websec.sitelock_waf#role), such as C(sitelock_waf_report).
    type: list
    elements: dict
  health:
    description: What scans, backups and products say. What is missing was not looked at.
    type: dict
    default: {}
    suboptions:
      scans:
        description: RV(hosting.websec.sitelock_scans_info#module:sites).
        type: list
        elements: dict
      backups:
        description: RV(hosting.websec.sitelock_backups_info#module:sites).
        type: list
        elements: dict
      products:
        description: The result of M(hosting.websec.sitelock_products_info), with C(sites) and C(reads).
        type: dict
      backup_days:
        description: A backup is overdue after as many days.
        type: float
        default: 7
      smart_subscriptions:
        description:
          - Ids of the plans and add-ons that have SMART. A site with one of them should have it configured. By default
            every site should of which the API returned the settings of SMART.
        type: list
        elements: raw
  time:
    description:
      - The time in ISO 8601, such as V(2026-11-29T03:00:00Z), by default the current time. It decides which backups are
        overdue, and is not in the documents.
    type: str
seealso:
  - module: hosting.websec.sitelock_dashboard_files
  - plugin: hosting.websec.fleet_report_page
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Send the documents to a panel with an API
  ansible.builtin.uri:
    url: "https://panel.example.com/api/sitelock/{{ (item | from_json).account.account_id }}"
    method: PUT
    headers:
      Content-Type: application/json
    body: "{{ item }}"
  loop: "{{ customers.documents }}"
  vars:
    customers: >-
      {{ sitelock_accounts_report | hosting.websec.sitelock_customer_documents(
         firewall=sitelock_waf_report, health={'scans': sitelock_scans_report}) }}
"""

RETURN = r"""
_value:
  description:
    - A dictionary with three lists.
    - C(documents) has the JSON texts, by the number of the account. The same customer gives the same text.
    - C(incomplete) has the numbers of accounts that were not read to their end. They have no document, because
      what a former run wrote about them is better.
    - C(without_number) has the names of accounts whose number is not known.
  type: dict
"""

import datetime

from ansible.errors import AnsibleFilterError

NAME = "hosting.websec.sitelock_customer_documents"


def sitelock_customer_documents(
    rows: list[dict[str, object]],
    firewall: list[dict[str, object]] | str | None = None,
    health: dict[str, object] | str | None = None,
    time: str | None = None,
) -> dict[str, object]:
    from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
    from ansible_collections.hosting.websec.plugins.module_utils._report.customer_documents import customers, to_text
    from ansible_collections.hosting.websec.plugins.module_utils._report.given_health import are_rows, given_health
    from ansible_collections.hosting.websec.plugins.module_utils._report.times import moment

    if not are_rows(rows):
        raise AnsibleFilterError(f"{NAME} takes a list of rows, such as sitelock_accounts_report.")
    # Ansible-core before 2.19 makes an empty text of none.
    firewall = None if firewall == "" else firewall
    if firewall is not None and (isinstance(firewall, str) or not are_rows(firewall)):
        raise AnsibleFilterError(f"{NAME}: firewall is not a list of rows of sitelock_waf_report.")
    now = moment(time) if time else datetime.datetime.now(datetime.timezone.utc)
    if now is None:
        raise AnsibleFilterError(f"{NAME}: time is {time!r}. Write it as ISO 8601, such as 2026-11-29T03:00:00Z.")
    try:
        found = customers(rows, now, firewall=firewall, health=given_health(health or {}))
    except WebsecError as error:
        raise AnsibleFilterError(f"{NAME}: {error.message}") from None
    return {
        "documents": [to_text(document) for document in found.documents.values()],
        "incomplete": found.incomplete,
        "without_number": found.without_number,
    }


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"sitelock_customer_documents": sitelock_customer_documents}
