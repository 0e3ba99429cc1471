# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""
One call of the check API: a web server shows the request of a visitor, and is told what to do with it.

Known from the vendor's connector for PHP: the address, the body (the raw request of the visitor), the C(BG-) headers of
the call and of the answer, the answers 200 and 403, and that a website is known by the C(Host) header of the visitor's
request. Not documented, and chosen here: the answer to a call that is not of this form (400), the one for a host that
is not registered (404, C(no profile); a connector lets the visitor pass on every status but 200 and 403), that a
website is also known by its C(www.) name, and that a paused website grants everything.
"""

from __future__ import annotations

import dataclasses
import ipaddress
import typing
import zlib

from ..model import bare
from ..world import World
from .api import Answer

METHOD = "POST /v2.1/check"

_LARGEST_REQUEST = 64 * 1024 * 1024
_TEXT = "text/plain; charset=utf-8"


@dataclasses.dataclass(frozen=True)
class Call:
    """
    A call that was read. C(host) and C(agent) are from the request of the visitor, C(visitor) is its address.

    C(problem) says why the call is not one of this API.
    """

    host: str | None = None
    agent: str = ""
    visitor: str | None = None
    problem: str = ""


def read(headers: typing.Mapping[str, str], body: bytes) -> Call:
    """Read a call from its HTTP headers (their names in lower case) and its body."""
    try:
        visitor = _origin(headers)
        request = _headers_of(_plain(headers, body))
    except ValueError as problem:
        return Call(problem=str(problem))
    host = request.get("host", "").rpartition(":")[0] or request.get("host", "")
    if not host:
        return Call(visitor=visitor, problem="the request of the visitor has no Host header")
    return Call(host.rstrip(".").lower(), request.get("user-agent", ""), visitor)


def perform(world: World, call: Call) -> Answer:
    """What to do with the visitor."""
    if call.host is None:
        return Answer(400, f"{call.problem}\n".encode(), f"refused: {call.problem}", _TEXT)
    with world.change():
        websites = world.websites_named(call.host) or world.websites_named(bare(call.host))
        agents = list(world.settings.bad_agents)
    if not websites:
        return Answer(404, b"no profile\n", "no profile", _TEXT)
    bad = any(call.agent.lower().startswith(agent.lower()) for agent in agents)
    if bad and websites[0].status == "online":
        headers = (("BG-X-Mitigation", "deny"), ("BG-X-Reason", "content_scrapers"))
        return Answer(403, b"", "deny: content_scrapers", _TEXT, headers)
    return Answer(200, b"", "grant", _TEXT, (("BG-X-Mitigation", "grant"),))


def _origin(headers: typing.Mapping[str, str]) -> str:
    """The address of the visitor. Raises ValueError when one of the four headers is missing or has no such value."""
    given = {
        name: headers.get(name.lower(), "") for name in ("BG-RemoteAddr", "BG-RemotePort", "BG-ConnAddr", "BG-SSLProto")
    }
    for name, value in given.items():
        if not value:
            raise ValueError(f"the header {name} is missing")
    for name in ("BG-RemoteAddr", "BG-ConnAddr"):
        ipaddress.ip_address(given[name])
    if not given["BG-RemotePort"].isdigit() or not 0 < int(given["BG-RemotePort"]) < 65536:
        raise ValueError("BG-RemotePort is not the number of a port")
    return given["BG-RemoteAddr"]


def _plain(headers: typing.Mapping[str, str], body: bytes) -> bytes:
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "text/plain":
        raise ValueError("the body is not text/plain")
    if headers.get("content-encoding", "").strip().lower() != "gzip":
        return body
    try:
        return zlib.decompressobj(wbits=31).decompress(body, _LARGEST_REQUEST)
    except zlib.error:
        raise ValueError("the body is not gzip, and its header says so") from None


def _headers_of(request: bytes) -> dict[str, str]:
    """The headers of a raw request, by name in lower case; the first one of a name. Raises ValueError."""
    head = request.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("latin-1")
    line, *lines = head.split("\n")
    if len(line.split(" ")) != 3 or not line.rpartition(" ")[2].startswith("HTTP/"):
        raise ValueError("the body does not begin with a request line")
    found: dict[str, str] = {}
    for one in lines:
        name, mark, value = one.partition(":")
        if mark:
            found.setdefault(name.strip().lower(), value.strip())
    return found
