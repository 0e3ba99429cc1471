# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sends one write for an account, and reads from the answer what it did.

The answers to provisionAccount and modifyAccount, and to orders of add-ons other than Firewall & CDN, are not public.
Any answer that is no error counts as accepted; what it did is read back afterwards, and says so.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.accounts import (
    DELETE_ACCOUNT,
    DELETE_BUNDLE,
    DELETE_PLAN,
    MODIFY_ACCOUNT,
    MODIFY_ACCOUNT_EMAIL,
    PROVISION_ACCOUNT,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.addons import (
    DELETE_ADDON,
    PROVISION_ADDON,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import flag, refusal, text
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.subjects import statements
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.desired import (
    PRESERVE,
    PROPERTIES,
    DesiredAccount,
    DesiredProduct,
    DesiredSite,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.plan import (
    CHANGE_EMAIL,
    CHANGE_PLAN,
    END_ADDON,
    END_BUNDLE,
    END_PLAN,
    END_SITE,
    NEW_ACCOUNT,
    NEW_ADDON,
    NEW_SITE,
    Write,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.reading import AccountReader

if t.TYPE_CHECKING:
    from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient

Parameters = dict[str, t.Any]


def account_element(desired: DesiredAccount) -> Parameters:
    """C(accountInformation) of a new account. Where C(reseller_account_id) stands is not documented; it is given here,
    because getStatus finds it here."""
    given = dict(desired.properties)
    return {
        **{element: given.get(option) for option, element in PROPERTIES.items()},
        "email": desired.email,
        "login": desired.login if desired.login != desired.email else None,
        "password": desired.password,
        "reseller_account_id": desired.reseller_account_id,
    }


def site_element(site: DesiredSite) -> Parameters:
    """C(siteInformation) of a new site."""
    return {
        "subscription": site.subscription,
        "bundle": site.bundle,
        "domain": site.domain,
        "domainEmail": site.domain_email,
        "trustedDomain": None if site.trusted_domain is None else ("yes" if site.trusted_domain else "no"),
        "amount": site.amount,
        "renewal_date": None if site.renewal_date == PRESERVE else site.renewal_date,
    }


class AccountWriter:
    """:param accounts: the desired accounts by name."""

    def __init__(self, client: SiteLockClient, reader: AccountReader, accounts: t.Mapping[str, DesiredAccount]) -> None:
        self._client = client
        self._reader = reader
        self._accounts = accounts

    def send(self, write: Write) -> WebsecError | None:
        """:returns: the refusal of the one thing that the call was for. :raises WebsecError: the call failed."""
        method, parameters = self.request(write)
        data = self._client.call(method, parameters)
        self._note(write, data)
        answered = _STATUSES.get(method.name)
        return _verdict(method, write, _elements(data, answered)) if answered else None

    def request(self, write: Write) -> tuple[Method, Parameters]:
        """The call for a write.

        :raises BadResponseError: it needs a number that no answer has said.
        """
        desired = self._accounts[write.account]
        if write.kind == NEW_ACCOUNT:
            return PROVISION_ACCOUNT, {
                "accountInformation": account_element(desired),
                "siteInformation": site_element(site_of(desired, write)),
            }
        if write.kind == NEW_SITE:
            account = {"account_id": self._account_id(write)}
            site = site_element(site_of(desired, write))
            return PROVISION_ACCOUNT, {"accountInformation": account, "siteInformation": site}
        if write.kind == CHANGE_PLAN:
            wanted = site_of(desired, write)
            return MODIFY_ACCOUNT, {
                "siteInformation": {
                    "id": self._site_id(write),
                    "subscription": wanted.subscription,
                    "bundle": wanted.bundle,
                    "amount": wanted.amount,
                    "renewal_date": wanted.renewal_date or PRESERVE,
                }
            }
        if write.kind == CHANGE_EMAIL:
            changed: Parameters = {"id": self._account_id(write), "email": desired.email}
            return MODIFY_ACCOUNT_EMAIL, {"accountInformation": changed}
        if write.kind == NEW_ADDON:
            return PROVISION_ADDON, {"addonInfo": [self._addon_info(write, desired)]}
        if write.kind == END_ADDON:
            return DELETE_ADDON, {"addonInfo": [{"subscription_id": write.subscription_id}]}
        if write.kind == END_PLAN:
            return DELETE_PLAN, {"planInfo": {"site_id": self._site_id(write)}}
        if write.kind == END_BUNDLE:
            return DELETE_BUNDLE, {"bundleInfo": {"site_id": self._site_id(write)}}
        if write.kind == END_SITE:
            return DELETE_ACCOUNT, {"siteInformation": {"id": self._site_id(write)}}
        return DELETE_ACCOUNT, {"accountInformation": {"id": self._account_id(write)}}

    def _addon_info(self, write: Write, desired: DesiredAccount) -> Parameters:
        product = product_of(desired, write)
        whose = {"site_id": self._site_id(write)} if write.domain else {"account_id": self._account_id(write)}
        return {
            **whose,
            "subscription": product.subscription,
            "amount": product.amount,
            "renewal_date": product.renewal_date,
        }

    def _account_id(self, write: Write) -> int:
        return _known(self._reader.account_id(write.account), f"Account {write.account}", write)

    def _site_id(self, write: Write) -> int:
        return _known(self._reader.site_id(write.account, write.domain), f"Site {write.domain}", write)

    def _note(self, write: Write, data: t.Mapping[str, t.Any]) -> None:
        """Take the ids that the answer says, wherever they stand."""
        if write.kind in (NEW_ACCOUNT, NEW_SITE):
            self._reader.note(
                write.account,
                write.domain,
                account_id=_one_number(data, {"account_id", "account/id", "accountInformation/id"}),
                site_id=_one_number(data, {"site_id", "site/id", "siteInformation/id"}),
            )
        elif write.kind == NEW_ADDON and write.domain:
            said = statements(data, {"subscription_id"})
            if len(said) == 1:
                self._reader.note_addon(write.account, said[0], self._reader.site_id(write.account, write.domain))


def site_of(desired: DesiredAccount, write: Write) -> DesiredSite:
    """The site that a write is about."""
    return next(each for each in desired.sites if each.domain == write.domain)


def product_of(desired: DesiredAccount, write: Write) -> DesiredProduct:
    """The add-on that a write is about."""
    owner: DesiredAccount | DesiredSite = site_of(desired, write) if write.domain else desired
    return next(each for each in owner.addons if each.subscription == write.subscription)


def _known(number: int | None, what: str, write: Write) -> int:
    if number is None:
        raise BadResponseError(
            f"{what}: its number at SiteLock is not known, so the {write.kind} was not sent.",
            hint="Run again in a few minutes: the API may not show yet what was just ordered.",
        )
    return number


def _one_number(data: t.Mapping[str, t.Any], names: t.Collection[str]) -> int | None:
    numbers = {whole_number(each) for each in statements(data, names)}
    return numbers.pop() if len(numbers) == 1 else None


_STATUSES = {
    PROVISION_ADDON.name: "addonStatus",
    DELETE_ADDON.name: "addonStatus",
    DELETE_PLAN.name: "planStatus",
    DELETE_BUNDLE.name: "bundleStatus",
}
"""The element that answers the one item of a call."""


def _elements(data: t.Any, name: str) -> list[dict[str, t.Any]]:
    """All elements of this name, wherever they stand."""
    if isinstance(data, list):
        return [found for each in data for found in _elements(each, name)]
    if not isinstance(data, dict):
        return []
    here = data.get(name, [])
    found = [each for each in (here if isinstance(here, list) else [here]) if isinstance(each, dict)]
    return found + [each for key, value in data.items() if key != name for each in _elements(value, name)]


def _verdict(method: Method, write: Write, statuses: t.Sequence[dict[str, t.Any]]) -> WebsecError | None:
    if len(statuses) == 1:
        (status,) = statuses
        said = text(status, "status")
        if said == "ok" or flag(status, "will_retry"):
            return None
        if said in ("error", "failed"):
            message = text(status, "error_message") or text(status, "message") or text(status, "error")
            code = text(status, "error_code") or text(status, "code")
            start = f"Account {write.account}: {method.name} was refused ({write}): "
            return refusal(start, message, code, text(status, "extended_error_code"))
    return BadResponseError(
        f"Account {write.account}: the response to {method.name} does not say whether it was accepted ({write}).",
        may_have_happened=True,
    )
