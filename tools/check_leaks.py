# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fail if a file of the repository contains a path or host of the machine that it was written on.

It searches for these of the current machine: the folder of the checkout and its parent, the home folder, and the hosts
and folders that pip and apt get packages from.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent

# Every machine has these, so they reveal nothing.
COMMON_FOLDERS = {"/", "/home", "/mnt", "/opt", "/srv", "/tmp", "/usr/local/src", "/usr/src", "/var/tmp"}


def folders() -> Iterator[str]:
    """Yield the folders that belong to this machine or its user."""
    for folder in (ROOT, ROOT.parent, Path.home()):
        if str(folder) not in COMMON_FOLDERS:
            yield str(folder)


def hosts_and_folders(text: str) -> Iterator[str]:
    """Yield the package sources in a text: the host of a URL, or the folder of a local source."""
    for word in text.split():
        url = urlsplit(word)
        if url.hostname and url.hostname != "localhost":
            yield url.hostname
        elif url.path.startswith("/") and url.scheme in ("", "file") and url.path not in COMMON_FOLDERS:
            yield url.path.rstrip("/")


def pip_sources() -> Iterator[str]:
    """Yield the hosts and folders that pip is configured to use."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    for line in subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines():
        name, value = line.split("=", 1)
        if name.endswith((".index-url", ".extra-index-url", ".find-links")):
            yield from hosts_and_folders(ast.literal_eval(value))


def apt_sources() -> Iterator[str]:
    """Yield the hosts that apt is configured to use."""
    folder = Path("/etc/apt")
    for path in [folder / "sources.list", *folder.glob("sources.list.d/*")]:
        if path.is_file() and os.access(path, os.R_OK):
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                if re.match(r"\s*(deb\s|deb-src\s|URIs:)", line):
                    yield from (word for word in hosts_and_folders(line) if not word.startswith("/"))


def repository_files() -> list[Path]:
    """Return the files that git tracks or would track."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def main() -> int:
    """Print every line that contains one of them; return 1 if there is any."""
    needles = sorted({*folders(), *pip_sources(), *apt_sources()})
    # Whole names only: /one is neither in /onerous nor in docs/one.
    pattern = re.compile(rf"(?<![\w.~/-])({'|'.join(map(re.escape, needles))})(?![\w-])")
    found = 0
    for path in repository_files():
        text = path.read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), start=1):
            # In a URL the host follows slashes or the @ of a user.
            for match in pattern.finditer(re.sub(r"\w+://", " ", line)):
                found += 1
                print(f"{path.relative_to(ROOT)}:{number}: names {match[1]!r} of this machine")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
