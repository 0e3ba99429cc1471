# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The benchmark: every goal of docs/performance.md, with its alternative in the same run, in one table at the end.

Both sides alternate, and their medians are compared. Times depend on the machine and its load: read the ratios.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import platform
import sys
import tempfile
import typing as t

from benchmark import (
    accounts,
    ceilings,
    client_cpu,
    health,
    measure,
    octodns_zones,
    plays,
    policies,
    states,
    whole_pass,
    zones,
)
from benchmark.table import Measurement, markdown

PARTS = (
    "ceilings",
    "loop",
    "small",
    "bare",
    "zones",
    "octodns",
    "cpu",
    "accounts",
    "policies",
    "health",
    "passes",
    "slices",
    "relay",
)


def arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="parts to run")
    parser.add_argument("--loop-sites", type=int, default=200, help="sites whose states are read, against the loop")
    parser.add_argument("--loop-items", type=int, default=20, help="items of a loop that are run; the rest is scaled")
    parser.add_argument(
        "--bare-sites", type=int, default=2000, help="sites whose states are read, against the bare client"
    )
    parser.add_argument("--zones", type=int, default=500, help="zones with three record sets each")
    parser.add_argument("--policies", type=int, default=1000, help="sites, with 5 sections each")
    parser.add_argument("--health", type=int, default=1000, help="sites whose scans, backups and SMART are read")
    parser.add_argument("--accounts", type=int, default=2000, help="accounts, with 5 sites in two of them")
    parser.add_argument("--passes", type=int, nargs="+", default=[100, 1000, 10000], help="sites of the whole passes")
    parser.add_argument("--slices", type=int, default=1000, help="sites that one and two slices go over")
    parser.add_argument("--relay-requests", type=int, default=12000, help="requests through the relay")
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--borrowed", default="", help="folder with the collections of the alternatives")
    return parser.parse_args(given)


def passes(folder: pathlib.Path, given: argparse.Namespace, rows: list[Measurement], notes: list[str]) -> None:
    queries = whole_pass.queries_per_site(folder / "counted", given.concurrency)
    (empty,) = measure.alternating(3, lambda: plays.empty().seconds)
    results = []
    for size in given.passes:
        results.append(whole_pass.measured(folder / f"pass{size}", size, given.concurrency, given.repeats, queries))
        say(f"whole pass over {size} sites: {results[-1].seconds:.1f} s, bare client {results[-1].bare:.1f} s")
    rows += whole_pass.against_bare(results[-1], len(queries))
    rows.append(whole_pass.growth(results, empty))
    notes.append(whole_pass.profile(results[-1]))


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    given = arguments(sys.argv[1:])
    rows: list[Measurement] = []
    notes: list[str] = []

    def cpu(folder: pathlib.Path) -> list[Measurement]:
        found, profile = client_cpu.rows(folder)
        notes.append(profile)
        return found

    def of_passes(folder: pathlib.Path) -> list[Measurement]:
        found: list[Measurement] = []
        passes(folder, given, found, notes)
        return found

    def of_slices(folder: pathlib.Path) -> list[Measurement]:
        from benchmark import slices

        return slices.rows(folder, given.slices, given.concurrency)

    def of_relay(folder: pathlib.Path) -> list[Measurement]:
        from benchmark import relay

        return relay.rows(folder, given.relay_requests)

    work: dict[str, t.Callable[[pathlib.Path], list[Measurement]]] = {
        "ceilings": lambda folder: ceilings.rows(folder, min(1000, max(given.passes)), given.concurrency),
        "loop": lambda folder: states.against_loop(folder, given.loop_sites, given.loop_items, given.repeats),
        "small": lambda folder: [
            whole_pass.against_ping(folder / "one", 1, given.repeats, most=1.6),
            whole_pass.against_ping(folder / "sixty", 60, given.repeats, most=2.2),
        ],
        "bare": lambda folder: [
            states.against_bare(folder, given.bare_sites, given.concurrency, given.repeats),
        ],
        "zones": lambda folder: zones.rows(folder, given.zones, given.loop_items, given.repeats, given.borrowed),
        "octodns": lambda folder: octodns_zones.rows(folder, given.zones, given.repeats),
        "cpu": cpu,
        "policies": lambda folder: [policies.row(folder, given.policies, given.concurrency, given.repeats)],
        "health": lambda folder: [health.row(folder, given.health, given.concurrency, given.repeats)],
        "accounts": lambda folder: accounts.rows(folder, given.accounts, given.concurrency, given.repeats),
        "passes": of_passes,
        "slices": of_slices,
        "relay": of_relay,
    }
    with tempfile.TemporaryDirectory() as folder:
        for name in PARTS:
            if name in given.only:
                say(f"==== {name}")
                (pathlib.Path(folder) / name).mkdir()
                found = work[name](pathlib.Path(folder) / name)
                rows += found
                for row in found:
                    say(" | ".join(row.cells()))
    machine = f"{os.cpu_count()} CPUs, Python {platform.python_version()}, {platform.system()} {platform.release()}"
    print(f"{machine}, load {os.getloadavg()[0]:.1f}")
    print("\n" + markdown(rows) + "\n")
    for note in notes:
        print(f"```\n{note}\n```\n")


if __name__ == "__main__":
    main()
