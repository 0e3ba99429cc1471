# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The websites of one web server, and the BotGuard servers that they ask."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._texts import repeats
from ansible_collections.hosting.websec.plugins.module_utils._web.values import missing, server_address

STATES = ("online", "paused", "absent")


@dataclasses.dataclass(frozen=True)
class Servers:
    """The servers of a website, as C(host) or C(host:port); empty: unknown."""

    primary: str = ""
    secondary: str = ""

    @property
    def known(self) -> bool:
        return bool(self.primary and self.secondary)

    def as_dict(self) -> dict[str, str]:
        return {"primary": self.primary, "secondary": self.secondary}


@dataclasses.dataclass(frozen=True)
class Website:
    """A website of this host, with its BotGuard servers."""

    domain: str
    state: str
    servers: Servers


def read_servers(given: t.Mapping[str, t.Any], fallback: Servers, names: tuple[str, str]) -> Servers:
    """The servers in ``given``; missing ones come from ``fallback``. ``names`` are for messages."""
    primary = given.get("primary") or fallback.primary
    secondary = given.get("secondary") or fallback.secondary
    return Servers(
        server_address(primary, names[0]) if primary else "",
        server_address(secondary, names[1]) if secondary else "",
    )


def read_websites(entries: t.Sequence[t.Mapping[str, t.Any]], fallback: Servers, prefix: str) -> list[Website]:
    """The websites of the variable C(PREFIX_websites), in the order of their names.

    :raises BadInputError: an entry is invalid, a website is listed twice, or has no servers.
    """
    websites = [_read(entry, fallback, prefix) for entry in entries]
    twice = repeats(website.domain for website in websites)
    if twice:
        raise BadInputError(f"{prefix}_websites: listed more than once: {twice}.")
    without = sorted(site.domain for site in websites if site.state == "online" and not site.servers.known)
    if without:
        raise missing(
            f"{prefix}_primary_server or {prefix}_secondary_server",
            f"the API gave no servers for {', '.join(without)}, so both variables must be set",
        )
    return sorted(websites, key=lambda website: website.domain)


def _read(entry: t.Mapping[str, t.Any], fallback: Servers, prefix: str) -> Website:
    domain = normalise_domain(str(entry["domain"]))
    state = str(entry.get("state") or "online")
    if state not in STATES:
        raise BadInputError(f"{prefix}_websites: {domain}: {state!r} is not one of {', '.join(STATES)}.")
    where = (f"{prefix}_websites: {domain}: servers.primary", f"{prefix}_websites: {domain}: servers.secondary")
    return Website(domain, state, read_servers(entry.get("servers") or {}, fallback, where))


def common_servers(websites: t.Sequence[Website], fallback: Servers, prefix: str, *, each_its_own: bool) -> Servers:
    """The servers for the whole web server.

    :param each_its_own: a website with other servers gets its own directives.
    :raises BadInputError: websites that are on have different servers, but this is not allowed.
    """
    counted = [site for site in websites if site.state == "online"]
    counted = counted or [site for site in websites if site.state == "paused" and site.servers.known]
    pairs = sorted({site.servers for site in counted}, key=lambda servers: (servers.primary, servers.secondary))
    if not pairs:
        return fallback
    if len(pairs) > 1 and not each_its_own and counted[0].state == "online":
        listed = "; ".join(
            f"{pair.primary} and {pair.secondary}: {', '.join(site.domain for site in counted if site.servers == pair)}"
            for pair in pairs
        )
        raise BadInputError(
            f"The websites of this host use different BotGuard servers. {listed}.",
            hint="The vendor does not publish whether the module supports servers per website. If yours does, set "
            f"{prefix}_servers_per_website. Otherwise, use one pair of servers for the host.",
        )
    return fallback if fallback in pairs else pairs[0]
