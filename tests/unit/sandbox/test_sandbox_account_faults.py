# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of the methods for accounts: whether the call had an effect, and to which calls a fault applies."""

from __future__ import annotations

import http.client
import typing as t

import pytest

if t.TYPE_CHECKING:
    from conftest import Sandbox

FLEET: dict[str, t.Any] = {
    "accounts": [{"id": "5", "login": "customer-five", "addons": [{"subscription": "7001", "count": 2}]}],
    "sites": [
        {"site_id": "1", "account_id": "5", "domain": "a.example", "plan": {"subscription": "8"}},
        {"site_id": "2", "account_id": "5", "domain": "b.example", "plan": {"bundle": "12"}},
    ],
}
NEW = "<name>A</name><email>new@new.example</email>"
WRITES = {
    "provisionAccount": (
        f"<provisionAccount><accountInformation>{NEW}</accountInformation><siteInformation><subscription>8</subscription>"
        "<domain>new.example</domain></siteInformation></provisionAccount>"
    ),
    "modifyAccount": (
        "<modifyAccount><siteInformation><id>1</id><subscription>9</subscription></siteInformation></modifyAccount>"
    ),
    "modifyAccount, e-mail": (
        "<modifyAccount><accountInformation><id>5</id><email>x@x.example</email></accountInformation></modifyAccount>"
    ),
    "deleteAccount": "<deleteAccount><accountInformation><id>5</id></accountInformation></deleteAccount>",
    "deleteAccount, site": "<deleteAccount><siteInformation><id>1</id></siteInformation></deleteAccount>",
    "deletePlan": "<deletePlan><planInfo><site_id>1</site_id></planInfo></deletePlan>",
    "deleteBundle": "<deleteBundle><bundleInfo><site_id>2</site_id></bundleInfo></deleteBundle>",
    "passwordReset": "<passwordReset><user>customer-five</user></passwordReset>",
    "provisionAddon": (
        "<provisionAddon><addonInfo><account_id>5</account_id><subscription>7001</subscription></addonInfo></provisionAddon>"
    ),
}


@pytest.fixture
def customer(vendor: Sandbox) -> Sandbox:
    """A vendor with one customer."""
    vendor.admin("POST", "fleet", **FLEET)
    return vendor


def known(vendor: Sandbox) -> dict[str, t.Any]:
    return {name: vendor.admin("GET", name) for name in ("state", "ledger", "subscriptions")}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
@pytest.mark.parametrize("kind", ["lost_request", "lost_answer", "http_500", "http_429", "http_500_after", "truncated"])
def test_effect_of_a_failed_call(customer: Sandbox, write: str, kind: str) -> None:
    before = known(customer)
    customer.admin("POST", "faults", kind=kind)
    if kind.startswith("lost"):
        with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
            customer.call(write)
    else:
        assert customer.call(write).status == {"http_429": 429, "truncated": 200}.get(kind, 500)
    [entry] = customer.journal()
    assert (entry["fault"], entry["write"]) == (kind, True)
    assert (known(customer) == before) is (kind in ("lost_request", "http_500", "http_429"))


@pytest.mark.parametrize(
    ("write", "match"),
    [
        ("provisionAccount", {"domain": "new.example"}),
        ("provisionAccount", {"login": "new@new.example"}),
        ("modifyAccount", {"site_id": "1"}),
        ("modifyAccount, e-mail", {"account_id": "5"}),
        ("deleteAccount", {"account_id": 5}),
        ("deleteAccount, site", {"site_id": "1"}),
        ("deletePlan", {"site_id": "1"}),
        ("deleteBundle", {"site_id": "2"}),
        ("passwordReset", {"login": "customer-five"}),
        ("provisionAddon", {"account_id": "5"}),
    ],
)
def test_a_fault_applies_only_to_matching_calls(customer: Sandbox, write: str, match: dict[str, t.Any]) -> None:
    [name] = match
    customer.admin("POST", "faults", kind="http_500", **{name: "999"})
    customer.admin("POST", "faults", kind="http_503", **match)
    assert customer.call(WRITES[write]).status == 503


@pytest.mark.parametrize(
    ("question", "path"),
    [
        ("<checkLogin><login>customer-five</login></checkLogin>", "checkLogin/login"),
        ("<checkDomain><domain>a.example</domain></checkDomain>", "checkDomain/account_id"),
        ("<checkDomain><domain>free.example</domain></checkDomain>", "checkDomain/domain"),
        (WRITES["passwordReset"], "passwordReset/user"),
        (WRITES["provisionAccount"], "provisionAccount/site_id"),
        (
            "<getStatus><accountInformation><id>5</id></accountInformation></getStatus>",
            "getStatus/accountInformation/id",
        ),
        (
            "<getStatus><accountInformation><login>customer-five</login></accountInformation></getStatus>",
            "getStatus/accountInformation/login",
        ),
        (
            "<deletePlan><planInfo><site_id>1</site_id></planInfo></deletePlan>",
            "deletePlan/planStatuses/planStatus/site_id",
        ),
    ],
)
def test_a_response_about_another_account(customer: Sandbox, question: str, path: str) -> None:
    customer.admin("POST", "faults", kind="other_subject")
    assert customer.call(question).xml.findtext(path) in ("999999", "somebody-else.example")


def test_the_journal_names_the_account_of_a_call(customer: Sandbox) -> None:
    for write in WRITES.values():
        customer.call(write)
    told = [
        (one["method"], one["account_id"], one["login"], one["domain"], one["site_ids"]) for one in customer.journal()
    ]
    assert told[:4] == [
        ("provisionAccount", None, "new@new.example", "new.example", []),
        ("modifyAccount", None, None, None, ["1"]),
        ("modifyAccount", "5", "x@x.example", None, []),
        ("deleteAccount", "5", None, None, []),
    ]


def test_a_customer_survives_a_restart(make_sandbox: t.Callable[[], Sandbox], prices: list[dict[str, t.Any]]) -> None:
    first = make_sandbox()
    strangers = [{"id": "11", "domain": "elsewhere.example"}]
    first.admin(
        "POST", "fleet", plans=prices, domains=[{"domain": "new.example", "ssl": True}], strangers=strangers, **FLEET
    )
    for write in ("provisionAccount", "deletePlan", "deleteAccount, site", "deleteBundle", "passwordReset"):
        first.call(WRITES[write])
    first.admin("POST", "settings", accounts_page_max=7, deleted_accounts="gone", login_follows_email=True)
    before = {**known(first), "settings": first.admin("GET", "settings")}
    first.close()

    second = make_sandbox()
    assert {**known(second), "settings": second.admin("GET", "settings")} == before
    assert second.call("<checkDomain><domain>a.example</domain></checkDomain>").xml.findtext(".//status") == "ok"
    assert (
        second.call("<checkDomain><domain>elsewhere.example</domain></checkDomain>").xml.findtext(".//status")
        == "error"
    )
    again = WRITES["provisionAccount"].replace("new.example", "newer.example")
    numbers = [one.text for one in second.call(again).xml.iter("account_id", "site_id")]
    assert numbers[0] not in [account["id"] for account in before["state"]["accounts"]]
    assert numbers[1] not in [site["site_id"] for site in before["state"]["sites"]]
