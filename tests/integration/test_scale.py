# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task over many sites costs: its calls, and its time beside a loop. Never a time by itself."""

from __future__ import annotations

import collections
import time
import typing as t

from integration.playbook import run_tasks
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer

LATENCY = 50
LOOP_ITEMS = 4
SITES = 100


def timed(sandbox: SandboxServer, *tasks: dict[str, t.Any]) -> tuple[float, dict[str, int]]:
    """Seconds of a play, and how often each method was called."""
    sandbox.calls()
    started = time.perf_counter()
    run = run_tasks(list(tasks))
    seconds = time.perf_counter() - started
    assert run.status == 0, run.output
    return seconds, dict(collections.Counter(sandbox.calls()))


def test_states_of_many_sites_against_a_loop(sandbox: SandboxServer) -> None:
    sandbox.post(
        "fleet",
        {
            "plans": [{"id": "200", "name": "Professional", "level": "professional"}],
            "accounts": [{"id": "570", "name": "Customers"}],
            "sites": [
                {
                    "site_id": str(number),
                    "account_id": "570",
                    "domain": f"site{number}.example",
                    "addon": {"subscription": "200", "state": "ready"},
                }
                for number in range(1, SITES + 1)
            ],
        },
    )
    url = f"{sandbox.url}/v1/partner"
    module = {
        "hosting.websec.sitelock_anp_status": {
            "site_id": list(range(1, SITES + 1)),
            "concurrency": 32,
            "api_url": url,
            "api_username": USERNAME,
            "api_password": PASSWORD,
        }
    }
    loop = {
        "ansible.builtin.uri": {
            "url": url,
            "method": "POST",
            "body": f"<SiteLockOnlineRequest><authentication><user>{USERNAME}</user><password>{PASSWORD}</password>"
            '</authentication><getAnpProvisioningStatus site_id="{{ item }}"/></SiteLockOnlineRequest>',
            "headers": {"Content-Type": "text/xml"},
        },
        "loop": list(range(1, LOOP_ITEMS + 1)),
    }
    sandbox.post("settings", {"latency_ms": LATENCY})
    try:
        empty, _none = timed(sandbox)
        ours, calls = timed(sandbox, module)
        theirs, calls_of_loop = timed(sandbox, loop)
    finally:
        sandbox.post("settings", {"latency_ms": 0})

    assert calls == {"getAnpProvisioningStatus": SITES}
    assert calls_of_loop == {"getAnpProvisioningStatus": LOOP_ITEMS}
    per_item_of_loop = (theirs - empty) / LOOP_ITEMS
    # Start-up of one module included. On a machine that does nothing else it is some 60 times; with the 200 sites of
    # the benchmark more than 100 times.
    assert (ours - empty) / SITES < per_item_of_loop / 15
