# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of the vendor's pages about accounts, add-ons and plans: what is sent, and what is understood."""

from __future__ import annotations

import types
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import NotFoundError, RejectedError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.accounts import read_accounts
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.lookups import (
    DomainOwner,
    login_is_free,
    look_up_domain,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import find
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.desired import (
    DesiredAccount,
    DesiredProduct,
    DesiredSite,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.plan import (
    CHANGE_EMAIL,
    CHANGE_PLAN,
    END_ACCOUNT,
    END_ADDON,
    END_BUNDLE,
    END_PLAN,
    END_SITE,
    NEW_ACCOUNT,
    NEW_ADDON,
    NEW_SITE,
    Write,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.writing import AccountWriter
from ansible_collections.hosting.websec.tests.unit.scripted_server import Reply, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import (
    call,
    canonical,
    document,
    request_of,
    sitelock_client,
)

LOGIN = "jane@example.com"
TERMS = {"amount": "5.00", "renewal_date": "2015-01-01"}
ACCOUNT = DesiredAccount(
    login="jane-the-first",
    email=LOGIN,
    reseller_account_id="C-1",
    password="Abc123!xyz",
    properties=(
        *(("name", "Jane Ltd"), ("address1", "Street 1"), ("address2", "Floor 2"), ("city", "Phoenix")),
        *(("province", "AZ"), ("zip", "85001"), ("country", "US"), ("phone", "1-602-5551234")),
    ),
    sites=(
        DesiredSite(
            "superdomain.com",
            subscription="8",
            amount="5.00",
            domain_email="webmaster@example.com",
            trusted_domain=True,
            addons=(DesiredProduct("9001", **TERMS),),
        ),
        DesiredSite("changed.com", subscription="8", **TERMS),
        DesiredSite("bundled.com", bundle="12"),
    ),
    addons=(DesiredProduct("7001", **TERMS),),
)
SITES = {"superdomain.com": 442676, "changed.com": 1077, "bundled.com": 1078}
SITE = """<siteInformation>
        <subscription>8</subscription>
        <domain>superdomain.com</domain>
        <domainEmail>webmaster@example.com</domainEmail>
        <trustedDomain>yes</trustedDomain>
        <amount>5.00</amount>
    </siteInformation>"""
SUBSCRIPTION_TERMS = "<amount>5.00</amount><renewal_date>2015-01-01</renewal_date>"


def write(kind: str, domain: str = "", subscription: str = "", subscription_id: str = "") -> Write:
    return Write(kind, ACCOUNT.name, domain, subscription, subscription_id=subscription_id)


def writer(client: t.Any) -> AccountWriter:
    """Of an account that is there, with its numbers."""
    reader = types.SimpleNamespace(
        account_id=lambda _account: 12345,
        site_id=lambda _account, domain: SITES[domain],
        note=lambda *_about, **_numbers: None,
        note_addon=lambda *_about: None,
    )
    return AccountWriter(client, t.cast("t.Any", reader), {ACCOUNT.name: ACCOUNT})


# ---- requests

WRITES: dict[str, tuple[Write, str]] = {
    "a new account with all that the page names": (
        write(NEW_ACCOUNT, "superdomain.com"),
        f"""<provisionAccount><accountInformation>
            <name>Jane Ltd</name><address1>Street 1</address1><address2>Floor 2</address2><city>Phoenix</city>
            <state>AZ</state><zip>85001</zip><country>US</country><phone>1-602-5551234</phone>
            <email>jane@example.com</email><login>jane-the-first</login><password>Abc123!xyz</password>
            <reseller_account_id>C-1</reseller_account_id>
        </accountInformation>{SITE}</provisionAccount>""",
    ),
    "a site of an account": (
        write(NEW_SITE, "superdomain.com"),
        f"""<provisionAccount>
            <accountInformation><account_id>12345</account_id></accountInformation>{SITE}</provisionAccount>""",
    ),
    "another plan": (
        write(CHANGE_PLAN, "changed.com"),
        (
            "<modifyAccount><siteInformation><id>1077</id><subscription>8</subscription><amount>5.00</amount>"
            "<renewal_date>2015-01-01</renewal_date></siteInformation></modifyAccount>"
        ),
    ),
    "a bundle, with the date that is there": (
        write(CHANGE_PLAN, "bundled.com"),
        (
            "<modifyAccount><siteInformation><id>1078</id><bundle>12</bundle>"
            "<renewal_date>preserve</renewal_date></siteInformation></modifyAccount>"
        ),
    ),
    "another e-mail address": (
        write(CHANGE_EMAIL),
        (
            "<modifyAccount><accountInformation><id>12345</id><email>jane@example.com</email></accountInformation>"
            "</modifyAccount>"
        ),
    ),
    "an add-on of a site": (
        write(NEW_ADDON, "superdomain.com", "9001"),
        (
            f"<provisionAddon><addonInfo><site_id>442676</site_id><subscription>9001</subscription>{SUBSCRIPTION_TERMS}"
            "</addonInfo></provisionAddon>"
        ),
    ),
    "an add-on of the account": (
        write(NEW_ADDON, "", "7001"),
        (
            f"<provisionAddon><addonInfo><account_id>12345</account_id><subscription>7001</subscription>"
            f"{SUBSCRIPTION_TERMS}</addonInfo></provisionAddon>"
        ),
    ),
    "the end of an add-on": (
        write(END_ADDON, "superdomain.com", "9001", "1234"),
        "<deleteAddon><addonInfo><subscription_id>1234</subscription_id></addonInfo></deleteAddon>",
    ),
    "the end of a plan": (
        write(END_PLAN, "changed.com"),
        "<deletePlan><planInfo><site_id>1077</site_id></planInfo></deletePlan>",
    ),
    "the end of a bundle": (
        write(END_BUNDLE, "bundled.com"),
        "<deleteBundle><bundleInfo><site_id>1078</site_id></bundleInfo></deleteBundle>",
    ),
    "the end of a site": (
        write(END_SITE, "changed.com"),
        "<deleteAccount><siteInformation><id>1077</id></siteInformation></deleteAccount>",
    ),
    "the end of an account": (
        write(END_ACCOUNT),
        "<deleteAccount><accountInformation><id>12345</id></accountInformation></deleteAccount>",
    ),
}


def documented(example: str) -> bytes:
    authentication = "<authentication><user>Username</user><password>Password</password></authentication>"
    return canonical(document(authentication + example, "SiteLockOnlineRequest"))


@pytest.mark.parametrize("what", WRITES)
def test_the_requests_of_the_module_are_as_documented(what: str) -> None:
    one, example = WRITES[what]
    assert canonical(request_of(*writer(None).request(one))) == documented(example)


REQUESTS: dict[str, tuple[dict[str, t.Any], str]] = {
    "checkDomain": ({"domain": "example.com"}, "<domain>example.com</domain>"),
    "checkLogin": ({"login": LOGIN}, f"<login>{LOGIN}</login>"),
    "getAccounts": ({"limit": 3, "offset": 0}, "<limit>3</limit><offset>0</offset>"),
    "getLastAcceptedTOS": ({"account_id": 2468013}, "<account_id>2468013</account_id>"),
    "getPlanScanFrequency": ({"id": 8}, "<id>8</id>"),
    "getPlanList": ({}, ""),
    "getWafClientAppInfo": ({}, ""),
    "passwordReset": (
        {"account_id": 570, "user": LOGIN, "pass": "Abc123!xyz"},
        f"<account_id>570</account_id><user>{LOGIN}</user><pass>Abc123!xyz</pass>",
    ),
    "modifyAddon": (
        {"addonInfo": [{"site_id": 442676, "subscription": "9002"}]},
        "<addonInfo><site_id>442676</site_id><subscription>9002</subscription></addonInfo>",
    ),
    # Several of a batch in one request, products mixed.
    "deleteAddon": (
        {"addonInfo": [{"subscription_id": 1234}, {"subscription_id": 1235}]},
        (
            "<addonInfo><subscription_id>1234</subscription_id></addonInfo>"
            "<addonInfo><subscription_id>1235</subscription_id></addonInfo>"
        ),
    ),
    "deletePlan": (
        {"planInfo": {"site_id": [1077, 1078]}},
        "<planInfo><site_id>1077</site_id><site_id>1078</site_id></planInfo>",
    ),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_the_other_requests_are_as_documented(name: str) -> None:
    parameters, inner = REQUESTS[name]
    method = find(name, parameters)
    assert method is not None
    assert canonical(request_of(method, parameters)) == documented(f"<{name}>{inner}</{name}>")


@pytest.mark.parametrize("key", ["id", "login", "domain", "site_id", "reseller_account_id"])
def test_getstatus_by_each_of_its_keys(key: str) -> None:
    parameters = {"accountInformation": {key: 570}}
    method = find("getStatus", parameters)
    assert method is not None
    wanted = f"<getStatus><accountInformation><{key}>570</{key}></accountInformation></getStatus>"
    assert canonical(request_of(method, parameters)) == documented(wanted)


# ---- answers

Read = t.Callable[[SiteLockClient], t.Any]


def read(example: str, ask: Read) -> t.Any:
    with ScriptedServer([Reply(document(example))]) as server, sitelock_client(server.url) as client:
        return ask(client)


def test_checkdomain() -> None:
    free = "<domain>example.com</domain><message>domain is available</message><status>ok</status>"
    there = (
        "<domain>example.com</domain><account_id>570</account_id><message>domain already exists</message>"
        "<site_id>1090</site_id><status>error</status>"
    )
    for inner, owner in ((free, None), (there, DomainOwner(570, 1090))):
        answer = f"<checkDomain>{inner}</checkDomain>"
        assert read(answer, lambda client: look_up_domain(client, "example.com")) == owner


def test_checklogin() -> None:
    free = "<message>login is available</message><status>ok</status>"
    there = "<message>Login is in use by another account.</message><status>error</status>"
    for inner, is_free in ((free, True), (there, False)):
        answer = f"<checkLogin><login>{LOGIN}</login>{inner}</checkLogin>"
        assert read(answer, lambda client: login_is_free(client, LOGIN)) is is_free


def test_getaccounts() -> None:
    page = (
        '<getAccounts><records>3</records><account id="1227" status="active">'
        '<site id="11175" status="inactive" name="www.dom.com"/></account></getAccounts>'
    )
    end = "<getAccounts><records>0</records></getAccounts>"
    replies = [Reply(document(page)), Reply(document(end))]
    with ScriptedServer(replies) as server, sitelock_client(server.url) as client:
        (account,) = read_accounts(client, 3)
    assert (account.account_id, account.status) == (1227, "active")
    assert [(site.site_id, site.site_status, site.domain) for site in account.sites] == [
        (11175, "inactive", "www.dom.com")
    ]


def sent(one: Write, answer: str, status: int = 200) -> WebsecError | None:
    """The error with which a write ends that gets this answer; C(None): it was accepted."""
    with ScriptedServer([Reply(document(answer), status)]) as server, sitelock_client(server.url) as client:
        try:
            return writer(client).send(one)
        except WebsecError as error:
            return error


END = write(END_ACCOUNT)


def test_deleteaccount() -> None:
    assert sent(END, "<deleteAccount><result>Success</result></deleteAccount>") is None
    # The page has it with the status 500.
    refused = sent(END, "<deleteAccount><error>Could not parse XML request</error></deleteAccount>", 500)
    assert refused is not None
    assert (refused.message, refused.http_status) == ("deleteAccount: Could not parse XML request.", 500)


@pytest.mark.parametrize(
    ("kind", "method", "element", "domain"),
    [(END_PLAN, "deletePlan", "plan", "changed.com"), (END_BUNDLE, "deleteBundle", "bundle", "bundled.com")],
)
def test_the_end_of_a_plan_and_of_a_bundle(kind: str, method: str, element: str, domain: str) -> None:
    def answer(verdict: str) -> str:
        status = f"<{element}Status><site_id>{SITES[domain]}</site_id>{verdict}</{element}Status>"
        return f"<{method}><{element}Statuses>{status}</{element}Statuses></{method}>"

    one = write(kind, domain, "8")
    assert sent(one, answer("<status>ok</status>")) is None
    refused = sent(one, answer("<status>error</status><error>Billing Authority is SiteLock</error>"))
    assert isinstance(refused, RejectedError)
    assert "Billing Authority is SiteLock" in refused.message


@pytest.mark.parametrize("message", ["Backup Subscription deleted ok", "DNS Subscription deleted ok"])
def test_the_end_of_an_add_on(message: str) -> None:
    status = (
        f"<status>ok</status><message>{message}</message><account_id>12345</account_id><site_id>442676</site_id>"
        "<subscription_id>1234</subscription_id>"
    )
    answer = f"<deleteAddon><addonStatuses><addonStatus>{status}</addonStatus></addonStatuses></deleteAddon>"
    assert sent(write(END_ADDON, "superdomain.com", "9001", "1234"), answer) is None


def test_the_end_of_an_add_on_of_nobody() -> None:
    status = "<status>error</status><code>XXX</code><message>Invalid/Unknown Account ID</message>"
    answer = f"<deleteAddon><addonStatuses><addonStatus>{status}</addonStatus></addonStatuses></deleteAddon>"
    refused = sent(write(END_ADDON, "superdomain.com", "9001", "1234"), answer)
    assert refused is not None
    assert (refused.code, "Invalid/Unknown Account ID" in refused.message) == ("XXX", True)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("account_id not found", NotFoundError),
        ("Account already exists", RejectedError),
        ("Site already exists", RejectedError),
        ("Subscription doesn't exist", RejectedError),
    ],
)
def test_the_refusals_of_an_order_of_a_site(text: str, kind: type[WebsecError]) -> None:
    refused = sent(
        write(NEW_SITE, "superdomain.com", "8"), f"<provisionAccount><error>{text}</error></provisionAccount>"
    )
    assert isinstance(refused, kind)
    assert refused.message == f"provisionAccount: {text}."
    assert not refused.may_have_happened


ANSWERS: dict[str, tuple[dict[str, t.Any], str, dict[str, t.Any]]] = {
    "getLastAcceptedTOS": (
        {"account_id": 2468013},
        (
            "<accepted_at>2019-05-07 11:06:24</accepted_at><login>jane@example.com</login><status>ok</status>"
            "<tos_version_id>2</tos_version_id>"
        ),
        {"accepted_at": "2019-05-07 11:06:24", "login": LOGIN, "status": "ok", "tos_version_id": "2"},
    ),
    "getWafClientAppInfo": (
        {},
        "<clientApps><clientApp><name>Playstation</name><id>242</id></clientApp></clientApps><status>ok</status>",
        {"clientApps": {"clientApp": [{"name": "Playstation", "id": "242"}]}, "status": "ok"},
    ),
    "passwordReset": ({"user": LOGIN}, f"<pass>x</pass><user>{LOGIN}</user>", {"pass": "x", "user": LOGIN}),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_other_answers(name: str) -> None:
    parameters, inner, data = ANSWERS[name]
    method = find(name, parameters)
    assert method is not None
    assert call(document(f"<{name}>{inner}</{name}>"), method, parameters) == data
