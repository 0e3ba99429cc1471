# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The capacity of the benchmark's servers: they must not be the bottleneck."""

from __future__ import annotations

import json
import os
import pathlib

from benchmark.states import bare, bare_work
from benchmark.table import Measurement
from benchmark.world import World


def rows(folder: pathlib.Path, size: int, concurrency: int) -> list[Measurement]:
    """Responses per second with the bare client, and the server's CPU time per response.

    The sandbox is one Python process, so the inverse of its CPU time per response is its maximum rate.
    """
    with World(folder, size) as world:
        key = world.bind.key
        server = {
            "address": world.bind.address,
            "port": world.bind.port,
            "key_name": key.name,
            "key_secret": key.secret,
        }
        questions = [
            (f"{prefix}site{number}.example", kind)
            for number in range(1, size + 1)
            for prefix, kind in (("", "A"), ("www.", "A"), ("_websec.", "TXT"))
        ]
        found = []
        for name, pid, number, work in (
            ("sandbox", world.sandbox.pid, size, bare_work(world, size, concurrency)),
            (
                "BIND",
                world.bind.pid,
                len(questions),
                json.dumps({"concurrency": concurrency, "server": server, "questions": questions}),
            ),
        ):
            before = _cpu(pid)
            seconds = bare(work).seconds
            cost = (_cpu(pid) - before) / number
            found.append(
                Measurement(
                    f"ceiling of the {name}, {number} calls, concurrency {concurrency}",
                    f"{number / seconds:.0f} answers/s with the bare client",
                    f"{cost * 1e3:.2f} ms CPU an answer, so {1 / cost:.0f} answers/s at the most",
                )
            )
    return found


def _cpu(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
