# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The API repeats the key at any place of any response, in any nested encoding.

An independent reader checks the results and every error, and no write happens because something was hidden.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import itertools
import json
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._botguard import results, users
from ansible_collections.hosting.websec.plugins.module_utils._botguard.client import BotGuardClient
from ansible_collections.hosting.websec.plugins.module_utils._botguard.results import status_diff
from ansible_collections.hosting.websec.plugins.module_utils._botguard.users import user_diff
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN
from ansible_collections.hosting.websec.tests.unit.botguard.account import (
    KEY,
    Account,
    Fault,
    Wire,
    answer,
    module_options,
    refusal,
)
from ansible_collections.hosting.websec.tests.unit.spellings import SPELLINGS, Spelling, shows, twice

SITE, JANE = "a.example", "jane@a.example"
SUB_KEY = "99999999-8888-7777-6666-555555555555"
FIELDS = {
    "id": 7,
    "user": {"id": 11, "email": JANE},
    "servers": [{"role": "primary", "host": "srv-1.botguard.net"}, "srv-2.botguard.net"],
    "note": "made by hand",
    "active": True,
    "limit": None,
}
USER = {"id": 11, "email": JANE, "api_key": SUB_KEY, "first_name": "Jane", "links": ["https://x.example/?a=b"]}


def account(
    *, status: str | None = None, user: bool = False, fault: Fault | None = None, not_found: HttpResponse | None = None
) -> Account:
    made = Account({SITE: status} if status else {}, not_found=not_found)
    made.fields = copy.deepcopy(FIELDS)
    made.users = [copy.deepcopy(USER)] if user else []
    made.faults = [fault] if fault else []
    return made


Task = t.Callable[[], t.Any]


def website(state: str, **more: t.Any) -> Task:
    def task() -> t.Any:
        entry = {"domain": SITE, "state": state, "user": None, **more}
        entries, line = results.converge_websites(module_options("https://api.example"), [entry], check_mode=False)
        return [entries, status_diff(entries), line]

    return task


def sub_account(email: str = JANE) -> Task:
    def task() -> t.Any:
        entries = users.converge_users(
            module_options("https://api.example"), [{"email": email}], check_mode=False, return_api_key=True
        )
        for entry in entries:
            # The one place where it is returned, on request.
            assert entry.pop("api_key") in (None, SUB_KEY, "sub-key-0")
        return [entries, user_diff(entries)]

    return task


SCENARIOS: dict[str, tuple[t.Callable[[], Account], Task]] = {
    "order": (account, website("online")),
    "order, absent by the list": (lambda: account(not_found=refusal(400, "No such website")), website("online")),
    "order for a sub-account": (lambda: account(user=True), website("online", user_email=JANE)),
    "pause": (lambda: account(status="online"), website("paused")),
    "end": (lambda: account(status="online"), website("absent")),
    "nothing to do": (lambda: account(status="online"), website("online")),
    "refusal": (lambda: account(fault=Fault(f"GET /website/{SITE}", refusal(403, "Not you"))), website("online")),
    "not an object": (lambda: account(fault=Fault(f"GET /website/{SITE}", answer(200, ["x"]))), website("online")),
    "error without its status": (
        lambda: account(fault=Fault(f"GET /website/{SITE}", answer(422, {"code": "x1", "detail": "y"}))),
        website("online"),
    ),
    "sub-account": (lambda: account(user=True), sub_account()),
    "new sub-account": (account, sub_account()),
    "refused sub-account": (lambda: account(fault=Fault("POST /user", refusal(409, "There is one"))), sub_account()),
}

Place = tuple[t.Union[str, int], ...]
NAME_OF = "name of"


class Recording(Wire):
    """Records the responses, optionally with another value at one place of one response."""

    def __init__(self, made: Account, at: tuple[int, Place] | None, change: Spelling) -> None:
        super().__init__(made)
        self._at, self._change = at, change
        self.answers: list[t.Any] = []

    def send(self, *arguments: t.Any, **more: t.Any) -> HttpResponse:
        reply = super().send(*arguments, **more)
        value = json.loads(reply.body) if reply.body else None
        if self._at is not None and self._at[0] == len(self.answers):
            reply = dataclasses.replace(reply, body=json.dumps(changed(value, self._at[1], self._change)).encode())
        self.answers.append(value)
        return reply


def changed(value: t.Any, place: Place, change: Spelling) -> t.Any:
    if not place:
        return change("" if value is None else str(value))
    first, *rest = place
    if first == NAME_OF:
        (name,) = rest
        return {change(str(each)) if each == name else each: inner for each, inner in value.items()}
    made = copy.copy(value)
    made[first] = changed(value[first], tuple(rest), change)
    return made


def places(value: t.Any) -> t.Iterator[Place]:
    """Every scalar value, and every name."""
    if not isinstance(value, (dict, list)):
        yield ()
        return
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(value, dict):
            yield (NAME_OF, name)
        yield from ((name, *rest) for rest in places(inner))


def outcome(scenario: str, at: tuple[int, Place] | None = None, change: Spelling = str, key: str = KEY) -> t.Any:
    """All output texts of a scenario, its writes, and its responses."""
    make, task = SCENARIOS[scenario]
    made = make()
    wire = Recording(made, at, change)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BotGuardClient, "from_options", lambda *_options, **_more: BotGuardClient(wire, key))
        try:
            found: t.Any = task()
        except WebsecError as error:
            found = [error.as_dict(), repr(error), repr(error.__context__), repr(error.__cause__)]
    return json.dumps(found, ensure_ascii=False), made.writes, wire.answers


@functools.cache
def as_it_is(scenario: str) -> tuple[list[str], list[tuple[int, Place]]]:
    """Its writes, and all places of all its responses."""
    _text, written, answers = outcome(scenario)
    return written, [(number, place) for number, value in enumerate(answers) for place in places(value)]


TWICE = [spelling for _name, spelling in twice()]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_key_at_any_place_of_an_answer_is_nowhere_in_what_comes_of_it(scenario: str) -> None:
    written, everywhere = as_it_is(scenario)
    turn = itertools.cycle([*SPELLINGS.values(), *TWICE[:: 1 + len(TWICE) // 97], *TWICE])
    shown: set[str] = set()
    for at in everywhere:
        for spelling in itertools.islice(turn, 2):
            for change in (
                lambda _old, spelling=spelling: spelling(KEY),
                lambda old, spelling=spelling: f"{old}: {spelling(KEY)} is wrong",
            ):
                text, wrote, _answers = outcome(scenario, at, change)
                shown.add(text)
                assert not set(wrote) - set(written), (at, text)
    # Anything that is not an object is not shown.
    assert scenario == "not an object" or any(HIDDEN in text or "a secret in place" in text for text in shown)
    for text in shown:
        assert not shows(text, KEY), text


@pytest.mark.parametrize("scenario", ["sub-account", "new sub-account", "refused sub-account"])
def test_the_key_of_a_sub_account_is_nowhere_but_in_its_own_field(scenario: str) -> None:
    turn = itertools.cycle(TWICE)
    for at in as_it_is(scenario)[1]:
        if "api_key" not in at[1]:
            spelling = next(turn)
            text, _wrote, _answers = outcome(scenario, at, lambda old, it=spelling: f"{old}: {it(SUB_KEY)}")
            assert scenario != "sub-account" or not shows(text, SUB_KEY), text


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_key_that_is_a_word_of_an_answer_leads_to_no_write(scenario: str) -> None:
    written, _everywhere = as_it_is(scenario)
    words = set(_words_of(outcome(scenario)[2]))
    for word in sorted({*words, *(word[:8] for word in words), *(word[:4] for word in words), "1"}):
        text, wrote, _answers = outcome(scenario, key=word)
        assert not set(wrote) - set(written), (word, text)


def _words_of(value: t.Any) -> t.Iterator[str]:
    if isinstance(value, dict):
        yield from value
    if isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _words_of(each)
    elif value not in (None, ""):
        yield str(value)


def test_the_partner_key_is_never_returned_as_that_of_a_sub_account() -> None:
    (at,) = [at for at in as_it_is("sub-account")[1] if at[1][-1] == "api_key" and NAME_OF not in at[1]]
    text, _wrote, _answers = outcome("sub-account", at, lambda _old: KEY)
    assert KEY not in text
