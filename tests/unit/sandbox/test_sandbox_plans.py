# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scan plans and bundles of sites: changing and ending them, and the price list."""

from __future__ import annotations

import typing as t

import pytest

if t.TYPE_CHECKING:
    from conftest import Sandbox
    from lxml import etree

BUNDLE = "<bundle>12</bundle>"


def modify(vendor: Sandbox, site: str) -> tuple[int, str | None]:
    answer = vendor.call(f"<modifyAccount><siteInformation>{site}</siteInformation></modifyAccount>")
    return answer.status, answer.xml.findtext("modifyAccount/error")


def ended(vendor: Sandbox, method: str, *site_ids: str) -> list[tuple[str | None, ...]]:
    """Site, status and error of each result."""
    info, status = {"deletePlan": ("planInfo", "planStatus"), "deleteBundle": ("bundleInfo", "bundleStatus")}[method]
    sites = "".join(f"<site_id>{site_id}</site_id>" for site_id in site_ids)
    answer = vendor.call(f"<{method}><{info}>{sites}</{info}></{method}>")
    assert answer.status == 200
    found: list[etree._Element] = answer.xml.findall(f"{method}/{status}es/{status}")
    return [tuple(one.findtext(name) for name in ("site_id", "status", "error")) for one in found]


def test_a_plan_is_changed(vendor: Sandbox) -> None:
    _account, site_id = vendor.ids(vendor.order())
    number = vendor.admin("GET", "subscriptions")["subscriptions"][0]["subscription_id"]
    assert modify(vendor, f"<id>{site_id}</id><subscription>9</subscription><amount>8.00</amount>") == (200, None)
    assert vendor.prices() == [("added", "8", "5.00"), ("modified", "9", "8.00")]
    assert [one["subscription_id"] for one in vendor.admin("GET", "subscriptions")["subscriptions"]] == [number]


@pytest.mark.parametrize(
    ("given", "setting", "renewal"),
    [
        ("", "new_period", "moved"),
        ("", "kept", "2027-05-01"),
        ("<renewal_date>preserve</renewal_date>", "new_period", "2027-05-01"),
        ("<renewal_date>2015-01-01</renewal_date>", "kept", "2015-01-01"),
    ],
)
def test_the_renewal_of_a_changed_plan(vendor: Sandbox, given: str, setting: str, renewal: str) -> None:
    vendor.admin("POST", "settings", renewal_after_change=setting)
    plan = "<subscription>8</subscription><renewal_date>2027-05-01</renewal_date>"
    _account, site_id = vendor.ids(vendor.order(plan=plan))
    modify(vendor, f"<id>{site_id}</id><subscription>9</subscription>{given}")
    told = vendor.admin("GET", "ledger")["entries"][-1]["next_renewal_at"]
    assert told == renewal if renewal != "moved" else told != "2027-05-01"


def test_refused_changes(vendor: Sandbox) -> None:
    _account, site_id = vendor.ids(vendor.order())
    unknown = (500, "Subscription doesn't exist")
    assert modify(vendor, f"<id>{site_id}</id><subscription>12</subscription>") == unknown
    assert modify(vendor, f"<id>{site_id}</id><subscription>9001</subscription>") == unknown
    assert modify(vendor, f"<id>{site_id}</id><bundle>9</bundle>") == unknown
    assert modify(vendor, "<id>1</id><subscription>9</subscription>") == (500, "site_id not found")
    unreadable = (500, "Could not parse XML request")
    assert modify(vendor, f"<id>{site_id}</id><subscription>9</subscription><bundle>12</bundle>") == unreadable
    assert modify(vendor, f"<id>{site_id}</id><amount>1</amount>") == unreadable
    both = f"<siteInformation><id>{site_id}</id><subscription>9</subscription></siteInformation>"
    both += "<accountInformation><id>1</id><email>a@b.example</email></accountInformation>"
    assert vendor.call(f"<modifyAccount>{both}</modifyAccount>").xml.findtext("modifyAccount/error") == unreadable[1]
    vendor.admin("POST", "settings", revenue_sharing=True)
    assert modify(vendor, f"<id>{site_id}</id><subscription>9</subscription>") == (500, "amount is required")
    assert vendor.prices() == [("added", "8", "5.00")]


@pytest.mark.parametrize(
    ("form", "content"), [("result", ["result"]), ("status", ["message", "status"]), ("empty", [])]
)
def test_setting_response_to_a_change(vendor: Sandbox, form: str, content: list[str]) -> None:
    vendor.admin("POST", "settings", modify_answer=form)
    _account, site_id = vendor.ids(vendor.order())
    wanted = f"<siteInformation><id>{site_id}</id><subscription>9</subscription></siteInformation>"
    answer = vendor.call(f"<modifyAccount>{wanted}</modifyAccount>").xml.find("modifyAccount")
    assert [child.tag for child in answer] == content


def test_ending_a_plan_keeps_the_add_ons(vendor: Sandbox) -> None:
    _account, first = vendor.ids(vendor.order())
    _account, second = vendor.ids(vendor.order("other.example", email="other@other.example"))
    vendor.buy(first, "9001")
    assert ended(vendor, "deletePlan", first, "1") == [(first, "ok", None), ("1", "error", "site_id not found")]
    assert ended(vendor, "deletePlan", first) == [(first, "error", "No active plan")]
    assert vendor.billed() == [("other.example", "8", "5.00"), ("customer.example", "9001", "3.00")]
    assert vendor.prices()[-1] == ("deleted", "8", "5.00")
    assert modify(vendor, f"<id>{first}</id><subscription>9</subscription>") == (200, None)
    assert vendor.prices()[-1] == ("added", "9", "9.00")
    assert ended(vendor, "deleteBundle", second) == [(second, "error", "No active bundle")]


def test_a_bundle_starts_and_ends_its_firewall(vendor: Sandbox) -> None:
    vendor.dns.served["customer.example", "A"] = ["192.0.2.7"]
    _account, site_id = vendor.ids(vendor.order(plan=BUNDLE))
    assert vendor.status(site_id)["orig_a_rec"] == "192.0.2.7"
    assert vendor.prices() == [("added", "12", "20.00")]
    delete = f"<deleteAddon><addonInfo><site_id>{site_id}</site_id><prod_type>WAF</prod_type></addonInfo></deleteAddon>"
    assert vendor.call(delete).xml.findtext(".//status") == "error"
    assert ended(vendor, "deletePlan", site_id) == [(site_id, "error", "No active plan")]
    assert ended(vendor, "deleteBundle", site_id) == [(site_id, "ok", None)]
    assert vendor.status(site_id)["code"] == "ANF"
    assert vendor.billed() == []
    assert vendor.prices() == [("added", "12", "20.00"), ("deleted", "12", "20.00")]


def test_from_plan_to_bundle_and_back(vendor: Sandbox) -> None:
    _account, site_id = vendor.ids(vendor.order())
    assert modify(vendor, f"<id>{site_id}</id>{BUNDLE}") == (200, None)
    assert vendor.status(site_id)["state"] == "pending-dns"
    assert modify(vendor, f"<id>{site_id}</id><subscription>9</subscription>") == (200, None)
    assert vendor.status(site_id)["code"] == "ANF"
    assert vendor.prices() == [("added", "8", "5.00"), ("modified", "12", "20.00"), ("modified", "9", "9.00")]
    assert vendor.billed() == [("customer.example", "9", "9.00")]


def test_a_bundle_keeps_an_existing_firewall(vendor: Sandbox) -> None:
    _account, site_id = vendor.ids(vendor.order())
    vendor.buy(site_id, "100")
    modify(vendor, f"<id>{site_id}</id>{BUNDLE}")
    assert [price for _domain, plan, price in vendor.billed() if plan == "100"] == ["15.00"]
    assert ended(vendor, "deleteBundle", site_id) == [(site_id, "ok", None)]
    assert vendor.billed() == [("customer.example", "100", "15.00")]
    assert vendor.status(site_id)["state"] == "pending-dns"


def test_a_firewall_of_an_ended_bundle_is_not_billed(vendor: Sandbox) -> None:
    vendor.admin("POST", "fleet", plans=[{"id": "100", "free": True}])
    vendor.admin("POST", "fleet", domains=[{"domain": "customer.example", "retry": {"attempts": 99}}])
    _account, site_id = vendor.ids(vendor.order(plan=BUNDLE))
    assert vendor.status(site_id)["state"] == "pending-retry"
    vendor.admin("POST", "clock", advance=51 * 6 * 3600)
    assert vendor.status(site_id)["code"] == "ANF"
    assert vendor.prices() == [("added", "12", "20.00")]


def test_subscriptions_paid_to_sitelock_cannot_be_changed(vendor: Sandbox) -> None:
    own = {"billed_by_vendor": True}
    sites = [
        {"site_id": "1", "account_id": "5", "domain": "a.example", "plan": {"subscription": "8", **own}},
        {"site_id": "2", "account_id": "5", "domain": "b.example", "plan": {"bundle": "12", **own}},
        {"site_id": "3", "account_id": "5", "domain": "c.example", "addons": [{"subscription": "9001", **own}]},
    ]
    vendor.admin("POST", "fleet", accounts=[{"id": "5"}], sites=sites)
    words = "Billing Authority is SiteLock"
    assert ended(vendor, "deletePlan", "1") == [("1", "error", words)]
    assert ended(vendor, "deleteBundle", "2") == [("2", "error", words)]
    assert modify(vendor, "<id>1</id><subscription>9</subscription>") == (500, words)
    [backup] = vendor.account("id", "5").findall("addons/addon[subscription='9001'][site_id='3']")
    number = f"<subscription_id>{backup.findtext('subscription_id')}</subscription_id>"
    answer = vendor.call(f"<deleteAddon><addonInfo>{number}</addonInfo></deleteAddon>")
    assert answer.xml.findtext(".//message") == words
    gone = vendor.call("<deleteAccount><accountInformation><id>5</id></accountInformation></deleteAccount>")
    assert gone.xml.findtext("deleteAccount/error") == words
    assert vendor.prices() == []


def test_products_are_listed_with_their_type(vendor: Sandbox) -> None:
    products = vendor.call("<getPlanList/>").xml.findall("getPlanList/product")
    assert {one.get("id"): one.get("type") for one in products if one.get("id") in ("8", "12", "100", "7001")} == {
        "8": "plan",
        "12": "bundle",
        "100": "addon",
        "7001": "addon",
    }
    assert set(products[0].attrib) == {
        "auto_renewal",
        "full_refund_days",
        "id",
        "in_partner_checkout_flow",
        "invoice",
        "name",
        "partner_rev_share",
        "price",
        "product_category",
        "product_description",
        "refundable_renewals",
        "type",
    }
    assert (products[0].get("product_category"), products[0].get("price")) == ("SCAN", "5.00")


@pytest.mark.parametrize(("form", "children"), [("element", ["options", "feature_type"]), ("attribute", ["options"])])
def test_setting_form_of_scan_frequencies(vendor: Sandbox, form: str, children: list[str]) -> None:
    vendor.admin("POST", "settings", feature_type_form=form)
    scans = {"smart_scan": {"options": ["daily", "never"]}, "db_scan": {"options": [], "feature_type": "on_demand"}}
    vendor.admin("POST", "fleet", plans=[{"id": "8", "scans": scans}])
    answer = vendor.call("<getPlanScanFrequency><id>8</id></getPlanScanFrequency>").xml.find("getPlanScanFrequency")
    assert [scan.tag for scan in answer] == ["smart_scan", "db_scan"]
    assert [child.tag for child in answer[0]] == children
    assert [option.text for option in answer[0].findall("options/option")] == ["daily", "never"]
    assert "on_demand" in (answer[1].get("feature_type"), answer[1].findtext("feature_type"))
    for other in ("12", "100", "404"):
        refused = vendor.call(f"<getPlanScanFrequency><id>{other}</id></getPlanScanFrequency>")
        assert refused.xml.findtext("getPlanScanFrequency/error") == "Subscription doesn't exist"
