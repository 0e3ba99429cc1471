# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real Knot DNS on loopback, in a folder of its own, for tests: the code must not depend on peculiarities of BIND."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import typing as t

import dns.exception
from integration.bind_server import BindServer

_BIN = "/usr/sbin:/usr/bin:/sbin:/bin"
_STARTED = "server started"


class KnotServer(BindServer):
    """A ``knotd``; the methods are those of ``BindServer``, without secondary and static zones."""

    def start(self) -> None:
        self._configure()
        knotd = shutil.which("knotd", path=_BIN)
        if knotd is None:
            raise RuntimeError("knotd is not installed (Debian package knot)")
        with (self.folder / "named.log").open("ab") as log:
            self._process = subprocess.Popen(
                [knotd, "-c", str(self.folder / "knot.conf")], stdout=log, stderr=log, cwd=self.folder
            )
        self._wait(lambda: _STARTED in self.log(), "it did not start")

    def add_zone(self, zone: str, *lines: str, servers: t.Sequence[str] = ("127.0.0.1",), extra: str = "") -> None:
        super().add_zone(zone, *lines, servers=servers, extra=extra)
        self._wait(lambda: self._serves(zone), f"it does not serve {zone}")

    def _add(self, zone: str, statements: str) -> None:
        self._zones[zone] = statements
        self._configure()
        if self._process is not None:
            self._process.send_signal(signal.SIGHUP)

    def _serves(self, zone: str) -> bool:
        with contextlib.suppress(OSError, EOFError, dns.exception.DNSException):
            return bool(self.query(zone, "SOA").answer)
        return False

    def _configure(self) -> None:
        lines = [
            "server:",
            f"  listen: {self.address}@{self.port}",
            f'  rundir: "{self.folder}"',
            "  udp-workers: 1",
            "  tcp-workers: 1",
            "  background-workers: 1",
            "log:",
            "  - target: stderr",
            "    any: info",
            "database:",
            f'  storage: "{self.folder}"',
            "  journal-db-max-size: 16M",
            "key:",
        ]
        for key in self.keys:
            lines += [f"  - id: {key.name}", f"    algorithm: {key.algorithm}", f'    secret: "{key.secret}"']
        names = ", ".join(key.name for key in self.keys)
        lines += [
            "acl:",
            "  - id: keys",
            f"    key: [{names}]",
            "    action: [update, transfer]",
            "template:",
            "  - id: default",
            f'    storage: "{self.folder}"',
            '    file: "%s.zone"',
            "    zonefile-sync: -1",
            "    journal-content: all",
            "    zonefile-load: difference",
            "    acl: keys",
            "zone:",
            *(f"  - domain: {zone}" for zone in self._zones),
        ]
        (self.folder / "knot.conf").write_text("\n".join(lines) + "\n")
