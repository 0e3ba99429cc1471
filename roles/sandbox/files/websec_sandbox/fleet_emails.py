# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""E-mails that wait for a white-label partner: those of a fleet, and those of the admin path."""

from __future__ import annotations

import dataclasses
import re

from .fleet_records import Record, Step, fields_of, merged, need
from .model import Email
from .world import World

_FIELDS = {"account_id", "site_id", "email_address", "domain", "email_id", "replacements", "hours_ago"}
_MOST = 100_000
_NAME = re.compile(r"[A-Za-z_][\w-]*")


def email(world: World, record: Record) -> Step:
    """An e-mail of a fleet; its C(queue_id) says which one it is."""
    need(record, "queue_id")
    given = fields_of(record, Email, _FIELDS | {"queue_id"})
    _check(given)
    fields = {name: value for name, value in given.items() if name not in ("hours_ago", "queue_id")}

    def step(only_new: bool) -> str:
        known = world.emails.get(str(record["queue_id"]))
        # What was filled in is not different from what was left out.
        return merged(known, {} if only_new else _texts(fields), only_new, lambda: _add(world, given), world.save)

    return step


def listed(world: World) -> Record:
    """All e-mails, those that were sent too, with how often each was marked."""
    with world.change():
        return {"emails": [dataclasses.asdict(one) for one in world.emails.values()]}


def post(world: World, wanted: Record) -> Record:
    """Queue C(emails), each C(count) times. Returns their C(queue_ids). Raises ValueError, and then queues none."""
    if set(wanted) != {"emails"} or not isinstance(wanted["emails"], list):
        raise ValueError("emails must be a list of mappings")
    records = [fields_of(one, Email, _FIELDS | {"count"}) for one in wanted["emails"]]
    for one in records:
        _check(one)
    if sum(int(one.get("count", 1)) for one in records) > _MOST:
        raise ValueError(f"more than {_MOST} e-mails")
    with world.change():
        made = [_add(world, one) for one in records for _each in range(int(one.get("count", 1)))]
    return {"queue_ids": [one.id for one in made]}


def _check(record: Record) -> None:
    float(record.get("hours_ago", 0))
    names = record.get("replacements", {})
    if not isinstance(names, dict) or not all(_NAME.fullmatch(name) for name in names):
        raise ValueError("replacements must be a mapping of names")


def _texts(fields: Record) -> Record:
    return {name: value if name == "replacements" else str(value) for name, value in fields.items()}


def _add(world: World, record: Record) -> Email:
    """A new e-mail; what it leaves out comes from its site and its account."""
    values = _texts({name: value for name, value in record.items() if name in _FIELDS - {"hours_ago"}})
    made = Email(
        id=str(record["queue_id"]) if "queue_id" in record else world.number("email"),
        # Whole seconds, as the API tells it.
        queued_at=float(int(world.clock.now() - 3600 * float(record.get("hours_ago", 0)))),
        **values,
    )
    site = world.sites.get(made.site_id)
    if site:
        made.account_id = made.account_id or site.account_id
        made.domain = made.domain or site.domain
    account = world.accounts.get(made.account_id)
    made.email_address = (
        made.email_address or (account.email if account else "") or f"owner@{made.domain or 'example.com'}"
    )
    world.emails[made.id] = made
    world.save(made)
    return made
