# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The run of a task over many items: whether a new call may start, and the progress of the task.

After the deadline or a signal no new call starts. ``HttpClient`` limits a running call: a read ends at the deadline, a
write at most some seconds later. Items that were not reached are deferred to the next pass, which is no failure.
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
"""Seconds: a pause is made in slices of this length, so that a signal can end it. It is also the shortest time between
two checks whether Ansible still waits for the result."""

_STANDARD_OUTPUT = 1


class DeferredError(WebsecError):
    """Not started: nothing was sent. Not a failure of the item; the next pass continues with it.

    :param cause: why the previous calls failed, if the reason applies to all calls.
    """

    kind = "deferred"

    def __init__(self, message: str, cause: WebsecError | None = None, *, hint: str = "") -> None:
        if cause is None:
            super().__init__(message, hint=hint)
        else:
            super().__init__(message, hint=hint or cause.hint, code=cause.code, http_status=cause.http_status)
        self.cause = cause


class NotApprovedError(DeferredError):
    """Nothing was sent, because it is not in the plan that a person has approved."""

    kind = "not_approved"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.cause = self


class RunContext:
    """The time limit of a task, its signals and its progress. Thread-safe.

    :param deadline: seconds since 1970; no call starts after it. ``None``: no limit.
    :param progress: where to write the progress; ``None``: nowhere.
    :param alone: whether nobody waits for the result any more.
    :param clock: monotonic seconds. :param sleep: like ``time.sleep``.
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
        self._grace_end: float | None = None

    @classmethod
    def of_task(cls, options: t.Mapping[str, t.Any]) -> RunContext:
        """From the options of a module (see ``run_context_options``). SIGTERM, SIGINT and SIGHUP stop it."""
        path = options["progress_file"]
        context = cls(deadline=options["deadline"], progress=ProgressFile(path) if path else None, alone=nobody_listens)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, context._on_signal)
        return context

    def end_after(self, seconds: float) -> None:
        """Set the time limit to this number of seconds from now, unless the deadline is earlier; 0: no limit."""
        if seconds > 0:
            end = self.now() + seconds
            self._end = end if self._end is None else min(self._end, end)

    def grace(self, seconds: float) -> None:
        """Let calls start for this number of seconds from now, even after the deadline or a signal: to write down what
        was done."""
        self._grace_end = self.now() + seconds

    # Whether a new call may start

    def check(self) -> None:
        """To be called right before a call.

        :raises DeferredError: no new call may start.
        """
        now = self.now()
        if self._grace_left() > 0:
            return
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
            return self._grace_left()
        return float("inf") if self._end is None else max(self._grace_left(), self._end - self.now())

    def _grace_left(self) -> float:
        return 0.0 if self._grace_end is None else max(0.0, self._grace_end - self.now())

    def sleep(self, seconds: float) -> None:
        """Pause before a call.

        :raises DeferredError: the call may not start any more.
        """
        until = self.now() + seconds
        self.check()
        while (left := until - self.now()) > 0:
            self._sleep(min(left, SLICE))
            self.check()

    def stop(self, why: str) -> None:
        """Start no new call. :param why: for messages, for example C(stopped by SIGTERM)."""
        # Only this: a signal handler must not take a lock, which the interrupted code may hold.
        self._stopped = why

    @property
    def stopped(self) -> str:
        """Why the task was stopped early; empty if it was not."""
        return self._stopped

    def _on_signal(self, number: int, _frame: types.FrameType | None) -> None:
        self.stop(f"stopped by {signal.Signals(number).name}")

    # Progress

    def enter(self, step: str) -> None:
        """Start a step of the task. :param step: its name in front of each progress line."""
        if self._progress is not None:
            self._progress.enter(step)

    def begin(self, total: int, unit: str) -> None:
        """Start a part of the task. :param unit: the counted item, in the singular, for example C(site)."""
        if self._progress is not None:
            self._progress.begin(total, unit)

    def announce(self, text: str) -> None:
        """Show in one line what is about to be written."""
        if self._progress is not None:
            self._progress.announce(text)

    def done(self, *, waiting: bool = False, failed: bool = False) -> None:
        """Count one more item as done. :param waiting: it has not failed, but is not in its final state yet."""
        if self._progress is not None:
            self._progress.done(waiting=waiting, failed=failed)

    def sent(self) -> None:
        """Count one more write that was accepted. Its item is done when it was read again, after all writes."""
        if self._progress is not None:
            self._progress.sent()


def nobody_listens() -> bool:
    """Whether the other end of standard output is closed, as it is when Ansible was killed."""
    output = select.poll()
    output.register(_STANDARD_OUTPUT, 0)
    return any(event & select.POLLERR for _descriptor, event in output.poll(0))
