# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Methods that buy, change and end add-ons. Every item of a batch is handled for itself."""

from __future__ import annotations

from lxml import etree

from .. import lifecycle
from ..model import WAF
from . import firewall_orders, products
from .addon_status import UNKNOWN_ACCOUNT, UNKNOWN_PLAN, failed, statuses
from .answer import Answer
from .context import Context
from .grammar import AMOUNT, DATE, FLAG, MANAGER, Field, Group, Refused, Values
from .methods import method

_OF_FIREWALLS = (
    "waf_origin",
    "waf_force_ssl",
    "waf_dns_manager",
    "waf_skip_network_certificate",
    "waf_network_cert_type",
)
_NOT_OF_FIREWALLS = ("account_id", "amount")


def check_provision(context: Context, values: Values) -> None:
    """Which elements an item may have is told by its product."""
    for item in values["addonInfo"]:
        if ("site_id" in item) == ("account_id" in item):
            raise Refused("addonInfo needs either site_id or account_id")
        plan = context.world.plans.get(item["subscription"])
        if plan:
            others = _NOT_OF_FIREWALLS if plan.product_category == WAF else _OF_FIREWALLS
            for name in others:
                if name in item:
                    raise Refused(f"unknown element {name} in addonInfo for {plan.product_category}")


@method(
    "provisionAddon",
    Group(
        "addonInfo",
        repeat=True,
        children=(
            Field("site_id", optional=True),
            Field("account_id", optional=True),
            Field("subscription"),
            Field("amount", optional=True, pattern=AMOUNT),
            Field("renewal_date", optional=True, pattern=DATE),
            Field("waf_origin", optional=True),
            Field("waf_force_ssl", optional=True, pattern=FLAG),
            Field("waf_dns_manager", optional=True, pattern=MANAGER),
            Field("waf_skip_network_certificate", optional=True, pattern=FLAG),
            Field("waf_network_cert_type", optional=True),
        ),
    ),
    write=True,
    check=check_provision,
)
def provision_addon(context: Context, values: Values) -> Answer:
    """provisionAddon: every item buys."""
    world, items = context.world, values["addonInfo"]
    with world.change():
        sites = [site for item in items if (site := world.sites.get(item.get("site_id"))) and not site.firewall]
    answers = context.ask({question for site in sites for question in lifecycle.routing_questions(site)})
    with world.change():
        elements = [_provision(context, item, answers) for item in items]
    return statuses(context, "provisionAddon", elements)


@method(
    "modifyAddon",
    Group("addonInfo", repeat=True, children=(Field("site_id"), Field("subscription"))),
    write=True,
)
def modify_addon(context: Context, values: Values) -> Answer:
    """modifyAddon: another plan for the one active Firewall & CDN, or the one DNS subscription, of a site."""
    with context.world.change():
        elements = [_modify(context, item) for item in values["addonInfo"]]
    return statuses(context, "modifyAddon", elements)


def check_delete(_context: Context, values: Values) -> None:
    """For Firewall & CDN the site and the type, for any product the instance."""
    for item in values["addonInfo"]:
        by_type = "prod_type" in item
        if by_type == ("subscription_id" in item):
            raise Refused("addonInfo needs either site_id and prod_type, or subscription_id")
        if by_type and "site_id" not in item:
            raise Refused("site_id is missing in addonInfo")
        if by_type and "account_id" in item:
            raise Refused("unknown element account_id in addonInfo with prod_type")


@method(
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
    check=check_delete,
)
def delete_addon(context: Context, values: Values) -> Answer:
    """deleteAddon: by site and C(prod_type), or any add-on by its C(subscription_id)."""
    with context.world.change():
        elements = [_delete(context, item) for item in values["addonInfo"]]
    return statuses(context, "deleteAddon", elements)


def _provision(context: Context, item: Values, answers: lifecycle.Answers) -> etree._Element:
    site = context.world.sites.get(item.get("site_id", ""))
    plan = context.world.plans.get(item["subscription"])
    if "site_id" in item and not site:
        return firewall_orders.refused(context, item, None, "SNF", "-1", "Site Not Found", message=UNKNOWN_ACCOUNT)
    if not plan or plan.type != "addon":
        return failed(item, site, None, UNKNOWN_PLAN)
    if site and plan.product_category == WAF:
        return firewall_orders.provision(context, item, site, plan, answers)
    return products.provision(context, item, site, plan)


def _modify(context: Context, item: Values) -> etree._Element:
    site = context.world.sites.get(item["site_id"])
    plan = context.world.plans.get(item["subscription"])
    if not site:
        return failed(item, None, "SNF", UNKNOWN_ACCOUNT)
    if not plan or plan.type != "addon":
        return failed(item, site, None, UNKNOWN_PLAN)
    change = firewall_orders.modify if plan.product_category == WAF else products.modify
    return change(context, item, site, plan)


def _delete(context: Context, item: Values) -> etree._Element:
    if "subscription_id" in item:
        return products.delete(context, item)
    site = context.world.sites.get(item["site_id"])
    if not site:
        return failed(item, None, "SNF", UNKNOWN_ACCOUNT)
    return firewall_orders.delete(context, item, site)
