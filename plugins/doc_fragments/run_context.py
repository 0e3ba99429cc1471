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
      - Time after which no new call begins, in seconds since 1970, as V(now(\).timestamp(\)) gives it. A read
        that is under way ends then, and a write has up to 5 seconds more for its answer.
      - What was not reached is no failure. Its entry has C(deferred=true), and the next run goes on with it.
    type: float
  results:
    description:
      - V(all) returns an entry for each item.
      - V(notable) returns only the entries that changed, failed, or are deferred, and of these not more than 500, so
        that the result of a task over thousands of items stays small. All entries are then in the file that
        RV(results_file) names.
    type: str
    choices: [all, notable]
    default: all
  progress_file:
    description:
      - File in which the module writes how far it is. There is no need to set it.
      - Where the module runs on the controller, the progress of a task that takes longer is shown every 10 seconds. The
        variable C(websec_progress_interval) is another number of seconds; with V(0) nothing is shown.
    type: path
notes:
  - A task that is stopped by SIGTERM or SIGINT, as AWX does when a job is cancelled, ends between two calls.
"""
