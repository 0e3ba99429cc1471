# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A settled run over firewall policies, beside the bare client with the same calls."""

from __future__ import annotations

import json
import pathlib

from benchmark import measure, plays
from benchmark.states import bare
from benchmark.table import Measurement, seconds
from benchmark.world import PASSWORD, USERNAME, World

BLOCKED = ["203.0.113.0/24", "198.51.100.7"]
ALLOWED = "192.0.2.10"
POLICY = {
    "rules": {"ddos": "off", "sql_injection": "block_request"},
    "ip_allow": {"present": [ALLOWED]},
    "ip_block": {"exact": BLOCKED},
    "url_block": {"exact": [{"path": "/xmlrpc.php", "pattern": "EQUALS"}]},
    "geo_block": {"exact": {"countries": ["KP"], "continents": []}},
}
GETTERS = ("getWafSettings", "getWafIPWhitelist", "getWafIPBlacklist", "getWafUrlBlacklist", "getWafGeoBlacklist")
ONCE = ("getSiteLockIPs", "getWafGeoInfo")


def row(folder: pathlib.Path, size: int, concurrency: int, repeats: int) -> Measurement:
    """For ``size`` sites with five sections each, whose state is what the policy says."""
    sites = range(1, size + 1)
    with World(folder, size, dns=False) as world:
        task = {
            "hosting.websec.sitelock_waf_policies": {
                **world.api,
                "policies": {"shop": POLICY},
                "sites": [{"site_id": number, "policy": "shop"} for number in sites],
                "concurrency": concurrency,
                "results": "notable",
            }
        }
        methods = [f"<{getter}><site_id>{number}</site_id></{getter}>" for number in sites for getter in GETTERS]
        http = {"url": world.api["api_url"], "user": USERNAME, "password": PASSWORD, "sites": [], "accounts": []}
        work = json.dumps(
            {"concurrency": concurrency, "http": {**http, "methods": [*methods, *(f"<{each}/>" for each in ONCE)]}}
        )
        assert plays.play(plays.tasks(task), {}).changed == 1

        def ours() -> float:
            done = plays.play(plays.tasks(task), {})
            assert done.changed == 0, done.measured.output[-2000:]
            return done.seconds

        world.calls()
        start, run, alternative = measure.alternating(
            repeats, lambda: plays.start().seconds, ours, lambda: bare(work).seconds
        )
        calls = world.calls()
    assert calls == dict.fromkeys(GETTERS, 2 * repeats * size) | dict.fromkeys(ONCE, 2 * repeats), calls
    return Measurement(
        f"policies of {size} sites with {len(POLICY)} sections, nothing to do, without Ansible's start-up",
        seconds(run - start),
        f"bare client, same calls: {seconds(alternative)}",
        (run - start) / alternative,
        most=1.5,
    )
