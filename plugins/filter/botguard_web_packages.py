# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: botguard_web_packages
short_description: Which packages of Debian the BotGuard module for a web server needs
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Compares the packages of a source with those that are installed. The module and the web server move together or not
    at all.
options:
  _input:
    description: Lines of status, package, version and source package, as C(dpkg-query) prints them.
    type: list
    elements: str
    required: true
  source:
    description: What P(hosting.websec.botguard_web_source#filter) made.
    type: dict
    required: true
  server:
    description: The web server.
    type: str
    choices: [nginx, apache]
    required: true
"""

EXAMPLES = r"""
- name: What has to be installed?
  ansible.builtin.debug:
    msg: "{{ (dpkg.stdout_lines | hosting.websec.botguard_web_packages(source, 'nginx')).install }}"
"""

RETURN = r"""
_value:
  description:
    - C(install), what apt has to install in one go, empty if nothing; C(download), what is needed to try the module
      before; C(pin), the preferences of apt for the state to reach; C(pin_installed), those for what is installed.
  type: dict
"""


def botguard_web_packages(lines: list[str], source: dict[str, object], server: str) -> dict[str, object]:
    from ansible_collections.hosting.websec.plugins.module_utils._web.packages import package_plan, pins

    texts = [str(line) for line in lines]
    plan = package_plan(source, texts, str(server))
    return {**plan, "pin_installed": pins(str(source["package"]), texts, str(server))}


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"botguard_web_packages": botguard_web_packages}
