# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Callback plugin: a line of JSON for each task, with its name, its seconds, and the size of its result as an event."""

from __future__ import annotations

import json
import os
import pathlib
import time
import typing as t

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: task_times
type: notification
short_description: Times and sizes of tasks for the benchmark
version_added: 0.1.0
description:
  - Writes to the file in the environment variable C(TASK_TIMES).
"""


class CallbackModule(CallbackBase):
    """Writes a line when a task has ended."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "task_times"

    def __init__(self) -> None:
        super().__init__()
        self._started = time.perf_counter()
        self._file = pathlib.Path(os.environ["TASK_TIMES"])

    def v2_playbook_on_task_start(self, _task: t.Any, _is_conditional: bool) -> None:
        self._started = time.perf_counter()

    def v2_runner_on_ok(self, result: t.Any) -> None:
        self._write(result)

    def v2_runner_on_failed(self, result: t.Any, **_more: t.Any) -> None:
        self._write(result)

    def _write(self, result: t.Any) -> None:
        ended = time.perf_counter()
        line = {
            "task": result._task.get_name(),
            "seconds": ended - self._started,
            "bytes": len(json.dumps(result._result, default=str)),
        }
        self._started = time.perf_counter()
        with self._file.open("a", encoding="utf-8") as file:
            print(json.dumps(line), file=file)
