# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A response about another website or sub-account is rejected, for every call."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._botguard.client import BotGuardClient
from ansible_collections.hosting.websec.plugins.module_utils._botguard.emails import user_of_email
from ansible_collections.hosting.websec.plugins.module_utils._botguard.websites import DesiredWebsite, converge
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.tests.unit.botguard.account import KEY, Account, Fault, answer, client_of

DOMAIN, EMAIL = "a.example", "jane@a.example"

CALLS: dict[str, tuple[str, str, t.Callable[[BotGuardClient], t.Any]]] = {
    "get": (f"GET /website/{DOMAIN}", "domain", lambda client: client.get(DOMAIN)),
    "create": ("POST /website", "domain", lambda client: client.create(DOMAIN, None)),
    "set_status": (f"PUT /website/{DOMAIN}", "domain", lambda client: client.set_status(DOMAIN, "paused")),
    "delete": (f"DELETE /website/{DOMAIN}", "domain", lambda client: client.delete(DOMAIN)),
    "create_user": ("POST /user", "email", lambda client: client.create_user({"email": EMAIL})),
}
LISTS = {"domains", "users"}
"""Calls with responses about many items."""

OTHERS = {
    "domain": ["b.example", "www.a.example", "a.example.b.example", "a.examp1e", "", " ", None, 7, True, [DOMAIN], {}],
    "email": ["joe@a.example", "jane@b.example", "", None, 7, [EMAIL], {}],
}
SAME = {
    "domain": ["a.example", "A.EXAMPLE", " a.example. ", "\uff41.example"],
    "email": [EMAIL, "Jane@A.example", f" {EMAIL}\n"],
}
SHAPES: list[t.Callable[[str, t.Any], t.Any]] = [
    lambda name, said: {name: said, "status": "online"},
    lambda name, said: {name.upper(): said},
    lambda name, said: {name.title(): said, "id": 7},
    lambda name, said: {"status": "error", "message": "Website not found", name: said},
    lambda name, said: [{name: said}],
]

WRAPPED: dict[str, t.Callable[[t.Any], t.Any]] = {
    "in a website": lambda inner: {"website": inner, "status": "online"},
    "in data": lambda inner: {"data": inner},
    "in Data, with an id": lambda inner: {"Data": inner, "id": 7},
    "in a word of their own": lambda inner: {"payload_v3": inner, "status": "paused"},
    "in a list of one": lambda inner: [inner],
    "in a list in a list": lambda inner: [[inner]],
    "in the list of a wrapper": lambda inner: {"websites": [inner], "status": "online"},
    "twice": lambda inner: {"status": "online", "response": {"result": [{"item": inner}]}},
    "in an error": lambda inner: {"status": "error", "message": "Website not found", "data": inner},
}
STRANGERS: dict[str, dict[str, t.Any]] = {
    "domain": {
        "by domain": {"domain": "b.example", "status": "online"},
        "by DOMAIN": {"DOMAIN": "b.example"},
        "by name": {"name": "b.example", "status": "online"},
        "as a text": {"website": "b.example"},
        "by key": {"b.example": {"status": "online"}},
        "beside the right one": {"domain": DOMAIN, "website": {"domain": "b.example"}},
        "beside a list with the right one": {"websites": [{"domain": DOMAIN}, {"domain": "b.example"}]},
    },
    "email": {
        "by email": {"email": "joe@b.example", "id": 8},
        "by Email": {"Email": "joe@b.example"},
        "by id": {"id": "joe@b.example", "api_key": "k8"},
        "as a text": {"user": "joe@b.example"},
        "by key": {"joe@b.example": {"id": 8}},
        "beside the right one": {"email": EMAIL, "user": {"email": "joe@b.example"}},
        "beside a list with the right one": {"users": [{"email": EMAIL}, {"email": "joe@b.example"}]},
    },
}
ITS_OWN = {
    "domain": [
        {"domain": DOMAIN, "status": "online", "user": {"id": 8, "email": "joe@b.example", "name": "b.example"}},
        {"status": "online", "user": {"id": "joe@b.example", "company": "b.example"}},
        {"status": "online", "servers": [{"role": "primary", "domain": "x.botguard.net"}, "y.botguard.net"]},
        {"status": "online", "servers": {"primary": {"name": "x.botguard.net"}, "x.botguard.net": {"up": True}}},
        {"status": "online", "primary_server": {"domain": "x.botguard.net"}, "Secondary": {"name": "y.botguard.net"}},
        {"status": "online", "settings": {"rules": [{"domain": "b.example", "deny": True}]}},
        {"domain": DOMAIN, "status": "online", "name": "b.example", "certificate": {"domain": "*.b.example"}},
        {"website": {"domain": DOMAIN, "aliases": [{"domain": "www.b.example"}]}, "status": "online", "id": 7},
        {"id": 7, "status": "online", "name": "The shop of v2.0", "tag": ["DC1"], "user": None},
    ],
    "email": [
        {"email": EMAIL, "id": 7, "server": [], "tag": [], "username": "joe@b.example"},
        {"id": EMAIL, "api_key": "k7", "tag": [], "server": []},
        {"user": {"email": EMAIL, "name": "Jane", "websites": [{"domain": "b.example"}]}},
        {"id": 7, "api_key": "k7", "name": "Jane", "contact": "see b.example"},
    ],
}
STATUSES = [200, 201, 303, 400, 401, 403, 404, 409, 422, 429, 500, 503]


def result_of(name: str, given: HttpResponse) -> t.Any:
    path, _named, call = CALLS[name]
    account = Account({DOMAIN: "online"})
    account.faults = [Fault(path, given)]
    return call(client_of(account))


def test_every_call_is_about_something_or_a_list() -> None:
    public = {name for name, value in vars(BotGuardClient).items() if callable(value) and not name.startswith("_")}
    assert public == CALLS.keys() | LISTS | {"close"}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("status", STATUSES)
def test_an_answer_about_somebody_else_is_no_answer(name: str, status: int) -> None:
    named = CALLS[name][1]
    for said in OTHERS[named]:
        for shape in SHAPES:
            with pytest.raises(BadResponseError) as failed:
                result_of(name, answer(status, shape(named, said)))
            assert failed.value.may_have_happened
            assert failed.value.http_status == status


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("wrap", WRAPPED.values(), ids=WRAPPED)
def test_an_answer_about_somebody_else_is_none_in_whatever_it_is_wrapped(
    name: str, wrap: t.Callable[[t.Any], t.Any]
) -> None:
    for said in STRANGERS[CALLS[name][1]].values():
        for status in STATUSES:
            with pytest.raises(BadResponseError, match=r"is about .*b\.example'?, and not about") as failed:
                result_of(name, answer(status, wrap(said)))
            assert failed.value.may_have_happened


@pytest.mark.parametrize("name", CALLS)
def test_what_an_answer_names_beside_its_subject_is_no_other_subject(name: str) -> None:
    for said in ITS_OWN[CALLS[name][1]]:
        result_of(name, answer(200, said))


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("wrap", [wrap for key, wrap in WRAPPED.items() if key != "in an error"])
def test_a_wrapper_around_the_right_subject_is_not_refused_for_it(name: str, wrap: t.Callable[[t.Any], t.Any]) -> None:
    named = CALLS[name][1]
    for said in SAME[named]:
        result_of(name, answer(200, wrap({named: said})))


@pytest.mark.parametrize("name", CALLS)
def test_an_answer_in_another_spelling_is_about_the_same(name: str) -> None:
    named = CALLS[name][1]
    for said in SAME[named]:
        result_of(name, answer(200, {named: said, "status": "online"}))


def test_an_international_name_is_compared_in_one_spelling() -> None:
    account = Account()
    account.faults = [Fault("GET /website/xn--strae-oqa.example", answer(200, {"domain": "Stra\u00dfe.example."}))]
    assert client_of(account).get("xn--strae-oqa.example") == {"domain": "Stra\u00dfe.example."}
    account.faults = [Fault("GET /website/xn--strae-oqa.example", answer(200, {"domain": "strasse.example"}))]
    with pytest.raises(BadResponseError, match="not about xn--strae-oqa"):
        client_of(account).get("xn--strae-oqa.example")


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    "body",
    [
        b'{"status": "online", "Status": "paused"}',
        b'{"status": "online", "status": "paused"}',
        b'{"status": "error", "message": "no", "STATUS": "online"}',
        b'{"status": "online", "error": "There is no such website"}',
    ],
)
def test_an_answer_that_contradicts_itself_is_none(name: str, body: bytes) -> None:
    with pytest.raises(BadResponseError):
        result_of(name, answer(200, body))


def test_a_website_that_is_there_and_not_found_is_a_contradiction() -> None:
    with pytest.raises(BadResponseError, match="with HTTP 404"):
        result_of("get", answer(404, {"domain": DOMAIN, "status": "online"}))


def test_the_key_is_not_in_the_message_when_it_is_the_foreign_name() -> None:
    with pytest.raises(BadResponseError) as failed:
        result_of("get", answer(200, {"domain": KEY}))
    assert KEY not in failed.value.message


# ---- whole passes

PASSES = {
    "register": ({}, "online"),
    "register, paused": ({}, "paused"),
    "pause": ({DOMAIN: "online"}, "paused"),
    "remove": ({DOMAIN: "online"}, "absent"),
    "remove what is not there": ({}, "absent"),
}


@pytest.mark.parametrize(("websites", "wanted"), PASSES.values(), ids=PASSES)
@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize("said", ["online", "paused", "absent", "error", "setup"])
@pytest.mark.parametrize("times", [1, 9])
def test_a_website_is_not_seen_in_the_answer_about_another_one(
    websites: dict[str, str], wanted: str, status: int, said: str, times: int
) -> None:
    account = Account(websites)
    foreign = answer(status, {"domain": "b.example", "status": said, "message": "Website not found"})
    account.faults = [Fault(f"GET /website/{DOMAIN}", foreign, times=times)]
    (outcome,) = converge(client_of(account), [DesiredWebsite(DOMAIN, wanted)], check_mode=False)
    assert account.writes == []
    assert account.websites == websites
    assert outcome.error is not None
    assert outcome.error.kind == "bad_response"


WRITES = [(name, call) for name, (call, _named, _call) in CALLS.items() if name in ("create", "set_status", "delete")]
WANTED = {
    "create": ({}, "online"),
    "set_status": ({DOMAIN: "online"}, "paused"),
    "delete": ({DOMAIN: "online"}, "absent"),
}


@pytest.mark.parametrize(("name", "call"), WRITES)
@pytest.mark.parametrize("has_effect", [True, False])
@pytest.mark.parametrize("status", [200, 404])
def test_after_a_write_that_was_answered_about_another_website_the_present_state_decides(
    name: str, call: str, has_effect: bool, status: int
) -> None:
    websites, wanted = WANTED[name]
    account = Account(websites)
    foreign = answer(status, {"domain": "b.example", "status": "error", "message": "Website not found"})
    account.faults = [Fault(call, foreign, has_effect=has_effect)]
    (outcome,) = converge(client_of(account), [DesiredWebsite(DOMAIN, wanted)], check_mode=False)
    if has_effect:
        assert (outcome.error, account.writes) == (None, [call])
    elif name == "create":
        assert account.writes == [call]
        assert outcome.error is not None
        assert outcome.error.kind == "outcome_unknown"
    else:
        # The current state proves that nothing happened.
        assert (outcome.error, account.writes) == (None, [call, call])


# ---- sub-accounts


def test_the_number_of_a_sub_account_is_its_own() -> None:
    users = [{"email": EMAIL, "id": 7}, {"email": "joe@a.example", "id": "7"}]
    with pytest.raises(BadResponseError, match="for another one as well"):
        user_of_email(users, EMAIL)
    assert user_of_email([*users[:1], {"email": "joe@a.example", "id": None}], EMAIL) == users[0]


@pytest.mark.parametrize("number", ["\u00b2", "5" * 5000, True, 7.0, "7.0", "", None, 0, -7, [7]])
def test_a_sub_account_without_a_number_is_refused(number: object) -> None:
    account = Account()
    account.users = [{"email": EMAIL, "id": number}]
    desired = DesiredWebsite(DOMAIN, "online", user_email=EMAIL)
    (outcome,) = converge(client_of(account), [desired], check_mode=False)
    assert account.writes == []
    assert outcome.error is not None
    assert outcome.error.kind == "bad_response"
