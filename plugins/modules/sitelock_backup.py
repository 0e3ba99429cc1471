#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_backup
short_description: Make, restore and delete backups of sites at SiteLock
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Makes a backup of sites now, restores a backup, or deletes one (C(manageBackup)).
  - This is an action, not a state, and never idempotent. Each run does it again, and reports a change. In check mode
    nothing is done.
  - A restore overwrites the files or the database of the live site, and a backup that is deleted cannot be brought
    back. So each entry must then have C(confirm) with the domain of the site. It is looked up with C(checkDomain), and
    nothing is sent for the site unless the domain belongs to the site with this number.
  - C(getBackupDetails), else C(getBackupSummary), must also show the backup at this site, because the number of another
    site's backup would bring the wrong files to the live site.
  - A call whose response was lost is never sent again. The site has an error of the kind C(outcome_unknown).
  - It makes one call for each site, and two or three more to restore or delete.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.sitelock_sites
  - hosting.websec.run_context
  - hosting.websec.attributes
attributes:
  check_mode:
    support: full
    details:
      - Nothing is changed in check mode. All checks are made, with C(confirm), and a change is reported.
  diff_mode:
    support: none
    details:
      - There is nothing to compare.
  idempotent:
    support: none
    details:
      - Each run does it again.
options:
  sites:
    description:
      - The sites, each at most once. An entry is a dictionary with C(site_id) or C(domain) or both, and for
        O(operation=restore) and O(operation=delete) with C(backup_id) and C(confirm). Other keys are not used.
      - C(backup_id) is the number of the backup, see M(hosting.websec.sitelock_backups_info).
      - C(confirm) is the domain of the site.
      - Without C(site_id) the number of the site comes from O(site_ids), else one C(checkDomain) call looks it up.
    type: list
    elements: raw
    required: true
  operation:
    description:
      - V(backup) makes a backup.
      - V(restore) brings a backup back to the live site. Its name is not in the public part of the vendor's page.
      - V(delete) deletes a backup.
    type: str
    choices: [backup, restore, delete]
    required: true
  parts:
    description:
      - Which parts of the site. By default those that the backup of the site has.
    type: list
    elements: str
    choices: [files, database]
notes:
  - The responses of C(manageBackup) are not public. RV(sites[].answer) has the response as it is. Not verified against
    the live service.
  - The operation goes on at SiteLock after the task has ended. M(hosting.websec.sitelock_backups_info) shows its
    result.
seealso:
  - module: hosting.websec.sitelock_backups_info
"""

EXAMPLES = r"""
- name: Back up a shop before a release
  hosting.websec.sitelock_backup:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    operation: backup
    sites:
      - site_id: 442989

- name: Restore its files
  hosting.websec.sitelock_backup:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    operation: restore
    parts: [files]
    sites:
      - site_id: 442989
        backup_id: 77
        confirm: shop.example
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
    changed:
      description: Whether the operation was started, or in check mode would be.
      type: bool
      sample: true
    backup_id:
      description: The backup. For a new one, what the response says, if it does. V(null) if it is not known.
      type: int
      sample: 77
    answer:
      description: The response of C(manageBackup) as it is. V(null) if nothing was sent.
      type: dict
      sample: {status: ok}
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
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.backups.managing import (
    OPERATIONS,
    PARTS,
    manage_backups,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.each_site import site_list_options


def run(options: dict[str, t.Any], context: RunContext, *, check_mode: bool) -> dict[str, t.Any]:
    rows = manage_backups(options, check_mode=check_mode, context=context)
    return bulk_result("sites", rows, key="site_id", on_error=options["on_error"], deferred=deferred_count(rows))


def main() -> None:
    own = ArgumentSpec(
        options={
            "operation": {"type": "str", "choices": list(OPERATIONS), "required": True},
            "parts": {"type": "list", "elements": "str", "choices": list(PARTS)},
        },
    ).merge(site_list_options("backup_id", "confirm"))
    spec = sitelock_options().merge(bulk_options()).merge(run_context_options()).merge(own)
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(module, lambda context: run(module.params, context, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
