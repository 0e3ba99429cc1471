# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sites with a certificate at the vendor, and what the CDN serves for them."""

from __future__ import annotations

import base64
import dataclasses
import typing as t

from cryptography import x509

from ansible_collections.hosting.websec.plugins.module_utils._errors import RejectedError, TimedOutError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.certificate import CertificateSection
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.certificate_files import (
    Certificate,
    read_certificate,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.edge import Edge, Look
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.site_ssl import SslSection
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import SiteStatus
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.certificates import DER, SHOP, make
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.vendor import READS, Data, Settings, Vendor
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.vendor import run as run_policy

NETWORK = make(SHOP, number=2).read
"""What the CDN made for the site."""
DEFAULT = make(("cdn.example",)).read
"""What the CDN serves where it has nothing for a name."""


@dataclasses.dataclass
class Site(Settings):
    """A site.

    :param silent: the answer about it holds its state only, as documented for C(ready).
    :param uploaded: the certificate that was uploaded. :param lags: it is not served yet.
    :param tells_origin: the answer says where the certificate is from.
    :param tells_ssl: the answer has an element C(ssl) without SSL, too.
    :param reachable: the CDN answers over TLS.
    :param stale: it still serves this one, whatever happened.
    :param own: the site has a certificate of its own that the CDN can detect.
    """

    state: str = "ready"
    silent: bool = False
    routing: bool = True
    ssl: bool = True
    detected: bool = True
    waits: bool = False
    uploaded: Certificate | None = None
    lags: bool = False
    tells_origin: bool = True
    reachable: bool = True
    stale: Certificate | None = None
    own: bool = True
    tells_ssl: bool = True
    ends: str = "2027-05-12"

    @property
    def served(self) -> Certificate:
        if self.stale or not self.ssl:
            return self.stale or DEFAULT
        return self.uploaded if self.uploaded and not self.lags else NETWORK


class EdgeVendor(Vendor):
    """Takes calls as ``SiteLockClient`` does. Of the sites only the first one has a domain."""

    def look(self, edge: Edge, _status: SiteStatus, _context: RunContext) -> Look:
        site = self.site
        if edge.domain is None:
            return Look(None, "the entry has no domain")
        return Look(site.served) if site.reachable else Look(None, "it could not be reached")

    def lose_sight(self, method: str) -> None:
        """The answer to the next call of a method is lost, and the CDN cannot be reached any more."""
        self.faults[method].append("lost answer")
        look = self.look
        self.look = lambda *asked: Look(None, "it could not be reached") if self.writes() else look(*asked)  # type: ignore[method-assign]  # as a test double

    def fall_silent(self) -> None:
        """Once something was written, nothing can be read any more."""
        call = self.call

        def calling(method: Method, parameters: t.Mapping[str, t.Any]) -> Data:
            if method.name in READS and self.writes():
                raise TimedOutError(f"{method.name}: no answer.", may_have_happened=True)
            return call(method, parameters)

        self.call = calling  # type: ignore[method-assign]  # as a test double

    @property
    def site(self) -> Site:
        return t.cast("Site", self.sites[1])

    @staticmethod
    def _getAnpProvisioningStatus(site: Site, _given: object) -> Data:
        if site.state == "absent":
            return {"code": "ANF", "message": "ANP Addon Not Found", "site_id": "1", "state": "error"}
        if site.silent:
            return {"site_id": "1", "state": site.state, "waf_dns_manager": "customer"}
        ssl = {"cert_detected": str(int(site.detected)), "cert_installed": str(int(site.ssl and not site.waits))}
        if site.tells_origin and site.ssl:
            ssl["cert_from"] = "custom" if site.uploaded else "network"
        record = {"dns_record_domain": SHOP[0], "dns_record_type": "TXT", "dns_record_value": "verification=1"}
        if not site.tells_ssl and not site.ssl:
            return {"site_id": "1", "state": site.state, "traffic_routing": str(int(site.routing))}
        return {
            "site_id": "1",
            "state": "pending-domain-validation" if site.waits else site.state,
            "traffic_routing": str(int(site.routing)),
            "ssl": {**ssl, "network_ssl_cert_exp_date": site.ends},
            **({"dns_ssl_verify": record} if site.waits else {}),
        }

    @staticmethod
    def _enableWafSSL(site: Site, _given: object) -> Data:
        site.ssl = site.waits = True
        return {"status": "ok"}

    @staticmethod
    def _disableWafSSL(site: Site, _given: object) -> Data:
        site.ssl = site.waits = False
        site.uploaded = None
        return {"status": "ok"}

    @staticmethod
    def _detectWafSSL(site: Site, _given: object) -> Data:
        site.detected = site.own
        return {"cert_detected": str(int(site.own)), "message": "", "status": "ok"}

    @staticmethod
    def _uploadWAFCertificate(site: Site, given: Data) -> Data:
        data = base64.b64decode(given["certificate"], validate=True)
        if given["type"] == "pem":
            data = x509.load_pem_x509_certificate(data).public_bytes(DER)
        site.uploaded, site.ssl = read_certificate(data), True
        return {"message": "Successfully uploaded.", "status": "ok"}

    @staticmethod
    def _removeWAFCertificate(site: Site, _given: object) -> Data:
        if site.uploaded is None:
            raise RejectedError("removeWAFCertificate: there is none.")
        site.uploaded = None
        return {"message": "Successfully removed.", "status": "ok"}


def run(vendor: EdgeVendor, entry: Data, **options: t.Any) -> Data:
    """One run over the one site of ``vendor``: its row, with the diff in C(diff)."""
    sections = (SslSection(look=vendor.look), CertificateSection(look=vendor.look))
    result = run_policy(vendor, [{"site_id": 1, "domain": SHOP[0], **entry}], sections=sections, **options)
    (row,) = result["sites"]
    return {**row, "diff": result["diff"]}
