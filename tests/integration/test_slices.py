# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet divided over two workers, each in a network namespace of its own."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from integration.bind_server import BindServer
from integration.sandbox_server import SandboxServer
from integration.slices import Slice, divided, hosts_of_inventory, run

pytestmark = pytest.mark.all_only


def test_two_slices_do_every_site_once(
    sandbox: SandboxServer, bind: BindServer, new_zone: t.Callable[..., str], tmp_path: pathlib.Path
) -> None:
    domains = [new_zone("@ 300 A 192.0.2.1", "www 300 CNAME @") for _number in range(6)]
    sandbox.post(
        "fleet",
        {
            "plans": [{"id": "200", "name": "Professional", "level": "professional"}],
            "accounts": [{"id": "570", "name": "Customers"}],
            "sites": [
                {"site_id": str(number), "account_id": "570", "domain": domain, "ssl": True, "origin": ["192.0.2.1"]}
                for number, domain in enumerate(domains, 1)
            ],
        },
    )
    hosts = hosts_of_inventory(
        sandbox, tmp_path, compose={"sitelock_waf": "{'subscription': '200', 'zone': sitelock_domain}"}
    )
    assert sorted(hosts) == sorted(domains)
    parts = divided(hosts, 2)
    slices = [
        Slice(tmp_path / f"slice{number}", part, sandbox, bind, sitelock_waf_preflight=False)
        for number, part in enumerate(parts)
    ]

    ended = run(slices)

    assert [status for status, _output in ended] == ["successful", "successful"], "\n".join(map("".join, ended))
    for each, part in zip(slices, parts):
        mine = {host["sitelock_site_id"] for host in part.values()}
        assert set(each.asked) == mine
        assert sorted(each.ordered) == sorted(mine)
    assert not set(slices[0].asked) & set(slices[1].asked)
    assert [sandbox.purchases(site) for site in range(1, 7)] == [["added"]] * 6
    journal = sandbox.get("journal")["entries"]
    seen = [site for entry in journal if entry["method"] == "getAnpProvisioningStatus" for site in entry["site_ids"]]
    assert sorted(map(int, seen)) == sorted(slices[0].asked + slices[1].asked)
