# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Firewall & CDN add-on of a site: order it, change its plan, origin and DNS manager, end it.

Sources: the pages of provisionAddon, modifyAddon, deleteAddon (each "SiteLock Firewall & CDN"), setWafOrigin,
getWafOrigin and setWAFDNSManager.
"""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._converge import Action
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    BadResponseError,
    RejectedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import (
    DELETE_ADDON,
    GET_WAF_ORIGIN,
    MODIFY_ADDON,
    PROVISION_ADDON,
    SET_WAF_DNS_MANAGER,
    SET_WAF_ORIGIN,
    Method,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.origin import (
    is_address,
    resolve,
    same_origin,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import (
    child,
    flag,
    refusal,
    text,
    texts,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.site import CurrentAddon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import (
    ABSENT,
    ERROR,
    PENDING_RETRY,
    SiteStatus,
    parse_dns_ssl_verify,
    read_status,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.subscriptions import SubscriptionReader
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, shortened

if t.TYPE_CHECKING:
    from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient

_BATCHES = {method.name: method for method in (PROVISION_ADDON, MODIFY_ADDON, DELETE_ADDON)}


@dataclasses.dataclass(frozen=True)
class DesiredAddon:
    """The desired state of a site. ``None`` leaves a property unchanged.

    :param domain: for messages.
    :param end_begun: its end began in an earlier run, and counted towards the limits of that run.
    """

    site_id: int
    state: str = "present"
    subscription: str | None = None
    account_id: int | None = None
    renewal_date: str | None = None
    waf_origin: str | None = None
    waf_force_ssl: bool = False
    waf_dns_manager: str | None = None
    waf_skip_network_certificate: bool = False
    force: bool = False
    domain: str | None = None
    end_begun: bool = False


def plan_addon(current: CurrentAddon, desired: DesiredAddon) -> list[Action]:
    """The writes for one site.

    :raises RejectedError: the service has to be deleted, but traffic still goes through it.
    :raises BadInputError: it has to be ordered, but no plan is set.
    """
    if desired.state == "absent":
        return _plan_absent(current, desired)
    if current.status.state == ABSENT:
        if not desired.subscription:
            raise BadInputError(
                f"Site {desired.site_id} has no Firewall & CDN, and no subscription is set to order it with.",
                hint="Set subscription to the id of one of your plans, as listed in your partner contract.",
            )
        return [_action(PROVISION_ADDON, _order(desired))]
    actions = []
    if desired.subscription and current.subscription and desired.subscription != current.subscription:
        item = {"site_id": desired.site_id, "subscription": desired.subscription}
        actions.append(_action(MODIFY_ADDON, item, lambda seen: seen.subscription == desired.subscription))
    if desired.waf_origin and current.same_origin is False:
        item = {"site_id": desired.site_id, "waf_origin": desired.waf_origin}
        actions.append(_action(SET_WAF_ORIGIN, item, lambda seen: seen.same_origin is True))
    # The short responses of some states lack the DNS manager, so it cannot be compared.
    manager = current.status.waf_dns_manager
    if desired.waf_dns_manager and manager and desired.waf_dns_manager != manager:
        item = {"site_id": desired.site_id, "waf_dns_manager": desired.waf_dns_manager}
        wanted = desired.waf_dns_manager
        actions.append(_action(SET_WAF_DNS_MANAGER, item, lambda seen: seen.status.waf_dns_manager == wanted))
    return actions


def _action(method: Method, item: dict[str, t.Any], shown_by: t.Callable[[CurrentAddon], bool] | None = None) -> Action:
    return Action(method.name, method.effect, item, batchable=method.name in _BATCHES, shown_by=shown_by)


def _plan_absent(current: CurrentAddon, desired: DesiredAddon) -> list[Action]:
    if current.status.state == ABSENT:
        return []
    if current.status.routed and not desired.force:
        raise RejectedError(
            f"Site {desired.site_id}: Firewall & CDN was not deleted, because traffic still goes through it (state "
            f"{shortened(current.status.state)}). Deleting it now would take the site down.",
            hint="Restore the original A, AAAA and CNAME records, wait for their TTL to pass, then set force: true.",
        )
    end = _action(DELETE_ADDON, {"site_id": desired.site_id, "prod_type": "WAF"})
    return [dataclasses.replace(end, counts=not desired.end_begun)]


def _order(desired: DesiredAddon) -> dict[str, t.Any]:
    """One C(addonInfo) of provisionAddon."""
    return {
        "site_id": desired.site_id,
        "subscription": desired.subscription,
        "renewal_date": desired.renewal_date,
        "waf_origin": desired.waf_origin,
        # According to the documentation, it works only together with waf_origin.
        "waf_force_ssl": True if desired.waf_force_ssl and desired.waf_origin else None,
        "waf_dns_manager": desired.waf_dns_manager,
        "waf_skip_network_certificate": True if desired.waf_skip_network_certificate else None,
    }


def order_summary(actions: t.Iterable[Action]) -> str:
    """What is sent, in one line: orders by plan, changes of plan, deletions."""
    orders: collections.Counter[str] = collections.Counter()
    others: collections.Counter[str] = collections.Counter()
    for action in actions:
        if action.method == PROVISION_ADDON.name:
            orders[action.item["subscription"]] += 1
        else:
            others[action.method] += 1
    told = [f"{counted(count, 'order')} of plan {plan}" for plan, count in sorted(orders.items())] or ["0 orders"]
    told.append(counted(others[MODIFY_ADDON.name], "change of plan", "changes of plan"))
    told.append(counted(others[DELETE_ADDON.name], "end"))
    return ", ".join(told)


class AddonResource:
    """Firewall & CDN add-ons for ``_converge.run``."""

    def __init__(self, client: SiteLockClient) -> None:
        self._client = client
        self._subscriptions = SubscriptionReader(client)
        self._orders: dict[int, dict[str, t.Any]] = {}

    def observe(self, desired: DesiredAddon) -> CurrentAddon:
        """One getAnpProvisioningStatus. For a provisioned site also one getStatus if a plan is set (one per account if
        its id is set too), and one getWafOrigin if an origin is set."""
        status = read_status(self._client, desired.site_id)
        if status.state == ABSENT or desired.state == "absent":
            return CurrentAddon(status, account_id=desired.account_id)
        order = self._orders.get(desired.site_id)
        if order is not None:
            return _ordered(status, order)
        current = CurrentAddon(status, account_id=desired.account_id)
        if desired.subscription:
            current = self._with_subscription(current, desired)
        if desired.waf_origin and status.state not in (ERROR, PENDING_RETRY):
            current = self._with_origin(current, desired.waf_origin)
        return current

    def plan(self, current: CurrentAddon, desired: DesiredAddon) -> list[Action]:
        return plan_addon(current, desired)

    def apply(self, actions: t.Sequence[Action]) -> t.Sequence[WebsecError | None]:
        """One call for all actions: a batch of C(addonInfo), or one set method."""
        name = actions[0].method
        if name not in _BATCHES:
            method = SET_WAF_ORIGIN if name == SET_WAF_ORIGIN.name else SET_WAF_DNS_MANAGER
            return [_unclear(method, actions[0].item, self._client.call(method, actions[0].item))]
        method = _BATCHES[name]
        try:
            data = self._client.call(method, {"addonInfo": [action.item for action in actions]})
        finally:
            self._subscriptions.wrote(action.item["site_id"] for action in actions)
        statuses = [each for each in child(data, "addonStatuses").get("addonStatus", []) if isinstance(each, dict)]
        if len(actions) == len(statuses) == 1 and text(statuses[0], "site_id") is None:
            # Refusals in the old form may lack it, and the call was for one site only.
            statuses[0]["site_id"] = str(actions[0].item["site_id"])
        return [self._verdict(method, action.item, statuses) for action in actions]

    def _verdict(
        self, method: Method, item: t.Mapping[str, t.Any], statuses: t.Sequence[dict[str, t.Any]]
    ) -> WebsecError | None:
        status = _status_of(item, statuses)
        if status is None:
            return BadResponseError(
                f"Site {item['site_id']}: the answer to {method.name} has no addonStatus for this site.",
                may_have_happened=True,
            )
        if text(status, "status") == "ok" or flag(status, "will_retry"):
            # will_retry: the vendor accepted the order and retries it, and the site counts as active.
            if method is PROVISION_ADDON:
                self._orders[item["site_id"]] = dict(status)
            return None
        unclear = _unclear(method, item, status)
        if unclear is not None and not (text(status, "error_code") or text(status, "code")):
            return unclear
        return refusal(
            f"Site {item['site_id']}: {method.name} was refused: ",
            text(status, "error_message") or text(status, "message"),
            text(status, "error_code") or text(status, "code"),
            text(status, "extended_error_code"),
        )

    def _with_subscription(self, current: CurrentAddon, desired: DesiredAddon) -> CurrentAddon:
        account = self._subscriptions.read(desired.site_id, desired.account_id)
        addon = account.of_site(desired.site_id, desired.subscription)
        return dataclasses.replace(
            current,
            account_id=account.account_id or current.account_id,
            subscription=addon.subscription if addon else None,
            subscription_id=addon.subscription_id if addon else None,
        )

    def _with_origin(self, current: CurrentAddon, wanted: str) -> CurrentAddon:
        data = self._client.call(GET_WAF_ORIGIN, {"site_id": current.status.site_id})
        present = texts(data.get("origins"))
        same = same_origin(wanted, present, ())
        if same is None:
            same = same_origin(wanted, present, resolve(wanted))
        return dataclasses.replace(current, origins=present, same_origin=same)


def _unclear(method: Method, item: t.Mapping[str, t.Any], data: t.Mapping[str, t.Any]) -> WebsecError | None:
    """The error for a response to a write that reports neither success nor failure."""
    status = text(data, "status")
    if status in ("ok", "error", "failed"):
        return None
    return BadResponseError(
        f"Site {item['site_id']}: the answer to {method.name} reports neither ok nor error, but {status!r}.",
        may_have_happened=True,
    )


def _status_of(item: t.Mapping[str, t.Any], statuses: t.Sequence[dict[str, t.Any]]) -> dict[str, t.Any] | None:
    """The C(addonStatus) of an item, found by site and plan. Their order is not documented."""
    of_site = [each for each in statuses if whole_number(text(each, "site_id")) == item["site_id"]]
    of_plan = [each for each in of_site if text(each, "subscription") == item.get("subscription")]
    found = of_plan or of_site
    return found[0] if len(found) == 1 else None


def _ordered(status: SiteStatus, order: t.Mapping[str, t.Any]) -> CurrentAddon:
    """A site that was ordered in this run, with its status completed from the response to the order."""
    if not status.dns_new_a and not status.dns_new_cname and status.dns_ssl_verify is None:
        status = dataclasses.replace(
            status,
            dns_new_a=texts(order.get("dns_new_a")),
            dns_new_cname=next(iter(texts(order.get("dns_new_cname"))), None),
            dns_ssl_verify=parse_dns_ssl_verify(order),
        )
    return CurrentAddon(
        status,
        account_id=whole_number(text(order, "account_id")),
        subscription=text(order, "subscription"),
        subscription_id=text(order, "subscription_id"),
    )


def plan_is_open(current: CurrentAddon, desired: DesiredAddon) -> bool:
    """Whether a plan is set that could not be compared, because the API did not report the plan of the site."""
    return (
        desired.state == "present"
        and desired.subscription is not None
        and current.status.state != ABSENT
        and current.subscription is None
    )


def origin_is_open(current: CurrentAddon, desired: DesiredAddon) -> bool:
    """Whether the origin could not be compared, because the host name does not resolve on this machine."""
    return (
        desired.waf_origin is not None
        and not is_address(desired.waf_origin)
        and current.origins is not None
        and current.same_origin is None
    )
