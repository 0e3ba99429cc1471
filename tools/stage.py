# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copy the checkout to .build/stage/ansible_collections/hosting/websec, a git repository of its own.

ansible-test, mypy and ansible-lint need the collection at a path that ends like this. What git tracks or would track
is copied, so that ignored files cannot make a test pass. The copy is updated in place: only files that differ
are written, so that caches of tools stay valid and a parallel run is not disturbed.
"""

from __future__ import annotations

import fcntl
import filecmp
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAGE = ROOT / ".build" / "stage" / "ansible_collections" / "hosting" / "websec"


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return its output."""
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def files_of(folder: Path) -> set[str]:
    """Return the paths, relative to the folder, of the files that git tracks or would track there."""
    listed = git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    return {name for name in listed if name and os.path.lexists(folder / name)}


def same(one: Path, other: Path) -> bool:
    """Return whether two paths have the same content: link target, or content and executable bit."""
    if not os.path.lexists(other) or one.is_symlink() != other.is_symlink():
        return False
    if one.is_symlink():
        return os.readlink(one) == os.readlink(other)
    return one.stat().st_mode == other.stat().st_mode and filecmp.cmp(one, other, shallow=False)


def replace(source: Path, target: Path) -> None:
    """Copy a file or link atomically, so that nobody reads half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(target.name + ".new")
    new.unlink(missing_ok=True)
    shutil.copy2(source, new, follow_symlinks=False)
    new.replace(target)


def synchronise() -> None:
    """Make the staged copy equal to the checkout."""
    wanted = files_of(ROOT)
    for name in files_of(STAGE) - wanted:
        (STAGE / name).unlink()
    for name in wanted:
        if not same(ROOT / name, STAGE / name):
            replace(ROOT / name, STAGE / name)
    git(STAGE, "add", "--all")
    if git(STAGE, "status", "--porcelain"):
        author = ["-c", "user.name=stage", "-c", "user.email=stage@localhost"]
        git(STAGE, *author, "commit", "--quiet", "--no-verify", "--no-gpg-sign", "-m", "staged")


def main() -> None:
    """Stage once; a second run at the same time waits for the first."""
    STAGE.mkdir(parents=True, exist_ok=True)
    with open(ROOT / ".build" / "stage.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (STAGE / ".git").is_dir():
            git(STAGE, "init", "--quiet")
        synchronise()


if __name__ == "__main__":
    main()
