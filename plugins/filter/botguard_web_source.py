# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: botguard_web_source
short_description: Validate the source of the BotGuard module for a web server
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Checks the variable C(botguard_nginx_source) or C(botguard_apache_source).
  - Values that are not public have no default. The error message names the missing variable and says where partners
    find its value.
options:
  _input:
    description: The source.
    type: dict
    required: true
  server:
    description: The web server.
    type: str
    choices: [nginx, apache]
    required: true
  os_family:
    description: Determines which keys are required.
    type: str
    choices: [Debian, RedHat]
    required: true
  module_path:
    description: The variable C(botguard_nginx_module_path) or C(botguard_apache_module_path), as given.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Check the source
  ansible.builtin.set_fact:
    source: "{{ botguard_nginx_source | hosting.websec.botguard_web_source('nginx', 'Debian') }}"
"""

RETURN = r"""
_value:
  description:
    - The source, with C(server_packages) as a list, and C(module_path), the target path of the module file.
    - C(error) describes what is wrong with it. V(null) if it is valid.
  type: dict
"""


def botguard_web_source(
    source: dict[str, object] | None, server: str, os_family: str, module_path: str = ""
) -> dict[str, object]:
    from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
    from ansible_collections.hosting.websec.plugins.module_utils._web.source import module_path as path_of
    from ansible_collections.hosting.websec.plugins.module_utils._web.source import read_source

    try:
        checked = read_source(source, str(server), str(os_family))
    except WebsecError as error:
        # A filter that raises is shown with the whole expression around it. The role shows this text alone.
        return {"error": f"{error.message} {error.hint}".strip()}
    return {**checked, "module_path": path_of(str(module_path), str(server), str(os_family)), "error": None}


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"botguard_web_source": botguard_web_source}
