# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the methods about accounts and plans do."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import NotFoundError
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.observations import (
    YES_OR_NO,
    NotSeenError,
    Observation,
    one_word,
    yes_or_no,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.answers import values_in
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.catalogue import (
    ADDON,
    BUNDLE,
    PLAN,
    SITE,
    Catalogue,
    parse_products,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact import calls, contract
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.reader import Response, Responses
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child, text
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import ABSENT, parse_status

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?\S*")

Data = t.Mapping[str, t.Any]


def error_form(response: Response) -> str | None:
    """How an error looks; C(None): it is in none of these forms."""
    below = response.below
    if not isinstance(below, dict):
        return None
    error = below.get("error", below.get("@error"))
    if text(below, "status") in ("error", "failed"):
        return "status"
    if isinstance(error, dict):
        return "code" if "@code" in error else None
    return None if error is None else "text"


ERROR_FORMS = ("text", "code", "status")


def _account(seen: Responses) -> Data:
    [(_none, data)] = seen.data(calls.ACCOUNT)
    return child(data, "accountInformation")


def _addons(seen: Responses) -> list[Data]:
    return [each for each in child(_account(seen), "addons").get("addon", []) if isinstance(each, dict)]


def _sites(seen: Responses) -> list[Data]:
    return [each for each in child(_account(seen), "sites").get("site", []) if isinstance(each, dict)]


def _catalogue(seen: Responses) -> Catalogue:
    [(_none, data)] = seen.data(calls.PLANS)
    return parse_products(data)


def _error_status(seen: Responses) -> str:
    [response] = seen.of(calls.UNKNOWN_SITE_ORIGIN)
    if response.data is not None or not response.document:
        raise NotSeenError
    return {200: "200", 500: "500"}.get(response.status or 0, "other")


def _account_errors(seen: Responses) -> str:
    return one_word(map(error_form, seen.of(calls.UNKNOWN_ACCOUNT)))


def _tail(seen: Responses) -> str:
    account = _account(seen)
    return "full" if {"sites", "users", "mids", "id", "@id"} & account.keys() else "none"


def _account_of_site(seen: Responses) -> str:
    return one_word(_place_of_account(data) for _site, data in seen.data(calls.ACCOUNT_OF_SITE))


def _place_of_account(data: Data) -> str:
    information = child(data, "accountInformation")
    places = {
        "id": text(information, "id"),
        "account_id": text(information, "account_id") or text(data, "account_id"),
    }
    found = [name for name, value in places.items() if value]
    return found[0] if len(found) == 1 else "both" if found else "none"


def _site_of_addon(seen: Responses) -> str:
    catalogue = _catalogue(seen)
    words: list[str | None] = []
    for addon in _addons(seen):
        product = catalogue.find(text(addon, "subscription") or "")
        if text(addon, "site_id"):
            words.append("element")
        elif product and product.type == ADDON and (product.place == SITE or not product.is_no_firewall):
            words.append("none")
    return one_word(words)


def _plans(seen: Responses) -> str:
    if any(text(site, "subscription") for site in _sites(seen)):
        return "site"
    catalogue = _catalogue(seen)
    if any(catalogue.type_of(text(addon, "subscription") or "") in (PLAN, BUNDLE) for addon in _addons(seen)):
        return "addons"
    if seen.contract.any_has(contract.PLAN) or seen.contract.any_has(contract.BUNDLE):
        return "none"
    raise NotSeenError


def _bundled(seen: Responses) -> str:
    bundled = {site.site_id for site in seen.contract.sites if contract.BUNDLE in site.has}
    with_firewall = [
        site.site_id
        for site, data in seen.data(calls.STATUS)
        if site is not None and site.site_id in bundled and parse_status(data, site.site_id).state != ABSENT
    ]
    if not with_firewall:
        raise NotSeenError
    catalogue = _catalogue(seen)
    sites = [
        text(addon, "site_id")
        for addon in _addons(seen)
        if (product := catalogue.find(text(addon, "subscription") or ""))
        and product.type == ADDON
        and not product.is_no_firewall
    ]
    if None in sites:
        # Then it may be the firewall of any site.
        raise NotSeenError
    return "hidden" if set(sites).isdisjoint(map(str, with_firewall)) else "listed"


def _renewal(seen: Responses) -> str:
    return one_word(_form_of_time(value) for name, value in values_in(_account(seen)) if name == "next_renewal_at")


def _form_of_time(value: str) -> str:
    if _DATE.fullmatch(value):
        return "date"
    return "time" if _TIME.fullmatch(value) else "other"


def _start(seen: Responses) -> str:
    addons = _addons(seen)
    if not addons:
        raise NotSeenError
    return yes_or_no(any("start" in name or "created" in name for name, _value in values_in(addons)))


def _ended_account(seen: Responses) -> str:
    [response] = seen.of(calls.ENDED_ACCOUNT)
    if response.data is not None:
        return "inactive"
    if isinstance(response.error, NotFoundError):
        return "gone"
    raise NotSeenError(response.reason)


def _ended_login(seen: Responses) -> str:
    [(_none, data)] = seen.data(calls.ENDED_LOGIN)
    return "free" if text(data, "status") == "ok" else "taken"


def _foreign_ids(seen: Responses) -> str:
    [(_none, data)] = seen.data(calls.FOREIGN_DOMAIN)
    if text(data, "status") == "ok":
        raise NotSeenError
    return "given" if text(data, "site_id") or text(data, "account_id") else "none"


def _page(seen: Responses) -> str:
    [(_none, first)] = seen.data(calls.ACCOUNTS)
    count = len(first.get("account", []))
    if count >= calls.PAGE:
        return "full"
    [(_none, following)] = seen.data(calls.MORE_ACCOUNTS)
    return "capped" if following.get("account") else "all"


def _feature_type(seen: Responses) -> str:
    scans = [each for _none, data in seen.data(calls.PLAN_SCANS) for each in data.values() if isinstance(each, dict)]
    return one_word(
        "attribute" if "@feature_type" in scan else "element" if "feature_type" in scan else None for scan in scans
    )


OBSERVATIONS: tuple[Observation[Responses], ...] = (
    # The first one, because it is about no site and no account: a refusal of its call is one of the credentials.
    Observation(
        "accounts_page_max", "whether getAccounts returns fewer than asked for", ("all", "capped", "full"), _page
    ),
    Observation(
        "error_http_status", "HTTP status of an error in the form of the API", ("200", "500", "other"), _error_status
    ),
    Observation("account_errors", "what getStatus answers for an unknown account", ERROR_FORMS, _account_errors),
    Observation("getstatus_tail", "whether getStatus has more than the name and the add-ons", ("full", "none"), _tail),
    Observation(
        "getstatus_account",
        "where getStatus for a site names its account",
        ("id", "account_id", "both", "none"),
        _account_of_site,
    ),
    Observation("getstatus_site_id", "whether an add-on names its site", ("element", "none"), _site_of_addon),
    Observation("getstatus_plans", "where getStatus has the plan of a site", ("site", "addons", "none"), _plans),
    Observation("getstatus_bundled", "whether the add-ons list those of a bundle", ("listed", "hidden"), _bundled),
    Observation("getstatus_start", "whether an add-on says since when it runs", YES_OR_NO, _start),
    Observation("renewal_form", "form of next_renewal_at", ("date", "time", "other"), _renewal),
    Observation("deleted_accounts", "whether an ended account can be read", ("inactive", "gone"), _ended_account),
    Observation("deleted_logins", "whether the login of an ended account is free", ("free", "taken"), _ended_login),
    Observation("foreign_ids", "whether checkDomain has the ids of other partners", ("none", "given"), _foreign_ids),
    Observation(
        "feature_type_form", "form of feature_type in getPlanScanFrequency", ("element", "attribute"), _feature_type
    ),
)
