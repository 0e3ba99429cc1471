# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings for all sites: the vendor's names and authority, and the user's limits."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._addresses import (
    Address,
    Network,
    find_address,
    parse_network,
    too_wide,
    unmapped,
)
from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._cdn_names import CDN_SUFFIXES
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import parse_name
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import at_least
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._preflight.sites import parse_host

try:
    import dns.name
except ImportError:
    note_missing("dnspython")


@dataclasses.dataclass(frozen=True)
class Policy:
    """
    :param issuers: CAA names of the certificate authority, in lower case.
    :param wildcard: whether the certificate contains a wildcard.
    :param cdn_suffixes: the CDN's own names are at or below these.
    :param verification_prefix: prefix of the certificate authority's TXT values.
    :param max_ttl: seconds; a higher TTL gives a warning.
    :param expected_servers: the name servers that the zones must be delegated to; empty: those in the zone.
    """

    issuers: tuple[str, ...] = ("globalsign.com",)
    wildcard: bool = False
    cdn_suffixes: tuple[dns.name.Name, ...] = ()
    cdn_networks: tuple[Network, ...] = ()
    verification_prefix: str = "globalsign-domain-verification="
    max_ttl: int = 3600
    expected_servers: tuple[Address | dns.name.Name, ...] = ()

    def is_cdn_name(self, name: dns.name.Name) -> bool:
        return any(name.is_subdomain(suffix) for suffix in self.cdn_suffixes)

    def is_cdn_address(self, address: str) -> bool:
        found = find_address(address)
        return found is not None and any(unmapped(found) in network for network in self.cdn_networks)


def policy_options() -> ArgumentSpec:
    """The options of the module that make the policy."""
    return ArgumentSpec(
        options={
            "max_ttl": {"type": "int", "default": 3600},
            "expected_servers": {"type": "list", "elements": "str"},
            "issuers": {"type": "list", "elements": "str", "default": ["globalsign.com"]},
            "wildcard_certificate": {"type": "bool", "default": False},
            "cdn_suffixes": {
                "type": "list",
                "elements": "str",
                "default": list(CDN_SUFFIXES),
            },
            "cdn_addresses": {"type": "list", "elements": "str"},
            "verification_prefix": {"type": "str", "default": "globalsign-domain-verification="},
        }
    )


def policy(params: t.Mapping[str, t.Any]) -> Policy:
    """The checked policy in the options of the module.

    :raises BadInputError: an option is invalid.
    """
    if not params["issuers"]:
        raise BadInputError("issuers is empty.", hint="Set issuers to the CAA name of the certificate authority.")
    if not params["verification_prefix"].strip():
        raise BadInputError("verification_prefix is empty: it would match every TXT value.")
    return Policy(
        issuers=tuple(parse_name(name, "issuer").to_text(omit_final_dot=True) for name in params["issuers"]),
        wildcard=params["wildcard_certificate"],
        cdn_suffixes=tuple(parse_name(name, "name of the CDN") for name in params["cdn_suffixes"]),
        cdn_networks=_networks(params["cdn_addresses"] or ()),
        verification_prefix=params["verification_prefix"],
        max_ttl=at_least(params, "max_ttl", 0),
        expected_servers=tuple(parse_host(text, "name server") for text in params["expected_servers"] or ()),
    )


def _networks(texts: t.Iterable[str]) -> tuple[Network, ...]:
    networks = tuple(_network(text) for text in texts)
    problem = too_wide(networks)
    if problem:
        # Every address would count as one of the CDN, and nothing would be found.
        raise BadInputError(f"cdn_addresses contain {problem}.", hint="List only the networks of the CDN.")
    return networks


def _network(text: str) -> Network:
    try:
        return parse_network(text.strip())
    except ValueError as error:
        raise BadInputError(f"cdn_addresses: {text!r} is not an IP address or network: {error}.") from None
