# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first contact with BotGuard: what its API does where its documents are silent. Nothing is changed."""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._botguard.client import LIST_USERS, BotGuardClient
from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, NotFoundError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.observations import (
    NOT_TRIED,
    REFUSED,
    YES,
    NotSeenError,
    Observation,
    observe,
    one_word,
    reason_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.report import (
    ANSWERED,
    Tally,
    as_report,
    refuse_words_as_secrets,
    result_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._texts import repeats

VENDOR = "BotGuard"
MOST_WEBSITES = 10
"""A few websites show as much as thousands do."""
_NOT_REGISTERED = "not-registered.example.com"
_GET = "GET /website/{domain}"
_STATUSES = ("online", "paused")

OPTIONS: dict[str, dict[str, t.Any]] = {
    "websites": {"type": "list", "elements": "str", "required": True},
    "try_unknown": {"type": "bool", "default": True},
}
"""The options of a module about what to ask for."""

Json = dict[str, t.Any]


class Responses:
    """All responses. Each call is made when somebody first looks at it, and only once."""

    def __init__(self, client: BotGuardClient, websites: t.Sequence[str], *, try_unknown: bool) -> None:
        """:param client: for reading only."""
        self.tallies: dict[str, Tally] = {}
        self._client = client
        self._websites = websites
        self._try_unknown = try_unknown
        self._stopped: WebsecError | None = None
        self._first_error: WebsecError | None = None

    @property
    def websites(self) -> list[Json]:
        """Those of the task that the API has.

        :raises NotSeenError: all calls failed.
        """
        found, reasons = self._answers
        if not found and reasons:
            raise NotSeenError(reasons[0])
        return found

    @functools.cached_property
    def _answers(self) -> tuple[list[Json], list[str]]:
        """The websites, and why others are missing."""
        found, reasons = [], []
        for domain in self._websites:
            try:
                value, error = self._ask(_GET, functools.partial(self._client.get, domain))
            except NotSeenError as nothing:
                # What the first websites have shown remains.
                reasons.append(nothing.reason)
                break
            if isinstance(value, dict):
                found.append(value)
            elif error is not None:
                reasons.append(REFUSED if error.kind == "not_allowed" and not self._stopped else reason_of(error))
        return found, reasons

    @functools.cached_property
    def unknown(self) -> tuple[t.Any, WebsecError | None]:
        """Response or error for a website that does not exist."""
        if not self._try_unknown:
            raise NotSeenError(NOT_TRIED)
        return self._ask(_GET, lambda: self._client.get(_NOT_REGISTERED))

    @functools.cached_property
    def users(self) -> list[Json]:
        """All sub-accounts, with their keys."""
        return self._users(None)

    @functools.cached_property
    def filtered_users(self) -> list[Json]:
        """The response to a request for the first one of them."""
        return self._users(str(self.users[0]["email"]) if self.users else None)

    def _users(self, email: str | None) -> list[Json]:
        value, error = self._ask(LIST_USERS, lambda: self._client.users(email))
        if error is not None:
            raise NotSeenError(reason_of(error))
        return t.cast("list[Json]", value)

    @property
    def barred(self) -> WebsecError | None:
        """Why nothing at all could be read."""
        return None if self._has_answered else self._stopped or self._first_error

    @property
    def _has_answered(self) -> bool:
        return any(ANSWERED in tally.outcomes for tally in self.tallies.values())

    def _ask(self, name: str, call: t.Callable[[], t.Any]) -> tuple[t.Any, WebsecError | None]:
        if self._stopped:
            raise NotSeenError(reason_of(self._stopped))
        value, error = None, None
        try:
            value = call()
        except WebsecError as problem:
            error = problem
        self.tallies.setdefault(name, Tally()).add(ANSWERED if error is None else error.kind, value)
        self._first_error = self._first_error or error
        # HTTP 403 can be about one website, once another call was answered.
        ends = (
            ("auth", "unavailable", "timeout")
            if self._has_answered
            else ("auth", "unavailable", "timeout", "not_allowed")
        )
        if error is not None and error.kind in ends:
            # Neither more calls with a refused key, nor another wait for a server that does not answer.
            self._stopped = error
        return value, error


def _not_found(seen: Responses) -> str:
    value, error = seen.unknown
    if error is None:
        if value is None:
            return "null"
        raise NotSeenError
    if isinstance(error, NotFoundError):
        return "http_404_error"
    if error.http_status is None or error.kind in ("auth", "unavailable", "timeout"):
        raise NotSeenError(reason_of(error))
    return "http_200_error" if error.http_status == 200 and error.kind == "rejected" else "other"


def _servers(seen: Responses) -> str:
    return one_word(map(_form_of_servers, seen.websites))


def _form_of_servers(website: Json) -> str:
    if isinstance(website.get("servers"), list):
        return "list"
    if {"primary_server", "secondary_server"} & website.keys():
        return "flat"
    return "other" if any("server" in name.lower() for name in website) else "none"


def _statuses(seen: Responses) -> str:
    return one_word("known" if website.get("status") in _STATUSES else "other" for website in seen.websites)


def _filter(seen: Responses) -> str:
    if len(seen.users) < 2:
        raise NotSeenError
    return "honoured" if len(seen.filtered_users) < len(seen.users) else "ignored"


def _capitals(seen: Responses) -> str:
    """An address with some shows that they are kept. Others show nothing."""
    return one_word([YES if any(user["email"] != user["email"].lower() for user in seen.users) else None])


OBSERVATIONS: tuple[Observation[Responses], ...] = (
    # First websites of one's own: a refusal of these calls is one of the key.
    Observation("servers_form", "the fields with the servers", ("none", "flat", "list", "other"), _servers),
    Observation(
        "website_status", "whether status has other values than online and paused", ("known", "other"), _statuses
    ),
    Observation("user_filter", "whether GET /user has a filter", ("honoured", "ignored"), _filter),
    Observation("email_capitals", "whether capital letters in e-mail addresses are kept", (YES,), _capitals),
    Observation(
        "not_found",
        "the response for a website that does not exist",
        ("http_404_error", "http_200_error", "null", "other"),
        _not_found,
    ),
)
IDS = tuple(each.id for each in OBSERVATIONS)
"""Of all observations, in the order of the report."""


def first_contact(options: t.Mapping[str, t.Any], context: RunContext) -> dict[str, t.Any]:
    """The result of the task, see ``result_of``.

    :param options: connection options, C(websites) and C(try_unknown).
    :raises BadInputError: an option is wrong; nothing was sent.
    """
    websites = [normalise_domain(domain) for domain in options["websites"]]
    if not 1 <= len(websites) <= MOST_WEBSITES or repeats(websites):
        raise BadInputError(
            f"websites must be between 1 and {MOST_WEBSITES} different domains.",
            hint="Give one or two websites of your own.",
        )
    refuse_words_as_secrets([options["api_key"]], OBSERVATIONS)
    with BotGuardClient.from_options(options, read_only=True, context=context) as client:
        responses = Responses(client, websites, try_unknown=options["try_unknown"])
        rows = observe(OBSERVATIONS, responses)
        return result_of(as_report(VENDOR, rows, responses.tallies), responses.barred)
