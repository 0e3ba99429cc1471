#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_first_contact_info
short_description: Say what the live SiteLock API does where its documents are silent
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Reads one or two sites of your own, and says for each open point of C(docs/not-verified.md) that can be seen without
    a write what the API does.
  - B(It only reads.) Its client refuses every method that changes, buys, deletes or starts anything, before anything is
    sent.
  - B(The report can be sent to the maintainers.) It contains fixed words, numbers of calls and names of elements.
    It contains no text of the API, and so no credentials, domains, ids or customer data. A name is only in it if all of
    its words are in a list of technical words. Names that are not are counted.
  - An observation that fails costs only its own row. The row then says why nothing was seen.
  - After a refusal of the credentials, or two calls in a row without any answer, nothing more is asked. If only one
    call is refused, C(getSiteLockIPs) shows whether the credentials are still accepted.
  - C(getAnpProvisioningStatus) is among the calls. For a site that waits for its validation it makes SiteLock look for
    the TXT record, as every pass does.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  sites:
    description:
      - Up to 10 sites of your own. One on which much is set up and one on which nothing is show the most.
    type: list
    elements: dict
    required: true
    suboptions:
      site_id:
        description: The number of the site at SiteLock.
        type: raw
        required: true
      has:
        description:
          - What the site has, as the dashboard shows it. Where this is not in a response, the response leaves it out.
          - V(backup) is a backup product, V(bundle) and V(plan) are its subscription, V(certificate) is an uploaded
            certificate, V(exceptions) are exceptions to a rule of the firewall, V(ssh_key) is a key for SMART.
          - V(subdomain) means that its domain is not a zone of its own.
        type: list
        elements: str
        choices: [backup, bundle, certificate, exceptions, plan, ssh_key, subdomain]
        default: []
  account_id:
    description: The number of the account of these sites. Without it, some points remain open.
    type: raw
  ended_account_id:
    description: The number of an account that has ended.
    type: raw
  ended_login:
    description: The login of an account that has ended.
    type: str
  foreign_domain:
    description: A domain that is at SiteLock, but not in an account of yours.
    type: str
  brand:
    description:
      - A brand name of yours. One read is sent with it beside the access token, to see whether the API accepts this.
      - It needs O(api_client_id) and O(api_client_secret).
    type: str
  try_unknown:
    description:
      - Also ask for an account and a site with the number 999999999, which probably do not exist, and for messages with
        a wrong date. It shows how errors look.
    type: bool
    default: true
  try_wrong_credentials:
    description:
      - Also send one read with a wrong password, and one with the right password in another form, each once. With
        O(api_client_id), one read with a wrong access token instead.
      - It is off by default, because SiteLock does not document after how many of them it locks an account. Nobody else
        should work with the same account at this time.
    type: bool
    default: false
  try_login_link:
    description:
      - Also create a login link for O(account_id) (C(createToken)), to see its form. The link is discarded. SiteLock
        lets it expire after 5 minutes.
    type: bool
    default: false
  report:
    description:
      - Also fetch this report, as O(hosting.websec.sitelock_bulk_report#module:report) names it, to see the form of its
        files. It needs O(api_username) and O(api_password).
      - Of its first two files, no more than the first megabyte is read. Nothing of it is kept or shown.
      - With O(try_unknown), a file of it with the number 999999999 is requested as well.
    type: str
  report_period:
    description: The day of O(report), as O(hosting.websec.sitelock_bulk_report#module:period).
    type: str
  time_limit:
    description: Seconds after which no call starts, 1 or greater. What was not seen by then is reported as such.
    type: int
    default: 600
seealso:
  - module: hosting.websec.botguard_first_contact_info
  - module: hosting.websec.sitelock_bulk_report
"""

EXAMPLES = r"""
- name: See what the live API does
  hosting.websec.sitelock_first_contact_info:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    sites:
      - site_id: 5678
        has: [plan]
    account_id: 570
  register: contact

- name: Write the report
  ansible.builtin.copy:
    content: "{{ contact.markdown }}"
    dest: first-contact.md
    mode: "0644"
"""

RETURN = r"""
report:
  description:
    - What was seen. A task that could not read anything fails, and returns a report as well.
  returned: when the options are right
  type: dict
  contains:
    vendor:
      description: Always V(SiteLock).
      type: str
      sample: SiteLock
    seen:
      description: Number of rows with an answer.
      type: int
      sample: 41
    not_seen:
      description: Number of rows without one.
      type: int
      sample: 26
    rows:
      description: One row for each open point.
      type: list
      elements: dict
      contains:
        id:
          description: The point, as in C(docs/not-verified.md).
          type: str
          sample: ready_answer
        question:
          description: What is open.
          type: str
          sample: whether ready responses contain the addresses
        outcome:
          description:
            - What the API does, in one word. V(mixed) means that it differs between sites or responses.
            - V(not seen) means that nothing shows it, see RV(report.rows[].reason).
          type: str
          sample: short
        reason:
          description:
            - For V(not seen), one of V(nothing_there), V(not_given), V(not_tried), V(refused), V(credentials_refused),
              V(no_answer), V(bad_response), V(one_file), V(time_limit) or V(unexpected). Otherwise it is empty.
          type: str
          sample: ""
    calls:
      description: What came of the calls, by method.
      type: list
      elements: dict
      contains:
        method:
          description: The method.
          type: str
          sample: getStatus
        outcomes:
          description: How often it was V(answered), or failed with which kind of error.
          type: dict
          sample: {"answered": 2, "not_found": 1}
        element_names:
          description: Names of elements and attributes in its responses, if all of their words are technical words.
          type: list
          elements: str
          sample: [accountInformation, addon, addons, name]
        other_element_names:
          description: Number of other names, which are not shown.
          type: int
          sample: 0
markdown:
  description: The same as a page.
  returned: when the options are right
  type: str
error:
  description: The error, in fields that a playbook can test.
  returned: failure
  type: dict
  sample:
    kind: bad_input
    code: null
    extended_code: null
    message: "site_id is 'shop'; it must be the positive number that the vendor assigned."
    hint: Write it as a whole number, such as 8765, or in quotes.
    http_status: null
"""

import datetime
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.limits import TIME_LIMIT, limited
from ansible_collections.hosting.websec.plugins.module_utils._module import run_module
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.contract import OPTIONS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.task import first_contact
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options


def run(options: dict[str, t.Any]) -> dict[str, t.Any]:
    return first_contact(options, limited(options), datetime.datetime.now(datetime.timezone.utc).date())


def main() -> None:
    own = ArgumentSpec(
        options={**OPTIONS, **TIME_LIMIT},
        required_together=(("report", "report_period"),),
    )
    module = AnsibleModule(**sitelock_options().merge(own).to_kwargs(), supports_check_mode=True)
    run_module(module, lambda: run(module.params))


if __name__ == "__main__":
    main()
