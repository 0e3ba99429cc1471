# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: plan_table
short_description: Format a plan as a table
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Returns the table of all actions in a plan, which a person reads before approving it.
  - The table can be divided into parts. AWX cuts the output of a task or of an item of a loop after 1,024 bytes on the
    page of a job (C(EVENT_STDOUT_MAX_BYTES_DISPLAY) in its settings), so that only those who click on it see the rest.
options:
  _input:
    description:
      - The content of the file that O(hosting.websec.sitelock_waf_sites#module:plan_file) or
        O(hosting.websec.sitelock_accounts#module:plan_file) wrote.
    type: str
    required: true
  part_bytes:
    description: Maximum number of bytes of a part as M(ansible.builtin.debug) shows it. One row may have more.
    type: int
    default: 1000
seealso:
  - plugin: hosting.websec.packed_plan
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the plan
  ansible.builtin.debug:
    msg: "{{ item.lines }}"
  loop: "{{ lookup('ansible.builtin.file', 'plan.json') | hosting.websec.plan_table }}"
  loop_control:
    label: "{{ item.rows }}"
"""

RETURN = r"""
_value:
  description: The parts.
  type: list
  elements: dict
  contains:
    rows:
      description: Which actions it has.
      type: str
      sample: actions 1 to 5
    lines:
      description: Its lines. The first part has the titles.
      type: list
      elements: str
"""

from ansible.errors import AnsibleFilterError


def plan_table(content: str, part_bytes: int = 1000) -> list[dict[str, object]]:
    import dataclasses

    from ansible_collections.hosting.websec.plugins.module_utils._approval.plan_file import actions_of
    from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
    from ansible_collections.hosting.websec.plugins.module_utils._report.plan_parts import plan_parts

    try:
        return [dataclasses.asdict(part) for part in plan_parts(actions_of(str(content)), int(part_bytes))]
    except BadInputError as error:
        raise AnsibleFilterError(f"{error.message} {error.hint}") from None


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"plan_table": plan_table}
