# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One pass of the role C(sitelock_waf) in this process: its tasks, in its order, through the functions of the modules
and filters. It can be stopped between two tasks, and disturbed at every message that it sends.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import typing as t
from unittest import mock

import dns.update
from property.surroundings import PASSWORD, USERNAME, Surroundings

from ansible_collections.hosting.websec.plugins.filter.waf_dns_records import waf_dns_records
from ansible_collections.hosting.websec.plugins.filter.waf_pass import waf_pass
from ansible_collections.hosting.websec.plugins.filter.waf_report import waf_report
from ansible_collections.hosting.websec.plugins.filter.waf_sites import waf_sites
from ansible_collections.hosting.websec.plugins.filter.waf_sites_to_ask import waf_sites_to_ask
from ansible_collections.hosting.websec.plugins.module_utils._dns.client import DnsClient
from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import Endpoint
from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import parse_desired
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import parse_name
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import ServerSettings, server_settings
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import one_provider
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.rfc2136 import Rfc2136Provider
from ansible_collections.hosting.websec.plugins.module_utils._dns.reading import parse_questions
from ansible_collections.hosting.websec.plugins.module_utils._dns.zones import zone_results, zones_at_server
from ansible_collections.hosting.websec.plugins.module_utils._errors import LimitError, RejectedError, UnavailableError
from ansible_collections.hosting.websec.plugins.module_utils._limits import Limits
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addons import (
    converge_addons,
    listed_addon_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.results import (
    addon_diff,
    addon_result,
    addon_warnings,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.statuses import read_statuses

Results = list[dict[str, t.Any]]
_numbers = itertools.count(1)
KILLS = ("killed before", "killed after")


class Killed(BaseException):
    """The process of the pass is gone. Not an C(Exception), so that no code can go on after it."""


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
    """Who is told of every message of a pass."""

    def disturb(self, running: Pass, message: Message, trouble: str) -> None:
        """Do what ``trouble`` says at this moment: faults of the API, the clock, other people."""

    def before(self, running: Pass, message: Message) -> None:
        """The message goes out next."""

    def after(self, running: Pass, message: Message) -> None:
        """It was sent; its answer may be lost."""


@dataclasses.dataclass(frozen=True)
class Options:
    """Options of a pass. ``timeout`` in seconds, for the API."""

    check_mode: bool = False
    batch_size: int = 1
    retries: int = 0
    timeout: float = 10.0
    max_orders: int | None = None
    max_removals: int | None = None
    defaults: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)


class Pass:
    """A pass over ``sites``.

    :param sites: entries of the site file.
    :param troubles: what happens at which message of the pass, by its number, or at the first one of its kind or
        method: a text of C(KILLS), or one for ``Watcher.disturb``.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        sites: t.Sequence[t.Mapping[str, t.Any]],
        watcher: Watcher,
        options: Options = Options(),
        troubles: t.Mapping[int | str, str] | None = None,
    ) -> None:
        self.number = next(_numbers)
        self._surroundings = surroundings
        self.sites = [dict(site) for site in sites]
        self._watcher = watcher
        self.options = options
        self._troubles = dict(troubles or {})
        self._sent = 0
        self._dns_trouble: str | None = None
        self.changing = False
        self.busy = False
        self._todo = list(self.TASKS)
        self.killed = False
        self.report: Results | None = None
        self._violation: Exception | None = None
        self.said: list[t.Any] = []
        """Everything that the tasks returned: what a user could see."""
        self._zones: Results = []
        self._preflight: Results = []
        self._origins: Results = []
        self._ending: Results = []
        self._asked: Results = []

    # Running

    @property
    def over(self) -> bool:
        return self.killed or not self._todo

    @property
    def next_task(self) -> str:
        return self._todo[0][0]

    def step(self) -> None:
        """Run the next task."""
        if self.over:
            return
        _name, task = self._todo.pop(0)
        self.busy = True
        try:
            with _running(self):
                task(self)
        except Killed:
            self.killed = True
        finally:
            self.busy = False
        if self._violation is not None:
            # What is raised at a message would be the error of its site, which is what the pass does with a mistake.
            raise self._violation

    def run(self) -> None:
        """Run the tasks that are left."""
        while not self.over:
            self.step()

    def kill(self) -> None:
        self.killed = True

    def crossing(
        self, kind: str, send: t.Callable[[], t.Any], method: str = "", site_ids: tuple[int, ...] = ()
    ) -> t.Any:
        """A message on its way out; ``send`` sends it and returns the answer."""
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
        """The message that is about to go out meets a server that is C(down), C(refused) it, or its answer is lost."""
        self._dns_trouble = how

    def _die(self) -> t.NoReturn:
        self.killed = True
        raise Killed

    # The tasks, in the order of the role

    def _look_at_the_clock(self) -> None:
        self._now = f"{self._surroundings.now():%Y-%m-%dT%H:%M:%SZ}"

    def _read_entries(self) -> None:
        self._look_at_the_clock()
        self._entries = waf_sites(self.sites, **self.options.defaults)

    def _find_zones(self) -> None:
        names = [e["domain"] for e in self._entries if e["error"] is None and e["zone"] is None]
        if names:
            parsed = [parse_name(name, "domain name") for name in names]
            with DnsClient(self._server()) as client:
                self._zones = zone_results(parsed, zones_at_server(client, parsed, 1))
            self._say(self._zones)
            self._entries = waf_sites(self.sites, zones=self._zones, **self.options.defaults)

    def _read_state_records(self) -> None:
        self._read = self._read_dns(waf_pass(self._entries, "state_records_to_read"))

    def _look_first(self) -> None:
        """The preflight is switched off: what it finds are reasons not to begin, and this is about what follows."""

    def _ask_ending(self) -> None:
        self._ending = self._ask(waf_pass(self._entries, "to_ask", **self._observed()))

    def _set_origins(self) -> None:
        self._origins = self._change_dns(waf_pass(self._entries, "origin_records", **self._observed()))

    def _order(self) -> None:
        sites = t.cast("Results", waf_pass(self._entries, "to_order", **self._observed()))
        ending = t.cast("list[str]", waf_pass(self._entries, "to_release", statuses=self._ending, **self._observed()))
        spec = listed_addon_options().options
        wanted = [{**{key: option.get("default") for key, option in spec.items()}, **site} for site in sites]
        try:
            done = converge_addons(
                self._api(),
                wanted,
                check_mode=self.options.check_mode,
                batch_size=self.options.batch_size,
                limits=Limits(self.options.max_orders, self.options.max_removals, tuple(ending)),
            )
        except LimitError as error:
            self._say(error.as_dict())
            self._todo = []
            return
        self._say(addon_warnings(done))
        self._say(addon_diff(done, check_mode=self.options.check_mode))
        self._statuses = self._say([addon_result(each) for each in done]) + self._ending

    def _read_present(self) -> None:
        wanted = waf_pass(self._entries, "present_to_read", statuses=self._statuses, **self._observed())
        self._read = self._read + self._read_dns(wanted)

    def _change_records(self) -> None:
        self._look_at_the_clock()
        wanted = waf_dns_records(self._entries, self._statuses, **self._observed())
        self.changing = True
        self._changed = self._change_dns(wanted)
        self.changing = False

    def _have_validated(self) -> None:
        self._asked = self._ask(waf_sites_to_ask(self._entries, self._statuses, self._changed, **self._observed()))

    def _make_report(self) -> None:
        self.report = self._say(
            waf_report(
                self._entries,
                self._statuses,
                self._changed,
                asked_again=self._asked,
                origins=self._origins,
                **self._observed(),
            )
        )

    TASKS: t.ClassVar[tuple[tuple[str, t.Callable[[Pass], None]], ...]] = (
        ("Read the site entries", _read_entries),
        ("Find the zones that the entries do not name", _find_zones),
        ("Read the state records of the sites", _read_state_records),
        ("Look at the sites that were never touched", _look_first),
        ("Ask for the sites that are to end", _ask_ending),
        ("Move the origins that have a name of their own", _set_origins),
        ("Order and change Firewall & CDN, and delete it where the traffic is back", _order),
        ("Read the records that are changed for the first time", _read_present),
        ("Change the DNS records", _change_records),
        ("Have the domains validated whose TXT record is new", _have_validated),
        ("Make the report", _make_report),
    )

    # What the modules do

    def _observed(self) -> dict[str, t.Any]:
        return {"now": self._now, "read": self._read, "preflight": self._preflight}

    def _say(self, what: t.Any) -> t.Any:
        self.said.append(what)
        return what

    def _server(self) -> ServerSettings:
        key = self._surroundings.bind.key
        return server_settings(
            {
                "server": "127.0.0.1",
                "port": self._surroundings.bind.port,
                "key_name": key.name,
                "key_secret": key.secret,
                "key_algorithm": key.algorithm,
                "timeout": 10,
            }
        )

    def _api(self) -> dict[str, t.Any]:
        return {
            "api_url": self._surroundings.url,
            "api_username": USERNAME,
            "api_password": PASSWORD,
            "api_partner": None,
            "validate_certs": True,
            "ca_path": None,
            "client_cert": None,
            "client_key": None,
            "timeout": self.options.timeout,
            "retries": self.options.retries,
        }

    def _read_dns(self, wanted: t.Any) -> Results:
        if not wanted:
            return []
        questions = parse_questions([{"every_server": False, **each} for each in wanted])
        with one_provider(Rfc2136Provider(DnsClient(self._server()), self._servers()), read_only=True) as providers:
            found = providers.read(questions)
        return t.cast("Results", self._say(found))

    def _change_dns(self, wanted: t.Any) -> Results:
        if not wanted:
            return []
        check_mode = self.options.check_mode
        provider = Rfc2136Provider(DnsClient(self._server(), read_only=check_mode), self._servers())
        with one_provider(provider, read_only=check_mode) as providers:
            done = providers.change(parse_desired(wanted), warn=self.said.append)
        return t.cast("Results", self._say(done)["record_sets"])

    def _servers(self) -> list[Endpoint]:
        return [Endpoint("127.0.0.1", self._surroundings.bind.port)]

    def _ask(self, site_ids: t.Any) -> Results:
        if not site_ids:
            return []
        more = {"wait_for": None, "wait_timeout": 600, "poll_interval": 30, "concurrency": 1}
        return t.cast("Results", self._say(read_statuses({**self._api(), "site_id": site_ids, **more})))


# What the clients send while a pass runs goes through the pass.

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
    """Within this block, passes are told of every message that their clients send."""
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
