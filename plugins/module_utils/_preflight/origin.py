# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The origin of a site: a name that does not resolve, or that points back to the CDN."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._preflight.findings import (
    Finding,
    blocks,
    not_checked,
    warns,
)
from ansible_collections.hosting.websec.plugins.module_utils._preflight.policy import Policy
from ansible_collections.hosting.websec.plugins.module_utils._preflight.sites import ZonedSite
from ansible_collections.hosting.websec.plugins.module_utils._texts import joined

try:
    import dns.name
except ImportError:
    note_missing("dnspython")

_REMEDY = "Set waf_origin to the address of the web server itself, or to a name that nothing else uses."


@dataclasses.dataclass(frozen=True)
class Resolved:
    """The resolution of a name: its CNAME chain (the name first), and the addresses at the end."""

    chain: tuple[dns.name.Name, ...]
    addresses: tuple[str, ...]


def origin_findings(
    site: ZonedSite,
    resolved: Resolved | WebsecError | None,
    present: t.Collection[str],
    at_cdn: t.Collection[str],
    policy: Policy,
) -> list[Finding]:
    """The problems of the origin of a site.

    :param resolved: the resolution of its name, or why it failed; ``None`` if it is not a name.
    :param present: current addresses and targets of CNAMEs at the names of the site.
    :param at_cdn: known addresses of the CDN, in addition to those of the policy.
    """
    origin, domain = site.site.origin, site.site.domain
    if origin is None:
        return _found_by_the_vendor(domain, present)
    if not isinstance(origin, dns.name.Name):
        loop = policy.is_cdn_address(str(origin)) or str(origin) in at_cdn
        return [_loop(domain, f"{origin} is an address of the CDN")] if loop else []
    if origin in site.names:
        return [_loop(origin, f"{shown(origin)} is a name of the site, which points to the CDN after the cut-over")]
    if policy.is_cdn_name(origin):
        return [_loop(origin, f"{shown(origin)} is a name of the CDN")]
    if resolved is None or isinstance(resolved, WebsecError):
        what = f"Whether the origin {shown(origin)} resolves"
        return [not_checked(origin, what, resolved.message, resolved.hint)] if resolved is not None else []
    return _where_it_leads(site, origin, resolved, at_cdn, policy)


def _where_it_leads(
    site: ZonedSite, origin: dns.name.Name, resolved: Resolved, at_cdn: t.Collection[str], policy: Policy
) -> list[Finding]:
    for name in resolved.chain[1:]:
        if name in site.names:
            why = f"is a CNAME to {shown(name)}, a name of the site that points to the CDN after the cut-over"
            return [_loop(origin, f"{shown(origin)} {why}")]
        if policy.is_cdn_name(name):
            return [_loop(origin, f"{shown(origin)} is a CNAME to {shown(name)}, a name of the CDN")]
    if not resolved.addresses:
        return [
            blocks(
                "origin_not_found",
                origin,
                f"The origin {shown(origin)} has no address, so the CDN could not fetch the site.",
                "Add its A record, or correct waf_origin.",
            )
        ]
    loops = [address for address in resolved.addresses if policy.is_cdn_address(address) or address in at_cdn]
    if loops:
        return [_loop(origin, f"{shown(origin)} has the address {joined(loops)}, which is the CDN's")]
    return []


def _found_by_the_vendor(domain: dns.name.Name, present: t.Collection[str]) -> list[Finding]:
    if present:
        return []
    return [
        warns(
            "origin_unknown",
            domain,
            f"{shown(domain)} has no address and no waf_origin, so the vendor cannot know where to fetch the site.",
            "Set waf_origin.",
        )
    ]


def _loop(name: dns.name.Name, why: str) -> Finding:
    return blocks(
        "origin_loop", name, f"The origin is a loop: {why}. The CDN would send the requests to itself.", _REMEDY
    )
