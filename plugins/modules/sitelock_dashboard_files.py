#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_dashboard_files
short_description: Write one JSON file for each SiteLock customer, for your own panel
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Writes the documents of P(hosting.websec.sitelock_customer_documents#filter) to a directory, one file each, named by
    the number of the account, such as C(570.json). It sends no requests.
  - Only files that differ are replaced. A file is replaced atomically, so a panel reads the former file or the new one,
    and never a part of it.
  - A file, link or directory of somebody else with such a name is not replaced. That customer fails.
  - The failure of one customer does not stop the others.
extends_documentation_fragment:
  - hosting.websec.attributes
attributes:
  check_mode:
    support: full
    details:
      - In check mode the directory may be missing.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  directory:
    description: The directory, an absolute path on the host. It must exist.
    type: path
    required: true
  documents:
    description:
      - The C(documents) of P(hosting.websec.sitelock_customer_documents#filter), JSON texts.
    type: list
    elements: str
    required: true
  mode:
    description: The permissions of the files, as digits in quotes.
    type: str
    default: "0640"
  owner:
    description: Name or number of the owner. By default an existing file keeps its own.
    type: str
  group:
    description: Name or number of the group. By default an existing file keeps its own.
    type: str
  prune:
    description:
      - Remove the files of customers who are neither in O(documents) nor in O(keep).
      - Only files with the mark of this format and the number of their account in them are removed. Without any
        customer the task fails, and if a document is not valid, no file is removed.
      - Give all customers who have a file in the directory. With a part of them, such as a slice of a job, the files of
        the others would be removed.
    type: bool
    default: false
  keep:
    description:
      - Numbers of accounts whose file stays as it is, such as C(incomplete) of
        P(hosting.websec.sitelock_customer_documents#filter).
    type: list
    elements: raw
    default: []
  on_error:
    description:
      - V(fail) fails the task at its end if a customer failed. V(report) does not.
    type: str
    choices: [fail, report]
    default: fail
  deadline:
    description:
      - Time after which no other file is written, in seconds since 1970, as V(now(\).timestamp(\)) gives it. Customers
        who were not reached have C(deferred=true).
    type: float
  results:
    description:
      - V(all) returns an entry for each customer.
      - V(notable) returns only entries that changed, failed, or are deferred, and at most 500 of them. The file
        RV(results_file) then contains all entries.
    type: str
    choices: [all, notable]
    default: all
  progress_file:
    description:
      - File to which the module writes its progress. You do not need to set it.
    type: path
seealso:
  - plugin: hosting.websec.sitelock_customer_documents
    plugin_type: filter
  - module: hosting.websec.sitelock_sso_link
"""

EXAMPLES = r"""
- name: Write the files of all customers
  hosting.websec.sitelock_dashboard_files:
    directory: /srv/panel/sitelock
    documents: "{{ customers.documents }}"
    keep: "{{ customers.incomplete }}"
    group: panel
  vars:
    customers: >-
      {{ sitelock_accounts_report | hosting.websec.sitelock_customer_documents(firewall=sitelock_waf_report) }}
"""

RETURN = r"""
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(customers). It is removed when
      C(ansible-playbook) ends.
  returned: with O(results=notable)
  type: str
customers:
  description: One entry for each document, in the order of O(documents), and then for each removed file.
  returned: always, unless the options were refused
  type: list
  elements: dict
  contains:
    account_id:
      description: Number of the account. V(null) if the document is not valid.
      type: int
      sample: 570
    file:
      description: The file. V(null) if the document is not valid.
      type: str
      sample: /srv/panel/sitelock/570.json
    step:
      description:
        - V(created), V(replaced), V(permissions) if only mode or owner changed, V(removed), or V(null).
      type: str
      sample: replaced
    changed:
      description: Whether the file was changed, or in check mode would be changed.
      type: bool
      sample: true
    failed:
      description: Whether this customer failed.
      type: bool
      sample: false
    error:
      description: The error of this customer, in fields that a playbook can test. V(null) if there is none.
      type: dict
      sample: null
    deferred:
      description:
        - Whether it was not reached, because the time was over (O(deadline)) or the task was stopped. It has not
          failed.
      type: bool
      sample: false
    deferred_reason:
      description: Always V(null); for the sake of a common form of results.
      type: str
      sample: null
counts:
  description: Number of documents, and of files by what happened to them.
  returned: always, unless the options were refused
  type: dict
  sample: {documents: 5000, created: 2, replaced: 31, permissions: 0, removed: 0, failed: 0}
summary:
  description: The same in one line.
  returned: always, unless the options were refused
  type: str
  sample: "5,000 customers: 2 created, 31 replaced."
deferred:
  description: Number of customers that were not reached.
  returned: always, unless the options were refused
  type: int
  sample: 0
error:
  description: The error that ended the task before anything was written.
  returned: when the whole task failed
  type: dict
  sample:
    kind: bad_input
    message: "/srv/panel/sitelock cannot be opened: No such file or directory."
    hint: Create the directory, or correct the path.
"""


from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec, run_context_options
from ansible_collections.hosting.websec.plugins.module_utils._dashboard.task import write_documents
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._web.host import Host
from ansible_collections.hosting.websec.plugins.module_utils._web.moving import mover


def main() -> None:
    own = ArgumentSpec(
        options={
            "directory": {"type": "path", "required": True},
            "documents": {"type": "list", "elements": "str", "required": True},
            "mode": {"type": "str", "default": "0640"},
            "owner": {"type": "str"},
            "group": {"type": "str"},
            "prune": {"type": "bool", "default": False},
            "keep": {"type": "list", "elements": "raw", "default": []},
            "on_error": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
        },
    )
    module = AnsibleModule(**run_context_options().merge(own).to_kwargs(), supports_check_mode=True)
    host = Host(module.run_command, mover(selinux_enabled=module.selinux_enabled()))
    run_bulk_module(
        module,
        lambda context: write_documents(
            module.params, context, host, check_mode=module.check_mode, with_diff=module._diff
        ),
    )


if __name__ == "__main__":
    main()
