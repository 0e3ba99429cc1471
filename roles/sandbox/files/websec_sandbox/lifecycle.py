# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""
The life of Firewall & CDN on a site.

C(pending-retry) -> C(pending-domain-validation) -> C(pending-dns) -> C(ready). What moves a site is time (retries,
rotation of the TXT value, certificate) and what DNS really serves. C(pass_time) does the first, C(questions) says
what to ask DNS for, and C(see) takes the answers in. None of them does any I/O.
"""

from __future__ import annotations

import hashlib
import typing

from . import settings as pace
from .clock import day
from .lookup import Records
from .model import Firewall, Site

# From the range that is reserved for benchmarks, so that they never meet the addresses of anybody's site.
_EDGE_NETWORKS = ("198.18", "198.19")
_TXT_PREFIX = "globalsign-domain-verification="
_CERTIFICATE_LIFETIME = 180 * 86400

Question = tuple[str, str]
Answers = typing.Mapping[Question, Records]


def provision(
    site: Site, now: float, origins: list[str], ssl: bool, skip_certificate: bool, dns_manager: str, cdn_domain: str
) -> Firewall:
    """A new firewall for C(site) at the time C(now); its first state follows from the flags of the site."""
    firewall = Firewall(
        state="pending-retry" if site.retry_attempts else _first_state(ssl, skip_certificate),
        provisioned_at=now,
        ssl=ssl,
        skip_certificate=skip_certificate,
        dns_manager=dns_manager,
        origins=origins,
    )
    seed = _digest(site.site_id)
    firewall.new_a = [f"{network}.{seed[0]}.{seed[1]}" for network in _EDGE_NETWORKS]
    firewall.new_cname = f"{seed.hex()[4:12]}.{cdn_domain}"
    if ssl and not skip_certificate:
        _issue_txt(site, firewall, now)
    return firewall


def enable_ssl(site: Site, now: float) -> None:
    """Start the validation of a site that had no SSL until now."""
    firewall = site.firewall
    if not firewall or firewall.ssl:
        return
    firewall.ssl = True
    if not firewall.skip_certificate:
        _issue_txt(site, firewall, now)
    if firewall.state != "pending-retry":
        firewall.state = _first_state(firewall.ssl, firewall.skip_certificate)


def disable_ssl(site: Site) -> None:
    """End SSL, and what waits for it."""
    firewall = site.firewall
    if not firewall:
        return
    firewall.ssl, firewall.txt_value, firewall.validated_at = False, "", None
    if firewall.state == "pending-domain-validation":
        firewall.state = "pending-dns"


def pass_time(site: Site, now: float, free: bool) -> bool:
    """Let time pass on the site's firewall. True when the free product was given up after its last attempt."""
    firewall = site.firewall
    if not firewall:
        return False
    if firewall.state == "pending-retry":
        attempts = int((now - firewall.provisioned_at) // pace.RETRY_INTERVAL)
        if free and attempts >= pace.FREE_RETRY_LIMIT and site.retry_attempts > pace.FREE_RETRY_LIMIT:
            return True
        if attempts >= site.retry_attempts:
            firewall.state = _first_state(firewall.ssl, firewall.skip_certificate)
    if firewall.state == "pending-domain-validation" and now - firewall.txt_issued_at > pace.TXT_LIFETIME:
        _issue_txt(site, firewall, now)
    return False


def questions(site: Site, settings: pace.Settings) -> list[Question]:
    """What to ask DNS for before the state of the site can be told."""
    firewall = site.firewall
    if not firewall or site.error or firewall.state == "pending-retry":
        return []
    if firewall.state == "ready" and not settings.recheck_ready:
        return []
    asked: list[Question] = [(site.name, "TXT")] if firewall.state == "pending-domain-validation" else []
    return asked + routing_questions(site)


def routing_questions(site: Site) -> list[Question]:
    """What to ask DNS for to see where the traffic of the site goes."""
    return [(site.name, "A")] if site.subdomain else [(site.name, "A"), (f"www.{site.name}", "A")]


def see(site: Site, now: float, settings: pace.Settings, answers: Answers) -> None:
    """Take in what DNS serves: start or finish the validation, notice the routing."""
    firewall = site.firewall
    if not firewall or site.error:
        return
    if firewall.state == "pending-domain-validation":
        values = answers.get((site.name, "TXT"), {}).get("TXT", [])
        firewall.txt_seen = "match" if firewall.txt_value in values else "other" if values else "none"
        if firewall.txt_seen != "match":
            firewall.validation_started_at = None
        else:
            _validate(firewall, now, settings.validation_delay)
    if firewall.state in ("pending-dns", "ready") and (site.name, "A") in answers:
        if not _routed(site, firewall, answers):
            firewall.routed_at = None
            firewall.state = "pending-dns"
            return
        if firewall.routed_at is None:
            firewall.routed_at = now
        if now - firewall.routed_at >= settings.ready_delay and certificate_ready(site, now, settings):
            firewall.state = "ready"


def remember_original(site: Site, answers: Answers) -> None:
    """Keep what DNS served when the firewall was ordered; where it served nothing, what the fleet says."""
    firewall = site.firewall
    if firewall:
        firewall.original_a = sorted(answers.get((site.name, "A"), {}).get("A", [])) or list(site.origin)
        alias = site.name if site.subdomain else f"www.{site.name}"
        firewall.original_cname = (answers.get((alias, "A"), {}).get("CNAME") or [""])[0]


def certificate_ready(site: Site, now: float, settings: pace.Settings) -> bool:
    """Whether the certificate is installed, or none is needed."""
    firewall = site.firewall
    if not firewall or not firewall.ssl:
        return True
    if firewall.skip_certificate:
        return site.own_certificate
    return firewall.validated_at is not None and now - firewall.validated_at >= settings.certificate_delay


def certificate_expiry(firewall: Firewall) -> str:
    """The last day of the network certificate."""
    return day((firewall.validated_at or firewall.provisioned_at) + _CERTIFICATE_LIFETIME)


def edge_addresses(site: Site, settings: pace.Settings) -> list[str]:
    """The addresses for the A records; a subdomain is routed by its CNAME alone."""
    if not site.firewall or (site.subdomain and not settings.subdomain_a_records):
        return []
    return site.firewall.new_a


def _first_state(ssl: bool, skip_certificate: bool) -> typing.Literal["pending-domain-validation", "pending-dns"]:
    return "pending-domain-validation" if ssl and not skip_certificate else "pending-dns"


def _validate(firewall: Firewall, now: float, delay: float) -> None:
    started = firewall.validation_started_at
    if started is None:
        started = firewall.validation_started_at = now
    if now - started >= delay:
        firewall.validated_at = started + delay
        firewall.state = "pending-dns"


def _issue_txt(site: Site, firewall: Firewall, now: float) -> None:
    code = _digest(f"{site.site_id}/{now}").hex().upper()[:33]
    firewall.txt_value = _TXT_PREFIX + code
    firewall.txt_issued_at = now
    firewall.txt_seen = "none"
    firewall.validation_started_at = None


def _routed(site: Site, firewall: Firewall, answers: Answers) -> bool:
    at_name = answers.get((site.name, "A"), {})
    if at_name.get("CNAME") == [firewall.new_cname]:
        return True
    if site.subdomain or set(at_name.get("A", [])) != set(firewall.new_a):
        return False
    # A site without a www name is routed by its A records alone.
    at_www = answers.get((f"www.{site.name}", "A"), {})
    return not at_www or at_www.get("CNAME") == [firewall.new_cname]


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
