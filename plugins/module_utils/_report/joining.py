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
    domains: dict[str, int] = {}
    numbers: dict[str, int] = {}
    both: dict[tuple[str, str], int] = {}
    for place, row in enumerate(result):
        domain, number = _names(row)
        if domain:
            domains.setdefault(domain, place)
        if number:
            numbers.setdefault(number, place)
        if domain and number:
            both.setdefault((domain, number), place)
    for other in others:
        domain, number = _names(other)
        found = both.get((domain, number), domains.get(domain))
        if found is None and number in numbers and not (domain and _names(result[numbers[number]])[0]):
            # Of two sites with the same number and different domains each one belongs to another partner.
            found = numbers[number]
        if found is None:
            result.append(join({"domain": other.get("domain"), "site_id": other.get("site_id")}, other))
        else:
            result[found] = join(result[found], other)
    return result


def _names(row: Row) -> tuple[str, str]:
    """Domain and number, empty if there is none."""
    domain, number = (_name(row.get(key)) for key in ("domain", "site_id"))
    # SiteLock treats a domain with and without it as the same.
    return domain[4:] if domain.startswith("www.") else domain, number


def _name(value: t.Any) -> str:
    return str(plain(value)).lower() if value else ""
