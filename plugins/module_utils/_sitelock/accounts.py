# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""getAccounts: all accounts and sites of the partner, page by page.

Source: C(getaccounts-retrieving-a-list-of-accounts). It documents neither the maximum
of C(limit) nor how the last page is marked, so reading ends at a page without accounts.
"""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import GET_ACCOUNTS

if t.TYPE_CHECKING:
    from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient


@dataclasses.dataclass(frozen=True)
class AccountSite:
    """A site as getAccounts lists it; both states are C(active) or C(inactive)."""

    site_id: int
    domain: str
    site_status: str
    account_id: int
    account_status: str


@dataclasses.dataclass(frozen=True)
class ListedAccount:
    """An account as getAccounts lists it, with all its sites. Most have one, some have none."""

    account_id: int
    status: str
    sites: tuple[AccountSite, ...]


def read_sites(client: SiteLockClient, page_size: int) -> list[AccountSite]:
    """All sites of all accounts, see ``read_accounts``."""
    return [site for account in read_accounts(client, page_size) for site in account.sites]


def read_accounts(client: SiteLockClient, page_size: int) -> list[ListedAccount]:
    """All accounts with their sites, in the order of the API.

    :param page_size: number of accounts to request per call. The API may return fewer.
    :raises BadResponseError: the pages do not end, contain something other than accounts with numbers, or list an
        account or a site twice with different data.
    """
    if page_size < 1:
        raise BadInputError(f"page_size is {page_size}; it must be 1 or greater.")
    accounts: dict[int, t.Any] = {}
    listed: list[ListedAccount] = []
    while True:
        page = _by_id(client.call(GET_ACCOUNTS, {"limit": page_size, "offset": len(accounts)}).get("account", []))
        if not page:
            break
        # Accounts that are added meanwhile shift the pages, so some may be listed again. A server that ignores the
        # offset returns the same page forever.
        if not page.keys() - accounts.keys():
            raise BadResponseError(
                f"getAccounts: the page from account {len(accounts)} on contains only accounts of earlier pages.",
                hint="Set page_size to a value above the number of your accounts.",
            )
        for account_id, account in page.items():
            if account_id not in accounts:
                accounts[account_id] = account
                listed.append(_account(account_id, account))
            elif accounts[account_id] != account:
                raise _two_things("account", account_id)
    for site_id, times in collections.Counter(site.site_id for each in listed for site in each.sites).items():
        if times > 1:
            raise _two_things("site", site_id)
    return listed


def _by_id(elements: t.Sequence[t.Any]) -> dict[int, t.Any]:
    accounts: dict[int, t.Any] = {}
    for element in elements:
        account_id = _id(element, "account")
        if account_id in accounts:
            raise _two_things("account", account_id)
        accounts[account_id] = element
    return accounts


def _two_things(what: str, number: int) -> BadResponseError:
    return BadResponseError(
        f"getAccounts: the SiteLock API lists the {what} {number} twice with different data.",
        hint="Accounts may have changed meanwhile: run again. If the error persists, ask the vendor.",
    )


def _account(account_id: int, account: t.Mapping[str, t.Any]) -> ListedAccount:
    return ListedAccount(account_id, str(account.get("@status", "")), tuple(_sites(account_id, account)))


def _sites(account_id: int, account: t.Mapping[str, t.Any]) -> t.Iterator[AccountSite]:
    for site in account.get("site", []):
        yield AccountSite(
            site_id=_id(site, "site"),
            domain=str(site.get("@name", "")).strip(),
            site_status=str(site.get("@status", "")),
            account_id=account_id,
            account_status=str(account.get("@status", "")),
        )


def _id(element: t.Any, name: str) -> int:
    found = whole_number(element.get("@id")) if isinstance(element, dict) else None
    if found is None:
        raise BadResponseError(f"getAccounts: the response of the SiteLock API has an element {name} without a number.")
    return found
