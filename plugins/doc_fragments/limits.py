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
      - Maximum number of orders in this task, including changes of plan. A number, or a percentage of the entries such
        as V(25%), which always allows at least 10.
      - The orders of all entries are counted before the first write. Above the limit nothing is sent, and the task
        fails with an error of the kind C(limit) that names the entries. Check mode reports the same.
      - By default there is no limit.
    type: str
  max_removals:
    description:
      - Maximum number of services that this task may end, in the same form as O(max_orders). Each removal counts once,
        when it starts.
    type: str
  percentage_of:
    description:
      - The number to which a percentage in O(max_orders) or O(max_removals) applies. By default the number of entries
        in this task. Set it if several tasks each process a part of one fleet.
    type: int
  exceed_limits:
    description:
      - Allows one run to exceed O(max_orders) or O(max_removals). Set it by hand, after you have read the list.
    type: bool
    default: false
"""
