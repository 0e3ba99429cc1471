# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: fleet_report_page
short_description: Render the report of a pass as an HTML page, as data, or for a terminal
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Renders the output of the role P(hosting.websec.fleet_report#role) from the rows of a pass of the role
    P(hosting.websec.sitelock_waf#role).
  - The page is a self-contained HTML document. Values from the rows are shown as text and never executed.
  - Only the fields documented by the role are used. Other fields of a row are ignored.
options:
  _input:
    description: The rows, such as C(sitelock_waf_report).
    type: list
    elements: dict
    required: true
  form:
    description:
      - V(page) gives the HTML document, a text.
      - V(data) gives the JSON document that the README of the role P(hosting.websec.fleet_report#role) describes, a
        text.
      - V(facts) gives a mapping with the C(summary) of that document, and with the SHA-256 checksums C(page) and
        C(data) of both texts as they would be with the time of O(previous). C(previous_problem) says why O(previous)
        cannot be used, which is also a warning; it is usually empty.
      - V(metrics) gives the counts in the text format of Prometheus, without a domain or an account.
      - V(junit) gives JUnit XML with one test case for each site and account, as merge requests show it. A case fails
        if the site needs action, or if a run in check mode would change it. It has an error if the site has one.
      - V(sarif) gives SARIF 2.1.0 with a result for each of these.
      - V(open) gives a mapping for a terminal, with the C(headline), a line with the counts, the list C(sites) of the
        sites that need action, then of those that wait, then of those that were changed.
      - V(all) gives the same, followed by all other sites.
    type: str
    choices: [page, data, facts, metrics, junit, sarif, open, all]
    default: page
  time:
    description:
      - The time of the pass in ISO 8601, such as V(2026-11-03T14:00:00Z). By default the current time.
      - The time that a site has spent in its state is measured up to this time.
    type: str
  title:
    description:
      - The heading of the page. If it is empty, it is V(SiteLock Firewall & CDN), or V(Health of the sites at SiteLock)
        if the report has nothing but health.
    type: str
    default: ""
  check_mode:
    description: Whether the pass ran in check mode, so that nothing was changed.
    type: bool
    default: false
  unmanaged:
    description:
      - The rows of the filter P(hosting.websec.unmanaged_subscriptions#filter), for the section about what is paid for
        and in no file. Without them there is no such section.
    type: list
    elements: dict
  accounts:
    description:
      - The rows of the role P(hosting.websec.sitelock_accounts#role), such as C(sitelock_accounts_report). Accounts
        with an error or a change, and those that were deferred, are then listed with the sites.
    type: list
    elements: dict
  policies:
    description:
      - The rows of the role P(hosting.websec.sitelock_waf_policy#role), such as C(sitelock_waf_policy_report), for the
        section about firewall policies. What they say is also in the rows of their sites.
    type: list
    elements: dict
  products:
    description:
      - The rows of the role P(hosting.websec.sitelock_products#role), such as C(sitelock_products_report), for the
        section about products. What they say is also in the rows of their sites.
    type: list
    elements: dict
  health:
    description:
      - What scans, backups and products say. Sites with findings are then among those that need action.
      - Without any of C(scans), C(backups) and C(products) nothing is said about the health of sites.
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
          - Ids of the plans and add-ons that have SMART. A site with one of them in O(accounts) should have it
            configured. By default every site should of which the API returned the settings of SMART.
        type: list
        elements: raw
  previous:
    description:
      - The data file of the previous report in Base64, as M(ansible.builtin.slurp) reads it. It says since when
        findings last of which the API does not say it. Without it they last since O(time).
    type: str
    default: ""
  source:
    description: The site file, as it is called in the repository, for V(sarif).
    type: str
    default: sites.yml
  source_text:
    description: Its content, in which V(sarif) finds the lines of the sites. Without it, all are in line 1.
    type: str
    default: ""
  data_name:
    description: Name of the data file, if it is in the folder of the page. The page links to it.
    type: str
    default: ""
seealso:
  - plugin: hosting.websec.waf_report_lines
    plugin_type: filter
  - plugin: hosting.websec.text_table
    plugin_type: filter
  - plugin: hosting.websec.unmanaged_subscriptions
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Write the page
  ansible.builtin.copy:
    dest: /var/www/report/index.html
    content: "{{ sitelock_waf_report | hosting.websec.fleet_report_page(time='2026-11-03T14:00:00Z') }}"
    mode: "0640"

- name: Show the sites that need action, most urgent first
  ansible.builtin.debug:
    msg: >-
      {{ (sitelock_waf_report | hosting.websec.fleet_report_page('open')).sites | rejectattr('attention', 'none')
         | hosting.websec.text_table({'domain': 'site', 'state': 'state', 'since': 'since', 'error': 'error'}) }}
"""

RETURN = r"""
_value:
  description: A text or a mapping, depending on O(form).
  type: raw
"""

import datetime
import hashlib
import typing as t

from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display

NAME = "hosting.websec.fleet_report_page"


def fleet_report_page(
    rows: list[dict[str, object]],
    form: str = "page",
    time: str | None = None,
    title: str = "",
    check_mode: bool = False,
    data_name: str = "",
    unmanaged: list[dict[str, object]] | str | None = None,
    accounts: list[dict[str, object]] | str | None = None,
    policies: list[dict[str, object]] | str | None = None,
    products: list[dict[str, object]] | str | None = None,
    health: dict[str, t.Any] | str | None = None,
    previous: str | None = None,
    source: str = "sites.yml",
    source_text: str = "",
) -> object:
    from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
    from ansible_collections.hosting.websec.plugins.module_utils._report.document import to_json
    from ansible_collections.hosting.websec.plugins.module_utils._report.given_health import are_rows, given_health
    from ansible_collections.hosting.websec.plugins.module_utils._report.junit import to_junit
    from ansible_collections.hosting.websec.plugins.module_utils._report.metrics import to_metrics
    from ansible_collections.hosting.websec.plugins.module_utils._report.overview import overview
    from ansible_collections.hosting.websec.plugins.module_utils._report.page import default_title, page
    from ansible_collections.hosting.websec.plugins.module_utils._report.previous import read_previous
    from ansible_collections.hosting.websec.plugins.module_utils._report.sarif import to_sarif
    from ansible_collections.hosting.websec.plugins.module_utils._report.times import moment

    if not are_rows(rows):
        raise AnsibleFilterError(f"{NAME} takes a list of rows, such as sitelock_waf_report.")
    now = moment(time) if time else datetime.datetime.now(datetime.timezone.utc)
    if now is None:
        raise AnsibleFilterError(f"{NAME}: time is {time!r}. Write it as ISO 8601, such as 2026-11-03T14:00:00Z.")
    others = {
        "unmanaged": (unmanaged, "unmanaged_subscriptions"),
        "accounts": (accounts, "sitelock_accounts_report"),
        "policies": (policies, "sitelock_waf_policy_report"),
        "products": (products, "sitelock_products_report"),
    }
    # Ansible-core before 2.19 makes an empty text of none.
    given = {name: None if value == "" else value for name, (value, _source) in others.items()}
    for name, value in given.items():
        if value is not None and (isinstance(value, str) or not are_rows(value)):
            raise AnsibleFilterError(f"{NAME}: {name} is not a list of rows of {others[name][1]}.")
    try:
        looked = given_health(health or {})
    except WebsecError as error:
        raise AnsibleFilterError(f"{NAME}: {error.message}") from None
    before = read_previous(str(previous or ""))
    if form == "facts":
        now = before.time or now
        if before.problem:
            Display().warning(
                f"The data file of the previous report cannot be used: {before.problem}. So the report says of findings"
                " that they were first seen now, unless the API says since when they last."
            )
    found = overview(
        rows, now, check_mode=bool(check_mode), health=looked, past=before.findings, **t.cast("t.Any", given)
    )
    texts: dict[str, t.Callable[[], str]] = {
        "page": lambda: page(found, title=str(title or default_title(found)), data_name=str(data_name)),
        "data": lambda: to_json(found),
    }
    if form in texts:
        return texts[form]()
    others_of_run: dict[str, t.Callable[[], str]] = {
        "metrics": lambda: to_metrics(found),
        "junit": lambda: to_junit(found),
        "sarif": lambda: to_sarif(found, source=str(source), source_text=str(source_text or "")),
    }
    if form in others_of_run:
        return others_of_run[form]()
    if form == "facts":
        told = {"summary": found.summary(), "previous_problem": before.problem}
        return {**told, **{name: _checksum(text()) for name, text in texts.items()}}
    if form in ("open", "all"):
        sites = [
            # Not in the data file, where `findings` says the same: the table on the terminal shows them below it.
            {**each.as_dict(), "needs_person": [f"{found.reason.title}: {found.told}" for found in each.findings]}
            for each in found.by_urgency
            if form == "all" or each.is_open
        ]
        return {"headline": found.headline(), "sites": sites}
    known = "page, data, facts, metrics, junit, sarif, open, all"
    raise AnsibleFilterError(f"{NAME}: form is {form!r}, not one of {known}.")


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"fleet_report_page": fleet_report_page}
