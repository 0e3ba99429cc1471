# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token endpoint of the sandbox, and calls with a token."""

from __future__ import annotations

import base64
import typing as t
import urllib.parse

import pytest

if t.TYPE_CHECKING:
    from conftest import Response, Sandbox

CLIENT_ID, CLIENT_SECRET = "client-of-the-partner", "s3cret:of/the+client %"
FORM = "application/x-www-form-urlencoded"


def basic(name: str = CLIENT_ID, secret: str = CLIENT_SECRET) -> str:
    joined = f"{urllib.parse.quote_plus(name)}:{urllib.parse.quote_plus(secret)}"
    return f"Basic {base64.b64encode(joined.encode()).decode()}"


def ask(
    sandbox: Sandbox, authorization: str = "", body: str = "grant_type=client_credentials", content_type: str = FORM
) -> Response:
    headers = {"Authorization": authorization or basic(), "Content_Type": content_type}
    return sandbox.send("POST", "/v2/oauth2/token", body.encode(), **headers)


def plans(sandbox: Sandbox, authorization: str, login: str = "") -> Response:
    document = f"<SiteLockOnlineRequest>{login}<getPlanList/></SiteLockOnlineRequest>"
    return sandbox.send("POST", "/v1/partner", document.encode(), Authorization=authorization)


def test_a_token_is_valid_for_four_hours(sandbox: Sandbox) -> None:
    said = ask(sandbox).json
    assert (said["token_type"], said["expires_in"]) == ("Bearer", 14400)
    authorization = f"Bearer {said['access_token']}"
    assert plans(sandbox, authorization).status == 200
    sandbox.admin("POST", "clock", advance=14401)
    assert plans(sandbox, authorization).status == 401
    assert plans(sandbox, f"Bearer {ask(sandbox).json['access_token']}").status == 200


@pytest.mark.parametrize(("form", "expected"), [("number", 60), ("text", "60"), ("none", None)])
def test_setting_form_of_expires_in(sandbox: Sandbox, form: str, expected: object) -> None:
    sandbox.admin("POST", "settings", token_expires_in=form, token_lifetime=60)
    assert ask(sandbox).json.get("expires_in") == expected


@pytest.mark.parametrize(
    ("given", "status", "error"),
    [
        ({"authorization": basic(secret="wrong")}, 401, "invalid_client"),
        ({"authorization": basic(name="wrong")}, 401, "invalid_client"),
        ({"authorization": "Basic ?"}, 401, "invalid_client"),
        ({"authorization": "Bearer x"}, 401, "invalid_client"),
        ({"body": ""}, 400, "invalid_request"),
        ({"content_type": "application/json"}, 400, "invalid_request"),
        ({"body": "grant_type=password"}, 400, "unsupported_grant_type"),
    ],
)
def test_errors_follow_the_rfc(sandbox: Sandbox, given: dict[str, str], status: int, error: str) -> None:
    answer = ask(sandbox, **given)
    assert (answer.status, answer.json["error"]) == (status, error)


@pytest.mark.parametrize("authorization", ["Bearer made-up", "Basic eDp5", "x"])
def test_unknown_tokens_are_refused(sandbox: Sandbox, authorization: str) -> None:
    assert plans(sandbox, authorization).status == 401


def test_a_request_with_a_token_has_no_authentication_element(sandbox: Sandbox) -> None:
    authorization = f"Bearer {ask(sandbox).json['access_token']}"
    login = "<authentication><user>partner</user><password>x</password></authentication>"
    answer = plans(sandbox, authorization, login)
    assert answer.status == 500
    (entry,) = [each for each in sandbox.admin("GET", "journal")["entries"] if each["method"] == "getPlanList"]
    assert "authentication must be left out" in entry["outcome"]


def test_a_brand_beside_a_token_can_be_allowed(sandbox: Sandbox) -> None:
    authorization = f"Bearer {ask(sandbox).json['access_token']}"
    brand = "<authentication><partner>Brand</partner></authentication>"
    assert plans(sandbox, authorization, brand).status == 500
    sandbox.admin("POST", "settings", brand_with_token=True)
    assert plans(sandbox, authorization, brand).status == 200
    for more in ("<user>partner</user>", "<password>x</password>", "<partner>Another</partner>"):
        assert plans(sandbox, authorization, brand.replace("<partner>", f"{more}<partner>", 1)).status == 500


def test_faults_of_the_token_endpoint_have_their_own_name(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "faults", kind="http_503", api="oauth")
    assert ask(sandbox).status == 503
    assert ask(sandbox).status == 200
