# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a zone is delegated to the servers that the pass changes."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._addresses import Address
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._preflight.findings import (
    Finding,
    blocks,
    not_checked,
    warns,
)
from ansible_collections.hosting.websec.plugins.module_utils._preflight.resolver import Reply
from ansible_collections.hosting.websec.plugins.module_utils._texts import joined

try:
    import dns.name
except ImportError:
    note_missing("dnspython")

Wanted = t.Sequence[t.Union["dns.name.Name", Address]]
Addresses = t.Mapping["dns.name.Name", t.Union[t.Collection[str], WebsecError]]
"""The addresses of name servers, by name, or why they are unknown."""

_REMEDY = "Ask the registrar to set the name servers to {}, or set server to the primary of the current name servers."


def public_servers(reply: Reply | WebsecError) -> list[dns.name.Name]:
    """The name servers of a zone in the reply to the query for its NS records, sorted."""
    if isinstance(reply, WebsecError):
        return []
    return sorted(t.cast("t.Any", record).target.canonicalize() for record in reply.records)


def delegation_findings(
    zone: dns.name.Name, reply: Reply | WebsecError, wanted: Wanted, addresses: Addresses
) -> list[Finding]:
    """The problems of the delegation of ``zone``.

    :param reply: its NS records in the public DNS.
    :param wanted: the servers that it must be delegated to, as names or addresses.
    :param addresses: of all ``public_servers``, if ``wanted`` contains an address.
    """
    what = f"Whether {shown(zone)} is delegated to {joined(map(_text, wanted)) or 'this server'}"
    if isinstance(reply, WebsecError):
        return [not_checked(zone, what, reply.message, reply.hint)]
    public = public_servers(reply)
    if not public:
        return [_not_delegated(zone, reply, wanted)]
    if not wanted:
        return [not_checked(zone, what, "The server has no NS records of the zone.", "Set expected_servers.")]
    unknown = [error for name in public for error in [addresses.get(name, ())] if isinstance(error, WebsecError)]
    covered = {server: [name for name in public if _is(name, server, addresses)] for server in wanted}
    ours = {name for names in covered.values() for name in names}
    missing = [_text(server) for server in wanted if not covered[server]]
    strangers = [shown(name) for name in public if name not in ours]
    if unknown and (missing or strangers):
        return [not_checked(zone, what, unknown[0].message, unknown[0].hint)]
    if not ours:
        return [
            blocks(
                "not_delegated",
                zone,
                f"{shown(zone)} is delegated to {joined(strangers)}, not to {joined(missing)}: records set here would "
                "not be visible in public DNS, and the domain would never be validated.",
                _REMEDY.format(joined(missing)),
            )
        ]
    differences = []
    if strangers:
        differences.append(f"also delegated to {joined(strangers)}, which may continue to serve other records")
    if missing:
        differences.append(f"not delegated to {joined(missing)}")
    if differences:
        return [
            warns(
                "delegation_differs",
                zone,
                f"{shown(zone)} is {joined(differences)}.",
                "Make sure that all of them serve this zone, and correct the delegation or expected_servers.",
            )
        ]
    return []


def _not_delegated(zone: dns.name.Name, reply: Reply, wanted: Wanted) -> Finding:
    why = "has no name servers in public DNS" if reply.exists else "does not exist in public DNS"
    return blocks(
        "not_delegated",
        zone,
        f"{shown(zone)} {why}: records set here would not be visible in public DNS.",
        f"Check that the domain is registered and paid for. {_REMEDY.format(joined(map(_text, wanted)))}"
        if wanted
        else "Check that the domain is registered, paid for and delegated.",
    )


def _is(name: dns.name.Name, server: dns.name.Name | Address, addresses: Addresses) -> bool:
    if isinstance(server, dns.name.Name):
        return bool(name == server)
    known = addresses.get(name, ())
    return not isinstance(known, WebsecError) and str(server) in known


def _text(server: dns.name.Name | Address) -> str:
    return shown(server) if isinstance(server, dns.name.Name) else str(server)
