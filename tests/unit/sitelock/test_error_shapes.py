# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every form of the vendor's errors, and the message for the user."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    BadResponseError,
    NotFoundError,
    RejectedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addon import (
    AddonResource,
    DesiredAddon,
    plan_addon,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import (
    CREATE_TOKEN,
    GET_STATUS,
    GET_WAF_ORIGIN,
    PROVISION_ADDON,
    SET_WAF_DNS_MANAGER,
    SET_WAF_ORIGIN,
    Method,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import refusal
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.site import CurrentAddon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import SiteStatus, parse_status
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.subscriptions import (
    Subscriptions,
    parse_subscriptions,
)
from ansible_collections.hosting.websec.tests.unit.scripted_server import Reply, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import answer, call, document, sitelock_client


def error_of(inner: str, method: Method = GET_WAF_ORIGIN, status: int = 200) -> WebsecError:
    with pytest.raises(WebsecError) as failed:
        call(document(inner), method, {"site_id": 5}, status)
    assert failed.value.http_status == status
    return failed.value


# ---- form 1: a text below the method


@pytest.mark.parametrize("status", [200, 500])
def test_a_text_below_the_method(status: int) -> None:
    error = error_of("<getWafOrigin><error>Could not parse XML request</error></getWafOrigin>", status=status)
    assert isinstance(error, RejectedError)
    assert (error.message, error.code) == ("getWafOrigin: Could not parse XML request.", None)


@pytest.mark.parametrize("text", ["account_id not found", "Invalid/Unknown Account ID"])
def test_a_text_that_says_not_found(text: str) -> None:
    error = error_of(f"<createToken><error>{text}</error></createToken>", CREATE_TOKEN)
    assert isinstance(error, NotFoundError)
    assert text in error.message


@pytest.mark.parametrize(
    "text",
    [
        "Authentication failed",
        "Invalid credentials",
        "Invalid username or password",
        "Unauthorized",
        "User is not authorised",
    ],
)
def test_a_text_about_credentials(text: str) -> None:
    error = error_of(f"<getWafOrigin><error>{text}</error></getWafOrigin>")
    assert isinstance(error, AuthError)
    assert text in error.message
    assert "api_password" in error.hint


def test_an_error_without_a_text_is_an_error_all_the_same() -> None:
    error = error_of("<getWafOrigin><error/><origins>1.2.3.4</origins></getWafOrigin>")
    assert error.message == "getWafOrigin: refused without a message."


def test_several_errors_are_all_told() -> None:
    error = error_of('<getWafOrigin><error>One</error><error code="7">Two</error></getWafOrigin>')
    assert (error.message, error.code) == ("getWafOrigin: One; Two (code 7).", "7")


def test_an_error_that_has_elements_keeps_its_words() -> None:
    error = error_of("<getWafOrigin><error><code>X1</code><message>No such thing</message></error></getWafOrigin>")
    assert (error.message, error.code) == ("getWafOrigin: No such thing (code X1).", "X1")


# ---- form 2: a text with a code


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize(
    ("code", "text", "kind"),
    [
        ("6002", "Invalid configuration parameter value", RejectedError),
        ("-98", "WAF Addon Not Found", NotFoundError),
        ("FI2", "Internal Server Error: 559(b)(12)", RejectedError),
        ("NNNN", "invalid password for this rule", RejectedError),
    ],
)
def test_a_text_with_a_code(code: str, text: str, kind: type[WebsecError], status: int) -> None:
    error = error_of(f'<setWafOrigin><error code="{code}">{text}</error></setWafOrigin>', SET_WAF_ORIGIN, status)
    assert error.kind == kind.kind
    assert error.code == code
    assert error.message == f"setWafOrigin: {text} (code {code})."


# ---- form 3: an item of a batch


def refusal_of(inner: str) -> WebsecError | None:
    """The outcome of the order for site 5 with plan P if its addonStatus has C(inner)."""
    actions = plan_addon(CurrentAddon(SiteStatus(5, "absent")), DesiredAddon(5, subscription="P"))
    body = answer(PROVISION_ADDON, f"<addonStatuses><addonStatus>{inner}</addonStatus></addonStatuses>")
    with ScriptedServer([Reply(body)]) as server, sitelock_client(server.url) as client:
        (refused,) = AddonResource(client).apply(actions)
    return refused


def test_an_item_in_the_old_form() -> None:
    error = refusal_of("<site_id>5</site_id><status>error</status><code>XXX</code><message>No way</message>")
    assert isinstance(error, RejectedError)
    assert (error.code, error.extended_code) == ("XXX", None)
    assert error.message == "Site 5: provisionAddon was refused: No way (code XXX)."


def test_an_item_in_the_present_form() -> None:
    error = refusal_of(
        "<site_id>5</site_id><status>error</status><error_code>AEX</error_code><error_message>Bad site</error_message>"
        "<message>something else</message><extended_error_code>-1</extended_error_code><will_retry>0</will_retry>"
    )
    assert isinstance(error, RejectedError)
    assert (error.code, error.extended_code) == ("AEX", "-1")
    assert error.message == "Site 5: provisionAddon was refused: Bad site (code AEX, extended code -1)."


def test_an_item_in_both_forms_is_told_with_the_codes_of_the_present_one() -> None:
    error = refusal_of(
        "<site_id>5</site_id><status>error</status><code>3003</code><error_code>AEX</error_code>"
        "<extended_error_code>3003</extended_error_code><message>Site requires SSL</message>"
    )
    assert error is not None
    assert (error.code, error.extended_code) == ("AEX", "3003")


def test_an_item_that_will_be_retried_is_no_error() -> None:
    retried = refusal_of(
        "<site_id>5</site_id><status>error</status><error_code>AEX</error_code><will_retry>1</will_retry>"
        "<error_message>Does not resolve</error_message><extended_error_code>3001</extended_error_code>"
    )
    assert retried is None


@pytest.mark.parametrize(
    "will_retry", ["", "<will_retry/>", "<will_retry>no</will_retry>", "<will_retry>0</will_retry>"]
)
def test_anything_else_is_not_retried(will_retry: str) -> None:
    assert refusal_of(f"<site_id>5</site_id><status>error</status>{will_retry}") is not None


def test_the_only_item_of_an_answer_without_a_site_is_that_of_the_only_site() -> None:
    error = refusal_of("<status>error</status><code>XXX</code><message>No way</message>")
    assert isinstance(error, RejectedError)
    assert error.code == "XXX"


@pytest.mark.parametrize("status", ["", "<status/>", "<status>OKAY</status>", "<status>pending</status>"])
def test_an_item_without_a_clear_ok_is_no_success(status: str) -> None:
    assert refusal_of(f"<site_id>5</site_id><subscription>P</subscription>{status}") is not None


@pytest.mark.parametrize(
    "inner",
    [
        "<site_id>6</site_id><status>ok</status>",
        "<site_id>5</site_id><status>ok</status></addonStatus><addonStatus><site_id>5</site_id><status>error</status>",
        "<site_id>5</site_id><site_id>6</site_id><status>ok</status>",
        "<site_id>5</site_id><status>ok</status><status>error</status>",
    ],
)
def test_an_item_that_cannot_be_told_apart_may_have_happened(inner: str) -> None:
    try:
        error = refusal_of(inner)
    except BadResponseError as raised:
        error = raised
    assert isinstance(error, BadResponseError)
    assert error.may_have_happened


# ---- form 4: a state with a code


@pytest.mark.parametrize(("code", "kind"), [("SNF", NotFoundError), ("XYZ", RejectedError), ("-98", NotFoundError)])
def test_a_state_with_a_code(code: str, kind: type[WebsecError]) -> None:
    data = {"code": code, "message": "No way", "state": "error", "site_id": "5"}
    with pytest.raises(kind) as failed:
        parse_status(data, 5)
    assert failed.value.code == code
    assert failed.value.message == f"Site 5: No way (code {code})."


def test_a_state_is_needed() -> None:
    with pytest.raises(BadResponseError, match=r"Site 5: .* has no state"):
        parse_status({"site_id": "5"}, 5)


# ---- form 5: a status of the whole method


@pytest.mark.parametrize("http_status", [200, 500])
@pytest.mark.parametrize(
    ("inner", "message", "code"),
    [
        ("<message>Not your site</message><status>error</status>", "Not your site", None),
        ("<message>Not your site</message><code>A1</code><status>error</status>", "Not your site (code A1)", "A1"),
        ("<error>Not your site</error><status>failed</status>", "Not your site", None),
        ("<status>failed</status>", "refused without a message", None),
        ('<status since="today">error</status>', "refused without a message", None),
    ],
)
def test_a_status_of_the_method(inner: str, message: str, code: str | None, http_status: int) -> None:
    error = error_of(f"<setWAFDNSManager>{inner}</setWAFDNSManager>", SET_WAF_DNS_MANAGER, http_status)
    assert isinstance(error, RejectedError)
    assert (error.message, error.code) == (f"setWAFDNSManager: {message}.", code)


def test_two_statuses_are_no_success() -> None:
    error = error_of("<getWafOrigin><status>ok</status><status>error</status></getWafOrigin>")
    assert isinstance(error, BadResponseError)


def test_an_error_in_attributes_alone() -> None:
    error = error_of('<getWafOrigin domain="www.example.com" error="sslhost not set for 10900"/>')
    assert error.message == "getWafOrigin: sslhost not set for 10900."


# ---- errors directly below the root, and about the credentials (not documented)


@pytest.mark.parametrize("method", [GET_WAF_ORIGIN, CREATE_TOKEN])
@pytest.mark.parametrize(
    ("inner", "message", "code"),
    [
        ("<error>Something broke</error>", "Something broke", None),
        ('<error code="77">Something broke</error>', "Something broke (code 77)", "77"),
        ("<error/>", "refused without a message", None),
    ],
)
def test_an_error_below_the_root(method: Method, inner: str, message: str, code: str | None) -> None:
    error = error_of(inner, method)
    assert isinstance(error, RejectedError)
    assert (error.message, error.code) == (f"{method.name}: {message}.", code)


@pytest.mark.parametrize("method", [GET_WAF_ORIGIN, CREATE_TOKEN])
@pytest.mark.parametrize(
    ("inner", "told"),
    [
        ("<error>Authentication failed</error>", "Authentication failed"),
        ("<authentication>Sorry</authentication>", "Sorry"),
        ("<authentication><error>Sorry</error></authentication>", "Sorry"),
        ('<authentication><error code="9">Sorry</error></authentication>', "Sorry"),
        ("<authentication><status>error</status><message>Sorry</message></authentication>", "Sorry"),
        ("<authentication/>", "refused without a message"),
    ],
)
def test_wrong_credentials(method: Method, inner: str, told: str) -> None:
    error = error_of(inner, method)
    assert isinstance(error, AuthError)
    assert error.message.startswith(f"{method.name}: {told}")
    assert "api_password" in error.hint


# ---- answers that are none


@pytest.mark.parametrize(
    "inner", ["", "text", "<setWafOrigin><status>ok</status></setWafOrigin>", "<getWafOrigin/>" * 2]
)
def test_an_answer_of_another_method_is_no_answer(inner: str) -> None:
    error = error_of(inner)
    assert isinstance(error, BadResponseError)
    assert error.may_have_happened
    assert error.message.count("getWafOrigin: ") == 1


def test_the_method_is_found_in_any_case() -> None:
    body = document("<getWAFOrigin><origins>1.2.3.4</origins><status>ok</status></getWAFOrigin>")
    assert call(body, GET_WAF_ORIGIN, {"site_id": 5})["origins"] == ["1.2.3.4"]


def test_people_in_an_account_do_not_disturb() -> None:
    # The public copy of the page of getStatus ends before its lists of users and merchant ids.
    inner = "<users><user>a</user><user>b</user></users><mid>1</mid><mid>2</mid>"
    body = answer(GET_STATUS, f"<accountInformation>{inner}<id>570</id></accountInformation>")
    assert parse_subscriptions(call(body, GET_STATUS, {})) == Subscriptions(account_id=570, addons=())


# ---- codes and texts

CODE = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", min_size=1, max_size=6)
TEXT = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)
KNOWN = {"SNF", "ANF", "-98"}


@settings(deadline=None)
@given(CODE.filter(lambda code: code not in KNOWN), TEXT, st.none() | CODE)
def test_codes_and_texts_pass_through_and_unknown_codes_mean_nothing(
    code: str, text: str, extended: str | None
) -> None:
    error = refusal("Site 5: ", text, code, extended)
    assert error.kind == RejectedError.kind
    assert (error.code, error.extended_code) == (code, extended)
    assert error.message.startswith(f"Site 5: {text} (code {code}")


@pytest.mark.parametrize("code", ["SNF", "ANF", "AEX"])
def test_the_codes_that_are_documented_have_a_hint(code: str) -> None:
    assert refusal("", "x", code).hint
