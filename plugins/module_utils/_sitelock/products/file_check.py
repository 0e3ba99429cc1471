# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All problems of a file with the products of sites that can be seen without a network, by the rules of a run."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._problems import Claim, EntryProblem, Problems
from ansible_collections.hosting.websec.plugins.module_utils._schemas import NAME, NUMBER_ID, Schema, mapping
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.sections import SECTIONS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.task import add_defaults
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import (
    KEYS,
    SiteEntry,
    fill_entry,
    refuse_twice,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.file_check import (
    Owner,
    section_problems,
)


def products_schema() -> Schema:
    """The JSON Schema of one entry."""
    sections = {section.name: section.schema for section in SECTIONS}
    return {
        **mapping({"site_id": NUMBER_ID, "domain": NAME, **sections}),
        "anyOf": [{"required": ["site_id"]}, {"required": ["domain"]}],
    }


def check_products(sites: t.Sequence[t.Any], now: datetime.datetime) -> list[EntryProblem]:
    """
    :param sites: the entries, one a site.
    :param now: the time of the check.
    :returns: in the order of the entries; then what several entries have in common.
    """
    found: list[EntryProblem] = []
    entries: list[SiteEntry] = []
    for place, given in enumerate(sites, 1):
        entry, problems = _read(given, place)
        entries.append(entry)
        add_defaults(entry, {})
        found += [EntryProblem.of(place, _name(entry), problem) for problem in problems.found]
        found += section_problems(entry.values, Owner(place, _name(entry), entry.name), SECTIONS, now, keys=KEYS)
    refuse_twice(entries)
    for entry in entries:
        if isinstance(entry.error, BadInputError):
            key = "site_id" if entry.domain is None else "domain"
            found.append(EntryProblem(entry.place, _name(entry), key, entry.error.message, entry.error.hint))
    return found


def claims_of_products(sites: t.Sequence[t.Any]) -> list[Claim]:
    """What the entries claim."""
    entries = [_read(given, place)[0] for place, given in enumerate(sites, 1)]
    return [
        Claim(entry.place, _name(entry), key, key, value)
        for entry in entries
        for key, value in (("site_id", entry.site_id), ("domain", entry.domain))
        if value is not None
    ]


def _read(given: t.Any, place: int) -> tuple[SiteEntry, Problems]:
    """An entry without its sections, and what is wrong with it."""
    entry, problems = SiteEntry(place), Problems(collect=True)
    with problems.of():
        fill_entry(entry, given, problems)
    return entry, problems


def _name(entry: SiteEntry) -> str:
    return entry.domain or (str(entry.site_id) if entry.site_id is not None else "")
