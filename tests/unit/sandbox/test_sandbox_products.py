# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Add-ons other than Firewall & CDN: those of a site, and those of an account, which may have several."""

from __future__ import annotations

import typing as t

import pytest

if t.TYPE_CHECKING:
    from conftest import Sandbox


def send(vendor: Sandbox, method: str, *items: str) -> list[dict[str, str]]:
    content = "".join(f"<addonInfo>{item}</addonInfo>" for item in items)
    answer = vendor.call(f"<{method}>{content}</{method}>")
    assert answer.status == 200, answer.body
    statuses = answer.xml.findall(f"{method}/addonStatuses/addonStatus")
    return [{child.tag: child.text or "" for child in one} for one in statuses]


def item(**elements: str) -> str:
    return "".join(f"<{name}>{value}</{name}>" for name, value in elements.items())


@pytest.fixture
def ids(vendor: Sandbox) -> dict[str, str]:
    """Account and site of a customer, as elements of an item."""
    account_id, site_id = vendor.ids(vendor.order())
    return {"account_id": account_id, "site_id": site_id}


def test_every_order_buys_another_subscription(vendor: Sandbox, ids: dict[str, str]) -> None:
    wanted = item(account_id=ids["account_id"], subscription="7001", amount="6.00", renewal_date="2027-02-01")
    first, second = send(vendor, "provisionAddon", wanted, wanted)
    assert first["subscription_id"] != second["subscription_id"]
    assert (first["status"], first["message"]) == ("ok", "PCI Subscription added ok")
    assert "site_id" not in first
    assert vendor.billed()[1:] == [("", "7001", "6.00")] * 2
    account = vendor.account("id", ids["account_id"])
    assert len(account.findall("addons/addon[subscription='7001']")) == 2
    assert len(account.findall("mids/mid")) == 2
    [gone] = send(vendor, "deleteAddon", item(subscription_id=first["subscription_id"]))
    assert (gone["status"], gone["message"]) == ("ok", "PCI Subscription deleted ok")
    assert vendor.billed()[1:] == [("", "7001", "6.00")]


@pytest.mark.parametrize(("plan", "word"), [("9001", "Backup"), ("9002", "DNS")])
def test_an_add_on_of_a_site(vendor: Sandbox, ids: dict[str, str], plan: str, word: str) -> None:
    [added] = send(vendor, "provisionAddon", item(site_id=ids["site_id"], subscription=plan))
    number = added["subscription_id"]
    assert added == {
        **ids,
        "subscription": plan,
        "subscription_id": number,
        "status": "ok",
        "message": f"{word} Subscription added ok",
    }
    [gone] = send(vendor, "deleteAddon", item(subscription_id=number))
    assert gone == {
        **ids,
        "subscription_id": number,
        "status": "ok",
        "message": f"{word} Subscription deleted ok",
    }
    [again] = send(vendor, "deleteAddon", item(subscription_id=number))
    assert again["status"] == "error"


def test_setting_response_without_ids(vendor: Sandbox, ids: dict[str, str]) -> None:
    vendor.admin("POST", "settings", addon_answer="without_ids")
    answer = send(
        vendor,
        "provisionAddon",
        item(site_id=ids["site_id"], subscription="9001"),
        item(site_id=ids["site_id"], subscription="100"),
    )
    assert set(answer[0]) == {"status", "message"}
    assert answer[1]["site_id"] == ids["site_id"]


def test_unknown_products_are_refused(vendor: Sandbox, ids: dict[str, str]) -> None:
    site, account = item(site_id=ids["site_id"]), item(account_id=ids["account_id"])
    plan = item(subscription="9001")
    pci = item(subscription="7001")
    answers = send(
        vendor,
        "provisionAddon",
        site + pci,
        account + plan,
        site + item(subscription="8"),
        site + item(subscription="12"),
        account + item(subscription="404"),
        item(account_id="1") + pci,
        item(site_id="1") + plan,
    )
    assert [one["message"] for one in answers] == [
        "account_id is required",
        "site_id is required",
        "Subscription doesn't exist",
        "Subscription doesn't exist",
        "Subscription doesn't exist",
        "Invalid/Unknown Account ID",
        "Invalid/Unknown Account ID",
    ]
    vendor.admin("POST", "settings", revenue_sharing=True)
    assert [one["message"] for one in send(vendor, "provisionAddon", site + plan, account + pci)] == [
        "amount is required",
        "amount is required",
    ]
    assert vendor.prices() == [("added", "8", "5.00")]


@pytest.mark.parametrize(
    "wanted",
    [
        item(subscription="7001"),
        item(site_id="1", account_id="1", subscription="7001"),
        item(site_id="1", subscription="9001", waf_origin="192.0.2.1"),
        item(site_id="1", subscription="100", amount="5.00"),
        item(account_id="1", subscription="100"),
        item(account_id="1", subscription="7001", count="2"),
    ],
)
def test_elements_of_another_product_are_refused(vendor: Sandbox, wanted: str) -> None:
    answer = vendor.call(f"<provisionAddon><addonInfo>{wanted}</addonInfo></provisionAddon>")
    assert answer.xml.findtext("provisionAddon/error") == "Could not parse XML request"


def test_the_dns_of_a_site_is_changed(vendor: Sandbox, ids: dict[str, str]) -> None:
    change = item(site_id=ids["site_id"], subscription="9003")
    assert send(vendor, "modifyAddon", change)[0]["message"] == "DNS Addon Not Found"
    [added] = send(vendor, "provisionAddon", item(site_id=ids["site_id"], subscription="9002"))
    [changed] = send(vendor, "modifyAddon", change)
    assert (changed["status"], changed["message"]) == ("ok", "DNS Subscription modified ok")
    assert changed["subscription_id"] == added["subscription_id"]
    assert vendor.prices()[1:] == [("added", "9002", "1.00"), ("modified", "9003", "2.00")]
    [backup] = send(vendor, "modifyAddon", item(site_id=ids["site_id"], subscription="9001"))
    assert backup["status"] == "error"
    send(vendor, "provisionAddon", change)
    assert send(vendor, "modifyAddon", change)[0]["status"] == "error"


def test_a_plan_cannot_be_ordered_as_an_add_on(vendor: Sandbox) -> None:
    vendor.ids(vendor.order())
    [plan] = vendor.admin("GET", "subscriptions")["subscriptions"]
    [answer] = send(vendor, "deleteAddon", item(subscription_id=plan["subscription_id"]))
    assert answer["status"] == "error"
    assert vendor.billed() == [("customer.example", "8", "5.00")]
