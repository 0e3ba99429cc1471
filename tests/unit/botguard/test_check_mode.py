# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check mode and the run agree: both refuse the same websites and sub-accounts."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._botguard.results import converge_websites
from ansible_collections.hosting.websec.plugins.module_utils._botguard.users import converge_users
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.tests.unit.botguard.account import (
    HTML,
    Account,
    Fault,
    module_options,
    refusal,
    serving,
)

JANE = {"email": "jane@shop.example", "id": 4711}
Result = dict[str, t.Any]


def account(*faults: Fault, users: t.Sequence[Result] = (JANE,)) -> Account:
    found = Account({"there.example": "online"})
    found.users = [dict(user) for user in users]
    found.knows_its_users = True
    # A server that ignores the filter, so similar addresses matter.
    found.filters = False
    found.faults = list(faults)
    return found


Work = t.Callable[..., list[Result]]


def websites(options: Result, entries: list[Result], *, check_mode: bool) -> list[Result]:
    wanted = [{"state": "online", **entry} for entry in entries]
    done, _sent = converge_websites(options, wanted, check_mode=check_mode)
    return done


def verdict(work: Work, there: Account, entries: list[Result], *, check_mode: bool) -> list[str]:
    """By entry, the kind of its error, or whether it is changed; one verdict if all are refused together."""
    with serving(there) as (url, _requests):
        try:
            done = work(module_options(url), entries, check_mode=check_mode)
        except BadInputError as error:
            return [error.kind]
    if check_mode:
        assert there.writes == []
    return [entry["error"]["kind"] if entry["error"] else str(entry["changed"]) for entry in done]


WEBSITES: dict[str, tuple[t.Callable[[], Account], Result, str]] = {
    "registered": (account, {"domain": "new.example", "user": 4711}, "True"),
    "registered by address": (account, {"domain": "new.example", "user_email": "jane@shop.example"}, "True"),
    "already there": (account, {"domain": "there.example", "user": 99}, "False"),
    "no such sub-account": (account, {"domain": "new.example", "user": 99}, "not_found"),
    "address in other letters": (account, {"domain": "new.example", "user_email": "Jane@shop.example"}, "rejected"),
    "two with the address": (
        lambda: account(users=[JANE, {**JANE, "id": 4712}]),
        {"domain": "new.example", "user_email": "jane@shop.example"},
        "rejected",
    ),
    "a sub-account without a number": (
        lambda: account(users=[{**JANE, "id": "x"}]),
        {"domain": "new.example", "user": 4711},
        "bad_response",
    ),
    "no domain": (account, {"domain": "http://new.example/"}, "bad_input"),
    "a number that is none": (account, {"domain": "new.example", "user": 0}, "bad_input"),
    "number and address": (account, {"domain": "new.example", "user": 1, "user_email": "a@b.example"}, "bad_input"),
    "no address": (account, {"domain": "new.example", "user_email": "jane"}, "bad_input"),
    "not the API": (
        lambda: account(Fault("GET /website/new.example", HTML, times=9)),
        {"domain": "new.example"},
        "bad_response",
    ),
    "wrong key": (
        lambda: account(Fault("GET /website/new.example", refusal(401, "No such key"), times=9)),
        {"domain": "new.example"},
        "auth",
    ),
}


@pytest.mark.parametrize("case", WEBSITES)
def test_a_website(case: str) -> None:
    make, entry, wanted = WEBSITES[case]
    foretold = verdict(websites, make(), [dict(entry)], check_mode=True)
    real = verdict(websites, make(), [dict(entry)], check_mode=False)
    # The run detects a missing sub-account by the API's refusal.
    assert foretold == [wanted]
    assert real == (["rejected"] if case in ("no such sub-account", "a sub-account without a number") else [wanted])


USERS: dict[str, tuple[Result, str]] = {
    "added": ({"email": "new@shop.example"}, "True"),
    "already there": ({"email": "jane@shop.example"}, "False"),
    "other letters": ({"email": "Jane@shop.example"}, "rejected"),
    "no address": ({"email": "jane"}, "bad_input"),
    "no country": ({"email": "new@shop.example", "country": "Germany"}, "bad_input"),
}


@pytest.mark.parametrize("case", USERS)
def test_a_sub_account(case: str) -> None:
    entry, wanted = USERS[case]
    for check_mode in (True, False):
        assert verdict(converge_users, account(), [dict(entry)], check_mode=check_mode) == [wanted]


def test_numbers_of_sub_accounts_are_looked_up_at_once() -> None:
    there = account()
    entries: list[Result] = [{"domain": f"n{number}.example", "user": 4711} for number in range(5)]
    assert verdict(websites, there, entries, check_mode=True) == ["True"] * 5
    assert there.calls.count("GET /user") == 1
