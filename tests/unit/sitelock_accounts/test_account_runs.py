# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole tasks with M(hosting.websec.sitelock_accounts), against answers that are known beforehand."""

from __future__ import annotations

import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.options import account_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.task import run_accounts
from ansible_collections.hosting.websec.tests.unit.scripted_server import ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.test_addon_passes import connection
from ansible_collections.hosting.websec.tests.unit.sitelock_accounts.test_info_modules import Answers, Api

LOGIN = "owner@a.example"
PRODUCTS = """<product id="8" name="Scan" type="plan" product_category="SCAN" price="5.00"/>
    <product id="9001" name="Backup" type="addon" product_category="BACKUP" price="2.00"/>
    <product id="7001" name="PCI" type="addon" product_category="PCI" price="3.00"/>"""
ACCOUNT = """<accountInformation><id>570</id><name>A Ltd</name><login>owner@a.example</login><addons/>
    <sites><site><id>5</id><domain>a.example</domain><status>active</status></site></sites></accountInformation>"""
SITE = {"domain": "a.example", "addons": [{"subscription": "9001"}]}
ANSWERS = {"getPlanList": PRODUCTS, "getStatus 570": ACCOUNT, f"getStatus {LOGIN}": ACCOUNT}


def run(
    accounts: t.Sequence[t.Mapping[str, t.Any]], answers: Answers, **options: t.Any
) -> tuple[dict[str, t.Any], list[str]]:
    """The result of the task, and the calls that it made."""
    checked = ArgumentSpecValidator(account_options().options).validate({"accounts": list(accounts)})
    assert not checked.error_messages, checked.error_messages
    api = Api(answers)
    with ScriptedServer(api) as server:
        params = {
            **connection(server.url),
            "requests_per_second": None,
            "concurrency": 1,
            "on_error": "report",
            "max_orders": None,
            "max_removals": None,
            "percentage_of": None,
            "exceed_limits": False,
            **checked.validated_parameters,
            **options,
        }
        check_mode = params.pop("check_mode", False)
        result = run_accounts(params, check_mode=check_mode, warn=lambda _text: None, context=RunContext())
    return result, api.calls


@pytest.mark.parametrize("check_mode", [False, True])
def test_two_entries_that_are_one_account_order_nothing(check_mode: bool) -> None:
    entries = [{"login": LOGIN, "sites": [SITE]}, {"account_id": 570, "addons": [{"subscription": "7001"}]}]
    result, calls = run(entries, ANSWERS, check_mode=check_mode)
    assert [each["failed"] for each in result["accounts"]] == [True, True]
    for each in result["accounts"]:
        assert f"The entries {LOGIN} and 570 are the same account at SiteLock (570)" in each["error"]["message"]
        assert each["steps"] == []
    assert not any(call.startswith("provision") for call in calls)


def test_an_add_on_that_is_listed_by_its_id_and_by_its_name_is_listed_twice() -> None:
    twice = [{"subscription": "9001"}, {"subscription": "Backup", "state": "absent"}]
    result, calls = run([{"login": LOGIN, "sites": [{"domain": "a.example", "addons": twice}]}], ANSWERS)
    (account,) = result["accounts"]
    assert "the add-on 9001 is listed more than once" in account["error"]["message"]
    assert calls == ["getPlanList"]


def test_getstatus_is_the_last_read_before_the_order_of_an_add_on() -> None:
    # Another run may order it between two reads of this one.
    addons = [{"subscription": "9001"}, {"subscription": "9002", "state": "absent"}]
    there = "<addon><subscription>9002</subscription><subscription_id>S2</subscription_id><site_id>5</site_id></addon>"
    account = ACCOUNT.replace("<addons/>", f"<addons>{there}</addons>")
    state = "<site_id>5</site_id><state>ready</state><traffic_routing>0</traffic_routing>"
    answers = {
        "getPlanList": f'{PRODUCTS}<product id="9002" name="DNS" type="addon"/>',
        f"getStatus {LOGIN}": account,
        "getStatus 570": account,
        "getAnpProvisioningStatus": state,
        "provisionAddon 5 9001": "<error>Not today</error>",
    }
    _result, calls = run([{"login": LOGIN, "sites": [{"domain": "a.example", "addons": addons}]}], answers)
    assert calls == [
        "getPlanList",
        f"getStatus {LOGIN}",
        "getAnpProvisioningStatus",
        "getAnpProvisioningStatus",
        "getStatus 570",
        "provisionAddon 5 9001",
    ]


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (
            {"login": LOGIN, "addons": [{"subscription": "Backup"}]},
            f"Account {LOGIN}: 9001 (Backup) is an add-on of a site, not of an account.",
        ),
        (
            {"login": LOGIN, "sites": [{"domain": "a.example", "addons": [{"subscription": "7001"}]}]},
            f"Account {LOGIN}, site a.example: 7001 (PCI) is an add-on of an account, not of a site.",
        ),
    ],
)
def test_an_add_on_at_the_wrong_place_is_refused_before_the_account_is_looked_up(
    entry: dict[str, t.Any], told: str
) -> None:
    result, calls = run([entry], {"getPlanList": PRODUCTS})
    assert result["accounts"][0]["error"]["message"] == told
    assert calls == ["getPlanList"]


def test_an_add_on_at_the_wrong_place_can_be_ended() -> None:
    entry = {"login": LOGIN, "addons": [{"subscription": "9001", "state": "absent"}]}
    result, _calls = run([entry], ANSWERS)
    assert result["accounts"][0]["error"] is None


def test_a_refused_order_is_not_counted_as_sent() -> None:
    answers = {
        **ANSWERS,
        "provisionAddon 5 9001": "<error>Not today</error>",
    }
    result, calls = run([{"login": LOGIN, "sites": [SITE]}], answers)
    assert calls[-1] == "provisionAddon 5 9001"
    assert result["summary"] == "nothing; refused: 1 x order of 9001 (Backup) at 2.00, total 2.00"


def test_check_mode_refuses_a_new_account_without_what_it_must_have() -> None:
    answers = {
        "getPlanList": PRODUCTS,
        f"getStatus {LOGIN}": "<error>account_id not found</error>",
        f"checkLogin {LOGIN}": "<status>ok</status><message>login is available</message>",
        "checkDomain a.example": "<status>ok</status><message>domain is available</message>",
    }
    entry = {"login": LOGIN, "sites": [{"domain": "a.example", "subscription": "8"}]}
    result, _calls = run([entry], answers, check_mode=True)
    assert "the entry has no name and email" in result["accounts"][0]["error"]["message"]


def test_an_entry_that_was_refused_before_fails_alone() -> None:
    errors = {"1": {"name": "bad@b.example", "message": "Account bad@b.example: unknown keys: x.", "hint": ""}}
    result, _calls = run([{}, {"login": LOGIN}], ANSWERS, entry_errors=errors)
    bad, good = result["accounts"]
    assert (bad["account"], bad["error"]["message"]) == ("bad@b.example", errors["1"]["message"])
    assert (good["account"], good["failed"]) == (LOGIN, False)
    assert [row["account"] for row in result["sites"]] == ["bad@b.example", LOGIN]
