# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Methods that read accounts, plans and subscriptions, and the single sign-on."""

from __future__ import annotations

import secrets

from lxml import etree

from ..model import Account, Subscription
from . import answer
from .answer import Answer, node, texts
from .context import Context, settle
from .grammar import NUMBER, Field, Group, Values
from .methods import method

_TOKEN_URL = "https://secure.sitelock.example/rlogin.php"
_SITELOCK_IPS = {"waf": ["198.18.0.0/16", "198.19.0.0/16"], "api": ["192.0.2.10", "192.0.2.11"]}


@method("checkDomain", Field("domain"))
def check_domain(context: Context, values: Values) -> Answer:
    """checkDomain: C(ok) means that the domain is not known, an existing one answers with its ids."""
    domain = values["domain"]
    with context.world.change():
        site = context.world.site_named(domain)
    if not site:
        found = texts(domain=domain, message="domain is available", status="ok")
    else:
        found = texts(
            domain=domain,
            account_id=site.account_id,
            message="domain already exists",
            site_id=site.site_id,
            status="error",
        )
    return answer.ok(node("checkDomain", *found), outcome="known" if site else "not known")


@method(
    "getAccounts",
    Field("limit", optional=True, pattern=NUMBER),
    Field("offset", optional=True, pattern=NUMBER),
)
def get_accounts(context: Context, values: Values) -> Answer:
    """getAccounts: accounts and their sites, as attributes."""
    limit, offset = int(values.get("limit", 1000)), int(values.get("offset", 0))
    if limit < 1 or offset < 0:
        return answer.error(context.settings.error_http_status, "getAccounts", "Invalid limit")
    with context.world.change():
        accounts = list(context.world.accounts.values())[offset : offset + limit]
        found = [
            node(
                "account",
                *[
                    node("site", id=site.site_id, status=site.status, name=site.domain)
                    for site in context.world.sites_of(account.id)
                ],
                id=account.id,
                status=account.status,
            )
            for account in accounts
        ]
    return answer.ok(node("getAccounts", *texts(records=len(found)), *found))


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
    """getStatus: the account with its sites and its active add-ons; the read-back for subscriptions."""
    [(key, value)] = values["accountInformation"].items()
    world = context.world
    with world.change():
        account = _find_account(context, key, value)
        if not account:
            message = {"site_id": "site_id not found", "domain": "domain not found"}.get(key, "account_id not found")
            return answer.error(context.settings.error_http_status, "getStatus", message)
        sites = world.sites_of(account.id)
        for site in sites:
            settle(world, site)
        addons = [_addon(context, subscription) for subscription in world.active_of_account(account.id)]
        listed = [node("site", *texts(id=site.site_id, domain=site.domain, status=site.status)) for site in sites]
    information = node(
        "accountInformation",
        *texts(id=account.id, name=account.name),
        node("addons", *addons),
        node("sites", *listed),
    )
    return answer.ok(node("getStatus", information))


@method("getPlanList")
def get_plan_list(context: Context, _values: Values) -> Answer:
    """getPlanList: the partner's products, as attributes."""
    with context.world.change():
        plans = list(context.world.plans.values())
    products = [
        node(
            "product",
            id=plan.id,
            name=plan.name,
            type="addon" if plan.product_category != "SCAN" else "plan",
            product_category=plan.product_category,
            product_description=plan.name,
            price=plan.price,
            auto_renewal="yes",
            in_partner_checkout_flow="1",
        )
        for plan in plans
    ]
    return answer.ok(node("getPlanList", *products, reseller_login="sandbox"))


@method("getSiteLockIPs")
def get_sitelock_ips(_context: Context, _values: Values) -> Answer:
    """getSiteLockIPs: address ranges by class."""
    classes = [node("class", *[node("ip", text=one) for one in ips], type=name) for name, ips in _SITELOCK_IPS.items()]
    return answer.ok(node("getSiteLockIPs", *texts(status="ok"), node("active", *classes)))


@method("createToken", Field("account_id"))
def create_token(context: Context, values: Values) -> Answer:
    """createToken: a login address directly below the root; the error is below the method."""
    with context.world.change():
        account = context.world.accounts.get(values["account_id"])
    if not account:
        return answer.error(context.settings.error_http_status, "createToken", "account_id not found")
    if context.settings.token_form == "code":
        query = f"code={secrets.token_hex(16)}&code_verifier={secrets.token_urlsafe(32)}"
    else:
        query = f"token={secrets.token_hex(16)}"
    return answer.ok(*texts(loginURL=f"{_TOKEN_URL}?{query}"))


def _find_account(context: Context, key: str, value: str) -> Account | None:
    world = context.world
    if key == "id":
        return world.accounts.get(value)
    if key in ("site_id", "domain"):
        site = world.sites.get(value) if key == "site_id" else world.site_named(value)
        return world.accounts.get(site.account_id) if site else None
    return next((account for account in world.accounts.values() if getattr(account, key) == value), None)


def _addon(context: Context, subscription: Subscription) -> etree._Element:
    plan = context.world.plans.get(subscription.plan_id)
    with_site = context.settings.getstatus_site_id == "element" and subscription.site_id
    return node(
        "addon",
        *texts(
            amount=subscription.amount,
            frequency=subscription.frequency,
            next_renewal_at=subscription.next_renewal_at,
            site_id=subscription.site_id if with_site else None,
            subscription=subscription.plan_id,
            subscription_id=subscription.subscription_id,
            subscription_plan_name=plan.name if plan else "",
        ),
    )
