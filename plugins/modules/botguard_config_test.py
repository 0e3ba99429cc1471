#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: botguard_config_test
short_description: Test a BotGuard module file with the web server before it is installed
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - A dynamic module works only with the exact build of the web server that it was built for. With any other build the
    server does not start. This module tests a temporary configuration that loads the file with the server's program,
    apart from the real configuration, and fails with the server's message if the server does not load the file.
  - Nothing of the host is changed. It requires only the Python standard library.
extends_documentation_fragment:
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  server:
    description: The web server.
    type: str
    choices: [nginx, apache]
    required: true
  path:
    description: The module file on the host. Its file system must not be mounted with C(noexec).
    type: path
    required: true
  module_name:
    description: The name of the module in the C(LoadModule) line. Required for Apache.
    type: str
  server_root:
    description:
      - A folder with unpacked packages of the web server. If it contains the server's program, that program is used,
        to test a module for a version of the server that is not installed yet.
    type: path
seealso:
  - module: hosting.websec.validated_files
"""

EXAMPLES = r"""
- name: Reject a module that was built for another nginx
  hosting.websec.botguard_config_test:
    server: nginx
    path: /var/lib/candidate/ngx_botguard_module.so
"""

RETURN = r"""
tried:
  description:
    - Whether the file was tested. V(false) if the program in O(server_root) does not start because libraries that its
      package depends on are not installed yet.
  returned: success
  type: bool
error:
  description: The error. C(kind) is V(rejected) if the server does not load the file, or V(bad_input) or V(bug).
  returned: failure
  type: dict
"""

import os
import shutil
import tempfile
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._web.config_test import run_config_test
from ansible_collections.hosting.websec.plugins.module_utils._web.host import Host
from ansible_collections.hosting.websec.plugins.module_utils._web.options import failed


def run(options: dict[str, t.Any], host: Host, folder: str) -> dict[str, t.Any]:
    name, root = options["module_name"] or "", options["server_root"] or ""
    tried = run_config_test(host.run, options["server"], os.path.realpath(options["path"]), name, folder, root)
    return {"changed": False, "tried": tried}


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "server": {"type": "str", "choices": ["nginx", "apache"], "required": True},
            "path": {"type": "path", "required": True},
            "module_name": {"type": "str"},
            "server_root": {"type": "path"},
        },
        required_if=[("server", "apache", ["module_name"])],
        supports_check_mode=True,
    )
    module.run_command_environ_update = {"LC_ALL": "C.UTF-8", "LANGUAGE": "C"}
    host = Host(lambda command: module.run_command(command, handle_exceptions=False), os.rename)
    folder = tempfile.mkdtemp(prefix="hosting.websec.")
    try:
        result = run(module.params, host, folder)
    except WebsecError as error:
        module.fail_json(**failed(error))
    finally:
        shutil.rmtree(folder)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
