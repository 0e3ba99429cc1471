# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""
Exceptions to rules and black lists: sets of criteria; each kind of criterion has a list.

Only the spelling of addresses, countries and continents is documented. The rest is a setting.
"""

from __future__ import annotations

import re

from lxml import etree

from ..policy import RULES, URL_PATTERNS, Policy, Record
from ..settings import Settings
from . import answer, geo, spans
from .answer import Answer, node, texts
from .context import Context
from .grammar import NUMBER, Field, Refused, Tree, Values, text_of
from .methods import invalid, method
from .protected import Protected, changing, listed

# The names of the three lists are inferred.
TYPES = (*RULES, "blacklisted_countries", "blacklisted_ips", "blacklisted_urls")
_CRITERIA = {
    **geo.KINDS,
    "ips": "ip",
    "urls": "url",
    "client_apps": "client_app",
    "client_app_types": "client_app_type",
    "user_agents": "user_agent",
    "parameters": "parameter",
}
# Lists whose elements cannot have a comma in them.
_PLAIN = ("client_apps", "client_app_types", "parameters")
_BY_RULE = {
    "backdoor": "client_apps countries continents ips urls user_agents parameters",
    "bot_access_control": "client_apps client_app_types countries continents ips urls user_agents",
    "cross_site_scripting": "client_apps countries continents urls parameters",
    "ddos": "client_apps countries continents ips urls",
    "illegal_resource": "client_apps countries continents ips urls parameters",
    "remote_file_inclusion": "client_apps countries continents ips urls user_agents parameters",
    "sql_injection": "client_apps countries continents ips urls parameters",
    "blacklisted_countries": "client_app_types ips urls",
    "blacklisted_ips": "client_apps countries continents ips urls",
    "blacklisted_urls": "client_apps countries continents ips urls",
}


def _camel(name: str) -> str:
    return re.sub("_(.)", lambda found: found[1].upper(), name)


_TREES = tuple(Tree(name) for name in dict.fromkeys(form for name in _CRITERIA for form in (name, _camel(name))))
_TYPE = Field("type", pattern="|".join(TYPES))
_ID = Field("exception_id", pattern=NUMBER)


def check(context: Context, values: Values) -> None:
    """The criteria must be spelled as the settings say, and there must be one."""
    if not _criteria(context.settings, values):
        raise Refused("there is no criterion")


@method("addWafException", Field("site_id"), _TYPE, *_TREES, write=True, check=check)
def add_waf_exception(context: Context, values: Values) -> Answer:
    """addWafException: every call makes another one, of the same criteria too."""
    criteria = _checked(context.settings, values)
    with changing(context, values["site_id"]) as protected:
        made = {"id": context.world.number("exception"), "type": values["type"], "criteria": criteria}
        protected.policy.exceptions.append(made)
        return _answer(context.settings, "addWafException", protected.policy, made)


@method("alterWafException", Field("site_id"), _ID, _TYPE, *_TREES, write=True, check=check)
def alter_waf_exception(context: Context, values: Values) -> Answer:
    """alterWafException: replaces all criteria, the id stays."""
    criteria = _checked(context.settings, values)
    with changing(context, values["site_id"]) as protected:
        known = _known(protected, values)
        known["criteria"] = criteria
        return _answer(context.settings, "alterWafException", protected.policy, known)


@method("removeWafException", Field("site_id"), _ID, _TYPE, write=True)
def remove_waf_exception(context: Context, values: Values) -> Answer:
    """removeWafException: one that is not there is refused."""
    with changing(context, values["site_id"]) as protected:
        protected.policy.exceptions.remove(_known(protected, values))
    removed = node("exceptions", *texts(exception_id=values["exception_id"], type=values["type"]))
    return answer.ok(node("removeWafException", removed, *texts(status="ok")))


def shown(settings: Settings, policy: Policy, type_: str) -> etree._Element | None:
    """The exceptions of a rule or a list in the common format."""
    of_type = [one for one in policy.exceptions if one["type"] == type_]
    return listed(settings, "exceptions", [_element(settings, one) for one in of_type])


def _answer(settings: Settings, name: str, policy: Policy, changed: Record) -> Answer:
    if settings.exception_answer == "all":
        return answer.ok(node(name, shown(settings, policy, changed["type"])))
    return answer.ok(node(name, node("exceptions", _element(settings, changed))))


def _element(settings: Settings, exception: Record) -> etree._Element:
    criteria = exception["criteria"]
    where = [node(kind, *_leaves(one, criteria[kind])) for kind, one in geo.KINDS.items() if criteria.get(kind)]
    parts = [node("geo", *where)] if where else []
    if "ips" in criteria:
        parts.append(node("ips", *spans.elements(settings, criteria["ips"])))
    if "urls" in criteria:
        parts.append(node("urls", *[_url_element(settings, url) for url in criteria["urls"]]))
    for name in ("client_apps", "client_app_types", "user_agents", "parameters"):
        if name in criteria:
            values = criteria[name]
            joined = settings.exception_lists == "comma" and name in _PLAIN
            leaves = _leaves(_spelled(settings, _CRITERIA[name]), [",".join(values)] if joined else values)
            parts.append(node(_spelled(settings, name), *leaves))
    return node("exception", *parts, id=exception["id"])


def _leaves(tag: str, values: list[str]) -> list[etree._Element]:
    return [node(tag, text=value) for value in values]


def _url_element(settings: Settings, url: dict[str, str]) -> etree._Element:
    if settings.exception_urls == "attributes":
        return node("url", path=url["path"], pattern=url["pattern"])
    if settings.exception_urls == "elements":
        return node("url", *texts(value=url["path"], pattern=url["pattern"]))
    return node("url", text=url["path"])


def _spelled(settings: Settings, name: str) -> str:
    return _camel(name) if settings.exception_spelling == "camel" else name


def _known(protected: Protected, values: Values) -> Record:
    for one in protected.policy.exceptions:
        if (one["id"], one["type"]) == (values["exception_id"], values["type"]):
            return one
    raise invalid(f"{values['type']} has no exception {values['exception_id']}")


def _checked(settings: Settings, values: Values) -> Record:
    """The criteria of a request. Raises WafError for values that cannot be, and for criteria that its type has not."""
    criteria = _criteria(settings, values)
    spans.refuse_invalid(criteria.get("ips", []))
    for kind in geo.KINDS:
        geo.refuse_unknown(kind, criteria.get(kind, []))
    if settings.exception_criteria == "table":
        for name in criteria:
            if name not in _BY_RULE[values["type"]].split():
                raise invalid(f"{name} is no criterion of {values['type']}")
    return criteria


def _criteria(settings: Settings, values: Values) -> Record:
    """By name the criteria in a request. Raises Refused."""
    names = {_spelled(settings, name): name for name in _CRITERIA}
    criteria: Record = {}
    for tag, element in values.items():
        if not isinstance(element, etree._Element):
            continue
        if tag not in names:
            raise Refused(f"unknown element {tag}")
        name = names[tag]
        criteria[name] = _list(settings, name, element)
    return criteria


def _list(settings: Settings, name: str, element: etree._Element) -> list[str] | list[dict[str, str]]:
    one = _spelled(settings, _CRITERIA[name])
    if element.attrib or (element.text or "").strip() or not len(element):
        raise Refused(f"{element.tag} must have elements, and nothing else")
    for child in element:
        if child.tag != one:
            raise Refused(f"unknown element {child.tag} in {element.tag}")
    if name == "urls":
        return [_url(settings, child) for child in element]
    values = [text_of(child) for child in element]
    if settings.exception_lists == "comma" and name in _PLAIN:
        values = [part.strip() for value in values for part in value.split(",")]
    return values


def _url(settings: Settings, element: etree._Element) -> dict[str, str]:
    """A path and how it is compared, by the form of the request; without a pattern it is the whole path."""
    if element.attrib:
        form, given = "attributes", {str(name): str(value) for name, value in element.attrib.items()}
        if len(element) or (element.text or "").strip():
            raise Refused("url has attributes and something else")
    elif len(element):
        given = {str(child.tag): text_of(child) for child in element}
        form = "value_elements" if "value" in given else "path_elements"
        given = {"path" if name == "value" else name: value for name, value in given.items()}
    else:
        form, given = "text", {"path": text_of(element)}
    if settings.exception_url_request not in ("any", form):
        raise Refused(f"url must have the form {settings.exception_url_request}")
    if set(given) - {"path", "pattern"} or "path" not in given:
        raise Refused("url needs a path, and may have a pattern")
    pattern = given.get("pattern", "EQUALS")
    if pattern.upper() not in URL_PATTERNS:
        raise Refused("pattern has a value that is not allowed")
    return {"path": given["path"], "pattern": pattern}
