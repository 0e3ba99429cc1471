# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""modifyAccount: another plan for a site, or another e-mail for an account."""

from __future__ import annotations

from .. import lifecycle
from ..model import Account
from . import answer, site_plans
from .accounts import login_taken, routing_questions
from .answer import Answer, node, texts
from .context import Context, settle
from .grammar import AMOUNT, DATE, EMAIL, Field, Group, Refused, Values
from .methods import Rejected, method
from .renewals import PRESERVE


def check(_context: Context, values: Values) -> None:
    """Either of the two, never both."""
    if len(values) != 1:
        raise Refused("modifyAccount needs either siteInformation or accountInformation")
    if "siteInformation" in values:
        site_plans.check(values["siteInformation"])


@method(
    "modifyAccount",
    Group(
        "siteInformation",
        optional=True,
        children=(
            Field("id"),
            Field("subscription", optional=True),
            Field("bundle", optional=True),
            Field("amount", optional=True, pattern=AMOUNT),
            Field("renewal_date", optional=True, pattern=f"{DATE}|{PRESERVE}"),
        ),
    ),
    Group("accountInformation", optional=True, children=(Field("id"), Field("email", pattern=EMAIL))),
    write=True,
    check=check,
)
def modify_account(context: Context, values: Values) -> Answer:
    """modifyAccount: what it answers when all is well is not documented."""
    if "siteInformation" in values:
        _change_plan(context, values["siteInformation"])
    else:
        _change_email(context, values["accountInformation"])
    form = context.settings.modify_answer
    if form == "empty":
        return answer.ok(node("modifyAccount"))
    said = texts(result="Success") if form == "result" else texts(message="Account modified ok", status="ok")
    return answer.ok(node("modifyAccount", *said))


def _change_plan(context: Context, wanted: Values) -> None:
    world = context.world
    with world.change():
        plan = site_plans.ordered(context, wanted)
        site = world.sites.get(wanted["id"])
        questions: list[lifecycle.Question] = routing_questions(context, plan, site) if site else []
    answers = context.ask(questions)
    with world.change():
        site = world.sites.get(wanted["id"])
        if not site:
            raise Rejected("site_id not found")
        settle(world, site)
        site_plans.change(context, site, plan, wanted, answers)


def _change_email(context: Context, wanted: Values) -> None:
    world = context.world
    with world.change():
        account = world.accounts.get(wanted["id"])
        if not account:
            raise Rejected("account_id not found")
        if _login_changes(context, account):
            if wanted["email"] != account.login and login_taken(context, wanted["email"]):
                raise Rejected("Login is in use by another account.")
            account.login = wanted["email"]
        account.email = wanted["email"]
        world.save(account)


def _login_changes(context: Context, account: Account) -> bool:
    """Whether the login of an account that signs in with its e-mail follows it is not documented."""
    return context.settings.login_follows_email and account.login == account.email
