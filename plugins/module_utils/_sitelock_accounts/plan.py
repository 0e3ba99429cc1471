# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The writes that lead from what a customer has to what it should have. Pure: no I/O, no clock."""

from __future__ import annotations

import dataclasses
import functools
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._converge import Action
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.catalogue import (
    ADDON,
    BUNDLE,
    PLAN,
    Catalogue,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.subscriptions import Subscription
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.current import (
    CurrentAccount,
    CurrentSite,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.desired import (
    REQUIRED,
    DesiredAccount,
    DesiredProduct,
    DesiredSite,
    site_key,
)
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, joined, listed

NEW_ACCOUNT = "new account"
NEW_SITE = "new site"
CHANGE_PLAN = "change of plan"
CHANGE_EMAIL = "change of e-mail"
NEW_ADDON = "new add-on"
END_ADDON = "end of add-on"
END_PLAN = "end of plan"
END_BUNDLE = "end of bundle"
END_SITE = "end of site"
END_ACCOUNT = "end of account"

METHODS = {
    NEW_ACCOUNT: ("provisionAccount", Effect.BUY),
    NEW_SITE: ("provisionAccount", Effect.BUY),
    CHANGE_PLAN: ("modifyAccount", Effect.BUY),
    # The method buys as well; this use of it does not.
    CHANGE_EMAIL: ("modifyAccount", Effect.CHANGE),
    NEW_ADDON: ("provisionAddon", Effect.BUY),
    END_ADDON: ("deleteAddon", Effect.DESTROY),
    END_PLAN: ("deletePlan", Effect.DESTROY),
    END_BUNDLE: ("deleteBundle", Effect.DESTROY),
    END_SITE: ("deleteAccount", Effect.DESTROY),
    END_ACCOUNT: ("deleteAccount", Effect.DESTROY),
}


@dataclasses.dataclass(frozen=True)
class Write:
    """One write, without the ids that an earlier one makes.

    :param kind: a key of ``METHODS``.
    :param domain: of its site; empty for one of the account.
    :param subscription: the product.
    :param number: of several subscriptions of one product, which one. :param subscription_id: of the one to end.
    """

    kind: str
    account: str
    domain: str = ""
    subscription: str = ""
    number: int = 1
    subscription_id: str = ""

    def __str__(self) -> str:
        return self.text(self.subscription)

    def text(self, product: str) -> str:
        """For people. :param product: what to call the product."""
        owner = self.domain or self.account
        if self.kind == NEW_ACCOUNT:
            return f"new account with the site {owner}, order of {product}"
        if self.kind == NEW_SITE:
            return f"new site {owner}, order of {product}"
        if self.kind == CHANGE_PLAN:
            return f"change of the plan of {owner} to {product}"
        if self.kind == NEW_ADDON:
            return f"order of the add-on {product} for {owner}"
        if self.kind in (END_ADDON, END_PLAN, END_BUNDLE):
            return f"{self.kind} {product} of {owner}"
        return f"{self.kind} of {owner}" if self.kind == CHANGE_EMAIL else f"{self.kind} {owner}"


def _action(write: Write, shown_by: t.Callable[[CurrentAccount], bool] | None = None, *, counts: bool = True) -> Action:
    method, effect = METHODS[write.kind]
    subject = " ".join((write.kind, write.domain, write.subscription, str(write.number), write.subscription_id))
    return Action(method, effect, write, counts=counts, shown_by=shown_by, subject=subject)


def plan_account(current: CurrentAccount, desired: DesiredAccount, catalogue: Catalogue) -> list[Action]:
    """The writes for one account, purchases first.

    :raises WebsecError: something that is wanted cannot be, or would take something from somebody.
    """
    if desired.state == "absent":
        return _end_of_account(current, desired, catalogue)
    _refuse_foreign(current, desired)
    present = [site for site in desired.sites if site.state == "present"]
    absent = [site for site in desired.sites if site.state == "absent"]
    return [
        *_purchases_of_sites(current, desired, present, catalogue),
        *_purchases_of_addons(current, desired, present),
        *_change_of_email(current, desired),
        *_ends_of_addons(current, desired, present, catalogue),
        *(end for site in absent for end in _end_of_site(current, desired, site, catalogue)),
    ]


# ---- sites


def _refuse_foreign(current: CurrentAccount, desired: DesiredAccount) -> None:
    for site in desired.sites:
        owner = current.foreign.get(site_key(site.domain))
        # Without a number it is not known whether the site to be ended is one of this account.
        if owner and (site.state == "present" or current.account_id is None):
            raise RejectedError(
                f"Account {desired.name}: the domain {site.domain} belongs to {owner}. Nothing was sent for this "
                "account.",
                hint="List the domain in the account that it belongs to, or have it ended there first.",
            )


def _purchases_of_sites(
    current: CurrentAccount, desired: DesiredAccount, present: t.Sequence[DesiredSite], catalogue: Catalogue
) -> t.Iterator[Action]:
    if not current.exists and not present:
        raise BadInputError(
            f"Account {desired.name} does not exist, and an account is made together with its first site.",
            hint="List a site of it.",
        )
    given = {"email": desired.email, **dict(desired.properties)}
    missing = [name for name in REQUIRED if not given.get(name)]
    if not current.exists and missing:
        raise BadInputError(
            f"Account {desired.name} does not exist, and the entry has no {joined(missing)}, which a new account must "
            "have.",
            hint=f"Set {joined(missing)}. If the account exists, correct the key that it is found by.",
        )
    for number, site in enumerate(present):
        now = current.site(site.domain)
        if now is None:
            if not site.plan:
                raise BadInputError(
                    f"Account {desired.name}: the site {site.domain} does not exist, and no subscription or bundle is "
                    "set to order it with.",
                    hint="Set subscription to the id of one of your plans, or bundle.",
                )
            new_account = not current.exists and number == 0
            kind = NEW_ACCOUNT if new_account else NEW_SITE
            yield _action(
                Write(kind, desired.name, site.domain, site.plan), functools.partial(_has_site, site_key(site.domain))
            )
        elif now.is_inactive:
            raise RejectedError(
                f"Account {desired.name}: the site {site.domain} (site {now.site_id}) is {now.status} at SiteLock. "
                "Nothing was sent for this account.",
                hint="Have it activated in the dashboard or by the vendor, or omit it from the file.",
            )
        else:
            yield from _change_of_plan(current, desired, site, now, catalogue)


def _has_site(key: str, seen: CurrentAccount) -> bool:
    return key in seen.sites


def _has_addons(wanted: Wanted, number: int, seen: CurrentAccount) -> bool:
    return len(active(seen, wanted)) >= number


def plan_of(current: CurrentAccount, now: CurrentSite, wanted: str | None, catalogue: Catalogue) -> str | None:
    """The plan or bundle of a site; C(None) when the answers leave it open.

    :param wanted: what it should be: it is taken as the plan when it is among the subscriptions of the site.
    """
    if now.subscription:
        return now.subscription
    of_site = [addon.subscription for addon in current.addons if addon.site_id == now.site_id]
    plans = {each for each in of_site if catalogue.type_of(each) in (PLAN, BUNDLE)}
    # A plan beside a bundle may be a part of it.
    if wanted in of_site and not any(catalogue.type_of(each) == BUNDLE for each in plans - {wanted}):
        return wanted
    return plans.pop() if len(plans) == 1 else None


def _change_of_plan(
    current: CurrentAccount, desired: DesiredAccount, site: DesiredSite, now: CurrentSite, catalogue: Catalogue
) -> t.Iterator[Action]:
    wanted, has = site.plan, plan_of(current, now, site.plan, catalogue)
    if wanted and has and has != wanted:

        def shown(seen: CurrentAccount) -> bool:
            then = seen.site(site.domain)
            return then is not None and plan_of(seen, then, wanted, catalogue) == wanted

        yield _action(Write(CHANGE_PLAN, desired.name, site.domain, wanted), shown)


def _change_of_email(current: CurrentAccount, desired: DesiredAccount) -> t.Iterator[Action]:
    told = current.told.get("email")
    if desired.email and told and told.lower() != desired.email.lower():
        wanted = desired.email.lower()
        yield _action(Write(CHANGE_EMAIL, desired.name), lambda seen: (seen.told.get("email") or "").lower() == wanted)


# ---- add-ons


@dataclasses.dataclass(frozen=True)
class Wanted:
    """An add-on that the file names. :param site: whose it is; C(None) for one of the account."""

    product: DesiredProduct
    site: DesiredSite | None = None


def wanted_addons(desired: DesiredAccount, sites: t.Iterable[DesiredSite]) -> list[Wanted]:
    """All add-ons of the account and of ``sites``, in the order of the file."""
    return [
        *(Wanted(product, site) for site in sites for product in site.addons),
        *(Wanted(product) for product in desired.addons),
    ]


def active(current: CurrentAccount, wanted: Wanted) -> list[Subscription]:
    """The subscriptions of a wanted add-on that are there."""
    site_id = None
    if wanted.site is not None:
        now = current.site(wanted.site.domain)
        if now is None:
            return []
        site_id = now.site_id
    return [
        addon
        for addon in current.addons
        if addon.subscription == wanted.product.subscription and addon.site_id == site_id
    ]


def _nameless(current: CurrentAccount, subscription: str) -> int:
    """Subscriptions of a product that do not say whose they are."""
    return sum(1 for addon in current.addons if addon.subscription == subscription and addon.site_id is None)


def is_open(current: CurrentAccount, desired: DesiredAccount, wanted: Wanted) -> bool:
    """Whether the account has subscriptions of this product that may be those of the site, or of another one."""
    subscription = wanted.product.subscription
    return (
        wanted.site is not None
        and _nameless(current, subscription) > 0
        and (wanted.product.state == "absent" or len(active(current, wanted)) < wanted.product.count)
        and not (wanted.product.state == "present" and _enough(current, desired, subscription))
    )


def _enough(current: CurrentAccount, desired: DesiredAccount, subscription: str) -> bool:
    """Whether the account has as many subscriptions of a product as all its sites want together."""
    sites = [site for site in desired.sites if site.state == "present"]
    wanted = sum(
        each.product.count
        for each in wanted_addons(desired, sites)
        if each.product.subscription == subscription and each.product.state == "present"
    )
    return sum(1 for addon in current.addons if addon.subscription == subscription) >= wanted


def _purchases_of_addons(
    current: CurrentAccount, desired: DesiredAccount, present: t.Sequence[DesiredSite]
) -> t.Iterator[Action]:
    for wanted in wanted_addons(desired, present):
        product, domain = wanted.product, wanted.site.domain if wanted.site else ""
        if product.state == "absent":
            continue
        has = len(active(current, wanted))
        if wanted.site is not None and _nameless(current, product.subscription):
            # Either they are enough for all sites, or nobody can say which one lacks it.
            continue
        if has > product.count and not desired.prune_addons:
            raise RejectedError(
                f"Account {desired.name}: {domain or 'the account'} has {counted(has, 'subscription')} of the add-on "
                f"{product.subscription}, and count is {product.count}. Nothing was sent for this account.",
                hint="Correct count, or set prune_addons: true to end those that are too many.",
            )
        for number in range(has + 1, product.count + 1):
            yield _action(
                Write(NEW_ADDON, desired.name, domain, product.subscription, number),
                functools.partial(_has_addons, wanted, number),
            )


def _ends_of_addons(
    current: CurrentAccount, desired: DesiredAccount, present: t.Sequence[DesiredSite], catalogue: Catalogue
) -> t.Iterator[Action]:
    ends: list[tuple[Subscription, bool]] = []
    for wanted in wanted_addons(desired, present):
        has = active(current, wanted)
        if wanted.product.state == "absent":
            forced = desired.force or (wanted.site is not None and wanted.site.force)
            ends += [(addon, forced) for addon in has]
        elif desired.prune_addons:
            ends += [(addon, desired.force) for addon in has[wanted.product.count :]]
    if desired.prune_addons:
        ends += [(addon, desired.force) for addon in unnamed_addons(current, desired, catalogue)]
    for addon, forced in ends:
        domain = _domain_of(current, addon)
        _refuse_end_of_addon(current, desired, addon, catalogue, forced=forced)
        yield _action(
            Write(
                END_ADDON,
                desired.name,
                domain,
                addon.subscription,
                subscription_id=addon.subscription_id or "",
            )
        )


def unnamed_addons(
    current: CurrentAccount, desired: DesiredAccount, catalogue: Catalogue, *, bundled: bool = False
) -> list[Subscription]:
    """Add-ons that the file does not name, and that O(prune_addons) may end.

    Plans and bundles are none; Firewall & CDN has its own module and its own way to an end; of what getPlanList does
    not list nothing is known.

    :param bundled: instead those that it may not end, because they may be a part of a bundle.
    """
    named = {each.product.subscription for each in wanted_addons(desired, desired.sites)}
    return [
        addon
        for addon in current.addons
        if addon.subscription not in named
        and (product := catalogue.find(addon.subscription))
        and product.type == ADDON
        and product.is_no_firewall
        and _may_be_bundled(current, addon, catalogue) is bundled
    ]


def _may_be_bundled(current: CurrentAccount, addon: Subscription, catalogue: Catalogue) -> bool:
    """Whether it may be a part of a bundle. Whether getStatus lists those like add-ons is not documented."""
    plans = [
        *((site.site_id, site.subscription) for site in current.sites.values()),
        *((each.site_id, each.subscription) for each in current.addons),
    ]
    sites = {site_id for site_id, plan in plans if plan and catalogue.type_of(plan) == BUNDLE}
    return addon.site_id in sites or (bool(sites) and None in (addon.site_id, *sites))


def _domain_of(current: CurrentAccount, addon: Subscription) -> str:
    return next((site.domain for site in current.sites.values() if site.site_id == addon.site_id), "")


def _refuse_end_of_addon(
    current: CurrentAccount, desired: DesiredAccount, addon: Subscription, catalogue: Catalogue, *, forced: bool
) -> None:
    if not addon.subscription_id:
        raise RejectedError(
            f"Account {desired.name}: the add-on {addon.subscription} cannot be ended, because getStatus does not say "
            "its subscription_id.",
            hint="End it in the dashboard.",
        )
    product = catalogue.find(addon.subscription)
    site = next((each for each in current.sites.values() if each.site_id == addon.site_id), None)
    if forced or (product and product.is_no_firewall):
        return
    if site is None:
        raise RejectedError(
            f"Account {desired.name}: the add-on {addon.subscription} was not ended. It may be Firewall & CDN, and "
            "getStatus does not say of which site, so it is not known whether traffic goes through it.",
            hint="End Firewall & CDN with sitelock_waf_sites (state: absent), which restores the DNS records first. If "
            "the add-on is another one, set force: true of the account.",
        )
    if not site.routed:
        return
    raise RejectedError(
        f"Account {desired.name}: the add-on {addon.subscription} of {site.domain} was not ended. Traffic goes through "
        "the Firewall & CDN of the site, and this add-on may be it.",
        hint="End Firewall & CDN with sitelock_waf_sites (state: absent), which restores the DNS records first. If the "
        "add-on is another one, set force: true.",
    )


# ---- ends


def _end_of_site(
    current: CurrentAccount, desired: DesiredAccount, site: DesiredSite, catalogue: Catalogue
) -> t.Iterator[Action]:
    now = current.site(site.domain)
    if now is None or now.is_inactive:
        return
    ended = {each.subscription for each in site.addons if each.state == "absent"}
    has = plan_of(current, now, site.plan, catalogue)
    if not (site.force or desired.force):
        _refuse_in_use(current, desired, [now], catalogue, {*ended, has})
    kinds = {PLAN: END_PLAN, BUNDLE: END_BUNDLE}
    kind = kinds.get(catalogue.type_of(has)) if has else None
    if has and kind:
        # Part of the end of the site, which counts once.
        yield _action(Write(kind, desired.name, site.domain, has), counts=False)
    for addon in _addons_of(current, now, catalogue):
        if addon.subscription in ended:
            _refuse_end_of_addon(current, desired, addon, catalogue, forced=site.force or desired.force)
            yield _action(
                Write(
                    END_ADDON,
                    desired.name,
                    site.domain,
                    addon.subscription,
                    subscription_id=addon.subscription_id or "",
                ),
                counts=False,
            )
    yield _action(Write(END_SITE, desired.name, site.domain))


def _end_of_account(current: CurrentAccount, desired: DesiredAccount, catalogue: Catalogue) -> list[Action]:
    if not current.exists:
        return []
    if not desired.force:
        _refuse_in_use(current, desired, list(current.sites.values()), catalogue, set())
        addons = [addon for addon in current.addons if not _is_plan(addon.subscription, catalogue)]
        if addons:
            raise _in_use(f"Account {desired.name}", addons)
    return [_action(Write(END_ACCOUNT, desired.name))]


def _refuse_in_use(
    current: CurrentAccount,
    desired: DesiredAccount,
    sites: t.Sequence[CurrentSite],
    catalogue: Catalogue,
    allowed: t.Collection[str | None],
) -> None:
    """:param allowed: subscriptions that need not be ended first."""
    for site in sites:
        if site.routed:
            raise RejectedError(
                f"Account {desired.name}: the site {site.domain} was not ended, because traffic goes through its "
                "Firewall & CDN. Ending it now would take the site down.",
                hint="End Firewall & CDN with sitelock_waf_sites (state: absent) first, which restores the DNS records "
                "and waits for their TTL. To end the site all the same, set force: true.",
            )
        others = [
            addon
            for addon in [*_addons_of(current, site, catalogue), *_of_nobody(current, desired, catalogue)]
            if addon.subscription not in allowed
        ]
        if others:
            raise _in_use(f"Account {desired.name}: the site {site.domain}", others)


def _in_use(whose: str, addons: t.Sequence[Subscription]) -> RejectedError:
    names = listed(dict.fromkeys(addon.subscription for addon in addons))
    return RejectedError(
        f"{whose} was not ended, because it has other active add-ons: {names}.",
        hint="End them first (state: absent of the add-on), or set force: true.",
    )


def _addons_of(current: CurrentAccount, site: CurrentSite, catalogue: Catalogue) -> list[Subscription]:
    return [
        addon
        for addon in current.addons
        if addon.site_id == site.site_id and not _is_plan(addon.subscription, catalogue)
    ]


def _of_nobody(current: CurrentAccount, desired: DesiredAccount, catalogue: Catalogue) -> list[Subscription]:
    """Add-ons that do not say which site they belong to, and that are none of the account's own in the file."""
    own = {product.subscription for product in desired.addons}
    return [
        addon
        for addon in current.addons
        if addon.site_id is None and addon.subscription not in own and not _is_plan(addon.subscription, catalogue)
    ]


def _is_plan(subscription: str, catalogue: Catalogue) -> bool:
    return catalogue.type_of(subscription) in (PLAN, BUNDLE)
