# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The states of a site, and what changes them."""

from __future__ import annotations

import typing as t

import pytest

if t.TYPE_CHECKING:
    from conftest import Sandbox

HOUR, DAY = 3600, 86400


def test_an_ssl_site_goes_through_all_states(sandbox: Sandbox) -> None:
    assert sandbox.status("1")["code"] == "ANF"
    sandbox.buy("1")
    assert sandbox.status("1")["state"] == "pending-domain-validation"
    sandbox.serve_txt("1")
    asked = sandbox.status("1")
    assert (asked["state"], asked["cert_detected"], asked["cert_installed"]) == ("pending-dns", "1", "1")
    sandbox.route("ssl.example", asked)
    assert sandbox.status("1") == {"site_id": "1", "state": "ready", "waf_dns_manager": "customer"}


def test_a_different_txt_value_does_not_validate(sandbox: Sandbox) -> None:
    sandbox.buy("1")
    sandbox.dns.served["ssl.example", "TXT"] = ["globalsign-domain-verification=OLD"]
    assert sandbox.status("1")["state"] == "pending-domain-validation"
    answer = sandbox.call('<getAnpProvisioningStatus site_id="1"/>').xml
    said = answer.findtext("getAnpProvisioningStatus/dns_info/records/record/status")
    assert said == "TXT Record(s) were found - but none match what we are looking for."


def test_validation_time_starts_with_the_call(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "settings", validation_delay=2 * HOUR)
    sandbox.buy("1")
    sandbox.serve_txt("1")
    sandbox.admin("POST", "clock", advance=3 * HOUR)  # no request in this time
    assert sandbox.status("1")["state"] == "pending-domain-validation"
    sandbox.admin("POST", "clock", advance=2 * HOUR)
    assert sandbox.status("1")["state"] == "pending-dns"


def test_removing_the_txt_value_stops_the_validation(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "settings", validation_delay=HOUR)
    sandbox.buy("1")
    sandbox.serve_txt("1")
    assert sandbox.status("1")["state"] == "pending-domain-validation"
    sandbox.dns.served.clear()
    sandbox.admin("POST", "clock", advance=2 * HOUR)
    assert sandbox.status("1")["state"] == "pending-domain-validation"
    sandbox.serve_txt("1")
    assert sandbox.status("1")["state"] == "pending-domain-validation"


def test_the_certificate_may_be_issued_after_pending_dns(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "settings", certificate_delay=HOUR)
    sandbox.buy("1")
    sandbox.serve_txt("1")
    asked = sandbox.status("1")
    assert (asked["state"], asked["cert_installed"], "cert_from" in asked) == ("pending-dns", "0", False)
    sandbox.route("ssl.example", asked)
    routed = sandbox.status("1")
    assert (routed["state"], routed["traffic_routing"]) == ("pending-dns", "1")
    sandbox.admin("POST", "clock", advance=HOUR)
    assert sandbox.status("1")["state"] == "ready"


def test_the_txt_value_changes_after_30_days(sandbox: Sandbox) -> None:
    sandbox.buy("1")
    first = sandbox.status("1")["dns_record_value"]
    sandbox.admin("POST", "clock", advance=30 * DAY - HOUR)
    assert sandbox.status("1")["dns_record_value"] == first
    sandbox.admin("POST", "clock", advance=2 * HOUR)
    second = sandbox.status("1")["dns_record_value"]
    assert second != first
    sandbox.dns.served["ssl.example", "TXT"] = [first]
    assert sandbox.status("1")["state"] == "pending-domain-validation"
    sandbox.dns.served["ssl.example", "TXT"] = [second]
    assert sandbox.status("1")["state"] == "pending-dns"


@pytest.mark.parametrize(
    ("served", "state"),
    [
        ({("plain.example", "A"): "all", ("www.plain.example", "CNAME"): "cname"}, "ready"),
        ({("plain.example", "A"): "all"}, "ready"),
        ({("plain.example", "CNAME"): "cname"}, "ready"),
        ({("plain.example", "A"): "all", ("www.plain.example", "A"): "all"}, "pending-dns"),
        ({("plain.example", "A"): "all and the origin"}, "pending-dns"),
        ({("plain.example", "A"): "one"}, "pending-dns"),
        ({("www.plain.example", "CNAME"): "cname"}, "pending-dns"),
    ],
)
def test_served_records_decide_the_routing(sandbox: Sandbox, served: dict[tuple[str, str], str], state: str) -> None:
    bought = sandbox.buy("2")
    addresses = bought.findtext("dns_new_a").split(",")
    values = {
        "all": addresses,
        "one": addresses[:1],
        "all and the origin": [*addresses, "192.0.2.2"],
        "cname": [bought.findtext("dns_new_cname")],
    }
    sandbox.dns.served = {address: values[wanted] for address, wanted in served.items()}
    assert sandbox.status("2")["state"] == state


def test_a_cname_routes_a_subdomain(sandbox: Sandbox) -> None:
    bought = sandbox.buy("3")
    assert bought.find("dns_new_a") is None
    assert sandbox.status("3")["state"] == "pending-dns"
    sandbox.dns.served["shop.sub.example", "CNAME"] = [bought.findtext("dns_new_cname")]
    assert sandbox.status("3")["state"] == "ready"


def test_setting_recheck_of_ready_sites(sandbox: Sandbox) -> None:
    bought = sandbox.buy("2")
    sandbox.route("plain.example", {child.tag: child.text for child in bought})
    assert sandbox.status("2")["state"] == "ready"
    sandbox.dns.served.clear()
    sandbox.dns.asked.clear()
    assert sandbox.status("2")["state"] == "ready"
    assert sandbox.dns.asked == []
    sandbox.admin("POST", "settings", recheck_ready=True)
    assert sandbox.status("2")["state"] == "pending-dns"


def test_setting_delay_before_ready(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "settings", ready_delay=HOUR)
    bought = sandbox.buy("2")
    assert sandbox.status("2")["traffic_routing"] == "0"
    sandbox.route("plain.example", {child.tag: child.text for child in bought})
    routed = sandbox.status("2")
    assert (routed["state"], routed["traffic_routing"]) == ("pending-dns", "1")
    sandbox.admin("POST", "clock", advance=HOUR)
    assert sandbox.status("2")["state"] == "ready"


def test_a_retry_succeeds_after_its_time(sandbox: Sandbox) -> None:
    bought = sandbox.buy("4")
    assert (bought.findtext("status"), bought.findtext("will_retry")) == ("error", "1")
    assert (bought.findtext("error_code"), bought.findtext("message")) == ("AEX", bought.findtext("error_message"))
    assert sandbox.status("4") == {"site_id": "4", "state": "pending-retry"}
    sandbox.admin("POST", "clock", advance=7 * HOUR)
    assert sandbox.status("4")["state"] == "pending-retry"
    sandbox.admin("POST", "clock", advance=6 * HOUR)
    assert sandbox.status("4")["state"] == "pending-dns"
    assert sandbox.events() == [("added", "4")]


def test_a_free_plan_is_cancelled_after_50_retries(sandbox: Sandbox) -> None:
    sandbox.buy("5", "102")
    sandbox.admin("POST", "clock", advance=49 * 6 * HOUR)
    assert sandbox.status("5")["state"] == "pending-retry"
    sandbox.admin("POST", "clock", advance=6 * HOUR)
    assert sandbox.events() == [("added", "5"), ("cancelled", "5")]
    assert sandbox.status("5")["code"] == "ANF"


def test_a_paid_plan_is_retried_until_it_is_deleted(sandbox: Sandbox) -> None:
    sandbox.buy("5", "100")
    sandbox.admin("POST", "clock", advance=60 * 6 * HOUR)
    assert sandbox.status("5")["state"] == "pending-retry"
    sandbox.admin("POST", "clock", advance=60 * 6 * HOUR)
    assert sandbox.status("5")["state"] == "pending-dns"


def test_an_error_without_a_code_ends_with_its_cause(sandbox: Sandbox) -> None:
    sandbox.buy("6")
    assert sandbox.status("6") == {"site_id": "6", "state": "error"}
    fixed = {"site_id": "6", "account_id": "571", "domain": "broken.example", "error": False}
    sandbox.admin("POST", "fleet", sites=[fixed])
    assert sandbox.status("6")["state"] == "pending-dns"


def test_an_unknown_site(sandbox: Sandbox) -> None:
    assert sandbox.status("999") == {
        "code": "SNF",
        "message": "Site Not Found",
        "site_id": "999",
        "state": "error",
    }


def test_skipping_the_network_certificate_skips_the_validation(sandbox: Sandbox) -> None:
    bought = sandbox.buy("1", waf_skip_network_certificate="1")
    assert bought.find("dns_ssl_verify") is None
    asked = sandbox.status("1")
    assert (asked["state"], asked["cert_installed"]) == ("pending-dns", "0")
    uploaded = {"site_id": "1", "account_id": "570", "domain": "ssl.example", "own_certificate": True}
    sandbox.admin("POST", "fleet", sites=[uploaded])
    assert sandbox.status("1")["cert_installed"] == "1"


def test_ssl_can_be_forced_with_an_origin_only(sandbox: Sandbox) -> None:
    assert sandbox.buy("2", waf_force_ssl="1").findtext("status") == "error"
    bought = sandbox.buy("2", waf_force_ssl="1", waf_origin="192.0.2.20")
    assert bought.find("dns_ssl_verify/dns_record_value") is not None
    assert sandbox.status("2")["state"] == "pending-domain-validation"


def test_the_original_dns_is_what_was_served_at_the_order(sandbox: Sandbox) -> None:
    sandbox.dns.served = {
        ("plain.example", "A"): ["192.0.2.7", "192.0.2.8"],
        ("www.plain.example", "CNAME"): ["o.example"],
    }
    sandbox.buy("2")
    assert sandbox.status("2")["orig_a_rec"] == "192.0.2.7,192.0.2.8"
    gone = sandbox.call(
        "<deleteAddon><addonInfo><site_id>2</site_id><prod_type>WAF</prod_type></addonInfo></deleteAddon>"
    )
    status = gone.xml.find("deleteAddon/addonStatuses/addonStatus")
    assert status.findtext("dns_orig_a") == "192.0.2.7,192.0.2.8"
    assert status.findtext("dns_orig_cname") == "o.example"


def test_without_records_the_origin_of_the_fleet_is_used(sandbox: Sandbox) -> None:
    sandbox.buy("2")
    assert sandbox.status("2")["orig_a_rec"] == "192.0.2.2"


@pytest.mark.parametrize(("form", "shown"), [("absent", False), ("zeros", True)])
def test_setting_ssl_element_of_a_site_without_ssl(sandbox: Sandbox, form: str, shown: bool) -> None:
    sandbox.admin("POST", "settings", nonssl_ssl_element=form)
    sandbox.buy("2")
    asked = sandbox.status("2")
    assert ("cert_installed" in asked) is shown
    assert asked.get("cert_installed", "0") == "0"
