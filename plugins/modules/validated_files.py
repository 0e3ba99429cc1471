#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: validated_files
short_description: Write several configuration files in one transaction, with validation, activation and rollback
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Writes and removes files and links, checks the result with O(validate), and applies it with O(activate). If either
    command fails, all old files are restored, the old state is validated, activated again if O(activate) had been
    tried, and the task fails with the command's output.
  - The old files are kept in O(journal) until the change is confirmed. If the process is killed, or the host goes
    down, at any point, the next run restores the old files first, and then continues.
  - If nothing changes, no command is run.
  - If the configuration is already invalid and these files do not make it valid, nothing is changed, and the message
    says so.
  - All new files are first written next to their targets, so that a full disk is detected before anything changes. If
    the journal is on the same file system, restoring the old files needs no space either.
  - It requires only the Python standard library.
extends_documentation_fragment:
  - hosting.websec.attributes
attributes:
  check_mode:
    support: full
    details:
      - In check mode O(activate) is not run, and O(validate) as O(validate_in_check_mode) says.
  diff_mode:
    support: full
  idempotent:
    support: full
    details:
      - With O(activate_always) every run activates.
options:
  files:
    description:
      - The files, each path at most once. They are written in this order.
      - Their folders must exist, or be listed in O(folders).
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: The path on the host, absolute.
        type: path
        required: true
      content:
        description: The content of the file.
        type: str
      src:
        description: A file on the host whose content to copy.
        type: path
      link:
        description: The target of the symbolic link, written as given.
        type: str
      state:
        description:
          - V(absent) removes the file or link.
          - V(present) requires one of O(files[].content), O(files[].src) and O(files[].link).
        type: str
        choices: [present, absent]
        default: present
      mode:
        description:
          - The permissions as digits in quotes, such as V('0644').
          - By default an existing file keeps its permissions, and a new one gets V('0644').
        type: str
      owner:
        description: Name or number of the owner. By default an existing file keeps its own.
        type: str
      group:
        description: Name or number of the group. By default an existing file keeps its own.
        type: str
  folders:
    description:
      - Folders to create if they are missing, including missing parent folders, with the permissions V(0755).
      - If the change fails they are removed again.
    type: list
    elements: path
    default: []
  empty_folders:
    description:
      - Folders to remove at the end if they are empty.
    type: list
    elements: path
    default: []
  validate:
    description:
      - The command that checks the whole configuration, as a list of program and arguments, or a list of such commands.
      - It must have no side effects. It is also run before anything is written.
    type: list
    elements: raw
    default: []
  validate_in_check_mode:
    description:
      - Whether to run O(validate) in check mode, too, on the planned files, so that check mode detects an invalid
        configuration. Nothing on the host changes, because this happens in a mount namespace with overlays in memory.
      - This requires Linux and root privileges with C(CAP_SYS_ADMIN). Without them it is skipped.
      - Set it to V(false) if something that the files need does not exist yet in check mode, such as a package.
    type: bool
    default: true
  activate:
    description: The command that applies the files, such as a reload of the server, as a list of program and arguments.
    type: list
    elements: str
    default: []
  activate_always:
    description: Validate and activate even if no file changes, for example because a package installed a new program.
    type: bool
    default: false
  journal:
    description:
      - The folder for the old files, until a change is confirmed, and for the lock that excludes other runs. It is
        created if it is missing, and only its owner can read it.
      - The journal is executed with the privileges of the user who runs the module. A folder or a journal that belongs
        to another user, or was altered, is refused.
    type: path
    default: /var/lib/hosting.websec/journal
seealso:
  - module: ansible.builtin.copy
"""

EXAMPLES = r"""
- name: Switch two virtual hosts to a new upstream, both or neither
  hosting.websec.validated_files:
    files:
      - path: /etc/nginx/sites-available/shop.conf
        content: "{{ lookup('ansible.builtin.template', 'shop.conf.j2') }}"
      - path: /etc/nginx/sites-enabled/shop.conf
        link: ../sites-available/shop.conf
      - path: /etc/nginx/sites-enabled/old-shop.conf
        state: absent
    validate: [nginx, -t]
    activate: [systemctl, reload, nginx]
"""

RETURN = r"""
files:
  description: The paths that were changed, in order, or in check mode would be changed.
  returned: success
  type: list
  elements: str
  sample: [/etc/nginx/conf.d/50-botguard.conf]
made:
  description: The folders that were created, or in check mode would be created.
  returned: success
  type: list
  elements: str
removed:
  description: The folders that were removed, or in check mode would be removed.
  returned: success
  type: list
  elements: str
activated:
  description: Whether O(activate) was run, or in check mode would be run.
  returned: success
  type: bool
recovered:
  description: The paths that were restored first, because an interrupted run had left them changed.
  returned: success
  type: list
  elements: str
restored:
  description: Whether files had been written and all of them were restored because of a failure.
  returned: failure
  type: bool
stdout:
  description: Standard output of the failed command.
  returned: when a command failed
  type: str
stderr:
  description: Standard error of the failed command.
  returned: when a command failed
  type: str
  sample: "nginx: [emerg] unknown directive \"botguard_chek\" in /etc/nginx/conf.d/50-botguard.conf:3"
cmd:
  description: The command that failed.
  returned: when a command failed
  type: list
  elements: str
  sample: [nginx, -t]
error:
  description: >-
    The error. C(kind) is V(rejected), V(bad_input) or V(unavailable) (another run is in progress, or its
    journal cannot be used).
  returned: failure
  type: dict
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._web.files import diff, plain_path, read_desired
from ansible_collections.hosting.websec.plugins.module_utils._web.host import Host
from ansible_collections.hosting.websec.plugins.module_utils._web.journal import Journal
from ansible_collections.hosting.websec.plugins.module_utils._web.moving import mover
from ansible_collections.hosting.websec.plugins.module_utils._web.options import failed, read_command, read_commands
from ansible_collections.hosting.websec.plugins.module_utils._web.transaction import Refused, Transaction

FILE: dict[str, dict[str, t.Any]] = {
    "path": {"type": "path", "required": True},
    "content": {"type": "str"},
    "src": {"type": "path"},
    "link": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "mode": {"type": "str"},
    "owner": {"type": "str"},
    "group": {"type": "str"},
}


def run(options: dict[str, t.Any], host: Host, check_mode: bool) -> dict[str, t.Any]:
    transaction = Transaction(
        read_desired(options["files"]),
        read_commands(options["validate"]),
        read_command(options["activate"]) if options["activate"] else [],
        options["activate_always"],
        [plain_path(folder) for folder in options["folders"]],
        [plain_path(folder) for folder in options["empty_folders"]],
    )
    journal = Journal(plain_path(options["journal"]))
    if check_mode:
        done = transaction.preview(host, journal, rehearsed=options["validate_in_check_mode"])
    else:
        done = transaction.run(host, journal)
    return {
        "changed": done.changed,
        "files": [step.path for step in done.steps],
        "made": done.made,
        "removed": done.removed,
        "activated": done.activated,
        "recovered": done.recovery.paths,
        "diff": diff(done.steps),
        "warnings": done.recovery.warnings,
    }


def refusal(error: WebsecError) -> dict[str, t.Any]:
    result = {**failed(error), "restored": isinstance(error, Refused) and error.restored}
    if isinstance(error, Refused) and error.result:
        result.update(cmd=error.result.command, stdout=error.result.stdout, stderr=error.result.stderr)
    return result


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "files": {"type": "list", "elements": "dict", "required": True, "options": FILE},
            "folders": {"type": "list", "elements": "path", "default": []},
            "empty_folders": {"type": "list", "elements": "path", "default": []},
            "validate": {"type": "list", "elements": "raw", "default": []},
            "validate_in_check_mode": {"type": "bool", "default": True},
            "activate": {"type": "list", "elements": "str", "default": []},
            "activate_always": {"type": "bool", "default": False},
            "journal": {"type": "path", "default": "/var/lib/hosting.websec/journal"},
        },
        supports_check_mode=True,
    )
    module.run_command_environ_update = {"LC_ALL": "C.UTF-8", "LANGUAGE": "C"}
    host = Host(
        lambda command: module.run_command(command, handle_exceptions=False),
        mover(selinux_enabled=module.selinux_enabled()),
    )
    try:
        result = run(module.params, host, module.check_mode)
    except WebsecError as error:
        module.fail_json(**refusal(error))
    for warning in result.pop("warnings"):
        module.warn(warning)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
