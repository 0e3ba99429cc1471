# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays through the real ansible-playbook, with their registered results as plain data."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import re
import subprocess
import tempfile
import typing as t

from unit.patience import PATIENCE

_RECAP = re.compile(r"^localhost +: (.*)$", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Run:
    """One run of ansible-playbook. ``values`` are the variables in ``keep``."""

    status: int
    output: str
    values: dict[str, t.Any]

    @property
    def recap(self) -> dict[str, int]:
        """C(changed), C(failed) and so on."""
        line = _RECAP.findall(self.output)[-1]
        return {name: int(count) for name, count in (part.split("=") for part in line.split())}


def run_tasks(tasks: list[dict[str, t.Any]], *arguments: str, keep: t.Sequence[str] = (), **play: t.Any) -> Run:
    """Run tasks on localhost.

    :param arguments: more arguments of ansible-playbook.
    :param keep: names of variables (registered results, facts) to return.
    :param play: more keywords of the play.
    """
    return run_plays(
        [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks, **play}],
        *arguments,
        keep=keep,
    )


def run_plays(plays: list[dict[str, t.Any]], *arguments: str, keep: t.Sequence[str] = ()) -> Run:
    """Run plays; see ``run_tasks``."""
    with tempfile.TemporaryDirectory() as folder:
        kept = pathlib.Path(folder) / "kept.json"
        listed = ", ".join(f"'{name}': {name} | default(none)" for name in keep)
        values = f"{{{{ {{{listed}}} | to_json | keep_in('{kept}') }}}}"
        keeper = {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "tasks": [
                {
                    "name": "Keep values for the test",
                    "ansible.builtin.debug": {"msg": values},
                    "no_log": True,
                }
            ],
        }
        playbook = pathlib.Path(folder) / "playbook.json"
        playbook.write_text(json.dumps([*plays, keeper] if keep else plays))
        environment = {
            **os.environ,
            "ANSIBLE_FILTER_PLUGINS": str(pathlib.Path(__file__).parent / "filters"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_NOCOLOR": "1",
            # As in many AWX set-ups, and faster. Passes that are interrupted (operator_of_passes) run without it.
            "ANSIBLE_PIPELINING": "true",
            "ANSIBLE_RETRY_FILES_ENABLED": "false",
        }
        done = subprocess.run(
            ["ansible-playbook", str(playbook), *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Run(done.returncode, done.stdout, json.loads(kept.read_text()) if kept.exists() else {})
