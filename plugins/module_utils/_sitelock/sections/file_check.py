# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All problems of sections that can be seen without a network, by the rules of a run."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._problems import EntryProblem, Problems
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import (
    refuse_unknown_sections,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.hiding import may_be_shown
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import AnySection


@dataclasses.dataclass(frozen=True)
class Owner:
    """Whose sections they are.

    :param place: see ``EntryProblem``. :param whose: the beginning of a message.
    """

    place: int | str
    name: str
    whose: str


def section_problems(
    values: t.Mapping[str, t.Any],
    owner: Owner,
    sections: t.Sequence[AnySection],
    now: datetime.datetime,
    *,
    keys: t.Collection[str] = (),
    unread: t.Collection[str] = (),
) -> list[EntryProblem]:
    """
    :param values: an entry, or a policy.
    :param now: the time of the check.
    :param keys: those that are no sections.
    :param unread: sections that are not checked here.
    """
    unknown = Problems(collect=True)
    refuse_unknown_sections(values, owner.whose, sections, unknown, keys=keys)
    found = [EntryProblem.of(owner.place, owner.name, problem) for problem in unknown.found]
    for section in sections:
        if values.get(section.name) is not None and section.name not in unread:
            found += _of_section(values, owner, section, now)
    return found


def _of_section(
    values: t.Mapping[str, t.Any], owner: Owner, section: AnySection, now: datetime.datetime
) -> list[EntryProblem]:
    problems = Problems(collect=True)
    try:
        with problems.of(), unexpected_as_bug():
            section.parse(
                Given(
                    values[section.name],
                    f"{owner.whose}: section {section.name}",
                    now,
                    site=values,
                    may_show=functools.partial(may_be_shown, section),
                    problems=problems,
                )
            )
    except WebsecError as error:
        problems.found.append(BadInputError(error.message, hint=error.hint))
    found = [EntryProblem.of(owner.place, owner.name, problem) for problem in problems.found]
    return [dataclasses.replace(each, key=".".join(filter(None, [section.name, each.key]))) for each in found]
