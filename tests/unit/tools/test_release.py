# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(make release) in a separate checkout; scripts replace the programs that it calls."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ansible_collections.hosting.websec.tools.release import Refused, Release

CHANGELOG = "ancestor: null\nreleases:\n  0.1.0: {}\n"
PROGRAMS = {
    "make": 'test "$*" = "test-all docs"',
    "antsibull-changelog": 'rm changelogs/fragments/new.yml && echo "  $3: {}" >>changelogs/changelog.yaml',
    "ansible-galaxy": 'tar -czf "$5/hosting-websec-$(sed -n "s/^version: //p" galaxy.yml).tar.gz" galaxy.yml',
    "nox": 'test "$1 $2 $3" = "--session importer --" && test -f "$4"',
}


class Checkout:
    """A clean checkout on the branch main, in which 0.1.0 is released."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "checkout"
        self._programs = folder / "bin"
        self._called = folder / "called"
        self._programs.mkdir()
        for name, script in PROGRAMS.items():
            self.play(name, script)
        files = {
            "galaxy.yml": "name: websec\nversion: 0.1.0\nreadme: README.md\n",
            "changelogs/changelog.yaml": CHANGELOG,
            "changelogs/fragments/new.yml": "bugfixes: []\n",
            "tools/stage.py": "",
            ".gitignore": "/.build/\n",
        }
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text)
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("config", "user.name", "tester")
        self.git("config", "user.email", "tester@localhost")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "all")

    def play(self, name: str, script: str) -> None:
        """Replace a program by this script."""
        program = self._programs / name
        program.write_text(f'#!/bin/sh\necho "{name}" >>"{self._called}"\n{script}\n')
        program.chmod(0o755)

    def git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.root), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def release(self, version: str = "0.2.0") -> Path:
        return Release(self.root, version).make()

    @property
    def called(self) -> list[str]:
        """The called programs, in order."""
        return self._called.read_text().split() if self._called.exists() else []


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, "/dev/null")
    made = Checkout(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    return made


def test_version_changelog_tarball_and_tag(checkout: Checkout) -> None:
    tarball = checkout.release()
    assert tarball.name == "hosting-websec-0.2.0.tar.gz"
    assert tarball.exists()
    assert (checkout.root / "galaxy.yml").read_text() == "name: websec\nversion: 0.2.0\nreadme: README.md\n"
    assert (checkout.root / "changelogs" / "changelog.yaml").read_text() == f"{CHANGELOG}  0.2.0: {{}}\n"
    assert checkout.git("rev-parse", "0.2.0^{commit}") == checkout.git("rev-parse", "HEAD")
    assert checkout.git("log", "--format=%s") == "Release 0.2.0\nall"
    assert checkout.git("status", "--porcelain") == ""
    assert checkout.called == ["make", "antsibull-changelog", "ansible-galaxy", "nox"]


@pytest.mark.parametrize(
    ("version", "problem"),
    [
        ("", "is not a version such as 1.2.3"),
        ("v0.2.0", "is not a version such as 1.2.3"),
        ("0.2", "is not a version such as 1.2.3"),
        ("0.02.0", "is not a version such as 1.2.3"),
        ("0.2.0-rc1", "is not a version such as 1.2.3"),
        ("0.0.9", "0.0.9 is older than 0.1.0, which is released"),
    ],
)
def test_a_wrong_version_is_refused(checkout: Checkout, version: str, problem: str) -> None:
    refused(checkout, problem, version)


def test_a_version_whose_tag_exists_is_refused(checkout: Checkout) -> None:
    checkout.git("tag", "0.2.0")
    refused(checkout, "The tag 0.2.0 exists")


@pytest.mark.parametrize("file", ["new.txt", "galaxy.yml"])
def test_a_checkout_with_changes_is_refused(checkout: Checkout, file: str) -> None:
    (checkout.root / file).write_text("changed\n")
    refused(checkout, f"not committed. Commit or undo them:\n.*{file}")


@pytest.mark.parametrize("how", [["checkout", "--quiet", "-b", "mine"], ["checkout", "--quiet", "--detach"]])
def test_another_branch_is_refused(checkout: Checkout, how: list[str]) -> None:
    checkout.git(*how)
    refused(checkout, "Releases are made on main")


def refused(checkout: Checkout, problem: str, version: str = "0.2.0") -> None:
    """It reports the reason, and nothing was done."""
    before = checkout.git("status", "--porcelain"), checkout.git("rev-parse", "HEAD"), checkout.git("tag")
    with pytest.raises(Refused, match=problem):
        checkout.release(version)
    assert (checkout.git("status", "--porcelain"), checkout.git("rev-parse", "HEAD"), checkout.git("tag")) == before
    assert checkout.called == []


@pytest.mark.parametrize("step", range(len(PROGRAMS)))
def test_after_a_failure_the_same_command_goes_on_with_what_is_left(checkout: Checkout, step: int) -> None:
    name = list(PROGRAMS)[step]
    checkout.play(name, "exit 1")
    with pytest.raises(subprocess.CalledProcessError):
        checkout.release()
    assert checkout.git("tag") == ""
    assert checkout.git("status", "--porcelain") == ""
    checkout.play(name, PROGRAMS[name])
    assert checkout.release().exists()
    assert checkout.git("log", "--format=%s") == "Release 0.2.0\nall"
    # A tarball that is refused is built anew.
    assert checkout.called == [*list(PROGRAMS)[: step + 1], *list(PROGRAMS)[min(step, 2) :]]


def test_what_came_after_the_tests_is_tested(checkout: Checkout) -> None:
    checkout.play("ansible-galaxy", "exit 1")
    with pytest.raises(subprocess.CalledProcessError):
        checkout.release()
    checkout.git("commit", "--quiet", "--allow-empty", "--message", "one more")
    checkout.play("ansible-galaxy", PROGRAMS["ansible-galaxy"])
    checkout.release()
    assert checkout.called.count("make") == 2
