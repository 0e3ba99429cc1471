# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a source keeps in Ansible's cache, and the same checks when it comes back as when it came from a panel.

A cache can be a file that was edited, or was written by another version of the collection.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._panels.sites import Listing, PanelSite

_FORM = 2
"""To be raised with each change of what is kept."""
_OF_A_SITE = {field.name for field in dataclasses.fields(PanelSite)}

Listings = dict[str, Listing]
"""By the names of their servers."""


def to_keep(listings: Listings) -> dict[str, t.Any]:
    """Plain data with all sites and problems, and no secret."""
    servers = {
        name: {
            "sites": [{**vars(site), "addresses": list(site.addresses)} for site in listing.sites],
            "problems": list(listing.problems),
        }
        for name, listing in listings.items()
    }
    return {"form": _FORM, "servers": servers}


def from_kept(kept: object, servers: t.Sequence[str], types: t.Collection[str]) -> Listings | None:
    """The listings of ``servers``; C(None) if what was kept is anything but complete and valid."""
    if not isinstance(kept, dict) or kept.get("form") != _FORM or not isinstance(kept.get("servers"), dict):
        return None
    found = {name: _listing(kept["servers"].get(name), types) for name in servers}
    listings = {name: listing for name, listing in found.items() if listing is not None}
    return listings if len(listings) == len(found) == len(kept["servers"]) else None


def _listing(kept: object, types: t.Collection[str]) -> Listing | None:
    if not isinstance(kept, dict) or not all(isinstance(kept.get(part), list) for part in ("sites", "problems")):
        return None
    listing = Listing(types)
    for site in kept["sites"]:
        if not isinstance(site, dict) or set(site) != _OF_A_SITE:
            return None
        if not isinstance(site["suspended"], bool) or not isinstance(site["addresses"], list):
            return None
        listing.add(**site)
    if len(listing.sites) != len(kept["sites"]) or not all(isinstance(each, str) for each in kept["problems"]):
        return None
    listing.problems += map(str, kept["problems"])
    return listing
