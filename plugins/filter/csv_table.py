# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: csv_table
short_description: Format rows as a CSV file for a spreadsheet
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Returns the text of a CSV file from a list of mappings, with the titles in the first line.
  - Lists are joined, V(null) becomes an empty cell, and line breaks and control characters become blanks.
  - A cell that a spreadsheet would take for a formula, because it starts with C(=), C(+), C(-) or C(@), gets a leading
    apostrophe. So a text that a vendor returned cannot run when somebody opens the file.
options:
  _input:
    description: The rows.
    type: list
    elements: dict
    required: true
  columns:
    description: The keys to write, in order, each with its title.
    type: dict
    required: true
seealso:
  - plugin: hosting.websec.text_table
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Write the list for accounting
  ansible.builtin.copy:
    dest: /srv/accounting/unmanaged.csv
    content: "{{ rows | hosting.websec.csv_table({'account_id': 'Account', 'product': 'Product', 'price': 'Price'}) }}"
    mode: "0640"
"""

RETURN = r"""
_value:
  description: The text of the file.
  type: str
"""


def table(rows: list[dict[str, object]], columns: dict[str, str]) -> str:
    from ansible_collections.hosting.websec.plugins.module_utils._report.csv_table import csv_table

    return csv_table(rows, columns)


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"csv_table": table}
