# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""getStatus, getAccounts and checkDomain about accounts, and the end of sites and accounts."""

from __future__ import annotations

import typing as t

import pytest

if t.TYPE_CHECKING:
    from conftest import Sandbox

BUNDLE = "<bundle>12</bundle>"


def delete(vendor: Sandbox, kind: str, number: str) -> tuple[int, str | None, str | None]:
    answer = vendor.call(f"<deleteAccount><{kind}><id>{number}</id></{kind}></deleteAccount>")
    method = answer.xml.find("deleteAccount")
    return answer.status, method.findtext("result"), method.findtext("error")


def known(vendor: Sandbox, domain: str = "customer.example") -> bool:
    answer = vendor.call(f"<checkDomain><domain>{domain}</domain></checkDomain>")
    return bool(answer.xml.findtext("checkDomain/status") == "error")


def listed(vendor: Sandbox) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Accounts with their sites: id and status."""
    accounts = vendor.call("<getAccounts><limit>100</limit><offset>0</offset></getAccounts>").xml.iter("account")
    return [
        (one.get("id"), one.get("status"), [(site.get("id"), site.get("status")) for site in one]) for one in accounts
    ]


def plans_of(vendor: Sandbox, path: str, account_id: str) -> list[str | None]:
    return [one.findtext("subscription") for one in vendor.account("id", account_id).findall(path)]


def test_an_account_is_found_by_each_key(vendor: Sandbox) -> None:
    account_id, site_id = vendor.ids(vendor.order(login="owner-of-it", reseller_account_id="C-1"))
    keys = {
        "id": account_id,
        "login": "owner-of-it",
        "domain": "www.customer.example",
        "site_id": site_id,
        "reseller_account_id": "C-1",
    }
    for key, value in keys.items():
        account = vendor.account(key, value)
        assert [account.findtext(name) for name in ("id", "login", "email", "reseller_account_id", "status")] == [
            account_id,
            "owner-of-it",
            "owner@customer.example",
            "C-1",
            "active",
        ]


def test_setting_end_of_the_get_status_response(vendor: Sandbox) -> None:
    account_id, _site = vendor.ids(vendor.order())
    vendor.call(
        f"<provisionAddon><addonInfo><account_id>{account_id}</account_id><subscription>7001</subscription>"
        "</addonInfo></provisionAddon>"
    )
    account = vendor.account("id", account_id)
    assert [child.tag for child in account] == [
        "id",
        "name",
        "login",
        "email",
        "status",
        "addons",
        "sites",
        "users",
        "mids",
    ]
    vendor.admin("POST", "settings", getstatus_tail="none")
    assert [child.tag for child in vendor.account("id", account_id)] == ["name", "addons"]


@pytest.mark.parametrize(
    ("setting", "in_sites", "in_addons"),
    [("site", ["8"], ["9001"]), ("addons", [None], ["8", "9001"]), ("none", [None], ["9001"])],
)
def test_setting_place_of_the_plan(
    vendor: Sandbox, setting: str, in_sites: list[str | None], in_addons: list[str]
) -> None:
    vendor.admin("POST", "settings", getstatus_plans=setting)
    account_id, site_id = vendor.ids(vendor.order())
    vendor.buy(site_id, "9001")
    assert plans_of(vendor, "sites/site", account_id) == in_sites
    assert plans_of(vendor, "addons/addon", account_id) == in_addons


@pytest.mark.parametrize(("setting", "addons"), [("listed", ["100", "9001"]), ("hidden", [])])
def test_setting_parts_of_a_bundle_are_listed(vendor: Sandbox, setting: str, addons: list[str]) -> None:
    vendor.admin("POST", "settings", getstatus_bundled=setting)
    account_id, _site = vendor.ids(vendor.order(plan=BUNDLE))
    assert plans_of(vendor, "addons/addon", account_id) == addons
    assert plans_of(vendor, "sites/site", account_id) == ["12"]


@pytest.mark.parametrize(("setting", "shown"), [("date", "2027-05-01"), ("time", "2027-05-01 00:00:00")])
def test_setting_form_of_the_renewal_date(vendor: Sandbox, setting: str, shown: str) -> None:
    vendor.admin("POST", "settings", renewal_form=setting)
    plan = "<subscription>8</subscription><renewal_date>2027-05-01</renewal_date>"
    account_id, _site = vendor.ids(vendor.order(plan=plan))
    assert vendor.account("id", account_id).findtext("sites/site/next_renewal_at") == shown
    assert vendor.account("id", account_id).findtext("sites/site/frequency") == "12"


def test_ending_a_site_ends_its_subscriptions(vendor: Sandbox) -> None:
    account_id, site_id = vendor.ids(vendor.order())
    vendor.buy(site_id, "100")
    vendor.buy(site_id, "9001")
    assert delete(vendor, "siteInformation", site_id) == (200, "Success", None)
    assert vendor.billed() == []
    assert vendor.prices()[3:] == [("deleted", "8", "5.00"), ("deleted", "100", "15.00"), ("deleted", "9001", "3.00")]
    assert not known(vendor)
    assert vendor.status(site_id)["code"] == "SNF"
    assert delete(vendor, "siteInformation", site_id) == (500, None, "site_id not found")
    assert listed(vendor) == [(account_id, "active", [(site_id, "inactive")])]
    known_account = f"<account_id>{account_id}</account_id>"
    _account, again = vendor.ids(
        vendor.provision(known_account, "<subscription>8</subscription><domain>customer.example</domain>")
    )
    assert again != site_id
    assert known(vendor)


def test_ending_an_account_ends_its_sites(vendor: Sandbox) -> None:
    account_id, site_id = vendor.ids(vendor.order(plan=BUNDLE))
    other, _site = vendor.ids(vendor.order("other.example", email="other@other.example"))
    vendor.call(
        f"<provisionAddon><addonInfo><account_id>{account_id}</account_id><subscription>7001</subscription>"
        "</addonInfo></provisionAddon>"
    )
    assert delete(vendor, "accountInformation", account_id) == (200, "Success", None)
    assert vendor.billed() == [("other.example", "8", "5.00")]
    assert vendor.prices()[3:] == [("deleted", "12", "20.00"), ("deleted", "7001", "7.00")]
    assert not known(vendor)
    assert delete(vendor, "accountInformation", account_id) == (500, None, "account_id not found")
    assert delete(vendor, "siteInformation", site_id) == (500, None, "site_id not found")
    assert listed(vendor)[0] == (account_id, "inactive", [(site_id, "inactive")])
    state = vendor.admin("GET", "state")
    assert [account["id"] for account in state["accounts"]] == [other]
    assert [account["id"] for account in state["former_accounts"]] == [account_id]
    assert [site["site_id"] for site in state["former_sites"]] == [site_id]


def test_a_deletion_without_a_subject_is_refused(vendor: Sandbox) -> None:
    answer = vendor.call("<deleteAccount/>")
    assert (answer.status, answer.xml.findtext("deleteAccount/error")) == (500, "Could not parse XML request")


def test_setting_deleted_accounts_are_listed(vendor: Sandbox) -> None:
    account_id, site_id = vendor.ids(vendor.order(reseller_account_id="C-1"))
    delete(vendor, "accountInformation", account_id)
    for key, value in (("id", account_id), ("login", "owner@customer.example"), ("reseller_account_id", "C-1")):
        account = vendor.account(key, value)
        assert (account.findtext("status"), len(account.find("addons"))) == ("inactive", 0)
        assert account.findtext("sites/site/status") == "inactive"
    vendor.admin("POST", "settings", deleted_accounts="gone")
    assert listed(vendor) == []
    for key, value in (("id", account_id), ("login", "owner@customer.example"), ("site_id", site_id)):
        question = f"<getStatus><accountInformation><{key}>{value}</{key}></accountInformation></getStatus>"
        assert vendor.call(question).status == 500


def test_setting_deleted_sites_are_listed(vendor: Sandbox) -> None:
    account_id, site_id = vendor.ids(vendor.order())
    delete(vendor, "siteInformation", site_id)
    assert [site.findtext("status") for site in vendor.account("id", account_id).findall("sites/site")] == ["inactive"]
    vendor.admin("POST", "settings", deleted_accounts="gone")
    assert vendor.account("id", account_id).findall("sites/site") == []
    assert listed(vendor) == [(account_id, "active", [])]


def test_an_active_account_is_found_before_a_deleted_one(vendor: Sandbox) -> None:
    first, _site = vendor.ids(vendor.order(reseller_account_id="C-1"))
    delete(vendor, "accountInformation", first)
    second, _site = vendor.ids(vendor.order(reseller_account_id="C-1"))
    assert vendor.account("reseller_account_id", "C-1").findtext("id") == second
    assert vendor.account("login", "owner@customer.example").findtext("id") == second


def test_page_size_of_accounts(vendor: Sandbox) -> None:
    vendor.admin("POST", "settings", accounts_page_max=2)
    vendor.admin("POST", "fleet", accounts=[{"id": str(number)} for number in range(1, 6)])
    pages = []
    for offset in (0, 2, 4, 6):
        page = vendor.call(f"<getAccounts><limit>100</limit><offset>{offset}</offset></getAccounts>").xml
        pages.append([account.get("id") for account in page.iter("account")])
        assert page.findtext("getAccounts/records") == str(len(pages[-1]))
    assert pages == [["1", "2"], ["3", "4"], ["5"], []]
