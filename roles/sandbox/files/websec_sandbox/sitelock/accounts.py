# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""provisionAccount: a new account with its first site, or one more site of an account. Every call buys."""

from __future__ import annotations

import dataclasses
import hashlib

from lxml import etree

from .. import lifecycle
from ..model import WAF, Account, Domain, Plan, Site, bare
from . import answer, customers, site_plans
from .answer import Answer, node, texts
from .context import Context
from .grammar import AMOUNT, DATE, EMAIL, Field, Group, Refused, Values
from .methods import Rejected, method

# "language" and "isTest" are known from a public client only.
_DETAILS = ("address1", "address2", "city", "state", "zip", "country", "phone", "language", "isTest")


def check(_context: Context, values: Values) -> None:
    """Either an existing account and nothing more of it, or the data of a new customer."""
    given = values["accountInformation"]
    if "account_id" in given and len(given) > 1:
        raise Refused("accountInformation with account_id must have no other element")
    if "account_id" not in given:
        for name in ("name", "email"):
            if name not in given:
                raise Refused(f"{name} is missing in accountInformation")
    site_plans.check(values["siteInformation"])


@method(
    "provisionAccount",
    Group(
        "accountInformation",
        children=(
            Field("account_id", optional=True),
            Field("name", optional=True),
            *(Field(name, optional=True) for name in _DETAILS),
            Field("email", optional=True, pattern=EMAIL),
            Field("login", optional=True),
            Field("password", optional=True),
            Field("reseller_account_id", optional=True),
        ),
    ),
    Group(
        "siteInformation",
        children=(
            Field("subscription", optional=True),
            Field("bundle", optional=True),
            Field("domain", optional=True),
            Field("domainEmail", optional=True, pattern=EMAIL),
            Field("trustedDomain", optional=True, pattern="yes|no"),
            Field("amount", optional=True, pattern=AMOUNT),
            Field("renewal_date", optional=True, pattern=DATE),
        ),
    ),
    write=True,
    check=check,
)
def provision_account(context: Context, values: Values) -> Answer:
    """provisionAccount: nothing is made when any part of it is refused."""
    world, given, wanted = context.world, values["accountInformation"], values["siteInformation"]
    with world.change():
        plan = site_plans.ordered(context, wanted)
        site = _new_site(context, wanted)
        questions = routing_questions(context, plan, site)
    answers = context.ask(questions)
    with world.change():
        account = _existing(context, given) if "account_id" in given else _new(context, given)
        _refuse_taken(context, site)
        if account.id not in world.accounts:
            account.id = world.number("account")
            world.add_account(account)
        site.site_id, site.account_id = world.number("site"), account.id
        world.add_site(site)
        site_plans.start(context, site, plan, wanted, answers)
    return answer.ok(node("provisionAccount", *_ids(context, account, site)))


def routing_questions(context: Context, plan: Plan, site: Site) -> list[lifecycle.Question]:
    """What to ask DNS for before a bundle sets a firewall up for this site."""
    parts = [context.world.plans.get(name) for name in plan.includes]
    with_firewall = any(part and part.product_category == WAF for part in parts)
    return lifecycle.routing_questions(site) if with_firewall and site.domain else []


def digest(password: str) -> str:
    """What is kept of a password."""
    return hashlib.sha256(password.encode()).hexdigest()


def login_taken(context: Context, login: str) -> bool:
    """Whether any account of SiteLock has this login."""
    world = context.world
    also_former = context.settings.deleted_logins == "taken"
    ours = any(also_former or one.deleted_at is None for one in world.accounts_by("login", login))
    return ours or any(stranger.login == login for stranger in world.strangers.values())


def _existing(context: Context, given: Values) -> Account:
    account = context.world.accounts.get(given["account_id"])
    if not account:
        raise Rejected("account_id not found")
    return account


def _new(context: Context, given: Values) -> Account:
    login: str = given.get("login") or given["email"]
    problem = customers.problem(given, context.settings)
    if problem:
        raise Rejected(problem)
    if login_taken(context, login) and context.settings.second_account == "refuse":
        raise Rejected("Account already exists")
    return Account(
        id="",
        name=given["name"],
        login=login,
        email=given["email"],
        reseller_account_id=given.get("reseller_account_id", ""),
        details={name: given[name] for name in _DETAILS if name in given},
        password_sha256=digest(given["password"]) if "password" in given else "",
    )


def _new_site(context: Context, wanted: Values) -> Site:
    domain = wanted.get("domain", "").lower()
    if domain and not customers.domain_allowed(domain):
        raise Rejected("Invalid domain")
    known = context.world.domains.get(bare(domain)) or Domain(domain)
    facts = {name: value for name, value in dataclasses.asdict(known).items() if name != "domain"}
    return Site(
        site_id="",
        account_id="",
        domain=domain,
        domain_email=wanted.get("domainEmail", ""),
        trusted_domain=wanted.get("trustedDomain", ""),
        **facts,
    )


def _refuse_taken(context: Context, site: Site) -> None:
    """A domain belongs to one site of all of SiteLock."""
    world = context.world
    ours = site.domain and world.site_named(site.domain) and context.settings.second_account == "refuse"
    if ours or (site.domain and world.stranger_with(site.domain)):
        raise Rejected("Site already exists")


def _ids(context: Context, account: Account, site: Site) -> list[etree._Element]:
    """Where the ids of the new account and site stand is not documented."""
    form = context.settings.provision_ids
    if form == "none":
        return texts(result="Success")
    if form == "account_only":
        return texts(account_id=account.id)
    if form == "in_containers":
        return [
            node("accountInformation", *texts(account_id=account.id)),
            node("siteInformation", *texts(site_id=site.site_id)),
        ]
    return texts(account_id=account.id, site_id=site.site_id)
