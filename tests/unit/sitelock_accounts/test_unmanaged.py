# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paid for, in no file: the subscriptions that SiteLock lists, compared with the files."""

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.filter.unmanaged_subscriptions import unmanaged_subscriptions

Entry = dict[str, t.Any]

PLANS: list[Entry] = [
    {"id": "8", "name": "Scan", "type": "plan", "product_category": "SCAN", "price": "5.00"},
    {"id": "12", "name": "All in one", "type": "bundle", "product_category": "BUNDLE", "price": "20.00"},
    {"id": "100", "name": "Firewall", "type": "addon", "product_category": "WAF", "price": "10.00"},
    {"id": "9001", "name": "Backup", "type": "addon", "product_category": "BACKUP", "price": "9.00"},
    {"id": "7001", "name": "PCI", "type": "addon", "product_category": "PCI", "price": "7.00"},
]


def paid(number: int, subscription: str, site_id: int | None = 5, **more: t.Any) -> Entry:
    return {
        "subscription": subscription,
        "subscription_id": str(number),
        "name": None,
        "listed_as": "addon",
        "site_id": site_id,
        "domain": None if site_id is None else "a.example",
        "amount": "3.00",
        "frequency": "1",
        "next_renewal_at": "2027-01-01",
        "details": {},
        **more,
    }


def account(*subscriptions: Entry, **more: t.Any) -> Entry:
    """Account 570 with site 5, a.example."""
    return {
        "account_id": 570,
        "status": "active",
        "login": "owner@a.example",
        "reseller_account_id": "C-1",
        "name": "A Ltd",
        "sites": [{"site_id": 5, "domain": "www.a.example", "status": "active"}],
        "subscriptions": list(subscriptions),
        "error": None,
        "deferred": False,
        **more,
    }


def left(listed: Entry, accounts: t.Sequence[Entry] = (), sites: t.Sequence[Entry] = ()) -> list[str | None]:
    """The instances that no file names."""
    rows = unmanaged_subscriptions([listed], list(accounts), list(sites), PLANS)
    return [t.cast("str | None", row["subscription_id"]) for row in rows]


def of_site(*addons: Entry, **site: t.Any) -> list[Entry]:
    """An account file with a.example."""
    return [{"login": "Owner@a.example", "sites": [{"domain": "a.example", "addons": list(addons), **site}]}]


PLAN, WAF, BACKUP, PCI = paid(1, "8"), paid(2, "100"), paid(3, "9001"), paid(4, "7001", None)
NEXT_TO_THE_SITE = paid(1, "8", listed_as="site")
ALL_FILES = of_site({"subscription": "9001"}, subscription="8")
ALL_FILES[0]["addons"] = [{"subscription": "7001"}]
WAF_FILE: list[Entry] = [{"domain": "a.example", "subscription": "100"}]

CASES: dict[str, tuple[Entry, list[Entry], list[Entry], list[str | None]]] = {
    "without files all is in no file": (account(PLAN, WAF, BACKUP, PCI), [], [], ["1", "2", "3", "4"]),
    "what the files name is not listed": (account(PLAN, WAF, BACKUP, PCI), ALL_FILES, WAF_FILE, []),
    "a site file names Firewall & CDN only": (account(PLAN, WAF, BACKUP), [], WAF_FILE, ["1", "3"]),
    "a site file may name the site by its number": (account(WAF), [], [{"site_id": "5", "subscription": 100}], []),
    "the number of another site does not help": (account(WAF), [], [{"site_id": 6, "subscription": "100"}], ["2"]),
    "a site file without a plan names a firewall": (account(PLAN, WAF, BACKUP), [], [{"site_id": 5}], ["1", "3"]),
    "another firewall than that of the file": (account(paid(9, "101"), WAF), [], WAF_FILE, ["9"]),
    "the second firewall was bought twice": (account(paid(9, "100"), WAF), [], WAF_FILE, ["9"]),
    "the second backup was bought twice": (account(BACKUP, paid(31, "9001"), PLAN), ALL_FILES, [], ["31"]),
    "a count allows several": (
        account(PCI, paid(5, "7001", None), paid(6, "7001", None), sites=[]),
        [{"account_id": 570, "addons": [{"subscription": "7001", "count": 2}]}],
        [],
        ["6"],
    ),
    "products by their names": (
        account(PLAN, BACKUP),
        of_site({"subscription": "Backup"}, subscription="Scan"),
        [],
        [],
    ),
    "an entry without a plan names any plan": (account(PLAN, BACKUP), of_site(), [], ["3"]),
    "a plan next to the site": (account(NEXT_TO_THE_SITE), of_site(), [], []),
    "another plan than that of the file": (account(NEXT_TO_THE_SITE), of_site(subscription="9"), [], ["1"]),
    "parts of a bundle cost nothing": (
        account(paid(7, "12", listed_as="site"), paid(8, "100", amount="0.00"), BACKUP),
        of_site(bundle="12"),
        [],
        ["3"],
    ),
    "without a bundle they are listed": (
        account(PLAN, paid(8, "100", amount="0")),
        of_site(subscription="8"),
        [],
        ["8"],
    ),
    "an account that is to end names all": (
        account(PLAN, WAF, PCI),
        [{"account_id": "570", "state": "absent"}],
        [],
        [],
    ),
    "a site that is to end names all of it": (account(PLAN, WAF, PCI), of_site(state="absent"), [], ["4"]),
    "an add-on that is to end": (
        account(BACKUP, paid(31, "9001")),
        of_site({"subscription": "9001", "state": "absent"}),
        [],
        [],
    ),
    "a firewall that is to end": (account(WAF, BACKUP), [], [{"domain": "a.example", "state": "absent"}], ["3"]),
    "the API does not say the site": (account(paid(3, "9001", None)), of_site({"subscription": "9001"}), [], []),
    "the API says a site for one of the account": (account(paid(4, "7001")), ALL_FILES, [], []),
    "the account is known by its domains only": (
        account(BACKUP, PCI, login=None, reseller_account_id=None),
        ALL_FILES,
        [],
        [],
    ),
    "the account by the id of the reseller": (
        account(PCI, sites=[]),
        [{"reseller_account_id": "C-1", "addons": [{"subscription": "7001"}]}],
        [],
        [],
    ),
    "without a login the e-mail address is one": (
        account(PCI, sites=[]),
        [{"email": "owner@a.example", "addons": [{"subscription": "7001"}]}],
        [],
        [],
    ),
    "an add-on of somebody else's file": (
        account(PCI, sites=[]),
        [{"login": "other@b.example", "addons": [{"subscription": "7001"}]}],
        [],
        ["4"],
    ),
    "a site in no file of which nothing is listed": (account(), [], [], [None]),
    "the same in a file": (account(), [], WAF_FILE, []),
    "an inactive account that getStatus does not know": (account(status="inactive", subscriptions=None), [], [], []),
    "an inactive account that is still paid for": (account(BACKUP, status="inactive"), [], [], ["3"]),
    "entries that cannot be right": (
        account(BACKUP),
        [{"login": None, "sites": [{"domain": "not a domain"}, None]}, {"sites": None, "addons": "x"}],
        [{"domain": None}, {}],
        ["3"],
    ),
}


@pytest.mark.parametrize(("listed", "accounts", "sites", "expected"), CASES.values(), ids=CASES)
def test_what_no_file_names(
    listed: Entry, accounts: list[Entry], sites: list[Entry], expected: list[str | None]
) -> None:
    assert left(listed, accounts, sites) == expected


def test_a_row_says_what_an_invoice_says() -> None:
    listed = account(paid(3, "9001", details={"subscription_start": "2026-01-01", "other": "x"}))
    assert unmanaged_subscriptions([listed], [], WAF_FILE, PLANS) == [
        {
            "account_id": 570,
            "login": "owner@a.example",
            "name": "A Ltd",
            "account_status": "active",
            "site_id": 5,
            "domain": "a.example",
            "site_status": "active",
            "in_file": True,
            "subscription": "9001",
            "subscription_id": "3",
            "product": "Backup",
            "since": "2026-01-01",
            "next_renewal_at": "2027-01-01",
            "frequency": "1",
            "price": "3.00",
            "note": None,
        }
    ]


def test_the_price_of_the_list_stands_in_where_the_subscription_has_none() -> None:
    (row,) = unmanaged_subscriptions([account(paid(3, "9001", amount=None))], [], [], PLANS)
    assert row["price"] == "9.00"
    (row,) = unmanaged_subscriptions([account(paid(3, "9001", amount=None))])
    assert (row["price"], row["product"]) == (None, None)


def test_one_too_many_and_what_is_not_known_have_a_note() -> None:
    unread = account(account_id=571, subscriptions=None, error={"message": "getStatus: Trouble."})
    late = account(account_id=572, subscriptions=None, deferred=True, deferred_reason=None)
    bare = account(account_id=573, sites=[{"site_id": 9, "domain": "c.example", "status": "active"}])
    listed = [account(BACKUP, paid(31, "9001")), unread, late, bare]
    rows = unmanaged_subscriptions(listed, ALL_FILES, [], PLANS)
    assert [(row["account_id"], row["subscription_id"], row["note"]) for row in rows] == [
        (570, "31", "one more than the files name"),
        (571, None, "not read: getStatus: Trouble."),
        (572, None, "not read: the task ended before"),
        (573, None, "the API does not list the subscriptions of this site"),
    ]


def test_subscriptions_that_were_not_asked_for_are_not_taken_for_none() -> None:
    with pytest.raises(AnsibleFilterError, match="The subscriptions of account 570 were not read"):
        unmanaged_subscriptions([account(subscriptions=None)])


@pytest.mark.parametrize("wrong", ["text", [1], {"a": 1}])
def test_what_is_no_list_of_mappings_is_refused(wrong: t.Any) -> None:
    for place in range(4):
        given_lists: list[t.Any] = [[], [], [], []]
        given_lists[place] = wrong
        with pytest.raises(AnsibleFilterError, match="is not a list of mappings"):
            unmanaged_subscriptions(*given_lists)


@given(
    bought=st.lists(st.tuples(st.sampled_from(["9001", "7001", "100"]), st.sampled_from([5, None])), max_size=6),
    wanted=st.lists(st.tuples(st.sampled_from(["9001", "7001", "100"]), st.integers(1, 3)), max_size=4),
    data=st.data(),
)
def test_as_many_are_left_as_are_bought_and_not_wanted(
    bought: list[tuple[str, int | None]], wanted: list[tuple[str, int]], data: st.DataObject
) -> None:
    """Whatever the order, and wherever the API says or does not say the site."""
    listed = account(*[paid(number, *each) for number, each in enumerate(bought, 1)])
    file = of_site(*[{"subscription": product, "count": count} for product, count in wanted], subscription="8")
    surplus = [
        max(0, sum(each == product for each, _site in bought) - sum(n for each, n in wanted if each == product))
        for product in ("9001", "7001", "100")
    ]
    assert len(left(listed, file)) == sum(surplus)
    listed["subscriptions"] = data.draw(st.permutations(listed["subscriptions"]))
    assert len(left(listed, file)) == sum(surplus)
