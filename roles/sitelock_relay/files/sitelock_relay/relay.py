# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request from its arrival to its answer: understand, authenticate, authorize, send. It knows no HTTP server."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import dataclasses
import sqlite3
import time
import typing as t
import uuid

from . import authorization, document, owners
from .audit import Entry
from .authentication import Authenticator, Tries
from .clients import Client, address
from .config import Config
from .document import Request
from .lost import LostError
from .metrics import Metrics
from .orders import Orders
from .refusals import RefusedError, answer
from .table import Table
from .upstream import IsGone, Reply, Upstream, stays

_XML = {"content-type": "text/xml; charset=utf-8"}
# Each takes up to 128 MB while it runs (scrypt).
_HASHES_AT_ONCE = 2
# Of one client: a quarter of what goes to the vendor at once (upstream.py), so that no client can take all of it.
_CALLS_AT_ONCE = 32
# What says that the vendor could not answer a question, and not that it has an answer.
_NO_ANSWER = (429, 502, 503, 504)


@dataclasses.dataclass(frozen=True)
class Peer:
    """Who is connected, as nginx says.

    :param address: text of the address.
    :param certificate: name in the verified certificate; None: there is none.
    """

    address: str
    certificate: str | None = None


class Relay:
    """The relay.

    :param secret: password of the partner; with OAuth, only C(upstream) uses one.
    :param write: takes a line of the audit log. C(OSError): it could not be written everywhere.
    :param clock: seconds that only grow. :param now: the time in UTC.
    """

    def __init__(
        self,
        config: Config,
        table: Table,
        secret: str,
        upstream: Upstream,
        orders: Orders,
        write: t.Callable[[str], None],
        clock: t.Callable[[], float] = time.monotonic,
        now: t.Callable[[], time.struct_time] = time.gmtime,
    ) -> None:
        self.config = config
        self.metrics = Metrics()
        self._table = table
        # Of the configuration at the start: another one needs another secret, which comes with a restart.
        self._authentication = None if config.uses_oauth else {"user": config.upstream_user, "password": secret}
        self._upstream = upstream
        self._orders = orders
        self._write = write
        self._clock = clock
        self._now = now
        self._tries = Tries(config.max_tries, config.tries_window, clock)
        self._authenticator = Authenticator(self._tries)
        self._owners = owners.Owners(config.owner_ttl, clock)
        self._hashing = asyncio.Semaphore(_HASHES_AT_ONCE)
        self._turns: collections.defaultdict[str, asyncio.Semaphore] = collections.defaultdict(
            lambda: asyncio.Semaphore(_CALLS_AT_ONCE)
        )

    def reconfigure(self, config: Config) -> None:
        """Use another client table and other limits, from the next request on. Counted tries stay counted."""
        self.config = config
        self._tries.limit, self._tries.window = config.max_tries, config.tries_window
        self._owners.ttl = config.owner_ttl

    async def handle(self, body: bytes, peer: Peer, is_gone: IsGone = stays) -> Reply:
        """Return the answer to a request: that of the vendor, or a refusal.

        :param is_gone: whether the client has given up. It may then look at the vendor, see that nothing was done, and
            do it in another way, so a request that does not only read must not be sent any more.
        """
        return await self.account(peer, lambda entry: self._handle(body, peer, entry, self.config, is_gone))

    async def refuse(self, error: RefusedError, peer: Peer) -> Reply:
        """Return a refusal that was decided before the request was read as a whole."""

        async def refused(_entry: Entry) -> Reply:
            raise error

        return await self.account(peer, refused)

    async def account(self, peer: Peer, handle: t.Callable[[Entry], t.Awaitable[Reply]]) -> Reply:
        """Handle a request so that it has its line in the audit log, whatever happens."""
        entry = Entry(time.strftime("%Y-%m-%dT%H:%M:%SZ", self._now()), uuid.uuid4().hex, peer.address)
        started = self._clock()
        try:
            reply = await handle(entry)
        except RefusedError as error:
            entry.decision, entry.reason = "refused", error.reason
            # Known before the request is understood as a whole.
            entry.method = entry.method or error.method or ""
            reply = Reply(error.status, answer(error), _XML)
        except LostError as error:
            # No error of the vendor's own form: it would say that nothing happened, which nobody knows.
            entry.decision, entry.reason = "failed", error.reason
            reply = Reply(502 if error.sent else 503, b"", {})
        except BaseException:
            entry.decision, entry.reason, entry.status = "failed", "bug", 500
            self._note(entry, started)
            raise
        entry.status = reply.status
        self._note(entry, started)
        return reply

    def _note(self, entry: Entry, started: float) -> None:
        entry.seconds = self._clock() - started
        self.metrics.add(
            "requests_total",
            client=entry.client,
            method=entry.method,
            decision=entry.decision,
            reason=entry.reason,
        )
        try:
            self._write(entry.line())
        except OSError:
            # The client must get the answer to what was sent.
            self.metrics.add("audit_failed_total")

    async def _handle(
        self,
        body: bytes,
        peer: Peer,
        entry: Entry,
        config: Config,
        is_gone: IsGone,
    ) -> Reply:
        async with contextlib.AsyncExitStack() as turn:
            try:
                # With the time of the call itself it is less than nginx waits.
                request = await asyncio.wait_for(self._admitted(body, peer, entry, config, turn), config.timeout)
            except asyncio.TimeoutError:
                raise LostError("too_slow", sent=False) from None
            sent, reads = document.build(request, self._authentication), request.method.effect == "READ"
            reply = await self._send(sent, again=reads, is_gone=stays if reads else is_gone, entry=entry)
        self._check_signed_in(reply, request)
        entry.decision = "passed"
        return reply

    async def _admitted(
        self, body: bytes, peer: Peer, entry: Entry, config: Config, turn: contextlib.AsyncExitStack
    ) -> Request:
        """Return what may be sent.

        :param turn: closed when the call of the vendor is over.
        """
        try:
            place = address(peer.address)
        except ValueError:
            raise RefusedError("address", "The relay cannot see the address of its client.", 403) from None
        if not any(client.is_at(place) for client in config.clients.values()):
            raise RefusedError("unknown_address", "This address is not allowed to use the relay.", 403)
        envelope = document.opened(body, self._table)
        entry.method = envelope.method.name
        who = (config.clients, envelope.user, envelope.password, place, peer.certificate)
        client = self._authenticator.remembered(*who)
        if client is None:
            async with self._hashing:
                client = await asyncio.to_thread(self._authenticator.client, *who)
        entry.client = client.name
        request = document.understood(envelope, config.max_items)
        entry.account_ids, entry.site_ids = request.ids("account"), request.ids("site")
        await turn.enter_async_context(self._turns[client.name])
        await self._authorize(client, request)
        return request

    @staticmethod
    def _check_signed_in(reply: Reply, request: Request) -> None:
        if reply.status == 401:
            reply.release()
            # As it is, it would make the client doubt its own password.
            message = "The vendor refused the credentials of the relay. Nothing was done."
            raise RefusedError("upstream_credentials", message, 403, request.method.name)

    async def _authorize(self, client: Client, request: Request) -> None:
        authorization.check_method(client, request)
        authorization.check_subjects(client, request)
        for site in authorization.sites_to_look_up(client, request):
            # The first foreign one ends it: who guesses sites makes no more calls of the vendor than requests.
            authorization.check_owner(client, request, site, await self._owner(site, request))
        number = authorization.orders(request)
        if number and client.orders_per_day is not None:
            day = time.strftime("%Y-%m-%d", self._now())
            try:
                taken = await asyncio.to_thread(self._orders.take, client.name, day, number, client.orders_per_day)
            except sqlite3.Error:
                raise RefusedError(
                    "orders_unknown", "The relay cannot count orders. Check its disk.", 429, request.method.name
                ) from None
            if not taken:
                raise RefusedError(
                    "orders_per_day",
                    f"Client {client.name} may order {client.orders_per_day} a day (UTC). Nothing was ordered.",
                    429,
                    request.method.name,
                )
        if number:
            self.metrics.add("orders_total", number, client=client.name)

    async def _owner(self, site: str, request: Request) -> str | None:
        known = self._owners.get(site)
        if known is None:
            question = document.build(owners.question(site, self._table), self._authentication)
            try:
                reply = await self._send(question, again=True)
            except LostError as error:
                # The answer to the question is lost, and the request of the client was not sent.
                raise LostError(error.reason, sent=False) from None
            self._check_signed_in(reply, request)
            reply.release()
            if reply.status in _NO_ANSWER:
                raise LostError("owner_unknown", sent=False)
            known = owners.account_in(reply.status, reply.body)
            if known is not None:
                self._owners.put(site, known)
        return known

    async def _send(
        self,
        sent: bytes,
        *,
        again: bool,
        is_gone: IsGone = stays,
        entry: Entry | None = None,
    ) -> Reply:
        started, status = self._clock(), 0
        try:
            reply = await self._upstream.send(sent, again=again, is_gone=is_gone)
            status = reply.status
        finally:
            self.metrics.add("upstream_calls_total", status=str(status))
            self.metrics.add("upstream_seconds_total", self._clock() - started)
        if entry is not None:
            entry.upstream_status = status
        return reply
