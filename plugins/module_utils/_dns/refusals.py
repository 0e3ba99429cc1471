# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors for the refusals of a name server, with hints for operators."""

from __future__ import annotations

import datetime

from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    BadInputError,
    BadResponseError,
    NotAllowedError,
    RejectedError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    import dns.exception
    import dns.name
    import dns.rcode
    import dns.tsig
except ImportError:
    note_missing("dnspython")


_CLOCKS = "Compare the clocks of both machines too (PowerDNS reports a difference only in this way)."


def tsig_error(
    error: dns.exception.DNSException, server: str, key_name: str, clocks: tuple[float, float] | None = None
) -> WebsecError:
    """The error for a response that reports, or shows, invalid signatures.

    :param clocks: the time of the server and of this machine, in seconds since 1970, if the response has it.
    """
    if isinstance(error, dns.tsig.PeerBadKey):
        return AuthError(
            f"{server} does not know the key {key_name}, or has no zone that this key can read.",
            hint="Check key_name and key_algorithm, the keys in the server's configuration, and the zone. (Knot DNS "
            "reports the same for a zone that it does not have.)",
            code="BADKEY",
        )
    if isinstance(error, (dns.tsig.PeerBadTime, dns.tsig.BadTime)):
        return AuthError(
            f"The clocks of this machine and of {server} differ too much for a signed request{_told(clocks)}.",
            hint="Set both clocks (NTP); 5 minutes is the usual limit.",
            code="BADTIME",
        )
    if isinstance(error, (dns.tsig.PeerError, dns.tsig.BadSignature, dns.tsig.BadKey, dns.tsig.BadAlgorithm)):
        return AuthError(
            f"{server} and this machine do not have the same secret or algorithm for the key {key_name}.",
            hint="Check key_secret and key_algorithm.",
            code="BADSIG",
        )
    return BadResponseError(f"{server} sent a response that is not a DNS message ({type(error).__name__}).")


def _told(clocks: tuple[float, float] | None) -> str:
    if clocks is None:
        return ""
    try:
        there, here = (datetime.datetime.fromtimestamp(clock, datetime.timezone.utc) for clock in clocks)
    except (ValueError, OverflowError, OSError):
        return ""
    return f": it is {there:%Y-%m-%d %H:%M:%S} UTC there, and {here:%Y-%m-%d %H:%M:%S} UTC here"


def read_refusal(rcode: dns.rcode.Rcode, server: str, subject: str) -> WebsecError:
    """The error for a query that was refused.

    :param subject: the subject of the query, such as C(www.example.com A).
    """
    name = dns.rcode.to_text(rcode)
    if rcode == dns.rcode.REFUSED:
        return NotAllowedError(
            f"{server} refuses queries for {subject}.",
            hint="It does not serve this zone, or does not allow this machine or key to read it.",
            code=name,
        )
    if rcode == dns.rcode.NOTAUTH:
        # For a query this is about the signature (RFC 8945, 5.2), even if the server does not say so.
        return AuthError(
            f"{server} does not accept the key in a query for {subject} (NOTAUTH).",
            hint=f"Check key_name, key_secret and key_algorithm. {_CLOCKS}",
            code=name,
        )
    if rcode == dns.rcode.SERVFAIL:
        return UnavailableError(
            f"{server} could not answer a query for {subject} (SERVFAIL).",
            hint="The zone may not be loaded there. Check the server's log.",
            code=name,
        )
    return RejectedError(f"{server} answered {name} when asked for {subject}.", code=name)


def update_refusal(rcode: dns.rcode.Rcode, server: str, zone: dns.name.Name, key_name: str | None) -> WebsecError:
    """The error for an update that was refused for a reason other than its prerequisites."""
    name = dns.rcode.to_text(rcode)
    if rcode in (dns.rcode.REFUSED, dns.rcode.NOTAUTH):
        who = f"the key {key_name}" if key_name else "an unsigned update"
        return NotAllowedError(
            f"{server} does not allow {who} to change the zone {shown(zone)} ({name}).",
            hint="Check the zone's update policy, and that this server is its primary."
            + (f" {_CLOCKS}" if rcode == dns.rcode.NOTAUTH else "")
            if key_name
            else "Give key_name and key_secret, or allow this machine in the update policy of the zone.",
            code=name,
        )
    if rcode == dns.rcode.NOTZONE:
        return BadInputError(
            f"{server} reports that a name is not in the zone {shown(zone)} (NOTZONE).",
            hint="Check zone.",
            code=name,
        )
    if rcode == dns.rcode.SERVFAIL:
        return UnavailableError(
            f"{server} could not change the zone {shown(zone)} (SERVFAIL).",
            hint="Check its log: a zone file or journal that cannot be written is the usual reason.",
            code=name,
        )
    if rcode == dns.rcode.NOTIMP:
        return RejectedError(
            f"{server} does not support dynamic updates for the zone {shown(zone)} (NOTIMP).",
            hint="Set server to the zone's primary server, and allow dynamic updates there.",
            code=name,
        )
    return RejectedError(
        f"{server} refused the update of the zone {shown(zone)} ({name}).",
        hint="Check the server's log.",
        code=name,
    )
