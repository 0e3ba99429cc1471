# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""getStatus: an account with its subscriptions. What follows its add-ons is not documented, only named."""

from __future__ import annotations

import typing

from lxml import etree

from ..model import Account, Site, Subscription
from . import answer, renewals, site_plans
from .answer import Answer, node, texts
from .context import Context, settle
from .grammar import Field, Group, Values
from .methods import Rejected, method

_NO_ACCOUNT = "account_id not found"


@method(
    "getStatus",
    Group(
        "accountInformation",
        one_of=True,
        children=(
            Field("id"),
            Field("login"),
            Field("domain"),
            Field("site_id"),
            Field("reseller_account_id"),
        ),
    ),
)
def get_status(context: Context, values: Values) -> Answer:
    """getStatus: the read-back for subscriptions."""
    [(key, value)] = values["accountInformation"].items()
    with context.world.change():
        account = _find_account(context, key, value)
        if not account:
            raise Rejected({"site_id": "site_id not found", "domain": "domain not found"}.get(key, _NO_ACCOUNT))
        sites = context.world.sites_of(account.id)
        for site in sites:
            settle(context.world, site)
        subscriptions = _listed(context, account)
        full = context.settings.getstatus_tail == "full"
        information = node(
            "accountInformation",
            *texts(id=account.id if full else None, name=account.name),
            *(_about(account) if full else []),
            node("addons", *[_addon(context, subscription) for subscription in subscriptions]),
            *(_tail(context, account, sites, subscriptions) if full else []),
        )
    return answer.ok(node("getStatus", information))


def _find_account(context: Context, key: str, value: str) -> Account | None:
    world = context.world
    former = context.settings.deleted_accounts == "inactive"
    if key == "id":
        return (world.all_accounts if former else world.accounts).get(value)
    if key in ("site_id", "domain"):
        site = world.sites.get(value) if key == "site_id" else world.site_named(value)
        return world.accounts.get(site.account_id) if site else None
    by = typing.cast(typing.Literal["login", "reseller_account_id"], key)
    return next((one for one in world.accounts_by(by, value) if former or one.deleted_at is None), None)


def _listed(context: Context, account: Account) -> list[Subscription]:
    """The subscriptions that stand among the add-ons."""
    settings = context.settings
    active = context.world.active_of_account(account.id)
    return [
        one
        for one in active
        if (one.kind == "addon" or (settings.getstatus_plans == "addons" and not one.bundle_id))
        and (not one.bundle_id or settings.getstatus_bundled == "listed")
    ]


def _about(account: Account) -> list[etree._Element]:
    return texts(
        login=account.login or None,
        email=account.email or None,
        reseller_account_id=account.reseller_account_id or None,
        status=account.status,
    )


def _tail(
    context: Context, account: Account, sites: list[Site], subscriptions: list[Subscription]
) -> list[etree._Element]:
    shown = [site for site in sites if site.deleted_at is None or context.settings.deleted_accounts == "inactive"]
    merchants = [one.subscription_id for one in subscriptions if one.category == "PCI"]
    user = node("user", *texts(login=account.login, email=account.email or None))
    return [
        node("sites", *[_site(context, site) for site in shown]),
        *([node("users", user)] if account.login else []),
        *([node("mids", *[node("mid", text=f"9{number}") for number in merchants])] if merchants else []),
    ]


def _site(context: Context, site: Site) -> etree._Element:
    plan = site_plans.of_site(context.world, site.site_id)
    if not plan or context.settings.getstatus_plans != "site":
        return node("site", *texts(id=site.site_id, domain=site.domain, status=site.status))
    return node("site", *texts(id=site.site_id, domain=site.domain, status=site.status), *_terms(context, plan))


def _addon(context: Context, subscription: Subscription) -> etree._Element:
    with_site = context.settings.getstatus_site_id == "element" and subscription.site_id
    return node("addon", *_terms(context, subscription, subscription.site_id if with_site else None))


def _terms(context: Context, subscription: Subscription, site_id: str | None = None) -> list[etree._Element]:
    plan = context.world.plans.get(subscription.plan_id)
    return texts(
        amount=subscription.amount,
        frequency=subscription.frequency,
        next_renewal_at=renewals.shown(context, subscription),
        site_id=site_id,
        subscription=subscription.plan_id,
        subscription_id=subscription.subscription_id,
        subscription_plan_name=plan.name if plan else "",
    )
