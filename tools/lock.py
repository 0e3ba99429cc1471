# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write tests/requirements/constraints.txt: the exact version of every dependency of dev.txt.

Resolves dev.txt without constraints in a new venv of every given Python, and merges the results: versions that differ
get a marker for their Python.

Usage: lock.py PYTHON [PYTHON ...]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent.parent / "tests" / "requirements"
HEADER = """\
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by `make lock`: what dev.txt pulls in, seen with Python {versions}.
"""


def resolve(python: str) -> tuple[str, dict[str, str]]:
    """Install the dev requirements with this Python; return its version ("3.11") and the output of `pip freeze`."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([python, "-m", "venv", folder], check=True)
        pip = [f"{folder}/bin/python", "-m", "pip", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--quiet", "-r", str(REQUIREMENTS / "dev.txt")], check=True)
        frozen = subprocess.run([*pip, "freeze"], check=True, capture_output=True, text=True).stdout
        code = "import sys; print('%d.%d' % sys.version_info[:2])"
        version = subprocess.run([pip[0], "-c", code], check=True, capture_output=True, text=True).stdout.strip()
    return version, dict(line.split("==", 1) for line in frozen.splitlines())


def join(pins_by_python: dict[str, dict[str, str]]) -> list[str]:
    """Merge {Python version: {package: version}} into sorted requirement lines, with a marker where Pythons differ."""
    lines = []
    for package in sorted({name for pins in pins_by_python.values() for name in pins}, key=str.lower):
        found = {python: pins[package] for python, pins in pins_by_python.items() if package in pins}
        if len(found) == len(pins_by_python) and len(set(found.values())) == 1:
            lines.append(f"{package}=={next(iter(found.values()))}")
        else:
            lines += [f'{package}=={pin}; python_version == "{python}"' for python, pin in found.items()]
    return lines


def main(pythons: list[str]) -> None:
    """Resolve with every Python and replace the constraints file."""
    if not pythons:
        sys.exit(__doc__)
    pins_by_python = dict(resolve(python) for python in pythons)
    text = HEADER.format(versions=", ".join(pins_by_python)) + "\n".join(join(pins_by_python)) + "\n"
    (REQUIREMENTS / "constraints.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
