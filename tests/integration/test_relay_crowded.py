# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A slow vendor, and clients that use it against others or do not wait for it: nobody else waits, and no order is sent
whose client has given up."""

from __future__ import annotations

import collections.abc
import concurrent.futures
import http.server
import os
import signal
import threading
import typing as t

import pytest
from integration.relay_stack import RelayStack
from integration.sandbox_server import SandboxServer
from integration.test_relay_attacks import CLIENTS, OTHER, PANEL, envelope, order, received, request, sent
from unit.patience import PATIENCE, wait_until

OWNER = b"<SiteLockOnlineResponse><getStatus><account_id>570</account_id></getStatus></SiteLockOnlineResponse>"
AT_ONCE = 32


class SlowVendor:
    """It holds its answers until it is told to give them."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.holds = b""
        self.body = OWNER
        self._may_answer = threading.Event()
        vendor = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                vendor.seen.append(body)
                if vendor.holds and vendor.holds in body:
                    vendor._may_answer.wait(PATIENCE)
                self.send_response(200)
                self.send_header("Content-Length", str(len(vendor.body)))
                self.end_headers()
                self.wfile.write(vendor.body)

            def log_message(self, *_args: object) -> None:
                pass

        class Threads(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

        self._server = Threads(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1/partner"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def hold(self, what: bytes) -> None:
        """Answer no request with this in it."""
        self.holds = what
        self._may_answer.clear()

    def answer(self) -> None:
        self.holds = b""
        self._may_answer.set()

    def number(self, what: bytes) -> int:
        return sum(what in each for each in self.seen)

    def stop(self) -> None:
        self.answer()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def vendor() -> collections.abc.Iterator[SlowVendor]:
    vendor = SlowVendor()
    yield vendor
    vendor.stop()


@pytest.fixture(scope="module")
def relay(
    _servers: tuple[SandboxServer, object], vendor: SlowVendor, tmp_path_factory: pytest.TempPathFactory
) -> collections.abc.Iterator[RelayStack]:
    clients = [{**CLIENTS[0], "orders_per_day": 100}, CLIENTS[1]]
    folder = tmp_path_factory.mktemp("relay") / "stack"
    with RelayStack(
        folder,
        _servers[0],
        clients,
        settings={"upstream_url": vendor.url},
        variables={"sitelock_relay_connections_per_address": 256},
    ) as found:
        sent(
            found,
            PANEL,
            request(envelope("<getStatus><accountInformation><id>570</id></accountInformation></getStatus>")),
        )
        yield found


@pytest.fixture(autouse=True)
def _nothing_is_held(vendor: SlowVendor) -> collections.abc.Iterator[None]:
    vendor.seen.clear()
    yield
    vendor.answer()
    vendor.body = OWNER


def give_up(relay: RelayStack, begun: t.Callable[[], bool]) -> None:
    """Send an order, and leave when it has got so far."""
    left = number_of_left(relay)
    with relay.connect(PANEL) as connection:
        connection.sendall(request(order(1)))
        wait_until(begun, "the order has got so far")
    wait_until(lambda: number_of_left(relay) > left, "NGINX has noticed that the client left")


def number_of_left(relay: RelayStack) -> int:
    return sum(line["status"] == 499 for line in relay.accesses())


def test_an_order_whose_client_left_while_the_relay_asked_is_not_sent(relay: RelayStack, vendor: SlowVendor) -> None:
    lines = len(relay.audit())
    vendor.hold(b"<getStatus>")
    give_up(relay, lambda: vendor.number(b"<getStatus>") == 1)
    vendor.answer()
    wait_until(lambda: len(relay.audit()) > lines, "the order has its line")
    line = relay.audit()[-1]
    assert (line["decision"], line["reason"], line["status"]) == ("failed", "client_gone", 503)
    assert vendor.number(b"<provisionAddon>") == 0
    # One that waits is sent.
    assert b" 200 OK" in sent(relay, PANEL, request(order(1)))
    assert vendor.number(b"<provisionAddon>") == 1


def test_an_order_whose_client_left_before_the_service_had_time_is_not_sent(
    relay: RelayStack, vendor: SlowVendor
) -> None:
    """The service stands still for a while, or a new process takes over what waits in the socket."""
    sent(relay, PANEL, request(order(1)))
    vendor.seen.clear()
    lines = len(relay.audit())
    os.kill(relay.service.pid, signal.SIGSTOP)
    try:
        # What NGINX has sent waits in the socket, which nobody sees from here; it has sent it before it reads again.
        give_up(relay, lambda: True)
    finally:
        os.kill(relay.service.pid, signal.SIGCONT)
    wait_until(lambda: len(relay.audit()) > lines, "the order has its line")
    assert relay.audit()[-1]["reason"] == "client_gone"
    assert vendor.seen == []


def test_slow_calls_of_one_client_keep_nobody_else_from_working(relay: RelayStack, vendor: SlowVendor) -> None:
    body = envelope("<createToken><account_id>570</account_id></createToken>")
    vendor.hold(b"<createToken>")
    with concurrent.futures.ThreadPoolExecutor(4 * AT_ONCE) as pool:
        slow = [relay.connect(PANEL) for _each in range(4 * AT_ONCE)]
        for connection in slow:
            connection.sendall(request(body))
        wait_until(lambda: vendor.number(b"<createToken>") >= AT_ONCE, "the slow calls are under way")
        other = sent(relay, OTHER, request(envelope("<getPlanList/>", "other", "password of the other")))
        assert b" 200 OK" in other
        assert vendor.number(b"<createToken>") == AT_ONCE
        vendor.answer()
        answers = list(pool.map(received, slow))
    assert all(b" 200 OK" in answer for answer in answers)
    assert vendor.number(b"<createToken>") == len(slow)
    for connection in slow:
        connection.close()


def test_a_large_answer_arrives_whole(relay: RelayStack, vendor: SlowVendor) -> None:
    vendor.body = b"<large>" + os.urandom(4_000_000) + b"</large>"
    answer = sent(relay, OTHER, request(envelope("<getPlanList/>", "other", "password of the other")))
    assert answer.partition(b"\r\n\r\n")[2] == vendor.body
