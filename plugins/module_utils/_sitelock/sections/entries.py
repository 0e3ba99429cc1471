# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entries of a task: one a site, with the sections that it names. An entry that is wrong costs no other one."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._ids import number_id
from ansible_collections.hosting.websec.plugins.module_utils._nesting import plain_data
from ansible_collections.hosting.websec.plugins.module_utils._problems import FIRST, Problems
from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import (
    Given,
    Recorded,
    shown_keys,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.hiding import (
    is_name,
    may_be_shown,
    real,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import AnySection
from ansible_collections.hosting.websec.plugins.module_utils._texts import joined, repeated, unknown_keys

KEYS = ("site_id", "domain")
"""Keys of an entry that are no sections."""
_WANTED = {"site_id": "the number of a site", "domain": "a domain name, such as shop.example"}


@dataclasses.dataclass
class SiteEntry:
    """One entry.

    :param values: what is in it.
    :param error: nothing is sent for the site.
    :param waiting_for: why nothing is sent for the site yet.
    :param recorded: what its state record says, if it was read.
    """

    place: int
    site_id: int | None = None
    domain: str | None = None
    values: dict[str, t.Any] = dataclasses.field(default_factory=dict)
    items: list[SectionItem] = dataclasses.field(default_factory=list)
    error: WebsecError | None = None
    waiting_for: str | None = None
    recorded: Recorded | None = None

    @property
    def is_open(self) -> bool:
        """Whether something can be sent for the site."""
        return self.error is None and self.waiting_for is None

    @property
    def name(self) -> str:
        """The site, as the beginning of a message."""
        if self.site_id is not None:
            return f"Site {self.site_id}"
        return self.domain or f"Entry {self.place} of sites"


@dataclasses.dataclass(frozen=True)
class SectionItem:
    """One section of one site."""

    site_id: int
    domain: str | None
    section: AnySection
    desired: t.Any

    @property
    def key(self) -> tuple[int, str]:
        """What tells it apart from all others of a run."""
        return self.site_id, self.section.name

    @property
    def where(self) -> str:
        """It, for messages."""
        return f"Site {self.site_id}: section {self.section.name}"


def read_entries(given: t.Sequence[t.Any]) -> list[SiteEntry]:
    """The entries, in their order, with their sections as they were given."""
    return [_entry(each, place) for place, each in enumerate(given, 1)]


def _entry(given: t.Any, place: int) -> SiteEntry:
    entry = SiteEntry(place)
    try:
        fill_entry(entry, given, FIRST)
    except WebsecError as error:
        entry.error = error
    return entry


def fill_entry(entry: SiteEntry, given: t.Any, problems: Problems) -> None:
    """Read what a user gave into an entry, without its sections.

    :param problems: takes what is invalid.
    """
    given = real(given)
    if not isinstance(given, t.Mapping):
        raise BadInputError(f"{entry.name} is no dictionary.")
    entry.values = plain_data(given, entry.name)
    # Both, so that the site is named by the one that is right.
    wrong = {key: problem for key in KEYS if (problem := _read_key(entry, key))}
    for key, problem in wrong.items():
        problems.add(BadInputError(f"{entry.name}: {problem.message}", hint=problem.hint), key)
    if entry.site_id is None and entry.domain is None and not wrong:
        raise BadInputError(f"{entry.name} has neither site_id nor domain.", hint="Set one of them.")


def _read_key(entry: SiteEntry, key: str) -> BadInputError | None:
    """Set the number or the domain of an entry, or say what is wrong with it."""
    value = entry.values.get(key)
    if value is None:
        return None
    try:
        if not is_name(key, value):
            raise BadInputError(f"{key} is {HIDDEN}; it must be {_WANTED[key]}.")
        setattr(entry, key, number_id(value, key) if key == "site_id" else normalise_domain(str(value)))
    except BadInputError as error:
        return error
    return None


def refuse_twice(entries: t.Sequence[SiteEntry]) -> None:
    """Refuse all entries of a site that has more than one: they may ask for different things. A domain with two numbers
    is one as well: one of the numbers is that of another site."""
    for name in ("site_id", "domain"):
        places = repeated(getattr(entry, name) for entry in entries)
        for entry in entries:
            value = getattr(entry, name)
            if value in places and entry.error is None:
                entry.error = BadInputError(
                    f"{entry.name}: {value} is listed in the {places[value]}. Nothing was sent for it.",
                    hint="List each site once.",
                )


def parse_sections(
    entries: t.Iterable[SiteEntry],
    sections: t.Sequence[AnySection],
    now: datetime.datetime,
    *,
    keys: t.Collection[str] = KEYS,
) -> None:
    """Read the sections of all entries that have a number, and no error.

    :param now: the time of the run.
    :param keys: those that are no sections.
    """
    for entry in entries:
        if entry.is_open and entry.site_id is not None:
            try:
                with unexpected_as_bug():
                    _parse_sections(entry, entry.site_id, sections, now, keys)
            except WebsecError as error:
                entry.error, entry.items = error, []


def _parse_sections(
    entry: SiteEntry, site_id: int, sections: t.Sequence[AnySection], now: datetime.datetime, keys: t.Collection[str]
) -> None:
    refuse_unknown_sections(entry.values, entry.name, sections, FIRST, keys=keys)
    for section in sections:
        value = entry.values.get(section.name)
        if value is not None:
            item = SectionItem(site_id, entry.domain, section, None)
            given = Given(
                value,
                item.where,
                now,
                site={**entry.values, "domain": entry.domain},
                recorded=entry.recorded,
                may_show=functools.partial(may_be_shown, section),
            )
            desired = section.parse(given)
            entry.items.append(dataclasses.replace(item, desired=desired))


def refuse_unknown_sections(
    values: t.Mapping[str, t.Any],
    whose: str,
    sections: t.Sequence[AnySection],
    problems: Problems,
    *,
    keys: t.Collection[str] = (),
) -> None:
    """
    :param values: an entry, or a policy.
    :param whose: the beginning of a message.
    :param problems: takes what is no section.
    :param keys: those that are no sections.
    """
    names = [section.name for section in sections]
    known = (*keys, *names)
    unknown = unknown_keys(shown_keys(values), known)
    if unknown:
        error = BadInputError(f"{whose}: unknown keys: {unknown}.", hint=f"The sections are {joined(names)}.")
        problems.add_unknown(error, next(key for key in shown_keys(values) if key not in known))
