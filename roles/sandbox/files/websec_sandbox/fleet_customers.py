# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Customers of a fleet: accounts and sites with what they have bought already, which is not in the ledger."""

from __future__ import annotations

import dataclasses
import typing

from . import admin_products, lifecycle
from .clock import day
from .fleet_records import Record, Step, fields_of, merged, need
from .model import WAF, Account, Domain, Kind, Plan, Site, Stranger, bare
from .world import World

_YEAR = 365 * 86400
_ITEM = {"subscription", "count", "amount", "renewal_date", "billed_by_vendor", "site_id"}
_FIREWALL = {"waf_origin", "waf_dns_manager", "state"}
_PLAN = {"subscription", "bundle", "amount", "renewal_date", "billed_by_vendor"}


def account(world: World, record: Record) -> Step:
    """An account; C(addons) are its add-ons, and those of its sites by C(site_id)."""
    need(record, "id")
    record = dict(record)
    addons = [_item(addon) for addon in record.pop("addons", [])]
    names = {field.name for field in dataclasses.fields(Account)} - {"deleted_at"}
    fields = {**fields_of(record, Account, names), "id": str(record["id"])}

    def add() -> None:
        world.add_account(Account(**fields))
        for addon in addons:
            _buy(world, addon, fields["id"], str(addon.get("site_id", "")))

    return lambda only_new: merged(world.all_accounts.get(fields["id"]), fields, only_new, add, world.save)


def site(world: World, record: Record, accounts: set[str], types: typing.Mapping[str, str]) -> Step:
    """
    A site; C(addon) is its firewall, C(plan) its scan plan or bundle, C(addons) are its other add-ons, C(products) what
    the products behind the firewall are set to and found.

    C(accounts) are the known accounts, C(types) tells the type of each known plan.
    """
    need(record, "site_id", "account_id", "domain")
    record = dict(record)
    addon, plan = record.pop("addon", None), record.pop("plan", None)
    addons = [_item(one) for one in record.pop("addons", [])]
    products = record.pop("products", {})
    names = {field.name for field in dataclasses.fields(Site)}
    names -= {"firewall", "retry_attempts", "deleted_at", "products"}
    fields = fields_of(_with_retry(record, names), Site, names | {"retry_attempts"})
    fields = {**fields, "site_id": str(fields["site_id"]), "account_id": str(fields["account_id"])}
    fields["domain"] = str(fields["domain"]).lower()
    if fields["account_id"] not in accounts:
        raise ValueError(f"unknown account in site {record}")
    known = world.all_sites.get(fields["site_id"])
    if known and known.account_id != fields["account_id"]:
        raise ValueError(f"site {known.site_id} is known in another account")
    if addon is not None and str(fields_of(addon, dict, _ITEM | _FIREWALL).get("subscription")) not in types:
        raise ValueError(f"unknown plan in the addon of site {record}")
    if plan is not None:
        _check_plan(plan, types)
    if products:
        fields["products"] = admin_products.changed(world, known.products if known else None, products)

    def add() -> None:
        made = Site(**fields)
        world.add_site(made)
        if addon is not None:
            _order(world, made, addon)
        if plan is not None:
            _plan(world, made, plan)
        for one in addons:
            _buy(world, one, made.account_id, made.site_id)

    return lambda only_new: merged(world.all_sites.get(fields["site_id"]), fields, only_new, add, world.save)


def domain(world: World, record: Record) -> Step:
    """What a site will be like that is made of this domain."""
    need(record, "domain")
    names = {field.name for field in dataclasses.fields(Domain)} - {"retry_attempts"}
    fields = fields_of(_with_retry(dict(record), names), Domain)
    fields["domain"] = bare(str(fields["domain"]))

    def add() -> None:
        world.domains[fields["domain"]] = Domain(**fields)
        world.save(world.domains[fields["domain"]])

    return lambda only_new: merged(world.domains.get(fields["domain"]), fields, only_new, add, world.save)


def stranger(world: World, record: Record) -> Step:
    """An account of another partner."""
    need(record, "id")
    fields = {name: str(value) for name, value in fields_of(record, Stranger).items()}

    def add() -> None:
        world.strangers[fields["id"]] = Stranger(**fields)
        world.save(world.strangers[fields["id"]])

    return lambda only_new: merged(world.strangers.get(fields["id"]), fields, only_new, add, world.save)


def _with_retry(record: Record, names: set[str]) -> Record:
    """The record with C(retry_attempts) for its mapping C(retry)."""
    retry = record.pop("retry", None)
    fields_of(record, Site, names)
    return record if retry is None else {**record, "retry_attempts": int(retry.get("attempts", 1))}


def _item(record: Record) -> Record:
    need(record, "subscription")
    return fields_of(record, dict, _ITEM)


def _check_plan(plan: Record, types: typing.Mapping[str, str]) -> None:
    fields_of(plan, dict, _PLAN)
    for name, kind in (("subscription", "plan"), ("bundle", "bundle")):
        if name in plan and types.get(str(plan[name])) != kind:
            raise ValueError(f"{plan[name]} is no {kind}")
    if ("subscription" in plan) == ("bundle" in plan):
        raise ValueError("a plan needs either subscription or bundle")


def _buy(
    world: World,
    item: Record,
    account_id: str,
    site_id: str,
    kind: Kind = "addon",
    bundle_id: str = "",
) -> str:
    """Start C(item) as often as its C(count) says; the number of the last instance."""
    number = ""
    plan = world.plans.get(str(item["subscription"])) or Plan(str(item["subscription"]), product_category="SCAN")
    for _each in range(int(item.get("count", 1))):
        subscription = world.start_subscription(
            plan,
            account_id,
            site_id,
            item.get("renewal_date") or _renewal(world),
            ledger=False,
            amount=item.get("amount"),
            kind=kind,
            bundle_id=bundle_id,
        )
        subscription.billed_by_vendor = bool(item.get("billed_by_vendor", False))
        number = subscription.subscription_id
    return number


def _plan(world: World, made: Site, wanted: Record) -> None:
    bundle = "bundle" in wanted
    item = {**wanted, "subscription": str(wanted["bundle" if bundle else "subscription"])}
    number = _buy(world, item, made.account_id, made.site_id, "bundle" if bundle else "plan")
    for name in world.plans[item["subscription"]].includes:
        if name not in world.plans:
            continue
        part = world.plans[name]
        if part.product_category != WAF:
            part_kind: Kind = "addon" if part.type == "addon" else "plan"
            _buy(world, {"subscription": name, "amount": "0.00"}, made.account_id, made.site_id, part_kind, number)
        elif not made.firewall:
            _order(world, made, {"subscription": name, "amount": "0.00"}, number)


def _order(world: World, made: Site, addon: Record, bundle_id: str = "") -> None:
    _buy(world, addon, made.account_id, made.site_id, "addon", bundle_id)
    if world.plans[str(addon["subscription"])].product_category != WAF:
        return
    now = world.clock.now()
    origins = [addon["waf_origin"]] if "waf_origin" in addon else list(made.origin)
    manager = addon.get("waf_dns_manager", "customer")
    made.firewall = lifecycle.provision(made, now, origins, made.ssl, False, manager, world.settings.cdn_domain)
    made.firewall.original_a = list(made.origin)
    state = addon.get("state", "ready")
    if state in ("pending-dns", "ready"):
        made.firewall.validated_at = now if made.ssl else None
    if state == "ready":
        made.firewall.routed_at = now
    made.firewall.state = state
    world.save(made)


def _renewal(world: World) -> str:
    return day(world.clock.now() + _YEAR)
