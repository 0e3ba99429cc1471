# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._circuit_breaker import FAILURES, CircuitBreaker
from ansible_collections.hosting.websec.plugins.module_utils._converge import run
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    BadResponseError,
    NotAllowedError,
    NotFoundError,
    RejectedError,
    RequestNotAllowedError,
    TimedOutError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError
from ansible_collections.hosting.websec.tests.unit.core.model import Desired, Model, Sight

SHARED = [
    AuthError("wrong password", http_status=401),
    AuthError("Invalid password"),
    NotAllowedError("not from here", http_status=403),
    UnavailableError("no connection"),
    TimedOutError("no connection within 30 seconds"),
]
OF_ONE_ITEM = [
    RequestNotAllowedError("not this site", http_status=403),
    RejectedError("wrong FTP password"),
    NotFoundError("no such site"),
    BadResponseError("a page", may_have_happened=True),
    UnavailableError("failed", http_status=500, may_have_happened=True),
    UnavailableError("too many requests", http_status=429),
    TimedOutError("no answer", may_have_happened=True),
]
NO_ANSWERS = [
    error for error in OF_ONE_ITEM if not isinstance(error, (RejectedError, NotFoundError, RequestNotAllowedError))
]


def failing_probe(error: WebsecError) -> t.Callable[[], None]:
    def probe() -> None:
        raise error

    return probe


def is_open(breaker: CircuitBreaker) -> bool:
    try:
        breaker.check()
    except DeferredError:
        return True
    return False


@pytest.mark.parametrize("error", SHARED)
def test_different_items_that_fail_alike_end_all_calls(error: WebsecError) -> None:
    breaker = CircuitBreaker(failing_probe(error))
    for number in range(FAILURES):
        assert not is_open(breaker)
        breaker.failed(error, f"item {number}")
    with pytest.raises(DeferredError) as deferred:
        breaker.check()
    assert deferred.value.cause is error
    assert deferred.value.hint == error.hint


@pytest.mark.parametrize("error", OF_ONE_ITEM)
def test_what_is_about_one_item_ends_nothing_however_often_it_comes(error: WebsecError) -> None:
    breaker = CircuitBreaker(lambda: None)
    for number in range(100):
        breaker.failed(error, f"item {number}")
    assert not is_open(breaker)


@pytest.mark.parametrize("error", SHARED)
def test_one_item_that_fails_again_and_again_ends_nothing(error: WebsecError) -> None:
    breaker = CircuitBreaker(failing_probe(error))
    for _number in range(100):
        breaker.failed(error, "the same")
    assert not is_open(breaker)


@pytest.mark.parametrize("error", SHARED)
def test_a_success_in_between_shows_that_it_does_not_hold_for_all(error: WebsecError) -> None:
    breaker = CircuitBreaker(failing_probe(error))
    for number in range(100):
        breaker.failed(error, f"item {number}")
        if number % (FAILURES - 1) == 0:
            breaker.succeeded()
    assert not is_open(breaker)


@pytest.mark.parametrize("between", NO_ANSWERS)
@pytest.mark.parametrize("error", SHARED)
def test_what_is_no_answer_does_not_show_that_the_others_are_let_in(error: WebsecError, between: WebsecError) -> None:
    breaker = CircuitBreaker(failing_probe(error))
    for number in range(FAILURES):
        assert not is_open(breaker)
        breaker.failed(error, f"item {number}")
        breaker.failed(between, f"another item {number}")
    assert is_open(breaker)


@pytest.mark.parametrize(
    ("probed", "ends"),
    [
        (None, False),
        (RejectedError("getSiteLockIPs: Login failed", code="E7"), True),
        (RejectedError("getSiteLockIPs: Not today", code="E8"), False),
        (UnavailableError("no connection"), False),
    ],
)
def test_a_refusal_ends_all_calls_if_a_call_about_no_item_is_refused_alike(
    probed: WebsecError | None, ends: bool
) -> None:
    breaker = CircuitBreaker(failing_probe(probed) if probed else lambda: None)
    for number in range(FAILURES):
        assert not is_open(breaker)
        breaker.failed(RejectedError("getAnpProvisioningStatus: Login failed", code="E7"), f"item {number}")
    assert is_open(breaker) == ends


def test_refusals_for_different_reasons_end_nothing() -> None:
    breaker = CircuitBreaker(failing_probe(RejectedError("no", code="E7")))
    for number in range(100):
        breaker.failed(RejectedError(f"no {number % 2}", code="E7"), f"item {number}")
    assert not is_open(breaker)


@pytest.mark.parametrize("probed", [None, *OF_ONE_ITEM])
def test_a_call_about_no_item_that_is_let_in_shows_that_it_does_not_hold_for_all(probed: WebsecError | None) -> None:
    probes = []

    def probe() -> None:
        probes.append(1)
        if probed is not None:
            raise probed

    breaker = CircuitBreaker(probe)
    for number in range(200):
        breaker.failed(SHARED[2], f"item {number}")
    assert not is_open(breaker)
    assert len(probes) <= 4


@pytest.mark.parametrize("error", SHARED[:2])
@pytest.mark.parametrize("let_in", [True, False])
def test_a_probe_that_asks_for_no_password_does_not_keep_a_wrong_one_going(error: WebsecError, let_in: bool) -> None:
    breaker = CircuitBreaker(lambda: None)
    if let_in:
        breaker.succeeded()
    for number in range(FAILURES):
        breaker.failed(error, f"item {number}")
    assert is_open(breaker) is not let_in


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("check_mode", [True, False])
def test_items_that_were_not_tried_are_deferred_with_the_reason_and_the_next_pass_goes_on(
    concurrency: int, check_mode: bool
) -> None:
    error = AuthError("wrong password", http_status=401)

    class Guarded(Model):
        def observe(self, desired: Desired) -> Sight:
            breaker.check()
            self.asked = getattr(self, "asked", 0) + 1
            breaker.failed(error, desired.name)
            raise AuthError("wrong password", http_status=401)

    breaker = CircuitBreaker()
    model = Guarded({})
    desired = [Desired(f"w{number}") for number in range(50)]
    outcomes = run(model, desired, check_mode=check_mode, concurrency=concurrency)
    failed = [outcome for outcome in outcomes if outcome.error is not None]
    deferred = [outcome for outcome in outcomes if outcome.deferred_cause is not None]
    assert FAILURES <= len(failed) <= FAILURES + concurrency
    assert model.asked == len(failed)
    assert len(failed) + len(deferred) == 50
    assert all(outcome.deferred and outcome.deferred_cause is error and outcome.error is None for outcome in deferred)
