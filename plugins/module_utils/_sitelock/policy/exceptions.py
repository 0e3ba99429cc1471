# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(exceptions): requests for which a rule or a black list does not count.

Sources: C(addWafException), C(alterWafException), C(removeWafException), and the getters below. An exception has no key
but an id that the API gives it, so two are the same if their criteria are. A call that adds one is never repeated, and
of two with the same criteria one is removed.

Inferred: that C(getWafSettings) has the exceptions of a rule in the element of the rule, and the types of the black
lists. The documentation shows the type C(sql_injection) only.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    BadResponseError,
    RejectedError,
)
from ansible_collections.hosting.websec.plugins.module_utils._schemas import Schema, array, lists, or_null
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.firewall import (
    ADD_WAF_EXCEPTION,
    ALTER_WAF_EXCEPTION,
    GET_WAF_GEO_BLACKLIST,
    GET_WAF_IP_BLACKLIST,
    GET_WAF_SETTINGS,
    GET_WAF_URL_BLACKLIST,
    REMOVE_WAF_EXCEPTION,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.criteria import (
    CRITERIA,
    Criteria,
    criteria_as_elements,
    dumped_criteria,
    given_criteria,
    told_criteria,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.geo_block import refuse_unknown_places
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.rules import rules_of
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import text
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import MAX_SHOWN, Given, offered
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.lists import (
    DesiredList,
    dumped_list,
    parse_list,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import Data, SectionReader
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import Plain, Write
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened

_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}", re.ASCII)
_LISTS = {
    "blacklisted_ips": (GET_WAF_IP_BLACKLIST, frozenset({"ip", "ips"})),
    "blacklisted_urls": (GET_WAF_URL_BLACKLIST, frozenset({"url", "urls"})),
    "blacklisted_countries": (
        GET_WAF_GEO_BLACKLIST,
        frozenset({"country", "countries", "continent", "continents", "geo"}),
    ),
}
"""The black lists by their type at the vendor's own supplier, with their getters and the words in any other spelling.
How SiteLock spells the types is not public."""


@dataclasses.dataclass(frozen=True)
class WafException:
    """:param exception_id: empty for one that the API has not yet given an id."""

    exception_id: str
    criteria: Criteria


Exceptions = t.Mapping[str, t.Sequence[WafException]]
"""By type. A type that the site does not have is not in it."""


@dataclasses.dataclass(frozen=True)
class CurrentExceptions:
    """
    :param types: all of the getters that were read.
    :param hidden: why one that is added to a rule could not be read back; empty: it could.
    """

    exceptions: Exceptions
    types: frozenset[str]
    hidden: str


@dataclasses.dataclass(frozen=True)
class DesiredExceptions:
    """:param lists: by type."""

    where: str
    lists: t.Mapping[str, DesiredList[Criteria]]


class ExceptionsSection(Plain[DesiredExceptions, CurrentExceptions]):
    """See ``sections.section.Section``."""

    name = "exceptions"
    schema: t.ClassVar[Schema] = {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "patternProperties": {"^[A-Za-z][A-Za-z0-9_.-]{0,63}$": or_null(lists(array(CRITERIA)))},
    }

    def parse(self, given: Given) -> DesiredExceptions:
        lists = {}
        for name in given.values:
            with given.problems.of():
                if not _TYPE.fullmatch(str(name)):
                    raise given.refusal("a key", name, "the name of a rule or of a black list, such as sql_injection")
                if given.has(name):
                    lists[name] = _given_list(given.within(name))
        if not lists:
            raise BadInputError(f"{given.where}: it is empty.", hint="Its keys are names of rules and black lists.")
        for kind, (getter, _words) in _LISTS.items():
            same = [name for name in lists if _getter(name) is getter]
            if len(same) > 1:
                raise BadInputError(
                    f"{given.where}: {' and '.join(same)} are the same list.", hint=f"Give only {kind}."
                )
        return DesiredExceptions(given.where, lists)

    def read(self, reader: SectionReader, site_id: int, desired: DesiredExceptions | None) -> CurrentExceptions:
        if desired is not None:
            places = {place for each in desired.lists.values() for one in each.named for place in one.places}
            if places:
                refuse_unknown_places(reader, sorted(places, key=str), desired.where)
        named = None if desired is None else list(desired.lists)
        getters = [GET_WAF_SETTINGS, *(getter for getter, _words in _LISTS.values())]
        found: dict[str, tuple[WafException, ...]] = {}
        types: set[str] = set()
        hidden = ""
        for getter in getters:
            asked = None if named is None else [name for name in named if _getter(name) is getter]
            if asked is None or asked:
                data = reader.of_site(getter, site_id)
                there = _told(getter, data, asked)
                if getter is GET_WAF_SETTINGS:
                    hidden = _why_hidden(data)
                types.update(there)
                found.update((name, each) for name, each in there.items() if named is None or name in named)
        return CurrentExceptions(found, frozenset(types), hidden)

    def plan(self, current: CurrentExceptions, desired: DesiredExceptions) -> list[Write]:
        """:raises RejectedError: one that is added could not be read back, so that every run would add another one."""
        writes, removals = [], []
        for name, wish in desired.lists.items():
            if name not in current.exceptions:
                raise RejectedError(
                    f"{desired.where}: the site has no rule {name}. Nothing was sent for this section.",
                    hint=f"It has {offered(current.types)}. The names of the black lists are {', '.join(_LISTS)}.",
                )
            changes = _changes(current.exceptions[name], wish)
            if changes.added and _getter(name) is GET_WAF_SETTINGS and current.hidden:
                raise RejectedError(
                    f"{desired.where}: {GET_WAF_SETTINGS.name} {current.hidden}. "
                    "Every run would add them again. Nothing was sent for this section.",
                    hint=f"If there are none yet, add one exception of {name} in the vendor's dashboard, and run "
                    "again. If this error persists, manage the exceptions of rules there.",
                )
            for old, criteria in changes.altered:
                writes.append(_write(ALTER_WAF_EXCEPTION, name, old, criteria))
            for criteria in changes.added:
                # Two with the same criteria would be two exceptions.
                parameters = {"type": name, **criteria_as_elements(criteria)}
                writes.append(Write(ADD_WAF_EXCEPTION, parameters, f"{name} {criteria}", fresh=True, once=True))
            removals += [_write(REMOVE_WAF_EXCEPTION, name, each, Criteria()) for each in changes.removed]
        # What lets visitors through comes first.
        return [*writes, *removals]

    def expected(self, current: CurrentExceptions, desired: DesiredExceptions) -> CurrentExceptions:
        after = {name: _changes(there, desired.lists[name]).after(there) for name, there in current.exceptions.items()}
        return dataclasses.replace(current, exceptions=after)

    def dump(self, current: CurrentExceptions) -> dict[str, t.Any]:
        """One that is for all requests cannot be given in an entry."""
        return {
            name: dumped_list(
                (each.criteria for each in there), lambda one: None if one.is_for_everybody else dumped_criteria(one)
            )
            for name, there in current.exceptions.items()
        }

    def needs_person(self, current: CurrentExceptions, _desired: DesiredExceptions) -> list[str]:
        return [
            f"Exception {shortened(each.exception_id, MAX_SHOWN)} of {shortened(name, MAX_SHOWN)} "
            f"{'is for nearly all requests' if each.criteria else 'has no criterion that can be read'}. "
            f"It may switch {shortened(name, MAX_SHOWN)} off for all visitors. Check it in the vendor's dashboard."
            for name, there in current.exceptions.items()
            for each in there
            if each.criteria.is_for_everybody
        ]


EXCEPTIONS = ExceptionsSection()


def _given_list(given: Given) -> DesiredList[Criteria]:
    def read(inner: Given, mode: str) -> list[Criteria]:
        return inner.each(mode, lambda value, place: given_criteria(inner.entry(value, place), narrow=mode != "absent"))

    return parse_list(given, read, covers=Criteria.is_like)


# ---- what is there


def _getter(name: str) -> Method:
    """The getter of the exceptions of a type."""
    words = set(re.split(r"[^a-z0-9]+", name.lower()))
    return next((getter for getter, known in _LISTS.values() if words & known), GET_WAF_SETTINGS)


def _told(getter: Method, data: Data, asked: t.Sequence[str] | None) -> dict[str, tuple[WafException, ...]]:
    """The exceptions in an answer of ``getter``, by type.

    :param asked: types of ``getter``; C(None): all.
    """
    if getter is GET_WAF_SETTINGS:
        found: dict[str, list[Data]] = {name: [] for name in rules_of(data)}
        for name, element in _elements(data):
            if name is not None and _getter(name) is getter:
                found.setdefault(name, []).append(element)
        return {name: _exceptions(each, getter) for name, each in found.items()}
    # Everything in the answer about a list belongs to the list, however its type is spelled.
    elements = [
        (name, element)
        for name, element in _elements({"exceptions": data.get("exceptions")})
        if name is None or _getter(name) is getter
    ]
    (kind,) = (kind for kind, (method, _words) in _LISTS.items() if method is getter)
    spelled = next((name for name, _element in elements if name), kind)
    return {(asked or [spelled])[0]: _exceptions((element for _name, element in elements), getter)}


def _elements(data: Data, kind: str | None = None) -> t.Iterator[tuple[str | None, Data]]:
    """All elements C(exception) in an answer, each with its type: an element C(type) of it or around it, or else the
    name of the outermost element around it."""
    for name, value in data.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                told = text(each, "type") or kind
                if name == "exception":
                    yield told, each
                else:
                    yield from _elements(each, told or (None if name == "exceptions" else name))


def _why_hidden(data: Data) -> str:
    if not _has_exceptions(data):
        return "shows no exceptions of rules, not even an empty list"
    if any(name is None for name, _element in _elements(data)):
        return "shows exceptions, but does not say of which rule they are"
    return ""


def _has_exceptions(value: t.Any) -> bool:
    if isinstance(value, list):
        return any(map(_has_exceptions, value))
    return isinstance(value, dict) and ("exceptions" in value or any(map(_has_exceptions, value.values())))


def _exceptions(elements: t.Iterable[Data], getter: Method) -> tuple[WafException, ...]:
    """
    :raises BadResponseError: one has no id, or two have the same.
    """
    found: dict[str, WafException] = {}
    for element in elements:
        each = _exception(element, getter)
        # Shown twice, it is one: to remove "the other one" would remove it.
        if found.setdefault(each.exception_id, each) != each:
            raise BadResponseError(
                f"{getter.name}: the response of the SiteLock API contains the exception "
                f"{shortened(each.exception_id, MAX_SHOWN)} twice, with different criteria."
            )
    return tuple(found.values())


def _exception(element: Data, getter: Method) -> WafException:
    exception_id = text(element, "id")
    if exception_id is None:
        raise BadResponseError(f"{getter.name}: the response of the SiteLock API contains an exception without an id.")
    return WafException(exception_id, told_criteria(element, getter.name))


# ---- what is to be done


@dataclasses.dataclass(frozen=True)
class _Changes:
    """:param altered: exceptions that must not be there, each with the criteria that it gets instead."""

    altered: t.Sequence[tuple[WafException, Criteria]]
    added: t.Sequence[Criteria]
    removed: t.Sequence[WafException]

    def after(self, there: t.Sequence[WafException]) -> tuple[WafException, ...]:
        """The exceptions when they are done."""
        altered = {old.exception_id: WafException(old.exception_id, criteria) for old, criteria in self.altered}
        left = [altered.get(each.exception_id, each) for each in there if each not in self.removed]
        return (*left, *(WafException("", criteria) for criteria in self.added))


def _changes(there: t.Sequence[WafException], desired: DesiredList[Criteria]) -> _Changes:
    free = list(there)
    missing: list[Criteria] = list(desired.wanted)
    kept: set[Criteria] = set()
    # An exception that is the same for certain is not given to a wish that could take another one.
    for matches in (Criteria.__eq__, Criteria.is_like):
        for wish in list(missing):
            found = next((each for each in free if matches(each.criteria, wish)), None)
            if found is not None:
                free.remove(found)
                missing.remove(wish)
                kept.add(found.criteria)
    surplus = free if desired.exact is not None else _surplus(free, desired, kept)
    pairs = min(len(surplus), len(missing))
    return _Changes(list(zip(surplus, missing)), missing[pairs:], surplus[pairs:])


def _surplus(
    free: t.Iterable[WafException], desired: DesiredList[Criteria], kept: t.Iterable[Criteria]
) -> list[WafException]:
    """Those that must not be there although the entry does not give the whole list: also what is there twice."""
    seen = set(kept)
    surplus = []
    for each in free:
        if each.criteria in seen or any(each.criteria.is_like(absent) for absent in desired.absent):
            surplus.append(each)
        elif each.criteria.is_certain:
            seen.add(each.criteria)
    return surplus


def _write(method: Method, name: str, old: WafException, criteria: Criteria) -> Write:
    parameters = {"exception_id": old.exception_id, "type": name, **criteria_as_elements(criteria)}
    return Write(method, parameters, f"{name} {old.exception_id}", fresh=True)
