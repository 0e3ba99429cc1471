# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Methods that tell what is there: domains and accounts."""

from __future__ import annotations

from . import answer
from .answer import Answer, node, texts
from .context import Context
from .grammar import NUMBER, Field, Values
from .methods import Rejected, method


@method("checkDomain", Field("domain"))
def check_domain(context: Context, values: Values) -> Answer:
    """checkDomain: C(ok) means that the domain is not known, an existing one answers with its ids."""
    domain = values["domain"]
    with context.world.change():
        site = context.world.site_named(domain)
        stranger = context.world.stranger_with(domain)
    if not site and not stranger:
        free = texts(domain=domain, message="domain is available", status="ok")
        return answer.ok(node("checkDomain", *free), outcome="not known")
    account_id, site_id = (site.account_id, site.site_id) if site else (None, None)
    if stranger and not site and context.settings.foreign_ids == "given":
        account_id, site_id = stranger.id, stranger.site_id
    found = texts(
        domain=domain, account_id=account_id, message="domain already exists", site_id=site_id, status="error"
    )
    return answer.ok(node("checkDomain", *found), outcome="known")


@method(
    "getAccounts",
    Field("limit", optional=True, pattern=NUMBER),
    Field("offset", optional=True, pattern=NUMBER),
)
def get_accounts(context: Context, values: Values) -> Answer:
    """getAccounts: accounts and their sites, as attributes; at most C(accounts_page_max) in one answer."""
    most = context.settings.accounts_page_max
    limit, offset = int(values.get("limit", most)), int(values.get("offset", 0))
    if limit < 1 or offset < 0:
        raise Rejected("Invalid limit")
    with context.world.change():
        gone = context.settings.deleted_accounts == "gone"
        accounts = list((context.world.accounts if gone else context.world.all_accounts).values())
        found = [
            node(
                "account",
                *[
                    node("site", id=site.site_id, status=site.status, name=site.domain)
                    for site in context.world.sites_of(account.id)
                    if site.deleted_at is None or not gone
                ],
                id=account.id,
                status=account.status,
            )
            for account in accounts[offset : offset + min(limit, most)]
        ]
    return answer.ok(node("getAccounts", *texts(records=len(found)), *found))
