# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the limits of modules that order and end."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  max_orders:
    description:
      - The most orders of this task, changes of plan among them. A number, or a percentage of the entries such as
        V(25%), which always allows at least 10.
      - They are counted for all entries before the first write. Above the limit nothing at all is sent, and the task
        fails with an error of the kind C(limit) that names the entries. Check mode says the same.
      - If it is not set, there is no limit.
    type: str
  max_removals:
    description:
      - The most services that this task may end, in the same form as O(max_orders). Each end counts once, when it
        begins.
    type: str
  percentage_of:
    description:
      - The number of which a percentage in O(max_orders) or O(max_removals) is taken. By default that of the entries of
        this task. Give it when several tasks do a part of one fleet each.
    type: int
  exceed_limits:
    description:
      - Confirms one run that is above O(max_orders) or O(max_removals). Give it by hand, after you have read the list.
    type: bool
    default: false
"""
