# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A pass (``_sitelock_waf.run``) that can be stopped between two steps, and disturbed at every message."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import typing as t
from unittest import mock

import dns.update
from property.surroundings import PASSWORD, USERNAME, Surroundings

from ansible_collections.hosting.websec.plugins.module_utils._dns.client import DnsClient
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import open_providers
from ansible_collections.hosting.websec.plugins.module_utils._errors import LimitError, RejectedError, UnavailableError
from ansible_collections.hosting.websec.plugins.module_utils._limits import Limits
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf import run
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.dns import SiteDns

Results = list[dict[str, t.Any]]
_numbers = itertools.count(1)
KILLS = ("killed before", "killed after")


class Killed(BaseException):
    """The process of the pass was killed. Not an C(Exception), so that no code continues after it."""


@dataclasses.dataclass(frozen=True)
class Message:
    """A message that a pass is about to send.

    :param kind: C(api), C(dns read) or C(dns update).
    :param method: of the API; empty for DNS.
    :param site_ids: of the API.
    """

    number: int
    kind: str
    method: str = ""
    site_ids: tuple[int, ...] = ()


class Watcher(t.Protocol):
    """Observes every message of a pass."""

    def disturb(self, running: Pass, message: Message, trouble: str) -> None:
        """Apply ``trouble`` now: faults of the API, the clock, other people."""

    def before(self, running: Pass, message: Message) -> None:
        """The message is about to be sent."""

    def after(self, running: Pass, message: Message) -> None:
        """The message was sent; its response may be lost."""


@dataclasses.dataclass(frozen=True)
class Options:
    """Options of a pass. ``timeout`` in seconds, for the API."""

    check_mode: bool = False
    batch_size: int = 1
    retries: int = 0
    timeout: float = 10.0
    max_orders: int | None = None
    max_removals: int | None = None


class Pass:
    """A pass over ``sites``.

    :param sites: entries of the site file.
    :param troubles: events by message: its number, or the first one of its kind or method. Each is a text of C(KILLS),
        or one for ``Watcher.disturb``.
    """

    STEPS = tuple(name for name, _step in run.Pass.STEPS)

    def __init__(
        self,
        surroundings: Surroundings,
        sites: t.Sequence[t.Mapping[str, t.Any]],
        watcher: Watcher,
        options: Options = Options(),
        troubles: t.Mapping[int | str, str] | None = None,
    ) -> None:
        self.number = next(_numbers)
        self.sites = [dict(site) for site in sites]
        self._watcher = watcher
        self.options = options
        self._troubles = dict(troubles or {})
        self._sent = 0
        self._dns_trouble: str | None = None
        self.busy = False
        self.killed = False
        self._violation: Exception | None = None
        self.said: list[t.Any] = []
        """All its output that a user can see."""
        self._open = contextlib.ExitStack()
        self._pass = self._made(surroundings)
        self._steps = self._pass.steps()
        self.next_step: str | None = next(self._steps)
        self._current: str | None = None

    def _made(self, surroundings: Surroundings) -> run.Pass:
        """The pass with its clients, as the module makes it. The preflight is off: its findings only prevent the
        start, and these tests are about the
        following steps."""
        key, read_only = surroundings.bind.key, self.options.check_mode
        api = SiteLockClient.from_options(
            {
                "api_url": surroundings.url,
                "api_username": USERNAME,
                "api_password": PASSWORD,
                "api_partner": None,
                "validate_certs": True,
                "ca_path": None,
                "client_cert": None,
                "client_key": None,
                "timeout": self.options.timeout,
                "retries": self.options.retries,
            },
            read_only=read_only,
        )
        self._open.callback(api.close)
        server = {
            "server": "127.0.0.1",
            "port": surroundings.bind.port,
            "key_name": key.name,
            "key_secret": key.secret,
            "key_algorithm": key.algorithm,
            "propagation_servers": [f"127.0.0.1:{surroundings.bind.port}"],
        }
        providers = self._open.enter_context(open_providers(server, read_only=read_only, concurrency=1))
        options = run.PassOptions(
            check_mode=read_only,
            limits=Limits(self.options.max_orders, self.options.max_removals),
            batch_size=self.options.batch_size,
        )
        dns = SiteDns(providers, warn=self.said.append)
        return run.Pass(self.sites, options, api=api, dns=dns, clock=surroundings.now)

    # Running

    @property
    def over(self) -> bool:
        return self.killed or self.next_step is None

    @property
    def changing(self) -> bool:
        """Whether it is changing DNS now."""
        return self._current == "DNS changes"

    @property
    def report(self) -> Results | None:
        """The rows, if it came to its end."""
        return self._pass.rows if self.next_step is None and not self.killed and self._pass.rows else None

    def step(self) -> None:
        """Do the next step."""
        if self.over:
            return
        self._current, self.busy = self.next_step, True
        try:
            with _running(self):
                self.next_step = next(self._steps, None)
        except Killed:
            self.killed = True
        except LimitError as error:
            self.next_step = None
            self.said.append(error.as_dict())
        finally:
            self._current, self.busy = None, False
        if self.over:
            self._open.close()
            told = self._pass
            self.said += [told.rows, told.diff, told.warnings, told.summary]
        if self._violation is not None:
            # An exception at a message would become the error of its site, because the pass treats bugs in this way.
            raise self._violation

    def run(self) -> None:
        """Do the remaining steps."""
        while not self.over:
            self.step()

    def kill(self) -> None:
        self.killed = True
        self._open.close()

    def crossing(
        self, kind: str, send: t.Callable[[], t.Any], method: str = "", site_ids: tuple[int, ...] = ()
    ) -> t.Any:
        """A message that is about to be sent; ``send`` sends it and returns the response."""
        if self.killed:
            raise Killed
        message = Message(self._sent, kind, method, site_ids)
        self._sent += 1
        # The first one of its kind, or the one with this number.
        trouble = self._troubles.pop(method or kind, None) or self._troubles.get(message.number)
        if trouble == KILLS[0]:
            self._die()
        if trouble is not None and trouble not in KILLS:
            with self._watched():
                self._watcher.disturb(self, message, trouble)
        with self._watched():
            self._watcher.before(self, message)
        how, self._dns_trouble = self._dns_trouble, None
        if how == "down":
            raise UnavailableError("No connection to the name server.")
        if how == "refused":
            raise RejectedError("The name server refused it.")
        try:
            answer = send()
        finally:
            with self._watched():
                self._watcher.after(self, message)
        if trouble == KILLS[1]:
            self._die()
        if how == "lost_answer":
            raise UnavailableError("The connection was cut.", may_have_happened=True)
        return answer

    @contextlib.contextmanager
    def _watched(self) -> t.Iterator[None]:
        try:
            yield
        except Exception as mistake:
            self._violation = self._violation or mistake
            raise

    def break_dns(self, how: str) -> None:
        """The server of the next message is C(down), has C(refused) it, or its response is lost."""
        self._dns_trouble = how

    def _die(self) -> t.NoReturn:
        self.killed = True
        raise Killed


# While a pass runs, the messages of its clients go through it.

_stack: list[Pass] = []


@contextlib.contextmanager
def _running(one: Pass) -> t.Iterator[None]:
    _stack.append(one)
    try:
        yield
    finally:
        _stack.pop()


@contextlib.contextmanager
def crossings() -> t.Iterator[None]:
    """Within this block, every message of the clients goes through their pass."""
    call, ask, update = SiteLockClient.call, DnsClient.ask, DnsClient.update

    def crossing_call(self: SiteLockClient, method: t.Any, parameters: t.Any) -> t.Any:
        if not _stack:
            return call(self, method, parameters)
        items = parameters.get("addonInfo") or [parameters]
        ids = tuple(int(item["site_id"]) for item in items if "site_id" in item)
        return _stack[-1].crossing("api", lambda: call(self, method, parameters), method.name, ids)

    def crossing_ask(self: DnsClient, keys: t.Any) -> t.Any:
        if not _stack:
            return ask(self, keys)
        return _stack[-1].crossing("dns read", lambda: ask(self, keys))

    def crossing_update(self: DnsClient, message: dns.update.UpdateMessage) -> t.Any:
        if not _stack:
            return update(self, message)
        return _stack[-1].crossing("dns update", lambda: update(self, message))

    with (
        mock.patch.object(SiteLockClient, "call", crossing_call),
        mock.patch.object(DnsClient, "ask", crossing_ask),
        mock.patch.object(DnsClient, "update", crossing_update),
    ):
        yield
