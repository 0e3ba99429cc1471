# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible.errors import AnsibleFilterError

DOCUMENTATION = r"""
name: role_variable
short_description: Convert a variable of a role of this collection to its type
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Converts the value of a variable to the type in the argument spec of its role. Variables from C(-e name=value) or
    from a survey are always text.
  - It accepts the same text as Ansible's argument specs. A boolean is V(true), V(yes), V(on), V(y), V(t), V(1), or
    V(false), V(no), V(off), V(n), V(f), V(0). A list is separated by commas, or JSON. A mapping is JSON, or
    C(key=value) pairs.
  - An invalid value is an error that names the variable.
options:
  _input:
    description: The value of the variable.
    type: raw
    required: true
  name:
    description: The name of the variable.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Check the sites
  ansible.builtin.debug:
    msg: New sites are checked first.
  when: sitelock_waf_preflight | hosting.websec.role_variable('sitelock_waf_preflight')
"""

RETURN = r"""
_value:
  description: The value in its type.
  type: raw
"""


def role_variable(value: object, name: str) -> object:
    from ansible_collections.hosting.websec.plugins.plugin_utils._role_variables import converted

    try:
        return converted(str(name), value)
    except KeyError:
        raise AnsibleFilterError(f"No role of hosting.websec has a variable {name}.") from None
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"role_variable": role_variable}
