# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example of a custom flow (the playbook C(small_modules)): the onboarding of a site, continued by a pass."""

from __future__ import annotations

import collections.abc
import json
import pathlib

import pytest
from integration.bind_server import BindServer
from integration.operator_of_passes import ORIGIN, Operator, rows
from integration.playbook import Run, run_plays
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer

pytestmark = pytest.mark.all_only

SPF = '"v=spf1 mx -all"'


def test_the_way_in_of_one_site(
    sandbox: SandboxServer,
    bind: BindServer,
    new_zone: collections.abc.Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    zone = new_zone("@ 3600 A 192.0.2.10", "@ 3600 AAAA 2001:db8::10", "www 3600 CNAME @", f"@ 3600 TXT {SPF}")
    operator = Operator(sandbox, bind, tmp_path)
    operator.customer(zone, 1, ssl=True)
    (site,) = operator.sites
    sandbox.post("settings", {"validation_delay": 3600})
    variables = {
        "sitelock_waf_sites": [site],
        "sitelock_waf_api": {
            "api_url": f"{sandbox.url}/v1/partner",
            "api_username": USERNAME,
            "api_password": PASSWORD,
        },
        "dns_records_rfc2136": {**operator.connection, "wait_propagation": 5},
    }
    file = tmp_path / "site.json"
    file.write_text(json.dumps(variables))

    def flow(*arguments: str) -> Run:
        run = run_plays([{"import_playbook": "hosting.websec.small_modules"}], "-e", f"@{file}", *arguments)
        assert run.status == 0, run.output
        for secret in (PASSWORD, bind.key.secret):
            assert secret not in run.output
        return run

    foretold = flow("--check")
    assert foretold.recap["changed"] == 1, foretold.output
    assert sandbox.writes() == []
    assert bind.values(zone, "TXT") == [SPF]

    assert f"{zone} is pending-domain-validation." in flow().output
    assert len(bind.values(zone, "TXT")) == 2
    assert bind.values(zone, "A") == [ORIGIN]
    assert flow().recap["changed"] == 0

    operator.later(hours=1.1)
    flow()
    assert ORIGIN not in bind.values(zone, "A")
    assert bind.values(zone, "AAAA") == []
    assert bind.values(f"www.{zone}", "CNAME") != [f"{zone}."]
    assert sandbox.purchases(1) == ["added"]

    # The state record of this flow is the one of a pass, so a pass continues with the site, and restores its records
    # at the end.
    (row,) = rows(operator.reconcile())
    assert (row["state"], row["steps"], row["error"]) == ("ready", [], None)
    site["state"] = "absent"
    (row,) = rows(operator.reconcile())
    assert row["steps"] == ["restore A/CNAME", "remove TXT"]
    assert bind.values(zone, "A") == [ORIGIN]
    assert bind.values(f"www.{zone}", "CNAME") == [f"{zone}."]
