# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(url_block): paths that the firewall refuses.

Sources: C(getWafUrlBlacklist), C(addWafBlacklistUrls), C(removeWafBlacklistUrls). A path is in the list once, whatever
its pattern. It is removed by the path alone.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._schemas import GIVEN_TEXT, array, lists, mapping, word
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.firewall import (
    ADD_WAF_BLACKLIST_URLS,
    GET_WAF_URL_BLACKLIST,
    REMOVE_WAF_BLACKLIST_URLS,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child, text
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.element_lists import (
    ElementListSection,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import Data

PATTERNS = ("EQUALS", "NOT_EQUALS", "CONTAINS", "NOT_CONTAINS", "PREFIX", "SUFFIX")
_WHOLE_PATHS = frozenset({"EQUALS", "NOT_EQUALS", "PREFIX"})
"""Patterns whose path starts with a slash (page of C(addWafBlacklistUrls))."""


@dataclasses.dataclass(frozen=True)
class BlockedUrl:
    """:param pattern: C(None) only in what must be absent, which the path alone names."""

    path: str
    pattern: str | None


def is_every_page(path: str, pattern: str | None) -> bool:
    """Whether all pages of a site have such a path."""
    return path == "/" and pattern in ("PREFIX", "CONTAINS")


def refuse_relative(given: Given, path: str, pattern: str | None) -> None:
    """:raises BadInputError: the pattern needs a path that starts with a slash, and this one does not."""
    if pattern in _WHOLE_PATHS and not path.startswith("/"):
        raise given.refusal("path", path, f"a path that starts with /, as {pattern} needs it")


def _given(given: Given, name: str) -> list[BlockedUrl]:
    def read(value: t.Any, place: str) -> BlockedUrl:
        entry = given.entry(value, place)
        entry.only("path", "pattern")
        path, pattern = entry.text("path"), entry.choice("pattern", PATTERNS)
        if path is None:
            raise given.refusal(place, value, "a dictionary with the key path")
        if name == "absent":
            return BlockedUrl(path, None)
        if pattern is None:
            raise given.refusal(place, value, f"a dictionary with the key pattern, one of {', '.join(PATTERNS)}")
        refuse_relative(entry, path, pattern)
        return BlockedUrl(path, pattern)

    return given.each(name, read)


def _told(data: Data) -> t.Iterator[BlockedUrl]:
    for url in child(data, "urls").get("url") or ():
        path = text(url, "path") if isinstance(url, dict) else None
        pattern = text(url, "pattern") if isinstance(url, dict) else None
        if path is None or pattern is None:
            raise BadResponseError(
                f"{GET_WAF_URL_BLACKLIST.name}: the response of the SiteLock API contains a url without path or "
                "pattern."
            )
        yield BlockedUrl(path, pattern.upper())


URL_BLOCK = ElementListSection(
    "url_block",
    lists(
        array(mapping({"path": GIVEN_TEXT, "pattern": word(*PATTERNS)}, "path", "pattern")),
        array(mapping({"path": GIVEN_TEXT, "pattern": word(*PATTERNS)}, "path")),
    ),
    GET_WAF_URL_BLACKLIST,
    ADD_WAF_BLACKLIST_URLS,
    REMOVE_WAF_BLACKLIST_URLS,
    _given,
    "urls",
    _told,
    added=lambda urls: {"urls": {"url": [{"path": each.path, "pattern": each.pattern} for each in urls]}},
    removed=lambda urls: {"urls": {"url": [each.path for each in urls]}},
    dumped=lambda urls: [{"path": each.path, "pattern": each.pattern} for each in urls],
    place=lambda url: url.path,
    too_much=lambda urls: (
        "it would refuse all pages" if any(is_every_page(each.path, each.pattern) for each in urls) else ""
    ),
)
