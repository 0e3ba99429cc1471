# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole pass over C(ready) sites: compared with the bare client with the same calls, and for growing fleets."""

from __future__ import annotations

import collections
import dataclasses
import pathlib
import statistics

from benchmark import measure, plays
from benchmark.states import bare, bare_work
from benchmark.table import Measurement, seconds
from benchmark.world import World

RECONCILE = [{"import_playbook": "hosting.websec.reconcile"}]
MOST_MEMORY = 250 * 1000 * 1000
COUNTED_SITES = 20


@dataclasses.dataclass(frozen=True)
class Pass:
    """Medians of the passes over ``size`` sites. ``bare`` is the time of the bare client with the same calls."""

    size: int
    seconds: float
    bare: float
    peak: int
    largest: str
    tasks: list[plays.Task]
    calls: dict[str, int]


def queries_per_site(folder: pathlib.Path, concurrency: int) -> list[tuple[str, str]]:
    """The DNS queries of a pass for the site C(site1.example), from the log of the name server."""
    with World(folder, COUNTED_SITES, querylog=True) as world:
        plays.play(RECONCILE, world.variables(concurrency))
        counted = collections.Counter(world.bind.queries())
    assert set(counted.values()) == {1}, f"asked more than once: {counted}"
    mine = [query for query in counted if query.split()[0].endswith("site1.example")]
    assert len(counted) == COUNTED_SITES * len(mine), counted
    return [(name, kind) for name, _space, kind in (query.partition(" ") for query in mine)]


def measured(folder: pathlib.Path, size: int, concurrency: int, repeats: int, queries: list[tuple[str, str]]) -> Pass:
    """Passes and runs of the bare client, alternating."""
    with World(folder, size) as world:
        key = world.bind.key
        server = {
            "address": world.bind.address,
            "port": world.bind.port,
            "key_name": key.name,
            "key_secret": key.secret,
        }
        questions = [
            (name.replace("site1.", f"site{number}."), kind) for number in range(1, size + 1) for name, kind in queries
        ]
        work = bare_work(world, size, concurrency, server=server, questions=questions)
        variables = world.variables(concurrency, in_file=True)
        passes, bares = [], []
        world.calls()
        for _repeat in range(repeats):
            passes.append(plays.play(RECONCILE, variables))
            assert passes[-1].changed == 0, passes[-1].measured.output[-2000:]
            calls = world.calls()
            assert calls == {"getAnpProvisioningStatus": size, "getStatus": 1}, calls
            bares.append(bare(work).seconds)
            assert world.calls() == calls
    largest = max(passes, key=lambda each: each.measured.peak).measured
    return Pass(
        size,
        statistics.median(each.seconds for each in passes),
        statistics.median(bares),
        largest.peak,
        largest.largest,
        passes[-1].tasks,
        calls,
    )


def against_ping(folder: pathlib.Path, size: int, repeats: int, *, most: float) -> Measurement:
    """A pass that changes nothing, whose entries name their zones, against a play with the smallest module."""
    with World(folder, size) as world:
        variables = world.variables(concurrency=8, with_zones=True)

        def one_pass() -> float:
            done = plays.play(RECONCILE, variables)
            assert done.changed == 0, done.measured.output[-2000:]
            return done.seconds

        one_pass()
        passes, pings = measure.alternating(repeats, one_pass, lambda: plays.start().seconds)
    return Measurement(
        f"pass over {size} settled site{'s' if size > 1 else ''}, zone and account in the entry",
        seconds(passes),
        f"play with one ping: {seconds(pings)}",
        passes / pings,
        most=most,
    )


def against_bare(result: Pass, queries: int) -> list[Measurement]:
    """The rows of one size: time, memory, calls."""
    what = f"whole pass over {result.size} ready sites"
    return [
        Measurement(
            f"{what}, concurrency 32",
            seconds(result.seconds),
            f"bare client, same calls: {seconds(result.bare)}",
            result.seconds / result.bare,
            most=1.3,
        ),
        Measurement(
            f"{what}: memory of the largest process",
            f"{result.peak / 1e6:.0f} MB ({result.largest})",
            f"{MOST_MEMORY / 1e6:.0f} MB",
            result.peak / MOST_MEMORY,
            most=1,
        ),
        Measurement(
            f"{what}: API calls, and DNS queries a site",
            f"{sum(result.calls.values())} and {queries}",
            f"the minimum: {result.size + 1} (one account)",
            sum(result.calls.values()) / (result.size + 1),
            most=1,
        ),
        Measurement(
            f"{what}: largest result of a task",
            "{1:.2f} MB ({0})".format(
                *max(((task.name, task.size / 1e6) for task in result.tasks), key=lambda x: x[1])
            ),
        ),
    ]


def growth(results: list[Pass], empty: float) -> Measurement:
    """Time per site of the largest fleet against the middle one; the constant number of tasks weighs on small ones."""
    per_site = [(result.size, (result.seconds - empty) / result.size * 1000) for result in results]
    shown = ", ".join(f"{size}: {each:.1f} ms" for size, each in per_site)
    return Measurement(
        "growth: time per site, Ansible's start-up taken off",
        shown,
        "-",
        per_site[-1][1] / per_site[-2][1] if len(per_site) > 1 else None,
        most=1.0,
    )


def profile(result: Pass) -> str:
    """The time of a pass, by task."""
    lines = [f"whole pass over {result.size} sites: {result.seconds:.1f} s, by task (seconds, kB of result):"]
    slowest = sorted(result.tasks, key=lambda each: -each.seconds)[:14]
    lines += [f"{task.seconds:9.2f} {task.size / 1000:9.0f}  {task.name[:90]}" for task in slowest]
    return "\n".join(lines)
