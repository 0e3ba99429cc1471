# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many zones at PowerDNS through octoDNS: this collection against octoDNS itself, each in one process."""

from __future__ import annotations

import itertools
import json
import pathlib
import sys
import typing as t

import requests
from benchmark import measure
from benchmark.table import Measurement, seconds
from integration.powerdns_server import PowerDnsServer

CONCURRENCY = 4


class Zones:
    """Zones of a PowerDNS, and four record sets to change in each; every round has new values."""

    def __init__(self, server: PowerDnsServer, number: int) -> None:
        self.server = server
        self.names = [f"zone{each}.example" for each in range(1, number + 1)]
        self._rounds = itertools.count(1)
        for zone in self.names:
            self._add(zone)

    def _add(self, zone: str) -> None:
        sets = [(f"r{each}.{zone}.", "A", f"192.0.2.{each}") for each in range(1, 7)]
        sets += [(f"{zone}.", "MX", f"10 mx.{zone}."), (f"{zone}.", "TXT", '"v=spf1 -all"')]
        rrsets = [
            {"name": name, "type": kind, "ttl": 300, "records": [{"content": value, "disabled": False}]}
            for name, kind, value in sets
        ]
        requests.post(
            f"http://127.0.0.1:{self.server.api_port}/api/v1/servers/localhost/zones",
            json={"name": f"{zone}.", "kind": "Native", "nameservers": [f"ns1.{zone}."], "rrsets": rrsets},
            headers={"X-API-Key": self.server.api_key},
            timeout=20,
        ).raise_for_status()

    def next_round(self) -> dict[str, dict[str, list[t.Any]]]:
        """By zone and by name, the desired type and value."""
        this = next(self._rounds)
        address = f"198.51.{this // 250}.{this % 250 + 1}"
        return {
            zone: {
                "www": ["A", address],
                "shop": ["A", address],
                "cdn": ["CNAME", f"r{this}.cdn.example."],
                "_verify": ["TXT", f"round {this}"],
            }
            for zone in self.names
        }


def run(zones: Zones, side: str, wanted: t.Any) -> float:
    """:param side: C(plain) or C(ours), see ``octodns_sides``."""
    provider = {"host": "127.0.0.1", "port": zones.server.api_port, "api_key": zones.server.api_key}
    work = {"side": side, "provider": provider, "concurrency": CONCURRENCY, "wanted": wanted}
    return measure.run([sys.executable, "-m", "benchmark.octodns_sides"], text=json.dumps(work)).seconds


def rows(folder: pathlib.Path, number: int, repeats: int) -> list[Measurement]:
    with PowerDnsServer(folder / "pdns") as server:
        zones = Zones(server, number)
        kept: dict[str, t.Any] = {}

        def changed(side: str) -> float:
            kept[side] = zones.next_round()
            return run(zones, side, kept[side])

        plain, plain_again, ours, ours_again = measure.alternating(
            repeats,
            lambda: changed("plain"),
            lambda: run(zones, "plain", kept["plain"]),
            lambda: changed("ours"),
            lambda: run(zones, "ours", kept["ours"]),
        )
    what = f"{number} zones, 4 record sets each, PowerDNS through octoDNS"
    return [
        Measurement(
            f"{what}, all changed",
            f"{seconds(ours)} (reads, compares, changes, reads again)",
            f"octoDNS: {seconds(plain)} (reads, changes)",
            ours / plain,
            most=1.3,
        ),
        Measurement(
            f"{what}, nothing to change",
            seconds(ours_again),
            f"octoDNS: {seconds(plain_again)}",
            ours_again / plain_again,
            most=1.3,
        ),
    ]
