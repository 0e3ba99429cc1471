# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many zones with three record sets each: the module against C(community.general.nsupdate) in a loop and dnspython."""

from __future__ import annotations

import itertools
import json
import os
import pathlib
import sys
import typing as t

from benchmark import measure, plays
from benchmark.table import Measurement, seconds
from integration.bind_server import BindServer

CONCURRENCY = 8


class Zones:
    """Zones of a name server, and what to change in them; each round has new values."""

    def __init__(self, bind: BindServer, number: int) -> None:
        self.bind = bind
        self.names = [f"zone{each}.example" for each in range(1, number + 1)]
        self._rounds = itertools.count(1)
        for zone in self.names:
            bind.add_zone(zone, "@ 300 IN A 192.0.2.1", "www 300 IN A 192.0.2.1", '@ 300 IN TXT "before"')

    def wanted(self) -> list[dict[str, t.Any]]:
        """Three record sets in each zone."""
        this = next(self._rounds)
        address = f"198.51.{this // 250}.{this % 250 + 1}"
        return [
            {"zone": zone, "name": name, "type": kind, "ttl": 300, "values": [value]}
            for zone in self.names
            for name, kind, value in (
                (zone, "A", address),
                (f"www.{zone}", "A", address),
                (zone, "TXT", f"round {this}"),
            )
        ]


def module_task(zones: Zones, propagation: int) -> dict[str, t.Any]:
    """Reads, makes one update per zone with the read records as its condition, and reads again."""
    bind = zones.bind
    return {
        "hosting.websec.rfc2136_record_sets": {
            "record_sets": zones.wanted(),
            "server": bind.address,
            "port": bind.port,
            "key_name": bind.key.name,
            "key_secret": bind.key.secret,
            "concurrency": CONCURRENCY,
            "wait_propagation": propagation,
            "propagation_servers": [f"{bind.address}:{bind.port}"],
        }
    }


def loop_task(zones: Zones, items: int) -> dict[str, t.Any]:
    """One record set an item."""
    bind = zones.bind
    return {
        "community.general.nsupdate": {
            "server": bind.address,
            "port": bind.port,
            "key_name": bind.key.name,
            "key_secret": bind.key.secret,
            "key_algorithm": bind.key.algorithm,
            "protocol": "tcp",
            "zone": "{{ item.zone }}",
            "record": "{{ item.name }}.",
            "type": "{{ item.type }}",
            "ttl": "{{ item.ttl }}",
            "value": "{{ item['values'] }}",
        },
        "loop": zones.wanted()[:items],
    }


def bare(zones: Zones, *, reads: bool) -> measure.Measured:
    """Plain dnspython: one update per zone; with ``reads`` it also reads each set before and after."""
    bind = zones.bind
    updates: dict[str, list[tuple[str, int, str, str]]] = {}
    for record in zones.wanted():
        value = record["values"][0]
        text = f'"{value}"' if record["type"] == "TXT" else value
        updates.setdefault(record["zone"], []).append((record["name"] + ".", 300, record["type"], text))
    questions = [(name, kind) for sets in updates.values() for name, _ttl, kind, _value in sets]
    work = {
        "concurrency": CONCURRENCY,
        "server": {
            "address": bind.address,
            "port": bind.port,
            "key_name": bind.key.name,
            "key_secret": bind.key.secret,
        },
        "questions": 2 * questions if reads else [],
        "updates": updates,
    }
    return measure.run([sys.executable, "-m", "benchmark.bare"], text=json.dumps(work))


def rows(folder: pathlib.Path, number: int, items: int, repeats: int, borrowed: str) -> list[Measurement]:
    """
    :param items: record sets that the loop changes; its time is scaled to all.
    :param borrowed: the folder of C(community.general).
    """
    collections = f"{os.environ['ANSIBLE_COLLECTIONS_PATH']}:{borrowed}"
    bind = BindServer(folder / "zones", querylog=False)
    zones = Zones(bind, number)
    with bind:
        empty, start, ours, waiting, loop, updates, reads = measure.alternating(
            repeats,
            lambda: plays.empty().seconds,
            lambda: plays.start().seconds,
            lambda: plays.play(plays.tasks(module_task(zones, 0)), {}).seconds,
            lambda: plays.play(plays.tasks(module_task(zones, 60)), {}).seconds,
            lambda: plays.play(plays.tasks(loop_task(zones, items)), {}, ANSIBLE_COLLECTIONS_PATH=collections).seconds,
            lambda: bare(zones, reads=False).seconds,
            lambda: bare(zones, reads=True).seconds,
        )
    total = 3 * number
    scaled = (loop - empty) / items * total
    task = ours - empty
    what = f"{number} zones, 3 record sets each"
    mine = f"{seconds(task)} (reads, updates on condition, reads again)"
    return [
        Measurement(
            f"{what}, the task itself",
            mine,
            f"nsupdate in a loop: {seconds(scaled)}" + (f" ({items} items, scaled)" if items != total else ""),
            scaled / task,
            least=100,
        ),
        *(
            Measurement(
                f"{what}, Ansible's start-up aside", seconds(ours - start), f"{how}: {seconds(other)}", ratio, most=1.5
            )
            for how, other, ratio in (
                ("dnspython, the same: reads, updates, reads", reads, (ours - start) / reads),
                ("dnspython, updates only", updates, (ours - start) / updates),
            )
        ),
        Measurement(f"{what}, propagation looked at too", seconds(waiting - empty), "without: " + seconds(task)),
    ]
