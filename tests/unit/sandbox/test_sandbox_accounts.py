# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""provisionAccount: what it creates, what it refuses, and the forms of its response."""

from __future__ import annotations

import typing as t

import pytest

if t.TYPE_CHECKING:
    from conftest import Response, Sandbox

# The example of the documentation.
SECOND_SITE = """<provisionAccount>
    <accountInformation><account_id>{}</account_id></accountInformation>
    <siteInformation>
        <subscription>8</subscription>
        <domain>superdomain.com</domain>
        <domainEmail>webmaster@example.com</domainEmail>
        <trustedDomain>yes</trustedDomain>
        <amount>5.00</amount>
    </siteInformation>
</provisionAccount>"""


def refusal(answer: Response) -> tuple[int, str | None]:
    """Status and error of a response."""
    return answer.status, answer.xml.findtext("provisionAccount/error")


def customers(vendor: Sandbox) -> list[str]:
    return [account["login"] for account in vendor.admin("GET", "state")["accounts"]]


def test_a_new_account_is_bought_with_its_first_site(vendor: Sandbox) -> None:
    account_id, site_id = vendor.ids(
        vendor.order(
            login="owner.at-customer",
            reseller_account_id="C-10023",
            address1="High Street 1",
            city="Berlin",
            state="BE",
            zip="10115",
            country="DE",
            phone="+49 30 1",
            password="secret-of-the-owner",
        )
    )
    [account] = vendor.admin("GET", "state")["accounts"]
    assert (account["id"], account["login"], account["email"]) == (
        account_id,
        "owner.at-customer",
        "owner@customer.example",
    )
    assert (account["reseller_account_id"], account["details"]["country"]) == ("C-10023", "DE")
    assert "secret-of-the-owner" not in str(vendor.admin("GET", "state"))
    assert vendor.billed() == [("customer.example", "8", "5.00")]
    [entry] = vendor.admin("GET", "ledger")["entries"]
    assert {name: entry[name] for name in ("event", "kind", "account_id", "site_id", "amount")} == {
        "event": "added",
        "kind": "plan",
        "account_id": account_id,
        "site_id": site_id,
        "amount": "5.00",
    }


def test_provision_adds_a_site_to_an_account(vendor: Sandbox) -> None:
    account_id, _first = vendor.ids(vendor.order())
    assert vendor.ids(vendor.call(SECOND_SITE.format(account_id)))[0] == account_id
    assert customers(vendor) == ["owner@customer.example"]
    assert [one[0] for one in vendor.billed()] == ["customer.example", "superdomain.com"]


def test_price_and_renewal_date_come_from_the_request(vendor: Sandbox) -> None:
    site = "<subscription>8</subscription><amount>4.20</amount><renewal_date>2027-01-01</renewal_date>"
    vendor.provision("<name>A</name><email>a@b.example</email>", site)
    [entry] = vendor.admin("GET", "ledger")["entries"]
    assert (entry["amount"], entry["next_renewal_at"]) == ("4.20", "2027-01-01")


def test_several_sites_without_a_domain(vendor: Sandbox) -> None:
    account_id, first = vendor.ids(vendor.provision("<name>A</name><email>a@b.example</email>", "<bundle>12</bundle>"))
    known = f"<account_id>{account_id}</account_id>"
    assert vendor.ids(vendor.provision(known, "<subscription>8</subscription>"))[1] != first


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"login": "short12"}, "Invalid login"),
        ({"login": "owner of it"}, "Invalid login"),
        ({"login": "owner/customer"}, "Invalid login"),
        ({"country": "GER"}, "Invalid country"),
        ({"country": "XX"}, "Invalid country"),
        ({"state": "Bavaria"}, "Invalid state"),
        ({"plan": "<subscription>12</subscription>"}, "Subscription doesn't exist"),
        ({"plan": "<subscription>9001</subscription>"}, "Subscription doesn't exist"),
        ({"plan": "<subscription>404</subscription>"}, "Subscription doesn't exist"),
        ({"plan": "<bundle>8</bundle>"}, "Subscription doesn't exist"),
        ({"domain": "no_domain"}, "Invalid domain"),
        ({"domain": "www.Taken.example"}, "Site already exists"),
        ({"domain": "elsewhere.example"}, "Site already exists"),
        ({"login": "taken@taken.example"}, "Account already exists"),
        ({"email": "taken@taken.example"}, "Account already exists"),
        ({"login": "a-stranger"}, "Account already exists"),
    ],
)
def test_a_refused_order_creates_nothing(vendor: Sandbox, more: dict[str, str], message: str) -> None:
    vendor.admin(
        "POST", "fleet", strangers=[{"id": "1", "site_id": "2", "login": "a-stranger", "domain": "elsewhere.example"}]
    )
    vendor.ids(vendor.order("taken.example", email="taken@taken.example"))
    assert refusal(vendor.order(**more)) == (500, message)
    assert customers(vendor) == ["taken@taken.example"]
    assert vendor.prices() == [("added", "8", "5.00")]


def test_an_unknown_account_is_refused(vendor: Sandbox) -> None:
    assert refusal(vendor.call(SECOND_SITE.format("5"))) == (500, "account_id not found")


NEW = "<name>A</name><email>a@b.example</email>"
PLAN = "<subscription>8</subscription>"


@pytest.mark.parametrize(
    ("account", "site"),
    [
        ("<name>A</name>", PLAN),
        ("<email>a@b.example</email>", PLAN),
        ("<name>A</name><email>nobody</email>", PLAN),
        ("<account_id>1</account_id><name>A</name>", PLAN),
        (NEW, ""),
        (NEW, f"{PLAN}<bundle>12</bundle>"),
        (NEW, f"{PLAN}<amount>-1</amount>"),
        (NEW, f"{PLAN}<amount>5,00</amount>"),
        (NEW, f"{PLAN}<renewal_date>preserve</renewal_date>"),
        (NEW, f"{PLAN}<trustedDomain>1</trustedDomain>"),
        (NEW, f"{PLAN}<trusted_domain>yes</trusted_domain>"),
        (NEW, f"{PLAN}<count>2</count>"),
    ],
)
def test_malformed_requests_are_refused(vendor: Sandbox, account: str, site: str) -> None:
    assert refusal(vendor.provision(account, site)) == (500, "Could not parse XML request")
    assert customers(vendor) == []


def test_revenue_sharing_requires_an_amount(vendor: Sandbox) -> None:
    vendor.admin("POST", "settings", revenue_sharing=True)
    assert refusal(vendor.order()) == (500, "amount is required")
    vendor.ids(vendor.order(plan="<subscription>8</subscription><amount>6.5</amount>"))
    assert vendor.billed() == [("customer.example", "8", "6.5")]


def test_customer_data_can_be_required(vendor: Sandbox) -> None:
    vendor.admin("POST", "settings", customer_data="full")
    assert refusal(vendor.order()) == (500, "address1 is required")


def test_a_weak_password_can_be_refused(vendor: Sandbox) -> None:
    vendor.admin("POST", "settings", strict_passwords=True)
    assert refusal(vendor.order(password="weak")) == (500, "Invalid password")
    vendor.ids(vendor.order(password="Stronger-1"))


@pytest.mark.parametrize(
    ("form", "paths"),
    [
        ("below_method", ["account_id", "site_id"]),
        ("in_containers", ["accountInformation/account_id", "siteInformation/site_id"]),
        ("account_only", ["account_id"]),
        ("none", ["result"]),
    ],
)
def test_setting_place_of_ids(vendor: Sandbox, form: str, paths: list[str]) -> None:
    vendor.admin("POST", "settings", provision_ids=form)
    method = vendor.order().xml.find("provisionAccount")
    leaves = [one for one in method.iter() if not len(one)]
    assert [method.getroottree().getelementpath(one).partition("/")[2] for one in leaves] == paths
    known = vendor.call("<checkDomain><domain>customer.example</domain></checkDomain>").xml.find("checkDomain")
    for leaf in leaves[: len(paths)]:
        assert leaf.text in (known.findtext("account_id"), known.findtext("site_id"), "Success")


@pytest.mark.parametrize(
    ("form", "status", "path", "code"),
    [("text", 500, "error", None), ("code", 500, "error", "-1"), ("status", 200, "message", None)],
)
def test_setting_form_of_errors(vendor: Sandbox, form: str, status: int, path: str, code: str | None) -> None:
    vendor.admin("POST", "settings", account_errors=form)
    answer = vendor.order(login="short12")
    assert answer.status == status
    method = answer.xml.find("provisionAccount")
    assert method.findtext(path) == "Invalid login"
    assert method.find(path).get("code") == code
    assert method.findtext("status") == ("error" if form == "status" else None)


def test_a_second_account_can_be_bought(vendor: Sandbox) -> None:
    vendor.admin("POST", "settings", second_account="buy")
    first, second = vendor.ids(vendor.order()), vendor.ids(vendor.order())
    assert first[0] != second[0]
    assert customers(vendor) == ["owner@customer.example"] * 2
    assert [event for event, _plan, _price in vendor.prices()] == ["added", "added"]
    assert vendor.account("login", "owner@customer.example").findtext("id") == first[0]
    gone = f"<deleteAccount><siteInformation><id>{first[1]}</id></siteInformation></deleteAccount>"
    assert vendor.call(gone).status == 200
    question = "<checkDomain><domain>customer.example</domain></checkDomain>"
    assert vendor.call(question).xml.findtext("checkDomain/site_id") == second[1]


def test_check_domain_returns_the_ids_of_the_site(vendor: Sandbox) -> None:
    vendor.admin("POST", "fleet", domains=[{"domain": "www.customer.example", "ssl": True, "origin": ["192.0.2.1"]}])
    _account, site_id = vendor.ids(vendor.order())
    [site] = vendor.admin("GET", f"state?site_id={site_id}")["sites"]
    assert (site["ssl"], site["origin"]) == (True, ["192.0.2.1"])
    vendor.buy(site_id, "100")
    assert vendor.status(site_id)["state"] == "pending-domain-validation"


def test_domain_and_login_of_another_partner(vendor: Sandbox) -> None:
    stranger = {"id": "11", "site_id": "12", "login": "a-stranger", "domain": "www.elsewhere.example"}
    vendor.admin("POST", "fleet", strangers=[stranger])
    question = "<checkDomain><domain>elsewhere.example</domain></checkDomain>"
    known = vendor.call(question).xml.find("checkDomain")
    assert (known.findtext("status"), known.find("account_id"), known.find("site_id")) == ("error", None, None)
    vendor.admin("POST", "settings", foreign_ids="given")
    known = vendor.call(question).xml.find("checkDomain")
    assert (known.findtext("account_id"), known.findtext("site_id")) == ("11", "12")
    for key, value in (("id", "11"), ("login", "a-stranger"), ("domain", "elsewhere.example"), ("site_id", "12")):
        wanted = f"<accountInformation><{key}>{value}</{key}></accountInformation>"
        assert vendor.call(f"<getStatus>{wanted}</getStatus>").status == 500
    assert vendor.call("<getAccounts/>").xml.findtext("getAccounts/records") == "0"


def test_get_countries(vendor: Sandbox) -> None:
    answer = vendor.call("<getCountriesList/>").xml.find("getCountriesList")
    assert answer.findtext("status") == "ok"
    listed = {one.findtext("code"): one.findtext("name") for one in answer.findall("countries/country")}
    assert listed["DE"] == "Germany"
    assert len(listed) == 249
