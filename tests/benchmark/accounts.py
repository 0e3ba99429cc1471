# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A settled run over accounts and their sites, compared with the bare client with the same calls."""

from __future__ import annotations

import json
import pathlib

from benchmark import measure, plays
from benchmark.states import bare
from benchmark.table import Measurement, seconds
from benchmark.world import PASSWORD, USERNAME, World

PLAY = [{"import_playbook": "hosting.websec.accounts"}]
MOST_MEMORY = 400 * 1000 * 1000
SITES_OF_TWO_ACCOUNTS = (2, 3)


def rows(folder: pathlib.Path, accounts: int, concurrency: int, repeats: int) -> list[Measurement]:
    """For 2,000 accounts, 5,000 sites. C(getStatus) does not list them, so every domain is looked up."""
    with World(folder, 0, dns=False) as world:
        domains = _fill(world, accounts)
        # In a file, as those of large fleets should be.
        file = folder / "customers.json"
        file.write_text(json.dumps([_entry(number, domains[number]) for number in range(1, accounts + 1)]))
        variables = {
            "sitelock_accounts_file": str(file),
            "sitelock_accounts_api": world.api,
            "sitelock_accounts_concurrency": concurrency,
        }
        work = json.dumps(
            {
                "concurrency": concurrency,
                "http": {
                    "url": world.api["api_url"],
                    "user": USERNAME,
                    "password": PASSWORD,
                    "sites": [],
                    "accounts": list(range(1, accounts + 1)),
                    "domains": [domain for listed in domains.values() for domain in listed],
                },
            }
        )
        world.sandbox.post("settings", {"getstatus_tail": "none"})
        peak, largest = 0, ""

        def ours() -> float:
            nonlocal peak, largest
            done = plays.play(PLAY, variables)
            assert done.changed == 0, done.measured.output[-2000:]
            if done.measured.peak > peak:
                peak, largest = done.measured.peak, done.measured.largest
            return done.seconds

        world.calls()
        start, run, alternative = measure.alternating(
            repeats, lambda: plays.start().seconds, ours, lambda: bare(work).seconds
        )
        calls = world.calls()
    count = sum(map(len, domains.values()))
    assert calls == {
        "getPlanList": repeats,
        "getStatus": 2 * repeats * accounts,
        "checkDomain": 2 * repeats * count,
    }, calls
    what = f"run over {accounts} accounts with {count} sites, nothing to do, concurrency {concurrency}"
    return [
        Measurement(
            f"{what}, without Ansible's start-up",
            seconds(run - start),
            f"bare client, same calls: {seconds(alternative)}",
            (run - start) / alternative,
            most=1.5,
        ),
        Measurement(
            f"{what}: memory of the largest process",
            f"{peak / 1e6:.0f} MB ({largest})",
            f"{MOST_MEMORY / 1e6:.0f} MB",
            peak / MOST_MEMORY,
            most=1,
        ),
    ]


def _fill(world: World, accounts: int) -> dict[int, list[str]]:
    """Accounts at the vendor, and their domains by number."""
    world.sandbox.post("fleet", {"plans": [{"id": "8", "name": "Scan", "product_category": "SCAN"}]})
    domains: dict[int, list[str]] = {}
    number = 0
    for account in range(1, accounts + 1):
        sites = SITES_OF_TWO_ACCOUNTS[account % 2]
        domains[account] = [f"site{number + place}.example" for place in range(1, sites + 1)]
        number += sites
    numbers = iter(range(1, number + 1))
    for first in range(1, accounts + 1, 500):
        chosen = range(first, min(first + 500, accounts + 1))
        world.sandbox.post(
            "fleet",
            {
                "accounts": [{"id": str(each), "name": f"Customer {each}", "login": _login(each)} for each in chosen],
                "sites": [
                    {
                        "site_id": str(next(numbers)),
                        "account_id": str(each),
                        "domain": domain,
                        "plan": {"subscription": "8"},
                    }
                    for each in chosen
                    for domain in domains[each]
                ],
            },
        )
    return domains


def _login(account: int) -> str:
    return f"owner@customer{account}.example"


def _entry(account: int, domains: list[str]) -> dict[str, object]:
    # With its number: without it, one more call is needed, because the responses lack it.
    sites = [{"domain": domain, "subscription": "8"} for domain in domains]
    return {"login": _login(account), "account_id": account, "sites": sites}
