# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The environment of a pass: a real BIND, the stand-in of the API in this process, one clock for both, and people."""

from __future__ import annotations

import contextlib
import datetime
import pathlib
import socket
import threading
import types
import typing as t

import dns.message
import dns.name
import dns.query
import dns.rdatatype
import dns.update
from integration.bind_server import BindServer
from unit.patience import PATIENCE
from websec_sandbox import fleet
from websec_sandbox.config import Config
from websec_sandbox.lookup import NameServer
from websec_sandbox.server import Server
from websec_sandbox.service import Service
from websec_sandbox.store import Store

USERNAME = "partner"
PASSWORD = "s3cret-of-the-partner"
ZONES = ("alpha.example", "beta.example", "shared.example")
START = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.timezone.utc)
JOURNAL_KEPT = 2000

_SOA_QUERIES = {zone: dns.message.make_query(zone, "SOA", flags=0).to_wire() for zone in ZONES}

Key = tuple[str, str]
Zone = dict[Key, tuple[int, frozenset[str]]]
"""The content of a zone without SOA: TTL in seconds and values by name and type."""


class Surroundings:
    """One BIND and one stand-in of the API; they stop at the end of the ``with`` block.

    :param folder: an empty folder for BIND.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self.bind = BindServer(folder / "bind", options="minimal-responses yes;")
        self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._ahead = 0.0
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Surroundings:
        for zone in ZONES:
            self.bind.add_zone(zone)
        self._stack.enter_context(self.bind)
        self._stack.enter_context(self._socket)
        self._socket.settimeout(10)
        self._socket.connect(("127.0.0.1", self.bind.port))
        config = Config(
            directory="",
            sitelock_username=USERNAME,
            sitelock_password=PASSWORD,
            botguard_api_key="k3y",
            port=0,
            dns_port=self.bind.port,
        )
        self.service = Service(config, Store(":memory:"), NameServer("127.0.0.1", self.bind.port))
        self._stack.callback(self.service.close)
        server = Server(self.service)
        self._stack.callback(server.server_close)
        self._stack.callback(server.shutdown)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}/v1/partner"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        self._stack.close()

    def begin(
        self, fleet_of_sites: t.Mapping[str, t.Any], settings: t.Mapping[str, t.Any], lines: t.Mapping[str, list[str]]
    ) -> None:
        """Reset, with these sites, settings of the stand-in and records by zone."""
        self.service.reset()
        self._ahead = 0.0
        # The time that is measured is that of the test: an example is the same whenever it runs.
        self.service.world.clock._real = START.timestamp
        with self.service.world.change():
            self.service.world.settings.change(settings)
        fleet.merge(self.service.world, dict(fleet_of_sites))
        for zone in ZONES:
            there = self.read(zone)
            update = self.new_update(zone)
            for name, kind in there:
                if (name, kind) not in {(zone, "NS"), (f"ns1.{zone}", "A")}:
                    update.delete(f"{name}.", kind)
            for line in lines.get(zone, []):
                label, ttl, kind, value = line.split(maxsplit=3)
                update.add(zone + "." if label == "@" else f"{label}.{zone}.", int(ttl), kind, value)
            self.send(update)

    # The clock

    def now(self) -> datetime.datetime:
        return START + datetime.timedelta(seconds=self._ahead)

    def advance(self, seconds: float) -> None:
        self._ahead += seconds
        self.service.world.clock.advance(seconds)

    # DNS, not through the code that is tested

    def serial(self, zone: str) -> int:
        """The serial number of the zone, read in the fastest way, because it is read after every step."""
        self._socket.send(_SOA_QUERIES[zone])
        answer = self._socket.recv(512)
        while answer[:2] != _SOA_QUERIES[zone][:2]:
            answer = self._socket.recv(512)
        # The record is at the end of the response, and ends with five numbers; this is the first.
        return int.from_bytes(answer[-20:-16], "big")

    def read(self, zone: str) -> Zone:
        """Everything that the zone serves."""
        found: Zone = {}
        for name, rdataset in self.bind.transfer(zone).iterate_rdatasets():
            kind = dns.rdatatype.to_text(rdataset.rdtype)
            if kind != "SOA":
                values = frozenset(_text(kind, record) for record in rdataset)
                found[str(name).rstrip(".").lower(), kind] = (int(rdataset.ttl), values)
        return found

    def new_update(self, zone: str) -> dns.update.UpdateMessage:
        return dns.update.UpdateMessage(zone, keyring=self.bind.key.tsig())

    def send(self, update: dns.update.UpdateMessage) -> None:
        answer = dns.query.tcp(update, "127.0.0.1", PATIENCE, self.bind.port)
        assert answer.rcode() == 0, answer


def _text(kind: str, record: t.Any) -> str:
    if kind == "TXT":
        return b"".join(record.strings).decode()
    return str(record).rstrip(".").lower()


def quoted(text: str) -> str:
    """A text of any length as the value of a TXT record in a zone file."""
    escaped = [piece.replace("\\", "\\\\").replace('"', '\\"') for piece in _pieces(text)]
    return " ".join(f'"{piece}"' for piece in escaped)


def _pieces(text: str) -> list[str]:
    return [text[at : at + 200] for at in range(0, len(text), 200)]
