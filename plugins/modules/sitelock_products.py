#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_products
short_description: Manage SMART, backups, shield and scans of many SiteLock sites
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Brings the settings of the products behind the firewall to the desired state, for many sites in one task.
  - The settings are divided into sections. Only sections that an entry of O(sites) names are read and written. A
    section that does not differ is not written. After each write it is read again, and that decides.
  - An entry that is not valid changes nothing at its site. A section that the API refuses does not stop the other
    sections of its site. Neither stops the other sites.
  - While a backup is pending (C(pending_backup)), SiteLock lets nobody change the settings of SMART and of backups. A
    site with a change in one of them has RV(sites[].waiting_for), and has not failed. Its other sections are written.
  - For N sites with S sections each it makes N x S calls that read. A section that is written is read once more before
    and after it. A read of a section of SMART that differs is followed by one C(getBackupSettings). For all sites of a
    plan whose C(scan_frequency) differs it makes one C(getPlanScanFrequency).
  - It orders nothing. A product that the plan of a site does not include is an error of its section.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.run_context
  - hosting.websec.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - With O(update_password=always) and O(force_frequency=true), or the same keys in a section, each run sends what
        cannot be read back.
options:
  sites:
    description:
      - The sites, each at most once. An entry has C(site_id) or C(domain) or both, and the sections below. They are
        written in this order.
      - Without C(site_id) the number of the site comes from O(site_ids), else one C(checkDomain) call looks it up.
      - "C(smart): the repair of files. C(docroot) is a path, C(exclude_dirs) a list of paths, C(exclude_exts) and
        C(exclude_files) are one text each, sent as it is. C(frequency) is one of C(daily), C(weekly), C(monthly),
        C(quarterly), C(continuous) and C(never), C(auto_fix) is C(fix) or C(warn), C(parallel) is C(1) to C(3). It has
        the sign-in below."
      - "The sign-in to the web server has the same keys in all sections: C(protocol) (C(ftp), C(sftp) or C(ftps)),
        C(ftp_host), C(port), C(ftp_user), C(ftp_timeout) in seconds (not in C(smart_database)), and C(ftp_pw) or
        C(gen_ssh_key). With C(gen_ssh_key=true) SiteLock makes a key pair if it has none. Put the public key, which is
        in RV(sites[].details), on the web server. If the API does not show the one of a configured C(smart), it is made
        with C(update_password=always) only."
      - "C(ftp_pw) and C(db_pw) cannot be read back. They are sent when something else of their section differs, which
        includes the first time, or with C(update_password=always) in the section."
      - "C(smart_patch): C(auto_fix_app), what happens to applications with known holes: C(warn), C(fix) or C(ignore).
        It needs C(smart), at the site or in the same entry."
      - "C(smart_database): the repair of databases. C(malware), C(spam_code) and C(spam_link) are C(fix) or C(warn). It
        has the sign-in. It needs C(smart), at the site or in the same entry."
      - "C(backup_files): C(backup_root) is a path, C(excluded_dirs), C(excluded_exts) and C(excluded_files) are one
        text each, sent as it is. C(exclude_size_kb) is a number, C(status) is C(active) or C(inactive). It has the
        sign-in."
      - "C(backup_db): C(db_host), C(db_type), C(db_user), C(db_pw), C(root_dir), the list C(selected_schemas), and
        C(status). It has the sign-in. How the API takes this section is not public, see C(docs/products.md)."
      - "C(shield): the Trust Seal. C(language), such as C(en), C(size) (C(small), C(medium), C(big)), C(color) (C(red),
        C(white)) and C(type) (C(mal), C(secure)), as far as the site offers them."
      - "C(ssl_hosts): the host whose certificate is monitored, a list at C(exact), or at C(present) and C(absent). A
        site has one. C(exact) with an empty list removes it."
      - "C(scan_frequency): C(frequency), which is one of C(daily), C(weekly), C(monthly), C(quarterly), C(never) and,
        for old plans, C(hourly), and C(subscription), the id of the plan of the site, which must offer it. A text in
        place of the dictionary is the frequency. If the API does not show the current one, nothing is sent, unless
        C(force_frequency=true), which is for a single run."
    type: list
    elements: raw
    required: true
  update_password:
    description:
      - V(always) sends the passwords of all sections in each run, for a rotation. A section says otherwise for itself.
    type: str
    choices: [on_change, always]
    default: on_change
  force_frequency:
    description:
      - Whether C(scan_frequency) is sent where the API does not show the current one. A section says otherwise for
        itself.
    type: bool
    default: false
  site_ids:
    description: Numbers of sites by their domain, for entries without C(site_id).
    type: dict
    default: {}
  only_ready:
    description:
      - Whether sites whose Firewall & CDN is not in the state V(ready) are left alone. They have
        RV(sites[].waiting_for), and have not failed. The state is read, one C(getAnpProvisioningStatus) for each site,
        unless it is in O(states).
    type: bool
    default: false
  states:
    description: States of sites by their domain, as M(hosting.websec.sitelock_waf_sites) has just returned them.
    type: dict
    default: {}
  max_changes:
    description:
      - Maximum number of sites whose settings may change in one run, or a percentage of O(sites), such as V(25%).
        If more would change, nothing is sent, and the task fails with a list of them.
      - A percentage allows at least 10. Without this option there is no limit.
    type: str
  concurrency:
    description: Number of parallel calls.
    type: int
    default: 8
  on_error:
    description:
      - V(fail) fails the task if a site failed, after all sites are done. V(report) only returns the error of the site.
    type: str
    choices: [fail, report]
    default: fail
seealso:
  - module: hosting.websec.sitelock_products_info
  - module: hosting.websec.sitelock_waf_policies
  - module: hosting.websec.sitelock_accounts
"""

EXAMPLES = r"""
- name: Repair and back up two shops
  hosting.websec.sitelock_products:
    api_username: reseller
    api_password: "{{ vault_sitelock_password }}"
    sites:
      - site_id: 442989
        domain: shop.example
        smart:
          docroot: /public_html
          exclude_dirs: [/public_html/cache]
          frequency: daily
          auto_fix: fix
          protocol: sftp
          ftp_host: ftp.shop.example
          ftp_user: shop
          gen_ssh_key: true
        smart_patch:
          auto_fix_app: warn
        shield:
          size: small
          color: white
        ssl_hosts:
          exact: [www.shop.example]
      - domain: blog.example
        backup_files:
          backup_root: /public_html
          ftp_host: ftp.blog.example
          ftp_user: blog
          ftp_pw: "{{ vault_blog_ftp_password }}"
          status: active

- name: Send the new password of one web server
  hosting.websec.sitelock_products:
    api_username: reseller
    api_password: "{{ vault_sitelock_password }}"
    sites:
      - site_id: 442990
        backup_files:
          ftp_pw: "{{ vault_blog_ftp_password }}"
          update_password: always

- name: Scan a site every day, although the API does not show how often it is scanned
  hosting.websec.sitelock_products:
    api_username: reseller
    api_password: "{{ vault_sitelock_password }}"
    sites:
      - site_id: 442989
        scan_frequency:
          frequency: daily
          subscription: "8765"
          force_frequency: true
"""

RETURN = r"""
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(sites). It is removed when
      C(ansible-playbook) ends.
  returned: with O(results=notable)
  type: str
sites:
  description: The sites, in the order of O(sites).
  returned: always, unless the options were refused
  type: list
  elements: dict
  contains:
    site_id:
      description: The site. V(null) if the entry does not name one.
      type: int
      sample: 442989
    domain:
      description: Its domain, as in the entry.
      type: str
      sample: shop.example
    sections:
      description: The sections that were processed.
      type: list
      elements: str
      sample: [smart, shield]
    changed_sections:
      description: The sections that were changed, or in check mode would be changed.
      type: list
      elements: str
      sample: [smart]
    actions:
      description: The API methods that were sent, or in check mode would be sent.
      type: list
      elements: str
      sample: [modifySMART]
    details:
      description:
        - What is known of a section and cannot be set, by its name. C(ssh_pub_key) is the public key that has to be on
          the web server. C(error_str), C(connection_err_msg), C(ftp_status), C(feature_status), C(pending_backup),
          C(id) and C(created_at) are documented elements of the answers.
        - C(answer) has the elements that are not documented, as the API sends them. They may change. Of
          C(scan_frequency) it is the whole answer of C(scanInfo).
      type: dict
      sample: {}
    needs_person:
      description: What a person has to know or to do although nothing failed, such as a sign-in that does not work.
      type: list
      elements: str
      sample: ["smart: SiteLock reports a problem: Login incorrect"]
    changed:
      description: Whether something was changed at this site.
      type: bool
      sample: true
    failed:
      description: Whether a section of this site failed, or its entry is not valid.
      type: bool
      sample: false
    error:
      description: The first of RV(sites[].errors). V(null) if there is none.
      type: dict
      sample: null
    errors:
      description: What went wrong, in fields that a playbook can test. C(section) names the section.
      type: list
      elements: dict
      sample: []
    waiting_for:
      description:
        - What the site waits for, such as the end of a backup. V(null) if it does not wait. What does not have to wait
          was done.
      type: str
      sample: "the end of a backup (pending_backup is 1)"
    deferred:
      description:
        - Whether it was not reached, or not done to its end, because the time was over (O(deadline)) or the task was
          stopped. It has not failed.
      type: bool
      sample: false
    deferred_reason:
      description:
        - Why nothing was sent for it although there was time. The calls for other items failed for a reason that holds
          for all of them, such as a wrong password. RV(sites[].deferred) is true then.
        - V(null) if nothing stopped it.
      type: str
      sample: null
deferred:
  description: Number of sites that were deferred to the next run.
  returned: always, unless the options were refused
  type: int
  sample: 0
summary:
  description: What was sent, or in check mode would be sent, in one line.
  returned: always, unless the options were refused
  type: str
  sample: "changes of 2 sites: smart 2, shield 1"
"""

import datetime

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import bulk_options, run_context_options
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.task import (
    product_options,
    run_products,
)


def main() -> None:
    spec = sitelock_options().merge(bulk_options()).merge(run_context_options()).merge(product_options())
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    now = datetime.datetime.now(datetime.timezone.utc)
    run_bulk_module(
        module, lambda context: run_products(module.params, check_mode=module.check_mode, context=context, now=now)
    )


if __name__ == "__main__":
    main()
