# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results of bulk modules in a play: few entries, and a file with all of them."""

from __future__ import annotations

import json
import pathlib
import signal
import threading
import types
import typing as t

import pytest
from ansible.plugins.action.normal import ActionModule as NormalAction

from ansible_collections.hosting.websec.plugins.action.sitelock_waf_sites import ActionModule
from ansible_collections.hosting.websec.plugins.plugin_utils import _run_files
from ansible_collections.hosting.websec.plugins.plugin_utils._bulk_action import NOTABLE

Result = dict[str, t.Any]
Act = t.Callable[..., Result]
LOST = {"kind": "unavailable", "message": "No answer."}


@pytest.fixture(name="act")
def _act(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> Act:
    """The result of the task, where C(rows) are what the module returned."""
    monkeypatch.setattr(_run_files.constants, "DEFAULT_LOCAL_TMP", str(tmp_path))

    def act(
        rows: list[Result] | None,
        *,
        diff: bool = False,
        verbosity: int = 0,
        problem: str | None = None,
        role: str | None = None,
        returned_too: Result | None = None,
        **options: t.Any,
    ) -> Result:
        sites = [{"domain": "a.example"}, {"domain": "b.example"}]
        returned: Result = {"diff": [{"before": "x"}], "invocation": {"module_args": {"sites": sites}}}
        if rows is not None:
            returned["sites"] = rows
        if problem is not None:
            returned.update(failed=True, msg=problem)
        returned.update(returned_too or {})
        monkeypatch.setattr(NormalAction, "run", lambda *_arguments: returned)
        action = ActionModule.__new__(ActionModule)
        action._task = types.SimpleNamespace(args=options, diff=diff, async_val=0)
        action._task._role = types.SimpleNamespace(get_name=lambda include_role_fqcn: role) if role else None
        action._connection = types.SimpleNamespace(transport="ssh", become=None)
        action._display = types.SimpleNamespace(verbosity=verbosity)
        return action.run(task_vars={})

    return act


def rows(*special: Result, quiet: int = 3) -> list[Result]:
    nothing = {"changed": False, "error": None}
    made = [*special, *({} for _number in range(quiet))]
    return [{"domain": f"s{number}.example", **nothing, **each} for number, each in enumerate(made)]


def test_notable_results_are_few_and_all_stand_in_a_file(act: Act, tmp_path: pathlib.Path) -> None:
    given = rows({"changed": True}, {"error": LOST}, {"deferred": True})
    result = act(given, results="notable")
    assert [row["domain"] for row in result["sites"]] == ["s0.example", "s1.example", "s2.example"]
    file = pathlib.Path(result["results_file"])
    assert json.loads(file.read_text()) == {"sites": given}
    assert (file.parent, file.stat().st_mode & 0o077) == (tmp_path, 0)


def test_no_more_than_some_hundred_notable_results(act: Act) -> None:
    given = rows(*({"changed": True} for _number in range(NOTABLE + 5)))
    result = act(given, results="notable")
    assert len(result["sites"]) == NOTABLE
    assert len(json.loads(pathlib.Path(result["results_file"]).read_text())["sites"]) == NOTABLE + 8


def test_all_results(act: Act) -> None:
    given = rows({"changed": True})
    for options in ({}, {"results": "all"}):
        result = act(given, **options)
        assert result["sites"] == given
        assert "results_file" not in result


def test_a_task_that_ended_before_it_began_has_no_file(act: Act) -> None:
    assert "results_file" not in act(None, results="notable")


def test_the_message_of_a_failed_task_of_a_role_names_its_variables(act: Act) -> None:
    problem = "ttl is 0; it must be 1 or greater."
    assert act(None, problem=problem, ttl=0)["msg"] == problem
    assert act(None, problem=problem, ttl=0, role="mine")["msg"] == problem
    named = act(None, problem=problem, ttl=0, role="sitelock_waf")["msg"]
    assert named == f"{problem} In the role sitelock_waf, ttl is sitelock_waf_ttl."


@pytest.mark.parametrize("code", [137, -9])
def test_a_killed_module_is_told_with_what_to_do(act: Act, code: int) -> None:
    silent = {"module_stdout": "", "module_stderr": "Killed", "exception": "Module result deserialization failed"}
    result = act(None, problem="See stdout/stderr for the exact error", returned_too={**silent, "rc": code})
    assert result["msg"].startswith("The module was killed (SIGKILL) before it could say what it had done.")
    assert "exception" not in result


@pytest.mark.parametrize("code", [0, 1, 127, 128, 255, "137", None])
def test_a_module_that_broke_was_not_killed(act: Act, code: t.Any) -> None:
    result = act(None, problem="It broke.", returned_too={"module_stdout": "", "exception": "Traceback", "rc": code})
    assert (result["msg"], result["exception"]) == ("It broke.", "Traceback")
    assert act(None, problem="It failed.", returned_too={"rc": 137})["msg"] == "It failed."


def test_a_diff_stands_in_the_result_of_a_run_that_shows_it(act: Act) -> None:
    assert "diff" not in act(rows())
    assert act(rows(), diff=True)["diff"] == [{"before": "x"}]


def test_the_sites_are_not_repeated_in_the_result(act: Act) -> None:
    assert act(rows())["invocation"]["module_args"]["sites"] == "(2 entries, shown with -vvv)"
    assert len(act(rows(), verbosity=3)["invocation"]["module_args"]["sites"]) == 2


def blocked_in(thread: int | None) -> set[int]:
    """The signals that the kernel does not hand to a thread of this process."""
    (mask,) = (
        int(line.split()[1], 16)
        for line in pathlib.Path(f"/proc/self/task/{thread}/status").read_text().splitlines()
        if line.startswith("SigBlk:")
    )
    return {number for number in signal.valid_signals() if mask >> (number - 1) & 1}


def test_signals_reach_the_thread_that_handles_them(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    """The handler of a Ctrl-C runs in the main thread only, which waits for the module until a signal wakes it."""
    monkeypatch.setattr(_run_files.constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    action = ActionModule.__new__(ActionModule)
    action._task = types.SimpleNamespace(args={}, async_val=0, no_log=False)
    action._connection = types.SimpleNamespace(transport="local", become=None)
    action._templar = types.SimpleNamespace(template=lambda value: value)
    before = set(threading.enumerate())
    with action._watched({}):
        (watcher,) = set(threading.enumerate()) - before
        handled = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
        assert handled <= blocked_in(watcher.native_id)
        assert not handled & blocked_in(threading.get_native_id())
