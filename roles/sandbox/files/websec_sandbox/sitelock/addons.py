# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Methods that buy, change and end subscriptions. Every item of a batch is handled for itself."""

from __future__ import annotations

import typing

from lxml import etree

from .. import lifecycle
from ..clock import day
from ..model import WAF, Site, Subscription
from . import answer
from .answer import Answer, node, texts
from .context import Context, settle
from .firewall import dns_ssl_verify, new_records
from .grammar import DATE, FLAG, MANAGER, Field, Group, Values
from .methods import method

_MONTH = 30 * 86400
# Two texts are documented for one and the same success.
_ADDED = ("ANP Subscription added ok", "WAF Subscription added ok")
_UNKNOWN_PLAN = "Subscription doesn't exist"
_UNKNOWN_ACCOUNT = "Invalid/Unknown Account ID"
_TWO_FIREWALLS = ("FI4", "Internal Server Error: 559(d)({site_id})")
_NO_FIREWALL = ("ANF", "ANP Addon Not Found")
_SSL_REQUIRED = ("AEX", "3003", "Site requires SSL")
# The extended code of a site that does not resolve is not documented.
_TO_BE_RETRIED = ("AEX", "3001", "Site does not resolve")


@method(
    "provisionAddon",
    Group(
        "addonInfo",
        repeat=True,
        children=(
            Field("site_id"),
            Field("subscription"),
            Field("renewal_date", optional=True, pattern=DATE),
            Field("waf_origin", optional=True),
            Field("waf_force_ssl", optional=True, pattern=FLAG),
            Field("waf_dns_manager", optional=True, pattern=MANAGER),
            Field("waf_skip_network_certificate", optional=True, pattern=FLAG),
        ),
    ),
    write=True,
)
def provision_addon(context: Context, values: Values) -> Answer:
    """provisionAddon: every call buys, unless the setting C(second_purchase) is C(refuse)."""
    world, items = context.world, values["addonInfo"]
    with world.change():
        sites = [site for item in items if (site := world.sites.get(item["site_id"])) and not site.firewall]
    answers = context.ask({question for site in sites for question in lifecycle.routing_questions(site)})
    with world.change():
        statuses = [_provision(context, item, answers) for item in items]
    return _statuses(context, "provisionAddon", statuses)


@method(
    "modifyAddon",
    Group("addonInfo", repeat=True, children=(Field("site_id"), Field("subscription"))),
    write=True,
)
def modify_addon(context: Context, values: Values) -> Answer:
    """modifyAddon: another plan for the one active Firewall & CDN of a site."""
    with context.world.change():
        statuses = [_modify(context, item) for item in values["addonInfo"]]
    return _statuses(context, "modifyAddon", statuses)


@method(
    # For Firewall & CDN the site and the type, for any product the instance; grammar.check knows the combinations.
    "deleteAddon",
    Group(
        "addonInfo",
        repeat=True,
        children=(
            Field("site_id", optional=True),
            Field("prod_type", optional=True, pattern="WAF"),
            Field("subscription_id", optional=True),
            Field("account_id", optional=True),
        ),
    ),
    write=True,
)
def delete_addon(context: Context, values: Values) -> Answer:
    """deleteAddon: by site and C(prod_type), or any product by its C(subscription_id)."""
    with context.world.change():
        statuses = [_delete(context, item) for item in values["addonInfo"]]
    return _statuses(context, "deleteAddon", statuses)


def _provision(context: Context, item: Values, answers: lifecycle.Answers) -> etree._Element:
    world = context.world
    site = world.sites.get(item["site_id"])
    plan = world.plans.get(item["subscription"])
    if not site:
        return _refused(context, item, None, "SNF", "-1", "Site Not Found", message=_UNKNOWN_ACCOUNT)
    if not plan:
        return _failed(item, site, None, _UNKNOWN_PLAN)
    settle(world, site)
    if plan.product_category != WAF:
        subscription = world.start_subscription(plan, site.account_id, site.site_id, _renewal(context, item))
        return _done(item, site, subscription, f"{plan.product_category.title()} Subscription added ok")
    if item.get("waf_force_ssl") == "1" and "waf_origin" not in item:
        return _failed(item, site, None, "waf_force_ssl needs waf_origin")
    ssl = site.ssl or item.get("waf_force_ssl") == "1"
    if ssl and plan.level == "basic":
        return _refused(context, item, site, *_SSL_REQUIRED)
    if world.active_firewalls(site.site_id) and context.settings.second_purchase == "refuse":
        return _failed(item, site, None, "Only one level of the service may be provisioned to a site")
    subscription = world.start_subscription(plan, site.account_id, site.site_id, _renewal(context, item))
    if not site.firewall:
        origin = [item["waf_origin"]] if "waf_origin" in item else None
        _order(context, site, item, ssl, origin, answers)
    assert site.firewall is not None
    if site.firewall.state == "pending-retry":
        return _refused(context, item, site, *_TO_BE_RETRIED, will_retry=1)
    verify = dns_ssl_verify(site, context.settings)
    records = [verify] if verify is not None else new_records(site, context.settings)
    return _done(item, site, subscription, _ADDED[int(subscription.subscription_id) % 2], records)


def _order(
    context: Context,
    site: Site,
    item: Values,
    ssl: bool,
    origin: list[str] | None,
    answers: lifecycle.Answers,
) -> None:
    site.firewall = lifecycle.provision(
        site,
        context.world.clock.now(),
        [],
        ssl,
        skip_certificate=item.get("waf_skip_network_certificate") == "1",
        dns_manager=item.get("waf_dns_manager", "customer"),
    )
    lifecycle.remember_original(site, answers)
    site.firewall.origins = origin or site.firewall.original_a
    context.world.save(site)


def _modify(context: Context, item: Values) -> etree._Element:
    world = context.world
    site = world.sites.get(item["site_id"])
    plan = world.plans.get(item["subscription"])
    if not site:
        return _failed(item, None, "SNF", _UNKNOWN_ACCOUNT)
    if not plan or plan.product_category != WAF:
        return _failed(item, site, None, _UNKNOWN_PLAN)
    settle(world, site)
    active = world.active_firewalls(site.site_id)
    if len(active) != 1:
        return _not_one(item, site, active)
    if site.firewall and site.firewall.ssl and plan.level == "basic":
        return _failed(item, site, _SSL_REQUIRED[1], _SSL_REQUIRED[2])
    subscription = active[0]
    subscription.plan_id = plan.id
    subscription.amount = plan.price
    world.save(subscription)
    world.note("modified", subscription)
    return _done(item, site, subscription, "WAF Subscription modified ok")


def _delete(context: Context, item: Values) -> etree._Element:
    if "subscription_id" in item:
        return _delete_instance(context, item)
    world = context.world
    site = world.sites.get(item["site_id"])
    if not site:
        return _failed(item, None, "SNF", _UNKNOWN_ACCOUNT)
    settle(world, site)
    active = world.active_firewalls(site.site_id)
    if len(active) != 1:
        return _not_one(item, site, active)
    return _end(context, site, active[0])


def _delete_instance(context: Context, item: Values) -> etree._Element:
    world = context.world
    subscription = world.subscriptions.get(item["subscription_id"])
    if not subscription or subscription.ended_at is not None:
        return _failed(item, None, None, _UNKNOWN_PLAN)
    for name in ("site_id", "account_id"):
        if name in item and item[name] != getattr(subscription, name):
            return _failed(item, None, None, _UNKNOWN_ACCOUNT)
    site = world.sites.get(subscription.site_id)
    if subscription.category == WAF and site:
        settle(world, site)
        return _end(context, site, subscription)
    world.end_subscription(subscription, "deleted")
    return node(
        "addonStatus",
        *texts(
            account_id=subscription.account_id,
            site_id=subscription.site_id or None,
            subscription_id=subscription.subscription_id,
            status="ok",
            message=f"{subscription.category.title()} Subscription deleted ok",
        ),
    )


def _end(context: Context, site: Site, subscription: Subscription) -> etree._Element:
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


def _renewal(context: Context, item: Values) -> str:
    renewal: str = item.get("renewal_date") or day(context.world.clock.now() + _MONTH)
    return renewal


def _done(
    item: Values,
    site: Site,
    subscription: Subscription,
    message: str,
    records: typing.Sequence[etree._Element] = (),
) -> etree._Element:
    return node(
        "addonStatus",
        *texts(
            account_id=site.account_id,
            site_id=site.site_id,
            subscription=item["subscription"],
            subscription_id=subscription.subscription_id,
            status="ok",
            message=message,
        ),
        *records,
    )


def _failed(item: Values, site: Site | None, code: str | None, message: str) -> etree._Element:
    return node(
        "addonStatus",
        *texts(
            account_id=site.account_id if site else None,
            site_id=item.get("site_id"),
            subscription=item.get("subscription"),
            subscription_id=item.get("subscription_id"),
            status="error",
            code=code,
            message=message,
        ),
    )


def _refused(
    context: Context,
    item: Values,
    site: Site | None,
    code: str,
    extended: str,
    text: str,
    will_retry: int = 0,
    message: str | None = None,
) -> etree._Element:
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
    return _failed(item, site, code, message.format(site_id=site.site_id))


def _statuses(context: Context, method: str, statuses: list[etree._Element]) -> Answer:
    good = sum(status.findtext("status") == "ok" for status in statuses)
    outcome = ", ".join(
        part
        for part in (
            f"{good} ok" if good else "",
            f"{len(statuses) - good} error" if good < len(statuses) else "",
        )
        if part
    )
    if context.settings.item_order == "reversed":
        statuses = statuses[::-1]
    return answer.ok(node(method, node("addonStatuses", *statuses)), outcome=outcome)
