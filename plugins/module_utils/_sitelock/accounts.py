# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""getAccounts: all accounts and sites of the partner, page by page.

Source: C(getaccounts-retrieving-a-list-of-accounts). The page does not say how large C(limit) may be, nor how the end
is told: so the pages end with one that holds no account.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.answers import number
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


def read_sites(client: SiteLockClient, page_size: int) -> list[AccountSite]:
    """All sites of all accounts, in the order of the API.

    :param page_size: accounts to ask for in one call. The API may give fewer.
    :raises BadResponseError: the pages do not come to an end, or hold something else than accounts with numbers.
    """
    if page_size < 1:
        raise BadInputError(f"page_size is {page_size}; it must be 1 or greater.")
    sites: list[AccountSite] = []
    seen: set[int] = set()
    while True:
        answer = client.call(GET_ACCOUNTS, {"limit": page_size, "offset": len(seen)})
        accounts = {_id(account, "account"): account for account in answer.get("account", [])}
        if not accounts:
            return sites
        # Accounts that were added meanwhile move the pages, so some may come again. A server that ignores the offset
        # gives the same ones for ever.
        if not accounts.keys() - seen:
            raise BadResponseError(
                f"getAccounts: the page from account {len(seen)} on holds only accounts of the pages before.",
                hint="Set page_size to more than the number of your accounts.",
            )
        for account_id, account in accounts.items():
            if account_id not in seen:
                sites += _sites(account_id, account)
        seen |= accounts.keys()


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
    found = number(element.get("@id")) if isinstance(element, dict) else None
    if found is None:
        raise BadResponseError(f"getAccounts: the answer of the SiteLock API has an element {name} without a number.")
    return found
