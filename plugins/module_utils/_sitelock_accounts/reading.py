# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads what customers have, with as few calls as what was read before allows. Reads only.

For each account one getStatus; for each of its sites that getStatus does not list one checkDomain; one checkLogin for
an account that is not there; one getAnpProvisioningStatus for each site of which something is to be ended.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import threading
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadResponseError,
    NotFoundError,
    RejectedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.accounts import AccountSite, read_sites
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.lookups import (
    DomainOwner,
    login_is_free,
    look_up_domain,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import GET_STATUS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import read_status
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.current import (
    INACTIVE,
    CurrentAccount,
    CurrentSite,
    parse_account,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.desired import (
    DesiredAccount,
    DesiredSite,
    site_key,
)

if t.TYPE_CHECKING:
    from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient

_PAGE_SIZE = 500
"""Accounts in one answer of getAccounts."""


@dataclasses.dataclass
class _Known:
    """What is known of one account in this run. One thread at a time looks at an account.

    :param account_id: its number, from getStatus.
    :param sites: numbers of its sites by ``site_key``, from getStatus or checkDomain.
    :param said_account_id: what the answer to its order said. :param said_sites: the same for its sites. Used only
        where the reads do not say it.
    :param free: domains that nobody had when they were looked up.
    :param foreign: who has a domain that is not of this account.
    :param addons: numbers of sites by C(subscription_id), from the answers to orders.
    :param later: the reads that followed getStatus in the last observation, by what they are about. :param early: what
        they say in this one.
    """

    account_id: int | None = None
    sites: dict[str, int] = dataclasses.field(default_factory=dict)
    said_account_id: int | None = None
    said_sites: dict[str, int] = dataclasses.field(default_factory=dict)
    free: set[str] = dataclasses.field(default_factory=set)
    foreign: dict[str, str] = dataclasses.field(default_factory=dict)
    addons: dict[str, int] = dataclasses.field(default_factory=dict)
    later: dict[t.Hashable, t.Callable[[], t.Any]] = dataclasses.field(default_factory=dict)
    early: dict[t.Hashable, t.Any] = dataclasses.field(default_factory=dict)

    def read(self, about: t.Hashable, read: t.Callable[[], t.Any]) -> t.Any:
        """What ``read`` says, which the next observation reads before getStatus."""
        self.later[about] = read
        return self.early[about] if about in self.early else read()

    def read_early(self) -> None:
        """Repeat the reads of the last observation. So getStatus is the last read before an order of an add-on, and a
        run that orders it in the meantime is noticed."""
        again, self.later, self.early = self.later, {}, {}
        for about, read in again.items():
            # It may be about a site that has ended. What is needed is read again, and raises its error then.
            with contextlib.suppress(WebsecError):
                self.early[about] = read()


class AccountReader:
    """Safe to use from many threads, one for an account."""

    def __init__(self, client: SiteLockClient) -> None:
        self._client = client
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()
        self._all_sites: dict[int, list[AccountSite]] | None = None

    def account_id(self, account: str) -> int | None:
        return self._of(account).account_id

    def site_id(self, account: str, domain: str) -> int | None:
        return self._of(account).sites.get(site_key(domain))

    def note(self, account: str, domain: str, *, account_id: int | None, site_id: int | None) -> None:
        """To be told what the answer to the order of a site says."""
        known = self._of(account)
        known.said_account_id = account_id
        if site_id is not None:
            known.said_sites[site_key(domain)] = site_id

    def note_addon(self, account: str, subscription_id: str | None, site_id: int | None) -> None:
        """The same for an add-on: getStatus may not say of which site it is."""
        if subscription_id and site_id:
            self._of(account).addons[subscription_id] = site_id

    def _of(self, account: str) -> _Known:
        return self._known.setdefault(account, _Known())

    def observe(self, desired: DesiredAccount) -> CurrentAccount:
        """The account as it is now.

        :raises WebsecError: it cannot be read, or it is somebody else's.
        """
        known = self._of(desired.name)
        known.read_early()
        account = self._account(desired, known)
        if desired.state == "absent":
            account = self._with_all_sites(desired, account)
            sites = dict(account.sites)
            ending = dict(sites) if account.exists else {}
        else:
            sites = self._with_sites_of_file(desired, account, known)
            ending = {key: site for key, site in sites.items() if _may_end(site, desired)}
        known.sites.update({key: site.site_id for key, site in sites.items()})
        for key, site in ending.items():
            if not site.is_inactive:
                status = known.read(site.site_id, functools.partial(read_status, self._client, site.site_id))
                sites[key] = dataclasses.replace(site, routed=status.routed)
        addons = tuple(
            dataclasses.replace(addon, site_id=known.addons.get(addon.subscription_id or ""))
            if addon.site_id is None
            else addon
            for addon in account.addons
        )
        return dataclasses.replace(account, sites=sites, foreign=dict(known.foreign), addons=addons)

    # ---- the account

    def _account(self, desired: DesiredAccount, known: _Known) -> CurrentAccount:
        by_number = known.account_id or desired.account_id
        try:
            data = self._status({"id": by_number} if by_number else desired.key)
        except (NotFoundError, RejectedError) as refused:
            if known.said_account_id is not None and known.account_id is None:
                by_number = known.said_account_id
                data = self._status({"id": by_number})
            elif self._is_not_there(desired, known, refused):
                self._refuse_other_login(desired)
                return CurrentAccount()
            else:
                raise
        account = parse_account(data)
        told = account.told.get("login")
        if desired.login and told and told.lower() != desired.login.lower():
            if by_number:
                raise _other_login(desired, f"account {by_number}", told)
            raise BadResponseError(
                f"getStatus: the request was about the login {desired.login}, but the SiteLock API answered about "
                f"{told!r}.",
                hint="This response was discarded. Run again. If this stays, ask the vendor.",
            )
        if not account.exists and desired.state == "present":
            raise RejectedError(
                f"Account {desired.name} is not active at SiteLock.",
                hint="It has ended, and its login is not free. For a new account, set another login. To use this "
                "account again, ask the vendor to activate it.",
            )
        known.account_id = account.account_id or by_number or self._number(desired, data, known)
        return dataclasses.replace(account, account_id=known.account_id)

    def _status(self, key: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        return self._client.call(GET_STATUS, {"accountInformation": key})

    def _number(self, desired: DesiredAccount, data: t.Mapping[str, t.Any], known: _Known) -> int | None:
        """The number of an account whose answer does not say it. It is the owner of a domain of the file, or what the
        answer to its order said, if getStatus with that number says the very same.

        Two customers may have the same name and address. So the answer must hold something that only one account has,
        before the owner of a domain counts.
        """
        own = parse_account(data)
        unique = "login" in own.told or own.sites or any(addon.subscription_id for addon in own.addons)
        candidates = [known.said_account_id] if known.said_account_id else []
        for site in desired.sites:
            owner = None if candidates or not unique else look_up_domain(self._client, site_key(site.domain))
            if owner is not None and owner.account_id is not None:
                candidates.append(owner.account_id)
        for number in candidates:
            if own.told.get("name") and self._status({"id": number}) == data:
                return number
        return None

    def _is_not_there(self, desired: DesiredAccount, known: _Known, refused: WebsecError) -> bool:
        """Whether getStatus refuses because there is no such account. Its words for that are not documented."""
        if desired.state == "absent" and isinstance(refused, NotFoundError):
            return True
        if known.account_id is not None or desired.account_id is not None:
            return False
        login = desired.login or desired.email
        if login is None:
            return isinstance(refused, NotFoundError)
        if login_is_free(self._client, login):
            return True
        if desired.state == "absent":
            return False
        raise RejectedError(
            f"Account {desired.name}: getStatus does not know it ({refused.message}), and yet the login {login} is in "
            "use. Nothing was sent for this account.",
            hint="It belongs to somebody else, or to an account that has ended. Set another login for a new account, "
            "or account_id if it is yours.",
        )

    def _refuse_other_login(self, desired: DesiredAccount) -> None:
        """:raises RejectedError: nobody has the login, but the partner's number is in use: the login has changed."""
        if not desired.login or desired.reseller_account_id is None:
            return
        try:
            found = parse_account(self._status({"reseller_account_id": desired.reseller_account_id}))
        except (NotFoundError, RejectedError):
            return
        # An answer that says nothing is no account.
        if found.exists and found.told:
            which = f"the account with reseller_account_id {desired.reseller_account_id}"
            raise _other_login(desired, which, found.told.get("login"))

    # ---- its sites

    def _with_all_sites(self, desired: DesiredAccount, account: CurrentAccount) -> CurrentAccount:
        """An account that is to be ended, with all its sites.

        :raises RejectedError: they cannot be known, because no answer says the number of the account.
        """
        if not account.exists or account.lists_sites:
            return account
        if account.account_id is None:
            raise RejectedError(
                f"Account {desired.name} was not ended: its number is not known, and so its sites are not either.",
                hint="Set account_id.",
            )
        listed = self._listed_sites(account.account_id)
        ended = bool(listed) and all(site.account_status.lower() in INACTIVE for site in listed)
        sites: dict[str, CurrentSite] = {}
        for site in listed:
            # The account is ended with all of them, also with those that have no domain, or the same one.
            key, number = site_key(site.domain.lower()), str(site.site_id)
            named = site.domain or f"site {number}"
            sites[number if not key or key in sites else key] = CurrentSite(named, site.site_id, site.site_status)
        return dataclasses.replace(account, exists=not ended, sites=sites)

    def _listed_sites(self, account_id: int) -> list[AccountSite]:
        """The sites of an account from getAccounts, which is read once for all."""
        with self._lock:
            if self._all_sites is None:
                found: dict[int, list[AccountSite]] = {}
                for site in read_sites(self._client, _PAGE_SIZE):
                    found.setdefault(site.account_id, []).append(site)
                self._all_sites = found
        return self._all_sites.get(account_id, [])

    def _with_sites_of_file(
        self, desired: DesiredAccount, account: CurrentAccount, known: _Known
    ) -> dict[str, CurrentSite]:
        sites = dict(account.sites)
        looked_again = False
        for site in desired.sites:
            key = site_key(site.domain)
            if key in sites or key in known.foreign:
                continue
            if site.state == "absent" and (account.lists_sites or not account.exists):
                continue
            if key in known.free:
                # Each domain is looked up again right before its own purchase: the first one that nobody has is next.
                if looked_again or site.state == "absent":
                    continue
                looked_again = True
            elif key in known.sites and site.state == "present":
                sites[key] = CurrentSite(site.domain, known.sites[key])
                continue
            look_up = functools.partial(look_up_domain, self._client, key)
            owner = known.read(key, look_up) if site.state == "absent" else look_up()
            self._take(site, owner, account.account_id, known, sites)
        for site in desired.sites:
            found = sites.get(site_key(site.domain))
            if found is not None and site.site_id not in (None, found.site_id):
                raise RejectedError(
                    f"Account {desired.name}: {site.domain} is site {found.site_id} at SiteLock, not site "
                    f"{site.site_id}. Nothing was sent for this account.",
                    hint="Correct site_id, or omit it: it is found by the domain.",
                )
        return sites

    @staticmethod
    def _take(
        site: DesiredSite,
        owner: DomainOwner | None,
        account_id: int | None,
        known: _Known,
        sites: dict[str, CurrentSite],
    ) -> None:
        key = site_key(site.domain)
        if owner == DomainOwner(None, None) and key in known.said_sites:
            owner = DomainOwner(account_id, known.said_sites[key])
        if owner is None:
            known.free.add(key)
        elif account_id is not None and owner.account_id == account_id and owner.site_id is not None:
            known.free.discard(key)
            sites[key] = CurrentSite(site.domain, owner.site_id)
        else:
            known.foreign[key] = _named(owner, account_id)


def _other_login(desired: DesiredAccount, which: str, login: str | None) -> RejectedError:
    return RejectedError(
        f"Account {desired.name}: {which} has {f'the login {login}' if login else 'another login'} at SiteLock, not "
        f"{desired.login}. Nothing more was sent for this account.",
        hint="Correct the login. It may have changed together with the e-mail address.",
    )


def _named(owner: DomainOwner, account_id: int | None) -> str:
    if owner.account_id is None:
        return "somebody else at SiteLock"
    unknown = "" if account_id else "; the number of this account is not known: set account_id if it is the same"
    return f"account {owner.account_id} at SiteLock{unknown}"


def _may_end(site: CurrentSite, desired: DesiredAccount) -> bool:
    """Whether this run may end the site or something of it."""
    wanted = next((each for each in desired.sites if site_key(each.domain) == site_key(site.domain)), None)
    if desired.prune_addons:
        return True
    return wanted is not None and (wanted.state == "absent" or any(addon.state == "absent" for addon in wanted.addons))
