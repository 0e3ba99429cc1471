# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole pass in one slice and in two, each with a worker in a network namespace (C(ansible-runner))."""

from __future__ import annotations

import pathlib
import typing as t

from benchmark.table import Measurement, seconds
from benchmark.world import SUBSCRIPTION, World
from integration.slices import Slice, divided, hosts_of_inventory, run


def rows(folder: pathlib.Path, size: int, concurrency: int) -> list[Measurement]:
    """Both workers share the cores, the API and the name server here, so two slices cannot be twice as fast."""
    with World(folder, size) as world:
        desired = f"{{'subscription': '{SUBSCRIPTION}', 'account_id': sitelock_account_id, 'zone': sitelock_domain}}"
        hosts = hosts_of_inventory(world.sandbox, folder, compose={"sitelock_waf": desired})
        assert len(hosts) == size
        world.calls()
        times = []
        for number in (1, 2):
            slices = [
                Slice(folder / f"slice{number}{place}", part, world.sandbox, world.bind, **_variables(concurrency))
                for place, part in enumerate(divided(hosts, number))
            ]
            ended = run(slices)
            assert all(status == "successful" for status, _output in ended), ended
            asked = [site for each in slices for site in each.asked]
            assert sorted(asked) == list(range(1, size + 1))
            calls = world.calls()
            assert calls == {"getAnpProvisioningStatus": size, "getStatus": number}, calls
            times.append(max(each.seconds for each in slices))
    return [
        Measurement(
            f"{size} ready sites, one slice and two, the workers' time",
            f"two slices: {seconds(times[1])}",
            f"one slice: {seconds(times[0])}",
            times[1] / times[0],
        )
    ]


def _variables(concurrency: int) -> dict[str, t.Any]:
    return {"sitelock_waf_concurrency": concurrency}
