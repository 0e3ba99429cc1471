# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for one site, as a pure function: every transition, and that plans end."""

from __future__ import annotations

import dataclasses
import itertools
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addon import (
    DesiredAddon,
    plan_addon,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.site import CurrentAddon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import STATES, SiteStatus

PROVISIONED = [state for state in STATES if state != "absent"] + ["not-documented"]


def current(state: str, *, manager: str | None = None, routing: bool | None = None, **more: t.Any) -> CurrentAddon:
    return CurrentAddon(SiteStatus(5, state, waf_dns_manager=manager, traffic_routing=routing), **more)


def methods(now: CurrentAddon, wanted: DesiredAddon) -> list[str]:
    return [action.method for action in plan_addon(now, wanted)]


# ---- a site without Firewall & CDN


def test_a_site_without_is_ordered_with_what_is_named() -> None:
    (action,) = plan_addon(current("absent"), DesiredAddon(5, subscription="P"))
    assert (action.method, action.effect, action.batchable) == ("provisionAddon", Effect.BUY, True)
    assert {name: value for name, value in action.item.items() if value is not None} == {
        "site_id": 5,
        "subscription": "P",
    }


def test_an_order_holds_all_options_in_the_order_of_the_documentation() -> None:
    wanted = DesiredAddon(
        5,
        subscription="P",
        account_id=570,
        renewal_date="2027-01-01",
        waf_origin="10.0.0.1",
        waf_force_ssl=True,
        waf_dns_manager="partner",
        waf_skip_network_certificate=True,
        force=True,
    )
    (action,) = plan_addon(current("absent"), wanted)
    assert list(action.item.items()) == [
        ("site_id", 5),
        ("subscription", "P"),
        ("renewal_date", "2027-01-01"),
        ("waf_origin", "10.0.0.1"),
        ("waf_force_ssl", True),
        ("waf_dns_manager", "partner"),
        ("waf_skip_network_certificate", True),
    ]


def test_ssl_is_forced_only_together_with_an_origin() -> None:
    (action,) = plan_addon(current("absent"), DesiredAddon(5, subscription="P", waf_force_ssl=True))
    assert action.item["waf_force_ssl"] is None


@pytest.mark.parametrize("subscription", [None, ""])
def test_without_a_plan_nothing_is_ordered(subscription: str | None) -> None:
    with pytest.raises(BadInputError, match=r"Site 5 has no Firewall & CDN, and no subscription is set") as refused:
        plan_addon(current("absent"), DesiredAddon(5, subscription=subscription))
    assert "subscription" in refused.value.hint


@pytest.mark.parametrize("force", [False, True])
def test_a_site_without_stays_without(force: bool) -> None:
    assert plan_addon(current("absent"), DesiredAddon(5, state="absent", force=force)) == []


# ---- a site that has it: never ordered again


@pytest.mark.parametrize("state", PROVISIONED)
def test_a_site_that_has_it_and_of_which_nothing_is_wanted_is_left_alone(state: str) -> None:
    assert plan_addon(current(state, subscription="P", manager="customer"), DesiredAddon(5)) == []


PLAN = [(None, "P", []), ("P", "P", []), ("OLD", "P", ["modifyAddon"]), ("OLD", None, []), ("", "P", [])]
ORIGIN = [
    (None, None, []),
    (None, "10.0.0.1", []),
    (True, "10.0.0.1", []),
    (False, "10.0.0.1", ["setWafOrigin"]),
    (False, None, []),
]
MANAGER = [
    (None, None, []),
    (None, "partner", []),
    ("partner", "partner", []),
    ("customer", "partner", ["setWAFDNSManager"]),
    ("partner", "customer", ["setWAFDNSManager"]),
    ("customer", None, []),
]


@pytest.mark.parametrize("state", PROVISIONED)
def test_each_difference_has_its_write_and_what_is_not_told_has_none(state: str) -> None:
    for (plan, wanted_plan, first), (same, origin, second), (manager, wanted_manager, third) in itertools.product(
        PLAN, ORIGIN, MANAGER
    ):
        now = current(state, subscription=plan, same_origin=same, manager=manager)
        wanted = DesiredAddon(5, subscription=wanted_plan, waf_origin=origin, waf_dns_manager=wanted_manager)
        assert methods(now, wanted) == [*first, *second, *third], (now, wanted)


def test_the_writes_hold_what_is_wanted() -> None:
    now = current("ready", subscription="OLD", same_origin=False, manager="customer")
    wanted = DesiredAddon(5, subscription="P", waf_origin="10.0.0.1", waf_dns_manager="partner", force=True)
    assert [(action.method, action.effect, action.item, action.batchable) for action in plan_addon(now, wanted)] == [
        ("modifyAddon", Effect.BUY, {"site_id": 5, "subscription": "P"}, True),
        ("setWafOrigin", Effect.CHANGE, {"site_id": 5, "waf_origin": "10.0.0.1"}, False),
        ("setWAFDNSManager", Effect.CHANGE, {"site_id": 5, "waf_dns_manager": "partner"}, False),
    ]


@pytest.mark.parametrize(
    ("seen", "shown"),
    [
        (current("ready", subscription="P", same_origin=True, manager="partner"), [True, True, True]),
        (current("ready", subscription="OLD", same_origin=False, manager="customer"), [False, False, False]),
        (current("ready"), [False, False, False]),
        (current("absent"), [False, False, False]),
    ],
)
def test_a_write_is_shown_by_what_is_told_and_not_by_silence(seen: CurrentAddon, shown: list[bool]) -> None:
    now = current("ready", subscription="OLD", same_origin=False, manager="customer")
    actions = plan_addon(now, DesiredAddon(5, subscription="P", waf_origin="10.0.0.1", waf_dns_manager="partner"))
    assert [action.shown_by(seen) for action in actions if action.shown_by] == shown


# ---- the end


@pytest.mark.parametrize(
    ("state", "routing"),
    [(state, True) for state in PROVISIONED] + [("ready", None)],
)
def test_it_is_not_ended_while_traffic_goes_through_it(state: str, routing: bool | None) -> None:
    now, wanted = current(state, routing=routing), DesiredAddon(5, state="absent")
    with pytest.raises(
        RejectedError, match=rf"Site 5: .*not deleted, because traffic still goes through it \(state {state}\)"
    ) as refused:
        plan_addon(now, wanted)
    assert "original A, AAAA and CNAME records" in refused.value.hint
    assert methods(now, dataclasses.replace(wanted, force=True)) == ["deleteAddon"]


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("state", PROVISIONED)
def test_it_is_ended_when_no_traffic_goes_through_it(state: str, force: bool) -> None:
    (action,) = plan_addon(current(state, routing=False), DesiredAddon(5, state="absent", force=force))
    assert (action.method, action.effect, action.batchable) == ("deleteAddon", Effect.DESTROY, True)
    assert action.item == {"site_id": 5, "prod_type": "WAF"}


def test_what_else_is_named_does_not_matter_at_the_end() -> None:
    wanted = DesiredAddon(5, state="absent", subscription="P", waf_origin="10.0.0.1", waf_dns_manager="partner")
    now = current("pending-dns", subscription="OLD", same_origin=False, manager="customer", routing=False)
    assert methods(now, wanted) == ["deleteAddon"]


# ---- the plan has an end

CURRENT = st.builds(
    current,
    st.sampled_from([*STATES, "not-documented"]),
    manager=st.sampled_from([None, "customer", "partner"]),
    routing=st.sampled_from([None, False, True]),
    subscription=st.sampled_from([None, "P", "OLD"]),
    same_origin=st.sampled_from([None, False, True]),
)
WANTED = st.builds(
    DesiredAddon,
    st.just(5),
    state=st.sampled_from(["present", "absent"]),
    subscription=st.sampled_from([None, "P"]),
    waf_origin=st.sampled_from([None, "10.0.0.1"]),
    waf_dns_manager=st.sampled_from([None, "customer", "partner"]),
    force=st.booleans(),
)


def after(now: CurrentAddon, method: str, item: t.Mapping[str, t.Any]) -> CurrentAddon:
    """The site after a write that had its effect."""
    if method == "provisionAddon":
        manager = item["waf_dns_manager"] or "customer"
        return current(
            "pending-dns", manager=manager, routing=False, subscription=item["subscription"], same_origin=True
        )
    if method == "deleteAddon":
        return current("absent")
    if method == "modifyAddon":
        return dataclasses.replace(now, subscription=item["subscription"])
    if method == "setWafOrigin":
        return dataclasses.replace(now, same_origin=True)
    assert method == "setWAFDNSManager"
    return dataclasses.replace(now, status=dataclasses.replace(now.status, waf_dns_manager=item["waf_dns_manager"]))


@settings(deadline=None)
@given(CURRENT, WANTED)
def test_after_the_planned_writes_nothing_is_left_to_do(now: CurrentAddon, wanted: DesiredAddon) -> None:
    try:
        actions = plan_addon(now, wanted)
    except BadInputError:
        assert now.status.state == "absent"
        assert not wanted.subscription
        return
    except RejectedError:
        assert wanted.state == "absent"
        assert now.status.routed
        assert not wanted.force
        return
    for action in actions:
        now = after(now, action.method, action.item)
        assert action.shown_by is None or action.shown_by(now)
    assert plan_addon(now, wanted) == []
    assert wanted.state == "present" or now.status.state == "absent"


@settings(deadline=None)
@given(CURRENT, WANTED)
def test_at_most_one_order_and_only_for_a_site_without(now: CurrentAddon, wanted: DesiredAddon) -> None:
    try:
        planned = methods(now, wanted)
    except (BadInputError, RejectedError):
        return
    assert len(planned) == len(set(planned))
    assert ("provisionAddon" in planned) == (now.status.state == "absent" and wanted.state == "present")
    assert "provisionAddon" not in planned or len(planned) == 1
    assert ("deleteAddon" in planned) == (now.status.state != "absent" and wanted.state == "absent")
