# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validation of a change in check mode. These tests do not need a system that allows overlays: the hosts of
tools/web_hosts do."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._web import rehearsal
from ansible_collections.hosting.websec.plugins.module_utils._web.transaction import Refused
from ansible_collections.hosting.websec.plugins.modules import validated_files
from ansible_collections.hosting.websec.tests.unit.web.server import Server, local_host, options

OLD = {"main": "main\n", "site": "site\n"}


@pytest.fixture
def server(tmp_path: Path) -> Server:
    found = Server(tmp_path)
    found.write(main="main\n", site="site\n")
    return found


def checked(server: Server, content: str) -> dict[str, t.Any]:
    entry = {"path": "site", "content": content}
    return validated_files.run(options(server, entry, validate_in_check_mode=True), local_host(), True)


@pytest.mark.parametrize("content", ["BROKEN\n", "fine\n"])
def test_nothing_is_changed_whatever_the_system_allows(server: Server, content: str) -> None:
    try:
        assert checked(server, content)["changed"]
    except Refused:
        assert content == "BROKEN\n"
    assert server.files() == OLD
    assert "reload" not in server.calls()


def test_nothing_is_written_without_an_overlay(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(_roots: list[str], _scratch: str) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(rehearsal, "_cover", forbidden)
    assert checked(server, "BROKEN\n")["changed"]
    assert server.files() == OLD


def test_an_overlay_that_does_not_cover_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class NothingIsMounted:
        """The C library of a system that accepts every call, and does nothing."""

        def __init__(self, *_arguments: object, **_named: object) -> None:
            self.unshare = self.mount = lambda *_arguments: 0

    monkeypatch.setattr(rehearsal.ctypes, "CDLL", NothingIsMounted)
    (tmp_path / "root").mkdir()
    (tmp_path / "scratch").mkdir()
    with pytest.raises(OSError, match="would bypass the overlay"):
        t.cast("t.Any", rehearsal)._cover([str(tmp_path / "root")], str(tmp_path / "scratch"))


class TestInTheProcess:
    """Without the overlays, it writes into the folder of the test."""

    @pytest.fixture(autouse=True)
    def _no_overlay(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rehearsal, "_cover", lambda _roots, _scratch: None)

    def test_what_the_server_refuses_is_refused(self, server: Server) -> None:
        with pytest.raises(Refused, match=r"BROKEN in .* Nothing was changed") as refusal:
            checked(server, "BROKEN\n")
        assert validated_files.refusal(refusal.value)["cmd"] == server.check
        assert not refusal.value.restored

    def test_what_it_takes_is_taken(self, server: Server) -> None:
        assert checked(server, "fine\n")["changed"]

    def test_what_was_invalid_before_is_said(self, server: Server) -> None:
        (server.conf / "user").write_text("BROKEN\n", encoding="utf-8")
        with pytest.raises(Refused, match=r"BROKEN in .*user"):
            checked(server, "fine\n")

    def test_files_that_repair_it_are_taken(self, server: Server) -> None:
        (server.conf / "site").write_text("BROKEN\n", encoding="utf-8")
        assert checked(server, "fine\n")["changed"]


@pytest.mark.parametrize(
    ("folders", "roots"),
    [
        (["a/b", "a"], ["a"]),
        (["a/b", "a/c"], ["a/b", "a/c"]),
        (["a/new/deeper", "a/b"], ["a"]),
        (["a", "ab"], ["a", "ab"]),
        ([], []),
    ],
)
def test_where_the_overlays_lie(tmp_path: Path, folders: list[str], roots: list[str]) -> None:
    for name in ("a/b", "a/c", "ab"):
        (tmp_path / name).mkdir(parents=True)
    found = rehearsal.overlay_roots([str(tmp_path / folder) for folder in folders])
    assert found == [str(tmp_path.resolve() / root) for root in roots]


@pytest.mark.parametrize("name", ["a,b", "a:b", "a b", "a\\b"])
def test_no_overlay_on_a_path_that_is_an_option(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert rehearsal.overlay_roots([str(tmp_path / name)]) is None


def test_no_overlay_on_everything() -> None:
    assert rehearsal.overlay_roots(["/"]) is None
