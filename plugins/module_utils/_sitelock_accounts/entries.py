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
from ansible_collections.hosting.websec.plugins.module_utils._problems import FIRST, Problems
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.desired import (
    PRESERVE,
    PROPERTIES,
    DesiredAccount,
    DesiredProduct,
    DesiredSite,
    site_key,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.entry_checks import named_entry
from ansible_collections.hosting.websec.plugins.module_utils._texts import few, repeated

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
    refuse_shared(entries)
    return entries


def refuse_shared(entries: list[Entry], kinds: t.Iterable[str] = ()) -> None:
    """Refuse all entries for one account, or for one domain: they may ask for different things.

    :param kinds: of C(KEYS); by default all, one after another.
    """
    for what in kinds or KEYS:
        _refuse_shared(entries, what, KEYS[what])


KEYS: dict[str, t.Callable[[DesiredAccount], list[t.Hashable]]] = {
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
    places_of: dict[t.Hashable, list[int]] = {}
    for key, place in named:
        places_of.setdefault(key, []).append(place)
    for key in repeated(key for key, _place in named):
        places = sorted(set(places_of[key]))
        by = few(f"entry {place + 1}" for place in places)
        for place in places:
            error = BadInputError(
                f"The {what} {key} is listed more than once: in {by}. Nothing was sent for these accounts.",
                hint="List each account once, and each domain in one account.",
            )
            error.key = "sites" if what == "domain" else what
            entries[place] = error


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _read(given: t.Mapping[str, t.Any], place: int) -> Entry:
    try:
        return read_account(given, named_entry(given, place), FIRST)
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


def read_account(given: t.Mapping[str, t.Any], whose: str, problems: Problems) -> DesiredAccount:
    """The desired account of one entry with all its options.

    :param whose: the beginning of a message.
    :param problems: takes what is invalid, with the key.
    """
    texts = _texts(given)
    login = texts["login"] or (
        texts["email"] if given["reseller_account_id"] is None and given["account_id"] is None else None
    )
    if not (login or given["reseller_account_id"] or given["account_id"]):
        problems.add(
            BadInputError(
                f"{whose} has no login, reseller_account_id or account_id, so it cannot be found.",
                hint="Set one of them. Without any of them, email is taken as the login.",
            )
        )
    _check_forms(whose, {**texts, "login": login}, problems)
    account = DesiredAccount(
        login=login,
        reseller_account_id=_id(given, "reseller_account_id", text_id, whose, problems),
        account_id=_id(given, "account_id", number_id, whose, problems),
        state=given["state"],
        email=texts["email"],
        properties=tuple((name, texts[name]) for name in PROPERTIES if texts[name]),
        password=given["password"],
        prune_addons=given["prune_addons"],
        force=given["force"],
    )
    sites = []
    for place, each in enumerate(given["sites"]):
        with problems.of(f"sites[{place}].domain"):
            sites.append(_site(each, whose, problems, f"sites[{place}]."))
    addons = _products(given["addons"], whose, problems, "")
    return DesiredAccount(**{**vars(account), "sites": tuple(sites), "addons": addons})


def _site(given: t.Mapping[str, t.Any], account: str, problems: Problems, path: str) -> DesiredSite:
    texts = _texts(given)
    domain = normalise_domain(given["domain"])
    whose = f"{account}, site {domain}"
    _check_forms(whose, texts, problems, path)
    site = DesiredSite(
        domain=domain,
        state=given["state"],
        site_id=_id(given, "site_id", number_id, whose, problems, path),
        subscription=_id(given, "subscription", text_id, whose, problems, path),
        bundle=_id(given, "bundle", text_id, whose, problems, path),
        amount=texts["amount"],
        renewal_date=_renewal_date(whose, texts, problems, path),
        domain_email=texts["domain_email"],
        trusted_domain=given["trusted_domain"],
        force=given["force"],
        addons=_products(given["addons"], whose, problems, path),
    )
    if site.subscription and site.bundle:
        problems.add(
            BadInputError(f"{whose}: both subscription and bundle are given.", hint="Give one of them."),
            f"{path}bundle",
        )
    return site


def _products(
    given: t.Sequence[t.Mapping[str, t.Any]], owner: str, problems: Problems, path: str
) -> tuple[DesiredProduct, ...]:
    """The add-ons of an account or a site."""
    addons = []
    for place, each in enumerate(given):
        with problems.of(f"{path}addons[{place}].subscription"):
            addons.append(_product(each, owner, problems, f"{path}addons[{place}]."))
    with problems.of(f"{path}addons"):
        refuse_twice(owner, addons)
    return tuple(addons)


def _product(given: t.Mapping[str, t.Any], owner: str, problems: Problems, path: str) -> DesiredProduct:
    texts = _texts(given)
    subscription = text_id(given["subscription"], f"{owner}: subscription of an add-on")
    whose = f"{owner}, add-on {subscription}"
    _check_forms(whose, texts, problems, path)
    if given["count"] < 1:
        problems.add(
            BadInputError(
                f"{whose}: count is {given['count']}; it must be 1 or greater.",
                hint="To end an add-on, set state: absent.",
            ),
            f"{path}count",
        )
    date = _renewal_date(whose, texts, problems, path)
    return DesiredProduct(subscription, given["state"], given["count"], texts["amount"], date)


def _texts(given: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The texts without blanks around them; an empty one is not given."""
    return {name: (value.strip() or None) if isinstance(value, str) else value for name, value in given.items()}


def _id(
    given: t.Mapping[str, t.Any],
    name: str,
    read: t.Callable[[object, str], t.Any],
    whose: str,
    problems: Problems,
    path: str = "",
) -> t.Any:
    if given[name] is not None:
        with problems.of(path + name):
            return read(given[name], f"{whose}: {name}")
    return None


def _check_forms(whose: str, texts: t.Mapping[str, t.Any], problems: Problems, path: str = "") -> None:
    for name, (form, wanted) in _FORMS.items():
        value = texts.get(name)
        if value is not None and not form.fullmatch(value):
            problems.add(BadInputError(f"{whose}: {name} is {value!r}; it must be {wanted}."), path + name)


def _renewal_date(whose: str, texts: t.Mapping[str, t.Any], problems: Problems, path: str) -> str | None:
    date: str | None = texts["renewal_date"]
    if date is not None and date != PRESERVE and calendar_date(date) is None:
        error = BadInputError(f"{whose}: renewal_date is {date!r}; it must be a date, YYYY-MM-DD, or {PRESERVE}.")
        problems.add(error, f"{path}renewal_date")
    return date


def refuse_twice(whose: str, addons: t.Sequence[DesiredProduct]) -> None:
    """:raises BadInputError: two of them are the same product, and may ask for different things."""
    twice = repeated(each.subscription for each in addons)
    if twice:
        raise BadInputError(
            f"{whose}: the add-on {', '.join(map(str, twice))} is listed more than once.",
            hint="Give the number of subscriptions with count.",
        )
