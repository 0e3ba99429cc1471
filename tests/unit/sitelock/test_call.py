# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""sitelock_call: one call of any method by its name."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    OutcomeUnknownError,
    RejectedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock import call as calling
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.call import call
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import METHODS, Method
from ansible_collections.hosting.websec.tests.unit.scripted_server import Reply, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import document, example_of, least_of, sent_to
from ansible_collections.hosting.websec.tests.unit.sitelock.test_addon_passes import connection

OK = "<status>ok</status>"


class Called(t.NamedTuple):
    """The outcome of a task: its result or its error, and the sent requests."""

    result: dict[str, t.Any]
    error: WebsecError | None
    sent: list[str]
    body: str


def run(
    reply: Reply,
    method: str,
    parameters: t.Any = None,
    *,
    check_mode: bool = False,
    hidden: bool = False,
    **options: t.Any,
) -> Called:
    with ScriptedServer([reply]) as server:
        given = {
            **connection(server.url),
            "retries": 2,
            "method": method,
            "parameters": parameters or {},
            "secret_parameters": {},
            "effect": None,
            **options,
        }
        result, error = {}, None
        try:
            result = call(given, check_mode=check_mode, hidden=hidden)
        except WebsecError as raised:
            error = raised
        body = server.requests[0].body.decode() if server.requests else ""
        return Called(result, error, sent_to(server), body)


def answered(method: str, inner: str = OK) -> Reply:
    return Reply(document(f"<{method}>{inner}</{method}>"))


def name_of(value: t.Any) -> str:
    return value.name if isinstance(value, Method) else str(value)


CALLED = [method for method in METHODS if method.applies is None and not method.answers_file]


@pytest.mark.parametrize("method", CALLED, ids=name_of)
def test_every_method_can_be_called(method: Method) -> None:
    done = run(Reply(example_of(method)), method.name, least_of(method), hidden=True)
    assert done.error is None
    assert done.sent == [method.name]
    assert (done.result["changed"], done.result["sent"]) == (method.effect is not Effect.READ, True)
    assert done.result["answer"]


@pytest.mark.parametrize("method", CALLED, ids=name_of)
def test_check_mode_sends_reads_and_nothing_else(method: Method) -> None:
    done = run(Reply(example_of(method)), method.name, least_of(method), hidden=True, check_mode=True)
    reads = method.effect is Effect.READ
    assert done.error is None
    assert done.sent == ([method.name] if reads else [])
    assert (done.result["changed"], done.result["sent"]) == (not reads, reads)


@pytest.mark.parametrize("method", [method for method in CALLED if method.effect is not Effect.READ], ids=name_of)
@pytest.mark.parametrize("reply", [Reply(fault="close"), Reply(status=503), Reply(b"<html/>")], ids=str)
def test_a_lost_answer_is_an_unknown_outcome_and_nothing_is_sent_again(method: Method, reply: Reply) -> None:
    done = run(reply, method.name, least_of(method), hidden=True)
    assert isinstance(done.error, OutcomeUnknownError)
    assert method.name in done.error.message
    assert done.sent == [method.name]


def test_a_write_that_never_arrived_is_not_an_unknown_outcome() -> None:
    done = run(Reply(status=403), "purgeWafCache", {"site_id": 5})
    assert done.error is not None
    assert done.error.kind == "not_allowed"


def test_the_answer_comes_as_plain_data() -> None:
    product = '<product id="8" name="Premium"/><product id="9" name="Basic"/>'
    done = run(Reply(document(f'<getPlanList reseller_login="me">{product}</getPlanList>')), "getPlanList")
    assert done.result == {
        "changed": False,
        "sent": True,
        "effect": "read",
        "answer": {
            "@reseller_login": "me",
            "product": [{"@id": "8", "@name": "Premium"}, {"@id": "9", "@name": "Basic"}],
        },
    }


# ---- a method that the table does not know


def test_a_new_method_has_the_effect_that_is_given() -> None:
    read = run(answered("getNews"), "getNews", {"@id": 5, "more": {"a": ["x", "y"]}}, effect="read", check_mode=True)
    assert (read.result["changed"], read.sent) == (False, ["getNews"])
    assert '<getNews id="5"><more><a>x</a><a>y</a></more></getNews>' in read.body
    assert run(answered("makeNews"), "makeNews", effect="buy", check_mode=True).sent == []
    assert run(Reply(fault="close"), "makeNews", effect="buy").sent == ["makeNews"]
    assert run(Reply(fault="close"), "getNews", effect="read").sent == ["getNews"] * 3


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"method": "getNews"}, "effect is required"),
        ({"method": "provisionAddon", "effect": "read"}, "effect must not be set for provisionAddon"),
        ({"method": "getStatus", "effect": "read"}, "effect must not be set for getStatus"),
        ({"method": "provisionaddon", "effect": "read"}, "it is spelled provisionAddon"),
        ({"method": " deleteAccount", "effect": "read"}, "it is spelled deleteAccount"),
        ({"method": "authentication", "effect": "read"}, "is not a method"),
        ({"method": "get News", "effect": "read"}, "cannot be the name of an element"),
        ({"method": "download"}, "returns a file"),
        ({"method": "scanNow", "parameters": {"a b": 1}}, "cannot be the name of an element"),
        ({"method": "addWafBlacklistIPs", "parameters": {"ips": "192.0.2.1"}}, "ips must be a dictionary"),
        (
            {"method": "modifySMART", "parameters": {"site_id": 5, "ftp_pw": "x"}},
            "ftp_pw is a secret and must not be in parameters",
        ),
        (
            {"method": "modifySMART", "parameters": {"site_id": 5}, "secret_parameters": {"site_id": 6}},
            "site_id is given in parameters and in secret_parameters",
        ),
        ({"method": "createToken", "parameters": {"account_id": 570}}, "answers with a secret"),
        ({"method": "passwordReset", "parameters": {"user": "jane"}}, "answers with a secret"),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_what_cannot_be_is_refused_before_the_call(options: dict[str, t.Any], told: str, check_mode: bool) -> None:
    done = run(answered("x"), check_mode=check_mode, **options)
    assert isinstance(done.error, BadInputError)
    assert told in done.error.message
    assert done.sent == []


# ---- secrets


@pytest.mark.parametrize(
    ("method", "parameters", "body", "secret"),
    [
        (
            "createToken",
            {"account_id": 570},
            "<loginURL>https://login.example/?t=1</loginURL>",
            "https://login.example/?t=1",
        ),
        # The element of the link is not documented since January 2026.
        ("createToken", {"account_id": 570}, "<other>https://login.example/?c=2</other>", "https://login.example/?c=2"),
        ("passwordReset", {"user": "jane"}, "<passwordReset><pass>tulip-7</pass></passwordReset>", "tulip-7"),
    ],
)
def test_a_secret_of_the_answer_is_registered_and_returned(
    method: str, parameters: dict[str, t.Any], body: str, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered: list[str] = []
    monkeypatch.setattr(calling, "register_secret", registered.append)
    done = run(Reply(document(body)), method, parameters, hidden=True)
    assert secret in done.result["answer"].values()
    assert secret in registered


def test_secret_parameters_are_sent_in_their_place() -> None:
    done = run(
        answered("modifySMARTDatabase"),
        "modifySMARTDatabase",
        {"site_id": 5, "ftp_settings": {"ftp_user": "me"}},
        secret_parameters={"ftp_settings": {"ftp_pw": "tulip-7"}},
    )
    assert "<ftp_settings><ftp_user>me</ftp_user><ftp_pw>tulip-7</ftp_pw></ftp_settings>" in done.body


# ---- batches

ITEMS = {"addonInfo": [{"site_id": 5, "subscription": "P"}, {"site_id": 6, "subscription": "P"}]}
FINE = "<addonStatus><site_id>5</site_id><status>ok</status></addonStatus>"
REFUSED = (
    "<addonStatus><site_id>6</site_id><status>error</status><error_code>AEX</error_code>"
    "<error_message>Site requires SSL</error_message><extended_error_code>3003</extended_error_code>{}</addonStatus>"
)


def test_a_refused_item_of_a_batch_fails_the_task_and_the_answer_is_there() -> None:
    inner = f"<addonStatuses>{FINE}{REFUSED.format('<will_retry>0</will_retry>')}</addonStatuses>"
    done = run(answered("provisionAddon", inner), "provisionAddon", ITEMS)
    assert (done.result["failed"], done.result["changed"]) == (True, True)
    assert done.result["error"]["kind"] == RejectedError.kind
    assert (done.result["error"]["code"], done.result["error"]["extended_code"]) == ("AEX", "3003")
    assert "Site requires SSL" in done.result["msg"]
    assert len(done.result["answer"]["addonStatuses"]["addonStatus"]) == 2


def test_an_item_that_the_vendor_tries_again_is_accepted() -> None:
    inner = f"<addonStatuses>{FINE}{REFUSED.format('<will_retry>1</will_retry>')}</addonStatuses>"
    done = run(answered("provisionAddon", inner), "provisionAddon", ITEMS)
    assert done.result.get("failed") is None
    assert done.result["changed"]


def test_a_batch_of_refusals_changed_nothing() -> None:
    inner = "<planStatus><site_id>5</site_id><status>error</status><error>No</error></planStatus>"
    done = run(
        answered("deletePlan", f"<planStatuses>{inner}</planStatuses>"), "deletePlan", {"planInfo": {"site_id": [5]}}
    )
    assert (done.result["failed"], done.result["changed"]) == (True, False)
    assert "deletePlan: No." in done.result["msg"]
