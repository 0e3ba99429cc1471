# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operations of the BotGuard Partner API that this collection uses."""

from __future__ import annotations

import types
import typing as t
from urllib.parse import quote

from ansible_collections.hosting.websec.plugins.module_utils._argspec import (
    ArgumentSpec,
    from_environment,
    http_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._botguard.responses import (
    SERVER,
    is_object,
    read_answer,
    unexpected,
)
from ansible_collections.hosting.websec.plugins.module_utils._botguard.subjects import (
    Subject,
    comparable_domain,
    sub_account,
    website,
)
from ansible_collections.hosting.websec.plugins.module_utils._circuit_breaker import CircuitBreaker
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._http.client import HttpClient
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings, check_url
from ansible_collections.hosting.websec.plugins.module_utils._recording.recorder import recorder_of
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._secrets import Redactor, redacted_errors

Json = dict[str, t.Any]

CREATE = "POST /website"
LIST = "GET /website"
CREATE_USER = "POST /user"
LIST_USERS = "GET /user"


def get_call(domain: str) -> str:
    return f"GET {_path(domain)}"


def status_call(domain: str) -> str:
    return f"PUT {_path(domain)}"


def delete_call(domain: str) -> str:
    return f"DELETE {_path(domain)}"


def _without_subject(name: str) -> str:
    """C(GET /website/{domain}) for C(GET /website/a.example), C(GET /user) for C(GET /user for jane@a.example)."""
    method, path = name.split(" ")[:2]
    _start, collection, *domain = path.split("/")
    return f"{method} /{collection}{'/{domain}' if domain else ''}"


def _path(domain: str) -> str:
    return f"/website/{quote(domain, safe='')}"


def botguard_options() -> ArgumentSpec:
    """Options of every module that talks to the BotGuard API."""
    return ArgumentSpec(
        options={
            "api_url": from_environment("BOTGUARD_API_URL", type="str", default="https://apiv2.botguard.net"),
            "api_key": from_environment("BOTGUARD_API_KEY", type="str", required=True, no_log=True),
        },
    ).merge(http_options("BOTGUARD"))


class BotGuardClient:
    """The client of the BotGuard API. Thread-safe."""

    def __init__(self, http: HttpClient, api_key: str) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {api_key}", "Accept": "application/json"}
        self._redact = Redactor([api_key])
        self._breaker = CircuitBreaker(probe=lambda: self._ask(Effect.READ, LIST, name=LIST))

    @classmethod
    def from_options(
        cls, options: t.Mapping[str, t.Any], *, read_only: bool, context: RunContext | None = None
    ) -> BotGuardClient:
        """A client from the options of a module, see ``botguard_options``.

        :param read_only: refuse every write (check mode).
        :param context: of the task.
        :raises BadInputError: an option is invalid; nothing was sent.
        """
        api_key = options["api_key"]
        if not api_key or not all("!" <= character <= "~" for character in api_key):
            raise BadInputError(
                "api_key is empty, or contains white space or non-ASCII characters.",
                hint="Check the end of the file or variable that it comes from for a line break.",
            )
        url = check_url(options["api_url"], "api_url")
        settings = HttpSettings.from_options(options)
        recorder = recorder_of(settings.record_answers, api=SERVER, name_of=_without_subject)
        http = HttpClient(settings, url=url, server=SERVER, read_only=read_only, context=context, recorder=recorder)
        return cls(http, api_key)

    def __enter__(self) -> BotGuardClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def get(self, domain: str) -> t.Any:
        """The JSON of the API for one website, C(None) for an empty response."""
        return self._send(Effect.READ, get_call(domain), about=website(domain))

    def domains(self) -> frozenset[str]:
        """The domains of all websites of the account.

        :raises BadResponseError: the response may be incomplete.
        """
        websites = self._send(Effect.READ, LIST)
        if not isinstance(websites, list):
            raise unexpected(LIST, "something other than a list of websites")
        if not all(is_object(each) and isinstance(each.get("domain"), str) for each in websites):
            raise unexpected(LIST, "a list in which a website has no domain")
        return frozenset(comparable_domain(each["domain"]) for each in websites)

    def create(self, domain: str, user: int | None) -> None:
        form = {"domain": domain} if user is None else {"domain": domain, "user": str(int(user))}
        self._send(Effect.BUY, CREATE, form, about=website(domain), shown=domain)

    def set_status(self, domain: str, status: str) -> None:
        self._send(Effect.CHANGE, status_call(domain), {"status": status}, about=website(domain))

    def delete(self, domain: str) -> None:
        self._send(Effect.DESTROY, delete_call(domain), about=website(domain))

    def users(self, email: str | None = None) -> list[Json]:
        """The sub-accounts of the account, with their keys.

        :param email: requests those with this e-mail address; the response may contain others nevertheless.
        :raises BadResponseError: the response is not a list of sub-accounts.
        """
        query = None if email is None else {"email": email}
        users = self._send(Effect.READ, LIST_USERS, query=query, shown=email or "")
        if users is None:
            return []
        if not isinstance(users, list):
            raise unexpected(LIST_USERS, "something other than a list of sub-accounts")
        if not all(is_object(user) and isinstance(user.get("email"), str) for user in users):
            raise unexpected(LIST_USERS, "a list in which a sub-account has no e-mail address")
        return users

    def create_user(self, form: t.Mapping[str, str]) -> None:
        """Add a sub-account; ``form`` contains at least C(email)."""
        self._send(Effect.BUY, CREATE_USER, form, about=sub_account(form["email"]), shown=form["email"])

    def _send(
        self,
        effect: Effect,
        call: str,
        form: t.Mapping[str, str] | None = None,
        *,
        query: t.Mapping[str, str] | None = None,
        about: Subject | None = None,
        shown: str = "",
    ) -> t.Any:
        """:param about: the subject of the call; a response about another one is rejected.
        :param shown: the subject for messages, if the name of the call does not say it.
        """
        name = f"{call} for {shown}" if shown else call
        with self._breaker.call(name):
            return self._ask(effect, call, form, query=query, about=about, name=name)

    def _ask(
        self,
        effect: Effect,
        call: str,
        form: t.Mapping[str, str] | None = None,
        *,
        query: t.Mapping[str, str] | None = None,
        about: Subject | None = None,
        name: str,
    ) -> t.Any:
        method, path = call.split(" ", 1)
        # The list of sub-accounts is read for their keys, among other things.
        keep = "api_key" if call == LIST_USERS else None
        with redacted_errors(self._redact):
            answer = self._http.send(effect, method, path, call=name, data=form, params=query, headers=self._headers)
            return read_answer(answer, call=name, redact=self._redact, about=about, keep=keep)
