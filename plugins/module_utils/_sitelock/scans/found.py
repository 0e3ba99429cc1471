# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What scans found, by kind.

Source: C(scandetail-...), of whose response only the name C(sqli_info) is public. Inferred: such an element is one
finding, and the other scans have the like.
"""

from __future__ import annotations

import re
import typing as t

_INFO = re.compile(r"([a-z][\w.-]{0,39})_info")
_MOST = 20
"""Kinds of findings."""


def found_in(detail: t.Any) -> dict[str, int]:
    """The number of findings of each kind, such as C(malware), in a response of scanDetail."""
    found: dict[str, int] = {}
    _count(detail, found)
    return dict(sorted(found.items())[:_MOST])


def _count(data: t.Any, found: dict[str, int]) -> None:
    if isinstance(data, list):
        for each in data:
            _count(each, found)
    if not isinstance(data, dict):
        return
    for key, value in data.items():
        kind = _INFO.fullmatch(key)
        if kind:
            amount = sum(bool(each) for each in (value if isinstance(value, list) else [value]))
            if amount:
                found[kind.group(1)] = found.get(kind.group(1), 0) + amount
        else:
            _count(value, found)
