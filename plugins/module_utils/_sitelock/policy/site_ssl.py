# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(ssl): whether the CDN serves the site over HTTPS.

Sources: C(getAnpProvisioningStatus), C(enableWafSSL), C(disableWafSSL) (it removes the certificate as well),
C(detectWafSSL) (for a site without a certificate of the CDN; it activates none). An answer in the state C(ready) may
say nothing about SSL. Then the certificate that the CDN serves decides, and without that nothing is sent. One for
another name says only that HTTPS does not work yet, so the method is sent once, and the state record remembers that.
"""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import calendar_date
from ansible_collections.hosting.websec.plugins.module_utils._schemas import (
    FLAG,
    GIVEN_TEXT,
    TEXT,
    Schema,
    mapping,
    number,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.firewall import (
    DETECT_WAF_SSL,
    DISABLE_WAF_SSL,
    ENABLE_WAF_SSL,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.edge import (
    Edge,
    Looker,
    look,
    may_be_routed,
    parse_edge,
    read_site,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import SectionReader
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import Plain, Write
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import (
    PENDING_DNS,
    PENDING_DOMAIN_VALIDATION,
    DnsSslVerify,
    SiteStatus,
)
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened

SOON = datetime.timedelta(days=30)
"""A certificate that ends within this time is a matter for a person."""


@dataclasses.dataclass(frozen=True)
class CurrentSsl:
    """
    :param enabled: C(None): unknown, because of ``problem``.
    :param waits: it was switched on, and waits for the validation of the domain or for the certificate.
    :param detected: whether the CDN found a certificate. C(None): not told.
    :param routed: visitors may come through the CDN.
    :param ends: last day of the certificate, if told.
    :param searched: C(detectWafSSL) was sent in this run.
    :param sent: the method that was accepted in this run to switch SSL on.
    :param silent: the API does not say that SSL is off; the CDN only serves no certificate for the domain.
    """

    enabled: bool | None
    routed: bool
    waits: bool = False
    detected: bool | None = None
    verification: DnsSslVerify | None = None
    ends: datetime.date | None = None
    searched: bool = False
    sent: str | None = None
    silent: bool = False
    problem: str = ""


@dataclasses.dataclass(frozen=True)
class DesiredSsl:
    """
    :param cert_type: C(waf_network_cert_type), which counts only when SSL is switched on.
    :param detect: the site has no certificate of the CDN; its own is searched for instead.
    :param force: SSL may be switched off while visitors come through the CDN.
    :param force_request: the method is sent although it may have been sent before.
    """

    where: str
    enabled: bool
    cert_type: str | None
    detect: bool
    force: bool
    force_request: bool
    edge: Edge
    now: datetime.datetime


@dataclasses.dataclass(frozen=True)
class SslSection(Plain[DesiredSsl, CurrentSsl]):
    """See ``sections.section.Section``.

    :param look: how to look at the certificate that is served.
    """

    name: t.ClassVar[str] = "ssl"
    schema: t.ClassVar[Schema] = mapping(
        {
            "enabled": FLAG,
            "waf_network_cert_type": GIVEN_TEXT,
            "detect": FLAG,
            "force": FLAG,
            "address": TEXT,
            "port": number(1, 65535),
        },
        "enabled",
    )
    look: Looker = look

    def parse(self, given: Given) -> DesiredSsl:
        given.only("enabled", "waf_network_cert_type", "detect", "force", "force_request", "address", "port")
        enabled = given.flag("enabled")
        if enabled is None:
            raise BadInputError(f"{given.where}: enabled is missing.", hint="Set enabled: true or enabled: false.")
        desired = DesiredSsl(
            given.where,
            enabled,
            given.text("waf_network_cert_type"),
            bool(given.flag("detect")),
            bool(given.flag("force")),
            bool(given.flag("force_request")),
            parse_edge(given),
            given.now,
        )
        useless = next((name for name in _ONLY_ON if given.values.get(name) and not enabled), None)
        if useless:
            raise BadInputError(
                f"{given.where}: {useless} is given with enabled: false.", hint=f"Remove {useless}, or enable SSL."
            )
        if desired.detect and desired.cert_type:
            raise BadInputError(
                f"{given.where}: detect is given together with waf_network_cert_type.",
                hint="detect is for sites without a certificate of the CDN. Remove one of the two.",
            )
        return desired

    def read(self, reader: SectionReader, site_id: int, desired: DesiredSsl | None) -> CurrentSsl:
        status = read_site(reader, site_id)
        accepted = [method.name for method in _SWITCHES if reader.was_accepted(method, site_id)]
        current = dataclasses.replace(
            told(status), sent=accepted[0] if accepted else None, searched=DETECT_WAF_SSL.name in accepted
        )
        if current.enabled is not None:
            return current
        # A method that was accepted in this run is not doubted because the answer is silent.
        if reader.was_accepted(ENABLE_WAF_SSL, site_id):
            return dataclasses.replace(current, enabled=False, waits=True)
        if reader.was_accepted(DISABLE_WAF_SSL, site_id):
            return dataclasses.replace(current, enabled=False)
        if status.state == PENDING_DNS and status.traffic_routing is not None:
            # The long form of the answer: for a site with SSL it has an element about the certificate.
            return dataclasses.replace(current, enabled=False)
        edge = Edge(None, None) if desired is None else desired.edge
        seen = self.look(edge, status, reader.context)
        if seen.served is None:
            return dataclasses.replace(current, problem=seen.problem)
        enabled = seen.served.is_for(edge.domain or "")
        return dataclasses.replace(current, enabled=enabled, silent=not enabled)

    def plan(self, current: CurrentSsl, desired: DesiredSsl) -> list[Write]:
        """One call at most.

        :raises RejectedError: SSL would be switched off while visitors come through the CDN.
        """
        if current.enabled is None:
            return []
        if desired.detect:
            done = current.searched or _is_detected(current) or _may_be_repeated(current, desired)
            return [] if done else [Write(DETECT_WAF_SSL, {}, shown_by=_is_detected)]
        if desired.enabled:
            kind = {"waf_network_cert_type": desired.cert_type} if desired.cert_type else {}
            done = _is_on(current) or _may_be_repeated(current, desired)
            return [] if done else [Write(ENABLE_WAF_SSL, kind, shown_by=_is_on)]
        # What only waits for its certificate is switched off once it has it: until then the API calls it off.
        if not current.enabled:
            return []
        refuse_while_routed(current.routed, desired.force, desired.where, "SSL was not switched off")
        return [Write(DISABLE_WAF_SSL, {}, fresh=True, shown_by=lambda seen: seen.enabled is False)]

    def expected(self, current: CurrentSsl, desired: DesiredSsl) -> CurrentSsl:
        if desired.enabled and self.plan(current, desired):
            current = dataclasses.replace(current, sent=_method(desired))
        if current.enabled is None or desired.detect:
            return dataclasses.replace(current, detected=desired.detect or current.detected)
        return dataclasses.replace(current, enabled=desired.enabled, waits=current.waits and desired.enabled)

    def dump(self, current: CurrentSsl) -> t.Any:
        return None if current.enabled is None else {"enabled": _is_on(current)}

    def details(self, current: CurrentSsl, desired: DesiredSsl) -> dict[str, t.Any]:
        """C(requested): the method that was sent last to switch SSL on, as far as it is known."""
        requested = (current.sent or _requested(desired)) if desired.enabled else None
        return {"requested": requested} if requested else {}

    def needs_person(self, current: CurrentSsl, desired: DesiredSsl) -> list[str]:
        if current.enabled is None:
            return [f"ssl: whether SSL is on is unknown, so nothing was sent: {current.problem}. Set address."]
        if desired.enabled and _may_be_repeated(current, desired):
            return [_not_repeated(desired)]
        told = []
        if current.waits and desired.enabled:
            told.append(f"ssl: SSL is on, and waits for {_missing(current.verification)}.")
        if desired.detect and current.searched and not _is_detected(current):
            told.append("ssl: the CDN found no certificate at the site.")
        elif desired.detect and _is_detected(current) and not current.enabled:
            told.append("ssl: the CDN has no certificate for the site. Upload one, see the section certificate.")
        if current.ends is not None and current.ends <= (desired.now + SOON).date() and desired.enabled:
            told.append(f"ssl: the certificate of the CDN ends on {current.ends}.")
        return told


def told(status: SiteStatus) -> CurrentSsl:
    """What an answer of the API says about SSL. It is silent in some states."""
    ssl = status.ssl
    installed = None if ssl is None else ssl.cert_installed
    validates = status.state == PENDING_DOMAIN_VALIDATION or status.dns_ssl_verify is not None
    comes = status.on_its_way and ssl is not None and ssl.cert_detected is True
    return CurrentSsl(
        enabled=True if validates else installed,
        routed=may_be_routed(status),
        waits=(validates or comes) and not installed,
        detected=None if ssl is None else ssl.cert_detected,
        verification=status.dns_ssl_verify,
        ends=None if ssl is None else calendar_date(ssl.network_ssl_cert_exp_date),
    )


def _missing(record: DnsSslVerify | None) -> str:
    if record is None:
        return "its certificate"
    kind, name, value = record.dns_record_type, record.dns_record_domain, shortened(record.dns_record_value)
    return f"the validation of the domain: the {kind} record at {name} must be {value}"


def refuse_while_routed(routed: bool, force: bool, where: str, outcome: str) -> None:
    """
    :raises RejectedError: visitors may come through the CDN.
    """
    if routed and not force:
        raise RejectedError(
            f"{where}: {outcome}, because visitors may come to this site through the CDN, and their HTTPS would break.",
            hint="Route the site away from the CDN first. If you are sure, set force: true in the section for one run.",
        )


_SWITCHES = (ENABLE_WAF_SSL, DETECT_WAF_SSL)
_ONLY_ON = ("detect", "waf_network_cert_type", "force_request")
"""Keys that make no sense with C(enabled: false)."""


def _method(desired: DesiredSsl) -> str:
    return DETECT_WAF_SSL.name if desired.detect else ENABLE_WAF_SSL.name


def _requested(desired: DesiredSsl) -> str | None:
    """The method that was sent last, from the state record; empty: none was; C(None): it is not known."""
    return desired.edge.recorded.ssl if desired.edge.recorded else None


def _may_be_repeated(current: CurrentSsl, desired: DesiredSsl) -> bool:
    """Whether the method may have been sent in an earlier run, and nothing shows whether it had an effect."""
    return current.silent and not desired.force_request and _requested(desired) in (None, _method(desired))


def _not_repeated(desired: DesiredSsl) -> str:
    about = "ssl: the API does not say whether SSL is on, and the CDN serves no certificate for this domain. "
    if _requested(desired) is None:
        recorded = desired.edge.recorded
        why = f" ({recorded.problem.rstrip('.')})" if recorded and recorded.problem else ""
        return (
            f"{about}No state record says whether {_method(desired)} was sent before{why}, so nothing was sent. To "
            "send it, set force_request: true for one run."
        )
    return (
        f"{about}{_method(desired)} was sent before, so it was not sent again. Check the site in the dashboard, and "
        "whether a proxy looks into TLS here. To send it once more, set force_request: true for one run."
    )


def _is_on(current: CurrentSsl) -> bool:
    return bool(current.enabled or current.waits)


def _is_detected(current: CurrentSsl) -> bool:
    return bool(current.enabled or current.detected)


SSL = SslSection()
