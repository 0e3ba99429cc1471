# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs of a workflow as AWX runs them: each alone with ansible-runner, with the variables of its template and what the
jobs before it handed on (C(artifact_data) of the event C(playbook_on_stats), which AWX keeps as the artifacts)."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import subprocess
import typing as t

import yaml
from unit.patience import PATIENCE

Data = dict[str, t.Any]


@dataclasses.dataclass(frozen=True)
class Done:
    """A job that has ended.

    :param output: as AWX shows it. :param artifacts: that it hands on. :param events: of ansible-runner, in order.
    """

    output: str
    artifacts: Data
    events: list[Data]


def run_job(folder: pathlib.Path, playbook: list[Data], variables: Data, template: Data, artifacts: Data) -> Done:
    """
    :param folder: of this job alone, which is made here.
    :param variables: of the project and the credentials. :param template: as in C(vars/objects.yml) of the role.
    :param artifacts: of the jobs before it. They override the variables of the template; AWX lets no templates in them.
    """
    for name in ("env", "inventory", "project"):
        (folder / name).mkdir(parents=True)
    (folder / "inventory" / "hosts").write_text("")
    (folder / "project" / "playbook.json").write_text(json.dumps(playbook))
    given = yaml.safe_dump({**variables, **{k: v for k, v in template["extra_vars"].items() if k not in artifacts}})
    handed_on = "".join(f"{name}: !unsafe {json.dumps(value)}\n" for name, value in artifacts.items())
    (folder / "env" / "extravars").write_text(given + handed_on)
    mode = "--check --diff" if template["job_type"] == "check" else "--diff"
    done = subprocess.run(
        ["ansible-runner", "run", str(folder), "-p", "playbook.json", "-i", "this", f"--cmdline={mode}"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    files = (folder / "artifacts" / "this" / "job_events").glob("*-*.json")
    events = sorted((json.loads(file.read_text()) for file in files), key=lambda event: int(event["counter"]))
    (stats,) = (event for event in events if event["event"] == "playbook_on_stats")
    return Done(done.stdout, stats["event_data"]["artifact_data"], events)
