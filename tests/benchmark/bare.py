# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bare client: a minimal Python script that makes the calls and nothing else.

Threads, each with one pooled C(requests) session and one TCP connection to the name server, that take the next call
from a common list. API responses are read and discarded; DNS responses are those that dnspython returns. There are no
retries, no deadline, and no checks but the status.

Run as a program it reads one JSON document from standard input, see ``main``.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import queue
import socket
import sys
import threading
import typing as t

ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes" ?><SiteLockOnlineRequest><authentication><user>{user}</user>'
    "<password>{password}</password></authentication>{method}</SiteLockOnlineRequest>"
)
T = t.TypeVar("T")


def bodies(
    user: str,
    password: str,
    sites: t.Iterable[int],
    accounts: t.Iterable[int] = (),
    domains: t.Iterable[str] = (),
    others: t.Iterable[str] = (),
) -> list[bytes]:
    """Requests for the state of each site, for the subscriptions of each account, and for the owner of each domain.

    :param others: elements of other methods.
    """
    methods = [f'<getAnpProvisioningStatus site_id="{n}"/>' for n in sites]
    methods += [f"<getStatus><accountInformation><id>{n}</id></accountInformation></getStatus>" for n in accounts]
    methods += [f"<checkDomain><domain>{domain}</domain></checkDomain>" for domain in domains]
    methods += others
    return [ENVELOPE.format(user=user, password=password, method=method).encode() for method in methods]


def in_threads(concurrency: int, items: t.Sequence[T], worker: t.Callable[[t.Iterator[T]], None]) -> None:
    """Run ``concurrency`` workers, which share an iterator over the items."""
    waiting: queue.SimpleQueue[T] = queue.SimpleQueue()
    for item in items:
        waiting.put(item)

    def taken() -> t.Iterator[T]:
        with contextlib.suppress(queue.Empty):
            while True:
                yield waiting.get_nowait()

    with concurrent.futures.ThreadPoolExecutor(concurrency) as pool:
        for done in [pool.submit(worker, taken()) for _worker in range(concurrency)]:
            done.result()


def http(url: str, requests_to_send: t.Sequence[bytes], concurrency: int) -> None:
    """Post all bodies."""
    import requests

    def work(mine: t.Iterator[bytes]) -> None:
        with requests.Session() as session:
            session.trust_env = False
            for body in mine:
                answer = session.post(url, data=body, headers={"Content-Type": "text/xml"}, timeout=60)
                assert answer.status_code == 200, answer.text

    in_threads(concurrency, requests_to_send, work)


class NameServer:
    """Plain dnspython, signed, over one TCP connection a thread."""

    def __init__(self, address: str, port: int, key_name: str, key_secret: str) -> None:
        import dns.query
        import dns.tsig

        self._query = dns.query
        self._where = (address, port)
        self._key = dns.tsig.Key(key_name, key_secret, "hmac-sha256")
        self._local = threading.local()

    def exchange(self, message: t.Any) -> t.Any:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = socket.create_connection(self._where, 30)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        message.use_tsig(self._key)
        return self._query.tcp(message, self._where[0], 30, self._where[1], sock=connection)


def questions(server: NameServer, asked: t.Sequence[tuple[str, str]], concurrency: int) -> None:
    """Ask for each name and type."""
    import dns.message

    def work(mine: t.Iterator[tuple[str, str]]) -> None:
        for name, kind in mine:
            server.exchange(dns.message.make_query(name, kind, flags=0))

    in_threads(concurrency, asked, work)


def updates(server: NameServer, zones: t.Mapping[str, list[tuple[str, int, str, str]]], concurrency: int) -> None:
    """Send one update per zone with all its records, without reading the zone first."""
    import dns.update

    def work(mine: t.Iterator[str]) -> None:
        for zone in mine:
            message = dns.update.UpdateMessage(zone)
            for name, ttl, kind, value in zones[zone]:
                message.replace(name, ttl, kind, value)
            answer = server.exchange(message)
            assert answer.rcode() == 0, answer

    in_threads(concurrency, list(zones), work)


def main() -> None:
    """Do the work given on standard input: C(concurrency), and any of C(http), C(questions), C(updates)."""
    work = json.load(sys.stdin)
    concurrency = work["concurrency"]
    if "http" in work:
        what = work["http"]
        asked = bodies(
            what["user"],
            what["password"],
            what["sites"],
            what["accounts"],
            what.get("domains", ()),
            what.get("methods", ()),
        )
        http(what["url"], asked, concurrency)
    if "server" in work:
        server = NameServer(**work["server"])
        questions(server, list(map(tuple, work.get("questions", ()))), concurrency)
        updates(server, work.get("updates", {}), concurrency)


if __name__ == "__main__":
    main()
