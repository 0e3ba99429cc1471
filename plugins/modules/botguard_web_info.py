#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: botguard_web_info
short_description: Look at a web server before and after the BotGuard module is set up
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Asks nginx or Apache for its build and its configuration, and says what the roles
    P(hosting.websec.botguard_nginx#role) and P(hosting.websec.botguard_apache#role) need to know.
  - It runs on the host of the web server and only needs the standard library of Python.
extends_documentation_fragment:
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  server:
    description: The web server.
    type: str
    choices: [nginx, apache]
    required: true
  os_family:
    description: Determines the paths.
    type: str
    choices: [Debian, RedHat]
    required: true
  module_file:
    description: The name of the module file, without its folder.
    type: str
    required: true
  snippets_directory:
    description: The folder with one file a website.
    type: path
    required: true
seealso:
  - module: hosting.websec.validated_files
"""

EXAMPLES = r"""
- name: Look at nginx
  hosting.websec.botguard_web_info:
    server: nginx
    os_family: "{{ ansible_facts['os_family'] }}"
    module_file: ngx_botguard_module.so
    snippets_directory: /etc/nginx/botguard.d
  register: nginx

- name: Show which file loads the module
  ansible.builtin.debug:
    var: nginx.web.loaded_by
"""

RETURN = r"""
web:
  description: What was found.
  returned: success
  type: dict
  contains:
    installed:
      description: Whether the server is installed.
      type: bool
    version:
      description: Name and version of the server.
      type: str
      sample: nginx/1.22.1
    valid:
      description: Whether the server's configuration is valid.
      type: bool
    message:
      description: The server's message about an invalid configuration.
      type: str
    running:
      description: Whether the server is running.
      type: bool
    stale:
      description: Whether it runs with a program or a module file that was replaced or removed on the disk.
      type: bool
    threads:
      description: Whether nginx was built with threads.
      type: bool
    aio_set_by:
      description: The files, other than the role's own, that set C(aio) for nginx.
      type: list
      elements: str
    loaded_by:
      description: The files with a line that loads the module.
      type: list
      elements: str
    load_is_foreign:
      description: Whether a file that the role does not manage exists where the role would write the line that loads
        the module.
      type: bool
    load_is_read:
      description: Whether the configuration includes the file with the line that loads the module.
      type: bool
    snippets:
      description: >-
        The files for websites, and whether they switch the check on. V(null) for a file that the role does not manage.
      type: dict
      sample:
        /etc/nginx/botguard.d/example.com.conf: true
    needed:
      description: The files for websites without which the configuration would be invalid.
      type: list
      elements: str
"""

import os
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._web.host import Host
from ansible_collections.hosting.websec.plugins.module_utils._web.inspection import (
    inspect_apache,
    inspect_nginx,
    is_foreign,
    is_running,
    runs_old_program,
    snippets,
)
from ansible_collections.hosting.websec.plugins.module_utils._web.layout import layout_of

PROCESSES = {"nginx": ["nginx"], "apache": ["apache2", "httpd"]}
ROOTS = {
    ("nginx", "Debian"): "/etc/nginx",
    ("nginx", "RedHat"): "/etc/nginx",
    ("apache", "Debian"): "/etc/apache2",
    ("apache", "RedHat"): "/etc/httpd",
}


def run(options: dict[str, t.Any], host: Host) -> dict[str, t.Any]:
    server, family, module_file = options["server"], options["os_family"], options["module_file"]
    layout = layout_of(server, family)
    inspection = inspect_nginx(host.run) if server == "nginx" else inspect_apache(host.run)
    found = snippets(options["snippets_directory"])
    return {
        "installed": inspection.installed,
        "version": inspection.version,
        "valid": inspection.valid,
        "message": inspection.message,
        "running": is_running(PROCESSES[server]),
        "stale": runs_old_program(PROCESSES[server], module_file),
        "threads": inspection.threads,
        "aio_set_by": inspection.aio_set_by(layout.drop_in),
        "loaded_by": inspection.loaded_by(module_file),
        "load_is_foreign": is_foreign(layout),
        "load_is_read": inspection.reads(layout.load_files, ROOTS[server, family]),
        "snippets": found,
        "needed": inspection.needed(list(found), ROOTS[server, family]),
    }


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "server": {"type": "str", "choices": ["nginx", "apache"], "required": True},
            "os_family": {"type": "str", "choices": ["Debian", "RedHat"], "required": True},
            "module_file": {"type": "str", "required": True},
            "snippets_directory": {"type": "path", "required": True},
        },
        supports_check_mode=True,
    )
    module.run_command_environ_update = {"LC_ALL": "C.UTF-8", "LANGUAGE": "C"}
    host = Host(lambda command: module.run_command(command, handle_exceptions=False), os.rename)
    module.exit_json(changed=False, web=run(module.params, host))


if __name__ == "__main__":
    main()
