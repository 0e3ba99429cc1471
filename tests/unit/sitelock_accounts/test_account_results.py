# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task says of accounts: rows, the money in one line, and warnings, one for each cause."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._converge import Action, Outcome
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import OutcomeUnknownError, RejectedError
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
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.plan import (
    CHANGE_PLAN,
    END_SITE,
    NEW_ACCOUNT,
    NEW_ADDON,
    Write,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.results import (
    Money,
    account_diff,
    account_result,
    account_warnings,
    sent_summary,
    site_rows,
)

CATALOGUE = Catalogue(
    {
        "8": Product("8", {"id": "8", "name": "Basic", "type": "plan", "price": "5.00"}),
        "9001": Product("9001", {"id": "9001", "name": "Backup", "type": "addon"}),
    }
)


def account(name: str) -> DesiredAccount:
    site = DesiredSite(f"{name}.example", subscription="8", addons=(DesiredProduct("9001", amount="1.50"),))
    return DesiredAccount(login=f"owner@{name}.example", sites=(site,), properties=(("city", "Bonn"),))


def write(kind: str, name: str, subscription: str) -> Action:
    return Action("call", Effect.BUY, Write(kind, f"owner@{name}.example", f"{name}.example", subscription))


def test_the_money_in_one_line() -> None:
    accounts = {each.name: each for each in (account("a"), account("b"))}
    money = Money(CATALOGUE, accounts)
    sent = [
        write(NEW_ACCOUNT, "a", "8"),
        write(NEW_ACCOUNT, "b", "8"),
        write(NEW_ADDON, "a", "9001"),
        write(CHANGE_PLAN, "b", "4711"),
        write(END_SITE, "b", ""),
    ]
    assert money.summary(sent) == (
        "2 new accounts, 1 x change to 4711, 2 x order of 8 (Basic) at 5.00, 1 x order of 9001 (Backup) at 1.50, "
        "1 site ended, total 11.50, 1 order without a known price"
    )
    assert money.summary([write(END_SITE, "b", "")]) == "1 site ended"
    assert money.summary([]) == "nothing"


def outcome(name: str, **told: str) -> Outcome[DesiredAccount, CurrentAccount]:
    domain = f"{name}.example"
    now = CurrentAccount(exists=True, account_id=570, sites={domain: CurrentSite(domain, 5)}, told=told)
    return Outcome(account(name), before=now, after=now)


def test_a_cause_that_accounts_share_is_one_warning() -> None:
    warnings = account_warnings([outcome(name, city="Köln") for name in "abcd"], CATALOGUE)
    assert len(warnings) == 2
    for warning, words in zip(warnings, ("city differs from the file", "does not say which plan")):
        assert warning.startswith("4 accounts (owner@a.example, owner@b.example, owner@c.example and 1 more): ")
        assert words in warning


def test_only_what_was_accepted_is_counted_as_sent() -> None:
    accounts = {each.name: each for each in map(account, "abc")}
    money = Money(CATALOGUE, accounts)
    bought, refused, lost = (write(NEW_ADDON, name, "9001") for name in "abc")
    outcomes = [
        Outcome(accounts["owner@a.example"], actions=[bought], accepted=[bought]),
        Outcome(accounts["owner@b.example"], actions=[refused], error=RejectedError("Not today.")),
        Outcome(accounts["owner@c.example"], actions=[lost], error=OutcomeUnknownError("?", may_have_happened=True)),
    ]
    one = "1 x order of 9001 (Backup) at 1.50, total 1.50"
    assert sent_summary(outcomes, money, check_mode=False) == f"{one}; refused: {one}; outcome unknown: {one}"
    assert sent_summary(outcomes[:1], money, check_mode=False) == one
    assert sent_summary([Outcome(accounts["owner@a.example"], actions=[bought])], money, check_mode=True) == one


def test_a_step_that_is_about_no_site_of_the_entry_has_a_row() -> None:
    done = outcome("a")
    own = Action("call", Effect.BUY, Write(NEW_ADDON, "owner@a.example", "", "7001"))
    done.actions = [write(NEW_ADDON, "a", "9001"), own]
    rows = site_rows([account_result(done, CATALOGUE)])
    assert [(row["account"], row["domain"], row["steps"]) for row in rows] == [
        ("owner@a.example", "a.example", ["order of the add-on 9001 for a.example"]),
        ("owner@a.example", None, ["order of the add-on 7001 for owner@a.example"]),
    ]
    assert rows[0].keys() == rows[1].keys()


def test_the_diff_names_products_and_prices_whatever_the_domain() -> None:
    wanted = account("a8")
    money = Money(CATALOGUE, {wanted.name: wanted})
    planned = Outcome(wanted, actions=[write(NEW_ACCOUNT, "a8", "8"), write(NEW_ADDON, "a8", "9001")], changed=True)
    diff = account_diff([planned], money, check_mode=True)
    assert diff["after"]["owner@a8.example"]["sent"] == [
        "new account with the site a8.example, order of 8 (Basic) at 5.00",
        "order of the add-on 9001 (Backup) for a8.example at 1.50",
    ]


def test_each_site_has_a_row_and_so_has_an_account_without_sites() -> None:
    bare: Outcome[DesiredAccount, CurrentAccount] = Outcome(DesiredAccount(login="owner@bare.example"))
    rows = site_rows([account_result(each, CATALOGUE) for each in (outcome("a"), bare)])
    shown: list[tuple[t.Any, ...]] = [(row["account"], row["domain"], row["site_id"]) for row in rows]
    assert shown == [("owner@a.example", "a.example", 5), ("owner@bare.example", None, None)]
    assert rows[0].keys() == rows[1].keys()


def test_what_was_not_pruned_is_told() -> None:
    bundle = Product("12", {"id": "12", "name": "All", "type": "bundle"})
    catalogue = Catalogue({**CATALOGUE.products, "12": bundle})
    now = CurrentAccount(
        exists=True,
        sites={"a.example": CurrentSite("a.example", 5, subscription="12")},
        addons=(Subscription("9001", "S1", 5),),
    )
    wanted = DesiredAccount(login="owner@a.example", sites=(DesiredSite("a.example", bundle="12"),), prune_addons=True)
    (warning,) = account_warnings([Outcome(wanted, before=now, after=now)], catalogue)
    assert warning.startswith("owner@a.example: 9001 may be part of a bundle, so it was not pruned.")


def test_a_plan_beside_a_bundle_is_told_to_be_open() -> None:
    bundle = Product("12", {"id": "12", "name": "All", "type": "bundle"})
    now = CurrentAccount(
        exists=True,
        sites={"a.example": CurrentSite("a.example", 5)},
        addons=(Subscription("8", "S1", 5), Subscription("12", "S2", 5)),
    )
    wanted = DesiredAccount(login="owner@a.example", sites=(DesiredSite("a.example", subscription="8"),))
    catalogue = Catalogue({**CATALOGUE.products, "12": bundle})
    (warning,) = account_warnings([Outcome(wanted, before=now, after=now)], catalogue)
    assert "does not say which plan" in warning
