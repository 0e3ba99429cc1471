# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who calls: user, password, address and certificate name must all belong to one client."""

from __future__ import annotations

import collections
import hashlib
import hmac
import ipaddress
import secrets
import threading
import typing as t

from . import passwords
from .clients import Address, Client, Clients
from .refusals import RefusedError

_MAX_ADDRESSES = 10_000
_MAX_VERIFIED = 4096
# One message for every reason: the caller does not learn which part was right. The audit log has the reason.
_MESSAGE = "Authentication failed. Check user and password, and that this client may call from here."


class Tries:
    """Wrong tries by address, in a sliding window.

    :param limit: of tries in a window.
    :param window: its length in seconds.
    :param clock: seconds that only grow.
    """

    def __init__(self, limit: int, window: float, clock: t.Callable[[], float]) -> None:
        self.limit = limit
        self.window = window
        self._clock = clock
        self._lock = threading.Lock()
        self._times: collections.OrderedDict[str, collections.deque[float]] = collections.OrderedDict()

    def begin(self, address: Address, clients: Clients) -> None:
        """Count a try, before the password is looked at, so that parallel tries count too.

        :param clients: their networks say from which addresses the same caller could come.
        :raises RefusedError: there were too many.
        """
        key, now = _tried_from(address, clients), self._clock()
        with self._lock:
            times = self._times.setdefault(key, collections.deque())
            self._times.move_to_end(key)
            while times and times[0] <= now - self.window:
                times.popleft()
            if len(times) >= self.limit:
                raise RefusedError("too_many_tries", "Too many failed logins from this address. Wait, then retry.", 429)
            times.append(now)
            while len(self._times) > _MAX_ADDRESSES:
                self._times.popitem(last=False)

    def succeeded(self, address: Address, clients: Clients) -> None:
        """Take back the last counted try: it was a right one."""
        with self._lock:
            times = self._times.get(_tried_from(address, clients))
            if times:
                times.pop()


def _tried_from(address: Address, clients: Clients) -> str:
    """Who has one IPv6 address has all of its /64, as far as the table lets them in: a neighbour with an address of its
    own in the table has its own tries."""
    networks = [network for client in clients.values() for network in client.networks if address in network]
    widest = min((network.prefixlen for network in networks), default=0)
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((int(address), max(widest, 64)), strict=False))


class Authenticator:
    """Checks passwords. A password that was right is remembered as a keyed hash, because the slow one is too slow for
    every request; the key is made anew in each process, and is never written."""

    def __init__(self, tries: Tries) -> None:
        self._tries = tries
        self._key = secrets.token_bytes(32)
        self._verified: collections.OrderedDict[bytes, None] = collections.OrderedDict()

    def remembered(
        self, clients: Clients, user: str, password: str, address: Address, certificate: str | None
    ) -> Client | None:
        """Return who calls if all of it is right and the password was right before. It does not block."""
        client = clients.get(user)
        if client is None or _wrong_place(client, address, certificate):
            return None
        return client if self._mark(client, password) in self._verified else None

    def client(self, clients: Clients, user: str, password: str, address: Address, certificate: str | None) -> Client:
        """Return who calls. It blocks for as long as the slow hash takes.

        :param certificate: name in the verified certificate of the connection; None: there is none.
        :raises RefusedError: anything does not fit. C(reason) says what.
        """
        self._tries.begin(address, clients)
        client = clients.get(user)
        # The right password from a wrong place takes as long as a wrong one, and an unknown user as long as a client.
        right = passwords.matches(password, (client or self._stand_in(clients, user)).password_hash)
        if client is None or not right:
            raise RefusedError("credentials", _MESSAGE)
        wrong = _wrong_place(client, address, certificate)
        if wrong:
            raise RefusedError(wrong, _MESSAGE)
        self._tries.succeeded(address, clients)
        self._verified[self._mark(client, password)] = None
        while len(self._verified) > _MAX_VERIFIED:
            self._verified.popitem(last=False)
        return client

    def _stand_in(self, clients: Clients, user: str) -> Client:
        """A client whose hash an unknown user is tried with, so that its form and its cost say nothing: for a user it
        is always the same one, and nobody can know which."""
        number = int.from_bytes(hmac.digest(self._key, user.encode(), "sha256"), "big")
        return list(clients.values())[number % len(clients)]

    def _mark(self, client: Client, password: str) -> bytes:
        """It depends on the stored hash, so a changed password is not taken for the old one."""
        parts = (client.name, client.password_hash, password)
        text = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
        return hmac.new(self._key, text, hashlib.sha256).digest()


def _wrong_place(client: Client, address: Address, certificate: str | None) -> str | None:
    if not client.is_at(address):
        return "address"
    if client.certificate is not None and (certificate or "").lower() != client.certificate.lower():
        return "certificate"
    return None
