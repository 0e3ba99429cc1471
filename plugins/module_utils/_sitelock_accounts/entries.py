# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of a task to the desired accounts.

What cannot be is refused here, before the first call. An account that is refused costs no other one.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._ids import number_id, text_id
from ansible_collections.hosting.websec.plugins.module_utils._parsing import calendar_date
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.desired import (
    PRESERVE,
    PROPERTIES,
    DesiredAccount,
    DesiredProduct,
    DesiredSite,
    site_key,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.entry_checks import named_entry
from ansible_collections.hosting.websec.plugins.module_utils._texts import joined, repeated

Entry = t.Union[DesiredAccount, WebsecError]


def read_entries(
    accounts: t.Sequence[t.Mapping[str, t.Any]], errors: t.Mapping[str, t.Mapping[str, t.Any]] | None = None
) -> list[Entry]:
    """The desired account of each entry, or why it cannot be, in their order.

    :param errors: entries that were refused before, by their place, see ``entry_checks.screened``.
    """
    refused = errors or {}
    entries = [
        BadInputError(refused[str(place)]["message"], hint=refused[str(place)]["hint"])
        if str(place) in refused
        else _read(given, place)
        for place, given in enumerate(accounts, 1)
    ]
    # Two entries for one account, or for one domain, may ask for different things.
    for what, keys_of in _KEYS.items():
        _refuse_shared(entries, what, keys_of)
    return entries


_KEYS: dict[str, t.Callable[[DesiredAccount], list[t.Hashable]]] = {
    "login": lambda account: [_lower(account.login)],
    "reseller_account_id": lambda account: [account.reseller_account_id],
    "account_id": lambda account: [account.account_id],
    "name": lambda account: [account.name],
    "domain": lambda account: [site_key(site.domain) for site in account.sites],
}
"""What no two entries may share."""


def _refuse_shared(entries: list[Entry], what: str, keys_of: t.Callable[[DesiredAccount], list[t.Hashable]]) -> None:
    """Refuse all entries that have a key which another entry, or another place of the same entry, has too."""
    named = [
        (key, place)
        for place, entry in enumerate(entries)
        if isinstance(entry, DesiredAccount)
        for key in keys_of(entry)
    ]
    for key in repeated(key for key, _place in named):
        places = sorted({place for each, place in named if each == key})
        for place in places:
            entries[place] = BadInputError(
                f"The {what} {key} is listed more than once: in {joined(f'entry {each + 1}' for each in places)}. "
                "Nothing was sent for these accounts.",
                hint="List each account once, and each domain in one account.",
            )


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _read(given: t.Mapping[str, t.Any], place: int) -> Entry:
    try:
        return _account(given, place)
    except WebsecError as error:
        return error


# Source of what may be in a login: provisionaccount-provisioning-new-accounts.
_LOGIN = re.compile(r"[A-Za-z0-9_@.+-]{8,}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_AMOUNT = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,2})?")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_FORMS = {
    "login": (_LOGIN, "8 or more letters, digits and - _ @ . +"),
    "country": (_COUNTRY, "the two capital letters of a country in ISO 3166, such as DE"),
    "email": (_EMAIL, "an e-mail address"),
    "domain_email": (_EMAIL, "an e-mail address"),
    "amount": (_AMOUNT, "a decimal number, such as 5.00"),
}


def _account(given: t.Mapping[str, t.Any], place: int) -> DesiredAccount:
    texts = _texts(given)
    whose = named_entry(given, place)
    login = texts["login"] or (
        texts["email"] if given["reseller_account_id"] is None and given["account_id"] is None else None
    )
    account = DesiredAccount(
        login=login,
        reseller_account_id=_id(given, "reseller_account_id", text_id, whose),
        account_id=_id(given, "account_id", number_id, whose),
        state=given["state"],
        email=texts["email"],
        properties=tuple((name, texts[name]) for name in PROPERTIES if texts[name]),
        password=given["password"],
        prune_addons=given["prune_addons"],
        force=given["force"],
    )
    if not (account.login or account.reseller_account_id or account.account_id):
        raise BadInputError(
            f"{whose} has no login, reseller_account_id or account_id, so it cannot be found.",
            hint="Set one of them. Without any of them, email is taken as the login.",
        )
    _check_forms(whose, {**texts, "login": account.login})
    sites = tuple(_site(each, whose) for each in given["sites"])
    addons = tuple(_product(each, whose) for each in given["addons"])
    refuse_twice(whose, addons)
    return DesiredAccount(**{**vars(account), "sites": sites, "addons": addons})


def _site(given: t.Mapping[str, t.Any], account: str) -> DesiredSite:
    texts = _texts(given)
    domain = normalise_domain(given["domain"])
    whose = f"{account}, site {domain}"
    _check_forms(whose, texts)
    site = DesiredSite(
        domain=domain,
        state=given["state"],
        site_id=_id(given, "site_id", number_id, whose),
        subscription=_id(given, "subscription", text_id, whose),
        bundle=_id(given, "bundle", text_id, whose),
        amount=texts["amount"],
        renewal_date=_renewal_date(whose, texts),
        domain_email=texts["domain_email"],
        trusted_domain=given["trusted_domain"],
        force=given["force"],
        addons=tuple(_product(each, whose) for each in given["addons"]),
    )
    if site.subscription and site.bundle:
        raise BadInputError(f"{whose}: both subscription and bundle are given.", hint="Give one of them.")
    refuse_twice(whose, site.addons)
    return site


def _product(given: t.Mapping[str, t.Any], owner: str) -> DesiredProduct:
    texts = _texts(given)
    subscription = text_id(given["subscription"], f"{owner}: subscription of an add-on")
    whose = f"{owner}, add-on {subscription}"
    _check_forms(whose, texts)
    if given["count"] < 1:
        raise BadInputError(
            f"{whose}: count is {given['count']}; it must be 1 or greater.", hint="To end an add-on, set state: absent."
        )
    return DesiredProduct(subscription, given["state"], given["count"], texts["amount"], _renewal_date(whose, texts))


def _texts(given: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The texts without blanks around them; an empty one is not given."""
    return {name: (value.strip() or None) if isinstance(value, str) else value for name, value in given.items()}


def _id(given: t.Mapping[str, t.Any], name: str, read: t.Callable[[object, str], t.Any], whose: str) -> t.Any:
    return None if given[name] is None else read(given[name], f"{whose}: {name}")


def _check_forms(whose: str, texts: t.Mapping[str, t.Any]) -> None:
    for name, (form, wanted) in _FORMS.items():
        value = texts.get(name)
        if value is not None and not form.fullmatch(value):
            raise BadInputError(f"{whose}: {name} is {value!r}; it must be {wanted}.")


def _renewal_date(whose: str, texts: t.Mapping[str, t.Any]) -> str | None:
    date: str | None = texts["renewal_date"]
    if date is not None and date != PRESERVE and calendar_date(date) is None:
        raise BadInputError(f"{whose}: renewal_date is {date!r}; it must be a date, YYYY-MM-DD, or {PRESERVE}.")
    return date


def refuse_twice(whose: str, addons: t.Sequence[DesiredProduct]) -> None:
    """:raises BadInputError: two of them are the same product, and may ask for different things."""
    twice = repeated(each.subscription for each in addons)
    if twice:
        raise BadInputError(
            f"{whose}: the add-on {', '.join(map(str, twice))} is listed more than once.",
            hint="Give the number of subscriptions with count.",
        )
