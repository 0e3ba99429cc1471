# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paid for, in no file: what the vendor lists, compared with what the files name. Pure; nothing is ended because of it.

A subscription is managed when a file names its product for its account or site, as many times as the file asks for it:
the second one of a product that is wanted once is not managed.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.catalogue import Product
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.named import (
    Entry,
    Files,
    Named,
    entries_of,
    plain,
)

Row = dict[str, t.Any]

MORE_THAN_NAMED = "one more than the files name"
NOT_LISTED = "the API does not list the subscriptions of this site"
NOT_READ = "not read"


def unmanaged_subscriptions(
    listed: t.Iterable[Entry], accounts: t.Iterable[Entry], sites: t.Iterable[Entry], plans: t.Iterable[Entry] = ()
) -> list[Row]:
    """One row for each subscription that no file names, in the order of ``listed``.

    There is also a row for an active site that no file names and for which the API lists no subscription, and for an
    account that could not be read: nobody knows that they cost nothing.

    :param listed: C(accounts) of M(hosting.websec.sitelock_accounts_info), with subscriptions.
    :param accounts: the entries of C(sitelock_accounts).
    :param sites: the entries of C(sitelock_waf_sites).
    :param plans: C(plans) of M(hosting.websec.sitelock_plans_info), for names, types and prices.
    :raises BadInputError: subscriptions were not asked for.
    """
    files = Files(accounts, sites)
    products = {plain(plan.get("id")): _product(plan) for plan in plans}
    return [row for account in listed for row in _rows_of_account(account, files, products)]


def _product(plan: Entry) -> Product:
    return Product(plain(plan.get("id")), {name: plain(plan.get(name)) for name in _OF_PRODUCT if plan.get(name)})


_OF_PRODUCT = ("name", "type", "product_category", "price")


def _rows_of_account(account: Entry, files: Files, products: t.Mapping[str, Product]) -> t.Iterator[Row]:
    if account.get("error") or account.get("deferred"):
        yield _row(account, note=f"{NOT_READ}: {_reason(account)}")
        return
    if account.get("subscriptions") is None:
        if account.get("status") == "active":
            raise BadInputError(
                f"The subscriptions of account {account.get('account_id')} were not read.",
                hint="Set subscriptions to true in the task with sitelock_accounts_info.",
            )
        return
    sites = {site.get("site_id"): site for site in entries_of(account, "sites")}
    paid = [(each, products.get(plain(each.get("subscription")))) for each in entries_of(account, "subscriptions")]
    named = files.named(account)
    for each, product in _not_named(paid, named):
        site = sites.get(each.get("site_id"))
        yield _row(
            account,
            site,
            each,
            product,
            in_file=files.name_site(account, site) if site else files.name_account(account),
            note=MORE_THAN_NAMED if any(one.fits(each, product) and _near(one, each) for one in named) else "",
        )
    with_subscription = {each.get("site_id") for each, _product in paid}
    for number, site in sites.items():
        if number not in with_subscription and site.get("status") == "active" and not files.name_site(account, site):
            yield _row(account, site, note=NOT_LISTED)


def _reason(account: Entry) -> str:
    error = account.get("error")
    said = error.get("message") if isinstance(error, t.Mapping) else error
    return plain(said) or plain(account.get("deferred_reason")) or "the task ended before"


Paid = tuple[Entry, t.Optional[Product]]


def _not_named(paid: t.Sequence[Paid], named: t.Sequence[Named]) -> list[Paid]:
    """Those that are left when each entry of the files has taken as many as it names, the oldest first."""
    left = dict(sorted(enumerate(paid), key=lambda each: whole_number(plain(each[1][0].get("subscription_id"))) or 0))
    room = [one.count for one in named]
    for leaves_open, fits_place in ((False, _at_home), (False, _near), (True, _at_home), (True, _near)):
        for place, one in enumerate(named):
            if one.open != leaves_open:
                continue
            fitting = [number for number, each in left.items() if fits_place(one, each[0]) and one.fits(*each)]
            count = room[place]
            taken = fitting[:count]
            room[place] = None if count is None else count - len(taken)
            for number in taken:
                del left[number]
    return [left[number] for number in sorted(left)]


def _at_home(one: Named, paid: Entry) -> bool:
    return one.site_id == paid.get("site_id")


def _near(one: Named, paid: Entry) -> bool:
    """The API may not say of which site a subscription is, and may say a site for one of the account."""
    return one.site_id is None or paid.get("site_id") in (None, one.site_id)


_STARTS = ("start", "created")


def _row(
    account: Entry,
    site: Entry | None = None,
    paid: Entry | None = None,
    product: Product | None = None,
    *,
    in_file: bool = False,
    note: str,
) -> Row:
    paid, site = paid or {}, site or {}
    details = paid.get("details") or {}
    return {
        "account_id": account.get("account_id"),
        "login": account.get("login"),
        "name": account.get("name"),
        "account_status": account.get("status"),
        "site_id": paid.get("site_id") or site.get("site_id"),
        "domain": paid.get("domain") or site.get("domain"),
        "site_status": site.get("status"),
        "in_file": in_file,
        "subscription": paid.get("subscription"),
        "subscription_id": paid.get("subscription_id"),
        "product": paid.get("name") or (product.name if product else None) or None,
        # No documented field says it; the documentation of the answer is cut off.
        "since": next((value for name, value in details.items() if any(word in name for word in _STARTS)), None),
        "next_renewal_at": paid.get("next_renewal_at"),
        "frequency": paid.get("frequency"),
        "price": paid.get("amount") or (product.attributes.get("price") if product else None),
        "note": note or None,
    }
