# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SSL of the firewall: the network certificate, and one that the customer uploads."""

from __future__ import annotations

from .. import certificates, lifecycle
from . import answer
from .answer import Answer, node, texts
from .context import Context
from .firewall import dns_ssl_verify
from .grammar import Field, Refused, Values
from .methods import WafError, invalid, method
from .protected import changing, reading

_KEPT_TYPE = "site_cert_cname"


@method("enableWafSSL", Field("site_id"), Field("waf_network_cert_type", optional=True), write=True)
def enable_waf_ssl(context: Context, values: Values) -> Answer:
    """enableWafSSL: starts the validation, as an order does; that its answer has the record is inferred."""
    with changing(context, values["site_id"]) as protected:
        firewall, plan = protected.firewall, protected.plan
        if plan.free or plan.level == "basic":
            raise WafError("Feature not permitted", "9414", "SSL is not for free and basic products")
        wanted = values.get("waf_network_cert_type", firewall.network_cert_type)
        if firewall.network_cert_type == _KEPT_TYPE != wanted:
            raise invalid(f"waf_network_cert_type was {_KEPT_TYPE} in the order")
        firewall.network_cert_type = wanted
        lifecycle.enable_ssl(protected.site, context.world.clock.now())
        waiting = firewall.state == "pending-domain-validation" and context.settings.ssl_answer == "record"
        verify = dns_ssl_verify(protected.site, context.settings) if waiting else None
    return answer.ok(node("enableWafSSL", verify, *texts(status="ok")))


@method("disableWafSSL", Field("site_id"), write=True)
def disable_waf_ssl(context: Context, values: Values) -> Answer:
    """disableWafSSL: removes the certificate too."""
    with changing(context, values["site_id"]) as protected:
        lifecycle.disable_ssl(protected.site)
        protected.policy.certificate, protected.site.own_certificate = None, False
    return answer.ok(node("disableWafSSL", *texts(status="ok")))


@method("detectWafSSL", Field("site_id"))
def detect_waf_ssl(context: Context, values: Values) -> Answer:
    """detectWafSSL: its texts are not documented."""
    with reading(context, values["site_id"]) as protected:
        found = protected.site.ssl or protected.firewall.ssl or protected.site.own_certificate
    message = "Certificate detected." if found else "No certificate detected."
    return answer.ok(node("detectWafSSL", *texts(cert_detected=int(found), message=message, status="ok")))


def check_upload(_context: Context, values: Values) -> None:
    """A key beside a certificate, a passphrase beside a container of both."""
    in_container = values["type"] == "pfx"
    if ("private_key" in values) == in_container:
        raise Refused(f"private_key is {'unknown' if in_container else 'missing'} for {values['type']}")
    if "passphrase" in values and not in_container:
        raise Refused(f"unknown element passphrase for {values['type']}")


def _upload(context: Context, values: Values) -> Answer:
    """uploadWAFCertificate: in the place of the one before."""
    with changing(context, values["site_id"]) as protected:
        try:
            protected.policy.certificate = certificates.read(
                values["type"], values["certificate"], values.get("private_key", ""), values.get("passphrase", "")
            )
        except ValueError as problem:
            raise invalid(str(problem)) from problem
        protected.site.own_certificate = True
    return answer.ok(node(_element(context, "upload"), *texts(message="Successfully uploaded.", status="ok")))


def _remove(context: Context, values: Values) -> Answer:
    """removeWAFCertificate: what it says when there is none is not documented."""
    name = _element(context, "remove")
    with changing(context, values["site_id"]) as protected:
        if not protected.site.own_certificate and context.settings.certificate_absent == "error":
            problem = "Certificate not found"
            return answer.ok(node(name, *texts(message=problem, status="error")), outcome=f"error: {problem}")
        protected.policy.certificate, protected.site.own_certificate = None, False
    return answer.ok(node(name, *texts(message="Successfully removed.", status="ok")))


def _element(context: Context, verb: str) -> str:
    return f"{verb}WAFCertificate" if context.settings.certificate_element == "example" else f"{verb}WafCertificate"


# Both spellings are in the documentation.
_upload_fields = (
    Field("site_id"),
    Field("certificate"),
    Field("type", pattern="pem|cer|pfx"),
    Field("private_key", optional=True),
    Field("passphrase", optional=True),
)
for _spelling in ("WAF", "Waf"):
    method(f"upload{_spelling}Certificate", *_upload_fields, write=True, check=check_upload)(_upload)
    method(f"remove{_spelling}Certificate", Field("site_id"), write=True)(_remove)
