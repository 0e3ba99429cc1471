# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a customer should have: an account, its sites, and the add-ons of both."""

from __future__ import annotations

import dataclasses
import typing as t

PRESERVE = "preserve"
"""A C(renewal_date) that keeps the present one, at a change of plan."""

PROPERTIES = {
    "name": "name",
    "address1": "address1",
    "address2": "address2",
    "city": "city",
    "province": "state",
    "zip": "zip",
    "country": "country",
    "phone": "phone",
}
"""Options that are given when an account is made, and cannot be changed by the API later, with their elements of
C(accountInformation). An option O(state) says whether the account should be there, as in all modules.

Source: C(provisionaccount-provisioning-new-accounts), C(modifyaccount-modifying-existing-accounts).
"""


REQUIRED = ("name", "email")
"""Options that a new account must have. Which of the others the API needs is not documented; it says so itself.

Source: C(provisionaccount-provisioning-new-accounts).
"""


@dataclasses.dataclass(frozen=True)
class DesiredProduct:
    """An add-on of a site or of an account.

    :param subscription: the id of the product.
    :param state: C(present) or C(absent).
    :param count: how many subscriptions of it there should be.
    :param amount: price for the customer, a decimal number.
    """

    subscription: str
    state: str = "present"
    count: int = 1
    amount: str | None = None
    renewal_date: str | None = None


@dataclasses.dataclass(frozen=True)
class DesiredSite:
    """A site of an account. ``None`` leaves a property as it is.

    :param domain: as ``normalise_domain`` spells it.
    :param subscription: the id of its plan. :param bundle: the id of a bundle in its place.
    :param force: end it although traffic goes through its Firewall & CDN, or other add-ons are active.
    """

    domain: str
    state: str = "present"
    site_id: int | None = None
    subscription: str | None = None
    bundle: str | None = None
    amount: str | None = None
    renewal_date: str | None = None
    domain_email: str | None = None
    trusted_domain: bool | None = None
    force: bool = False
    addons: tuple[DesiredProduct, ...] = ()

    @property
    def plan(self) -> str | None:
        """The id of its plan or bundle."""
        return self.subscription or self.bundle


@dataclasses.dataclass(frozen=True)
class DesiredAccount:
    """An account. It is found by its number, its login, or the number that the partner gave it, in this order.

    :param login: where it is not given, the e-mail address becomes the login.
    :param properties: of ``PROPERTIES``, those that are given.
    :param password: used when the account is made, never read nor shown.
    :param prune_addons: end add-ons that are not named here.
    """

    login: str | None = None
    reseller_account_id: str | None = None
    account_id: int | None = None
    state: str = "present"
    email: str | None = None
    properties: tuple[tuple[str, str], ...] = ()
    password: str | None = dataclasses.field(default=None, repr=False)
    prune_addons: bool = False
    force: bool = False
    sites: tuple[DesiredSite, ...] = ()
    addons: tuple[DesiredProduct, ...] = ()

    @property
    def name(self) -> str:
        """What people call it in messages."""
        return self.login or self.reseller_account_id or str(self.account_id)

    @property
    def key(self) -> dict[str, t.Any]:
        """The one element of C(getStatus/accountInformation) that finds it."""
        if self.account_id is not None:
            return {"id": self.account_id}
        if self.login:
            return {"login": self.login}
        return {"reseller_account_id": self.reseller_account_id}


def site_key(domain: str) -> str:
    """The name under which SiteLock keeps a site: a domain with and without C(www.) is one site.

    Source: C(checkdomain-checking-if-a-domain-already-exists).
    """
    return domain.removeprefix("www.") if domain.count(".") > 1 else domain
