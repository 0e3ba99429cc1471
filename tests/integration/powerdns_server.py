# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real PowerDNS on loopback, in a folder of its own, for tests: a server that can report success without making a
change.

Its update policy drops the record types in ``left_out``, and still returns NOERROR.
"""

from __future__ import annotations

import contextlib
import functools
import shutil
import sqlite3
import subprocess
import typing as t

import dns.exception
import dns.rdatatype
from integration.bind_server import BindServer, free_port

_BIN = "/usr/sbin:/usr/bin:/sbin:/bin"
_SCHEMA = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql"
_POLICY = """
function updatepolicy(input)
  for line in io.lines("{file}") do
    if line == tostring(input:getQType()) then return false end
  end
  return true
end
"""


class PowerDnsServer(BindServer):
    """A ``pdns_server``; the methods are those of ``BindServer``, without secondary and static zones.

    Its HTTP API listens at ``api_port``, for the key ``api_key``.
    """

    api_key = "4pdns-api-key-of-the-tests"
    signed = False
    """Whether the zones that are added from now on are signed."""

    @functools.cached_property
    def api_port(self) -> int:
        return free_port()

    @property
    def provider(self) -> dict[str, t.Any]:
        """This server as a DNS provider of type C(octodns)."""
        return {
            "type": "octodns",
            "class": "octodns_powerdns.PowerDnsProvider",
            "host": "127.0.0.1",
            "port": self.api_port,
            "api_key": self.api_key,
            "propagation_servers": [f"127.0.0.1:{self.port}"],
        }

    def start(self) -> None:
        pdns = shutil.which("pdns_server", path=_BIN)
        if pdns is None:
            raise RuntimeError("pdns_server is not installed (Debian packages pdns-server, pdns-backend-sqlite3)")
        self._configure()
        with contextlib.closing(sqlite3.connect(self.folder / "zones.sqlite3")) as database:
            with open(_SCHEMA, encoding="ascii") as schema:
                database.executescript(schema.read())
            for key in self.keys:
                database.execute(
                    "INSERT INTO tsigkeys (name, algorithm, secret) VALUES (?, ?, ?)",
                    (key.name, key.algorithm, key.secret),
                )
            database.commit()
        self.leave_out()
        with (self.folder / "named.log").open("ab") as log:
            self._process = subprocess.Popen(
                [pdns, f"--config-dir={self.folder}"], stdout=log, stderr=log, cwd=self.folder
            )
        self._wait(self._answers, "it did not start")

    def leave_out(self, *types: str) -> None:
        """From now on, drop changes of these record types from updates."""
        numbers = "".join(f"{int(dns.rdatatype.from_text(each))}\n" for each in types)
        (self.folder / "left_out").write_text(numbers)

    def add_zone(self, zone: str, *lines: str, servers: t.Sequence[str] = ("127.0.0.1",), extra: str = "") -> None:
        super().add_zone(zone, *lines, servers=servers, extra=extra)
        self._util("load-zone", zone, f"{zone}.zone")
        if self.signed:
            self._util("secure-zone", zone)
            self._util("rectify-zone", zone)
        for key in self.keys:
            self._util("add-meta", zone, "TSIG-ALLOW-DNSUPDATE", key.name)
            self._util("add-meta", zone, "TSIG-ALLOW-AXFR", key.name)

    def _add(self, zone: str, statements: str) -> None:
        self._zones[zone] = statements

    def _util(self, *arguments: str) -> None:
        command = ["pdnsutil", f"--config-dir={self.folder}", *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")

    def _answers(self) -> bool:
        with contextlib.suppress(OSError, EOFError, dns.exception.DNSException):
            return bool(self.query("example", "SOA"))
        return False

    def _configure(self) -> None:
        (self.folder / "policy.lua").write_text(_POLICY.format(file=self.folder / "left_out"))
        lines = [
            "launch=gsqlite3",
            f"gsqlite3-database={self.folder / 'zones.sqlite3'}",
            "gsqlite3-dnssec=yes",
            f"local-address={self.address}",
            f"local-port={self.port}",
            f"socket-dir={self.folder}",
            "daemon=no",
            "guardian=no",
            "dnsupdate=yes",
            f"lua-dnsupdate-policy-script={self.folder / 'policy.lua'}",
            # A zone is served as soon as it is in the database, and a change immediately.
            "zone-cache-refresh-interval=0",
            "cache-ttl=0",
            "query-cache-ttl=0",
            "negquery-cache-ttl=0",
            "receiver-threads=1",
            "distributor-threads=1",
            "webserver=yes",
            "webserver-address=127.0.0.1",
            f"webserver-port={self.api_port}",
            "api=yes",
            f"api-key={self.api_key}",
        ]
        (self.folder / "pdns.conf").write_text("\n".join(lines) + "\n")
