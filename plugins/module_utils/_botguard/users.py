# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sub-accounts of a BotGuard account: reading them, planning, and adding missing ones.

The API can list and add sub-accounts. There is no update, and nothing here removes one.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils import _converge
from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._botguard.client import (
    CREATE_USER,
    BotGuardClient,
)
from ansible_collections.hosting.websec.plugins.module_utils._botguard.emails import check_email, user_id, user_of_email
from ansible_collections.hosting.websec.plugins.module_utils._converge import Action
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    OutcomeUnknownError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._problems import EntryProblem
from ansible_collections.hosting.websec.plugins.module_utils._results import deferred_fields
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN, register_secret
from ansible_collections.hosting.websec.plugins.module_utils._texts import repeats

Result = dict[str, t.Any]
User = t.Mapping[str, t.Any]

FIELDS = ("first_name", "last_name", "company", "country", "address", "lang")
"""The fields of a new sub-account, without its C(email)."""


@dataclasses.dataclass(frozen=True)
class DesiredUser:
    """:param fields: for a new sub-account, by the API's names."""

    email: str
    fields: t.Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class CurrentUser:
    """A sub-account as the API returns it, or C(None)."""

    data: User | None


Outcome = _converge.Outcome[DesiredUser, CurrentUser]


def user_options() -> ArgumentSpec:
    """Options that describe one sub-account."""
    return ArgumentSpec(
        options={"email": {"type": "str", "required": True}, **{name: {"type": "str"} for name in FIELDS}},
    )


def converge_users(
    options: t.Mapping[str, t.Any],
    users: t.Sequence[t.Mapping[str, t.Any]],
    *,
    check_mode: bool,
    concurrency: int = 1,
    return_api_key: bool = False,
    context: RunContext | None = None,
) -> list[Result]:
    """Ensure that the sub-accounts ``users`` (see ``user_options``) exist: one entry each, in their order.

    API calls: one C(GET /user), with a filter for a single sub-account; for each new one, another before the
    C(POST /user) and one after it.

    :param options: of the module, see ``client.botguard_options``.
    :param return_api_key: put the keys of the sub-accounts into the entries, registered as secrets.
    :param context: of the task.
    :raises BadInputError: before the first call.
    """
    desired = desired_users(users)
    context = context or RunContext()
    with BotGuardClient.from_options(options, read_only=check_mode, context=context) as client:
        context.begin(len(desired), "sub-account")
        resource = _Users(client, [user.email for user in desired] if len(desired) > 1 else [])
        outcomes = _converge.run(resource, desired, check_mode=check_mode, concurrency=concurrency, context=context)
        return _converge.results_of(outcomes, lambda outcome: _result(outcome, return_api_key))


def desired_users(entries: t.Iterable[t.Mapping[str, t.Any]]) -> list[DesiredUser]:
    """The desired sub-accounts, from entries with C(email) and C(FIELDS).

    :raises BadInputError: an address is invalid or listed twice, or a country does not have two letters.
    """
    desired, problems = read_users(entries)
    if problems:
        raise BadInputError(" ".join(problem.message for problem in problems))
    return desired


def read_users(entries: t.Iterable[t.Mapping[str, t.Any]]) -> tuple[list[DesiredUser], list[EntryProblem]]:
    """The same, and what is wrong with the entries."""
    desired: dict[str, DesiredUser] = {}
    problems: list[EntryProblem] = []
    keys: list[str | None] = []
    for place, entry in enumerate(entries, 1):
        try:
            email = check_email(entry["email"])
        except BadInputError as problem:
            problems.append(EntryProblem(place, str(entry["email"]), "email", problem.message, problem.hint))
            keys.append(None)
            continue
        keys.append(email.lower())
        fields = {name: str(entry[name]) for name in FIELDS if entry.get(name)}
        country = fields.get("country", "DE")
        if len(country) != 2 or not (country.isascii() and country.isalpha()):
            told = f"{email}: country is {country!r}; it must be a two-letter country code, such as DE."
            problems.append(EntryProblem(place, email, "country", told))
        desired[email.lower()] = DesiredUser(email, fields)
    twice = repeats(keys)
    if twice:
        problems.append(EntryProblem(None, "", "email", f"Listed more than once: {twice}."))
    return list(desired.values()), problems


class _Users:
    """The sub-accounts of an account as a ``_converge.Resource``."""

    def __init__(self, client: BotGuardClient, at_once: t.Iterable[str]) -> None:
        """:param at_once: the e-mail addresses whose first read is one call for all of them."""
        self._client = client
        self._not_looked_at = set(at_once)
        self._all: list[User] = []
        self._error: WebsecError | None = None
        if self._not_looked_at:
            try:
                self._all = list(client.users())
            except WebsecError as error:
                self._error = error

    def observe(self, desired: DesiredUser) -> CurrentUser:
        users = self._first_look() if desired.email in self._not_looked_at else self._client.users(desired.email)
        self._not_looked_at.discard(desired.email)
        user = user_of_email(users, desired.email)
        if user is not None:
            user_id(user)
        return CurrentUser(user)

    def _first_look(self) -> t.Sequence[User]:
        if self._error is not None:
            raise self._error
        return self._all

    def plan(self, current: CurrentUser, desired: DesiredUser) -> list[Action]:
        return [] if current.data is not None else [Action(CREATE_USER, Effect.BUY, desired)]

    def apply(self, actions: t.Sequence[Action]) -> t.Sequence[WebsecError | None]:
        for action in actions:
            user: DesiredUser = action.item
            self._client.create_user({"email": user.email, **user.fields})
        return [None] * len(actions)


def _result(outcome: Outcome, return_api_key: bool) -> Result:
    error = _not_shown(outcome.desired.email) if outcome.unsettled and not outcome.deferred else outcome.error
    # Of a sub-account that was deferred, what was seen is from before it may have been added.
    data = outcome.after.data if outcome.after and not outcome.deferred else None
    result: Result = {
        "email": outcome.desired.email,
        "user": None if data is None else _shown(data),
        "actions": list(outcome.sent),
        "changed": outcome.changed,
        "failed": error is not None,
        "error": error.as_dict(email=outcome.desired.email) if error else None,
        **deferred_fields(outcome.deferred, outcome.deferred_cause),
    }
    if return_api_key:
        result["api_key"] = _key(data)
        if result["api_key"]:
            register_secret(result["api_key"])
    return result


def _shown(data: User) -> Result:
    """``data`` without the key, its id as a number."""
    return {**{name: value for name, value in data.items() if name != "api_key"}, "id": user_id(data)}


def _key(data: User | None) -> str | None:
    key = (data or {}).get("api_key")
    # The key of the partner's own account, which gives full access, is never returned.
    return key if isinstance(key, str) and key and HIDDEN not in key else None


def _not_shown(email: str) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        f"{CREATE_USER} was accepted for {email}, but the API still shows no such sub-account.",
        hint="Nothing was sent again. Run the pass again in a few minutes: it reads the current state first. If the "
        "error persists, check the address in the BotGuard dashboard.",
    )


def user_diff(results: t.Sequence[Result]) -> dict[str, dict[str, t.Any]]:
    """Before and after of the added sub-accounts, by e-mail address."""
    changed = [result["email"] for result in results if result["changed"]]
    return {
        "before": dict.fromkeys(changed, "absent"),
        "after": dict.fromkeys(changed, "present"),
    }
