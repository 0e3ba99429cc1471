# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import GET_ANP_PROVISIONING_STATUS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import (
    STATES,
    DnsSslVerify,
    SiteStatus,
    Ssl,
    parse_status,
)
from ansible_collections.hosting.websec.tests.unit.sitelock.api import answer, call

TXT = DnsSslVerify("example.com", "TXT", "globalsign-domain-verification=x")


def ssl(detected: bool | None, installed: bool | None) -> Ssl:
    return Ssl(detected, installed, None, None)


def status_of(inner: str) -> SiteStatus:
    return parse_status(
        call(
            answer(GET_ANP_PROVISIONING_STATUS, f"<site_id>5</site_id>{inner}"),
            GET_ANP_PROVISIONING_STATUS,
            {"site_id": 5},
        ),
        5,
    )


# ---- may A and CNAME point to the CDN?
# "Do not update A & CNAME DNS records until the state is pending-dns. If SSL is required for the provisioned site,
# ensure that both cert_detected and cert_installed are returning the value of 1 before updating the DNS records."


@pytest.mark.parametrize("state", [state for state in STATES if state not in ("pending-dns", "ready")] + ["new", ""])
@pytest.mark.parametrize("needs_ssl", [None, True, False])
@pytest.mark.parametrize("certificate", [None, ssl(True, True)])
def test_nothing_is_routable_before_pending_dns(state: str, needs_ssl: bool | None, certificate: Ssl | None) -> None:
    status = SiteStatus(5, state, ssl=certificate, dns_new_a=("1.2.3.4",), dns_new_cname="x.sitelockcdn.net")
    assert not status.routable(needs_ssl=needs_ssl)


@pytest.mark.parametrize("state", ["pending-dns", "ready"])
@pytest.mark.parametrize("needs_ssl", [None, True])
@pytest.mark.parametrize(("detected", "installed"), list(itertools.product([True, False], repeat=2)))
def test_a_site_with_ssl_is_routable_when_its_certificate_is_detected_and_installed(
    state: str, needs_ssl: bool | None, detected: bool, installed: bool
) -> None:
    status = SiteStatus(5, state, ssl=ssl(detected, installed))
    assert status.routable(needs_ssl=needs_ssl) == (detected and installed)


@pytest.mark.parametrize("certificate", [ssl(None, None), ssl(True, None), ssl(None, True), ssl(False, None)])
@pytest.mark.parametrize("needs_ssl", [None, True])
def test_what_is_not_said_about_the_certificate_is_not_taken_as_said(certificate: Ssl, needs_ssl: bool | None) -> None:
    assert not SiteStatus(5, "pending-dns", ssl=certificate).routable(needs_ssl=needs_ssl)


@pytest.mark.parametrize(
    ("needs_ssl", "verification", "routable"),
    [(None, None, True), (True, None, False), (None, TXT, False), (True, TXT, False), (False, TXT, True)],
)
def test_without_a_word_about_the_certificate_any_sign_of_ssl_keeps_a_site_waiting(
    needs_ssl: bool | None, verification: DnsSslVerify | None, routable: bool
) -> None:
    assert SiteStatus(5, "pending-dns", dns_ssl_verify=verification).routable(needs_ssl=needs_ssl) is routable


@pytest.mark.parametrize("certificate", [None, ssl(True, False), ssl(False, False), ssl(True, True)])
@pytest.mark.parametrize("state", ["pending-dns", "ready"])
def test_a_site_whose_owner_says_that_it_has_no_ssl_waits_for_no_certificate(
    state: str, certificate: Ssl | None
) -> None:
    assert SiteStatus(5, state, ssl=certificate).routable(needs_ssl=False)


@pytest.mark.parametrize("needs_ssl", [None, True, False])
def test_the_short_answer_of_ready_is_routable(needs_ssl: bool | None) -> None:
    assert SiteStatus(5, "ready").routable(needs_ssl=needs_ssl)


# ---- does traffic go through the CDN?


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("routing", [True, False])
def test_what_the_answer_says_about_the_traffic_counts(state: str, routing: bool) -> None:
    assert SiteStatus(5, state, traffic_routing=routing).routed is routing


@pytest.mark.parametrize("state", STATES)
def test_without_a_word_about_the_traffic_ready_and_error_are_taken_as_routed(state: str) -> None:
    assert SiteStatus(5, state).routed is (state in ("ready", "error"))


# ---- reading an answer


def test_lists_are_taken_in_one_element_and_in_many() -> None:
    status = status_of(
        "<state>pending-dns</state><dns_new_a> 1.2.3.4 , 5.6.7.8,</dns_new_a><dns_new_a>9.9.9.9</dns_new_a>"
        "<dns_new_cname/><dns_new_cname>a.sitelockcdn.net</dns_new_cname>"
        "<original_dns><orig_a_rec>10.0.0.1</orig_a_rec><orig_a_rec>10.0.0.2,10.0.0.3</orig_a_rec></original_dns>"
    )
    assert status.dns_new_a == ("1.2.3.4", "5.6.7.8", "9.9.9.9")
    assert status.dns_new_cname == "a.sitelockcdn.net"
    assert status.original_dns == ("10.0.0.1", "10.0.0.2", "10.0.0.3")


def test_a_state_that_is_not_documented_is_passed_on() -> None:
    assert status_of("<state>pending-payment</state>") == SiteStatus(5, "pending-payment")


@pytest.mark.parametrize(
    ("inner", "verification"),
    [
        ("<dns_record_domain>example.com.</dns_record_domain><dns_record_type>TXT</dns_record_type>", None),
        ("<dns_record_value>x</dns_record_value>", None),
        ("", None),
        (
            "<dns_record_domain>Example.com.</dns_record_domain><dns_record_value>a\n   b c\r\n d</dns_record_value>",
            DnsSslVerify("Example.com", "TXT", "ab cd"),
        ),
    ],
)
def test_a_verification_record_is_complete_or_none(inner: str, verification: DnsSslVerify | None) -> None:
    status = status_of(f"<state>pending-domain-validation</state><dns_ssl_verify>{inner}</dns_ssl_verify>")
    assert status.dns_ssl_verify == verification


@pytest.mark.parametrize(
    ("element", "value"), [("1", True), ("0", False), ("", None), ("yes", None), ("true", None), ("2", None)]
)
def test_a_flag_is_one_or_zero_and_everything_else_says_nothing(element: str, value: bool | None) -> None:
    status = status_of(
        f"<state>ready</state><traffic_routing>{element}</traffic_routing>"
        f"<ssl><cert_detected>{element}</cert_detected><cert_installed>{element}</cert_installed></ssl>"
    )
    assert status.traffic_routing is value
    assert status.ssl == ssl(value, value)


@pytest.mark.parametrize("inner", ["<ssl/>", "<ssl></ssl>", "<ssl> </ssl>"])
def test_an_empty_element_about_ssl_is_a_sign_of_ssl(inner: str) -> None:
    status = status_of(f"<state>pending-dns</state>{inner}")
    assert status.ssl == ssl(None, None)
    assert not status.routable()


@pytest.mark.parametrize("element", ["state", "code", "traffic_routing", "waf_dns_manager"])
def test_an_answer_that_says_two_things_is_refused(element: str) -> None:
    both = f"<{element}>1</{element}><{element}>0</{element}>"
    with pytest.raises(BadResponseError, match=f"{element} more than once"):
        status_of(both + ("<state>error</state>" if element != "state" else ""))


def test_the_findings_of_the_validation_are_the_message() -> None:
    records = "".join(
        f"<record><domain>{name}</domain><status>{found}</status><type>TXT</type></record>"
        for name, found in [("example.com", "Nothing found."), ("www.example.com", "Something else found.")]
    )
    status = status_of(
        f"<state>pending-domain-validation</state><dns_info><records>{records}</records>"
        "<request><data>x</data><type>TXT</type></request></dns_info>"
    )
    assert status.message == "Nothing found. Something else found."
