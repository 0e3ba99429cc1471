# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example of the vendor's pages, word for word: requests and parsed responses."""

from __future__ import annotations

import pytest
from lxml import etree

from ansible_collections.hosting.websec.plugins.module_utils._errors import NotFoundError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addon import (
    AddonResource,
    DesiredAddon,
    plan_addon,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import (
    CREATE_TOKEN,
    DELETE_ADDON,
    GET_ANP_PROVISIONING_STATUS,
    GET_WAF_ORIGIN,
    MODIFY_ADDON,
    SET_WAF_DNS_MANAGER,
    SET_WAF_ORIGIN,
    Method,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.site import CurrentAddon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import (
    DnsSslVerify,
    SiteStatus,
    Ssl,
    parse_status,
    read_status,
)
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import (
    answer,
    call,
    canonical,
    document,
    method_of,
    payload,
    request_of,
    sitelock_client,
)

ORDERS = [
    DesiredAddon(442676, subscription="XXX"),
    DesiredAddon(
        442989,
        subscription="XXX",
        renewal_date="2015-01-01",
        waf_origin="www-origin.example.com",
        waf_force_ssl=True,
        waf_dns_manager="partner",
        waf_skip_network_certificate=True,
    ),
]


# ---- requests


def test_the_request_of_createtoken_is_the_example() -> None:
    assert canonical(request_of(CREATE_TOKEN, {"account_id": 570})) == canonical(payload("createtoken_request"))


def test_the_request_of_getanpprovisioningstatus_is_the_example_with_its_attribute() -> None:
    with ScriptedServer([Reply(payload("getanpprovisioningstatus_ready"))]) as server:
        with sitelock_client(server.url) as client:
            read_status(client, 10900)
        assert canonical(server.requests[0].body) == canonical(payload("getanpprovisioningstatus_request"))


def test_the_request_of_an_order_for_two_sites_is_the_example() -> None:
    absent = [CurrentAddon(SiteStatus(desired.site_id, "absent")) for desired in ORDERS]
    actions = [action for current, desired in zip(absent, ORDERS) for action in plan_addon(current, desired)]
    with ScriptedServer([Reply(payload("provisionaddon_answer_without_ssl"))]) as server:
        with sitelock_client(server.url) as client:
            AddonResource(client).apply(actions)
        assert canonical(server.requests[0].body) == canonical(payload("provisionaddon_request"))


@pytest.mark.parametrize(
    ("method", "parameters", "example"),
    [
        (
            MODIFY_ADDON,
            {"addonInfo": [{"site_id": 442676, "subscription": "123"}]},
            "<modifyAddon><addonInfo><site_id>442676</site_id><subscription>123</subscription></addonInfo></modifyAddon>",
        ),
        (
            DELETE_ADDON,
            {"addonInfo": [{"site_id": 442676, "prod_type": "WAF"}]},
            "<deleteAddon><addonInfo><site_id>442676</site_id><prod_type>WAF</prod_type></addonInfo></deleteAddon>",
        ),
        (
            SET_WAF_ORIGIN,
            {"site_id": 1234567, "waf_origin": "10.10.10.127"},
            "<setWafOrigin><site_id>1234567</site_id><waf_origin>10.10.10.127</waf_origin></setWafOrigin>",
        ),
        (GET_WAF_ORIGIN, {"site_id": 1234567}, "<getWafOrigin><site_id>1234567</site_id></getWafOrigin>"),
        (
            SET_WAF_DNS_MANAGER,
            {"site_id": 1234567, "waf_dns_manager": "partner"},
            "<setWAFDNSManager><site_id>1234567</site_id><waf_dns_manager>partner</waf_dns_manager></setWAFDNSManager>",
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Method) else "",
)
def test_the_other_requests_are_as_documented(method: Method, parameters: dict[str, object], example: str) -> None:
    authentication = "<authentication><user>Username</user><password>Password</password></authentication>"
    wanted = document(authentication + example, "SiteLockOnlineRequest")
    assert canonical(request_of(method, parameters)) == canonical(wanted)


def test_the_brand_name_follows_the_password() -> None:
    wanted = (
        "<authentication><user>Username</user><password>Password</password><partner>Brand</partner></authentication>"
        "<createToken><account_id>570</account_id></createToken>"
    )
    sent = request_of(CREATE_TOKEN, {"account_id": 570}, partner="Brand")
    assert canonical(sent) == canonical(document(wanted, "SiteLockOnlineRequest"))


def test_a_request_starts_with_the_declaration_of_the_documentation() -> None:
    assert request_of(CREATE_TOKEN, {"account_id": 1}).startswith(
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes" ?><SiteLockOnlineRequest>'
    )


# ---- answers


def test_the_answer_of_createtoken_stands_at_the_root() -> None:
    assert call(payload("createtoken_answer"), CREATE_TOKEN, {"account_id": 570}) == {
        "loginURL": "https://secure.sitelock.com/rlogin.php?token=e56e0da2b5c0e933cd8926314f19e93d"
    }


def test_the_error_of_createtoken_stands_below_the_method() -> None:
    with pytest.raises(NotFoundError, match=r"^createToken: account_id not found\.$") as failed:
        call(payload("createtoken_error"), CREATE_TOKEN, {"account_id": 570})
    assert (failed.value.code, failed.value.http_status) == (None, 200)


def test_pending_domain_validation() -> None:
    status = status_in("pending_domain_validation", 123456789)
    verification = "globalsign-domain-verification=VIYIM3EFP0APXADXY9D2MM4NHEXEGJNU2"
    assert status == SiteStatus(
        site_id=123456789,
        state="pending-domain-validation",
        waf_dns_manager="customer",
        dns_new_a=("45.60.23.58", "45.60.25.58"),
        dns_new_cname="123b45e6.sitelockcdn.net",
        dns_ssl_verify=DnsSslVerify("example.com", "TXT", verification),
        original_dns=("123.123.123.123", "122.122.122.122"),
        ssl=Ssl(cert_detected=True, cert_installed=False, cert_from=None, network_ssl_cert_exp_date=None),
        traffic_routing=False,
        message="TXT Record(s) were found - but none match what we are looking for.",
    )
    assert not status.routable()
    assert not status.routed


def test_pending_dns() -> None:
    status = status_in("pending_dns", 123456789)
    assert status == SiteStatus(
        site_id=123456789,
        state="pending-dns",
        waf_dns_manager="customer",
        dns_new_a=("107.154.149.145", "107.154.153.145"),
        dns_new_cname="123ab23.sitelockcdn.net",
        original_dns=("123.123.123.123", "122.122.122.122"),
        ssl=Ssl(cert_detected=True, cert_installed=True, cert_from="network", network_ssl_cert_exp_date="2025-05-12"),
        traffic_routing=False,
    )
    assert status.routable()
    assert not status.routed


def test_pending_retry() -> None:
    assert status_in("pending_retry", 10900) == SiteStatus(10900, "pending-retry")


def test_ready() -> None:
    status = status_in("ready", 10900)
    assert status == SiteStatus(10900, "ready", waf_dns_manager="partner")
    assert status.routable()
    assert status.routed


def test_error_without_a_code_is_a_state() -> None:
    assert status_in("error", 10900) == SiteStatus(10900, "error")


def test_site_not_found() -> None:
    with pytest.raises(NotFoundError, match=r"Site 10900: Site Not Found \(code SNF\)") as failed:
        status_in("site_not_found", 10900)
    assert failed.value.code == "SNF"
    assert "site_id" in failed.value.hint


def test_addon_not_found_is_the_state_absent() -> None:
    assert status_in("addon_not_found", 10900) == SiteStatus(10900, "absent", message="ANP Addon Not Found")


def status_in(name: str, site_id: int) -> SiteStatus:
    data = call(payload(f"getanpprovisioningstatus_{name}"), GET_ANP_PROVISIONING_STATUS, {"site_id": site_id})
    return parse_status(data, site_id)


def after_order(orders: list[DesiredAddon], example: str) -> list[CurrentAddon]:
    """The known state of the sites after an order with the response C(example), and a status without details."""

    def reply(request: Received) -> Reply:
        if method_of(request) == "provisionAddon":
            return Reply(payload(example))
        site_id = etree.fromstring(request.body)[1].get("site_id")
        return Reply(answer(GET_ANP_PROVISIONING_STATUS, f"<site_id>{site_id}</site_id><state>pending-retry</state>"))

    with ScriptedServer(reply) as server, sitelock_client(server.url) as client:
        resource = AddonResource(client)
        actions = [plan_addon(CurrentAddon(SiteStatus(order.site_id, "absent")), order)[0] for order in orders]
        assert resource.apply(actions) == [None] * len(orders)
        return [resource.observe(order) for order in orders]


def test_an_order_without_ssl_with_either_message_is_a_success_and_gives_the_targets() -> None:
    first, second = after_order(ORDERS, "provisionaddon_answer_without_ssl")
    assert (first.account_id, first.subscription, first.subscription_id) == (379430, "XXX", "1234")
    assert first.status.dns_new_cname == "new-cname.sitelockdns.com"
    assert first.status.dns_new_a == ("1.2.3.4", "5.6.7.8")
    assert first.status.dns_ssl_verify is None
    assert (second.account_id, second.subscription, second.subscription_id) == (379430, "XXX", "1235")
    assert second.status.dns_new_a == ("9.8.7.6", "5.4.3.2")


def test_an_order_with_ssl_gives_the_record_without_the_blanks_and_the_line_break_of_the_page() -> None:
    (site,) = after_order(ORDERS[1:], "provisionaddon_answer_with_ssl")
    assert (site.account_id, site.subscription, site.subscription_id) == (379430, "XXX", "1234")
    assert (site.status.dns_new_a, site.status.dns_new_cname) == ((), None)
    assert site.status.dns_ssl_verify == DnsSslVerify(
        dns_record_domain="example.com",
        dns_record_type="TXT",
        dns_record_value="globalsign-domain verification= +fgjeAu2vxQO1nR3lqHhd2_8BTB7WowOwDNhj17lKg8",
    )


def test_a_refused_order_keeps_both_codes_and_the_text() -> None:
    order = DesiredAddon(123456, subscription="8765")
    actions = plan_addon(CurrentAddon(SiteStatus(123456, "absent")), order)
    with ScriptedServer([Reply(payload("provisionaddon_error"))]) as server, sitelock_client(server.url) as client:
        (refused,) = AddonResource(client).apply(actions)
    assert refused is not None
    assert refused.kind == "rejected"
    assert (refused.code, refused.extended_code) == ("AEX", "3003")
    assert refused.message == (
        "Site 123456: provisionAddon was refused: Site requires SSL (code AEX, extended code 3003)."
    )
    assert "plan" in refused.hint
    assert not refused.may_have_happened


def test_a_deletion_is_understood() -> None:
    body = document(
        "<deleteAddon><addonStatuses><addonStatus><account_id>379430</account_id><site_id>442676</site_id>"
        "<subscription>1234</subscription>\n    <dns_orig_a>193.20.121.90</dns_orig_a>"
        "<dns_orig_cname>www.example.com</dns_orig_cname><status>ok</status>\n"
        "    <message>WAF Subscription deleted ok</message></addonStatus></addonStatuses></deleteAddon>"
    )
    actions = plan_addon(CurrentAddon(SiteStatus(442676, "pending-dns")), DesiredAddon(442676, state="absent"))
    with ScriptedServer([Reply(body)]) as server, sitelock_client(server.url) as client:
        assert AddonResource(client).apply(actions) == [None]


def test_a_change_of_plan_is_understood() -> None:
    body = answer(
        MODIFY_ADDON,
        "<addonStatuses><addonStatus><account_id>379430</account_id><site_id>442676</site_id>"
        "<subscription>123</subscription><subscription_id>1234</subscription_id><status>ok</status>"
        "<message>WAF Subscription modified ok</message></addonStatus></addonStatuses>",
    )
    current = CurrentAddon(SiteStatus(442676, "ready"), subscription="122")
    actions = plan_addon(current, DesiredAddon(442676, subscription="123"))
    with ScriptedServer([Reply(body)]) as server, sitelock_client(server.url) as client:
        assert AddonResource(client).apply(actions) == [None]


def test_the_origins_and_the_dns_manager_are_understood() -> None:
    body = document("<setWafOrigin><origins>10.10.10.127</origins><status>ok</status></setWafOrigin>")
    assert call(body, SET_WAF_ORIGIN, {"site_id": 1234567}) == {"origins": ["10.10.10.127"], "status": "ok"}
    body = document("<getWafOrigin><origins>10.10.10.127</origins><status>ok</status></getWafOrigin>")
    assert call(body, GET_WAF_ORIGIN, {"site_id": 1234567}) == {"origins": ["10.10.10.127"], "status": "ok"}
    body = answer(SET_WAF_DNS_MANAGER, "<message>Successfully updated.</message><status>ok</status>")
    assert call(body, SET_WAF_DNS_MANAGER, {"site_id": 1234567})["status"] == "ok"
