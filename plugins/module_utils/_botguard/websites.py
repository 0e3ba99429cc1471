# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The websites of a BotGuard account: reading, planning, and writing."""

from __future__ import annotations

import collections
import dataclasses
import threading
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils import _converge
from ansible_collections.hosting.websec.plugins.module_utils._botguard.account_list import AccountList
from ansible_collections.hosting.websec.plugins.module_utils._botguard.client import (
    CREATE,
    BotGuardClient,
    delete_call,
    get_call,
    status_call,
)
from ansible_collections.hosting.websec.plugins.module_utils._botguard.emails import (
    check_email,
    user_id,
    user_of_email,
)
from ansible_collections.hosting.websec.plugins.module_utils._botguard.responses import is_object, unexpected
from ansible_collections.hosting.websec.plugins.module_utils._converge import Action
from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    NotFoundError,
    OutcomeUnknownError,
    RejectedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._ids import number_id
from ansible_collections.hosting.websec.plugins.module_utils._limits import Limits
from ansible_collections.hosting.websec.plugins.module_utils._problems import EntryProblem, Problems
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, repeats, shortened

ABSENT = "absent"


@dataclasses.dataclass(frozen=True)
class DesiredWebsite:
    """:param state: C(online), C(paused) or C(absent).
    :param user: number of the sub-account for a new website.
    :param user_email: e-mail address of the same, to be looked up when the website is registered.
    """

    domain: str
    state: str
    user: int | None = None
    user_email: str | None = None


@dataclasses.dataclass(frozen=True)
class Website:
    """A website as the API returns it. ``status`` is the API's value, or C(absent) if ``data`` is C(None)."""

    status: str
    data: t.Mapping[str, t.Any] | None


Outcome = _converge.Outcome[DesiredWebsite, Website]


def desired_websites(entries: t.Sequence[t.Mapping[str, t.Any]]) -> list[DesiredWebsite]:
    """The desired websites, from entries with C(domain), C(state) and, if needed, C(user) or C(user_email).

    :raises BadInputError: a domain is invalid or listed twice, or a user is invalid; the message has all of them.
    """
    desired, problems = read_websites(entries)
    if problems:
        raise BadInputError(" ".join(f"{problem.message} {problem.hint}".strip() for problem in problems))
    return desired


def read_websites(
    entries: t.Iterable[t.Mapping[str, t.Any]],
) -> tuple[list[DesiredWebsite], list[EntryProblem]]:
    """The same, and what is wrong with the entries."""
    desired: dict[str, DesiredWebsite] = {}
    problems: list[EntryProblem] = []
    keys: list[str | None] = []
    for place, entry in enumerate(entries, 1):
        found = Problems(collect=True)
        with found.of("domain"):
            domain = normalise_domain(entry["domain"])
        if found.found:
            keys.append(None)
        else:
            keys.append(domain)
            desired[domain] = _read_website(domain, entry, found)
        problems += [EntryProblem.of(place, str(entry["domain"]), problem) for problem in found.found]
    twice = repeats(keys)
    if twice:
        problems.append(EntryProblem(None, "", "domain", f"Listed more than once: {twice}."))
    return list(desired.values()), problems


def _read_website(domain: str, entry: t.Mapping[str, t.Any], problems: Problems) -> DesiredWebsite:
    user = email = None
    if entry.get("user") is not None:
        with problems.of("user"):
            user = number_id(entry["user"], f"{domain}: user")
    if entry.get("user_email") is not None:
        with problems.of("user_email"):
            email = check_email(entry["user_email"])
    if user is not None and email is not None:
        problems.add(BadInputError(f"{domain}: user and user_email are mutually exclusive."), "user_email")
    return DesiredWebsite(domain, entry["state"], user, email)


def converge(
    client: BotGuardClient,
    desired: t.Sequence[DesiredWebsite],
    *,
    check_mode: bool,
    concurrency: int = 1,
    context: RunContext | None = None,
    limits: Limits | None = None,
) -> list[Outcome]:
    """Bring all websites to their desired state as far as possible.

    API calls: one GET for each website, its writes, one GET after each write, and one more before a POST. If the API
    does not say clearly that a website does not exist, the list of all websites is read once before the writes and once
    after them. Websites that are registered with C(user_email) need one C(GET /user) per address, and in check mode one
    for all that are registered with C(user).

    :param context: of the task.
    :param limits: on what is ordered and ended.
    :returns: one outcome per website, in the order of ``desired``. In check mode ``sent`` has what would be sent.
    :raises LimitError: before the first write.
    """
    resource = _Websites(client, check_mode=check_mode)
    context = context or RunContext()
    context.begin(len(desired), "website")
    outcomes = _converge.run(
        resource,
        desired,
        check_mode=check_mode,
        concurrency=concurrency,
        context=context,
        limits=limits,
        name=lambda website: website.domain,
        summary=summary,
    )
    for outcome in outcomes:
        if check_mode and outcome.sent == [CREATE] and outcome.desired.state == "paused":
            # A new website comes online by itself, as far as is known.
            outcome.actions.append(_set_status(outcome.desired))
        if outcome.unsettled and not outcome.deferred:
            outcome.error = _not_shown(outcome)
    return outcomes


def summary(actions: t.Iterable[Action]) -> str:
    """The writes in one line: orders, changes of status, ends."""
    count = collections.Counter(action.effect for action in actions)
    return ", ".join(
        (
            counted(count[Effect.BUY], "order"),
            counted(count[Effect.CHANGE], "change of status", "changes of status"),
            counted(count[Effect.DESTROY], "end"),
        )
    )


def plan(current: Website, desired: DesiredWebsite) -> list[Action]:
    """The next write from ``current`` to ``desired``, if one is needed. Pure."""
    domain = desired.domain
    if current.status == desired.state:
        return []
    if current.data is None:
        return [Action(CREATE, Effect.BUY, desired, shown_by=lambda seen: seen.data is not None)]
    if desired.state == ABSENT:
        return [Action(delete_call(domain), Effect.DESTROY, desired, shown_by=lambda seen: seen.data is None)]
    return [_set_status(desired)]


def _set_status(desired: DesiredWebsite) -> Action:
    call = status_call(desired.domain)
    return Action(call, Effect.CHANGE, desired, shown_by=lambda seen: seen.status == desired.state)


class _Websites:
    """The websites of an account as a ``_converge.Resource``."""

    def __init__(self, client: BotGuardClient, *, check_mode: bool) -> None:
        """:param check_mode: look up the number of a sub-account, because the API is not asked to register anything.
        Accept an address without a sub-account: in check mode an earlier task could not add it.
        """
        self._client = client
        self._check_mode = check_mode
        self._numbers: frozenset[int] | None = None
        self._reading = threading.Lock()
        self._owners: dict[str, int] = {}
        self._list = AccountList(client)

    def observe(self, desired: DesiredWebsite) -> Website:
        website = self._observed(desired.domain)
        if website.data is None and desired.state != ABSENT:
            # Looked up before anything is sent, so that a missing one has no effect.
            if desired.user_email:
                self._find_owner(desired.user_email)
            if desired.user is not None and self._check_mode:
                self._look_up(desired.user)
        return website

    def _observed(self, domain: str) -> Website:
        try:
            data = self._client.get(domain)
        except NotFoundError:
            return Website(ABSENT, None)
        except RejectedError as refusal:
            return self._absent_or(refusal, domain)
        if not data:
            return self._absent_or(
                unexpected(get_call(domain), "nothing, although its list contains this website"), domain
            )
        if not is_object(data):
            raise unexpected(get_call(domain), "something other than a website")
        status = data.get("status")
        if not isinstance(status, str) or not status or status == ABSENT:
            raise unexpected(get_call(domain), "a website without a status")
        return Website(status, data)

    def _absent_or(self, error: WebsecError, domain: str) -> Website:
        """The API returned no website for an unclear reason: only the list of all websites is proof."""
        if self._list.holds(domain):
            raise error
        return Website(ABSENT, None)

    def plan(self, current: Website, desired: DesiredWebsite) -> list[Action]:
        return plan(current, desired)

    def apply(self, actions: t.Sequence[Action]) -> t.Sequence[WebsecError | None]:
        for action in actions:
            try:
                self._apply(action)
            finally:
                self._list.wrote(action.item.domain)
        return [None] * len(actions)

    def _apply(self, action: Action) -> None:
        website: DesiredWebsite = action.item
        if action.effect is Effect.BUY:
            self._client.create(website.domain, self._owners.get(website.user_email or "", website.user))
        elif action.effect is Effect.CHANGE:
            self._client.set_status(website.domain, website.state)
        else:
            self._delete(website)

    def _find_owner(self, email: str) -> None:
        if email in self._owners:
            return
        user = user_of_email(self._client.users(email), email)
        if user is None and self._check_mode:
            return
        if user is None:
            raise NotFoundError(
                f"No sub-account has the e-mail address {email}, so the website was not registered.",
                hint="Add it with botguard_user, or correct user_email.",
            )
        self._owners[email] = user_id(user)

    def _look_up(self, number: int) -> None:
        with self._reading:
            if self._numbers is None:
                self._numbers = frozenset(user_id(user) for user in self._client.users())
        if number not in self._numbers:
            raise NotFoundError(
                f"Sub-account {number} does not exist, so the website would not be registered.",
                hint="Correct user, or identify the sub-account by user_email.",
            )

    def _delete(self, website: DesiredWebsite) -> None:
        try:
            self._client.delete(website.domain)
        except (NotFoundError, RejectedError):
            # It may be refused because it is already gone: a lost request may have arrived late, or somebody was
            # faster.
            self._list.wrote(website.domain)
            if self._observed(website.domain).data is not None:
                raise


def _not_shown(outcome: Outcome) -> OutcomeUnknownError:
    """The error for a website whose writes were all accepted, but whose state differs afterwards."""
    domain, wanted = outcome.desired.domain, outcome.desired.state
    seen = shortened(outcome.after.status) if outcome.after else "unknown"
    return OutcomeUnknownError(
        f"{outcome.sent[-1]} was accepted for {domain}, but the API still shows {seen!r} instead of {wanted!r}.",
        hint="Run the pass again in a few minutes: it reads the current state first. If the error persists, check the "
        "website in the BotGuard dashboard.",
    )
