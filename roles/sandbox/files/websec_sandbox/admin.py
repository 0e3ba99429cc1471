# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The admin path: fleet, faults, clock, settings, journal and ledger, as JSON."""

from __future__ import annotations

import dataclasses
import json
import os
import typing
import urllib.parse

from . import admin_policy, admin_products, fleet, fleet_emails
from .clock import iso
from .model import Site, Subscription
from .service import Service
from .sitelock.context import settle

Body = dict[str, typing.Any]
Result = tuple[int, object]
Handler = typing.Callable[[Service, Body, dict[str, str]], object]


def handle(service: Service, verb: str, path: str, body: bytes) -> Result:
    """The HTTP status and the JSON content of the answer; C(path) is below C(/admin/), with its query."""
    location, _mark, query = path.partition("?")
    handler = _HANDLERS.get((verb, location.strip("/")))
    parameters = dict(urllib.parse.parse_qsl(query))
    try:
        if handler:
            return 200, handler(service, _content(body), parameters)
        if verb == "DELETE" and location.startswith("faults/"):
            removed = service.faults.remove(int(location.removeprefix("faults/")))
            return (200, {"removed": removed}) if removed else (404, {"error": "no such fault"})
    except (ValueError, TypeError, AttributeError, KeyError) as problem:
        return 400, {"error": str(problem)}
    return 404, {"error": f"no such operation: {verb} /admin/{location}"}


def _content(body: bytes) -> Body:
    content = json.loads(body) if body.strip() else {}
    if not isinstance(content, dict):
        raise ValueError("the body must be a JSON object")
    return content


def _health(service: Service, _body: Body, _query: dict[str, str]) -> object:
    return {"status": "ok", "pid": os.getpid(), "time": iso(service.world.clock.now())}


def _state(service: Service, _body: Body, query: dict[str, str]) -> object:
    world = service.world
    with world.change():
        for site in world.sites.values():
            settle(world, site)
        wanted = query.get("site_id")
        sites = [_site(service, site) for site in world.sites.values() if wanted in (None, site.site_id)]
        return {
            "sites": sites,
            "accounts": [dataclasses.asdict(account) for account in world.accounts.values()],
            "former_accounts": [
                dataclasses.asdict(account) for account in world.all_accounts.values() if account.deleted_at is not None
            ],
            "former_sites": [
                dataclasses.asdict(site) for site in world.all_sites.values() if site.deleted_at is not None
            ],
            "plans": [dataclasses.asdict(plan) for plan in world.plans.values()],
            "websites": [dataclasses.asdict(website) for website in world.websites.values()],
            "users": [{"id": user.id, "email": user.email} for user in world.users.values()],
        }


def _site(service: Service, site: Site) -> Body:
    shown = dataclasses.asdict(site)
    state = site.firewall.state if site.firewall else "none"
    subscriptions = [dataclasses.asdict(one) for one in service.world.active_firewalls(site.site_id)]
    return {**shown, "state": state, "subscriptions": subscriptions}


def _subscriptions(service: Service, _body: Body, query: dict[str, str]) -> object:
    """What is billed, with the login and the domain that a file would name; ended ones with C(all)."""
    world = service.world
    with world.change():
        for site in list(world.sites.values()):
            settle(world, site)
        wanted = [
            one
            for one in world.subscriptions.values()
            if (one.ended_at is None or "all" in query) and query.get("account_id") in (None, one.account_id)
        ]
        return {"subscriptions": [_subscription(service, one) for one in wanted]}


def _subscription(service: Service, subscription: Subscription) -> Body:
    account = service.world.all_accounts.get(subscription.account_id)
    site = service.world.all_sites.get(subscription.site_id)
    return {
        **dataclasses.asdict(subscription),
        "login": account.login if account else "",
        "domain": site.domain if site else "",
    }


def _ledger(service: Service, _body: Body, _query: dict[str, str]) -> object:
    world = service.world
    with world.change():
        for site in world.sites.values():
            settle(world, site)
        return {"entries": list(world.ledger)}


def _advance(service: Service, body: Body, query: dict[str, str]) -> object:
    seconds = body["advance"]
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise ValueError("advance must be a number of seconds")
    with service.world.change():
        service.world.clock.advance(seconds)
        service.world.save_settings()
    return _clock(service, body, query)


def _clock(service: Service, _body: Body, _query: dict[str, str]) -> object:
    clock = service.world.clock
    return {"now": iso(clock.now()), "ahead": clock.offset}


def _change_settings(service: Service, body: Body, _query: dict[str, str]) -> object:
    with service.world.change():
        service.world.settings.change(body)
        service.world.save_settings()
        return service.world.settings.as_dict()


def _reset(service: Service, _body: Body, _query: dict[str, str]) -> object:
    service.reset()
    return {"status": "ok"}


def _journal(service: Service, _body: Body, query: dict[str, str]) -> object:
    return {"entries": service.journal.entries(int(query.get("since", "0")))}


def _clear_journal(service: Service, _body: Body, _query: dict[str, str]) -> object:
    service.journal.clear()
    return {"status": "ok"}


_HANDLERS: dict[tuple[str, str], Handler] = {
    ("GET", "health"): _health,
    ("GET", "state"): _state,
    ("GET", "ledger"): _ledger,
    ("GET", "subscriptions"): _subscriptions,
    ("GET", "journal"): _journal,
    ("DELETE", "journal"): _clear_journal,
    ("POST", "fleet"): lambda service, body, _query: fleet.merge(service.world, body),
    ("GET", "policy"): lambda service, _body, query: admin_policy.read(service.world, query.get("site_id")),
    ("POST", "policy"): lambda service, body, _query: admin_policy.click(service.world, body),
    ("GET", "products"): lambda service, _body, query: admin_products.read(service.world, query.get("site_id")),
    ("POST", "products"): lambda service, body, _query: admin_products.click(service.world, body),
    ("GET", "emails"): lambda service, _body, _query: fleet_emails.listed(service.world),
    ("POST", "emails"): lambda service, body, _query: fleet_emails.post(service.world, body),
    ("POST", "reset"): _reset,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _advance,
    ("GET", "settings"): lambda service, _body, _query: service.world.settings.as_dict(),
    ("POST", "settings"): _change_settings,
    ("GET", "faults"): lambda service, _body, _query: {"faults": service.faults.listed()},
    ("POST", "faults"): lambda service, body, _query: service.faults.add(body),
    ("DELETE", "faults"): lambda service, _body, _query: {"removed": service.faults.remove()},
}
