# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deadlines, signals and progress of a task."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import typing as t
from pathlib import Path

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._converge import run
from ansible_collections.hosting.websec.plugins.module_utils._progress import ProgressFile
from ansible_collections.hosting.websec.plugins.module_utils._rate_limit import RateLimiter
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError, RunContext
from ansible_collections.hosting.websec.tests.unit.core.clients import QuickContext
from ansible_collections.hosting.websec.tests.unit.core.model import Desired, Model, Sight
from ansible_collections.hosting.websec.tests.unit.patience import PATIENCE


class OverAfter(RunContext):
    """A run context with its deadline after this number of calls."""

    def __init__(self, calls: int) -> None:
        super().__init__()
        self._calls = calls
        self._lock = threading.Lock()

    def check(self) -> None:
        with self._lock:
            self._calls -= 1
            if self._calls < 0:
                raise DeferredError("the time was over")


# ---- items that are deferred


@pytest.mark.parametrize("batch_size", [1, 3])
@pytest.mark.parametrize("calls", range(12))
def test_wherever_the_time_ends_nothing_is_half_done_and_the_next_run_goes_on(calls: int, batch_size: int) -> None:
    model, desired = Model({"b": 5, "c": 1}), [Desired("a"), Desired("b"), Desired("c", None)]
    outcomes = run(model, desired, check_mode=False, batch_size=batch_size, context=OverAfter(calls))
    assert [outcome.error for outcome in outcomes] == [None] * 3
    sent = {(method, name) for call in model.calls for method, name in call}
    assert {(method, outcome.desired.name) for outcome in outcomes for method in outcome.sent} == sent
    for outcome in outcomes:
        assert outcome.changed == bool(outcome.sent)
        assert outcome.deferred or outcome.after == Sight(outcome.desired.value is not None, outcome.desired.value)
    again = run(model, desired, check_mode=False)
    assert not any(outcome.deferred or outcome.error for outcome in again)
    assert model.things == {"a": 1, "b": 1}
    assert set(model.effects.values()) == {1}


def test_an_order_whose_answer_is_lost_when_the_time_is_over_is_unknown_and_not_deferred() -> None:
    # Observed, observed before the order, sent; no observation is allowed after that.
    model = Model({}, faults=["lost answer"])
    (outcome,) = run(model, [Desired("a")], check_mode=False, context=OverAfter(3))
    assert not outcome.deferred
    assert outcome.error is not None
    assert outcome.error.kind == "outcome_unknown"


def test_a_slow_item_does_not_keep_the_writes_of_others_back() -> None:
    others_are_written = threading.Event()

    class Slow(Model):
        def apply(self, actions: t.Any) -> t.Any:
            if actions[0].item.name == "slow":
                assert others_are_written.wait(20)
                return super().apply(actions)
            done = super().apply(actions)
            if len(self.calls) == 9:
                others_are_written.set()
            return done

    desired = [Desired("slow"), *(Desired(f"w{number}") for number in range(9))]
    outcomes = run(Slow({}), desired, check_mode=False, concurrency=2)
    assert all(outcome.changed for outcome in outcomes)


# ---- the end


def test_a_run_context_ends_at_its_deadline() -> None:
    now = [1000.0]
    context = RunContext(
        deadline=time.time() + 100, clock=lambda: now[0], sleep=lambda seconds: now.append(now.pop() + 200)
    )
    context.check()
    with pytest.raises(DeferredError, match="this pass reached its time limit"):
        context.sleep(5)
    with pytest.raises(DeferredError):
        context.check()
    assert context.seconds_left() == 0


@pytest.mark.parametrize("over", [True, False])
def test_what_was_done_can_be_written_down_for_some_seconds_more(over: bool) -> None:
    context = QuickContext()
    if over:
        context.end_after(1)
    else:
        context.stop("stopped by SIGINT")
    context.seconds += 2
    context.grace(10)
    context.check()
    assert context.seconds_left() == 10
    context.seconds += 10
    with pytest.raises(DeferredError):
        context.check()
    assert context.seconds_left() == 0


def test_without_a_deadline_there_is_no_end() -> None:
    assert RunContext().seconds_left() == float("inf")
    RunContext().check()


MODULE = """
import sys, time
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError
context = RunContext.of_task({"deadline": None, "progress_file": None, "results": "all"})
print("begun", flush=True)
try:
    while True:
        context.check()
        time.sleep(0.02)
except DeferredError as error:
    print(error.message, file=sys.stderr)
"""


def module() -> subprocess.Popen[str]:
    root = next(path for path in sys.path if (Path(path) / "ansible_collections" / "hosting").is_dir())
    process = subprocess.Popen(
        [sys.executable, "-c", MODULE],
        env={**os.environ, "PYTHONPATH": root},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_work_and_not_the_process(number: signal.Signals) -> None:
    with module() as process:
        process.send_signal(number)
        _output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert errors == f"Not started: stopped by {number.name}.\n"


def test_a_module_whose_ansible_is_gone_ends() -> None:
    with module() as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == "Not started: stopped because Ansible ended.\n"
        process.wait(timeout=PATIENCE)


# ---- how far it is


def test_progress_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "progress"
    context = RunContext(progress=ProgressFile(str(file)))
    context.begin(3, "sites")

    def shown() -> dict[str, object]:
        state: dict[str, object] = json.loads(file.read_text())
        return state

    said = {
        "step": "",
        "unit": "sites",
        "total": 3,
        "done": 0,
        "waiting": 0,
        "failed": 0,
        "sent": 0,
        "announcement": "",
    }
    assert shown() == said
    model = Model({"a": 1}, unseen=["b"])
    desired = [Desired("a"), Desired("b"), Desired("c")]
    told = {"waits": lambda seen: seen.there, "summary": lambda actions: f"{len(list(actions))} orders"}
    run(model, desired, check_mode=False, context=context, **told)
    assert shown() == {**said, "done": 3, "waiting": 2, "failed": 1, "sent": 1, "announcement": "Sending: 1 orders."}


def test_progress_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    context = RunContext(progress=ProgressFile(str(tmp_path / "nowhere" / "progress")))
    context.begin(1, "sites")
    context.done()
    assert list(tmp_path.iterdir()) == []


# ---- politeness


def test_turns_are_spread_evenly() -> None:
    context = QuickContext()
    rate_limiter = RateLimiter(context, 4.0)
    for _turn in range(5):
        rate_limiter.acquire()
    assert context.seconds == 1001.0


def test_a_longer_pause_goes_before_a_shorter_one_and_none_is_longer_than_a_minute() -> None:
    context = QuickContext()
    rate_limiter = RateLimiter(context)
    rate_limiter.pause(5)
    rate_limiter.pause(2)
    rate_limiter.acquire()
    assert context.pauses == [5]
    rate_limiter.pause(86400)
    rate_limiter.acquire()
    assert context.pauses == [5, 60]
