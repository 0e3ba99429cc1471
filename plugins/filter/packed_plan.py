# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: packed_plan
short_description: Pack a plan into one line of text
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Makes a text of the file that O(hosting.websec.sitelock_waf_sites#module:plan_file) and
    O(hosting.websec.sitelock_accounts#module:plan_file) write, which the option C(approved_plan) of these modules
    takes. It is for systems that hand values and no files from one job to the next, such as the workflows of AWX.
  - It has at most 524,288 characters, which is enough for some thousands of actions. A larger plan is refused.
options:
  _input:
    description: The content of the file.
    type: str
    required: true
seealso:
  - plugin: hosting.websec.plan_table
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Hand the plan on to the later jobs of the workflow
  ansible.builtin.set_stats:
    data:
      approved_plan: "{{ lookup('ansible.builtin.file', 'plan.json') | hosting.websec.packed_plan }}"
"""

RETURN = r"""
_value:
  description: The text.
  type: str
"""

from ansible.errors import AnsibleFilterError


def packed_plan(content: str) -> str:
    from ansible_collections.hosting.websec.plugins.module_utils._approval.packed import pack
    from ansible_collections.hosting.websec.plugins.module_utils._approval.plan_file import actions_of
    from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError

    try:
        actions_of(str(content))
        return pack(str(content))
    except BadInputError as error:
        raise AnsibleFilterError(f"{error.message} {error.hint}") from None


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"packed_plan": packed_plan}
