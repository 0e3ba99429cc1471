# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The end of Ansible's workers after two Ctrl-C.

After the first Ctrl-C, ansible-playbook ends its workers. A second one can arrive before it has done so: then it
reports the interruption, and Python waits for the workers before the process ends. The workers get no signal, and their
modules continue to order.
"""

from __future__ import annotations

import atexit
import multiprocessing
import multiprocessing.util
import os


def end_with_this_process() -> None:
    """End all running workers when this process ends. To be called in the process that starts them."""
    # Python runs exit handlers in reverse order: multiprocessing.util, which waits for the workers, is imported before.
    atexit.register(_end_of, os.getpid())


def _end_of(process: int) -> None:
    # A worker is a copy of the process that registered this.
    if os.getpid() == process:
        for worker in multiprocessing.active_children():
            worker.terminate()
