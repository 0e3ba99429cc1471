# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The black list of URLs: a path, which is unique, and how it is compared."""

from __future__ import annotations

from lxml import etree

from ..policy import URL_PATTERNS, Policy
from ..settings import Settings
from . import answer, waf_exceptions
from .answer import Answer, node
from .context import Context
from .grammar import Field, Group, Values
from .methods import invalid, method
from .protected import changing, listed, reading

# With these the path must begin with a slash.
_FROM_THE_ROOT = ("EQUALS", "NOT_EQUALS", "PREFIX")


@method("getWafUrlBlacklist", Field("site_id"))
def get_waf_url_blacklist(context: Context, values: Values) -> Answer:
    """getWafUrlBlacklist: path and pattern are attributes."""
    with reading(context, values["site_id"]) as protected:
        urls = [node("url", path=path, pattern=how) for path, how in protected.policy.url_block.items()]
        return _answer(context.settings, "getWafUrlBlacklist", protected.policy, urls)


@method(
    "addWafBlacklistUrls",
    Field("site_id"),
    Group(
        "urls",
        children=(
            Group("url", repeat=True, children=(Field("path"), Field("pattern", pattern="|".join(URL_PATTERNS)))),
        ),
    ),
    write=True,
)
def add_waf_blacklist_urls(context: Context, values: Values) -> Answer:
    """addWafBlacklistUrls: what another pattern for a known path does is a setting."""
    settings = context.settings
    with changing(context, values["site_id"]) as protected:
        new = dict(protected.policy.url_block)
        for url in values["urls"]["url"]:
            path, pattern = url["path"], url["pattern"]
            if pattern in _FROM_THE_ROOT and not path.startswith("/"):
                raise invalid(f"{path} must begin with / for {pattern}")
            if new.get(path, pattern) != pattern and settings.known_url == "refuse":
                raise invalid(f"{path} is in the list with another pattern")
            if path not in new or settings.known_url == "replace":
                new[path] = pattern
        protected.policy.url_block = new
        shown = [_short(settings, path, pattern) for path, pattern in new.items()]
        return _answer(settings, "addWafBlacklistUrls", protected.policy, shown)


@method(
    "removeWafBlacklistUrls",
    Field("site_id"),
    Group("urls", children=(Field("url", repeat=True),)),
    write=True,
)
def remove_waf_blacklist_urls(context: Context, values: Values) -> Answer:
    """removeWafBlacklistUrls: takes bare paths; a description calls the element of its answer otherwise."""
    settings, paths = context.settings, values["urls"]["url"]
    with changing(context, values["site_id"]) as protected:
        before = protected.policy.url_block
        protected.policy.url_block = {path: how for path, how in before.items() if path not in paths}
        told = [path for path in before if (path in paths) == (settings.removal_answer == "removed")]
        urls = [node("url", text=path) for path in told]
        return _answer(settings, settings.url_removal_element, protected.policy, urls)


def _short(settings: Settings, path: str, pattern: str) -> etree._Element:
    if settings.url_answer == "attributes":
        return node("url", path=path, pattern=pattern)
    return node("url", text=path)


def _answer(settings: Settings, name: str, policy: Policy, urls: list[etree._Element]) -> Answer:
    exceptions = waf_exceptions.shown(settings, policy, "blacklisted_urls")
    return answer.ok(node(name, exceptions, listed(settings, "urls", urls)))
