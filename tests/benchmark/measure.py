# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time of a command, and the maximum memory of its processes."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import typing as t

SAMPLE_SECONDS = 0.05


@dataclasses.dataclass(frozen=True)
class Measured:
    """One run of a command.

    :param seconds: wall clock.
    :param cpu: seconds of CPU of the command and all its children.
    :param peak: bytes of resident memory of the largest process of the tree, and ``largest``: its command.
    """

    seconds: float
    cpu: float
    peak: int
    largest: str
    output: str


def run(command: t.Sequence[str], environment: t.Mapping[str, str] | None = None, text: str = "") -> Measured:
    """Run a command to its end. If it fails, the whole benchmark stops with its output."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as given:
        given.write(text)
        given.seek(0)
        before = os.times()
        started = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdin=given, stdout=output, stderr=subprocess.STDOUT)
        watch = _Watch(process.pid)
        status = process.wait()
        seconds = time.perf_counter() - started
        after = os.times()
        watch.stop()
        output.seek(0)
        printed = output.read()
    if status != 0:
        sys.exit(f"{' '.join(command)} ended with {status}:\n{printed[-4000:]}")
    cpu = (after.children_user + after.children_system) - (before.children_user + before.children_system)
    return Measured(seconds, cpu, watch.peak, watch.largest, printed)


def alternating(repeats: int, *sides: t.Callable[[], float]) -> list[float]:
    """The median of each side. They alternate, so that other load on the machine affects all of them equally."""
    rounds = [[side() for side in sides] for _repeat in range(repeats)]
    return [statistics.median(column) for column in zip(*rounds)]


class _Watch:
    """Samples the memory of a process and of its descendants until stopped."""

    def __init__(self, pid: int) -> None:
        self.peak = 0
        self.largest = ""
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            for pid in _tree(self._pid):
                peak = _peak(pid)
                if peak > self.peak:
                    self.peak, self.largest = peak, _command(pid)


def _tree(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        # A process, or one of its threads, can end during the sampling.
        with contextlib.suppress(OSError):
            for children in pathlib.Path(f"/proc/{parent}/task").glob("*/children"):
                with contextlib.suppress(OSError):
                    found += map(int, children.read_text().split())
    return found


def _peak(pid: int) -> int:
    """The peak resident memory of a process, as counted by the kernel; 0 if it has ended."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    lines = [line.split() for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(lines[0][1]) * 1024 if lines else 0


def _command(pid: int) -> str:
    try:
        words = pathlib.Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return "?"
    return " ".join(pathlib.Path(word).name if word.startswith("/") else word for word in words[:3])[:80]
