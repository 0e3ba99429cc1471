# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The number of calls of a task over many sites. C(make bench) measures its time, compared with a loop."""

from __future__ import annotations

import collections

from integration.in_process import run_tasks
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer

SITES = 100


def test_the_states_of_many_sites_are_one_call_each(sandbox: SandboxServer) -> None:
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
    module = {
        "hosting.websec.sitelock_anp_status": {
            "site_id": list(range(1, SITES + 1)),
            "concurrency": 32,
            "api_url": f"{sandbox.url}/v1/partner",
            "api_username": USERNAME,
            "api_password": PASSWORD,
        }
    }
    sandbox.calls()
    run = run_tasks([module])
    assert run.status == 0, run.output
    assert collections.Counter(sandbox.calls()) == {"getAnpProvisioningStatus": SITES}
