# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file with a plan: what is read is what was written, and anything else is refused."""

from __future__ import annotations

import dataclasses
import datetime
import json
import pathlib
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._approval.approval import Approval
from ansible_collections.hosting.websec.plugins.module_utils._approval.plan_file import (
    FORMAT,
    Scope,
    digest,
    read_plan,
    remove_plan,
    write_plan,
)
from ansible_collections.hosting.websec.plugins.module_utils._approval.planned import PlannedAction
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError

NOW = datetime.datetime(2026, 11, 29, 12, tzinfo=datetime.timezone.utc)
DAY = datetime.timedelta(days=1)
SCOPE = Scope("sitelock_waf_sites", "https://api.example/v1", digest([{"domain": "shop.example"}]))
ORDER = PlannedAction(
    "shop.example", "provisionAddon", {"site_id": 1, "subscription": "8"}, {"state": "absent"}, "5.00"
)
CHANGE = PlannedAction("shop.example", "DNS A", {"values": ["192.0.2.1"]}, {"old values": []})


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    file = tmp_path / "plan.json"
    write_plan(str(file), SCOPE, [ORDER, CHANGE], NOW)
    return file


def refusal(path: pathlib.Path, now: datetime.datetime = NOW, scope: Scope = SCOPE) -> str:
    with pytest.raises(BadInputError) as raised:
        read_plan(str(path), scope, now, DAY)
    assert raised.value.message.startswith(f"approved_plan: {path} ")
    assert raised.value.hint.startswith("Nothing was sent.")
    return raised.value.message


def test_what_is_written_is_read(path: pathlib.Path) -> None:
    assert read_plan(str(path), SCOPE, NOW + DAY, DAY) == [ORDER, CHANGE]
    write_plan(str(path), SCOPE, [], NOW)
    assert read_plan(str(path), SCOPE, NOW, DAY) == []


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (NOW + DAY + datetime.timedelta(seconds=1), "is too old: it was made at 2026-11-29T12:00:00Z"),
        (NOW - datetime.timedelta(minutes=6), "which is not in the past"),
    ],
)
def test_a_plan_has_its_time(path: pathlib.Path, now: datetime.datetime, told: str) -> None:
    assert told in refusal(path, now)


@pytest.mark.parametrize(
    ("name", "told"),
    [("module", "of another module"), ("api_url", "for another api_url"), ("entries", "for other entries")],
)
def test_a_plan_has_its_subject(path: pathlib.Path, name: str, told: str) -> None:
    assert told in refusal(path, scope=dataclasses.replace(SCOPE, **{name: "another"}))


def edited(content: dict[str, t.Any], place: tuple[t.Any, ...], value: t.Any) -> dict[str, t.Any]:
    inner: t.Any = content
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return content


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("made",), "2026-11-29T12:00:01Z"),
        (("made",), None),
        (("api_url",), "https://other.example"),
        (("actions", 0, "arguments", "subscription"), "9"),
        (("actions", 0, "price"), "4.00"),
        (("actions", 1, "subject"), "other.example"),
        (("actions",), []),
        (("checksum",), "0" * 64),
        (("checksum",), None),
    ],
)
def test_an_edited_plan_is_refused(path: pathlib.Path, place: tuple[t.Any, ...], value: t.Any) -> None:
    path.write_text(json.dumps(edited(json.loads(path.read_text()), place, value)))
    assert "was changed since it was made" in refusal(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "no JSON",
        "\xff",
        "[" * 10_000,
        json.dumps({"format": FORMAT}),
        json.dumps({"format": FORMAT, "actions": [{}]}),
        json.dumps({"format": FORMAT, "actions": [{**ORDER.as_dict(), "arguments": []}]}),
        json.dumps({"format": FORMAT, "actions": [{**ORDER.as_dict(), "price": 5}]}),
        json.dumps({"format": FORMAT, "actions": [{**ORDER.as_dict(), "more": 1}]}),
        json.dumps({"format": "hosting.websec plan 0", "actions": []}),
    ],
)
def test_what_is_no_plan(tmp_path: pathlib.Path, text: str) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(text.encode("latin-1"))
    assert "is not a plan of this version" in refusal(file)


def test_what_cannot_be_read_or_written(tmp_path: pathlib.Path, path: pathlib.Path) -> None:
    assert "cannot be read: No such file" in refusal(tmp_path / "missing.json")
    assert "is not a regular file" in refusal(tmp_path)
    with pytest.raises(BadInputError, match="cannot be written: No such file"):
        write_plan(str(tmp_path / "missing" / "plan.json"), SCOPE, [ORDER], NOW)
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(BadInputError, match="cannot be written: Is a directory"):
        write_plan(str(folder), SCOPE, [ORDER], NOW)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["folder", path.name]


def test_only_a_plan_is_replaced(path: pathlib.Path, tmp_path: pathlib.Path) -> None:
    remove_plan(str(path))
    assert not path.exists()
    remove_plan(str(path))
    other = tmp_path / "sites.yml"
    other.write_text("sitelock_waf_sites: []")
    with pytest.raises(BadInputError, match="exists, and is not a plan"):
        remove_plan(str(other))
    assert other.read_text() == "sitelock_waf_sites: []"


def test_secrets_are_not_in_the_digest() -> None:
    entries = [{"login": "a", "password": "one", "sites": [{"password": "one"}]}]
    assert digest(entries) == digest([{"login": "a", "sites": [{}]}])
    assert digest(entries) != digest([{"login": "b", "sites": [{}]}])


texts = st.text(max_size=8)
data = st.dictionaries(
    texts, st.one_of(st.none(), st.integers(-(10**9), 10**9), texts, st.lists(texts, max_size=2)), max_size=3
)
actions = st.builds(PlannedAction, texts, texts, data, data, st.one_of(st.none(), texts))


@settings(max_examples=100, deadline=None, database=None)
@given(st.lists(actions, max_size=4), actions)
def test_only_what_is_in_the_plan_is_approved(
    tmp_path_factory: t.Any, planned: list[PlannedAction], one: PlannedAction
) -> None:
    file = tmp_path_factory.getbasetemp() / "approved.json"
    write_plan(str(file), SCOPE, planned, NOW)
    approval = Approval(read_plan(str(file), SCOPE, NOW, DAY))
    assert approval.refusal(planned) is None
    refused = approval.refusal([*planned, one])
    assert (refused is None) == (one in planned)
    if refused is not None:
        assert refused.message.startswith("approval: ")


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (dataclasses.replace(ORDER, subject="x.example"), "provisionAddon of x.example is not in the approved plan"),
        (dataclasses.replace(ORDER, price="7.00"), "is in the approved plan, but price was 5.00, and is 7.00"),
        (dataclasses.replace(ORDER, price=None), "but price was 5.00, and is nothing"),
        (dataclasses.replace(ORDER, rests_on={"state": "ready"}), "but state was absent, and is ready"),
        (dataclasses.replace(ORDER, arguments={"site_id": 1}), "but subscription was 8, and is nothing"),
    ],
)
def test_what_a_person_is_told(other: PlannedAction, told: str) -> None:
    refused = Approval([ORDER, CHANGE]).refusal([other])
    assert refused is not None
    assert told in refused.message
