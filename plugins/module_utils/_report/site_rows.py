# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows about sites, found by the number of the site."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._report.site import Row, plain


class SiteRows:
    """Rows of one task, one for each site.

    What belongs to one customer must not reach another. So a row with a number is only about the site with this number,
    and a row without one is about its domain, if one site only has this domain.

    :param domains: in lower case, those that one site only has.
    """

    def __init__(self, rows: t.Iterable[Row], domains: t.Collection[str]) -> None:
        self._numbers: dict[str, Row] = {}
        self._domains: dict[str, Row] = {}
        for row in rows:
            if number := _name(row.get("site_id")):
                self._numbers[number] = row
            elif (domain := _name(row.get("domain"))) in domains:
                self._domains[domain] = row

    def of(self, site: Row) -> Row | None:
        """:param site: a row with C(site_id) and C(domain)."""
        return self._numbers.get(_name(site.get("site_id"))) or self._domains.get(_name(site.get("domain")))


def rows_in(source: Row, name: str) -> list[Row]:
    """The rows in a field, whatever it contains."""
    found = source.get(name)
    return [each for each in found if isinstance(each, t.Mapping)] if isinstance(found, (list, tuple)) else []


def _name(value: t.Any) -> str:
    return "" if value is None else str(plain(value)).lower()
