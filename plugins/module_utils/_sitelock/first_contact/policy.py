# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the methods about the settings of a firewall do."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._first_contact.observations import (
    NotSeenError,
    Observation,
    one_word,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.answers import elements_in
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact import calls, contract
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.reader import Call, Responses
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.cdn import INFERRED_FLAGS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child, text

_RULES = (
    "backdoor",
    "bot_access_control",
    "cross_site_scripting",
    "ddos",
    "illegal_resource",
    "remote_file_inclusion",
    "sql_injection",
)
_OFF_WORD_OPEN = ("cross_site_scripting", "remote_file_inclusion", "sql_injection")
"""The pages have C(disable) and C(disabled) for the same rule."""
_OFF_WORDS = ("disable", "disabled")
_LISTS = ((calls.IP_BLOCK, "ips"), (calls.URL_BLOCK, "urls"), (calls.GEO_BLOCK, "geo"))
_SNAKE = frozenset({"client_apps", "client_app_types", "user_agents", "client_app", "client_app_type", "user_agent"})
_CAMEL = frozenset({"clientApps", "clientAppTypes", "userAgents", "clientApp", "clientAppType", "userAgent"})
_SEVERAL = frozenset({"client_app", "client_app_type", "parameter", "clientApp", "clientAppType"})
Data = t.Mapping[str, t.Any]


def _rules(seen: Responses) -> list[Data]:
    """What each site has."""
    return [data for _site, data in seen.data(calls.RULES)]


def _options(rule: t.Any) -> list[str]:
    offered = child(rule, "options").get("option", []) if isinstance(rule, dict) else []
    return [each for each in offered if isinstance(each, str)]


def _off_word(seen: Responses) -> str:
    return one_word(
        option
        for data in _rules(seen)
        for name in _OFF_WORD_OPEN
        for option in _options(data.get(name))
        if option in _OFF_WORDS
    )


def _unoffered(seen: Responses) -> str:
    return one_word(
        "absent" if name not in data else None if _options(data[name]) else "empty"
        for data in _rules(seen)
        for name in _RULES
    )


def _rule_exceptions(seen: Responses) -> str:
    if any(list(elements_in(data.get(name), "exception")) for data in _rules(seen) for name in _RULES):
        return "listed"
    return one_word(
        "hidden" if site is not None and contract.EXCEPTIONS in site.has else None
        for site, _data in seen.data(calls.RULES)
    )


def _exceptions(seen: Responses) -> list[Data]:
    """Those of all rules and lists that can be read."""
    responses = [each for call in (calls.RULES, *(call for call, _element in _LISTS)) for each in seen.of(call)]
    found = [exception for each in responses for exception in elements_in(each.data, "exception")]
    return [exception for exception in found if isinstance(exception, dict)]


def _empty_lists(seen: Responses) -> str:
    return one_word(_empty(seen, call, element) for call, element in _LISTS)


def _empty(seen: Responses, call: Call, element: str) -> str | None:
    words = {
        "absent" if element not in data else None if data[element] else "element" for _site, data in seen.data(call)
    } - {None}
    return words.pop() if len(words) == 1 else None


def _ip_form(seen: Responses) -> str:
    return one_word(
        "range" if "-" in ip else "as_sent" if "/" in ip else None
        for _site, data in seen.data(calls.IP_BLOCK)
        for ip in child(data, "ips").get("ip", [])
        if isinstance(ip, str)
    )


def _exception_urls(seen: Responses) -> str:
    urls = (
        url
        for exception in _exceptions(seen)
        for urls in elements_in(exception, "urls")
        for url in elements_in(urls, "url")
    )
    return one_word(_form_of_url(url) for url in urls)


def _form_of_url(url: t.Any) -> str | None:
    if isinstance(url, str):
        return "text"
    return "attributes" if any(name.startswith("@") for name in url) else "elements"


def _exception_spelling(seen: Responses) -> str:
    names = {name for exception in _exceptions(seen) for name in exception}
    return one_word(["snake" if names & _SNAKE else None, "camel" if names & _CAMEL else None])


def _exception_lists(seen: Responses) -> str:
    holders = [value for exception in _exceptions(seen) for value in exception.values() if isinstance(value, dict)]
    several = [value for holder in holders for name, value in holder.items() if name in _SEVERAL]
    return one_word(
        "repeat"
        if isinstance(value, list) and len(value) > 1
        else "comma"
        if isinstance(value, str) and "," in value
        else None
        for value in several
    )


def _geo_info(seen: Responses) -> str:
    [(_none, data)] = seen.data(calls.GEO_INFO)
    if list(elements_in(data.get("continents"), "country")):
        return "nested"
    return one_word(["beside" if list(elements_in(data, "country")) else None])


def _cdn_form(seen: Responses) -> str:
    return one_word(
        "flat" if "cache_mode" in data else "wrapped" if list(elements_in(data, "cache_mode")) else None
        for _site, data in seen.data(calls.CDN)
    )


def _cdn_elements(seen: Responses) -> str:
    return one_word(
        "all" if any(list(elements_in(data, flag)) for flag in INFERRED_FLAGS) else "documented"
        for _site, data in seen.data(calls.CDN)
        if list(elements_in(data, "comply_vary"))
    )


def _authentication_methods(seen: Responses) -> str:
    found = [child(data, "config").get("authentication_methods") for _site, data in seen.data(calls.LOGIN_CONFIG)]
    return one_word(
        "repeat" if isinstance(each, list) else "comma" if isinstance(each, str) and "," in each else None
        for each in found
    )


def _login_users(seen: Responses) -> str:
    users = [
        frozenset(str(user.get("email", "")).lower() for user in data.get("user", []) if isinstance(user, dict))
        for _site, data in seen.data(calls.LOGIN_USERS)
    ]
    if len(users) < 2 or not any(users):
        raise NotSeenError
    return "account" if len(set(users)) == 1 else "site"


def _phones(seen: Responses) -> str:
    """A user without a number shows that none is needed. Users with one show nothing."""
    return one_word(
        None if text(user, "phone") else "optional"
        for _site, data in seen.data(calls.LOGIN_USERS)
        for user in data.get("user", [])
        if isinstance(user, dict)
    )


OBSERVATIONS: tuple[Observation[Responses], ...] = (
    Observation("rule_off_word", "the word that switches a rule off", _OFF_WORDS, _off_word),
    Observation("unoffered_rules", "a rule that the plan does not offer", ("absent", "empty"), _unoffered),
    Observation(
        "rule_exceptions", "whether getWafSettings has the exceptions of a rule", ("listed", "hidden"), _rule_exceptions
    ),
    Observation("empty_lists", "an empty list", ("element", "absent"), _empty_lists),
    Observation("ip_form", "a network in the block list", ("as_sent", "range"), _ip_form),
    Observation("geo_info_form", "countries beside or below the continents", ("beside", "nested"), _geo_info),
    Observation("exception_urls", "form of URLs in exceptions", ("attributes", "elements", "text"), _exception_urls),
    Observation(
        "exception_spelling", "spelling of the criteria of exceptions", ("snake", "camel"), _exception_spelling
    ),
    Observation("exception_lists", "several values of a criterion", ("repeat", "comma"), _exception_lists),
    Observation("cdn_form", "an element around the settings of the cache", ("flat", "wrapped"), _cdn_form),
    Observation("cdn_elements", "whether the inferred flags are there", ("all", "documented"), _cdn_elements),
    Observation(
        "authentication_methods_form",
        "several authentication_methods of Login Protect",
        ("comma", "repeat"),
        _authentication_methods,
    ),
    Observation("login_protect_users", "whose the users of Login Protect are", ("site", "account"), _login_users),
    Observation("login_user_phone", "whether users of Login Protect need a phone number", ("optional",), _phones),
)
