# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the sandbox put together: what an API call does from its first byte to its journal entry."""

from __future__ import annotations

import dataclasses
import time
import typing

from .botguard import api as botguard
from .botguard import check
from .clock import iso
from .config import Config
from .faults import Fault, Faults, Subject
from .journal import Journal
from .lookup import Resolver
from .sitelock import api as sitelock
from .sitelock import bulk_reports, oauth
from .sitelock.answer import Answer
from .sitelock.context import Context
from .store import Store
from .world import World


@dataclasses.dataclass(frozen=True)
class Reply:
    """What goes back; without a status the connection is closed, with C(fault) it is damaged on its way."""

    status: int | None
    body: bytes = b""
    content_type: str = "text/xml; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    fault: Fault | None = None
    secret: str = ""
    stream: typing.Callable[[float], typing.Iterator[bytes]] | None = None


@dataclasses.dataclass(frozen=True)
class Incoming:
    """What the journal and the faults want to know of a call, and how to perform it."""

    api: str
    method: str
    write: bool
    subject: Subject
    secret: str
    perform: typing.Callable[[], Answer | botguard.Answer]
    visitor: str | None = None


class Service:
    """The APIs with their state, faults and journal."""

    def __init__(self, config: Config, store: Store, resolver: Resolver) -> None:
        """Continue from what is in C(store)."""
        self.config = config
        self.store = store
        self.world = World(store)
        self.journal = Journal(store)
        self.faults = Faults(self.world.faults_stored(), self.world.store_faults)
        self._context = Context(self.world, resolver)
        self._tokens = oauth.Tokens(self.world)

    def sitelock(self, body: bytes, authorization: str = "", *, for_free_scan: bool = False) -> Reply:
        """One call of the SiteLock API, C(for_free_scan) of its other host."""
        call = sitelock.read(self._context, body, with_token=bool(authorization), for_free_scan=for_free_scan)
        request = call.request
        return self._handle(
            Incoming(
                api="sitelock",
                method=call.method,
                write=bool(request and request.write),
                subject=Subject(request.site_ids, request.domain, request.account_id, request.login)
                if request
                else Subject(),
                secret=authorization.removeprefix("Bearer ") or (request.password if request else ""),
                perform=lambda: sitelock.perform(
                    self._context,
                    call,
                    self.config.sitelock_username,
                    self.config.sitelock_password,
                    authorized=self._is_authorized(authorization) if authorization else None,
                ),
            )
        )

    def _is_authorized(self, authorization: str) -> bool:
        scheme, _blank, token = authorization.partition(" ")
        return scheme == "Bearer" and self._tokens.is_valid(token)

    def token(self, authorization: str, content_type: str, body: bytes) -> Reply:
        """One call of SiteLock's token endpoint."""
        client = (self.config.sitelock_client_id, self.config.sitelock_client_secret)
        return self._handle(
            Incoming(
                api="oauth",
                method=oauth.METHOD,
                write=False,
                subject=Subject(),
                secret=oauth.credentials(authorization)[1],
                perform=lambda: oauth.perform(
                    self._tokens, self.world.settings, authorization, content_type, body, client
                ),
            )
        )

    def bulk_report(self, headers: typing.Mapping[str, str], body: bytes) -> Reply:
        """One call of SiteLock's endpoint for reports; names of C(headers) are in lower case."""
        login = (self.config.sitelock_username, self.config.sitelock_password)
        return self._handle(
            Incoming(
                api="sitelock",
                method=bulk_reports.METHOD,
                write=False,
                subject=Subject(),
                secret=bulk_reports.credentials(headers),
                perform=lambda: bulk_reports.perform(self.world, headers, body, *login),
            )
        )

    def botguard(self, verb: str, path: str, content_type: str, authorization: str, body: bytes) -> Reply:
        """One call of the BotGuard API; C(path) is below its base address."""
        call = botguard.read(verb, path, content_type, body)
        return self._handle(
            Incoming(
                api="botguard",
                method=call.method,
                write=call.write,
                subject=Subject(domain=call.domain),
                secret=authorization.removeprefix("Bearer "),
                perform=lambda: botguard.perform(self.world, call, authorization, self.config.botguard_api_key),
            )
        )

    def check(self, headers: typing.Mapping[str, str], body: bytes) -> Reply:
        """One call of BotGuard's check API, which a web server makes for a visitor."""
        call = check.read(headers, body)
        return self._handle(
            Incoming(
                api="check",
                method=check.METHOD,
                write=False,
                subject=Subject(domain=call.host),
                secret="",
                perform=lambda: check.perform(self.world, call),
                visitor=call.visitor,
            )
        )

    def reset(self) -> None:
        """Forget all state, faults and the journal."""
        self.faults.remove()
        self.journal.clear()
        self.world.forget()
        self._tokens.forget()

    def close(self) -> None:
        """Write everything and close the store."""
        self.journal.close()
        self.store.close()

    def _handle(self, incoming: Incoming) -> Reply:
        latency = self.world.settings.latency_ms
        if latency:
            time.sleep(latency / 1000)
        fault = self.faults.strike(incoming.api, incoming.method, incoming.subject)
        if fault and fault.before:
            status = _STATUS_BEFORE.get(fault.kind)
            self._note(incoming, status, "no effect", fault)
            return Reply(status, fault=fault, secret=incoming.secret)
        answer = incoming.perform()
        status = answer.status
        if fault:
            status = _STATUS_AFTER.get(fault.kind, answer.status)
        self._note(incoming, None if fault and fault.kind == "lost_answer" else status, answer.outcome, fault)
        stream = answer.stream if isinstance(answer, Answer) else None
        return Reply(
            status, answer.body, answer.content_type, answer.headers, fault, secret=incoming.secret, stream=stream
        )

    def _note(self, incoming: Incoming, status: int | None, outcome: str, fault: Fault | None) -> None:
        self.journal.add(
            {
                "time": iso(self.world.clock.now()),
                "api": incoming.api,
                "method": incoming.method,
                "write": incoming.write,
                **dataclasses.asdict(incoming.subject),
                "visitor": incoming.visitor,
                "http_status": status,
                "outcome": outcome,
                "fault": fault.kind if fault else None,
            }
        )


_STATUS_BEFORE = {
    "http_500": 500,
    "http_503": 503,
    "html": 200,
    "refuse_403": 403,
    "redirect": 302,
    "http_429": 429,
    "echo_password": 500,
}
_STATUS_AFTER = {"http_500_after": 500, "html_after": 200, "doctype": 200, "huge": 200}
