# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run unit tests and sanity with every ansible-core that the collection supports and every Python that is found.

Each combination has its own venv. Sanity compiles and imports the modules with every Python that is found and that the
ansible-core supports as a target, down to the oldest. A Python that is too old for a controller runs the unit tests of
module code, with the ansible.module_utils of an ansible-core that supports it.

PYTHONS (environment): the interpreters to use, separated by blanks. Default: those on PATH and those of pyenv.
At the end it prints what ran, what failed, and what did not run because its Python was not found.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build"
STAGE_PATH = BUILD / "stage"
STAGE = STAGE_PATH / "ansible_collections" / "hosting" / "websec"
MATRIX = BUILD / "matrix"
HOME = BUILD / "home"

# ansible-core -> the Pythons that a controller of this version runs on.
CONTROLLERS = {
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.12", "3.13", "3.14"),
    "2.22": ("3.13", "3.14"),
}
# Pythons that run modules only, and the newest ansible-core with that as a target.
TARGETS = {"3.9": "2.20", "3.10": "2.22"}
# The Python for the oldest allowed versions of the libraries.
OLDEST = "3.9"
# Unit tests of controller code only. All others also run with the Pythons of targets.
CONTROLLER_TESTS = (
    "botguard/test_hosting.py",
    "filter",
    "fleet",
    "fleet_report",
    "inventory",
    "lookup",
    "panels",
    "runs",
    "sandbox",
    "sitelock/test_accounts.py",
    "test_filters_are_light.py",
    "test_role_variables.py",
    "tools",
    "whmcs",
)


@dataclasses.dataclass
class Result:
    """One line of the table at the end: a step and its result."""

    name: str
    verdict: str
    seconds: float = 0.0

    @property
    def bad(self) -> bool:
        """Whether this is a failure; a step that did not run is none."""
        return self.verdict.startswith("FAILED")


def version_of(python: str) -> str | None:
    """Return the version ("3.11") of an interpreter, or None if it does not run (such as a shim of pyenv)."""
    code = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
    try:
        ran = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return ran.stdout.strip() if ran.returncode == 0 else None


def candidates() -> Iterator[str]:
    """Yield the interpreters to try, in the order of preference."""
    if os.environ.get("PYTHONS"):
        yield from os.environ["PYTHONS"].split()
        return
    wanted = {*TARGETS, *(version for versions in CONTROLLERS.values() for version in versions)}
    for version in wanted:
        found = shutil.which(f"python{version}")
        if found:
            yield found
    yield from filter(None, [shutil.which("python3")])
    if shutil.which("pyenv"):
        root = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=True).stdout.strip()
        yield from map(str, sorted(Path(root, "versions").glob("3.*/bin/python")))


def find_pythons() -> dict[str, str]:
    """Return the interpreters by version."""
    found: dict[str, str] = {}
    for python in candidates():
        version = version_of(python)
        if version:
            found.setdefault(version, os.path.realpath(python))
    return found


def run(log: Path, command: list[str], **environment: str) -> None:
    """Run a command in the staged copy, with its output in the log."""
    with log.open("ab") as output:
        output.write(f"$ {' '.join(command)}\n".encode())
        output.flush()
        subprocess.run(
            command,
            check=True,
            cwd=STAGE,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def build_venv(folder: Path, python: str, core: str | None, log: Path, *, oldest: bool = False) -> None:
    """Make a venv with the requirements of the unit tests and, if given, the newest release of an ansible-core.

    If it is not released yet, its newest preview is used. With ``oldest``, the libraries of the modules have their
    oldest allowed versions.
    """
    marker = folder / "complete"
    if marker.exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    run(log, [python, "-m", "venv", str(folder)])
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    packages = ["pytest", "pytest-xdist", "antsibull-changelog", "-r", str(ROOT / "tests/unit/requirements.txt")]
    if oldest:
        constraints = folder / "oldest.txt"
        wanted = (ROOT / "tests/unit/requirements.txt").read_text("utf-8")
        constraints.write_text(wanted.replace(">=", "=="), encoding="utf-8")
        packages += ["-c", str(constraints)]
    if core:
        major, minor = core.split(".")
        packages.append(f"ansible-core>={core}.0b1,<{major}.{int(minor) + 1}.0a1")
    run(log, [*pip, *packages])
    marker.touch()


def pytest(venv: Path, options: list[str], log: Path) -> None:
    """Run unit tests of the staged copy with the Python of a venv."""
    command = [str(venv / "bin" / "python"), "-m", "pytest", "--numprocesses=2", "--hypothesis-profile=ci", *options]
    run(log, command, PYTHONPATH=str(STAGE_PATH), ANSIBLE_HOME=str(BUILD / "ansible-home"))


def known_targets(venv: Path) -> set[str]:
    """Return the Pythons on which the ansible-core of a venv runs modules."""
    code = (
        "from ansible_test._util.target.common.constants import *;"
        "print(*REMOTE_ONLY_PYTHON_VERSIONS, *CONTROLLER_PYTHON_VERSIONS)"
    )
    python = str(venv / "bin" / "python")
    return set(subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def sanity(venv: Path, version: str, pythons: dict[str, str], log: Path) -> None:
    """Run all sanity tests with the ansible-test of a venv, for every target that is found."""
    run(log, [str(venv / "bin" / "python"), str(ROOT / "tools" / "ansible_test_home.py"), str(HOME)])
    targets = sorted(known_targets(venv) & set(pythons))
    # Only interpreters that run, under the names that ansible-test searches for.
    links = venv / "pythons"
    links.mkdir(exist_ok=True)
    for target in targets:
        if target != version:
            (links / f"python{target}").unlink(missing_ok=True)
            (links / f"python{target}").symlink_to(pythons[target])
    command = [str(venv / "bin" / "ansible-test"), "sanity", "--color", "no"]
    command += ["--controller", f"origin:python={version}"]
    command += [argument for target in targets for argument in ("--target-python", target)]
    path = os.pathsep.join([str(venv / "bin"), str(links), "/usr/local/bin", "/usr/bin", "/bin"])
    run(log, command, HOME=str(HOME), PATH=path)


def timed(name: str, log: Path, step: Callable[[], None]) -> Result:
    """Run one step and print its result; show the log if it failed."""
    log.unlink(missing_ok=True)
    started = time.monotonic()
    try:
        step()
        result = Result(name, "ok", time.monotonic() - started)
    except subprocess.CalledProcessError as error:
        result = Result(name, f"FAILED (exit code {error.returncode})", time.monotonic() - started)
        print(log.read_text(encoding="utf-8", errors="replace") if log.exists() else error)
    print(f"matrix: {result.name}: {result.verdict}, {result.seconds:.0f} s", flush=True)
    return result


def controller_results(pythons: dict[str, str]) -> Iterator[Result]:
    """Run every combination of a controller."""
    for core, versions in CONTROLLERS.items():
        for version in versions:
            name = f"ansible-core {core}, Python {version}"
            if version not in pythons:
                yield Result(name, f"not run: no Python {version}")
                continue
            venv, log = MATRIX / f"core{core}-py{version}", MATRIX / f"core{core}-py{version}.log"
            python = pythons[version]

            def units(venv: Path = venv, python: str = python, core: str = core, log: Path = log) -> None:
                build_venv(venv, python, core, log)
                pytest(venv, [], log)

            def checks(venv: Path = venv, version: str = version, log: Path = log) -> None:
                sanity(venv, version, pythons, log)

            yield timed(f"{name}: unit tests", log, units)
            yield timed(f"{name}: sanity", log, checks)


def target_results(pythons: dict[str, str]) -> Iterator[Result]:
    """Run the tests of module_utils with the Pythons that run modules only, and with the oldest libraries."""
    runs = [(version, core, False) for version, core in TARGETS.items()] + [(OLDEST, TARGETS[OLDEST], True)]
    for version, core, oldest in runs:
        libraries = "oldest libraries, " if oldest else ""
        name = f"modules on Python {version} ({libraries}ansible-core {core}): unit tests"
        controllers = sorted(MATRIX.glob(f"core{core}-py*/complete"))
        if version not in pythons or not controllers:
            yield Result(name, f"not run: no Python {version}" if controllers else f"not run: no ansible-core {core}")
            continue
        folder = f"oldest-py{version}" if oldest else f"target-py{version}"
        venv, log = MATRIX / folder, MATRIX / f"{folder}.log"
        [ansible] = controllers[0].parent.glob("lib/python*/site-packages/ansible")

        def units(
            venv: Path = venv, log: Path = log, ansible: Path = ansible, version: str = version, oldest: bool = oldest
        ) -> None:
            build_venv(venv, pythons[version], None, log, oldest=oldest)
            # As on a target: module_utils, and nothing else of ansible.
            there = venv / "on-target" / "ansible"
            there.mkdir(parents=True, exist_ok=True)
            (there / "__init__.py").write_text("", encoding="ascii")
            for part in ("module_utils", "release.py"):
                (there / part).unlink(missing_ok=True)
                (there / part).symlink_to(ansible / part)
            # Also for modules that tests start as separate processes.
            [packages] = venv.glob("lib/python*/site-packages")
            (packages / "on-target.pth").write_text(f"{there.parent}\n", encoding="utf-8")
            pytest(venv, [f"--ignore=tests/unit/{name}" for name in CONTROLLER_TESTS], log)

        yield timed(name, log, units)


def main() -> int:
    """Run the matrix and print the table; return 1 when anything failed or nothing could be run."""
    MATRIX.mkdir(parents=True, exist_ok=True)
    pythons = find_pythons()
    print("matrix: found Python " + ", ".join(sorted(pythons, key=lambda v: [int(n) for n in v.split(".")])))
    results = [*controller_results(pythons), *target_results(pythons)]
    print("\n" + "\n".join(f"{result.name:62} {result.verdict}" for result in results))
    ran = [result for result in results if not result.verdict.startswith("not run")]
    return 1 if not ran or any(result.bad for result in ran) else 0


if __name__ == "__main__":
    sys.exit(main())
