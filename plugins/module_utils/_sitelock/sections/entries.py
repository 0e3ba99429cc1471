# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entries of a task: one a site, with the sections that it names. An entry that is wrong costs no other one."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._ids import number_id
from ansible_collections.hosting.websec.plugins.module_utils._nesting import plain_data
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import AnySection
from ansible_collections.hosting.websec.plugins.module_utils._texts import joined, repeated, unknown_keys

_KEYS = ("site_id", "domain")


@dataclasses.dataclass(frozen=True)
class SectionItem:
    """One section of one site."""

    site_id: int
    section: AnySection
    desired: t.Any

    @property
    def key(self) -> tuple[int, str]:
        """What tells it apart from all others of a run."""
        return self.site_id, self.section.name

    @property
    def where(self) -> str:
        """It, for messages."""
        return _where(self.site_id, self.section)


@dataclasses.dataclass
class SiteEntry:
    """One entry. ``error``: nothing is sent for the site."""

    site_id: int | None = None
    domain: str | None = None
    items: list[SectionItem] = dataclasses.field(default_factory=list)
    error: WebsecError | None = None


def read_sites(given: t.Sequence[t.Any], sections: t.Sequence[AnySection], now: datetime.datetime) -> list[SiteEntry]:
    """The entries, in their order.

    :param now: the time of the run.
    """
    entries = [_entry(each, place, sections, now) for place, each in enumerate(given, 1)]
    for site_id, places in repeated(entry.site_id for entry in entries).items():
        for entry in entries:
            if entry.site_id == site_id:
                entry.error = BadInputError(
                    f"Site {site_id}: it is listed in the {places}. Nothing was sent for it.",
                    hint="List each site once.",
                )
    return entries


def _entry(given: t.Any, place: int, sections: t.Sequence[AnySection], now: datetime.datetime) -> SiteEntry:
    entry = SiteEntry()
    try:
        if not isinstance(given, t.Mapping):
            raise BadInputError(f"Entry {place} of sites is no dictionary.")
        values = plain_data(given, f"Entry {place} of sites")
        entry.site_id = number_id(values.get("site_id"), f"Entry {place} of sites: site_id")
        entry.domain = Given(values, f"Site {entry.site_id}", now).text("domain")
        _refuse_unknown(values, sections, entry.site_id)
        for section in sections:
            if values.get(section.name) is not None:
                desired = section.parse(Given(values[section.name], _where(entry.site_id, section), now))
                entry.items.append(SectionItem(entry.site_id, section, desired))
    except WebsecError as error:
        entry.error = error
    return entry


def _where(site_id: int, section: AnySection) -> str:
    return f"Site {site_id}: section {section.name}"


def _refuse_unknown(values: t.Mapping[str, t.Any], sections: t.Sequence[AnySection], site_id: int) -> None:
    names = [section.name for section in sections]
    unknown = unknown_keys(values, [*_KEYS, *names])
    if unknown:
        raise BadInputError(f"Site {site_id}: unknown sections: {unknown}.", hint=f"The sections are {joined(names)}.")
