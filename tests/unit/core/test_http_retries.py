# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import concurrent.futures
import datetime
import email.utils
import threading
import time
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._http.retries import retry_after
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError, RunContext
from ansible_collections.hosting.websec.tests.unit.core.clients import QuickContext, client_of
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply, ScriptedServer

BODY = b"<answer/>"
GOOD = Reply(BODY)


BROKEN = {
    "closed": Reply(fault="close"),
    "reset": Reply(fault="reset"),
    "not HTTP": Reply(fault="garbage"),
    "silent": Reply(BODY, pause=2),
    "too many requests": Reply(b"", 429),
    "internal error": Reply(b"", 500),
    "bad gateway": Reply(b"<html/>", 502),
    "unavailable": Reply(b"<html/>", 503),
    "gateway timeout": Reply(b"", 504),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_read_is_repeated_until_it_is_answered(broken: Reply) -> None:
    timeout = 0.5 if broken.pause else 5
    with ScriptedServer([broken, broken, GOOD]) as server, client_of(server.url, retries=2, timeout=timeout) as send:
        assert send().body == BODY
        assert len(server.requests) == 3


@pytest.mark.parametrize("retries", [0, 1, 3])
@pytest.mark.parametrize("status", [429, 503])
def test_a_read_that_stays_refused_gets_as_many_retries_as_are_set(status: int, retries: int) -> None:
    with ScriptedServer([Reply(b"", status)]) as server, client_of(server.url, retries=retries) as send:
        assert send().status == status
        assert len(server.requests) == 1 + retries


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_a_read_without_an_answer_gets_as_many_retries_as_are_set(retries: int) -> None:
    with ScriptedServer([Reply(fault="close")]) as server, client_of(server.url, retries=retries) as send:
        with pytest.raises(WebsecError):
            send()
        assert len(server.requests) == 1 + retries


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404])
def test_a_read_that_is_answered_is_not_repeated(status: int) -> None:
    with ScriptedServer([Reply(b"", status)]) as server, client_of(server.url, retries=3) as send:
        assert send().status == status
        assert len(server.requests) == 1


def test_pauses_between_retries_grow() -> None:
    context = QuickContext()
    with ScriptedServer([Reply(b"", 503)]) as server, client_of(server.url, retries=4, context=context) as send:
        send()
    made = [pause for pause in context.pauses if pause]
    assert len(made) >= 3
    for earlier, later, least in zip(made, made[1:], [1.0, 2.0, 4.0]):
        assert later > earlier
        assert earlier >= least


def in_an_hour() -> str:
    moment = datetime.datetime.now(tz=datetime.timezone.utc) + datetime.timedelta(hours=1)
    return email.utils.format_datetime(moment, usegmt=True)


@pytest.mark.parametrize(
    ("retry_after", "pause"),
    [(lambda: "7", 7), (lambda: "60", 60), (lambda: "61", 60), (lambda: "86400", 60), (in_an_hour, 60)],
)
@pytest.mark.parametrize("status", [429, 503])
def test_the_server_can_ask_for_a_pause_of_a_minute_at_the_most(
    retry_after: t.Callable[[], str], pause: float, status: int
) -> None:
    asking, context = Reply(b"", status, {"Retry-After": retry_after()}), QuickContext()
    with ScriptedServer([asking, GOOD]) as server, client_of(server.url, retries=1, context=context) as send:
        assert send().body == BODY
    assert context.pauses == [pause]


ODD = {
    "year 10000": "Fri, 31 Dec 10000 23:59:59 GMT",
    "5,000 digits": "9" * 5000,
    "19 digits": "1" * 19,
    "superscript": "\xb2",
    "negative": "-7",
    "fraction": "1.5",
    "exponent": "1e999",
    "infinity": "inf",
    "two": "7, 8",
    "no day": "Fri, 32 Dec 2026 23:59:59 GMT",
    "no zone": "Fri, 31 Dec 2026 23:59:59 +99999999999999",
    "only commas": ",,,",
    "empty": "",
    "text": "soon",
}


@pytest.mark.parametrize("asked", ODD.values(), ids=ODD)
def test_a_pause_that_nobody_can_read_is_none(asked: str) -> None:
    context, asking = QuickContext(), Reply(b"", 429, {"Retry-After": asked})
    with ScriptedServer([asking, GOOD]) as server, client_of(server.url, retries=1, context=context) as send:
        assert send().body == BODY
    assert context.pauses == [1]


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, [0-9]{1,3} [A-Z][a-z]{2} [0-9]{1,6} [0-9:]{1,9} ([A-Z]+|[+-][0-9]+)"))
def test_no_text_of_a_pause_raises(text: str) -> None:
    pause = retry_after(text)
    assert pause is None or 0 <= pause < float("inf")


@pytest.mark.parametrize("zone", ["GMT", "+0000", "-0000"])
def test_a_date_is_a_pause_until_then(zone: str) -> None:
    then = datetime.datetime.now(tz=datetime.timezone.utc) + datetime.timedelta(minutes=10)
    pause = retry_after(f"{then:%a, %d %b %Y %H:%M:%S} {zone}")
    assert pause is not None
    assert 0 < pause <= 600


def test_a_date_that_is_over_is_no_pause() -> None:
    assert retry_after("Fri, 01 Jan 1960 00:00:00 GMT") == 0


@pytest.mark.parametrize("effect", Effect)
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("retries", [0, 2])
def test_a_pause_is_a_pause_for_all_requests_of_the_client(effect: Effect, status: int, retries: int) -> None:
    """Also if the limited request is not sent again, and the next one has another effect."""
    asking, context = Reply(b"", status, {"Retry-After": "7"}), QuickContext()
    with ScriptedServer([asking, GOOD]) as server, client_of(server.url, retries=retries, context=context) as send:
        send(effect)
        send(Effect.BUY)
    assert sum(context.pauses) == 7


def test_a_pause_holds_every_worker_and_not_only_the_one_that_was_told() -> None:
    context = QuickContext()
    asked: list[tuple[bytes, float]] = []

    def script(request: Received) -> Reply:
        asked.append((request.body, context.seconds))
        return Reply(b"", 429, {"Retry-After": "7"}) if request.body == b"first" else GOOD

    with ScriptedServer(script) as server, client_of(server.url, context=context) as send:
        assert send(Effect.READ, b"first").status == 429
        # Workers of their own, with connections of their own.
        for _worker in range(3):
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                assert pool.submit(send, Effect.READ, b"other").result().status == 200
    assert asked == [(b"first", 1000.0), *[(b"other", 1007.0)] * 3]


@pytest.mark.parametrize("effect", [Effect.CHANGE, Effect.DESTROY])
def test_a_change_that_came_too_early_is_sent_again_after_the_pause(effect: Effect) -> None:
    context = QuickContext()
    script = [Reply(b"", 429, {"Retry-After": "7"}), Reply(b"", 429), GOOD]
    with ScriptedServer(script) as server, client_of(server.url, retries=2, context=context) as send:
        assert send(effect).status == 200
        assert len(server.requests) == 3
    assert context.pauses[0] == 7
    assert 1 <= context.pauses[1] < 7


def test_an_order_that_came_too_early_is_not_sent_again() -> None:
    with ScriptedServer([Reply(b"", 429), GOOD]) as server, client_of(server.url, retries=3) as send:
        assert send(Effect.BUY).status == 429
        assert len(server.requests) == 1


def test_nothing_is_sent_after_the_deadline_also_not_again() -> None:
    class Ending(RunContext):
        """A pause exceeds its deadline."""

        def __init__(self) -> None:
            self.ahead = 0.0
            super().__init__(deadline=time.time() + 1000, clock=lambda: time.monotonic() + self.ahead)

        def sleep(self, seconds: float) -> None:
            self.ahead += 2000
            self.check()

    script = [Reply(b"", 503, {"Retry-After": "30"}), GOOD]
    with ScriptedServer(script) as server, client_of(server.url, retries=3, context=Ending()) as send:
        with pytest.raises(DeferredError, match="this pass reached its time limit"):
            send()
        with pytest.raises(DeferredError) as deferred:
            send(Effect.BUY)
        assert not deferred.value.may_have_happened
        assert len(server.requests) == 1


def test_a_pause_ends_when_the_task_is_stopped() -> None:
    context = RunContext()
    script = [Reply(b"", 429, {"Retry-After": "60"})]
    with ScriptedServer(script) as server, client_of(server.url, retries=3, context=context) as send:
        threading.Timer(0.3, context.stop, ["stopped by SIGTERM"]).start()
        with pytest.raises(DeferredError, match="stopped by SIGTERM"):
            send()


class StandingContext(RunContext):
    """Its clock stands still; ``pauses`` records the requested pauses, in seconds."""

    def __init__(self) -> None:
        super().__init__(clock=lambda: 1000.0)
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


@pytest.mark.parametrize("workers", [1, 5])
def test_requests_of_all_workers_have_the_distance_that_is_asked_for(workers: int) -> None:
    context = StandingContext()
    limit = {"requests_per_second": 20.0, "context": context}
    pool = concurrent.futures.ThreadPoolExecutor(workers)
    with pool, ScriptedServer([GOOD]) as server, client_of(server.url, **limit) as send:
        list(pool.map(lambda _number: send(), range(11)))
        assert len(server.requests) == 11
    assert sorted(context.pauses) == pytest.approx([number / 20 for number in range(1, 11)])


def test_retries_count_as_requests() -> None:
    context = QuickContext()
    limit = {"requests_per_second": 0.1, "retries": 2, "context": context}
    with ScriptedServer([Reply(b"", 500), Reply(b"", 500), GOOD]) as server, client_of(server.url, **limit) as send:
        assert send().status == 200
    assert sum(context.pauses) == pytest.approx(20)


def test_reads_are_still_repeated_after_a_write_and_writes_not_after_a_read() -> None:
    script = [GOOD, GOOD, Reply(b"", 503), GOOD, Reply(b"", 503), GOOD]
    with ScriptedServer(script) as server, client_of(server.url, retries=3) as send:
        assert send(Effect.READ).status == 200
        assert send(Effect.BUY).status == 200
        assert send(Effect.READ).status == 200
        assert send(Effect.BUY).status == 503
        assert len(server.requests) == 5
