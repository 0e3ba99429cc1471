# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that the sandbox knows, in memory, with one lock; changes are written through to the store."""

from __future__ import annotations

import contextlib
import threading
import typing

from .clock import Clock, iso
from .model import (
    WAF,
    Account,
    Domain,
    Email,
    Kind,
    Plan,
    Site,
    Stranger,
    Subscription,
    User,
    Website,
    bare,
    site_from_stored,
)
from .settings import Settings
from .store import Changes, Record, Store

Stored = typing.Union[Account, Domain, Email, Plan, Site, Stranger, Subscription, User, Website]

# Numbers as they look in the documentation; each new thing gets the next one.
_FIRST_NUMBERS = {
    "account": 600_000,
    "site": 800_000,
    "subscription": 500_000,
    "website": 700,
    "user": 4700,
    "exception": 900_000,
    "smart": 300_000,
    "backup": 400_000,
    "ssl_host": 200_000,
    "scan": 1_000_000,
    "email": 700_000,
}


class World:
    """
    The state. Read and change it below C(with world.change():), which holds the lock and writes at its end.

    Every change of a record is made known with C(save).
    """

    def __init__(self, store: Store) -> None:
        """Continue from what is in C(store)."""
        self._store = store
        self._lock = threading.RLock()
        self._depth = 0
        self._read()

    def _read(self) -> None:
        records = self._store.records
        self._changes: Changes = {}
        self._new_ledger: list[Record] = []
        self._index_of_plans: dict[str, Plan] = {key: Plan(**value) for key, value in records("plan").items()}
        self.accounts: dict[str, Account] = {}
        self.all_accounts: dict[str, Account] = {}
        self.sites: dict[str, Site] = {}
        self.all_sites: dict[str, Site] = {}
        self.strangers = {key: Stranger(**value) for key, value in records("stranger").items()}
        self.domains = {key: Domain(**value) for key, value in records("domain").items()}
        self.emails = {key: Email(**value) for key, value in records("email").items()}
        self.subscriptions: dict[str, Subscription] = {}
        self.websites = {key: Website(**value) for key, value in records("website").items()}
        self.users = {key: User(**value) for key, value in records("user").items()}
        self.ledger: list[Record] = self._store.ledger()
        self.settings = Settings()
        various = records("various")
        self.settings.change(various.get("settings", {}))
        self.clock = Clock(various.get("clock", {}).get("offset", 0.0))
        self._numbers: dict[str, int] = {**_FIRST_NUMBERS, **various.get("numbers", {})}
        self._sites_of_account: dict[str, list[Site]] = {}
        self._sites_of_name: dict[str, dict[str, Site]] = {}
        self._accounts_of_key: dict[tuple[str, str], dict[str, Account]] = {}
        self._active_of_account: dict[str, dict[str, Subscription]] = {}
        self._active_of_site: dict[str, dict[str, Subscription]] = {}
        for value in records("account").values():
            self.add_account(Account(**value))
        for value in records("site").values():
            self.add_site(site_from_stored(value))
        for value in records("subscription").values():
            self._index_subscription(Subscription(**value))
        self._changes.clear()

    @contextlib.contextmanager
    def change(self) -> typing.Iterator[None]:
        """Hold the lock; at the end of the outermost block write what was saved."""
        with self._lock:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if not self._depth and (self._changes or self._new_ledger):
                    self._store.write(self._changes, self._new_ledger)
                    self._changes, self._new_ledger = {}, []

    @property
    def plans(self) -> dict[str, Plan]:
        """Plans by id."""
        return self._index_of_plans

    def save(self, thing: Stored) -> None:
        """Write C(thing) at the end of the change, as it is then."""
        self._changes[_address(thing)] = vars(thing)
        if isinstance(thing, Site):
            self._sites_of_name.setdefault(bare(thing.domain), {})[thing.site_id] = thing
        if isinstance(thing, Account):
            for key in ("login", "reseller_account_id"):
                self._accounts_of_key.setdefault((key, getattr(thing, key)), {})[thing.id] = thing

    def number(self, kind: str) -> str:
        """A new number for a thing of this kind, one of those with a first number."""
        # A fleet numbers its accounts, sites and e-mails itself.
        numbered: dict[str, typing.Mapping[str, object]] = {
            "account": self.all_accounts,
            "site": self.all_sites,
            "email": self.emails,
        }
        known = numbered.get(kind, {})
        self._numbers[kind] += 1
        while str(self._numbers[kind]) in known:
            self._numbers[kind] += 1
        self._changes["various", "numbers"] = dict(self._numbers)
        return str(self._numbers[kind])

    def save_settings(self) -> None:
        """Write settings and clock at the end of the change."""
        self._changes["various", "settings"] = self.settings.as_dict()
        self._changes["various", "clock"] = {"offset": self.clock.offset}

    def faults_stored(self) -> list[Record]:
        """The faults as they were last written with C(store_faults)."""
        stored: list[Record] = self._store.records("various").get("faults", {}).get("faults", [])
        return stored

    def store_faults(self, faults: list[Record]) -> None:
        """Write the list of faults."""
        with self.change():
            self._changes["various", "faults"] = {"faults": faults}

    def forget(self) -> None:
        """Remove everything, on disk too."""
        with self.change():
            self._store.clear()
            self._read()

    # Plans, accounts, sites

    def add_plan(self, plan: Plan) -> None:
        """Add or replace a plan."""
        self.plans[plan.id] = plan
        self.save(plan)

    def add_account(self, account: Account) -> None:
        """Add or replace an account. A deleted one is in C(all_accounts) only."""
        self.all_accounts[account.id] = account
        if account.deleted_at is None:
            self.accounts[account.id] = account
        self.save(account)

    def remove_account(self, account: Account) -> None:
        """Delete an account that has no sites and no subscriptions any more."""
        account.deleted_at, account.status = self.clock.now(), "inactive"
        del self.accounts[account.id]
        self.save(account)

    def accounts_by(self, key: typing.Literal["login", "reseller_account_id"], value: str) -> list[Account]:
        """The accounts with this login, or this id of the partner; those that live first, then by age."""
        found = [one for one in self._accounts_of_key.get((key, value), {}).values() if getattr(one, key) == value]
        return sorted(found, key=lambda account: account.deleted_at is not None)

    def add_site(self, site: Site) -> None:
        """Add a site. A deleted one is in C(all_sites) only."""
        self.all_sites[site.site_id] = site
        if site.deleted_at is None:
            self.sites[site.site_id] = site
        self._sites_of_account.setdefault(site.account_id, []).append(site)
        self.save(site)

    def remove_site(self, site: Site) -> None:
        """Delete a site that has no subscriptions any more; its domain is free again."""
        site.deleted_at, site.status = self.clock.now(), "inactive"
        del self.sites[site.site_id]
        self.save(site)

    def sites_of(self, account_id: str) -> list[Site]:
        """The sites of an account, deleted ones too."""
        return self._sites_of_account.get(account_id, [])

    def site_named(self, domain: str) -> Site | None:
        """The site of a domain; C(www.) and the bare domain are the same."""
        name = bare(domain)
        found = self._sites_of_name.get(name, {}).values()
        return next((one for one in found if bare(one.domain) == name and one.deleted_at is None), None)

    def stranger_with(self, domain: str) -> Stranger | None:
        """The account of another partner that has this domain."""
        return next((one for one in self.strangers.values() if one.domain and bare(one.domain) == bare(domain)), None)

    # Subscriptions and the ledger

    def start_subscription(
        self,
        plan: Plan,
        account_id: str,
        site_id: str,
        renewal: str,
        ledger: bool = True,
        amount: str | None = None,
        kind: Kind = "addon",
        bundle_id: str = "",
    ) -> Subscription:
        """A new active subscription of C(plan), written to the ledger as C(added)."""
        subscription = Subscription(
            subscription_id=self.number("subscription"),
            plan_id=plan.id,
            account_id=account_id,
            site_id=site_id,
            category=plan.product_category,
            amount=plan.price if amount is None else amount,
            frequency=plan.frequency,
            next_renewal_at=renewal,
            started_at=self.clock.now(),
            kind=kind,
            bundle_id=bundle_id,
        )
        self._index_subscription(subscription)
        self.save(subscription)
        if ledger:
            self.note("added", subscription)
        return subscription

    def change_subscription(self, subscription: Subscription, plan: Plan, amount: str, renewal: str) -> None:
        """Another plan for a subscription, written to the ledger as C(modified)."""
        subscription.plan_id, subscription.category = plan.id, plan.product_category
        subscription.amount, subscription.frequency = amount, plan.frequency
        subscription.next_renewal_at = renewal
        self.save(subscription)
        self.note("modified", subscription)

    def end_subscription(self, subscription: Subscription, event: typing.Literal["deleted", "cancelled"]) -> None:
        """
        End a subscription and what is part of it, and with the last one of a site its firewall.

        The ledger gets C(event), but not for a part of a bundle, which was never bought for itself.
        """
        self._close(subscription)
        self.end_parts(subscription)
        if not subscription.bundle_id:
            self.note(event, subscription)

    def end_parts(self, bundle: Subscription) -> None:
        """End what is part of a bundle."""
        for part in self.active_of_site(bundle.site_id):
            if part.bundle_id == bundle.subscription_id:
                self._close(part)

    def _close(self, subscription: Subscription) -> None:
        subscription.ended_at = self.clock.now()
        self._active_of_account[subscription.account_id].pop(subscription.subscription_id, None)
        self._active_of_site.get(subscription.site_id, {}).pop(subscription.subscription_id, None)
        self.save(subscription)
        site = self.sites.get(subscription.site_id)
        if site and site.firewall and not self.active_firewalls(site.site_id):
            site.firewall = None
            self.save(site)

    def active_of_site(self, site_id: str) -> list[Subscription]:
        """All active subscriptions of a site."""
        return list(self._active_of_site.get(site_id, {}).values())

    def active_firewalls(self, site_id: str) -> list[Subscription]:
        """The active Firewall & CDN subscriptions of a site; more than one is a mistake of its buyer."""
        return [one for one in self.active_of_site(site_id) if one.kind == "addon" and one.category == WAF]

    def active_of_account(self, account_id: str) -> list[Subscription]:
        """All active subscriptions of an account and its sites."""
        return list(self._active_of_account.get(account_id, {}).values())

    def note(self, event: str, subscription: Subscription) -> None:
        """Write an event of a SiteLock subscription to the ledger."""
        self._to_ledger(
            {
                "event": event,
                "api": "sitelock",
                "site_id": subscription.site_id,
                "account_id": subscription.account_id,
                "subscription": subscription.plan_id,
                "subscription_id": subscription.subscription_id,
                "kind": subscription.kind,
                "product_category": subscription.category,
                "amount": subscription.amount,
                "next_renewal_at": subscription.next_renewal_at,
            }
        )

    def note_website(self, event: str, website: Website) -> None:
        """Write an event of a BotGuard website to the ledger."""
        self._to_ledger({"event": event, "api": "botguard", "domain": website.domain, "website_id": website.id})

    def _to_ledger(self, entry: Record) -> None:
        numbered = {"id": len(self.ledger) + 1, "time": iso(self.clock.now()), **entry}
        self.ledger.append(numbered)
        self._new_ledger.append(numbered)

    def _index_subscription(self, subscription: Subscription) -> None:
        self.subscriptions[subscription.subscription_id] = subscription
        active = self._active_of_account.setdefault(subscription.account_id, {})
        if subscription.ended_at is None:
            active[subscription.subscription_id] = subscription
            if subscription.site_id:
                self._active_of_site.setdefault(subscription.site_id, {})[subscription.subscription_id] = subscription

    # BotGuard

    def websites_named(self, domain: str) -> list[Website]:
        """The websites of a domain: at most one, unless the setting C(existing_website) is C(duplicate)."""
        return [website for website in self.websites.values() if website.domain == domain]

    def add_website(self, domain: str, user: str, status: str = "online") -> Website:
        """Register a website."""
        website = Website(self.number("website"), domain, status, user)
        self.websites[website.id] = website
        self.save(website)
        return website

    def remove_website(self, website: Website) -> None:
        """Forget a website."""
        del self.websites[website.id]
        self._changes["website", website.id] = None

    def add_user(self, api_key: str, fields: typing.Mapping[str, str]) -> User:
        """Add a sub-account; C(fields) are the fields of the API."""
        user = User(id=self.number("user"), api_key=api_key, **fields)
        self.users[user.id] = user
        self.save(user)
        return user

    def remove_user(self, user: User) -> None:
        """Forget a sub-account."""
        del self.users[user.id]
        self._changes["user", user.id] = None


def _address(thing: Stored) -> tuple[str, str]:
    if isinstance(thing, Site):
        return "site", thing.site_id
    if isinstance(thing, Subscription):
        return "subscription", thing.subscription_id
    if isinstance(thing, Domain):
        return "domain", thing.domain
    return type(thing).__name__.lower(), thing.id
