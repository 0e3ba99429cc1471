# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ordering, changing and ending subscriptions, and the lists that contain them."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from conftest import Sandbox
    from lxml import etree


def statuses(sandbox: Sandbox, method: str, *items: str) -> list[etree._Element]:
    answer = sandbox.call(f"<{method}>" + "".join(f"<addonInfo>{item}</addonInfo>" for item in items) + f"</{method}>")
    assert answer.status == 200
    return answer.xml.findall(f"{method}/addonStatuses/addonStatus")


def bought(site_id: str, plan: str) -> str:
    return f"<site_id>{site_id}</site_id><subscription>{plan}</subscription>"


DELETE = "<site_id>{}</site_id><prod_type>WAF</prod_type>"


def addons(sandbox: Sandbox, key: str, value: str) -> list[etree._Element]:
    answer = sandbox.call(f"<getStatus><accountInformation><{key}>{value}</{key}></accountInformation></getStatus>")
    assert answer.status == 200, answer.body
    return answer.xml.findall("getStatus/accountInformation/addons/addon")


def test_every_item_has_its_own_result(sandbox: Sandbox) -> None:
    answer = statuses(
        sandbox, "provisionAddon", bought("1", "101"), bought("2", "100"), bought("3", "none"), bought("999", "100")
    )
    assert [one.findtext("status") for one in answer] == ["error", "ok", "error", "error"]
    assert answer[2].findtext("message") == "Subscription doesn't exist"
    assert answer[3].findtext("error_code") == "SNF"
    assert sandbox.events() == [("added", "2")]
    assert sandbox.journal()[0]["outcome"] == "1 ok, 3 error"


def test_setting_order_of_items(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "settings", item_order="reversed")
    answer = statuses(sandbox, "provisionAddon", bought("1", "100"), bought("2", "100"))
    assert [one.findtext("site_id") for one in answer] == ["2", "1"]


def test_ssl_with_the_basic_level_is_refused_and_not_billed(sandbox: Sandbox) -> None:
    [refused] = statuses(sandbox, "provisionAddon", bought("1", "101"))
    assert {child.tag: child.text for child in refused} == {
        "account_id": "570",
        "error_code": "AEX",
        "error_message": "Site requires SSL",
        "extended_error_code": "3003",
        "message": "Site requires SSL",
        "site_id": "1",
        "status": "error",
        "subscription": "101",
        "will_retry": "0",
    }
    assert sandbox.events() == []


def test_the_legacy_mode_has_one_code(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "settings", error_mode="legacy")
    [refused] = statuses(sandbox, "provisionAddon", bought("1", "101"))
    assert (refused.findtext("code"), refused.find("error_code")) == ("3003", None)


def test_both_texts_of_success(sandbox: Sandbox) -> None:
    answer = statuses(sandbox, "provisionAddon", bought("1", "100"), bought("2", "100"))
    assert {one.findtext("message") for one in answer} == {"ANP Subscription added ok", "WAF Subscription added ok"}


def test_a_second_order_buys_again(sandbox: Sandbox) -> None:
    statuses(sandbox, "provisionAddon", bought("2", "100"))
    statuses(sandbox, "provisionAddon", bought("2", "100"))
    assert sandbox.events() == [("added", "2"), ("added", "2")]
    [failed] = statuses(sandbox, "deleteAddon", DELETE.format("2"))
    assert failed.findtext("code") == "FI4"
    for addon in addons(sandbox, "site_id", "2"):
        statuses(sandbox, "deleteAddon", f"<subscription_id>{addon.findtext('subscription_id')}</subscription_id>")
    assert sandbox.status("2")["code"] == "ANF"


def test_a_second_order_can_be_refused(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "settings", second_purchase="refuse")
    statuses(sandbox, "provisionAddon", bought("2", "100"))
    [second] = statuses(sandbox, "provisionAddon", bought("2", "103"))
    assert second.findtext("status") == "error"
    assert sandbox.events() == [("added", "2")]


def test_a_plan_can_be_changed(sandbox: Sandbox) -> None:
    statuses(sandbox, "provisionAddon", bought("2", "100"))
    [changed] = statuses(sandbox, "modifyAddon", bought("2", "103"))
    assert (changed.findtext("status"), changed.findtext("message")) == ("ok", "WAF Subscription modified ok")
    assert [addon.findtext("subscription") for addon in addons(sandbox, "id", "570")] == ["103"]
    assert sandbox.events() == [("added", "2"), ("modified", "2")]


def test_refused_changes(sandbox: Sandbox) -> None:
    statuses(sandbox, "provisionAddon", bought("1", "100"))
    answer = statuses(
        sandbox, "modifyAddon", bought("2", "103"), bought("1", "none"), bought("1", "101"), bought("999", "100")
    )
    assert [one.findtext("code") for one in answer] == ["ANF", None, "3003", "SNF"]
    assert {one.findtext("status") for one in answer} == {"error"}
    assert sandbox.events() == [("added", "1")]


def test_ending_a_firewall(sandbox: Sandbox) -> None:
    statuses(sandbox, "provisionAddon", bought("2", "100"))
    [ended] = statuses(sandbox, "deleteAddon", DELETE.format("2"))
    assert (ended.findtext("subscription"), ended.findtext("message")) == ("100", "WAF Subscription deleted ok")
    assert sandbox.status("2")["code"] == "ANF"
    assert addons(sandbox, "id", "570") == []
    [again] = statuses(sandbox, "deleteAddon", DELETE.format("2"))
    assert again.findtext("status") == "error"
    assert sandbox.events() == [("added", "2"), ("deleted", "2")]


def test_an_instance_is_deleted_only_at_its_own_site(sandbox: Sandbox) -> None:
    [added] = statuses(sandbox, "provisionAddon", bought("2", "7"))
    assert added.findtext("message") == "Backup Subscription added ok"
    number = f"<subscription_id>{added.findtext('subscription_id')}</subscription_id>"
    [wrong] = statuses(sandbox, "deleteAddon", f"{number}<site_id>1</site_id>")
    assert wrong.findtext("status") == "error"
    [right] = statuses(sandbox, "deleteAddon", f"{number}<account_id>570</account_id>")
    assert right.findtext("message") == "Backup Subscription deleted ok"


def test_get_status_finds_the_account_by_each_key(sandbox: Sandbox) -> None:
    statuses(sandbox, "provisionAddon", bought("1", "100"), bought("2", "7"))
    for key, value in (("id", "570"), ("login", "customer"), ("domain", "www.ssl.example"), ("site_id", "2")):
        found = addons(sandbox, key, value)
        assert [(one.findtext("site_id"), one.findtext("subscription")) for one in found] == [("1", "100"), ("2", "7")]
        assert {one.findtext("subscription_plan_name") for one in found} == {"Professional", "Backup"}


def test_setting_get_status_without_site_ids(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "settings", getstatus_site_id="none")
    statuses(sandbox, "provisionAddon", bought("1", "100"))
    [addon] = addons(sandbox, "id", "570")
    assert addon.find("site_id") is None


def test_get_status_of_an_unknown_account(sandbox: Sandbox) -> None:
    answer = sandbox.call("<getStatus><accountInformation><id>1</id></accountInformation></getStatus>")
    assert (answer.status, answer.xml.findtext("getStatus/error")) == (500, "account_id not found")


def test_addons_of_the_fleet_are_active_and_not_in_the_ledger(sandbox: Sandbox) -> None:
    site = {"site_id": "8", "account_id": "572", "domain": "old.example", "addon": {"subscription": "100"}}
    account = {"id": "572", "addons": [{"subscription": "7"}]}
    assert sandbox.admin("POST", "fleet", accounts=[account], sites=[site])["added"] == 2
    assert sandbox.status("8")["state"] == "ready"
    assert {one.findtext("subscription") for one in addons(sandbox, "id", "572")} == {"7", "100"}
    assert sandbox.events() == []


def test_accounts_are_paged(sandbox: Sandbox) -> None:
    answer = sandbox.call("<getAccounts><limit>1</limit><offset>1</offset></getAccounts>").xml.find("getAccounts")
    assert answer.findtext("records") == "1"
    [account] = answer.findall("account")
    assert dict(account.attrib) == {"id": "571", "status": "active"}
    assert dict(account.find("site").attrib) == {"id": "3", "status": "active", "name": "shop.sub.example"}
    assert sandbox.call("<getAccounts><limit>0</limit></getAccounts>").xml.findtext("getAccounts/error")


def test_plans_are_listed_with_attributes(sandbox: Sandbox) -> None:
    products = sandbox.call("<getPlanList/>").xml.findall("getPlanList/product")
    assert [product.get("id") for product in products] == ["100", "101", "102", "103", "7"]
    assert products[0].get("name") == "Professional"


def test_addresses_are_listed_by_class(sandbox: Sandbox) -> None:
    answer = sandbox.call("<getSiteLockIPs/>").xml.find("getSiteLockIPs")
    assert answer.findtext("status") == "ok"
    assert [one.get("type") for one in answer.findall("active/class")] == ["waf", "api", "scan"]
