# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificate that the CDN really serves for a site: a TLS handshake, and nothing more.

Who signed it does not matter here, because it is only compared.
"""

from __future__ import annotations

import dataclasses
import socket
import ssl
import time
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._addresses import find_address, is_host_name
from ansible_collections.hosting.websec.plugins.module_utils._errors import NotFoundError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import GET_ANP_PROVISIONING_STATUS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy import certificate_files
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.certificate_files import (
    Certificate,
    read_certificate,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given, Recorded
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import SectionReader
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import (
    ABSENT,
    PENDING_DOMAIN_VALIDATION,
    SiteStatus,
    parse_status,
)
from ansible_collections.hosting.websec.plugins.module_utils._tcp import Found, look_up, open_first, seconds_until

HTTPS = 443
SECONDS = 5.0
"""For all addresses of the CDN together."""
_CHUNK = 16 * 1024
_MOST_BYTES = 256 * 1024
"""Of a handshake. A chain of certificates has some thousand."""


@dataclasses.dataclass(frozen=True)
class Edge:
    """Where to look for the certificate of a site.

    :param domain: of the site, as in its entry. :param address: of the CDN. C(None): as the API says.
    :param recorded: of the site, for a CDN of which the API does not say any more where it is.
    """

    domain: str | None
    address: str | None
    port: int = HTTPS
    recorded: Recorded | None = None


@dataclasses.dataclass(frozen=True)
class Look:
    """What was seen. :param problem: why nothing was, as a part of a sentence."""

    served: Certificate | None
    problem: str = ""


Looker = t.Callable[[Edge, SiteStatus, RunContext], Look]


def parse_edge(given: Given) -> Edge:
    """From the options C(address) and C(port) of a section, and the C(domain) of its entry.

    :raises BadInputError: C(address) or C(port) is none.
    """
    domain, address = given.site.get("domain"), given.text("address")
    if address is not None and find_address(address) is None:
        raise given.refusal("address", address, "an IP address")
    port = given.number("port", 1, 65535)
    return Edge(domain, address, HTTPS if port is None else port, given.recorded)


def read_site(reader: SectionReader, site_id: int) -> SiteStatus:
    """The status of a site.

    :raises NotFoundError: it has no Firewall & CDN.
    """
    status = parse_status(reader.of_site(GET_ANP_PROVISIONING_STATUS, site_id), site_id)
    if status.state == ABSENT:
        raise NotFoundError(
            f"Site {site_id} has no active Firewall & CDN, so there is no certificate to manage.",
            hint="Order it first, or remove the section from the entry.",
        )
    return status


def may_be_routed(status: SiteStatus) -> bool:
    """Whether visitors may come through the CDN. An answer that does not say so counts, unlike in C(SiteStatus.routed):
    nothing is lost by asking a person first."""
    if status.traffic_routing is not None:
        return status.traffic_routing
    return status.state != PENDING_DOMAIN_VALIDATION


def look(edge: Edge, status: SiteStatus, context: RunContext) -> Look:
    """Look at the certificate that the CDN serves.

    :raises DeferredError: no time is left for it.
    """
    hosts = _hosts(edge, status)
    if edge.domain is None:
        return Look(None, "the entry has no domain")
    if not hosts:
        if edge.recorded is not None and edge.recorded.problem:
            reason = f"the state record of the site could not be read ({edge.recorded.problem.rstrip('.')})"
            return Look(None, f"the API does not say where the CDN is, and {reason}")
        return Look(None, "neither the API nor a state record says where the CDN is, and the section has no address")
    if not certificate_files.IS_READY:
        return Look(None, f"the Python library {certificate_files.LIBRARY} is not installed")
    context.check()
    end = time.monotonic() + min(SECONDS, context.seconds_left())
    there = f"port {edge.port} of the CDN ({', '.join(hosts)})"
    try:
        found = [each for host in hosts for each in look_up(host, edge.port, seconds_until(end))]
        if edge.address is None:
            found = [each for each in found if each[0] == socket.AF_INET]
        der = _handshake(found, edge.domain, end)
    except ssl.SSLError:
        return Look(None, f"{there} refuses TLS for {edge.domain}")
    except OSError as error:
        reason = "it did not answer in time" if isinstance(error, socket.timeout) else error.strerror or "no connection"
        return Look(None, f"{there} could not be reached: {reason}")
    try:
        return Look(read_certificate(der))
    except ValueError:
        return Look(None, f"{there} serves a certificate that cannot be read")


def _hosts(edge: Edge, status: SiteStatus) -> list[str]:
    """Addresses, or the name that the API gives, or gave, to the CDN. A name from any other place is not followed."""
    if edge.address is not None:
        return [edge.address]
    recorded = edge.recorded
    return _usable(status.dns_new_a, status.dns_new_cname) or (
        _usable(recorded.addresses, recorded.name) if recorded else []
    )


def _usable(addresses: t.Iterable[str], name: str | None) -> list[str]:
    """The IPv4 addresses, or else the name."""
    found = [str(address) for each in addresses if (address := find_address(each)) and address.version == 4]
    return found or ([name] if name and is_host_name(name) else [])


def _handshake(found: t.Sequence[Found], name: str, end: float) -> bytes:
    """The certificate of the first address that answers.

    :raises OSError: none does; C(ssl.SSLError): TLS failed.
    """
    certificates: list[bytes] = []

    def open_one(to: Found, seconds: float) -> socket.socket:
        family, kind, protocol, _name, address = to
        opened = socket.socket(family, kind, protocol)
        try:
            share = time.monotonic() + seconds
            opened.settimeout(seconds)
            opened.connect(address)
            certificates.append(_certificate_from(opened, name, share))
        except BaseException:
            opened.close()
            raise
        return opened

    open_first(found, end, open_one).close()
    return certificates[-1]


def _certificate_from(opened: socket.socket, name: str, end: float) -> bytes:
    # Not by a wrapped socket: its timeout is one between two bytes, and a server that sends a byte now and then would
    # hold the task for ever.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname=name)
    received = 0
    while True:
        try:
            tls.do_handshake()
            break
        except ssl.SSLWantReadError:
            pass
        opened.settimeout(seconds_until(end))
        opened.sendall(outgoing.read())
        opened.settimeout(seconds_until(end))
        piece = opened.recv(_CHUNK)
        received += len(piece)
        if not piece or received > _MOST_BYTES:
            raise ConnectionResetError(0, "the connection was closed" if not piece else "it sends too much")
        incoming.write(piece)
    opened.sendall(outgoing.read())
    certificate = tls.getpeercert(binary_form=True)
    if certificate is None:
        raise ssl.SSLError(0, "no certificate")
    return certificate
