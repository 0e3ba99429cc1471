# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The black list of countries and continents, and their codes."""

from __future__ import annotations

from ..policy import Policy
from ..settings import Settings
from . import answer, waf_exceptions
from .answer import Answer, node, texts
from .context import Context
from .countries import COUNTRIES
from .geo import CONTINENTS, KINDS, elements, refuse_unknown
from .grammar import Field, Group, Refused, Values
from .methods import method
from .protected import changing, listed, reading

_CODE = "[A-Z]{2}"
_LISTS = tuple(
    Group(plural, optional=True, children=(Field(one, repeat=True, pattern=_CODE),)) for plural, one in KINDS.items()
)


@method("getWafGeoInfo")
def get_waf_geo_info(context: Context, _values: Values) -> Answer:
    """getWafGeoInfo: its description has the countries in the element of the continents, its example beside it."""
    continents = [node("continent", *texts(name=name, code=code)) for code, name in CONTINENTS.items()]
    countries = [node("country", *texts(name=name, code=code)) for code, name in COUNTRIES.items()]
    if context.settings.geo_info_form == "nested":
        return answer.ok(node("getWafGeoInfo", node("continents", *continents, node("countries", *countries))))
    return answer.ok(node("getWafGeoInfo", node("continents", *continents), node("countries", *countries)))


@method("getWafGeoBlacklist", Field("site_id"))
def get_waf_geo_blacklist(context: Context, values: Values) -> Answer:
    """getWafGeoBlacklist: with its exceptions."""
    with reading(context, values["site_id"]) as protected:
        return _answer(context.settings, "getWafGeoBlacklist", protected.policy, protected.policy.geo_block)


def check(_context: Context, values: Values) -> None:
    """Countries, continents or both."""
    if not any(kind in values for kind in KINDS):
        raise Refused("neither countries nor continents are given")


@method("addWafBlacklistGeo", Field("site_id"), *_LISTS, write=True, check=check)
def add_waf_blacklist_geo(context: Context, values: Values) -> Answer:
    """addWafBlacklistGeo: an unknown code is refused."""
    wanted = _wanted(values)
    with changing(context, values["site_id"]) as protected:
        before = protected.policy.geo_block
        protected.policy.geo_block = {kind: list(dict.fromkeys(before[kind] + wanted[kind])) for kind in KINDS}
        return _answer(context.settings, "addWafBlacklistGeo", protected.policy, protected.policy.geo_block)


@method("removeWafBlacklistGeo", Field("site_id"), *_LISTS, write=True, check=check)
def remove_waf_blacklist_geo(context: Context, values: Values) -> Answer:
    """removeWafBlacklistGeo: what is not in the list is no error."""
    wanted = _wanted(values)
    with changing(context, values["site_id"]) as protected:
        before = protected.policy.geo_block
        protected.policy.geo_block = _only(before, wanted, inside=False)
        removed = context.settings.removal_answer == "removed"
        told = _only(before, wanted, inside=removed)
        return _answer(context.settings, "removeWafBlacklistGeo", protected.policy, told)


def _wanted(values: Values) -> dict[str, list[str]]:
    wanted = {kind: values.get(kind, {}).get(one, []) for kind, one in KINDS.items()}
    for kind, codes in wanted.items():
        refuse_unknown(kind, codes)
    return wanted


def _only(geo: dict[str, list[str]], codes: dict[str, list[str]], inside: bool) -> dict[str, list[str]]:
    return {kind: [code for code in geo[kind] if (code in codes[kind]) == inside] for kind in KINDS}


def _answer(settings: Settings, name: str, policy: Policy, geo: dict[str, list[str]]) -> Answer:
    exceptions = waf_exceptions.shown(settings, policy, "blacklisted_countries")
    return answer.ok(node(name, exceptions, listed(settings, "geo", elements(settings, geo))))
