# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state machine with new seeds for some minutes, in two processes: python -m property.soak MINUTES [SEED]"""

from __future__ import annotations

import collections
import multiprocessing
import pathlib
import secrets
import sys
import tempfile
import time
import traceback

from property.driven_pass import crossings
from property.example_runs import run_seed
from property.figures import table
from property.surroundings import Surroundings

WORKERS = 2
EXAMPLES = 10

Run = tuple[int, collections.Counter[str], str]
"""A seed, its figures, and the violation; empty if there is none."""


def _work(until: float, given: int | None, done: multiprocessing.Queue[Run]) -> None:
    with tempfile.TemporaryDirectory() as folder, Surroundings(pathlib.Path(folder)) as surroundings, crossings():
        while time.time() < until:
            seed = secrets.randbelow(2**31) if given is None else given
            figures: collections.Counter[str] = collections.Counter()
            problem = ""
            try:
                run_seed(seed, EXAMPLES, surroundings, figures)
            except Exception as error:
                problem = "".join(traceback.format_exception(error))
            done.put((seed, figures, problem))
            if problem or given is not None:
                return


def main() -> int:
    minutes = float(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else None
    done: multiprocessing.Queue[Run] = multiprocessing.Queue()
    until = time.time() + minutes * 60
    workers = [
        multiprocessing.Process(target=_work, args=(until, seed, done)) for _number in range(1 if seed else WORKERS)
    ]
    for worker in workers:
        worker.start()
    figures: collections.Counter[str] = collections.Counter()
    problems: list[tuple[int, str]] = []
    while any(worker.is_alive() for worker in workers) or not done.empty():
        try:
            of_seed, more, problem = done.get(timeout=0.5)
        except Exception:  # the queue is empty
            continue
        figures.update(more)
        if problem:
            problems.append((of_seed, problem))
    for of_seed, problem in problems:
        print(f"==== seed {of_seed}; run it again with: tools/soak 1 {of_seed}\n{problem}")
    print(table(figures))
    print(f"{figures['steps']:,} steps, {len(problems)} seeds with a violation")
    return 1 if problems or not figures["steps"] else 0


if __name__ == "__main__":
    sys.exit(main())
