# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validation of the properties of an add-on, for the options of modules and for site files."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._ids import number_id, text_id
from ansible_collections.hosting.websec.plugins.module_utils._parsing import calendar_date
from ansible_collections.hosting.websec.plugins.module_utils._problems import FIRST, Problems
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.origin import is_origin

_IDS: dict[str, t.Callable[[object, str], t.Any]] = {
    "site_id": number_id,
    "account_id": number_id,
    "subscription": text_id,
}
IDS = tuple(_IDS)


def addon_ids(whose: str, given: t.Mapping[str, t.Any], problems: Problems = FIRST) -> dict[str, t.Any]:
    """The ids among the given properties (not ``None``), as numbers and texts.

    :param whose: the beginning of a message.
    :param problems: takes those of them that are no ids; by default the first one is raised.
    """
    found = {}
    for name, read in _IDS.items():
        if given[name] is not None:
            with problems.of(name):
                found[name] = read(given[name], f"{whose}: {name}")
    return found


def check_addon(whose: str, given: t.Mapping[str, t.Any], problems: Problems = FIRST) -> None:
    """The other properties, with surrounding blanks removed from texts.

    :param problems: takes what is invalid, and what contradicts each other; by default the first one is raised.
    """
    date, origin = given["renewal_date"], given["waf_origin"]
    if date is not None and calendar_date(date) is None:
        problems.add(
            BadInputError(f"{whose}: renewal_date is {date!r}; it must be a date, YYYY-MM-DD."), "renewal_date"
        )
    if origin is not None and not is_origin(origin):
        problems.add(
            BadInputError(f"{whose}: waf_origin is {origin!r}; it must be an IP address or a host name."), "waf_origin"
        )
    if given["waf_force_ssl"] and not origin and given["state"] == "present":
        problems.add(BadInputError(f"{whose}: waf_force_ssl requires waf_origin, which is not set."), "waf_force_ssl")
