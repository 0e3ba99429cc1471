# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The writes for accounts as a person approves them. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._approval.planned import PlannedAction
from ansible_collections.hosting.websec.plugins.module_utils._converge import Action
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.current import (
    CurrentAccount,
    CurrentSite,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.desired import PRESERVE, DesiredAccount
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.plan import (
    CHANGE_EMAIL,
    CHANGE_PLAN,
    NEW_ACCOUNT,
    NEW_ADDON,
    NEW_SITE,
    Write,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.results import Money, described
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.writing import (
    account_element,
    product_of,
    site_element,
    site_of,
)

_ARGUMENTS = ("kind", "domain", "subscription", "subscription_id")
_PERSON = ("name", "email", "login", "reseller_account_id")
"""What a plan shows of C(accountInformation). Addresses and phone numbers are fixed by the digest of the file."""


def planned_writes(
    desired: DesiredAccount, before: CurrentAccount | None, actions: t.Sequence[Action], money: Money
) -> list[PlannedAction]:
    """The planned actions of an account."""
    return [
        PlannedAction(
            desired.name, action.method, _arguments(action.item, desired), _rests_on(before), money.told(action.item)
        )
        for action in actions
    ]


def _arguments(write: Write, desired: DesiredAccount) -> dict[str, t.Any]:
    given = {name: getattr(write, name) or None for name in _ARGUMENTS}
    given.update(_sent_besides(write, desired))
    # Several subscriptions of one product are several actions.
    return {**{name: value for name, value in given.items() if value is not None}, "number": write.number}


def _sent_besides(write: Write, desired: DesiredAccount) -> dict[str, t.Any]:
    if write.kind in (NEW_ACCOUNT, NEW_SITE):
        person = account_element(desired) if write.kind == NEW_ACCOUNT else {}
        return {**{name: person.get(name) for name in _PERSON}, **site_element(site_of(desired, write))}
    if write.kind == CHANGE_PLAN:
        site = site_of(desired, write)
        return {"bundle": site.bundle, "amount": site.amount, "renewal_date": site.renewal_date or PRESERVE}
    if write.kind == CHANGE_EMAIL:
        return {"email": desired.email}
    if write.kind == NEW_ADDON:
        product = product_of(desired, write)
        return {"amount": product.amount, "renewal_date": product.renewal_date}
    return {}


def _rests_on(before: CurrentAccount | None) -> dict[str, t.Any]:
    """What was read of an account, with all that an order or an end takes for granted."""
    told = described(before)
    if before is None or not before.exists:
        return told
    told["sites"] = {site.domain: _site(site) for site in before.sites.values() if not site.is_inactive}
    domains = {site.site_id: site.domain for site in before.sites.values()}
    told["addons"] = sorted(
        f"{addon.subscription} ({addon.subscription_id}) of "
        + ("the account" if addon.site_id is None else domains.get(addon.site_id, f"site {addon.site_id}"))
        for addon in before.addons
    )
    return told


def _site(site: CurrentSite) -> str:
    plan = f", plan {site.subscription}" if site.subscription else ""
    return f"site {site.site_id}{plan}{', with traffic' if site.routed else ''}"
