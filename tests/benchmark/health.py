# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role that reads the health of sites, beside the bare client with the same calls."""

from __future__ import annotations

import json
import pathlib

from benchmark import measure, plays
from benchmark.states import bare
from benchmark.table import Measurement, seconds
from benchmark.world import PASSWORD, USERNAME, World

GETTERS = ("scanInfo", "getBackupSummary", "getBackupSettings", "getSMART")


def row(folder: pathlib.Path, size: int, concurrency: int, repeats: int) -> Measurement:
    """For ``size`` sites without findings and without account numbers, which would save calls."""
    sites = range(1, size + 1)
    with World(folder, size, dns=False) as world:
        role = {
            "ansible.builtin.include_role": {"name": "hosting.websec.sitelock_health"},
            "vars": {
                "sitelock_health_api": world.api,
                "sitelock_health_concurrency": concurrency,
                "sitelock_waf_sites": [{"site_id": number} for number in sites],
            },
        }
        methods = [f"<{getter}><site_id>{number}</site_id></{getter}>" for getter in GETTERS for number in sites]
        http = {"url": world.api["api_url"], "user": USERNAME, "password": PASSWORD, "sites": [], "accounts": []}
        work = json.dumps({"concurrency": concurrency, "http": {**http, "methods": methods}})

        def ours() -> float:
            return plays.play(plays.tasks(role), {}).seconds

        world.calls()
        start, run, alternative = measure.alternating(
            repeats, lambda: plays.start().seconds, ours, lambda: bare(work).seconds
        )
        calls = world.calls()
    assert calls == dict.fromkeys(GETTERS, 2 * repeats * size), calls
    return Measurement(
        f"health of {size} sites (scans, backups, SMART), without Ansible's start-up",
        seconds(run - start),
        f"bare client, same calls: {seconds(alternative)}",
        (run - start) / alternative,
    )
