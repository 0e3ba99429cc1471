# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays through ansible-playbook, measured."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import re
import tempfile
import typing as t

from benchmark import measure

CALLBACKS = pathlib.Path(__file__).parent / "callbacks"

_CHANGED = re.compile(r"^\S+ +: .*changed=(\d+)", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Task:
    """One task of a play: its name, how long it took, and the bytes of its result as an event of AWX."""

    name: str
    seconds: float
    size: int


@dataclasses.dataclass(frozen=True)
class Play:
    """One run of ansible-playbook."""

    measured: measure.Measured
    tasks: list[Task]

    @property
    def seconds(self) -> float:
        return self.measured.seconds

    @property
    def changed(self) -> int:
        """Number of tasks that changed something."""
        return sum(map(int, _CHANGED.findall(self.measured.output)))


def play(plays: list[dict[str, t.Any]], variables: t.Mapping[str, t.Any], **environment: str) -> Play:
    """Run plays with these extra variables."""
    with tempfile.TemporaryDirectory() as folder:
        playbook, extra, times = (pathlib.Path(folder) / name for name in ("playbook.json", "variables.json", "times"))
        playbook.write_text(json.dumps(plays))
        extra.write_text(json.dumps(variables))
        times.touch()
        measured = measure.run(
            ["ansible-playbook", str(playbook), "-e", f"@{extra}"],
            {
                **os.environ,
                "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
                "ANSIBLE_CALLBACKS_ENABLED": "task_times",
                "ANSIBLE_LOCALHOST_WARNING": "false",
                "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
                "ANSIBLE_NOCOLOR": "1",
                "ANSIBLE_RETRY_FILES_ENABLED": "false",
                "TASK_TIMES": str(times),
                **environment,
            },
        )
        lines = [json.loads(line) for line in times.read_text().splitlines()]
    return Play(measured, [Task(line["task"], line["seconds"], line["bytes"]) for line in lines])


def tasks(*listed: dict[str, t.Any]) -> list[dict[str, t.Any]]:
    """One play on this machine."""
    return [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": list(listed)}]


def empty() -> Play:
    """The time of Ansible with nothing to do."""
    return play(tasks(), {})


def start() -> Play:
    """The time of Ansible around a module: a task with the smallest module."""
    return play(tasks({"ansible.builtin.ping": {}}), {})
