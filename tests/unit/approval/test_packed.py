# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan that one job hands on to the next as a text: it arrives as it was, or not at all, and is shown in full."""

from __future__ import annotations

import base64
import json
import pathlib
import random
import zlib

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.hosting.websec.plugins.filter.packed_plan import packed_plan
from ansible_collections.hosting.websec.plugins.filter.plan_table import plan_table
from ansible_collections.hosting.websec.plugins.module_utils._approval import packed
from ansible_collections.hosting.websec.plugins.module_utils._approval.plan_file import read_plan, write_plan
from ansible_collections.hosting.websec.plugins.module_utils._approval.planned import PlannedAction
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.tests.unit.approval.test_plan_file import CHANGE, DAY, NOW, ORDER, SCOPE


def text_of(folder: pathlib.Path, actions: list[PlannedAction]) -> str:
    file = folder / "plan.json"
    write_plan(str(file), SCOPE, actions, NOW)
    return file.read_text(encoding="utf-8")


@pytest.fixture
def text(tmp_path: pathlib.Path) -> str:
    return text_of(tmp_path, [ORDER, CHANGE])


def packed_again(content: str) -> str:
    """As somebody does who knows the form."""
    return packed.PREFIX + base64.b64encode(zlib.compress(content.encode())).decode()


def refusal(given: str) -> str:
    with pytest.raises(BadInputError) as raised:
        read_plan(given, SCOPE, NOW, DAY)
    assert raised.value.hint.startswith("Nothing was sent.")
    return raised.value.message


def test_what_is_packed_is_read(text: str) -> None:
    line = packed_plan(text)
    assert read_plan(line, SCOPE, NOW, DAY) == [ORDER, CHANGE]
    # Neither a template nor a shell nor YAML takes anything in it for its own, and a path may have all of it.
    assert not set(line) & set("{}$~'\"\\ \n%#")


def test_an_edited_plan_is_refused(text: str) -> None:
    assert "its checksum is wrong" in refusal(packed_again(text.replace('"8"', '"9"')))
    assert "is not a plan of this version" in refusal(packed_again("{}"))


@pytest.mark.parametrize("place", [0, 5, 20, 80, -1])
def test_every_character_counts(text: str, place: int) -> None:
    line = packed_plan(text)
    at = place % len(line)
    told = refusal(line[:at] + ("B" if line[at] != "B" else "C") + line[at + 1 :])
    assert told.startswith("approved_plan: ")
    assert len(told) < 800


@pytest.mark.parametrize(
    "given",
    [
        packed.PREFIX,
        packed.PREFIX + "no base64",
        packed.PREFIX + base64.b64encode(b"not compressed").decode(),
        packed.PREFIX + base64.b64encode(zlib.compress(b"cut off" * 99)[:-3]).decode(),
        packed.PREFIX + base64.b64encode(zlib.compress(b"{}") + b"more").decode(),
        packed.PREFIX + "A" * packed.MOST,
        packed.PREFIX + "ä",
    ],
)
def test_what_is_no_packed_plan(given: str) -> None:
    assert (
        refusal(given)
        == "approved_plan: the plan of an earlier job was changed since it was made: it cannot be unpacked."
    )


def test_a_small_text_does_not_become_a_large_one() -> None:
    bomb = packed.PREFIX + base64.b64encode(zlib.compress(b" " * 1_000_000)).decode()
    assert packed.unpack(bomb, 999_999) is None
    assert packed.unpack(bomb, 1_000_000) == b" " * 1_000_000


def many(count: int) -> list[PlannedAction]:
    names = [f"{random.Random(number).randbytes(6).hex()}.example" for number in range(count)]
    return [
        PlannedAction(name, "provisionAddon", {"site_id": number, "subscription": "8"}, {"state": "absent"}, "5.00")
        for number, name in enumerate(names)
    ]


def test_a_plan_that_is_too_large_is_refused_when_it_is_made(tmp_path: pathlib.Path) -> None:
    assert len(packed_plan(text_of(tmp_path, many(5_000)))) <= packed.MOST
    with pytest.raises(AnsibleFilterError, match="too large to be handed on by a workflow") as raised:
        packed_plan(text_of(tmp_path, many(40_000)))
    assert "of 524,288. Write it to a folder that both jobs mount" in str(raised.value)


def test_only_a_plan_is_published() -> None:
    with pytest.raises(AnsibleFilterError, match="is not a plan of this version"):
        packed_plan("sitelock_waf_sites: []")


def test_each_action_is_shown_once_and_each_part_is_small(tmp_path: pathlib.Path) -> None:
    content = text_of(tmp_path, many(500))
    parts = plan_table(content)
    (whole,) = plan_table(content, 0)
    assert whole["rows"] == "actions 1 to 500"
    lines = [line for part in parts for line in part["lines"]]  # type: ignore[attr-defined]  # lists of texts
    assert lines == whole["lines"]
    assert [sum(action.subject in line for line in lines) for action in many(500)] == [1] * 500
    assert max(len(json.dumps({"msg": part["lines"]}, indent=4)) for part in parts) < 1000
    assert len(parts) < 200
    assert (parts[0]["rows"][:12], parts[-1]["rows"][-7:]) == ("actions 1 to", " to 500")


def test_a_plan_without_actions_is_shown(tmp_path: pathlib.Path) -> None:
    (part,) = plan_table(text_of(tmp_path, []))
    assert part["rows"] == "no action"
