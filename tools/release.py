# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a release on this machine: `make release VERSION=1.2.3`.

Tests and documentation, version and changelog, a commit, the tarball checked as Galaxy does, a tag. Nothing is pushed
or published. Each step is done once: after a failure, the same command continues with the remaining steps.

Usage: release.py VERSION
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
BRANCH = "main"
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


class Refused(Exception):
    """The release was refused, and nothing was changed."""


class Release:
    """A release of a checkout.

    :param root: the checkout.
    """

    def __init__(self, root: Path, version: str) -> None:
        self._root = root
        self._version = version
        self._folder = root / ".build" / "release"
        self._tested = self._folder / "tested"

    def make(self) -> Path:
        """Do the remaining steps; return the path of the tarball.

        :raises Refused: see ``check``. :raises subprocess.CalledProcessError: a step failed.
        """
        self.check()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._test()
        if not self._prepared():
            self._prepare()
        tarball = self._build()
        self._git("tag", "--annotate", self._version, "--message", f"Release {self._version}")
        return tarball

    def check(self) -> None:
        """Check that a release may be made.

        :raises Refused: it may not; the text says what to do.
        """
        if not _VERSION.fullmatch(self._version):
            raise Refused(f"{self._version!r} is not a version such as 1.2.3. Run: make release VERSION=1.2.3")
        if self._git("tag", "--list", self._version):
            raise Refused(f"The tag {self._version} exists. A release is never made twice: choose the next version.")
        newest = max(self._released(), key=_numbers, default=None)
        if newest is not None and _numbers(self._version) < _numbers(newest):
            raise Refused(f"{self._version} is older than {newest}, which is released.")
        branch = self._git("branch", "--show-current")
        if branch != BRANCH:
            raise Refused(f"This is the branch {branch or '(none)'}. Releases are made on {BRANCH}.")
        if changes := self._git("status", "--porcelain"):
            raise Refused(f"The checkout has changes that are not committed. Commit or undo them:\n{changes}")

    def _test(self) -> None:
        """The tests of a release, unless this commit has passed them."""
        if not self._tested.exists() or self._tested.read_text(encoding="ascii") != self._head():
            self._run("make", "test-all", "docs")
            self._tested.write_text(self._head(), encoding="ascii")

    def _prepared(self) -> bool:
        return self._version in self._released()

    def _prepare(self) -> None:
        """Set the version, merge the changelog fragments, and commit both, or change nothing."""
        galaxy = self._root / "galaxy.yml"
        text = galaxy.read_text(encoding="utf-8")
        try:
            galaxy.write_text(re.sub(r"(?m)^version: .*$", f"version: {self._version}", text), encoding="utf-8")
            self._run("antsibull-changelog", "release", "--version", self._version)
            self._git("add", "--all")
            self._git("commit", "--message", f"Release {self._version}")
        except BaseException:
            # The checkout was clean, so this loses nothing.
            self._git("reset", "--hard", "--quiet")
            self._git("clean", "--force", "--quiet")
            raise
        # Only the version and the changelog changed.
        self._tested.write_text(self._head(), encoding="ascii")

    def _build(self) -> Path:
        """The tarball, of the files that git tracks only."""
        self._run(sys.executable, "tools/stage.py")
        stage = self._root / ".build" / "stage" / "ansible_collections" / "hosting" / "websec"
        self._run("ansible-galaxy", "collection", "build", "--force", "--output-path", str(self._folder), str(stage))
        tarball = self._folder / f"hosting-websec-{self._version}.tar.gz"
        # What Galaxy would refuse gets no tag.
        self._run("nox", "--session", "importer", "--", str(tarball))
        return tarball

    def _released(self) -> list[str]:
        """The versions in the changelog."""
        changelog = yaml.safe_load((self._root / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))
        return list(changelog["releases"])

    def _head(self) -> str:
        return self._git("rev-parse", "HEAD")

    def _git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self._root), *arguments]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    def _run(self, *command: str) -> None:
        subprocess.run(command, cwd=self._root, stdin=subprocess.DEVNULL, check=True)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def main() -> int:
    """Make the release; return the exit code."""
    version = (sys.argv[1:] or [""])[0]
    try:
        tarball = Release(ROOT, version).make()
    except Refused as refused:
        print(f"release: nothing was changed. {refused}", file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as error:
        print(f"release: {error}\nrelease: correct it and run the same command again.", file=sys.stderr)
        return 1
    print(f"release: {tarball} and the tag {version} are ready. Nothing was pushed. To publish it:")
    print(f"  git push origin {BRANCH} {version}")
    print(f"  ansible-galaxy collection publish {tarball}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
