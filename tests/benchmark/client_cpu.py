# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CPU of one call inside the client, against urllib3 alone and against other HTTP clients of Python.

Run as a program, with the address of the sandbox as its argument, it prints JSON: CPU seconds a call for each client.
The server is another process, so only the client counts.
"""

from __future__ import annotations

import asyncio
import contextlib
import cProfile
import http.client
import importlib.util
import io
import json
import pathlib
import pstats
import statistics
import sys
import time
import typing as t
from urllib.parse import urlsplit

from benchmark import measure
from benchmark.bare import bodies
from benchmark.table import Measurement
from benchmark.world import PASSWORD, USERNAME, World

CALLS = 300
ROUNDS = 7
HEADERS = {"Content-Type": "text/xml; charset=utf-8"}

Client = t.Callable[[int], None]
"""Makes this number of calls, one after the other, over one connection."""


def ours_transport(url: str, body: bytes) -> Client:
    from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
    from ansible_collections.hosting.websec.plugins.module_utils._http.client import HttpClient
    from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings

    client = HttpClient(HttpSettings(), url=url, server="SiteLock API", read_only=True)

    def calls(number: int) -> None:
        for _call in range(number):
            client.send(Effect.READ, "POST", call="getAnpProvisioningStatus", data=body, headers=HEADERS)

    return calls


def ours_whole(url: str, _body: bytes) -> Client:
    from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings
    from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
    from ansible_collections.hosting.websec.plugins.module_utils._sitelock.credentials import Credentials
    from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import read_status

    client = SiteLockClient(url, Credentials(USERNAME, PASSWORD), HttpSettings(), read_only=True)

    def calls(number: int) -> None:
        for _call in range(number):
            read_status(client, 1)

    return calls


def urllib3_pool(url: str, body: bytes) -> Client:
    import urllib3

    parts = urlsplit(url)
    pool = urllib3.HTTPConnectionPool(str(parts.hostname), parts.port, maxsize=1)

    def calls(number: int) -> None:
        for _call in range(number):
            _check(pool.urlopen("POST", parts.path, body=body, headers=HEADERS).data)

    return calls


def requests_session(url: str, body: bytes) -> Client:
    import requests

    session = requests.Session()
    session.trust_env = False

    def calls(number: int) -> None:
        for _call in range(number):
            _check(session.post(url, data=body, headers=HEADERS, timeout=30).content)

    return calls


def http_client(url: str, body: bytes) -> Client:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=30)

    def calls(number: int) -> None:
        for _call in range(number):
            connection.request("POST", parts.path, body=body, headers=HEADERS)
            _check(connection.getresponse().read())

    return calls


def httpx_client(url: str, body: bytes) -> Client:
    import httpx

    client = httpx.Client(trust_env=False)

    def calls(number: int) -> None:
        for _call in range(number):
            _check(client.post(url, content=body, headers=HEADERS).content)

    return calls


def aiohttp_session(url: str, body: bytes) -> Client:
    import aiohttp

    loop = asyncio.new_event_loop()

    async def work(number: int) -> None:
        async with aiohttp.ClientSession() as session:
            for _call in range(number):
                async with session.post(url, data=body, headers=HEADERS) as answer:
                    _check(await answer.read())

    return lambda number: loop.run_until_complete(work(number))


def pycurl_handle(url: str, body: bytes) -> Client:
    import pycurl

    handle = pycurl.Curl()
    handle.setopt(pycurl.URL, url)
    handle.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in HEADERS.items()])

    def calls(number: int) -> None:
        for _call in range(number):
            answer = io.BytesIO()
            handle.setopt(pycurl.POSTFIELDS, body)
            handle.setopt(pycurl.WRITEDATA, answer)
            handle.perform()
            _check(answer.getvalue())

    return calls


CLIENTS: dict[str, tuple[str, t.Callable[[str, bytes], Client]]] = {
    "ours, transport": ("requests", ours_transport),
    "ours, with XML": ("requests", ours_whole),
    "urllib3 pool": ("urllib3", urllib3_pool),
    "requests session": ("requests", requests_session),
    "http.client": ("http", http_client),
    "httpx": ("httpx", httpx_client),
    "aiohttp": ("aiohttp", aiohttp_session),
    "pycurl": ("pycurl", pycurl_handle),
}
"""By name: the required library, and the function that makes the client."""


def _check(answer: bytes) -> None:
    assert b"<state>" in answer, answer


def measured(url: str) -> dict[str, float]:
    """CPU seconds a call, by client; the clients take turns."""
    (body,) = bodies(USERNAME, PASSWORD, [1])
    clients = {name: make(url, body) for name, (needs, make) in CLIENTS.items() if importlib.util.find_spec(needs)}
    for client in clients.values():
        client(20)
    seen: dict[str, list[float]] = {name: [] for name in clients}
    for _round in range(ROUNDS):
        for name, client in clients.items():
            before = time.process_time()
            client(CALLS)
            seen[name].append((time.process_time() - before) / CALLS)
    return {name: statistics.median(values) for name, values in seen.items()}


def profile(url: str) -> str:
    """Where a call spends its time, by function."""
    (body,) = bodies(USERNAME, PASSWORD, [1])
    client = ours_transport(url, body)
    client(20)
    profiler = cProfile.Profile()
    profiler.runcall(client, 1000)
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        pstats.Stats(profiler, stream=text).strip_dirs().sort_stats("tottime").print_stats(18)
    lines = [line.rstrip() for line in text.getvalue().splitlines() if line.strip()]
    return "\n".join(["1000 calls of the transport, by function:", *lines[1:]])


def rows(folder: pathlib.Path) -> tuple[list[Measurement], str]:
    """The rows, and the profile."""
    with World(folder, 1, dns=False) as world:
        run = measure.run([sys.executable, "-m", "benchmark.client_cpu", str(world.api["api_url"])])
    found = json.loads(run.output)
    times: dict[str, float] = found["seconds"]
    others = {name: value for name, value in times.items() if not name.startswith("ours")}
    fastest = min(others, key=lambda name: others[name])
    ours, alone = times["ours, transport"], times["urllib3 pool"]
    listed = ", ".join(f"{name} {value * 1e6:.0f}" for name, value in sorted(others.items(), key=lambda each: each[1]))
    mine = f"{ours * 1e6:.0f} us"
    return [
        Measurement(
            "CPU of one call: transport", mine, f"urllib3 pool alone: {alone * 1e6:.0f} us", ours / alone, most=1.5
        ),
        Measurement(
            "CPU of one call: transport",
            mine,
            f"fastest, {fastest}: {others[fastest] * 1e6:.0f} us",
            ours / others[fastest],
        ),
        Measurement(
            "CPU of one call: with XML, parsed and checked",
            f"{times['ours, with XML'] * 1e6:.0f} us",
            f"in us: {listed}",
        ),
    ], str(found["profile"])


if __name__ == "__main__":
    print(json.dumps({"seconds": measured(sys.argv[1]), "profile": profile(sys.argv[1])}))
