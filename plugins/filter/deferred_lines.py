# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: deferred_lines
short_description: List the reasons for deferred entries, one line each
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Lists entries that were deferred because calls for other entries failed for a reason that affects all, such as a
    wrong password. Entries with the same reason share a line.
options:
  _input:
    description:
      - Rows with C(domain) (C(account) if O(noun) is V(account), C(queue_id) if it is V(message)) and
        C(deferred_reason), which is V(null) for rows that were not deferred.
      - Rows with the same name count once, such as the sites of an account.
    type: list
    elements: dict
    required: true
  noun:
    description: What the rows are about, in the singular, in English.
    type: str
    required: true
seealso:
  - plugin: hosting.websec.botguard_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show what was deferred
  ansible.builtin.debug:
    msg: "{{ botguard.websites | hosting.websec.deferred_lines('website') }}"
"""

RETURN = r"""
_value:
  description: The lines, or an empty list if nothing was deferred.
  type: list
  elements: str
"""

import typing as t

_NAMED_BY = {"account": "account", "message": "queue_id"}


def deferred_lines(rows: list[dict[str, t.Any]], noun: str) -> list[str]:
    from ansible_collections.hosting.websec.plugins.module_utils import _texts

    key = _NAMED_BY.get(str(noun), "domain")
    reasons = {str(row[key] or "(no name)"): row["deferred_reason"] for row in rows if row["deferred_reason"]}
    return _texts.deferred_lines(reasons, str(noun))


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"deferred_lines": deferred_lines}
