# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states of many sites: the module against C(ansible.builtin.uri) in a loop, and against the bare client."""

from __future__ import annotations

import json
import pathlib
import sys
import typing as t

from benchmark import measure, plays
from benchmark.bare import bodies
from benchmark.table import Measurement, seconds
from benchmark.world import ACCOUNT, PASSWORD, USERNAME, World

LATENCY = 50
"""Response time of the API in milliseconds."""

CONCURRENCIES = (8, 32, 64)


def status_task(world: World, size: int, concurrency: int) -> dict[str, t.Any]:
    """One task that reads the states of ``size`` sites."""
    return {
        "hosting.websec.sitelock_anp_status": {
            "site_id": list(range(1, size + 1)),
            "concurrency": concurrency,
            **world.api,
        }
    }


def loop_task(world: World, items: int) -> dict[str, t.Any]:
    """The way without a module: one HTTP request per item."""
    (body,) = bodies(USERNAME, PASSWORD, [1])
    return {
        "ansible.builtin.uri": {
            "url": world.api["api_url"],
            "method": "POST",
            "body": body.decode().replace('"1"', '"{{ item }}"'),
            "headers": {"Content-Type": "text/xml"},
            "return_content": True,
        },
        "loop": list(range(1, items + 1)),
    }


def bare_work(world: World, size: int, concurrency: int, **more: object) -> str:
    """The same calls for the bare client."""
    http = {
        "url": world.api["api_url"],
        "user": USERNAME,
        "password": PASSWORD,
        "sites": list(range(1, size + 1)),
        "accounts": [ACCOUNT] if more else [],
    }
    return json.dumps({"concurrency": concurrency, "http": http, **more})


def bare(text: str) -> measure.Measured:
    return measure.run([sys.executable, "-m", "benchmark.bare"], text=text)


def against_loop(folder: pathlib.Path, size: int, items: int, repeats: int) -> list[Measurement]:
    """The task alone: the time of an empty play is subtracted from both sides. The time of ``items`` items is scaled
    to ``size``.

    With the module's default concurrency, and with a higher one.
    """
    with World(folder, size, dns=False) as world:
        world.latency(LATENCY)
        empty, loop, *ours = measure.alternating(
            repeats,
            lambda: plays.empty().seconds,
            lambda: plays.play(plays.tasks(loop_task(world, items)), {}).seconds,
            *(
                lambda concurrency=each: plays.play(plays.tasks(status_task(world, size, concurrency)), {}).seconds
                for each in CONCURRENCIES
            ),
        )
        calls = world.calls()
    assert calls == {"getAnpProvisioningStatus": repeats * (len(CONCURRENCIES) * size + items)}, calls
    scaled = (loop - empty) / items * size
    how = f"uri in a loop: {seconds(scaled)}" + (f" ({items} items, scaled)" if items != size else "")
    return [
        Measurement(
            f"states of {size} sites, {LATENCY} ms, concurrency {concurrency}, the task itself",
            seconds(play - empty),
            how,
            scaled / (play - empty),
            least=100,
        )
        for concurrency, play in zip(CONCURRENCIES, ours)
    ]


def against_bare(folder: pathlib.Path, size: int, concurrency: int, repeats: int) -> Measurement:
    """Whole processes on both sides; Ansible's own start-up (a play with one ``ping``) is subtracted from ours."""
    with World(folder, size, dns=False) as world:
        world.latency(LATENCY)
        start, ours, alternative = measure.alternating(
            repeats,
            lambda: plays.start().seconds,
            lambda: plays.play(plays.tasks(status_task(world, size, concurrency)), {}).seconds,
            lambda: bare(bare_work(world, size, concurrency)).seconds,
        )
        calls = world.calls()
    assert calls == {"getAnpProvisioningStatus": 2 * repeats * size}, calls
    return Measurement(
        f"states of {size} sites, {LATENCY} ms, concurrency {concurrency}",
        seconds(ours - start),
        f"bare client: {seconds(alternative)}",
        (ours - start) / alternative,
        most=1.25,
    )
