# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loading a fleet: plans, accounts, sites, e-mails, BotGuard users and websites, merged into what is there."""

from __future__ import annotations

import secrets
import typing

from . import fleet_customers as customers
from . import fleet_emails
from .fleet_records import Record, Step, fields_of, merged, need
from .model import Plan
from .world import World

_KINDS = ("plans", "domains", "strangers", "accounts", "sites", "emails", "botguard_users", "botguard_websites")
_USER_FIELDS = {"email", "first_name", "last_name", "company", "country", "address", "lang"}
_LEVELS = ("basic", "professional", "premium", "enterprise")
_TYPES = ("plan", "bundle", "addon")


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
        steps += [customers.domain(world, record) for record in parts["domains"]]
        steps += [customers.stranger(world, record) for record in parts["strangers"]]
        steps += [customers.account(world, record) for record in parts["accounts"]]
        known_accounts = {*world.all_accounts, *(str(record["id"]) for record in parts["accounts"])}
        types = _types(world, parts["plans"])
        steps += [customers.site(world, record, known_accounts, types) for record in parts["sites"]]
        steps += [fleet_emails.email(world, record) for record in parts["emails"]]
        steps += [_user(world, record) for record in parts["botguard_users"]]
        steps += [_website(world, record) for record in parts["botguard_websites"]]
        for step in steps:
            counts[step(only_new)] += 1
    return counts


def _records(fleet: Record, kind: str) -> list[Record]:
    records = fleet.get(kind, [])
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise ValueError(f"{kind} must be a list of mappings")
    return records


def _plan(world: World, record: Record) -> Step:
    need(record, "id")
    fields = {**fields_of(record, Plan), "id": str(record["id"])}
    if fields.get("level", "basic") not in _LEVELS:
        raise ValueError(f"unknown level in {record}")
    if fields.get("type", "plan") not in _TYPES:
        raise ValueError(f"unknown type in {record}")
    if "includes" in fields:
        fields["includes"] = [str(name) for name in fields["includes"]]

    def step(only_new: bool) -> str:
        known = world.plans.get(fields["id"])
        return merged(known, fields, only_new, lambda: world.add_plan(Plan(**fields)), world.save)

    return step


def _types(world: World, records: typing.Iterable[Record]) -> dict[str, str]:
    """The types of all plans by their id, those of C(records) too."""
    new = {str(record["id"]): Plan(**{**record, "id": str(record["id"])}).type for record in records}
    return {**new, **{plan.id: plan.type for plan in world.plans.values()}}


def _user(world: World, record: Record) -> Step:
    need(record, "email")
    fields = {name: str(value) for name, value in fields_of(record, dict, _USER_FIELDS).items()}

    def step(only_new: bool) -> str:
        known = next((user for user in world.users.values() if user.email == fields["email"]), None)
        return merged(known, fields, only_new, lambda: world.add_user(secrets.token_hex(16), fields), world.save)

    return step


def _website(world: World, record: Record) -> Step:
    need(record, "domain")
    fields = {name: str(value) for name, value in fields_of(record, dict, {"domain", "status", "user"}).items()}

    def add() -> None:
        world.add_website(fields["domain"], fields.get("user", ""), fields.get("status", "online"))

    def step(only_new: bool) -> str:
        known = next(iter(world.websites_named(fields["domain"])), None)
        return merged(known, fields, only_new, add, world.save)

    return step
