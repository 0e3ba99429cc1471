# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Codes of countries and continents as the lists of the firewall have them."""

from __future__ import annotations

from lxml import etree

from ..settings import Settings
from .answer import node
from .countries import COUNTRIES
from .methods import invalid
from .protected import listed

CONTINENTS = {
    "AF": "Africa",
    "AN": "Antarctica",
    "AS": "Asia",
    "EU": "Europe",
    "NA": "North America",
    "OC": "Oceania",
    "SA": "South America",
}
"""Names by their code."""

KINDS = {"countries": "country", "continents": "continent"}
"""The element of each list."""


def refuse_unknown(kind: str, codes: list[str]) -> None:
    """Raises WafError for a code that nothing has."""
    known = COUNTRIES if kind == "countries" else CONTINENTS
    for code in codes:
        if code not in known:
            raise invalid(f"{code} is not a code of {kind}")


def elements(settings: Settings, geo: dict[str, list[str]]) -> list[etree._Element]:
    """The lists of codes below an element C(geo)."""
    lists = [listed(settings, kind, [node(one, text=code) for code in geo[kind]]) for kind, one in KINDS.items()]
    return [element for element in lists if element is not None]
