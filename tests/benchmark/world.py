# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The environment of the benchmark: the stand-in of the API, a BIND, and a fleet whose sites are all C(ready)."""

from __future__ import annotations

import collections
import contextlib
import datetime
import json
import pathlib
import types
import typing as t

from integration.bind_server import BindServer
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer

from ansible_collections.hosting.websec.plugins.module_utils import _state_record as state_record

SUBSCRIPTION = "200"
ACCOUNT = 570
ORIGIN = "192.0.2.1"
_SINCE = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


class World:
    """Servers for ``size`` sites; they stop at the end of the ``with`` block.

    :param dns: also the zones of the sites, with the records and the state record of sites that are C(ready).
    :param querylog: BIND logs each query, which makes it slower.
    """

    def __init__(self, folder: pathlib.Path, size: int, *, dns: bool = True, querylog: bool = False) -> None:
        self.size = size
        self._folder = folder
        self._dns = dns
        self._stack = contextlib.ExitStack()
        self.bind = BindServer(folder / "bind", querylog=querylog)
        self.sandbox = SandboxServer(folder / "sandbox", self.bind.port)

    def __enter__(self) -> World:
        self._stack.enter_context(self.sandbox)
        self.sandbox.post("fleet", {"plans": [_PLAN], "accounts": [{"id": str(ACCOUNT), "name": "Customers"}]})
        for first in range(1, self.size + 1, 1000):
            numbers = range(first, min(first + 1000, self.size + 1))
            self.sandbox.post("fleet", {"sites": [_site(number) for number in numbers]})
        if self._dns:
            for site in self.sandbox.get("state")["sites"]:
                self._add_zone(site)
        self._stack.enter_context(self.bind)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        self._stack.close()

    def _add_zone(self, site: t.Mapping[str, t.Any]) -> None:
        domain, firewall = str(site["domain"]), site["firewall"]
        there = state_record.RecordSet(3600, (ORIGIN,))
        saved = state_record.to_text(
            state_record.StateRecord(
                site_id=int(site["site_id"]),
                original={domain: {"A": there}, f"www.{domain}": {"A": there}},
                target=state_record.Target(tuple(firewall["new_a"]), f"{firewall['new_cname']}.", 300),
                state="ready",
                since=_SINCE,
            )
        )
        self.bind.add_zone(
            domain,
            *(f"@ 300 IN A {address}" for address in firewall["new_a"]),
            f"www 300 IN CNAME {firewall['new_cname']}.",
            f"_websec 300 IN TXT {_quoted(saved)}",
        )

    @property
    def api(self) -> dict[str, object]:
        """Options of the modules."""
        return {"api_url": f"{self.sandbox.url}/v1/partner", "api_username": USERNAME, "api_password": PASSWORD}

    @property
    def dns(self) -> dict[str, object]:
        """Options of the DNS modules."""
        key = self.bind.key
        return {
            "server": self.bind.address,
            "port": self.bind.port,
            "key_name": key.name,
            "key_secret": key.secret,
        }

    def variables(self, concurrency: int, *, with_zones: bool = False, in_file: bool = False) -> dict[str, object]:
        """Variables of the playbook C(reconcile).

        :param with_zones: the entries set their zones; otherwise a pass looks them up.
        :param in_file: the entries are in a file, as those of large fleets should be.
        """
        sites = [_entry(number, with_zones) for number in range(1, self.size + 1)]
        file = self._folder / "sites.json"
        if in_file:
            file.write_text(json.dumps(sites), encoding="utf-8")
        return {
            **({"sitelock_waf_sites_file": str(file)} if in_file else {"sitelock_waf_sites": sites}),
            "sitelock_waf_api": self.api,
            "sitelock_waf_concurrency": concurrency,
            "dns_records_rfc2136": self.dns,
        }

    def latency(self, milliseconds: int) -> None:
        """Set the response time of the API."""
        self.sandbox.post("settings", {"latency_ms": milliseconds})

    def calls(self) -> dict[str, int]:
        """The number of calls of each method since the last time."""
        return dict(collections.Counter(self.sandbox.calls()))


_PLAN = {"id": SUBSCRIPTION, "name": "Professional", "level": "professional"}


def _entry(number: int, with_zone: bool) -> dict[str, object]:
    domain = f"site{number}.example"
    entry = {"domain": domain, "site_id": number, "account_id": ACCOUNT, "subscription": SUBSCRIPTION}
    return {**entry, "zone": domain} if with_zone else entry


def _site(number: int) -> dict[str, object]:
    return {
        "site_id": str(number),
        "account_id": str(ACCOUNT),
        "domain": f"site{number}.example",
        "ssl": number % 2 == 0,
        "origin": [ORIGIN],
        "addon": {"subscription": SUBSCRIPTION, "state": "ready", "waf_dns_manager": "partner"},
    }


def _quoted(text: str) -> str:
    """Text as the strings of a TXT record in a zone file."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    # Shorter than the 255 bytes of a string, because an escaped character counts once.
    pieces = [escaped[start : start + 200] for start in range(0, len(escaped), 200)]
    return " ".join(f'"{piece}"' for piece in _whole_escapes(pieces))


def _whole_escapes(pieces: list[str]) -> list[str]:
    """Pieces, none of which ends inside an escape."""
    for place, piece in enumerate(pieces[:-1]):
        if (len(piece) - len(piece.rstrip("\\"))) % 2:
            pieces[place], pieces[place + 1] = piece[:-1], "\\" + pieces[place + 1]
    return pieces
