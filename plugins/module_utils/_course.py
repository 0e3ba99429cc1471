# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The course of a task over many items: whether a new call may begin, and how far the task is.

After the deadline, or when the task was told to stop, no new call begins. Of one that is under way, ``_http`` says when
it ends: a read at the deadline, a write some seconds later at the latest. What was not reached is left for the next
pass, which is no failure.
"""

from __future__ import annotations

import json
import os
import select
import signal
import threading
import time
import types
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError

SLICE = 0.1
"""Seconds: a pause is made in pieces of this length, to end it when the task is told to stop. Whether anybody waits for
the result is not looked at more often than this."""

_STANDARD_OUTPUT = 1

WRITE_INTERVAL = 0.2
"""Seconds between two writes of the progress file, at the least."""


class LeftError(WebsecError):
    """Not begun: nothing was sent. No failure of an item; the next pass goes on with it."""

    kind = "left"


class DeferredError(LeftError):
    """Not begun, because the calls before failed for a reason that holds for all of them.

    :param cause: this reason, as one of them met it.
    """

    kind = "deferred"

    def __init__(self, cause: WebsecError) -> None:
        super().__init__(f"Not begun: {cause.message}", hint=cause.hint, code=cause.code, http_status=cause.http_status)
        self.cause = cause


class Course:
    """Safe to use from many threads.

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
    def of_task(cls, options: t.Mapping[str, t.Any]) -> Course:
        """The course of a module, from its options (see ``course_options``). SIGTERM, SIGINT and SIGHUP stop it."""
        path = options["progress_file"]
        course = cls(deadline=options["deadline"], progress=ProgressFile(path) if path else None, alone=nobody_listens)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, course._on_signal)
        return course

    # Whether a new call may begin

    def check(self) -> None:
        """Right before a call.

        :raises LeftError: no new one may begin.
        """
        now = self.now()
        if not self._stopped and now >= self._next_look:
            self._next_look = now + SLICE
            if self._alone():
                self._stopped = "Ansible is gone"
        if self._stopped:
            raise LeftError(f"Not begun: {self._stopped}.", hint="The next pass goes on.")
        if self._end is not None and now >= self._end:
            raise LeftError("Not begun: the time of this pass was over.", hint="The next pass goes on.")

    def seconds_left(self) -> float:
        """Until the deadline; infinite without one, and 0 when the task was stopped."""
        if self._stopped:
            return 0.0
        return float("inf") if self._end is None else max(0.0, self._end - self.now())

    def sleep(self, seconds: float) -> None:
        """A pause before a call.

        :raises LeftError: the call may not begin any more.
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


class ProgressFile:
    """How far a task is, as one JSON object in a file: C(unit), C(total), C(done), C(waiting), C(failed), and
    C(announcement), a line to show as it is."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._writing = threading.Lock()
        self._unit = ""
        self._total = 0
        self._announcement = ""
        self._ended: list[tuple[bool, bool]] = []
        self._written = 0.0

    def begin(self, total: int, unit: str) -> None:
        with self._writing:
            self._unit, self._total, self._ended = unit, total, []
            self._write()

    def announce(self, text: str) -> None:
        with self._writing:
            self._announcement = text
            self._write()

    def done(self, *, waiting: bool, failed: bool) -> None:
        # No worker waits here for another one that writes: with many workers that took longer than their calls.
        self._ended.append((waiting, failed))
        last = len(self._ended) == self._total
        due = last or time.monotonic() - self._written >= WRITE_INTERVAL
        if due and self._writing.acquire(blocking=last):
            try:
                self._write()
            finally:
                self._writing.release()

    def _write(self) -> None:
        if not self._path:
            return
        self._written = time.monotonic()
        ended = list(self._ended)
        state = {
            "unit": self._unit,
            "total": self._total,
            "done": len(ended),
            "waiting": sum(waiting for waiting, _failed in ended),
            "failed": sum(failed for _waiting, failed in ended),
            "announcement": self._announcement,
        }
        try:
            with open(f"{self._path}.new", "w", encoding="utf-8") as file:
                json.dump(state, file)
            os.replace(f"{self._path}.new", self._path)
        except OSError:
            # Who reads it may be gone, or be another user. That is no reason to stop the work.
            self._path = ""


def course_options() -> ArgumentSpec:
    """Options of a module whose task can take long, as in the documentation fragment P(hosting.websec.course)."""
    return ArgumentSpec(
        options={
            "deadline": {"type": "float"},
            # What the action plugin of the module does with the result.
            "results": {"type": "str", "choices": ["all", "notable"], "default": "all"},
            "progress_file": {"type": "path"},
        },
    )


def nobody_listens() -> bool:
    """Whether the other end of standard output is closed, as it is when Ansible was killed."""
    output = select.poll()
    output.register(_STANDARD_OUTPUT, 0)
    return any(event & select.POLLERR for _descriptor, event in output.poll(0))
