# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sites to check, from the options, and their zones."""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._addresses import (
    Address,
    find_address,
    is_host_name,
    unmapped,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import parse_name, shown
from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._ids import number_id
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._site_names import alias_names, full_name, is_apex
from ansible_collections.hosting.websec.plugins.module_utils._state_record import LABEL

try:
    import dns.name
except ImportError:
    note_missing("dnspython")


@dataclasses.dataclass(frozen=True)
class Site:
    """A site from the options.

    :param zone: ``None``: to be looked up.
    :param apex: whether the domain gets A records; ``None``: if it is the zone.
    :param aliases: names that get a CNAME; ``None``: C(www) below the domain if that is the apex.
    :param origin: the origin for the CDN; ``None``: the vendor finds it.
    :param ssl: whether a certificate is needed; ``None``: unknown.
    """

    domain: dns.name.Name
    site_id: int | None = None
    zone: dns.name.Name | None = None
    apex: bool | None = None
    aliases: tuple[dns.name.Name, ...] | None = None
    origin: Address | dns.name.Name | None = None
    ssl: bool | None = None


@dataclasses.dataclass(frozen=True)
class ZonedSite:
    """A site in its zone.

    :param cnames: the names that get a CNAME; without an apex the domain is the first of them.
    """

    site: Site
    zone: dns.name.Name
    apex: bool
    cnames: tuple[dns.name.Name, ...]

    @property
    def names(self) -> tuple[dns.name.Name, ...]:
        """All names whose records point to the CDN after the cut-over."""
        return (self.site.domain, *self.cnames) if self.apex else self.cnames

    @property
    def marker(self) -> dns.name.Name:
        """The name of the state record of the site."""
        return dns.name.Name((LABEL.encode(), *self.site.domain.labels))

    @property
    def certified(self) -> bool:
        """Whether a certificate may be needed."""
        return self.site.ssl is not False


def parse_sites(entries: t.Sequence[t.Mapping[str, t.Any]]) -> list[Site]:
    """The sites of the option O(sites).

    :raises BadInputError: an entry is invalid. The message names it.
    """
    return [_parse(entry) for entry in entries]


def place(site: Site, zone: dns.name.Name) -> ZonedSite:
    """The site in ``zone``, completed.

    :raises BadInputError: the name of an alias would be too long.
    """
    domain = shown(site.domain)
    apex = is_apex(domain, shown(zone), site.apex)
    aliases = site.aliases
    if aliases is None:
        aliases = tuple(dns.name.from_text(alias) for alias in alias_names(domain, apex, None))
    return ZonedSite(site, zone, apex, tuple(dict.fromkeys(aliases if apex else (site.domain, *aliases))))


def claimed_twice(sites: t.Iterable[ZonedSite]) -> set[dns.name.Name]:
    """The names that more than one site has."""
    claims = collections.Counter(name for site in sites for name in set(site.names))
    return {name for name, count in claims.items() if count > 1}


def _parse(entry: t.Mapping[str, t.Any]) -> Site:
    text = normalise_domain(entry["domain"])
    domain = dns.name.from_text(text)
    aliases = entry.get("aliases")
    zone = entry.get("zone")
    try:
        return Site(
            domain=domain,
            site_id=None if entry.get("site_id") is None else number_id(entry["site_id"], "site_id"),
            zone=dns.name.from_text(normalise_domain(zone)) if zone else None,
            apex=entry.get("apex"),
            aliases=None if aliases is None else tuple(dns.name.from_text(full_name(alias, text)) for alias in aliases),
            origin=parse_host(entry["waf_origin"], "origin") if entry.get("waf_origin") else None,
            ssl=entry.get("ssl"),
        )
    except BadInputError as error:
        raise BadInputError(f"{text}: {error.message}", hint=error.hint) from None


def parse_host(text: str, what: str) -> Address | dns.name.Name:
    """The address or name in ``text``.

    :raises BadInputError: it is neither.
    """
    address = find_address(text.strip())
    if address is not None:
        return unmapped(address)
    name = parse_name(text, what)
    if not is_host_name(name.to_text()):
        raise BadInputError(f"{text!r} is not the address or name of a host ({what}).")
    return name
