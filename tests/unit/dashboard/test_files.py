# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of customers: what is replaced, what is removed, and what stays."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import pathlib
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._dashboard.task import write_documents
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, UnavailableError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._web.files import State
from ansible_collections.hosting.websec.plugins.module_utils._web.host import Host
from ansible_collections.hosting.websec.tests.unit.dashboard.customers import made

Result = dict[str, t.Any]

ALL: list[str] = made()["documents"]
ANNA, BOB, CARLA = ALL


class BrokenHost(Host):
    """Fails for one file, or for all of them."""

    def __init__(self, number: int, name: str = "") -> None:
        super().__init__(_no_command, os.rename)
        self._number, self._name = number, name

    def prepare(self, path: str, state: State) -> None:
        super().prepare(path, state)
        if os.path.basename(path).startswith(self._name):
            raise OSError(self._number, os.strerror(self._number))


def _no_command(command: t.Any) -> tuple[int, str, str]:
    raise AssertionError(command)


def write(
    folder: pathlib.Path,
    documents: t.Sequence[str] = ALL,
    *,
    host: Host | None = None,
    check_mode: bool = False,
    context: RunContext | None = None,
    **options: t.Any,
) -> Result:
    given = {
        "directory": str(folder),
        "documents": list(documents),
        "mode": "0640",
        "owner": None,
        "group": None,
        "prune": False,
        "keep": [],
        "on_error": "fail",
        **options,
    }
    host = host or Host(_no_command, os.rename)
    return write_documents(given, context or RunContext(), host, check_mode=check_mode, with_diff=True)


def steps(result: Result) -> dict[str, str]:
    return {os.path.basename(each["file"]): each["step"] for each in result["customers"] if each["step"]}


def names(folder: pathlib.Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_only_files_that_differ_are_replaced(tmp_path: pathlib.Path) -> None:
    first = write(tmp_path)
    assert steps(first) == {"570.json": "created", "571.json": "created", "572.json": "created"}
    assert first["counts"] == {"documents": 3, "created": 3, "replaced": 0, "permissions": 0, "removed": 0, "failed": 0}
    assert (tmp_path / "570.json").read_text() == ANNA
    assert names(tmp_path) == ["570.json", "571.json", "572.json"]
    assert (tmp_path / "570.json").stat().st_mode & 0o777 == 0o640

    inodes = {path.name: path.stat().st_ino for path in tmp_path.iterdir()}
    second = write(tmp_path)
    assert (second["changed"], second["diff"], second["summary"]) == (False, [], "3 customers: nothing changed.")

    changed = BOB.replace("bob@b.example", "bob@new.example")
    third = write(tmp_path, [ANNA, changed, CARLA])
    assert steps(third) == {"571.json": "replaced"}
    assert [each["after_header"] for each in third["diff"]] == [str(tmp_path / "571.json")]
    assert "bob@new.example" in third["diff"][0]["after"]
    assert (tmp_path / "571.json").read_text() == changed
    now = {path.name: path.stat().st_ino for path in tmp_path.iterdir()}
    # A new file, renamed: whoever reads the former one has it to its end.
    assert [name for name in now if now[name] != inodes[name]] == ["571.json"]


def test_permissions_alone_are_a_change(tmp_path: pathlib.Path) -> None:
    write(tmp_path)
    assert steps(write(tmp_path, mode="0644")) == dict.fromkeys(("570.json", "571.json", "572.json"), "permissions")
    assert (tmp_path / "570.json").stat().st_mode & 0o777 == 0o644
    assert not write(tmp_path, mode="0644")["changed"]


def test_check_mode_writes_nothing(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "panel"
    result = write(folder, check_mode=True, prune=True)
    assert (result["changed"], result["counts"]["created"]) == (True, 3)
    assert result["summary"] == "3 customers: in check mode 3 created."
    assert not folder.exists()

    folder.mkdir()
    write(folder)
    gone = write(folder, [ANNA], check_mode=True, prune=True)
    assert steps(gone) == {"571.json": "removed", "572.json": "removed"}
    assert len(names(folder)) == 3


@pytest.mark.parametrize(
    "account_id", ["../../etc/cron", "570/../1", "/etc/passwd", "..", "", 0, -1, True, 1.5, None, "5\n", "٣", 10**30]
)
def test_an_account_id_is_no_path(tmp_path: pathlib.Path, account_id: t.Any) -> None:
    folder = tmp_path / "panel"
    folder.mkdir()
    document = json.loads(ANNA)
    document["account"]["account_id"] = account_id
    result = write(folder, [json.dumps(document), BOB])
    bad, good = result["customers"]
    assert (bad["failed"], bad["file"], good["step"]) == (True, None, "created")
    assert names(folder) == ["571.json"]
    assert names(tmp_path) == ["panel"]
    assert result["failed"]
    assert "Document 1" in result["msg"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "other"}', "not JSON", '{"format": NaN}', "[" * 100_000])
def test_what_is_no_document_is_not_written(tmp_path: pathlib.Path, text: str) -> None:
    result = write(tmp_path, [text, BOB], prune=True)
    assert [each["failed"] for each in result["customers"]] == [True, False]
    assert "Document 1 is not a document of a customer." in result["msg"]
    assert result["warnings"] == [
        "No file was removed, because a document is not valid: the customer may be that of a file."
    ]


def test_a_file_of_somebody_else_stays(tmp_path: pathlib.Path) -> None:
    target = tmp_path / "elsewhere"
    target.write_text(ANNA)
    panel = tmp_path / "panel"
    panel.mkdir()
    (panel / "570.json").symlink_to(target)
    (panel / "571.json").write_text('{"my": "file"}')
    (panel / "572.json").mkdir()
    result = write(panel)
    assert result["counts"]["failed"] == 3
    assert "571.json is not a file of this module, and was not replaced." in result["msg"]
    assert target.read_text() == ANNA
    assert (panel / "570.json").is_symlink()
    assert (panel / "571.json").read_text() == '{"my": "file"}'


def test_a_full_disk_costs_one_customer(tmp_path: pathlib.Path) -> None:
    write(tmp_path)
    changed = [text.replace("b.example", "bb.example").replace("c.example", "cc.example") for text in ALL]
    result = write(tmp_path, changed, host=BrokenHost(errno.ENOSPC, "571"), on_error="report")
    assert steps(result) == {"572.json": "replaced"}
    (failed,) = (each for each in result["customers"] if each["failed"])
    assert failed["account_id"] == 571
    assert "No space left on device" in failed["error"]["message"]
    assert (tmp_path / "571.json").read_text() == BOB
    assert names(tmp_path) == ["570.json", "571.json", "572.json"]
    assert not result.get("failed")


def test_a_folder_without_permission_is_one_cause(tmp_path: pathlib.Path) -> None:
    result = write(tmp_path, host=BrokenHost(errno.EACCES))
    assert (result["failed"], result["counts"]["failed"]) == (True, 3)
    assert result["msg"].count("Permission denied") == 1
    assert "3 of 3 customers failed. 3 customers (570, 571, 572): Its file cannot be written" in result["msg"]
    assert names(tmp_path) == []


def test_files_of_customers_who_are_gone(tmp_path: pathlib.Path) -> None:
    write(tmp_path)
    (tmp_path / "9.json").write_text("{}")
    (tmp_path / "8.json").write_text(ANNA)  # A copy: not the file of account 8.
    (tmp_path / "0571.json").write_text(BOB)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "7.json").symlink_to("570.json")
    assert not write(tmp_path, [ANNA])["changed"]
    result = write(tmp_path, [ANNA], prune=True, keep=["572"])
    assert steps(result) == {"571.json": "removed"}
    assert result["diff"][0]["after"] == ""
    assert names(tmp_path) == ["0571.json", "570.json", "572.json", "7.json", "8.json", "9.json", "notes.txt"]
    assert not write(tmp_path, [ANNA], prune=True, keep=[572])["changed"]


def test_without_any_customer_nothing_is_removed(tmp_path: pathlib.Path) -> None:
    write(tmp_path)
    with pytest.raises(BadInputError, match="There are no documents"):
        write(tmp_path, [], prune=True)
    assert len(names(tmp_path)) == 3


def test_a_killed_run_leaves_nothing_behind(tmp_path: pathlib.Path) -> None:
    (tmp_path / ".570.json.websec-new").write_text("half a fi")
    write(tmp_path)
    assert names(tmp_path) == ["570.json", "571.json", "572.json"]


def test_one_run_at_a_time(tmp_path: pathlib.Path) -> None:
    other = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    with pytest.raises(UnavailableError, match="Another run writes to"):
        write(tmp_path)
    os.close(other)
    assert write(tmp_path)["changed"]


def test_after_the_deadline_no_file_is_written_and_none_removed(tmp_path: pathlib.Path) -> None:
    write(tmp_path)
    result = write(tmp_path, [ANNA.replace("anna", "hanna")], context=RunContext(deadline=0), prune=True)
    assert (result["deferred"], result["changed"], result.get("failed")) == (1, False, None)
    assert len(names(tmp_path)) == 3
    assert "No file was removed." in result["warnings"][0]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"mode": "rw"}, "'rw' is not a file mode"),
        ({"owner": "nobody-of-this-name"}, "the owner 'nobody-of-this-name' does not exist"),
        ({"directory": "panel"}, "is not a plain absolute path"),
        ({"directory": "/does/not/exist"}, "/does/not/exist cannot be opened: No such file or directory."),
        ({"documents": [ANNA, ANNA]}, "Two documents are about the same account: 570 in the entries 1 and 2."),
        ({"keep": ["../1"]}, "keep is '../1'"),
    ],
)
def test_options_that_are_refused(tmp_path: pathlib.Path, options: dict[str, t.Any], told: str) -> None:
    with pytest.raises(BadInputError, match=told):
        write(tmp_path, **options)
    assert names(tmp_path) == []
