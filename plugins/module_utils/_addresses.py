# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IP addresses, networks and host names: the only place that parses them.

Everything that is written (a configuration, a request, a record) uses the parsed value. Python accepts more than other
programs: a zone index (C(fe80::1%eth0)) can contain any text, even line breaks, and some versions accept leading zeros,
which other programs read as octal. Both are refused here.
"""

from __future__ import annotations

import bisect
import ipaddress
import re
import typing as t

Address = t.Union[ipaddress.IPv4Address, ipaddress.IPv6Address]
Network = t.Union[ipaddress.IPv4Network, ipaddress.IPv6Network]

_CHARACTERS = re.compile(r"[0-9A-Fa-f:.]+", re.ASCII)
_LEADING_ZERO = re.compile(r"(?:^|[.:])0[0-9]+(?=\.|$)", re.ASCII)
# With the underscore, which server names may contain.
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII | re.IGNORECASE)
_MAX_NAME = 253

_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_MAPPED_BITS = 96
_PUBLIC_IPV6 = ipaddress.IPv6Network("2000::/3")


def parse_address(text: object) -> Address:
    """Parse ``text`` as an IP address.

    :raises ValueError: it is not an address. The text says why.
    """
    value = str(text)
    _refuse_foreign(value)
    return ipaddress.ip_address(value)


def find_address(text: object) -> Address | None:
    """Parse ``text`` as an IP address; C(None) if it is not one."""
    try:
        return parse_address(text)
    except ValueError:
        return None


def unmapped(address: Address) -> Address:
    """The IPv4 address of an IPv4-mapped one (C(::ffff:192.0.2.1)); any other address unchanged.

    Servers and firewalls treat the two as different, and Python's spelling of the mapped one depends on its version.
    """
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def parse_network(text: object) -> Network:
    """Parse ``text`` as a network: an address, alone or with a prefix length or a mask.

    Host bits are ignored; an IPv4-mapped network counts as the IPv4 network.

    :raises ValueError: it is not a network. The text says why.
    """
    address, slash, mask = str(text).partition("/")
    _refuse_foreign(address)
    if slash:
        _refuse_foreign(mask)
    network = ipaddress.ip_network(f"{address}{slash}{mask}", strict=False)
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_MAPPED):
        start = unmapped(network.network_address)
        return ipaddress.ip_network(f"{start}/{network.prefixlen - _MAPPED_BITS}")
    return network


def parse_range(first: object, last: object) -> list[Network]:
    """The networks that make up the addresses from ``first`` to ``last``.

    :raises ValueError: one is not an address, their versions differ, or the last one precedes the first one.
    """
    start, end = unmapped(parse_address(first)), unmapped(parse_address(last))
    if start.version != end.version:
        raise ValueError(f"{start} and {end} are not the same IP version")
    return list(ipaddress.summarize_address_range(start, end))


class NetworkSet:
    """Networks in which others are looked up, as fast in a hundred thousand as in ten."""

    def __init__(self, networks: t.Iterable[Network]) -> None:
        """:param networks: of any version; they may overlap."""
        given = list(networks)
        ipv4 = ipaddress.collapse_addresses(each for each in given if isinstance(each, ipaddress.IPv4Network))
        ipv6 = ipaddress.collapse_addresses(each for each in given if isinstance(each, ipaddress.IPv6Network))
        self._spans: dict[int, list[tuple[int, int]]] = {4: _spans(ipv4), 6: _spans(ipv6)}

    def __contains__(self, network: Network) -> bool:
        spans = self._spans[network.version]
        first, last = int(network.network_address), int(network.broadcast_address)
        before = bisect.bisect_right(spans, (first, 1 << 128)) - 1
        return before >= 0 and last <= spans[before][1]


def _spans(networks: t.Iterable[Network]) -> list[tuple[int, int]]:
    """First and last address of each run of adjacent networks, in order."""
    runs: list[tuple[int, int]] = []
    for first, last in sorted((int(each.network_address), int(each.broadcast_address)) for each in networks):
        if runs and first == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], last)
        else:
            runs.append((first, last))
    return runs


def network_text(network: Network) -> str:
    """The network for people; one that is a single address without its prefix length."""
    return str(network.network_address if network.prefixlen == network.max_prefixlen else network)


def too_wide(networks: t.Iterable[Network]) -> str:
    """Why ``networks`` are too wide to be trusted, as the object of C(they contain ...). Empty: they are not.

    The limit is half of all addresses, far more than any proxy has, so a set of networks with gaps is detected too. For
    IPv6 it is half of the public addresses.
    """
    given = list(networks)
    ipv4 = ipaddress.collapse_addresses(each for each in given if isinstance(each, ipaddress.IPv4Network))
    ipv6 = list(ipaddress.collapse_addresses(each for each in given if isinstance(each, ipaddress.IPv6Network)))
    if sum(each.num_addresses for each in ipv4) >= 2**31 or any(_MAPPED.subnet_of(each) for each in ipv6):
        return "half of all IPv4 addresses or more"
    # Of two overlapping networks one contains the other.
    public = [min(each, _PUBLIC_IPV6, key=_size) for each in ipv6 if each.overlaps(_PUBLIC_IPV6)]
    return "half of all public IPv6 addresses or more" if 2 * sum(map(_size, public)) >= _size(_PUBLIC_IPV6) else ""


def is_host_name(text: str) -> bool:
    """Whether ``text`` can be a host name: labels of letters, digits, hyphens and underscores.

    A text that ends with a number is an invalid IPv4 address.
    """
    name = text[:-1] if text.endswith(".") else text
    labels = name.split(".")
    return len(name) <= _MAX_NAME and all(map(_LABEL.fullmatch, labels)) and not _NUMBER.fullmatch(labels[-1])


def _size(network: ipaddress.IPv6Network) -> int:
    return network.num_addresses


def _refuse_foreign(text: str) -> None:
    if "%" in text:
        raise ValueError("an address with a zone index (%) is not accepted")
    if not _CHARACTERS.fullmatch(text):
        raise ValueError("an address has only digits, letters from a to f, ':' and '.'")
    if "." in text and _LEADING_ZERO.search(text):
        raise ValueError("a number with a leading zero is ambiguous: some programs read it as octal")
