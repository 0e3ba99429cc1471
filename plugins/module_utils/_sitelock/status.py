# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""getAnpProvisioningStatus: the state of the activation of Firewall & CDN for a site.

Source: C(getanpprovisioningstatus-managing-the-sitelock-firewall-cdn-activation-process).
"""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import GET_ANP_PROVISIONING_STATUS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import (
    ADDON_NOT_FOUND,
    child,
    flag,
    refusal,
    text,
    texts,
)
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened

if t.TYPE_CHECKING:
    from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient

ABSENT = "absent"
"""Our name for "no active Firewall & CDN": the API returns C(state=error) with the code ANF."""
ERROR = "error"
PENDING_DNS = "pending-dns"
PENDING_DOMAIN_VALIDATION = "pending-domain-validation"
PENDING_RETRY = "pending-retry"
READY = "ready"
LONGEST_STATE = 60
"""Characters. A state is saved, reported and compared; the known ones are less than half as long."""
STATES = (ABSENT, ERROR, PENDING_DNS, PENDING_DOMAIN_VALIDATION, PENDING_RETRY, READY)


@dataclasses.dataclass(frozen=True)
class DnsSslVerify:
    """The record that proves the ownership of the domain to the certificate authority."""

    dns_record_domain: str
    dns_record_type: str
    dns_record_value: str


@dataclasses.dataclass(frozen=True)
class Ssl:
    """The certificate of the site at the CDN. A field is C(None) if it is not in the response."""

    cert_detected: bool | None
    cert_installed: bool | None
    cert_from: str | None
    network_ssl_cert_exp_date: str | None


@dataclasses.dataclass(frozen=True)
class SiteStatus:
    """One response. Its fields depend on the state: C(ready) and C(pending-retry) are short."""

    site_id: int
    state: str
    waf_dns_manager: str | None = None
    dns_new_a: tuple[str, ...] = ()
    dns_new_cname: str | None = None
    dns_ssl_verify: DnsSslVerify | None = None
    original_dns: tuple[str, ...] = ()
    ssl: Ssl | None = None
    traffic_routing: bool | None = None
    message: str | None = None
    """The message of the API: the result of the domain validation, or the reason for an error."""

    @property
    def routed(self) -> bool:
        """Whether the CDN may receive traffic of the site. The short responses of C(ready) and C(error) omit it."""
        return self.traffic_routing is True or (self.traffic_routing is None and self.state in (READY, ERROR))

    @property
    def on_its_way(self) -> bool:
        """Whether the activation is under way."""
        return self.state not in (ABSENT, ERROR, READY)

    def routable(self, *, needs_ssl: bool | None = None) -> bool:
        """Whether A and CNAME may point to the CDN now.

        :param needs_ssl: whether the site uses SSL according to its owner; C(None): decide by the response, and take
            any sign of SSL as SSL.
        """
        return is_routable(self.state, self.ssl, asks_validation=self.dns_ssl_verify is not None, needs_ssl=needs_ssl)


def is_routable(state: str, ssl: Ssl | None, *, asks_validation: bool, needs_ssl: bool | None) -> bool:
    """Whether A and CNAME of a site may point to the CDN now. See ``SiteStatus``.

    :param asks_validation: the response requests a record that validates the domain.
    """
    if state not in (PENDING_DNS, READY):
        return False
    if needs_ssl is False:
        return True
    if ssl is None:
        if state == READY:
            return True
        return not needs_ssl and not asks_validation
    if state == READY and ssl.cert_installed is None:
        return True
    return ssl.cert_detected is True and ssl.cert_installed is True


def read_status(client: SiteLockClient, site_id: int) -> SiteStatus:
    """Read the status of one site: one API call.

    :raises NotFoundError: the vendor has no such site (SNF).
    :raises WebsecError: see ``SiteLockClient.call``.
    """
    return parse_status(client.call(GET_ANP_PROVISIONING_STATUS, {"site_id": site_id}), site_id)


def parse_status(data: t.Mapping[str, t.Any], site_id: int) -> SiteStatus:
    """The status in the plain data of a response. A site without Firewall & CDN (ANF) has the state C(absent)."""
    code, message = text(data, "code"), text(data, "message")
    state = text(data, "state")
    if code == ADDON_NOT_FOUND and state == ERROR:
        return SiteStatus(site_id=site_id, state=ABSENT, message=message)
    if code:
        raise refusal(f"Site {site_id}: ", message, code)
    if state is None:
        raise BadResponseError(f"Site {site_id}: the answer to getAnpProvisioningStatus has no state.")
    if len(state) > LONGEST_STATE:
        raise BadResponseError(
            f"Site {site_id}: getAnpProvisioningStatus reports {shortened(state, LONGEST_STATE)!r}, which is not a "
            "state."
        )
    if state == ABSENT:
        # This is our own name, and would lead to an order.
        raise BadResponseError(
            f"Site {site_id}: getAnpProvisioningStatus reports {state!r}, which is not a state of the API."
        )
    return SiteStatus(
        site_id=site_id,
        state=state,
        waf_dns_manager=text(data, "waf_dns_manager"),
        dns_new_a=texts(data.get("dns_new_a")),
        dns_new_cname=next(iter(texts(data.get("dns_new_cname"))), None),
        dns_ssl_verify=parse_dns_ssl_verify(data),
        original_dns=texts(child(data, "original_dns").get("orig_a_rec")),
        ssl=_ssl(data),
        traffic_routing=flag(data, "traffic_routing"),
        message=_shortened(message or _finding(data)),
    )


def parse_dns_ssl_verify(data: t.Mapping[str, t.Any]) -> DnsSslVerify | None:
    """The element C(dns_ssl_verify), complete, or C(None)."""
    element = child(data, "dns_ssl_verify")
    domain, kind, value = (text(element, f"dns_record_{name}") for name in ("domain", "type", "value"))
    if not domain or not value:
        return None
    # Long values are wrapped in the vendor's examples; a line break is never part of a value.
    return DnsSslVerify(domain.rstrip("."), kind or "TXT", _unfolded(value))


def _unfolded(text: str) -> str:
    """``text`` without line breaks and the blanks around them. Not by a pattern, which for a text of a megabyte of
    blanks takes hours."""
    return "".join(line.strip() for line in re.split(r"[\r\n]", text))


def _ssl(data: t.Mapping[str, t.Any]) -> Ssl | None:
    if "ssl" not in data:
        return None
    element = child(data, "ssl")
    return Ssl(
        cert_detected=flag(element, "cert_detected"),
        cert_installed=flag(element, "cert_installed"),
        cert_from=text(element, "cert_from"),
        network_ssl_cert_exp_date=text(element, "network_ssl_cert_exp_date"),
    )


def _shortened(text: str | None) -> str | None:
    return None if text is None else shortened(text)


def _finding(data: t.Mapping[str, t.Any]) -> str | None:
    records = child(child(data, "dns_info"), "records").get("record", [])
    findings = [text(record, "status") for record in records if isinstance(record, dict)]
    return " ".join(finding for finding in findings if finding) or None
