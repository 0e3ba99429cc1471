# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prepare a home folder for ansible-test, so that it neither reads nor writes the user's own.

ansible-test passes HOME to the programs that it runs and drops most of the environment. This home has
* the current settings of pip (from environment, user and machine), and
* a bootstrap script for pip. Without one, ansible-test downloads a script from a fixed address, which a machine
  that reaches only its package index cannot. This script copies the same version of pip, installed and compiled once,
  into a folder: ansible-test makes ten venvs, and installing pip takes longer than the rest of most of them.

Usage: ansible_test_home.py FOLDER
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import ansible_test._internal.python_requirements

PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]

BOOTSTRAP = '''\
"""Stand-in for get-pip: copies pip from where it is installed, and has it install what else it is told."""

import runpy
import shutil
import sys
import sysconfig

shutil.copytree({installed!r}, sysconfig.get_path("purelib"), dirs_exist_ok=True)
arguments = [
    argument
    for argument in sys.argv[1:]
    if argument not in ("--no-setuptools", "--no-wheel") and not argument.startswith("pip==")
]
if any(not argument.startswith("-") for argument in arguments):
    sys.argv = ["pip", "install", *arguments]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)
'''


def pip_versions() -> set[str]:
    """Return the versions of pip that the installed ansible-test bootstraps with.

    They are literals in a function: the default, and others for some versions of Python.
    """
    tree = ast.parse(Path(ansible_test._internal.python_requirements.__file__).read_text(encoding="utf-8"))
    [function] = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "get_venv_packages"
    ]
    return {
        str(keyword.value.value)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "pip" and isinstance(keyword.value, ast.Constant)
    }


def write_pip_settings(home: Path) -> None:
    """Write the current settings of pip as the configuration file of this home."""
    listed = subprocess.run([*PIP, "config", "list"], check=True, capture_output=True, text=True).stdout
    # Only errors: a failed command is shown with its whole output, and pip's other messages do not help then.
    sections: dict[str, dict[str, str]] = {"global": {"quiet": "2"}}
    for line in listed.splitlines():
        name, value = line.split("=", 1)
        section, _dot, option = name.rpartition(".")
        # The environment is first in the list, so it has priority.
        sections.setdefault(section.replace(":env:", "global"), {}).setdefault(option, ast.literal_eval(value))
    target = home / ".config" / "pip" / "pip.conf"
    target.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(
        f"[{section}]\n" + "".join(f"{option} = {value}\n" for option, value in options.items())
        for section, options in sections.items()
    )
    target.write_text(text, encoding="utf-8")


def write_bootstrap(home: Path, version: str) -> None:
    """Install this version of pip into a folder, once, and write the script that copies it."""
    cache = home / ".ansible" / "test" / "cache"
    installed = cache / f"pip-{version}"
    if not installed.exists():
        unfinished = cache / f"pip-{version}.unfinished"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        command = [*PIP, "install", "--quiet", "--no-deps", "--target", str(unfinished), f"pip=={version}"]
        subprocess.run(command, check=True)
        # Programs for this interpreter, not for those of the venvs.
        shutil.rmtree(unfinished / "bin")
        unfinished.rename(installed)
    script = cache / f"get_pip_{version.replace('.', '_')}.py"
    script.write_text(BOOTSTRAP.format(installed=str(installed)), encoding="utf-8")


def main() -> None:
    """Prepare the home in the folder given on the command line."""
    home = Path(sys.argv[1])
    write_pip_settings(home)
    for version in sorted(pip_versions()):
        write_bootstrap(home, version)


if __name__ == "__main__":
    main()
