# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One broken response of the BotGuard API, and the result of the task that gets it."""

from __future__ import annotations

import dataclasses
import json
import random
import typing as t
from unittest import mock

from ansible_collections.hosting.websec.plugins.module_utils._botguard import results, users
from ansible_collections.hosting.websec.plugins.module_utils._botguard.client import BotGuardClient
from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.tests.unit.botguard.account import (
    Account,
    answer,
    client_of,
    module_options,
    refusal,
)
from ansible_collections.hosting.websec.tests.unit.fuzz.mutations import STATUSES, spoil_bytes, spoil_json

DOMAIN, EMAIL = "a.example", "jane@a.example"
_KEYS = """
domain status message email id api_key user error code website websites data
servers primary_server secondary primary host mx token
"""
NAMES = _KEYS.split()
FIELDS: dict[str, t.Any] = {
    "primary_server": "de-nbg-ko1.botguard.net",
    "servers": [{"role": "primary", "host": "fi-hel-h1.botguard.net"}, {"domain": "x.botguard.net"}],
}
OTHERS = [refusal(404, "Website not found"), answer(200, {"domain": DOMAIN}), answer(200, {"status": "online"})]


class SpoiltAccount(Account):
    """The account, with a broken response to call number ``due``."""

    def __init__(self, due: int, rng: random.Random) -> None:
        super().__init__({DOMAIN: rng.choice(["online", "paused"])} if rng.random() < 0.6 else {})
        self.websites["b.example"] = "online"
        self.filters = rng.random() < 0.5
        self.fields = FIELDS if rng.random() < 0.5 else {}
        self.users = [{"email": "joe@b.example", "id": 7, "api_key": "k7"}]
        if rng.random() < 0.6:
            self.users.append({"email": EMAIL, "id": "4711", "api_key": "k4711"})
        self.wrong: list[str] = []
        self._due, self._rng, self._foreign = due, rng, False

    def take(
        self, method: str, path: str, form: t.Mapping[str, str], query: t.Mapping[str, str] | None = None
    ) -> HttpResponse | None:
        if method != "GET":
            self._watch(method, path, form)
        reply = super().take(method, path, form, query)
        self._due -= 1
        if self._due or reply is None:
            return reply
        body = self._spoil(self._base(reply))
        self._foreign = path.startswith("/website/") and method == "GET" and names_another_domain(body)
        return dataclasses.replace(reply, status=self._rng.choice([reply.status, *STATUSES]), body=body)

    def _watch(self, method: str, path: str, form: t.Mapping[str, str]) -> None:
        if self._foreign:
            self.wrong.append(f"{method} {path} after an answer about another website")
        if (method, path) == ("POST", "/website") and form["domain"] in self.websites:
            self.wrong.append("a website that is there was registered")
        if (method, path) == ("POST", "/user") and any(user["email"] == form["email"] for user in self.users):
            self.wrong.append("a sub-account that is there was added")
        if "b.example" in path or form.get("domain") == "b.example":
            self.wrong.append("a write to another website")

    def _base(self, reply: HttpResponse) -> bytes:
        """The correct response, an error, or a short one; an empty one as JSON."""
        return self._rng.choice([reply, reply, reply, *OTHERS]).body or b"null"

    def _spoil(self, body: bytes) -> bytes:
        for _time in range(self._rng.choice([1, 1, 1, 2, 3])):
            if self._rng.random() < 0.3:
                return spoil_bytes(body, self._rng)
            try:
                body = spoil_json(body, self._rng, NAMES)
                json.loads(body)
            except (ValueError, RecursionError):
                return body
        return body


def names_another_domain(body: bytes) -> bool:
    """Whether the response about one website names another one, determined without the client."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return False
    said = [text for key, text in value.items() if key.lower() == "domain"] if isinstance(value, dict) else []
    return any(not isinstance(text, str) or _normalised(text) != DOMAIN for text in said)


def _normalised(text: str) -> str:
    try:
        return normalise_domain(text)
    except BadInputError:
        return text


def play(number: int) -> tuple[t.Any, list[str]]:
    """Run one case; return the results of the tasks and the violations. The same number is the same case.

    :raises Exception: anything but a ``WebsecError``, which is a violation too.
    """
    rng = random.Random(f"botguard {number}")
    account = SpoiltAccount(rng.randint(1, 4), rng)

    def wired(_options: t.Any, *, read_only: bool, context: t.Any = None) -> BotGuardClient:
        return client_of(account, read_only=read_only)

    options = module_options("https://api.example")
    check_mode = rng.random() < 0.1
    with mock.patch.object(BotGuardClient, "from_options", wired):
        try:
            if rng.random() < 0.7:
                website = {"domain": DOMAIN, "state": rng.choice(["online", "paused", "absent"])}
                website.update(rng.choice([{}, {"user": 7}, {"user_email": EMAIL}]))
                return results.converge_websites(options, [website], check_mode=check_mode), account.wrong
            wanted = [{"email": EMAIL, "company": "Jane"}, {"email": "ann@c.example"}][: rng.randint(1, 2)]
            given = users.converge_users(options, wanted, check_mode=check_mode, return_api_key=rng.random() < 0.5)
            return given, account.wrong
        except WebsecError as error:
            return error.as_dict(), account.wrong
