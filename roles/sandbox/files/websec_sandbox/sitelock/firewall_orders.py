# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Buying, changing and ending Firewall & CDN, of which a site has at most one level."""

from __future__ import annotations

from lxml import etree

from .. import lifecycle
from ..model import WAF, Plan, Site, Subscription
from . import renewals
from .addon_status import BILLED_BY_VENDOR, UNKNOWN_PLAN, done, failed
from .answer import node, texts
from .context import Context, settle
from .firewall import dns_ssl_verify, new_records
from .grammar import Values

# Two texts are documented for one and the same success.
_ADDED = ("ANP Subscription added ok", "WAF Subscription added ok")
_TWO_FIREWALLS = ("FI4", "Internal Server Error: 559(d)({site_id})")
_NO_FIREWALL = ("ANF", "ANP Addon Not Found")
_SSL_REQUIRED = ("AEX", "3003", "Site requires SSL")
# The extended code of a site that does not resolve is not documented.
_TO_BE_RETRIED = ("AEX", "3001", "Site does not resolve")
_IN_BUNDLE = "The subscription is part of a bundle"


def provision(context: Context, item: Values, site: Site, plan: Plan, answers: lifecycle.Answers) -> etree._Element:
    """Buy C(plan) for C(site); a second time too, unless the setting C(second_purchase) is C(refuse)."""
    world = context.world
    settle(world, site)
    if item.get("waf_force_ssl") == "1" and "waf_origin" not in item:
        return failed(item, site, None, "waf_force_ssl needs waf_origin")
    ssl = site.ssl or item.get("waf_force_ssl") == "1"
    if ssl and plan.level == "basic":
        return refused(context, item, site, *_SSL_REQUIRED)
    if world.active_firewalls(site.site_id) and context.settings.second_purchase == "refuse":
        return failed(item, site, None, "Only one level of the service may be provisioned to a site")
    renewal = renewals.first(context, plan, item)
    subscription = world.start_subscription(plan, site.account_id, site.site_id, renewal)
    if not site.firewall:
        order(context, site, item, ssl, answers)
    assert site.firewall is not None
    if site.firewall.state == "pending-retry":
        return refused(context, item, site, *_TO_BE_RETRIED, will_retry=1)
    verify = dns_ssl_verify(site, context.settings)
    records = [verify] if verify is not None else new_records(site, context.settings)
    return done(context, item, subscription, _ADDED[int(subscription.subscription_id) % 2], records)


def order(context: Context, site: Site, item: Values, ssl: bool, answers: lifecycle.Answers) -> None:
    """Set the firewall of a site up, with what DNS serves now (C(answers)) as its original records."""
    site.firewall = lifecycle.provision(
        site,
        context.world.clock.now(),
        [],
        ssl,
        skip_certificate=item.get("waf_skip_network_certificate") == "1",
        dns_manager=item.get("waf_dns_manager", "customer"),
        cdn_domain=context.settings.cdn_domain,
    )
    site.firewall.network_cert_type = item.get("waf_network_cert_type", "")
    lifecycle.remember_original(site, answers)
    site.firewall.origins = [item["waf_origin"]] if "waf_origin" in item else site.firewall.original_a
    context.world.save(site)


def modify(context: Context, item: Values, site: Site, plan: Plan) -> etree._Element:
    """Another level for the one active Firewall & CDN of a site."""
    world = context.world
    if plan.product_category != WAF:
        return failed(item, site, None, UNKNOWN_PLAN)
    settle(world, site)
    active = world.active_firewalls(site.site_id)
    if len(active) != 1:
        return _not_one(item, site, active)
    if site.firewall and site.firewall.ssl and plan.level == "basic":
        return failed(item, site, _SSL_REQUIRED[1], _SSL_REQUIRED[2])
    [subscription] = active
    if problem := _not_to_be_touched(subscription):
        return failed(item, site, None, problem)
    world.change_subscription(subscription, plan, plan.price, subscription.next_renewal_at)
    return done(context, item, subscription, "WAF Subscription modified ok")


def delete(context: Context, item: Values, site: Site) -> etree._Element:
    """End the one active Firewall & CDN of a site."""
    settle(context.world, site)
    active = context.world.active_firewalls(site.site_id)
    if len(active) != 1:
        return _not_one(item, site, active)
    return end(context, item, site, active[0])


def end(context: Context, item: Values, site: Site, subscription: Subscription) -> etree._Element:
    """End this one; its answer tells the records to go back to."""
    if problem := _not_to_be_touched(subscription):
        return failed(item, site, None, problem)
    firewall = site.firewall
    originals = texts(
        dns_orig_a=",".join(firewall.original_a) if firewall else None,
        dns_orig_cname=(firewall.original_cname or None) if firewall else None,
    )
    context.world.end_subscription(subscription, "deleted")
    return node(
        "addonStatus",
        *texts(account_id=site.account_id, site_id=site.site_id, subscription=subscription.plan_id),
        *originals,
        *texts(status="ok", message="WAF Subscription deleted ok"),
    )


def refused(
    context: Context,
    item: Values,
    site: Site | None,
    code: str,
    extended: str,
    text: str,
    will_retry: int = 0,
    message: str | None = None,
) -> etree._Element:
    """C(status) C(error) with the codes of Firewall & CDN, in the mode of the setting C(error_mode)."""
    account_id = site.account_id if site else None
    if context.settings.error_mode == "legacy":
        errors = texts(code=extended if code == "AEX" else code)
        return node(
            "addonStatus",
            *texts(account_id=account_id),
            *errors,
            *texts(
                message=message or text,
                site_id=item["site_id"],
                status="error",
                subscription=item["subscription"],
                will_retry=will_retry,
            ),
        )
    return node(
        "addonStatus",
        *texts(
            account_id=account_id,
            error_code=code,
            error_message=text,
            extended_error_code=extended,
            message=message or text,
            site_id=item["site_id"],
            status="error",
            subscription=item["subscription"],
            will_retry=will_retry,
        ),
    )


def _not_one(item: Values, site: Site, active: list[Subscription]) -> etree._Element:
    code, message = _TWO_FIREWALLS if active else _NO_FIREWALL
    return failed(item, site, code, message.format(site_id=site.site_id))


def _not_to_be_touched(subscription: Subscription) -> str | None:
    if subscription.billed_by_vendor:
        return BILLED_BY_VENDOR
    return _IN_BUNDLE if subscription.bundle_id else None
