# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the plan that a person approves."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  plan_file:
    description:
      - In check mode, write everything that would be sent into this file, for a person to approve. Each action has its
        subject, method, arguments without secrets, price if it is known, and what it rests on, which is the state that
        was read. The file is readable for the user of the task only, and contains domains and e-mail addresses.
      - Give an absolute path. A relative one begins at the folder of the playbook, and that of a playbook of this
        collection is where the collection is installed.
      - A plan of an earlier run at this path is replaced, or removed if this run fails. Another file is refused.
      - Without check mode it is refused, unless O(approved_plan) is given too. Then it is not used.
    type: path
  approved_plan:
    description:
      - Plan that a person has approved, see O(plan_file). Only the actions in it are sent, and each only while what it
        rests on is still so. Everything else waits, and its C(waiting_for) or C(deferred_reason) begins with
        C(approval:).
      - The path of the file, or its content as P(hosting.websec.packed_plan#filter) makes it, for jobs that get values
        and no files from earlier jobs.
      - The plan must be of the same module, O(api_url) and entries, and not be edited. Its checksum finds changes by
        mistake; it is no signature.
    type: path
  plan_max_age:
    description: Seconds for which a plan is valid.
    type: int
    default: 86400
"""
