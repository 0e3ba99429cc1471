# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the files of a partner name of an account: of C(sitelock_accounts) and C(sitelock_waf_sites). Pure.

Whose an entry is, is told by the ids and logins that the file and the API both have, and by the domains, which are
unique at SiteLock. Files that cannot be right are read as far as they go: here nothing is sent because of them.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.catalogue import (
    BUNDLE,
    PLAN,
    Product,
    parse_amount,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.desired import site_key

Entry = t.Mapping[str, t.Any]
Key = tuple[str, str]

_ABSENT = "absent"


@dataclasses.dataclass(frozen=True)
class Named:
    """Subscriptions that an entry of a file names.

    :param fits: whether a subscription, with its product if that is known, is of this kind, whosever it is.
    :param site_id: the site that they belong to; C(None): the account.
    :param count: how many; C(None): all that there are, because they are to be ended.
    :param open: the entry does not say the product.
    """

    fits: t.Callable[[Entry, Product | None], bool]
    site_id: int | None
    count: int | None = 1
    open: bool = False


class Files:
    """:param accounts: entries of C(sitelock_accounts). :param sites: entries of C(sitelock_waf_sites)."""

    def __init__(self, accounts: t.Iterable[Entry], sites: t.Iterable[Entry]) -> None:
        self._accounts = _index(accounts, _keys_of_account)
        self._sites = _index(sites, _keys_of_site)

    def named(self, account: Entry) -> list[Named]:
        """What the files name of an account that the API lists."""
        sites = entries_of(account, "sites")
        found = [each for entry in self._entries(account) for each in _of_account(entry, sites)]
        return found + [_firewall(entry, site) for site in sites for entry in _found(self._sites, _keys_of_site(site))]

    def name_account(self, account: Entry) -> bool:
        """Whether an account file names it."""
        return bool(self._entries(account))

    def name_site(self, account: Entry, site: Entry) -> bool:
        """Whether any file names a site of the account."""
        if _found(self._sites, _keys_of_site(site)):
            return True
        return any(
            entry.get("state") == _ABSENT or any(_is(each, site) for each in entries_of(entry, "sites"))
            for entry in self._entries(account)
        )

    def _entries(self, account: Entry) -> list[Entry]:
        return _found(self._accounts, _keys_of_account(account))


def plain(value: object) -> str:
    """An id, a name or an amount as files and the API have it, as text; empty if there is none."""
    return "" if value is None else str(value).strip()


def entries_of(entry: Entry, name: str) -> list[Entry]:
    """The mappings in a list that an entry has."""
    value = entry.get(name)
    return [each for each in value if isinstance(each, t.Mapping)] if isinstance(value, (list, tuple)) else []


# ---- whose an entry is


def _index(entries: t.Iterable[Entry], keys_of: t.Callable[[Entry], list[Key]]) -> dict[Key, list[Entry]]:
    found: dict[Key, list[Entry]] = {}
    for entry in entries:
        for key in keys_of(entry):
            found.setdefault(key, []).append(entry)
    return found


def _found(index: t.Mapping[Key, list[Entry]], keys: t.Iterable[Key]) -> list[Entry]:
    return list({id(entry): entry for key in keys for entry in index.get(key, [])}.values())


def _keys_of_account(entry: Entry) -> list[Key]:
    login = plain(entry.get("login"))
    if not (login or plain(entry.get("account_id")) or plain(entry.get("reseller_account_id"))):
        login = plain(entry.get("email"))
    named = [
        ("account_id", plain(entry.get("account_id"))),
        ("login", login.lower()),
        ("reseller_account_id", plain(entry.get("reseller_account_id"))),
        *(("domain", _domain(site)) for site in entries_of(entry, "sites")),
    ]
    return [(what, name) for what, name in named if name]


def _keys_of_site(entry: Entry) -> list[Key]:
    named = (("site_id", plain(entry.get("site_id"))), ("domain", _domain(entry)))
    return [(what, name) for what, name in named if name]


def _domain(entry: Entry) -> str:
    given = plain(entry.get("domain"))
    try:
        return site_key(normalise_domain(given)) if given else ""
    except BadInputError:
        return given.lower()


def _is(entry: Entry, site: Entry) -> bool:
    return not set(_keys_of_site(entry)).isdisjoint(_keys_of_site(site))


# ---- what it names


def _of_account(entry: Entry, sites: t.Sequence[Entry]) -> t.Iterator[Named]:
    if entry.get("state") == _ABSENT:
        yield Named(lambda _paid, _product: True, None, None, open=True)
    for addon in entries_of(entry, "addons"):
        yield _addon(addon, None)
    for wanted in entries_of(entry, "sites"):
        for site in sites:
            if _is(wanted, site):
                yield from _of_site(wanted, site["site_id"])


def _of_site(wanted: Entry, site_id: int) -> t.Iterator[Named]:
    if wanted.get("state") == _ABSENT:
        yield Named(lambda paid, _product: paid.get("site_id") == site_id, site_id, None, open=True)
        return
    plan = plain(wanted.get("subscription")) or plain(wanted.get("bundle"))
    yield Named(_product(plan), site_id) if plan else Named(_is_plan, site_id, open=True)
    if plain(wanted.get("bundle")):
        # Whether getStatus lists the parts of a bundle, which cost nothing by themselves, is not documented.
        yield Named(lambda paid, _product: paid.get("site_id") == site_id and _is_free(paid), site_id, None, open=True)
    for addon in entries_of(wanted, "addons"):
        yield _addon(addon, site_id)


def _addon(addon: Entry, site_id: int | None) -> Named:
    count = int(addon.get("count") or 1)
    return Named(_product(plain(addon.get("subscription"))), site_id, None if addon.get("state") == _ABSENT else count)


def _firewall(entry: Entry, site: Entry) -> Named:
    count = None if entry.get("state") == _ABSENT else 1
    product = plain(entry.get("subscription"))
    if product and count:
        return Named(_product(product), site["site_id"])
    return Named(_may_be_firewall, site["site_id"], count, open=True)


def _product(wanted: str) -> t.Callable[[Entry, Product | None], bool]:
    """Account files may give a product by its id, or by its exact name."""

    def fits(paid: Entry, product: Product | None) -> bool:
        return wanted in (plain(paid.get("subscription")), plain(paid.get("name")), product.name if product else "")

    return fits


def _is_plan(paid: Entry, product: Product | None) -> bool:
    return paid.get("listed_as") == "site" or (product is not None and product.type in (PLAN, BUNDLE))


def _may_be_firewall(paid: Entry, product: Product | None) -> bool:
    told = product or Product("", {"name": plain(paid.get("name"))})
    return not _is_plan(paid, product) and not told.is_no_firewall


def _is_free(paid: Entry) -> bool:
    return parse_amount(plain(paid.get("amount"))) == 0
