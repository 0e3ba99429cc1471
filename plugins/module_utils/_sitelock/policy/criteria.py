# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The requests that an exception is for. It has no other key than these.

Sources: C(standard-exception-interaction), of which only the beginning is public: C(geo) and C(ips) in an answer;
C(addWafException): C(ips/ip) and C(countries/country) in a request. Inferred, from the symmetry with them and from the
black list of URLs: C(continents/continent) and C(urls/url). All others are compared as they are, see ``element_trees``.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._schemas import (
    GIVEN_TEXT,
    TEXT,
    Schema,
    array,
    mapping,
    word,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.firewall import ADD_WAF_EXCEPTION
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.element_trees import (
    NO_ELEMENTS,
    Elements,
    elements_of,
    given_elements,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.geo_block import (
    CODES,
    Place,
    dumped_places,
    given_codes,
    places_as_elements,
    told_places,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.url_block import (
    PATTERNS,
    is_every_page,
    refuse_relative,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import (
    child,
    refuse_unread,
    text,
    texts,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.addresses import (
    AddressRange,
    given_addresses,
    is_everybody,
    told_addresses,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import Data

_KEYS = ("ips", "urls", "countries", "continents", "other")
CRITERIA: Schema = {
    **mapping(
        {
            "ips": array(TEXT),
            "urls": array(mapping({"path": GIVEN_TEXT, "pattern": word(*PATTERNS)}, "path")),
            **CODES,
            "other": {"type": "object"},
        }
    ),
    "minProperties": 1,
}
"""The JSON Schema of the criteria of one exception."""
_NOT_OTHER = frozenset({"id", "type", "exception_id", "site_id", "ips", "urls", "geo", "countries", "continents"})
"""Elements of an exception or of a request that have their own key, or are no criterion."""
_CHILDREN = dict(path.split("/") for path in ADD_WAF_EXCEPTION.nested)
"""The element that stands in another one."""


@dataclasses.dataclass(frozen=True)
class ExceptionUrl:
    """:param pattern: C(None): not given, or not told."""

    path: str
    pattern: str | None

    def is_like(self, other: ExceptionUrl) -> bool:
        """Whether both can be the same: without a pattern, only the path counts."""
        return self.path == other.path and (self.pattern == other.pattern or None in (self.pattern, other.pattern))


@dataclasses.dataclass(frozen=True)
class Criteria:
    """A request must meet all that are there. Of each, it must meet one."""

    ips: frozenset[AddressRange] = frozenset()
    urls: frozenset[ExceptionUrl] = frozenset()
    places: frozenset[Place] = frozenset()
    other: Elements = NO_ELEMENTS

    def __bool__(self) -> bool:
        """Without any, an exception is for all requests."""
        return bool(self.ips or self.urls or self.places or self.other)

    def __str__(self) -> str:
        return str(dumped_criteria(self))

    @property
    def is_for_everybody(self) -> bool:
        """Whether hardly any request does not meet it."""
        all_pages = not self.urls or any(is_every_page(url.path, url.pattern) for url in self.urls)
        all_visitors = not self.ips or is_everybody(self.ips)
        return all_pages and all_visitors and not self.places and not self.other

    @property
    def is_certain(self) -> bool:
        """Whether another one with the same criteria is the same exception: nothing may have been left untold."""
        return bool(self) and all(url.pattern for url in self.urls)

    def is_like(self, other: Criteria) -> bool:
        """Whether both can be the same. One of them is from an entry, the other one from an answer or an entry."""
        return (
            (self.ips, self.places, self.other) == (other.ips, other.places, other.other)
            and len(self.urls) == len(other.urls)
            and all(any(url.is_like(each) for each in other.urls) for url in self.urls)
            and all(any(url.is_like(each) for each in self.urls) for url in other.urls)
        )


# ---- entries


def given_criteria(given: Given, *, narrow: bool) -> Criteria:
    """The criteria of an entry.

    :param narrow: they must not be for all requests.
    :raises BadInputError: one cannot be, or there is none.
    """
    if given.values:
        given.only(*_KEYS)
    criteria = Criteria(
        frozenset(given_addresses(given, "ips")),
        frozenset(given.each("urls", lambda value, place: _given_url(given.entry(value, place)))),
        frozenset(given_codes(given)),
        _given_other(given.within("other")) if given.has("other") else NO_ELEMENTS,
    )
    if not criteria:
        raise BadInputError(
            f"{given.at('')} has no criterion. It would switch the rule off for all visitors.",
            hint=f"Give at least one of {', '.join(_KEYS)}. To switch a rule off, use the section rules.",
        )
    if narrow and criteria.is_for_everybody:
        raise BadInputError(
            f"{given.at('')} is for nearly all requests. It would switch the rule off.",
            hint="Give fewer addresses or pages. To switch a rule off, use the section rules.",
        )
    return criteria


def _given_url(given: Given) -> ExceptionUrl:
    given.only("path", "pattern")
    url = ExceptionUrl(given.text("path") or "", given.choice("pattern", PATTERNS))
    if not url.path:
        raise given.refusal("path", None, "a path, such as /admin")
    refuse_relative(given, url.path, url.pattern)
    return url


def _given_other(given: Given) -> Elements:
    elements = given_elements(given)
    for name, value in given.values.items():
        if name in _NOT_OTHER:
            raise given.refusal("a key", name, f"none of {', '.join(sorted(_NOT_OTHER))}")
        if name in _CHILDREN and not isinstance(value, t.Mapping):
            raise given.refusal(name, value, f"a dictionary with the key {_CHILDREN[name]}")
    return elements


def dumped_criteria(criteria: Criteria) -> dict[str, t.Any]:
    """The criteria in the form of an entry, always in the same order."""
    found: dict[str, t.Any] = {
        "ips": [each.text for each in _sorted_ranges(criteria.ips)],
        "urls": [
            # Any pattern is like none: one that the pages do not name is left out.
            {"path": url.path, **({"pattern": url.pattern} if url.pattern in PATTERNS else {})}
            for url in _sorted_urls(criteria.urls)
        ],
        **dumped_places(_sorted_places(criteria.places)),
        "other": criteria.other.plain(),
    }
    return {name: value for name, value in found.items() if value}


# ---- the API


def told_criteria(element: Data, where: str) -> Criteria:
    """The criteria in an C(exception) of an answer.

    :raises BadResponseError: it contains an address that is none, a URL without a path, or a list in an unknown form.
    """
    urls = child(element, "urls").get("url") or element.get("urls") or []
    ips = texts(element.get("ips"))
    refuse_unread(where, element.get("ips"), ips)
    places = [*told_places(child(element, "geo"), where), *told_places(element, where)]
    refuse_unread(where, element.get("geo"), places)
    return Criteria(
        frozenset(told_addresses(ips, where)),
        frozenset(_told_url(url, where) for url in (urls if isinstance(urls, list) else [urls])),
        frozenset(places),
        elements_of({name: value for name, value in element.items() if name.lstrip("@") not in {*_NOT_OTHER, "#text"}}),
    )


def _told_url(url: t.Any, where: str) -> ExceptionUrl:
    """The form is not documented: a text, or path (C(value) at the vendor's own supplier) and pattern."""
    data = url if isinstance(url, dict) else {"path": url}
    path = text(data, "path") or text(data, "value") or text(data, "#text")
    if path is None:
        raise BadResponseError(
            f"{where}: the response of the SiteLock API contains an exception with a url without path."
        )
    pattern = text(data, "pattern")
    return ExceptionUrl(path, pattern.upper() if pattern else None)


def criteria_as_elements(criteria: Criteria) -> Data:
    """Parameters of a call."""
    found: Data = {**places_as_elements(_sorted_places(criteria.places)), **criteria.other.plain()}
    if criteria.ips:
        found["ips"] = {"ip": [each.text for each in _sorted_ranges(criteria.ips)]}
    if criteria.urls:
        found["urls"] = {
            "url": [
                {"path": url.path, "pattern": url.pattern} if url.pattern else url.path
                for url in _sorted_urls(criteria.urls)
            ]
        }
    return found


def _sorted_ranges(ranges: t.Iterable[AddressRange]) -> list[AddressRange]:
    return sorted(ranges, key=lambda each: (each.first.version, int(each.first), int(each.last)))


def _sorted_urls(urls: t.Iterable[ExceptionUrl]) -> list[ExceptionUrl]:
    return sorted(urls, key=lambda each: (each.path, each.pattern or ""))


def _sorted_places(places: t.Iterable[Place]) -> list[Place]:
    return sorted(places, key=lambda each: (each.kind, each.code))
