# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(kill -9) of the service while orders are under way: none is sent twice, and the next process continues."""

from __future__ import annotations

import collections
import concurrent.futures
import pathlib
import sqlite3
import typing as t

import requests
from integration.relay_stack import RelayStack
from integration.sandbox_server import SandboxServer
from unit.patience import PATIENCE, wait_until

SITES = range(1, 41)
HELD = 1
CLIENT: dict[str, t.Any] = {
    "name": "awx",
    "password": "password of awx",
    "networks": ["127.0.0.0/8"],
    "effects": ["READ", "BUY"],
    "orders_per_day": 1000,
}
ORDER = (
    "<SiteLockOnlineRequest><authentication><user>awx</user><password>password of awx</password></authentication>"
    "<provisionAddon><addonInfo><site_id>{}</site_id><subscription>200</subscription></addonInfo></provisionAddon>"
    "</SiteLockOnlineRequest>"
)


def order(relay: RelayStack, site: int) -> int:
    """The status of an order, which is sent once."""
    try:
        return requests.post(relay.url, ORDER.format(site), verify=str(relay.ca), timeout=PATIENCE).status_code
    except requests.exceptions.ChunkedEncodingError:
        # Killed between head and body: as lost as one that NGINX says is.
        return 502


def test_a_kill_under_load_orders_nothing_twice(sandbox: SandboxServer, tmp_path: pathlib.Path) -> None:
    site = {"account_id": "570", "ssl": False, "origin": ["192.0.2.1"]}
    sandbox.post(
        "fleet",
        {
            "plans": [{"id": "200", "name": "Professional", "level": "professional"}],
            "accounts": [{"id": "570", "name": "Customers"}],
            "sites": [{**site, "site_id": str(number), "domain": f"site{number}.example"} for number in SITES],
        },
    )
    # It has happened, and its answer is under way when the relay is killed.
    sandbox.fault("slow", method="provisionAddon", site_id=str(HELD), seconds=30)
    with RelayStack(tmp_path / "relay", sandbox, [CLIENT]) as relay:
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = {number: pool.submit(order, relay, number) for number in SITES}
            wait_until(lambda: sandbox.purchases(HELD) == ["added"], "the order that is held has happened")
            killed = relay.service.pid
            relay.service.kill()
            statuses = {number: answer.result() for number, answer in answers.items()}
        assert relay.service.pid != killed
        assert statuses[HELD] == 502
        # What came while there was no process has waited at the socket.
        assert set(statuses.values()) <= {200, 502}
        assert collections.Counter(statuses.values())[200] > len(SITES) / 2
        bought = {number: sandbox.purchases(number) for number in SITES}
        assert all(bought[number] == ["added"] for number, status in statuses.items() if status == 200)
        assert all(len(events) <= 1 for events in bought.values())
        with sqlite3.connect(relay.folder / "orders.sqlite") as database:
            (counted,) = database.execute("SELECT taken FROM orders").fetchone()
        assert sum(map(len, bought.values())) <= counted <= len(SITES)
        # A second try of the order with the lost answer is a decision of the client, who reads the state first.
        assert [line["decision"] for line in relay.audit()].count("passed") >= list(statuses.values()).count(200)
