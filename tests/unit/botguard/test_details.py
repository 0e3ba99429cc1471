# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The displayed data of a website."""

from __future__ import annotations

import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._botguard import details
from ansible_collections.hosting.websec.plugins.module_utils._botguard.details import (
    MAX_SECRETS,
    is_secret_name,
    servers_of,
    without_secrets,
    without_secrets_in_json,
)
from ansible_collections.hosting.websec.plugins.module_utils._readings import Effort
from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN, Redactor
from ansible_collections.hosting.websec.tests.unit.botguard.account import KEY

A, B = "srv-1.botguard.net", "srv-2.botguard.net"


@pytest.mark.parametrize(
    "name",
    [
        "api_key",
        "API-Key",
        "apikey",
        "key",
        "token",
        "accessToken",
        "password",
        "db_passwd",
        "Secret",
        "client_secret",
        "credentials",
        "Authorization",
        "authorisation",
        "session_id",
        "cookie",
        "pass",
        "PWD",
        "private_key",
    ],
)
def test_names_of_secrets_are_recognised(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name", ["id", "domain", "status", "user", "email", "primary_server", "servers", "tag", "keyword", "passive"]
)
def test_other_names_are_kept(name: str) -> None:
    assert not is_secret_name(name)


def shown_of(value: t.Any, **more: t.Any) -> t.Any:
    return without_secrets(value, Redactor([KEY]), **more)[0]


def test_secrets_are_removed_at_every_depth() -> None:
    website = {
        "domain": "example.com",
        "api_key": "one",
        "user": {"id": 7, "api_key": "two", "keys": {"token": "three", "n": 1}},
        "history": [{"password": "four", "at": 1}, [{"secret": {"deep": "five"}}]],
    }
    assert shown_of(website) == {
        "domain": "example.com",
        "user": {"id": 7, "keys": {"n": 1}},
        "history": [{"at": 1}, [{}]],
    }


def test_keys_in_texts_and_links_are_hidden() -> None:
    website = {
        "note": f"made with {KEY}",
        KEY: 1,
        "link": "https://apiv2.botguard.net/en/website/example.com/events?lang=en&api-key=other-key&x=1#top",
    }
    assert shown_of(website) == {
        "note": f"made with {HIDDEN}",
        HIDDEN: 1,
        "link": f"https://apiv2.botguard.net/en/website/example.com/events?lang=en&api-key={HIDDEN}&x=1#top",
    }


def test_what_a_secret_of_an_object_holds_is_hidden_in_the_rest_of_it() -> None:
    users = [
        {"id": 1, "api_key": "the-key-of-one", "note": "made with the%2Dkey-of-one", "other": "the-key-of-two"},
        {"id": 2, "api_key": "the-key-of-two", "keys": [{"token": {"a": "token-of-two"}}], "note": "token-of-two"},
        {"id": 3, "api_key": "short", "note": "short"},
    ]
    assert shown_of(users, keep="api_key") == [
        {"id": 1, "api_key": "the-key-of-one", "note": f"made with {HIDDEN}", "other": "the-key-of-two"},
        {"id": 2, "api_key": "the-key-of-two", "keys": [{}], "note": HIDDEN},
        {"id": 3, "api_key": "short", "note": "short"},
    ]
    assert "api_key" not in json.dumps(shown_of(users))


def test_it_is_told_where_something_was_hidden() -> None:
    website = {"domain": KEY, "user": {"id": KEY}, "note": "x", "list": [{"status": f"a {KEY}"}], "session": "12345678"}
    assert without_secrets({**website, "more": "12345678"}, Redactor([KEY]))[1] == [
        ("domain",),
        ("user", "id"),
        ("list", "status"),
        ("more",),
    ]


def test_numbers_truth_and_nothing_stay_as_they_are() -> None:
    data: dict[str, t.Any] = {"id": 4711, "active": True, "limit": None, "load": 0.5, "tags": []}
    assert shown_of(data) == data


JSON: st.SearchStrategy[t.Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=())) | st.just("s3cr3t-value"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text() | st.sampled_from(["api_key", "Token", "userPassword"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_what_is_returned_holds_no_secret_and_can_be_printed(value: t.Any) -> None:
    shown = without_secrets({"data": value, "api_key": "s3cr3t-value"}, Redactor(["s3cr3t-value"]))[0]
    text = json.dumps(shown, ensure_ascii=False)
    text.encode("utf-8")
    assert "s3cr3t-value" not in text
    assert "userPassword" not in text


@pytest.mark.parametrize(
    "website",
    [
        {"primary_server": A, "secondary_server": B},
        {"primary": A, "secondary": B},
        {"primary": {"host": A}, "secondary": {"address": B, "ip": "192.0.2.1"}},
        {"servers": {"primary": A, "secondary": B}},
        {"servers": {"primary_server": A, "secondary_server": {"hostname": B}}},
        {"servers": [A, B]},
        {"servers": [A, B, "srv-3.botguard.net"]},
        {"servers": [{"name": A}, {"name": B}]},
        {"servers": [{"role": "secondary", "host": B}, {"role": "primary", "host": A}]},
        {"servers": [{"type": "secondary", "server": B}, {"server": A}]},
        {"primary_server": f" {A} ", "servers": [None, B]},
        {"primary_server": A, "secondary_server": B, "servers": ["x.example", "y.example"]},
    ],
)
def test_servers_are_found_in_every_plausible_form(website: dict[str, t.Any]) -> None:
    assert servers_of(website) == {"primary": A, "secondary": B}


@pytest.mark.parametrize(
    "website",
    [
        None,
        {},
        {"servers": None},
        {"servers": []},
        {"servers": "srv"},
        {"servers": [1, {}]},
        {"servers": [[A], True]},
        {"primary_server": "", "secondary_server": None},
        {"primary": 7, "servers": {"primary": {"port": 80}}},
    ],
)
def test_servers_that_are_not_given_are_null(website: dict[str, t.Any] | None) -> None:
    assert servers_of(website) == {"primary": None, "secondary": None}


def test_one_server_may_be_given_without_the_other() -> None:
    assert servers_of({"servers": [{"type": "secondary", "host": B}]}) == {"primary": None, "secondary": B}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('[{"id": 1, "api_key": "k1", "email": "a@b.example"}', f'[{{"id": 1, "api_key": {HIDDEN}'),
        ('{"api_key" : "half of a k', f'{{"api_key" : {HIDDEN}'),
        ('{"token":["half of a k', f'{{"token": {HIDDEN}'),
        ('{"secret": 12345678, "n": 1', f'{{"secret": {HIDDEN}'),
        (r'{"api\u005fkey": "k1"', rf'{{"api\u005fkey": {HIDDEN}'),
        (r'{"a\qb": "x", "a\q_token": "k1"', rf'{{"a\qb": "x", "a\q_token": {HIDDEN}'),
        ('{"domain": "a.example"', '{"domain": "a.example"'),
        ("<html>", "<html>"),
    ],
)
def test_secrets_in_a_cut_off_answer_are_hidden(text: str, shown: str) -> None:
    assert without_secrets_in_json(text) == shown


@pytest.mark.parametrize(
    "answer",
    [
        {"tokens": [f"secret-{number:04}" for number in range(MAX_SECRETS + 1)]},
        [{"api_key": f"secret-{number:06}", "text": "&"} for number in range(1000)],
        {"api_key": "k" * 50_000},
    ],
    ids=["in one object", "in all objects", "a long one"],
)
def test_more_secrets_than_can_be_looked_for_are_no_answer(answer: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(details, "Effort", lambda: Effort(10_000))
    with pytest.raises(ValueError, match="secret"):
        without_secrets(answer, Redactor([KEY]))


def test_a_list_of_thousands_of_websites_with_keys_and_escapes_is_read() -> None:
    address = "https://a.example/?a=1&b=%20c"
    answer = [{"domain": f"w{n}.example", "api_key": f"key-{n:020}", "url": address} for n in range(3000)]
    shown, hidden = without_secrets(answer, Redactor([KEY]))
    assert [each["url"] for each in shown] == [address] * 3000
    assert hidden == []
