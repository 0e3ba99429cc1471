# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The keys of an entry of the site file, each with what converts its value, and with its JSON Schema."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.option_names import BEST_EFFORT
from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._record_values import MAX_TTL
from ansible_collections.hosting.websec.plugins.module_utils._schemas import (
    BOOLEAN,
    DATE,
    NAME,
    NUMBER_ID,
    TEXT,
    TEXT_ID,
    Schema,
    array,
    choice,
    mapping,
    number,
)

Read = t.Callable[[str, str, t.Any], t.Any]
"""Makes the value of a key, from its domain, the key, and the value in the file. Raises ``BadInputError``."""


@dataclasses.dataclass(frozen=True)
class Key:
    """:param read: C(None): the value is checked elsewhere, together with others."""

    schema: Schema
    read: Read | None = None


def text(whose: str, key: str, value: t.Any) -> str:
    """
    :raises BadInputError: it is no text.
    """
    if not isinstance(value, str):
        raise BadInputError(f"{whose}: {key} is {value!r}; it must be a text.")
    return value


def _stripped(domain: str, key: str, value: t.Any) -> str:
    return text(domain, key, value).strip()


def _date(domain: str, key: str, value: t.Any) -> str:
    # As YAML reads a date without quotes.
    return str(value) if isinstance(value, datetime.date) else _stripped(domain, key, value)


def _zone(domain: str, key: str, value: t.Any) -> str:
    return normalise_domain(text(domain, key, value))


def ttl(domain: str, key: str, value: t.Any) -> int:
    """A TTL in seconds.

    :raises BadInputError: it is none.
    """
    seconds = whole_number(value.strip()) if isinstance(value, str) else value
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < 1:
        raise BadInputError(f"{domain}: {key} is {value!r}; it must be a positive number of seconds.")
    if seconds > MAX_TTL:
        raise BadInputError(f"{domain}: {key} is {value!r}; the maximum TTL is {MAX_TTL} seconds.")
    return seconds


def _flag(domain: str, key: str, value: t.Any) -> bool:
    if not isinstance(value, bool):
        raise BadInputError(f"{domain}: {key} is {value!r}; it must be true or false.")
    return value


def _one_of(*choices: str) -> Key:
    def read(domain: str, key: str, value: t.Any) -> t.Any:
        if value not in choices:
            raise BadInputError(f"{domain}: {key} is {value!r}; it must be {' or '.join(choices)}.")
        return value

    return Key(choice(*choices), read)


def _names(domain: str, key: str, value: t.Any) -> list[t.Any]:
    if not isinstance(value, list):
        raise BadInputError(f"{domain}: {key} is {value!r}; it must be a list of names, such as [www].")
    return value


_FLAG = Key(BOOLEAN, _flag)
_TTL = Key(number(1, MAX_TTL), ttl)
_VALUES: Schema = {"type": ["string", "array"], "items": TEXT}
_RECORDS = mapping({**dict.fromkeys(("A", "AAAA", "CNAME"), _VALUES), "ttl": number(1, MAX_TTL)})

ADDON_KEYS: dict[str, Key] = {
    "site_id": Key(NUMBER_ID),
    "account_id": Key(NUMBER_ID),
    "state": _one_of("present", "absent"),
    "subscription": Key(TEXT_ID),
    "renewal_date": Key(DATE, _date),
    "waf_origin": Key(TEXT, _stripped),
    "waf_force_ssl": _FLAG,
    "waf_dns_manager": _one_of("customer", "partner"),
    "waf_skip_network_certificate": _FLAG,
}
"""Keys of an entry that are options of the module C(sitelock_waf_addons) under the same name."""

KEYS: dict[str, Key] = {
    "domain": Key(NAME),
    **ADDON_KEYS,
    "zone": Key(NAME, _zone),
    "apex": _FLAG,
    "aliases": Key(array(TEXT), _names),
    "ssl": _FLAG,
    "ttl": _TTL,
    "lower_ttl": _TTL,
    "cleanup_verification": _FLAG,
    "origin_name": Key(TEXT),
    "restore": Key({"type": "object", "additionalProperties": _RECORDS}),
    "dns": Key(TEXT, _stripped),
    "dns_accept": _one_of(BEST_EFFORT),
    # Of the role sitelock_waf_policy, which checks it.
    "policy": Key({"anyOf": [TEXT, array(TEXT)]}),
}
