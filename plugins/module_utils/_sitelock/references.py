# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists that are the same for all customers: countries, languages, client applications, message types.

Sources: C(getcountrieslist-...), C(getlanguagelist-...), C(getwafgeoinfo-...), C(getwafclientappinfo-...),
C(getmessagetypes-...).
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.firewall import (
    GET_WAF_CLIENT_APP_INFO,
    GET_WAF_GEO_INFO,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.mail import GET_MESSAGE_TYPES
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.reference import (
    GET_COUNTRIES_LIST,
    GET_LANGUAGE_LIST,
)

Item = dict[str, t.Any]


@dataclasses.dataclass(frozen=True)
class Reference:
    """One list.

    :param elements: names of the elements with an item, wherever they stand: the pages contradict each other about it.
    :param fields: the documented ones. All others are returned as well.
    :param numbers: those of them that are whole numbers.
    """

    method: Method
    elements: tuple[str, ...]
    fields: tuple[str, ...]
    numbers: frozenset[str] = frozenset()


REFERENCES: t.Mapping[str, Reference] = {
    "countries": Reference(GET_COUNTRIES_LIST, ("country",), ("name", "code")),
    "languages": Reference(
        GET_LANGUAGE_LIST,
        ("language",),
        ("name", "abbr", "active", "code", "id", "local_name", "telesign"),
        frozenset({"id"}),
    ),
    "geo": Reference(GET_WAF_GEO_INFO, ("continent", "country"), ("name", "code")),
    "client_apps": Reference(GET_WAF_CLIENT_APP_INFO, ("clientApp",), ("name", "id"), frozenset({"id"})),
    "message_types": Reference(
        GET_MESSAGE_TYPES,
        ("message",),
        ("name", "code", "id", "defaultCopy", "scan_code", "severity", "type"),
    ),
}
"""By the type in the option and in the result."""


def read_references(options: t.Mapping[str, t.Any]) -> dict[str, list[Item]]:
    """The lists of the C(types), each in the order of the API.

    :param options: connection options, and C(types).
    :raises BadResponseError: a list is empty.
    """
    with SiteLockClient.from_options(options, read_only=True) as client:
        return {
            name: parse_items(client.call(REFERENCES[name].method, {}), REFERENCES[name])
            for name in dict.fromkeys(options["types"])
        }


def parse_items(data: t.Any, reference: Reference) -> list[Item]:
    """The items in a response. With several kinds of elements each has its C(kind).

    :raises BadResponseError: there is none.
    """
    items = [
        {**({"kind": kind} if len(reference.elements) > 1 else {}), **_item(element, reference)}
        for kind, element in _elements(data, reference.elements)
    ]
    if not items:
        raise BadResponseError(
            f"{reference.method.name}: the response of the SiteLock API lists no {' or '.join(reference.elements)}.",
            hint="Report this: the API has changed.",
        )
    return items


def _elements(data: t.Any, names: t.Collection[str]) -> t.Iterator[tuple[str, Item]]:
    for name, value in data.items() if isinstance(data, dict) else ():
        for each in value if isinstance(value, list) else [value]:
            if name in names and isinstance(each, dict):
                yield name, each
            yield from _elements(each, names)


def _item(element: Item, reference: Reference) -> Item:
    told = {name.lstrip("@"): value for name, value in element.items() if isinstance(value, str)}
    fields = {**dict.fromkeys(reference.fields), **told}
    return {name: _value(value, is_number=name in reference.numbers) for name, value in fields.items()}


def _value(value: str | None, *, is_number: bool) -> t.Any:
    """C(None) for an empty text. What should be a number and is none stays as it is."""
    number = whole_number(value) if is_number else None
    return (value or None) if number is None else number
