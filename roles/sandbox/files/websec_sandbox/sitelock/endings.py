# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Methods that end what a site has, or the site, or the account."""

from __future__ import annotations

import typing

from lxml import etree

from ..model import Kind, Site, Subscription
from . import answer
from .addon_status import BILLED_BY_VENDOR
from .answer import Answer, node, texts
from .context import Context, settle
from .grammar import Field, Group, Refused, Values
from .methods import Rejected, method


def check(_context: Context, values: Values) -> None:
    """At least one of the two."""
    if not values:
        raise Refused("deleteAccount needs accountInformation or siteInformation")


@method(
    "deleteAccount",
    Group("accountInformation", optional=True, children=(Field("id"),)),
    Group("siteInformation", optional=True, children=(Field("id"),)),
    write=True,
    check=check,
)
def delete_account(context: Context, values: Values) -> Answer:
    """deleteAccount: a whole account, or one site; what is gone already is an error."""
    world = context.world
    with world.change():
        site = world.sites.get(values["siteInformation"]["id"]) if "siteInformation" in values else None
        account = world.accounts.get(values["accountInformation"]["id"]) if "accountInformation" in values else None
        if "siteInformation" in values and not site:
            raise Rejected("site_id not found")
        if "accountInformation" in values and not account:
            raise Rejected("account_id not found")
        sites = [one for one in world.sites_of(account.id) if one.deleted_at is None] if account else []
        sites += [site] if site and site not in sites else []
        for one in sites:
            settle(world, one)
        ending = [subscription for one in sites for subscription in world.active_of_site(one.site_id)]
        ending += [one for one in world.active_of_account(account.id) if not one.site_id] if account else []
        if any(subscription.billed_by_vendor for subscription in ending):
            raise Rejected(BILLED_BY_VENDOR)
        _end(context, ending)
        for one in sites:
            world.remove_site(one)
        if account:
            world.remove_account(account)
    return answer.ok(node("deleteAccount", *texts(result="Success")))


@method("deletePlan", Group("planInfo", children=(Field("site_id", repeat=True),)), write=True)
def delete_plan(context: Context, values: Values) -> Answer:
    """deletePlan: the scan plans of sites; their add-ons stay."""
    return _end_of_sites(context, "deletePlan", "planStatus", values["planInfo"]["site_id"], "plan")


@method("deleteBundle", Group("bundleInfo", children=(Field("site_id", repeat=True),)), write=True)
def delete_bundle(context: Context, values: Values) -> Answer:
    """deleteBundle: all that is in the bundles of sites, their Firewall & CDN too."""
    return _end_of_sites(context, "deleteBundle", "bundleStatus", values["bundleInfo"]["site_id"], "bundle")


def _end_of_sites(context: Context, name: str, status: str, site_ids: list[str], kind: Kind) -> Answer:
    with context.world.change():
        problems = [_end_kind(context, site_id, kind) for site_id in site_ids]
    elements = [_status(status, site_id, problem) for site_id, problem in zip(site_ids, problems, strict=True)]
    bad = sum(problem is not None for problem in problems)
    outcome = f"{len(elements) - bad} ok, {bad} error"
    return answer.ok(node(name, node(f"{status}es", *elements)), outcome=outcome)


def _end_kind(context: Context, site_id: str, kind: Kind) -> str | None:
    """End the plans or the bundles of a site; what is in the way. These texts are not documented but one."""
    site: Site | None = context.world.sites.get(site_id)
    if not site:
        return "site_id not found"
    settle(context.world, site)
    ending = [one for one in context.world.active_of_site(site_id) if one.kind == kind and not one.bundle_id]
    if not ending:
        return f"No active {kind}"
    if any(subscription.billed_by_vendor for subscription in ending):
        return BILLED_BY_VENDOR
    _end(context, ending)
    return None


def _end(context: Context, ending: typing.Iterable[Subscription]) -> None:
    """End them. What is part of a bundle ends with it."""
    for subscription in ending:
        if not subscription.bundle_id:
            context.world.end_subscription(subscription, "deleted")


def _status(name: str, site_id: str, problem: str | None) -> etree._Element:
    return node(name, *texts(site_id=site_id, status="error" if problem else "ok", error=problem))
