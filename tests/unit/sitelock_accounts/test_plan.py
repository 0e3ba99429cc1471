# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for one account, as a pure function: what is bought, changed and ended, and what is refused."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._converge import Action
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.catalogue import Catalogue, Product
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.subscriptions import Subscription
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.current import (
    CurrentAccount,
    CurrentSite,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.desired import (
    DesiredAccount,
    DesiredProduct,
    DesiredSite,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.plan import plan_account

CATALOGUE = Catalogue(
    {
        number: Product(number, {"id": number, "name": name, "type": kind, "product_category": category})
        for number, name, kind, category in (
            ("8", "Scan", "plan", "SCAN"),
            ("9", "Scan more", "plan", "SCAN"),
            ("12", "Bundle", "bundle", "SCAN"),
            ("100", "Firewall", "addon", "WAF"),
            ("9001", "Backup", "addon", "BACKUP"),
            ("7001", "PCI", "addon", "PCI"),
            ("77", "Backup of another kind", "", "BACKUP"),
        )
    }
)
SITE = DesiredSite("a.example", subscription="8")
ACCOUNT = DesiredAccount(
    login="owner@a.example", email="owner@a.example", properties=(("name", "A Ltd"),), sites=(SITE,)
)


def account(*sites: DesiredSite, **more: t.Any) -> DesiredAccount:
    return dataclasses.replace(ACCOUNT, sites=sites, **more)


def site(**more: t.Any) -> DesiredSite:
    return dataclasses.replace(SITE, **more)


def has(*addons: tuple[str, int | None], routed: bool | None = None, **more: t.Any) -> CurrentAccount:
    """An account with a.example (site 5) and subscriptions: the product, and the site that it belongs to."""
    return CurrentAccount(
        exists=True,
        sites={"a.example": CurrentSite("a.example", 5, routed=routed)},
        addons=tuple(Subscription(product, f"S{n}", site_id) for n, (product, site_id) in enumerate(addons)),
        **{"account_id": 570, **more},
    )


def plan(current: CurrentAccount, desired: DesiredAccount, catalogue: Catalogue = CATALOGUE) -> list[Action]:
    return plan_account(current, desired, catalogue)


def told(current: CurrentAccount, desired: DesiredAccount, catalogue: Catalogue = CATALOGUE) -> list[str]:
    return [f"{action.method}: {action.item}" for action in plan(current, desired, catalogue)]


BACKUP = DesiredProduct("9001")
PCI = DesiredProduct("7001")

PLANS: dict[str, tuple[CurrentAccount, DesiredAccount, list[str]]] = {
    "a new account is made with its first site": (
        CurrentAccount(),
        account(SITE, DesiredSite("b.example", bundle="12"), addons=(PCI,)),
        [
            "provisionAccount: new account with the site a.example, order of 8",
            "provisionAccount: new site b.example, order of 12",
            "provisionAddon: order of the add-on 7001 for owner@a.example",
        ],
    ),
    "a site that lacks is added to its account": (
        has(("8", 5)),
        account(SITE, DesiredSite("b.example", subscription="9")),
        ["provisionAccount: new site b.example, order of 9"],
    ),
    "what is there is left": (has(("8", 5), ("9001", 5)), account(site(addons=(BACKUP,))), []),
    "another plan is changed": (
        has(("9", 5)),
        account(SITE),
        ["modifyAccount: change of the plan of a.example to 8"],
    ),
    "a plan that is not said is not changed": (has(), account(SITE), []),
    "two plans leave it open": (has(("9", 5), ("12", 5)), account(SITE), []),
    "a plan beside a bundle may be a part of it": (has(("8", 5), ("12", 5)), account(SITE), []),
    "a bundle beside its plan is the bundle": (
        has(("8", 5), ("12", 5)),
        account(DesiredSite("a.example", bundle="12")),
        [],
    ),
    "an add-on is no plan": (has(("9001", 5)), account(SITE), []),
    "with and without www is one site": (has(("8", 5)), account(site(domain="www.a.example")), []),
    "an add-on of the site": (
        has(("8", 5)),
        account(site(addons=(BACKUP,))),
        ["provisionAddon: order of the add-on 9001 for a.example"],
    ),
    "as many as are wanted": (
        has(("8", 5), ("7001", None)),
        account(SITE, addons=(DesiredProduct("7001", count=3),)),
        ["provisionAddon: order of the add-on 7001 for owner@a.example"] * 2,
    ),
    "an add-on that does not say its site may be this one's": (
        has(("8", 5), ("9001", None)),
        account(site(addons=(BACKUP,)), DesiredSite("b.example", subscription="8", addons=(BACKUP,))),
        ["provisionAccount: new site b.example, order of 8"],
    ),
    "an add-on in no file is left": (has(("8", 5), ("9001", 5), ("7001", None)), account(SITE), []),
    "unless they are pruned": (
        has(("8", 5), ("9001", 5), ("7001", None), ("100", 5)),
        account(SITE, prune_addons=True),
        ["deleteAddon: end of add-on 9001 of a.example", "deleteAddon: end of add-on 7001 of owner@a.example"],
    ),
    "what may be a part of a bundle is not pruned": (
        has(("12", 5), ("9001", 5), ("9001", 6), ("7001", None)),
        account(DesiredSite("a.example", bundle="12"), prune_addons=True),
        ["deleteAddon: end of add-on 9001 of owner@a.example"],
    ),
    "nor beside a site that says its bundle": (
        dataclasses.replace(
            has(("9001", 5)), sites={"a.example": CurrentSite("a.example", 5, subscription="12", routed=False)}
        ),
        account(DesiredSite("a.example", bundle="12"), prune_addons=True),
        [],
    ),
    "what is not known to be an add-on is not pruned": (has(("8", 5), ("77", 5)), account(SITE, prune_addons=True), []),
    "too many are pruned": (
        has(("8", 5), ("7001", None), ("7001", None)),
        account(SITE, addons=(PCI,), prune_addons=True),
        ["deleteAddon: end of add-on 7001 of owner@a.example"],
    ),
    "an add-on is ended": (
        has(("8", 5), ("9001", 5)),
        account(site(addons=(DesiredProduct("9001", state="absent"),))),
        ["deleteAddon: end of add-on 9001 of a.example"],
    ),
    "a site is ended with its plan": (
        has(("8", 5)),
        account(site(state="absent")),
        ["deletePlan: end of plan 8 of a.example", "deleteAccount: end of site a.example"],
    ),
    "a site is ended with its bundle": (
        has(("12", 5)),
        account(DesiredSite("a.example", state="absent")),
        ["deleteBundle: end of bundle 12 of a.example", "deleteAccount: end of site a.example"],
    ),
    "a site whose plan is not said is ended": (
        has(),
        account(site(state="absent")),
        ["deleteAccount: end of site a.example"],
    ),
    "a site that is not there has no end": (
        has(("8", 5)),
        account(SITE, DesiredSite("b.example", state="absent")),
        [],
    ),
    "a site that is not active has no end": (
        dataclasses.replace(has(), sites={"a.example": CurrentSite("a.example", 5, "inactive")}),
        account(site(state="absent")),
        [],
    ),
    "a site with traffic is ended by force": (
        has(routed=True),
        account(site(state="absent", force=True)),
        ["deleteAccount: end of site a.example"],
    ),
    "an account is ended": (
        has(("8", 5)),
        account(state="absent"),
        ["deleteAccount: end of account owner@a.example"],
    ),
    "an account that is not there has no end": (CurrentAccount(), account(state="absent"), []),
    "an e-mail address is changed": (
        has(("8", 5), told={"email": "old@a.example"}),
        account(SITE),
        ["modifyAccount: change of e-mail of owner@a.example"],
    ),
    "an e-mail address that is not said is not": (has(("8", 5)), account(SITE), []),
}


@pytest.mark.parametrize("case", PLANS)
def test_plan(case: str) -> None:
    current, desired, expected = PLANS[case]
    assert told(current, desired) == expected


REFUSED: dict[str, tuple[CurrentAccount, DesiredAccount, type[Exception], str]] = {
    "a domain of another account": (
        has(foreign={"b.example": "account 999 at SiteLock"}),
        account(SITE, DesiredSite("b.example", subscription="8")),
        RejectedError,
        "the domain b.example belongs to account 999",
    ),
    "the end of a site that may be another account's": (
        has(foreign={"b.example": "account 999 at SiteLock"}, account_id=None),
        account(SITE, DesiredSite("b.example", state="absent")),
        RejectedError,
        "the domain b.example belongs to account 999",
    ),
    "a new account without a site": (CurrentAccount(), account(), BadInputError, "its first site"),
    "a new account without an email": (
        CurrentAccount(),
        account(SITE, email=None),
        BadInputError,
        "does not exist, and the entry has no email, which a new account must have",
    ),
    "a new account without a name and an email": (
        CurrentAccount(),
        account(SITE, email=None, properties=()),
        BadInputError,
        "the entry has no name and email",
    ),
    "a new site without a plan": (
        CurrentAccount(),
        account(DesiredSite("a.example")),
        BadInputError,
        "no subscription",
    ),
    "a site that is not active": (
        dataclasses.replace(has(), sites={"a.example": CurrentSite("a.example", 5, "inactive")}),
        account(SITE),
        RejectedError,
        "is inactive at SiteLock",
    ),
    "more than the count": (
        has(("8", 5), ("7001", None), ("7001", None)),
        account(SITE, addons=(PCI,)),
        RejectedError,
        "has 2 subscriptions of the add-on 7001, and count is 1",
    ),
    "the end of a site with traffic": (has(routed=True), account(site(state="absent")), RejectedError, "traffic goes"),
    "the end of a site with an add-on": (
        has(("8", 5), ("9001", 5)),
        account(site(state="absent")),
        RejectedError,
        "other active add-ons: 9001",
    ),
    "the end of an account with traffic": (has(routed=True), account(state="absent"), RejectedError, "traffic goes"),
    "the end of an account with an add-on": (
        has(("7001", None)),
        account(state="absent"),
        RejectedError,
        "other active add-ons: 7001",
    ),
    "the end of what may be Firewall & CDN with traffic": (
        has(("8", 5), ("100", 5), routed=True),
        account(site(addons=(DesiredProduct("100", state="absent"),))),
        RejectedError,
        "this add-on may be it",
    ),
    "the end of what may be Firewall & CDN of any site": (
        has(("8", 5), ("100", None), routed=True),
        account(SITE, addons=(DesiredProduct("100", state="absent"),)),
        RejectedError,
        "does not say of which site",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusal(case: str) -> None:
    current, desired, kind, words = REFUSED[case]
    with pytest.raises(kind, match=words):
        plan(current, desired)


def test_the_end_of_a_site_with_its_add_on_counts_once_and_ends_the_add_on_first() -> None:
    ended = DesiredProduct("9001", state="absent")
    actions = plan(has(("8", 5), ("9001", 5)), account(site(state="absent", addons=(ended,))))
    assert [action.method for action in actions] == ["deletePlan", "deleteAddon", "deleteAccount"]
    assert [action.counts for action in actions] == [False, False, True]


# ---- properties

PRODUCTS = ["8", "9", "12", "100", "9001", "7001", "not-listed"]
addons = st.lists(
    st.builds(DesiredProduct, st.sampled_from(PRODUCTS[3:]), st.sampled_from(["present", "absent"]), st.integers(1, 3)),
    max_size=3,
    unique_by=lambda addon: addon.subscription,
).map(tuple)
sites = st.lists(
    st.builds(
        DesiredSite,
        st.sampled_from(["a.example", "b.example", "c.example"]),
        st.sampled_from(["present", "absent"]),
        subscription=st.sampled_from(["8", "9"]),
        addons=addons,
    ),
    max_size=3,
    unique_by=lambda each: each.domain,
).map(tuple)
desired_accounts = st.builds(
    lambda sites, addons, prune: account(*sites, addons=addons, prune_addons=prune),
    sites,
    addons,
    st.booleans(),
)
current_accounts = st.builds(
    lambda domains, addons, routed: CurrentAccount(
        exists=True,
        account_id=570,
        sites={domain: CurrentSite(domain, number, routed=routed) for number, domain in enumerate(domains, 5)},
        addons=tuple(Subscription(product, f"S{n}", site_id) for n, (product, site_id) in enumerate(addons)),
    ),
    st.lists(st.sampled_from(["a.example", "b.example", "c.example"]), unique=True),
    st.lists(st.tuples(st.sampled_from(PRODUCTS), st.sampled_from([None, 5, 6, 7])), max_size=5),
    st.sampled_from([None, False, True]),
)


def planned(current: CurrentAccount, desired: DesiredAccount, catalogue: Catalogue) -> list[Action]:
    try:
        return plan(current, desired, catalogue)
    except (BadInputError, RejectedError):
        return []


@given(current_accounts, desired_accounts, st.sampled_from([CATALOGUE, Catalogue({})]))
def test_nothing_is_ended_that_the_file_does_not_ask_for(
    current: CurrentAccount, desired: DesiredAccount, catalogue: Catalogue
) -> None:
    absent_sites = {each.domain for each in desired.sites if each.state == "absent"}
    for action in planned(current, desired, catalogue):
        write = action.item
        if action.method in ("deleteAccount", "deletePlan", "deleteBundle"):
            assert write.domain in absent_sites
        if action.method == "deleteAddon":
            owner = next((each for each in desired.sites if each.domain == write.domain), desired)
            wanted = {each.subscription: each for each in owner.addons}
            asked = write.subscription in wanted and wanted[write.subscription].state == "absent"
            assert asked or desired.prune_addons
            # Whatever is pruned, Firewall & CDN is not.
            assert asked or write.subscription not in ("100", "not-listed")


@given(current_accounts, desired_accounts, st.sampled_from([CATALOGUE, Catalogue({})]))
def test_nothing_is_bought_that_is_there(
    current: CurrentAccount, desired: DesiredAccount, catalogue: Catalogue
) -> None:
    bought = [action.item for action in planned(current, desired, catalogue) if action.effect.value == "buy"]
    for write in bought:
        if write.kind == "new site":
            assert write.domain not in current.sites
        if write.kind == "new add-on":
            owner = next((each for each in desired.sites if each.domain == write.domain), desired)
            count = next(each.count for each in owner.addons if each.subscription == write.subscription)
            site_id = current.sites[write.domain].site_id if write.domain in current.sites else None
            there = [a for a in current.addons if a.subscription == write.subscription and a.site_id == site_id]
            if write.domain in current.sites or not write.domain:
                same = [
                    each for each in bought if (each.domain, each.subscription) == (write.domain, write.subscription)
                ]
                assert len(there) + len(same) == count
