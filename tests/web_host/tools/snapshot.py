# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print one line for everything on this host that a role could have changed, to be compared with a later print.

That is: the files below the folders of the web servers and of apt, the packages that are installed or held, and the
main process of the running web server.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

_FOLDERS = ("/etc/nginx", "/etc/apache2", "/etc/apt", "/usr/lib/nginx/modules", "/usr/lib/apache2/modules")
_COMMANDS = (
    ["dpkg-query", "--show"],
    ["apt-mark", "showhold"],
    ["systemctl", "show", "--property=MainPID,ActiveState", "nginx.service", "apache2.service"],
)


def lines() -> Iterator[str]:
    """Yield the lines, always in the same order."""
    for folder in _FOLDERS:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_symlink():
                yield f"{path} -> {path.readlink()}"
            elif path.is_file():
                yield f"{path} {path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
            else:
                yield str(path)
    for command in _COMMANDS:
        yield subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    print("\n".join(lines()))
