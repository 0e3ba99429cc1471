# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A first contact with BotGuard sends each request once, and keeps what the first websites have shown."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._botguard.first_contact import OBSERVATIONS, Responses
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    NotAllowedError,
    NotFoundError,
    UnavailableError,
)
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.observations import observe

FORMS = [each for each in OBSERVATIONS if each.id in ("servers_form", "website_status")]
ONLINE = {"status": "online", "servers": []}


class Client:
    """Has an answer for each website, and notes what would be sent."""

    def __init__(self, **answers: t.Any) -> None:
        self.sent: list[str] = []
        self._answers = answers

    def get(self, domain: str) -> t.Any:
        self.sent.append(domain)
        answer = self._answers[domain]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.mark.parametrize(
    ("client", "seen", "sent"),
    [
        (Client(a=ONLINE, b=UnavailableError("no"), c=ONLINE), ["list", "known"], ["a", "b"]),
        (Client(a=NotFoundError("no"), b=NotFoundError("no"), c=NotFoundError("no")), ["refused"] * 2, ["a", "b", "c"]),
        (Client(a=UnavailableError("no")), ["no_answer"] * 2, ["a"]),
        (Client(a=ONLINE, b=NotAllowedError("no"), c=ONLINE), ["list", "known"], ["a", "b", "c"]),
        (Client(a=NotAllowedError("no")), ["credentials_refused"] * 2, ["a"]),
    ],
    ids=["silent after the first", "none of them", "silent", "one of somebody else", "refused"],
)
def test_each_website_is_asked_for_once(client: Client, seen: list[str], sent: list[str]) -> None:
    rows = observe(FORMS, Responses(t.cast("t.Any", client), ["a", "b", "c"], try_unknown=False))
    assert [row.reason or row.outcome for row in rows] == seen
    assert client.sent == sent


@pytest.mark.parametrize(
    ("emails", "word"),
    [
        (["jane@shop.example"], "nothing_there"),
        (["jane@shop.example", "Joe@shop.example"], "yes"),
        ([], "nothing_there"),
    ],
)
def test_only_an_address_with_capital_letters_shows_that_they_are_kept(emails: list[str], word: str) -> None:
    class Users:
        def users(self, _email: str | None) -> list[dict[str, str]]:
            return [{"email": email} for email in emails]

    seen = Responses(t.cast("t.Any", Users()), ["a"], try_unknown=False)
    [row] = observe([each for each in OBSERVATIONS if each.id == "email_capitals"], seen)
    assert (row.reason or row.outcome) == word
