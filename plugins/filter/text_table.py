# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: text_table
short_description: Format rows as a table for a terminal
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Returns aligned lines of text from a list of mappings, with the titles first.
  - Lists are joined, V(null) and empty values become a hyphen, and an error (a mapping with C(kind)) is shown as
    C(FAILED) with its kind and codes. Messages of errors, C(notes) and C(needs_person) follow below the table, one line
    each; in the table, C(needs_person) is C(yes). A message that several rows share is one line, with the number of
    rows and three names.
options:
  _input:
    description: The rows.
    type: list
    elements: dict
    required: true
  columns:
    description: The keys to show, in order, each with its title.
    type: dict
    required: true
  width:
    description:
      - Maximum number of characters of a line of the table. If it is longer, columns without a value are left out, and
        the widest columns are cut, which an ellipsis shows. The lines below the table are not. By default there is no
        maximum.
    type: int
    default: 0
"""

EXAMPLES = r"""
- name: Show what the last pass did
  ansible.builtin.debug:
    msg: "{{ sitelock_waf_report | hosting.websec.text_table({'domain': 'site', 'state': 'state'}) }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
"""


from ansible.errors import AnsibleFilterError


def table(rows: list[dict[str, object]], columns: dict[str, str], width: int = 0) -> list[str]:
    from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
    from ansible_collections.hosting.websec.plugins.module_utils._report.table import (
        error_lines,
        note_lines,
        text_table,
    )

    try:
        return text_table(rows, columns, width) + error_lines(rows) + note_lines(rows)
    except BadInputError as error:
        raise AnsibleFilterError(f"{error.message} {error.hint}") from None


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"text_table": table}
