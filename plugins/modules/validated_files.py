#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: validated_files
short_description: Write several configuration files as one step, validated and activated, or put back
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Writes files and links and removes others, lets the server check the result with O(validate), and makes it take it
    over with O(activate). If either command fails, every old file is put back, the old state is validated, activated
    again if O(activate) had been tried, and the task fails with what the command said.
  - What stood there before is kept in O(journal) until the change is confirmed. If the process is killed, or the host
    goes down, at any point, the next run puts the old files back first, and then goes on.
  - Nothing is run if nothing changes.
  - If the configuration is invalid before, and these files do not make it valid, nothing is changed, and the message
    says so.
  - All new files are first written beside their places, so that a full disk is noticed before anything changes. If the
    journal is on the same file system, putting the old files back needs no space either.
  - It only needs the standard library of Python.
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
      - With O(activate_always) each run activates.
options:
  files:
    description:
      - The files, each path at most once. They are written in this order.
      - The folders have to be there, or be listed in O(folders).
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: The path on the host, absolute.
        type: path
        required: true
      content:
        description: What shall stand in the file.
        type: str
      src:
        description: A file on the host whose content shall stand there.
        type: path
      link:
        description: The target of the symbolic link that shall stand there, as it is to be written.
        type: str
      state:
        description:
          - V(absent) removes the file or link.
          - V(present) needs one of O(files[].content), O(files[].src) and O(files[].link).
        type: str
        choices: [present, absent]
        default: present
      mode:
        description:
          - The permissions as digits in quotes, such as V('0644').
          - By default an existing file keeps its own, and a new one gets V('0644').
        type: str
      owner:
        description: Name or number of the owner. By default an existing file keeps its own.
        type: str
      group:
        description: Name or number of the group. By default an existing file keeps its own.
        type: str
  folders:
    description:
      - Folders that are made if they are missing, and the missing ones above them too, with the permissions V(0755).
      - If the change fails they are removed again.
    type: list
    elements: path
    default: []
  empty_folders:
    description:
      - Folders that are removed in the end if nothing is in them.
    type: list
    elements: path
    default: []
  validate:
    description:
      - The command that checks the whole configuration, as a list of program and arguments, or a list of such commands.
      - It must have no other effect. It is run before anything is written, too.
    type: list
    elements: raw
    default: []
  validate_in_check_mode:
    description:
      - Whether O(validate) is run in check mode, too, on the files as they would be, so that what it refuses is refused
        there already. Nothing of the host changes, because this happens in a mount namespace with overlays in memory.
      - This needs Linux and the rights of root with C(CAP_SYS_ADMIN). Without them it is left out.
      - Set it to V(false) if something else that the files need is not there yet in check mode, such as a package.
    type: bool
    default: true
  activate:
    description: The command that makes the server take over the files, as a list of program and arguments.
    type: list
    elements: str
    default: []
  activate_always:
    description: Validate and activate even if no file changes, for example because a package brought a new program.
    type: bool
    default: false
  journal:
    description:
      - The folder for what stood there before, while a change is not confirmed, and for the lock that keeps other runs
        out. It is made if it is not there, and only its owner can read it.
      - What a journal says is done with the rights of the user who runs this. A folder or a journal that belongs to
        somebody else, or is not as it was written, is refused.
    type: path
    default: /var/lib/hosting.websec/journal
seealso:
  - module: ansible.builtin.copy
"""

EXAMPLES = r"""
- name: Switch two virtual hosts to a new upstream, both or none
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
  description: The paths that were changed, in their order. In check mode, those that would be.
  returned: success
  type: list
  elements: str
  sample: [/etc/nginx/conf.d/50-botguard.conf]
made:
  description: The folders that were made. In check mode, those that would be.
  returned: success
  type: list
  elements: str
removed:
  description: The folders that were removed. In check mode, those that would be.
  returned: success
  type: list
  elements: str
activated:
  description: Whether O(activate) was run. In check mode, whether it would be.
  returned: success
  type: bool
recovered:
  description: The paths that an interrupted run had left changed, and that were put back first.
  returned: success
  type: list
  elements: str
restored:
  description: Whether files had been written, and all of them were put back because of a failure.
  returned: failure
  type: bool
stdout:
  description: What the failed command wrote to its standard output.
  returned: when a command failed
  type: str
stderr:
  description: What the failed command wrote to its standard error.
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
    What went wrong. C(kind) is V(rejected), V(bad_input) or V(unavailable) (another run is at work, or its
    journal cannot be used).
  returned: failure
  type: dict
"""

import os
import stat
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._web.files import diff, plain_path, read_desired
from ansible_collections.hosting.websec.plugins.module_utils._web.host import Host
from ansible_collections.hosting.websec.plugins.module_utils._web.journal import Journal
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


def mover(module: AnsibleModule) -> t.Callable[[str, str], None]:
    """What renames a finished file. ``atomic_move`` of the module would end the process in the midst of a change."""
    if not module.selinux_enabled():
        return os.rename
    from ansible.module_utils.compat import selinux

    def move(new: str, path: str) -> None:
        if os.path.lexists(path):
            code, context = selinux.lgetfilecon_raw(path)
        else:
            code, context = selinux.matchpathcon(path, stat.S_IFREG)
        if code >= 0:
            selinux.lsetfilecon(new, context)
        os.rename(new, path)

    return move


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
    host = Host(lambda command: module.run_command(command, handle_exceptions=False), mover(module))
    try:
        result = run(module.params, host, module.check_mode)
    except WebsecError as error:
        module.fail_json(**refusal(error))
    for warning in result.pop("warnings"):
        module.warn(warning)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
