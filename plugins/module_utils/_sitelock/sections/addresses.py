# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses, networks and ranges in lists of the API, compared as what they contain and not as text."""

from __future__ import annotations

import dataclasses
import functools
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._addresses import (
    Address,
    Network,
    network_text,
    parse_network,
    parse_range,
    too_wide,
)
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given


@dataclasses.dataclass(frozen=True)
class AddressRange:
    """All addresses from the first to the last one.

    :param text: as it was written. Two ranges of the same addresses are equal, however they were written.
    """

    first: Address
    last: Address
    text: str = dataclasses.field(compare=False)

    def __str__(self) -> str:
        return self.text

    @property
    def networks(self) -> list[Network]:
        """The networks that it consists of."""
        return parse_range(self.first, self.last)

    def is_within(self, others: t.Iterable[AddressRange]) -> bool:
        """Whether one of ``others`` contains it."""
        return any(
            other.first.version == self.first.version
            and int(other.first) <= int(self.first)
            and int(self.last) <= int(other.last)
            for other in others
        )


def parse_addresses(text: object) -> AddressRange:
    """An address, a network, or C(first-last).

    :raises ValueError: it is none. The text says why.
    """
    return _parse(str(text).strip())


@functools.lru_cache(65_536)  # Thousands of sites follow the same policy.
def _parse(written: str) -> AddressRange:
    first, dash, last = (part.strip() for part in written.partition("-"))
    networks = parse_range(first, last) if dash else [parse_network(written)]
    return AddressRange(
        networks[0].network_address,
        networks[-1].broadcast_address,
        f"{first}-{last}" if dash else network_text(networks[0]),
    )


def is_everybody(addresses: t.Iterable[AddressRange]) -> bool:
    """Whether they are so many that hardly any visitor has another one."""
    return bool(too_wide(network for each in addresses for network in each.networks))


def given_addresses(given: Given, name: str) -> list[AddressRange]:
    """The addresses in a list of an entry.

    :raises BadInputError: one is none.
    """

    def read(value: t.Any, place: str) -> AddressRange:
        try:
            if not isinstance(value, str):
                raise ValueError("it is no text")
            return parse_addresses(value)
        except ValueError as problem:
            raise given.refusal(
                place,
                value,
                f"an IP address, a network such as 192.0.2.0/24, or a range such as 192.0.2.1-192.0.2.9 ({problem})",
            ) from None

    return given.each(name, read)


def told_addresses(texts: t.Iterable[str], where: str) -> list[AddressRange]:
    """The addresses in an answer.

    :raises BadResponseError: one is none.
    """
    try:
        # As it is written there: that is how it is removed.
        return [dataclasses.replace(parse_addresses(each), text=each) for each in texts]
    except ValueError as problem:
        raise BadResponseError(
            f"{where}: the response of the SiteLock API contains an address that cannot be read: {problem}."
        ) from None
