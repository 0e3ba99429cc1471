# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options of modules whose task can take long."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  deadline:
    description:
      - Time after which no new call starts, in seconds since 1970, as V(now(\).timestamp(\)) gives it. A read
        in progress is aborted then, and a write gets up to 5 more seconds for its response.
      - Entries that were not reached have not failed. They have C(deferred=true), and the next run continues with them.
    type: float
  results:
    description:
      - V(all) returns an entry for each item.
      - V(notable) returns only entries that changed, failed, or are deferred, and at most 500 of them, so that the
        result of a task with thousands of items stays small. The file RV(results_file) then contains all
        entries.
    type: str
    choices: [all, notable]
    default: all
  progress_file:
    description:
      - File to which the module writes its progress. You do not need to set it.
      - If the module runs on the controller, the progress of a long task is shown every 10 seconds. The variable
        C(websec_progress_interval) sets another number of seconds; V(0) disables it.
    type: path
notes:
  - A task that receives SIGTERM or SIGINT, as when AWX cancels a job, ends between two calls.
"""
