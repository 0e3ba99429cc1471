# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ansible-builder makes of C(execution-environment.yml), and what ansible-navigator reads in its settings."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import typing as t

import pytest
import yaml
from integration.sandbox_server import ROOT
from unit.patience import PATIENCE

pytestmark = pytest.mark.all_only

CHECKOUT = pathlib.Path(__file__).parents[2]


def run(*command: str | pathlib.Path, cwd: pathlib.Path = CHECKOUT, stdin: str = "") -> str:
    program = pathlib.Path(os.environ["WEBSEC_EE_VENV"]) / "bin" / command[0]
    given = [str(each) for each in (program if program.exists() else command[0], *command[1:])]
    done = subprocess.run(given, cwd=cwd, input=stdin, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def create(definition: pathlib.Path, context: pathlib.Path) -> list[str]:
    """The commands of the image."""
    run("ansible-builder", "create", "--file", definition, "--context", context)
    lines = (context / "Containerfile").read_text().replace("\\\n", " ").splitlines()
    commands = [line.removeprefix("RUN ") for line in lines if line.startswith("RUN ")]
    for command in commands:
        run("bash", "-n", stdin=command)
    return commands


def requirements(path: pathlib.Path) -> list[str]:
    lines = (line.partition("#")[0].strip() for line in path.read_text().splitlines())
    return sorted(line for line in lines if line)


def test_the_context_of_the_image(tmp_path: pathlib.Path) -> None:
    commands = create(CHECKOUT / "execution-environment.yml", tmp_path / "context")
    (installs,) = (each for each in commands if "ansible-galaxy collection install" in each)
    assert "-r requirements.yml" in installs
    definition = yaml.safe_load((CHECKOUT / "execution-environment.yml").read_text())
    asked = yaml.safe_load((tmp_path / "context/_build/requirements.yml").read_text())
    assert asked == definition["dependencies"]["galaxy"]
    assert (tmp_path / "context/_build/scripts/assemble").stat().st_mode & 0o100

    # The RUN line that collects what the collection needs, on the collection as it is installed.
    (introspects,) = (each for each in commands if "introspect.py" in each)
    script, arguments = re.fullmatch(r"\$PYCMD /output/(scripts/\S+) (.*)", introspects).groups()  # type: ignore[union-attr]
    found = tmp_path / "found"
    found.mkdir()
    arguments = arguments.replace("/tmp/src", str(found)).split()
    run("python", tmp_path / "context/_build" / script, *arguments[:1], ROOT.parents[2], *arguments[1:])
    assert requirements(found / "requirements.txt") == requirements(CHECKOUT / "requirements.txt")


def test_the_context_with_the_optional_parts(tmp_path: pathlib.Path) -> None:
    definition = yaml.safe_load((CHECKOUT / "execution-environment.yml").read_text())
    for name, files in {
        "octodns": {"python": "requirements-octodns.txt"},
        "eda": {"python": "extensions/eda/requirements.txt", "system": "extensions/eda/bindep.txt"},
    }.items():
        folder = tmp_path / name
        folder.mkdir()
        given = {kind: str(CHECKOUT / path) for kind, path in files.items()}
        changed = {**definition, "dependencies": {**definition["dependencies"], **given}}
        (folder / "execution-environment.yml").write_text(yaml.safe_dump(changed))
        create(folder / "execution-environment.yml", folder / "context")
        copied: dict[str, t.Any] = {"python": "requirements.txt", "system": "bindep.txt"}
        for kind, path in files.items():
            assert requirements(folder / "context/_build" / copied[kind]) == requirements(CHECKOUT / path)
    packages = run("bindep", "--brief", "--list_all", "newline", "--file", CHECKOUT / "extensions/eda/bindep.txt")
    assert packages.split() in (["default-jre-headless"], ["java-17-openjdk-headless"])


def test_the_settings_of_ansible_navigator() -> None:
    shown = yaml.safe_load(run("ansible-navigator", "settings", "--effective", "--mode", "stdout", "--ee", "false"))
    effective, written = (
        each["ansible-navigator"] for each in (shown, yaml.safe_load((CHECKOUT / "ansible-navigator.yml").read_text()))
    )
    environment = written["execution-environment"]
    assert effective["execution-environment"]["environment-variables"] == environment["environment-variables"]
    assert effective["execution-environment"]["image"] == environment["image"]
    assert effective["playbook-artifact"]["enable"] is False
