#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_backups_info
short_description: Read the backups of sites at SiteLock
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Reads the backups and restores of many sites (C(getBackupSummary)), and on demand their settings, the content of a
    backup and the files that changed before it.
  - For each site it makes one call, and one more for each of O(settings), O(details) and O(changed_files).
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.sitelock_sites
  - hosting.websec.run_context
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  sites:
    description:
      - The sites, each at most once. An entry is a dictionary with C(site_id) or C(domain) or both, and on demand
        with C(backup_id), the backup for O(details) and O(changed_files). Other keys are not used, so it may be an
        entry of a site file.
      - Without C(site_id) the number of the site comes from O(site_ids), else one C(checkDomain) call looks it up.
    type: list
    elements: raw
    required: true
  start_date:
    description: First day of the backups to read, in the form V(YYYY-MM-DD). Give both dates or none.
    type: str
  end_date:
    description: Last day of the backups to read, in the same form. Without dates SiteLock chooses them.
    type: str
  settings:
    description:
      - Whether to read the settings of the backup (C(getBackupSettings)), with the errors of signing in to the site.
        Passwords are never in them.
    type: bool
    default: false
  details:
    description:
      - Whether to read the content of a backup (C(getBackupDetails)), of C(backup_id) of the entry, else of
        RV(sites[].last_backup_id).
    type: bool
    default: false
  changed_files:
    description:
      - Whether to read the files that changed before a backup (C(getBackupFilesChanged)), of C(backup_id) of the entry,
        else of the newest one.
    type: bool
    default: false
notes:
  - The end of the response of C(getBackupSummary) is not public. Documented are C(action), and of the part C(backup_db)
    its C(completed_at) and C(err_code). The number of a backup, and that C(backup_files) has the same form, are
    inferred. RV(sites[].summary) has the response as it is. Not verified against the live service.
  - Times are in the form of the API, which does not say their time zone.
seealso:
  - module: hosting.websec.sitelock_backup
"""

EXAMPLES = r"""
- name: Read the backups of all sites
  hosting.websec.sitelock_backups_info:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    sites: "{{ sitelock_waf_sites }}"
    settings: true
    on_error: report
  register: backups

- name: Show the sites whose files cannot be fetched
  ansible.builtin.debug:
    msg: "{{ backups.sites | selectattr('ftp_failed') | map(attribute='domain') }}"
"""

RETURN = r"""
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(sites). It is removed when
      C(ansible-playbook) ends.
  returned: with O(results=notable)
  type: str
sites:
  description: One entry per site, in the order of O(sites).
  returned: always, unless the options were refused
  type: list
  elements: dict
  contains:
    site_id:
      description: The site. V(null) if its number is not known.
      type: int
      sample: 442989
    domain:
      description: Its domain, as in the entry.
      type: str
      sample: shop.example
    last_backup_at:
      description: When the newest backup without an error was complete. V(null) if the response has none.
      type: str
      sample: "2026-11-29 03:00:00"
    last_backup_id:
      description: The number of this backup. V(null) if the response does not say it.
      type: int
      sample: 77
    last_backup_error:
      description: The C(err_code) of the newest backup, if it has one. V(null) if a later one has none.
      type: str
      sample: null
    last_restore_at:
      description: When the newest restore without an error was complete.
      type: str
      sample: null
    backups:
      description: Backups and restores, in the order of the API.
      type: list
      elements: dict
      contains:
        action:
          description: V(backup) or V(restore).
          type: str
          sample: backup
        backup_id:
          description: Its number. V(null) if the response does not say it.
          type: int
          sample: 77
        backup_files_id:
          description: The number of its files. V(null) if the response does not say it.
          type: int
          sample: 771
        backup_db_id:
          description: The number of its database. V(null) if the response does not say it.
          type: int
          sample: 772
        files:
          description: Whether it has files.
          type: bool
          sample: true
        database:
          description: Whether it has a database.
          type: bool
          sample: true
        completed_at:
          description: When its last part was complete. V(null) if it is not.
          type: str
          sample: "2026-11-29 03:00:00"
        err_code:
          description: The first error of its parts. V(null) if there is none.
          type: str
          sample: null
    files_status:
      description: C(status) of the settings of files. V(null) without O(settings).
      type: str
      sample: active
    database_status:
      description: C(status) of the settings of the database. V(null) without O(settings).
      type: str
      sample: active
    pending_backup:
      description:
        - Whether a backup runs. The settings of backup and SMART cannot be changed meanwhile. V(null) without
          O(settings).
      type: bool
      sample: false
    ftp_failed:
      description: Whether the last sign-in to the site failed. V(null) without O(settings).
      type: bool
      sample: false
    ftp_error:
      description: The C(connection_err_msg) of the settings. V(null) if there is none.
      type: str
      sample: null
    summary:
      description: The response of C(getBackupSummary), as it is. V(null) if it was not read.
      type: dict
      sample: {backup: [{action: backup}]}
    settings:
      description: The response of C(getBackupSettings), as it is. V(null) if it was not read.
      type: dict
      sample: null
    details:
      description: The content of a backup. V(null) if it was not read, or there is no backup.
      type: dict
      sample:
        backup_id: 77
        created_at: "2026-11-29 03:00:00"
        backup_root: /public_html
        num_files: 1
        size_kb: 12
        dirs: [/public_html/css]
        files: [{id: 9, name: index.php}]
    changed_files:
      description: The files that changed before a backup. V(null) if they were not read.
      type: dict
      sample:
        backup_id: 77
        backup_root: /public_html
        added: [{file_id: 9, path: /public_html/index.php, size_kb: 12}]
        modified: []
        deleted: []
    failed:
      description: Whether this site failed.
      type: bool
      sample: false
    error:
      description: The error of this site, in fields that a playbook can test. V(null) if there is none.
      type: dict
      sample: null
    deferred:
      description:
        - Whether it was not reached, because the time was over (O(deadline)) or the task was stopped. It has not
          failed.
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
  description: Number of sites that were not reached, see RV(sites[].deferred).
  returned: always, unless the options were refused
  type: int
  sample: 0
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import (
    ArgumentSpec,
    bulk_options,
    run_context_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._results import (
    bulk_result,
    deferred_count,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.backups.reading import read_backups
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.each_site import site_list_options


def run(options: dict[str, t.Any], context: RunContext) -> dict[str, t.Any]:
    rows = read_backups(options, context)
    return bulk_result("sites", rows, key="site_id", on_error=options["on_error"], deferred=deferred_count(rows))


def main() -> None:
    own = ArgumentSpec(
        options={
            "start_date": {"type": "str"},
            "end_date": {"type": "str"},
            "settings": {"type": "bool", "default": False},
            "details": {"type": "bool", "default": False},
            "changed_files": {"type": "bool", "default": False},
        },
    ).merge(site_list_options("backup_id"))
    spec = sitelock_options().merge(bulk_options()).merge(run_context_options()).merge(own)
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(module, lambda context: run(module.params, context))


if __name__ == "__main__":
    main()
