# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scan plan or the bundle of a site: which one is wanted, its start, its change."""

from __future__ import annotations

from .. import lifecycle
from ..model import WAF, Plan, Site, Subscription
from ..world import World
from . import firewall_orders, renewals
from .addon_status import BILLED_BY_VENDOR, UNKNOWN_PLAN
from .context import Context
from .grammar import Refused, Values
from .methods import Rejected


def check(wanted: Values) -> None:
    """C(siteInformation) has either a plan or a bundle. Raises Refused."""
    if ("subscription" in wanted) == ("bundle" in wanted):
        raise Refused("siteInformation needs either subscription or bundle")


def ordered(context: Context, wanted: Values) -> Plan:
    """The plan that C(siteInformation) asks for. Raises Rejected."""
    kind = "bundle" if "bundle" in wanted else "plan"
    plan = context.world.plans.get(wanted.get("bundle") or wanted["subscription"])
    if not plan or plan.type != kind:
        raise Rejected(UNKNOWN_PLAN)
    if context.settings.revenue_sharing and "amount" not in wanted:
        raise Rejected("amount is required")
    return plan


def of_site(world: World, site_id: str) -> Subscription | None:
    """The active plan or bundle of a site."""
    active = world.active_of_site(site_id)
    return next((one for one in active if one.kind != "addon" and not one.bundle_id), None)


def start(context: Context, site: Site, plan: Plan, wanted: Values, answers: lifecycle.Answers) -> None:
    """Buy the plan for a site that has none."""
    renewal = renewals.first(context, plan, wanted)
    amount = wanted.get("amount")
    subscription = context.world.start_subscription(
        plan, site.account_id, site.site_id, renewal, amount=amount, kind=plan.type or "plan"
    )
    _start_parts(context, site, plan, subscription, answers)


def change(context: Context, site: Site, plan: Plan, wanted: Values, answers: lifecycle.Answers) -> None:
    """Give the site another plan; a site without one buys it. Raises Rejected."""
    world = context.world
    current = of_site(world, site.site_id)
    if not current:
        start(context, site, plan, wanted, answers)
        return
    if current.billed_by_vendor:
        raise Rejected(BILLED_BY_VENDOR)
    world.end_parts(current)
    current.kind = plan.type or "plan"
    renewal = renewals.after_change(context, plan, wanted, current)
    world.change_subscription(current, plan, wanted.get("amount", plan.price), renewal)
    _start_parts(context, site, plan, current, answers)


def _start_parts(
    context: Context, site: Site, bundle: Plan, subscription: Subscription, answers: lifecycle.Answers
) -> None:
    """What is in a bundle costs nothing for itself. A firewall that the site has already stays as it is."""
    world = context.world
    for plan in (world.plans[name] for name in bundle.includes if name in world.plans):
        if plan.product_category == WAF and site.firewall:
            continue
        world.start_subscription(
            plan,
            site.account_id,
            site.site_id,
            subscription.next_renewal_at,
            ledger=False,
            amount="0.00",
            kind="addon" if plan.type == "addon" else "plan",
            bundle_id=subscription.subscription_id,
        )
        if plan.product_category == WAF:
            firewall_orders.order(context, site, {}, site.ssl, answers)
