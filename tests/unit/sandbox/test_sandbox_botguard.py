# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BotGuard: requests in forms, responses in JSON, and the forms that the documentation leaves open."""

from __future__ import annotations

import typing as t

import pytest

if t.TYPE_CHECKING:
    from conftest import Sandbox


def test_the_life_of_a_website(sandbox: Sandbox) -> None:
    assert sandbox.botguard("GET", "/website").json == []
    made = sandbox.botguard("POST", "/website", domain="shop.example").json
    assert (made["domain"], made["status"]) == ("shop.example", "online")
    assert sandbox.botguard("PUT", "/website/shop.example", status="paused").json["status"] == "paused"
    assert sandbox.botguard("GET", "/website/shop.example").json["status"] == "paused"
    assert [one["domain"] for one in sandbox.botguard("GET", "/website").json] == ["shop.example"]
    assert sandbox.botguard("DELETE", "/website/shop.example").json["domain"] == "shop.example"
    assert sandbox.botguard("GET", "/website").json == []
    entries = sandbox.admin("GET", "ledger")["entries"]
    assert [(one["event"], one["api"], one["domain"]) for one in entries] == [
        ("added", "botguard", "shop.example"),
        ("deleted", "botguard", "shop.example"),
    ]
    assert [(one["method"], one["write"], one["domain"]) for one in sandbox.journal()][1:4] == [
        ("POST /website", True, "shop.example"),
        ("PUT /website/{domain}", True, "shop.example"),
        ("GET /website/{domain}", False, "shop.example"),
    ]


@pytest.mark.parametrize("key", ["", "wrong"])
def test_a_wrong_key(sandbox: Sandbox, key: str) -> None:
    answer = sandbox.botguard("POST", "/website", key=key, domain="shop.example")
    assert (answer.status, answer.json["status"]) == (401, "error")
    assert sandbox.botguard("GET", "/website").json == []


@pytest.mark.parametrize(
    ("form", "status", "content"),
    [
        ("http_404_error", 404, {"status": "error", "message": "Website not found"}),
        ("http_200_error", 200, {"status": "error", "message": "Website not found"}),
        ("null", 200, None),
    ],
)
@pytest.mark.parametrize("verb", ["GET", "DELETE"])
def test_unknown_website(sandbox: Sandbox, verb: str, form: str, status: int, content: t.Any) -> None:
    sandbox.admin("POST", "settings", not_found=form)
    answer = sandbox.botguard(verb, "/website/shop.example")
    assert (answer.status, answer.json) == (status, content)


def test_a_body_in_json_is_refused(sandbox: Sandbox) -> None:
    headers = {"Authorization": "Bearer key-of-the-partner", "Content_Type": "application/json"}
    answer = sandbox.send("POST", "/botguard/website", b'{"domain": "shop.example"}', **headers)
    assert (answer.status, answer.json["status"]) == (400, "error")


@pytest.mark.parametrize(
    "domain", ["", "Shop.example", "shop", "shop.example.", "-a.example", "bücher.example", "a_b.example"]
)
def test_invalid_domains_are_refused(sandbox: Sandbox, domain: str) -> None:
    assert sandbox.botguard("POST", "/website", domain=domain).status == 400


@pytest.mark.parametrize(
    "form", [{"status": "error"}, {"state": "paused"}, {"status": "paused", "domain": "shop.example"}]
)
def test_invalid_changes_are_refused(sandbox: Sandbox, form: dict[str, str]) -> None:
    sandbox.botguard("POST", "/website", domain="shop.example")
    assert sandbox.botguard("PUT", "/website/shop.example", **form).status == 400
    assert sandbox.botguard("GET", "/website/shop.example").json["status"] == "online"


@pytest.mark.parametrize(("form", "status", "number"), [("refuse", 409, 1), ("duplicate", 200, 2)])
def test_registering_a_website_again(sandbox: Sandbox, form: str, status: int, number: int) -> None:
    sandbox.admin("POST", "settings", existing_website=form)
    sandbox.botguard("POST", "/website", domain="shop.example")
    assert sandbox.botguard("POST", "/website", domain="shop.example").status == status
    assert len(sandbox.botguard("GET", "/website").json) == number


@pytest.mark.parametrize(
    ("form", "names"), [("none", set()), ("flat", {"primary_server", "secondary_server"}), ("list", {"servers"})]
)
def test_setting_field_of_the_servers(sandbox: Sandbox, form: str, names: set[str]) -> None:
    sandbox.admin("POST", "settings", servers_form=form)
    made = sandbox.botguard("POST", "/website", domain="shop.example").json
    assert set(made) - {"id", "domain", "status", "user"} == names


def test_setting_empty_response_to_delete(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "settings", delete_answer="empty_204")
    sandbox.botguard("POST", "/website", domain="shop.example")
    answer = sandbox.botguard("DELETE", "/website/shop.example")
    assert (answer.status, answer.body) == (204, b"")
    assert sandbox.botguard("GET", "/website/shop.example").status == 404


def test_users(sandbox: Sandbox) -> None:
    made = sandbox.botguard("POST", "/user", email="jane@shop.example", first_name="Jane", country="DE").json
    assert (made["email"], made["country"]) == ("jane@shop.example", "DE")
    sandbox.botguard("POST", "/user", email="joe@shop.example")
    assert len(sandbox.botguard("GET", "/user").json) == 2
    assert sandbox.botguard("GET", "/user?email=jane@shop.example").json == [made]
    website = sandbox.botguard("POST", "/website", domain="shop.example", user=str(made["id"])).json
    assert website["user"] == {"id": made["id"], "email": "jane@shop.example", "api_key": made["api_key"]}
    assert sandbox.botguard("POST", "/website", domain="b.example", user="99").status == 400
    assert sandbox.botguard("DELETE", f"/user/{made['id']}").json == {"id": made["id"]}
    assert sandbox.botguard("DELETE", f"/user/{made['id']}").status == 404


@pytest.mark.parametrize(("form", "status"), [("refuse", 409), ("return", 200)])
def test_creating_a_user_again(sandbox: Sandbox, form: str, status: int) -> None:
    sandbox.admin("POST", "settings", existing_user=form)
    first = sandbox.botguard("POST", "/user", email="jane@shop.example").json
    again = sandbox.botguard("POST", "/user", email="jane@shop.example")
    assert again.status == status
    assert again.json.get("id", first["id"]) == first["id"]
    assert len(sandbox.botguard("GET", "/user").json) == 1


def test_setting_duplicate_users(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "settings", existing_user="duplicate")
    made = [sandbox.botguard("POST", "/user", email="jane@shop.example").json for _each in range(2)]
    assert made[0]["id"] != made[1]["id"]
    assert sandbox.botguard("GET", "/user?email=jane@shop.example").json == made


def test_setting_ignored_user_filter(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "settings", user_filter="ignored")
    sandbox.botguard("POST", "/user", email="jane@shop.example")
    assert len(sandbox.botguard("GET", "/user?email=joe@shop.example").json) == 1


@pytest.mark.parametrize(
    ("verb", "path", "status"), [("PUT", "/website", 405), ("GET", "/user/1", 405), ("GET", "/stats", 404)]
)
def test_unknown_operations_are_refused(sandbox: Sandbox, verb: str, path: str, status: int) -> None:
    assert sandbox.botguard(verb, path, status="online").status == status
