# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: waf_report_lines
short_description: Format the report of a pass as lines for the terminal
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Makes an aligned table of the rows of C(sitelock_waf_report), with their errors and notes below it, and one line
    about all sites. For a large fleet only the rows that need attention are shown.
options:
  _input:
    description: The rows.
    type: list
    elements: dict
    required: true
  show:
    description:
      - V(all) shows all rows.
      - V(changed) shows rows that were changed, failed, or were deferred to the next pass.
      - V(attention) shows these, and rows that wait for something or have a note.
      - V(auto) is V(all) for up to 200 sites, and V(attention) for more.
    type: str
    choices: [auto, all, attention, changed]
    default: auto
"""

EXAMPLES = r"""
- name: Show what was done
  ansible.builtin.debug:
    msg: "{{ sitelock_waf_report | hosting.websec.waf_report_lines('changed') }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
"""

from ansible.errors import AnsibleFilterError

COLUMNS = {
    "domain": "site",
    "state_before": "before",
    "steps": "step taken",
    "state": "after",
    "waiting_for": "waits for",
    "error": "error",
}


def waf_report_lines(rows: list[dict[str, object]], show: str = "auto") -> list[str]:
    from ansible_collections.hosting.websec.plugins.module_utils._report.rows import (
        SHOW,
        deferred,
        rows_to_show,
        summary,
    )
    from ansible_collections.hosting.websec.plugins.module_utils._report.table import (
        error_lines,
        note_lines,
        text_table,
    )

    if show not in SHOW:
        raise AnsibleFilterError(f"hosting.websec.waf_report_lines: show is {show!r}, not one of {', '.join(SHOW)}.")
    shown = rows_to_show(rows, show)
    table = text_table(shown, COLUMNS) if shown else []
    put_off = [] if show == "all" else deferred(rows)
    return [*table, *error_lines(shown), *note_lines(shown), *put_off, summary(rows, len(shown))]


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"waf_report_lines": waf_report_lines}
