# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet with customers who have subscriptions, and the refusal of an invalid one."""

from __future__ import annotations

import json
import typing as t

import pytest

if t.TYPE_CHECKING:
    from conftest import Sandbox

FLEET: dict[str, t.Any] = {
    "accounts": [
        {"id": "5", "login": "customer-five", "addons": [{"subscription": "7001", "count": 2, "amount": "6.00"}]}
    ],
    "domains": [{"domain": "a.example", "ssl": True, "retry": {"attempts": 2}}],
    "strangers": [{"id": 11, "site_id": 12, "login": "a-stranger", "domain": "elsewhere.example"}],
    "sites": [
        {
            "site_id": "1",
            "account_id": "5",
            "domain": "a.example",
            "plan": {"subscription": "8", "amount": "4.00", "renewal_date": "2027-01-01"},
            "addons": [{"subscription": "9001"}],
        },
        {"site_id": "2", "account_id": "5", "domain": "b.example", "plan": {"bundle": 12}},
    ],
}


def test_existing_subscriptions_are_not_in_the_ledger(vendor: Sandbox) -> None:
    assert vendor.admin("POST", "fleet", **FLEET)["added"] == 5
    assert vendor.prices() == []
    assert sorted(vendor.billed()) == [
        ("", "7001", "6.00"),
        ("", "7001", "6.00"),
        ("a.example", "8", "4.00"),
        ("a.example", "9001", "3.00"),
        ("b.example", "100", "0.00"),
        ("b.example", "12", "20.00"),
        ("b.example", "8", "0.00"),
        ("b.example", "9001", "0.00"),
    ]
    assert {one["login"] for one in vendor.admin("GET", "subscriptions")["subscriptions"]} == {"customer-five"}
    assert vendor.status("2")["state"] == "ready"
    assert vendor.admin("POST", "fleet", **FLEET) == {"added": 0, "changed": 0, "unchanged": 5}
    assert len(vendor.billed()) == 8


def test_new_ids_differ_from_those_of_the_fleet(vendor: Sandbox) -> None:
    account_id, site_id = (int(number) for number in vendor.ids(vendor.order()))
    taken = {"id": str(account_id + 1)}
    site = {"site_id": str(site_id + 1), "account_id": taken["id"], "domain": "a.example"}
    vendor.admin("POST", "fleet", accounts=[taken], sites=[site])
    new = vendor.ids(vendor.order("b.example", email="b@b.example"))
    assert new == (str(account_id + 2), str(site_id + 2))


def test_setting_ended_subscriptions_are_listed(vendor: Sandbox) -> None:
    vendor.admin("POST", "fleet", **FLEET)
    vendor.call("<deletePlan><planInfo><site_id>1</site_id></planInfo></deletePlan>")
    active = vendor.admin("GET", "subscriptions?account_id=5")["subscriptions"]
    told = vendor.admin("GET", "subscriptions?all=1")["subscriptions"]
    assert [one["plan_id"] for one in told if one["ended_at"] is not None] == ["8"]
    assert len(told) == len(active) + 1
    assert vendor.admin("GET", "subscriptions?account_id=6")["subscriptions"] == []


def test_loading_the_fleet_again_restores_nothing_deleted(vendor: Sandbox) -> None:
    vendor.admin("POST", "fleet", **FLEET)
    vendor.call("<deleteAccount><accountInformation><id>5</id></accountInformation></deleteAccount>")
    assert vendor.admin("POST", "fleet", only_new=True, **FLEET)["added"] == 0
    assert vendor.admin("GET", "state")["accounts"] == []
    assert vendor.billed() == []


@pytest.mark.parametrize(
    "fleet",
    [
        {"plans": [{"id": "1", "type": "gift"}]},
        {"domains": [{"ssl": True}]},
        {"domains": [{"domain": "a.example", "colour": "red"}]},
        {"strangers": [{"domain": "a.example"}]},
        {"accounts": [{"id": "6", "addons": [{"count": 2}]}]},
        {"accounts": [{"id": "6", "addons": [{"subscription": "7001", "colour": "red"}]}]},
        {"sites": [{"site_id": "9", "account_id": "5", "domain": "c.example", "plan": {"subscription": "12"}}]},
        {"sites": [{"site_id": "9", "account_id": "5", "domain": "c.example", "plan": {"bundle": "404"}}]},
        {"sites": [{"site_id": "9", "account_id": "5", "domain": "c.example", "plan": {}}]},
    ],
)
def test_an_invalid_fleet_of_customers_changes_nothing(vendor: Sandbox, fleet: dict[str, t.Any]) -> None:
    vendor.admin("POST", "fleet", accounts=[{"id": "5"}])
    answer = vendor.send("POST", "/admin/fleet", json.dumps({"accounts": [{"id": "999"}], **fleet}).encode())
    assert answer.status == 400
    assert [account["id"] for account in vendor.admin("GET", "state")["accounts"]] == ["5"]


@pytest.mark.parametrize("wanted", [{"accounts_page_max": 0}, {"accounts_page_max": 1.5}, {"provision_ids": "maybe"}])
def test_invalid_settings_of_accounts_are_refused(vendor: Sandbox, wanted: dict[str, t.Any]) -> None:
    assert vendor.send("POST", "/admin/settings", json.dumps(wanted).encode()).status == 400
