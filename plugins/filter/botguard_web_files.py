# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: botguard_web_files
short_description: Render the configuration files of the BotGuard module on a web server
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Renders the files that the roles P(hosting.websec.botguard_nginx#role) and P(hosting.websec.botguard_apache#role)
    pass to M(hosting.websec.validated_files), from their variables and the facts about the host.
  - Every value is validated or quoted, so that it cannot inject a directive.
options:
  _input:
    description: The websites of the host, with C(domain), C(state) and C(servers).
    type: list
    elements: dict
    required: true
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
  settings:
    description: The other variables of the role, without their prefix.
    type: dict
    required: true
  host:
    description: What M(hosting.websec.botguard_web_info) found.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Make the files
  ansible.builtin.set_fact:
    made: "{{ websites | hosting.websec.botguard_web_files('nginx', 'Debian', settings=settings, host=found.web) }}"
"""

RETURN = r"""
_value:
  description:
    - C(off), the files of a preceding step (removal only); C(files), all files; C(folders) to create for them, and
      C(empty_folders) to remove after them; C(report), one row per website with
      C(domain), C(state), C(servers) and C(note); C(servers), the C(host) and C(port) of each server that is used.
    - C(error) describes what is wrong with the variables. V(null) if they are valid.
  type: dict
"""


def botguard_web_files(
    websites: list[dict[str, object]],
    server: str,
    os_family: str,
    settings: dict[str, object],
    host: dict[str, object],
) -> dict[str, object]:
    from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
    from ansible_collections.hosting.websec.plugins.module_utils._web.plan import web_files

    try:
        return {**web_files(websites, str(server), str(os_family), settings, host), "error": None}
    except WebsecError as error:
        # A filter that raises is shown with the whole expression around it. The role shows this text alone.
        return {"error": f"{error.message} {error.hint}".strip()}


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"botguard_web_files": botguard_web_files}
