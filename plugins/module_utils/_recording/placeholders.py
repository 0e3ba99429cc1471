# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands for the data of an answer: the same for the same value, as long as the task lives.

The only link from a value to what stands for it is in memory, and ends with the task. Nothing is derived from a value,
so nothing can be tried on a file.
"""

from __future__ import annotations

import threading

from ansible_collections.hosting.websec.plugins.module_utils._addresses import Address, parse_network
from ansible_collections.hosting.websec.plugins.module_utils._recording.words import COUNTRIES, VENDOR_DOMAINS

MOST = 100_000
"""Values of a kind that are told apart."""

# For documentation (RFC 5737), and more of them for benchmarks (RFC 2544).
_IPV4 = [parse_network(each) for each in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15")]
_IPV6 = parse_network("2001:db8::/32")
_FIRST_ID = 1001


class Placeholders:
    """Of one task. Safe to use from many threads."""

    def __init__(self) -> None:
        self._numbers: dict[str, dict[str, int]] = {}
        self._lock = threading.Lock()

    def _number(self, kind: str, value: str) -> int:
        """Counts from 1, in the order in which the values came. C(0): there were too many."""
        with self._lock:
            known = self._numbers.setdefault(kind, {})
            return known.get(value) or (known.setdefault(value, len(known) + 1) if len(known) < MOST else 0)

    def identifier(self, value: str) -> int:
        return _FIRST_ID - 1 + self._number("id", value)

    def word(self, value: str) -> str:
        """For a part of a name, or a word of a text."""
        return f"x{self._number('word', value)}"

    def text(self, value: str) -> str:
        """For anything that has no form."""
        return f"{'Text ' if ' ' in value else 'text-'}{self._number('text', value)}"

    def email(self, value: str) -> str:
        _user, _at, domain = value.rpartition("@")
        return f"user-{self._number('email', value.lower())}@{self.domain(domain)}"

    def domain(self, value: str) -> str:
        """C(site-1.example). A C(www.), a C(*.), a dot at the end and the domain of a vendor stay."""
        dot = "." if value.endswith(".") else ""
        name = value[: len(value) - len(dot)].lower()
        start = next((each for each in ("www.", "*.") if name.startswith(each)), "")
        name = name[len(start) :]
        if name in VENDOR_DOMAINS:
            return f"{start}{name}{dot}"
        of_vendor = next((each for each in VENDOR_DOMAINS if name.endswith(f".{each}")), None)
        if of_vendor is not None:
            return f"{start}name-{self._number('vendor', name)}.{of_vendor}{dot}"
        return f"{start}site-{self._number('domain', name)}.example{dot}"

    def address(self, value: Address) -> str:
        number = self._number(f"ipv{value.version}", str(value))
        if value.version == 6:
            return str(_IPV6[number])
        for network in _IPV4:
            if number < network.num_addresses - 1:
                return str(network[number])
            number -= network.num_addresses - 2
        return str(_IPV4[-1][0])

    def network(self, value: str, version: int, bits: int) -> str:
        """:param bits: those after the slash."""
        block = _IPV4[-1] if version == 4 else _IPV6
        bits = max(bits, block.prefixlen)
        step = 1 << (block.max_prefixlen - bits)
        offset = self._number(f"network{version}", value) * step % block.num_addresses
        return f"{block[offset]}/{bits}"

    def country(self, value: str) -> str:
        return COUNTRIES[(self._number("country", value) - 1) % len(COUNTRIES)]
