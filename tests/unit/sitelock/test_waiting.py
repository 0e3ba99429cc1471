# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import collections
import threading
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    BadResponseError,
    NotFoundError,
    TimedOutError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import STATES, SiteStatus
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.waiting import StatusObservation, Wait, read_all
from ansible_collections.hosting.websec.tests.unit.core.clients import QuickContext
from ansible_collections.hosting.websec.tests.unit.patience import PATIENCE

Step = t.Union[str, WebsecError]


class Sites:
    """The responses for each site, in order; the last one repeats."""

    def __init__(self, **steps: list[Step]) -> None:
        self._steps = {int(name[1:]): collections.deque(each) for name, each in steps.items()}
        self.asked: list[int] = []
        self.clock = QuickContext()

    def read(self, site_id: int) -> SiteStatus:
        self.asked.append(site_id)
        steps = self._steps[site_id]
        step = steps.popleft() if len(steps) > 1 else steps[0]
        if isinstance(step, WebsecError):
            raise step
        return SiteStatus(site_id, step)

    def wait(self, *states: str, timeout: float = 100, interval: float = 10) -> list[StatusObservation]:
        wait = Wait(frozenset(states), timeout, interval)
        return read_all(self.read, list(self._steps), wait, concurrency=1, context=self.clock)


def states(observed: list[StatusObservation]) -> list[str | None]:
    return [each.status.state if each.status else None for each in observed]


def kinds(observed: list[StatusObservation]) -> list[str | None]:
    return [each.error.kind if each.error else None for each in observed]


# ---- without waiting


def test_without_a_state_to_wait_for_each_site_is_asked_once() -> None:
    sites = Sites(s3=["ready"], s1=["absent"], s2=[UnavailableError("down")], s4=["error"], s5=["pending-retry"])
    observed = sites.wait()
    assert [each.site_id for each in observed] == [3, 1, 2, 4, 5]
    assert states(observed) == ["ready", "absent", None, "error", "pending-retry"]
    assert kinds(observed) == [None, None, "unavailable", None, None]
    assert sites.asked == [3, 1, 2, 4, 5]
    assert sites.clock.pauses == []


def test_nobody_to_ask() -> None:
    assert Sites().wait("ready") == []


# ---- waiting


def test_only_sites_that_are_not_there_yet_are_asked_again() -> None:
    sites = Sites(
        s1=["ready"],
        s2=["pending-dns", "pending-dns", "ready"],
        s3=["pending-domain-validation", "ready"],
    )
    observed = sites.wait("ready")
    assert states(observed) == ["ready", "ready", "ready"]
    assert kinds(observed) == [None, None, None]
    assert sites.asked == [1, 2, 3, 2, 3, 2]
    assert sites.clock.pauses == [10, 10]


def test_any_of_several_states_will_do() -> None:
    sites = Sites(s1=["pending-dns"], s2=["pending-domain-validation", "ready"])
    assert states(sites.wait("pending-dns", "ready")) == ["pending-dns", "ready"]
    assert sites.asked == [1, 2, 2]


def test_a_site_that_is_late_keeps_its_last_state_and_fails() -> None:
    sites = Sites(s1=["pending-domain-validation"], s2=["ready"])
    observed = sites.wait("ready", "pending-dns", timeout=25)
    assert states(observed) == ["pending-domain-validation", "ready"]
    assert kinds(observed) == ["timeout", None]
    error = observed[0].error
    assert error is not None
    assert error.message == (
        "Site 1 is pending-domain-validation after 25 seconds of waiting for pending-dns or ready."
    )
    assert "wait_timeout" in error.hint
    assert sites.clock.pauses == [10, 10, 5]
    assert sites.asked == [1, 2, 1, 1, 1]


def test_with_no_time_to_wait_each_site_is_asked_once() -> None:
    sites = Sites(s1=["pending-dns"], s2=["ready"])
    assert kinds(sites.wait("ready", timeout=0)) == ["timeout", None]
    assert sites.asked == [1, 2]
    assert sites.clock.pauses == []


def test_time_that_reading_takes_counts() -> None:
    sites = Sites(s1=["pending-dns"])
    read = sites.read

    def slow(site_id: int) -> SiteStatus:
        sites.clock.seconds += 60
        return read(site_id)

    sites.read = slow
    assert kinds(sites.wait("ready", timeout=100)) == ["timeout"]
    assert sites.clock.pauses == [10]
    assert sites.asked == [1, 1]


# ---- states and errors that end the waiting


@pytest.mark.parametrize("state", ["absent", "error"])
def test_a_site_that_does_not_get_on_by_itself_is_not_waited_for(state: str) -> None:
    sites = Sites(s1=[state], s2=["pending-dns", "ready"])
    observed = sites.wait("ready")
    assert states(observed) == [state, "ready"]
    assert kinds(observed) == ["rejected", None]
    assert sites.asked == [1, 2, 2]
    error = observed[0].error
    assert error is not None
    assert error.message.startswith(f"Site 1 is {state} and cannot reach ready by itself")
    assert error.hint


@pytest.mark.parametrize("state", ["absent", "error"])
def test_unless_it_is_what_is_waited_for(state: str) -> None:
    sites = Sites(s1=["pending-dns", state])
    observed = sites.wait(state)
    assert (states(observed), kinds(observed)) == ([state], [None])


@pytest.mark.parametrize("state", [state for state in STATES if state not in ("absent", "error", "ready")] + ["new"])
def test_every_other_state_is_waited_for(state: str) -> None:
    sites = Sites(s1=[state, "ready"])
    assert kinds(sites.wait("ready")) == [None]


@pytest.mark.parametrize("error", [UnavailableError("down"), TimedOutError("slow")])
def test_a_failure_that_may_pass_is_waited_for(error: WebsecError) -> None:
    sites = Sites(s1=[error, "pending-dns", error, "ready"])
    observed = sites.wait("ready")
    assert (states(observed), kinds(observed)) == (["ready"], [None])
    assert sites.asked == [1, 1, 1, 1]


@pytest.mark.parametrize("error", [UnavailableError("down"), TimedOutError("slow")])
def test_a_failure_that_does_not_pass_in_time_is_told(error: WebsecError) -> None:
    sites = Sites(s1=[error])
    observed = sites.wait("ready", timeout=20)
    assert observed[0].error is error
    assert sites.asked == [1, 1, 1]


@pytest.mark.parametrize("error", [NotFoundError("no site"), AuthError("no"), BadResponseError("page")])
def test_any_other_failure_ends_the_waiting_for_that_site(error: WebsecError) -> None:
    sites = Sites(s1=[error], s2=["pending-dns", "ready"])
    observed = sites.wait("ready")
    assert observed[0].error is error
    assert (states(observed)[1], sites.asked) == ("ready", [1, 2, 2])


def test_an_unexpected_exception_is_the_error_of_its_site_and_costs_no_other() -> None:
    def broken(site_id: int) -> SiteStatus:
        if site_id == 1:
            raise ZeroDivisionError
        return SiteStatus(site_id, "ready")

    first, second = read_all(broken, [1, 2], Wait(), concurrency=2, context=RunContext())
    assert first.error is not None
    assert first.error.kind == "bug"
    assert (second.error, second.status) == (None, SiteStatus(2, "ready"))


@pytest.mark.parametrize("concurrency", [1, 3])
def test_no_more_sites_than_allowed_are_asked_at_the_same_time(concurrency: int) -> None:
    lock, at_once, most = threading.Lock(), 0, 0
    together = threading.Barrier(concurrency, timeout=PATIENCE)

    def read(site_id: int) -> SiteStatus:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        # All workers must reach this point.
        together.wait()
        with lock:
            at_once -= 1
        return SiteStatus(site_id, "ready")

    observed = read_all(read, list(range(12)), Wait(), concurrency=concurrency, context=RunContext())
    assert [each.site_id for each in observed] == list(range(12))
    assert not together.broken
    assert most == concurrency
