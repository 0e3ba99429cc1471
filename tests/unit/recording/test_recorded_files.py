# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of recorded answers: whole, private, new; and a task that cannot write them."""

from __future__ import annotations

import concurrent.futures
import errno
import json
import os
import stat
import typing as t
from pathlib import Path

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import MAX_DEPTH
from ansible_collections.hosting.websec.plugins.module_utils._recording import files
from ansible_collections.hosting.websec.plugins.module_utils._recording.files import write_new
from ansible_collections.hosting.websec.plugins.module_utils._recording.recorder import MOST_OF_A_CALL, Recorder
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import (
    GET_ANP_PROVISIONING_STATUS,
    GET_STATUS,
    PROVISION_ADDON,
)
from ansible_collections.hosting.websec.tests.unit.recording.directory import Recorded, recorded
from ansible_collections.hosting.websec.tests.unit.scripted_server import Reply, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import answer, sitelock_client

XML = b"<SiteLockOnlineResponse><getStatus><status>ok</status></getStatus></SiteLockOnlineResponse>"


def keep(
    recorder: Recorder, body: bytes | None = XML, *, call: str = "getStatus", content_type: str = "text/xml"
) -> None:
    recorder.keep(Effect.READ, call, status=200, content_type=content_type, body=body)


def test_an_answer_is_two_files_that_only_their_owner_can_read(tmp_path: Path) -> None:
    keep(Recorder(str(tmp_path / "made" / "here"), api="SiteLock API"))
    folder = tmp_path / "made" / "here"
    about, body = sorted(folder.iterdir())
    assert (about.name[:10], about.suffixes, body.suffixes) == ("getstatus_", [".about", ".json"], [".xml"])
    assert {stat.S_IMODE(file.stat().st_mode) for file in (about, body)} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    told = json.loads(about.read_bytes())
    assert told.pop("task") in about.name
    assert told == {
        "api": "SiteLock API",
        "call": "getStatus",
        "effect": "read",
        "http_status": 200,
        "content_type": "text/xml",
        "kind": "xml",
        "file": body.name,
    }


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b"<html><body>Jane</body></html>", "html"),
        (b"<!DOCTYPE html><html>Jane</html>", "html"),
        (b'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml">Jane</html>', "html"),
        (b"<site>", "unreadable"),
        (b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1), "unreadable"),
        (b"<a " + b" ".join(b'a%d=""' % number for number in range(60_000)) + b"/>", "unreadable"),
        (b"{", "unreadable"),
        (b'{"a": 1, "a": 2}', "unreadable"),
        (b"Jane", "unreadable"),
        (b"\x00\xff", "unreadable"),
        (b"<site>" + b"x" * 1024 * 1024 + b"</site>", "large"),
        (None, "file"),
    ],
)
def test_of_what_cannot_be_read_the_kind_is_kept(body: bytes | None, kind: str, tmp_path: Path) -> None:
    keep(Recorder(str(tmp_path), api="SiteLock API"), body)
    [file] = tmp_path.iterdir()
    assert json.loads(file.read_bytes())["kind"] == kind
    assert "file" not in json.loads(file.read_bytes())


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("", ""),
        ("Text/XML; charset=UTF-8", "text/xml; charset=utf-8"),
        ('application/json;charset="utf-8"', "application/json; charset=utf-8"),
        ("text/jane; charset=jane", "other"),
        ("text/html; boundary=jane", "text/html"),
    ],
)
def test_of_the_header_only_what_is_known_stays(header: str, shown: str, tmp_path: Path) -> None:
    keep(Recorder(str(tmp_path), api="SiteLock API"), content_type=header)
    assert [each.content_type for each in recorded(tmp_path)] == [shown]


def test_many_threads_and_tasks_write_into_one_directory(tmp_path: Path) -> None:
    recorders = [Recorder(str(tmp_path), api="SiteLock API") for _task in range(3)]
    with concurrent.futures.ThreadPoolExecutor(8) as workers:
        list(workers.map(keep, recorders * 20))
    assert (
        recorded(tmp_path) == [Recorded("getStatus", "read", 200, "text/xml", "xml", recorded(tmp_path)[0].body)] * 60
    )
    assert len({file.name for file in tmp_path.iterdir()}) == 120


def test_a_fleet_does_not_fill_the_disk(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path), api="SiteLock API")
    for call in ["getStatus"] * (MOST_OF_A_CALL + 5) + ["getAccounts"]:
        keep(recorder, call=call)
    assert [each.call for each in recorded(tmp_path)] == ["getAccounts"] + ["getStatus"] * MOST_OF_A_CALL


def test_no_file_is_replaced_and_no_link_followed(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "answers", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / "there").write_text("old")
    (folder / "link").symlink_to(elsewhere / "made")
    (tmp_path / "way").symlink_to(folder)
    for directory, name in ((folder, "there"), (folder, "link"), (tmp_path / "way", "new"), (folder / "there", "new")):
        with pytest.raises(OSError, match=r"exists|directory|links"):
            write_new(str(directory), name, "new")
    assert sorted(file.name for file in folder.iterdir()) == ["link", "there"]
    assert (folder / "there").read_text() == "old"
    assert list(elsewhere.iterdir()) == []


def _full(*_given: t.Any, **_more: t.Any) -> t.NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/secret/jane")


def test_a_full_disk_is_told_once_and_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    recorder = Recorder(str(tmp_path), api="SiteLock API", warn=told.append)
    with monkeypatch.context() as patched:
        patched.setattr(files.os, "link", _full)
        keep(recorder)
    keep(recorder)
    [warning] = told
    assert warning == (
        f"record_answers: an answer of the SiteLock API cannot be kept in {tmp_path} (No space left on device). "
        "No more answers of this task are recorded. The task itself is not affected."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_mistake_in_the_redaction_costs_no_result(tmp_path: Path) -> None:
    told: list[str] = []

    def wrong(_call: str) -> str:
        raise RecursionError("jane")

    keep(Recorder(str(tmp_path), api="SiteLock API", name_of=wrong, warn=told.append))
    assert len(told) == 1
    assert "(RecursionError)" in told[0]


def test_a_client_keeps_what_it_was_told_and_what_was_refused(tmp_path: Path) -> None:
    replies = [
        Reply(
            answer(GET_ANP_PROVISIONING_STATUS, "<site_id>5</site_id><state>ready</state>"),
            headers={"Content-Type": "text/xml"},
        ),
        Reply(b"<html>busy</html>", 503, {"Content-Type": "text/html"}),
        Reply(answer(GET_STATUS, "<status>ok</status>")),
    ]
    with ScriptedServer(replies) as server:
        settings = {"record_answers": str(tmp_path), "retries": 1}
        with sitelock_client(server.url, read_only=True, **settings) as client:
            client.call(GET_ANP_PROVISIONING_STATUS, {"site_id": 5})
            client.call(GET_STATUS, {})
    assert [(each.call, each.effect, each.http_status, each.kind) for each in recorded(tmp_path)] == [
        ("getAnpProvisioningStatus", "read", 200, "xml"),
        ("getStatus", "read", 503, "html"),
        ("getStatus", "read", 200, "xml"),
    ]


def test_the_effect_of_an_order_is_kept_with_its_answer(tmp_path: Path) -> None:
    with ScriptedServer([Reply(answer(PROVISION_ADDON, "<error>Site requires SSL</error>"))]) as server:
        refused = pytest.raises(RejectedError, match="Site requires SSL")
        with sitelock_client(server.url, record_answers=str(tmp_path)) as client, refused:
            client.call(PROVISION_ADDON, {"addonInfo": [{"site_id": 5}]})
    assert [(each.call, each.effect) for each in recorded(tmp_path)] == [("provisionAddon", "buy")]
    assert b"Site requires SSL" in (recorded(tmp_path)[0].body or b"")
