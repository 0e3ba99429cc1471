# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the faults do to an answer: the bytes and the manner in which they are sent."""

from __future__ import annotations

import dataclasses
import html
import json
import re
import time
import typing

from .faults import Fault
from .service import Reply

_PAGE = b"<!DOCTYPE html>\n<html><head><title>Service</title></head><body><h1>We will be back soon</h1></body></html>\n"
_HTML = "text/html; charset=utf-8"
_BLOCK = b"x" * 65536
# What can become of a long answer, or does nothing to it.
_OF_STREAMS = ("cut", "truncated", "slow", "other_subject", "odd_values", "secret_in_answer")
_ENTITY_BOMB = (
    b'<?xml version="1.0"?>\n<!DOCTYPE bomb [\n<!ENTITY a0 "boom">\n'
    + b"".join(b'<!ENTITY a%d "%s">\n' % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 10))
    + b"]>\n<SiteLockOnlineResponse><error>&a9;</error></SiteLockOnlineResponse>\n"
)


@dataclasses.dataclass(frozen=True)
class Wire:
    """
    What is sent. C(status) None: nothing, the connection is closed.

    C(body) is bytes, or blocks that are sent one after the other: C(chunked), or without a length. C(announced) is the
    Content-Length when it is not the true one. C(close): the connection ends after it, and chunks have no end then.
    """

    status: int | None
    content_type: str = _HTML
    body: bytes | typing.Iterator[bytes] = b""
    headers: tuple[tuple[str, str], ...] = ()
    announced: int | None = None
    chunked: bool = False
    close: bool = False


def wire(reply: Reply, api: str) -> Wire:
    """How C(reply) of C(api) is sent. Waits for the fault C(slow)."""
    fault = reply.fault
    if reply.stream and (fault is None or fault.kind in _OF_STREAMS):
        return _streamed(reply, reply.stream, fault)
    if fault is None:
        return Wire(reply.status, reply.content_type, reply.body, reply.headers)
    if fault.kind == "echo_password":
        return _echo(reply, api)
    return _DAMAGES[fault.kind](reply, fault)


def _retry_after(fault: Fault) -> tuple[tuple[str, str], ...]:
    return () if fault.seconds is None else (("Retry-After", str(int(fault.seconds))),)


def _slow(reply: Reply, fault: Fault) -> Wire:
    time.sleep(5.0 if fault.seconds is None else fault.seconds)
    return Wire(reply.status, reply.content_type, reply.body, reply.headers)


def _streamed(reply: Reply, stream: typing.Callable[[float], typing.Iterator[bytes]], fault: Fault | None) -> Wire:
    kind = fault.kind if fault else ""
    if fault and kind == "slow":
        time.sleep(5.0 if fault.seconds is None else fault.seconds)
    blocks = stream(2 / 3 if kind in ("cut", "truncated") else 1.0)
    return Wire(reply.status, reply.content_type, blocks, reply.headers, chunked=True, close=kind == "cut")


def _half(reply: Reply) -> bytes:
    return reply.body[: len(reply.body) * 2 // 3]


def _echo(reply: Reply, api: str) -> Wire:
    message = f"Request refused: login with {reply.secret} failed"
    if api != "sitelock":
        return Wire(reply.status, "application/json", json.dumps({"status": "error", "message": message}).encode())
    body = f"<SiteLockOnlineResponse><error>{html.escape(message)}</error></SiteLockOnlineResponse>"
    return Wire(reply.status, "text/xml; charset=utf-8", body.encode())


def _changed(reply: Reply, body: bytes) -> Wire:
    return Wire(reply.status, reply.content_type, body, reply.headers)


def _other_subject(reply: Reply, _fault: Fault) -> Wire:
    """A whole answer, about another site or website."""
    if b"<SiteLockOnlineResponse>" not in reply.body:
        return _changed(reply, re.sub(rb'("domain": ?")[^"]*', rb"\1somebody-else.example", reply.body))
    body = re.sub(rb"(<site_id>|\bsite_id=\")[0-9]+", rb"\g<1>999999", reply.body)
    if re.search(rb"<(checkDomain|checkLogin|passwordReset|getLastAcceptedTOS|provisionAccount)>", body):
        body = re.sub(rb"(<(domain|login|user)>)[^<]*", rb"\1somebody-else.example", body)
        body = re.sub(rb"(<account_id>)[0-9]+", rb"\g<1>999999", body)
    if b"<getStatus>" in body:
        body = re.sub(rb"(<accountInformation>\s*<id>)[0-9]+", rb"\g<1>999999", body)
        body = re.sub(rb"(<(login|reseller_account_id)>)[^<]*", rb"\1somebody-else.example", body)
    first = rb"(<SiteLockOnlineResponse>\s*<\w+)(?![^>]*\bsite_id=)"
    return _changed(reply, re.sub(first, rb'\1 site_id="999999"', body, count=1))


def _odd_values(reply: Reply, _fault: Fault) -> Wire:
    """A whole answer, whose numbers are none that a program can count with."""
    if b"<SiteLockOnlineResponse>" not in reply.body:
        return _changed(reply, reply.body.replace(b"{", b'{"number": 1e999, "text": "\\ud800", ', 1))
    odd = "\u00b2".encode() + b"9" * 5000
    body, count = re.subn(rb"(?<=>)[0-9]+(?=<)", odd, reply.body)
    # Some answers have their values in attributes only.
    return _changed(reply, body if count else re.sub(rb'(?<==")[0-9]+(?=")', odd, body))


def _secret_in_answer(reply: Reply, _fault: Fault) -> Wire:
    """A whole answer that also repeats the password or the key, escaped twice."""
    escaped = html.escape("".join(f"&#{ord(character)};" for character in reply.secret))
    if b"<SiteLockOnlineResponse>" not in reply.body:
        return _changed(reply, reply.body.replace(b"{", b'{"note": "%s", ' % escaped.encode(), 1))
    message = f"<message>login with {escaped}</message>".encode()
    return _changed(reply, re.sub(rb"(?=</\w+>\s*</SiteLockOnlineResponse>)", message, reply.body, count=1))


def _endless(megabytes: int) -> typing.Iterator[bytes]:
    yield b"<SiteLockOnlineResponse><error>"
    for _block in range(megabytes * 16):
        yield _BLOCK


_DAMAGES: dict[str, typing.Callable[[Reply, Fault], Wire]] = {
    "lost_request": lambda _reply, _fault: Wire(None, close=True),
    "lost_answer": lambda _reply, _fault: Wire(None, close=True),
    "http_500": lambda _reply, _fault: Wire(500, body=_PAGE),
    "http_500_after": lambda _reply, _fault: Wire(500, body=_PAGE),
    "http_503": lambda _reply, fault: Wire(503, body=_PAGE, headers=_retry_after(fault)),
    "http_429": lambda _reply, fault: Wire(429, body=_PAGE, headers=_retry_after(fault) or (("Retry-After", "1"),)),
    "html": lambda _reply, _fault: Wire(200, body=_PAGE),
    "html_after": lambda _reply, _fault: Wire(200, body=_PAGE),
    "refuse_403": lambda _reply, _fault: Wire(403, body=_PAGE),
    "redirect": lambda _reply, _fault: Wire(302, headers=(("Location", "/elsewhere"),)),
    "cut": lambda reply, _fault: Wire(
        reply.status, reply.content_type, _half(reply), announced=len(reply.body), close=True
    ),
    "truncated": lambda reply, _fault: Wire(reply.status, reply.content_type, _half(reply)),
    "doctype": lambda _reply, _fault: Wire(200, "text/xml; charset=utf-8", _ENTITY_BOMB),
    "huge": lambda reply, fault: Wire(200, reply.content_type, _endless(fault.megabytes), close=True),
    "slow": _slow,
    "other_subject": _other_subject,
    "odd_values": _odd_values,
    "secret_in_answer": _secret_in_answer,
}
