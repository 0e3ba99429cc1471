# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an account has, from answers that leave something open: nobody else's account, and no site forgotten."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError, RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.current import (
    CurrentAccount,
    parse_account,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.desired import (
    DesiredAccount,
    DesiredSite,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.reading import AccountReader
from ansible_collections.hosting.websec.tests.unit.sitelock.wire import wired_client
from ansible_collections.hosting.websec.tests.unit.sitelock_accounts.test_info_modules import Answers, Api

LOGIN = "owner@a.example"
NOT_THERE = "<error>account_id not found</error>"
FREE = "<status>ok</status><message>login is available</message>"
OWNED = (
    "<account_id>{}</account_id><site_id>1090</site_id><status>error</status><message>domain already exists</message>"
)


def information(*sites: str, more: str = "") -> str:
    listed = f"<sites>{''.join(f'<site>{site}</site>' for site in sites)}</sites>" if sites else ""
    return f"<accountInformation><name>A Ltd</name>{more}<addons/>{listed}</accountInformation>"


def site(number: object = "", domain: str = "", status: str = "active") -> str:
    return f"<id>{number}</id><domain>{domain}</domain><status>{status}</status>"


def state(site_id: int, routing: str = "0") -> str:
    return f"<site_id>{site_id}</site_id><state>pending-dns</state><traffic_routing>{routing}</traffic_routing>"


def desired(*sites: DesiredSite, **more: t.Any) -> DesiredAccount:
    return DesiredAccount(**{"login": LOGIN, "sites": sites, **more})


def observed(answers: Answers, wanted: DesiredAccount) -> tuple[CurrentAccount, list[str]]:
    api = Api(answers)
    client, wire = wired_client(api)
    found = AccountReader(client).observe(wanted)
    assert wire.written in ([], ["getAnpProvisioningStatus"] * len(wire.written))
    return found, api.calls


# ---- whose account it is


def test_an_account_number_with_another_login_is_refused() -> None:
    answers = {"getStatus 570": information(more="<login>other@b.example</login>")}
    with pytest.raises(RejectedError, match=r"account 570 has the login other@b\.example at SiteLock, not owner@a"):
        observed(answers, desired(account_id=570))


@pytest.mark.parametrize(
    ("more", "told"),
    [("<login>new@a.example</login>", "has the login new@a.example"), ("", "has another login")],
)
@pytest.mark.parametrize("wanted", ["present", "absent"])
def test_an_account_whose_login_has_changed_is_neither_made_again_nor_taken_as_ended(
    more: str, told: str, wanted: str
) -> None:
    answers = {
        f"getStatus {LOGIN}": NOT_THERE,
        f"checkLogin {LOGIN}": FREE,
        "getStatus C-1": information(more=more),
    }
    with pytest.raises(RejectedError, match=f"the account with reseller_account_id C-1 {told} at SiteLock"):
        observed(answers, desired(reseller_account_id="C-1", state=wanted))


def test_an_account_that_is_new_under_both_keys_is_new() -> None:
    answers = {f"getStatus {LOGIN}": NOT_THERE, f"checkLogin {LOGIN}": FREE, "getStatus C-1": NOT_THERE}
    found, _calls = observed(answers, desired(reseller_account_id="C-1"))
    assert not found.exists


SUBSCRIPTION = "<subscription>1</subscription><subscription_id>S1</subscription_id>"


@pytest.mark.parametrize(
    "answers",
    {
        "inactive": {f"getStatus {LOGIN}": information(more="<status>inactive</status>")},
        "unknown": {
            f"getStatus {LOGIN}": NOT_THERE,
            f"checkLogin {LOGIN}": "<status>error</status><message>Login is in use by another account.</message>",
        },
    }.values(),
    ids=["told as inactive", "not told"],
)
def test_the_login_of_an_account_that_has_ended_needs_another_one(answers: Answers) -> None:
    with pytest.raises(RejectedError) as refused:
        observed(answers, desired(DesiredSite("a.example", subscription="8")))
    for words in ("another login", "a new account", "has ended"):
        assert words in refused.value.hint


UNIQUE = {
    "login": (f"<login>{LOGIN}</login>", []),
    "site": ("", [site(1090, "a.example")]),
    "add-on": (
        "<addons><addon><subscription>1</subscription><subscription_id>S1</subscription_id></addon></addons>",
        [],
    ),
}


@pytest.mark.parametrize("what", UNIQUE)
def test_the_number_of_an_account_is_that_of_the_owner_of_a_domain_with_the_same_answer(what: str) -> None:
    more, sites = UNIQUE[what]
    same = information(*sites, more=more).replace("<addons/>", "" if what == "add-on" else "<addons/>")
    answers = {f"getStatus {LOGIN}": same, "getStatus 570": same, "checkDomain a.example": OWNED.format(570)}
    found, _calls = observed(answers, desired(DesiredSite("a.example")))
    assert found.account_id == 570


def test_an_account_of_the_same_name_is_not_taken_for_this_one() -> None:
    same = information(more="<email>agency@b.example</email>")
    answers = {f"getStatus {LOGIN}": same, "getStatus 999": same, "checkDomain a.example": OWNED.format(999)}
    found, _calls = observed(answers, desired(DesiredSite("a.example")))
    assert found.account_id is None
    assert "account 999 at SiteLock" in found.foreign["a.example"]


# ---- its sites


def test_a_site_that_ended_is_replaced_by_the_one_that_came_after_it() -> None:
    ended, active = site(1, "a.example", "inactive"), site(2, "www.a.example")
    for order in ([ended, active], [active, ended], [ended, ended, active]):
        data = {"accountInformation": {"sites": {"site": [_plain(each) for each in order]}}}
        assert parse_account(data).sites["a.example"].site_id == 2
    with pytest.raises(BadResponseError, match=r"lists the site a\.example twice"):
        parse_account({"accountInformation": {"sites": {"site": [_plain(site(1, "a.example"))] * 2}}})


def _plain(element: str) -> dict[str, str]:
    number, domain, status = (part.split("<")[0] for part in element.replace("</", "<").split(">")[1::2])
    return {"id": number, "domain": domain, "status": status}


def test_the_end_of_an_account_looks_at_the_traffic_of_sites_without_a_domain() -> None:
    answers = {
        f"getStatus {LOGIN}": information(site(5, "a.example"), site(6), more="<id>570</id>"),
        "getAnpProvisioningStatus": state(5),
    }
    found, calls = observed_with_states(answers, {5: "0", 6: "1"})
    assert calls == ["getStatus", "getAnpProvisioningStatus", "getAnpProvisioningStatus"]
    assert {each.site_id: each.routed for each in found.sites.values()} == {5: False, 6: True}


def test_the_end_of_an_account_with_a_site_without_a_number_asks_getaccounts_for_all_of_them() -> None:
    pages = {
        "getAccounts 500 0": '<account id="570" status="active"><site id="5" status="active" name="a.example"/>'
        '<site id="6" status="active" name=""/><site id="7" status="active" name="www.a.example"/></account>',
        "getAccounts 500 1": "<records>0</records>",
    }
    answers = {f"getStatus {LOGIN}": information(site("", "a.example"), more="<id>570</id>"), **pages}
    found, _calls = observed_with_states(answers, {5: "0", 6: "0", 7: "1"})
    assert {each.site_id: each.routed for each in found.sites.values()} == {5: False, 6: False, 7: True}


def observed_with_states(answers: Answers, routing: t.Mapping[int, str]) -> tuple[CurrentAccount, list[str]]:
    """An account that is to be ended. The request about the state of a site has its number as an attribute."""
    api = Api(answers)
    calls: list[str] = []

    def reply(request: t.Any) -> t.Any:
        for number, routed in routing.items():
            if f'site_id="{number}"'.encode() in request.body:
                calls.append("getAnpProvisioningStatus")
                return Api({"getAnpProvisioningStatus": state(number, routed)})(request)
        answer = api(request)
        calls.append(api.calls[-1].split()[0])
        return answer

    client, _wire = wired_client(reply)
    return AccountReader(client).observe(desired(state="absent")), calls


def test_a_site_id_that_is_wrong_is_refused_wherever_the_right_one_is_told() -> None:
    answers = {f"getStatus {LOGIN}": information(site(5, "a.example"), more="<id>570</id>")}
    for wanted in ("present", "absent"):
        with pytest.raises(RejectedError, match=r"a\.example is site 5 at SiteLock, not site 6"):
            observed(
                {**answers, "getAnpProvisioningStatus": state(5)},
                desired(DesiredSite("a.example", wanted, site_id=6)),
            )
