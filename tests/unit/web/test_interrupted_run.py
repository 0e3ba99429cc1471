# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A process that is killed (SIGKILL) before each of its system calls in turn, and the run after that."""

from __future__ import annotations

import json
import os
import signal
import sys
import typing as t
from pathlib import Path

import pytest

from ansible_collections.hosting.websec.plugins.modules import validated_files
from ansible_collections.hosting.websec.tests.unit.web.server import Server, local_host, options

EVENTS = {"open", "os.rename", "os.remove", "os.symlink", "os.chmod", "os.chown", "os.mkdir", "subprocess.Popen"}

OLD = {"main": "main\n", "site": "site\n", "link": "-> main", "gone": "gone\n"}
NEW = {"main": "main\n", "site": "other\n", "link": "own\n", "module": "new\n", "switch": "-> module"}
DESIRED: list[dict[str, t.Any]] = [
    {"path": "module", "content": "new\n"},
    {"path": "switch", "link": "module"},
    {"path": "site", "content": "other\n", "mode": "0600"},
    {"path": "link", "content": "own\n"},
    {"path": "gone", "state": "absent"},
]
DESIRED_BROKEN = [*DESIRED, {"path": "last", "content": "UNUSABLE\n"}]


def new_server(root: Path) -> Server:
    root.mkdir()
    server = Server(root)
    os.symlink("main", server.conf / "link")
    server.write(main="main\n", site="site\n", gone="gone\n")
    return server


def killed_run(server: Server, desired: list[dict[str, t.Any]], step: int) -> bool:
    """Run in a process that is killed right before its system call number ``step``. Returns whether it was killed."""
    child = os.fork()
    if child:
        _child, status = os.waitpid(child, 0)
        return os.WIFSIGNALED(status)
    left = [step]

    def count(event: str, _arguments: object) -> None:
        if event in EVENTS:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    try:
        validated_files.run(options(server, *desired), local_host(), False)
    finally:
        os._exit(0)
    return False


BETWEEN = 3
each_step = pytest.mark.parametrize(
    "first", [1, *(pytest.param(first, marks=pytest.mark.all_only) for first in range(2, BETWEEN + 1))]
)
"""`make test` kills at every third step, `make test-all` at each."""


def steps(tmp_path: Path, desired: list[dict[str, t.Any]], first: int) -> t.Iterator[Server]:
    """Servers at which a run was killed, each some steps later, until one run ended."""
    for step in range(first, 500, BETWEEN):
        server = new_server(tmp_path / str(step))
        if not killed_run(server, desired, step):
            assert step > 40, "the steps are not counted"
            return
        yield server
    pytest.fail("it does not end")


def whole(server: Server) -> None:
    """There are no remains, and the server has loaded the current files."""
    assert server.running() == server.files()
    assert server.left_behind() == []


@each_step
def test_the_next_run_reaches_the_new_state(tmp_path: Path, first: int) -> None:
    for server in steps(tmp_path, DESIRED, first):
        validated_files.run(options(server, *DESIRED), local_host(), False)
        assert server.files() == NEW
        assert (server.conf / "site").stat().st_mode & 0o777 == 0o600
        whole(server)


@each_step
def test_a_next_run_that_wants_nothing_of_it_finds_the_old_state_or_the_new_one(tmp_path: Path, first: int) -> None:
    seen = []
    for server in steps(tmp_path, DESIRED, first):
        mode = (server.conf / "site").stat().st_mode
        validated_files.run(options(server, {"path": "main", "content": "main\n"}), local_host(), False)
        assert server.files() in (OLD, NEW)
        seen.append(server.files() == NEW)
        if server.files() == OLD and not seen[0]:
            assert (server.conf / "site").stat().st_mode & 0o777 == 0o644, oct(mode)
        whole(server)
    # The change stays only after it is confirmed.
    assert seen == sorted(seen)
    assert not seen[0]
    assert seen[-1]


@each_step
def test_a_run_that_was_killed_while_it_put_back_is_put_back(tmp_path: Path, first: int) -> None:
    for server in steps(tmp_path, DESIRED_BROKEN, first):
        validated_files.run(options(server), local_host(), False)
        assert server.files() == OLD
        whole(server)


@each_step
def test_a_recovery_that_is_killed_is_done_by_the_next_one(tmp_path: Path, first: int) -> None:
    for step in range(first, 200, BETWEEN):
        server = new_server(tmp_path / str(step))
        interrupt_at_reload(server)
        if not killed_run(server, [], step):
            assert step > 15
            return
        validated_files.run(options(server), local_host(), False)
        assert server.files() == OLD
        whole(server)
    pytest.fail("it does not end")


def interrupt_at_reload(server: Server, desired: list[dict[str, t.Any]] | None = None) -> None:
    """A run whose process is killed while the server loads the new files."""
    reload = Path(server.reload[0])
    text = reload.read_text(encoding="utf-8")
    reload.write_text(text + "kill -9 $PPID\n", encoding="utf-8")
    assert killed_run(server, DESIRED if desired is None else desired, 10**6)
    reload.write_text(text, encoding="utf-8")
    assert server.running() == server.files() == NEW


def test_a_server_that_took_the_new_files_over_gets_the_old_ones_again(tmp_path: Path) -> None:
    server = new_server(tmp_path / "server")
    interrupt_at_reload(server)
    result = validated_files.run(options(server), local_host(), False)
    assert result["changed"]
    assert result["recovered"] == sorted(server.path(entry["path"]) for entry in DESIRED)
    assert server.running() == server.files() == OLD


def test_check_mode_foresees_the_recovery_and_leaves_it(tmp_path: Path) -> None:
    server = new_server(tmp_path / "server")
    interrupt_at_reload(server)
    left = server.left_behind()
    result = validated_files.run(options(server, {"path": "site", "content": "third\n"}), local_host(), True)
    assert result["diff"][0]["before"] == "site\n"
    assert result["recovered"] == sorted(server.path(entry["path"]) for entry in DESIRED)
    assert (server.files(), server.left_behind()) == (NEW, left)


def test_what_somebody_changed_after_the_interruption_stays(tmp_path: Path) -> None:
    server = new_server(tmp_path / "server")
    interrupt_at_reload(server)
    (server.conf / "site").write_text("by hand\n", encoding="utf-8")
    result = validated_files.run(options(server), local_host(), False)
    assert server.files() == {**OLD, "site": "by hand\n"}
    assert result["warnings"] == [
        f"{server.path('site')} was changed after the interrupted run, so it was not restored."
    ]
    assert result["recovered"] == sorted(server.path(entry["path"]) for entry in DESIRED if entry["path"] != "site")


def test_a_server_that_does_not_take_the_old_files_is_told_about(tmp_path: Path) -> None:
    server = new_server(tmp_path / "server")
    interrupt_at_reload(server)
    (server.conf / "user").write_text("UNUSABLE\n", encoding="utf-8")
    result = validated_files.run(options(server), local_host(), False)
    assert server.files() == {**OLD, "user": "UNUSABLE\n"}
    assert len(result["warnings"]) == 1
    assert "Job for server.service failed." in result["warnings"][0]
    assert server.left_behind() == []


def test_the_journal_of_one_server_restores_it_during_the_run_of_another(tmp_path: Path) -> None:
    first = new_server(tmp_path / "first")
    second = new_server(tmp_path / "second")
    interrupt_at_reload(first)
    shared = str(tmp_path / "first" / "journal")
    validated_files.run(options(second, *DESIRED, journal=shared), local_host(), False)
    assert first.running() == first.files() == OLD
    assert second.running() == second.files() == NEW


def test_the_journal_on_disk_names_what_it_will_do(tmp_path: Path) -> None:
    server = new_server(tmp_path / "server")
    interrupt_at_reload(server)
    # Replaced or removed files are kept under the number of their step.
    assert server.left_behind() == ["activating", "old-2", "old-3", "old-4", "pending.json"]
    pending = json.loads((server.root / "journal" / "pending.json").read_text(encoding="ascii"))["entry"]
    assert [row["path"] for row in pending["changes"]] == [server.path(entry["path"]) for entry in DESIRED]
    assert pending["activate"] == server.reload
