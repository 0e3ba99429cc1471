# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""getStatus: which plan a site has.

Source: C(getstatus-retrieving-sitelock-subscriptions-statuses). The public copy of that page ends in the middle of the
fields of an add-on, so it is unknown whether an add-on names its site. Both forms are read. If the response does not
determine the plan, it is reported as unknown, and nothing is bought.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import functools
import threading
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import GET_STATUS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child, text
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.subjects import only_number

if t.TYPE_CHECKING:
    from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient


@dataclasses.dataclass(frozen=True)
class Subscription:
    """One add-on of an account. C(site_id) is C(None) if the response does not name its site."""

    subscription: str
    subscription_id: str | None
    site_id: int | None


@dataclasses.dataclass(frozen=True)
class Subscriptions:
    """The add-ons that getStatus lists for one account."""

    account_id: int | None
    addons: tuple[Subscription, ...]

    @functools.cached_property
    def _by_site(self) -> dict[int | None, list[Subscription]]:
        # All sites of an account use the same response.
        found: dict[int | None, list[Subscription]] = {}
        for addon in self.addons:
            found.setdefault(addon.site_id, []).append(addon)
        return found

    def of_site(self, site_id: int, wanted: str | None) -> Subscription | None:
        """The Firewall & CDN of a provisioned site, or C(None) if the response does not determine it.

        Other products (backup, PCI) are in the same list and look alike: a plan counts as the one of the site only if
        it is the desired one, or the only candidate.
        """
        named, unnamed = self._by_site.get(site_id, []), self._by_site.get(None, [])
        for addons in (named, unnamed):
            fitting = [addon for addon in addons if addon.subscription == wanted]
            # A plan without a site id may belong to another site of the account, unless all plans are equal.
            if fitting:
                return fitting[0] if addons is named or len(fitting) == len(self.addons) else None
        candidates = unnamed if len(unnamed) == len(self.addons) else named
        return candidates[0] if len(candidates) == 1 and candidates[0].subscription else None


def parse_subscriptions(data: t.Mapping[str, t.Any]) -> Subscriptions:
    """The account in the plain data of a getStatus answer.

    :raises BadResponseError: an add-on cannot be read, so its site is unknown.
    """
    account = child(data, "accountInformation")
    addons = child(account, "addons").get("addon", [])
    return Subscriptions(
        account_id=whole_number(text(account, "id")),
        addons=tuple(_subscription(addon) for addon in addons if addon),
    )


def _subscription(addon: t.Any) -> Subscription:
    where = f"{GET_STATUS.name}: an add-on"
    if not isinstance(addon, dict):
        raise BadResponseError(
            f"{where} in the response of the SiteLock API is text, not an element with child elements."
        )
    return Subscription(
        subscription=text(addon, "subscription") or "",
        subscription_id=text(addon, "subscription_id"),
        # An unreadable id still belongs to some site, so it must not count as missing.
        site_id=only_number(addon, "site_id", where),
    )


class SubscriptionReader:
    """Reads accounts; safe to use from many threads.

    All sites of an account share one response, until one of them is read a second time: it needs the current state. A
    response from before a write is not used for the written site.
    """

    def __init__(self, client: SiteLockClient) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._accounts: dict[tuple[str, int], concurrent.futures.Future[Subscriptions]] = {}
        self._told: dict[tuple[str, int], set[int]] = {}
        self._writes = 0
        self._written: dict[int, int] = {}
        self._asked_after: dict[tuple[str, int], int] = {}

    def read(self, site_id: int, account_id: int | None) -> Subscriptions:
        """The add-ons of the account of a site: one API call per account if its id is given, otherwise one per site."""
        key = ("id", account_id) if account_id is not None else ("site_id", site_id)
        with self._lock:
            known = self._accounts.get(key)
            told = self._told.setdefault(key, set())
            if site_id in told or self._asked_after.get(key, 0) < self._written.get(site_id, 0):
                known = None
                told.clear()
            told.add(site_id)
            answer = known or concurrent.futures.Future()
            if known is None:
                self._accounts[key] = answer
                self._asked_after[key] = self._writes
        if known is None:
            try:
                answer.set_result(
                    parse_subscriptions(self._client.call(GET_STATUS, {"accountInformation": {key[0]: key[1]}}))
                )
            except BaseException as error:
                answer.set_exception(error)
        return answer.result()

    def wrote(self, site_ids: t.Iterable[int]) -> None:
        """Call this after each order, change or deletion, whatever its response."""
        with self._lock:
            self._writes += 1
            self._written.update(dict.fromkeys(site_ids, self._writes))
