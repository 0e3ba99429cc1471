# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which account a site belongs to, from getStatus of the vendor, remembered for a while."""

from __future__ import annotations

import collections
import re
import typing as t

from lxml import etree

from .document import Element, Request, Subject
from .table import Table

_MAX_SITES = 50_000
_ID = re.compile(r"[1-9][0-9]{0,17}")


class Owners:
    """The memory.

    :param ttl: seconds for which an owner is trusted.
    :param clock: seconds that only grow.
    """

    def __init__(self, ttl: float, clock: t.Callable[[], float]) -> None:
        self.ttl = ttl
        self._clock = clock
        self._known: collections.OrderedDict[str, tuple[float, str]] = collections.OrderedDict()

    def get(self, site: str) -> str | None:
        """Return the account of a site; None: not known, or too long ago."""
        until, account = self._known.get(site, (0.0, None))
        return account if self._clock() < until else None

    def put(self, site: str, account: str) -> None:
        """Remember an account."""
        self._known[site] = (self._clock() + self.ttl, account)
        self._known.move_to_end(site)
        while len(self._known) > _MAX_SITES:
            self._known.popitem(last=False)


def question(site: str, table: Table) -> Request:
    """Return the request for the status of a site."""
    body = Element("getStatus", children=(Element("accountInformation", children=(Element("site_id", site),)),))
    return Request(None, table["getStatus"], body, ((Subject("site", site),),))


def account_in(status: int, document: bytes) -> str | None:
    """Return the account that an answer to ``question`` names; None: none, or more than one.

    The pages do not show how the answer names it (they are cut). Accepted: C(accountInformation/id), as an element or
    an attribute, and C(account_id) directly in C(getStatus) or C(accountInformation).
    """
    if status != 200 or b"<!DOCTYPE" in document:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    status_element = root.find("getStatus")
    if root.getroottree().docinfo.internalDTD is not None or status_element is None:
        return None
    found: set[str] = set()
    for place, names in [(status_element, ("account_id",))] + [
        (each, ("id", "account_id")) for each in status_element.findall("accountInformation")
    ]:
        for name in names:
            found.update((child.text or "").strip() for child in place.findall(name))
            if name in place.attrib:
                found.add(str(place.attrib[name]).strip())
    return found.pop() if len(found) == 1 and all(map(_ID.fullmatch, found)) else None
