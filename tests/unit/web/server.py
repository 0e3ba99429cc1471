# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A web server as shell scripts: a folder of configuration files, a check, and the running configuration."""

from __future__ import annotations

import os
import subprocess
import typing as t
from pathlib import Path

from ansible_collections.hosting.websec.plugins.module_utils._web.host import Host
from ansible_collections.hosting.websec.plugins.module_utils._web.journal import Journal
from ansible_collections.hosting.websec.plugins.module_utils._web.journal_entry import Command

CHECK = """#!/bin/sh
echo check >>"{root}/calls"
if grep -rsl --exclude='.*' BROKEN "{root}/conf" >/dev/null; then
  echo "server: [emerg] BROKEN in $(grep -rl --exclude='.*' BROKEN "{root}/conf")" >&2
  exit 1
fi
if grep -rs --exclude='.*' '^needs ' "{root}/conf" | sed 's/.*needs //' | while read -r name; do
    test -e "{root}/conf/$name" || echo no
  done | grep -q no; then
  echo "server: [emerg] a file is missing" >&2
  exit 1
fi
"""

RELOAD = """#!/bin/sh
echo reload >>"{root}/calls"
if grep -rsl --exclude='.*' UNUSABLE "{root}/conf" >/dev/null; then
  echo "Job for server.service failed." >&2
  exit 3
fi
rm -rf "{root}/running"
cp -a "{root}/conf" "{root}/running"
"""


class Server:
    """The server in ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.conf = root / "conf"
        self.conf.mkdir()
        self.journal = Journal(str(root / "journal"))
        self.check: Command = [self._script("check", CHECK)]
        self.reload: Command = [self._script("reload", RELOAD)]

    def _script(self, name: str, text: str) -> str:
        path = self.root / name
        path.write_text(text.format(root=self.root), encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    def write(self, **files: str) -> None:
        """Write files as the user, and let the server load them."""
        for name, text in files.items():
            (self.conf / name).write_text(text, encoding="utf-8")
        subprocess.run(self.reload, check=True, capture_output=True)
        (self.root / "calls").unlink()

    def path(self, name: str) -> str:
        return str(self.conf / name)

    def calls(self) -> list[str]:
        """The commands since ``write``."""
        journal = self.root / "calls"
        return journal.read_text(encoding="utf-8").split() if journal.exists() else []

    def files(self, folder: str = "conf") -> dict[str, str]:
        """The content of the folder: content of files, C(-> TARGET) of links."""
        return {
            path.name: f"-> {os.readlink(path)}" if path.is_symlink() else path.read_text(encoding="utf-8")
            for path in sorted((self.root / folder).iterdir())
        }

    def running(self) -> dict[str, str]:
        """The files that the server has loaded."""
        return self.files("running")

    def left_behind(self) -> list[str]:
        """The names in the folder of the journal, apart from the lock."""
        folder = self.root / "journal"
        return sorted(path.name for path in folder.iterdir() if path.name != "lock") if folder.exists() else []


def local_host() -> Host:
    """This machine, without Ansible."""
    return Host(run, os.replace)


def run(command: Command) -> tuple[int, str, str]:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout, ended.stderr


def options(server: Server, *files: dict[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
    """The options of the module C(validated_files), with ``path`` relative to the folder of the configuration."""
    return {
        "files": [{**entry, "path": server.path(entry["path"])} for entry in files],
        "validate": server.check,
        "activate": server.reload,
        "activate_always": False,
        "folders": [],
        "empty_folders": [],
        "validate_in_check_mode": False,
        "journal": str(server.root / "journal"),
        **more,
    }
