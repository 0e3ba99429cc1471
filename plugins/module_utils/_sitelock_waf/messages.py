# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts about a site for people: what it waits for, and what needs attention although nothing failed.

The state of the API alone says too little. Each text depends on what the response requests and on what the pass does.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum

from ansible_collections.hosting.websec.plugins.module_utils._parsing import calendar_date
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import (
    ABSENT,
    ERROR,
    PENDING_DNS,
    PENDING_DOMAIN_VALIDATION,
    PENDING_RETRY,
    READY,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Entry
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.records import SiteStatus

DELETE = "deleteAddon"

_LONG_VALIDATION = datetime.timedelta(hours=36)
_LONG_RETRY = datetime.timedelta(days=11)
_NEAR_END = datetime.timedelta(days=21)


class Proof(enum.Enum):
    """How the ownership of the domain is proved at the end of this pass."""

    NONE = "SiteLock requests no record, and this collection has set none"
    TXT = "the TXT record exists, or this pass sets it"
    NO_ROOM = "SiteLock requests a TXT record at the name that has the CNAME to the CDN"
    CNAME = "SiteLock requests a CNAME record, which this collection does not set"


@dataclasses.dataclass(frozen=True)
class Situation:
    """The input for the texts about a site with C(state=present).

    :param asked: name and value of the record that the response requests.
    :param routable: whether A and CNAME may point to the CDN.
    :param routed: this pass makes them point to the CDN; C(False) also if the CDN target is unknown.
    :param cut_over: the CDN target is saved, or in the response.
    :param since: when the state was first seen.
    """

    entry: Entry
    status: SiteStatus
    proof: Proof
    asked: tuple[str, str] | None
    routable: bool
    routed: bool
    cut_over: bool
    since: datetime.datetime | None

    @property
    def state(self) -> str:
        return str(self.status["state"])


def waiting_for(site: Situation) -> str | None:
    """What a site with C(state=present) waits for, without the words "waits for"; ``None``: for nothing."""
    if site.state == READY:
        return None
    if site.state == ABSENT:
        return "the order, which SiteLock does not show yet (check mode sends none)"
    if site.state == PENDING_DOMAIN_VALIDATION:
        return _WAITS_FOR_PROOF[site.proof]
    if site.state == PENDING_RETRY:
        return "SiteLock, which tries again every 6 h"
    if site.state == ERROR:
        told = f": {site.status['message']}" if site.status["message"] else ""
        return f"manual action: SiteLock reports an error that it cannot solve by itself{told}"
    if site.state != PENDING_DNS:
        return f"SiteLock to leave the state {site.state}, which is unknown to this collection"
    if not site.routable:
        return "the certificate at the CDN"
    if not site.routed:
        return "the addresses of the CDN, which the API did not return"
    return "SiteLock to see the A/CNAME records (up to 24 h)"


_WAITS_FOR_PROOF = {
    Proof.TXT: "the certificate authority to see the TXT record (up to 24 h)",
    Proof.CNAME: "the certificate authority to see the CNAME record that SiteLock requests (see the notes)",
    Proof.NO_ROOM: "the TXT record that SiteLock requests, which conflicts with a CNAME (see the notes)",
    Proof.NONE: "SiteLock to validate the domain, for which it requests no DNS record",
}


def waiting_to_end(status: SiteStatus, until: datetime.datetime, *, lagging: bool) -> str:
    """What a site waits for during its removal.

    :param until: the time after which no cache can still have records that point to the CDN.
    :param lagging: the original records are restored, but not served by every authoritative server.
    """
    if lagging:
        return "every authoritative name server of the zone to serve the original records (see the notes)"
    if DELETE in status["actions"]:
        return "the end of the service, which SiteLock does not show yet (check mode sends no deleteAddon)"
    return (
        f"the TTL of all records that pointed to the CDN to expire, at {until:%Y-%m-%d %H:%M:%S} UTC; then a pass "
        "deletes the service"
    )


NOT_SERVED_EVERYWHERE = (
    "Not every authoritative name server of the zone was seen with the original records, so the wait starts again with "
    "each pass, and the service is not deleted. If this stays so, check that this machine can ask these servers (port "
    "53), or set propagation_servers of the DNS provider."
)


def notes(site: Situation, now: datetime.datetime) -> tuple[str, ...]:
    """Notes that need attention although nothing failed."""
    waited = now - site.since if site.since is not None else datetime.timedelta()
    told = []
    if site.state == READY and not site.routable:
        told.append(_NO_CERTIFICATE)
    elif site.state == READY and not site.cut_over:
        told.append(_NOT_CHECKED)
    if site.state == PENDING_DOMAIN_VALIDATION:
        told += _proof_notes(site)
        if waited > _LONG_VALIDATION:
            told.append(
                f"SiteLock has been validating the domain for more than 36 hours. {_AFTER_36_HOURS[site.proof]}"
            )
    if site.state == PENDING_RETRY and waited > _LONG_RETRY:
        told.append(
            "SiteLock has tried again for more than 11 days; for a free plan it gives up after 12 days (50 tries)."
        )
    return (*told, *_end_of_certificate(site.status, now))


_NOT_CHECKED = (
    "Check that the A and CNAME records of this site point to the CDN: in this state SiteLock does not report the CDN "
    "target, and the state record has no cut-over, so this pass could not check them."
)
_NO_CERTIFICATE = (
    "SiteLock reports that this site is ready, but not that its certificate is installed, so this pass did not check "
    "its A and CNAME records. Check the certificate in the dashboard."
)
_AFTER_36_HOURS = {
    Proof.TXT: "Check the TXT record, then ask SiteLock's support.",
    Proof.CNAME: "Check the CNAME record, then ask SiteLock's support.",
    Proof.NO_ROOM: "Ask SiteLock's support.",
    Proof.NONE: "It requests no DNS record: ask SiteLock's support.",
}


def _proof_notes(site: Situation) -> list[str]:
    if site.asked is None:
        return []
    name, value = site.asked
    if site.proof is Proof.NO_ROOM:
        return [
            f"SiteLock requests a TXT record at {name}, which has the CNAME to the CDN and cannot have other records."
        ]
    if site.proof is not Proof.CNAME:
        return []
    what = f"SiteLock validates this domain by the CNAME record {name} to {value}, but a pass sets TXT records only."
    if name in (site.entry["zone"], *site.entry["names"]):
        # The CNAME would move traffic before the certificate is installed, or is impossible at this name.
        return [f"{what} This name has other records: ask SiteLock's support for validation by a TXT record."]
    return [f"{what} Set it, unless it already exists."]


def _end_of_certificate(status: SiteStatus, now: datetime.datetime) -> list[str]:
    expires = (status["ssl"] or {}).get("network_ssl_cert_exp_date")
    date = calendar_date(expires)
    if date is None:
        return []
    end = datetime.datetime(date.year, date.month, date.day, tzinfo=datetime.timezone.utc)
    if end - now >= _NEAR_END:
        return []
    return [
        f"The certificate at the CDN {'ended' if now - end >= datetime.timedelta(days=1) else 'ends'} on {expires}."
    ]
