# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""getSiteLockIPs: the networks of SiteLock's services, by class.

Source: C(getsitelockips-...), of which only the start is public: C(active/class) with the attribute C(type). The names
of the entries below a class are unknown, so every text and attribute below it counts that is an address, a network, or
a range of addresses.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._addresses import (
    Network,
    parse_network,
    parse_range,
    too_wide,
)
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError, NotFoundError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import GET_SITELOCK_IPS

SCANNERS = "scan"
"""The class with the addresses that are always in the allow list of a site."""

_STARTS = frozenset({"start", "from", "first", "begin", "low", "min"})
_ENDS = frozenset({"end", "to", "last", "high", "max"})


@dataclasses.dataclass
class AddressClass:
    """``networks`` are sorted, without duplicates. ``unread`` are texts that are not networks, unchanged."""

    type: str
    networks: list[str]
    unread: list[str]


def read_classes(options: t.Mapping[str, t.Any]) -> list[AddressClass]:
    """Read the networks.

    :param options: connection options, and C(types): the classes to return, or C(None) for all of them.
    :raises NotFoundError: the response has no class of one of these types.
    """
    with SiteLockClient.from_options(options, read_only=True) as client:
        data = client.call(GET_SITELOCK_IPS, {})
    return chosen(classes_of(data), options["types"])


def classes_of(data: t.Mapping[str, t.Any]) -> list[AddressClass]:
    """The classes in the response ``data`` (see ``xml``), in their order. Classes of the same type are merged.

    :raises BadResponseError: there is no class, or the networks of one or of all are too large to be plausible.
    """
    found: dict[str, tuple[set[Network], list[str]]] = {}
    for element in _classes_in(data):
        name = str(element.get("@type", "") if isinstance(element, dict) else "").strip()
        networks, unread = found.setdefault(name, (set(), []))
        inner = (
            {key: value for key, value in element.items() if key != "@type"} if isinstance(element, dict) else element
        )
        _collect(inner, networks, unread)
    if not found:
        raise BadResponseError(
            f"{GET_SITELOCK_IPS.name}: the response of the SiteLock API contains no class of addresses.",
            hint="Report this: the API has changed.",
        )
    for name, (networks, _unread) in found.items():
        _refuse_everyone(f"of the class {name!r}", networks)
    together = {network for networks, _unread in found.values() for network in networks}
    _refuse_everyone("of all classes together", together)
    return [AddressClass(name, _sorted(networks), unread) for name, (networks, unread) in found.items()]


def _refuse_everyone(which: str, networks: t.Collection[Network]) -> None:
    """A firewall that allows such a list allows everybody."""
    problem = too_wide(networks)
    if problem:
        raise BadResponseError(
            f"{GET_SITELOCK_IPS.name}: the networks {which} contain {problem}.",
            hint="Nothing was used. Ask SiteLock which networks are right.",
        )


def chosen(classes: t.Sequence[AddressClass], types: t.Sequence[str] | None) -> list[AddressClass]:
    """The ``classes`` with one of ``types``, in the order of ``types``.

    :raises NotFoundError: a type has no class, or its class has no networks.
    """
    if types is None:
        return list(classes)
    by_type = {each.type.lower(): each for each in classes}
    wanted = list(dict.fromkeys(name.strip().lower() for name in types))
    missing = [name for name in wanted if name not in by_type or not by_type[name].networks]
    if missing:
        raise NotFoundError(
            f"{GET_SITELOCK_IPS.name}: the response contains no addresses of the class {', '.join(missing)}.",
            hint=f"Its classes are: {', '.join(each.type or '(no name)' for each in classes)}.",
        )
    return [by_type[name] for name in wanted]


def all_networks(classes: t.Iterable[AddressClass]) -> list[str]:
    """The networks of all ``classes``, sorted, without duplicates."""
    return _sorted({parse_network(network) for each in classes for network in each.networks})


def _classes_in(data: t.Any) -> t.Iterator[t.Any]:
    if isinstance(data, dict):
        for name, value in data.items():
            if name == "class":
                yield from value if isinstance(value, list) else [value]
            else:
                yield from _classes_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from _classes_in(value)


def _collect(value: t.Any, networks: set[Network], unread: list[str]) -> None:
    """Add every network below ``value`` to ``networks``, and every other text to ``unread``."""
    if isinstance(value, list):
        for each in value:
            _collect(each, networks, unread)
    elif isinstance(value, dict):
        for each in _with_ranges(value):
            _collect(each, networks, unread)
    elif value:
        parts = {part: _networks_in(part) for part in _without_blanks(str(value)).replace(",", " ").split()}
        if not any(parts.values()):
            unread.append(str(value))
        else:
            networks.update(network for read in parts.values() for network in read)
            unread += [part for part, read in parts.items() if not read]


def _without_blanks(text: str) -> str:
    """``text`` without the blanks around each C(-)."""
    return "-".join(part.strip() for part in text.split("-"))


def _with_ranges(element: dict[str, t.Any]) -> t.Iterator[t.Any]:
    """The content of an element. Two children (or attributes) that are the ends of a range become one text."""
    ends = [
        next((name for name, value in element.items() if _word(name) in words and isinstance(value, str)), None)
        for words in (_STARTS, _ENDS)
    ]
    start, end = ends
    if start and end:
        yield f"{element[start]}-{element[end]}"
    yield from (value for name, value in element.items() if not (start and end) or name not in ends)


def _word(name: str) -> str:
    return next((word for word in re.split(r"[^a-z]+", name.lower()) if word in _STARTS | _ENDS), "")


def _networks_in(text: str) -> list[Network]:
    try:
        first, *rest = text.split("-")
        if not rest:
            return [parse_network(first)]
        (last,) = rest
        return parse_range(first, last)
    except ValueError:
        return []


def _sorted(networks: t.Iterable[Network]) -> list[str]:
    ordered = sorted(networks, key=lambda network: (network.version, int(network.network_address), network.prefixlen))
    return [str(network) for network in ordered]
