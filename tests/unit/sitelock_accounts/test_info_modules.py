# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that read accounts, plans and domains, and the one that resets a password, against a scripted server."""

from __future__ import annotations

import typing as t

import pytest
from lxml import etree

from ansible_collections.hosting.websec.plugins.module_utils._errors import OutcomeUnknownError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock import password_reset
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.password_reset import reset_password
from ansible_collections.hosting.websec.plugins.modules import (
    sitelock_accounts_info,
    sitelock_domains_info,
    sitelock_plans_info,
)
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import document
from ansible_collections.hosting.websec.tests.unit.sitelock.test_addon_passes import connection

Answers = t.Mapping[str, t.Union[str, Reply]]
"""What the server answers to a request, by the texts of its leaves, C(method value value). An inner text stands below
the element of the method."""


class Api:
    """A SiteLock that knows these answers. ``calls`` are the requests, as in ``Answers``."""

    def __init__(self, answers: Answers) -> None:
        self.calls: list[str] = []
        self._answers = answers

    def __call__(self, request: Received) -> Reply:
        method = etree.fromstring(request.body)[1]
        texts = [str(leaf.text) for leaf in method.iter() if len(leaf) == 0 and leaf.text]
        self.calls.append(" ".join([str(method.tag), *texts]))
        known = self._answers[self.calls[-1]]
        return known if isinstance(known, Reply) else Reply(document(f"<{method.tag}>{known}</{method.tag}>"))


def accounts_info(api: Api, **options: t.Any) -> dict[str, t.Any]:
    given = {"status": None, "subscriptions": False, "last_accepted_tos": False, "page_size": 2, **BULK, **options}
    with ScriptedServer(api) as server:
        return sitelock_accounts_info.run({**connection(server.url), **given}, RunContext())


BULK = {"concurrency": 4, "on_error": "report"}
REFUSED = "<error>Temporary trouble</error>"
NO_ACCOUNT = "<error>account_id not found</error>"

# ---- accounts

PAGES = {
    "getAccounts 2 0": """<records>2</records>
        <account id="570" status="active"><site id="1090" status="active" name="a.example"/></account>
        <account id="571" status="inactive"><site id="1091" status="inactive" name="b.example"/></account>""",
    "getAccounts 2 2": '<records>1</records><account id="572" status="active"/>',
    "getAccounts 2 3": "<records>0</records>",
}
ADDON = """<addon><amount>5.00</amount><frequency>12</frequency><next_renewal_at>2027-03-01</next_renewal_at>
    <subscription>9001</subscription><subscription_id>41</subscription_id>
    <subscription_plan_name>Backup</subscription_plan_name>{more}</addon>"""


def status(addons: str = "", more: str = "") -> str:
    return f"<accountInformation><name>A Ltd</name><addons>{addons}</addons>{more}</accountInformation>"


def test_accounts_are_listed_with_both_states_and_no_call_more_than_the_pages() -> None:
    api = Api(PAGES)
    found = accounts_info(api)
    assert [(each["account_id"], each["status"], each["subscriptions"]) for each in found["accounts"]] == [
        (570, "active", None),
        (571, "inactive", None),
        (572, "active", None),
    ]
    assert found["accounts"][1]["sites"] == [{"site_id": 1091, "domain": "b.example", "status": "inactive"}]
    assert found["accounts"][2]["sites"] == []
    assert api.calls == list(PAGES)
    assert found["changed"] is False


def test_the_subscriptions_as_documented_and_each_account_with_its_own_error() -> None:
    api = Api(
        {
            **PAGES,
            "getStatus 570": status(
                ADDON.format(more="<site_id>1090</site_id><subscription_start>2026</subscription_start>")
            ),
            "getStatus 571": NO_ACCOUNT,
            "getStatus 572": REFUSED,
        }
    )
    found = accounts_info(api, subscriptions=True)["accounts"]
    assert found[0]["subscriptions"] == [
        {
            "subscription": "9001",
            "subscription_id": "41",
            "name": "Backup",
            "listed_as": "addon",
            "site_id": 1090,
            "domain": "a.example",
            "amount": "5.00",
            "frequency": "12",
            "next_renewal_at": "2027-03-01",
            "details": {"subscription_start": "2026"},
        }
    ]
    assert found[0]["name"] == "A Ltd"
    assert found[0]["account_information"]["name"] == "A Ltd"
    # An account that has ended may be unknown to getStatus; one that is active may not.
    assert [(each["failed"], each["subscriptions"]) for each in found[1:]] == [(False, None), (True, None)]
    assert found[2]["error"]["message"] == "getStatus: Temporary trouble."
    assert found[2]["error"]["account_id"] == 572
    assert sorted(api.calls) == sorted([*PAGES, "getStatus 570", "getStatus 571", "getStatus 572"])


def test_an_account_that_getstatus_does_not_know_is_an_error_if_it_is_active() -> None:
    api = Api({**PAGES, "getStatus 570": NO_ACCOUNT, "getStatus 572": status()})
    found = accounts_info(api, subscriptions=True, status="active", on_error="fail")
    assert [each["account_id"] for each in found["accounts"]] == [570, 572]
    assert found["failed"]
    assert "1 of 2 accounts failed. account_id 570: getStatus: account_id not found" in found["msg"]


def test_the_plan_next_to_a_site_is_a_subscription_too() -> None:
    site = """<sites><site><id>1090</id><domain>a.example</domain><status>active</status><subscription>8</subscription>
        <subscription_id>40</subscription_id></site><site><id>1095</id><domain>c.example</domain></site></sites>"""
    api = Api({**PAGES, "getStatus 570": status(more=site), "getStatus 572": status()})
    (plan,) = accounts_info(api, subscriptions=True, status="active")["accounts"][0]["subscriptions"]
    assert (plan["subscription"], plan["site_id"], plan["listed_as"], plan["details"]) == ("8", 1090, "site", {})


def test_a_subscription_that_cannot_be_read_is_an_error_and_not_left_out() -> None:
    api = Api({**PAGES, "getStatus 570": status("<addon>9001</addon>"), "getStatus 572": status()})
    found = accounts_info(api, subscriptions=True, status="active")["accounts"]
    assert found[0]["error"]["kind"] == "bad_response"
    assert found[1]["subscriptions"] == []


def test_the_terms_of_service() -> None:
    accepted = "<accepted_at>2019-05-07 11:06:24</accepted_at><login>jane@example.com</login><status>ok</status>"
    api = Api(
        {
            **PAGES,
            "getLastAcceptedTOS 570": f"{accepted}<tos_version_id>2</tos_version_id>",
            "getLastAcceptedTOS 571": "<message>account_id not found</message><status>error</status>",
            "getLastAcceptedTOS 572": "<message>User has not accepted TOS.</message><status>error</status>",
        }
    )
    found = accounts_info(api, last_accepted_tos=True)["accounts"]
    assert [each["last_accepted_tos"] for each in found] == [
        {"accepted_at": "2019-05-07 11:06:24", "login": "jane@example.com", "tos_version_id": "2"},
        None,
        {"accepted_at": None, "login": None, "tos_version_id": None},
    ]
    assert not any(each["failed"] for each in found)


def test_accounts_after_the_deadline_are_deferred_and_have_not_failed() -> None:
    context = RunContext()
    api = Api({**PAGES, "getStatus 570": status(), "getStatus 572": status()})

    def stopping(request: Received) -> Reply:
        reply = api(request)
        if api.calls[-1].startswith("getStatus"):
            context.stop("stopped by the test")
        return reply

    given = {"status": "active", "subscriptions": True, "last_accepted_tos": False, "page_size": 2, "concurrency": 1}
    with ScriptedServer(stopping) as server:
        options = {**connection(server.url), **given, "on_error": "fail"}
        found = sitelock_accounts_info.run(options, context)
    assert [(each["deferred"], each["failed"]) for each in found["accounts"]] == [(False, False), (True, False)]
    assert found["deferred"] == 1


# ---- plans

PRODUCTS = """<getPlanList reseller_login="partner@hosting.example">
    <product id="8" name="Scan" type="plan" product_category="SCAN" price="5.00" auto_renewal="yes" future="kept"/>
    <product id="9" name="Mail" type="plan" product_category="MAIL" price="1.00"/>
    <product id="9001" name="Backup" type="addon" product_category="SCAN" price="9.00"/></getPlanList>"""


def plans_info(answers: Answers, **options: t.Any) -> tuple[dict[str, t.Any], list[str]]:
    api = Api({"getPlanList": Reply(document(PRODUCTS)), **answers})
    with ScriptedServer(api) as server:
        given = {"scan_frequency": False, **BULK, **options}
        return sitelock_plans_info.run({**connection(server.url), **given}), api.calls


def test_products_are_listed_with_all_attributes_in_one_call() -> None:
    found, calls = plans_info({})
    assert calls == ["getPlanList"]
    assert found["reseller_login"] == "partner@hosting.example"
    assert [(each["id"], each["name"], each["type"], each["price"]) for each in found["plans"]] == [
        ("8", "Scan", "plan", "5.00"),
        ("9", "Mail", "plan", "1.00"),
        ("9001", "Backup", "addon", "9.00"),
    ]
    assert found["plans"][0]["attributes"] == {
        "id": "8",
        "name": "Scan",
        "type": "plan",
        "product_category": "SCAN",
        "price": "5.00",
        "auto_renewal": "yes",
        "future": "kept",
    }


@pytest.mark.parametrize(
    "scan",
    [
        "<malware_scan feature_type='recurring'><options>{options}</options></malware_scan>",
        "<malware_scan><options>{options}</options><feature_type>recurring</feature_type></malware_scan>",
    ],
)
def test_the_scan_frequency_is_asked_for_scan_plans_only(scan: str) -> None:
    options = "<option>daily</option><option>weekly</option>"
    found, calls = plans_info({"getPlanScanFrequency 8": scan.format(options=options)}, scan_frequency=True)
    assert calls == ["getPlanList", "getPlanScanFrequency 8"]
    assert [each["scans"] for each in found["plans"]] == [
        {"malware_scan": {"options": ["daily", "weekly"], "feature_type": "recurring"}},
        None,
        None,
    ]


def test_a_plan_without_scans_has_none() -> None:
    found, _calls = plans_info({"getPlanScanFrequency 8": ""}, scan_frequency=True)
    assert [(each["failed"], each["scans"]) for each in found["plans"]] == [(False, {}), (False, None), (False, None)]


def test_a_plan_whose_scans_cannot_be_read_has_its_own_error() -> None:
    found, _calls = plans_info({"getPlanScanFrequency 8": REFUSED}, scan_frequency=True)
    assert [each["failed"] for each in found["plans"]] == [True, False, False]
    assert found["plans"][0]["error"]["subscription"] == "8"
    assert found["plans"][0]["name"] == "Scan"


# ---- domains


def test_who_has_a_domain_is_told_from_a_failure_and_each_domain_is_looked_up_once() -> None:
    taken = "<message>domain already exists</message><status>error</status>"
    api = Api(
        {
            "checkDomain free.example": "<message>domain is available</message><status>ok</status>",
            "checkDomain ours.example": f"<account_id>570</account_id><site_id>1090</site_id>{taken}",
            "checkDomain theirs.example": taken,
            "checkDomain broken.example": "<message>Temporary trouble</message><status>error</status>",
        }
    )
    asked = ["free.example", "Ours.example", "theirs.example", "broken.example", "no domain", "ours.example"]
    with ScriptedServer(api) as server:
        options = {**connection(server.url), "domains": asked, **BULK}
        found = sitelock_domains_info.run(options, RunContext())["domains"]
    assert [(each["domain"], each["exists"], each["account_id"], each["site_id"]) for each in found] == [
        ("free.example", False, None, None),
        ("ours.example", True, 570, 1090),
        ("theirs.example", True, None, None),
        ("broken.example", None, None, None),
        ("no domain", None, None, None),
        ("ours.example", True, 570, 1090),
    ]
    assert [each["error"] and each["error"]["kind"] for each in found] == [
        None,
        None,
        None,
        "rejected",
        "bad_input",
        None,
    ]
    assert len(api.calls) == 4


# ---- a password reset

RESET = {"account_id": None, "user": None, "new_password": None}


def reset(reply: Reply, *, check_mode: bool = False, **given: t.Any) -> tuple[t.Any, list[str]]:
    """The result or the error, and what was sent."""
    with ScriptedServer([reply]) as server:
        try:
            result: t.Any = reset_password(
                {**connection(server.url), "retries": 3, **RESET, **given}, check_mode=check_mode
            )
        except WebsecError as error:
            result = error
        sent = [etree.tostring(etree.fromstring(request.body)[1]).decode() for request in server.requests]
    return result, sent


NEW = Reply(document("<passwordReset><pass>n3w-Pa55!</pass><user>jane@a.example</user></passwordReset>"))


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"account_id": "570"}, "<passwordReset><account_id>570</account_id></passwordReset>"),
        ({"user": " jane@a.example "}, "<passwordReset><user>jane@a.example</user></passwordReset>"),
        (
            {"user": "jane@a.example", "new_password": "n3w-Pa55!"},
            "<passwordReset><user>jane@a.example</user><pass>n3w-Pa55!</pass></passwordReset>",
        ),
    ],
)
def test_a_password_is_reset_and_registered_as_a_secret(
    given: dict[str, t.Any], sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets: list[str] = []
    monkeypatch.setattr(password_reset, "register_secret", secrets.append)
    assert reset(NEW, **given) == (
        {"changed": True, "user": "jane@a.example", "password": "n3w-Pa55!"},
        [sent],
    )
    assert secrets == ["n3w-Pa55!"]


def test_check_mode_sends_nothing() -> None:
    assert reset(NEW, user="jane@a.example", check_mode=True) == (
        {"changed": True, "user": "jane@a.example", "password": None},
        [],
    )


@pytest.mark.parametrize("given", [{}, {"user": " "}, {"account_id": 570, "new_password": " "}])
def test_a_reset_for_nobody_is_refused_before_the_call(given: dict[str, t.Any]) -> None:
    error, sent = reset(NEW, **given)
    assert error.kind == "bad_input"
    assert sent == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(fault="close"),
        Reply(b"", 503),
        Reply(b"<html>n3w-Pa55!"),
        Reply(document("<passwordReset><user>jane@a.example</user></passwordReset>")),
    ],
)
def test_a_lost_answer_is_an_unknown_outcome_and_never_sent_again(reply: Reply) -> None:
    error, sent = reset(reply, user="jane@a.example")
    assert isinstance(error, OutcomeUnknownError)
    assert "the new one is not known" in error.message
    assert "n3w-Pa55!" not in str(error.as_dict())
    assert len(sent) == 1


def test_a_refusal_is_a_refusal() -> None:
    error, _sent = reset(Reply(document("<passwordReset><error>user not found</error></passwordReset>")), user="jane")
    assert (error.kind, error.message) == ("rejected", "passwordReset: user not found.")
