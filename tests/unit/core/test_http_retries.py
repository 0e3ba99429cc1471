# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
import email.utils
import time
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.tests.unit.core.clients import client_of
from ansible_collections.hosting.websec.tests.unit.scripted_server import Reply, ScriptedServer

BODY = b"<answer/>"
GOOD = Reply(BODY)


@pytest.fixture(name="pauses", autouse=True)
def _pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that the client makes, in seconds; it makes none here."""
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses


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


def test_pauses_between_retries_grow(pauses: list[float]) -> None:
    with ScriptedServer([Reply(b"", 503)]) as server, client_of(server.url, retries=4) as send:
        send()
    made = [pause for pause in pauses if pause]
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
    pauses: list[float], retry_after: t.Callable[[], str], pause: float, status: int
) -> None:
    asking = Reply(b"", status, {"Retry-After": retry_after()})
    with ScriptedServer([asking, GOOD]) as server, client_of(server.url, retries=1) as send:
        assert send().body == BODY
    assert pauses == [pause]


def test_reads_are_still_repeated_after_a_write_and_writes_not_after_a_read() -> None:
    script = [GOOD, GOOD, Reply(b"", 503), GOOD, Reply(b"", 503), GOOD]
    with ScriptedServer(script) as server, client_of(server.url, retries=3) as send:
        assert send(Effect.READ).status == 200
        assert send(Effect.BUY).status == 200
        assert send(Effect.READ).status == 200
        assert send(Effect.BUY).status == 503
        assert len(server.requests) == 5
