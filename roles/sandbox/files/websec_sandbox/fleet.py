# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loading a fleet: plans, accounts, sites, BotGuard users and websites, merged into what is there."""

from __future__ import annotations

import dataclasses
import secrets
import typing

from . import lifecycle
from .clock import day
from .model import WAF, Account, Plan, Site
from .world import World

Record = dict[str, typing.Any]
_KINDS = ("plans", "accounts", "sites", "botguard_users", "botguard_websites")
_USER_FIELDS = {"email", "first_name", "last_name", "company", "country", "address", "lang"}
_YEAR = 365 * 86400


def merge(world: World, fleet: Record) -> Record:
    """
    Merge C(fleet) into the state: new things are added, of known ones the fields that are given are set.

    What was ordered for a known site stays as it is; with C(only_new) known things are left alone altogether.
    Returns how many were C(added), C(changed) and C(unchanged). Raises ValueError and then changes nothing.
    """
    only_new = fleet.get("only_new", False)
    unknown = set(fleet) - {*_KINDS, "only_new"}
    if unknown:
        raise ValueError(f"unknown part of a fleet: {min(unknown)}")
    parts = {kind: _records(fleet, kind) for kind in _KINDS}
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    with world.change():
        steps = [_plan(world, record) for record in parts["plans"]]
        steps += [_account(world, record) for record in parts["accounts"]]
        known_accounts = {*world.accounts, *(str(record["id"]) for record in parts["accounts"])}
        known_plans = {*world.plans, *(str(record["id"]) for record in parts["plans"])}
        steps += [_site(world, record, known_accounts, known_plans) for record in parts["sites"]]
        steps += [_user(world, record) for record in parts["botguard_users"]]
        steps += [_website(world, record) for record in parts["botguard_websites"]]
        for step in steps:
            counts[step(only_new)] += 1
    return counts


# A step was checked; called with only_new it acts and says what it did.
Step = typing.Callable[[bool], str]


def _records(fleet: Record, kind: str) -> list[Record]:
    records = fleet.get(kind, [])
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise ValueError(f"{kind} must be a list of mappings")
    return records


def _fields(record: Record, kind: type, names: set[str] | None = None) -> Record:
    known = names or {field.name for field in dataclasses.fields(kind)}
    unknown = set(record) - known
    if unknown:
        raise ValueError(f"unknown field {min(unknown)} in {kind.__name__.lower()} {record}")
    return record


def _needs(record: Record, *names: str) -> None:
    for name in names:
        if record.get(name) in (None, ""):
            raise ValueError(f"{name} is missing in {record}")


def _plan(world: World, record: Record) -> Step:
    _needs(record, "id")
    fields = {**_fields(record, Plan), "id": str(record["id"])}
    if fields.get("level", "basic") not in ("basic", "professional", "premium", "enterprise"):
        raise ValueError(f"unknown level in {record}")

    def step(only_new: bool) -> str:
        known = world.plans.get(fields["id"])
        return _merged(known, fields, only_new, lambda: world.add_plan(Plan(**fields)), world.save)

    return step


def _account(world: World, record: Record) -> Step:
    _needs(record, "id")
    record = dict(record)
    addons = record.pop("addons", [])
    fields = {**_fields(record, Account), "id": str(record["id"])}

    def add() -> None:
        world.add_account(Account(**fields))
        for addon in addons:
            plan = world.plans.get(str(addon["subscription"])) or Plan(
                str(addon["subscription"]), product_category="SCAN"
            )
            world.start_subscription(plan, fields["id"], str(addon.get("site_id", "")), _renewal(world), ledger=False)

    return lambda only_new: _merged(world.accounts.get(fields["id"]), fields, only_new, add, world.save)


def _site(world: World, record: Record, accounts: set[str], plans: set[str]) -> Step:
    _needs(record, "site_id", "account_id", "domain")
    record = dict(record)
    addon = record.pop("addon", None)
    retry = record.pop("retry", None)
    fields = _fields(record, Site, {field.name for field in dataclasses.fields(Site)} - {"firewall", "retry_attempts"})
    fields = {**fields, "site_id": str(fields["site_id"]), "account_id": str(fields["account_id"])}
    fields["domain"] = str(fields["domain"]).lower()
    if retry is not None:
        fields["retry_attempts"] = int(retry.get("attempts", 1))
    if fields["account_id"] not in accounts:
        raise ValueError(f"unknown account in site {record}")
    known = world.sites.get(fields["site_id"])
    if known and known.account_id != fields["account_id"]:
        raise ValueError(f"site {known.site_id} is known in another account")
    if addon is not None and str(addon.get("subscription")) not in plans:
        raise ValueError(f"unknown plan in the addon of site {record}")

    def add() -> None:
        site = Site(**fields)
        world.add_site(site)
        if addon is not None:
            _order(world, site, addon)

    return lambda only_new: _merged(world.sites.get(fields["site_id"]), fields, only_new, add, world.save)


def _order(world: World, site: Site, addon: Record) -> None:
    plan = world.plans[str(addon["subscription"])]
    now = world.clock.now()
    renewal = addon.get("renewal_date") or _renewal(world)
    world.start_subscription(plan, site.account_id, site.site_id, renewal, ledger=False)
    if plan.product_category != WAF:
        return
    origins = [addon["waf_origin"]] if "waf_origin" in addon else list(site.origin)
    manager = addon.get("waf_dns_manager", "customer")
    site.firewall = lifecycle.provision(site, now, origins, site.ssl, False, manager)
    site.firewall.original_a = list(site.origin)
    state = addon.get("state", "ready")
    if state in ("pending-dns", "ready"):
        site.firewall.validated_at = now if site.ssl else None
    if state == "ready":
        site.firewall.routed_at = now
    site.firewall.state = state
    world.save(site)


def _user(world: World, record: Record) -> Step:
    _needs(record, "email")
    fields = {name: str(value) for name, value in _fields(record, dict, _USER_FIELDS).items()}

    def step(only_new: bool) -> str:
        known = next((user for user in world.users.values() if user.email == fields["email"]), None)
        return _merged(known, fields, only_new, lambda: world.add_user(secrets.token_hex(16), fields), world.save)

    return step


def _website(world: World, record: Record) -> Step:
    _needs(record, "domain")
    fields = {name: str(value) for name, value in _fields(record, dict, {"domain", "status", "user"}).items()}

    def add() -> None:
        world.add_website(fields["domain"], fields.get("user", ""), fields.get("status", "online"))

    def step(only_new: bool) -> str:
        known = next(iter(world.websites_named(fields["domain"])), None)
        return _merged(known, fields, only_new, add, world.save)

    return step


def _merged(
    known: typing.Any,
    fields: Record,
    only_new: bool,
    add: typing.Callable[[], object],
    save: typing.Callable[[typing.Any], None],
) -> str:
    if known is None:
        add()
        return "added"
    different = {name: value for name, value in fields.items() if getattr(known, name) != value}
    if only_new or not different:
        return "unchanged"
    for name, value in different.items():
        setattr(known, name, value)
    save(known)
    return "changed"


def _renewal(world: World) -> str:
    return day(world.clock.now() + _YEAR)
