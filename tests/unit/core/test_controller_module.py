# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module that runs on the controller uses the files of this collection, wherever it is installed."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import pytest

from ansible_collections.hosting.websec.plugins.plugin_utils import _controller_module

ARGUMENTS = {
    "sites": [],
    "dns": {"server": "192.0.2.1"},
    "api_username": "user",
    "api_password": "password",
    "api_url": "http://127.0.0.1:9/",
}


@pytest.mark.parametrize("name", ["hosting.websec.sitelock_waf_sites", "sitelock_waf_sites"])
def test_a_module_runs_from_a_link_through_a_pipe_and_beside_files_of_the_user(
    name: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "link"
    link.symlink_to(_controller_module._PLUGINS.parent)
    monkeypatch.setattr(_controller_module, "_PLUGINS", link / "plugins")
    here = tmp_path / "project"
    here.mkdir()
    for file in ("dns.py", "runpy.py", "json.py"):
        (here / file).write_text("raise ImportError('a file of the user')")
    other = tmp_path / "other" / "ansible_collections"
    (other / "hosting").mkdir(parents=True)
    for folder in (other, other / "hosting"):
        (folder / "__init__.py").touch()
    done = subprocess.run(
        [sys.executable],
        input=_controller_module.script(name, ARGUMENTS),
        capture_output=True,
        check=False,
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(other.parent)},
    )
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["counts"]["sites"] == 0
