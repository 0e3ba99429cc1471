# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API calls and time of the playbook C(reconcile) for growing fleets, against sandbox and BIND.

Prints one table, for the numbers of sites in its arguments (1, 50 and 200 without any). Times are of whole processes
on this machine; read the ratio to the empty play.
"""

from __future__ import annotations

import collections
import json
import pathlib
import statistics
import sys
import tempfile
import time

from integration.bind_server import BindServer
from integration.playbook import Run, run_plays
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer

SIZES = tuple(map(int, sys.argv[1:])) or (1, 50, 200)
REPEATS = 3


def sites(size: int) -> list[dict[str, object]]:
    """Entries of a site file; every second site uses SSL, and all are in one account."""
    return [
        {"domain": f"site{number}.example", "site_id": number, "account_id": 570, "subscription": "200"}
        for number in range(1, size + 1)
    ]


def zones(folder: pathlib.Path, size: int) -> BindServer:
    """A name server, not started yet, with a zone a site."""
    folder.mkdir()
    bind = BindServer(folder)
    for entry in sites(size):
        bind.add_zone(str(entry["domain"]), "@ 3600 IN A 192.0.2.1", "www 3600 IN A 192.0.2.1")
    return bind


def prepare(sandbox: SandboxServer, size: int) -> None:
    """Make sites without a service."""
    sandbox.post(
        "fleet",
        {
            "plans": [{"id": "200", "name": "Professional", "level": "professional"}],
            "accounts": [{"id": "570", "name": "Customers"}],
            "sites": [
                {
                    "site_id": str(entry["site_id"]),
                    "account_id": "570",
                    "domain": entry["domain"],
                    "ssl": int(str(entry["site_id"])) % 2 == 0,
                    "origin": ["192.0.2.1"],
                }
                for entry in sites(size)
            ],
        },
    )


def timed(play: dict[str, object], *arguments: str) -> tuple[float, Run]:
    started = time.perf_counter()
    run = run_plays([play], *arguments)
    return time.perf_counter() - started, run


def measure(folder: pathlib.Path, size: int) -> None:
    with (
        zones(folder / f"bind{size}", size) as bind,
        SandboxServer(folder / f"sandbox{size}", bind.port) as sandbox,
    ):
        prepare(sandbox, size)
        variables = folder / f"variables{size}.json"
        variables.write_text(
            json.dumps(
                {
                    "sitelock_waf_sites": sites(size),
                    "sitelock_waf_max_orders": size,
                    "sitelock_waf_api": {
                        "api_url": f"{sandbox.url}/v1/partner",
                        "api_username": USERNAME,
                        "api_password": PASSWORD,
                    },
                    "sitelock_waf_preflight_options": {"resolver": bind.address, "resolver_port": bind.port},
                    "dns_records_rfc2136": {
                        "server": bind.address,
                        "port": bind.port,
                        "key_name": bind.key.name,
                        "key_secret": bind.key.secret,
                    },
                }
            )
        )
        play: dict[str, object] = {"import_playbook": "hosting.websec.reconcile"}
        for name in ("first pass (orders, TXT, A/CNAME)", "second pass"):
            seconds, run = timed(play, "-e", f"@{variables}")
            show(size, name, [seconds], run, sandbox)
        settled = [timed(play, "-e", f"@{variables}") for _repeat in range(REPEATS)]
        calls = sandbox.calls()
        per_pass = {method: count // REPEATS for method, count in collections.Counter(calls).items()}
        row(size, "settled pass, nothing to do", [seconds for seconds, _run in settled], settled[-1][1], per_pass)


def show(size: int, name: str, seconds: list[float], run: Run, sandbox: SandboxServer) -> None:
    row(size, name, seconds, run, collections.Counter(sandbox.calls()))


def row(size: int, name: str, seconds: list[float], run: Run, calls: dict[str, int]) -> None:
    if run.status != 0:
        sys.exit(run.output)
    listed = ", ".join(f"{count} {method}" for method, count in sorted(calls.items())) or "-"
    print(f"| {size} | {name} | {statistics.median(seconds):.1f} | {run.recap['changed']} | {listed} |", flush=True)


def main() -> None:
    empty: dict[str, object] = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": []}
    started = statistics.median(timed(empty)[0] for _repeat in range(REPEATS))
    print("| sites | pass | seconds | changed tasks | API calls |")
    print("|---|---|---|---|---|")
    print(f"| - | empty play (Ansible's own start-up) | {started:.1f} | 0 | - |", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            measure(pathlib.Path(folder), size)


if __name__ == "__main__":
    main()
