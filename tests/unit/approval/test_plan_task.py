# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of tasks with plans: a mistake in them never sends everything, and leaves no old plan to be approved."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._approval.plan_file import read_plan, remove_plan
from ansible_collections.hosting.websec.plugins.module_utils._approval.planned import PlannedAction
from ansible_collections.hosting.websec.plugins.module_utils._approval.task import PlanTask
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.tests.unit.approval.test_plan_file import DAY, NOW, SCOPE

ACTION = PlannedAction("shop.example", "deleteAddon", {"site_id": 1}, {"state": "ready"})
SITES = [{"domain": "shop.example"}]


def task(*, check_mode: bool = False, **options: t.Any) -> PlanTask:
    given = {"plan_file": None, "approved_plan": None, "plan_max_age": 86400, "api_url": "https://api.example"}
    return PlanTask({**given, **options}, "sitelock_waf_sites", check_mode=check_mode)


@pytest.fixture
def path(tmp_path: pathlib.Path) -> str:
    """Of a plan."""
    file = str(tmp_path / "plan.json")
    plan = task(check_mode=True, plan_file=file)
    plan.begin(SITES)
    plan.write([ACTION])
    return file


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("name", ["plan_file", "approved_plan"])
def test_an_empty_path_is_not_a_run_without_a_plan(name: str, check_mode: bool) -> None:
    with pytest.raises(BadInputError, match=f"{name} is empty") as raised:
        task(check_mode=check_mode, **{name: ""})
    assert "Nothing was sent." in raised.value.hint


def test_a_plan_is_made_in_check_mode_only(path: str) -> None:
    with pytest.raises(BadInputError, match="plan_file is given without check mode"):
        task(plan_file=path)
    with pytest.raises(BadInputError, match="both given in check mode"):
        task(check_mode=True, plan_file=path, approved_plan=path)
    # A job that applies may share the variables of the one that plans.
    plan = task(plan_file=path, approved_plan=path)
    plan.begin(SITES)
    assert plan.approved is not None
    assert plan.approved.refusal([ACTION]) is None
    assert plan.write([]) == {}
    assert os.path.exists(path)


def test_an_approved_plan_in_check_mode_shows_what_it_allows(path: str) -> None:
    plan = task(check_mode=True, approved_plan=path)
    plan.begin(SITES)
    assert plan.approved is not None
    assert plan.write([]) == {}
    assert os.path.exists(path)


def test_no_plan_outlives_a_task_that_fails(path: str) -> None:
    with pytest.raises(BadInputError, match="plan_max_age is 0"):
        task(check_mode=True, plan_file=path, plan_max_age=0)
    assert not os.path.exists(path)


def test_a_pipe_is_not_waited_for(tmp_path: pathlib.Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(BadInputError, match="is not a regular file"):
        read_plan(str(pipe), SCOPE, NOW, DAY)
    for other in (pipe, pathlib.Path("/dev/full"), tmp_path):
        with pytest.raises(BadInputError, match="exists, and is not a plan"):
            remove_plan(str(other))
    assert pipe.exists()


def test_a_relative_path_is_told_as_a_whole(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    plan = task(check_mode=True, plan_file="plan.json")
    plan.begin(SITES)
    assert plan.write([ACTION])["plan"]["file"] == str(tmp_path / "plan.json")
    with pytest.raises(BadInputError, match=r"approved_plan: other\.json cannot be read") as raised:
        task(approved_plan="other.json").begin(SITES)
    assert f"A relative path begins at {tmp_path}: give an absolute one." in raised.value.hint
