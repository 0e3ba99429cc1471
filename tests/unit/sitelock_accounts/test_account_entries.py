# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of a task to accounts: what is refused before the first call, and that it costs nobody else."""

from __future__ import annotations

import datetime
import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.desired import DesiredAccount
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.entries import (
    Entry,
    read_entries,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.entry_checks import screened
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.options import account_options

GOOD = {"login": "good@good.example", "sites": [{"domain": "good.example", "subscription": "8"}]}


def entries(*accounts: t.Mapping[str, t.Any]) -> list[Entry]:
    """As the action plugin and the module read them."""
    given, errors = screened(accounts)
    checked = ArgumentSpecValidator(account_options().options).validate({"accounts": given, "entry_errors": errors})
    assert not checked.error_messages, checked.error_messages
    return read_entries(checked.validated_parameters["accounts"], errors)


def site(**more: t.Any) -> dict[str, t.Any]:
    return {"login": "owner@a.example", "sites": [{"domain": "a.example", "subscription": "8", **more}]}


def addon(**more: t.Any) -> dict[str, t.Any]:
    return site(addons=[{"subscription": "9001", **more}])


REFUSED: dict[str, tuple[dict[str, t.Any], str]] = {
    "nothing to find it by": ({"name": "Customer"}, "Entry 1 has no login, reseller_account_id or account_id"),
    "a short login": ({"login": "short"}, "login is 'short'; it must be 8 or more"),
    "a login with other characters": ({"login": "owner of a site"}, "it must be 8 or more letters"),
    "an e-mail address as the login": ({"email": "a@b.c"}, "login is 'a@b.c'; it must be 8 or more"),
    "no e-mail address": ({"login": "owner@a.example", "email": "owner"}, "email is 'owner'"),
    "no country": (
        {"login": "owner@a.example", "country": "Germany"},
        "country is 'Germany'; it must be the two capital",
    ),
    "a country in small letters": ({"login": "owner@a.example", "country": "de"}, "country is 'de'"),
    "a number that is a fraction": ({"account_id": 570.0}, "Account 570.0: account_id is 570.0"),
    "a number that is a fraction, of a login": (
        {"login": "owner@a.example", "account_id": 570.0},
        "Account owner@a.example: account_id is 570.0",
    ),
    "an id that is a list": (
        {"login": "owner@a.example", "reseller_account_id": ["C-1"]},
        "Account owner@a.example: reseller_account_id is ['C-1']",
    ),
    "an unknown key": (
        {"login": "owner@a.example", "adress1": "Street 1"},
        "Account owner@a.example: unknown keys: adress1 (did you mean address1?).",
    ),
    "an unknown key of a site": (
        site(domain_mail="webmaster@a.example"),
        "Account owner@a.example, site a.example: unknown keys: domain_mail (did you mean domain_email?).",
    ),
    "an unknown key of an add-on": (
        addon(cuont=2),
        "Account owner@a.example, site a.example, addon 9001: unknown keys: cuont (did you mean count?).",
    ),
    "an unknown key of an add-on of the account": (
        {"login": "owner@a.example", "addons": [{"subscription": "7001"}, {"subscripton": "7001"}]},
        "Account owner@a.example, addon 2: unknown keys: subscripton (did you mean subscription?).",
    ),
    "no mapping": (t.cast("t.Any", "owner@a.example"), "Entry 1 is 'owner@a.example'; it must be a mapping."),
    "a site that is no mapping": (
        {"login": "owner@a.example", "sites": ["a.example"]},
        "Account owner@a.example, site 1 is 'a.example'; it must be a mapping.",
    ),
    "sites that are no list": (
        {"login": "owner@a.example", "sites": {"domain": "a.example"}},
        "Account owner@a.example: sites is {'domain': 'a.example'}; it must be a list.",
    ),
    "a site without a domain": (
        {"login": "owner@a.example", "sites": [{"subscription": "8"}]},
        "Account owner@a.example, site 8: domain is missing.",
    ),
    "an add-on without a product": (site(addons=[{"count": 2}]), "site a.example, addon 1: subscription is missing."),
    "a state that does not exist": (
        site(state="gone"),
        "site a.example: state is 'gone'; it must be present or absent.",
    ),
    "a flag that is none": (
        {"login": "owner@a.example", "force": "perhaps"},
        "Account owner@a.example: force is 'perhaps'; it must be true or false.",
    ),
    "a count that is no number": (addon(count="two"), "addon 9001: count is 'two'; it must be a whole number."),
    "a count that is a truth": (addon(count=True), "addon 9001: count is True; it must be a whole number."),
    "a text that is a truth": (
        {"login": "owner@a.example", "country": False},
        "Account owner@a.example: country is False; it must be a text; write it in quotes.",
    ),
    "a text that is a list": (site(amount=["5.00"]), "site a.example: amount is ['5.00']; it must be a text"),
    "a password that is a mapping": (
        {"login": "owner@a.example", "password": {"secret": "Abc123!xyz"}},
        "Account owner@a.example: password is of another type; it must be a text",
    ),
    "a plan that is a fraction": (site(subscription=8.0), "subscription is 8.0"),
    "an add-on that is a truth": (addon(subscription=True), "subscription of an add-on is True"),
    "plan and bundle": (site(bundle="12"), "both subscription and bundle"),
    "no domain": (site(domain="https://a.example/"), "is not a domain name"),
    "no amount": (site(amount="five"), "amount is 'five'; it must be a decimal number"),
    "a negative amount": (site(amount="-5.00"), "amount is '-5.00'"),
    "no date": (site(renewal_date="2026-02-30"), "renewal_date is '2026-02-30'"),
    "no date of an add-on": (addon(renewal_date="soon"), "renewal_date is 'soon'"),
    "no e-mail address at the domain": (site(domain_email="webmaster"), "domain_email is 'webmaster'"),
    "no subscription of an add-on": (addon(count=0), "count is 0; it must be 1 or greater"),
    "an add-on twice": (site(addons=[{"subscription": "9001"}] * 2), "the add-on 9001 is listed more than once"),
    "a domain twice": (
        {"login": "owner@a.example", "sites": [{"domain": "a.example"}, {"domain": "www.a.example"}]},
        "The domain a.example is listed more than once: in entry 1",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_and_the_others_are_not(case: str) -> None:
    given, told = REFUSED[case]
    bad, good = entries(given, GOOD)
    assert isinstance(bad, BadInputError)
    assert told in bad.message
    assert "Abc123!xyz" not in bad.message
    assert isinstance(good, DesiredAccount)


def test_an_unknown_key_is_told_with_all_known_ones() -> None:
    (bad,) = entries(addon(cuont=2))
    assert isinstance(bad, BadInputError)
    assert bad.hint == "Known keys: amount, count, renewal_date, state, subscription."


def test_every_type_of_an_option_is_checked() -> None:
    everything = {
        "login": "owner@a.example",
        "state": "present",
        "email": "owner@a.example",
        "name": 4711,
        "zip": 53113,
        "prune_addons": "yes",
        "force": 0,
        "account_id": "570",
        "reseller_account_id": 10023,
        "password": "x",
        "sites": [{"domain": "a.example", "amount": 5.5, "renewal_date": datetime.date(2026, 1, 1), "site_id": 5}],
        "addons": [{"subscription": 7001, "count": "2"}],
    }
    assert screened([everything]) == ([everything], {})


SHARED: dict[str, tuple[dict[str, t.Any], dict[str, t.Any], str]] = {
    "login": ({"login": "owner@a.example"}, {"login": "OWNER@a.example"}, "The login owner@a.example"),
    "number": ({"account_id": 570}, {"account_id": "570"}, "The account_id 570"),
    "number of the partner": (
        {"reseller_account_id": "C-1"},
        {"reseller_account_id": "C-1"},
        "The reseller_account_id C-1",
    ),
    "domain": (site(), {**site(domain="www.a.example"), "login": "other@b.example"}, "The domain a.example"),
}


@pytest.mark.parametrize("what", SHARED)
def test_two_accounts_that_share_something_are_both_refused(what: str) -> None:
    one, other, told = SHARED[what]
    first, good, second = entries(one, GOOD, other)
    for bad in (first, second):
        assert isinstance(bad, BadInputError)
        assert f"{told} is listed more than once: in entry 1 and entry 3" in bad.message
    assert isinstance(good, DesiredAccount)


def test_the_password_is_in_no_text_of_an_account() -> None:
    (account,) = entries({"login": "owner@a.example", "password": "Abc123!xyz"})
    assert "Abc123!xyz" not in repr(account)


def test_what_is_given_is_what_is_wanted() -> None:
    (account,) = entries(
        {
            "login": " owner@a.example ",
            "reseller_account_id": 10023,
            "province": "BY",
            "sites": [{"domain": "WWW.Straße.example", "bundle": 12, "amount": "5.00", "trusted_domain": "yes"}],
            "addons": [{"subscription": 7001, "count": "2"}],
        }
    )
    assert isinstance(account, DesiredAccount)
    assert (account.login, account.reseller_account_id) == ("owner@a.example", "10023")
    assert account.properties == (("province", "BY"),)
    (one,) = account.sites
    assert (one.domain, one.plan, one.amount, one.trusted_domain) == ("www.xn--strae-oqa.example", "12", "5.00", True)
    assert (account.addons[0].subscription, account.addons[0].count) == ("7001", 2)
