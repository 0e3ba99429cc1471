# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The end of Ansible's workers. A process like ansible-playbook, with a worker that gets no signal."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys

from ansible_collections.hosting.websec.tests.unit.patience import PATIENCE

INTERRUPTED = """
import multiprocessing, sys, time
from ansible_collections.hosting.websec.plugins.plugin_utils import _workers

def work():
    print("works", flush=True)
    time.sleep(600)

_workers.end_with_this_process()
worker = multiprocessing.get_context("fork").Process(target=work)
worker.start()
sys.stdin.readline()
sys.exit(99)
"""


def test_a_worker_ends_with_an_interrupted_process() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "works\n"
        try:
            # The output ends when no process has its other end open: the worker has ended as well.
            process.communicate("go on\n", timeout=PATIENCE)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 99
