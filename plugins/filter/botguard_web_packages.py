# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: botguard_web_packages
short_description: Find the Debian packages that the BotGuard module for a web server needs
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Compares the packages of a source with the installed ones. The module and the web server are upgraded together or
    not at all.
options:
  _input:
    description: Lines with status, package, version and source package, as printed by C(dpkg-query).
    type: list
    elements: str
    required: true
  source:
    description: The result of P(hosting.websec.botguard_web_source#filter).
    type: dict
    required: true
  server:
    description: The web server.
    type: str
    choices: [nginx, apache]
    required: true
"""

EXAMPLES = r"""
- name: Show the packages to install
  ansible.builtin.debug:
    msg: "{{ (dpkg.stdout_lines | hosting.websec.botguard_web_packages(source, 'nginx')).install }}"
"""

RETURN = r"""
_value:
  description:
    - C(install), the packages that apt must install together, or an empty list; C(download), the packages needed to
      test the module first; C(pin), the apt preferences for the desired state; C(pin_installed), those for the
      installed packages.
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
