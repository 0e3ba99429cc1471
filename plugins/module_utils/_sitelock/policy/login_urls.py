# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The login pages that Login Protect guards.

Sources: C(loginProtectRetrieveConfig), C(loginProtectConfigAddUrl), C(loginProtectConfigDeleteUrl), which takes the
value alone. The vendor's WordPress plug-in sends the pattern C(equals) as well, and values that are paths.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError, RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._schemas import GIVEN_TEXT, array, lists, mapping, word
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.firewall import (
    LOGIN_PROTECT_CONFIG_ADD_URL,
    LOGIN_PROTECT_CONFIG_DELETE_URL,
    LOGIN_PROTECT_RETRIEVE_CONFIG,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child, refuse_unread, text
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import MAX_SHOWN, Given
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.lists import (
    DesiredList,
    additions,
    dumped_list,
    parse_list,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import Data
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import Write
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened

PATTERNS = ("prefix", "suffix", "contains", "not_contains", "equals")
_WHOLE_PATHS = frozenset({"prefix", "equals"})
_URL = {"value": GIVEN_TEXT, "pattern": word(*PATTERNS)}
URLS = lists(array(mapping(_URL, "value", "pattern")), array(mapping(_URL, "value")))
"""The JSON Schema of the URLs of an entry."""


@dataclasses.dataclass(frozen=True)
class LoginUrl:
    """:param pattern: C(None): not told; in what must be absent: all of this value."""

    value: str
    pattern: str | None

    def __str__(self) -> str:
        return f"{self.pattern} {self.value}" if self.pattern else self.value

    def covers(self, other: LoginUrl) -> bool:
        """Whether it, in what must be absent, means ``other``."""
        return self.value == other.value and self.pattern in (None, other.pattern)


Urls = tuple[LoginUrl, ...]


def given_urls(given: Given) -> DesiredList[LoginUrl]:
    """The URLs of an entry.

    :raises BadInputError: one cannot be.
    """

    def read(inner: Given, mode: str) -> list[LoginUrl]:
        return inner.each(mode, lambda value, place: _given_url(inner.entry(value, place), mode))

    return parse_list(given, read, covers=LoginUrl.covers)


def _given_url(given: Given, mode: str) -> LoginUrl:
    given.only("value", "pattern")
    value, pattern = given.text("value"), given.choice("pattern", PATTERNS)
    if pattern is None and mode != "absent":
        raise given.refusal("pattern", None, f"one of {', '.join(PATTERNS)}")
    if value is None or not _can_be(value, pattern):
        start = " that starts with /" if pattern in _WHOLE_PATHS else ""
        raise given.refusal("value", value, f"a path{start}, such as /wp-login.php")
    return LoginUrl(value, pattern)


def _can_be(value: str, pattern: str | None) -> bool:
    return "://" not in value and (pattern not in _WHOLE_PATHS or value.startswith("/"))


def told_urls(config: Data) -> Urls:
    """The URLs in the element C(config) of an answer.

    :raises BadResponseError: one has no value, or the list has an unknown form.
    """
    urls = tuple(dict.fromkeys(_told_url(each) for each in child(config, "urls").get("url") or ()))
    refuse_unread(LOGIN_PROTECT_RETRIEVE_CONFIG.name, config.get("urls"), urls)
    return urls


def _told_url(data: t.Any) -> LoginUrl:
    value = text(data, "value") if isinstance(data, dict) else None
    if value is None:
        raise BadResponseError(
            f"{LOGIN_PROTECT_RETRIEVE_CONFIG.name}: the response of the SiteLock API contains a url without value."
        )
    return LoginUrl(value, (text(data, "pattern") or "").lower() or None)


def dumped_urls(urls: Urls) -> t.Any:
    """The URLs in the form of an entry. The example in the documentation has a pattern and a value that cannot be."""

    def dumped(url: LoginUrl) -> dict[str, str] | None:
        known = url.pattern in PATTERNS and _can_be(url.value, url.pattern)
        return {"value": url.value, "pattern": url.pattern or ""} if known else None

    return dumped_list(urls, dumped)


def urls_as_elements(urls: t.Sequence[LoginUrl]) -> Data:
    """Parameters of a call."""
    return {"urls": {"url": [{"value": each.value, "pattern": each.pattern} for each in urls]}} if urls else {}


# ---- what is to be done


@dataclasses.dataclass(frozen=True)
class UrlChanges:
    """:param deletions: calls that delete. :param kept: the URLs that are there after them.
    :param additions: calls that add. :param is_new: whether one of these was not there before.
    """

    deletions: t.Sequence[Write] = ()
    kept: Urls = ()
    additions: t.Sequence[Write] = ()
    is_new: bool = False

    def with_app(self) -> UrlChanges:
        """The calls beside that for the application. It may bring URLs, which the same run deletes with other calls."""
        deletions, added = (
            [dataclasses.replace(write, subject="with the application") for write in writes]
            for writes in (self.deletions, self.additions)
        )
        return dataclasses.replace(self, deletions=deletions, additions=added)


def urls_after(current: Urls, desired: DesiredList[LoginUrl]) -> Urls:
    """``current`` after the calls below."""
    surplus = _surplus(current, desired)
    return (*(each for each in current if each not in surplus), *additions(current, desired))


def changes_of_urls(current: Urls, desired: DesiredList[LoginUrl] | None) -> UrlChanges:
    """The calls from ``current`` to ``desired``.

    :raises RejectedError: what must not be there can only be deleted together with something else.
    """
    if desired is None:
        return UrlChanges(kept=current)
    surplus = _surplus(current, desired)
    gone = sorted({each.value for each in surplus})
    lost = [each for each in current if each not in surplus and each.value in gone]
    foreign = [each for each in lost if each not in desired.wanted]
    if foreign:
        raise RejectedError(
            f"{desired.where}: {shortened(foreign[0].value, MAX_SHOWN)} is also there with another pattern "
            f"({shortened(str(foreign[0].pattern), MAX_SHOWN)}). The API "
            "can only delete both. Nothing was sent for this section.",
            hint="List it in present or absent with this pattern, too.",
        )
    new = additions(current, desired)
    added = [*lost, *new]
    return UrlChanges(
        [Write(LOGIN_PROTECT_CONFIG_DELETE_URL, {"urls": {"url": gone}}, fresh=True)] if gone else [],
        tuple(each for each in current if each.value not in gone),
        [Write(LOGIN_PROTECT_CONFIG_ADD_URL, urls_as_elements(added))] if added else [],
        bool(new),
    )


def _surplus(current: Urls, desired: DesiredList[LoginUrl]) -> list[LoginUrl]:
    if desired.exact is not None:
        return [each for each in current if each not in desired.exact]
    return [each for each in current if any(gone.covers(each) for gone in desired.absent)]
