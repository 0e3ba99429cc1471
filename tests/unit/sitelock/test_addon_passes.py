# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passes over sites, against an API with a state: number of calls, purchases, and lost responses."""

from __future__ import annotations

import collections
import copy
import threading
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._sitelock import addon as addon_module
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addon import AddonResource, DesiredAddon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addons import addon_options, converge_addons
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.results import (
    AddonOutcome,
    addon_diff,
    addon_warnings,
)
from ansible_collections.hosting.websec.tests.unit.patience import PATIENCE
from ansible_collections.hosting.websec.tests.unit.scripted_server import ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import sitelock_client
from ansible_collections.hosting.websec.tests.unit.sitelock.fake_api import FakeApi, Site


def addon_of(site_id: int, **given: t.Any) -> dict[str, t.Any]:
    """The options of one site."""
    defaults = {name: option.get("default") for name, option in addon_options().options.items()}
    return {**defaults, "site_id": site_id, **given}


def connection(url: str, **given: t.Any) -> dict[str, t.Any]:
    """The connection options of a task."""
    return {
        "api_url": url,
        "api_username": "Username",
        "api_password": "Password",
        "api_client_id": None,
        "api_client_secret": None,
        "api_token_url": "http://127.0.0.1:9/token",
        "api_partner": None,
        "validate_certs": True,
        "ca_path": None,
        "client_cert": None,
        "client_key": None,
        "timeout": 5,
        "retries": 0,
        **given,
    }


def converge(api: FakeApi, desired: list[dict[str, t.Any]], **options: t.Any) -> list[AddonOutcome]:
    api.calls.clear()
    api.sizes.clear()
    with ScriptedServer(api) as server:
        return converge_addons(connection(server.url), desired, **{"check_mode": False, **options})


def single(api: FakeApi, one: dict[str, t.Any], **options: t.Any) -> AddonOutcome:
    (outcome,) = converge(api, [one], **options)
    return outcome


def calls(api: FakeApi) -> dict[str, int]:
    return dict(collections.Counter(api.calls))


# ---- how many calls


@pytest.mark.parametrize(("batch_size", "sizes"), [(1, [1] * 7), (3, [3, 3, 1]), (50, [7])])
def test_the_calls_of_an_order_for_many_sites(batch_size: int, sizes: list[int]) -> None:
    api = FakeApi({number: Site() for number in range(1, 8)})
    desired = [addon_of(number, subscription="P", waf_origin="10.0.0.9") for number in range(1, 8)]
    outcomes = converge(api, desired, batch_size=batch_size, concurrency=4)
    assert calls(api) == {"getAnpProvisioningStatus": 21, "provisionAddon": len(sizes)}
    assert sorted(api.sizes, reverse=True) == sizes
    assert api.bought == dict.fromkeys(range(1, 8), 1)
    for number, outcome in enumerate(outcomes, 1):
        assert (outcome.desired.site_id, outcome.changed, outcome.error) == (number, True, None)
        assert outcome.after is not None
        assert (outcome.after.subscription, outcome.after.subscription_id) == ("P", f"S{number}")
        assert outcome.after.status.dns_new_a == ("192.0.2.1", "192.0.2.2")


def test_the_calls_of_a_pass_that_changes_nothing() -> None:
    accounts = {1: 570, 2: 570, 3: 570, 4: 571, 5: 571, 6: 571, 7: 571}
    api = FakeApi({number: Site(plan="P", account_id=account) for number, account in accounts.items()})
    desired = [
        addon_of(number, account_id=account, subscription="P", waf_origin="10.0.0.1", waf_dns_manager="customer")
        for number, account in accounts.items()
    ]
    desired[0]["account_id"] = None
    outcomes = converge(api, desired, concurrency=4)
    assert not any(outcome.changed or outcome.error or outcome.sent for outcome in outcomes)
    # Two accounts, and one site without an account id.
    assert calls(api) == {"getAnpProvisioningStatus": 7, "getStatus": 3, "getWafOrigin": 7}


def test_what_is_not_named_is_not_read() -> None:
    api = FakeApi({5: Site(plan="P")})
    assert not single(api, addon_of(5)).changed
    assert calls(api) == {"getAnpProvisioningStatus": 1}


def test_the_calls_of_all_changes_of_one_site() -> None:
    api = FakeApi({5: Site(plan="OLD")})
    wanted = addon_of(5, subscription="P", waf_origin="10.0.0.9", waf_dns_manager="partner")
    outcome = single(api, wanted)
    assert outcome.sent == api.writes() == ["modifyAddon", "setWafOrigin", "setWAFDNSManager"]
    assert (outcome.changed, outcome.error, outcome.unsettled) == (True, None, False)
    assert (api.sites[5].plan, api.sites[5].origins, api.sites[5].manager) == ("P", ["10.0.0.9"], "partner")
    assert calls(api) == {
        "getAnpProvisioningStatus": 3,
        "getStatus": 3,
        "getWafOrigin": 3,
        "modifyAddon": 1,
        "setWafOrigin": 1,
        "setWAFDNSManager": 1,
    }
    assert not single(api, wanted).changed


def test_the_calls_of_an_end() -> None:
    api = FakeApi({5: Site(plan="P")})
    outcome = single(api, addon_of(5, state="absent", subscription="P", waf_origin="10.0.0.9"))
    assert (outcome.changed, outcome.error, outcome.sent) == (True, None, ["deleteAddon"])
    assert calls(api) == {"getAnpProvisioningStatus": 2, "deleteAddon": 1}
    assert not single(api, addon_of(5, state="absent")).changed
    assert calls(api) == {"getAnpProvisioningStatus": 1}


# ---- check mode


def test_check_mode_tells_what_would_be_sent_and_sends_nothing() -> None:
    api = FakeApi({1: Site(), 2: Site(plan="OLD"), 3: Site(plan="P"), 4: Site(plan="P")})
    before = copy.deepcopy(api.sites)
    desired = [
        addon_of(1, subscription="P"),
        addon_of(2, subscription="P", waf_dns_manager="partner"),
        addon_of(3, state="absent"),
        addon_of(4, subscription="P"),
    ]
    outcomes = converge(api, desired, check_mode=True, concurrency=2)
    assert [outcome.sent for outcome in outcomes] == [
        ["provisionAddon"],
        ["modifyAddon", "setWAFDNSManager"],
        ["deleteAddon"],
        [],
    ]
    assert [outcome.changed for outcome in outcomes] == [True, True, True, False]
    assert api.writes() == []
    assert api.sites == before
    assert addon_diff(outcomes, check_mode=True) == {
        "before": {
            "1": {"state": "absent"},
            "2": {"state": "pending-dns", "subscription": "OLD", "waf_dns_manager": "customer"},
            "3": {"state": "pending-dns", "subscription": None, "waf_dns_manager": "customer"},
        },
        "after": {
            "1": {"state": "ordered", "subscription": "P", "waf_dns_manager": None},
            "2": {"state": "pending-dns", "subscription": "P", "waf_dns_manager": "partner"},
            "3": {"state": "absent"},
        },
    }


# ---- one bad site


def test_a_site_that_fails_leaves_the_others_alone() -> None:
    api = FakeApi({1: Site(), 2: Site(), 4: Site(plan="P", routing=True), 5: Site()})
    api.refused_sites = {2}
    desired = [
        addon_of(1, subscription="P"),
        addon_of(2, subscription="P"),
        addon_of(3, subscription="P"),
        addon_of(4, state="absent"),
        addon_of(5, subscription="P"),
    ]
    outcomes = converge(api, desired, batch_size=10)
    assert [outcome.error and outcome.error.kind for outcome in outcomes] == [
        None,
        "rejected",
        "not_found",
        "rejected",
        None,
    ]
    assert [outcome.changed for outcome in outcomes] == [True, False, False, False, True]
    assert api.sizes == [3]
    assert api.bought == {1: 1, 5: 1}


# ---- lost answers

LOST = ["lost request", "lost answer", "page"]


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("batch_size", [1, 10])
def test_a_lost_order_is_looked_up_and_never_sent_again(fault: str, batch_size: int) -> None:
    api = FakeApi({1: Site(), 2: Site()})
    api.faults["provisionAddon"].append(fault)
    outcomes = converge(api, [addon_of(1, subscription="P"), addon_of(2, subscription="P")], batch_size=batch_size)
    happened = fault != "lost request"
    first = outcomes[0]
    assert first.changed is happened
    assert (first.error and first.error.kind) == (None if happened else "outcome_unknown")
    assert api.writes() == ["provisionAddon"] * (1 if batch_size > 1 else 2)
    assert set(api.bought.values()) <= {1}
    # The next pass orders only what was not bought.
    converge(api, [addon_of(1, subscription="P"), addon_of(2, subscription="P")])
    assert api.bought == {1: 1, 2: 1}


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize(
    ("method", "site", "wanted", "sent"),
    [
        ("setWafOrigin", Site(plan="P"), {"waf_origin": "10.0.0.9"}, 2),
        ("setWAFDNSManager", Site(plan="P"), {"waf_dns_manager": "partner"}, 2),
        ("deleteAddon", Site(plan="P"), {"state": "absent"}, 2),
        ("modifyAddon", Site(plan="OLD"), {"subscription": "P"}, 1),
    ],
)
def test_other_lost_writes_are_sent_again_where_they_do_not_show_unless_they_cost_money(
    method: str, site: Site, wanted: dict[str, t.Any], sent: int, fault: str
) -> None:
    api = FakeApi({5: copy.deepcopy(site)})
    api.faults[method].append(fault)
    outcome = single(api, addon_of(5, **wanted))
    if fault == "lost request":
        assert api.writes() == [method] * sent
        assert (outcome.error and outcome.error.kind) == (None if sent == 2 else "outcome_unknown")
    else:
        assert api.writes() == [method]
        assert (outcome.changed, outcome.error) == (True, None)
    assert not single(api, addon_of(5, **wanted)).changed or sent == 1


@pytest.mark.parametrize("state", ["pending-retry", "error"])
@pytest.mark.parametrize("fault", ["lost request", "lost answer"])
def test_a_lost_change_of_the_origin_that_cannot_be_read_back_is_unknown(state: str, fault: str) -> None:
    api = FakeApi({5: Site(plan="P")})
    api.faults["setWafOrigin"].append(fault)

    def stumble(method: str) -> None:
        if method == "setWafOrigin":
            api.sites[5].state, api.sites[5].short = state, True

    api.between = stumble
    outcome = single(api, addon_of(5, waf_origin="10.0.0.9"))
    assert (outcome.error and outcome.error.kind) == "outcome_unknown"
    assert not outcome.changed
    assert api.writes() == ["setWafOrigin"]


@pytest.mark.parametrize("fault", ["lost request", "lost answer"])
def test_a_lost_change_of_the_dns_manager_that_cannot_be_read_back_is_unknown(fault: str) -> None:
    api = FakeApi({5: Site(plan="P")})
    api.faults["setWAFDNSManager"].append(fault)

    def become_ready(method: str) -> None:
        if method == "setWAFDNSManager":
            api.sites[5].state, api.sites[5].short = "ready", True

    api.between = become_ready
    outcome = single(api, addon_of(5, waf_dns_manager="partner"))
    assert (outcome.error and outcome.error.kind) == "outcome_unknown"
    assert api.writes() == ["setWAFDNSManager"]


def test_a_change_of_plan_shows_although_the_account_was_read_meanwhile() -> None:
    api = FakeApi({1: Site(plan="OLD"), 2: Site(plan="P")})
    arrived, go_on = threading.Event(), threading.Event()

    def hold(method: str) -> None:
        if method == "modifyAddon":
            arrived.set()
            go_on.wait(PATIENCE)

    api.between = hold
    first, second = (DesiredAddon(number, subscription="P", account_id=570) for number in (1, 2))
    with ScriptedServer(api) as server, sitelock_client(server.url) as client:
        resource = AddonResource(client)
        actions = resource.plan(resource.observe(first), first)
        thread = threading.Thread(target=resource.apply, args=[actions])
        thread.start()
        assert arrived.wait(PATIENCE)
        api.sites[1].plan = "OLD"  # the API shows the new plan only after its response
        resource.observe(second)
        api.sites[1].plan = "P"
        go_on.set()
        thread.join()
        assert resource.observe(first).subscription == "P"


@pytest.mark.parametrize(("before", "seen_by"), [(Site(), "getAnpProvisioningStatus"), (Site(plan="OLD"), "getStatus")])
def test_what_somebody_else_bought_meanwhile_is_not_bought_again(before: Site, seen_by: str) -> None:
    api = FakeApi({5: copy.deepcopy(before)})

    def somebody_else(method: str) -> None:
        if method == seen_by:
            api.sites[5].plan = "P"

    api.between = somebody_else
    outcome = single(api, addon_of(5, account_id=570, subscription="P"))
    assert (outcome.changed, outcome.error, outcome.sent) == (False, None, [])
    assert api.writes() == []


@pytest.mark.parametrize("second_purchase", ["buy", "refuse"])
def test_an_order_behind_that_of_somebody_else_is_sent_once_whether_the_api_refuses_it_or_not(
    second_purchase: str,
) -> None:
    """Cannot be prevented: another order between our last read and our order."""
    api = FakeApi({5: Site()})

    def somebody_else(method: str) -> None:
        if api.calls == ["getAnpProvisioningStatus"] * 2:
            api.sites[5].plan = "P"
            api.refused_sites = {5} if second_purchase == "refuse" else set()

    api.between = somebody_else
    outcome = single(api, addon_of(5, subscription="P"))
    assert api.writes() == ["provisionAddon"]
    assert (outcome.error and outcome.error.kind) == ("rejected" if second_purchase == "refuse" else None)
    again = single(api, addon_of(5, subscription="P"))
    assert (again.changed, again.error, api.writes()) == (False, None, [])


# ---- what is left open


def test_a_plan_that_the_api_does_not_tell_is_left_alone_with_a_warning() -> None:
    api = FakeApi({1: Site(plan="OLD"), 2: Site(plan="P")}, names_sites=False)
    outcome = single(api, addon_of(1, subscription="P"))
    assert (outcome.changed, outcome.error, api.writes()) == (False, None, [])
    (warning,) = addon_warnings([outcome])
    assert "Site 1: getStatus does not report this site's plan, so it was not compared with P" in warning


def test_an_origin_that_does_not_resolve_is_left_alone_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addon_module, "resolve", lambda _name: frozenset())
    api = FakeApi({5: Site(plan="P")})
    outcome = single(api, addon_of(5, waf_origin="www-origin.example.com"))
    assert (outcome.changed, outcome.error, api.writes()) == (False, None, [])
    (warning,) = addon_warnings([outcome])
    assert "www-origin.example.com does not resolve on this machine" in warning
    assert "10.0.0.1" in warning


@pytest.mark.parametrize(("resolved", "changed"), [({"10.0.0.1", "10.0.0.2"}, False), ({"10.0.0.2"}, True)])
def test_an_origin_by_name_is_compared_with_its_addresses(
    monkeypatch: pytest.MonkeyPatch, resolved: set[str], changed: bool
) -> None:
    monkeypatch.setattr(addon_module, "resolve", lambda _name: frozenset(resolved))
    api = FakeApi({5: Site(plan="P")})
    outcome = single(api, addon_of(5, waf_origin="www-origin.example.com"))
    assert (outcome.changed, outcome.error) == (changed, None)
    assert addon_warnings([outcome]) == []


def test_a_write_that_does_not_show_afterwards_is_never_reported_as_fine() -> None:
    api = FakeApi({5: Site(plan="P")})

    def forget(method: str) -> None:
        if method == "setWAFDNSManager":
            api.sites[5].manager = "customer"

    api.between = forget
    outcome = single(api, addon_of(5, waf_dns_manager="partner"))
    assert (outcome.changed, outcome.unsettled) == (True, True)
    assert outcome.error is not None
    assert outcome.error.kind == "outcome_unknown"
    assert "setWAFDNSManager was accepted, but the state still differs from the desired one" in outcome.error.message


@pytest.mark.parametrize("batch_size", [1, 2])
def test_a_plan_that_somebody_else_orders_between_look_and_order_is_changed_to_the_wanted_one(batch_size: int) -> None:
    api = FakeApi({5: Site(), 6: Site()})

    def somebody_else(method: str) -> None:
        if api.calls.count("getAnpProvisioningStatus") == 2:
            api.sites[5].plan, api.sites[6].plan = "OTHER", "P"

    api.between = somebody_else
    wanted = [addon_of(5, subscription="P"), addon_of(6, subscription="P")]
    first, second = converge(api, wanted, batch_size=batch_size)
    assert (first.error, first.sent, second.error, second.sent) == (None, ["modifyAddon"], None, [])
    assert (api.sites[5].plan, api.sites[6].plan) == ("P", "P")


# ---- whatever fails

FAULTS = st.lists(st.sampled_from(["fine", "lost request", "lost answer", "page", "busy", "refused"]), max_size=4)
METHODS = ["getAnpProvisioningStatus", "getStatus", "getWafOrigin", "provisionAddon", "modifyAddon"]
METHODS += ["setWafOrigin", "setWAFDNSManager", "deleteAddon"]
SITES = st.builds(Site, plan=st.sampled_from([None, "P", "OLD"]), manager=st.sampled_from(["customer", "partner"]))
DESIRED = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["present", "present", "absent"]),
        "subscription": st.just("P"),
        "waf_origin": st.sampled_from([None, "10.0.0.1", "10.0.0.9"]),
        "waf_dns_manager": st.sampled_from([None, "customer", "partner"]),
    }
)


def as_wanted(site: Site, wanted: t.Mapping[str, t.Any]) -> bool:
    if wanted["state"] == "absent":
        return site.plan is None
    return (
        site.plan == wanted["subscription"]
        and wanted["waf_origin"] in (None, *site.origins)
        and wanted["waf_dns_manager"] in (None, site.manager)
    )


@settings(max_examples=40, deadline=None)
@given(
    sites=st.lists(st.tuples(SITES, DESIRED), min_size=1, max_size=3),
    faults=st.dictionaries(st.sampled_from(METHODS), FAULTS, max_size=3),
    batch_size=st.integers(1, 3),
    concurrency=st.integers(1, 2),
)
def test_nothing_is_bought_twice_and_no_result_says_what_is_not_so(
    sites: list[tuple[Site, dict[str, t.Any]]], faults: dict[str, list[str]], batch_size: int, concurrency: int
) -> None:
    api = FakeApi({number: copy.deepcopy(site) for number, (site, _wanted) in enumerate(sites, 1)})
    desired = [addon_of(number, **wanted) for number, (_site, wanted) in enumerate(sites, 1)]
    for method, entries in faults.items():
        api.faults[method].extend(entries)
    for _pass in range(2):
        before = copy.deepcopy(api.sites)
        outcomes = converge(api, desired, batch_size=batch_size, concurrency=concurrency)
        for outcome, (number, site) in zip(outcomes, api.sites.items()):
            assert api.bought[number] <= 1
            assert outcome.desired.site_id == number
            if outcome.error is None:
                assert as_wanted(site, desired[number - 1])
                assert outcome.changed == (site != before[number])
            elif site != before[number]:
                assert outcome.changed or outcome.error.kind == "outcome_unknown"
    api.faults.clear()
    assert not any(outcome.error for outcome in converge(api, desired))
    assert not any(outcome.changed or outcome.error for outcome in converge(api, desired))
