# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests through the relay, compared with direct ones and with the same stack that forwards without looking."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import pathlib
import shutil
import ssl
import sys
import time
import typing as t
from urllib.parse import urlsplit

from benchmark.table import Measurement, seconds
from benchmark.world import ACCOUNT, PASSWORD, USERNAME, World
from integration.relay_stack import NAME, RelayStack

CLIENTS = 32
ROUNDS = 6
FORWARDER = pathlib.Path(__file__).with_name("forwarder.py")
PANEL: dict[str, t.Any] = {
    "name": "panel",
    "password": "password of the panel",
    "networks": ["127.0.0.0/8"],
    "methods": ["createToken"],
    "account_ids": [ACCOUNT],
}
MOST_SECONDS_AWAY = 2.0
MOST_GROWTH = 5_000_000
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass
class Side:
    """One way to the vendor.

    :param stack: None: the vendor itself.
    """

    url: str
    user: str
    password: str
    stack: RelayStack | None = None
    seconds: float = 0.0
    cpu: float = 0.0

    def run(self, number: int) -> None:
        """Send requests, and add what they cost."""
        before, started = self._cpu(), time.perf_counter()
        answers = asyncio.run(Load(self, number).run())
        self.seconds += time.perf_counter() - started
        self.cpu += self._cpu() - before
        wrong = [answer for answer in answers if b" 200 " not in answer[:16] or b"loginURL" not in answer]
        if wrong or len(answers) != number:
            sys.exit(f"{len(answers)} of {number} answers, {len(wrong)} of them wrong: {wrong[:1]}")

    def _cpu(self) -> float:
        """Seconds of CPU of NGINX and the service."""
        if self.stack is None:
            return 0.0
        return sum(map(_cpu, self.stack.workers()))


class Load:
    """Requests from many clients at once, each on a connection that it keeps.

    :param number: of requests in all.
    """

    def __init__(self, side: Side, number: int) -> None:
        self._left = number
        parts = urlsplit(side.url)
        self._port = parts.port
        self._context = ssl.create_default_context(cafile=str(side.stack.ca)) if side.stack else None
        body = (
            f"<SiteLockOnlineRequest><authentication><user>{side.user}</user><password>{side.password}</password>"
            f"</authentication><createToken><account_id>{ACCOUNT}</account_id></createToken></SiteLockOnlineRequest>"
        )
        self._request = (
            f"POST {parts.path} HTTP/1.1\r\nHost: {NAME}\r\nContent-Type: text/xml\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()
        self.answers: list[bytes] = []
        self.times: list[tuple[float, float]] = []

    async def run(self) -> list[bytes]:
        await asyncio.gather(*(self._client() for _each in range(CLIENTS)))
        return self.answers

    async def _client(self) -> None:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self._port, ssl=self._context, server_hostname=NAME if self._context else None
        )
        while self._left > 0:
            self._left -= 1
            began = time.perf_counter()
            writer.write(self._request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            self.answers.append(head + await reader.readexactly(length))
            self.times.append((began, time.perf_counter()))
        writer.close()


def rows(folder: pathlib.Path, requests: int) -> list[Measurement]:
    """:param requests: for each side."""
    # Of the development venv: the versions of the service's libraries there are those of the distribution.
    python = shutil.which("python") or sys.executable
    with World(folder / "world", 0, dns=False) as world:
        direct = Side(f"{world.sandbox.url}/v1/partner", USERNAME, PASSWORD)
        with (
            RelayStack(folder / "relay", world.sandbox, [PANEL], python=python) as relay,
            RelayStack(folder / "forwarder", world.sandbox, [PANEL], python=python, command=[str(FORWARDER)]) as other,
        ):
            ours = Side(relay.url, PANEL["name"], PANEL["password"], relay)
            forwarder = Side(other.url, USERNAME, PASSWORD, other)
            sides = [direct, ours, forwarder]
            # The first requests open connections, and the relay hashes its first password.
            for side in sides:
                side.run(10 * CLIENTS)
                side.seconds = side.cpu = 0.0
            memory = [_memory(relay)]
            for _round in range(ROUNDS):
                for side in sides:
                    side.run(requests // ROUNDS)
                memory.append(_memory(relay))
            away, start = _seconds_without_service(ours)
            others_away, _start = _seconds_without_service(forwarder)
        calls = world.calls()["createToken"]
    assert calls >= 3 * (requests // ROUNDS) * ROUNDS, calls
    what = f"{requests} createToken from {CLIENTS} clients through the relay, no error"
    growth = memory[-1] - memory[1]
    return [
        Measurement(
            f"{what}: time", seconds(ours.seconds), f"direct: {seconds(direct.seconds)}", ours.seconds / direct.seconds
        ),
        Measurement(
            f"{what}: time",
            seconds(ours.seconds),
            f"same stack, only forwards: {seconds(forwarder.seconds)}",
            ours.seconds / forwarder.seconds,
            most=1.5,
        ),
        Measurement(
            f"{what}: CPU of NGINX and the service",
            seconds(ours.cpu),
            f"same stack, only forwards: {seconds(forwarder.cpu)}",
            ours.cpu / forwarder.cpu,
            most=1.5,
        ),
        Measurement(
            "memory of the service, growth from the first sixth of these requests to the last",
            f"{memory[1] / 1e6:.1f} MB, then {memory[-1] / 1e6:.1f} MB",
            f"{MOST_GROWTH / 1e6:.0f} MB",
            max(growth, 0) / MOST_GROWTH,
            most=1,
        ),
        Measurement(
            "time from a kill -9 of the service to the first answer to a later request",
            f"{seconds(away)} ({seconds(start)} of CPU in the new process)",
            f"{seconds(MOST_SECONDS_AWAY)}; same stack, only forwards: {seconds(others_away)}",
            away / MOST_SECONDS_AWAY,
            most=1,
        ),
    ]


def _cpu(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _memory(stack: RelayStack) -> int:
    """Bytes of resident memory of the service."""
    status = pathlib.Path(f"/proc/{stack.service.pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


def _seconds_without_service(side: Side) -> tuple[float, float]:
    """Kill the service under load. Only requests that were sent before it may be lost, and none after it.

    :returns: seconds until the first answer to a later request, and seconds of CPU of the new process until then.
    """
    stack = side.stack
    assert stack is not None
    load = Load(side, 2000)
    killed = cpu = 0.0

    def later() -> list[float]:
        found = zip(load.times, load.answers)
        return [ended for (began, ended), answer in found if began > killed and b" 200 " in answer[:16]]

    async def run() -> None:
        nonlocal killed, cpu
        running = asyncio.ensure_future(load.run())
        while len(load.answers) < 200:
            await asyncio.sleep(0.01)
        killed = time.perf_counter()
        await asyncio.get_running_loop().run_in_executor(None, stack.service.kill)
        while not later():
            await asyncio.sleep(0.01)
        cpu = _cpu(stack.service.pid)
        await running

    asyncio.run(run())
    lost = [answer for answer in load.answers if b" 200 " not in answer[:16]]
    if len(lost) > CLIENTS or any(b" 502 " not in answer[:16] for answer in lost):
        sys.exit(f"{len(lost)} requests were lost: {lost[0][:200]!r}")
    return min(later()) - killed, cpu
