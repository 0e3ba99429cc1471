# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses, networks and ranges as the lists of the firewall have them."""

from __future__ import annotations

import ipaddress
import typing

from lxml import etree

from ..settings import Settings
from .answer import node
from .methods import invalid

Span = tuple[int, int, int]
"""The IP version, the first and the last address."""


def span(text: str) -> Span:
    """What an address, a network or a range C(a-b) covers. Raises ValueError."""
    first, dash, last = text.partition("-")
    if dash:
        ends = ipaddress.ip_address(first.strip()), ipaddress.ip_address(last.strip())
        if ends[0].version != ends[1].version or int(ends[0]) > int(ends[1]):
            raise ValueError(f"{text} is not a range")
        return ends[0].version, int(ends[0]), int(ends[1])
    network = ipaddress.ip_network(text)
    return network.version, int(network.network_address), int(network.broadcast_address)


def refuse_invalid(ips: typing.Iterable[str]) -> None:
    """Raises WafError for the first that is no address, network or range."""
    for ip in ips:
        if not _is_valid(ip):
            raise invalid(f"{ip} is not an address, a network or a range")


def _is_valid(text: str) -> bool:
    try:
        span(text)
    except ValueError:
        return False
    return True


def elements(settings: Settings, ips: typing.Iterable[str]) -> list[etree._Element]:
    """Addresses as elements; whether the API keeps the form in which they were sent is not documented."""
    return [node("ip", text=_as_range(ip) if settings.ip_form == "range" else ip) for ip in ips]


def _as_range(text: str) -> str:
    version, first, last = span(text)
    kind = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
    return str(kind(first)) if first == last else f"{kind(first)}-{kind(last)}"
