# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Methods of an ordered Firewall & CDN: its state, its origin, who manages its DNS."""

from __future__ import annotations

import ipaddress

from lxml import etree

from .. import lifecycle
from ..model import Site
from ..settings import Settings
from . import answer
from .answer import Answer, node, texts
from .context import Context, settle
from .grammar import MANAGER, Field, Values
from .methods import method

_TXT_STATUS = {
    "none": "No TXT Record(s) were found.",
    "other": "TXT Record(s) were found - but none match what we are looking for.",
    "match": "TXT Record(s) were found - one matches what we are looking for.",
}


@method("getAnpProvisioningStatus", attributes=(Field("site_id"),))
def get_anp_provisioning_status(context: Context, values: Values) -> Answer:
    """getAnpProvisioningStatus: looks at DNS, moves the site on, tells its state."""
    world, site_id = context.world, values["site_id"]
    with world.change():
        site = world.sites.get(site_id)
        if not site:
            return _problem("SNF", "Site Not Found", site_id)
        settle(world, site)
        questions = lifecycle.questions(site, context.settings)
    answers = context.ask(questions)
    with world.change():
        if not site.firewall:
            return _problem("ANF", "ANP Addon Not Found", site_id)
        if questions:
            before = dict(vars(site.firewall))
            lifecycle.see(site, world.clock.now(), context.settings, answers)
            if vars(site.firewall) != before:
                world.save(site)
        state = "error" if site.error and site.firewall.state != "pending-retry" else site.firewall.state
        elements = _state_elements(site, state, world.clock.now(), context.settings)
    return answer.ok(node("getAnpProvisioningStatus", *elements), outcome=state)


@method("setWafOrigin", Field("site_id"), Field("waf_origin", repeat=True), write=True)
def set_waf_origin(context: Context, values: Values) -> Answer:
    """setWafOrigin: new origins, addresses or names that resolve."""
    world, origins = context.world, values["waf_origin"]
    names = [origin for origin in origins if not is_address(origin)]
    answers = context.ask((name.lower(), "A") for name in names)
    with world.change():
        site = world.sites.get(values["site_id"])
        if not site or not site.firewall:
            return _no_firewall(context, "setWafOrigin", site)
        resolve = all(answers[name.lower(), "A"] for name in names)
        several = all(world.plans[one.plan_id].several_origins for one in world.active_firewalls(site.site_id))
        if not resolve or (len(origins) > 1 and not several):
            message = "Invalid configuration parameter value"
            return answer.error(context.settings.error_http_status, "setWafOrigin", message, "6002")
        site.firewall.origins = list(origins)
        world.save(site)
    return answer.ok(node("setWafOrigin", *_origins(context.settings, origins), *texts(status="ok")))


@method("getWafOrigin", Field("site_id"))
def get_waf_origin(context: Context, values: Values) -> Answer:
    """getWafOrigin: the origins of now."""
    with context.world.change():
        site = context.world.sites.get(values["site_id"])
        if not site or not site.firewall:
            return _no_firewall(context, "getWafOrigin", site)
        origins = list(site.firewall.origins)
    return answer.ok(node("getWafOrigin", *_origins(context.settings, origins), *texts(status="ok")))


@method("setWAFDNSManager", Field("site_id"), Field("waf_dns_manager", pattern=MANAGER), write=True)
def set_waf_dns_manager(context: Context, values: Values) -> Answer:
    """setWAFDNSManager: its errors are a C(status) and a C(message)."""
    with context.world.change():
        site = context.world.sites.get(values["site_id"])
        if not site or not site.firewall:
            message = "WAF Addon Not Found" if site else "Site Not Found"
            failed = node("setWAFDNSManager", *texts(message=message, status="error"))
            return answer.ok(failed, outcome=f"error: {message}")
        site.firewall.dns_manager = values["waf_dns_manager"]
        context.world.save(site)
    return answer.ok(node("setWAFDNSManager", *texts(message="Successfully updated.", status="ok")))


def dns_ssl_verify(site: Site, settings: Settings) -> etree._Element | None:
    """The record that proves the ownership of the domain, when one is asked for."""
    if not site.firewall or not site.firewall.txt_value:
        return None
    elements = texts(dns_record_domain=site.name, dns_record_type="TXT", dns_record_value=site.firewall.txt_value)
    if settings.untidy_values:
        answer.untidy((elements[0], elements[2]))
    return node("dns_ssl_verify", *elements)


def new_records(site: Site, settings: Settings) -> list[etree._Element]:
    """C(dns_new_a), the addresses in one element, and C(dns_new_cname)."""
    if not site.firewall:
        return []
    addresses = lifecycle.edge_addresses(site, settings)
    return texts(dns_new_a=",".join(addresses) if addresses else None, dns_new_cname=site.firewall.new_cname)


def is_address(text: str) -> bool:
    """Whether C(text) is meant as an IP address: digits and dots that are not one are no name either."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _state_elements(site: Site, state: str, now: float, settings: Settings) -> list[etree._Element]:
    firewall = site.firewall
    assert firewall is not None
    if state in ("error", "pending-retry"):
        return texts(site_id=site.site_id, state=state)
    manager = texts(waf_dns_manager=firewall.dns_manager)
    if state == "ready" and settings.ready_answer == "short":
        return [*texts(site_id=site.site_id, state=state), *manager]
    elements = []
    if state == "pending-domain-validation":
        elements += _dns_info(site)
    elements += new_records(site, settings)
    if state == "pending-domain-validation":
        verify = dns_ssl_verify(site, settings)
        elements += [verify] if verify is not None else []
    if firewall.original_a:
        elements.append(node("original_dns", *texts(orig_a_rec=",".join(firewall.original_a))))
    elements += texts(site_id=site.site_id)
    elements += _ssl(site, now, settings)
    return elements + texts(state=state, traffic_routing=int(firewall.routed_at is not None)) + manager


def _dns_info(site: Site) -> list[etree._Element]:
    firewall = site.firewall
    assert firewall is not None
    record = node("record", *texts(domain=site.name, status=_TXT_STATUS[firewall.txt_seen], type="TXT"))
    request = node("request", *texts(data=firewall.txt_value, type="TXT"))
    return [node("dns_info", node("records", record), request)]


def _ssl(site: Site, now: float, settings: Settings) -> list[etree._Element]:
    firewall = site.firewall
    assert firewall is not None
    uploaded = bool(firewall.policy and firewall.policy.certificate)
    if not firewall.ssl and not uploaded:
        zeros = settings.nonssl_ssl_element == "zeros"
        return [node("ssl", *texts(cert_detected=0, cert_installed=0))] if zeros else []
    if not uploaded and not lifecycle.certificate_ready(site, now, settings):
        return [node("ssl", *texts(cert_detected=1, cert_installed=0))]
    if firewall.skip_certificate or uploaded:
        return [node("ssl", *texts(cert_detected=1, cert_from="custom", cert_installed=1))]
    expiry = lifecycle.certificate_expiry(firewall)
    return [
        node(
            "ssl",
            *texts(cert_detected=1, cert_from="network", cert_installed=1, network_ssl_cert_exp_date=expiry),
        )
    ]


def _origins(settings: Settings, origins: list[str]) -> list[etree._Element]:
    shown = origins if settings.origins_form == "repeat" else [",".join(origins)]
    return [node("origins", text=origin) for origin in shown]


def _problem(code: str, message: str, site_id: str) -> Answer:
    elements = texts(code=code, message=message, site_id=site_id, state="error")
    return answer.ok(node("getAnpProvisioningStatus", *elements), outcome=f"error: {code}")


def _no_firewall(context: Context, method: str, site: Site | None) -> Answer:
    status = context.settings.error_http_status
    if not site:
        return answer.error(status, method, "Site Not Found")
    return answer.error(status, method, "WAF Addon Not Found", "-98")
