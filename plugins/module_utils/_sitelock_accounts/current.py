# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a customer has: an account as getStatus, checkDomain and getAccounts show it.

Source: C(getstatus-retrieving-sitelock-subscriptions-statuses). The public copy of that page ends in the middle of the
fields of an add-on; that the answer lists sites is said elsewhere. So what it does not say is unknown, and never taken
as "not there".
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child, text
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.subscriptions import (
    Subscription,
    parse_subscriptions,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.desired import PROPERTIES, site_key

INACTIVE = frozenset({"inactive", "deleted", "cancelled", "canceled"})
"""States of accounts and sites that are there no more. Documented is C(inactive)."""


@dataclasses.dataclass(frozen=True)
class CurrentSite:
    """A site of the account.

    :param status: as the API says it; C(None) where it does not.
    :param subscription: its plan or bundle, where the API says it beside the site.
    :param routed: whether traffic goes through its Firewall & CDN; read only when something of it is to be ended.
    """

    domain: str
    site_id: int
    status: str | None = None
    subscription: str | None = None
    routed: bool | None = None

    @property
    def is_inactive(self) -> bool:
        return (self.status or "").lower() in INACTIVE


@dataclasses.dataclass(frozen=True)
class CurrentAccount:
    """:param exists: whether there is such an account, and it is active.
    :param account_id: its number; C(None) also where no answer says it.
    :param told: properties that the API says.
    :param sites: by ``site_key``: the sites of the account that are known.
    :param lists_sites: the API says all sites of the account: one that is not among them is none of it.
    :param foreign: by ``site_key``: who has a wanted domain that belongs to another account.
    :param addons: the active subscriptions of the account.
    """

    exists: bool = False
    account_id: int | None = None
    told: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    sites: t.Mapping[str, CurrentSite] = dataclasses.field(default_factory=dict)
    lists_sites: bool = False
    foreign: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    addons: tuple[Subscription, ...] = ()

    def site(self, domain: str) -> CurrentSite | None:
        return self.sites.get(site_key(domain))


def parse_account(data: t.Mapping[str, t.Any]) -> CurrentAccount:
    """The account in the plain data of a getStatus answer.

    :raises BadResponseError: a site or an add-on in it cannot be read.
    """
    account = child(data, "accountInformation")
    named = {**{element: option for option, element in PROPERTIES.items()}, "email": "email", "login": "login"}
    told = {option: said for element, option in named.items() if (said := _plain(account, element))}
    status = _plain(account, "status")
    sites: dict[str, CurrentSite] = {}
    elements = _site_elements(account)
    for key, site in _sites(elements):
        before = sites.get(key)
        if before is None or before.is_inactive:
            # A site that has ended may be listed beside the one that came after it.
            sites[key] = site
        elif not site.is_inactive:
            raise BadResponseError(f"getStatus: the response of the SiteLock API lists the site {site.domain} twice.")
    return CurrentAccount(
        exists=(status or "").lower() not in INACTIVE,
        account_id=whole_number(text(account, "id")),
        told=told,
        sites=sites,
        # Not if one of them has no number: it may have traffic.
        lists_sites=("sites" in account or "site" in account) and all(_site_id(each) is not None for each in elements),
        addons=parse_subscriptions(data).addons,
    )


def _site_elements(account: t.Mapping[str, t.Any]) -> list[t.Any]:
    listed = child(account, "sites").get("site", account.get("site", []))
    return [site for site in (listed if isinstance(listed, list) else [listed]) if site]


def _site_id(site: t.Any) -> int | None:
    return whole_number(text(site, "id") or text(site, "site_id")) if isinstance(site, dict) else None


def _sites(elements: t.Sequence[t.Any]) -> t.Iterator[tuple[str, CurrentSite]]:
    for site in elements:
        site_id = _site_id(site)
        if site_id is None:
            continue
        domain = text(site, "domain") or text(site, "name")
        try:
            name = normalise_domain(domain or "")
        except BadInputError:
            # No entry can want it, but it ends with its account.
            key, name = str(site_id), domain or f"site {site_id}"
        else:
            key = site_key(name)
        yield (
            key,
            CurrentSite(name, site_id, text(site, "status"), text(site, "subscription") or text(site, "bundle")),
        )


def _plain(data: t.Mapping[str, t.Any], name: str) -> str | None:
    value = data.get(name, data.get(f"@{name}"))
    return value if isinstance(value, str) and value else None
