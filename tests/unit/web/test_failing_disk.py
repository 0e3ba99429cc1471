# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each system call of a run fails in turn: the files afterwards, and whether the message is true."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import functools
import os
import shutil
import typing as t
from pathlib import Path

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._web.host import Host
from ansible_collections.hosting.websec.plugins.modules import validated_files

CALLS = ["open", "read", "write", "close", "fsync", "fchown", "fchmod", "chmod", "rename", "unlink", "symlink", "link"]
CALLS += ["lstat", "stat", "fstat", "readlink", "mkdir", "rmdir", "listdir"]
NEED_SPACE = {"write", "mkdir", "symlink", "link", "fsync"}
CHANGE = {*NEED_SPACE, "fchown", "fchmod", "chmod", "rename", "unlink", "rmdir"}

OLD = {"main": "main\n", "site": "site\n", "link": "-> main", "gone": "gone\n"}
NEW = {"main": "main\n", "site": "other\n", "link": "-> module", "module": "new\n"}
NAMES = {*OLD, *NEW, "last"}
DESIRED: list[dict[str, t.Any]] = [
    {"path": "module", "content": "new\n"},
    {"path": "site", "content": "other\n", "mode": "0600"},
    {"path": "link", "link": "module"},
    {"path": "gone", "state": "absent"},
]
REFUSED = [*DESIRED, {"path": "last", "content": "UNUSABLE\n"}]
INVALID = [*DESIRED, {"path": "last", "content": "BROKEN\n"}]


Fault = t.Callable[[int, str], int]
"""From the number and the name of a system call to the error that it ends with; 0: none."""


class Killed(BaseException):
    """The process ends here."""


class Disk:
    """A web server in a folder, and the system calls of the code that writes its files."""

    def __init__(self, root: Path) -> None:
        self.conf, self.folder = root / "conf", root / "journal"
        self.conf.mkdir(parents=True)
        for name in ("main", "site", "gone"):
            (self.conf / name).write_text(f"{name}\n", encoding="utf-8")
        os.symlink("main", self.conf / "link")
        self.running = self.files()
        self.count = 0
        self.fault: Fault = no_fault
        self.killed_at_reload = False
        self._counting = False

    def files(self) -> dict[str, str]:
        """Content of files, C(-> TARGET) of links; with remains."""
        return {
            path.name: f"-> {os.readlink(path)}" if path.is_symlink() else path.read_text(encoding="utf-8")
            for path in self.conf.iterdir()
        }

    def visible(self) -> dict[str, str]:
        """The files that a server reads."""
        return {name: text for name, text in self.files().items() if not name.startswith(".")}

    def journal(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if path.name != "lock")

    def command(self, command: list[str]) -> tuple[int, str, str]:
        self._counting = False
        texts = self.visible()
        broken = [word for word in ("BROKEN", "UNUSABLE") if f"{word}\n" in texts.values()]
        if command == ["reload"] and not broken:
            self.running = texts
            if self.killed_at_reload:
                raise Killed
        self._counting = True
        return (1, "", broken[0]) if broken and (command == ["reload"] or broken == ["BROKEN"]) else (0, "", "")

    def run(self, *desired: dict[str, t.Any], fault: Fault, check_mode: bool = False) -> dict[str, t.Any]:
        """One run of the module, with the system calls failing as ``fault`` says."""
        options = {
            "files": [{**entry, "path": str(self.conf / entry["path"])} for entry in desired],
            "validate": ["check"],
            "activate": ["reload"],
            "activate_always": False,
            "folders": [],
            "empty_folders": [],
            "validate_in_check_mode": False,
            "journal": str(self.folder),
        }
        self.count, self.fault, self._counting = 0, fault, True
        try:
            return validated_files.run(options, Host(self.command, os.rename), check_mode)
        finally:
            self._counting = False

    def call(self, name: str, *arguments: t.Any, **named: t.Any) -> t.Any:
        """The system call ``name``, or its failure."""
        if self._counting:
            self.count += 1
            # A new file needs an inode.
            code = self.fault(self.count, "write" if name == "open" and arguments[1] & os.O_CREAT else name)
            if code:
                if name == "close":
                    REAL[name](*arguments)
                raise OSError(code, os.strerror(code), *(each for each in arguments[:1] if isinstance(each, str)))
        # Syncing the real disk would prove nothing here.
        return None if name == "fsync" else REAL[name](*arguments, **named)


REAL = {**{name: getattr(os, name) for name in CALLS}, "flock": fcntl.flock}


class Disks:
    """Makes disks, and redirects the system calls of this process to the newest."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self._root = root
        self.disk = self.new()
        for name in REAL:
            patch.setattr(fcntl if name == "flock" else os, name, functools.partial(self._call, name))

    def _call(self, name: str, *arguments: t.Any, **named: t.Any) -> t.Any:
        return self.disk.call(name, *arguments, **named)

    def new(self) -> Disk:
        shutil.rmtree(self._root, ignore_errors=True)
        self.disk = Disk(self._root)
        return self.disk


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disks:
    return Disks(tmp_path / "disk", monkeypatch)


def no_fault(_number: int, _name: str) -> int:
    return 0


def once(code: int, step: int) -> Fault:
    return lambda number, _name: code if number == step else 0


def from_then_on(code: int, names: t.Collection[str], step: int) -> Fault:
    return lambda number, name: code if number >= step and name in names else 0


ONCE = {
    f"once {errno.errorcode[code]}": functools.partial(once, code)
    for code in (errno.EIO, errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT)
}
LASTING = {
    "full from then on": functools.partial(from_then_on, errno.ENOSPC, NEED_SPACE),
    "over quota from then on": functools.partial(from_then_on, errno.EDQUOT, NEED_SPACE),
    "read-only from then on": functools.partial(from_then_on, errno.EROFS, CHANGE),
    "broken from then on": functools.partial(from_then_on, errno.EIO, REAL),
}
FAULTS = {**ONCE, **LASTING}
# Where the run continues with something else, one error of its kind is enough.
FEW = ["once EIO", "full from then on", "read-only from then on", "broken from then on"]
CASES = [(fault, DESIRED) for fault in FAULTS] + [(fault, desired) for desired in (REFUSED, INVALID) for fault in FEW]
FULL = ("full from then on", "over quota from then on")


def truth(disk: Disk, error: WebsecError, fault: str) -> None:
    """The message is true."""
    visible, text = disk.visible(), error.message
    claims = ["Nothing was changed.", "The old files were restored", "could not be restored", "already invalid before"]
    assert sum(claim in text for claim in claims) == 1, text
    restored = validated_files.refusal(error)["restored"]
    if "could not be restored" in text:
        told = text.split("restored: ", 1)[1].split(". The other files")[0]
        named = {name for name in NAMES if f"{disk.conf}/{name} (" in told}
        assert named, text
        assert named == {name for name in NAMES if visible.get(name) != OLD.get(name)}, text
        assert not restored
        # A full disk does not prevent restoring an old file.
        assert fault not in FULL
    else:
        assert visible == OLD, text
        assert disk.running == OLD, text
        assert restored == ("old files were restored" in text)


def until_none_fails(made: Disks, fault: str, run: t.Callable[[Disk, Fault], None], least: int) -> None:
    """``run`` on new disks that each fail at the next system call, until there are no more calls."""
    for step in range(1, 1000):
        calls: list[int] = []
        run(made.new(), functools.partial(counted, calls, FAULTS[fault](step)))
        if len(calls) < step:
            assert step > least, "the calls are not counted"
            return
    pytest.fail("it does not end")


def counted(calls: list[int], fault: Fault, number: int, name: str) -> int:
    calls.append(number)
    return fault(number, name)


@pytest.mark.parametrize(("fault", "desired"), CASES)
def test_all_old_or_all_new_and_active(made: Disks, fault: str, desired: list[dict[str, t.Any]]) -> None:
    def run(disk: Disk, fails: Fault) -> None:
        try:
            disk.run(*desired, fault=fails)
            assert desired is DESIRED
            assert disk.files() == disk.running == NEW
        except WebsecError as error:
            truth(disk, error, fault)
        # The next run succeeds after any failure.
        disk.run(*DESIRED, fault=no_fault)
        assert disk.files() == disk.running == NEW
        assert (disk.conf / "site").stat().st_mode & 0o777 == 0o600
        assert disk.journal() == []

    until_none_fails(made, fault, run, 60)


@pytest.mark.parametrize("fault", FEW)
def test_a_recovery_is_done_or_said_to_be_unfinished(made: Disks, fault: str) -> None:
    third = {"path": "main", "content": "third\n"}

    def run(disk: Disk, fails: Fault) -> None:
        disk.killed_at_reload = True
        with pytest.raises(Killed):
            disk.run(*DESIRED, fault=no_fault)
        disk.killed_at_reload = False
        try:
            assert disk.run(third, fault=fails)["recovered"]
            assert disk.files() == disk.running == {**OLD, "main": "third\n"}
        except WebsecError as error:
            visible, text = disk.visible(), error.message
            assert all(visible.get(name) in (OLD.get(name), NEW.get(name)) for name in NAMES - {"main"}), text
            back = "the files of an interrupted run were restored" in text
            assert back or "Nothing" in text or "nothing else was changed" in text
            assert not back or {**visible, "main": "main\n"} == OLD
            assert visible["main"] == ("third\n" if "could not be restored" in text else "main\n")
        disk.run(third, fault=no_fault)
        assert disk.files() == disk.running == {**OLD, "main": "third\n"}
        assert disk.journal() == []

    until_none_fails(made, fault, run, 60)


@pytest.mark.parametrize("fault", FEW)
def test_check_mode(made: Disks, fault: str) -> None:
    def run(disk: Disk, fails: Fault) -> None:
        with contextlib.suppress(WebsecError):
            disk.run(*DESIRED, fault=fails, check_mode=True)
        assert disk.files() == disk.running == OLD
        assert not disk.folder.exists()

    until_none_fails(made, fault, run, 5)
