# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The relay with a vendor in memory."""

from __future__ import annotations

import asyncio
import json
import pathlib
import sys
import time
import typing as t

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "roles" / "sitelock_relay" / "files"))

from sitelock_relay import clients, passwords, table
from sitelock_relay.config import Config
from sitelock_relay.lost import LostError
from sitelock_relay.orders import Orders
from sitelock_relay.relay import Peer, Relay
from sitelock_relay.upstream import IsGone, Reply, stays

PARTNER_PASSWORD = "the partner's <own> & only"
PASSWORD = "password of a panel"
HASH = passwords.hashed(PASSWORD)
TABLE = table.load()
PANEL, AWX = "198.51.100.7", "10.0.5.9"
# Site 1 and 2 belong to account 570, which the panel may name; 3 to another one. Of 9 the vendor does not say whose.
OWNERS = {"1": "570", "2": "570", "3": "999"}
METHODS = ["createToken", "getStatus", "getWafOrigin", "getAnpProvisioningStatus", "provisionAddon"]
METHODS += ["getPlanList", "getAccounts", "scanDetail"]
CLIENTS: list[dict[str, t.Any]] = [
    {
        "name": "panel-07",
        "networks": ["198.51.100.7/32", "2001:db8::7/128"],
        "password_hash": HASH,
        "methods": METHODS,
        "account_ids": [570, 571],
        "site_ids": [77],
        "orders_per_day": 3,
    },
    {
        "name": "awx",
        "networks": ["10.0.5.0/24"],
        "password_hash": HASH,
        "certificate": "awx.hoster.example",
        "effects": ["READ", "CHANGE", "BUY", "DESTROY", "ACTION"],
    },
]


class Vendor:
    """It answers with the owner of a site to getStatus, and otherwise with an empty answer."""

    def __init__(self) -> None:
        self.documents: list[bytes] = []
        self.lost: LostError | None = None
        # Instead of an answer.
        self.status = 200

    async def send(self, document: bytes, *, again: bool, is_gone: IsGone = stays) -> Reply:
        self.documents.append(document)
        if self.lost:
            raise self.lost
        if self.status != 200:
            return Reply(self.status, b"")
        text = document.decode()
        for site, account in OWNERS.items():
            if f"<getStatus><accountInformation><site_id>{site}</site_id></accountInformation></getStatus>" in text:
                inner = f"<accountInformation><id>{account}</id></accountInformation>"
                return Reply(
                    200, f"<SiteLockOnlineResponse><getStatus>{inner}</getStatus></SiteLockOnlineResponse>".encode()
                )
        return Reply(200, b"<SiteLockOnlineResponse/>", {"content-type": "text/xml"})


class World:
    """The relay and what is around it."""

    def __init__(self) -> None:
        self.vendor = Vendor()
        self.lines: list[str] = []
        self.seconds = 1000.0
        self.date = "2026-11-29"
        self.config = Config(
            clients.load(CLIENTS, TABLE),
            "https://vendor.example/v1/partner",
            ":memory:",
            upstream_user="partner",
            max_items=5,
        )
        self.orders = Orders(":memory:")
        self.relay = Relay(
            self.config,
            TABLE,
            PARTNER_PASSWORD,
            self.vendor,
            self.orders,
            self.lines.append,
            lambda: self.seconds,
            lambda: time.strptime(self.date, "%Y-%m-%d"),
        )

    def send(self, document: bytes | str, address: str = PANEL, certificate: str | None = None) -> Reply:
        body = document.encode() if isinstance(document, str) else document
        return asyncio.run(self.relay.handle(body, Peer(address, certificate)))

    @property
    def audit(self) -> dict[str, t.Any]:
        """The last line of the audit log."""
        entry: dict[str, t.Any] = json.loads(self.lines[-1])
        return entry


@pytest.fixture
def world() -> t.Iterator[World]:
    world = World()
    yield world
    world.orders.close()


def envelope(method: str, user: str = "panel-07", password: str = PASSWORD) -> str:
    authentication = f"<authentication><user>{user}</user><password>{password}</password></authentication>"
    return f"<SiteLockOnlineRequest>{authentication}{method}</SiteLockOnlineRequest>"
