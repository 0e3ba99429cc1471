# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The run of a task over many items: whether a new call may begin, and how far the task is.

After the deadline, or when the task was told to stop, no new call begins. Of one under way, ``HttpClient`` says when
it ends: a read at the deadline, a write some seconds later at the latest. What was not reached is deferred to the
next pass, which is no failure.
"""

from __future__ import annotations

import select
import signal
import time
import types
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._progress import ProgressFile

SLICE = 0.1
"""Seconds: a pause is made in pieces of this length, to end it when the task is told to stop. Whether anybody waits for
the result is not looked at more often than this."""

_STANDARD_OUTPUT = 1


class DeferredError(WebsecError):
    """Not started: nothing was sent. No failure of an item; the next pass goes on with it.

    :param cause: why the calls before failed, if it is a reason that holds for all of them.
    """

    kind = "deferred"

    def __init__(self, message: str, cause: WebsecError | None = None, *, hint: str = "") -> None:
        if cause is None:
            super().__init__(message, hint=hint)
        else:
            super().__init__(message, hint=hint or cause.hint, code=cause.code, http_status=cause.http_status)
        self.cause = cause


class RunContext:
    """What ends a task before it is through, and who is told how far it is. Safe to use from many threads.

    :param deadline: seconds since 1970; no call begins after it. ``None``: no limit.
    :param progress: where to write how far the task is; ``None``: nowhere.
    :param alone: tells that nobody waits for the result any more.
    :param clock: seconds that never run backwards. :param sleep: as ``time.sleep``.
    """

    def __init__(
        self,
        *,
        deadline: float | None = None,
        progress: ProgressFile | None = None,
        alone: t.Callable[[], bool] = lambda: False,
        clock: t.Callable[[], float] = time.monotonic,
        sleep: t.Callable[[float], None] = time.sleep,
    ) -> None:
        self.now = clock
        self._sleep = sleep
        self._end = None if deadline is None else clock() + deadline - time.time()
        self._progress = progress
        self._alone = alone
        self._next_look = float("-inf")
        self._stopped = ""

    @classmethod
    def of_task(cls, options: t.Mapping[str, t.Any]) -> RunContext:
        """From the options of a module (see ``run_context_options``). SIGTERM, SIGINT and SIGHUP stop it."""
        path = options["progress_file"]
        context = cls(deadline=options["deadline"], progress=ProgressFile(path) if path else None, alone=nobody_listens)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, context._on_signal)
        return context

    def end_after(self, seconds: float) -> None:
        """No call begins after so many seconds from now, or after the deadline, whichever comes first; 0: no limit."""
        if seconds > 0:
            end = self.now() + seconds
            self._end = end if self._end is None else min(self._end, end)

    # Whether a new call may begin

    def check(self) -> None:
        """Right before a call.

        :raises DeferredError: no new one may begin.
        """
        now = self.now()
        if not self._stopped and now >= self._next_look:
            self._next_look = now + SLICE
            if self._alone():
                self._stopped = "stopped because Ansible ended"
        if self._stopped:
            raise DeferredError(f"Not started: {self._stopped}.", hint="The next pass continues.")
        if self._end is not None and now >= self._end:
            raise DeferredError("Not started: this pass reached its time limit.", hint="The next pass continues.")

    def seconds_left(self) -> float:
        """Until the deadline; infinite without one, and 0 when the task was stopped."""
        if self._stopped:
            return 0.0
        return float("inf") if self._end is None else max(0.0, self._end - self.now())

    def sleep(self, seconds: float) -> None:
        """A pause before a call.

        :raises DeferredError: the call may not begin any more.
        """
        until = self.now() + seconds
        self.check()
        while (left := until - self.now()) > 0:
            self._sleep(min(left, SLICE))
            self.check()

    def stop(self, why: str) -> None:
        """Begin no new call. :param why: for people, for example C(stopped by SIGTERM)."""
        # Nothing but this: a signal handler must not take a lock, which the code that it interrupts may hold.
        self._stopped = why

    @property
    def stopped(self) -> str:
        """Why the task was stopped before its time; empty if it was not."""
        return self._stopped

    def _on_signal(self, number: int, _frame: types.FrameType | None) -> None:
        self.stop(f"stopped by {signal.Signals(number).name}")

    # How far the task is

    def enter(self, step: str) -> None:
        """A step of the task begins. :param step: its name in front of each line about the progress."""
        if self._progress is not None:
            self._progress.enter(step)

    def begin(self, total: int, unit: str) -> None:
        """A part of the task begins. :param unit: what is counted, in the singular, for example C(site)."""
        if self._progress is not None:
            self._progress.begin(total, unit)

    def announce(self, text: str) -> None:
        """Tell in one line what is about to be written."""
        if self._progress is not None:
            self._progress.announce(text)

    def done(self, *, waiting: bool = False, failed: bool = False) -> None:
        """One more is done. :param waiting: it is fine, and not yet where it should be."""
        if self._progress is not None:
            self._progress.done(waiting=waiting, failed=failed)


def nobody_listens() -> bool:
    """Whether the other end of standard output is closed, as it is when Ansible was killed."""
    output = select.poll()
    output.register(_STANDARD_OUTPUT, 0)
    return any(event & select.POLLERR for _descriptor, event in output.poll(0))
