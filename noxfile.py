# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tools whose dependencies conflict with those of .venv, each in a venv of its own: C(nox --list).

The versions are those that the tests were seen to pass with.
"""

from __future__ import annotations

import os

import nox

nox.options.default_venv_backend = "venv"
nox.options.envdir = ".build/nox"
nox.options.reuse_venv = "yes"
nox.options.sessions = []

CONSTRAINTS = ("-c", "tests/requirements/constraints.txt")


@nox.session
def ee(session: nox.Session) -> None:
    """Install ansible-builder and ansible-navigator, for the tests of the execution environment."""
    session.install("ansible-builder==3.2.0", "ansible-navigator==26.10.0", *CONSTRAINTS)


@nox.session
def eda(session: nox.Session) -> None:
    """Install ansible-rulebook, for the tests of the event source. It needs Java."""
    optional = ("-r", "extensions/eda/requirements.txt", "-r", "requirements.txt")
    session.install("ansible-rulebook==1.3.2", *optional, *CONSTRAINTS)


@nox.session
def importer(session: nox.Session) -> None:
    """Check a tarball as Galaxy does when it is uploaded: nox -s importer -- FILE."""
    session.install("galaxy-importer==0.4.44")
    settings = session.create_tmp() + "/importer.cfg"
    with open(settings, "w", encoding="ascii") as file:
        # Sanity tests run in `make test`; they would need a container here.
        file.write("[galaxy-importer]\nRUN_ANSIBLE_TEST = False\nRUN_ANSIBLE_LINT = True\nCHECK_REQUIRED_TAGS = True\n")
    command = ("python", "-m", "galaxy_importer.main", *(os.path.abspath(file) for file in session.posargs))
    # It leaves its result as a file where it runs.
    session.chdir(session.create_tmp())
    log = session.run(*command, env={"GALAXY_IMPORTER_CONFIG": settings}, silent=True)
    # It ends with 0 whatever it found, so its log decides.
    problems = [line for line in log.splitlines() if line.startswith(("ERROR", "WARNING", "CRITICAL"))]
    if problems or "completed successfully" not in log:
        session.error("\n".join(problems) or log)
