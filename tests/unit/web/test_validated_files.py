# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module validated_files with real files and real commands."""

from __future__ import annotations

import fcntl
import os
import typing as t
from pathlib import Path

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, UnavailableError
from ansible_collections.hosting.websec.plugins.module_utils._web.host import Host
from ansible_collections.hosting.websec.plugins.module_utils._web.transaction import Refused
from ansible_collections.hosting.websec.plugins.modules import validated_files
from ansible_collections.hosting.websec.tests.unit.web.server import Server, local_host, options, run

Files = dict[str, t.Any]


@pytest.fixture
def server(tmp_path: Path) -> Server:
    found = Server(tmp_path)
    found.write(main="main\n", site="site\n")
    return found


def apply(server: Server, *files: Files, check_mode: bool = False, **more: t.Any) -> dict[str, t.Any]:
    return validated_files.run(options(server, *files, **more), local_host(), check_mode)


def refused(server: Server, *files: Files, **more: t.Any) -> dict[str, t.Any]:
    """The failed result."""
    with pytest.raises(Refused) as refusal:
        apply(server, *files, **more)
    return validated_files.refusal(refusal.value)


class TestSuccess:
    def test_files_links_and_removals_are_one_step(self, server: Server) -> None:
        result = apply(
            server,
            {"path": "new", "content": "new\n", "mode": "0640"},
            {"path": "link", "link": "new"},
            {"path": "site", "state": "absent"},
        )
        assert server.files() == {"main": "main\n", "new": "new\n", "link": "-> new"}
        assert server.running() == server.files()
        assert (server.conf / "new").stat().st_mode & 0o7777 == 0o640
        assert result["changed"]
        assert result["files"] == [server.path(name) for name in ("new", "link", "site")]
        assert server.calls() == ["check", "check", "reload"]
        assert server.left_behind() == []

    def test_a_second_run_changes_nothing_and_runs_nothing(self, server: Server) -> None:
        desired: list[Files] = [{"path": "new", "content": "new\n"}, {"path": "link", "link": "new"}]
        apply(server, *desired)
        calls = server.calls()
        result = apply(server, *desired)
        assert (result["changed"], result["activated"], result["files"]) == (False, False, [])
        assert server.calls() == calls

    def test_check_mode_shows_and_does_nothing(self, server: Server) -> None:
        result = apply(
            server, {"path": "site", "content": "other\n"}, {"path": "new", "content": "n\n"}, check_mode=True
        )
        assert result["changed"]
        assert [(part["before"], part["after"]) for part in result["diff"]] == [("site\n", "other\n"), ("", "n\n")]
        assert server.files() == {"main": "main\n", "site": "site\n"}
        assert server.calls() == []
        assert not (server.root / "journal").exists()

    def test_mode_and_owner_of_an_existing_file_stay(self, server: Server) -> None:
        os.chmod(server.path("site"), 0o600)
        apply(server, {"path": "site", "content": "other\n"})
        assert (server.conf / "site").stat().st_mode & 0o7777 == 0o600

    def test_a_mode_alone_is_a_change(self, server: Server) -> None:
        os.chmod(server.path("site"), 0o644)
        result = apply(server, {"path": "site", "content": "site\n", "mode": "0600"})
        assert (server.conf / "site").stat().st_mode & 0o7777 == 0o600
        assert result["diff"][0]["before"] == "mode: 0644\nsite\n"
        assert result["diff"][0]["after"] == "mode: 0600\nsite\n"

    def test_a_file_takes_the_place_of_a_link_and_its_target_stays(self, server: Server) -> None:
        os.symlink("main", server.path("link"))
        apply(server, {"path": "link", "content": "own\n"})
        assert server.files() == {"main": "main\n", "site": "site\n", "link": "own\n"}

    def test_binary_content_comes_from_the_host_and_is_not_shown(self, server: Server) -> None:
        program = server.root / "module.so"
        program.write_bytes(b"\x7fELF\0\xff")
        result = apply(server, {"path": "module", "src": str(program)})
        assert (server.conf / "module").read_bytes() == b"\x7fELF\0\xff"
        assert result["diff"][0]["after"].startswith("6 bytes, SHA-256 ")

    def test_activation_without_a_change_of_files(self, server: Server) -> None:
        result = apply(server, {"path": "site", "content": "site\n"}, activate_always=True)
        assert (result["changed"], result["activated"], result["files"]) == (True, True, [])
        assert server.calls() == ["check", "reload"]

    def test_files_alone_without_commands(self, server: Server) -> None:
        result = apply(server, {"path": "site", "content": "other\n"}, validate=[], activate=[])
        assert (result["changed"], result["activated"]) == (True, False)
        assert server.calls() == []

    def test_files_that_repair_an_invalid_configuration_are_written(self, server: Server) -> None:
        (server.conf / "user").write_text("needs snippet\n", encoding="utf-8")
        apply(server, {"path": "snippet", "content": "on\n"})
        assert server.running()["snippet"] == "on\n"


class TestFailure:
    def test_an_invalid_configuration_is_put_back_and_never_activated(self, server: Server) -> None:
        os.chmod(server.path("site"), 0o604)
        os.symlink("main", server.path("link"))
        before = server.files()
        result = refused(
            server,
            {"path": "first", "content": "fine\n"},
            {"path": "link", "state": "absent"},
            {"path": "site", "content": "BROKEN\n", "mode": "0640"},
        )
        assert server.files() == before
        assert (server.conf / "site").stat().st_mode & 0o7777 == 0o604
        assert server.calls() == ["check", "check", "check"]
        assert result["restored"]
        assert result["stderr"] == f"server: [emerg] BROKEN in {server.path('site')}\n"
        assert f"server: [emerg] BROKEN in {server.path('site')}" in result["msg"]
        assert "The old files were restored." in result["msg"]
        assert result["error"]["kind"] == "rejected"
        assert server.left_behind() == []

    def test_a_server_that_cannot_take_it_over_gets_the_old_files_again(self, server: Server) -> None:
        before = server.files()
        result = refused(server, {"path": "site", "content": "UNUSABLE\n"})
        assert server.files() == before
        assert server.running() == before
        assert server.calls() == ["check", "check", "reload", "check", "reload"]
        assert result["cmd"] == server.reload
        assert "Job for server.service failed." in result["msg"]

    def test_what_was_invalid_before_is_said_and_nothing_changes(self, server: Server) -> None:
        (server.conf / "user").write_text("BROKEN by the user\n", encoding="utf-8")
        before = server.files()
        result = refused(server, {"path": "site", "content": "other\n"})
        assert server.files() == before
        assert "already invalid before anything was changed" in result["msg"]
        assert server.path("user") in result["msg"]
        assert "reload" not in server.calls()
        assert server.left_behind() == []

    def test_an_activation_alone_on_an_invalid_configuration(self, server: Server) -> None:
        (server.conf / "user").write_text("BROKEN by the user\n", encoding="utf-8")
        result = refused(server, activate_always=True)
        assert "already invalid before anything was changed" in result["msg"]
        assert server.calls() == ["check"]

    def test_a_command_that_is_not_there_is_a_failure(self, server: Server) -> None:
        before = server.files()
        result = refused(server, {"path": "site", "content": "other\n"}, activate=["/no/such/systemctl"])
        assert "/no/such/systemctl" in result["msg"]
        assert server.files() == before

    def test_a_file_that_cannot_be_written_undoes_the_others(self, server: Server) -> None:
        def move(new: str, path: str) -> None:
            if path.endswith("second"):
                raise OSError(28, "No space left on device")
            os.replace(new, path)

        desired: list[Files] = [{"path": "first", "content": "1"}, {"path": "second", "content": "2"}]
        with pytest.raises(Refused, match="No space left on device") as refusal:
            validated_files.run(options(server, *desired), Host(run, move), False)
        assert refusal.value.restored
        assert server.files() == {"main": "main\n", "site": "site\n"}

    def test_a_missing_folder_is_refused_before_anything_is_written(self, server: Server) -> None:
        with pytest.raises(BadInputError, match=r"The folder .*/conf/no does not exist"):
            apply(server, {"path": "site", "content": "other\n"}, {"path": "no/such", "content": ""})
        assert server.files() == {"main": "main\n", "site": "site\n"}

    def test_two_runs_do_not_meet(self, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        (server.root / "journal").mkdir()
        with open(server.root / "journal" / "lock", "w", encoding="ascii") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            with pytest.raises(UnavailableError, match="Another run"), server.journal.locked(wait=0.2):
                pass


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"path": "../up", "content": ""}, "not a plain absolute path"),
        ({"path": "a", "content": "", "link": "b"}, "give one of"),
        ({"path": "a"}, "give one of"),
        ({"path": "a", "state": "absent", "content": ""}, "with state: absent"),
        ({"path": "a", "content": "", "mode": "rw-r--r--"}, "not a file mode"),
        ({"path": "a", "content": "", "owner": "nobody-of-this-name"}, "the owner"),
        ({"path": "a", "src": "/no/such/file"}, "cannot be read"),
    ],
)
def test_entries_that_cannot_be_are_refused(server: Server, entry: Files, message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        apply(server, entry)


def test_a_folder_is_not_replaced(server: Server) -> None:
    (server.conf / "folder").mkdir()
    with pytest.raises(BadInputError, match="neither a file nor a link"):
        apply(server, {"path": "folder", "state": "absent"})


def test_a_path_listed_twice_is_refused(server: Server) -> None:
    with pytest.raises(BadInputError, match=r"Listed more than once: .* in the entries 1 and 2"):
        apply(server, {"path": "a", "content": "1"}, {"path": "a", "content": "2"})


@pytest.mark.parametrize("command", [[["nginx", 1]], [[]], ["nginx", ["-t"]]])
def test_what_is_no_command_is_refused(server: Server, command: list[t.Any]) -> None:
    with pytest.raises(BadInputError, match="is not a command"):
        apply(server, {"path": "a", "content": "1"}, validate=command)


def test_the_journal_is_for_its_owner_only(server: Server) -> None:
    seen: list[int] = []

    def move(new: str, path: str) -> None:
        seen.extend((server.root / "journal" / name).stat().st_mode & 0o777 for name in (".", "pending.json"))
        os.replace(new, path)

    validated_files.run(options(server, {"path": "site", "content": "other\n"}), Host(run, move), False)
    assert seen == [0o700, 0o600]
