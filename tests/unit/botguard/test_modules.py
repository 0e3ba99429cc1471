# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests and results of the modules."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._botguard.client import BotGuardClient
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.modules import botguard_website, botguard_websites
from ansible_collections.hosting.websec.tests.unit.botguard.account import (
    KEY,
    Account,
    Fault,
    answer,
    module_options,
    refusal,
    serving,
)

SITE = "example.com"


def one(account: Account, *, check_mode: bool = False, **options: t.Any) -> dict[str, t.Any]:
    """Run C(botguard_website) against ``account``."""
    with serving(account) as (url, _requests):
        given = {"domain": SITE, "state": "online", "user": None, **options}
        return botguard_website.run(module_options(url, **given), check_mode)


def many(account: Account, *entries: dict[str, t.Any], check_mode: bool = False, **options: t.Any) -> dict[str, t.Any]:
    """Run C(botguard_websites) against ``account``."""
    websites = [{"state": "online", "user": None, **entry} for entry in entries]
    given = {"websites": websites, "concurrency": 4, "on_error": "fail", **options}
    with serving(account) as (url, _requests):
        return botguard_websites.run(module_options(url, **given), check_mode)


class TestRequests:
    def test_writes_are_forms_and_the_key_is_in_a_header_only(self) -> None:
        account = Account()
        with serving(account) as (url, requests):
            options = module_options(url, domain="B\u00fccher.Example.", state="paused", user=7)
            botguard_website.run(options, False)
        domain = "xn--bcher-kva.example"
        assert [(request.method, request.path, request.body) for request in requests] == [
            ("GET", f"/website/{domain}", ""),
            ("GET", f"/website/{domain}", ""),
            ("POST", "/website", f"domain={domain}&user=7"),
            ("GET", f"/website/{domain}", ""),
            ("PUT", f"/website/{domain}", "status=paused"),
            ("GET", f"/website/{domain}", ""),
        ]
        for request in requests:
            assert request.headers["authorization"] == f"Bearer {KEY}"
            assert request.headers["accept"] == "application/json"
            assert KEY not in request.path + request.body
            if request.body:
                assert request.headers["content-type"] == "application/x-www-form-urlencoded"

    def test_the_address_may_have_a_path_and_a_slash_at_its_end(self) -> None:
        with serving(Account({SITE: "online"})) as (url, requests):
            options = module_options(f"{url}/botguard/", domain=SITE, state="online", user=None)
            result = botguard_website.run(options, False)
        assert requests[0].path == f"/botguard/website/{SITE}"
        assert result["events_url"] == f"{url}/botguard/en/website/{SITE}/events"

    def test_a_redirect_is_not_followed_with_the_key(self) -> None:
        account = Account()
        account.faults = [Fault(f"GET /website/{SITE}", HttpResponse(302, "text/html", b""))]
        with serving(account) as (url, requests):
            result = botguard_website.run(module_options(url, domain=SITE, state="online", user=None), False)
        assert result["error"]["kind"] == "bad_response"
        assert "redirect" in result["msg"]
        assert len(requests) == 1

    def test_a_read_is_repeated_after_an_outage_and_a_write_is_not(self) -> None:
        account = Account({SITE: "online"})
        account.faults = [
            Fault(f"GET /website/{SITE}", refusal(503, "Busy")),
            Fault(f"PUT /website/{SITE}", None, has_effect=True),
        ]
        with serving(account) as (url, _requests):
            options = module_options(url, domain=SITE, state="paused", user=None, retries=2)
            result = botguard_website.run(options, False)
        assert result["failed"] is False
        assert account.writes == [f"PUT /website/{SITE}"]

    @pytest.mark.parametrize("key", ["", " ", f"{KEY}\n", "two words", "sch\u00fcssel", "k\x00"])
    def test_a_key_that_cannot_go_into_a_header_is_refused_without_showing_it(self, key: str) -> None:
        with pytest.raises(BadInputError) as refused:
            BotGuardClient.from_options(module_options("https://api.example", api_key=key), read_only=True)
        assert "api_key" in refused.value.message
        assert len(key) < 2 or key.strip() not in refused.value.message + refused.value.hint

    @pytest.mark.parametrize(
        "url",
        ["http://api.example", "ftp://api.example", "https://", "api.example", f"https://api.example/?api-key={KEY}"],
    )
    def test_an_address_that_would_show_the_key_is_refused(self, url: str) -> None:
        with (
            pytest.raises(BadInputError, match="api_url") as refused,
            BotGuardClient.from_options(module_options(url), read_only=True),
        ):
            pytest.fail("the client was opened")
        assert KEY not in refused.value.message


class TestOneWebsite:
    def test_everything_about_a_new_website_is_returned(self) -> None:
        account = Account()
        account.fields = {"primary_server": "srv-1.botguard.net", "secondary_server": "srv-2.botguard.net"}
        account.fields["user"] = {"id": 7, "api_key": "key-of-the-sub-account"}
        with serving(account) as (url, _requests):
            result = botguard_website.run(module_options(url, domain="Example.com.", state="online", user=7), False)
        assert result == {
            "domain": SITE,
            "status_before": "absent",
            "status": "online",
            "website": {
                "domain": SITE,
                "status": "online",
                "primary_server": "srv-1.botguard.net",
                "secondary_server": "srv-2.botguard.net",
                "user": {"id": 7},
            },
            "servers": {"primary": "srv-1.botguard.net", "secondary": "srv-2.botguard.net"},
            "events_url": f"{url}/en/website/{SITE}/events",
            "settings_url": f"{url}/en/website/{SITE}/edit",
            "actions": ["POST /website"],
            "changed": True,
            "failed": False,
            "error": None,
            "diff": {"before": {"status": "absent"}, "after": {"status": "online"}},
        }
        assert "key-of-the-sub-account" not in json.dumps(result)

    def test_check_mode_tells_what_would_be(self) -> None:
        account = Account({SITE: "online"})
        result = one(account, state="paused", check_mode=True)
        assert result["changed"] is True
        assert result["actions"] == [f"PUT /website/{SITE}"]
        assert result["status"] == "paused"
        assert result["website"]["status"] == "online"
        assert result["diff"] == {"before": {"status": "online"}, "after": {"status": "paused"}}
        assert account.writes == []

    def test_a_removed_website_has_no_data(self) -> None:
        result = one(Account({SITE: "paused"}), state="absent")
        assert result["status"] == "absent"
        assert result["website"] is None
        assert result["servers"] == {"primary": None, "secondary": None}
        assert result["diff"] == {"before": {"status": "paused"}, "after": {"status": "absent"}}

    def test_the_pages_follow_the_language(self) -> None:
        assert "/ru/website/example.com/edit" in one(Account({SITE: "online"}), lang="ru")["settings_url"]

    def test_a_failure_names_the_website_and_what_to_do(self) -> None:
        account = Account()
        account.faults = [Fault(f"GET /website/{SITE}", refusal(401, f"Key {KEY} is outdated"))]
        result = one(account)
        assert result["failed"] is True
        assert result["changed"] is False
        assert result["status"] is None
        assert result["error"]["kind"] == "auth"
        assert result["error"]["domain"] == SITE
        assert result["error"]["http_status"] == 401
        assert "is outdated" in result["msg"]
        assert "BOTGUARD_API_KEY" in result["msg"]
        assert KEY not in json.dumps(result)

    def test_what_was_done_before_a_failure_is_told(self) -> None:
        account = Account()
        account.new_status = "setup"
        account.faults = [Fault(f"PUT /website/{SITE}", refusal(422, "Not ready"))]
        result = one(account)
        assert result["failed"] is True
        assert result["changed"] is True
        assert result["actions"] == ["POST /website", f"PUT /website/{SITE}"]
        assert result["status"] == "setup"
        assert "Not ready" in result["msg"]

    def test_a_secret_in_the_status_is_hidden(self) -> None:
        result = one(Account({SITE: KEY}), check_mode=True, state="absent")
        assert KEY not in json.dumps(result)


class TestManyWebsites:
    def test_entries_come_in_the_order_of_the_input(self) -> None:
        account = Account({"b.example": "online", "c.example": "online"})
        result = many(
            account,
            {"domain": "C.example", "state": "absent"},
            {"domain": "a.example", "state": "paused"},
            {"domain": "b.example"},
        )
        assert [(entry["domain"], entry["status_before"], entry["status"]) for entry in result["websites"]] == [
            ("c.example", "online", "absent"),
            ("a.example", "absent", "paused"),
            ("b.example", "online", "online"),
        ]
        assert [entry["changed"] for entry in result["websites"]] == [True, True, False]
        assert result["changed"] is True
        assert "failed" not in result
        assert result["diff"] == {
            "before": {"c.example": "online", "a.example": "absent"},
            "after": {"c.example": "absent", "a.example": "paused"},
        }

    @pytest.mark.parametrize("on_error", ["fail", "report"])
    def test_failed_websites_are_listed(self, on_error: str) -> None:
        account = Account({"b.example": "online"})
        account.faults = [Fault("GET /website/a.example", answer(200, b"<html>"))]
        result = many(account, {"domain": "a.example"}, {"domain": "b.example", "state": "paused"}, on_error=on_error)
        bad, good = result["websites"]
        assert bad["failed"] is True
        assert bad["error"]["kind"] == "bad_response"
        assert bad["error"]["domain"] == "a.example"
        assert good["failed"] is False
        assert good["status"] == "paused"
        assert result.get("failed", False) == (on_error == "fail")
        if on_error == "fail":
            assert result["msg"].startswith("1 of 2 websites failed.")
            assert "a.example: GET /website/a.example: the response of the BotGuard API" in result["msg"]

    def test_a_second_run_changes_nothing(self) -> None:
        account = Account()
        entries = [{"domain": "a.example", "state": "paused"}, {"domain": "b.example"}, {"domain": "c.example"}]
        many(account, *entries)
        account.calls.clear()
        result = many(account, *entries)
        assert result["changed"] is False
        assert result["diff"] == {"before": {}, "after": {}}
        assert sorted(account.calls) == [f"GET /website/{name}.example" for name in "abc"]

    def test_a_website_that_is_listed_twice_is_refused_before_the_first_call(self) -> None:
        account = Account()
        with pytest.raises(BadInputError, match=r"more than once: a\.example in the entries 1 and 2"):
            many(account, {"domain": "a.example"}, {"domain": "A.EXAMPLE."})
        assert account.calls == []
