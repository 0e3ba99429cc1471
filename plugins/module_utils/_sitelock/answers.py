# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Responses of which only a part is documented: their values by name, and their times.

The pages of scans and backups end in the middle of the description of the response. So what is known is read by its
name, wherever it stands, and the whole response is returned beside it.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import RejectedError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import calendar_date

_NOT_CONFIGURED = re.compile(r"\b(?:not|never|no|must)\b.{0,40}\b(?:configur|set ?up\b)", re.IGNORECASE)
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?")


def values_in(data: t.Any, name: str = "") -> t.Iterator[tuple[str, str]]:
    """All texts in plain data, each with the name of its element or attribute in lower case."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from values_in(value, name if key == "#text" else key.lstrip("@").lower())
    elif isinstance(data, list):
        for each in data:
            yield from values_in(each, name)
    elif isinstance(data, str) and data:
        yield name, data


def elements_in(data: t.Any, name: str) -> t.Iterator[t.Any]:
    """All elements of this name in plain data, from the outside in."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key.lstrip("@") == name:
                yield from value if isinstance(value, list) else [value]
            yield from elements_in(value, name)
    elif isinstance(data, list):
        for each in data:
            yield from elements_in(each, name)


def is_time(text: str) -> bool:
    """Whether a text is a date or a time in the form of the API, C(YYYY-MM-DD) or C(YYYY-MM-DD HH:MM:SS)."""
    found = _TIME.fullmatch(text)
    return found is not None and calendar_date(found.group(1)) is not None


def times_in(data: t.Any, named: re.Pattern[str], *, but: re.Pattern[str] | None = None) -> list[str]:
    """The times in plain data under names that match, the oldest first. They are in the form of the API, which does
    not document their time zone.

    :param but: names that do not count.
    """
    found = {
        text
        for name, text in values_in(data)
        if named.search(name) and not (but is not None and but.search(name)) and is_time(text)
    }
    return sorted(found, key=time_key)


def time_key(text: str) -> str:
    """What sorts texts that are times."""
    return text.replace("T", " ")


def says_not_configured(error: WebsecError) -> bool:
    """Whether a refusal says that nothing was configured yet. Its text is not documented."""
    return isinstance(error, RejectedError) and _NOT_CONFIGURED.search(error.message) is not None
