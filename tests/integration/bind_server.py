# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real BIND on loopback, in a folder of its own, for tests.

>>> with BindServer(folder) as bind:
...     bind.add_zone("customer.example", "www 300 IN A 192.0.2.1")
...     bind.values("www.customer.example", "A")
['192.0.2.1']
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import pathlib
import re
import secrets
import shutil
import signal
import socket
import subprocess
import types
import typing as t

import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.tsig
import dns.update
import dns.zone
from unit.patience import PATIENCE, wait_until

_LOADED = "all zones loaded"
_BIN = "/usr/sbin:/usr/bin:/sbin:/bin"


@dataclasses.dataclass(frozen=True)
class Key:
    """A TSIG key; ``secret`` is base64."""

    name: str
    secret: str
    algorithm: str = "hmac-sha256"

    @classmethod
    def new(cls, name: str) -> Key:
        return cls(name, base64.b64encode(secrets.token_bytes(32)).decode())

    def tsig(self) -> dns.tsig.Key:
        return dns.tsig.Key(self.name, self.secret, self.algorithm)


def free_port(address: str = "127.0.0.1") -> int:
    """A port that is free for TCP and UDP."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind((address, 0))
            port: int = tcp.getsockname()[1]
            with contextlib.suppress(OSError):
                udp.bind((address, port))
                return port


class BindServer:
    """A ``named`` at ``address``, on a free port; it stops at the end of the ``with`` block.

    :param folder: an empty folder for its configuration, zones and log.
    :param keys: keys that may change every zone; the first one is used by the methods of this class.
    :param options: more lines for the block C(options).
    :param querylog: log every query, for ``queries``.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        *,
        address: str = "127.0.0.1",
        port: int | None = None,
        keys: t.Sequence[Key] = (),
        options: str = "",
        querylog: bool = True,
    ) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.address = address
        self.port = port or free_port(address)
        self.keys = list(keys) or [Key.new("websec")]
        self._options = options
        self._querylog = "yes" if querylog else "no"
        self._zones: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def key(self) -> Key:
        return self.keys[0]

    def __enter__(self) -> BindServer:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        self._configure()
        named = shutil.which("named", path=_BIN)
        if named is None:
            raise RuntimeError("named is not installed (Debian package bind9)")
        with (self.folder / "named.log").open("ab") as log:
            self._process = subprocess.Popen(
                [named, "-g", "-n", "1", "-c", str(self.folder / "named.conf")],
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        self._wait(lambda: _LOADED in self.log(), "it did not load its zones")

    @property
    def pid(self) -> int:
        """Id of the running process."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)
            self._process = None

    def log(self) -> str:
        return (self.folder / "named.log").read_text(errors="replace")

    def add_zone(self, zone: str, *lines: str, servers: t.Sequence[str] = ("127.0.0.1",), extra: str = "") -> None:
        """A primary zone that the keys may change.

        :param lines: records in zone file form; names are relative to the zone.
        :param servers: addresses of its name servers ns1, ns2 ... in the zone.
        :param extra: more statements of the zone, for example C(also-notify).
        """
        names = [f"ns{number}" for number in range(1, len(servers) + 1)]
        records = [
            "$TTL 3600",
            f"@ IN SOA ns1.{zone}. hostmaster.{zone}. 1 3600 600 86400 60",
            *(f"@ IN NS {name}.{zone}." for name in names),
            *(f"{name} IN A {address}" for name, address in zip(names, servers)),
            *lines,
        ]
        (self.folder / f"{zone}.zone").write_text("\n".join(records) + "\n")
        allowed = "".join(f'grant "{key.name}" zonesub ANY; ' for key in self.keys)
        self._add(zone, f'type primary; file "{zone}.zone"; update-policy {{ {allowed}}}; {extra}')

    def add_static_zone(self, zone: str, *lines: str) -> None:
        """A primary zone that nobody may change."""
        self.add_zone(zone, *lines)
        self._add(zone, f'type primary; file "{zone}.zone"; allow-update {{ none; }};')

    def add_secondary(self, zone: str, primary: BindServer) -> None:
        """A secondary of a zone of another server; it is transferred once, and then only after a notification."""
        where = f'{primary.address} port {primary.port} key "{primary.key.name}"'
        self._add(zone, f'type secondary; file "{zone}.copy"; primaries {{ {where}; }};')

    def wait_for_zone(self, zone: str) -> None:
        """Wait until a secondary has fetched its zone."""
        self._wait(lambda: bool(self.query(zone, "SOA").answer), f"it did not fetch {zone}")

    def _add(self, zone: str, statements: str) -> None:
        self._zones[zone] = statements
        if self._process is not None:
            self._configure()
            before = self.log().count(_LOADED)
            self._process.send_signal(signal.SIGHUP)
            self._wait(lambda: self.log().count(_LOADED) > before, "it did not reload")

    def query(self, name: str, rdtype: str) -> dns.message.Message:
        query = dns.message.make_query(name, rdtype)
        query.flags &= ~dns.flags.RD
        return dns.query.tcp(query, self.address, PATIENCE, self.port)

    def values(self, name: str, rdtype: str) -> list[str]:
        """The values that are served for ``name`` itself, in presentation form, sorted."""
        wanted = (dns.name.from_text(name), dns.rdatatype.from_text(rdtype))
        return sorted(
            str(record)
            for rrset in self.query(name, rdtype).answer
            if (rrset.name, rrset.rdtype) == wanted
            for record in rrset
        )

    def ttl(self, name: str, rdtype: str) -> int:
        return int(self.query(name, rdtype).answer[0].ttl)

    def serial(self, zone: str) -> int:
        return int(self.query(zone, "SOA").answer[0][0].serial)

    def transfer(self, zone: str) -> dns.zone.Zone:
        """All records of a zone, by a signed AXFR."""
        content = dns.zone.Zone(zone, relativize=False)
        query = dns.message.make_query(zone, "AXFR")
        query.use_tsig(self.key.tsig())
        dns.query.inbound_xfr(self.address, content, query, port=self.port, timeout=PATIENCE)
        return content

    def update(self, zone: str, change: t.Callable[[dns.update.UpdateMessage], None]) -> None:
        """Make a change as another writer: ``change`` fills the update."""
        message = dns.update.UpdateMessage(zone, keyring=self.key.tsig())
        change(message)
        answer = dns.query.tcp(message, self.address, PATIENCE, self.port)
        assert answer.rcode() == dns.rcode.NOERROR, dns.rcode.to_text(answer.rcode())

    def queries(self) -> list[str]:
        """The received queries, in order, as C(name type)."""
        seen = []
        for line in self.log().splitlines():
            query = re.search(r"query: (\S+) IN (\S+) ", line)
            if query:
                seen.append(f"{query[1]} {query[2]}")
        return seen

    def _configure(self) -> None:
        blocks = [f'key "{key.name}" {{ algorithm {key.algorithm}; secret "{key.secret}"; }};' for key in self.keys]
        blocks.append(
            f"""options {{
  directory "{self.folder}"; managed-keys-directory "{self.folder}";
  pid-file none; session-keyfile none; lock-file none;
  listen-on port {self.port} {{ {self.address}; }}; listen-on-v6 {{ none; }};
  recursion no; dnssec-validation no; querylog {self._querylog}; notify no; max-udp-size 1232;
  {self._options}
}};
controls {{ }};"""
        )
        blocks += [f'zone "{zone}" {{ {statements} }};' for zone, statements in self._zones.items()]
        (self.folder / "named.conf").write_text("\n".join(blocks) + "\n")

    def _wait(self, done: t.Callable[[], bool], problem: str) -> None:
        def done_or_stopped() -> bool:
            if done():
                return True
            if self._process is None or self._process.poll() is not None:
                raise RuntimeError(f"named: {problem}\n{self.log()[-3000:]}")
            return False

        wait_until(done_or_stopped, problem)
