# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Record everything on this host that a role could change; with "compare", print the changes since then.

That is: the files below the folders of the web servers, of apt, of systemd and of the relay, the packages that are
installed or held, and the main process of the running web server and of the relay.
"""

from __future__ import annotations

import difflib
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_WRITTEN = Path("/var/tmp/snapshot")
_FOLDERS = (
    *("/etc/nginx", "/etc/apache2", "/etc/apt", "/usr/lib/nginx/modules", "/usr/lib/apache2/modules"),
    *("/etc/systemd/system", "/etc/logrotate.d", "/etc/sitelock-relay", "/usr/local/lib/sitelock-relay"),
)
_UNITS = ("nginx.service", "apache2.service", "sitelock-relay.service", "sitelock-relay.socket")
_COMMANDS = (
    ["dpkg-query", "--show"],
    ["apt-mark", "showhold"],
    ["systemctl", "show", "--property=MainPID,ActiveState", *_UNITS],
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
        yield from subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def main() -> int:
    """Write the lines, or print removed and new ones and return 1 if there are any."""
    now = list(lines())
    if sys.argv[1:] != ["compare"]:
        _WRITTEN.write_text("\n".join(now), encoding="utf-8")
        return 0
    changes = list(difflib.unified_diff(_WRITTEN.read_text(encoding="utf-8").split("\n"), now, lineterm="", n=0))
    print("\n".join(changes))
    return 1 if changes else 0


if __name__ == "__main__":
    sys.exit(main())
