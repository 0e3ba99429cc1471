# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client table: who may do what. It is checked as a whole before it is used."""

from __future__ import annotations

import dataclasses
import ipaddress
import re
import typing as t
import unicodedata

from . import passwords
from .table import EFFECTS, Table

Network = t.Union[ipaddress.IPv4Network, ipaddress.IPv6Network]
Address = t.Union[ipaddress.IPv4Address, ipaddress.IPv6Address]


class BadTableError(ValueError):
    """The client table cannot be used. The text names the client and says why."""


@dataclasses.dataclass(frozen=True)
class Client:
    """One client of the relay.

    :param name: it is also the user name.
    :param certificate: the name in its TLS certificate; None: it needs none.
    :param methods: what it may call, with what has one of the C(effects).
    :param account_ids: and C(site_ids): what it may name; with both None, anything.
    :param orders_per_day: None: no limit.
    """

    name: str
    networks: tuple[Network, ...]
    password_hash: str = dataclasses.field(repr=False)
    certificate: str | None = None
    methods: frozenset[str] = frozenset()
    effects: frozenset[str] = frozenset()
    account_ids: frozenset[str] | None = None
    site_ids: frozenset[str] | None = None
    orders_per_day: int | None = None

    def is_at(self, address: Address) -> bool:
        """Whether the client may call from this address."""
        return any(address in network for network in self.networks)


Clients = t.Mapping[str, Client]
# As nginx takes it too. Python alone would take a mask in dots, and a zone with any text in it.
_NETWORK = re.compile(r"[0-9A-Fa-f:.]+(/[0-9]{1,3})?")
# What the map in the configuration of nginx can find.
_CERTIFICATE = re.compile(r"[A-Za-z0-9._-]{1,64}")


def load(entries: t.Any, table: Table) -> Clients:
    """Return the clients by name.

    :param entries: the list in the form of the role's variable C(sitelock_relay_clients).
    :raises BadTableError: an entry is wrong.
    """
    if not isinstance(entries, list) or not entries:
        raise BadTableError("The client table must be a list with at least one client.")
    clients: dict[str, Client] = {}
    names: dict[str, str] = {}
    certificates: dict[str, str] = {}
    for number, entry in enumerate(entries, 1):
        client = _client(entry, number, table)
        if client.name in clients:
            raise BadTableError(f"Two clients have the name {client.name}.")
        # They would be one for who reads the audit log.
        alike = names.setdefault(unicodedata.normalize("NFKC", client.name).casefold(), client.name)
        if alike != client.name:
            raise BadTableError(f"The names {alike} and {client.name} differ only in the form of their letters.")
        clients[client.name] = client
        if client.certificate is not None:
            folded = client.certificate.lower()
            if folded in certificates:
                raise BadTableError(f"{client.name} has the same certificate name as {certificates[folded]}.")
            certificates[folded] = client.name
    return clients


def address(text: str) -> Address:
    """Return an address; an IPv4 one in IPv6 form is the IPv4 one.

    :raises ValueError: it is no address.
    """
    found = ipaddress.ip_address(text)
    return getattr(found, "ipv4_mapped", None) or found


def _client(entry: t.Any, number: int, table: Table) -> Client:
    if not isinstance(entry, dict):
        raise BadTableError(f"Client {number} is not a dictionary.")
    name = entry.get("name")
    if not isinstance(name, str) or not name.isprintable() or name != name.strip() or not 0 < len(name) <= 64:
        raise BadTableError(
            f"Client {number} has no name, or one that is not a printable text of up to 64 characters without a blank "
            "at its ends."
        )
    try:
        return _checked(entry, name, table)
    except ValueError as error:
        raise BadTableError(f"Client {name}: {error}.") from None


def _checked(entry: t.Mapping[str, t.Any], name: str, table: Table) -> Client:
    unknown = entry.keys() - {field.name for field in dataclasses.fields(Client)}
    if unknown:
        raise ValueError(f"unknown keys: {', '.join(sorted(map(str, unknown)))}")
    networks = tuple(map(_network, _texts(entry, "networks")))
    if not networks:
        raise ValueError("it has no networks")
    password_hash = entry.get("password_hash")
    wrong = "it is missing" if not isinstance(password_hash, str) else passwords.problem(password_hash)
    if not isinstance(password_hash, str) or wrong:
        raise ValueError(f"password_hash cannot be used: {wrong}")
    methods, effects = frozenset(_texts(entry, "methods")), frozenset(_texts(entry, "effects"))
    for what, missing in (("methods", methods - table.keys()), ("effects", effects - set(EFFECTS))):
        if missing:
            raise ValueError(f"unknown {what}: {', '.join(sorted(missing))}")
    if not methods and not effects:
        raise ValueError("it has neither methods nor effects")
    certificate = entry.get("certificate")
    if certificate is not None and (not isinstance(certificate, str) or not _CERTIFICATE.fullmatch(certificate)):
        raise ValueError("certificate must be a name of letters, digits, dots, hyphens and underscores")
    return Client(
        name,
        networks,
        password_hash,
        certificate,
        methods,
        effects,
        _ids(entry, "account_ids"),
        _ids(entry, "site_ids"),
        _number(entry, "orders_per_day"),
    )


def _network(text: str) -> Network:
    if not _NETWORK.fullmatch(text):
        raise ValueError("a network must be an address, or an address and the length of its prefix")
    network = ipaddress.ip_network(text)
    if isinstance(network, ipaddress.IPv6Network) and network.network_address.ipv4_mapped:
        raise ValueError(f"{text} is an IPv4 network in IPv6 form. Write it as an IPv4 network")
    return network


def _texts(entry: t.Mapping[str, t.Any], key: str) -> list[str]:
    values = entry.get(key)
    values = [] if values is None else values
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError(f"{key} must be a list of texts")
    return values


def _ids(entry: t.Mapping[str, t.Any], key: str) -> frozenset[str] | None:
    values = entry.get(key)
    if values is None:
        return None
    if not isinstance(values, list) or not all(_is_number(value) and int(value) > 0 for value in values):
        raise ValueError(f"{key} must be a list of whole numbers")
    return frozenset(str(int(value)) for value in values)


def _number(entry: t.Mapping[str, t.Any], key: str) -> int | None:
    value = entry.get(key)
    if value is None:
        return None
    if not _is_number(value):
        raise ValueError(f"{key} must be a whole number")
    return int(value)


def _is_number(value: t.Any) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return 0 <= value < 10**18
    return isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18
