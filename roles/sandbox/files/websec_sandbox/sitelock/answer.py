# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Building the XML answers."""

from __future__ import annotations

import dataclasses
import typing

from lxml import etree

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>\n'

PARSE_ERROR = "Could not parse XML request"


@dataclasses.dataclass(frozen=True)
class Answer:
    """
    An HTTP answer: its status, its body, and what the journal says about it.

    C(stream) is the body of a long answer in blocks; it is called with the portion of it that is sent.
    """

    status: int
    body: bytes
    outcome: str
    content_type: str = "text/xml; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    stream: typing.Callable[[float], typing.Iterator[bytes]] | None = None


def node(tag: str, /, *children: etree._Element | None, text: str | None = None, **attributes: str) -> etree._Element:
    """An element; children that are None are left out."""
    element = etree.Element(tag, attributes)
    element.text = text
    element.extend([child for child in children if child is not None])
    return element


def texts(**values: str | int | None) -> list[etree._Element]:
    """Elements with text, in this order; None is left out."""
    return [node(name, text=str(value)) for name, value in values.items() if value is not None]


def ok(*children: etree._Element, outcome: str = "ok") -> Answer:
    """HTTP 200 with C(children) below the root of an answer."""
    return Answer(200, document(*children), outcome)


def error(status: int, method: str, message: str, code: str | None = None, reason: str = "") -> Answer:
    """The error shape C(METHOD/error), with a numeric code as its attribute; C(reason) goes to the journal only."""
    attributes = {} if code is None else {"code": code}
    outcome = f"error: {message}" + (f": {reason}" if reason else "")
    return Answer(status, document(node(method, node("error", text=message, **attributes))), outcome)


def parse_error(method: str, reason: str) -> Answer:
    """What the API says to a request that it does not understand; C(reason) goes to the journal only."""
    problem = node("error", text=PARSE_ERROR)
    return Answer(500, document(node(method, problem) if method else problem), f"refused: {reason}")


def document(*children: etree._Element) -> bytes:
    """A complete answer."""
    root = node("SiteLockOnlineResponse", *children)
    etree.indent(root, space="    ")
    body: bytes = etree.tostring(root, encoding="utf-8")
    return _DECLARATION + body + b"\n"


def untidy(elements: typing.Iterable[etree._Element]) -> None:
    """Put blanks and line breaks around values, as some documented examples have them."""
    for element in elements:
        element.text = (
            f"{element.text} " if element.tag == "dns_record_domain" else f"{element.text}\n                    "
        )
