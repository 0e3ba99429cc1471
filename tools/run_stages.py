# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the stages of `make test`, or with the argument C(all) those of `make test-all`, and print the time of each.

Two stages run at a time, one for each core of a small machine, the long ones first. The output of a stage goes to a
file and is shown when the stage ends: all of it if it failed, otherwise the last lines. The very last line has the
counts of pytest: "N passed, N failed".
"""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build"
REPORTS = BUILD / "reports"

STAGES = ("integration", "unit", "sanity", "lint", "property")
# The roles on real web servers mostly wait.
ONLY_IN_ALL = ("molecule_fast",)
SIDE_BY_SIDE = 2
TAIL_LINES = 3


@dataclasses.dataclass(frozen=True)
class Ended:
    """The result of a stage: its name, whether it passed, and its time in seconds."""

    name: str
    good: bool
    seconds: float


def run_stage(name: str, printing: threading.Lock) -> Ended:
    """Run tools/NAME, then print its output."""
    log = REPORTS / f"{name}.log"
    started = time.monotonic()
    with log.open("wb") as output:
        code = subprocess.run(
            [str(ROOT / "tools" / name)], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False
        ).returncode
    ended = Ended(name, code == 0, time.monotonic() - started)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    with printing:
        verdict = "ok" if ended.good else f"FAILED (exit code {code})"
        print(f"==== {name}: {verdict}, {ended.seconds:.0f} s")
        print("\n".join(lines[-TAIL_LINES:] if ended.good else lines), flush=True)
    return ended


def run_stages(names: tuple[str, ...]) -> list[Ended]:
    """Run stages. A failed one does not stop the others; after Ctrl-C no other one starts."""
    printing = threading.Lock()
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        running = [pool.submit(run_stage, name, printing) for name in names]
        try:
            return [stage.result() for stage in running]
        except KeyboardInterrupt:
            # The running stages got the signal too; the pool waits until they have ended.
            pool.shutdown(cancel_futures=True)
            raise


def count(report: Path) -> tuple[int, int]:
    """Return how many tests of a JUnit report passed and failed; (0, 0) if pytest wrote none."""
    if not report.exists():
        return 0, 0
    passed = failed = 0
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        total, bad, skipped = (int(suite.get(key, "0")) for key in ("tests", "failures", "skipped"))
        bad += int(suite.get("errors", "0"))
        passed += total - bad - skipped
        failed += bad
    return passed, failed


def main() -> int:
    """Run them; return the exit code."""
    names: tuple[str, ...] = STAGES
    if sys.argv[1:] == ["all"]:
        names += ONLY_IN_ALL
        os.environ["WEBSEC_TESTS"] = "all"
    REPORTS.mkdir(parents=True, exist_ok=True)
    for old in REPORTS.iterdir():
        old.unlink()
    started = time.monotonic()
    ended = run_stages(names)
    print("==== " + ", ".join(f"{stage.name} {stage.seconds:.0f} s" for stage in ended), end="")
    print(f"; in all {time.monotonic() - started:.0f} s")
    bad = [stage.name for stage in ended if not stage.good]
    if bad:
        print(f"==== FAILED: {', '.join(bad)}")
    counts = [count(path) for path in sorted(REPORTS.glob("*.xml"))]
    passed = sum(good for good, _failed in counts)
    failed = sum(failed for _good, failed in counts)
    closing = f"{passed} passed, {failed} failed"
    (REPORTS / "closing-line").write_text(closing + "\n", encoding="ascii")
    print(closing)
    return 1 if bad or not passed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("The tests were interrupted.")
