# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Buying, changing and ending the other add-ons: Backup and DNS of a site; PCI, VPN and training of an account."""

from __future__ import annotations

from lxml import etree

from ..model import WAF, Plan, Site, Subscription
from . import firewall_orders, renewals
from .addon_status import BILLED_BY_VENDOR, UNKNOWN_ACCOUNT, UNKNOWN_PLAN, done, failed, word
from .answer import node, texts
from .context import Context, settle
from .grammar import Values

# What belongs to an account; all other add-ons belong to a site.
_OF_ACCOUNTS = frozenset({"PCI", "VPN", "TRAINING"})
_DNS = "DNS"


def provision(context: Context, item: Values, site: Site | None, plan: Plan) -> etree._Element:
    """Buy C(plan). Each call buys one more, which is legitimate for these."""
    world, category = context.world, plan.product_category
    key = "account_id" if category in _OF_ACCOUNTS else "site_id"
    if key not in item:
        return failed(item, site, None, f"{key} is required")
    if site is None and item.get("account_id") not in world.accounts:
        return failed(item, None, None, UNKNOWN_ACCOUNT)
    if context.settings.revenue_sharing and "amount" not in item:
        return failed(item, site, None, "amount is required")
    subscription = world.start_subscription(
        plan,
        site.account_id if site else item["account_id"],
        site.site_id if site else "",
        renewals.first(context, plan, item),
        amount=item.get("amount"),
    )
    return done(context, item, subscription, f"{word(category)} Subscription added ok")


def modify(context: Context, item: Values, site: Site, plan: Plan) -> etree._Element:
    """Another plan for the one DNS subscription of a site; only for DNS this is documented."""
    if plan.product_category != _DNS:
        return failed(item, site, None, UNKNOWN_PLAN)
    active = [one for one in context.world.active_of_site(site.site_id) if one.category == _DNS]
    if len(active) != 1:
        return failed(item, site, None, "DNS Addon Not Found" if not active else "More than one DNS Addon")
    [subscription] = active
    if subscription.billed_by_vendor:
        return failed(item, site, None, BILLED_BY_VENDOR)
    context.world.change_subscription(subscription, plan, plan.price, subscription.next_renewal_at)
    return done(context, item, subscription, "DNS Subscription modified ok")


def delete(context: Context, item: Values) -> etree._Element:
    """End an add-on by its instance, Firewall & CDN too. What else the item names must belong together."""
    world = context.world
    subscription = world.subscriptions.get(item["subscription_id"])
    if not _is_addon(subscription):
        return failed(item, None, None, UNKNOWN_PLAN)
    assert subscription is not None
    for name in ("site_id", "account_id"):
        if name in item and item[name] != getattr(subscription, name):
            return failed(item, None, None, UNKNOWN_ACCOUNT)
    site = world.sites.get(subscription.site_id)
    if subscription.category == WAF and site:
        settle(world, site)
        return firewall_orders.end(context, item, site, subscription)
    if subscription.billed_by_vendor:
        return failed(item, site, None, BILLED_BY_VENDOR)
    world.end_subscription(subscription, "deleted")
    return node(
        "addonStatus",
        *texts(
            account_id=subscription.account_id,
            site_id=subscription.site_id or None,
            subscription_id=subscription.subscription_id,
            status="ok",
            message=f"{word(subscription.category)} Subscription deleted ok",
        ),
    )


def _is_addon(subscription: Subscription | None) -> bool:
    return bool(subscription and subscription.ended_at is None and subscription.kind == "addon")
