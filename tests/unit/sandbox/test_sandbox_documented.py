# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the documentation: their requests are accepted, and the responses have the documented structure."""

from __future__ import annotations

import typing as t

import pytest
from lxml import etree

if t.TYPE_CHECKING:
    from conftest import Sandbox

FLEET: dict[str, t.Any] = {
    "plans": [
        {"id": "XXX"},
        {"id": "8765", "level": "basic"},
        {"id": "123"},
        {"id": "1234"},
        {"id": "8", "type": "plan"},
        {"id": "9", "type": "plan"},
        {"id": "12", "type": "bundle"},
    ],
    "accounts": [
        {"id": "570"},
        {"id": "379430"},
        {"id": "1227"},
        {"id": "987654"},
        {
            "id": "2468013",
            "login": "jane@example.com",
            "tos_accepted_at": "2019-05-07 11:06:24",
            "tos_version_id": "2",
        },
        {"id": "12345"},
    ],
    "sites": [
        {"site_id": "442676", "account_id": "379430", "domain": "plain.example.com", "origin": ["193.20.121.90"]},
        {"site_id": "442989", "account_id": "379430", "domain": "example.com", "origin": ["123.123.123.123"]},
        {"site_id": "123456", "account_id": "987654", "domain": "basic.example.com", "ssl": True},
        {"site_id": "1090", "account_id": "570", "domain": "known.example.com"},
        {"site_id": "11175", "account_id": "1227", "domain": "www.dom.com", "status": "inactive"},
        {"site_id": "1077", "account_id": "12345", "domain": "a.example.com", "plan": {"subscription": "9"}},
        {
            "site_id": "1078",
            "account_id": "12345",
            "domain": "b.example.com",
            "plan": {"bundle": "12", "billed_by_vendor": True},
        },
    ],
}

LOGIN = """
    <authentication>
        <user>Username</user>
        <password>Password</password>
    </authentication>"""

PROVISION_TWO = f"""<SiteLockOnlineRequest>{LOGIN}
    <provisionAddon>
        <addonInfo>
            <site_id>442676</site_id>
            <subscription>XXX</subscription>
        </addonInfo>
        <addonInfo>
            <site_id>442989</site_id>
            <subscription>XXX</subscription>
            <renewal_date>2015-01-01</renewal_date>
            <waf_origin>www-origin.example.com</waf_origin>
            <waf_force_ssl>1</waf_force_ssl>
            <waf_dns_manager>partner</waf_dns_manager>
            <waf_skip_network_certificate>1</waf_skip_network_certificate>
        </addonInfo>
    </provisionAddon>
</SiteLockOnlineRequest>"""

NON_SSL_ANSWER = """<SiteLockOnlineResponse>
    <provisionAddon>
        <addonStatuses>
            <addonStatus>
                <account_id>379430</account_id>
                <site_id>442676</site_id>
                <subscription>XXX</subscription>
                <subscription_id>1234</subscription_id>
                <status>ok</status>
                <message>ANP Subscription added ok</message>
                <dns_new_cname>new-cname.sitelockdns.com</dns_new_cname>
                <dns_new_a>1.2.3.4,5.6.7.8</dns_new_a>
            </addonStatus>
            <addonStatus>
                <account_id>379430</account_id>
                <site_id>442989</site_id>
                <subscription>XXX</subscription>
                <subscription_id>1235</subscription_id>
                <status>ok</status>
                <message>WAF Subscription added ok</message>
                <dns_new_cname>new-cname.sitelockdns.com</dns_new_cname>
                <dns_new_a>9.8.7.6,5.4.3.2</dns_new_a>
            </addonStatus>
        </addonStatuses>
    </provisionAddon>
</SiteLockOnlineResponse>"""

SSL_ANSWER = """<SiteLockOnlineResponse>
    <provisionAddon>
        <addonStatuses>
            <addonStatus>
                <account_id>379430</account_id>
                <dns_ssl_verify>
                    <dns_record_domain>example.com </dns_record_domain>
                    <dns_record_type>TXT</dns_record_type>
                    <dns_record_value>globalsign-domain verification= +
                    fgjeAu2vxQO1nR3lqHhd2_8BTB7WowOwDNhj17lKg8
                    </dns_record_value>
                </dns_ssl_verify>
                <site_id>442989</site_id>
                <subscription>XXX</subscription>
                <subscription_id>1234</subscription_id>
                <status>ok</status>
                <message>ANP Subscription added ok</message>
            </addonStatus>
        </addonStatuses>
    </provisionAddon>
</SiteLockOnlineResponse>"""

BASIC_ANSWER = """<SiteLockOnlineResponse>
    <provisionAddon>
        <addonStatuses>
            <addonStatus>
                <account_id>987654</account_id>
                <error_code>AEX</error_code>
                <error_message>Site requires SSL</error_message>
                <extended_error_code>3003</extended_error_code>
                <message>Site requires SSL</message>
                <site_id>123456</site_id>
                <status>error</status>
                <subscription>8765</subscription>
                <will_retry>0</will_retry>
            </addonStatus>
        </addonStatuses>
    </provisionAddon>
</SiteLockOnlineResponse>"""

VALIDATION_ANSWER = """<SiteLockOnlineResponse>
    <getAnpProvisioningStatus>
        <dns_info>
            <records>
                <record>
                    <domain>example.com</domain>
                    <status>TXT Record(s) were found - but none match what we are looking for.</status>
                    <type>TXT</type>
                </record>
            </records>
            <request>
                <data>globalsign-domain-verification=VIYIM3EFP0APXADXY9D2MM4NHEXEGJNU2</data>
                <type>TXT</type>
            </request>
        </dns_info>
        <dns_new_a>45.60.23.58,45.60.25.58</dns_new_a>
        <dns_new_cname>123b45e6.sitelockcdn.net</dns_new_cname>
        <dns_ssl_verify>
            <dns_record_domain>example.com</dns_record_domain>
            <dns_record_type>TXT</dns_record_type>
            <dns_record_value>globalsign-domain-verification=VIYIM3EFP0APXADXY9D2MM4NHEXEGJNU2</dns_record_value>
        </dns_ssl_verify>
        <original_dns>
            <orig_a_rec>123.123.123.123,122.122.122.122</orig_a_rec>
        </original_dns>
        <site_id>123456789</site_id>
        <ssl>
            <cert_detected>1</cert_detected>
            <cert_installed>0</cert_installed>
        </ssl>
        <state>pending-domain-validation</state>
        <traffic_routing>0</traffic_routing>
        <waf_dns_manager>customer</waf_dns_manager>
    </getAnpProvisioningStatus>
</SiteLockOnlineResponse>"""

PENDING_DNS_ANSWER = """<SiteLockOnlineResponse>
    <getAnpProvisioningStatus>
        <dns_new_a>107.154.149.145,107.154.153.145</dns_new_a>
        <dns_new_cname>123ab23.sitelockcdn.net</dns_new_cname>
        <original_dns>
            <orig_a_rec>123.123.123.123,122.122.122.122</orig_a_rec>
        </original_dns>
        <site_id>123456789</site_id>
        <ssl>
            <cert_detected>1</cert_detected>
            <cert_from>network</cert_from>
            <cert_installed>1</cert_installed>
            <network_ssl_cert_exp_date>2025-05-12</network_ssl_cert_exp_date>
        </ssl>
        <state>pending-dns</state>
        <traffic_routing>0</traffic_routing>
        <waf_dns_manager>customer</waf_dns_manager>
    </getAnpProvisioningStatus>
</SiteLockOnlineResponse>"""

DELETED_ANSWER = """<SiteLockOnlineResponse><deleteAddon><addonStatuses><addonStatus>
    <account_id>379430</account_id><site_id>442676</site_id><subscription>1234</subscription>
    <dns_orig_a>193.20.121.90</dns_orig_a><dns_orig_cname>www.example.com</dns_orig_cname><status>ok</status>
    <message>WAF Subscription deleted ok</message>
</addonStatus></addonStatuses></deleteAddon></SiteLockOnlineResponse>"""

# Request and answer, where every value of the answer is told by the request and by the fleet.
EXACT = [
    (
        "<checkDomain><domain>example.org</domain></checkDomain>",
        """<checkDomain>
            <domain>example.org</domain><message>domain is available</message><status>ok</status>
        </checkDomain>""",
    ),
    (
        "<checkDomain><domain>known.example.com</domain></checkDomain>",
        """<checkDomain>
            <domain>known.example.com</domain><account_id>570</account_id><message>domain already exists</message>
            <site_id>1090</site_id><status>error</status>
        </checkDomain>""",
    ),
    (
        "<createToken><account_id>5</account_id></createToken>",
        "<createToken><error>account_id not found</error></createToken>",
    ),
    (
        "<getAccounts><limit>1</limit><offset>2</offset></getAccounts>",
        """<getAccounts>
            <records>1</records>
            <account id="1227" status="active"><site id="11175" status="inactive" name="www.dom.com"/></account>
        </getAccounts>""",
    ),
    (
        '<getAnpProvisioningStatus site_id="10900"/>',
        """<getAnpProvisioningStatus>
            <code>SNF</code><message>Site Not Found</message><site_id>10900</site_id><state>error</state>
        </getAnpProvisioningStatus>""",
    ),
    (
        '<getAnpProvisioningStatus site_id="1090"/>',
        """<getAnpProvisioningStatus>
            <code>ANF</code><message>ANP Addon Not Found</message><site_id>1090</site_id><state>error</state>
        </getAnpProvisioningStatus>""",
    ),
    (
        "<modifyAddon><addonInfo><site_id>442676</site_id><subscription>none</subscription></addonInfo></modifyAddon>",
        """<modifyAddon><addonStatuses><addonStatus>
            <account_id>379430</account_id><site_id>442676</site_id><subscription>none</subscription>
            <status>error</status><message>Subscription doesn't exist</message>
        </addonStatus></addonStatuses></modifyAddon>""",
    ),
]

EXACT += [
    (
        "<checkLogin><login>jane@example.com</login></checkLogin>",
        """<checkLogin>
            <login>jane@example.com</login><message>Login is in use by another account.</message><status>error</status>
        </checkLogin>""",
    ),
    (
        "<checkLogin><login>john@example.com</login></checkLogin>",
        """<checkLogin>
            <login>john@example.com</login><message>login is available</message><status>ok</status>
        </checkLogin>""",
    ),
    (
        "<deleteAccount><accountInformation><id>570</id></accountInformation></deleteAccount>",
        "<deleteAccount><result>Success</result></deleteAccount>",
    ),
    (
        "<deleteAccount><siteInformation><id>1090</id></siteInformation></deleteAccount>",
        "<deleteAccount><result>Success</result></deleteAccount>",
    ),
    ("<deleteAccount/>", "<deleteAccount><error>Could not parse XML request</error></deleteAccount>"),
    (
        "<deletePlan><planInfo><site_id>1077</site_id></planInfo></deletePlan>",
        """<deletePlan><planStatuses>
            <planStatus><site_id>1077</site_id><status>ok</status></planStatus>
        </planStatuses></deletePlan>""",
    ),
    (
        "<deleteBundle><bundleInfo><site_id>1078</site_id></bundleInfo></deleteBundle>",
        """<deleteBundle><bundleStatuses>
            <bundleStatus>
                <site_id>1078</site_id><status>error</status><error>Billing Authority is SiteLock</error>
            </bundleStatus>
        </bundleStatuses></deleteBundle>""",
    ),
    (
        "<getLastAcceptedTOS><account_id>2468013</account_id></getLastAcceptedTOS>",
        """<getLastAcceptedTOS>
            <accepted_at>2019-05-07 11:06:24</accepted_at><login>jane@example.com</login><status>ok</status>
            <tos_version_id>2</tos_version_id>
        </getLastAcceptedTOS>""",
    ),
    (
        "<passwordReset><user>jane@example.com</user><pass>New-pass-1</pass></passwordReset>",
        "<passwordReset><pass>New-pass-1</pass><user>jane@example.com</user></passwordReset>",
    ),
]

# Requests whose answer is not shown: the example is taken.
TAKEN = {
    "provisionAccount": """<provisionAccount>
        <accountInformation><account_id>12345</account_id></accountInformation>
        <siteInformation>
            <subscription>8</subscription>
            <domain>superdomain.com</domain>
            <domainEmail>webmaster@example.com</domainEmail>
            <trustedDomain>yes</trustedDomain>
            <amount>5.00</amount>
        </siteInformation>
    </provisionAccount>""",
    "modifyAccount": """<modifyAccount><siteInformation>
        <id>1077</id><subscription>8</subscription><amount>5.00</amount><renewal_date>2015-01-01</renewal_date>
    </siteInformation></modifyAccount>""",
}

WITH_FIREWALL = [
    (
        "<setWafOrigin><site_id>442676</site_id><waf_origin>10.10.10.127</waf_origin></setWafOrigin>",
        "<setWafOrigin><origins>10.10.10.127</origins><status>ok</status></setWafOrigin>",
    ),
    (
        "<setWafOrigin><site_id>442676</site_id><waf_origin>10.10.10</waf_origin></setWafOrigin>",
        '<setWafOrigin><error code="6002">Invalid configuration parameter value</error></setWafOrigin>',
    ),
    (
        "<getWafOrigin><site_id>442676</site_id></getWafOrigin>",
        "<getWafOrigin><origins>193.20.121.90</origins><status>ok</status></getWafOrigin>",
    ),
    (
        "<setWAFDNSManager><site_id>442676</site_id><waf_dns_manager>partner</waf_dns_manager></setWAFDNSManager>",
        "<setWAFDNSManager><message>Successfully updated.</message><status>ok</status></setWAFDNSManager>",
    ),
    (
        "<getWafBypass><site_id>442676</site_id></getWafBypass>",
        """<getWafBypass>
            <bypass_status>off</bypass_status><use_true_shield>1</use_true_shield><use_true_speed>1</use_true_speed>
            <status>ok</status>
        </getWafBypass>""",
    ),
    (
        """<addWafBlacklistUrls><site_id>442676</site_id><urls>
            <url><path>/SOME/PATH</path><pattern>EQUALS</pattern></url>
            <url><path>admincp</path><pattern>CONTAINS</pattern></url>
        </urls></addWafBlacklistUrls>""",
        """<addWafBlacklistUrls><exceptions/><urls>
            <url path="/SOME/PATH" pattern="EQUALS"/><url path="admincp" pattern="CONTAINS"/>
        </urls></addWafBlacklistUrls>""",
    ),
    (
        """<addWafBlacklistGeo>
            <site_id>442676</site_id><countries><country>IR</country></countries>
        </addWafBlacklistGeo>""",
        """<addWafBlacklistGeo><exceptions/><geo>
            <countries><country>IR</country></countries><continents/>
        </geo></addWafBlacklistGeo>""",
    ),
    (
        "<loginProtectConfigApp><site_id>442676</site_id><app>wordpress</app></loginProtectConfigApp>",
        "<loginProtectConfigApp><message>OK</message><status>ok</status></loginProtectConfigApp>",
    ),
]

# With what the examples before them on the pages have set.
WITH_SETTINGS = [
    (
        {"ip_block": ["1.2.3.12"]},
        "<getWafIPBlacklist><site_id>442676</site_id></getWafIPBlacklist>",
        """<getWafIPBlacklist>
            <exceptions>
            </exceptions>
            <ips>
                <ip>1.2.3.12</ip>
            </ips>
        </getWafIPBlacklist>""",
    ),
    (
        {"ip_block": ["1.2.3.12"]},
        "<addWafBlacklistIPs><site_id>442676</site_id><ips><ip>10.2.2.100</ip></ips></addWafBlacklistIPs>",
        "<addWafBlacklistIPs><exceptions/><ips><ip>1.2.3.12</ip><ip>10.2.2.100</ip></ips></addWafBlacklistIPs>",
    ),
    (
        {"ip_block": ["1.2.3.12", "10.2.2.100"]},
        "<removeWafBlacklistIPs><site_id>442676</site_id><ips><ip>1.2.3.12</ip></ips></removeWafBlacklistIPs>",
        "<removeWafBlacklistIPs><exceptions/><ips><ip>10.2.2.100</ip></ips></removeWafBlacklistIPs>",
    ),
    (
        {"exceptions": [{"id": "987654", "type": "sql_injection", "criteria": {"ips": ["192.168.0.1"]}}]},
        """<removeWafException>
            <site_id>442676</site_id><exception_id>987654</exception_id><type>sql_injection</type>
        </removeWafException>""",
        """<removeWafException>
            <exceptions><exception_id>987654</exception_id><type>sql_injection</type></exceptions>
            <status>ok</status>
        </removeWafException>""",
    ),
]


def shape(element: etree._Element) -> t.Any:
    """Names of elements and attributes, in any order, without the values."""
    children = sorted((shape(child) for child in element), key=repr)
    return (str(element.tag), sorted(map(str, element.attrib)), children)


def plain(element: etree._Element) -> t.Any:
    """The same with values."""
    children = sorted((plain(child) for child in element), key=repr)
    return (str(element.tag), sorted(element.attrib.items()), (element.text or "").strip(), children)


def same_shape(answer: bytes, example: str) -> bool:
    return bool(shape(etree.fromstring(answer)) == shape(etree.fromstring(example)))


@pytest.fixture
def documented(sandbox: Sandbox) -> Sandbox:
    """A sandbox with the login and the sites of the documentation."""
    sandbox.admin("POST", "reset")
    sandbox.admin("POST", "fleet", **FLEET)
    return sandbox


def ask(sandbox: Sandbox, request: str) -> bytes:
    """Send a documented request with the login of this sandbox."""
    login = "<user>partner</user>\n        <password>pass&lt;word&gt;&amp;&apos;&quot;</password>"
    example_login = "<user>Username</user>\n        <password>Password</password>"
    return sandbox.raw(request.replace(example_login, login)).body


def test_two_items_of_sites_without_ssl(documented: Sandbox) -> None:
    first, second = PROVISION_TWO, PROVISION_TWO.replace("<waf_force_ssl>1</waf_force_ssl>", "")
    assert same_shape(ask(documented, second), NON_SSL_ANSWER)
    assert documented.events() == [("added", "442676"), ("added", "442989")]
    assert ask(documented, first).count(b"<status>ok</status>") == 2


def test_an_ssl_site(documented: Sandbox) -> None:
    documented.admin("POST", "settings", untidy_values=True)
    request = PROVISION_TWO.replace("<waf_skip_network_certificate>1</waf_skip_network_certificate>", "")
    start, end = request.index("<addonInfo>"), request.index("</addonInfo>") + len("</addonInfo>")
    answer = ask(documented, request[:start] + request[end:])
    assert same_shape(answer, SSL_ANSWER)
    verify = etree.fromstring(answer).find("provisionAddon/addonStatuses/addonStatus/dns_ssl_verify")
    assert verify.findtext("dns_record_domain") == "example.com "
    assert verify.findtext("dns_record_value").endswith("\n                    ")


def test_the_basic_level(documented: Sandbox) -> None:
    item = "<addonInfo><site_id>123456</site_id><subscription>8765</subscription></addonInfo>"
    answer = documented.call(f"<provisionAddon>{item}</provisionAddon>")
    assert plain(answer.xml) == plain(etree.fromstring(BASIC_ANSWER))


def test_the_states_of_an_ssl_site(documented: Sandbox) -> None:
    documented.buy("442989", "XXX", waf_origin="192.0.2.1", waf_force_ssl="1")
    documented.dns.served["example.com", "TXT"] = ["something else"]
    status = '<getAnpProvisioningStatus site_id="442989"/>'
    waiting = documented.call(status)
    assert same_shape(waiting.body, VALIDATION_ANSWER)
    assert waiting.xml.findtext(".//record/status") == etree.fromstring(VALIDATION_ANSWER).findtext(".//record/status")
    documented.serve_txt("442989")
    assert same_shape(documented.call(status).body, PENDING_DNS_ANSWER)


def test_the_end_of_a_firewall(documented: Sandbox) -> None:
    documented.dns.served["www.plain.example.com", "CNAME"] = ["www.example.com"]
    documented.buy("442676", "1234")
    answer = documented.call(
        "<deleteAddon><addonInfo><site_id>442676</site_id><prod_type>WAF</prod_type></addonInfo></deleteAddon>"
    )
    assert plain(answer.xml) == plain(etree.fromstring(DELETED_ANSWER))


@pytest.mark.parametrize(("request_xml", "answer"), EXACT, ids=[one[0][:60] for one in EXACT])
def test_an_example_is_answered_word_for_word(documented: Sandbox, request_xml: str, answer: str) -> None:
    [element] = documented.call(request_xml).xml
    assert plain(element) == plain(etree.fromstring(answer))


@pytest.mark.parametrize("method", TAKEN)
def test_an_example_without_a_documented_response_is_accepted(documented: Sandbox, method: str) -> None:
    answer = documented.call(TAKEN[method])
    assert answer.status == 200
    assert answer.xml.find(method) is not None
    assert not list(answer.xml.iter("error"))
    [entry] = documented.admin("GET", "ledger")["entries"]
    assert (entry["subscription"], entry["amount"]) == ("8", "5.00")


@pytest.mark.parametrize(("request_xml", "answer"), WITH_FIREWALL, ids=[one[0][:60] for one in WITH_FIREWALL])
def test_an_example_with_a_firewall_is_answered_word_for_word(
    documented: Sandbox, request_xml: str, answer: str
) -> None:
    documented.buy("442676", "XXX")
    [element] = documented.call(request_xml).xml
    assert plain(element) == plain(etree.fromstring(answer))


@pytest.mark.parametrize(
    ("set_before", "request_xml", "answer"), WITH_SETTINGS, ids=[one[1][:30] for one in WITH_SETTINGS]
)
def test_an_example_with_settings_is_answered_word_for_word(
    documented: Sandbox, set_before: dict[str, t.Any], request_xml: str, answer: str
) -> None:
    documented.buy("442676", "XXX")
    documented.admin("POST", "policy", site_id="442676", **set_before)
    [element] = documented.call(request_xml).xml
    assert plain(element) == plain(etree.fromstring(answer))


@pytest.mark.parametrize(("form", "names"), [("token", ["token"]), ("code", ["code", "code_verifier"])])
def test_setting_place_of_the_login_url(documented: Sandbox, form: str, names: list[str]) -> None:
    documented.admin("POST", "settings", token_form=form)
    answer = documented.call("<createToken><account_id>570</account_id></createToken>").xml
    [url] = answer
    assert url.tag == "loginURL"
    assert [part.partition("=")[0] for part in url.text.partition("?")[2].split("&")] == names


def test_the_host_name_of_an_origin_must_resolve(documented: Sandbox) -> None:
    documented.buy("442676", "XXX")
    change = "<setWafOrigin><site_id>442676</site_id><waf_origin>www-origin.example.com</waf_origin></setWafOrigin>"
    assert documented.call(change).xml.find("setWafOrigin/error").get("code") == "6002"
    documented.dns.served["www-origin.example.com", "A"] = ["192.0.2.9"]
    assert documented.call(change).xml.findtext("setWafOrigin/origins") == "www-origin.example.com"


@pytest.mark.parametrize(
    ("form", "shown"), [("comma", ["192.0.2.1,192.0.2.2"]), ("repeat", ["192.0.2.1", "192.0.2.2"])]
)
def test_setting_form_of_several_origins(documented: Sandbox, form: str, shown: list[str]) -> None:
    documented.admin("POST", "settings", origins_form=form)
    documented.buy("442676", "XXX")
    two = "<waf_origin>192.0.2.1</waf_origin><waf_origin>192.0.2.2</waf_origin>"
    documented.call(f"<setWafOrigin><site_id>442676</site_id>{two}</setWafOrigin>")
    answer = documented.call("<getWafOrigin><site_id>442676</site_id></getWafOrigin>").xml
    assert [one.text for one in answer.findall("getWafOrigin/origins")] == shown
