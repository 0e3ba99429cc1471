# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An invalid or foreign journal: a clear error, and nothing is written or executed."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import typing as t
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, UnavailableError
from ansible_collections.hosting.websec.plugins.module_utils._web.files import Change, State
from ansible_collections.hosting.websec.plugins.module_utils._web.journal_entry import JournalEntry, from_text, to_text
from ansible_collections.hosting.websec.plugins.modules import validated_files
from ansible_collections.hosting.websec.tests.unit.web.server import Server, local_host, options


@pytest.fixture
def server(tmp_path: Path) -> Server:
    found = Server(tmp_path)
    found.write(main="main\n", site="site\n")
    (tmp_path / "journal").mkdir(mode=0o700)
    return found


def row(kind: str = "file", content: bytes = b"evil\n", **more: t.Any) -> dict[str, t.Any]:
    state = {"kind": kind, "mode": 0o644, "uid": os.geteuid(), "gid": os.getegid(), "target": ""}
    return {**state, "content": base64.b64encode(content).decode(), **more}


def body(path: str, **more: t.Any) -> dict[str, t.Any]:
    """A journal that restores C(evil) at ``path``, and runs a command."""
    change = {"path": path, "before": row(), "after": row("absent", b"")}
    return {"changes": [change], "folders": [], "validate": [["touch", f"{path}.run"]], "activate": [], **more}


def signed(inner: t.Any, version: t.Any = 1) -> bytes:
    digest = hashlib.sha256(json.dumps(inner, sort_keys=True).encode()).hexdigest()
    return json.dumps({"version": version, "sha256": digest, "entry": inner}).encode()


def refused(server: Server, check_mode: bool) -> str:
    """The message of a run that changes nothing."""
    before = server.files()
    with pytest.raises(UnavailableError) as refusal:
        validated_files.run(options(server, {"path": "site", "content": "other\n"}), local_host(), check_mode)
    assert server.files() == before
    assert server.calls() == []
    return refusal.value.message


def changed(inner: dict[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
    """``inner`` with other values in the first state of its change."""
    (change,) = inner["changes"]
    return {**inner, "changes": [{**change, "before": {**change["before"], **more}}]}


WHERE = "/conf/stranger"
SPOILT: dict[str, t.Callable[[str], bytes]] = {
    "empty": lambda _path: b"",
    "white space": lambda _path: b" \n",
    "truncated": lambda path: signed(body(path))[:-9],
    "not JSON": lambda _path: b"pending",
    "not UTF-8": lambda _path: b'{"version": "\xff"}',
    "a list": lambda _path: b"[]",
    "NUL": lambda path: signed(body(path)).replace(b"stranger", b"stran\0er"),
    "another version": lambda path: signed(body(path), 2),
    "no version": lambda path: json.dumps(body(path)).encode(),
    "5,000 digits": lambda path: signed(body(path)).replace(b'"version": 1', b'"version": ' + b"1" * 5000),
    "5,000 digits inside": lambda path: signed(body(path)).replace(b'"mode": 420', b'"mode": ' + b"4" * 5000),
    "deeply nested": lambda _path: b'{"entry": ' * 900 + b"1" + b"}" * 900,
    "very deeply nested": lambda _path: b"[" * 200_000,
    "infinite": lambda path: signed(body(path)).replace(b'"mode": 420', b'"mode": 1e999'),
    "half a surrogate pair": lambda path: signed(body(f"{path}\ud800")),
    "edited": lambda path: signed(body(path)).replace(b"stranger", b"another1"),
    "checksum gone": lambda path: json.dumps({"version": 1, "entry": body(path)}).encode(),
    "an entry that is a text": lambda _path: signed("x"),
    "an entry that is nothing": lambda _path: signed(None),
    "a part is missing": lambda path: signed({key: value for key, value in body(path).items() if key != "folders"}),
    "a relative path": lambda _path: signed(body("stranger")),
    "a path that goes up": lambda path: signed(body(f"{path}/../../conf/stranger")),
    "a path with two spellings": lambda path: signed(body(f"/{path}")),
    "a path with a NUL": lambda path: signed(body(f"{path}\0")),
    "no path": lambda _path: signed(body("")),
    "a path that is a number": lambda path: signed(
        {**body(path), "changes": [{**body(path)["changes"][0], "path": 7}]}
    ),
    "a path twice": lambda path: signed({**body(path), "changes": body(path)["changes"] * 2}),
    "a folder that goes up": lambda path: signed(body(path, folders=["/x/.."])),
    "a mode too large": lambda path: signed(changed(body(path), mode=0o10000)),
    "a mode that is true": lambda path: signed(changed(body(path), mode=True)),
    "a negative owner": lambda path: signed(changed(body(path), uid=-1)),
    "an owner that means leave it": lambda path: signed(changed(body(path), gid=2**32 - 1)),
    "another kind": lambda path: signed(changed(body(path), kind="other")),
    "content that is not base64": lambda path: signed(changed(body(path), content="?")),
    "a link to nothing": lambda path: signed(changed(body(path), kind="link")),
    "a link with a NUL": lambda path: signed(changed(body(path), kind="link", target="YQBi")),
    "a command that is a text": lambda path: signed(body(path, activate="touch x")),
    "a command with a number": lambda path: signed(body(path, validate=[["touch", 1]])),
    "a command with a NUL": lambda path: signed(body(path, activate=["touch", "\0"])),
    "commands that are none": lambda path: signed(body(path, validate=[7])),
}


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("kind", SPOILT)
def test_a_spoilt_journal(server: Server, kind: str, check_mode: bool) -> None:
    pending = server.root / "journal" / "pending.json"
    text = SPOILT[kind](f"{server.root}{WHERE}")
    pending.write_bytes(text)
    pending.chmod(0o600)
    message = refused(server, check_mode)
    assert str(pending) in message
    assert "Nothing was changed." in message
    # It stays there for inspection by the user.
    assert pending.read_bytes() == text


def test_the_journal_of_this_test_is_one(server: Server) -> None:
    pending = server.root / "journal" / "pending.json"
    pending.write_bytes(signed(body(f"{server.root}{WHERE}")))
    pending.chmod(0o600)
    assert validated_files.run(options(server), local_host(), False)["recovered"] == [f"{server.root}{WHERE}"]


class TestSomebodyElse:
    @pytest.fixture
    def pending(self, server: Server) -> Path:
        pending = server.root / "journal" / "pending.json"
        pending.write_bytes(signed(body(f"{server.root}{WHERE}")))
        pending.chmod(0o600)
        return pending

    @pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
    def test_could_write_it(self, server: Server, pending: Path, mode: int) -> None:
        pending.chmod(mode)
        assert "users other than its owner can write" in refused(server, False)

    @pytest.mark.parametrize("check_mode", [False, True])
    def test_owns_the_folder(
        self, server: Server, pending: Path, check_mode: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert pending.exists()
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
        assert "belongs to the user with the UID" in refused(server, check_mode)

    def test_has_put_a_link_there(self, server: Server, pending: Path) -> None:
        pending.rename(server.root / "elsewhere")
        pending.symlink_to(server.root / "elsewhere")
        assert "cannot be read" in refused(server, False)

    def test_has_put_a_pipe_there(self, server: Server, pending: Path) -> None:
        pending.unlink()
        os.mkfifo(pending, 0o600)
        assert "not a regular file" in refused(server, False)

    @pytest.mark.parametrize("check_mode", [False, True])
    def test_has_put_something_else_in_the_place_of_the_folder(self, tmp_path: Path, check_mode: bool) -> None:
        server = Server(tmp_path)
        (tmp_path / "journal").write_text("", encoding="ascii")
        assert "Nothing was changed." in refused(server, check_mode)


states = st.one_of(
    st.just(State("absent")),
    st.builds(
        State,
        st.just("file"),
        st.binary(max_size=50),
        mode=st.integers(0, 0o7777),
        uid=st.integers(0, 2**32 - 2),
        gid=st.integers(0, 2**32 - 2),
    ),
    # A foreign link may contain any bytes but NUL.
    st.binary(min_size=1, max_size=20)
    .filter(lambda target: b"\0" not in target)
    .map(lambda target: State("link", target=os.fsdecode(target))),
)
paths = st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1).filter(
    lambda name: name not in (".", "..")
)
commands = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1, max_size=3)


@settings(deadline=None)
@given(st.dictionaries(paths, st.tuples(states, states), max_size=3), st.lists(commands, max_size=2), commands)
def test_what_is_written_is_read(
    rows: dict[str, tuple[State, State]], validate: list[list[str]], activate: list[str]
) -> None:
    changes = [Change(f"/{name}", before, after) for name, (before, after) in rows.items()]
    entry = JournalEntry(changes, validate, activate, ["/x"], activating=True)
    assert from_text(to_text(entry).encode("ascii"), activating=True) == entry


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"path": "a", "content": "", "owner": "²"}, "the owner '²' does not exist"),
        ({"path": "a", "content": "", "group": "①"}, "the group '①' does not exist"),
        ({"path": "a", "content": "", "owner": "9" * 5000}, "the owner"),
        ({"path": "a", "content": "", "owner": "4294967295"}, "the owner"),
        ({"path": "a", "content": "", "owner": "root\0"}, "the owner"),
        ({"path": "a", "content": "", "group": "\ud800"}, "the group"),
        ({"path": "a", "content": "", "mode": "０644"}, "not a file mode"),
        ({"path": "a", "content": "\ud800"}, "UTF-8"),
        ({"path": "a", "link": "b\0"}, "not a valid link target"),
        ({"path": "a", "link": ""}, "not a valid link target"),
        ({"path": "a", "link": "\ud800"}, "not a valid link target"),
        ({"path": "a", "src": "/x\0"}, "src cannot be read"),
        ({"path": "a", "src": "/\ud800"}, "src cannot be read"),
        ({"path": "a", "src": "/"}, "src cannot be read"),
        ({"path": "a\0", "content": ""}, "plain absolute path"),
        ({"path": "a\ud800", "content": ""}, "plain absolute path"),
        ({"path": "/", "content": ""}, "neither a file nor a link"),
    ],
)
def test_texts_that_no_system_call_takes(server: Server, entry: dict[str, t.Any], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        validated_files.run(options(server, entry), local_host(), False)
    assert server.files() == {"main": "main\n", "site": "site\n"}


@pytest.mark.parametrize(
    "more",
    [
        {"validate": ["check", "\0"]},
        {"activate": ["reload", "\ud800"]},
        {"activate": [""]},
        {"journal": "/x\0"},
        {"journal": "journal"},
        {"folders": ["/x\0"]},
        {"empty_folders": ["/x/../y"]},
    ],
)
def test_options_that_no_system_call_takes(server: Server, more: dict[str, t.Any]) -> None:
    with pytest.raises(BadInputError):
        validated_files.run(options(server, {"path": "a", "content": ""}, **more), local_host(), False)
    assert server.files() == {"main": "main\n", "site": "site\n"}


class TestFolders:
    def made(self, server: Server, *files: dict[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
        return validated_files.run(options(server, *files, **more), local_host(), False)

    def test_they_are_made_with_those_above(self, server: Server) -> None:
        folder = f"{server.root}/lib/modules"
        entry = {"path": f"{folder}/x.so", "content": "x"}
        given = options(server, entry, folders=[folder])
        expected = validated_files.run(given, local_host(), True)
        assert not os.path.exists(f"{server.root}/lib")
        result = validated_files.run(given, local_host(), False)
        assert result["made"] == expected["made"] == [f"{server.root}/lib", folder]
        assert Path(folder).stat().st_mode & 0o777 == 0o755
        assert not validated_files.run(given, local_host(), False)["changed"]

    def test_they_go_when_the_change_fails(self, server: Server) -> None:
        folder = f"{server.root}/lib/modules"
        files: list[dict[str, t.Any]] = [
            {"path": f"{folder}/x.so", "content": "x"},
            {"path": "a", "content": "BROKEN\n"},
        ]
        with pytest.raises(validated_files.WebsecError, match="The old files were restored"):
            self.made(server, *files, folders=[folder])
        assert not os.path.exists(f"{server.root}/lib")

    def test_alone(self, server: Server) -> None:
        assert self.made(server, folders=[f"{server.root}/lib"])["changed"]
        assert server.calls() == []

    def test_what_is_no_folder_is_in_the_way(self, server: Server) -> None:
        for check_mode in (True, False):
            given = options(server, folders=[f"{server.root}/conf/main/x"])
            with pytest.raises(BadInputError, match="main is not a folder"):
                validated_files.run(given, local_host(), check_mode)

    def test_empty_ones_are_removed_in_the_end(self, server: Server) -> None:
        folder = server.root / "lib"
        folder.mkdir()
        (folder / "x.so").write_text("x", encoding="ascii")
        gone = {"path": f"{folder}/x.so", "state": "absent"}
        given = options(server, gone, empty_folders=[str(folder)])
        assert validated_files.run(given, local_host(), True)["removed"] == [str(folder)]
        (folder / "y.so").write_text("y", encoding="ascii")
        assert validated_files.run(given, local_host(), True)["removed"] == []
        assert validated_files.run(given, local_host(), False)["removed"] == []
        (folder / "y.so").unlink()
        assert validated_files.run(given, local_host(), False)["removed"] == [str(folder)]
        assert not folder.exists()
        assert not validated_files.run(given, local_host(), False)["changed"]
