# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The end of Ansible's workers, when somebody presses Ctrl-C twice.

After the first Ctrl-C, ansible-playbook ends its workers. A second one can come before it has done so: then it says
that it was interrupted, and Python waits for the workers before the process ends. Nobody has told them, and their
modules go on ordering.
"""

from __future__ import annotations

import atexit
import multiprocessing
import multiprocessing.util
import os


def end_with_this_process() -> None:
    """End all workers that are still there when this process ends. It is to be called where they are started."""
    # Python runs last what was registered first: multiprocessing.util, which waits for the workers, is imported before.
    atexit.register(_end_of, os.getpid())


def _end_of(process: int) -> None:
    # A worker is a copy of the process that registered this.
    if os.getpid() == process:
        for worker in multiprocessing.active_children():
            worker.terminate()
