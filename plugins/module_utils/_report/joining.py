# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of several tasks about the same sites, joined by domain or number."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._report.site import Row, plain

Told = t.TypeVar("Told", bound=Row)


def joined_rows(rows: t.Sequence[Row], others: t.Iterable[Told], join: t.Callable[[Row, Told], Row]) -> list[Row]:
    """``rows``, each with what the one of ``others`` about the same site says. A site without a row gets one.

    :param others: with C(domain) and C(site_id).
    :param join: makes one row of two.
    """
    result: list[Row] = list(rows)
    domains = {_name(row.get("domain")): place for place, row in enumerate(result) if row.get("domain")}
    numbers = {_name(row.get("site_id")): place for place, row in enumerate(result) if row.get("site_id")}
    for other in others:
        place = domains.get(_name(other.get("domain")), numbers.get(_name(other.get("site_id"))))
        if place is None:
            result.append(join({"domain": other.get("domain"), "site_id": other.get("site_id")}, other))
        else:
            result[place] = join(result[place], other)
    return result


def _name(value: t.Any) -> str:
    return str(plain(value)).lower()
