# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sub-accounts: adding and finding them, and their displayed data."""

from __future__ import annotations

import json
import time
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._botguard import users as users_file
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.modules import botguard_user, botguard_users, botguard_websites
from ansible_collections.hosting.websec.tests.unit.botguard.account import (
    HTML,
    KEY,
    Account,
    Fault,
    answer,
    module_options,
    refusal,
    serving,
)

JANE, JOE = "jane@shop.example", "joe@shop.example"
NOTHING = dict.fromkeys(users_file.FIELDS)


def account_with(*emails: str) -> Account:
    account = Account()
    account.users = [{"id": 10 + n, "email": email, "api_key": f"sub-key-{n}"} for n, email in enumerate(emails)]
    return account


def one(account: Account, *, check_mode: bool = False, **options: t.Any) -> dict[str, t.Any]:
    """Run C(botguard_user) against ``account``."""
    with serving(account) as (url, _requests):
        given = {**NOTHING, "email": JANE, "return_api_key": False, **options}
        return botguard_user.run(module_options(url, **given), check_mode)


def many(
    account: Account,
    *users: dict[str, t.Any],
    check_mode: bool = False,
    context: RunContext | None = None,
    **options: t.Any,
) -> dict[str, t.Any]:
    """Run C(botguard_users) against ``account``."""
    given = {"users": [{**NOTHING, **user} for user in users], "concurrency": 4, "on_error": "fail", **options}
    with serving(account) as (url, _requests):
        return botguard_users.run(module_options(url, **given), check_mode, context)


class TestOneUser:
    def test_a_new_one_is_added_with_what_is_known_of_it(self) -> None:
        account = account_with(JOE)
        result = one(account, first_name="Jane", country="DE", address="")
        assert account.forms == [{"email": JANE, "first_name": "Jane", "country": "DE"}]
        assert account.calls == ["GET /user", "GET /user", "POST /user", "GET /user"]
        assert result == {
            "email": JANE,
            "user": {"id": 4712, "email": JANE, "first_name": "Jane", "country": "DE"},
            "actions": ["POST /user"],
            "changed": True,
            "failed": False,
            "error": None,
            "diff": {"before": {JANE: "absent"}, "after": {JANE: "present"}},
        }

    @pytest.mark.parametrize("filters", [True, False])
    def test_one_that_is_there_is_found_and_not_changed(self, filters: bool) -> None:
        account = account_with(JOE, JANE, "x" + JANE)
        account.filters = filters
        result = one(account, first_name="Janet")
        assert result["changed"] is False
        assert result["user"] == {"id": 11, "email": JANE}
        assert result["diff"] == {"before": {}, "after": {}}
        assert account.calls == ["GET /user"]

    def test_the_address_goes_into_the_query_and_the_key_into_a_header(self) -> None:
        account = account_with("a+b@shop.example")
        with serving(account) as (url, requests):
            given = {**NOTHING, "email": " a+b@shop.example ", "return_api_key": False}
            assert botguard_user.run(module_options(url, **given), False)["user"]["id"] == 10
        assert [request.path for request in requests] == ["/user?email=a%2Bb%40shop.example"]
        assert requests[0].headers["authorization"] == f"Bearer {KEY}"

    @pytest.mark.parametrize(
        ("emails", "problem"),
        [
            ([JANE, JOE, JANE], f"2 sub-accounts have the e-mail address {JANE}: id 10, id 12."),
            (["Jane@Shop.example"], f"No sub-account has the e-mail address {JANE}, but one has Jane@Shop.example"),
        ],
    )
    @pytest.mark.parametrize("filters", [True, False])
    def test_who_is_meant_must_be_certain(self, emails: list[str], problem: str, filters: bool) -> None:
        account = account_with(*emails)
        account.filters = filters
        if filters and JANE not in emails:
            account.faults = [Fault("GET /user", answer(200, account.users))]
        result = one(account)
        assert result["failed"] is True
        assert result["error"]["kind"] == "rejected"
        assert result["error"]["email"] == JANE
        assert problem in result["msg"]
        assert account.writes == []

    def test_check_mode_adds_nobody(self) -> None:
        account = account_with(JOE)
        result = one(account, check_mode=True)
        assert (result["changed"], result["actions"], result["user"]) == (True, ["POST /user"], None)
        assert account.calls == ["GET /user"]

    @pytest.mark.parametrize(
        "reply", [None, HTML, answer(200, b'{"id": 1, "api_key": "sub-'), refusal(500, "Try again")]
    )
    def test_a_lost_answer_is_looked_up(self, reply: t.Any) -> None:
        account = account_with(JOE)
        account.faults = [Fault("POST /user", reply, has_effect=True)]
        result = one(account)
        assert (result["failed"], result["changed"], result["user"]["email"]) == (False, True, JANE)
        assert account.writes == ["POST /user"]

    def test_a_lost_request_is_not_sent_again(self) -> None:
        account = account_with(JOE)
        account.faults = [Fault("POST /user", None)]
        result = one(account)
        assert result["error"]["kind"] == "outcome_unknown"
        assert account.writes == ["POST /user"]

    def test_one_that_is_not_seen_after_it_was_accepted_is_an_error(self) -> None:
        account = account_with(JOE)
        account.faults = [Fault("POST /user", answer(200, {"id": 5, "api_key": "sub-key"}))]
        result = one(account)
        assert result["error"]["kind"] == "outcome_unknown"
        assert "was accepted for jane@shop.example" in result["msg"]

    def test_a_refusal_is_told(self) -> None:
        account = account_with(JOE)
        account.faults = [Fault("POST /user", refusal(409, "User already exists"))]
        result = one(account)
        assert result["error"]["kind"] == "rejected"
        assert "User already exists (HTTP 409)" in result["msg"]

    @pytest.mark.parametrize(
        "users",
        [
            {"id": 1},
            "jane",
            [{"id": 1}],
            [7],
            [{"email": JANE}],
            [{"email": JANE, "id": True}],
            [{"email": JANE, "id": "x"}],
        ],
    )
    def test_an_answer_that_is_no_list_of_sub_accounts_leads_to_no_write(self, users: t.Any) -> None:
        account = Account()
        account.faults = [Fault("GET /user", answer(200, users))]
        assert one(account)["error"]["kind"] == "bad_response"
        assert account.writes == []

    def test_an_empty_answer_is_nobody(self) -> None:
        account = Account()
        account.faults = [Fault("GET /user", answer(200, b""), times=2)]
        assert one(account)["changed"] is True


class TestKeys:
    def test_the_key_is_returned_only_when_it_is_asked_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        secrets: list[str] = []
        monkeypatch.setattr(users_file, "register_secret", secrets.append)
        account = account_with(JANE)
        account.users[0]["link"] = "https://x.example/?k=sub-key-0"
        assert "sub-key-0" not in json.dumps(one(account))
        assert secrets == []
        result = one(account, return_api_key=True)
        assert result.pop("api_key") == "sub-key-0"
        assert "sub-key-0" not in json.dumps(result)
        assert secrets == ["sub-key-0"]
        assert one(account, return_api_key=True, check_mode=True)["api_key"] == "sub-key-0"

    @pytest.mark.parametrize("key", [None, "", 7])
    def test_one_without_a_key(self, key: t.Any) -> None:
        account = account_with(JANE)
        account.users[0]["api_key"] = key
        assert one(account, return_api_key=True)["api_key"] is None

    def test_an_answer_that_was_cut_off_shows_no_key(self) -> None:
        account = Account()
        account.faults = [Fault("GET /user", answer(200, b'[{"id": 1, "api_key": "sub-key-0", "email": "jane'))]
        result = one(account)
        assert result["error"]["kind"] == "bad_response"
        assert "It starts with:" in result["msg"]
        assert "sub-key" not in json.dumps(result)


class TestManyUsers:
    def test_those_who_are_there_cost_one_call(self) -> None:
        account = account_with(JANE, JOE)
        result = many(account, {"email": JOE}, {"email": JANE})
        assert [entry["user"]["id"] for entry in result["users"]] == [11, 10]
        assert result["changed"] is False
        assert account.calls == ["GET /user"]

    def test_each_new_one_costs_three_calls(self) -> None:
        account = account_with(JANE)
        result = many(account, {"email": "a@x.example"}, {"email": JANE}, {"email": "b@x.example", "lang": "ru"})
        assert [entry["changed"] for entry in result["users"]] == [True, False, True]
        assert sorted(account.calls) == ["GET /user"] * 5 + ["POST /user"] * 2
        assert result["diff"]["after"] == {"a@x.example": "present", "b@x.example": "present"}
        assert "api_key" not in json.dumps(result)

    def test_nobody_costs_no_call(self) -> None:
        account = Account()
        assert many(account)["users"] == []
        assert account.calls == []

    @pytest.mark.parametrize("users", [[JANE], [JANE, JOE]])
    def test_after_the_deadline_all_are_deferred_and_none_has_failed(self, users: list[str]) -> None:
        account = Account()
        result = many(account, *({"email": email} for email in users), context=RunContext(deadline=time.time() - 1))
        assert result["deferred"] == len(users)
        assert [(entry["deferred"], entry["failed"], entry["user"]) for entry in result["users"]] == [
            (True, False, None)
        ] * len(users)
        assert not result.get("failed")
        assert account.calls == []

    def test_one_that_was_added_is_told_though_nobody_could_look_at_it_again(self) -> None:
        context = RunContext()

        class Stopping(Account):
            def _do(self, method: str, path: str, form: t.Mapping[str, str]) -> HttpResponse:
                if method == "POST":
                    context.stop("stopped by SIGTERM")
                return super()._do(method, path, form)

        account = Stopping()
        (jane,) = many(account, {"email": JANE}, context=context)["users"]
        assert (jane["deferred"], jane["changed"], jane["actions"], jane["user"]) == (True, True, ["POST /user"], None)

    @pytest.mark.parametrize("on_error", ["fail", "report"])
    def test_one_that_fails_does_not_stop_the_others(self, on_error: str) -> None:
        account = account_with(JANE, JANE)
        result = many(account, {"email": JANE}, {"email": JOE}, on_error=on_error)
        assert [entry["failed"] for entry in result["users"]] == [True, False]
        assert result.get("failed", False) == (on_error == "fail")

    def test_an_outage_is_the_error_of_all(self) -> None:
        account = Account()
        account.faults = [Fault("GET /user", refusal(401, "Invalid API key"))]
        result = many(account, {"email": JANE}, {"email": JOE}, on_error="report")
        assert [entry["error"]["kind"] for entry in result["users"]] == ["auth", "auth"]
        assert account.calls == ["GET /user"]

    @pytest.mark.parametrize(
        ("users", "problem"),
        [
            (
                [{"email": JANE}, {"email": "JANE@shop.example"}],
                "Listed more than once: jane@shop.example in the entries 1 and 2.",
            ),
            ([{"email": "jane"}], "'jane' is not an e-mail address"),
            ([{"email": "a b@c.example"}], "is not an e-mail address"),
            ([{"email": JANE, "country": "Germany"}], "country is 'Germany'"),
        ],
    )
    def test_what_cannot_be_is_refused_before_the_first_call(self, users: list[dict[str, t.Any]], problem: str) -> None:
        account = Account()
        with pytest.raises(BadInputError, match=problem):
            many(account, *users)
        assert account.calls == []


class TestWebsitesOfUsers:
    def websites(
        self, account: Account, *entries: dict[str, t.Any], check_mode: bool = False
    ) -> list[dict[str, t.Any]]:
        websites = [{"state": "online", "user": None, "user_email": None, **entry} for entry in entries]
        with serving(account) as (url, _requests):
            options = module_options(url, websites=websites, concurrency=1, on_error="report")
            return t.cast("list[dict[str, t.Any]]", botguard_websites.run(options, check_mode)["websites"])

    def test_the_owner_is_looked_up_once_an_address_and_only_at_the_registration(self) -> None:
        account = account_with(JOE, JANE)
        account.websites = {"there.example": "online"}
        account.filters = False
        entries = [{"domain": f"{name}.example", "user_email": JANE} for name in ("a", "there", "b")]
        result = self.websites(account, *entries, {"domain": "gone.example", "user_email": JOE, "state": "absent"})
        assert [entry["error"] for entry in result] == [None] * 4
        assert account.forms == [{"domain": "a.example", "user": "11"}, {"domain": "b.example", "user": "11"}]
        assert account.calls.count("GET /user") == 1

    def test_without_the_owner_nothing_is_registered(self) -> None:
        account = account_with(JOE)
        result = self.websites(account, {"domain": "a.example", "user_email": JANE}, {"domain": "b.example"})
        assert result[0]["error"]["kind"] == "not_found"
        assert "No sub-account has the e-mail address jane@shop.example" in result[0]["error"]["message"]
        assert result[0]["actions"] == []
        assert result[1]["failed"] is False
        assert account.forms == [{"domain": "b.example"}]

    def test_check_mode_does_not_miss_an_owner_whom_a_task_before_would_add(self) -> None:
        account = Account()
        result = self.websites(account, {"domain": "a.example", "user_email": JANE}, check_mode=True)
        assert (result[0]["error"], result[0]["actions"]) == (None, ["POST /website"])

    @pytest.mark.parametrize(
        ("entry", "problem"),
        [
            ({"user": 7, "user_email": JANE}, "user and user_email are mutually exclusive"),
            ({"user_email": "jane"}, "'jane' is not an e-mail address"),
        ],
    )
    def test_an_owner_that_cannot_be_is_refused(self, entry: dict[str, t.Any], problem: str) -> None:
        account = Account()
        with pytest.raises(BadInputError, match=problem):
            self.websites(account, {"domain": "a.example", **entry})
        assert account.calls == []
