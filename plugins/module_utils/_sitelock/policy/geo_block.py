# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(geo_block): countries and continents whose visitors the firewall refuses.

Sources: C(getWafGeoBlacklist), C(addWafBlacklistGeo), C(removeWafBlacklistGeo); C(getWafGeoInfo) for the codes.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._schemas import Schema, array, lists, mapping
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.firewall import (
    ADD_WAF_BLACKLIST_GEO,
    GET_WAF_GEO_BLACKLIST,
    GET_WAF_GEO_INFO,
    REMOVE_WAF_BLACKLIST_GEO,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import (
    child,
    refuse_unread,
    text,
    texts,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.element_lists import (
    ElementListSection,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given, offered
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.lists import DesiredList
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import Data, SectionReader

_KINDS = {"countries": "country", "continents": "continent"}
"""The element that holds a list, and the element of one entry."""


CODES: dict[str, Schema] = dict.fromkeys(_KINDS, array({"type": "string", "pattern": r"^\s*[A-Za-z]{2}\s*$"}))
PLACES: Schema = {**mapping(CODES), "minProperties": 1}


@dataclasses.dataclass(frozen=True)
class Place:
    """:param kind: C(countries) or C(continents). :param code: two letters, in upper case."""

    kind: str
    code: str

    def __str__(self) -> str:
        return self.code


def given_places(given: Given, name: str) -> list[Place]:
    """The countries and continents of a mapping in an entry.

    :raises BadInputError: one is not two letters.
    """
    inner = given.within(name)
    inner.only(*_KINDS)
    return given_codes(inner)


def given_codes(given: Given) -> list[Place]:
    """Those at the keys C(countries) and C(continents) of a mapping.

    :raises BadInputError: one is not two letters.
    """

    def read_kind(kind: str) -> t.Callable[[t.Any, str], Place]:
        def read(value: t.Any, place: str) -> Place:
            code = value.strip().upper() if isinstance(value, str) else ""
            if not (len(code) == 2 and code.isascii() and code.isalpha()):
                hint = " in quotes: YAML reads NO as false" if value is False else ""
                raise given.refusal(place, value, f"the two letters of a code{hint}")
            return Place(kind, code)

        return read

    return [place for kind in _KINDS for place in given.each(kind, read_kind(kind))]


def told_places(geo: Data, where: str) -> list[Place]:
    """The same from an element of an answer that holds C(countries) and C(continents).

    :raises BadResponseError: one of them has an unknown form.
    """
    found = []
    for kind in _KINDS:
        codes = texts(geo.get(kind))
        refuse_unread(where, geo.get(kind), codes)
        found += [Place(kind, code.upper()) for code in codes]
    return found


def places_as_elements(places: t.Iterable[Place]) -> Data:
    """Parameters of a call. An element that is there must have a child (page of C(addWafBlacklistGeo))."""
    found: Data = {}
    for place in places:
        found.setdefault(place.kind, {_KINDS[place.kind]: []})[_KINDS[place.kind]].append(place.code)
    return found


def dumped_places(places: t.Iterable[Place]) -> dict[str, list[str]]:
    """The places in the form of an entry."""
    by_kind: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    for place in places:
        by_kind[place.kind].append(place.code)
    return by_kind


def known_places(data: Data) -> frozenset[Place]:
    """All that an answer of C(getWafGeoInfo) lists: its example has the countries beside the continents, its
    description below them."""
    return frozenset(_places_in(data))


def _places_in(data: t.Any) -> t.Iterator[Place]:
    kinds = {element: kind for kind, element in _KINDS.items()}
    for name, value in data.items() if isinstance(data, dict) else ():
        for each in value if isinstance(value, list) else [value]:
            if name in kinds and isinstance(each, dict) and (code := text(each, "code")):
                yield Place(kinds[name], code.upper())
            yield from _places_in(each)


def refuse_unknown_places(reader: SectionReader, places: t.Collection[Place], where: str) -> None:
    """
    :raises BadInputError: the API does not know one of them. C(BadResponseError): it knows none at all.
    """
    known = reader.shared(GET_WAF_GEO_INFO, known_places)
    for kind in sorted({place.kind for place in places} - {place.kind for place in known}):
        raise BadResponseError(
            f"{GET_WAF_GEO_INFO.name}: the response of the SiteLock API contains no codes of {kind}."
        )
    unknown = [place for place in places if place not in known]
    if unknown:
        kinds = sorted({place.kind for place in unknown})
        codes = offered(place.code for place in known if place.kind in kinds)
        raise BadInputError(
            f"{where}: the API does not know {', '.join(map(str, unknown))} as a code of {' or '.join(kinds)}.",
            hint=f"It knows {codes}. The module sitelock_reference_info with types=[geo] returns all with their names.",
        )


def _check(reader: SectionReader, desired: DesiredList[Place]) -> None:
    refuse_unknown_places(reader, desired.named, desired.where)


GEO_BLOCK = ElementListSection(
    "geo_block",
    lists(PLACES),
    GET_WAF_GEO_BLACKLIST,
    ADD_WAF_BLACKLIST_GEO,
    REMOVE_WAF_BLACKLIST_GEO,
    given_places,
    "geo",
    lambda data: told_places(child(data, "geo"), GET_WAF_GEO_BLACKLIST.name),
    added=places_as_elements,
    removed=places_as_elements,
    dumped=dumped_places,
    check=_check,
)
