# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of a run: their permissions and their removal."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import time

import pytest

from ansible_collections.hosting.websec.plugins.plugin_utils import _run_files


@pytest.fixture(autouse=True)
def _temporary_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setattr(_run_files.constants, "DEFAULT_LOCAL_TMP", str(tmp_path))


def test_what_is_kept_can_be_read_by_its_owner_only(tmp_path: pathlib.Path) -> None:
    path = pathlib.Path(_run_files.keep({"sites": [{"domain": "a.example"}]}))
    assert json.loads(path.read_text()) == {"sites": [{"domain": "a.example"}]}
    assert path.parent == tmp_path
    assert path.stat().st_mode & 0o077 == 0


def removed(tmp_path: pathlib.Path, name: str, *, folder: str = "ansible-local-1aaaaaaaa", age: float = 0) -> bool:
    """Whether the next run removes a file of this name in the temporary folder of another run."""
    left = tmp_path / "tmp" / folder / name
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_text("{}")
    os.utime(left, (time.time() - age, time.time() - age))
    return removed_by_next_run(left)


def removed_by_next_run(path: pathlib.Path) -> bool:
    own = path.parent.parent / "ansible-local-2bbbbbbbb"
    own.mkdir(exist_ok=True)
    _run_files.remove_left_behind.cache_clear()
    _run_files.remove_left_behind(str(own))
    return not path.exists() and not path.is_symlink()


def machine() -> str:
    name = _run_files._machine()
    assert name is not None
    return name


def this_process() -> str:
    return f"{machine()}-{os.getpid()}-{_run_files._started(os.getpid())}"


@pytest.fixture
def gone() -> str:
    """A process of this machine that has ended."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        name = f"{machine()}-{process.pid}-{_run_files._started(process.pid)}"
        process.communicate(b"\n")
    return name


DAY = 24 * 3600


def test_what_a_killed_run_left_is_removed(tmp_path: pathlib.Path, gone: str) -> None:
    assert removed(tmp_path, f"websec-kept-{gone}-x.json")
    # Its id now belongs to another process.
    assert removed(tmp_path, f"websec-kept-{machine()}-{os.getpid()}-1-x.json")
    # It is unknown whether the process still runs: it is on another machine, or not in the name.
    assert removed(tmp_path, "websec-kept-abc-1-1-x.json", age=DAY + 60)
    assert removed(tmp_path, "websec-kept-x.json", age=DAY + 60)


def test_a_run_under_way_keeps_its_files(tmp_path: pathlib.Path, gone: str) -> None:
    assert not removed(tmp_path, f"websec-kept-{this_process()}-x.json", age=10 * DAY)
    assert not removed(tmp_path, "websec-kept-abc-1-1-x.json", age=DAY - 60)
    assert not removed(tmp_path, "websec-kept-x.json", age=DAY - 60)
    assert not removed(tmp_path, f"websec-kept-{gone}-x.json", folder="ansible-local-2bbbbbbbb"), "its own folder"


def test_what_is_not_of_this_collection_stays(tmp_path: pathlib.Path, gone: str) -> None:
    assert not removed(tmp_path, "tmpabc.json", age=10 * DAY)
    assert not removed(tmp_path, f"my-websec-kept-{gone}-x.json", age=10 * DAY)
    assert not removed(tmp_path, f"websec-{gone}-x.json", age=10 * DAY)
    assert not removed(tmp_path, f"websec-kept-{gone}-x.json", folder="notes", age=10 * DAY)


def test_files_of_others_stay(tmp_path: pathlib.Path, gone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_run_files.os, "geteuid", lambda: os.getuid() + 1)
    assert not removed(tmp_path, f"websec-kept-{gone}-x.json")


def test_no_link_is_followed(tmp_path: pathlib.Path, gone: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / f"websec-kept-{gone}-x.json").write_text("{}")
    (outside / "progress").write_text("{}")
    run = tmp_path / "tmp" / "ansible-local-1aaaaaaaa"
    run.mkdir(parents=True)
    links = [
        run.parent / "ansible-local-3cccccccc",
        run / f"websec-progress-{gone}-x",
        run / f"websec-kept-{gone}-link.json",
    ]
    for link, target in zip(links, (outside, outside, outside / "progress")):
        link.symlink_to(target)
    for link in links[1:]:
        assert not removed_by_next_run(link)
    assert sorted(path.name for path in outside.iterdir()) == ["progress", f"websec-kept-{gone}-x.json"]


def test_a_folder_goes_with_what_is_in_it(tmp_path: pathlib.Path, gone: str) -> None:
    folder = tmp_path / "tmp" / "ansible-local-1aaaaaaaa" / f"websec-progress-{gone}-x"
    folder.mkdir(parents=True)
    (folder / "progress").write_text("{}")
    assert removed_by_next_run(folder)


def test_a_file_says_which_run_it_belongs_to(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for pid in (os.getpid(), os.getppid()):
        own = tmp_path / f"ansible-local-{pid}abcdefgh"
        own.mkdir()
        monkeypatch.setattr(_run_files.constants, "DEFAULT_LOCAL_TMP", str(own))
        path = pathlib.Path(_run_files.keep({"sites": []}))
        assert path.name.startswith(f"websec-kept-{machine()}-{pid}-{_run_files._started(pid)}-")
        assert not removed_by_next_run(path)
