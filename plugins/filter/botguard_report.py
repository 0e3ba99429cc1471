# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: botguard_report
short_description: Summarise a pass as one row for each BotGuard website
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Returns one short row for each website, for a table, a mail or a file.
options:
  _input:
    description: RV(hosting.websec.botguard_websites#module:websites).
    type: list
    elements: dict
    required: true
seealso:
  - module: hosting.websec.botguard_websites
  - plugin: hosting.websec.text_table
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the websites that failed
  ansible.builtin.debug:
    msg: "{{ botguard.websites | hosting.websec.botguard_report | rejectattr('error', 'none') }}"
"""

RETURN = r"""
_value:
  description:
    - The rows, in the order of the websites, each with C(domain), C(status_before), C(actions), C(status),
      C(changed), C(error) and C(deferred_reason), as in RV(hosting.websec.botguard_websites#module:websites).
  type: list
  elements: dict
"""

import typing as t

COLUMNS = ("domain", "status_before", "actions", "status", "changed", "error", "deferred_reason")


def botguard_report(websites: list[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
    return [{column: website[column] for column in COLUMNS} for website in websites]


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"botguard_report": botguard_report}
